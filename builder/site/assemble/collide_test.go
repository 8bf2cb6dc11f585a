package assemble_test

import (
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/assemble"
	"github.com/etagere/etagere/builder/site/fixture"
)

func TestCollisions(t *testing.T) {
	for _, c := range []struct {
		name  string
		files fixture.Files
		want  []string
		names []string
	}{
		{"two pages by url", fixture.Files{"content/a.md": "", "content/b.md": "url: /a/"},
			[]string{"content/b.md: error url-collision"}, []string{"content/a.md", "content/b.md"}},
		{"a page and a bundle", fixture.Files{"content/g/a.md": "", "content/g/a/index.md": ""},
			[]string{"content/g/a/index.md: error url-collision"}, []string{"content/g/a.md", "content/g/a/index.md"}},
		{"only the case differs", fixture.Files{"content/Async.md": "", "content/async.md": ""},
			[]string{"content/async.md: warning url-collision"}, []string{"content/Async.md", "content/async.md"}},
		{"a page and a static file", fixture.Files{"content/a.md": "", "static/a/index.html": ""},
			[]string{"static/a/index.html: error url-collision"}, []string{"content/a.md", "static/a/index.html"}},
		{"a resource and a static file", fixture.Files{"content/img/a.png": "", "static/img/a.png": ""},
			[]string{"static/img/a.png: error url-collision"}, []string{"content/img/a.png", "static/img/a.png"}},
		{"an alias of another page's URL", fixture.Files{"content/a.md": "", "content/b.md": "aliases: [/a/]"},
			[]string{"content/b.md: error url-collision"}, []string{"content/a.md", "content/b.md"}},
		{"two aliases", fixture.Files{"content/a.md": "aliases: [/x/]", "content/b.md": "aliases: [/x]"},
			[]string{"content/b.md: error url-collision"}, []string{"content/a.md", "content/b.md"}},
		{"an alias of itself", fixture.Files{"content/a.md": "aliases: [/a/, /c/, /c]"}, nil, nil},
		{"a feed", fixture.Files{"content/g/_index.md": "outputs: [html, rss]", "content/g/index.xml": ""},
			[]string{"content/g/index.xml: error url-collision"}, []string{"content/g/_index.md", "the rss of"}},
		{"a file where a folder is", fixture.Files{"content/guide/a.md": "", "static/guide": ""},
			[]string{"static/guide: error url-collision"}, []string{"static/guide", "/guide"}},
		{"our own folder", fixture.Files{"content/a.md": "url: /_a/x"}, []string{"content/a.md: error url-reserved"}, nil},
		{"a term", fixture.Files{"content/a.md": "tags: [go]", "content/b.md": "url: /tags/go/"},
			[]string{"config.toml: error url-collision"}, []string{`the term page "en:/tags/go"`, "content/b.md"}},
		{"nothing", fixture.Files{"content/LICENSE": "", "content/a.md": "", "static/CNAME": ""}, nil, nil},
	} {
		_, problems := assemble.Site(fixture.Input(fixture.Config(nil), c.files))
		fixture.Equal(t, c.name, fixture.Codes(problems), c.want)
		for _, name := range c.names {
			if len(problems) > 0 && !strings.Contains(problems[0].Message, name) {
				t.Errorf("%s: message %q does not name %s", c.name, problems[0].Message, name)
			}
		}
	}
}

func TestCollisionPosition(t *testing.T) {
	_, problems := assemble.Site(fixture.Input(fixture.Config(nil), fixture.Files{"content/a.md": "", "content/b.md": "title: B\nurl: /a/"}))
	fixture.Equal(t, "position", problems[0].Pos, "content/b.md:3:1")
}

func TestRedirects(t *testing.T) {
	s, problems := assemble.Site(fixture.Input(fixture.Config(func(c *config.Config) {
		c.Redirects = []config.Redirect{
			{From: "/out", To: "https://example.org/x", Status: 302},
			{From: "/old.html", To: "/guide/instal/"},
			{From: "/moved/", To: "/guide/install.md#part", Status: 308},
		}
	}), fixture.Files{"content/guide/install.md": "aliases: [/2019/install, setup, ../up/]"}))
	got := ""
	for _, r := range s.Redirects {
		got += " " + r.From + ">" + r.To
	}
	fixture.Equal(t, "redirects", got, " /2019/install/>/guide/install/ /guide/setup/>/guide/install/ /moved/>/guide/install/#part"+
		" /old.html>/guide/instal/ /out/>https://example.org/x /up/>/guide/install/")
	fixture.Equal(t, "problems", fixture.Codes(problems), "[config.toml: warning redirect-broken]")
	fixture.Equal(t, "hint", problems[0].Hint, `did you mean "/guide/install/"?`)
	if to := s.ByURL("/moved/"); to == nil || to.Redirect == nil || to.Redirect.Status != 308 {
		t.Errorf("target of /moved/: got %+v", to)
	}
	sub := fixture.Assemble(t, fixture.Config(func(c *config.Config) { c.LanguageInSubdir = true }), fixture.Files{"content/a.md": ""})
	fixture.Equal(t, "the root leads to the default language", sub.Redirects, "[{/ /en/ 302 <nil>}]")
	fixture.Equal(t, "page below it", sub.Default.Regulars[0].URL, "/en/a/")
}

