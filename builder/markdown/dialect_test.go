package markdown

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type dialectCase struct {
	name, in, want string
	problems       string // "line:col code" each
}

func runDialect(t *testing.T, o Options, cases []dialectCase) {
	t.Helper()
	o.Extras = true
	p := New(o)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			doc := p.Parse(NewText("x", []byte(c.in), 0))
			if diff := cmp.Diff(c.want, bare(fill(doc.Pieces))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			var got []string
			for _, line := range strings.Split(strings.TrimSpace(codes(doc.Problems.Sorted())), "\n") {
				got = append(got, strings.TrimPrefix(line, "x:"))
			}
			if s := strings.Join(got, ", "); s != c.problems {
				t.Errorf("problems %q, want %q", s, c.problems)
			}
		})
	}
}

// bare takes what the theme may change off alerts and code blocks.
func bare(html string) string {
	return strings.NewReplacer(` role="note"`, "", `<figure class="code"><pre tabindex="0">`, "<pre>", "</pre></figure>", "</pre>").Replace(html)
}

// alert is how an alert comes out by default.
func alert(class, title, inner string) string {
	return `<div class="alert alert-` + class + "\">\n<p class=\"alert-title\">" + title + "</p>\n" + inner + "</div>\n"
}

func tabRow(n string, pairs ...string) string {
	var b strings.Builder
	b.WriteString("<div class=\"tabs\">\n")
	for i := 0; i < len(pairs); i += 2 {
		id, checked := "tabs-"+n+"-"+string(rune('1'+i/2)), ""
		if i == 0 {
			checked = " checked"
		}
		b.WriteString(`<div class="tab"><input class="tab-input" type="radio" name="tabs-` + n + `" id="` + id + `"` + checked +
			`><label class="tab-label" for="` + id + `">` + pairs[i] + "</label>\n<div class=\"tab-panel\">\n" + pairs[i+1] + "</div></div>\n")
	}
	return b.String() + "</div>\n"
}

func TestVitePress(t *testing.T) {
	runDialect(t, Options{Dialects: []Dialect{VitePress}}, []dialectCase{
		{"titled", "::: tip A *b*\nx\n:::\n", alert("tip", "A <em>b</em>", "<p>x</p>\n"), ""},
		{"title of the type", "::: warning\nx\n\ny\n:::\nz\n", alert("warning", "Warning", "<p>x</p>\n<p>y</p>\n") + "<p>z</p>\n", ""},
		{"after a paragraph", "a\n::: info\nx\n:::\n", "<p>a</p>\n" + alert("info", "Info", "<p>x</p>\n"), ""},
		{"more colons nest", ":::: info\n::: tip\nx\n:::\ny\n::::\n", alert("info", "Info", alert("tip", "Tip", "<p>x</p>\n")+"<p>y</p>\n"), ""},
		{"as many nest, too", "::: info\n::: tip\nx\n:::\ny\n:::\n", alert("info", "Info", alert("tip", "Tip", "<p>x</p>\n")+"<p>y</p>\n"), ""},
		{"more colons close", "::: info\nx\n::::\ny\n", alert("info", "Info", "<p>x</p>\n") + "<p>y</p>\n", ""},
		{"list inside", "::: info\n- a\n- b\n:::\nz\n", alert("info", "Info", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n") + "<p>z</p>\n", ""},
		{"in a list", "- a\n\n  ::: info\n  x\n  :::\n- b\n", "<ul>\n<li>\n<p>a</p>\n" + alert("info", "Info", "<p>x</p>\n") + "</li>\n<li>\n<p>b</p>\n</li>\n</ul>\n", ""},
		{"in a quote", "> ::: info\n> x\n> :::\n", "<blockquote>\n" + alert("info", "Info", "<p>x</p>\n") + "</blockquote>\n", ""},
		{"colons in code", "::: info\n```\n:::\n```\n:::\n", alert("info", "Info", "<pre><code>:::\n</code></pre>\n"), ""},
		{"details", "::: details Click {open}\nx\n:::\n", "<details class=\"alert alert-details\" open>\n<summary>Click</summary>\n<p>x</p>\n</details>\n", ""},
		{"v-pre", "::: v-pre\n{{ x }}\n:::\n", "<p>{{ x }}</p>\n", ""},
		{"no title", "::: tip {no-title}\nx\n:::\n", "<div class=\"alert alert-tip\">\n<p>x</p>\n</div>\n", ""},
		{"no type", "::: 注意\nx\n:::\n", alert("note", "注意", "<p>x</p>\n"), "1:1 container-type"},
		{"unknown type", "::: colour Red\nx\n:::\n", alert("colour", "Red", "<p>x</p>\n"), "1:1 container-type"},
		{"unclosed", "a\n\n::: tip\nx\n", "<p>a</p>\n" + alert("tip", "Tip", "<p>x</p>\n"), "3:1 container-unclosed"},
		{"stray", "a\n\n:::\n\nb\n", "<p>a</p>\n<p>b</p>\n", "3:1 container-stray"},
		{"empty", "::: tip\n:::\n", alert("tip", "Tip", ""), ""},
	})
}

func TestCodeGroup(t *testing.T) {
	html := toHTML(Options{Extras: true, Dialects: []Dialect{VitePress}}, "::: code-group\n\n```js [a.js]\nx\n```\n\n```sh\ny\n```\n\n:::\nz\n")
	for _, want := range []string{`class="tabs"`, `>a.js</label>`, `>sh</label>`, "<p>z</p>"} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in\n%s", want, html)
		}
	}
	if strings.Count(html, "a.js") != 1 {
		t.Errorf("the title is shown twice:\n%s", html)
	}
}

