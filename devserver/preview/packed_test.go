package preview_test

import (
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/coding"
	"github.com/etagere/etagere/builder/output"
)

// TestPacked: every file with packed ones is sent in each coding that a reader
// may ask for, with that coding's validator and length, and is 304 for that
// validator alone.
func TestPacked(t *testing.T) {
	b := build(t, docs+"-- static/words.css --\n"+strings.Repeat("a { color: red }\n", 300), "")
	public := filepath.Join(b.dir, "public")
	seen := make(map[string]int)
	for _, e := range b.rebuild(public).Files {
		for _, c := range e.Encodings {
			seen[c.Coding]++
			b.packed(public, &e, c)
		}
	}
	for _, name := range coding.All() {
		if seen[name] < 2 {
			t.Errorf("%d files are packed as %s", seen[name], name)
		}
	}
}

// packed asks for one file in one coding.
func (b *built) packed(public string, e *output.Entry, c output.Encoding) {
	b.t.Helper()
	if e.URL == "/404.html" || strings.HasPrefix(e.URL, "/old") {
		return // these answer with another status
	}
	url := "/docs" + e.URL
	plain, err := os.ReadFile(filepath.Join(public, filepath.FromSlash(e.Path)))
	if err != nil {
		b.t.Fatal(err)
	}
	res, body := b.ask("GET", url, "Accept-Encoding", c.Coding)
	for name, want := range map[string]string{
		"Content-Encoding": c.Coding, "Content-Length": strconv.FormatInt(c.Size, 10),
		"Etag": c.ETag, "Content-Type": e.Type, "Vary": "Accept-Encoding",
	} {
		if got := res.Header.Get(name); got != want {
			b.t.Errorf("%s as %s: %s is %q, want %q", url, c.Coding, name, got, want)
		}
	}
	file, err := os.ReadFile(filepath.Join(public, filepath.FromSlash(output.PackedPath(e.Path, c.Coding))))
	if err != nil || res.StatusCode != 200 || body != string(file) {
		b.t.Errorf("%s as %s: status %d with %d bytes, the file has %d (%v)", url, c.Coding, res.StatusCode, len(body), len(file), err)
	}
	d, err := coding.Decoder(c.Coding, strings.NewReader(body))
	if err != nil {
		b.t.Fatalf("%s as %s: %v", url, c.Coding, err)
	}
	defer d.Close()
	if got, err := io.ReadAll(d); err != nil || string(got) != string(plain) {
		b.t.Errorf("%s as %s unpacks to %d bytes of %d (%v)", url, c.Coding, len(got), len(plain), err)
	}
	res, body = b.ask("HEAD", url, "Accept-Encoding", c.Coding)
	if res.Header.Get("Content-Length") != strconv.FormatInt(c.Size, 10) || body != "" {
		b.t.Errorf("HEAD %s as %s: %v, %d bytes", url, c.Coding, res.Header, len(body))
	}
	res, body = b.ask("GET", url, "Accept-Encoding", c.Coding, "If-None-Match", c.ETag)
	if res.StatusCode != 304 || body != "" || res.Header.Get("Etag") != c.ETag || res.Header.Get("Vary") != "Accept-Encoding" {
		b.t.Errorf("%s as %s again: %d %v", url, c.Coding, res.StatusCode, res.Header)
	}
	for _, other := range e.Encodings {
		if other.Coding == c.Coding {
			continue
		}
		res, _ := b.ask("GET", url, "Accept-Encoding", c.Coding, "If-None-Match", other.ETag)
		if res.StatusCode != 200 {
			b.t.Errorf("%s as %s is %d for the validator of %s", url, c.Coding, res.StatusCode, other.Coding)
		}
	}
	if res, body = b.ask("GET", url); res.Header.Get("Content-Encoding") != "" || body != string(plain) {
		b.t.Errorf("%s for a reader without codings: %v, %d bytes", url, res.Header, len(body))
	}
}
