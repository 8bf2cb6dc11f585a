package site_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/assemble"
	"github.com/etagere/etagere/builder/site/fixture"
	"github.com/etagere/etagere/builder/site/links"
	"github.com/etagere/etagere/builder/source"
)

func TestAnyOrderOfInput(t *testing.T) {
	c := fixture.Config(fixture.TwoLanguages)
	c.Pagination.Size = 3
	in := fixture.Input(c, fixture.Big(60))
	first, problems := assemble.Site(in)
	want := fixture.AllFacts(first, links.New(first))
	if len(problems) == 0 {
		t.Fatal("the site is to have problems, so that their order is looked at")
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		in.Heads, in.Resources = slices.Clone(in.Heads), slices.Clone(in.Resources)
		r.Shuffle(len(in.Heads), func(i, j int) { in.Heads[i], in.Heads[j] = in.Heads[j], in.Heads[i] })
		r.Shuffle(len(in.Resources), func(i, j int) { in.Resources[i], in.Resources[j] = in.Resources[j], in.Resources[i] })
		s, again := assemble.Site(in)
		fixture.Equal(t, "problems", again, problems)
		got := fixture.AllFacts(s, links.New(s))
		fixture.Equal(t, "number of facts", len(got), len(want))
		for name, d := range want {
			if got[name] != d {
				t.Fatalf("%s depends on the order of the input", name)
			}
		}
		for i, target := range s.Targets {
			if target.URL != first.Targets[i].URL {
				t.Fatalf("target %d: %s, then %s", i, first.Targets[i].URL, target.URL)
			}
		}
	}
}

// TestFactsNotice makes one edit at a time and looks which facts differ.
func TestFactsNotice(t *testing.T) {
	base := fixture.Files{
		"content/g/_index.md": "title: G\nweight: 1", "content/g/a.md": "title: A\ntags: [go]", "content/g/b.md": "title: B", "content/z.md": "title: Z\nmenus: main",
		"content/g/deep/x.md": "tags: [go]",
	}
	facts := []string{
		"face|en:/g/a", "face|en:/g/b", "face|en:/g", "children|en:/g", "neighbours|en:/g/a", "regulars|en", "faces:regulars|en", "faces:children|en:/g",
		"nav|en", "terms|en|tags", "menu|en|main", "page|en|/g/c", "ref|en:/z|content/z.md|g/c.md", "ref|en:/z|content/z.md|g/a.md", "redirects|", "related|en:/g/a", "parent|en:/g/deep/x",
	}
	read := func(f fixture.Files) map[string]digest.Digest {
		s, _ := assemble.Site(fixture.Input(fixture.Config(nil), f))
		out := map[string]digest.Digest{}
		for _, name := range facts {
			kind, id, _ := strings.Cut(name, "|")
			id = strings.ReplaceAll(id, "|", "\x00")
			if kind == "ref" {
				out[name] = links.New(s).Fact(kind, id)
			} else {
				out[name] = s.Fact(kind, id)
			}
		}
		return out
	}
	before := read(base)
	for _, c := range []struct{ name, file, front, want string }{
		{"nothing", "content/g/a.md", base["content/g/a.md"], ""},
		{"a title", "content/g/a.md", "title: A1\ntags: [go]", "face|en:/g/a faces:regulars|en faces:children|en:/g nav|en"},
		{"a description", "content/g/b.md", "title: B\ndescription: d", "face|en:/g/b faces:regulars|en faces:children|en:/g nav|en"},
		{"an order", "content/g/b.md", "title: B\nweight: 1", "face|en:/g/b children|en:/g neighbours|en:/g/a regulars|en faces:regulars|en faces:children|en:/g nav|en"},
		{"a new page", "content/g/c.md", "title: C", "children|en:/g regulars|en faces:regulars|en faces:children|en:/g nav|en page|en|/g/c ref|en:/z|content/z.md|g/c.md"},
		{"a term", "content/g/b.md", "title: B\ntags: [go]", "face|en:/g/b faces:regulars|en faces:children|en:/g nav|en terms|en|tags related|en:/g/a"},
		{"a slug", "content/g/a.md", "title: A\ntags: [go]\nslug: s", "face|en:/g/a faces:regulars|en faces:children|en:/g nav|en ref|en:/z|content/z.md|g/a.md"},
		{"a title in a menu", "content/z.md", "title: Z1\nmenus: main", "faces:regulars|en nav|en menu|en|main"},
		{"an alias", "content/z.md", "title: Z\nmenus: main\naliases: [/old/]", "faces:regulars|en nav|en redirects|"},
		{"a section's title", "content/g/_index.md", "title: G1\nweight: 1", "face|en:/g nav|en"},
	} {
		f := fixture.Files{}
		for k, v := range base {
			f[k] = v
		}
		f[c.file] = c.front
		after := read(f)
		var differ []string
		for _, name := range facts {
			if before[name] != after[name] {
				differ = append(differ, name)
			}
		}
		fixture.Equal(t, c.name, strings.Join(differ, " "), c.want)
	}
}