func TestDocusaurus(t *testing.T) {
	runDialect(t, Options{Dialects: []Dialect{Docusaurus}}, []dialectCase{
		{"brackets", ":::caution[已知 `x`]\n\nx\n\n:::\n", alert("caution", "已知 <code>x</code>", "<p>x</p>\n"), ""},
		{"bare title", ":::tip 提示\nx\n:::\n", alert("tip", "提示", "<p>x</p>\n"), ""},
		{"imports", "import Tabs from '@theme/Tabs';\nimport {a, b} from \"x\"\n\nexport const x = {\n  a: 1,\n};\n\n# T\n", "<h1 id=\"t\">T</h1>\n", ""},
		{"no import", "import the file from there\n\nexport default is a word\n", "<p>import the file from there</p>\n<p>export default is a word</p>\n", ""},
		{"comment", "{/* a\n\nb */}\n\nx {/* y */}z\n", "<p>x z</p>\n", ""},
		{"tabs", "<Tabs\ngroupId=\"api\"\nvalues={[\n{label: 'Admin API', value: 'a'},\n{label: 'ADC', value: 'b'}\n]}>\n\n<TabItem value=\"a\">\n\n*x*\n\n</TabItem>\n<TabItem value=\"b\">\n\ny\n\n</TabItem>\n</Tabs>\n\nz\n",
			tabRow("1", "Admin API", "<p><em>x</em></p>\n", "ADC", "<p>y</p>\n") + "<p>z</p>\n", ""},
		{"tabs, indented", "<Tabs>\n  <TabItem value=\"a\" label=\"Apple\" default>\n    x\n\n        code\n  </TabItem>\n  <TabItem value=\"o\">\n    y\n  </TabItem>\n</Tabs>\n",
			tabRow("1", "Apple", "<p>x</p>\n<pre><code>code\n</code></pre>\n", "o", "<p>y</p>\n"), ""},
		{"unclosed tabs", "<Tabs>\n<TabItem value=\"a\">\nx\n", tabRow("1", "a", "<p>x</p>\n"), "1:1 container-unclosed, 2:1 container-unclosed"},
	})
}

