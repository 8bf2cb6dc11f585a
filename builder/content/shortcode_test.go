package content

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/markdown"
)

type noFiles struct{}

func (noFiles) Load(string) (string, []byte, bool) { return "", nil, false }

// readBody reads src as the body of a page on which the shortcodes of known
// exist. One that makes Markdown prints its name and inner text in angle quotes.
func readBody(src string, known ...string) *Body {
	return readBodyIn(markdown.Options{GFM: true, Extras: true}, src, known...)
}

func readBodyIn(o markdown.Options, src string, known ...string) *Body {
	return ReadBody(context.Background(), BodyInput{
		Source: "a.md", Src: []byte(src), Options: o, Parser: markdown.New(o), Load: noFiles{},
		Known: func(name string) bool { return slices.Contains(known, name) },
		Expand: func(_ context.Context, c *Shortcode, _ *markdown.Text, slot func(*Shortcode) string) (string, diag.List) {
			out := "«" + c.Name + " "
			for _, in := range c.Inner {
				if in.Call != nil {
					out += slot(in.Call)
				}
				out += in.Text
			}
			return out + "»", nil
		},
	})
}

// show is the text of a body with its slots told.
func show(b *Body) string {
	var out strings.Builder
	for _, r := range string(b.Text.Bytes) {
		i, ok := markdown.SlotOf(r)
		switch {
		case !ok:
			out.WriteRune(r)
		case b.Slots[i].Call == nil:
			out.WriteString("literal " + fmt.Sprintf("%U", []rune(b.Slots[i].Literal)))
		default:
			out.WriteString(showCall(b.Slots[i].Call))
		}
	}
	return out.String()
}

func showCall(c *Shortcode) string {
	s := "<" + c.Name
	for _, a := range c.Args {
		if a.Name != "" {
			s += " " + a.Name + "="
		} else {
			s += " "
		}
		s += fmt.Sprintf("%#v", a.Value)
	}
	if !c.Paired {
		return s + ">"
	}
	s += "|"
	for _, in := range c.Inner {
		s += in.Text
		if in.Call != nil {
			s += showCall(in.Call)
		}
	}
	return s + ">"
}

