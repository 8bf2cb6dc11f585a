package site

import (
	"strings"
	"testing"
	"time"

	"github.com/etagere/etagere/builder/config"
)

func TestSectionsAndBundles(t *testing.T) {
	f := files{
		"content/about.md":             "",
		"content/guide/_index.md":      "title: Guide",
		"content/guide/install.md":     "weight: 2",
		"content/guide/start.md":       "weight: 1",
		"content/guide/shot.png":       "png",
		"content/guide/deep/x/page.md": "",
		"content/guide/deep/x/i/a.png": "png",
		"content/leaf/index.md":        "",
		"content/leaf/img/a.png":       "png",
		"content/branch/index.md":      "",
		"content/branch/sub/other.md":  "",
		"content/read/README.md":       "title: Read",
		"content/read/more.md":         "",
		"content/adopted.md":           "title: Adopted",
		"content/adopted/child.md":     "",
		"content/files/only.txt":       "text",
	}
	s := plainSite(t, f)
	home := s.Default.Home
	equal(t, "sections of home", paths(home.Sections), "/adopted /branch /guide /read")
	equal(t, "regulars of home", paths(home.Regulars), "/about /leaf")
	guide := mustPage(t, s, "en", "guide")
	equal(t, "children of guide", paths(guide.Children()), "/guide/start /guide/install /guide/deep")
	equal(t, "title of a generated section", mustPage(t, s, "en", "/guide/deep").Title, "Deep")
	equal(t, "parent", mustPage(t, s, "en", "/guide/deep/x/page").Parent.Path, "/guide/deep/x")
	equal(t, "adopted", mustPage(t, s, "en", "/adopted/child").Parent.Title, "Adopted")
	leaf := mustPage(t, s, "en", "/leaf")
	equal(t, "leaf", []any{leaf.Kind, leaf.Leaf, leaf.Resources[0].Name, leaf.Resources[0].URL}, []any{Regular, true, "img/a.png", "/leaf/img/a.png"})
	equal(t, "branch", mustPage(t, s, "en", "/branch").Kind, Section)
	equal(t, "image beside a section", guide.Resources[0].Name, "shot.png")
	equal(t, "image below a section", mustPage(t, s, "en", "/guide/deep/x").Resources[0].Name, "i/a.png")
	equal(t, "file in a folder without pages", home.Resources[0].Name, "files/only.txt")
	equal(t, "section names", []string{leaf.Section, guide.Type, mustPage(t, s, "en", "/about").Section, mustPage(t, s, "en", "/about").Type}, "[leaf guide  page]")
	equal(t, "reading order", paths(s.Default.Sequence),
		"/about /adopted /adopted/child /branch /branch/sub/other /guide /guide/start /guide/install /guide/deep/x/page /leaf /read /read/more")
	equal(t, "previous over a border", guide.Prev.Path, "/branch/sub/other")
}

func TestEmptySite(t *testing.T) {
	s := plainSite(t, nil)
	equal(t, "pages", paths(s.Pages), "/ /404.html")
	equal(t, "home", []string{s.Default.Home.URL, s.Default.Home.Title}, "[/ Site]")
	equal(t, "a folder called 404", plainSite(t, files{"content/404/index.md": ""}).Default.NotFound.URL, "/404.html")
}

func TestHugoBundles(t *testing.T) {
	s := assemble(t, testConfig(func(c *config.Config) { c.Bundles = "hugo" }), files{
		"content/b/index.md": "", "content/b/note.md": "", "content/b/sub/x.md": "", "content/b/a.png": "",
	})
	b := mustPage(t, s, "en", "/b")
	equal(t, "leaf", b.Leaf, true)
	equal(t, "resources", len(b.Resources), 1)
	if p := s.BySource("content/b/note.md"); p != nil {
		t.Errorf("Markdown in a leaf bundle has the page %s", p.ID)
	}
	equal(t, "why", []string{s.Hidden("content/b/note.md"), s.Hidden("content/b/sub/x.md")}, "[bundle bundle]")
}

