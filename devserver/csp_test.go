package devserver_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/etagere/etagere/builder"
	"github.com/etagere/etagere/builder/hosttest"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
	"github.com/etagere/etagere/builder/sitetest"
	"github.com/etagere/etagere/themes"
)

// published is a site as it was built, answered with the header fields of its
// manifest.
type published struct {
	url      string
	manifest *output.Manifest
	problems []string
	dir      string
}

// publish builds the site in dir and serves what was written.
func publish(t *testing.T, dir string) *published {
	t.Helper()
	dest := filepath.Join(t.TempDir(), "out")
	res, err := builder.Build(t.Context(), builder.BuildOptions{Options: builder.Options{Source: dir, Themes: themes.FS(), BaseURL: "/"}, Destination: dest})
	if err != nil {
		t.Fatal(err)
	}
	if !res.Written {
		t.Fatalf("not written:\n%v", res.Problems)
	}
	p := &published{manifest: res.Manifest, dir: dest}
	for _, problem := range res.Problems {
		p.problems = append(p.problems, problem.Code+" "+problem.String())
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status := http.StatusOK
		e, ok := res.Manifest.File(r.URL.EscapedPath())
		if !ok {
			status = http.StatusNotFound
			if e, ok = res.Manifest.File("/404.html"); !ok {
				http.NotFound(w, r)
				return
			}
		}
		for name, value := range res.Manifest.HeaderSets[e.Headers] {
			w.Header().Set(name, value)
		}
		w.Header().Set("Content-Type", e.Type)
		body, err := os.ReadFile(filepath.Join(dest, filepath.FromSlash(e.Path)))
		if err != nil {
			t.Error(err)
		}
		w.WriteHeader(status)
		_, _ = w.Write(body)
	}))
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

// watched opens a tab that keeps what each page's policy blocks.
func watched(t *testing.T, browser context.Context) *tab {
	t.Helper()
	b := window(t, browser)
	within(t, "add a script", func() error {
		_, err := chromedp.Call(b.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `
			window.blocked = [];
			document.addEventListener("securitypolicyviolation", (e) => window.blocked.push(e.effectiveDirective + " " + e.blockedURI));`})
		return err
	})
	return b
}

// blocked is what the policy of the page blocked so far, sorted.
func (b *tab) blocked() []string {
	list := eval[[]string](b, "window.blocked")
	slices.Sort(list)
	return slices.Compact(list)
}

// forget drops what went wrong on purpose.
func (b *tab) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.troubles = nil
}

// TestPolicyInChromium loads built pages under the header fields that were
// built with them.
func TestPolicyInChromium(t *testing.T) {
	browser := launch(t)
	for _, tt := range []struct {
		name string
		test func(t *testing.T, browser context.Context)
	}{
		{"every page of our own site", ownPolicy},
		{"every page of our own site by nginx", nginxPolicy},
		{"what authors write is allowed", authorsPolicy},
		{"what nobody wrote is blocked", plantedPolicy},
		{"report-only blocks nothing", reportPolicy},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.test(t, browser) })
	}
}

func ownPolicy(t *testing.T, browser context.Context) {
	site := publish(t, "..")
	allPages(t, browser, site.url, site.manifest)
}

// nginxPolicy is ownPolicy by nginx, configured by what the build wrote for it.
func nginxPolicy(t *testing.T, browser context.Context) {
	sitetest.Program(t, "nginx")
	dir := t.TempDir()
	for _, name := range []string{"content", "themes"} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join("..", name))); err != nil {
			t.Fatal(err)
		}
	}
	config, err := os.ReadFile("../config.toml")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), config, 0o666); err != nil {
		t.Fatal(err)
	}
	built := hosttest.Build(t, dir, "nginx", "")
	allPages(t, browser, strings.TrimSuffix(hosttest.Nginx(t, built), "/"), built.Manifest)
}

// allPages loads every page of a site, none of which may have a trouble.
func allPages(t *testing.T, browser context.Context, root string, m *output.Manifest) {
	b, n := watched(t, browser), 0
	for _, f := range m.Files {
		if f.Class != policy.Page {
			continue
		}
		n++
		b.visit(root + f.URL)
		b.until(`document.readyState === "complete"`)
		if list := b.blocked(); len(list) > 0 {
			t.Errorf("%s: blocked: %q", f.URL, list)
		}
		if eval[int](b, `document.querySelectorAll('head > meta[http-equiv="Content-Security-Policy"]').length`) != 1 {
			t.Errorf("%s has no policy", f.URL)
		}
		b.calm()
	}
	if n < 20 {
		t.Errorf("only %d pages", n)
	}
}

// authored is a page with much that a careless policy would block. THIRD is
// another host.
const authored = `
-- config.toml --
title = "T"
base_url = "/"
[policy]
fonts = ["fonts/f.woff2"]
[[embed]]
name = "analytics"
html = '<script>window.ran = (window.ran || 0) + 1</script><script src="THIRD/a.js"></script>'
csp.script = ["THIRD"]
[[embed]]
name = "chat"
slot = "body-end"
html = "<script>window.ran++; document.body.dataset.chat = 'here'</script>"
[[embed]]
name = "pictures"
csp.img = ["THIRD"]
[[embed]]
name = "unused"
csp.frame = ["https://unused.example"]
-- content/_index.md --
---
title: Home
---

| a | b |
|--:|:-:|
| 1 | 2 |

<p id="styled" style="color: rgb(1, 2, 3)" onclick="window.ran++">x</p>
<style>#styled { margin-left: 7px }</style>
<script>window.ran++
</script>
<script type="application/json">{"a": 1}</script>
<img src="THIRD/a.png" alt="x" width="100" height="100">
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=" alt="y">
<object data="/a.txt" type="text/plain"></object>
<iframe srcdoc="&lt;p&gt;inner&lt;/p&gt;&lt;script&gt;parent.ran++&lt;/script&gt;"></iframe>
-- static/a.txt --
text
-- assets/fonts/f.woff2 --
font
`

