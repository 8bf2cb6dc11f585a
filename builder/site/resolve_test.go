package site

import (
	"fmt"
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/config"
)

// describe is a Resolution in short: "kind URL#fragment flags".
func describe(r Resolution) string {
	out := string(r.Kind) + " " + r.Link()
	for _, f := range []struct {
		on   bool
		name string
	}{{r.Fallback, "fallback"}, {r.CaseDiffers, "case"}, {r.Backslash, "backslash"}, {r.Hidden != "", r.Hidden}} {
		if f.on {
			out += " " + f.name
		}
	}
	return strings.TrimSpace(out)
}

var linkFiles = files{
	"content/guide/_index.md":         "",
	"content/guide/install.md":        "aliases: [/old-install/]",
	"content/guide/start.md":          "slug: begin",
	"content/guide/img/shot.png":      "png",
	"content/guide/deep/index.md":     "",
	"content/guide/deep/a.png":        "png",
	"content/guide/%.md":              "",
	"content/guide/a b.md":            "",
	"content/guide/01.2.md":           "",
	"content/guide/draft.md":          "draft: true",
	"content/errors/c26410.md":        "",
	"content/errors/Readme.md":        "",
	"content/Upper/Page.md":           "",
	"content/_index.md":               "",
	"content/includes/snippet.md":     "build: {render: never, list: never}",
	"static/assets/logo.svg":          "svg",
	"static/playground.html":          "html",
	"content/guide/deep2/x.md":        "",
	"content/guide/deep2/notes.txt":   "text",
	"content/guide/deep2/dir/page.md": "",
}

