package devserver_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/etagere/etagere/builder"
	"github.com/etagere/etagere/builder/sitetest"
	"github.com/etagere/etagere/devserver"
	"github.com/etagere/etagere/devserver/cert"
	"github.com/etagere/etagere/devserver/preview"
	"github.com/etagere/etagere/themes"
)

// leaky is a site with what advisories are about beside what it shows.
const leaky = `
-- site/config.toml --
title = "Leaky"
base_url = "https://example.org/"
# not for readers: config
-- site/content/_index.md --
---
title: Home
---

Home.
-- site/content/secret.md --
---
title: Secret
draft: true
---

not for readers: draft
-- site/static/app.txt --
plain
-- site/.env --
not for readers: env
-- site/.git/config --
not for readers: git
-- site/key.pem --
not for readers: key
-- site/package.json --
{"secret": "not for readers: package"}
-- site-leak/secret.html --
not for readers: sibling
-- secret.html --
not for readers: parent
`

// advisory is one request of an attack, and how it must be answered.
type advisory struct {
	id      string
	target  string   // as it is in the request
	header  []string // "Name: value"; a Host among them replaces ours
	method  string   // GET where empty
	want    []int
	onlyOn1 bool // no request of HTTP/2 can have it
}

// advisories are by their published requests; those of path and deny first, then
// those of Origin, Host and cross-site requests.
var advisories = []advisory{
	{id: "Vite CVE-2023-34092", target: "//.env", want: []int{404}},
	{id: "Vite CVE-2024-23331", target: "/.EnV", want: []int{404}},
	{id: "Vite CVE-2024-45811 GHSA-9cwx", target: "/@fs/etc/passwd?import&raw", want: []int{404}},
	{id: "Vite CVE-2025-30208 GHSA-x574", target: "/@fs/etc/passwd?raw??", want: []int{404}},
	{id: "Vite CVE-2025-30208 GHSA-x574", target: "/.env?import&raw??", want: []int{404}},
	{id: "Vite CVE-2025-31125 GHSA-4r4m", target: "/@fs/etc/passwd?import&?inline=1.wasm?init", want: []int{404}},
	{id: "Vite CVE-2025-31125 GHSA-4r4m", target: "/.env?raw?import", want: []int{404}},
	{id: "Vite CVE-2025-31486 GHSA-xcj6", target: "/etc/passwd?.svg?.wasm?init", header: []string{"Sec-Fetch-Dest: script"}, want: []int{404}},
	{id: "Vite CVE-2025-31486 GHSA-xcj6, relative", target: "/?/../../../../../etc/passwd?import&raw", want: []int{200}}, // the home page: a query changes nothing
	{id: "Vite CVE-2025-32395 GHSA-356w", target: "/@fs/app/#/../../../etc/passwd", want: []int{400}},
	{id: "Vite CVE-2025-32395 GHSA-356w, in the query", target: "/?#/../../../etc/passwd", want: []int{400}},
	{id: "Vite CVE-2025-46565 GHSA-859w", target: "/.env/.", want: []int{404}},
	{id: "Vite CVE-2025-58751 GHSA-g4jq", target: "/../package.json", want: []int{400, 404}},
	{id: "Vite CVE-2025-58751 GHSA-g4jq, prefix", target: "/../site-leak/secret.html", want: []int{400, 404}},
	{id: "Vite CVE-2025-58751 GHSA-g4jq, symbolic link", target: "/link/secret.html", want: []int{404}},
	{id: "Vite CVE-2025-58752 GHSA-jqfw", target: "/../secret.html", want: []int{400, 404}},
	{id: "Vite CVE-2025-58752 GHSA-jqfw, without .html", target: "/../secret", want: []int{400, 404}},
	{id: "Vite CVE-2025-62522 GHSA-93m4", target: `/.env\`, want: []int{400}},
	{id: "Vite CVE-2026-39364 GHSA-v2wj", target: "/.env?raw", want: []int{404}},
	{id: "Vite CVE-2026-39364 GHSA-v2wj", target: "/.env?import&raw", want: []int{404}},
	{id: "Vite CVE-2026-39364 GHSA-v2wj", target: "/.env?import&url&inline", want: []int{404}},
	{id: "Vite CVE-2026-39365 GHSA-4w7w", target: "/_a/../../config.toml.map", want: []int{400, 404}},
	{id: "Vite CVE-2026-39365 GHSA-4w7w, encoded", target: "/_a/..%2f..%2fconfig.toml.map", want: []int{400}},
	{id: "Vite CVE-2026-53571, stream", target: "/.env::$DATA?raw", want: []int{400, 404}},
	{id: "Vite CVE-2026-53571, short name", target: "/KEY~1.PEM", want: []int{400, 404}},
	{id: "Vite GHSA-8g5g-mxqh-grgj", target: "/@fs/../key.pem?url", want: []int{400, 404}},
	{id: "esbuild GHSA-g7r4-m6w7-qqqr", target: `/..\secret.html`, want: []int{400}},
	{id: "esbuild GHSA-g7r4-m6w7-qqqr, encoded", target: "/..%5csecret.html", want: []int{400}},
	{id: "Zola CVE-2023-40274 GHSA-xvv9", target: "/../../../../../../etc/passwd", want: []int{400, 404}},
	{id: "11ty dev-server PR#154", target: "/..%252fsite-leak%252fsecret.html", want: []int{404}},
	{id: "11ty dev-server PR#154, encoded once", target: "/..%2fsite-leak%2fsecret.html", want: []int{400}},
	{id: "h3 GHSA-wr4h", target: "/%2e%2e/secret.html", want: []int{404}},
	{id: "h3 GHSA-wr4h, with a slash", target: "/%2e%2e%2fsecret.html", want: []int{400}},
	{id: "Nuxt CVE-2024-23657", target: "/__nuxt_devtools__/client/../../../secret.html", want: []int{400, 404}},
	{id: "Caddy CVE-2026-92700, case", target: "/KEY.PEM", want: []int{404}},
	{id: "Caddy CVE-2026-27587, escaped letters", target: "/%6bey.pem", want: []int{404}},
	{id: "Caddy CVE-2026-27585, backslash", target: `/\key.pem`, want: []int{400}},
	{id: "Caddy CVE-2026-27588, case of a host", target: "/app.txt", header: []string{"Host: EVIL.example"}, want: []int{421}},
	{id: "Caddy GO-2026-5595", target: "/static%5capp.txt", want: []int{400}},
	{id: "a byte of zero", target: "/key.pem%00.html", want: []int{400}},
	{id: "an escape that is none", target: "/%zz", want: []int{400}},

	{id: "esbuild GHSA-67mh-4wv8-2f99", target: "/app.txt", header: []string{"Origin: https://evil.example"}, want: []int{200}}, // and no field of CORS
	{id: "esbuild GHSA-67mh-4wv8-2f99, events", target: "/_etagere/problems", header: []string{"Origin: https://evil.example"}, want: []int{403}},
	{id: "Vite CVE-2025-24010 GHSA-vg6x, rebinding", target: "/", header: []string{"Host: evil.example"}, want: []int{421}},
	{id: "Vite CVE-2025-24010 GHSA-vg6x, events", target: "/_etagere/events", header: []string{"Origin: http://evil.example"}, want: []int{403}},
	{id: "Vite CVE-2026-39363 GHSA-p9ff", target: "/_etagere/fetchModule?file:///etc/passwd", want: []int{404}},
	{id: "webpack-dev-server CVE-2025-30359 GHSA-4v9v", target: "/app.txt", header: []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: script"}, want: []int{403}},
	{id: "webpack-dev-server CVE-2025-30360 GHSA-9jgg", target: "/_etagere/problems", header: []string{"Origin: http://127.0.0.2:8080"}, want: []int{403}},
	{id: "CVE-2026-6402 GHSA-79cf", target: "/app.txt", want: []int{200}}, // without Sec-Fetch-*: Cross-Origin-Resource-Policy holds
	{id: "Next CVE-2025-48068 GHSA-3h52", target: "/_etagere/problems", header: []string{"Origin: https://evil.example", "Sec-Fetch-Site: cross-site"}, want: []int{403}},
	{id: "Next CVE-2026-27977 GHSA-jcc7", target: "/_etagere/problems", header: []string{"Origin: null"}, want: []int{403}},
	{id: "Next CVE-2026-94485 GHSA-f87g", target: "/_etagere/mcp", method: "POST", want: []int{405}},
	{id: "Parcel CVE-2025-56648 GHSA-qm9p", target: "/", header: []string{"Origin: https://evil.example"}, want: []int{200}},
	{id: "Nuxt CVE-2025-24360", target: "/", method: "OPTIONS", header: []string{"Origin: https://evil.example", "Access-Control-Request-Method: GET"}, want: []int{204}},
	{id: "Nuxt CVE-2026-71319 GHSA-279x", target: "/", header: []string{"Host: evil.example", "X-Forwarded-Host: localhost", "X-Forwarded-For: 127.0.0.1", "Forwarded: host=localhost"}, want: []int{421}},
	{id: "Nuxt GHSA-7c4v-fwgw-9rf7", target: "/_etagere/problems", header: []string{"Origin: https://evil.example", "X-Forwarded-Host: evil.example"}, want: []int{403}},
	{id: "Storybook CVE-2026-27148 GHSA-mjf5", target: "/", want: []int{200}}, // no token in what is served
	{id: "React Native CVE-2025-11953", target: "/open-url", method: "POST", want: []int{405}},
	{id: "launch-editor CVE-2024-52011", target: "/__open-in-editor?file=config.toml", want: []int{404}},
	{id: "Astro CVE-2025-64745", target: "/%3Cscript%3Ealert(1)%3C/script%3E", want: []int{404}},
	{id: "Astro CVE-2025-64745, as it is", target: "/<script>alert(1)</script>", want: []int{400, 404}},
	{id: "Astro CVE-2025-64525", target: "/", header: []string{"X-Forwarded-Proto: javascript:alert(1)//", "X-Forwarded-Port: 1/path?q"}, want: []int{200}},
	{id: "Astro CVE-2026-25545", target: "/nowhere", header: []string{"Host: 169.254.169.254"}, want: []int{421}},
	{id: "Astro CVE-2026-33768", target: "/nowhere", header: []string{"X-Astro-Path: /app.txt"}, want: []int{404}},
	{id: "Caddy CVE-2026-27589", target: "/config/", method: "POST", header: []string{"Origin: https://evil.example"}, want: []int{405}},
	{id: "Vite CVE-2024-31207 GHSA-8jhw", target: "/.git/config", want: []int{404}},

	{id: "a target in absolute form", target: "http://evil.example/", want: []int{421}, onlyOn1: true},
	{id: "a target in absolute form, ours", target: "http://localhost", want: []int{200}, onlyOn1: true},
	{id: "OPTIONS *", target: "*", method: "OPTIONS", header: []string{"Host: evil.example"}, want: []int{421}, onlyOn1: true},
	{id: "no host", target: "/", header: []string{"Host: "}, want: []int{400, 421}, onlyOn1: true},
}

// raw is a server that requests are written to byte by byte.
type raw struct {
	http, https string // addresses
	roots       *x509.CertPool
}

// rawServe starts both kinds of servers on the site in dir.
func rawServe(t *testing.T, dir string) map[string]*raw {
	t.Helper()
	source, err := cert.NewSource(cert.Options{})
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(source.Authority().Cert)
	listening := devserver.Listening{Addr: "127.0.0.1:0", TLSAddr: "127.0.0.1:0", Certificate: source.Certificate}
	o := builder.Options{Source: dir, Themes: themes.FS()}
	b, err := builder.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]*raw)
	start := func(name string, serve func(ctx context.Context, ready func(devserver.Addresses)) error) {
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		ready := make(chan devserver.Addresses, 1)
		go func() { ended <- serve(ctx, func(at devserver.Addresses) { ready <- at }) }()
		t.Cleanup(func() {
			cancel()
			if err := <-ended; err != nil {
				t.Errorf("%s ended with %v", name, err)
			}
		})
		at := <-ready
		address := func(url string) string { _, rest, _ := strings.Cut(url, "//"); return strings.TrimSuffix(rest, "/") }
		out[name] = &raw{http: address(at.HTTP), https: address(at.HTTPS), roots: roots}
	}
	start("serve", func(ctx context.Context, ready func(devserver.Addresses)) error {
		return devserver.New(devserver.Options{Builder: opened{b}, Listening: listening, Poll: true, Report: func(e devserver.Event) {
			if e.Kind == devserver.Ready {
				ready(devserver.Addresses{HTTP: e.HTTP, HTTPS: e.HTTPS})
			}
		}}).Run(ctx)
	})
	if res, err := builder.Build(t.Context(), builder.BuildOptions{Options: o}); err != nil || !res.Written {
		t.Fatal(err, res)
	}
	p, err := preview.New(preview.Options{Dir: filepath.Join(dir, "public")})
	if err != nil {
		t.Fatal(err)
	}
	start("preview", func(ctx context.Context, ready func(devserver.Addresses)) error {
		return listening.Serve(ctx, p.Handler(), ready)
	})
	return out
}

// result is what came back.
type result struct {
	status int
	header http.Header
	body   string
}

// over1 writes a request of HTTP/1.1 as it stands.
func (r *raw) over1(t *testing.T, a advisory) result {
	t.Helper()
	conn, err := net.DialTimeout("tcp", r.http, hang)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(hang))
	host := "Host: " + r.http
	var lines []string
	for _, h := range a.header {
		if strings.HasPrefix(h, "Host:") {
			host = h
			continue
		}
		lines = append(lines, h)
	}
	method := a.method
	if method == "" {
		method = "GET"
	}
	lines = append([]string{method + " " + a.target + " HTTP/1.1", host, "Connection: close"}, lines...)
	if _, err := io.WriteString(conn, strings.Join(lines, "\r\n")+"\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return result{res.StatusCode, res.Header, string(body)}
}

// over2 writes a request of HTTP/2, frame by frame: no client's library has a
// say in what it may hold.
func (r *raw) over2(t *testing.T, a advisory) result {
	t.Helper()
	conn, err := tls.Dial("tcp", r.https, &tls.Config{RootCAs: r.roots, NextProtos: []string{"h2"}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(hang))
	if _, err := io.WriteString(conn, http2.ClientPreface); err != nil {
		t.Fatal(err)
	}
	framer := http2.NewFramer(conn, conn)
	framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	if err := framer.WriteSettings(); err != nil {
		t.Fatal(err)
	}
	var block bytes.Buffer
	enc := hpack.NewEncoder(&block)
	field := func(name, value string) { _ = enc.WriteField(hpack.HeaderField{Name: name, Value: value}) }
	method, host := "GET", r.https
	if a.method != "" {
		method = a.method
	}
	for _, h := range a.header {
		if value, ok := strings.CutPrefix(h, "Host: "); ok {
			host = value
		}
	}
	field(":method", method)
	field(":scheme", "https")
	field(":authority", host)
	field(":path", a.target)
	for _, h := range a.header {
		if name, value, _ := strings.Cut(h, ": "); name != "Host" {
			field(strings.ToLower(name), value)
		}
	}
	if err := framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block.Bytes(), EndStream: true, EndHeaders: true}); err != nil {
		t.Fatal(err)
	}
	out := result{header: make(http.Header)}
	for {
		f, err := framer.ReadFrame()
		if err != nil {
			t.Fatal(err)
		}
		switch f := f.(type) {
		case *http2.MetaHeadersFrame:
			_, _ = fmt.Sscan(f.PseudoValue("status"), &out.status)
			for _, h := range f.RegularFields() {
				out.header.Add(h.Name, h.Value)
			}
		case *http2.DataFrame:
			out.body += string(f.Data())
		case *http2.SettingsFrame:
			if !f.IsAck() {
				_ = framer.WriteSettingsAck()
			}
		case *http2.RSTStreamFrame: // what Go's server does to a request it cannot read
			out.status = 400
			return out
		case *http2.GoAwayFrame:
			t.Fatalf("the connection ends: %v", f.ErrCode)
		}
		if h := f.Header(); h.StreamID == 1 && h.Flags.Has(http2.FlagDataEndStream) && (h.Type == http2.FrameData || h.Type == http2.FrameHeaders) {
			return out
		}
	}
}

// TestAdvisories writes the requests of the field's security advisories to both
// servers, over HTTP/1.1 and over HTTP/2.
func TestAdvisories(t *testing.T) {
	outer := sitetest.Dir(t, leaky)
	dir := filepath.Join(outer, "site")
	if err := os.Symlink(filepath.Join(outer, "site-leak"), filepath.Join(dir, "static", "link")); err != nil {
		t.Logf("no symbolic links here: %v", err)
	}
	for name, server := range rawServe(t, dir) {
		for proto, ask := range map[string]func(*testing.T, advisory) result{"HTTP/1.1": server.over1, "HTTP/2": server.over2} {
			t.Run(name+" over "+proto, func(t *testing.T) {
				for _, a := range advisories {
					if a.onlyOn1 && proto != "HTTP/1.1" {
						continue
					}
					want := a.want
					if name == "preview" && strings.HasPrefix(a.target, "/_etagere/") && slices.Contains(want, 403) {
						want = []int{403} // there is nothing, and nobody is told so
					}
					res := ask(t, a)
					if !slices.Contains(want, res.status) {
						t.Errorf("%s: %s %s %q: got %d want %v", a.id, a.method, a.target, a.header, res.status, want)
					}
					safe(t, a, res)
				}
			})
		}
	}
}

// safe checks what holds for every answer.
func safe(t *testing.T, a advisory, res result) {
	t.Helper()
	for _, leak := range []string{"not for readers", "root:", "<script>alert"} {
		if strings.Contains(res.body, leak) {
			t.Errorf("%s: %s: the answer has %q", a.id, a.target, leak)
		}
	}
	if strings.Contains(strings.ToLower(res.body), "token") || strings.Contains(res.body, "evil.example") || strings.Contains(res.body, "javascript:") {
		t.Errorf("%s: the answer repeats or gives away: %.300s", a.id, res.body)
	}
	for name := range res.header {
		if strings.HasPrefix(name, "Access-Control-") {
			t.Errorf("%s: a field of CORS: %s", a.id, name)
		}
	}
	// What net/http refuses itself, it refuses with words of its own.
	if res.status == 400 && res.header.Get("Cross-Origin-Resource-Policy") == "" {
		return
	}
	if got := res.header.Get("Cross-Origin-Resource-Policy"); got != "same-origin" {
		t.Errorf("%s: Cross-Origin-Resource-Policy %q", a.id, got)
	}
	if got := res.header.Get("X-Content-Type-Options"); got != "nosniff" {
		t.Errorf("%s: X-Content-Type-Options %q", a.id, got)
	}
	if res.status >= 400 && res.status != 404 && res.header.Get("Content-Security-Policy") != "default-src 'none'" {
		t.Errorf("%s: a %d under the policy %q", a.id, res.status, res.header.Get("Content-Security-Policy"))
	}
	if res.status == 405 && res.header.Get("Allow") == "" {
		t.Errorf("%s: no Allow", a.id)
	}
}
