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