var linkCases = []struct{ from, dest, want string }{
	{"/guide/install", "start.md", "page /guide/begin/"},
	{"/guide/install", "./start.md#top", "page /guide/begin/#top"},
	{"/guide/install", "start.md/#top", "page /guide/begin/#top"},
	{"/guide/install", "start", "page /guide/begin/"},
	{"/guide/install", "start.html", "page /guide/begin/"},
	{"/guide/install", "../guide/", "page /guide/"},
	{"/guide/install", "..", "page /"},
	{"/guide/install", ".", "page /guide/"},
	{"/guide/install", "../", "page /"},
	{"/guide/install", "../index.md", "page /"},
	{"/guide/install", "../errors/README.md", "page /errors/"},
	{"/guide/install", "../errors/Readme.md", "page /errors/"},
	{"/guide/install", "_index.md", "page /guide/"},
	{"/guide/install", "index.html", "page /guide/"},
	{"/guide/install", "deep", "page /guide/deep/"},
	{"/guide/install", "deep/index.md", "page /guide/deep/"},
	{"/guide/install", "../start/", ""},
	{"/guide/install", "../begin/", "page /guide/begin/"},
	{"/guide/install", "#here", "page /guide/install/#here"},
	{"/guide/install", "", "page /guide/install/"},
	{"/guide/install", "?q=1#x", "page /guide/install/?q=1#x"},
	{"/guide/install", "start.md?q=1#x", "page /guide/begin/?q=1#x"},
	{"/guide/install", "img/shot.png", "resource /guide/img/shot.png"},
	{"/guide/install", "./img/../img/shot.png", "resource /guide/img/shot.png"},
	{"/guide/install", "img/Shot.png", "resource /guide/img/shot.png case"},
	{"/guide/deep", "a.png", "resource /guide/deep/a.png"},
	{"/guide/install", "deep2/notes.txt", "resource /guide/deep2/notes.txt"},
	{"/guide/install", "../../static/assets/logo.svg", "static /assets/logo.svg"},
	{"/guide/install", "/assets/logo.svg", "static /assets/logo.svg"},
	{"/guide/install", "/Assets/logo.svg", "static /assets/logo.svg case"},
	{"/guide/install", "../../playground.html", "static /playground.html"},
	{"/guide/install", "/docs/assets/logo.svg", "static /assets/logo.svg"},
	{"/guide/install", "/guide/start", "page /guide/begin/"},
	{"/guide/install", "/guide/start.md", "page /guide/begin/"},
	{"/guide/install", "/guide/start/#x", "page /guide/begin/#x"},
	{"/guide/install", "/guide/begin", "page /guide/begin/"},
	{"/guide/install", "/docs/guide/", "page /guide/"},
	{"/guide/install", "/", "page /"},
	{"/guide/install", "@/guide/start.md", "page /guide/begin/"},
	{"/guide/install", "%25.md", "page /guide/%25/"},
	{"/guide/install", "%.md", "page /guide/%25/"},
	{"/guide/install", "a%20b.md", "page /guide/a%20b/"},
	{"/guide/install", "a b.md", "page /guide/a%20b/"},
	{"/guide/install", "01.2", "page /guide/01.2/"},
	{"/guide/install", "01.2.md", "page /guide/01.2/"},
	{"/guide/install", "../errors/C26410.md", "page /errors/c26410/ case"},
	{"/guide/install", "../upper/page.md", "page /Upper/Page/ case"},
	{"/guide/install", "/ERRORS/c26410", "page /errors/c26410/ case"},
	{"/guide/install", `..\errors\c26410.md`, "page /errors/c26410/ backslash"},
	{"/guide/install", `..\errors\C26410.md`, "page /errors/c26410/ case backslash"},
	{"/guide/install", "/windows/desktop?x=1#y", "external https://learn.example/windows/desktop?x=1#y"},
	{"/guide/install", "/windows", "external https://learn.example/windows"},
	{"/guide/install", "/windows/deep/x", "external https://deep.example/x"},
	{"/guide/install", "/windowsill", ""},
	{"/guide/install", "https://example.com/", "external https://example.com/"},
	{"/guide/install", "mailto:a@b.c", "external mailto:a@b.c"},
	{"/guide/install", "//cdn.example/x", "external //cdn.example/x"},
	{"/guide/install", "https://example.org/docs/guide/begin/#x", "page /guide/begin/#x"},
	{"/guide/install", "https://example.org/docs", "page /"},
	{"/guide/install", "https://example.org/docsy/", "external https://example.org/docsy/"},
	{"/guide/install", "https://example.org/docs/windows/a?b#c", "external https://learn.example/windows/a?b#c"},
	{"/guide/install", "/old-install/", "redirect /old-install/"},
	{"/guide/install", "/gone", "redirect /gone/"},
	{"/guide/install", "draft.md", "draft"},
	{"/guide/install", "nowhere.md", ""},
	{"/guide/install", "../../../../../x.md", ""},
	{"/guide/install", "/nowhere/#x", "#x"},
	{"/guide/install", "../includes/snippet.md", ""},
}

func TestResolve(t *testing.T) {
	s := assemble(t, testConfig(func(c *config.Config) {
		c.BaseURL = "https://example.org/docs/"
		c.Links.External = map[string]string{"/windows": "https://learn.example/windows", "/windows/deep": "https://deep.example/"}
		c.Redirects = []config.Redirect{{From: "/gone/", To: "/guide/install.md"}}
	}), linkFiles)
	for _, c := range linkCases {
		if got := describe(s.Resolve(mustPage(t, s, "en", c.from), "", c.dest)); got != c.want {
			t.Errorf("%s → %q: got %q, want %q", c.from, c.dest, got, c.want)
		}
	}
	from := mustPage(t, s, "en", "/guide/deep")
	equal(t, "link of an included file", describe(s.Resolve(from, "content/includes/snippet.md", "../guide/start.md")), "page /guide/begin/")
	equal(t, "redirect", s.Redirects[0].To, "/guide/install/")
}

func TestResolveFileURLs(t *testing.T) {
	s := assemble(t, testConfig(func(c *config.Config) { c.URLs = "file" }), linkFiles)
	from := mustPage(t, s, "en", "/guide/install")
	for dest, want := range map[string]string{
		"start.md": "page /guide/begin.html", "begin.html": "page /guide/begin.html", "begin": "page /guide/begin.html",
		"/guide/begin/": "page /guide/begin.html", "deep/": "page /guide/deep/", "./": "page /guide/",
	} {
		equal(t, dest, describe(s.Resolve(from, "", dest)), want)
	}
}

