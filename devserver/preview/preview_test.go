package preview_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/etagere/etagere/builder"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/sitetest"
	"github.com/etagere/etagere/devserver/preview"
	"github.com/etagere/etagere/themes"
)

const docs = `
-- config.toml --
title = "Docs"
base_url = "https://example.org/docs/"

[policy.headers.all]
X-Site = "ours"
Strict-Transport-Security = "max-age=31536000"

[policy.headers.page]
CDN-Cache-Control = "max-age=300"
-- content/_index.md --
---
title: Docs
aliases: [/old/]
---

The home page.
-- content/中文.md --
---
title: Chinese
---

Its name has no ASCII.
-- static/_not_a_page.txt --
plain
`

// built is a site that was built, and its preview.
type built struct {
	t   *testing.T
	dir string // of the site
	*preview.Preview
	handler http.Handler

	mu      sync.Mutex
	notices []string
}

// build builds the site of archive into a folder of its own.
func build(t *testing.T, archive string, dest string) *built {
	t.Helper()
	b := &built{t: t, dir: sitetest.Dir(t, archive)}
	if dest == "" {
		dest = filepath.Join(b.dir, "public")
	}
	b.rebuild(dest)
	p, err := preview.New(preview.Options{Dir: dest, Sources: []string{b.dir}, Notice: b.notice})
	if err != nil {
		t.Fatal(err)
	}
	b.Preview, b.handler = p, p.Handler()
	return b
}

func (b *built) rebuild(dest string) *output.Manifest {
	b.t.Helper()
	o := builder.BuildOptions{Options: builder.Options{Source: b.dir, Themes: themes.FS()}, Destination: dest}
	res, err := builder.Build(b.t.Context(), o)
	if err != nil || !res.Written {
		b.t.Fatal(err, res.Problems)
	}
	return res.Manifest
}

func (b *built) notice(message string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.notices = append(b.notices, message)
}

func (b *built) told() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Join(b.notices, "\n")
}

