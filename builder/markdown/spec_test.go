package markdown

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// fill writes pieces with every hole in its default form.
func fill(pieces []Piece) string {
	var sb strings.Builder
	for _, p := range pieces {
		if p.Hole == nil {
			sb.WriteString(p.HTML)
			continue
		}
		WriteDefault(&sb, p.Hole, fill(p.Hole.Inner))
	}
	return sb.String()
}

// toHTML is src parsed and filled.
func toHTML(o Options, src string) string {
	return fill(New(o).Parse(NewText("a.md", []byte(src), 0)).Pieces)
}

// html5 writes void elements as HTML does: the examples are XHTML.
func html5(s string) string { return strings.ReplaceAll(s, " />", ">") }

// TestCommonMark runs the examples of the specification with no extension on.
func TestCommonMark(t *testing.T) {
	raw, err := os.ReadFile("testdata/commonmark-0.31.json")
	if err != nil {
		t.Fatal(err)
	}
	var examples []struct {
		Markdown, HTML, Section string
		Example                 int
	}
	if err := json.Unmarshal(raw, &examples); err != nil {
		t.Fatal(err)
	}
	if len(examples) != 652 {
		t.Errorf("got %d examples, want 652", len(examples))
	}
	p := New(Options{})
	for _, e := range examples {
		got := fill(p.Parse(NewText("a.md", []byte(e.Markdown), 0)).Pieces)
		if html5(got) != html5(e.HTML) {
			t.Errorf("example %d (%s)\n%q\ngot  %q\nwant %q", e.Example, e.Section, e.Markdown, got, e.HTML)
		}
	}
}
