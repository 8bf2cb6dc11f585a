package builder

import (
	"strings"
	"testing"
)

// TestSlips holds that problems which name the nearest layout, partial or asset
// follow edits of what is near and of where the slip stands.
func TestSlips(t *testing.T) {
	l := newLab(t, map[string]string{
		"config.toml":             "title = \"T\"\nbase_url = \"https://example.org/\"\ntheme = \"\"\n",
		"content/_index.md":       "---\ntitle: Home\nlayout: landign\n---\n",
		"content/a.md":            "# A\n",
		"layouts/all.html":        "{{ .Content }}",
		"layouts/page.html":       "{{ partial \"footr.html\" . }}",
		"layouts/landing.html":    "x",
		"layouts/partials/a.html": "x",
		"layouts/404.html":        "{{ (asset \"mian.css\").RelPermalink }}",
	})
	steps := []struct {
		name  string
		files map[string]string
		want  []string
		gone  []string
	}{
		{"at first", nil, []string{"content/_index.md:3:1", `"landing"`, "make layouts/partials/footr.html", "assets lie below"}, nil},
		{"the key moves", map[string]string{"content/_index.md": "---\ntitle: Home\n# remark\nlayout: landign\n---\n"}, []string{"content/_index.md:4:1"}, nil},
		{"a partial appears", map[string]string{"layouts/partials/footer.html": "x"}, []string{`did you mean "footer.html"?`}, nil},
		{"an asset appears", map[string]string{"assets/main.css": "x"}, []string{`did you mean "main.css"?`}, nil},
		{"the layout goes", map[string]string{"layouts/landing.html": gone}, nil, []string{"layout-unknown"}},
		{"all is mended", map[string]string{
			"content/_index.md": "---\ntitle: Home\n---\n", "layouts/page.html": "x", "layouts/404.html": "x",
		}, nil, []string{"error", "warning"}},
	}
	for _, s := range steps {
		l.edit(s.files)
		got := l.build(t)
		if d := got.diff(l.clean(t)); d != "" {
			t.Errorf("%s: %s", s.name, d)
		}
		for _, want := range s.want {
			if !strings.Contains(got.problems, want) {
				t.Errorf("%s: want %q in\n%s", s.name, want, got.problems)
			}
		}
		for _, unwanted := range s.gone {
			if strings.Contains(got.problems, unwanted) {
				t.Errorf("%s: %q is still in\n%s", s.name, unwanted, got.problems)
			}
		}
	}
}

// TestShortcodeSlips holds the same for shortcodes: what is near may change, and
// a template may begin to want what stands between the tags.
func TestShortcodeSlips(t *testing.T) {
	config := "title = \"T\"\nbase_url = \"https://example.org/\"\ntheme = \"\"\n"
	l := newLab(t, map[string]string{
		"config.toml":                 config + "dialects = [\"hugo\"]\n",
		"content/_index.md":           "# Home\n\nA {{< bos >}}text{{< /bos >}}. {{</* no */>}}\n",
		"content/a.md":                "{{< figur >}} {{< deep/note >}} {{< box >}} {{< details >}}\n",
		"content/b.md":                "{{< box />}} {{< box >}}x{{< /box >}} {{< plain >}}{{< details />}}\n",
		"layouts/all.html":            "{{ .Content }}",
		"layouts/shortcodes/box.html": "[{{ with .Inner }}{{ . }}{{ end }}]",
	})
	unclosed := `content/a.md:1:33: the shortcode "box" has no closing tag`
	steps := []struct {
		name  string
		files map[string]string
		want  []string
		gone  []string
	}{
		{"at first", nil, []string{
			`warning shortcode-unknown content/_index.md:3:3: there is no shortcode "bos" | did you mean "box"?`, `did you mean "figure"?`,
			`make layouts/shortcodes/deep/note.html`, unclosed, `content/a.md:1:45: the shortcode "details" has no closing tag`, `no shortcode "plain"`,
		}, []string{"content/b.md:1:1", `"no"`}},
		{"a nearer one appears", map[string]string{"layouts/_shortcodes/bus.html": "x", "layouts/shortcodes/plain.html": "x"}, []string{`did you mean "box"?`}, []string{"content/b.md"}},
		{"that is the only one", map[string]string{"layouts/shortcodes/box.html": gone}, []string{`did you mean "bus"?`, `no shortcode "box"`}, []string{unclosed}},
		{"it has no use for text", map[string]string{"layouts/shortcodes/box.html": "x"}, nil, []string{unclosed}},
		{"all are there", map[string]string{"layouts/shortcodes/bos.html": "x"}, nil, []string{`"bos"`}},
		{"without the dialect", map[string]string{"config.toml": config, "layouts/shortcodes/bos.html": gone}, nil, []string{"warning", "error"}},
	}
	for _, s := range steps {
		l.edit(s.files)
		got := l.build(t)
		if d := got.diff(l.clean(t)); d != "" {
			t.Errorf("%s: %s", s.name, d)
		}
		for _, want := range s.want {
			if !strings.Contains(got.problems, want) {
				t.Errorf("%s: want %q in\n%s", s.name, want, got.problems)
			}
		}
		for _, unwanted := range s.gone {
			if strings.Contains(got.problems, unwanted) {
				t.Errorf("%s: %q is still in\n%s", s.name, unwanted, got.problems)
			}
		}
	}
}

// TestMissingTexts holds that a missing text is told at the file that the author
// has, also after that was renamed.
func TestMissingTexts(t *testing.T) {
	l := newLab(t, map[string]string{
		"config.toml":       "title = \"T\"\nbase_url = \"https://example.org/\"\ntheme = \"\"\nlanguage = \"fr\"\n",
		"content/_index.md": "# Home\n",
		"layouts/all.html":  "{{ i18n \"menu\" }}{{ i18n \"fin\" }}",
		"i18n/fr.yaml":      "fin: Fin\n",
	})
	for _, step := range []struct {
		files map[string]string
		want  string
	}{
		{nil, `i18n/fr.yaml: there is no text for "menu" in "fr" | add menu: …`},
		{map[string]string{"i18n/fr.yaml": gone, "i18n/fr.json": `{"fin":"Fin"}`}, `i18n/fr.json: there is no text for "menu" in "fr" | add "menu": "…"`},
		{map[string]string{"i18n/fr.json": gone, "i18n/fr.toml": `fin = "Fin"`}, `i18n/fr.toml: there is no text for "menu" in "fr" | add menu = "…"`},
	} {
		l.edit(step.files)
		got := l.build(t)
		if d := got.diff(l.clean(t)); d != "" {
			t.Error(d)
		}
		if !strings.Contains(got.problems, step.want) {
			t.Errorf("want %q in\n%s", step.want, got.problems)
		}
	}
}
