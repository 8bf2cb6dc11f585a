package builder

import (
	"errors"
	"io/fs"
	"strings"
	"sync/atomic"
	"testing"
)

// TestReads edits what a page shows in a roundabout way: the rebuilt site must
// be that of a clean build, and differ from the first.
func TestReads(t *testing.T) {
	config := probeSite("")["config.toml"]
	for _, tt := range []struct {
		name, probe string
		setup, edit map[string]string
	}{
		{
			name: "another language, through the navigation", probe: `{{ range .Site.Nav }}{{ range .Page.Translations }}{{ .Title }}{{ end }}{{ end }}`,
			edit: map[string]string{"content/zh/a.md": "---\ntitle: 新\n---\n"},
		},
		{
			name: "a page becomes a section", probe: `{{ with .GetPage "/a" }}{{ .Kind }}{{ end }}`,
			edit: map[string]string{"content/a.md": gone, "content/a/_index.md": "---\ntitle: A\nweight: 1\n---\n", "content/a/b.md": "b"},
		},
		{
			name: "a page among the sections", probe: `{{ len (.GetPage "/").Sections }} {{ len (.GetPage "/").RegularPages }}`,
			edit: map[string]string{"content/a.md": gone, "content/a/_index.md": "---\ntitle: A\nweight: 1\n---\n", "content/a/b.md": "b"},
		},
		{
			name: "the order of pages and sections", probe: `{{ range (.GetPage "/").Pages }}{{ .Path }} {{ end }}`,
			setup: map[string]string{"content/blog/_index.md": "---\ntitle: Blog\nweight: 3\n---\n"},
			edit:  map[string]string{"content/blog/_index.md": "---\ntitle: Blog\nweight: 10\n---\n"},
		},
		{
			name: "the order of all pages", probe: `{{ range .Site.RegularPages }}{{ .Path }} {{ end }}{{ range .Site.Pages }}{{ .Path }} {{ end }}`,
			edit: map[string]string{"content/a.md": "---\ntitle: A\nweight: 20\ntags: [x]\n---\nText of A.\n"},
		},
		{
			name: "pages that a cached partial returns", probe: `{{ range (partialCached "list" .Site) }}{{ .Title }}{{ .Summary }}{{ end }}`,
			setup: map[string]string{"layouts/partials/list.html": `{{ return .RegularPages }}`},
			edit:  map[string]string{"content/a.md": "---\ntitle: New\nweight: 1\ntags: [x]\n---\nText of A.\n"},
		},
		{
			name: "a translation of pages that a cached partial returns", probe: `{{ range (partialCached "list" .Site) }}{{ range .Translations }}{{ .Title }}{{ end }}{{ end }}`,
			setup: map[string]string{"layouts/partials/list.html": `{{ return .RegularPages }}`},
			edit:  map[string]string{"content/zh/a.md": "---\ntitle: 新\n---\n"},
		},
		{
			name: "menus that a cached partial returns", probe: `{{ range (partialCached "menus" .Site).main }}{{ .Name }}{{ .Page.Title }}{{ end }}`,
			setup: map[string]string{"layouts/partials/menus.html": `{{ return .Menus }}`, "content/blog/one.md": "---\ntitle: One\nmenus: {main: {name: Fixed}}\n---\n"},
			edit:  map[string]string{"content/blog/one.md": "---\ntitle: Other\nmenus: {main: {name: Fixed}}\n---\n"},
		},
		{
			name: "the first page of a taxonomy", probe: `{{ range $k, $v := .Site.Taxonomies }}{{ $k }}{{ len $v }}{{ end }}`,
			edit: map[string]string{"content/a.md": "---\ntitle: A\nweight: 1\ntags: [x]\ncategories: [c]\n---\nText of A.\n"},
		},
		{
			name: "a page gets the file that a link's fragment is looked for in", probe: `x`,
			setup: map[string]string{"content/blog/two.md": "[x](/blog/#part)\n"},
			edit:  map[string]string{"content/blog/_index.md": "---\ntitle: Blog\n---\nNo such part.\n"},
		},
		{
			name: "robots.txt and the base URL", probe: `x`,
			setup: map[string]string{"config.toml": strings.Replace(config, "https://example.org/lab/", "/lab/", 1)},
			edit:  map[string]string{"config.toml": config},
		},
		{
			name: "the name that a ref may have meant", probe: `x`,
			setup: map[string]string{"content/blog/two.md": "{{< ref \"/blog/threeee\" >}}\n"},
			edit:  map[string]string{"content/blog/threeee2.md": "x", "content/blog/three.md": gone},
		},
		{
			name: "a page that a ref names by its name alone", probe: `x`,
			setup: map[string]string{"content/blog/two.md": "{{< ref \"far\" >}}\n", "content/deep/er/far.md": "x"},
			edit:  map[string]string{"content/deep/er/far.md": gone, "content/deep/far.md": "x"},
		},
		{
			name: "the language of a ref", probe: `x`,
			setup: map[string]string{"content/blog/two.md": "{{< ref path=\"/a\" lang=\"fr\" >}}\n"},
			edit:  map[string]string{"config.toml": strings.Replace(config, "[languages.zh]", "[languages.fr]\ncontent = \"fr\"\n[languages.zh]", 1), "fr/a.md": "x"},
		},
		{
			name: "the heading of another page", probe: `{{ with .GetPage "/a" }}{{ .Heading }}{{ .HeadingID }}{{ end }}`,
			setup: map[string]string{"content/a.md": "---\ntitle: A\n---\n# *A* {#x}\n"},
			edit:  map[string]string{"content/a.md": "---\ntitle: A\n---\n# **A** {#y}\n"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newLab(t, probeSite(tt.probe))
			l.edit(tt.setup)
			first := l.build(t)
			l.edit(tt.edit)
			again, clean := l.build(t), l.clean(t)
			if d := again.diff(clean); d != "" {
				t.Errorf("rebuilt and clean differ:\n%s", d)
			}
			if first.diff(clean) == "" {
				t.Error("the edit changes nothing")
			}
			if tt.probe != "x" && first.files["/probe/"] == clean.files["/probe/"] {
				t.Errorf("the edit does not show on the page: %s", clean.files["/probe/"])
			}
		})
	}
}

