package links_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/site/assemble"
	"github.com/etagere/etagere/builder/site/fixture"
	"github.com/etagere/etagere/builder/site/links"
)

// describe is a links.Resolution in short: "kind URL#fragment flags".
func describe(r links.Resolution) string {
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

var linkFiles = fixture.Files{
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
	s := fixture.Assemble(t, fixture.Config(func(c *config.Config) {
		c.BaseURL = "https://example.org/docs/"
		c.Links.External = map[string]string{"/windows": "https://learn.example/windows", "/windows/deep": "https://deep.example/"}
		c.Redirects = []config.Redirect{{From: "/gone/", To: "/guide/install.md"}}
	}), linkFiles)
	resolver := links.New(s)
	for _, c := range linkCases {
		if got := describe(resolver.Resolve(fixture.MustPage(t, s, "en", c.from), "", c.dest)); got != c.want {
			t.Errorf("%s → %q: got %q, want %q", c.from, c.dest, got, c.want)
		}
	}
	from := fixture.MustPage(t, s, "en", "/guide/deep")
	fixture.Equal(t, "link of an included file", describe(resolver.Resolve(from, "content/includes/snippet.md", "../guide/start.md")), "page /guide/begin/")
	fixture.Equal(t, "redirect", s.Redirects[0].To, "/guide/install/")
}

func TestResolveFileURLs(t *testing.T) {
	s := fixture.Assemble(t, fixture.Config(func(c *config.Config) { c.URLs = "file" }), linkFiles)
	resolver := links.New(s)
	from := fixture.MustPage(t, s, "en", "/guide/install")
	for dest, want := range map[string]string{
		"start.md": "page /guide/begin.html", "begin.html": "page /guide/begin.html", "begin": "page /guide/begin.html",
		"/guide/begin/": "page /guide/begin.html", "deep/": "page /guide/deep/", "./": "page /guide/",
	} {
		fixture.Equal(t, dest, describe(resolver.Resolve(from, "", dest)), want)
	}
}

func TestResolveLanguages(t *testing.T) {
	s := fixture.Assemble(t, fixture.Config(fixture.TwoLanguages), fixture.Files{
		"content/en/_index.md": "", "content/en/release-notes.md": "", "content/en/guide/a.md": "", "content/en/guide/b.md": "", "content/en/guide/a.png": "",
		"content/zh/_index.md": "", "content/zh/guide/a.md": "", "content/zh/deployment/versions.md": "", "content/zh/guide/own.md": "",
		"content/en/includes/note.md": "build: {render: never, list: never}", "static/img/x.png": "",
	})
	resolver := links.New(s)
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
		if got := describe(resolver.Resolve(fixture.MustPage(t, s, "zh", c.from), c.origin, c.dest)); got != c.want {
			t.Errorf("%s → %q: got %q, want %q", c.from, c.dest, got, c.want)
		}
	}
}

func TestResolveMarkedLanguages(t *testing.T) {
	s := fixture.Assemble(t, fixture.Config(func(c *config.Config) {
		c.Languages = map[string]config.Language{"en": {}, "zh": {}, "fr": {Disabled: true}}
	}), fixture.Files{
		"content/a.md": "", "content/a.zh.md": "", "content/b.md": "", "content/c.zh.md": "", "content/a.fr.md": "", "content/v1.2.md": "",
		"content/p/index.md": "", "content/p/index.zh.md": "", "content/p/x.png": "",
	})
	resolver := links.New(s)
	a := fixture.MustPage(t, s, "zh", "/a")
	fixture.Equal(t, "URL", a.URL, "/zh/a/")
	fixture.Equal(t, "translations", []string{a.Translations[0].ID, a.Translations[1].ID}, "[en:/a zh:/a]")
	fixture.Equal(t, "dots are no language", fixture.MustPage(t, s, "en", "/v1.2").URL, "/v1.2/")
	if s.BySource("content/a.fr.md") != nil {
		t.Error("a page of a disabled language is there")
	}
	fixture.Equal(t, "resources of the other language", fixture.MustPage(t, s, "zh", "/p").Resources[0].URL, "/p/x.png")
	for dest, want := range map[string]string{
		"a.md": "page /zh/a/", "b.md": "page /b/ fallback", "a.zh.md": "page /zh/a/", "c": "page /zh/c/", "b": "page /b/ fallback", "p/x.png": "resource /p/x.png",
	} {
		fixture.Equal(t, dest, describe(resolver.Resolve(fixture.MustPage(t, s, "zh", "/c"), "", dest)), want)
	}
	fixture.Equal(t, "to a marked file", describe(resolver.Resolve(fixture.MustPage(t, s, "en", "/b"), "", "a.zh.md")), "page /zh/a/")
}