// ask asks for a path of localhost, with header fields in pairs.
func (b *built) ask(method, path string, header ...string) (*http.Response, string) {
	b.t.Helper()
	r := httptest.NewRequest(method, "http://localhost"+path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	res := w.Result()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return res, string(body)
}

// TestAsBuilt: every file of the manifest has the bytes and the fields that it
// is built with, and no others but those of the connection.
func TestAsBuilt(t *testing.T) {
	b := build(t, docs, "")
	m := b.rebuild(filepath.Join(b.dir, "public"))
	for _, e := range m.Files {
		if e.URL == "/old/" {
			continue // a redirect, see below
		}
		res, body := b.ask("GET", "/docs"+e.URL)
		want, err := os.ReadFile(filepath.Join(b.dir, "public", filepath.FromSlash(e.Path)))
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != 200 || body != string(want) {
			t.Errorf("%s: got %d, %d bytes of %d", e.URL, res.StatusCode, len(body), len(want))
		}
		fields := map[string]string{
			"Content-Type": e.Type, "Content-Length": strconv.FormatInt(e.Size, 10), "Etag": e.ETag, "Accept-Ranges": "bytes",
			"Cross-Origin-Resource-Policy": "same-origin",
		}
		for name, value := range m.HeaderSets[e.Headers] {
			if name != "Strict-Transport-Security" { // for all of localhost, and for a year
				fields[http.CanonicalHeaderKey(name)] = value
			}
		}
		for name := range res.Header {
			if res.Header.Get(name) != fields[name] {
				t.Errorf("%s: %s is %q, want %q", e.URL, name, res.Header.Get(name), fields[name])
			}
			delete(fields, name)
		}
		if len(fields) > 0 {
			t.Errorf("%s: missing are %v", e.URL, fields)
		}
		if strings.Contains(body, "/_etagere/") {
			t.Errorf("%s has the author's script", e.URL)
		}
	}
	if told := b.told(); told != "" {
		t.Error(told)
	}
}

func TestAnswers(t *testing.T) {
	b := build(t, docs, "")
	tests := []struct {
		path   string
		status int
		fields string // "Name: value", several with "|"
		body   string
	}{
		{"/docs/", 200, "X-Site: ours|Cdn-Cache-Control: max-age=300|Cache-Control: no-cache", "The home page."},
		{"/docs/?utm=1", 200, "", "The home page."},
		{"/docs/%E4%B8%AD%E6%96%87/", 200, "", "no ASCII"},
		{"/docs/%e4%b8%ad%e6%96%87/", 200, "", "no ASCII"},
		{"/docs/%E4%B8%AD%E6%96%87?a=b", 308, "Location: /docs/%E4%B8%AD%E6%96%87/?a=b|Cache-Control: max-age=3600|Vary: ", ""},
		{"/docs/index.html", 308, "Location: /docs/", ""},
		{"/docs/old/", 301, "Location: /docs/|Cache-Control: max-age=3600|X-Site: ours|Etag: ", ""},
		{"/docs/%6fld/", 301, "Location: /docs/", ""},
		{"/", 307, "Location: /docs/|Cache-Control: no-cache", ""},
		{"/docs", 307, "Location: /docs/", ""},
		{"/else/", 404, "Cache-Control: no-cache", "the site is at /docs/"},
		{"/docs/nowhere/", 404, "Cache-Control: no-cache|X-Site: ours|Etag: |Content-Type: text/html; charset=utf-8", "<html"},
		{"/docs/_a/main.aaaaaaaaaaaaaaaa.css", 404, "Cache-Control: no-store", ""},
		{"/docs/config.toml", 404, "", ""},
		{"/docs/../config.toml", 404, "", ""},
		{"/docs/.etagere/manifest.json", 404, "", ""},
		{"/docs/..%2fconfig.toml", 400, "", ""},
		{"/_etagere/livereload.js", 404, "", ""},
		{"/docs/_etagere/events", 404, "", ""},
	}
	for _, tt := range tests {
		res, body := b.ask("GET", tt.path)
		if res.StatusCode != tt.status || !strings.Contains(body, tt.body) {
			t.Errorf("%s: got %d %q", tt.path, res.StatusCode, body)
		}
		for line := range strings.SplitSeq(tt.fields, "|") {
			if name, value, ok := strings.Cut(line, ": "); ok && res.Header.Get(name) != value {
				t.Errorf("%s: %s is %q, want %q", tt.path, name, res.Header.Get(name), value)
			}
		}
	}
	res, _ := b.ask("GET", "/docs/")
	if res, body := b.ask("GET", "/docs/", "If-None-Match", res.Header.Get("ETag")); res.StatusCode != 304 || body != "" || res.Header.Get("Vary") == "" {
		t.Errorf("got %d %v", res.StatusCode, res.Header)
	}
	for method, want := range map[string]int{"POST": 405, "OPTIONS": 204, "DELETE": 405} {
		if res, _ := b.ask(method, "/docs/"); res.StatusCode != want || res.Header.Get("Allow") != "GET, HEAD, OPTIONS" {
			t.Errorf("%s: got %d %v", method, res.StatusCode, res.Header)
		}
	}
	if res, _ := b.ask("GET", "/docs/", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"); res.StatusCode != 403 {
		t.Errorf("got %d", res.StatusCode)
	}
}

// TestLanguages: each language has its own page for what does not exist.
func TestLanguages(t *testing.T) {
	b := build(t, `
-- config.toml --
title = "Two"
base_url = "https://example.org/"
[languages.en]
content = "content/en"
[languages.zh]
content = "content/zh"
-- content/en/_index.md --
# Home
-- content/zh/_index.md --
# 首页
`, "")
	for path, want := range map[string]string{"/nowhere/": `lang="en"`, "/zh/nowhere/": `lang="zh`, "/zhnowhere/": `lang="en"`} {
		if res, body := b.ask("GET", path); res.StatusCode != 404 || !strings.Contains(body, want) {
			t.Errorf("%s: got %d %.200s", path, res.StatusCode, body)
		}
	}
}

// TestChangedOnDisk: what was written to since is not sent, nor word that it has
// not changed.
func TestChangedOnDisk(t *testing.T) {
	for name, edit := range map[string]func(name string) error{
		"its bytes are others": func(name string) error {
			info, err := os.Stat(name)
			if err != nil {
				return err
			}
			return os.WriteFile(name, bytes.Repeat([]byte("x"), int(info.Size())), 0o666)
		},
		"it has 1 bytes": func(name string) error { return os.WriteFile(name, []byte("x"), 0o666) },
		"it is gone":     os.Remove,
		"it is no file":  func(name string) error { return errors.Join(os.Remove(name), os.Mkdir(name, 0o777)) },
	} {
		t.Run(name, func(t *testing.T) {
			b := build(t, docs, "")
			res, _ := b.ask("GET", "/docs/")
			if err := edit(filepath.Join(b.dir, "public", "index.html")); err != nil {
				t.Fatal(err)
			}
			for _, header := range [][]string{nil, {"If-None-Match", res.Header.Get("ETag")}, {"Range", "bytes=0-1"}} {
				res, body := b.ask("GET", "/docs/", header...)
				if res.StatusCode != 500 || !strings.Contains(body, "index.html is not as it was built: "+name) || !strings.Contains(body, "etagere build") ||
					res.Header.Get("Cache-Control") != "no-store" {
					t.Errorf("got %d %q %v", res.StatusCode, body, res.Header)
				}
			}
			if n := strings.Count(b.told(), "index.html"); n != 1 {
				t.Errorf("told %d times: %s", n, b.told())
			}
			if name == "it is no file" {
				return // the builder asks what that folder is
			}
			b.rebuild(filepath.Join(b.dir, "public"))
			if res, _ := b.ask("GET", "/docs/"); res.StatusCode != 200 {
				t.Errorf("built again: got %d", res.StatusCode)
			}
		})
	}
}

// TestFollowsBuilds: a later build shows at once, and an image that an open page
// of the earlier one has asked for does not mix with it.
func TestFollowsBuilds(t *testing.T) {
	b := build(t, docs, "")
	before, _ := b.ask("GET", "/docs/")
	edited := filepath.Join(b.dir, "content", "_index.md")
	if err := os.WriteFile(edited, []byte("---\ntitle: Docs\n---\n\nAnother text.\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	b.rebuild(filepath.Join(b.dir, "public"))
	after, body := b.ask("GET", "/docs/", "If-None-Match", before.Header.Get("ETag"))
	if after.StatusCode != 200 || !strings.Contains(body, "Another text.") || after.Header.Get("ETag") == before.Header.Get("ETag") {
		t.Errorf("got %d %q", after.StatusCode, body)
	}
	if res, _ := b.ask("GET", "/docs/old/"); res.StatusCode != 404 {
		t.Errorf("the redirect that is gone: got %d", res.StatusCode)
	}
}

// TestLarge: a file too large for memory is compared and sent in any part.
func TestLarge(t *testing.T) {
	b := &built{t: t, dir: sitetest.Dir(t, docs)}
	data := make([]byte, 3<<20)
	if _, err := rand.Read(data); err != nil {
		t.Fatal(err)
	}
	film := filepath.Join(b.dir, "static", "film.mp4")
	if err := os.WriteFile(film, data, 0o666); err != nil {
		t.Fatal(err)
	}
	dest := filepath.Join(t.TempDir(), "elsewhere")
	b.rebuild(dest)
	p, err := preview.New(preview.Options{Dir: dest, Sources: []string{filepath.Join(b.dir, "content")}, Notice: b.notice})
	if err != nil {
		t.Fatal(err)
	}
	b.handler = p.Handler()
	for range 2 {
		if res, body := b.ask("GET", "/docs/film.mp4"); res.StatusCode != 200 || body != string(data) || res.Header.Get("Vary") != "" {
			t.Errorf("got %d, %d bytes, %v", res.StatusCode, len(body), res.Header)
		}
		res, body := b.ask("GET", "/docs/film.mp4", "Range", "bytes=1000000-2999999")
		if res.StatusCode != 206 || body != string(data[1000000:3000000]) {
			t.Errorf("got %d, %d bytes", res.StatusCode, len(body))
		}
		if res, body := b.ask("GET", "/docs/film.mp4", "Range", "bytes=0-9,3145718-"); res.StatusCode != 206 ||
			!strings.Contains(body, string(data[:10])+"\r\n--") || !strings.Contains(body, "\r\n\r\n"+string(data[3145718:])+"\r\n--") {
			t.Errorf("got %d %q", res.StatusCode, body)
		}
		if res, body := b.ask("HEAD", "/docs/film.mp4"); res.StatusCode != 200 || body != "" || res.Header.Get("Content-Length") != fmt.Sprint(len(data)) {
			t.Errorf("got %d %v", res.StatusCode, res.Header)
		}
	}
	data[2_000_000]++
	if err := os.WriteFile(filepath.Join(dest, "film.mp4"), data, 0o666); err != nil {
		t.Fatal(err)
	}
	if res, _ := b.ask("GET", "/docs/film.mp4", "Range", "bytes=0-9"); res.StatusCode != 500 {
		t.Errorf("one changed byte: got %d", res.StatusCode)
	}
}

// TestManyAtOnce is for the race detector: builds and requests at the same time.
func TestManyAtOnce(t *testing.T) {
	b := build(t, docs, "")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20 {
				res, body := b.ask("GET", "/docs/")
				if res.StatusCode != 200 && res.StatusCode != 500 {
					t.Errorf("got %d %s", res.StatusCode, body)
				}
			}
		})
	}
	for i := range 3 {
		text := fmt.Sprintf("---\ntitle: Docs\n---\n\nText %d.\n", i)
		if err := os.WriteFile(filepath.Join(b.dir, "content", "_index.md"), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		b.rebuild(filepath.Join(b.dir, "public"))
	}
	wg.Wait()
	if res, body := b.ask("GET", "/docs/"); res.StatusCode != 200 || !strings.Contains(body, "Text 2.") {
		t.Errorf("got %d %s", res.StatusCode, body)
	}
}

func TestNoBuild(t *testing.T) {
	dir := t.TempDir()
	for where, missing := range map[string]bool{dir: false, filepath.Join(dir, "public"): true} {
		_, err := preview.New(preview.Options{Dir: where})
		var none *preview.NoBuildError
		if !errors.As(err, &none) || none.Missing != missing {
			t.Errorf("%s: got %v", where, err)
		}
	}
}
