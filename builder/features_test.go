package builder

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bmatcuk/doublestar/v4"
	"golang.org/x/tools/txtar"

	"github.com/etagere/etagere/builder/asset"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/sitetest"
	"github.com/etagere/etagere/builder/sitetest/golden"
)

// TestFeatures builds the small sites of testdata/features, one a feature, and
// compares what became of them, problems included. The first line of each says
// which files to look at: "show: **/*.html feed.xml".
func TestFeatures(t *testing.T) {
	names, err := filepath.Glob("testdata/features/*.txtar")
	if err != nil || len(names) < 20 {
		t.Fatalf("%d sites, %v", len(names), err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			first, _, _ := strings.Cut(string(a.Comment), "\n")
			patterns, ok := strings.CutPrefix(first, "show: ")
			if !ok {
				t.Fatal(`the first line does not begin with "show: "`)
			}
			fs := sitetest.Archive(t, string(txtar.Format(a)))
			if fs["config.toml"] == nil {
				fs["config.toml"] = sitetest.Archive(t, "-- config.toml --\ntitle = \"Site\"\ntheme = \"\"\nbase_url = \"https://example.org/\"\n")["config.toml"]
			}
			b := openLab(t, fs)
			files, problems := featureFiles(t, b)
			shown := make(map[string][]byte)
			for p, data := range files {
				for _, pattern := range strings.Fields(patterns) {
					if ok, _ := doublestar.Match(pattern, p); ok {
						shown[p] = data
					}
				}
			}
			got := sitetest.Dump(shown)
			if problems != "" {
				got = append(got, "-- problems --\n"+problems...)
			}
			golden.Equal(t, "features/"+strings.TrimSuffix(filepath.Base(name), ".txtar")+".golden", got)
		})
	}
}

// featureFiles makes all files by their place in the destination, and the
// problems a line each. On the way it sees that what is told of a URL before it
// is rendered is what comes of it.
func featureFiles(t *testing.T, b *Builder) (map[string][]byte, string) {
	t.Helper()
	g, err := b.Update(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string][]byte)
	var mu sync.Mutex
	err = g.All(context.Background(), nil, func(f *output.File) error {
		mu.Lock()
		defer mu.Unlock()
		files[f.Path] = f.Data
		if target, ok := g.Target(f.URL); !ok || target.Class != f.Class || target.Type != f.Type || target.Path != f.Path {
			t.Errorf("%s was announced as %+v and is %s %s at %s", f.URL, target, f.Class, f.Type, f.Path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !g.Failed() {
		var urls []string
		for _, target := range g.site.Targets {
			if fileOf(target) != nil {
				urls = append(urls, target.URL)
			}
		}
		for _, src := range g.embeds() {
			urls = append(urls, asset.URLOf(src))
		}
		for _, url := range urls {
			f, err := g.File(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			if target, ok := g.Target(url); !ok || target.Class != f.Class || target.Type != f.Type || target.Path != f.Path {
				t.Errorf("%s was announced as %+v and is %s %s at %s", url, target, f.Class, f.Type, f.Path)
			}
			files[f.Path] = f.Data
		}
		assets, err := g.assets(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range assets {
			f, err := g.env.Assets.File(a)
			if err != nil {
				t.Fatal(err)
			}
			files[f.Path] = f.Data
		}
	}
	for _, p := range slices.Sorted(maps.Keys(files)) {
		if strings.HasPrefix(p, "/") || strings.Contains(p, "..") {
			t.Errorf("a file outside of the destination: %s", p)
		}
	}
	var lines strings.Builder
	for _, p := range g.Problems() {
		lines.WriteString(p.Severity.String() + " " + p.Code + " " + p.String())
		if p.Hint != "" {
			lines.WriteString(" (" + p.Hint + ")")
		}
		lines.WriteByte('\n')
	}
	return files, lines.String()
}