func TestResolveLanguages(t *testing.T) {
	s := assemble(t, testConfig(twoLanguages), files{
		"content/en/_index.md": "", "content/en/release-notes.md": "", "content/en/guide/a.md": "", "content/en/guide/b.md": "", "content/en/guide/a.png": "",
		"content/zh/_index.md": "", "content/zh/guide/a.md": "", "content/zh/deployment/versions.md": "", "content/zh/guide/own.md": "",
		"content/en/includes/note.md": "build: {render: never, list: never}", "static/img/x.png": "",
	})
	for _, c := range []struct{ from, origin, dest, want string }{
		{"/deployment/versions", "", "../release-notes.md", "page /release-notes/ fallback"},
		{"/guide/a", "", "b.md", "page /guide/b/ fallback"},
		{"/guide/a", "", "own.md", "page /zh/guide/own/"},
		{"/guide/a", "", "a.png", "resource /guide/a.png fallback"},
		{"/guide/a", "", "../../en/guide/a.md", "page /guide/a/"},
		{"/guide/a", "", "/guide/own", "page /zh/guide/own/"},
		{"/guide/a", "", "/zh/guide/own.md", "page /zh/guide/own/"},
		{"/guide/a", "", "/zh/guide/own/", "page /zh/guide/own/"},
		{"/guide/a", "", "/zh/guide/b/", "page /guide/b/ fallback"},
		{"/guide/a", "", "/zh/guide/nowhere/", ""},
		{"/guide/a", "", "/guide/b.md", "page /guide/b/ fallback"},
		{"/guide/a", "", "/guide/b/", "page /guide/b/"},
		{"/guide/a", "", "/img/x.png", "static /img/x.png"},
		{"/guide/a", "", "B.md", ""},
		{"/guide/a", "", "../Guide/own.md", "page /zh/guide/own/ case"},
		{"/guide/own", "content/en/includes/note.md", "../guide/a.md", "page /zh/guide/a/"},
		{"/guide/own", "content/en/includes/note.md", "../guide/b.md", "page /guide/b/ fallback"},
	} {
		if got := describe(s.Resolve(mustPage(t, s, "zh", c.from), c.origin, c.dest)); got != c.want {
			t.Errorf("%s → %q: got %q, want %q", c.from, c.dest, got, c.want)
		}
	}
}

func TestResolveMarkedLanguages(t *testing.T) {
	s := assemble(t, testConfig(func(c *config.Config) {
		c.Languages = map[string]config.Language{"en": {}, "zh": {}, "fr": {Disabled: true}}
	}), files{
		"content/a.md": "", "content/a.zh.md": "", "content/b.md": "", "content/c.zh.md": "", "content/a.fr.md": "", "content/v1.2.md": "",
		"content/p/index.md": "", "content/p/index.zh.md": "", "content/p/x.png": "",
	})
	a := mustPage(t, s, "zh", "/a")
	equal(t, "URL", a.URL, "/zh/a/")
	equal(t, "translations", []string{a.Translations[0].ID, a.Translations[1].ID}, "[en:/a zh:/a]")
	equal(t, "dots are no language", mustPage(t, s, "en", "/v1.2").URL, "/v1.2/")
	if s.BySource("content/a.fr.md") != nil {
		t.Error("a page of a disabled language is there")
	}
	equal(t, "resources of the other language", mustPage(t, s, "zh", "/p").Resources[0].URL, "/p/x.png")
	for dest, want := range map[string]string{
		"a.md": "page /zh/a/", "b.md": "page /b/ fallback", "a.zh.md": "page /zh/a/", "c": "page /zh/c/", "b": "page /b/ fallback", "p/x.png": "resource /p/x.png",
	} {
		equal(t, dest, describe(s.Resolve(mustPage(t, s, "zh", "/c"), "", dest)), want)
	}
	equal(t, "to a marked file", describe(s.Resolve(mustPage(t, s, "en", "/b"), "", "a.zh.md")), "page /zh/a/")
}

