package devserver

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/etagere/etagere/builder/site"
)

// still is a server without a loop that shows g.
func still(g *fake) *Server {
	s := New(Options{Builder: &fakeBuilder{g: g}, Poll: true})
	var v *view
	s.show(v.next(g))
	return s
}

// ask asks h for target with headers in pairs.
func ask(h http.Handler, method, target string, header ...string) *http.Response {
	r := httptest.NewRequest(method, "/", nil)
	r.Host = "localhost:8080"
	r.RequestURI = target
	u, err := url.ParseRequestURI(target)
	if err != nil {
		panic(err)
	}
	r.URL.Path, r.URL.RawPath, r.URL.RawQuery = u.Path, u.RawPath, u.RawQuery
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func small() *fake {
	return &fake{
		id: "1", base: "/",
		files: map[string]string{
			"/": "<html><head></head><body>home", "/guide/": "guide", "/404.html": "<p>not here",
			"/%E4%B8%AD/": "zhong", "/a%25b/": "percent", "/img.png": "png", "/site.css": "a{}",
			"/_a/main.aaaaaaaaaaaaaaaa.css": "b{}", "/broken/": "!figure",
		},
		redirects: map[string]site.Redirect{
			"/old/": {To: "/guide/", Status: 301}, "/away/": {To: "https://example.org/x", Status: 302}, "/odd/": {To: "/guide/"},
		},
	}
}

func TestAnswers(t *testing.T) {
	h := still(small()).Handler()
	tests := []struct {
		target string
		status int
		header string // "Name: value"
		body   string // a part of it
	}{
		{"/", 200, "Cache-Control: no-cache", "<head><script src="},
		{"/?x=/../../etc/passwd", 200, "Content-Type: text/html; charset=utf-8", "home"},
		{"/guide/", 200, "X-Content-Type-Options: nosniff", "guide<script"},
		{"/guide", 308, "Location: /guide/", ""},
		{"/guide?a=b", 308, "Location: /guide/?a=b", ""},
		{"/guide/index.html", 308, "Location: /guide/", ""},
		{"/index.html", 308, "Cache-Control: no-cache", ""},
		{"/%E4%B8%AD/", 200, "", "zhong"},
		{"/%e4%b8%ad/", 200, "", "zhong"},
		{"/中/", 200, "", "zhong"},
		{"/%67uide/", 200, "", "guide"},
		{"/a%25b/", 200, "", "percent"},
		{"/img.png", 200, "Content-Type: image/png", "png"},
		{"/site.css", 200, "Cache-Control: no-cache", "a{}"},
		{"/_a/main.aaaaaaaaaaaaaaaa.css", 200, "Cache-Control: public, max-age=31536000, immutable", "b{}"},
		{"/_a/main.aaaaaaaaaaaaaaaa.css", 200, "SourceMap: /_a/main-css.cccccccccccccccc.map", "b{}"},
		{"/site.css", 200, "SourceMap: ", "a{}"},
		{"/_a/main.bbbbbbbbbbbbbbbb.css", 404, "Cache-Control: no-store", ""},
		{"/old/", 301, "Location: /guide/", ""},
		{"/old/", 301, "Cache-Control: no-cache", ""},
		{"/away/", 302, "Location: https://example.org/x", ""},
		{"/odd/", 301, "Location: /guide/", ""},
		{"/nothing", 404, "Cache-Control: no-cache", "<p>not here"},
		{"/nothing", 404, "ETag: ", "livereload.js"},
		{"/broken/", 500, "Cache-Control: no-cache", "no shortcode &#34;figure&#34;"},
		{"/_etagere/livereload.js", 200, "Content-Type: text/javascript; charset=utf-8", "EventSource"},
		{"/_etagere/problems", 200, "Cache-Control: no-store", `"problems":[`},
		{"/_etagere/else", 404, "", ""},
		// What others have leaked by.
		{"//etc/passwd", 404, "", ""},
		{"/../config.toml", 404, "", ""},
		{"/%2e%2e/config.toml", 404, "", ""},
		{"/.env", 404, "", ""},
		{"/.git/config?raw", 404, "", ""},
		{"/guide/../", 404, "", ""},
		{"/..%2fconfig.toml", 400, "", ""},
		{"/%5c..%5cconfig.toml", 400, "", ""},
		{"/a%00b", 400, "", ""},
		{"//evil.example/%2f..", 400, "", ""},
		{"/<script>alert(1)</script>", 404, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.target, func(t *testing.T) {
			res := ask(h, "GET", tt.target)
			body := readAll(t, res)
			if res.StatusCode != tt.status {
				t.Errorf("got status %d want %d: %s", res.StatusCode, tt.status, body)
			}
			if name, value, ok := strings.Cut(tt.header, ": "); ok && res.Header.Get(name) != value {
				t.Errorf("%s: got %q want %q", name, res.Header.Get(name), value)
			}
			if !strings.Contains(body, tt.body) {
				t.Errorf("got body %q, want something of %q", body, tt.body)
			}
			for name := range res.Header {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("a CORS header: %s", name)
				}
			}
			if got := res.Header.Get("Cross-Origin-Resource-Policy"); got != "same-origin" {
				t.Errorf("Cross-Origin-Resource-Policy: got %q", got)
			}
			if strings.Contains(body, "<script>alert") {
				t.Error("the path is echoed")
			}
		})
	}
}