func TestIndexCollisions(t *testing.T) {
	s, problems := Assemble(inputOf(testConfig(nil), files{
		"content/a/_index.md": "", "content/a/index.md": "", "content/b/index.md": "", "content/b/README.md": "",
	}))
	equal(t, "problems", codes(problems), "[content/a/index.md: error index-collision content/b/README.md: warning index-collision]")
	if !strings.Contains(problems[0].Message, `"content/a/_index.md" and "content/a/index.md"`) {
		t.Errorf("message %q does not name both", problems[0].Message)
	}
	equal(t, "page of README", mustPage(t, s, "en", "/b/readme").URL, "/b/readme/")
}

func TestDefaultOrder(t *testing.T) {
	s := plainSite(t, files{
		"content/p/heavy.md": "weight: 20", "content/p/light.md": "weight: -1", "content/p/mid.md": "weight: 10",
		"content/p/new.md": "date: 2025-01-02", "content/p/old.md": "date: 2024-01-01",
		"content/p/v10.md": "title: Version 2.10", "content/p/v9.md": "title: version 2.9",
		"content/p/b1.md": "title: Same", "content/p/b2.md": "title: Same", "content/p/link.md": "title: zzz\nlinkTitle: aaa",
	})
	equal(t, "order", paths(mustPage(t, s, "en", "/p").Regulars),
		"/p/light /p/mid /p/heavy /p/new /p/old /p/link /p/b1 /p/b2 /p/v9 /p/v10")
}

func TestCollate(t *testing.T) {
	for _, c := range []struct {
		x, y string
		want int
	}{
		{"a", "B", -1}, {"B", "a", 1}, {"C2001", "C10000", -1}, {"a1", "a01", 1}, {"", "a", -1}, {"é", "É", 1}, {"安", "装", -1}, {"x", "x", 0},
		{"10a", "10b", -1}, {"9999999999999999999998", "9999999999999999999999", -1},
	} {
		if got := collate(c.x, c.y); got != c.want {
			t.Errorf("collate(%q, %q): got %d, want %d", c.x, c.y, got, c.want)
		}
		if got := collate(c.y, c.x); got != -c.want {
			t.Errorf("collate(%q, %q): got %d, want %d", c.y, c.x, got, -c.want)
		}
	}
}

func TestHiddenPages(t *testing.T) {
	f := files{
		"content/s/_index.md": "draft: true\ntitle: Draft section", "content/s/in.md": "",
		"content/d/draft.md": "draft: true", "content/p/future.md": "publishDate: 2026-07-01", "content/p/dated.md": "date: 2026-06-10",
		"content/p/gone.md": "expiryDate: 2026-05-01", "content/p/going.md": "expiryDate: 2026-06-05", "content/p/never.md": "draft: true\ndate: 2026-06-02",
	}
	s := plainSite(t, f)
	equal(t, "pages", paths(s.Default.Regulars), "/p/going /s/in")
	equal(t, "section of a draft", mustPage(t, s, "en", "/s").Title, "S")
	if s.Page("en", "/d") != nil {
		t.Error("a folder with nothing but drafts has a section")
	}
	equal(t, "next change", s.NextChange, time.Date(2026, 6, 5, 0, 0, 0, 0, time.UTC))
	equal(t, "hidden", []string{s.Hidden("content/d/draft.md"), s.Hidden("content/p/dated.md"), s.Hidden("content/p/gone.md")}, "[draft future expired]")

	in := inputOf(testConfig(nil), f)
	in.Drafts, in.Future = true, true
	s, _ = Assemble(in)
	equal(t, "all pages", paths(s.Default.Regulars), "/d/draft /s/in /p/dated /p/never /p/future /p/going")
	equal(t, "next change with all", s.NextChange, time.Date(2026, 6, 5, 0, 0, 0, 0, time.UTC))
}