// flaky is a file system on which one file cannot be read for a while.
type flaky struct {
	fs.FS
	name string
	off  atomic.Bool
}

var errFlaky = errors.New("the disk does not answer")

func (f *flaky) Open(name string) (fs.File, error) {
	if name == f.name && f.off.Load() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errFlaky}
	}
	return f.FS.Open(name)
}

// A file that cannot be read is no mistake of the author's, wherever in a render
// it is wanted, and once it can be read again the site is whole.
func TestUnreadable(t *testing.T) {
	site := probeSite(`{{ (asset "x.css").Content }}{{ range (.GetPage "/blog/one").Resources }}{{ .Content }}{{ end }}{{ .Site.Data.x }}`)
	site["assets/x.css"] = "a{}"
	site["data/x.json"] = `"data"`
	for _, name := range []string{"content/a.md", "assets/x.css", "data/x.json"} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, site)
			disk := &flaky{FS: l.fs, name: name}
			b, err := Open(Options{FS: disk, AsOf: labTime})
			if err != nil {
				t.Fatal(err)
			}
			g, err := b.Update(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			disk.off.Store(true)
			if err := g.All(t.Context(), nil, nil); !errors.Is(err, errFlaky) {
				t.Errorf("got %v", err)
			}
			if _, err := g.File(t.Context(), "/probe/"); !errors.Is(err, errFlaky) {
				t.Errorf("got %v for one page", err)
			}
			disk.off.Store(false)
			if d := buildAll(t, b).diff(l.clean(t)); d != "" {
				t.Errorf("rebuilt and clean differ:\n%s", d)
			}
		})
	}
}
