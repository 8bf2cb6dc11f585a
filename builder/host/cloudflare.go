package host

import (
	"fmt"
	"strings"

	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
)

// cloudflare is Cloudflare Pages, and static assets of Workers that read the
// same files (https://developers.cloudflare.com/pages/configuration/headers/
// and …/redirects/): _headers and _redirects at the top of the destination.
//
// What the host does differently:
//   - Of two rules with one path the last counts alone: no two of ours have one.
//   - All rules that match count, and values of one field are joined. Each of our
//     narrower rules therefore takes the field back first ("! Name"); with that
//     the last rule counts.
//   - A 404 has Cache-Control: no-store whatever the rules say; so nothing can go
//     stale below the fingerprints' folder.
//   - /x.html answers 308 with /x, and /x/index.html with /x/. So the page of a
//     404 has no URL of its own: /404.html leads to /404, which answers 200. A
//     site with urls = "file" is warned.
//   - The page for what is not there is the 404.html of the nearest folder
//     above. Without one at the top every URL would answer 200 with the home page;
//     so there always is one.
//   - Redirects match with or without the slash as they are written; we write
//     both. The slash that a page's URL lacks is added with 308.
//   - Redirects and added slashes take their headers from the same rules, by
//     path. Where a rule for each redirect would pass the limit they get no-cache,
//     like pages.
//   - Answers have Access-Control-Allow-Origin: *, which is taken back.
//   - Media types come from the host's own table; where it differs from ours, a rule says ours.
//   - Files are packed by the host; none are put beside them. Vary is its own.
//
// Limits: 100 rules and 2,000 characters a line in _headers; 2,000 redirects
// without a wildcard of 1,000 characters; 20,000 files on the free plan and
// 100,000 on the others, 25 MiB each.
func cloudflare() Host {
	return Host{
		Name: "cloudflare", Title: "Cloudflare Pages", Docs: "https://developers.cloudflare.com/pages/configuration/",
		Files: []string{"_headers", "_redirects", "_worker.js", "_routes.json"},
		Root:  true, compile: (*job).cloudflare,
	}
}

// The limits of Cloudflare Pages.
const (
	cloudflareRules     = 100
	cloudflareLine      = 2000
	cloudflareRedirects = 2000
	cloudflareRedirect  = 1000
)

func (j *job) cloudflare() {
	j.notTheirs("_headers")
	s := speech{root: j.at("/"), suffixes: anySuffix}
	list := j.withTypes(j.blocks(append(j.answers(), j.moved()...), s, true), s)
	if len(list) > cloudflareRules {
		list = j.withTypes(j.blocks(j.answers(), s, true), s)
	}
	if len(list) > cloudflareRules {
		j.fail("_headers would have %d rules, and the host reads %d; let fewer classes and rules in [policy] differ", len(list), cloudflareRules)
	}
	var b strings.Builder
	b.WriteString("# Written by étagère.\n")
	for i, r := range list {
		fmt.Fprintf(&b, "%s\n", r.Pattern)
		if i == 0 {
			b.WriteString("  ! Access-Control-Allow-Origin\n")
		}
		for _, name := range r.unset {
			fmt.Fprintf(&b, "  ! %s\n", name)
		}
		for _, f := range r.set {
			if i > 0 {
				fmt.Fprintf(&b, "  ! %s\n", f.Name)
			}
			line := fmt.Sprintf("  %s: %s\n", f.Name, f.Value)
			if len(line) > cloudflareLine {
				j.fail("the value of %s makes a line of %d characters in _headers, and the host reads %d", f.Name, len(line), cloudflareLine)
			}
			b.WriteString(line)
		}
	}
	j.publish("_headers", []byte(b.String()))
	j.redirectsFile(cloudflareRedirects, cloudflareRedirect)
	if len(j.notFounds()) == 0 {
		j.publishNotFound()
	}
	j.pagesAsFiles()
	j.limits(100_000, 25<<20)
	if n := len(j.Manifest.Files); n > 20_000 && n <= 100_000 {
		j.warn("", "the site has %d files, and the free plan takes 20000", n)
	}
}

