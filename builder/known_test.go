package builder

import (
	"strings"
	"testing"
)

// TestKnownProblems: while only some pages of a changed site are made, the
// mistakes of the others are known from before, unless they may be mended.
func TestKnownProblems(t *testing.T) {
	files := labSite()
	files["content/guide/broken.md"] = "---\ntitle: Broken\n---\nA [link](nowhere.md) and [one](b.md#nothing).\n"
	files["content/guide/failing.md"] = "---\ntitle: Failing\nlayout: failing\n---\nx\n"
	files["layouts/failing.html"] = `{{ define "main" }}{{ .Nope }}{{ end }}`
	l := newLab(t, files)
	all := strings.Split(l.build(t).problems, "\n")
	if len(all) != 3 {
		t.Fatalf("%d problems: %q", len(all), all)
	}
	tests := []struct {
		name string
		edit map[string]string
		want int
	}{
		{"another page's text", map[string]string{"content/blog/one.md": "---\ntitle: One\ndate: 2024-01-02\n---\nNew.\n"}, 3},
		{"the layout is mended", map[string]string{"layouts/failing.html": `{{ define "main" }}{{ .Title }}{{ end }}`}, 2},
		{"the page with broken links is mended", map[string]string{"content/guide/broken.md": "---\ntitle: Broken\n---\nNothing.\n"}, 0},
		{"a page with a mistake appears", map[string]string{"content/guide/worse.md": "[x](nowhere.md)\n"}, 0},
		{"and it goes", map[string]string{"content/guide/worse.md": gone}, 0},
	}
	for _, tt := range tests {
		l.edit(tt.edit)
		g, err := l.b.Update(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := g.File(t.Context(), "/blog/two/"); err != nil {
			t.Fatal(err)
		}
		if got := g.Problems(); len(got) != tt.want {
			t.Errorf("%s: %d problems, want %d: %v", tt.name, len(got), tt.want, got)
		}
		if d := l.build(t).diff(l.clean(t)); d != "" {
			t.Errorf("%s: rebuilt and clean differ:\n%s", tt.name, d)
		}
	}
}
