package markdown

import (
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etagere/etagere/builder/diag"
)

// files is a Loader over a map, which finds names whatever their case.
type files map[string]string

func (f files) Load(name string) (string, []byte, bool) {
	if s, ok := f[name]; ok {
		return name, []byte(s), true
	}
	for n, s := range f {
		if strings.EqualFold(n, name) {
			return n, []byte(s), true
		}
	}
	return "", nil, false
}

// codes are the problems' places and codes, one a line.
func codes(l diag.List) string {
	var b strings.Builder
	for _, p := range l {
		fmt.Fprintf(&b, "%s %s\n", p.Pos, p.Code)
	}
	return b.String()
}

type expandCase struct {
	name     string
	in       string
	files    files
	want     string
	problems string
}

func runExpand(t *testing.T, d Dialect, file, root string, cases []expandCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			in := NewText(file, []byte(c.in), 0)
			out, problems := Expand(in, root, Options{Dialects: []Dialect{d}}, c.files)
			if diff := cmp.Diff(c.want, string(out.Bytes)); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.problems, codes(problems)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			checkOrigins(t, out)
		})
	}
}

// checkOrigins fails where a byte of t is not the byte that it says it comes from.
func checkOrigins(t *testing.T, x *Text) {
	t.Helper()
	for i, s := range x.spans {
		end := len(x.Bytes)
		if i+1 < len(x.spans) {
			end = x.spans[i+1].at
		}
		if end < s.at || s.fixed {
			if end < s.at || s.off > len(s.src) {
				t.Fatalf("span %d is out of order", i)
			}
			continue
		}
		if got, want := string(x.Bytes[s.at:end]), string(s.src[s.off:s.off+end-s.at]); got != want {
			t.Fatalf("span %d has %q from %s, where there is %q", i, got, s.file, want)
		}
	}
}

const tenLines = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n"

