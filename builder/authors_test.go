package builder

import (
	"strings"
	"testing"
)

// TestAuthors keeps what real documentation taught: a small site each, and what
// must and must not be in one page and among the problems.
func TestAuthors(t *testing.T) {
	const layouts = `{{ define "main" }}<h1>{{ .Title }}</h1>{{ .TableOfContents }}{{ .Content }}{{ end }}`
	for _, c := range []struct {
		name      string
		files     map[string]string
		url       string
		want, not []string
		problems  []string
		count     int
	}{
		{
			name: "a contents list in the text does not take the id of the layout's", url: "/a/",
			files: map[string]string{"content/a.md": "# A\n\n[TOC]\n\n## B\n"},
			want:  []string{`<nav id="TableOfContents">`, `<nav class="contents">`},
		},
		{
			name: "a title behind a script is printed once", url: "/a/",
			files: map[string]string{"content/a.md": "<script setup>\nlet a = 1\n\n# no\n</script>\n\n# A {#x}\n\nText.\n"},
			want:  []string{"<h1>A</h1>", "let a = 1", "<p>Text.</p>"},
			not:   []string{`<h1 id="x">`},
		},
		{
			name: "a prefix that lives elsewhere, written with the host", url: "/a/",
			files: map[string]string{
				"config.toml":  "base_url = \"https://example.org/\"\ntheme = \"\"\n[links.external]\n\"/blog\" = \"https://blog.example.org\"\n",
				"content/a.md": "[a](https://example.org/blog/x?y#z) [b](/blog/x) [c](https://example.org/nowhere/)\n",
			},
			want:     []string{`href="https://blog.example.org/x?y#z"`, `href="https://blog.example.org/x"`, `href="https://example.org/nowhere/"`},
			problems: []string{`link "https://example.org/nowhere/" leads nowhere`},
			count:    1,
		},
		{
			name: "only a path from the root may live elsewhere", url: "/a/",
			files: map[string]string{"content/a.md": "[a](zzzzzz.md) ![b](../yyyyyy.png) [c](/xxxxxx/)\n"},
			problems: []string{
				`link "zzzzzz.md" leads nowhere |  |`, `image "../yyyyyy.png" leads nowhere |  |`,
				`link "/xxxxxx/" leads nowhere | if it lives elsewhere on the host, name its prefix under [links.external] in config.toml |`,
			},
			count: 3,
		},
		{
			name: "a language without texts is one problem", url: "/de/",
			files: map[string]string{
				"config.toml":          "base_url = \"/\"\ntheme = \"\"\n[languages]\nen = {}\nde = {}\nfr = {}\n",
				"content/en/_index.md": "x",
				"content/de/_index.md": "x",
				"content/fr/_index.md": "x",
				"layouts/home.html":    `{{ i18n "one" }} {{ i18n "two" }}`,
				"i18n/en.toml":         "one = \"1\"\ntwo = \"2\"\n",
				"i18n/fr.toml":         "one = \"un\"\n",
			},
			want: []string{"1 2"},
			problems: []string{
				`i18n/de.toml: there are no texts in "de": those of "en" are used | add i18n/de.toml`,
				`i18n/fr.toml: there is no text for "two" in "fr" | add two = "…"`,
			},
			count: 2,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{"config.toml": "base_url = \"/\"\ntheme = \"\"\n", "layouts/baseof.html": `{{ block "main" . }}{{ end }}`, "layouts/all.html": layouts}
			for name, text := range c.files {
				files[name] = text
			}
			r := newLab(t, files).build(t)
			page := r.files[c.url]
			for _, s := range c.want {
				if !strings.Contains(page, s) {
					t.Errorf("%s lacks %q:\n%s", c.url, s, page)
				}
			}
			for _, s := range c.not {
				if strings.Contains(page, s) {
					t.Errorf("%s has %q:\n%s", c.url, s, page)
				}
			}
			for _, s := range c.problems {
				if !strings.Contains(r.problems, s) {
					t.Errorf("no problem %q among\n%s", s, r.problems)
				}
			}
			if n := strings.Count(r.problems+"\n", "\n") - strings.Count(r.problems, "\n\n"); r.problems != "" && n != c.count || r.problems == "" && c.count > 0 {
				t.Errorf("%d problems, want %d:\n%s", n, c.count, r.problems)
			}
		})
	}
}
