package markdown

import (
	"strings"
	"testing"
	"time"
)

// TestDialectsLinear expands and parses what could make a dialect slow, at one
// size and at four times that size.
func TestDialectsLinear(t *testing.T) {
	if testing.Short() || raced {
		t.Skip("it measures time")
	}
	o := Options{GFM: true, Extras: true, Dialects: []Dialect{VitePress, MkDocs, MdBook, Docusaurus, MSLearn}}
	p := New(o)
	load := files{"a": "x\n", "m.md": "y\n"}
	for _, s := range []string{
		"::: tip\n", ":::\n\n", "::: moniker-end\n\n", ":::image type=\"complex\" source=\"a\":::\n\n", ":::image source=\"a\n", ":::row:::\n  :::column:::\n",
		"/// a\n", "/// tab | x\n///\n", "!!! a\n", "=== \"a\"\n    x\n", "<Tabs\n", "<TabItem>\n", "{/* ", "++a", "++a+", "==a ", "^^a ", ":material-", "*[a]: b\n", "a a ",
		"r[a]\n", "# [a](#tab/b)\n", "> [!div]\n\n", "<xref:a> ", "import 'a'\n\n", "<div markdown>\n",
		"<<< a\n", "<!--@include: m.md--> ", "`<!--@include: m.md-->` ", "{* a *}\n", "--8<--\n", "--8<-- \"a\"\n", "{{#include a}} ", "[!INCLUDE[a](m.md)] ", "`` [!INCLUDE[a](m.md)] ` ",
		"[!code-a[a](a)]\n", "[!code-a[a](missing)]\n", "<!--\n", "<head>\n", "a\nb\n",
	} {
		took := func(n int) time.Duration {
			x := NewText("d.md", []byte(strings.Repeat(s, n/len(s))), 0)
			start := time.Now()
			out, _ := Expand(x, ".", o, load)
			FirstH1(out)
			p.Parse(out)
			return time.Since(start)
		}
		const n = 40_000
		one, four := took(n), took(4*n)
		if four > 9*one && four > 300*time.Millisecond {
			t.Logf("%q: %v for %d bytes, %v for %d", s, one, n, four, 4*n)
		}
		if four > hang {
			t.Errorf("%q: %v for %d bytes", s, four, 4*n)
		}
	}
}
