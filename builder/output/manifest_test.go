package output

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/policy"
)

func TestManifestOnTheWire(t *testing.T) {
	f := &File{
		URL: "/_a/main.x.css", Path: "_a/main.x.css", Class: policy.Fingerprinted, Type: "text/css; charset=utf-8", Data: []byte("a{}"),
		Modified: time.Date(2024, 5, 6, 7, 8, 9, 10, time.FixedZone("", 3600)), Refs: []string{"/b.png"},
	}
	m := NewManifest("https://example.org/", []Entry{f.Entry(), {URL: "/", Path: "index.html", Class: policy.Page, SHA256: digest.Of(nil).String()}},
		[]Redirect{{"/b", "/", 301}, {"/a", "https://x.example/?q=1&r", 302}})
	want := `{"version":1,"base_url":"https://example.org/","header_sets":[],"files":[
{"url":"/","path":"index.html","class":"page","type":"","size":0,"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","etag":"","integrity":"","headers":0,"encodings":[],"hints":[],"refs":[]},
{"url":"/_a/main.x.css","path":"_a/main.x.css","class":"fingerprinted","type":"text/css; charset=utf-8","size":3,"sha256":"` +
		digest.Of(f.Data).String() + `","etag":` + fmt.Sprintf("%q", f.Entry().ETag) + `,"integrity":"` + Integrity(digest.Of(f.Data)) +
		`","headers":0,"encodings":[],"hints":[],"refs":["/b.png"],"modified":"2024-05-06T06:08:09Z"}
],"redirects":[{"from":"/a","to":"https://x.example/?q=1&r","status":302},{"from":"/b","to":"/","status":301}]}
`
	want = strings.Replace(want, `"etag":"\"`, `"etag":"\"`, 1)
	if got := string(m.Bytes()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	back, err := DecodeManifest(bytes.NewReader(m.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(back.Bytes(), m.Bytes()) {
		t.Errorf("decoded and encoded again:\n%s", back.Bytes())
	}
	if e, ok := back.File("/_a/main.x.css"); !ok || e.Size != 3 {
		t.Errorf("File: got %+v, %v", e, ok)
	}
	if _, ok := back.File("/none"); ok {
		t.Error("File found what is not there")
	}
	// The order of what goes in makes no difference.
	m.Files[0], m.Files[1] = m.Files[1], m.Files[0]
	if string(m.Bytes()) != want {
		t.Error("the order of files shows")
	}
}

func TestDecodeRefuses(t *testing.T) {
	sum := digest.Of(nil).String()
	entry := func(url, path, sum string, more string) string {
		return fmt.Sprintf(`{"version":1,"files":[{"url":%q,"path":%q,"sha256":%q%s}]}`, url, path, sum, more)
	}
	tests := []struct{ in, want string }{
		{"", "not JSON"},
		{"<html>", "not JSON"},
		{"[]", "not JSON"},
		{"null", `no "version"`},
		{"{}", `no "version"`},
		{`{"version":2}`, "has version 2; this étagère reads version 1"},
		{`{"version":"1"}`, "not JSON"},
		{`{"version":1,"files":[{"url":3}]}`, "manifest: "},
		{entry("x", "x", sum, ""), "does not begin with a slash"},
		{entry("/x", "../x", sum, ""), "no path inside"},
		{entry("/x", "/etc/passwd", sum, ""), "no path inside"},
		{entry("/x", "", sum, ""), "no path inside"},
		{entry("/x", ".", sum, ""), "no path inside"},
		{entry("/x", "x", "abc", ""), "no digest"},
		{entry("/x", "x", sum, `,"size":-1`), "size -1"},
		{entry("/x", "x", sum, `,"headers":1`), "no header set 1"},
		{entry("/x", "x", sum, `,"encodings":[{"coding":"deflate","sha256":"`+sum+`"}]`), `no content coding "deflate"`},
		{entry("/x", "x", sum, `,"encodings":[{"coding":"gzip","sha256":"x"}]`), "no digest"},
		{entry("/x", "x", sum, `,"encodings":[{"coding":"gzip","size":-3,"sha256":"`+sum+`"}]`), "size -3"},
		{entry("/x", "x", sum, `,"encodings":[{"coding":"br","sha256":"`+sum+`"},{"coding":"br","sha256":"`+sum+`"}]`), `"x.br" is there twice`},
		{entry("/x", "x", sum, `,"encodings":[{"coding":"gzip","sha256":"`+sum+`"}]},{"url":"/x.gz","path":"x.gz","sha256":"`+sum+`"`), `"x.gz" is there twice`},
		{entry("/x", "x", sum, `},{"url":"/x","path":"y","sha256":"`+sum+`"`), "there twice"},
		{entry("/x", "x", sum, `},{"url":"/y","path":"x","sha256":"`+sum+`"`), "there twice"},
	}
	for _, tt := range tests {
		if _, err := DecodeManifest(strings.NewReader(tt.in)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.in, err, tt.want)
		}
	}
	if _, err := DecodeManifest(strings.NewReader(`{"version":1,"of_later":true}`)); err != nil {
		t.Errorf("an unknown field: %v", err)
	}
}

// FuzzDecodeManifest: whatever is read names nothing outside the destination,
// and says the same when it is written and read again.
func FuzzDecodeManifest(f *testing.F) {
	f.Add(manifestOf(files("a/index.html=x", "b.css=y")).Bytes())
	f.Add([]byte(`{"version":1,"header_sets":[{"A":"b"}],"files":[{"url":"/x","path":"x","headers":0}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := DecodeManifest(bytes.NewReader(b))
		if err != nil {
			return
		}
		for _, e := range m.Files {
			if !validPath(e.Path) || strings.HasPrefix(e.Path, "/") || strings.Contains("/"+e.Path+"/", "/../") {
				t.Errorf("took path %q", e.Path)
			}
		}
		once := m.Bytes()
		again, err := DecodeManifest(bytes.NewReader(once))
		if err != nil {
			t.Fatalf("%v in what Encode wrote:\n%s", err, once)
		}
		if !bytes.Equal(again.Bytes(), once) {
			t.Errorf("first\n%s\nthen\n%s", once, again.Bytes())
		}
	})
}

func TestDiff(t *testing.T) {
	old := manifestOf(files("a.html=1", "b.html=1", "c.css=1", "gone.png=1", "d.html=1"))
	now := manifestOf(files("a.html=1", "b.html=2", "c.css=1", "new.png=1", "d.html=1"))
	old.HeaderSets = []map[string]string{{"Cache-Control": "no-cache"}}
	now.HeaderSets = []map[string]string{{"X": "y"}, {"Cache-Control": "no-cache"}}
	for i := range now.Files {
		if now.Files[i].URL != "/d.html" {
			now.Files[i].Headers = 1
		}
		if now.Files[i].URL == "/c.css" {
			now.Files[i].Type = "text/plain"
		}
	}
	want := Change{Added: []string{"/new.png"}, Changed: []string{"/b.html", "/c.css", "/d.html"}, Removed: []string{"/gone.png"}, Same: 1}
	if got := Diff(old, now); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if c := Diff(old, old); !c.Empty() || c.Same != 5 {
		t.Errorf("with itself: %+v", c)
	}
	if c := Diff(nil, old); len(c.Added) != 5 {
		t.Errorf("from nothing: %+v", c)
	}
	if c := Diff(old, nil); len(c.Removed) != 5 {
		t.Errorf("to nothing: %+v", c)
	}
}

func TestETag(t *testing.T) {
	a, b := digest.Of([]byte("a")), digest.Of([]byte("b"))
	seen := map[string]bool{}
	for _, tag := range []string{ETag(a, "", "text/html"), ETag(a, "br", "text/html"), ETag(a, "", "text/plain"), ETag(b, "", "text/html")} {
		if seen[tag] || len(tag) != 18 || tag[0] != '"' || tag[17] != '"' {
			t.Errorf("got %s", tag)
		}
		seen[tag] = true
	}
}

func TestStore(t *testing.T) {
	var s Store
	if _, ok := s.File("/"); ok || s.Manifest() != nil {
		t.Error("an empty store has files")
	}
	list := files("a.html=1", "b.html=1")
	d := s.Begin()
	for _, f := range list {
		if err := d.Put(f); err != nil {
			t.Fatal(err)
		}
	}
	if d.Put(list[0]) == nil {
		t.Error("Put took two files for one URL")
	}
	if _, err := d.Commit(manifestOf(files("a.html=1", "b.html=2"))); err == nil {
		t.Error("Commit took a manifest of other bytes")
	}
	if _, err := d.Commit(manifestOf(list[:1])); err == nil {
		t.Error("Commit took a manifest of fewer files")
	}
	if c, err := d.Commit(manifestOf(list)); err != nil || len(c.Added) != 2 {
		t.Errorf("got %+v, %v", c, err)
	}
	dropped := s.Begin()
	if err := dropped.Put(files("x.html=x")[0]); err != nil {
		t.Fatal(err)
	}
	if err := dropped.Abort(); err != nil {
		t.Fatal(err)
	}
	if f, ok := s.File("/a.html"); !ok || string(f.Data) != "1" {
		t.Errorf("got %+v, %v", f, ok)
	}
	if _, ok := s.File("/x.html"); ok {
		t.Error("an aborted draft shows")
	}
	next := s.Begin()
	only := files("b.html=1")
	if err := next.Put(only[0]); err != nil {
		t.Fatal(err)
	}
	if c, err := next.Commit(manifestOf(only)); err != nil || c.Same != 1 || len(c.Removed) != 1 {
		t.Errorf("got %+v, %v", c, err)
	}
	if _, ok := s.File("/a.html"); ok {
		t.Error("a removed file is still there")
	}
}

func TestMediaType(t *testing.T) {
	tests := []struct{ name, want string }{
		{"index.html", "text/html; charset=utf-8"}, {"A.HTML", "text/html; charset=utf-8"}, {"a/b.css", "text/css; charset=utf-8"},
		{"a.js", "text/javascript; charset=utf-8"}, {"a.mjs", "text/javascript; charset=utf-8"}, {"a.json", "application/json"},
		{"a.js.map", "application/json"}, {"a.webmanifest", "application/manifest+json"}, {"sitemap.xml", "application/xml; charset=utf-8"},
		{"index.rss", "application/rss+xml; charset=utf-8"}, {"a.atom", "application/atom+xml; charset=utf-8"}, {"robots.txt", "text/plain; charset=utf-8"},
		{"a.md", "text/markdown; charset=utf-8"}, {"a.svg", "image/svg+xml"}, {"a.png", "image/png"}, {"a.jpg", "image/jpeg"}, {"a.JPEG", "image/jpeg"},
		{"a.gif", "image/gif"}, {"a.webp", "image/webp"}, {"a.avif", "image/avif"}, {"favicon.ico", "image/x-icon"}, {"a.woff", "font/woff"},
		{"a.woff2", "font/woff2"}, {"a.ttf", "font/ttf"}, {"a.otf", "font/otf"}, {"a.mp4", "video/mp4"}, {"a.webm", "video/webm"}, {"a.ogg", "audio/ogg"},
		{"a.mp3", "audio/mpeg"}, {"a.wav", "audio/wav"}, {"a.pdf", "application/pdf"}, {"a.zip", "application/zip"}, {"a.tar.gz", "application/gzip"},
		{"a.wasm", "application/wasm"}, {"a.csv", "text/csv; charset=utf-8"}, {"a.yaml", "application/yaml"}, {"a.toml", "application/toml"},
		{"a.go", "text/x-go; charset=utf-8"}, {"a.ts", "text/plain; charset=utf-8"}, {"CNAME", "text/plain; charset=utf-8"}, {"LICENSE", "text/plain; charset=utf-8"},
		{"a", "application/octet-stream"}, {"", "application/octet-stream"}, {"a.", "application/octet-stream"}, {".png", "image/png"},
		{"a.unknown", "application/octet-stream"}, {"a.png/b", "application/octet-stream"},
	}
	for _, tt := range tests {
		if got := MediaType(tt.name); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.name, got, tt.want)
		}
	}
	for ext, media := range mediaTypes {
		if strings.ToLower(ext) != ext || strings.Count(media, "/") != 1 || strings.ContainsAny(media, "; ") {
			t.Errorf("%q: %q is no media type", ext, media)
		}
	}
}
