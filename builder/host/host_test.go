package host_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/host"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
	"github.com/etagere/etagere/builder/site/urls"
	"github.com/etagere/etagere/builder/sitetest/golden"
)

// site is a site of files given as "class URL" lines, as h is told of it.
func site(h host.Host, base string, lines ...string) host.Site {
	table, _ := policy.New(policy.Options{})
	var files []output.Entry
	for _, line := range lines {
		class, url, _ := strings.Cut(line, " ")
		path := urls.OutPath(url)
		media := output.MediaType(path)
		if policy.Class(class) == policy.Feed {
			media = "application/rss+xml; charset=utf-8"
		}
		e := output.Entry{URL: url, Path: path, Class: policy.Class(class), Type: media, Size: 1}
		if h.Root {
			e.Path = strings.TrimPrefix(base, "/") + path
		}
		if strings.HasPrefix(media, "text/") {
			for _, c := range h.Codings {
				e.Encodings = append(e.Encodings, output.Encoding{Coding: c})
			}
		}
		if policy.Class(class) == policy.Page {
			e.Hints = []string{"<" + strings.TrimSuffix(base, "/") + "/_a/main.aaaaaaaaaaaaaaaa.css>; rel=preload; as=style"}
		}
		files = append(files, e)
	}
	at := strings.TrimSuffix(base, "/")
	m := output.NewManifest("https://example.org"+base, files, []output.Redirect{
		{From: at + "/old/", To: at + "/guide/", Status: 301},
		{From: at + "/moved", To: "https://example.com/a$b/", Status: 302},
	})
	return host.Site{Manifest: m, Base: base, Policy: table, Folder: "../../../public"}
}

// small is a site with one of everything.
var small = []string{
	"page /", "page /guide/", "page /zh/", "error /404.html", "error /zh/404.html",
	"fingerprinted /_a/main.aaaaaaaaaaaaaaaa.css", "fingerprinted /_a/logo.bbbbbbbbbbbbbbbb.svg",
	"feed /index.xml", "feed /guide/index.xml", "sitemap /sitemap.xml", "sitemap /robots.txt",
	"asset /photo.jpg", "fixed /data.json", "fixed /LICENSE", "asset /mit%20leer.pdf",
}

// TestGolden compares what every host gets with what it should.
func TestGolden(t *testing.T) {
	for _, h := range host.All() {
		for _, base := range []string{"/", "/docs/"} {
			name := h.Name
			if base != "/" {
				name += "-docs"
			}
			t.Run(name, func(t *testing.T) {
				golden.Equal(t, name+".txt", []byte(show(h.Compile(site(h, base, small...)))))
			})
		}
	}
}

// show is an output as one text.
func show(out host.Output) string {
	var b strings.Builder
	for _, p := range out.Problems {
		fmt.Fprintf(&b, "%s %s: %s (%s)\n", p.Severity, p.Code, p.Message, p.Hint)
	}
	for _, f := range out.Published {
		fmt.Fprintf(&b, "-- published %s (%s) --\n%s", f.Path, f.Class, f.Data)
	}
	for _, f := range out.Config {
		fmt.Fprintf(&b, "-- %s --\n%s", f.Name, f.Data)
	}
	return b.String()
}

// TestNames keeps the hosts that we have and those that the configuration knows
// the same.
func TestNames(t *testing.T) {
	var names []string
	for _, h := range host.All() {
		names = append(names, h.Name)
		if h.Title == "" || !strings.HasPrefix(h.Docs, "https://") {
			t.Errorf("%s lacks its title or its documentation", h.Name)
		}
	}
	if got, want := fmt.Sprint(names), fmt.Sprint(config.Hosts()); got != want {
		t.Errorf("the hosts are %s, the configuration knows %s", got, want)
	}
}