func TestResolveMounts(t *testing.T) {
	c := fixture.Config(nil)
	in := fixture.Input(c, fixture.Files{"content/guide/a.md": "", "content/b.md": ""})
	in.Heads = append(in.Heads, fixture.Head(c, "elsewhere/posts/x.md", "blog/x.md", "", ""), fixture.Head(c, "elsewhere/posts/y.md", "blog/y.md", "", ""))
	s, problems := assemble.Site(in)
	resolver := links.New(s)
	fixture.Equal(t, "problems", len(problems), 0)
	x := fixture.MustPage(t, s, "en", "/blog/x")
	fixture.Equal(t, "beside it in the source", describe(resolver.Resolve(x, "", "y.md")), "page /blog/y/")
	fixture.Equal(t, "without an ending", describe(resolver.Resolve(x, "", "y")), "page /blog/y/")
	fixture.Equal(t, "over the source tree", describe(resolver.Resolve(x, "", "../../content/b.md")), "page /b/")
}

func TestNamed(t *testing.T) {
	f := fixture.Files{"content/other/install.md": ""}
	for name, front := range linkFiles {
		f[name] = front
	}
	s := fixture.Plain(t, f)
	resolver := links.New(s)
	from := fixture.MustPage(t, s, "en", "/guide/deep2/x")
	for dest, want := range map[string]string{
		"c26410.md": "page /errors/c26410/", "c26410#x": "page /errors/c26410/#x", "guide/start.md": "page /guide/begin/", "install.md": "",
		"dir/page": "page /guide/deep2/dir/page/", "none": "", "/c26410": "",
	} {
		fixture.Equal(t, dest, describe(resolver.Named(from, "", dest)), want)
		if resolver.Fact("named", from.ID+"\x00"+dest) != resolver.Named(from, "", dest).Digest() {
			t.Errorf("the fact of %q differs from its answer", dest)
		}
	}
}

func TestFactsOfNothing(t *testing.T) {
	resolver := links.New(fixture.Plain(t, fixture.Files{"content/a.md": ""}))
	for _, q := range [][2]string{{"ref", "en:/a"}, {"ref", "x\x00y"}, {"named", "en:/a"}, {"named", "x\x00y"}} {
		if d := resolver.Fact(q[0], q[1]); !d.IsZero() {
			t.Errorf("fact %q: got %s of nothing", q, d)
		}
	}
	if resolver.Fact("ref", "en:/a\x00none").IsZero() {
		t.Error("the answer that there is nothing has no digest")
	}
}

func TestNearest(t *testing.T) {
	f := fixture.Files{"content/img/diagram.png": "", "content/other/install.md": ""}
	for name, front := range linkFiles {
		f[name] = front
	}
	s := fixture.Plain(t, f)
	resolver := links.New(s)
	from := fixture.MustPage(t, s, "en", "/guide/install")
	for dest, want := range map[string]string{
		"instal.md": "install.md", "../c26410.md": "../errors/c26410.md", "/guide/instal/": "/guide/install/", "img/diagramm.png": "../img/diagram.png",
		"deeper/index.md": "", "entirely-different.md": "", "": "", "/": "", "../../x/install.md": "install.md",
	} {
		fixture.Equal(t, dest, resolver.Nearest(from, "", dest), want)
	}
}

// FuzzResolve: whatever an author writes, there is an answer; where it is a
// target, the site has it; and the fact is that of the answer.
func FuzzResolve(f *testing.F) {
	s := fixture.Plain(f, linkFiles)
	resolver := links.New(s)
	from := s.Page("en", "/guide/install")
	for _, seed := range []string{"start.md", "../..//x", "/%zz", `\\..\x`, "a:b", ":", "@/", "@/../..", "#", "?", "/../", "\x00", "//", "/ ", "index.html", "./%2e%2e/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, dest string) {
		r := resolver.Resolve(from, "", dest)
		switch r.Kind {
		case links.None:
			resolver.Nearest(from, "", dest)
		case links.External:
		default:
			u, _, _ := strings.Cut(r.URL, "?")
			if s.ByURL(u) == nil {
				t.Errorf("%q leads to %s, which is no target", dest, fmt.Sprint(r.URL))
			}
		}
		if got := resolver.Fact("ref", from.ID+"\x00"+from.Head.Source+"\x00"+dest); got != r.Digest() {
			t.Errorf("the fact of %q differs from its answer", dest)
		}
	})
}