func TestRawPaths(t *testing.T) {
	h := still(small()).Handler()
	for _, raw := range []string{`/a\b`, "/#/x", "/guide/#top"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host, r.RequestURI, r.URL.Path = "localhost", raw, raw
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusBadRequest {
			t.Errorf("%q: got %d", raw, w.Code)
		}
	}
}

func TestBasePath(t *testing.T) {
	g := small()
	g.base = "/docs/"
	h := still(g).Handler()
	for target, want := range map[string]string{
		"/": "307 /docs/", "/docs": "307 /docs/", "/docs/": "200 ", "/docs/guide": "308 /docs/guide/", "/docs/old/": "301 /docs/guide/",
		"/docs/away/": "302 https://example.org/x", "/guide/": "404 ", "/docsguide/": "404 ", "/docs/nothing": "404 ", "/docs//guide/": "404 ",
	} {
		res := ask(h, "GET", target)
		status, location, _ := strings.Cut(want, " ")
		if got := res.Status[:3]; got != status || res.Header.Get("Location") != location {
			t.Errorf("%s: got %s %q, want %s", target, got, res.Header.Get("Location"), want)
		}
	}
}

func TestGates(t *testing.T) {
	h := still(small()).Handler()
	const events = "/_etagere/problems"
	tests := []struct {
		name, method, target string
		header               []string
		want                 int
	}{
		{"post", "POST", "/", nil, 405},
		{"options", "OPTIONS", "/", nil, 204},
		{"trace", "TRACE", "/", nil, 405},
		{"another host", "GET", "/", []string{"Host", "evil.example"}, 421},
		{"a host that starts as ours", "GET", "/", []string{"Host", "localhost.evil.example"}, 421},
		{"an address that starts as ours", "GET", "/", []string{"Host", "127.0.0.1.evil.example"}, 421},
		{"another address", "GET", "/", []string{"Host", "192.0.2.1:8080"}, 421},
		{"no host", "GET", "/", []string{"Host", ""}, 421},
		{"capitals and a dot", "GET", "/", []string{"Host", "LOCALHOST.:80"}, 200},
		{"a name below localhost", "GET", "/", []string{"Host", "docs.localhost:8080"}, 200},
		{"IPv4", "GET", "/", []string{"Host", "127.0.0.1:8080"}, 200},
		{"IPv6", "GET", "/", []string{"Host", "[::1]:8080"}, 200},
		{"a link from elsewhere", "GET", "/", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 200},
		{"a part of another site", "GET", "/img.png", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"}, 403},
		{"own page", "GET", events, []string{"Sec-Fetch-Site", "same-origin", "Origin", "http://localhost:8080"}, 200},
		{"typed", "GET", events, []string{"Sec-Fetch-Site", "none"}, 200},
		{"another port of this machine", "GET", events, []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"navigation from elsewhere", "GET", events, []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 403},
		{"foreign origin", "GET", events, []string{"Origin", "http://evil.example"}, 403},
		{"no origin at all", "GET", events, []string{"Origin", "null"}, 403},
		{"two origins", "GET", events, []string{"Origin", "http://localhost:8080", "Origin", "http://evil.example"}, 403},
		{"origin of another scheme", "GET", events, []string{"Origin", "https://localhost:8080"}, 403},
		{"forwarded", "GET", "/", []string{"Host", "evil.example", "X-Forwarded-Host", "localhost"}, 421},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := ask(h, tt.method, tt.target, tt.header...)
			if res.StatusCode != tt.want {
				t.Errorf("got %d want %d", res.StatusCode, tt.want)
			}
			if (tt.want == 405 || tt.want == 204) && res.Header.Get("Allow") != "GET, HEAD, OPTIONS" {
				t.Errorf("Allow: got %q", res.Header.Get("Allow"))
			}
		})
	}
}

