package markdown

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// holesOf are all holes in pieces, those inside of others too.
func holesOf(pieces []Piece) []*Hole {
	var out []*Hole
	for _, p := range pieces {
		if p.Hole != nil {
			out = append(append(out, p.Hole), holesOf(p.Hole.Inner)...)
		}
	}
	return out
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"# A {#b}\n\n> [!NOTE] t\n> x\n", "```go {1}\nx // [!code ++]\n", "|a|\n|-|\n|`b\\|`|\n", "**a（b）**c~~d~~",
		"$a$ $$b$$ \\(c\\)\n\n$$\nd\n$$\n", "<img src=a srcset='b 1x' style=url(c)> <x-y>", "[a]: <b c> 'd'\n\n[a]{.e} ![f][a]",
		"a[^1]\n\n[^1]: b\n", "a\n: b\n{.c}\n", "\t- [x](y)\n\t\t```\n\tz", "\x00\xff&#x10E000; " + string(SlotRune(0)),
		"<head>\n<a></head>\n\n<!-- more -->", "{: .a}\n\n- a\n{.b}\n", "::: tip [T]\n:::\n", "> ```\n> a", "[TOC]\n", "# `a` **b** :tada:\n===",
	} {
		f.Add(s)
	}
	parsers := []*Parser{New(Options{}), New(everything()), New(Options{GFM: true, Extras: true, RefuseHTML: true, HardWraps: true, LineNumbers: true, Slug: "python",
		Dialects: []Dialect{VitePress, MkDocs, MdBook, Docusaurus, MSLearn, Hugo}})}
	f.Fuzz(func(t *testing.T, s string) {
		for _, p := range parsers {
			d := p.Parse(NewText("a.md", []byte(s), 0))
			for i, piece := range d.Pieces {
				if (piece.Hole == nil) == (piece.HTML == "") {
					t.Fatalf("piece %d is both or neither: %+v", i, piece)
				}
				if i > 0 && i != d.Summary && piece.Hole == nil && d.Pieces[i-1].Hole == nil {
					t.Fatalf("pieces %d and %d are both HTML", i-1, i)
				}
				if slotIndex(piece.HTML) >= 0 {
					t.Fatalf("piece %d has a slot in its HTML", i)
				}
			}
			for _, h := range holesOf(d.Pieces) {
				if h.Off < 0 || h.Off > len(s) || h.DestOff < 0 || h.DestLen < 0 || h.DestOff+h.DestLen > len(s) {
					t.Fatalf("hole outside of the text: %+v", h)
				}
			}
			for id, off := range d.IDs {
				if slotIndex(id) >= 0 || off < 0 || off > len(s) {
					t.Fatalf("id %q at %d", id, off)
				}
			}
			if d.Summary > len(d.Pieces) {
				t.Fatalf("summary %d of %d", d.Summary, len(d.Pieces))
			}
		}
	})
}

// page is a page such as reference manuals have, about n bytes long.
func page(n int) []byte {
	var sb strings.Builder
	for sb.Len() < n {
		sb.WriteString("### Remarks\n\nReturns a [pointer](../atl/ptr.md#x) to the **first** element of `m_p`, see [here](y.md \"t\").\n" +
			"It is *not* copied.\n\n> [!NOTE]\n> Take care.\n\n```cpp\nint main() { return f(1, \"a\"); } // comment\n```\n\n" +
			"|Name|Value|\n|----|-----|\n|`a`|1|\n|`b`<br/>c|2|\n\n- one\n- two\n\n")
	}
	return []byte(sb.String())
}

func BenchmarkParse(b *testing.B) {
	pages := map[string][]byte{"made": page(100 << 10)}
	names := []string{"made"}
	if dir := os.Getenv("ETAGERE_CORPORA"); dir != "" {
		for _, name := range []string{"cpp-docs/docs/mfc/reference/cwnd-class.md", "cpp-docs/docs/cpp/lambda-expressions-in-cpp.md"} {
			if raw, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
				pages[name] = raw
				names = append(names, name)
			}
		}
	}
	p := New(Options{GFM: true, Extras: true, CJK: true})
	for _, name := range names {
		b.Run(filepath.Base(name), func(b *testing.B) {
			b.SetBytes(int64(len(pages[name])))
			b.ReportAllocs()
			for b.Loop() {
				p.Parse(NewText(name, pages[name], 0))
			}
		})
	}
}