func TestFactsOfNothing(t *testing.T) {
	s := fixture.Plain(t, fixture.Files{"content/a.md": ""})
	for _, q := range [][2]string{
		{"face", "en:/none"}, {"children", "en:/none"}, {"parent", ""}, {"regulars", "zh"}, {"faces:regulars", "zh"}, {"faces:children", "x"}, {"nav", "zh"},
		{"page", "en\x00/none"}, {"page", "zh\x00/a"}, {"menu", "en\x00main"}, {"terms", "en\x00tags"}, {"url", "/none/"}, {"unknown", "x"},
	} {
		if d := s.Fact(q[0], q[1]); !d.IsZero() {
			t.Errorf("fact %q: got %s of nothing", q, d)
		}
	}
}

func TestFaceOfResources(t *testing.T) {
	c := fixture.Config(nil)
	in := fixture.Input(c, fixture.Files{"content/b/index.md": "", "content/b/a.png": "1"})
	before, _ := assemble.Site(in)
	in.Resources = []*source.File{{Path: "content/b/a.png", Name: "content/b/a.png", Digest: digest.OfString("2")}}
	after, _ := assemble.Site(in)
	if before.Fact("face", "en:/b") != after.Fact("face", "en:/b") {
		t.Error("a page's face is another with other bytes in its bundle: who shows them notes that")
	}
	in.Resources[0].Name = "content/b/c.png"
	if renamed, _ := assemble.Site(in); renamed.Fact("face", "en:/b") == after.Fact("face", "en:/b") {
		t.Error("a page's face is the same with another file in its bundle")
	}
	in.Commits = map[string]*site.Commit{"content/b/index.md": {Hash: "abc", Date: fixture.AsOf()}}
	dated, _ := assemble.Site(in)
	fixture.Equal(t, "date from git", dated.Page("en", "/b").Lastmod, fixture.AsOf())
	if dated.Fact("face", "en:/b") == after.Fact("face", "en:/b") {
		t.Error("a page's face is the same with another commit")
	}
}

func TestFactsFromSeveralGoroutines(t *testing.T) {
	c := fixture.Config(fixture.TwoLanguages)
	in := fixture.Input(c, fixture.Big(30))
	s, _ := assemble.Site(in)
	want := fixture.AllFacts(s, links.New(s))
	fresh, _ := assemble.Site(in)
	resolver := links.New(fresh)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for name, d := range fixture.AllFacts(fresh, resolver) {
				if want[name] != d {
					t.Errorf("%s differs", name)
				}
			}
			resolver.Resolve(nil, "", "NOWHERE.md")
			resolver.Nearest(nil, "", "p11.md")
		})
	}
	wg.Wait()
}

func TestRelated(t *testing.T) {
	f := fixture.Files{
		"content/a.md": "tags: [go, web]\nkeywords: [x]", "content/b.md": "tags: [Go]", "content/c.md": "keywords: [X]", "content/d.md": "tags: [go]\nkeywords: [x]",
		"content/e.md": "tags: [other]", "content/new.md": "tags: [web]\ndate: 2025-01-01", "content/p.md": "series: [one]", "content/q.md": "series: One",
	}
	s := fixture.Plain(t, f)
	fixture.Equal(t, "related", fixture.Paths(s.RelatedTo(fixture.MustPage(t, s, "en", "/a"), 0)), "/d /new /b /c")
	fixture.Equal(t, "limit", fixture.Paths(s.RelatedTo(fixture.MustPage(t, s, "en", "/a"), 1)), "/d")
	fixture.Equal(t, "none", fixture.Paths(s.RelatedTo(fixture.MustPage(t, s, "en", "/e"), 0)), "")
	s = fixture.Assemble(t, fixture.Config(func(c *config.Config) { c.Related.Weights = map[string]int{"series": 1} }), f)
	fixture.Equal(t, "by a param", fixture.Paths(s.RelatedTo(fixture.MustPage(t, s, "en", "/p"), 0)), "/q")
}
