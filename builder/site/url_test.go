package site

import (
	"testing"

	"github.com/etagere/etagere/builder/config"
)

func TestEscape(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"install", "install"},
		{"[param]", "%5Bparam%5D"},
		{"%", "%25"},
		{"~", "~"},
		{"$", "$"},
		{"^", "%5E"},
		{"!", "!"},
		{",", ","},
		{"{", "%7B"},
		{"((", "%28%28"},
		{"@scope", "@scope"},
		{"a:b", "a:b"},
		{"安装", "%E5%AE%89%E8%A3%85"},
		{"a b#c?d", "a%20b%23c%3Fd"},
		{".well-known", ".well-known"},
		{"\xff", "%FF"},
	} {
		got := Escape(c.in)
		if got != c.want {
			t.Errorf("Escape(%q): got %q, want %q", c.in, got, c.want)
		}
		if back := unescape(got); back != c.in {
			t.Errorf("unescape(%q): got %q, want %q", got, back, c.in)
		}
	}
}

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
			s := assemble(t, testConfig(func(cfg *config.Config) { cfg.URLs, cfg.Permalinks = style, permalinks }), files{"content/" + c.file: c.front})
			if got := s.BySource("content/" + c.file).URL; got != want {
				t.Errorf("%s of %s %q: got %q, want %q", style, c.file, c.front, got, want)
			}
		}
	}
}

func TestUnusableNames(t *testing.T) {
	s, problems := Assemble(inputOf(testConfig(nil), files{
		"content/..md": "", "content/a/...md": "", `content/b\c.md`: "", "content/x/..md": "slug: dot-file",
	}))
	equal(t, "URL of ..md", s.BySource("content/..md").URL, "/dot/")
	equal(t, "URL of ...md", s.BySource("content/a/...md").URL, "/a/dot-dot/")
	equal(t, "URL with a backslash", s.BySource(`content/b\c.md`).URL, "/b-c/")
	equal(t, "URL with a slug", s.BySource("content/x/..md").URL, "/x/dot-file/")
	equal(t, "problems", codes(problems), []string{
		"content/..md: warning name-unusable", "content/a/...md: warning name-unusable", `content/b\c.md: warning name-unusable`})
}

func TestOutPath(t *testing.T) {
	for in, want := range map[string]string{
		"/": "index.html", "/guide/": "guide/index.html", "/a.html": "a.html", "/%5B/": "[/index.html", "/%25.html": "%.html",
	} {
		equal(t, in, OutPath(in), want)
	}
}

func TestSlugAndHumanize(t *testing.T) {
	for in, want := range map[string]string{
		"Go": "go", "Go Lang": "go-lang", " C++ ": "c++", "C#": "c#", "CI/CD": "ci-cd", "持续 集成": "持续-集成", "ÄRGER": "ärger", "..": "dot-dot", "": "-",
	} {
		equal(t, "Slug "+in, Slug(in), want)
	}
	for in, want := range map[string]string{"error-messages": "Error messages", "data_model": "Data model", "ünder": "Ünder", "--": "--", "安装": "安装"} {
		equal(t, "Humanize "+in, Humanize(in), want)
	}
}

func TestOutputs(t *testing.T) {
	set := func(style string) *config.Config {
		return testConfig(func(c *config.Config) {
			c.URLs = style
			c.Outputs = map[string][]string{"home": {"html", "rss", "atom", "json"}, "page": {"markdown", "html"}}
		})
	}
	f := files{"content/_index.md": "", "content/g/a.md": "", "content/g/b.md": "outputs: [json, rss]", "content/g/_index.md": "outputs: [rss, html]"}
	for style, want := range map[string][]string{
		"pretty": {"/ /index.xml /atom.xml /feed.json", "/g/ /g/index.xml", "/g/a/ /g/a/index.md", "/g/b/feed.json /g/b/index.xml"},
		"file":   {"/ /index.xml /atom.xml /feed.json", "/g/ /g/index.xml", "/g/a.html /g/a.md", "/g/b.json /g/b.xml"},
	} {
		s := assemble(t, set(style), f)
		for i, path := range []string{"/", "/g", "/g/a", "/g/b"} {
			got := ""
			for _, o := range mustPage(t, s, "en", path).Outputs {
				got += " " + o.URL
			}
			equal(t, style+" "+path, got[1:], want[i])
		}
	}
	in := inputOf(testConfig(nil), files{"content/a.md": "outputs: [html, rss]"})
	in.Heads[0].Outputs = []string{"html", "pdf"} // heads tell of it themselves
	odd, problems := Assemble(in)
	equal(t, "outputs of an unknown format", len(odd.Page("en", "/a").Outputs), 1)
	equal(t, "problems", len(problems), 0)
}
