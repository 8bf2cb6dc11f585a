package markdown

import (
	"fmt"
	"strings"
	"testing"
)

func TestFenceInfo(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", `"" ""`},
		{"go", `"go" ""`},
		{"language-bash", `"bash" ""`},
		{"c++ foo", `"c++" ""`},
		{"rust,ignore", `"rust" ""`},
		{"js{1,3-4}", `"js" "" hl1-1 hl3-4`},
		{"js {5} title='a b.js'", `"js" "a b.js" hl5-5`},
		{"ts:line-numbers {1} [config.ts]", `"ts" "config.ts" hl1-1 from1`},
		{"ts:line-numbers=7", `"ts" "" from7`},
		{"ts:no-line-numbers", `"ts" "" nonumbers`},
		{`json hl_lines="2  7-10 23-25"`, `"json" "" hl2-2 hl7-10 hl23-25`},
		{`hl_lines="4"`, `"" "" hl4-4`},
		{`{ .dockerfile .annotate hl_lines="10  13" }`, `"dockerfile" "" hl10-10 hl13-13 .annotate`},
		{`python linenums="3"`, `"python" "" from3`},
		{`go {linenos=true,hl_lines=[1,"3-5"],linenostart=9}`, `"go" "" hl1-1 hl3-5 from9`},
		{"js ins={1} del={2-3} showLineNumbers", `"js" "" add1-1 del2-3 from1`},
		{"yaml   title=\"conf/config.yaml\"", `"yaml" "conf/config.yaml"`},
		{"js [a", `"js" ""`},
		{"js {", `"js" ""`},
		{`js title="a`, `"js" "a"`},
		{"js hl_lines=99999999999999999999", `"js" ""`},
	}
	for _, tt := range tests {
		f := parseFenceInfo(tt.in)
		got := fmt.Sprintf("%q %q", f.lang, f.title)
		for _, m := range f.marks {
			got += fmt.Sprintf(" %s%d-%d", m.class, m.from, m.to)
		}
		if f.numbers {
			got += fmt.Sprintf(" from%d", f.start)
		}
		if f.noNumbers {
			got += " nonumbers"
		}
		for _, c := range f.classes {
			got += " ." + c
		}
		if got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.in, got, tt.want)
		}
	}
}

func TestMarks(t *testing.T) {
	code, marks := takeMarks("a // [!code ++]\n# [!code focus:2]\nb\nc <!-- [!code --] -->\nd [!code-cpp[x](y)] // [!code what]\n")
	if want := "a\nb\nc\nd [!code-cpp[x](y)] // [!code what]\n"; code != want {
		t.Errorf("got %q, want %q", code, want)
	}
	if got, want := fmt.Sprint(marks), "[{{1 1} add} {{2 3} focus} {{3 3} del}]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestHighlight(t *testing.T) {
	// Whatever the language, the text of the code is all there.
	code := "#include <a> // \"x\n$ ls -l\n+ {{ b }} \u4e2d\t'\n"
	for _, lang := range []string{"c++", "C#", "language-bash", "Python", "shell-session", "console", "vue", "jsonc", "promql", "cmd", "nosuch", "", "text", "html", "yaml", "diff", "md"} {
		html := Highlight(code, lang, "")
		text := unescapeHTML(stripTags(html))
		if text != code {
			t.Errorf("%s: got %q, want %q", lang, text, code)
		}
	}
	for _, lang := range []string{"c++", "C#", "language-bash", "Python", "shell-session", "console", "vue", "jsonc", "promql", "go", "nginx", "cmd", "dockerfile", "toml"} {
		if lexerFor(lang) == nil {
			t.Errorf("no lexer for %q", lang)
		}
	}
	got := Highlight("a := 1", "go", `{2} linenums="3" title="<t>"`)
	want := `<figure class="code numbered" data-lang="go"><figcaption>&lt;t&gt;</figcaption><pre tabindex="0"><code class="language-go">` +
		`<span class="line" data-n="3"><span class="nx">a</span> <span class="o">:=</span> <span class="mi">1</span></span>` + "\n</code></pre></figure>"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	css, ok := HighlightCSS("github", ".code")
	if !ok || !strings.Contains(css, ".code .k {") {
		t.Errorf("style sheet %v: %q", ok, css)
	}
	if _, ok := HighlightCSS("nosuch", ""); ok {
		t.Error("a style that does not exist was found")
	}
}

func stripTags(s string) string {
	var sb strings.Builder
	for s != "" {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			return sb.String() + s
		}
		sb.WriteString(s[:i])
		s = s[i+strings.IndexByte(s[i:], '>')+1:]
	}
	return sb.String()
}

// TestTabs checks the nodes that the dialects build tabs of.
func TestTabs(t *testing.T) {
	d := New(Options{Extras: true, Dialects: []Dialect{VitePress}}).Parse(NewText("a.md",
		[]byte("::: code-group\n```js [a.js]\nx\n```\n```go\ny\n```\n:::\n"), 0))
	got := fill(d.Pieces)
	for _, want := range []string{`<div class="tabs">`, `id="tabs-1-1" checked>`, `<label class="tab-label" for="tabs-1-1">a.js</label>`,
		`id="tabs-1-2">`, `for="tabs-1-2">go</label>`} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	if strings.Contains(got, "figcaption") {
		t.Errorf("the title is shown twice:\n%s", got)
	}
}