// third is another host, which answers everything.
func third(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".js") {
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = fmt.Fprint(w, "window.ran++")
			return
		}
		w.Header().Set("Content-Type", "image/svg+xml")
		_, _ = fmt.Fprint(w, `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>`)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func authorsPolicy(t *testing.T, browser context.Context) {
	site := publish(t, sitetest.Dir(t, strings.ReplaceAll(authored, "THIRD", third(t))))
	if len(site.problems) > 0 {
		t.Errorf("problems:\n%s", strings.Join(site.problems, "\n"))
	}
	b := watched(t, browser)
	b.visit(site.url)
	b.until(`document.readyState === "complete" && document.querySelector("iframe").contentDocument.body.innerText === "inner"`)
	eval[bool](b, `(document.querySelector("#styled").click(), true)`)
	if list := b.blocked(); len(list) > 0 {
		t.Errorf("blocked: %q", list)
	}
	// The scripts of the embeds, their third party's, the author's, the frame's and the click's.
	if got := eval[int](b, "window.ran"); got != 6 {
		t.Errorf("%d of 6 scripts ran", got)
	}
	for expression, want := range map[string]string{
		`getComputedStyle(document.querySelector("#styled")).color`:                     "rgb(1, 2, 3)",
		`getComputedStyle(document.querySelector("#styled")).marginLeft`:                "7px",
		`getComputedStyle(document.querySelector("td")).textAlign`:                      "right",
		`String(document.querySelector("img").naturalWidth)`:                            "9",
		`document.querySelector("img").fetchPriority`:                                   "high",
		`document.body.dataset.chat`:                                                    "here",
		`String(document.querySelector("meta[http-equiv]").content.includes("unused"))`: "false",
	} {
		if got := eval[string](b, expression); got != want {
			t.Errorf("%s is %q, want %q", expression, got, want)
		}
	}
	b.forget() // the font is none
}

// plantedPolicy puts into a built page what an attacker would.
func plantedPolicy(t *testing.T, browser context.Context) {
	other := third(t)
	site := publish(t, sitetest.Dir(t, strings.ReplaceAll(authored, "THIRD", other)))
	name := filepath.Join(site.dir, "index.html")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	planted := `<script>window.planted = 1</script><script src="https://evil.example/x.js"></script><p onclick="window.planted = 2" id="p">x</p>` +
		`<p style="color: red">y</p><style>p { color: red }</style><iframe src="` + other + `/x"></iframe><base href="https://evil.example/">`
	if err := os.WriteFile(name, []byte(strings.Replace(string(text), "<main", planted+"<main", 1)), 0o666); err != nil {
		t.Fatal(err)
	}
	b := watched(t, browser)
	b.visit(site.url)
	b.until(`document.readyState === "complete"`)
	eval[bool](b, `(document.querySelector("#p").click(), true)`)
	want := []string{
		"base-uri https://evil.example", "frame-src " + other, "script-src-attr inline", "script-src-elem https://evil.example/x.js",
		"script-src-elem inline", "style-src-attr inline", "style-src-elem inline",
	}
	b.until(fmt.Sprintf("window.blocked.length >= %d", len(want)))
	for _, w := range want {
		if !slices.ContainsFunc(b.blocked(), func(s string) bool { return strings.HasPrefix(s, w) }) {
			t.Errorf("not blocked: %s in %q", w, b.blocked())
		}
	}
	if eval[bool](b, `"planted" in window`) {
		t.Error("a planted script ran")
	}
	b.forget()
}

func reportPolicy(t *testing.T, browser context.Context) {
	other := third(t)
	text := strings.Replace(strings.ReplaceAll(authored, "THIRD", other), "[policy]\n", "[policy]\ncsp = \"report-only\"\n", 1)
	site := publish(t, sitetest.Dir(t, text+"-- content/two.md --\n---\ntitle: Two\n---\n<script>window.two = 1</script>\n<img src=\"https://undeclared.example/x.png\" alt=\"x\">\n"))
	e, _ := site.manifest.File("/two/")
	header := site.manifest.HeaderSets[e.Headers]["Content-Security-Policy-Report-Only"]
	if !strings.Contains(header, other) || strings.Count(header, "'sha256-") < 6 {
		t.Errorf("the header is not the union: %s", header)
	}
	b := watched(t, browser)
	b.visit(site.url + "/two/")
	b.until(`window.two === 1 && window.blocked.length > 0`)
	if got, want := b.blocked(), []string{"img-src https://undeclared.example/x.png"}; !slices.Equal(got, want) {
		t.Errorf("reported: %q, want %q", got, want)
	}
	if eval[int](b, `document.querySelectorAll("meta[http-equiv]").length`) != 0 {
		t.Error("the page has a policy of its own")
	}
	b.forget()
}