func TestShortcodes(t *testing.T) {
	for _, tt := range []struct{ name, src, want, problems string }{
		{"none", "a {{ b }} {% c %} {{c}}", "a {{ b }} {% c %} {{c}}", ""},
		{"unknown", "{{< c >}} {{% c x %}}y{{% /c %}}", "{{< c >}} {{% c x %}}y{{% /c %}}", ""},
		{"alone", "x {{< a >}} y", "x <a> y", ""},
		{"no spaces", "{{<a>}}", "<a>", ""},
		{"positional", `{{< a 1 -2.5 true "x y" z/w >}}`, `<a 1 -2.5 true "x y" "z/w">`, ""},
		{"named", `{{< a n=1 s = "x" r=` + "`\\\"`" + ` b=false >}}`, `<a n=1 s="x" r="\\\"" b=false>`, ""},
		{"escapes", `{{< a "\"x\" \\ \n" >}}`, `<a "\"x\" \\ \\n">`, ""},
		{"quotes hold the closer", `{{< a ">}}" "{{< b >}}" >}}`, `<a ">}}" "{{< b >}}">`, ""},
		{"over lines", "{{< a\n  x=1\n  y=2\n>}}", "<a x=1 y=2>", ""},
		{"mixed", `{{< a 1 n=2 >}}`, `<a 1 n=2>`, `a.md:1:1: the shortcode "a" has arguments with and without a name`},
		{"pair", "{{< a >}}in *{{< /a >}} out", "<a|in *> out", ""},
		{"empty pair", "{{< a >}}{{< /a >}}", "<a|>", ""},
		{"self-closing", "{{< a />}} {{< a >}}x{{< /a >}} {{< a 1 />}}", "<a> <a|x> <a 1>", ""},
		{"nested", "{{< a >}}{{< b 1 >}}x{{< /b >}}{{< b 2 >}}{{< /a >}}", "<a|<b 1|x><b 2>>", ""},
		{"same name nested", "{{< a 1 >}}{{< a 2 >}}x{{< /a >}}y{{< /a >}}", "<a 1|<a 2|x>y>", ""},
		{"one without a pair before one with", "{{< a >}} text {{< a >}}x{{< /a >}} rest", "<a> text <a|x> rest", ""},
		{"one without a pair behind one with", "{{< a >}}x{{< /a >}} text {{< a >}} rest", "<a|x> text <a> rest", ""},
		{"crossed", "{{< a >}}{{< b >}}x{{< /a >}}y{{< /b >}}", "<a|<b>x>y", `a.md:1:31: closing tag of "b" has no opening tag`},
		{"closing alone", "x{{< /a >}}y", "xy", `a.md:1:2: closing tag of "a" has no opening tag`},
		{"comment", "{{</* a 1 */>}} {{%/* a */%}} {{</* /a */>}}", "{{< a 1 >}} {{% a %}} {{< /a >}}", ""},
		{"odd comments", "{{</*/>}} {{</**/>}} {{</* a", "{{</*/>}} {{</**/>}} {{</* a", ""},
		{"never closed", "{{< a x {{< a y >}}", "{{< a x <a \"y\">", ""},
		{"quote never closed", "{{< a \"x >}} y", "{{< a \"x >}} y", ""},
		{"end of text", "{{<", "{{<", ""},
		{"Markdown", "{{% a %}}x{{< b >}}y{{% /a %}}", "«a x<b>y»", ""},
		{"a slot of the author's", "x\U0010E000y {{< a >}}", "xliteral [U+10E000]y <a>", ""},
		{"Chinese", "{{< a 名=\"值\" >}}文{{< /a >}}", "<a 名=\"值\"|文>", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := readBody(tt.src, "a", "b")
			if got := show(b); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			if got := b.Problems.Sorted().Error(); got != tt.problems {
				t.Errorf("problems %q, want %q", got, tt.problems)
			}
		})
	}
}

// With Hugo's dialect an author who writes Hugo's brackets means a shortcode.
func TestShortcodeSlips(t *testing.T) {
	for _, tt := range []struct{ name, src, problems string }{
		{"unknown", "x {{< c 1 >}}y{{< /c >}} {{% d %}}", "a.md:1:3: there is no shortcode \"c\"\na.md:1:26: there is no shortcode \"d\""},
		{"in a known one", "{{< a >}}{{< c />}}{{< /a >}}", `a.md:1:10: there is no shortcode "c"`},
		{"written down", "{{</* c */>}} {{%/* c */%}}", ""},
		{"no name", "{{<>}} {{<!-- x -->}} {{%- if x -%}} {{%s%}} {{< 1 >}}", `a.md:1:38: there is no shortcode "s"`},
		{"other brackets", "{{ c }} {% c %}", ""},
		{"quote never closed", "{{< a \"x >}} y", `a.md:1:1: the arguments of the shortcode "a" do not end`},
		{"never closed", "{{< a x\n\n{{< a y >}}", `a.md:1:1: the arguments of the shortcode "a" do not end`},
		{"no end at all", "{{< a x", `a.md:1:1: the arguments of the shortcode "a" do not end`},
		{"the other closer", "{{< a x %}}", `a.md:1:1: the arguments of the shortcode "a" do not end`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := readBodyIn(markdown.Options{Dialects: []markdown.Dialect{markdown.Hugo}}, tt.src, "a", "b")
			if got := b.Problems.Sorted().Error(); got != tt.problems {
				t.Errorf("problems %q, want %q", got, tt.problems)
			}
			for _, p := range b.Problems {
				if p.Severity != diag.Warning {
					t.Errorf("%v is %v", p, p.Severity)
				}
			}
		})
	}
}

