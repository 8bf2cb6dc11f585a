package markdown

import (
	"strings"
	"sync"
	"testing"
)

func TestExtras(t *testing.T) {
	all := everything()
	plain := Options{GFM: true, Extras: true}
	tests := []struct {
		name string
		opts Options
		in   string
		want string
	}{
		{"heading ids", plain, "# Hi {#x .c}\n## T ## { #y }\n## R {/*z*/}\n## R\n## R\n## R-1\n",
			`<h1 id="x" class="c">Hi</h1> <h2 id="y">T</h2> <h2 id="z">R</h2> <h2 id="r">R</h2> <h2 id="r-1">R</h2> <h2 id="r-1-1">R-1</h2>`},
		{"a name in its own heading", plain, "## <a name=\"r\"></a> R\n\n## R\n",
			`<h2 id="r"><a name="r"></a> R</h2> <h2 id="r-1">R</h2>`},
		{"an id of raw HTML is taken", plain, "# A\n\n<p id=\"a\">", `<h1 id="a-1">A</h1> <p id="a">`},
		{"escaped braces are text", plain, "# A \\{#b}\n", `<h1 id="a-b">A {#b}</h1>`},
		{"attributes of a link and an image", plain, "[b](c \"t\"){target=_blank .k} ![a *b*](x){width=3} `c`{.d}\n",
			`<p><a href="c" title="t" target="_blank" class="k">b</a> <img src="x" alt="a b" width="3"> <code class="d">c</code></p>`},
		{"braces that are no attributes", plain, "[b](c){x} a{.b}\n", `<p><a href="c">b</a>{x} a{.b}</p>`},
		{"attributes of blocks", plain, "p\n{.a #i}\n\n|a|\n|-|\n{: .t}\n\n- a\n{.l}\n\n```x\ny\n```\n{.f}\n\n{.none}\n",
			`<p class="a" id="i">p</p> <table class="t"> <thead> <tr> <th>a</th> </tr> </thead> </table> <ul class="l"> <li>a</li> </ul> ` +
				`<figure class="code f" data-lang="x"><pre tabindex="0"><code class="language-x">y </code></pre></figure> <p>{.none}</p>`},
		{"alert", plain, ">[!Note]\n> a\n", `<div class="alert alert-note" role="note"> <p class="alert-title">Note</p> <p>a</p> </div>`},
		{"alert with a title, in a list", plain, "- > [!x-y] A *t* [l](m)\n  > a\n",
			`<ul> <li> <div class="alert alert-x-y" role="note"> <p class="alert-title">A <em>t</em> l</p> <p>a</p> </div> </li> </ul>`},
		{"alert that opens", plain, "> [!tip]+ T\n> a\n",
			`<details class="alert alert-details alert-tip" open> <summary>T</summary> <p>a</p> </details>`},
		{"not an alert", plain, "> [!a](b)\n\n> x\n> [!NOTE]\n", `<blockquote> <p><a href="b">!a</a></p> </blockquote> <blockquote> <p>x [!NOTE]</p> </blockquote>`},
		{"contents", plain, "[TOC]\n\n[toc] a\n", ` <p>[toc] a</p>`},
		{"footnote", plain, "a[^x]\n\n[^x]: b\n", `<p>a<sup id="fnref:1"><a href="#fn:1" class="footnote-ref" role="doc-noteref">1</a></sup></p> ` +
			`<div class="footnotes" role="doc-endnotes"> <hr> <ol> <li id="fn:1"> <p>b&#160;<a href="#fnref:1" class="footnote-backref" role="doc-backlink">&#x21a9;&#xfe0e;</a></p> </li> </ol> </div>`},
		{"two tildes, not one", plain, "~~a~~ 3~4 5~6", `<p><del>a</del> 3~4 5~6</p>`},
		{"pipe in code in a cell", plain, "|a|\n|-|\n|`b\\|c`|\n", `<table> <thead> <tr> <th>a</th> </tr> </thead> <tbody> <tr> <td><code>b|c</code></td> </tr> </tbody> </table>`},
		{"money and math", all, "$1600 and $20, $x<y$ $$b$$ ($c$), **$d$**", `<p>$1600 and $20, <span class="math inline">x&lt;y</span> <span class="math display">b</span> ` +
			`(<span class="math inline">c</span>), <strong><span class="math inline">d</span></strong></p>`},
		{"escaped brackets are no math", all, `\[[a](b)\] \(c\)`, `<p>[<a href="b">a</a>] (c)</p>`},
		{"variables are no math", all, "'$T': not for '%$T', **$(A)** and **$(B)**, $(D)/$(E) \"$host\", x$y$ $a$b", `<p>&lsquo;$T&rsquo;: not for &lsquo;%$T&rsquo;, <strong>$(A)</strong> and <strong>$(B)</strong>, $(D)/$(E) &ldquo;$host&rdquo;, x$y$ $a$b</p>`},
		{"strong dollars are no math", all, "form **$(**<em>name</em>**)**; **$**<em>n</em>", `<p>form <strong>$(</strong><em>name</em><strong>)</strong>; <strong>$</strong><em>n</em></p>`},
		{"math beside signs", all, "<b>$x$</b> — “$y$” $n$'s", `<p><b><span class="math inline">x</span></b> — “<span class="math inline">y</span>” <span class="math inline">n</span>&rsquo;s</p>`},
		{"math beside CJK", all, "设$x$，则$y$为", `<p>设<span class="math inline">x</span>，则<span class="math inline">y</span>为</p>`},
		{"math blocks", all, "$$\na_1 * b_1 * c\n- d\n$$\n\n$$ e $$\n\n$$ open\n\n```math\nx<y\n```\n",
			`<div class="math display">a_1 * b_1 * c - d</div> <div class="math display">e</div> <p>$$ open</p> <div class="math display">x&lt;y</div>`},
		{"mermaid", plain, "```mermaid\na-->b\n```\n", `<pre class="mermaid">a--&gt;b </pre>`},
		{"emoji", all, "# T :tada:\n", `<h1 id="t-">T 🎉</h1>`},
		{"emphasis beside CJK", all, "**模式化代码（Boilerplate）**方面 **`代码`**后面 **中文。**后面 **\"a\"**를",
			`<p><strong>模式化代码（Boilerplate）</strong>方面 <strong><code>代码</code></strong>后面 <strong>中文。</strong>后面 <strong>&ldquo;a&rdquo;</strong>를</p>`},
		{"line breaks between CJK", Options{CJK: true}, "中文\n换行，\nEnglish\n한국\n어 **中**\n文", `<p>中文换行，English 한국 어 <strong>中</strong>文</p>`},
		{"refused HTML", Options{Extras: true, RefuseHTML: true}, "<script>x</script>\n\na <b onclick=x>\n\n[l](m){onclick=y}\n",
			`&lt;script&gt;x&lt;/script&gt; <p>a &lt;b onclick=x&gt;</p> <p><a href="m">l</a></p>`},
		{"refused scripts in links", Options{RefuseHTML: true}, "[a](javascript:x) [b](JavaScript&#58;x) <javascript:x> [c](d)",
			`<p><a href="">a</a> <a href="">b</a> <a href="">javascript:x</a> <a href="d">c</a></p>`},
		{"hard wraps", Options{HardWraps: true}, "a\nb", `<p>a<br> b</p>`},
		{"a slot alone has no paragraph", plain, string(SlotRune(0)) + "\n\na " + string(SlotRune(1)), ` <p>a </p>`},
	}
	for _, tt := range tests {
		got := strings.TrimSuffix(strings.ReplaceAll(toHTML(tt.opts, tt.in), "\n", " "), " ")
		if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(tt.want), " ") {
			t.Errorf("%s\n%s\ngot  %s\nwant %s", tt.name, tt.in, got, tt.want)
		}
	}
}