func TestLimits(t *testing.T) {
	many := func(n int, line string) []string {
		var list []string
		for i := range n {
			list = append(list, fmt.Sprintf(line, i))
		}
		return list
	}
	tests := []struct {
		name, host string
		change     func(*host.Site)
		want       string // an error; a warning begins with "warning: "
	}{
		{"redirects", "cloudflare", redirects(2001, "/x%d.html"), "2001 redirects, and the host reads 2000"},
		{"redirects that fit without their other spelling", "cloudflare", redirects(1500, "/x%d/"), ""},
		{"a long redirect", "cloudflare", redirects(1, "/"+strings.Repeat("x", 1100)+"%d/"), "characters in _redirects, and the host reads 1000"},
		{"a star in a redirect", "netlify", redirects(1, "/a*b%d/"), "a sign that stands for other paths"},
		{"a colon in a redirect", "cloudflare", redirects(1, "/:a%d/"), "a sign that stands for other paths"},
		{"a long header", "cloudflare", func(s *host.Site) {
			s.Policy, _ = policy.New(policy.Options{All: policy.NewHeaders(policy.Header{Name: "X-Long", Value: strings.Repeat("x", 2000)})})
		}, "the value of X-Long makes a line of 2011 characters in _headers, and the host reads 2000"},
		{"many rules", "cloudflare", func(s *host.Site) {
			var rules []policy.Rule
			var lines []string
			for i := range 101 {
				glob, err := policy.ParseGlob(fmt.Sprintf("/p%d/", i))
				if err != nil {
					t.Fatal(err)
				}
				rules = append(rules, policy.Rule{Match: glob, Headers: policy.NewHeaders(policy.Header{Name: "X-Page", Value: fmt.Sprint(i)})})
				lines = append(lines, fmt.Sprintf("page /p%d/", i))
			}
			s.Policy, _ = policy.New(policy.Options{Rules: rules})
			s.Manifest.Files = site(named(t, "cloudflare"), "/", lines...).Manifest.Files
		}, "_headers would have 102 rules, and the host reads 100"},
		{"a large file", "cloudflare", large(26 << 20), "photo.jpg has 26 MiB, and the host takes files up to 25 MiB"},
		{"many files", "cloudflare", func(s *host.Site) {
			s.Manifest.Files = site(named(t, "cloudflare"), "/", many(20_001, "page /p%d/")...).Manifest.Files
		}, "warning: the site has 20001 files, and the free plan takes 20000"},
		{"redirects", "vercel", redirects(2049, "/x%d.html"), "2050 redirects with and without a slash at their end, and the host reads 2048"},
		{"fingerprints", "vercel", func(s *host.Site) {
			s.Manifest.Files = site(named(t, "vercel"), "/", many(1001, "fingerprinted /_a/a.%016d.css")...).Manifest.Files
		}, "warning: a fingerprinted file that is not there (yet) is answered as one to keep for a year: the site has 1001 of them"},
		{"fingerprints", "netlify", func(s *host.Site) {
			s.Manifest.Files = site(named(t, "netlify"), "/", many(1001, "fingerprinted /_a/a.%016d.css")...).Manifest.Files
		}, "warning: a fingerprinted file that is not there (yet) is answered as one to keep for a year: the site has 1001 of them"},
		{"redirects", "azure", redirects(300, "/some/path/of/an/old/page-%d.html"), "bytes, and the host reads 20000"},
		{"files", "azure", func(s *host.Site) {
			s.Manifest.Files = site(named(t, "azure"), "/", many(15_001, "page /p%d/")...).Manifest.Files
		}, "the site has 15001 files, and the host takes 15000"},
		{"a large file", "github", large(101 << 20), "photo.jpg has 101 MiB, and the host takes files up to 100 MiB"},
		{"a large site", "github", large(2 << 30), "the site has 2049 MiB, and the host publishes 1024 MiB"},
		{"redirects", "s3", redirects(200, "/some/path/of/an/old/page-%d.html"), "viewer-request.js would have"},
	}
	for _, tt := range tests {
		t.Run(tt.host+" "+tt.name, func(t *testing.T) {
			s := site(named(t, tt.host), "/", small...)
			tt.change(&s)
			var got []string
			for _, p := range named(t, tt.host).Compile(s).Problems {
				if p.Severity == diag.Error {
					got = append(got, p.Message)
				} else {
					got = append(got, "warning: "+strings.SplitN(p.Message, ": ", 2)[1])
				}
			}
			all := strings.Join(got, "\n")
			switch {
			case tt.want == "" && strings.Contains("\n"+all, "\n"+named(t, tt.host).Title):
				t.Errorf("got %s", all)
			case !strings.Contains(all, tt.want):
				t.Errorf("got %s\nwant %s", all, tt.want)
			}
		})
	}
}