func TestResolveMounts(t *testing.T) {
	c := testConfig(nil)
	in := inputOf(c, files{"content/guide/a.md": "", "content/b.md": ""})
	in.Heads = append(in.Heads, headOf(c, "elsewhere/posts/x.md", "blog/x.md", "", ""), headOf(c, "elsewhere/posts/y.md", "blog/y.md", "", ""))
	s, problems := Assemble(in)
	equal(t, "problems", len(problems), 0)
	x := mustPage(t, s, "en", "/blog/x")
	equal(t, "beside it in the source", describe(s.Resolve(x, "", "y.md")), "page /blog/y/")
	equal(t, "without an ending", describe(s.Resolve(x, "", "y")), "page /blog/y/")
	equal(t, "over the source tree", describe(s.Resolve(x, "", "../../content/b.md")), "page /b/")
}

func TestNamed(t *testing.T) {
	f := files{"content/other/install.md": ""}
	for name, front := range linkFiles {
		f[name] = front
	}
	s := plainSite(t, f)
	from := mustPage(t, s, "en", "/guide/deep2/x")
	for dest, want := range map[string]string{
		"c26410.md": "page /errors/c26410/", "c26410#x": "page /errors/c26410/#x", "guide/start.md": "page /guide/begin/", "install.md": "",
		"dir/page": "page /guide/deep2/dir/page/", "none": "", "/c26410": "",
	} {
		equal(t, dest, describe(s.Named(from, "", dest)), want)
		if s.Fact("named", from.ID+"\x00"+dest) != s.Named(from, "", dest).Digest() {
			t.Errorf("the fact of %q differs from its answer", dest)
		}
	}
}

func TestNearest(t *testing.T) {
	f := files{"content/img/diagram.png": "", "content/other/install.md": ""}
	for name, front := range linkFiles {
		f[name] = front
	}
	s := plainSite(t, f)
	from := mustPage(t, s, "en", "/guide/install")
	for dest, want := range map[string]string{
		"instal.md": "install.md", "../c26410.md": "../errors/c26410.md", "/guide/instal/": "/guide/install/", "img/diagramm.png": "../img/diagram.png",
		"deeper/index.md": "", "entirely-different.md": "", "": "", "/": "", "../../x/install.md": "install.md",
	} {
		equal(t, dest, s.Nearest(from, "", dest), want)
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		x, y        string
		limit, want int
	}{
		{"install", "instal", 3, 1}, {"install", "install", 3, 0}, {"abc", "xyz", 3, 3}, {"abcd", "wxyz", 3, 4}, {"kitten", "sitting", 3, 3},
		{"kitten", "sitting", 2, 3}, {"", "ab", 3, 2}, {"ab", "ba", 1, 1}, {"giude", "guide", 1, 1}, {"abcd", "badc", 1, 2}, {"abcd", "badc", 2, 2}, {"a", "bbbbbb", 3, 4},
	} {
		if got := distance(c.x, c.y, c.limit); got != c.want {
			t.Errorf("distance(%q, %q, %d): got %d, want %d", c.x, c.y, c.limit, got, c.want)
		}
	}
}

// FuzzResolve: whatever an author writes, there is an answer; where it is a
// target, the site has it; and the fact is that of the answer.
func FuzzResolve(f *testing.F) {
	s := plainSite(f, linkFiles)
	from := s.Page("en", "/guide/install")
	for _, seed := range []string{"start.md", "../..//x", "/%zz", `\\..\x`, "a:b", ":", "@/", "@/../..", "#", "?", "/../", "\x00", "//", "/ ", "index.html", "./%2e%2e/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, dest string) {
		r := s.Resolve(from, "", dest)
		switch r.Kind {
		case LinkNone:
			s.Nearest(from, "", dest)
		case LinkExternal:
		default:
			u, _, _ := strings.Cut(r.URL, "?")
			if s.ByURL(u) == nil {
				t.Errorf("%q leads to %s, which is no target", dest, fmt.Sprint(r.URL))
			}
		}
		if got := s.Fact("ref", from.ID+"\x00"+from.Head.Source+"\x00"+dest); got != r.Digest() {
			t.Errorf("the fact of %q differs from its answer", dest)
		}
	})
}