func TestMkDocs(t *testing.T) {
	runDialect(t, Options{Dialects: []Dialect{MkDocs}}, []dialectCase{
		{"admonition", "!!! note \"A *b*\"\n    x\n\n    y\n\nz\n", alert("note", "A <em>b</em>", "<p>x</p>\n<p>y</p>\n") + "<p>z</p>\n", ""},
		{"no title", "!!! tip \"\"\n    x\n", "<div class=\"alert alert-tip\">\n<p>x</p>\n</div>\n", ""},
		{"classes", "!!! note inline end\n    x\n", strings.Replace(alert("note", "Note", "<p>x</p>\n"), "alert-note", "alert-note inline end", 1), ""},
		{"details", "???+ note \"T\"\n    x\n", "<details class=\"alert alert-details alert-note\" open>\n<summary>T</summary>\n<p>x</p>\n</details>\n", ""},
		{"code inside", "!!! note\n    ```\n    a\n      b\n    ```\n", alert("note", "Note", "<pre><code>a\n  b\n</code></pre>\n"), ""},
		{"an image is none", "!!!\n\n![a](b)\n", "<p>!!!</p>\n<p><img src=\"b\" alt=\"a\"></p>\n", ""},
		{"tabs", "=== \"A\"\n\n    x\n\n=== \"B *c*\"\n\n    y\n\nz\n", tabRow("1", "A", "<p>x</p>\n", "B <em>c</em>", "<p>y</p>\n") + "<p>z</p>\n", ""},
		{"two rows", "=== \"A\"\n    x\n===! \"B\"\n    y\n", tabRow("1", "A", "<p>x</p>\n") + tabRow("2", "B", "<p>y</p>\n"), ""},
		{"slashes", "/// note | Technical *Details*\n\nx\n\n///\n", alert("note", "Technical <em>Details</em>", "<p>x</p>\n"), ""},
		{"slashes, nested", "//// tab | A\n\n/// tip\nx\n///\n\n////\n\n//// tab | B\n\ny\n\n////\n", tabRow("1", "A", alert("tip", "Tip", "<p>x</p>\n"), "B", "<p>y</p>\n"), ""},
		{"slashes, options", "/// details | T\n    type: warning\n    open: True\n\nx\n///\n", "<details class=\"alert alert-details alert-warning\" open>\n<summary>T</summary>\n<p>x</p>\n</details>\n", ""},
		{"slashes in code", "```\n/// note\n///\n```\n", "<pre><code>/// note\n///\n</code></pre>\n", ""},
		{"slashes unclosed", "/// note\nx\n", alert("note", "Note", "<p>x</p>\n"), "1:1 container-unclosed"},
		{"slashes with text", "/// a doc comment\n", "<p>/// a doc comment</p>\n", ""},
		{"html", "/// html | div.a.b\nx\n///\n", "<div class=\"a b\">\n<p>x</p>\n</div>\n", ""},
		{"keys", "Press ++ctrl+alt+del++, not a++ or b++.\n", "<p>Press <span class=\"keys\"><kbd>Ctrl</kbd>+<kbd>Alt</kbd>+<kbd>Del</kbd></span>, not a++ or b++.</p>\n", ""},
		{"marks", "==a *b*== ^^c^^ x == y == z\n", "<p><mark>a <em>b</em></mark> <ins>c</ins> x == y == z</p>\n", ""},
		{"icons", ":material-home:{ .x } Home `:material-home:`\n", "<p> Home <code>:material-home:</code></p>\n", ""},
		{"abbreviations", "The HTML of XHTML, `HTML`.\n\n*[HTML]: Hyper \"T\"\n", "<p>The <abbr title=\"Hyper &quot;T&quot;\">HTML</abbr> of XHTML, <code>HTML</code>.</p>\n", ""},
		{"plug-in", "::: fastapi.APIRouter\n    options:\n        members: x\n\nz\n", "<p class=\"plugin\"><code>fastapi.APIRouter</code></p>\n<p>z</p>\n", ""},
		{"Markdown in HTML", "<div class=\"a\" markdown=\"1\">\n*x*\n</div>\n", "<div class=\"a\">\n<p><em>x</em></p>\n</div>\n", ""},
		{"Markdown in HTML, bare", "<div markdown>\n\nx\n\n</div>\n", "<div>\n<p>x</p>\n</div>\n", ""},
	})
}

