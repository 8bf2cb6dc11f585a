package menus_test

import (
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/assemble"
	"github.com/etagere/etagere/builder/site/fixture"
)

func TestMenus(t *testing.T) {
	s := fixture.Assemble(t, fixture.Config(func(c *config.Config) {
		fixture.TwoLanguages(c)
		c.Menus = map[string][]config.MenuItem{
			"main":   {{Name: "Second", URL: "/guide/", Weight: 2}, {Page: "/guide/install", Weight: 1}, {Name: "Out", URL: "https://example.org/", Parent: "second", Weight: 3}, {Name: "No weight", URL: "#x"}},
			"footer": {{Name: "Feed", URL: "/index.xml"}},
		}
		c.Menus["main"][0].Identifier = "second"
		zh := c.Languages["zh"]
		zh.Menus = map[string][]config.MenuItem{"footer": {{Name: "订阅", URL: "/zh/x"}}}
		c.Languages["zh"] = zh
	}), fixture.Files{
		"content/en/guide/install.md": "title: Install", "content/en/guide/a.md": "title: A\nmenus:\n  main: {parent: second, weight: 1}",
		"content/zh/guide/install.md": "title: 安装",
	})
	show := func(items []*site.MenuItem) string {
		var out []string
		var walk func(items []*site.MenuItem, depth string)
		walk = func(items []*site.MenuItem, depth string) {
			for _, m := range items {
				out = append(out, depth+m.Name+"="+m.Link)
				walk(m.Children, depth+">")
			}
		}
		walk(items, "")
		return strings.Join(out, " ")
	}
	fixture.Equal(t, "main", show(s.Default.Menus["main"]), "Install=/guide/install/ Second=/guide/ >A=/guide/a/ >Out=https://example.org/ No weight=/#x")
	fixture.Equal(t, "main in Chinese", show(s.Language("zh").Menus["main"]), "安装=/zh/guide/install/ Second=/zh/guide/ >Out=https://example.org/ No weight=/zh/#x")
	fixture.Equal(t, "footer", show(s.Default.Menus["footer"])+" "+show(s.Language("zh").Menus["footer"]), "Feed=/index.xml 订阅=/zh/x")
}

func TestMenuProblems(t *testing.T) {
	_, problems := assemble.Site(fixture.Input(fixture.Config(func(c *config.Config) {
		c.Menus = map[string][]config.MenuItem{"main": {
			{Name: "A", URL: "/a", Parent: "B"}, {Name: "B", URL: "/b", Parent: "A"}, {Name: "C", Page: "/guide/instal"},
			{Name: "D", Page: "/IMG.png"}, {Name: "E", Page: "/Guide/install"},
		}}
	}), fixture.Files{"content/img.png": "", "content/guide/install.md": "title: I\nmenus:\n  main: {parent: nobody}"}))
	fixture.Equal(t, "problems", fixture.Codes(problems), "[config.toml: error menu-cycle config.toml: error menu-page config.toml: error menu-page config.toml: error menu-page content/guide/install.md: error menu-parent]")
	fixture.Equal(t, "hint", problems[3].Hint, `did you mean "/guide/install/"?`)
	fixture.Equal(t, "hint for case", problems[1].Hint+problems[2].Hint, `did you mean "/guide/install"?did you mean "/img.png"?`)
	fixture.Equal(t, "line", problems[4].Line, 3)
}