func TestSlug(t *testing.T) {
	tests := []struct{ text, github, vitepress, python, ascii string }{
		{"Hello, World!", "hello-world", "hello-world", "hello-world", "hello-world"},
		{"a - b  c", "a---b--c", "a-b-c", "a-b-c", "a---b--c"},
		{"C++ & C#", "c--c", "c-c", "c-c", "c--c"},
		{"1. Déjà_vu", "1-déjà_vu", "_1-deja-vu", "1-deja_vu", "1-deja_vu"},
		{"配置 APISIX？", "配置-apisix", "配置-apisix", "apisix", "-apisix"},
	}
	for _, tt := range tests {
		for style, want := range map[string]string{"": tt.github, "python": tt.python, "vitepress": tt.vitepress, "hugo-ascii": tt.ascii} {
			if got := Slug(style, tt.text); got != want {
				t.Errorf("Slug(%q, %q) = %q, want %q", style, tt.text, got, want)
			}
		}
	}
	d := New(Options{Extras: true, Slug: "python"}).Parse(NewText("a", []byte("# A\n# A\n# "+string(SlotRune(2))+"\n"), 0))
	for i, want := range []string{"a", "a_1", "section"} {
		if got := d.Headings[i].ID; got != want {
			t.Errorf("heading %d: got %q, want %q", i, got, want)
		}
	}
}

func TestLeadH1(t *testing.T) {
	for src, want := range map[string]bool{
		"# A\n": true, "<!-- c -->\n\n# A\n": true, "x\n\n# A\n": false, "<p>x</p>\n\n# A\n": false,
		"<script setup>\nimport x from 'y'\n\nlet z\n</script>\n\n<STYLE>\na {}\n</style>\n\n# A\n": true,
		"<style>\na {}\n</style>\n<b>x</b>\n\n# A\n":                                                false, "<scripted></scripted>\n\n# A\n": false, "<style>\n\n# A\n": false,
	} {
		d := New(Options{}).Parse(NewText("a.md", []byte(src), 0))
		if got := d.LeadH1 >= 0; got != want {
			t.Errorf("%q: a leading H1 is %v, want %v: %+v", src, got, want, d.Pieces)
		}
	}
}

