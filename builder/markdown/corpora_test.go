package markdown

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etagere/etagere/builder/diag"
)

// dirLoader loads from a folder; names whose case differs are found too.
type dirLoader struct {
	dir   string
	lower map[string]string
}

func newDirLoader(t *testing.T, dir string) *dirLoader {
	t.Helper()
	l := &dirLoader{dir, map[string]string{}}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, name)
			rel = filepath.ToSlash(rel)
			l.lower[strings.ToLower(rel)] = rel
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *dirLoader) Load(name string) (string, []byte, bool) {
	found, ok := name, true
	if _, err := os.Stat(filepath.Join(l.dir, name)); err != nil {
		found, ok = l.lower[strings.ToLower(name)]
	}
	if !ok {
		return "", nil, false
	}
	data, err := os.ReadFile(filepath.Join(l.dir, found))
	return found, data, err == nil
}

// corpus is one pack, or one tree of a pack.
type corpus struct {
	name, dir, pages string
	dialect          Dialect
	root             func(page string) string
	stray            *regexp.Regexp
	// faults are the pack's own mistakes: problems by code.
	faults map[string]int
}

func corpora() []corpus {
	fixed := func(root string) func(string) string { return func(string) string { return root } }
	return []corpus{
		{"fastapi", "fastapi", "docs", MkDocs, func(page string) string {
			p := strings.Split(page, "/")
			return path.Join(p[:min(3, len(p)-1)]...)
		}, regexp.MustCompile(`(?m)^\s*/{3,}|\{\*|\{!|:::|--8<--`), map[string]int{"include-missing": 13, "container-unclosed": 4}},
		{"cpp-docs", "cpp-docs", "docs", MSLearn, fixed("docs"), regexp.MustCompile(`(?i):::|\[!INCLUDE|\[!code|\[!div|<xref:|#tab/`), map[string]int{"include-case": 2606}},
		{"apisix", "zh", "apisix", Docusaurus, fixed("apisix/zh/latest"), regexp.MustCompile(`:::|</?Tab|(?m)^import .* from|\{/\*`), map[string]int{"container-type": 1}},
		{"vitepress", "zh", "vitepress", VitePress, fixed("vitepress/zh"), regexp.MustCompile(`:::|<<<|@include`), map[string]int{"include-missing": 10}},
	}
}

// slips are pages whose authors wrote a mark as text.
func slips() []string {
	return []string{"docs/build/walkthrough-build-debug-wsl2.md"}
}

var reCode = regexp.MustCompile(`(?s)<(code|pre)\b.*?</(code|pre)>|<!--.*?-->`)

// TestCorpora parses every page of the packs and looks for marks of the
// pack's dialect that came out as text.
func TestCorpora(t *testing.T) {
	dir := os.Getenv("ETAGERE_CORPORA")
	if dir == "" {
		t.Skip("ETAGERE_CORPORA names no folder")
	}
	for _, c := range corpora() {
		t.Run(c.name, func(t *testing.T) {
			load := newDirLoader(t, filepath.Join(dir, c.dir))
			p := New(Options{GFM: true, Extras: true, CJK: true, Dialects: []Dialect{c.dialect}})
			o := Options{Dialects: []Dialect{c.dialect}}
			var pages, stray int
			found := map[string]int{}
			for _, name := range load.sorted() {
				if !strings.HasPrefix(name, c.pages+"/") || path.Ext(name) != ".md" {
					continue
				}
				_, data, _ := load.Load(name)
				data = tidy(data)
				pages++
				x, problems := Expand(NewText(name, data, bodyOf(data)), c.root(name), o, load)
				doc := p.Parse(x)
				count(found, problems)
				count(found, doc.Problems)
				rest := reCode.ReplaceAllString(flatten(doc.Pieces), "")
				if m := c.stray.FindStringIndex(rest); m != nil && !slices.Contains(slips(), name) {
					stray++
					t.Errorf("%s: %q", name, around(rest, m[0]))
				}
			}
			t.Logf("%d pages, %d with a stray mark, problems: %v", pages, stray, found)
			maps.DeleteFunc(found, func(code string, _ int) bool {
				return !strings.HasPrefix(code, "include-") && !strings.HasPrefix(code, "container-")
			})
			if diff := cmp.Diff(c.faults, found); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if pages == 0 {
				t.Error("no pages")
			}
		})
	}
}

func (l *dirLoader) sorted() []string {
	var names []string
	for _, n := range l.lower {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

func count(found map[string]int, l diag.List) {
	for _, p := range l {
		found[p.Code]++
	}
}

// around is a stretch of s at i, for a message.
func around(s string, i int) string { return s[max(0, i-30):min(len(s), i+60)] }

// flatten is the HTML of pieces; of holes it has what they show.
func flatten(pieces []Piece) string {
	var b bytes.Buffer
	for _, p := range pieces {
		if p.Hole == nil {
			b.WriteString(p.HTML)
			continue
		}
		h := p.Hole
		switch h.Kind {
		case CodeBlock:
			b.WriteString("<pre>" + h.HTML + "</pre>")
		case URL:
			b.WriteString(h.Dest)
		default:
			b.WriteString(h.Title + " " + flatten(h.Inner) + "\n")
		}
	}
	return b.String()
}
