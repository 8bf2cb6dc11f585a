package assemble_test

import (
	"testing"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/site/assemble"
	"github.com/etagere/etagere/builder/site/fixture"
)

func TestPageURLs(t *testing.T) {
	permalinks := map[string]string{"posts": "/:year/:month/:day/:slug/", "news": ":section/:slugorfilename", "deep/er": "/x/:sections/:title.html"}
	for _, c := range []struct{ file, front, pretty, byFile string }{
		{"guide/install.md", "", "/guide/install/", "/guide/install.html"},
		{"guide/_index.md", "", "/guide/", "/guide/"},
		{"bundle/index.md", "", "/bundle/", "/bundle/"},
		{"_index.md", "", "/", "/"},
		{"Mixed/Case.md", "", "/Mixed/Case/", "/Mixed/Case.html"},
		{"01.2.md", "", "/01.2/", "/01.2.html"},
		{"to-3.0.0.md", "", "/to-3.0.0/", "/to-3.0.0.html"},
		{"[.md", "", "/%5B/", "/%5B.html"},
		{"%.md", "", "/%25/", "/%25.html"},
		{"指南/安装.md", "", "/%E6%8C%87%E5%8D%97/%E5%AE%89%E8%A3%85/", "/%E6%8C%87%E5%8D%97/%E5%AE%89%E8%A3%85.html"},
		{"a.md", "slug: b", "/b/", "/b.html"},
		{"x/a.md", "slug: /y/b", "/y/b/", "/y/b.html"},
		{"x/a.md", "url: /other", "/other/", "/other.html"},
		{"x/a.md", "url: /other/", "/other/", "/other/"},
		{"x/a.md", "url: other/page.html", "/other/page.html", "/other/page.html"},
		{"x/a.md", "url: /v1.2", "/v1.2/", "/v1.2.html"},
		{"x/a.md", "url: /a%20b/ü", "/a%20b/%C3%BC/", "/a%20b/%C3%BC.html"},
		{"posts/a.md", "title: Hello, World!\ndate: 2024-03-05", "/2024/03/05/hello-world/", "/2024/03/05/hello-world/"},
		{"posts/b/index.md", "slug: s\ndate: 2024-03-05", "/2024/03/05/s/", "/2024/03/05/s/"},
		{"news/a.md", "", "/news/a/", "/news/a.html"},
		{"deep/er/est/a.md", "title: T", "/x/deep/er/est/t.html", "/x/deep/er/est/t.html"},
		{"404.md", "", "/404.html", "/404.html"},
	} {
		for style, want := range map[string]string{"pretty": c.pretty, "file": c.byFile} {
			s := fixture.Assemble(t, fixture.Config(func(cfg *config.Config) { cfg.URLs, cfg.Permalinks = style, permalinks }), fixture.Files{"content/" + c.file: c.front})
			if got := s.BySource("content/" + c.file).URL; got != want {
				t.Errorf("%s of %s %q: got %q, want %q", style, c.file, c.front, got, want)
			}
		}
	}
}

func TestUnusableNames(t *testing.T) {
	s, problems := assemble.Site(fixture.Input(fixture.Config(nil), fixture.Files{
		"content/..md": "", "content/a/...md": "", `content/b\c.md`: "", "content/x/..md": "slug: dot-file",
	}))
	fixture.Equal(t, "URL of ..md", s.BySource("content/..md").URL, "/dot/")
	fixture.Equal(t, "URL of ...md", s.BySource("content/a/...md").URL, "/a/dot-dot/")
	fixture.Equal(t, "URL with a backslash", s.BySource(`content/b\c.md`).URL, "/b-c/")
	fixture.Equal(t, "URL with a slug", s.BySource("content/x/..md").URL, "/x/dot-file/")
	fixture.Equal(t, "problems", fixture.Codes(problems), []string{
		"content/..md: warning name-unusable", "content/a/...md: warning name-unusable", `content/b\c.md: warning name-unusable`})
}

func TestOutputs(t *testing.T) {
	set := func(style string) *config.Config {
		return fixture.Config(func(c *config.Config) {
			c.URLs = style
			c.Outputs = map[string][]string{"home": {"html", "rss", "atom", "json"}, "page": {"markdown", "html"}}
		})
	}
	f := fixture.Files{"content/_index.md": "", "content/g/a.md": "", "content/g/b.md": "outputs: [json, rss]", "content/g/_index.md": "outputs: [rss, html]"}
	for style, want := range map[string][]string{
		"pretty": {"/ /index.xml /atom.xml /feed.json", "/g/ /g/index.xml", "/g/a/ /g/a/index.md", "/g/b/feed.json /g/b/index.xml"},
		"file":   {"/ /index.xml /atom.xml /feed.json", "/g/ /g/index.xml", "/g/a.html /g/a.md", "/g/b.json /g/b.xml"},
	} {
		s := fixture.Assemble(t, set(style), f)
		for i, path := range []string{"/", "/g", "/g/a", "/g/b"} {
			got := ""
			for _, o := range fixture.MustPage(t, s, "en", path).Outputs {
				got += " " + o.URL
			}
			fixture.Equal(t, style+" "+path, got[1:], want[i])
		}
	}
	in := fixture.Input(fixture.Config(nil), fixture.Files{"content/a.md": "outputs: [html, rss]"})
	in.Heads[0].Outputs = []string{"html", "pdf"} // heads tell of it themselves
	odd, problems := assemble.Site(in)
	fixture.Equal(t, "outputs of an unknown format", len(odd.Page("en", "/a").Outputs), 1)
	fixture.Equal(t, "problems", len(problems), 0)
}
