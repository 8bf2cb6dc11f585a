package funcs_test

import (
	"html/template"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/etagere/etagere/builder/layout/funcs"
)

// Cutting HTML leaves HTML that is cut: a beginning of the text, no longer than
// was asked for, with as many end tags as there are start tags open.
func FuzzTruncate(f *testing.F) {
	for _, seed := range []string{"", "a b c", "<p>a <b>b</b> c</p>", "a &amp; b", "<a href='>", "<!-- x", "日本語 <br>", "</p></p>", "<", "&&&;", "<A><a></A>\xff"} {
		f.Add(seed, 2)
	}
	f.Fuzz(func(t *testing.T, text string, n int) {
		n = min(max(n, 0), 1000)
		out, err := funcs.Strings{}.Truncate(n, "", template.HTML(text))
		if err != nil {
			t.Fatal(err)
		}
		if string(out) == text {
			return
		}
		plain, err := funcs.Transform{}.Plainify(out)
		if err != nil {
			t.Fatal(err)
		}
		all, _ := funcs.Transform{}.Plainify(template.HTML(text))
		if !strings.HasPrefix(string(all), strings.TrimRight(string(plain), "\n")) && utf8.ValidString(text) {
			t.Fatalf("%q is no beginning of %q", plain, all)
		}
		if got := utf8.RuneCountInString(string(plain)); got > n && !strings.Contains(text, "&") {
			t.Fatalf("%d characters instead of %d: %q", got, n, out)
		}
	})
}