func TestExpandVitePress(t *testing.T) {
	region := "a\n// #region one\n  b\n  // #region two\n    c\n  // #endregion two\n// #endregion one\nd\n"
	runExpand(t, VitePress, "docs/zh/guide/x.md", "docs/zh", []expandCase{
		{"whole file", "<<< ./a.js\n", files{"docs/zh/guide/a.js": "x\ny\n"}, "```js\nx\ny\n```\n", ""},
		{"source root above the language", "<<< @/snip/a.js{1,3-5}\n", files{"docs/snip/a.js": tenLines}, "```js {1,3-5}\n" + tenLines + "```\n", ""},
		{"region, language, title", "<<< @/a.js#one{2 ts:line-numbers} [T]\n", files{"docs/zh/a.js": region}, "```ts:line-numbers {2} title=\"T\"\nb\n  c\n```\n", ""},
		{"nested region", "<<< @/a.js#two\n", files{"a.js": region}, "```js\nc\n```\n", ""},
		{"language alone", "<<< @/a.cs{c#}\n", files{"a.cs": "x"}, "```c#\nx\n```\n", ""},
		{"in a list", "- x\n\n  <<< ./a.js\n", files{"docs/zh/guide/a.js": "x\n\ny\n"}, "- x\n\n  ```js\n  x\n  \n  y\n  ```\n", ""},
		{"title in a code group", "::: code-group\n<<< ./a.js\n:::\n<<< ./a.js\n", files{"docs/zh/guide/a.js": "x"}, "::: code-group\n```js title=\"a.js\"\nx\n```\n:::\n```js\nx\n```\n", ""},
		{"missing in a code group", "::: code-group\n<<< ./no.js\n:::\n", nil, "::: code-group\n```text [no.js]\n<<< ./no.js\n```\n:::\n", "docs/zh/guide/x.md:2:1 include-missing\n"},
		{"code with fences", "<<< ./a.md\n", files{"docs/zh/guide/a.md": "````\nx\n````\n"}, "`````md\n````\nx\n````\n`````\n", ""},
		{"missing", "a\n\n<<< ./no.js{1}\n", nil, "a\n\n`<<< ./no.js{1}`\n", "docs/zh/guide/x.md:3:1 include-missing\n"},
		{"missing region", "<<< ./a.js#no\n", files{"docs/zh/guide/a.js": "x"}, "```js\nx\n```\n", "docs/zh/guide/x.md:1:1 include-region\n"},
		{"shown, not used", "```md\n<<< @/filepath\n```\n", nil, "```md\n<<< @/filepath\n```\n", ""},
		{"empty file", "<<< ./a.js\n", files{"docs/zh/guide/a.js": ""}, "```js\n```\n", ""},
		{"Markdown", "<!--@include: ./p.md-->\n", files{"docs/zh/guide/p.md": "---\na: b\n---\n# P\n"}, "# P\n", ""},
		{"Markdown, lines", "<!-- @include: @/p.md{2,3} -->\n", files{"docs/p.md": tenLines}, "2\n3\n", ""},
		{"Markdown, open ranges", "<!--@include: ./p.md{9,}-->|<!--@include: ./p.md{,2}-->\n", files{"docs/zh/guide/p.md": tenLines}, "9\n10|1\n2\n", ""},
		{"Markdown, heading", "<!--@include: ./p.md#my-part-->\n", files{"docs/zh/guide/p.md": "# A\n## My part\nx\n```\n# no\n```\n### B\n## C\n"}, "## My part\nx\n```\n# no\n```\n### B\n", ""},
		{"Markdown, explicit id", "<!--@include: ./p.md#me-->\n", files{"docs/zh/guide/p.md": "## My part {#me}\nx\n"}, "## My part {#me}\nx\n", ""},
		{"Markdown, region and lines", "<!--@include: ./p.md#r{2,}-->\n", files{"docs/zh/guide/p.md": "no\n<!-- #region r -->\na\nb\n<!-- #endregion r -->\n"}, "b\n", ""},
		{"nested, each from its own folder", "<!--@include: ../p/p.md-->\n", files{"docs/zh/p/p.md": "<!--@include: ./q.md-->\n", "docs/zh/p/q.md": "q\n"}, "q\n", ""},
		{"loop", "<!--@include: ./p.md-->\n", files{"docs/zh/guide/p.md": "p <!--@include: ./p.md-->\n"}, "p `<!--@include: ./p.md-->`\n", "docs/zh/guide/p.md:1:3 include-loop\n"},
		{"in a code span", "`<!--@include: ./p.md-->`\n", nil, "`<!--@include: ./p.md-->`\n", ""},
		{"out of the site", "<<< ../../../../etc/passwd\n", files{"etc/passwd": "x"}, "`<<< ../../../../etc/passwd`\n", "docs/zh/guide/x.md:1:1 include-missing\n"},
	})
}