func TestDoc(t *testing.T) {
	src := "<!-- c -->\n\n# A [b](c) `d`\n\n<head>\n<meta x>\n\n<link y>\n</head>\n\nOne two " + string(SlotRune(7)) +
		" three.\n\n<!--more-->\n\n中文 four\n\n```go\nx // [!code ++]\n```\n"
	d := New(Options{Extras: true, SummaryWords: 5}).Parse(NewText("a.md", []byte(src), 0))
	if d.LeadH1 != 1 || d.Pieces[1].Hole.Level != 1 {
		t.Errorf("leading H1 at %d", d.LeadH1)
	}
	if h := d.Headings[0]; h.HTML != "A b <code>d</code>" || h.Text != "A b d" || h.ID != "a-b-d" || h.Off != 12 {
		t.Errorf("heading %+v", h)
	}
	if d.HeadHTML != "<meta x>\n<link y>" {
		t.Errorf("head %q", d.HeadHTML)
	}
	if got, want := fill(d.Pieces[:max(0, d.Summary)]), "<!-- c -->\n<h1 id=\"a-b-d\">A <a href=\"c\">b</a> <code>d</code></h1>\n<p>One two  three.</p>\n"; got != want {
		t.Errorf("summary %q, want %q", got, want)
	}
	if want := "One two  three. 中文"; d.Lead != want {
		t.Errorf("lead %q, want %q", d.Lead, want)
	}
	if want := "A b d\nOne two  three.\n中文 four\nx"; d.Plain != want || d.Words != 10 || !d.CJK {
		t.Errorf("plain %q, want %q; %d words, %v", d.Plain, want, d.Words, d.CJK)
	}
	if got := strings.Join(d.Features, " "); got != "code" {
		t.Errorf("features %q", got)
	}
}

// TestHolePlaces checks that every destination is found where the hole says.
func TestHolePlaces(t *testing.T) {
	src := "> [a](<b c> \"t\") ![d](e\\_f)\n> [r][] <http://g.h> www.i.com\n\n- \t[k](l)\n\n" +
		"<img src=m.png srcset='n.png 1x, o.png 2x'\n style=\"background: url('p.png')\">\n\nx <a href=\"q?a&amp;b\">\n\n[r]: s.md 'u'\n"
	var got []string
	for _, h := range holesOf(New(Options{GFM: true}).Parse(NewText("a.md", []byte(src), 0)).Pieces) {
		got = append(got, src[h.DestOff:h.DestOff+h.DestLen]+"="+h.Dest)
	}
	want := []string{"b c=b c", "e\\_f=e_f", "s.md=s.md", "http://g.h=http://g.h", "www.i.com=http://www.i.com", "l=l",
		"m.png=m.png", "m.png=m.png", "n.png=n.png", "o.png=o.png", "p.png=p.png", "q?a&amp;b=q?a&b"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestProblems(t *testing.T) {
	tests := []struct{ in, want string }{
		{"a\n\n```go\nx\n", "a.md:3:1 fence-unclosed"},
		{"```go\nx\n```\n> ~~~\n> a\n\nb\n", "a.md:4:3 fence-unclosed"},
		{"a <project-name> <x-y></x-y> <z-a/> <b> `<c-d>` \\<e-f>\n\n<project-name>", "a.md:1:3 html-unknown-element"},
		{"a **（b) ** 中 `**中`\n\n2**3", "a.md:1:3 cjk-emphasis"},
		{"\\*\\*中\n", ""},
	}
	for _, tt := range tests {
		var got []string
		for _, p := range New(everything()).Parse(NewText("a.md", []byte(tt.in), 0)).Problems.Sorted() {
			got = append(got, p.Pos.String()+" "+p.Code)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
}

// TestConcurrent uses one Parser and one Text from several goroutines.
func TestConcurrent(t *testing.T) {
	p := New(everything())
	text := NewText("a.md", []byte("# A\n\n- **a** [b](c)\n\n```go\nx := 1"), 0)
	want := fill(p.Parse(text).Pieces)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got := fill(p.Parse(text).Pieces); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
	wg.Wait()
}

func TestInline(t *testing.T) {
	p := New(everything())
	for in, want := range map[string]string{
		"*a* [b](c)": `<em>a</em> <a href="c">b</a>`, "a\n\nb": "<p>a</p>\n<p>b</p>\n", "# a": "<h1 id=\"a\">a</h1>\n", "": "",
	} {
		if got := fill(p.Inline(in)); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
