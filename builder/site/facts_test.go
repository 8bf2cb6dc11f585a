package site

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/source"
)

// bigFiles is a site in two languages with some of everything.
func bigFiles(n int) files {
	f := files{
		"content/en/_index.md": "cascade: {params: {x: 1}}", "content/en/tags/go/_index.md": "title: Go!", "content/en/404.md": "title: Lost",
		"content/zh/_index.md": "title: 首页", "static/a.png": "", "content/en/README.md": "", "content/en/s1/Page.md": "", "content/en/s1/page.md": "",
	}
	for i := range n {
		dir := fmt.Sprintf("s%d/t%d", i%7, i%3)
		front := fmt.Sprintf("title: T%d\nweight: %d\ntags: [Go, go, k%d]\nkeywords: [a%d]", i%10, i%4, i%5, i%6)
		f[fmt.Sprintf("content/en/%s/p%d.md", dir, i)] = front
		if i%2 == 0 {
			f[fmt.Sprintf("content/zh/%s/p%d.md", dir, i)] = front + "\nmenus: main\naliases: [/x, /alias" + fmt.Sprint(i) + "]"
		}
		f[fmt.Sprintf("content/en/%s/p%d.png", dir, i)] = fmt.Sprint(i)
	}
	return f
}

// allFacts asks for everything that there is to know of a site.
func allFacts(s *Site) map[string]digest.Digest {
	out := map[string]digest.Digest{}
	ask := func(kind, id string) { out[kind+"|"+strings.ReplaceAll(id, "\x00", "|")] = s.Fact(kind, id) }
	for _, p := range s.Pages {
		for _, kind := range []string{"face", "children", "parent", "neighbours", "translations", "pagers", "related", "taxonomy", "faces:children", "faces:related"} {
			ask(kind, p.ID)
		}
		ask("ref", p.ID+"\x00../p1.md")
	}
	for _, l := range s.Languages {
		for _, kind := range []string{"regulars", "pages", "faces:regulars", "faces:pages", "nav"} {
			ask(kind, l.Key)
		}
		ask("terms", l.Key+"\x00tags")
		ask("menu", l.Key+"\x00main")
		ask("page", l.Key+"\x00/s1/t1/p1")
	}
	ask("pages", "")
	ask("languages", "")
	ask("redirects", "")
	return out
}