func TestAllowHost(t *testing.T) {
	s := New(Options{Builder: &fakeBuilder{}, AllowHosts: []string{"Box.Lan"}, Poll: true})
	var v *view
	s.show(v.next(small()))
	if res := ask(s.Handler(), "GET", "/", "Host", "box.lan:8080"); res.StatusCode != 200 {
		t.Errorf("got %d", res.StatusCode)
	}
}

func TestConditional(t *testing.T) {
	h := still(small()).Handler()
	for _, target := range []string{"/", "/site.css", "/_a/main.aaaaaaaaaaaaaaaa.css", "/_etagere/livereload.js"} {
		first := ask(h, "GET", target)
		body := readAll(t, first)
		tag := first.Header.Get("ETag")
		if len(tag) < 18 || tag[0] != '"' {
			t.Fatalf("%s: got ETag %q", target, tag)
		}
		for _, header := range [][]string{
			{"If-None-Match", tag}, {"If-None-Match", "W/" + tag}, {"If-None-Match", "*"},
			{"If-None-Match", `"x", ` + tag}, {"If-None-Match", `"x"`, "If-None-Match", tag},
		} {
			res := ask(h, "GET", target, header...)
			if res.StatusCode != 304 || res.Header.Get("ETag") != tag || res.Header.Get("Content-Length") != "" || readAll(t, res) != "" {
				t.Errorf("%s with %v: got %d %v", target, header, res.StatusCode, res.Header)
			}
			if got := res.Header.Get("Cache-Control"); got != first.Header.Get("Cache-Control") {
				t.Errorf("%s: the 304 says %q", target, got)
			}
		}
		if res := ask(h, "GET", target, "If-None-Match", `"x"`); res.StatusCode != 200 {
			t.Errorf("%s: another tag got %d", target, res.StatusCode)
		}
		head := ask(h, "HEAD", target)
		if got := readAll(t, head); got != "" || head.ContentLength != int64(len(body)) || head.Header.Get("ETag") != tag {
			t.Errorf("%s: HEAD got %q, length %d, want %d", target, got, head.ContentLength, len(body))
		}
	}
	if res := ask(h, "GET", "/nothing", "If-None-Match", "*"); res.StatusCode != 404 {
		t.Errorf("a page that does not exist: got %d", res.StatusCode)
	}
}

func TestLatency(t *testing.T) {
	s := New(Options{Builder: &fakeBuilder{}, Latency: 30 * time.Millisecond, Poll: true})
	var v *view
	s.show(v.next(small()))
	started := time.Now()
	ask(s.Handler(), "GET", "/_etagere/problems")
	own := time.Since(started)
	started = time.Now()
	ask(s.Handler(), "GET", "/")
	if took := time.Since(started); took < 30*time.Millisecond {
		t.Errorf("answered after %v", took)
	}
	if own >= 30*time.Millisecond {
		t.Logf("our own endpoint took %v", own)
	}
}
