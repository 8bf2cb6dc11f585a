package render

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/internal/memo"
	"github.com/etagere/etagere/builder/layout"
	"github.com/etagere/etagere/builder/source"
)

func TestFoldKeys(t *testing.T) {
	m := map[string]any{"showTOC": 1, "b": 2, "B": 3}
	if got := foldKeys(m); !reflect.DeepEqual(got, map[string]any{"showTOC": 1, "showtoc": 1, "b": 2, "B": 3}) {
		t.Errorf("got %v", got)
	}
	if len(m) != 3 {
		t.Error("the author's own map was changed")
	}
}

func TestLookUp(t *testing.T) {
	m := foldKeys(map[string]any{"Cover": map[string]any{"Image": "x", "a.b": 1}, "c.d": 2, "n": nil})
	for name, want := range map[string]any{"cover.image": "x", "Cover.Image": "x", "COVER.IMAGE": "x", "c.d": 2, "cover.a.b": 1, "cover.none": nil, "none.x": nil, "n": nil} {
		got, ok := lookUp(m, name)
		if got != want || ok != (want != nil || name == "n") {
			t.Errorf("%s: got %v, %v, want %v", name, got, ok, want)
		}
	}
}

func TestFillFields(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "plain": "plain", "{{ .Count }} files": "2 files", "{{.Count}}{{ .None }}!": "2!", "{{ .Count": "{{ .Count", "}} {{ Name }}": "}} Ann",
	} {
		if got := fillFields(in, map[string]any{"Count": 2, "Name": "Ann"}); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestDeindent(t *testing.T) {
	for in, want := range map[string]string{"": "", "a": "a", "  a\n   b\n\n  c": "a\n b\n\nc", "\ta\n\t\tb\n ": "a\n\tb\n", " \n": " \n", "a\n  b": "a\n  b"} {
		if got := deindent(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestOneParagraph(t *testing.T) {
	for in, want := range map[string]string{
		"<p>a <b>c</b></p>\n": "a <b>c</b>", "<p>a</p>\n<p>b</p>\n": "<p>a</p>\n<p>b</p>\n", "<ul></ul>\n": "<ul></ul>\n", "": "",
	} {
		if got := oneParagraph(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestHasID(t *testing.T) {
	ids := map[string]int{"a": 1, "ü b": 2, "50%": 3}
	for fragment, want := range map[string]bool{
		"a": true, "A": false, "": true, "top": true, "TOP": true, "%C3%BC%20b": true, "ü b": true, "50%": true, "%zz": false,
		":~:text=x": true, "a:~:text=x": true, "b:~:text=x": false,
	} {
		if got := hasID(ids, fragment); got != want {
			t.Errorf("#%s: got %v", fragment, got)
		}
	}
	if near, ok := nearestID(ids, "A"); near != "a" || !ok {
		t.Errorf("near #A is %q", near)
	}
}

func TestIsExternal(t *testing.T) {
	for u, want := range map[string]bool{
		"https://x": true, "//x": true, "mailto:a": true, "/a:b": false, "a/b:c": false, "?a:b": false, "#a:b": false, ":a": false, "": false, "a": false,
	} {
		if got := isExternal(u); got != want {
			t.Errorf("%q: got %v", u, got)
		}
	}
}

func TestMediaType(t *testing.T) {
	m := MediaType("image/svg+xml; charset=utf-8")
	if m.Type() != "image/svg+xml" || m.MainType() != "image" || m.SubType() != "svg+xml" {
		t.Errorf("%s, %s, %s", m.Type(), m.MainType(), m.SubType())
	}
}

func TestLayoutID(t *testing.T) {
	for _, q := range []layout.Query{
		{}, {Kind: "page", Type: "a", Layout: "b", Lang: "en", Format: "html"}, {Kind: "page", Sections: []string{"a", "b"}},
	} {
		got := layoutQuery(layoutID(q))
		if fmt.Sprint(got) != fmt.Sprint(q) {
			t.Errorf("%+v became %+v", q, got)
		}
	}
}

func TestFold(t *testing.T) {
	at := func(line int, message string) diag.Problem {
		return diag.Problem{Pos: diag.Pos{File: "layouts/a.html", Line: line}, Code: CodeTemplate, Message: message}
	}
	l := diag.List{
		at(1, "oh"+while+"a.md"), at(1, "oh"+while+"b.md"), at(1, "oh"+while+"c.md"), at(1, "no"+while+"a.md"), at(2, "oh"+while+"a.md"), at(2, "oh"+while+"b.md"), at(3, "plain"), at(3, "plain"),
	}
	want := strings.Join([]string{
		"layouts/a.html:1: no" + while + "a.md", "layouts/a.html:1: oh" + while + "a.md and 2 other pages",
		"layouts/a.html:2: oh" + while + "a.md and 1 other page", "layouts/a.html:3: plain",
	}, "\n")
	if got := Fold(l.Sorted()).Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAbsolute(t *testing.T) {
	html := `<a href="/sub/x"> <img src="/sub/p.png"> <a href="//cdn/x"> <a href="https://y/"> <a href="#z">`
	for base, want := range map[string]string{
		"https://example.org/sub/": `<a href="https://example.org/sub/x"> <img src="https://example.org/sub/p.png"> <a href="//cdn/x"> <a href="https://y/"> <a href="#z">`,
		"/sub/":                    html,
	} {
		var got string
		e := &Env{Config: &config.Config{BaseURL: base}}
		_, _ = memo.NewGraph().Begin(e, memo.Options{}).Get(t.Context(), memo.Key{Kind: "x"}, func(_ context.Context, tr *memo.Trace) (memo.Value, error) {
			got = e.reader(t.Context(), tr).absolute(html)
			return memo.Value{}, nil
		})
		if got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", base, got, want)
		}
	}
}

func inputs(files map[string]string) ([]*source.File, func(*source.File) ([]byte, error)) {
	var list []*source.File
	for _, name := range sortedKeys(files) {
		list = append(list, &source.File{Path: name, Name: name, Digest: digest.OfString(files[name])})
	}
	return list, func(f *source.File) ([]byte, error) { return []byte(files[f.Name]), nil }
}

func TestData(t *testing.T) {
	files, read := inputs(map[string]string{
		"data/a.toml": "x = 1\n[b]\ny = 2\n", "data/a/b.yaml": "z: 3\n", "data/a/c.json": "[1]", "data/notes.txt": "no data", "data/bad.json": "{",
	})
	d := NewData(files, read)
	tree, problems, err := d.Tree()
	if err != nil || len(problems) != 1 || problems[0].File != "data/bad.json" {
		t.Errorf("%v, %v", problems, err)
	}
	if got := fmt.Sprint(tree); got != "map[a:map[b:map[y:2 z:3] c:[1] x:1]]" {
		t.Errorf("got %s", got)
	}
	more, _ := inputs(map[string]string{"data/a.toml": "x = 2\n"})
	if d.Fact("") == NewData(more, read).Fact("") || d.Fact("").IsZero() {
		t.Error("the fact does not tell the data")
	}
}

func TestStrings(t *testing.T) {
	files, read := inputs(map[string]string{
		"i18n/en.toml": "a = \"A\"\n[n]\none = \"one\"\nother = \"many\"\n[o]\none = \"only\"\n", "i18n/zh.yaml": "a: 甲\n", "i18n/zh-TW.json": `{"b": "乙", "c": 3}`, "i18n/README.md": "x",
	})
	s, err := NewStrings(files, "en", read)
	if err != nil || len(s.Problems()) != 1 {
		t.Fatalf("%v, %v", s.Problems(), err)
	}
	for _, tt := range []struct{ lang, key, one, other string }{
		{"en", "a", "A", "A"}, {"en", "n", "one", "many"}, {"en", "o", "only", "only"}, {"zh", "a", "甲", "甲"}, {"ZH-tw", "a", "甲", "甲"}, {"zh-tw", "b", "乙", "乙"}, {"fr", "a", "", ""},
	} {
		got, ok := s.get(tt.lang, tt.key)
		if got != (text{tt.one, tt.other}) || ok != (tt.one != "") {
			t.Errorf("%s of %s: %+v", tt.key, tt.lang, got)
		}
	}
	if s.Fact("fr", "a").IsZero() || s.Fact("fr", "a") == s.Fact("en", "a") || !s.Fact("fr", "none").IsZero() || s.Fact("en", "none") == s.Fact("zh", "none") {
		t.Error("the fact of a text does not tell where it comes from")
	}
}