func TestBuildOptions(t *testing.T) {
	s := plainSite(t, files{
		"content/a/index.md": "headless: true", "content/a/x.png": "",
		"content/b/never.md": "build: {list: never}", "content/b/local.md": "build: {list: local}",
		"content/b/norender.md": "build: {render: never}", "content/b/link.md": "build: {render: link}",
		"content/b/_index.md": "build: {list: never}",
		"content/b/seen.md":   "",
	})
	equal(t, "headless URL", mustPage(t, s, "en", "/a").URL, "")
	equal(t, "listed", paths(s.Default.Regulars), "/b/link /b/norender /b/seen")
	equal(t, "in the section", paths(mustPage(t, s, "en", "/b").Regulars), "/b/link /b/local /b/norender /b/seen")
	equal(t, "sections", paths(s.Default.Home.Sections), "")
	equal(t, "sequence", paths(s.Default.Sequence), "/b/seen")
	link := mustPage(t, s, "en", "/b/link")
	equal(t, "link", []any{link.URL, len(link.Outputs)}, "[/b/link/ 0]")
	if r := s.Resolve(nil, "", "/b/norender"); r.Kind != LinkNone || r.Page == nil {
		t.Errorf("link to a page that is not rendered: got %+v", r)
	}
}

func TestCascade(t *testing.T) {
	s := plainSite(t, files{
		"content/_index.md":   "cascade:\n  params: {far: home, near: home}",
		"content/a/_index.md": "title: A\ncascade:\n  - type: docs\n    params: {near: a}\n  - target: {path: '/a/b/**', kind: page}\n    draft: true\n  - target: {kind: page}\n    weight: 7",
		"content/a/page.md":   "near: own", "content/a/b/hidden.md": "", "content/a/b/c/_index.md": "", "content/z.md": "",
	})
	p := mustPage(t, s, "en", "/a/page")
	equal(t, "type", p.Type, "docs")
	equal(t, "weight", p.Weight, 7)
	equal(t, "own value", p.Head.Params["near"], "own")
	equal(t, "far value", p.Head.Params["far"], "home")
	if s.Page("en", "/a/b/hidden") != nil {
		t.Error("a cascaded draft has a page")
	}
	below := mustPage(t, s, "en", "/a/b/c")
	equal(t, "section below", []any{below.Type, below.Weight, below.Head.Params["near"]}, "[docs 0 a]")
	equal(t, "own section", mustPage(t, s, "en", "/a").Type, "a")
	equal(t, "elsewhere", mustPage(t, s, "en", "/z").Type, "page")
	if plain := plainSite(t, files{"content/a/page.md": "near: own"}); plain.Fact("face", "en:/a/page") == s.Fact("face", "en:/a/page") {
		t.Error("a cascade leaves the face as it is")
	}
}

func TestPattern(t *testing.T) {
	for _, c := range []struct {
		glob, name string
		want       bool
	}{
		{"/a/**", "/a/b/c", true}, {"/a/**", "/a", true}, {"/a/*", "/a/b/c", false}, {"**/c", "/a/b/c", true}, {"{/a,/b}/*", "/b/x", true},
		{"/a/**/z", "/a/z", true}, {"/a/**/z", "/a/b/y", false}, {"{page,section}", "section", true}, {"*", "page", true}, {"/[", "/[", true},
	} {
		if got := newPattern(c.glob).match(c.name); got != c.want {
			t.Errorf("%q on %q: got %v", c.glob, c.name, got)
		}
	}
	newPattern(strings.Repeat("{a,b}", 40)).match("x") // must end
}

func TestPagers(t *testing.T) {
	f := files{"content/p/_index.md": "paginate: 2"}
	for _, n := range []string{"1", "2", "3", "4", "5"} {
		f["content/p/"+n+".md"] = "tags: [x]"
	}
	for style, want := range map[string]string{"pretty": "/p/ /p/seite/2/ /p/seite/3/", "file": "/p/ /p/seite/2.html /p/seite/3.html"} {
		s := assemble(t, testConfig(func(c *config.Config) { c.URLs, c.Pagination.Path = style, "seite" }), f)
		got := ""
		for _, g := range mustPage(t, s, "en", "/p").Pagers {
			got += " " + g.URL
			if s.ByURL(g.URL) == nil {
				t.Errorf("no target %s", g.URL)
			}
		}
		equal(t, style, got[1:], want)
	}
	s := assemble(t, testConfig(func(c *config.Config) { c.Pagination.Size = 4 }), f)
	equal(t, "home", []int{len(s.Default.Home.Pagers), len(mustPage(t, s, "en", "/tags/x").Pagers), len(mustPage(t, s, "en", "/tags").Pagers)}, "[2 2 0]")
}