func TestMdBook(t *testing.T) {
	runDialect(t, Options{Dialects: []Dialect{MdBook}}, []dialectCase{
		{"rule", "r[items.use]\nText *x*\n", "<div class=\"rule\" id=\"r-items.use\">\n<a class=\"rule-link\" href=\"#r-items.use\">[items.use]</a>\n</div>\n<p>Text <em>x</em></p>\n", ""},
		{"no rule", "a r[x] b\n", "<p>a r[x] b</p>\n", ""},
	})
	html := toHTML(Options{Extras: true, Dialects: []Dialect{MdBook}}, "```rust,ignore\n# fn main() {\n#[derive(X)]\n  ## y\n  # z\n#\nlet a;\n# }\n```\n")
	reTag := regexp.MustCompile(`<[^>]*>`)
	got := strings.TrimSpace(reTag.ReplaceAllString(html, ""))
	if want := "#[derive(X)]\n  # y\nlet a;"; got != want {
		t.Errorf("hidden lines: %q, want %q", got, want)
	}
	doc := New(Options{Extras: true, Dialects: []Dialect{MdBook}}).Parse(NewText("", []byte("a\n\nr[b.c]\n"), 0))
	if _, ok := doc.IDs["r-b.c"]; !ok {
		t.Error("the rule is no place to link to")
	}
}

func TestLearn(t *testing.T) {
	image := "<p><img src=\"m/a.png\" alt=\"An A\"></p>\n"
	runDialect(t, Options{Dialects: []Dialect{MSLearn}}, []dialectCase{
		{"all versions", "::: moniker range=\">=msvc-160\"\n\nx\n\n::: moniker-end\ny\n", "<div class=\"moniker\">\n<p class=\"moniker-range\">≥ msvc-160</p>\n<p>x</p>\n</div>\n<p>y</p>\n", ""},
		{"image", ":::image type=\"content\" source=\"m/a.png\" alt-text=\"An A\":::\n", image, ""},
		{"image without an end", ":::image type=\"content\" source=\"m/a.png\" alt-text=\"An A\"\nx\n", image + "<p>x</p>\n", ""},
		{"image in a list", "1. a\n\n   :::image source= \"m/a.png\" alt-text=\"An A\":::\n", "<ol>\n<li>\n<p>a</p>\n" + image + "</li>\n</ol>\n", ""},
		{"image in a line", "a :::image type=\"icon\" source=\"m/a.png\"::: b\n", "<p>a <img src=\"m/a.png\" alt=\"\"> b</p>\n", ""},
		{"image described", ":::image type=\"complex\" source=\"m/a.png\" alt-text=\"An A\":::\nLong *x*.\n::: image-end :::\ny\n", "<div class=\"image-described\">\n" + image + "<p>Long <em>x</em>.</p>\n</div>\n<p>y</p>\n", ""},
		{"image not described", ":::image type=\"complex\" source=\"m/a.png\" alt-text=\"An A\":::\n\nx\n", image + "<p>x</p>\n", ""},
		{"image on two lines", ":::image type=\"content\" source=\"m/a.png\" alt-text=\"An\nA\":::\nx\n", strings.Replace(image, "An A", "An\nA", 1) + "<p>x</p>\n", ""},
		{"columns", ":::row:::\n   :::column span=\"2\":::\n      [a](a.md)\\\n      b\n   :::column-end:::\n   :::column:::\n        c\n   :::column-end:::\n:::row-end:::\nz\n",
			"<div class=\"row\">\n<div class=\"column span-2\">\n<p><a href=\"a.md\">a</a><br>\nb</p>\n</div>\n<div class=\"column\">\n<p>c</p>\n</div>\n</div>\n<p>z</p>\n", ""},
		{"div", "> [!div class=\"nextstepaction\"]\n> [a](b.md)\n", "<div class=\"nextstepaction\">\n<p><a href=\"b.md\">a</a></p>\n</div>\n", ""},
		{"div with a list", "> [!div class=\"checklist\"]\n>\n> * a\n", "<div class=\"checklist\">\n<ul>\n<li>a</li>\n</ul>\n</div>\n", ""},
		{"tabs", "# [A *b*](#tab/a)\n\nx\n\n# [C](#tab/c)\n\n## D\n\n---\n\nz\n", tabRow("1", "A b", "<p>x</p>\n", "C", "<h2 id=\"d\">D</h2>\n") + "<p>z</p>\n", ""},
		{"xref", "See <xref:System.List%601?displayProperty=fullName>.\n", "<p>See <code>System.List`1</code>.</p>\n", ""},
		{"unclosed", ":::zone pivot=\"a\"\nx\n", "<div class=\"zone\">\n<p>x</p>\n</div>\n", "1:1 container-unclosed"},
	})
	runDialect(t, Options{Dialects: []Dialect{MSLearn}, Moniker: "msvc-160"}, []dialectCase{
		{"in range", "::: moniker range=\">=msvc-150\"\nx\n::: moniker-end\n", "<p>x</p>\n", ""},
		{"out of range", "a\n::: moniker range=\"<=msvc-150\"\n# x\n::: moniker-end\nb\n", "<p>a</p>\n<p>b</p>\n", ""},
		{"one of two", ":::moniker range=\"msvc-140 || msvc-160\"\nx\n:::moniker-end\n", "<p>x</p>\n", ""},
	})
}

