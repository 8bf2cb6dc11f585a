package site

import (
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/config"
)

func TestCollisions(t *testing.T) {
	for _, c := range []struct {
		name  string
		files files
		want  []string
		names []string
	}{
		{"two pages by url", files{"content/a.md": "", "content/b.md": "url: /a/"},
			[]string{"content/b.md: error url-collision"}, []string{"content/a.md", "content/b.md"}},
		{"a page and a bundle", files{"content/g/a.md": "", "content/g/a/index.md": ""},
			[]string{"content/g/a/index.md: error url-collision"}, []string{"content/g/a.md", "content/g/a/index.md"}},
		{"only the case differs", files{"content/Async.md": "", "content/async.md": ""},
			[]string{"content/async.md: warning url-collision"}, []string{"content/Async.md", "content/async.md"}},
		{"a page and a static file", files{"content/a.md": "", "static/a/index.html": ""},
			[]string{"static/a/index.html: error url-collision"}, []string{"content/a.md", "static/a/index.html"}},
		{"a resource and a static file", files{"content/img/a.png": "", "static/img/a.png": ""},
			[]string{"static/img/a.png: error url-collision"}, []string{"content/img/a.png", "static/img/a.png"}},
		{"an alias of another page's URL", files{"content/a.md": "", "content/b.md": "aliases: [/a/]"},
			[]string{"content/b.md: error url-collision"}, []string{"content/a.md", "content/b.md"}},
		{"two aliases", files{"content/a.md": "aliases: [/x/]", "content/b.md": "aliases: [/x]"},
			[]string{"content/b.md: error url-collision"}, []string{"content/a.md", "content/b.md"}},
		{"an alias of itself", files{"content/a.md": "aliases: [/a/, /c/, /c]"}, nil, nil},
		{"a feed", files{"content/g/_index.md": "outputs: [html, rss]", "content/g/index.xml": ""},
			[]string{"content/g/index.xml: error url-collision"}, []string{"content/g/_index.md", "the rss of"}},
		{"a file where a folder is", files{"content/guide/a.md": "", "static/guide": ""},
			[]string{"static/guide: error url-collision"}, []string{"static/guide", "/guide"}},
		{"our own folder", files{"content/a.md": "url: /_a/x"}, []string{"content/a.md: error url-reserved"}, nil},
		{"a term", files{"content/a.md": "tags: [go]", "content/b.md": "url: /tags/go/"},
			[]string{"config.toml: error url-collision"}, []string{`the term page "en:/tags/go"`, "content/b.md"}},
		{"nothing", files{"content/LICENSE": "", "content/a.md": "", "static/CNAME": ""}, nil, nil},
	} {
		_, problems := Assemble(inputOf(testConfig(nil), c.files))
		equal(t, c.name, codes(problems), c.want)
		for _, name := range c.names {
			if len(problems) > 0 && !strings.Contains(problems[0].Message, name) {
				t.Errorf("%s: message %q does not name %s", c.name, problems[0].Message, name)
			}
		}
	}
}

func TestCollisionPosition(t *testing.T) {
	_, problems := Assemble(inputOf(testConfig(nil), files{"content/a.md": "", "content/b.md": "title: B\nurl: /a/"}))
	equal(t, "position", problems[0].Pos, "content/b.md:3:1")
}

func TestRedirects(t *testing.T) {
	s, problems := Assemble(inputOf(testConfig(func(c *config.Config) {
		c.Redirects = []config.Redirect{
			{From: "/out", To: "https://example.org/x", Status: 302},
			{From: "/old.html", To: "/guide/instal/"},
			{From: "/moved/", To: "/guide/install.md#part", Status: 308},
		}
	}), files{"content/guide/install.md": "aliases: [/2019/install, setup, ../up/]"}))
	got := ""
	for _, r := range s.Redirects {
		got += " " + r.From + ">" + r.To
	}
	equal(t, "redirects", got, " /2019/install/>/guide/install/ /guide/setup/>/guide/install/ /moved/>/guide/install/#part"+
		" /old.html>/guide/instal/ /out/>https://example.org/x /up/>/guide/install/")
	equal(t, "problems", codes(problems), "[config.toml: warning redirect-broken]")
	equal(t, "hint", problems[0].Hint, `did you mean "/guide/install/"?`)
	if to := s.ByURL("/moved/"); to == nil || to.Redirect == nil || to.Redirect.Status != 308 {
		t.Errorf("target of /moved/: got %+v", to)
	}
	sub := assemble(t, testConfig(func(c *config.Config) { c.LanguageInSubdir = true }), files{"content/a.md": ""})
	equal(t, "the root leads to the default language", sub.Redirects, "[{/ /en/ 302 <nil>}]")
	equal(t, "page below it", sub.Default.Regulars[0].URL, "/en/a/")
}

