package builder

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/etagere/etagere/themes"
)

// touchSite is a site under our theme: two sections, a picture that two pages
// show, and a stylesheet that one page alone links.
func touchSite() map[string]string {
	page := func(title, params, first, more string) string {
		return "---\ntitle: " + title + "\ndate: 2024-01-02\ntags: [x]\n" + params + "---\n\n" + first +
			"\n\n<!--more-->\n\n## Part\n\n" + more + "\n"
	}
	return map[string]string{
		"config.toml":                 "title = \"Touch\"\nbase_url = \"https://example.org/docs/\"\n[llms]\nindex = true\n[outputs]\nhome = [\"html\", \"rss\", \"atom\", \"json\"]\n",
		"content/_index.md":           "---\ntitle: Home\n---\n\nWelcome.\n",
		"content/guide/_index.md":     "---\ntitle: Guide\n---\n\nGuides.\n",
		"content/guide/one.md":        page("One", "", "First of one. ![dot](dot.png)", "More of one."),
		"content/guide/two.md":        page("Two", "", "First of two.", "More of two. ![dot](dot.png)"),
		"content/guide/dot.png":       paint(3, 2),
		"content/notes/_index.md":     "---\ntitle: Notes\n---\n\nNotes.\n",
		"content/notes/three.md":      page("Three", "extra: true\n", "First of three.", "More of three."),
		"assets/css/extra.css":        "@import \"part.css\";\np { color: teal }\n",
		"assets/css/part.css":         "q { color: navy }\n",
		"layouts/partials/extra.html": `{{ if .Params.extra }}<link rel="stylesheet" href="{{ (asset "css/extra.css").RelPermalink }}">{{ end }}`,
		"layouts/notes/page.html":     `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title>{{ partial "extra.html" . }}</head><body><main>{{ .Content }}</main></body></html>`,
	}
}

// touchPrint is what tells two URLs of one asset apart.
var touchPrint = regexp.MustCompile(`\.[a-z2-7]{16}`)

// TestTouched: an edit changes the bytes of what shows it, and of nothing else.
// Bytes and validators of all others stay, and so does what readers have of them.
func TestTouched(t *testing.T) {
	feeds := "/atom.xml /feed.json /guide/index.xml /index.xml"
	for _, tt := range []struct {
		name, file string
		edit       func(old string) string
		// want are the URLs that change, and those that come and go without their
		// fingerprints.
		want string
	}{
		{"nothing", "content/guide/one.md", func(s string) string { return s }, ""},
		{"the text of one page", "content/guide/one.md", func(s string) string { return strings.Replace(s, "More of one.", "Other of one.", 1) },
			"/guide/one/"},
		{"text that feeds show", "content/guide/one.md", func(s string) string { return strings.Replace(s, "First of one.", "Begin of one.", 1) },
			"/guide/one/ " + feeds},
		{"a stylesheet that one page links", "assets/css/extra.css", func(s string) string { return s + "b { color: red }\n" },
			"/_a/extra.css /notes/three/"},
		{"one that it imports", "assets/css/part.css", func(s string) string { return strings.Replace(s, "navy", "gold", 1) },
			"/_a/extra.css /notes/three/"},
		{"a picture that two pages show", "content/guide/dot.png", func(string) string { return paint(4, 4) },
			"/_a/dot.png /guide/dot.png /guide/one/ /guide/two/ " + feeds},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir, dest := t.TempDir(), filepath.Join(t.TempDir(), "out")
			files := touchSite()
			writeFiles(t, dir, files)
			o := BuildOptions{Options: Options{Source: dir, Themes: themes.FS(), AsOf: labTime}, Destination: dest, Strict: true}
			build := func() *Result {
				t.Helper()
				res, err := Build(t.Context(), o)
				if err != nil || !res.Written {
					t.Fatalf("%v\n%v", err, res.Problems)
				}
				return res
			}
			build()
			if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(tt.file)), []byte(tt.edit(files[tt.file])), 0o666); err != nil {
				t.Fatal(err)
			}
			c := build().Change
			touched := make(map[string]bool)
			for _, u := range slices.Concat(c.Added, c.Changed, c.Removed) {
				touched[touchPrint.ReplaceAllString(u, "")] = true
			}
			want := strings.Fields(tt.want)
			slices.Sort(want)
			if got := slices.Sorted(maps.Keys(touched)); !slices.Equal(got, want) {
				t.Errorf("touched %q,\nwant    %q", got, want)
			}
			if len(c.Added) != len(c.Removed) {
				t.Errorf("came %q, went %q", c.Added, c.Removed)
			}
		})
	}
}
