package content

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/etagere/etagere/builder/diag"
)

var testOptions = HeadOptions{
	Taxonomies: map[string]string{"tag": "tags", "category": "categories", "series": "series"},
	Keys:       map[string][]string{"weight": {"sort_rank"}, "linkTitle": {"nav_title"}, "date": {"ms.date"}},
}

func readHead(path, src string, opts HeadOptions) (*Head, diag.List) {
	return ReadHead(HeadInput{Path: path, Lang: "en", Source: "content/" + path, Src: []byte(src), Options: opts})
}

func day(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }

func TestReadHead(t *testing.T) {
	type table = map[string]any
	tests := []struct {
		name, front string
		want        Head
	}{
		{"nothing", "", Head{}},
		{"texts", "title: T\nlinkTitle: L\ndescription: D\nsummary: S\nslug: s\nurl: /u/\ntype: y\nlayout: l\ntranslationKey: k\n",
			Head{Title: "T", TitleFrom: TitleFrontMatter, LinkTitle: "L", Description: "D", Summary: "S", Slug: "s",
				URL: "/u/", Type: "y", Layout: "l", TranslationKey: "k"}},
		{"any case, snake and kebab", "TITLE: T\nlink_title: L\ntranslation-key: k\nPublish_Date: 2024-05-01\n",
			Head{Title: "T", TitleFrom: TitleFrontMatter, LinkTitle: "L", TranslationKey: "k", PublishDate: day(2024, 5, 1)}},
		{"a title that is a number", "title: 1.10\n", Head{Title: "1.10", TitleFrom: TitleFrontMatter}},
		{"a title that is a year", "title: 2022\n", Head{Title: "2022", TitleFrom: TitleFrontMatter}},
		{"a title that is a date", "title: 2022-05-01\n", Head{Title: "2022-05-01", TitleFrom: TitleFrontMatter}},
		{"a title that is a boolean", "title: True\n", Head{Title: "True", TitleFrom: TitleFrontMatter}},
		{"a title that is null", "title:\n", Head{}},
		{"a title that is empty", "title: \"\"\n", Head{}},
		{"layout: false", "layout: false\n", Head{}},
		{"dates", "date: 2024-05-01\nlastmod: 8/25/2021\nexpiryDate: \"2024-05-02\"\n",
			Head{Date: day(2024, 5, 1), Lastmod: day(2021, 8, 25), ExpiryDate: day(2024, 5, 2)}},
		{"an empty date", "date: \"\"\nlastmod:\n", Head{}},
		{"synonyms of dates", "modified: 2024-05-01\npubdate: 2024-05-02\n",
			Head{Lastmod: day(2024, 5, 1), PublishDate: day(2024, 5, 2), Params: table{"modified": day(2024, 5, 1), "pubdate": day(2024, 5, 2)}}},
		{"published: false", "published: false\n", Head{Draft: true, Params: table{"published": false}}},
		{"booleans", "draft: yes\nheadless: \"true\"\n", Head{Draft: true, Headless: true}},
		{"numbers", "weight: -3\npaginate: 5\n", Head{Weight: -3, Paginate: 5}},
		{"a whole float", "weight: 3.0\n", Head{Weight: 3}},
		{"lists", "aliases: [/a/, /b/, /a/]\nkeywords: a, b，c\nimages: [x.png]\noutputs: [html, RSS]\n",
			Head{Aliases: []string{"/a/", "/b/"}, Keywords: []string{"a", "b", "c"}, Images: []string{"x.png"}, Outputs: []string{"html", "rss"}}},
		{"single values", "redirect_from: /a,b/\nfeatured_image: x.png\noutputs: html\n",
			Head{Aliases: []string{"/a,b/"}, Images: []string{"x.png"}, Outputs: []string{"html"},
				Params: table{"redirect_from": "/a,b/", "featured_image": "x.png"}}},
		{"terms", "tags: [Go, 2024, ~, Go]\ncategories: a, b\nseries: S\ntags_weight: 4\n",
			Head{Terms: map[string][]string{"tags": {"Go", "2024"}, "categories": {"a", "b"}, "series": {"S"}}, TermWeights: map[string]int{"tags": 4}}},
		{"no terms", "tags:\n", Head{}},
		{"params", "author: A\ntool:ignore: word\nparams:\n  Color: red\n  n: [1, {a: b}]\n",
			Head{Params: table{"author": "A", "tool:ignore": "word", "Color": "red", "n": []any{1, table{"a": "b"}}}}},
		{"mapped keys", "sort_rank: 4\nnav_title: N\nms.date: 8/25/2021\n",
			Head{Weight: 4, LinkTitle: "N", Date: day(2021, 8, 25), Params: table{"sort_rank": 4, "nav_title": "N", "ms.date": "8/25/2021"}}},
		{"our key before a mapped one", "sort_rank: 4\nweight: 2\n", Head{Weight: 2, Params: table{"sort_rank": 4}}},
		{"build", "build: {list: local, render: link, publishResources: false}\n", Head{List: "local", Render: "link", NoResources: true}},
		{"_build by truth", "_build: {list: false, render: true}\n", Head{List: "never", Render: "always"}},
		{"a menu", "menu: main\n", Head{Menus: []MenuEntry{{Menu: "main"}}, Params: table{"menu": "main"}}},
		{"menus", "menus: [main, foot]\n", Head{Menus: []MenuEntry{{Menu: "main"}, {Menu: "foot"}}}},
		{"menus with values", "menus:\n  main: {weight: 3, parent: p, name: N, params: {a: 1}}\n  foot:\n",
			Head{Menus: []MenuEntry{{Menu: "main", Weight: 3, Parent: "p", Name: "N", Params: table{"a": 1}}, {Menu: "foot"}}}},
		{"a cascade", "cascade:\n  type: docs\n  params: {a: 1}\n",
			Head{Cascade: []Cascade{{Values: table{"type": "docs", "params": table{"a": 1}}}}}},
		{"cascades", "cascade:\n- _target: {path: /a/**, kind: page, lang: en}\n  draft: true\n- target: {kind: section}\n",
			Head{Cascade: []Cascade{{Path: "/a/**", Kind: "page", Lang: "en", Values: table{"draft": true}}, {Kind: "section", Values: table{}}}}},
		{"resources stay as they are", "resources:\n- src: a.png\n  title: A\n",
			Head{Params: table{"resources": []any{table{"src": "a.png", "title": "A"}}}}},
	}
	ignore := cmpopts.IgnoreFields(Head{}, "Path", "Lang", "Source", "Body", "Keys", "Digest", "Set")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src := ""
			if tt.front != "" {
				src = "---\n" + tt.front + "---\n"
			}
			h, problems := readHead("a.md", src, testOptions)
			if len(problems) > 0 {
				t.Error(problems)
			}
			if tt.want.List == "" {
				tt.want.List = "always"
			}
			if tt.want.Render == "" {
				tt.want.Render = "always"
			}
			if d := cmp.Diff(&tt.want, h, ignore, cmpopts.EquateEmpty()); d != "" {
				t.Error(d)
			}
			if h.Body != len(src) {
				t.Errorf("body at %d want %d", h.Body, len(src))
			}
		})
	}
}