func TestExpandMkDocs(t *testing.T) {
	py := "docs_src/a.py"
	runExpand(t, MkDocs, "docs/en/docs/tutorial/x.md", "docs/en/docs", []expandCase{
		{"code", "{* ../../docs_src/a.py *}\n", files{py: "a\nb\n"}, "```python\na\nb\n```\n", ""},
		{"marks count in the source", "{* ../../docs_src/a.py ln[3:6] hl[4,6] *}\n", files{py: tenLines}, "```python {2,4}\n3\n4\n5\n6\n```\n", ""},
		{"gaps", "{* ../../docs_src/a.py ln[1:2,5, 8:9]  hl[5,8:9] title[\"app/a.py\"] *}\n", files{py: tenLines}, "```python {4,6-7} title=\"app/a.py\"\n1\n2\n…\n5\n…\n8\n9\n```\n", ""},
		{"dedent", "{* ../../docs_src/a.py ln[2:3] *}\n", files{py: "a\n    b\n      c\n"}, "```python\nb\n  c\n```\n", ""},
		{"in a list", "1. x\n\n    {* ../../docs_src/a.py *}\n", files{py: "a\n"}, "1. x\n\n    ```python\n    a\n    ```\n", ""},
		{"missing", "{* ../../docs_src/no.py hl[1] *}\n", nil, "`{* ../../docs_src/no.py hl[1] *}`\n", "docs/en/docs/tutorial/x.md:1:1 include-missing\n"},
		{"no include", "new = {**old}\n{**old, \"a\": 1}\n", nil, "new = {**old}\n{**old, \"a\": 1}\n", ""},
		{"old form in a fence", "```Python hl_lines=\"1\"\n{!> ../../docs_src/a.py!}\n```\n", files{py: "a\nb\n"}, "```Python hl_lines=\"1\"\na\nb\n```\n", ""},
		{"old form, missing", "```\n{!> ../../docs_src/no.py!}\n```\n", nil, "```\n{!> ../../docs_src/no.py!}\n```\n", "docs/en/docs/tutorial/x.md:2:1 include-missing\n"},
		{"snippet", "--8<-- \"inc/a.md\"\n", files{"inc/a.md": "A\n"}, "A\n", ""},
		{"snippet of a language", "--8<-- 'inc/a.md'\n", files{"docs/en/inc/a.md": "A\n"}, "A\n", ""},
		{"snippet lines", "--8<-- \"a.md:2:3\"\n\n--8<-- \"a.md::2\"\n\n--8<-- \"a.md:9\"\n", files{"a.md": tenLines}, "2\n3\n\n1\n2\n\n9\n10\n", ""},
		{"snippet ranges", "--8<-- \"a.md:1:2,4:5\"\n", files{"a.md": tenLines}, "1\n2\n4\n5\n", ""},
		{"section in a fence", "    ``` py\n    --8<-- \"a.py:f\"\n    ```\n", files{"a.py": "x\n# --8<-- [start:f]\ndef f():\n  pass\n# --8<-- [end:f]\n"}, "    ``` py\n    def f():\n      pass\n    ```\n", ""},
		{"escaped", "```\n;--8<-- \"a.md\"\n```\n", nil, "```\n--8<-- \"a.md\"\n```\n", ""},
		{"block", "--8<--\na.md\n; b.md\nc.md\n--8<--\nx\n", files{"a.md": "A\n", "c.md": "C\n"}, "A\nC\nx\n", ""},
		{"block without an end", "--8<--\na.md\n", nil, "`--8<--`\na.md\n", "docs/en/docs/tutorial/x.md:1:1 include-unclosed\n"},
		{"remote", "--8<-- \"https://example.org/a.md\"\n", nil, "`--8<-- \"https://example.org/a.md\"`\n", "docs/en/docs/tutorial/x.md:1:1 include-missing\n"},
		{"loop of two", "--8<-- \"a.md\"\n", files{"a.md": "--8<-- \"b.md\"\n", "b.md": "--8<-- \"a.md\"\n"}, "`--8<-- \"a.md\"`\n", "b.md:1:1 include-loop\n"},
	})
}

func TestExpandMdBook(t *testing.T) {
	rs := "use x;\n// ANCHOR: all\nfn a() {}\n// ANCHOR: b\nfn b() {}\n// ANCHOR_END: b\n// ANCHOR_END: all\n"
	runExpand(t, MdBook, "src/ch1/x.md", "src", []expandCase{
		{"in a fence", "```rust\n{{#include ../../l/a.rs}}\n```\n", files{"l/a.rs": "fn a() {}\n"}, "```rust\nfn a() {}\n```\n", ""},
		{"lines", "```\n{{#include a:2}}\n{{#include a::2}}\n{{#include a:9:}}\n{{#include a:4:5}}\n```\n", files{"src/ch1/a": tenLines}, "```\n2\n1\n2\n9\n10\n4\n5\n```\n", ""},
		{"anchor", "```rust\n{{#rustdoc_include a.rs:b}}\n```\n", files{"src/ch1/a.rs": rs}, "```rust\nfn b() {}\n```\n", ""},
		{"outer anchor", "```rust\n{{#include a.rs:all}}\n```\n", files{"src/ch1/a.rs": rs}, "```rust\nfn a() {}\nfn b() {}\n```\n", ""},
		{"escaped", "`\\{{#include a.rs}}`\n", nil, "`{{#include a.rs}}`\n", ""},
		{"playground", "{{#playground a.rs editable}}\n", files{"src/ch1/a.rs": "fn main() {}\n"}, "```rust,editable\nfn main() {}\n```\n", ""},
		{"title", "{{#title My page}}\n# X\n", nil, "\n# X\n", ""},
		{"inline", "a {{#include v.txt}} b\n", files{"src/ch1/v.txt": "1.2\n"}, "a 1.2 b\n", ""},
		{"other braces", "{{ x }} {{#if}} {{foo}}\n", nil, "{{ x }} {{#if}} {{foo}}\n", ""},
		{"missing", "{{#include no.md}}\n", nil, "`{{#include no.md}}`\n", "src/ch1/x.md:1:1 include-missing\n"},
	})
}