func TestByURL(t *testing.T) {
	s := plainSite(t, files{"content/[x].md": "", "content/安装.md": "", "static/a(b).txt": ""})
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

func TestMenus(t *testing.T) {
	s := assemble(t, testConfig(func(c *config.Config) {
		twoLanguages(c)
		c.Menus = map[string][]config.MenuItem{
			"main":   {{Name: "Second", URL: "/guide/", Weight: 2}, {Page: "/guide/install", Weight: 1}, {Name: "Out", URL: "https://example.org/", Parent: "second", Weight: 3}, {Name: "No weight", URL: "#x"}},
			"footer": {{Name: "Feed", URL: "/index.xml"}},
		}
		c.Menus["main"][0].Identifier = "second"
		zh := c.Languages["zh"]
		zh.Menus = map[string][]config.MenuItem{"footer": {{Name: "订阅", URL: "/zh/x"}}}
		c.Languages["zh"] = zh
	}), files{
		"content/en/guide/install.md": "title: Install", "content/en/guide/a.md": "title: A\nmenus:\n  main: {parent: second, weight: 1}",
		"content/zh/guide/install.md": "title: 安装",
	})
	show := func(items []*MenuItem) string {
		var out []string
		var walk func(items []*MenuItem, depth string)
		walk = func(items []*MenuItem, depth string) {
			for _, m := range items {
				out = append(out, depth+m.Name+"="+m.Link)
				walk(m.Children, depth+">")
			}
		}
		walk(items, "")
		return strings.Join(out, " ")
	}
	equal(t, "main", show(s.Default.Menus["main"]), "Install=/guide/install/ Second=/guide/ >A=/guide/a/ >Out=https://example.org/ No weight=/#x")
	equal(t, "main in Chinese", show(s.Language("zh").Menus["main"]), "安装=/zh/guide/install/ Second=/zh/guide/ >Out=https://example.org/ No weight=/zh/#x")
	equal(t, "footer", show(s.Default.Menus["footer"])+" "+show(s.Language("zh").Menus["footer"]), "Feed=/index.xml 订阅=/zh/x")
}

func TestMenuProblems(t *testing.T) {
	_, problems := Assemble(inputOf(testConfig(func(c *config.Config) {
		c.Menus = map[string][]config.MenuItem{"main": {
			{Name: "A", URL: "/a", Parent: "B"}, {Name: "B", URL: "/b", Parent: "A"}, {Name: "C", Page: "/guide/instal"},
			{Name: "D", Page: "/IMG.png"}, {Name: "E", Page: "/Guide/install"},
		}}
	}), files{"content/img.png": "", "content/guide/install.md": "title: I\nmenus:\n  main: {parent: nobody}"}))
	equal(t, "problems", codes(problems), "[config.toml: error menu-cycle config.toml: error menu-page config.toml: error menu-page config.toml: error menu-page content/guide/install.md: error menu-parent]")
	equal(t, "hint", problems[3].Hint, `did you mean "/guide/install/"?`)
	equal(t, "hint for case", problems[1].Hint+problems[2].Hint, `did you mean "/guide/install"?did you mean "/img.png"?`)
	equal(t, "line", problems[4].Line, 3)
}

func TestTaxonomies(t *testing.T) {
	s := plainSite(t, files{
		"content/a.md":             "tags: [Go, go, 持续 集成]\ndate: 2024-01-01",
		"content/b.md":             "tags: [Go, C#]\ntags_weight: 1",
		"content/c/_index.md":      "tags: [Web]",
		"content/d.md":             "tags: [draft]\ndraft: true",
		"content/tags/go/index.md": "title: The Go language",
		"content/tags/_index.md":   "title: All tags",
		"content/x.md":             "tags: [Secret, web]\nbuild: {list: never}",
	})
	tags := s.Default.Taxonomies["tags"]
	equal(t, "terms", paths(tags.Sections), "/tags/c# /tags/go /tags/web /tags/持续-集成")
	equal(t, "title", tags.Title, "All tags")
	golang := mustPage(t, s, "en", "/tags/go")
	equal(t, "term", []any{golang.Title, golang.Term, golang.Kind, golang.File, golang.Parent.Path}, "[The Go language Go term true /tags]")
	equal(t, "pages of a term", paths(golang.Regulars), "/b /a")
	equal(t, "pages of another", paths(mustPage(t, s, "en", "/tags/web").Regulars), "/c")
	equal(t, "URLs", []string{mustPage(t, s, "en", "/tags/c#").URL, mustPage(t, s, "en", "/tags/持续-集成").URL},
		"[/tags/c%23/ /tags/%E6%8C%81%E7%BB%AD-%E9%9B%86%E6%88%90/]")
	equal(t, "terms of a page", paths(mustPage(t, s, "en", "/a").Terms["tags"]), "/tags/go /tags/持续-集成")
	equal(t, "sections", paths(s.Default.Home.Sections), "/c")

	docs := plainSite(t, files{"content/tags/about.md": "", "content/tags/index.md": "title: Tags of C"})
	equal(t, "a folder called so without terms", mustPage(t, docs, "en", "/tags").Kind, Section)
	if none := plainSite(t, files{"content/a.md": ""}); none.Page("en", "/tags") != nil {
		t.Error("a taxonomy without terms has a page")
	}
}

func TestTranslations(t *testing.T) {
	s := assemble(t, testConfig(twoLanguages), files{
		"content/en/a.md": "translationKey: x", "content/zh/b.md": "translationKey: x", "content/en/b.md": "", "content/zh/c.md": "", "content/en/c.md": "",
	})
	ids := func(p *Page) (out []string) {
		for _, t := range p.Translations {
			out = append(out, t.ID)
		}
		return out
	}
	equal(t, "by key", ids(mustPage(t, s, "en", "/a")), "[en:/a zh:/b]")
	equal(t, "by path", ids(mustPage(t, s, "zh", "/c")), "[en:/c zh:/c]")
	equal(t, "none", ids(mustPage(t, s, "en", "/b")), "[en:/b]")
	equal(t, "home", ids(s.Default.Home), "[en:/ zh:/]")
	equal(t, "404", []string{s.Default.NotFound.URL, s.Language("zh").NotFound.URL}, "[/404.html /zh/404.html]")
}