func named(t *testing.T, name string) host.Host {
	t.Helper()
	h, ok := host.Named(name)
	if !ok {
		t.Fatalf("there is no host %q", name)
	}
	return h
}

func redirects(n int, from string) func(*host.Site) {
	return func(s *host.Site) {
		s.Manifest.Redirects = nil
		for i := range n {
			s.Manifest.Redirects = append(s.Manifest.Redirects, output.Redirect{From: fmt.Sprintf(from, i), To: "/guide/", Status: 301})
		}
	}
}

func large(size int64) func(*host.Site) {
	return func(s *host.Site) {
		for i := range s.Manifest.Files {
			if s.Manifest.Files[i].Path == "photo.jpg" {
				s.Manifest.Files[i].Size = size
			}
		}
	}
}

// TestOwn gives hosts what the author has written in the place of our files.
func TestOwn(t *testing.T) {
	own := func(name, path, text string) host.Output {
		s := site(named(t, name), "/", small...)
		s.Own = map[string]host.Own{path: {Source: "static/" + path, Data: []byte(text)}}
		return named(t, name).Compile(s)
	}
	for name, path := range map[string]string{"cloudflare": "_redirects", "netlify": "_redirects", "apache": ".htaccess"} {
		out := own(name, path, "# mine\n")
		i := strings.Index(show(out), "# From static/"+path+":\n# mine\n")
		if ours := strings.Index(show(out), "/guide/"); i < 0 || ours < 0 || ours > i {
			t.Errorf("%s: %s of the author's does not follow ours:\n%s", name, path, show(out))
		}
	}
	for name, path := range map[string]string{"cloudflare": "_headers", "netlify": "_headers", "vercel": "vercel.json", "azure": "staticwebapp.config.json"} {
		out := own(name, path, "x")
		errs, _ := out.Problems.Count()
		if errs != 1 || !strings.Contains(out.Problems.Error(), "static/"+path+": ") {
			t.Errorf("%s: %v", name, out.Problems)
		}
	}
}

// TestNotFoundAlways keeps Cloudflare from answering everything with the home
// page, which it does for sites without a 404.html.
func TestNotFoundAlways(t *testing.T) {
	out := named(t, "cloudflare").Compile(site(named(t, "cloudflare"), "/", "page /"))
	if !strings.Contains(show(out), "-- published 404.html (error) --") {
		t.Errorf("got\n%s", show(out))
	}
}

// TestManual compares the table in the manual with the hosts.
func TestManual(t *testing.T) {
	manual, err := os.ReadFile("../../content/en/manual/hosts.md")
	if err != nil {
		t.Fatal(err)
	}
	code := func(names []string) string {
		slices.Sort(names)
		for i := range names {
			names[i] = "`" + names[i] + "`"
		}
		return strings.Join(names, " ")
	}
	for _, h := range host.All() {
		out := h.Compile(site(h, "/", small...))
		var published, configured []string
		for _, f := range out.Published {
			published = append(published, f.Path)
		}
		for _, f := range out.Config {
			configured = append(configured, f.Name)
		}
		packed, redirects := "by the host", "by the host"
		if len(h.Codings) > 0 {
			packed = strings.Join(h.Codings, " ")
		}
		if h.Stubs {
			redirects = "pages of HTML"
		}
		row := fmt.Sprintf("| [%s](%s) | `%s` | %s | %s | %s | %s |\n", h.Title, h.Docs, h.Name, code(published), code(configured), packed, redirects)
		if !strings.Contains(string(manual), row) {
			t.Errorf("the manual lacks the row\n%s", row)
		}
	}
}
