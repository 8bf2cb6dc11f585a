package asset

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/policy"
	"github.com/etagere/etagere/builder/source"
)

func TestFileName(t *testing.T) {
	d := digest.OfString("x")
	short := d.Short()
	for name, want := range map[string]string{
		"css/main.css":   "main." + short + ".css",
		"My  File (1).C": "my-file-1." + short + ".c",
		"a.min.JS":       "a-min." + short + ".js",
		"标.svg":          "file." + short + ".svg",
		"LICENSE":        "license." + short,
		".htaccess":      "file." + short + ".htaccess",
		"a.x?y=#1":       "a." + short + ".x-y-1",
		"--a--.b":        "a." + short + ".b",
		"a.":             "a." + short,
	} {
		if got := FileName(name, d); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
	// The contract of the command line: what follows the name.
	pattern := regexp.MustCompile(`^[a-z0-9-]+\.[a-z2-7]{16}(\.[a-z0-9-]+)?$`)
	for _, name := range []string{strings.Repeat("a", 250) + ".css", "a." + strings.Repeat("b", 250), strings.Repeat("长", 80)} {
		if got := FileName(name, d); len(got) > 255 || !pattern.MatchString(got) {
			t.Errorf("%q became %q", name, got)
		}
	}
}

func set(t *testing.T, files map[string]string) *Set {
	t.Helper()
	var list []*source.File
	for p, text := range files {
		list = append(list, &source.File{Path: "assets/" + p, Name: "assets/" + p, Digest: digest.OfString(text), Size: int64(len(text))})
	}
	return NewSet(list, func(f *source.File) ([]byte, error) {
		text, ok := files[strings.TrimPrefix(f.Path, "assets/")]
		if !ok || text == "unreadable" {
			return nil, errors.New("no")
		}
		return []byte(text), nil
	})
}

// of is the file at a path as an asset.
func of(t *testing.T, s *Set, path string) *Asset {
	t.Helper()
	f, ok := s.Get(path)
	if !ok {
		t.Fatalf("there is no %s", path)
	}
	return Copy(f)
}

func TestSet(t *testing.T) {
	s := set(t, map[string]string{"css/main.css": "a{}", "css/copy/main.css": "a{}", "css/other.css": "b{}", "js/main.js": "a{}", "bad.css": "unreadable"})
	a := of(t, s, "/css/../css/main.css")
	if a.Path != "css/main.css" || a.Type != "text/css; charset=utf-8" || a.Size != 3 {
		t.Fatalf("got %+v", a)
	}
	copied, other, js := of(t, s, "css/copy/main.css"), of(t, s, "css/other.css"), of(t, s, "js/main.js")
	if a.URL != copied.URL || a.URL == other.URL || a.URL == js.URL {
		t.Error("equal bytes, name and type have one URL, and nothing else has")
	}
	if !slices.Equal(s.Named(a.URL), []string{"css/copy/main.css", "css/main.css", "js/main.js"}) || !strings.HasPrefix(a.URL, Prefix) {
		t.Errorf("%s may be %q", a.URL, s.Named(a.URL))
	}
	for _, url := range []string{"/css/main.css", Prefix, Prefix + "main.css", Prefix + "main.abc", Prefix + "x/main." + a.Digest.Short() + ".css"} {
		if got := s.Named(url); got != nil {
			t.Errorf("%s may be %q", url, got)
		}
	}
	f, err := s.File(a)
	if err != nil || string(f.Data) != "a{}" || f.Class != policy.Fingerprinted || "/"+f.Path != f.URL {
		t.Errorf("File: %+v, %v", f, err)
	}
	if !strings.HasPrefix(a.Integrity(), "sha256-") && !strings.HasPrefix(a.Integrity(), "sha384-") {
		t.Errorf("integrity %q", a.Integrity())
	}
	if _, err := s.File(of(t, s, "bad.css")); err == nil || !strings.Contains(err.Error(), "assets/bad.css") {
		t.Errorf("an unreadable file: %v", err)
	}
	if _, err := set(t, map[string]string{"css/main.css": "new"}).File(a); !errors.Is(err, source.ErrChanged) {
		t.Errorf("another generation's file: %v", err)
	}
	if near := s.Nearest("css/mian.css"); near != "css/main.css" {
		t.Errorf("nearest is %q", near)
	}
	if _, ok := s.Get("nope"); ok || !s.Fact("nope").IsZero() || s.Fact("css/main.css").IsZero() {
		t.Error("a path without a file has a fact, or one with has none")
	}
	if b, err := s.Read("nope"); b != nil || err != nil {
		t.Errorf("a path without a file reads as %q, %v", b, err)
	}
}

func TestNew(t *testing.T) {
	m := New("js/main.ts", "main.js.map", []byte("{}"))
	a := New("js/main.ts", "js/main.js", []byte("x"))
	plain := a.Identity()
	a.Map = m
	if a.Identity() != plain {
		t.Error("a page sees the source map")
	}
	a.Styles = New("js/main.ts", "main.css", []byte("a{}"))
	if a.Identity() == plain || len(a.Parts(true)) != 3 || len(a.Parts(false)) != 2 {
		t.Errorf("parts %v", a.Parts(true))
	}
	f, err := set(t, nil).File(a)
	if err != nil || string(f.Data) != "x" || f.Type != "text/javascript; charset=utf-8" || !strings.HasPrefix(f.URL, Prefix+"main.") || f.SourceMap != m.URL {
		t.Errorf("File: %+v, %v", f, err)
	}
}

func TestFacts(t *testing.T) {
	a, b := set(t, map[string]string{"x.css": "1"}), set(t, map[string]string{"x.css": "2"})
	if a.Fact("x.css") == b.Fact("x.css") || a.Fact("/x.css") != a.Fact("x.css") {
		t.Error("the fact of an asset is not that of its bytes")
	}
	if a.Names() != b.Names() || a.Names() == set(t, map[string]string{"y.css": "1"}).Names() {
		t.Error("the names are not those of the assets")
	}
}

func TestRewriteManifest(t *testing.T) {
	link := func(ref string, image bool, _ func(string, string, ...any) diag.Problem) string {
		if image {
			return "image:" + ref
		}
		return "page:" + ref
	}
	for in, want := range map[string]string{
		`{}`: `{}`,
		`{ "name": "start_url", "start_url" : "/a",  "icons":[{"src":"i.png"}, {"sizes":"src"}] }`: `{ "name": "start_url", "start_url" : "page:/a",  "icons":[{"src":"image:i.png"}, {"sizes":"src"}] }`,
		`{"shortcuts":[{"url":"/x","icons":[{"src":"\u0061"}]}],"src":"no","icons":{"src":"no"}}`:  `{"shortcuts":[{"url":"page:/x","icons":[{"src":"image:a"}]}],"src":"no","icons":{"src":"no"}}`,
		`[]`: `[]`,
	} {
		got, problems := RewriteManifest("m.json", []byte(in), link)
		if string(got) != want || problems != nil {
			t.Errorf("%s became %s, %v", in, got, problems)
		}
	}
	for in, want := range map[string]string{"": "m.json:1:1", "{": "m.json:1:1", `{"a":}`: "m.json:1:6", "{}\n{}": "m.json:2:1"} {
		if _, problems := RewriteManifest("m.json", []byte(in), link); len(problems) != 1 || problems[0].Pos.String() != want {
			t.Errorf("%s: %v, want one at %s", in, problems, want)
		}
	}
}

func TestNames(t *testing.T) {
	var n Names
	a := New("js/a.ts", "a.js", []byte("x"))
	a.Map = New("js/a.ts", MapName("a.js"), []byte("{}"))
	a.Styles = New("js/a.ts", StylesName("a.js"), []byte("b{}"))
	n.Add(a, "js/a.ts\x00esm")
	n.Add(a, "js/a.ts")
	s := set(t, map[string]string{"js/a.ts": ""})
	for _, p := range a.Parts(true) {
		if got := n.IDs(p.URL); !slices.Equal(got, []string{"js/a.ts", "js/a.ts\x00esm"}) {
			t.Errorf("%s: %q", p.URL, got)
		}
		if got := s.Named(p.URL); !slices.Equal(got, []string{"js/a.ts"}) {
			t.Errorf("%s: %q", p.URL, got)
		}
	}
	if got := n.IDs("/_a/other." + a.Digest.Short() + ".js"); got != nil {
		t.Errorf("got %q", got)
	}
}
