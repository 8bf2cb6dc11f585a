package assemble_test

import (
	"strings"
	"testing"
	"time"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/assemble"
	"github.com/etagere/etagere/builder/site/fixture"
	"github.com/etagere/etagere/builder/site/links"
)

func TestSectionsAndBundles(t *testing.T) {
	f := fixture.Files{
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
	s := fixture.Plain(t, f)
	home := s.Default.Home
	fixture.Equal(t, "sections of home", fixture.Paths(home.Sections), "/adopted /branch /guide /read")
	fixture.Equal(t, "regulars of home", fixture.Paths(home.Regulars), "/about /leaf")
	guide := fixture.MustPage(t, s, "en", "guide")
	fixture.Equal(t, "children of guide", fixture.Paths(guide.Children), "/guide/start /guide/install /guide/deep")
	fixture.Equal(t, "title of a generated section", fixture.MustPage(t, s, "en", "/guide/deep").Title, "Deep")
	fixture.Equal(t, "parent", fixture.MustPage(t, s, "en", "/guide/deep/x/page").Parent.Path, "/guide/deep/x")
	fixture.Equal(t, "adopted", fixture.MustPage(t, s, "en", "/adopted/child").Parent.Title, "Adopted")
	leaf := fixture.MustPage(t, s, "en", "/leaf")
	fixture.Equal(t, "leaf", []any{leaf.Kind, leaf.Leaf, leaf.Resources[0].Name, leaf.Resources[0].URL}, []any{site.Regular, true, "img/a.png", "/leaf/img/a.png"})
	fixture.Equal(t, "branch", fixture.MustPage(t, s, "en", "/branch").Kind, site.Section)
	fixture.Equal(t, "image beside a section", guide.Resources[0].Name, "shot.png")
	fixture.Equal(t, "image below a section", fixture.MustPage(t, s, "en", "/guide/deep/x").Resources[0].Name, "i/a.png")
	fixture.Equal(t, "file in a folder without pages", home.Resources[0].Name, "files/only.txt")
	fixture.Equal(t, "section names", []string{leaf.Section, guide.Type, fixture.MustPage(t, s, "en", "/about").Section, fixture.MustPage(t, s, "en", "/about").Type}, "[leaf guide  page]")
	fixture.Equal(t, "reading order", fixture.Paths(s.Default.Sequence),
		"/about /adopted /adopted/child /branch /branch/sub/other /guide /guide/start /guide/install /guide/deep/x/page /leaf /read /read/more")
	fixture.Equal(t, "previous over a border", guide.Prev.Path, "/branch/sub/other")
}

func TestEmptySite(t *testing.T) {
	s := fixture.Plain(t, nil)
	fixture.Equal(t, "pages", fixture.Paths(s.Pages), "/ /404.html")
	fixture.Equal(t, "home", []string{s.Default.Home.URL, s.Default.Home.Title}, "[/ Site]")
	fixture.Equal(t, "a folder called 404", fixture.Plain(t, fixture.Files{"content/404/index.md": ""}).Default.NotFound.URL, "/404.html")
}

func TestHugoBundles(t *testing.T) {
	s := fixture.Assemble(t, fixture.Config(func(c *config.Config) { c.Bundles = "hugo" }), fixture.Files{
		"content/b/index.md": "", "content/b/note.md": "", "content/b/sub/x.md": "", "content/b/a.png": "",
	})
	b := fixture.MustPage(t, s, "en", "/b")
	fixture.Equal(t, "leaf", b.Leaf, true)
	fixture.Equal(t, "resources", len(b.Resources), 1)
	if p := s.BySource("content/b/note.md"); p != nil {
		t.Errorf("Markdown in a leaf bundle has the page %s", p.ID)
	}
	fixture.Equal(t, "why", []string{s.Hidden("content/b/note.md"), s.Hidden("content/b/sub/x.md")}, "[bundle bundle]")
}

func TestIndexCollisions(t *testing.T) {
	s, problems := assemble.Site(fixture.Input(fixture.Config(nil), fixture.Files{
		"content/a/_index.md": "", "content/a/index.md": "", "content/b/index.md": "", "content/b/README.md": "",
	}))
	fixture.Equal(t, "problems", fixture.Codes(problems), "[content/a/index.md: error index-collision content/b/README.md: warning index-collision]")
	if !strings.Contains(problems[0].Message, `"content/a/_index.md" and "content/a/index.md"`) {
		t.Errorf("message %q does not name both", problems[0].Message)
	}
	fixture.Equal(t, "page of README", fixture.MustPage(t, s, "en", "/b/readme").URL, "/b/readme/")
}

func TestDefaultOrder(t *testing.T) {
	s := fixture.Plain(t, fixture.Files{
		"content/p/heavy.md": "weight: 20", "content/p/light.md": "weight: -1", "content/p/mid.md": "weight: 10",
		"content/p/new.md": "date: 2025-01-02", "content/p/old.md": "date: 2024-01-01",
		"content/p/v10.md": "title: Version 2.10", "content/p/v9.md": "title: version 2.9",
		"content/p/b1.md": "title: Same", "content/p/b2.md": "title: Same", "content/p/link.md": "title: zzz\nlinkTitle: aaa",
	})
	fixture.Equal(t, "order", fixture.Paths(fixture.MustPage(t, s, "en", "/p").Regulars),
		"/p/light /p/mid /p/heavy /p/new /p/old /p/link /p/b1 /p/b2 /p/v9 /p/v10")
}

func TestHiddenPages(t *testing.T) {
	f := fixture.Files{
		"content/s/_index.md": "draft: true\ntitle: Draft section", "content/s/in.md": "",
		"content/d/draft.md": "draft: true", "content/p/future.md": "publishDate: 2026-07-01", "content/p/dated.md": "date: 2026-06-10",
		"content/p/gone.md": "expiryDate: 2026-05-01", "content/p/going.md": "expiryDate: 2026-06-05", "content/p/never.md": "draft: true\ndate: 2026-06-02",
	}
	s := fixture.Plain(t, f)
	fixture.Equal(t, "pages", fixture.Paths(s.Default.Regulars), "/p/going /s/in")
	fixture.Equal(t, "section of a draft", fixture.MustPage(t, s, "en", "/s").Title, "S")
	if s.Page("en", "/d") != nil {
		t.Error("a folder with nothing but drafts has a section")
	}
	fixture.Equal(t, "next change", s.NextChange, time.Date(2026, 6, 5, 0, 0, 0, 0, time.UTC))
	fixture.Equal(t, "hidden", []string{s.Hidden("content/d/draft.md"), s.Hidden("content/p/dated.md"), s.Hidden("content/p/gone.md")}, "[draft future expired]")

	in := fixture.Input(fixture.Config(nil), f)
	in.Drafts, in.Future = true, true
	s, _ = assemble.Site(in)
	fixture.Equal(t, "all pages", fixture.Paths(s.Default.Regulars), "/d/draft /s/in /p/dated /p/never /p/future /p/going")
	fixture.Equal(t, "next change with all", s.NextChange, time.Date(2026, 6, 5, 0, 0, 0, 0, time.UTC))
}

func TestBuildOptions(t *testing.T) {
	s := fixture.Plain(t, fixture.Files{
		"content/a/index.md": "headless: true", "content/a/x.png": "",
		"content/b/never.md": "build: {list: never}", "content/b/local.md": "build: {list: local}",
		"content/b/norender.md": "build: {render: never}", "content/b/link.md": "build: {render: link}",
		"content/b/_index.md": "build: {list: never}",
		"content/b/seen.md":   "",
	})
	fixture.Equal(t, "headless URL", fixture.MustPage(t, s, "en", "/a").URL, "")
	fixture.Equal(t, "listed", fixture.Paths(s.Default.Regulars), "/b/link /b/norender /b/seen")
	fixture.Equal(t, "in the section", fixture.Paths(fixture.MustPage(t, s, "en", "/b").Regulars), "/b/link /b/local /b/norender /b/seen")
	fixture.Equal(t, "sections", fixture.Paths(s.Default.Home.Sections), "")
	fixture.Equal(t, "sequence", fixture.Paths(s.Default.Sequence), "/b/seen")
	link := fixture.MustPage(t, s, "en", "/b/link")
	fixture.Equal(t, "link", []any{link.URL, len(link.Outputs)}, "[/b/link/ 0]")
	if r := links.New(s).Resolve(nil, "", "/b/norender"); r.Kind != links.None || r.Page == nil {
		t.Errorf("link to a page that is not rendered: got %+v", r)
	}
}

func TestCascade(t *testing.T) {
	s := fixture.Plain(t, fixture.Files{
		"content/_index.md":   "cascade:\n  params: {far: home, near: home}",
		"content/a/_index.md": "title: A\ncascade:\n  - type: docs\n    params: {near: a}\n  - target: {path: '/a/b/**', kind: page}\n    draft: true\n  - target: {kind: page}\n    weight: 7",
		"content/a/page.md":   "near: own", "content/a/b/hidden.md": "", "content/a/b/c/_index.md": "", "content/z.md": "",
	})
	p := fixture.MustPage(t, s, "en", "/a/page")
	fixture.Equal(t, "type", p.Type, "docs")
	fixture.Equal(t, "weight", p.Weight, 7)
	fixture.Equal(t, "own value", p.Head.Params["near"], "own")
	fixture.Equal(t, "far value", p.Head.Params["far"], "home")
	if s.Page("en", "/a/b/hidden") != nil {
		t.Error("a cascaded draft has a page")
	}
	below := fixture.MustPage(t, s, "en", "/a/b/c")
	fixture.Equal(t, "section below", []any{below.Type, below.Weight, below.Head.Params["near"]}, "[docs 0 a]")
	fixture.Equal(t, "own section", fixture.MustPage(t, s, "en", "/a").Type, "a")
	fixture.Equal(t, "elsewhere", fixture.MustPage(t, s, "en", "/z").Type, "page")
	if plain := fixture.Plain(t, fixture.Files{"content/a/page.md": "near: own"}); plain.Fact("face", "en:/a/page") == s.Fact("face", "en:/a/page") {
		t.Error("a cascade leaves the face as it is")
	}
}

func TestPagers(t *testing.T) {
	f := fixture.Files{"content/p/_index.md": "paginate: 2"}
	for _, n := range []string{"1", "2", "3", "4", "5"} {
		f["content/p/"+n+".md"] = "tags: [x]"
	}
	for style, want := range map[string]string{"pretty": "/p/ /p/seite/2/ /p/seite/3/", "file": "/p/ /p/seite/2.html /p/seite/3.html"} {
		s := fixture.Assemble(t, fixture.Config(func(c *config.Config) { c.URLs, c.Pagination.Path = style, "seite" }), f)
		got := ""
		for _, g := range fixture.MustPage(t, s, "en", "/p").Pagers {
			got += " " + g.URL
			if s.ByURL(g.URL) == nil {
				t.Errorf("no target %s", g.URL)
			}
		}
		fixture.Equal(t, style, got[1:], want)
	}
	s := fixture.Assemble(t, fixture.Config(func(c *config.Config) { c.Pagination.Size = 4 }), f)
	fixture.Equal(t, "home", []int{len(s.Default.Home.Pagers), len(fixture.MustPage(t, s, "en", "/tags/x").Pagers), len(fixture.MustPage(t, s, "en", "/tags").Pagers)}, "[2 2 0]")
}
