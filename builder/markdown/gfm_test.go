package markdown

import (
	"encoding/json"
	"os"
	"testing"
)

// gfmDiffers are the examples of the GFM specification that we answer in
// another way, by number, and why.
var gfmDiffers = map[int]string{
	// The specification runs these without its own extension, and says in its
	// section "Autolinks (extension)" that bare addresses are links with it on.
	616: "http://foo.bar between spaces is a bare address",
	619: "http://example.com is a bare address",
	620: "foo@bar.example.com is a bare address",
	// CommonMark 0.31, which we follow, says of a comment what HTML 5 says.
	645: "two hyphens may stand in a comment",
	646: "<!--> is a whole comment, and a comment may end in --->",
	// The tag filter keeps strangers' <title>, <style>, <xmp> … harmless on a
	// site that shows strangers' texts. A site's own author may write them; who
	// wants none sets markdown.raw_html = false.
	653: "raw HTML is the author's own",
}

// TestGFM runs all examples of the GFM specification 0.29 with its extensions on.
func TestGFM(t *testing.T) {
	raw, err := os.ReadFile("testdata/gfm-0.29.json")
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
	if len(examples) != 673 {
		t.Errorf("got %d examples, want 673", len(examples))
	}
	p := New(Options{GFM: true})
	for _, e := range examples {
		got := fill(p.Parse(NewText("a.md", []byte(e.Markdown), 0)).Pieces)
		why, differs := gfmDiffers[e.Example]
		if same := sameHTML(got) == sameHTML(e.HTML); same == differs {
			t.Errorf("example %d (%s) is as specified: %v; to differ because %q\n%q\ngot  %q\nwant %q",
				e.Example, e.Section, same, why, e.Markdown, got, e.HTML)
		}
	}
}

// TestOneTilde: GitHub strikes through by one tilde too, which its specification
// allows. To us one tilde is a tilde: authors write ~10 and H~2~O.
func TestOneTilde(t *testing.T) {
	if got, want := toHTML(Options{GFM: true}, "~~Hi~~ ~there~ ~~~a~~~\n"), "<p><del>Hi</del> ~there~ ~~~a~~~</p>\n"; got != want {
		t.Errorf("got %q want %q", got, want)
	}
}

// TestSpacesBeforeBreak: the spaces that end a line are no part of its text,
// with any set of extensions.
func TestSpacesBeforeBreak(t *testing.T) {
	for _, o := range []Options{{}, {GFM: true}, {GFM: true, Extras: true, CJK: true, Emoji: true, Math: true, Typographer: true}} {
		for src, want := range map[string]string{
			"foo       \nbaz\n":         "<p>foo<br>\nbaz</p>\n",
			"foo bar   \n  baz     \n":  "<p>foo bar<br>\nbaz</p>\n",
			"*foo*     \r\nbaz\n":       "<p><em>foo</em><br>\nbaz</p>\n",
			"`a`    \n`b`   \nc  \n\nd": "<p><code>a</code><br>\n<code>b</code><br>\nc</p>\n<p>d</p>\n",
		} {
			if got := toHTML(o, src); got != want {
				t.Errorf("%+v %q: got %q want %q", o, src, got, want)
			}
		}
	}
	d := New(Options{GFM: true}).Parse(NewText("a.md", []byte("foo      \nbar\n"), 0))
	if d.Plain != "foo bar" && d.Plain != "foo\nbar" {
		t.Errorf("plain text: %q", d.Plain)
	}
}