func TestByURL(t *testing.T) {
	s := fixture.Plain(t, fixture.Files{"content/[x].md": "", "content/安装.md": "", "static/a(b).txt": ""})
	for _, u := range []string{"/%5Bx%5D/", "/[x]/", "/%5bx%5d/index.html", "/%E5%AE%89%E8%A3%85/", "/%e5%ae%89%e8%a3%85/", "/a(b).txt", "/a%28b%29.txt"} {
		if s.ByURL(u) == nil {
			t.Errorf("nothing at %s", u)
		}
	}
	for _, u := range []string{"/%5Bx%5D", "/[X]/", "/none", "", "/%zz"} {
		if got := s.ByURL(u); got != nil && u != "" {
			t.Errorf("at %s there is %s", u, got.URL)
		}
	}
}

func TestTaxonomies(t *testing.T) {
	s := fixture.Plain(t, fixture.Files{
		"content/a.md":             "tags: [Go, go, 持续 集成]\ndate: 2024-01-01",
		"content/b.md":             "tags: [Go, C#]\ntags_weight: 1",
		"content/c/_index.md":      "tags: [Web]",
		"content/d.md":             "tags: [draft]\ndraft: true",
		"content/tags/go/index.md": "title: The Go language",
		"content/tags/_index.md":   "title: All tags",
		"content/x.md":             "tags: [Secret, web]\nbuild: {list: never}",
	})
	tags := s.Default.Taxonomies["tags"]
	fixture.Equal(t, "terms", fixture.Paths(tags.Sections), "/tags/c# /tags/go /tags/web /tags/持续-集成")
	fixture.Equal(t, "title", tags.Title, "All tags")
	golang := fixture.MustPage(t, s, "en", "/tags/go")
	fixture.Equal(t, "term", []any{golang.Title, golang.Term, golang.Kind, golang.File, golang.Parent.Path}, "[The Go language Go term true /tags]")
	fixture.Equal(t, "pages of a term", fixture.Paths(golang.Regulars), "/b /a")
	fixture.Equal(t, "pages of another", fixture.Paths(fixture.MustPage(t, s, "en", "/tags/web").Regulars), "/c")
	fixture.Equal(t, "URLs", []string{fixture.MustPage(t, s, "en", "/tags/c#").URL, fixture.MustPage(t, s, "en", "/tags/持续-集成").URL},
		"[/tags/c%23/ /tags/%E6%8C%81%E7%BB%AD-%E9%9B%86%E6%88%90/]")
	fixture.Equal(t, "terms of a page", fixture.Paths(fixture.MustPage(t, s, "en", "/a").Terms["tags"]), "/tags/go /tags/持续-集成")
	fixture.Equal(t, "sections", fixture.Paths(s.Default.Home.Sections), "/c")

	docs := fixture.Plain(t, fixture.Files{"content/tags/about.md": "", "content/tags/index.md": "title: Tags of C"})
	fixture.Equal(t, "a folder called so without terms", fixture.MustPage(t, docs, "en", "/tags").Kind, site.Section)
	if none := fixture.Plain(t, fixture.Files{"content/a.md": ""}); none.Page("en", "/tags") != nil {
		t.Error("a taxonomy without terms has a page")
	}
}

func TestTranslations(t *testing.T) {
	s := fixture.Assemble(t, fixture.Config(fixture.TwoLanguages), fixture.Files{
		"content/en/a.md": "translationKey: x", "content/zh/b.md": "translationKey: x", "content/en/b.md": "", "content/zh/c.md": "", "content/en/c.md": "",
	})
	ids := func(p *site.Page) (out []string) {
		for _, t := range p.Translations {
			out = append(out, t.ID)
		}
		return out
	}
	fixture.Equal(t, "by key", ids(fixture.MustPage(t, s, "en", "/a")), "[en:/a zh:/b]")
	fixture.Equal(t, "by path", ids(fixture.MustPage(t, s, "zh", "/c")), "[en:/c zh:/c]")
	fixture.Equal(t, "none", ids(fixture.MustPage(t, s, "en", "/b")), "[en:/b]")
	fixture.Equal(t, "home", ids(s.Default.Home), "[en:/ zh:/]")
	fixture.Equal(t, "404", []string{s.Default.NotFound.URL, s.Language("zh").NotFound.URL}, "[/404.html /zh/404.html]")
}