// answers are all files with their headers, by the URL at which the host has them.
func (j *job) answers() []answer {
	var list []answer
	for _, e := range j.files() {
		list = append(list, answer{j.at(e.URL), j.headers(e)})
	}
	return list
}

// moved are all redirects with their headers.
func (j *job) moved() []answer {
	var list []answer
	for _, r := range j.redirects() {
		for _, from := range r.froms() {
			h := j.Policy.Redirect(r.Status, j.site(from))
			if strings.HasSuffix(from, "/") {
				// What a redirect announces is fetched a moment later anyway, and one rule
				// is for all URLs that look like a page's.
				h = h.With(policy.Headers{{Name: "Link", Value: j.shared}})
			}
			list = append(list, answer{from, h})
		}
	}
	return list
}

// notTheirs reports an author's file in the place of one of ours that cannot
// be both.
func (j *job) notTheirs(name string) {
	if own, ok := j.Own[name]; ok {
		p := j.problem("host-file", "%s: %s is made from the policy, and cannot be yours as well", j.Title, name)
		p.File = own.Source
		j.out.Problems = append(j.out.Problems, p.WithHint("say it in config.toml, in [policy] and [[redirects]]: then every host gets it"))
	}
}

// redirectsFile writes _redirects as Cloudflare and Netlify read it, with what
// the author has written behind ours, and tail at last. most and longest are the
// host's limits, 0 for none.
func (j *job) redirectsFile(most, longest int, tail ...string) {
	var b strings.Builder
	n := 0
	list := j.redirects()
	bare := most > 0 && 2*len(list) > most
	for _, r := range list {
		froms := r.froms()
		if bare {
			froms = froms[:1]
		}
		for _, from := range froms {
			if strings.Contains(from, "*") || strings.Contains(from, "/:") {
				j.fail("the redirect from %s has a sign that stands for other paths in _redirects (* or :)", from)
			}
			line := fmt.Sprintf("%s %s %d\n", from, r.To, r.Status)
			if longest > 0 && len(line) > longest {
				j.fail("the redirect from %s makes a line of %d characters in _redirects, and the host reads %d", from, len(line), longest)
			}
			b.WriteString(line)
			n++
		}
	}
	if most > 0 && n > most {
		j.fail("the site has %d redirects, and the host reads %d", n, most)
	}
	own := j.Own["_redirects"].Data
	if n == 0 && own == nil && len(tail) == 0 {
		return
	}
	head := "# Written by étagère.\n"
	if own != nil {
		b.WriteString("# From " + j.Own["_redirects"].Source + ":\n" + strings.TrimSuffix(string(own), "\n") + "\n")
	}
	for _, line := range tail {
		b.WriteString(line + "\n")
	}
	j.publish("_redirects", []byte(head+b.String()))
}

// publishNotFound adds a page for what is not there to a site that has none.
func (j *job) publishNotFound() {
	name := strings.TrimPrefix(j.at("/404.html"), "/")
	j.out.Published = append(j.out.Published, &output.File{
		URL: "/404.html", Path: name, Class: policy.NotFound, Type: "text/html; charset=utf-8",
		Data: []byte("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Not found</title>\n<p>There is nothing at this address.</p>\n</html>\n"),
	})
}

// pagesAsFiles warns that the host takes .html out of URLs.
func (j *job) pagesAsFiles() {
	folders, files := 0, 0
	for _, e := range j.files() {
		switch {
		case e.Class != policy.Page:
		case strings.HasSuffix(e.URL, "/"):
			folders++
		case strings.HasSuffix(e.URL, ".html"):
			files++
		}
	}
	if files > folders {
		j.warn(`write urls = "pretty"`, "the host sends readers of /page.html on to /page: every link is one request more")
	}
}