func TestExpandLearn(t *testing.T) {
	h := "#pragma once\n// <Snippet03>\nclass A {\n\tint a;\n};\n// </Snippet03>\n//<snippet4>\n  b\n//</snippet4>\n"
	runExpand(t, MSLearn, "docs/mfc/x.md", "docs", []expandCase{
		{"include", "[!INCLUDE[note](../includes/n.md)]\n", files{"docs/includes/n.md": "---\na: b\n---\n\n> [!NOTE]\n> x\n"}, "> [!NOTE]\n> x\n", ""},
		{"include in a list", "- a\n\n  [!INCLUDE [note](../includes/n.md)]\n", files{"docs/includes/n.md": "b\n\nc\n"}, "- a\n\n  b\n\n  c\n", ""},
		{"include in a line", "a [!include[x](n.md)] b `[!include[x](n.md)]`\n", files{"docs/mfc/n.md": "N\n"}, "a N b `[!include[x](n.md)]`\n", ""},
		{"include from the root", "[!INCLUDE[x](~/n.md)]\n", files{"n.md": "N\n"}, "N\n", ""},
		{"snippet, whole file", "[!code-cpp[NVC#1](../mfc/CPP/x_1.h)]\n", files{"docs/mfc/CPP/x_1.h": "a\n"}, "```cpp\na\n```\n", ""},
		{"case differs", "[!code-cpp[NVC#1](cpp/x_1.h)]\n", files{"docs/mfc/CPP/x_1.h": "a\n"}, "```cpp\na\n```\n", "docs/mfc/x.md:1:1 include-case\n"},
		{"region by number", "[!code-cpp[x#03](a.h#03)]\n", files{"docs/mfc/a.h": h}, "```cpp\nclass A {\n\tint a;\n};\n```\n", ""},
		{"region by name", "[!code-cpp[x](a.h#snippet4)]\n", files{"docs/mfc/a.h": h}, "```cpp\nb\n```\n", ""},
		{"region of an editor", "[!code-csharp[Main](a.cs#Some)]\n", files{"docs/mfc/a.cs": "x\n#region Some\n y\n#endregion\n"}, "```csharp\ny\n```\n", ""},
		{"marks", "[!code-cpp[](a.h?highlight=1&range=2-4)]\n", files{"docs/mfc/a.h": tenLines}, "```cpp {1}\n2\n3\n4\n```\n", ""},
		{"in a list", "1. a\n\n   [!code-cpp[x#1](a.h)]\n", files{"docs/mfc/a.h": "a\n b\n"}, "1. a\n\n   ```cpp\n   a\n    b\n   ```\n", ""},
		{"block", ":::code language=\"cpp\" source=\"a.h\" range=\"2-3,6\" highlight=\"2\":::\n", files{"docs/mfc/a.h": tenLines}, "```cpp {2}\n2\n3\n…\n6\n```\n", ""},
		{"block by id", ":::code language=\"cpp\" source=\"a.h\" id=\"snippet03\":::\n", files{"docs/mfc/a.h": h}, "```cpp\nclass A {\n\tint a;\n};\n```\n", ""},
		{"missing", "[!INCLUDE[x](no.md)]\n", nil, "`[!INCLUDE[x](no.md)]`\n", "docs/mfc/x.md:1:1 include-missing\n"},
		{"CRLF", "[!code-cpp[x#1](a.h)]\r\nb\r\n", files{"docs/mfc/a.h": "a\r\nb\r\n"}, "```cpp\na\nb\n```\r\nb\r\n", ""},
	})
}