func TestImagePosition(t *testing.T) {
	src := "- a\n\n  :::image type=\"content\" source=\"m/a.png\" alt-text=\"An A\":::\n"
	doc := New(Options{Dialects: []Dialect{MSLearn}}).Parse(NewText("", []byte(src), 0))
	for _, p := range doc.Pieces {
		if p.Hole != nil && p.Hole.Kind == Image {
			if got := src[p.Hole.DestOff : p.Hole.DestOff+p.Hole.DestLen]; got != "m/a.png" {
				t.Errorf("the destination is %q", got)
			}
			return
		}
	}
	t.Error("no image")
}

// TestDialectsOff: a dialect that is off changes nothing.
func TestDialectsOff(t *testing.T) {
	in := "::: tip\nx\n:::\n\n/// note\n///\n\n!!! note\n    x\n\n=== \"A\"\n    y\n\n++a++ ==b== ^^c^^ :material-x: *[H]: x\n\nr[a.b]\n\n:::image source=\"a\":::\n\n" +
		"> [!div class=\"x\"]\n\n# [A](#tab/a)\n\n<xref:a>\n\n<Tabs>\n<TabItem value=\"a\">\n\nx\n\n</TabItem>\n</Tabs>\n\nimport a from 'b'\n\n{/* c */}\n\n```rust\n# x\n```\n"
	o := Options{Extras: true}
	want := toHTML(o, in)
	o.Dialects = []Dialect{Hugo}
	if diff := cmp.Diff(want, toHTML(o, in)); diff != "" {
		t.Error(diff)
	}
	for _, s := range []string{"::: tip", "/// note", "!!! note", "++a++", "r[a.b]", "{/* c */}"} {
		if !strings.Contains(want, s) {
			t.Errorf("no %q in the page", s)
		}
	}
}

func FuzzDialects(f *testing.F) {
	for _, s := range []string{
		"::: tip\n- a\n  ::: x\n:::\n::::\n", "!!! a \"b\"\n    === \"c\"\n        d\n", "/// tab | x\n    new: True\n\n//// y\n///\n",
		":::row:::\n  :::column:::\n\t\tx\n:::row-end:::\n:::image type=\"complex\" source=\"a\" alt-text=\"\nb\":::\n:::image-end:::\n",
		"<Tabs\nvalues={[\n]}>\n<TabItem>\n</Tabs>\n", "*[a]: b\n\na ==b== ++c++\n", "# [a](#tab/b)\n\n---\n> [!div]\n", "```rust\n  ## a\n```\nr[a]\n",
	} {
		f.Add(s)
	}
	one := New(Options{GFM: true, Extras: true, CJK: true, Dialects: []Dialect{VitePress, MkDocs, MdBook, Docusaurus, MSLearn}})
	two := New(Options{Dialects: []Dialect{MSLearn}, Moniker: "a-1"})
	f.Fuzz(func(t *testing.T, in string) {
		for _, p := range []*Parser{one, two} {
			x := NewText("x", []byte(in), 0)
			for _, problem := range p.Parse(x).Problems {
				if problem.Line < 1 {
					t.Errorf("a problem without a place: %v", problem)
				}
			}
		}
	})
}
