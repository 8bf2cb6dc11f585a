package assemble_test

import (
	"slices"
	"testing"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/assemble"
	"github.com/etagere/etagere/builder/site/fixture"
	"github.com/etagere/etagere/builder/site/links"
	"github.com/etagere/etagere/builder/site/urls"
)

var (
	fuzzNames = []string{
		"a", "A", "index", "_index", "README", "guide", ".", "[", "%", "zh", "404", "tags", "page", "2", "a.zh", "go", "readme", "安", "content",
	}
	fuzzFronts = []string{
		"", "draft: true", "url: /a/", "slug: a", "weight: 1", "tags: [go, Go, a]", "aliases: [/a, x]", "headless: true", "build: {list: never}",
		"paginate: 1", "cascade: {draft: true}", "translationKey: k", "expiryDate: 2026-07-01", "outputs: [rss]", "url: /", "build: {render: never}",
		"menus: {main: {parent: a, identifier: a}}", "slug: /", "build: {render: link}", "date: 2027-01-01",
	}
)

// fuzzFiles makes files of bytes: two or more for the path, one for the front matter.
func fuzzFiles(data []byte) fixture.Files {
	f := fixture.Files{}
	for len(data) > 1 && len(f) < 40 {
		depth := 1 + int(data[0]%4)
		kind := data[0] / 4 % 8
		data = data[1:]
		if len(data) <= depth {
			break
		}
		name := "content"
		for _, b := range data[:depth] {
			name += "/" + fuzzNames[int(b)%len(fuzzNames)]
		}
		switch kind {
		case 0:
			name += ".png"
		case 1:
			name = "static/" + name[len("content/"):]
		default:
			name += ".md"
		}
		f[name] = fuzzFronts[int(data[depth])%len(fuzzFronts)]
		data = data[depth+1:]
	}
	return f
}

// FuzzAssemble: any tree of files makes a whole site, the same in any order of
// its files; every file has a page or a reason why not.
func FuzzAssemble(f *testing.F) {
	f.Add([]byte("abcdefghijklmnopqrstuvwxyz0123456789"))
	f.Add([]byte{9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
	f.Fuzz(func(t *testing.T, data []byte) {
		c := fixture.Config(func(c *config.Config) {
			c.Languages = map[string]config.Language{"en": {}, "zh": {}}
			if len(data) > 0 && data[0]%2 == 1 {
				c.URLs, c.Bundles = "file", "hugo"
			}
		})
		in := fixture.Input(c, fuzzFiles(data))
		s, problems := assemble.Site(in)
		checkSite(t, s)
		for _, h := range in.Heads {
			if s.BySource(h.Source) == nil && s.Hidden(h.Source) == "" {
				t.Errorf("%s has neither a page nor a reason", h.Source)
			}
		}
		slices.Reverse(in.Heads)
		slices.Reverse(in.Resources)
		slices.Reverse(in.Static)
		again, more := assemble.Site(in)
		fixture.Equal(t, "problems", more, problems)
		other := fixture.AllFacts(again, links.New(again))
		for name, d := range fixture.AllFacts(s, links.New(s)) {
			if other[name] != d {
				t.Errorf("%s depends on the order of the input", name)
			}
		}
	})
}

// checkSite checks what holds in every site.
func checkSite(t *testing.T, s *site.Site) {
	t.Helper()
	ids, taken := map[string]bool{}, map[string]bool{}
	for _, p := range s.Pages {
		if ids[p.ID] {
			t.Errorf("two pages are %s", p.ID)
		}
		ids[p.ID] = true
		if p.Rendered != (len(p.Outputs) > 0) || p.Rendered && p.URL != p.Outputs[0].URL {
			t.Errorf("%s: URL %q, outputs %v", p.ID, p.URL, p.Outputs)
		}
		depth := 0
		for q := p; q.Kind != site.Home; q = q.Parent {
			if depth++; depth > 50 || q.Parent == nil {
				t.Fatalf("%s is not below the home page", p.ID)
			}
		}
		if !slices.Contains(p.Translations, p) {
			t.Errorf("%s is no translation of itself", p.ID)
		}
	}
	for _, target := range s.Targets {
		if out := urls.OutPath(target.URL); taken[out] {
			t.Errorf("two targets are at %s", out)
		} else {
			taken[out] = true
		}
		if s.ByURL(target.URL) != target {
			t.Errorf("at %s there is something else", target.URL)
		}
		if urls.Canonical(target.URL) != target.URL {
			t.Errorf("%s is not escaped once", target.URL)
		}
	}
	for _, l := range s.Languages {
		for i, p := range l.Sequence {
			if i > 0 && (p.Prev != l.Sequence[i-1] || p.Prev.Next != p) {
				t.Errorf("%s: previous and next do not agree", p.ID)
			}
		}
		for _, p := range l.Regulars {
			if !p.Listed {
				t.Errorf("%s is in the list and not listed", p.ID)
			}
		}
	}
}
