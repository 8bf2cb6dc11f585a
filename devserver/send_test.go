package devserver

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/etagere/etagere/builder/policy"
)

// zipper knows gzip, and a coding of its own that fails.
type zipper struct {
	mu   sync.Mutex
	made int
}

func (z *zipper) Codings() []string { return []string{"fails", "gzip"} }

func (z *zipper) Encode(coding string, data []byte) ([]byte, error) {
	if coding != "gzip" {
		return nil, errors.New("no")
	}
	z.mu.Lock()
	z.made++
	z.mu.Unlock()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(data)
	err := w.Close()
	return b.Bytes(), err
}

// long is a site with bodies that are worth a coding.
func long() *fake {
	g := small()
	g.files["/guide/"] = "<head></head>" + strings.Repeat("guide ", 1000)
	g.files["/site.css"] = strings.Repeat("a{} ", 1000)
	g.files["/img.png"] = strings.Repeat("png ", 1000)
	return g
}

func coding(g *fake, z Encoder) http.Handler {
	s := New(Options{Builder: &fakeBuilder{g: g}, Poll: true, Encoder: z})
	var v *view
	s.show(v.next(g))
	return s.Handler()
}

func TestEncodes(t *testing.T) {
	z := new(zipper)
	h := coding(long(), z)
	for range 3 {
		for target, want := range map[string]string{"/guide/": "gzip", "/site.css": "gzip", "/img.png": "", "/": ""} {
			plain := ask(h, "GET", target)
			res := ask(h, "GET", target, "Accept-Encoding", "br, gzip, fails")
			if got := res.Header.Get("Content-Encoding"); got != want {
				t.Errorf("%s: got coding %q want %q", target, got, want)
			}
			if got, want := res.Header.Get("Vary"), plain.Header.Get("Vary"); got != want || (got != "") != (want != "") {
				t.Errorf("%s: Vary %q and %q", target, got, want)
			}
			raw := readAll(t, res)
			if got := res.Header.Get("Content-Length"); got != strconv.Itoa(len(raw)) {
				t.Errorf("%s: %s for %d bytes", target, got, len(raw))
			}
			if want == "" {
				continue
			}
			if res.Header.Get("Vary") != "Accept-Encoding" || res.Header.Get("ETag") == plain.Header.Get("ETag") {
				t.Errorf("%s: got %v beside %v", target, res.Header, plain.Header)
			}
			r, err := gzip.NewReader(strings.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(r)
			if err != nil || string(b) != readAll(t, plain) {
				t.Errorf("%s: decoded to other bytes, %v", target, err)
			}
			again := ask(h, "GET", target, "Accept-Encoding", "gzip", "If-None-Match", res.Header.Get("ETag"))
			if again.StatusCode != 304 || again.Header.Get("Vary") != "Accept-Encoding" {
				t.Errorf("%s: got %d %v", target, again.StatusCode, again.Header)
			}
			if head := ask(h, "HEAD", target, "Accept-Encoding", "gzip"); head.Header.Get("Content-Length") != strconv.Itoa(len(raw)) {
				t.Errorf("%s: HEAD has length %q", target, head.Header.Get("Content-Length"))
			}
		}
	}
	if z.made != 2 {
		t.Errorf("encoded %d times, want each body once", z.made)
	}
}

// TestEncodedBound: the cache forgets what was used longest ago, and knows what
// a coding does not make smaller.
func TestEncodedBound(t *testing.T) {
	z := new(zipper)
	e := newEncoded(z, 5*(overhead+60))
	body := func(i int) *reply {
		return newReply(200, "text/plain", nil, []byte(strings.Repeat(strconv.Itoa(i%10), 2000+i)))
	}
	for i := range 100 {
		if _, got := e.best([]string{"gzip"}, body(i)); got == nil {
			t.Fatal("not encoded")
		}
		if e.size > e.limit || len(e.at) != e.used.Len() {
			t.Fatalf("%d bytes of %d, %d and %d entries", e.size, e.limit, len(e.at), e.used.Len())
		}
	}
	made := z.made
	e.best([]string{"gzip"}, body(99))
	if z.made != made {
		t.Error("the latest is forgotten")
	}
	e.best([]string{"gzip"}, body(0))
	if z.made != made+1 {
		t.Error("the first is not forgotten")
	}
	random := newReply(200, "text/plain", nil, []byte("no smaller"))
	for range 2 {
		if c, got := e.best([]string{"gzip"}, random); got != nil || c != "" {
			t.Errorf("got %s %q", c, got)
		}
	}
	if z.made != made+2 {
		t.Errorf("tried %d times", z.made-made-1)
	}
}

// TestSharedBytes: a page is made once for all requests of one build.
func TestSharedBytes(t *testing.T) {
	g := long()
	s := still(g)
	v := s.view.Load()
	file, err := g.File(t.Context(), "/guide/")
	if err != nil {
		t.Fatal(err)
	}
	a := answer{status: 200, class: policy.Page, file: file}
	first, second := v.reply(t.Context(), a, "/guide/"), v.reply(t.Context(), a, "/guide/")
	if first != second || &first.body[0] != &second.body[0] {
		t.Error("the page is copied for every request")
	}
}

func TestRangesServed(t *testing.T) {
	h := still(long()).Handler()
	res := ask(h, "GET", "/img.png", "Range", "bytes=4-6")
	if got := readAll(t, res); res.StatusCode != 206 || got != "png" || res.Header.Get("Content-Range") != "bytes 4-6/4000" {
		t.Errorf("got %d %q %v", res.StatusCode, got, res.Header)
	}
	if res := ask(h, "GET", "/nothing", "Range", "bytes=0-1"); res.StatusCode != 404 {
		t.Errorf("got %d", res.StatusCode)
	}
	if res := ask(h, "GET", "/old/", "Range", "bytes=0-1"); res.StatusCode != 301 {
		t.Errorf("got %d", res.StatusCode)
	}
}

// TestPolicyServed: the author's fields are there while serving, but for
// lifetimes and for what would outlive the server or let others in.
func TestPolicyServed(t *testing.T) {
	g := small()
	glob, err := policy.ParseGlob("/gone/**")
	if err != nil {
		t.Fatal(err)
	}
	g.policy = policy.Options{
		All: policy.NewHeaders(
			policy.Header{Name: "X-Site", Value: "ours"}, policy.Header{Name: "Strict-Transport-Security", Value: "max-age=31536000"},
			policy.Header{Name: "Access-Control-Allow-Origin", Value: "*"}, policy.Header{Name: "Cross-Origin-Resource-Policy", Value: "cross-origin"},
			policy.Header{Name: "Cache-Control", Value: "max-age=60"}),
		Rules: []policy.Rule{{Match: glob, Headers: policy.NewHeaders(policy.Header{Name: "X-Gone", Value: "yes"})}},
	}
	h := still(g).Handler()
	for target, cache := range map[string]string{"/": "no-cache", "/img.png": "no-cache", "/old/": "no-cache", "/gone/x": "no-cache"} {
		res := ask(h, "GET", target)
		want := map[string]string{
			"X-Site": "ours", "Strict-Transport-Security": "", "Access-Control-Allow-Origin": "", "Cross-Origin-Resource-Policy": "same-origin",
			"Cache-Control": cache, "Referrer-Policy": "strict-origin-when-cross-origin",
		}
		if target == "/gone/x" {
			want["X-Gone"] = "yes"
		}
		for name, value := range want {
			if got := res.Header.Get(name); got != value {
				t.Errorf("%s: %s: got %q want %q", target, name, got, value)
			}
		}
	}
}