func TestAnyOrderOfInput(t *testing.T) {
	c := testConfig(twoLanguages)
	c.Pagination.Size = 3
	in := inputOf(c, bigFiles(60))
	first, problems := Assemble(in)
	want := allFacts(first)
	if len(problems) == 0 {
		t.Fatal("the site is to have problems, so that their order is looked at")
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		in.Heads, in.Resources = slices.Clone(in.Heads), slices.Clone(in.Resources)
		r.Shuffle(len(in.Heads), func(i, j int) { in.Heads[i], in.Heads[j] = in.Heads[j], in.Heads[i] })
		r.Shuffle(len(in.Resources), func(i, j int) { in.Resources[i], in.Resources[j] = in.Resources[j], in.Resources[i] })
		s, again := Assemble(in)
		equal(t, "problems", again, problems)
		got := allFacts(s)
		equal(t, "number of facts", len(got), len(want))
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
	base := files{
		"content/g/_index.md": "title: G\nweight: 1", "content/g/a.md": "title: A\ntags: [go]", "content/g/b.md": "title: B", "content/z.md": "title: Z\nmenus: main",
		"content/g/deep/x.md": "tags: [go]",
	}
	facts := []string{
		"face|en:/g/a", "face|en:/g/b", "face|en:/g", "children|en:/g", "neighbours|en:/g/a", "regulars|en", "faces:regulars|en", "faces:children|en:/g",
		"nav|en", "terms|en|tags", "menu|en|main", "page|en|/g/c", "ref|en:/z|content/z.md|g/c.md", "ref|en:/z|content/z.md|g/a.md", "redirects|", "related|en:/g/a", "parent|en:/g/deep/x",
	}
	read := func(f files) map[string]digest.Digest {
		s, _ := Assemble(inputOf(testConfig(nil), f))
		out := map[string]digest.Digest{}
		for _, name := range facts {
			kind, id, _ := strings.Cut(name, "|")
			out[name] = s.Fact(kind, strings.ReplaceAll(id, "|", "\x00"))
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
		f := files{}
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
		equal(t, c.name, strings.Join(differ, " "), c.want)
	}
}

func TestFactsOfNothing(t *testing.T) {
	s := plainSite(t, files{"content/a.md": ""})
	for _, q := range [][2]string{
		{"face", "en:/none"}, {"children", "en:/none"}, {"parent", ""}, {"regulars", "zh"}, {"faces:regulars", "zh"}, {"faces:children", "x"}, {"nav", "zh"},
		{"page", "en\x00/none"}, {"page", "zh\x00/a"}, {"menu", "en\x00main"}, {"terms", "en\x00tags"}, {"ref", "en:/a"}, {"ref", "x\x00y"}, {"url", "/none/"}, {"unknown", "x"},
	} {
		if d := s.Fact(q[0], q[1]); !d.IsZero() {
			t.Errorf("fact %q: got %s of nothing", q, d)
		}
	}
	if s.Fact("ref", "en:/a\x00none").IsZero() {
		t.Error("the answer that there is nothing has no digest")
	}
}

func TestFaceOfResources(t *testing.T) {
	c := testConfig(nil)
	in := inputOf(c, files{"content/b/index.md": "", "content/b/a.png": "1"})
	before, _ := Assemble(in)
	in.Resources = []*source.File{{Path: "content/b/a.png", Name: "content/b/a.png", Digest: digest.OfString("2")}}
	after, _ := Assemble(in)
	if before.Fact("face", "en:/b") == after.Fact("face", "en:/b") {
		t.Error("a page's face is the same with other bytes in its bundle")
	}
	in.Commits = map[string]*Commit{"content/b/index.md": {Hash: "abc", Date: asOf}}
	dated, _ := Assemble(in)
	equal(t, "date from git", dated.Page("en", "/b").Lastmod, asOf)
	if dated.Fact("face", "en:/b") == after.Fact("face", "en:/b") {
		t.Error("a page's face is the same with another commit")
	}
}

func TestFactsFromSeveralGoroutines(t *testing.T) {
	c := testConfig(twoLanguages)
	in := inputOf(c, bigFiles(30))
	s, _ := Assemble(in)
	want := allFacts(s)
	fresh, _ := Assemble(in)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for name, d := range allFacts(fresh) {
				if want[name] != d {
					t.Errorf("%s differs", name)
				}
			}
			fresh.Resolve(nil, "", "NOWHERE.md")
			fresh.Nearest(nil, "", "p11.md")
		})
	}
	wg.Wait()
}

func TestRelated(t *testing.T) {
	f := files{
		"content/a.md": "tags: [go, web]\nkeywords: [x]", "content/b.md": "tags: [Go]", "content/c.md": "keywords: [X]", "content/d.md": "tags: [go]\nkeywords: [x]",
		"content/e.md": "tags: [other]", "content/new.md": "tags: [web]\ndate: 2025-01-01", "content/p.md": "series: [one]", "content/q.md": "series: One",
	}
	s := plainSite(t, f)
	equal(t, "related", paths(s.RelatedTo(mustPage(t, s, "en", "/a"), 0)), "/d /new /b /c")
	equal(t, "limit", paths(s.RelatedTo(mustPage(t, s, "en", "/a"), 1)), "/d")
	equal(t, "none", paths(s.RelatedTo(mustPage(t, s, "en", "/e"), 0)), "")
	s = assemble(t, testConfig(func(c *config.Config) { c.Related.Weights = map[string]int{"series": 1} }), f)
	equal(t, "by a param", paths(s.RelatedTo(mustPage(t, s, "en", "/p"), 0)), "/q")
}