// Where Markdown has a say: a slot is one character that no construct splits.
func TestShortcodePlaces(t *testing.T) {
	b := readBody("# H {{< a >}}\n\n[x](/{{< a 1 >}}) ![{{< a 2 >}}](y.png)\n\n```go\n{{< a 3 >}}\n```\n\n`{{< a 4 >}}`\n\n<b title=\"{{< a 5 >}}\">\n", "a")
	if len(b.Slots) != 6 || !slices.Equal(b.Calls, []string{"a"}) {
		t.Fatalf("%d slots, calls %q", len(b.Slots), b.Calls)
	}
	for i, s := range b.Slots {
		if i > 0 && s.Call.Args[0].Value != i {
			t.Errorf("slot %d is %s", i, showCall(s.Call))
		}
		if s.Call.Ordinal != i {
			t.Errorf("slot %d has the ordinal %d", i, s.Call.Ordinal)
		}
	}
}

func TestShortcodeNesting(t *testing.T) {
	deep := strings.Repeat("{{< a >}}", MaxNesting+6) + "x" + strings.Repeat("{{< /a >}}", MaxNesting+6) + " rest"
	b := readBody(deep, "a")
	if len(b.Problems) != 1 || b.Problems[0].Code != "shortcode-nesting" || !strings.HasSuffix(show(b), "> rest") {
		t.Errorf("problems %v", b.Problems)
	}
}

// Texts that cost a naive scanner quadratic time.
func TestShortcodesLinear(t *testing.T) {
	for _, part := range []string{`{{< a \"`, "{{</* a ", "{{< a `", "{{< a x ", "{{< /a >}}", "{{< a >}}", "{{< a >}}{{< b >}}{{< /a >}}", "{{<", "\U0010E000"} {
		n := 300_000 / len(part)
		start := time.Now()
		readBody(strings.Repeat(part, n), "a", "b")
		if d := time.Since(start); d > 20*time.Second {
			t.Errorf("%d of %q took %v", n, part, d)
		}
	}
}

func TestBodyDigest(t *testing.T) {
	one := func(src string) digest.Digest { return readBody(src, "a").Digest }
	base := one("x {{< a 1 >}}z{{< /a >}}")
	for _, src := range []string{"y {{< a 1 >}}z{{< /a >}}", "x {{< a 2 >}}z{{< /a >}}", "x {{< a 1 >}}y{{< /a >}}", "x {{< a \"1\" >}}z{{< /a >}}", "x {{< a 1 >}}z", "\nx {{< a 1 >}}z{{< /a >}}"} {
		if one(src) == base {
			t.Errorf("%q has the digest of another text", src)
		}
	}
	if one("x {{< a 1 >}}z{{< /a >}}") != base {
		t.Error("one text has two digests")
	}
}

// FuzzShortcodes: without a shortcode of that name, and without the way to
// write a call down, nothing that an author writes is taken for a call.
func FuzzShortcodes(f *testing.F) {
	for _, s := range []string{"{{< a >}}", "{{% a \"x\" %}}y{{% /a %}}", "{{<a b=`x", "{{ x }} {{<", "{{< /a >}}", "\U0010E000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if b := readBody(src); !strings.Contains(src, "/*") && len(b.Calls) == 0 {
			var out strings.Builder
			for _, r := range string(b.Text.Bytes) {
				if i, ok := markdown.SlotOf(r); ok {
					out.WriteString(b.Slots[i].Literal)
				} else {
					out.WriteRune(r)
				}
			}
			if out.String() != strings.ToValidUTF8(src, "\ufffd") && string(b.Text.Bytes) != src {
				t.Errorf("%q became %q", src, out.String())
			}
		} else if len(b.Calls) > 0 {
			t.Errorf("%q calls %q", src, b.Calls)
		}
		// With known names it ends, and every slot is in the text once.
		seen := make(map[int]int)
		b := readBody(src, "a", "b")
		for _, r := range string(b.Text.Bytes) {
			if i, ok := markdown.SlotOf(r); ok {
				seen[i]++
			}
		}
		for i := range b.Slots {
			if seen[i] != 1 {
				t.Errorf("slot %d of %q stands %d times in the text", i, src, seen[i])
			}
		}
	})
}