func TestReadHeadProblems(t *testing.T) {
	tests := []struct {
		name, front string
		want        []string
	}{
		{"types", "title: [a]\nweight: x\ndraft: 3\ndate: tomorrow\ntags: {a: b}\nparams: 3\nslug: {}\n", []string{
			`2:8: "title" must be a text, not a list`,
			`3:9: "weight" must be a whole number, not a text`,
			`4:8: "draft" must be true or false, not a whole number`,
			`5:7: "date" is no date: "tomorrow"`,
			`6:7: "tags" must be a list of texts, not a table`,
			`7:9: "params" must be a table of keys and values, not a whole number`,
			`8:7: "slug" must be a text, not a table`,
		}},
		{"an entry of a list", "tags:\n- a\n- [b]\n", []string{`4:3: an entry of "tags" must be a text, not a list`}},
		{"numbers that are read all the same", "weight: 1.5\npaginate: \"3\"\n", []string{
			`2:9: warning: "weight" must be a whole number, and 1.5 is read as 1`,
			`3:11: warning: "paginate" is a number in quotes`,
		}},
		{"near misses", "wieght: 1\ndrfat: true\ntiltes: x\ndata: 1\nauthor: a\ntag: x\n", []string{
			`2:1: warning: unknown key "wieght"`, `3:1: warning: unknown key "drfat"`,
		}},
		{"outputs", "outputs: [htm, pdf]\n", []string{`2:10: there is no output format "htm"`, `2:10: there is no output format "pdf"`}},
		{"build", "build: {list: maybe, x: 1}\n", []string{`2:15: "list" must be one of always, never, local`, `2:22: "build" has no key "x"`}},
		{"menus", "menus:\n  main: 3\n  foot: [x]\n  side: {url: a}\n", []string{
			`3:9: "main" must be a table, not a whole number`, `4:10: an entry of menu "foot" must be a table, not a text`,
			`5:10: warning: an entry of a menu has no key "url"`,
		}},
		{"cascade", "cascade:\n  weight: x\n  cascade: {}\n  target: {page: x}\n", []string{
			`3:11: "weight" must be a whole number`, `4:3: a cascade cannot hold another`, `5:12: a cascade's target has no key "page"`,
		}},
		{"syntax", "title: a: b\n", []string{`2:1: mapping values`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, problems := readHead("a.md", "---\n"+tt.front+"---\n", testOptions)
			var got []string
			for _, p := range problems.Sorted() {
				severity := ""
				if p.Severity == diag.Warning {
					severity = "warning: "
				}
				got = append(got, fmt.Sprintf("%d:%d: %s%s", p.Line, p.Col, severity, p.Message))
			}
			ok := len(got) == len(tt.want)
			for i := range min(len(got), len(tt.want)) {
				ok = ok && strings.HasPrefix(got[i], tt.want[i])
			}
			if !ok {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestReadHeadKeepsNearMisses(t *testing.T) {
	h, problems := readHead("a.md", "---\nwieght: 1\n---\n", testOptions)
	if v, ok := h.Param("WIEGHT"); !ok || v != 1 {
		t.Errorf("the parameter is %v, %v", v, ok)
	}
	if len(problems) != 1 || !strings.Contains(problems[0].Hint, `"weight"`) {
		t.Errorf("got %v", problems)
	}
}

func TestReadHeadFileName(t *testing.T) {
	tests := []struct {
		path, front string
		date        time.Time
		slug        string
	}{
		{"posts/2024-01-02-hello.md", "", day(2024, 1, 2), "hello"},
		{"posts/2024-01-02-hello/index.md", "", day(2024, 1, 2), "hello"},
		{"posts/2024-01-02-hello.md", "date: 2020-01-01\nslug: s\n", day(2020, 1, 1), "s"},
		{"posts/2024-13-02-hello.md", "", time.Time{}, ""},
		{"posts/2024-01-02.md", "", time.Time{}, ""},
	}
	for _, tt := range tests {
		h, _ := readHead(tt.path, "---\n"+tt.front+"---\n", testOptions)
		if !h.Date.Equal(tt.date) || h.Slug != tt.slug {
			t.Errorf("%s: got %v %q want %v %q", tt.path, h.Date, h.Slug, tt.date, tt.slug)
		}
	}
}

func TestReadHeadDocusaurus(t *testing.T) {
	opts := testOptions
	opts.Docusaurus = true
	h, problems := readHead("a.md", "---\nid: x\nslug: /a/b\nsidebar_position: 3\nsidebar_label: L\n---\n", opts)
	if len(problems) > 0 || h.URL != "/a/b" || h.Slug != "" || h.Weight != 3 || h.LinkTitle != "L" {
		t.Errorf("got %v: URL %q slug %q weight %d label %q", problems, h.URL, h.Slug, h.Weight, h.LinkTitle)
	}
	if h, _ = readHead("a.md", "---\nid: x\n---\n", opts); h.Slug != "x" {
		t.Errorf("the id gives slug %q", h.Slug)
	}
	if h, _ = readHead("a.md", "---\nid: x\nslug: /a/b\n---\n", testOptions); h.URL != "" || h.Slug != "/a/b" {
		t.Errorf("without the dialect: URL %q slug %q", h.URL, h.Slug)
	}
}

func TestReadHeadH1(t *testing.T) {
	tests := []struct {
		front, text string
		leading     bool
		title       string
		from        TitleSource
		h1          string
	}{
		{"", "H", true, "H", TitleH1, "H"},
		{"", "H", false, "H", TitleH1, ""},
		{"title: T\n", "H", true, "T", TitleFrontMatter, "H"},
		{"title:\n", "H", true, "H", TitleH1, "H"},
		{"", "", false, "", TitleNone, ""},
	}
	for _, tt := range tests {
		src := "---\n" + tt.front + "---\n# H\n"
		h, _ := ReadHead(HeadInput{Path: "a.md", Src: []byte(src), H1: func(body int) (string, bool) {
			if got := src[body:]; got != "# H\n" {
				t.Errorf("the body is %q", got)
			}
			return tt.text, tt.leading
		}})
		if h.Title != tt.title || h.TitleFrom != tt.from || h.H1 != tt.h1 {
			t.Errorf("%q %q: got %q %d %q", tt.front, tt.text, h.Title, h.TitleFrom, h.H1)
		}
	}
}

func TestHeadWith(t *testing.T) {
	h, _ := readHead("a.md", "---\ntitle: T\ndraft: false\nsort_rank: 4\nparams: {Own: 1}\ntags: [a]\n---\n", testOptions)
	near := map[string]any{"title": "X", "draft": true, "weight": 9, "type": "near", "tags": []any{"b"}, "own": 2, "params": map[string]any{"given": 1}}
	far := map[string]any{"type": "far", "layout": "far", "given": 2, "date": day(2024, 5, 1)}
	n := h.With(near, testOptions)
	f := n.With(far, testOptions)
	switch {
	case f.Title != "T", f.Draft, f.Weight != 4, f.Type != "near", f.Layout != "far", !f.Date.Equal(day(2024, 5, 1)):
		t.Errorf("got %+v", f)
	}
	if d := cmp.Diff(map[string]any{"sort_rank": 4, "Own": 1, "given": 1}, f.Params); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string][]string{"tags": {"a"}}, f.Terms); d != "" {
		t.Error(d)
	}
	if h.Type != "" || h.Params["given"] != nil || n.Layout != "" {
		t.Error("With has changed its receiver")
	}
	if h.Digest == n.Digest || n.Digest == f.Digest {
		t.Error("the digest does not show the cascade")
	}
	if typo := h.With(map[string]any{"wieght": 1}, testOptions); typo.Params["wieght"] != 1 {
		t.Error("a near miss of a cascade is lost")
	}
	if same := h.With(nil, testOptions); same != h {
		t.Error("nothing handed down makes another head")
	}
}

// TestHeadDigest checks that every key shows in the digest, and that places do not.
func TestHeadDigest(t *testing.T) {
	seen := map[string]string{}
	for _, front := range []string{
		"", "title: T\n", "linkTitle: T\n", "description: T\n", "summary: T\n", "slug: T\n", "url: T\n", "type: T\n",
		"layout: T\n", "translationKey: T\n", "date: 2024-05-01\n", "lastmod: 2024-05-01\n", "publishDate: 2024-05-01\n",
		"expiryDate: 2024-05-01\n", "draft: true\n", "headless: true\n", "weight: 1\n", "paginate: 1\n", "aliases: a\n",
		"keywords: a\n", "images: a\n", "outputs: rss\n", "build: {list: never}\n", "build: {render: never}\n",
		"build: {publishResources: false}\n", "menus: a\n", "menus: {a: {weight: 1}}\n", "cascade: {a: 1}\n",
		"cascade: {target: {path: a}}\n", "tags: a\n", "categories: a\n", "tags_weight: 1\n", "x: 1\n", "x: \"1\"\n",
	} {
		h, problems := readHead("a.md", "---\n"+front+"---\n", testOptions)
		if len(problems) > 0 {
			t.Error(problems)
		}
		if other, ok := seen[h.Digest.String()]; ok {
			t.Errorf("%q and %q have one digest", front, other)
		}
		seen[h.Digest.String()] = front
	}
	a, _ := readHead("a.md", "---\ntitle: T\nx: 1\n---\n", testOptions)
	b, _ := readHead("a.md", "\ufeff---\r\n\r\nx: 1\r\ntitle: T\r\n---\r\nBody\r\n", testOptions)
	if a.Digest != b.Digest {
		t.Error("the digest depends on where keys stand")
	}
}

func TestHeadOptionsDigest(t *testing.T) {
	seen := map[string]bool{}
	for _, o := range []HeadOptions{
		{}, testOptions, {Docusaurus: true}, {Location: time.UTC},
		{Keys: map[string][]string{"weight": {"rank"}}}, {Taxonomies: map[string]string{"weight": "rank"}},
	} {
		if d := o.Digest().String(); seen[d] {
			t.Errorf("%+v has another's digest", o)
		} else {
			seen[d] = true
		}
	}
}

// FuzzReadHead checks that any bytes make a head that points into the file, and
// the same one each time.
func FuzzReadHead(f *testing.F) {
	for _, s := range []string{"---\ntitle: x\nmenus: {a: [b]}\ncascade: [{a: 1}, 2]\n---\n", "+++\nbuild = 1\n+++\n", "{\"date\": []}\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		h, problems := readHead("a.md", string(src), testOptions)
		again, _ := readHead("a.md", string(src), testOptions)
		if h.Digest != again.Digest {
			t.Error("two readings differ")
		}
		if h.Body < 0 || h.Body > len(src) {
			t.Errorf("body at %d", h.Body)
		}
		lines := 1 + strings.Count(string(src), "\n")
		for _, p := range problems {
			if p.Line > lines {
				t.Errorf("%v: the file has %d lines", p, lines)
			}
		}
		for _, c := range h.Cascade {
			if got := (&Head{}).With(c.Values, testOptions); got == nil {
				t.Error("no head")
			}
		}
	})
}

// TestCorporaHeads reads the heads of real documentation. It is skipped where
// ETAGERE_CORPORA does not name a folder with it.
func TestCorporaHeads(t *testing.T) {
	root := os.Getenv("ETAGERE_CORPORA")
	if root == "" {
		t.Skip("ETAGERE_CORPORA is not set")
	}
	pages, titles := 0, 0
	opts := testOptions
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".md" {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		opts.Docusaurus = strings.Contains(path, "apisix")
		rel, _ := filepath.Rel(root, path)
		h, problems := readHead(filepath.ToSlash(rel), string(src), opts)
		for _, p := range problems {
			t.Error(p)
		}
		if h.Title != "" {
			titles++
		}
		pages++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d pages, %d with a title in front matter", pages, titles)
	if titles == 0 {
		t.Error("no page has a title")
	}
}

func BenchmarkReadHead(b *testing.B) {
	src := "---\ntitle: \"A page\"\ndescription: About it\nms.date: 8/25/2021\nhelpviewer_keywords: [\"a\", \"b\"]\nf1_keywords: [c, d]\nms.assetid: 1234\n---\n# H\n"
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		readHead("a/b.md", src, testOptions)
	}
}
