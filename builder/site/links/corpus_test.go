package links_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/content"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/assemble"
	"github.com/etagere/etagere/builder/site/fixture"
	"github.com/etagere/etagere/builder/site/links"
	"github.com/etagere/etagere/builder/source"
)

// corpus reads a folder of real documentation: roots say which folder holds
// the content of which language.
func corpus(t *testing.T, dir string, c *config.Config, roots map[string]string) (site.Input, map[string][]byte) {
	t.Helper()
	base := os.Getenv("ETAGERE_CORPORA")
	if base == "" {
		t.Skip("ETAGERE_CORPORA does not say where the packs are")
	}
	in, text := site.Input{Config: c, AsOf: fixture.AsOf()}, map[string][]byte{}
	for lang, root := range roots {
		err := fs.WalkDir(os.DirFS(filepath.Join(base, dir)), root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			rel := strings.TrimPrefix(name, root+"/")
			if !strings.HasSuffix(name, ".md") {
				in.Resources = append(in.Resources, &source.File{Path: "content/" + rel, Name: name, Lang: lang, Digest: digest.OfString(name)})
				return nil
			}
			src, err := os.ReadFile(filepath.Join(base, dir, name))
			if err != nil {
				return err
			}
			h, _ := content.ReadHead(content.HeadInput{Path: rel, Lang: lang, Source: name, Src: src, Options: content.HeadOptionsOf(c)})
			in.Heads, text[name] = append(in.Heads, h), src
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return in, text
}

var mdLink = regexp.MustCompile(`\]\(([^()\s]+\.md(?:/?#[^()\s]*)?)\)`)

// tally resolves all relative links to Markdown of a pack.
func tally(t *testing.T, s *site.Site, text map[string][]byte) (count map[string]int, broken []string) {
	t.Helper()
	count = map[string]int{}
	resolver := links.New(s)
	for _, name := range slices.Sorted(maps.Keys(text)) {
		p := s.BySource(name)
		if p == nil {
			t.Errorf("%s has no page: %q", name, s.Hidden(name))
			continue
		}
		for _, m := range mdLink.FindAllSubmatch(text[name], -1) {
			dest := string(m[1])
			if strings.HasPrefix(dest, "/") || strings.Contains(dest, ":") {
				continue
			}
			count["links"]++
			r := resolver.Resolve(p, name, dest)
			for what, is := range map[string]bool{
				"broken": r.Kind == links.None, "case": r.CaseDiffers && !r.Backslash, "backslash": r.Backslash && r.Kind != links.None, "fallback": r.Fallback,
			} {
				if is {
					count[what]++
				}
			}
			if r.Kind == links.None {
				broken = append(broken, name+" → "+dest+" (near: "+resolver.Nearest(p, name, dest)+")")
			}
		}
	}
	slices.Sort(broken)
	return count, broken
}

func TestCorpora(t *testing.T) {
	fastapi := fixture.Config(func(c *config.Config) { c.Languages = map[string]config.Language{} })
	roots := map[string]string{}
	for _, key := range []string{"en", "de", "es", "fr", "hi", "ja", "ko", "pt", "ru", "tr", "uk", "zh", "zh-hant"} {
		fastapi.Languages[key] = config.Language{}
		roots[key] = "docs/" + key + "/docs"
	}
	for _, c := range []struct {
		dir    string
		cfg    *config.Config
		roots  map[string]string
		links  int
		faults map[string]int
	}{
		{"prometheus", fixture.Config(nil), map[string]string{"en": "docs"}, 49, nil},
		{"cpp-docs", fixture.Config(nil), map[string]string{"en": "docs"}, 64183, map[string]int{"case": 141, "backslash": 11, "broken": 12}},
		{"fastapi", fastapi, roots, 1732, map[string]int{"fallback": 24}},
		// 28 links lead out of the pack.
		{"zh", fixture.Config(nil), map[string]string{"en": "apisix/zh/latest"}, 513, map[string]int{"broken": 28}},
		// An example in a code fence.
		{"zh", fixture.Config(nil), map[string]string{"en": "vitepress/zh"}, 2, map[string]int{"broken": 1}},
	} {
		t.Run(c.dir, func(t *testing.T) {
			in, text := corpus(t, c.dir, c.cfg, c.roots)
			s, problems := assemble.Site(in)
			if len(problems) > 0 {
				t.Errorf("%d problems, the first: %v", len(problems), problems[0])
			}
			count, broken := tally(t, s, text)
			fixture.Equal(t, "links", count["links"], c.links)
			for _, what := range []string{"broken", "case", "backslash", "fallback"} {
				fixture.Equal(t, what, count[what], c.faults[what])
			}
			if t.Failed() {
				t.Log(strings.Join(broken, "\n"))
			}
		})
	}
}