func TestExpandOff(t *testing.T) {
	in := "<<< ./a\n{* a *}\n--8<-- \"a\"\n{{#include a}}\n[!INCLUDE[a](a)]\n"
	for _, o := range []Options{{}, {Dialects: []Dialect{Hugo, Docusaurus}}} {
		x := NewText("x.md", []byte(in), 0)
		out, problems := Expand(x, ".", o, files{"a": "b"})
		if string(out.Bytes) != in || len(problems) > 0 {
			t.Errorf("%v: changed to %q, %v", o.Dialects, out.Bytes, problems)
		}
	}
}

func TestExpandPositions(t *testing.T) {
	src := "---\ntitle: x\n---\na\n\n[!INCLUDE[n](inc/n.md)]\n\nend [x](y)\n"
	x, _ := Expand(NewText("docs/a.md", []byte(src), 17), "docs", Options{Dialects: []Dialect{MSLearn}},
		files{"docs/inc/n.md": "first\nsee [z](z.md)\n"})
	for _, c := range []struct{ at, want string }{
		{"see", "docs/inc/n.md:2:1"}, {"end", "docs/a.md:8:1"}, {"a\n", "docs/a.md:4:1"},
	} {
		file, s, off := x.Origin(strings.Index(string(x.Bytes), c.at))
		if got := diag.PosAt(file, s, off).String(); got != c.want {
			t.Errorf("%q comes from %s, want %s", c.at, got, c.want)
		}
	}
}

func TestExpandLimits(t *testing.T) {
	o := Options{Dialects: []Dialect{VitePress}}
	deep, bomb := files{}, files{}
	for i := range 40 {
		next := fmt.Sprintf("<!--@include: ./%d.md-->\n", i+1)
		deep[fmt.Sprintf("%d.md", i)] = next
		bomb[fmt.Sprintf("%d.md", i)] = strings.Repeat(next, 10)
	}
	_, problems := Expand(NewText("0.md", []byte(deep["0.md"]), 0), ".", o, deep)
	if got := codes(problems); got != "16.md:1:1 include-depth\n" {
		t.Errorf("a deep chain: %s", got)
	}
	_, problems = Expand(NewText("x.md", []byte(bomb["0.md"]), 0), ".", o, bomb)
	n := 0
	for _, p := range problems {
		if p.Code == "include-size" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("a bomb: include-size %d times among %d problems", n, len(problems))
	}
}

func FuzzExpand(f *testing.F) {
	for _, s := range []string{
		"<<< ./a{1,2 ts} [x]\n<!--@include: a#r{1,}-->", "{* a ln[1:2,3] hl[2] *}\n```\n{!> a !}\n```", "--8<-- \"a:1:2\"\n--8<--\na\n--8<--\n",
		"- {{#include a:x}} {{#playground b}}", "> [!INCLUDE[x](a)] [!code-cpp[](a?range=1)]\n:::code source=\"a\" range=\"-\":::",
	} {
		f.Add(s, "1\n#region r\n2\n#endregion\n")
	}
	all := Options{Dialects: []Dialect{VitePress, MkDocs, MdBook, MSLearn, Docusaurus, Hugo}}
	f.Fuzz(func(t *testing.T, in, other string) {
		load := files{"a": other, "b": in, "d/a": other, path.Join("d", "b.md"): in}
		x := NewText("d/x.md", []byte(in), 0)
		out, problems := Expand(x, "d", all, load)
		checkOrigins(t, out)
		if !strings.ContainsAny(in, "<-{[:@") && (string(out.Bytes) != in || len(problems) > 0) {
			t.Errorf("a text without directives was changed")
		}
		FirstH1(out)
	})
}
