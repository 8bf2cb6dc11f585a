package policy

import (
	"strings"
	"testing"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/google/go-cmp/cmp"
)

func glob(t *testing.T, pattern string) *Glob {
	t.Helper()
	g, err := ParseGlob(pattern)
	if err != nil {
		t.Fatalf("%s: %v", pattern, err)
	}
	return g
}

// TestTable is the table of the design, word for word.
func TestTable(t *testing.T) {
	table, warnings := New(Options{CSP: Strict})
	if len(warnings) > 0 {
		t.Errorf("our own table warns: %v", warnings)
	}
	for c, want := range map[Class]string{
		Page:          "no-cache",
		Fingerprinted: "public, max-age=31536000, immutable",
		Asset:         "public, max-age=600, stale-while-revalidate=3600",
		Fixed:         "no-cache",
		Feed:          "public, max-age=900, stale-while-revalidate=3600, stale-if-error=86400",
		Sitemap:       "public, max-age=3600",
		NotFound:      "no-cache",
		Redirect:      "max-age=3600",
	} {
		h := table.Headers(c, "/x")
		if got := h.Get("cache-control"); got != want {
			t.Errorf("%s: got %q, want %q", c, got, want)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") == "" || !strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'self'") {
			t.Errorf("%s: what all share is missing: %v", c, h)
		}
		if message, _ := harm(c, Header{"Cache-Control", want}); message != "" {
			t.Errorf("%s: its own value is called harmful: %s", c, message)
		}
	}
	for _, tt := range []struct {
		what string
		got  Headers
		want string
	}{
		{"a fingerprinted name that is not there", table.Headers(NotFound, "/_a/gone.js"), "no-store"},
		{"301", table.Redirect(301, "/x"), "max-age=3600"}, {"308", table.Redirect(308, "/x"), "max-age=3600"},
		{"302", table.Redirect(302, "/x"), "no-cache"}, {"307", table.Redirect(307, "/x"), "no-cache"},
		{"a page while it is edited", table.Serving(Page, "/", true), "no-cache"},
		{"an image while it is edited", table.Serving(Asset, "/a.png", true), "no-cache"},
		{"an asset while pages are edited", table.Serving(Fingerprinted, "/_a/x.css", true), Immutable},
	} {
		if got := tt.got.Get("Cache-Control"); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.what, got, tt.want)
		}
	}
	if got := table.File(Page, "/", "text/html; charset=utf-8").Get("Vary"); got != "Accept-Encoding" {
		t.Errorf("a page varies by %q", got)
	}
	if got := table.File(Asset, "/a.png", "image/png").Get("Vary"); got != "" {
		t.Errorf("a PNG varies by %q", got)
	}
}

func TestOverrides(t *testing.T) {
	table, _ := New(Options{
		All:     NewHeaders(Header{"Permissions-Policy", "camera=()"}, Header{"Referrer-Policy", ""}),
		Classes: map[Class]Headers{Page: NewHeaders(Header{"cache-control", "max-age=60"}), Asset: NewHeaders(Header{"Vary", "Origin"})},
		Rules: []Rule{
			{Match: glob(t, "/downloads/**"), Headers: NewHeaders(Header{"Cache-Control", "max-age=86400"}, Header{"X-A", "1"})},
			{Match: glob(t, "/downloads/*.pdf"), Headers: NewHeaders(Header{"X-A", "2"}, Header{"Permissions-Policy", ""})},
		},
	})
	want := Headers{
		{"Cache-Control", "max-age=86400"}, {"Content-Security-Policy", "frame-ancestors 'self'"},
		{"Vary", "Origin"}, {"X-A", "2"}, {"X-Content-Type-Options", "nosniff"},
	}
	if diff := cmp.Diff(want, table.Headers(Asset, "/downloads/a.pdf")); diff != "" {
		t.Errorf("two rules (-want +got):\n%s", diff)
	}
	if got := table.Headers(Page, "/").Get("Cache-Control"); got != "max-age=60" {
		t.Errorf("a class: got %q", got)
	}
	if got := table.Shared(); got.Get("Permissions-Policy") == "" || got.Get("Cache-Control") != "" || got.Get("Vary") != "" {
		t.Errorf("shared: %v", got)
	}
	if got := table.File(Asset, "/a.svg", "image/svg+xml").Get("Vary"); got != "Accept-Encoding, Origin" {
		t.Errorf("Vary is %q", got)
	}
	if got := table.Serving(Page, "/", true).Get("Cache-Control"); got != NoCache {
		t.Errorf("an override sticks to localhost: %q", got)
	}
}

func TestWarnings(t *testing.T) {
	for _, tt := range []struct {
		class  Class
		header Header
		want   string // part of the message; "" for none
	}{
		{Page, Header{"Cache-Control", "public, max-age=31536000, immutable"}, "immutable is for names"},
		{Page, Header{"Cache-Control", "max-age=604800"}, "7 days"},
		{Page, Header{"Cache-Control", "max-age=600"}, ""},
		{Page, Header{"Cache-Control", "no-store"}, ""},
		{Page, Header{"Cache-Control", "no-store, max-age=60"}, "contradicts"},
		{Page, Header{"Cache-Control", ""}, "guess"},
		{Fixed, Header{"Cache-Control", "max-age=86400"}, "24 hours"},
		{NotFound, Header{"Cache-Control", "max-age=86400"}, "not there"},
		{Fingerprinted, Header{"Cache-Control", "no-store"}, "fetch or ask again"},
		{Fingerprinted, Header{"Cache-Control", "no-cache"}, "fetch or ask again"},
		{Asset, Header{"Cache-Control", "max-age=86400"}, ""},
		{Asset, Header{"Cache-Control", "max-age=31536000"}, "365 days"},
		{Redirect, Header{"Cache-Control", "max-age=31536000"}, "365 days"},
		{Page, Header{"Set-Cookie", "a=b"}, "one reader's cookie"},
		{Page, Header{"Vary", ""}, "cannot go"},
		{Page, Header{"Vary", "Cookie"}, "twice"},
		{Page, Header{"Vary", "Origin"}, ""},
		{Page, Header{"X-Content-Type-Options", ""}, "nosniff"},
		{Page, Header{"Expires", "0"}, "older"},
		{Page, Header{"Content-Encoding", "br"}, "cannot be set"},
		{Page, Header{"ETag", `"1"`}, "cannot be set"},
		{Page, Header{"Strict-Transport-Security", "max-age=63072000"}, ""},
	} {
		table, warnings := New(Options{Classes: map[Class]Headers{tt.class: {tt.header}}})
		switch {
		case tt.want == "" && len(warnings) > 0:
			t.Errorf("%s %v: warned: %v", tt.class, tt.header, warnings)
		case tt.want == "":
		case len(warnings) != 1 || !strings.Contains(warnings[0].Message, tt.want):
			t.Errorf("%s %v: got %v, want %q", tt.class, tt.header, warnings, tt.want)
		case warnings[0].Option != "headers."+string(tt.class)+"."+tt.header.Name:
			t.Errorf("%s %v: at %s", tt.class, tt.header, warnings[0].Option)
		case warnings[0].Refused != (table.Class(tt.class).Get(tt.header.Name) == "" && tt.header.Value != ""):
			t.Errorf("%s %v: refused is %v", tt.class, tt.header, warnings[0].Refused)
		}
	}
	_, warnings := New(Options{All: Headers{{"Cache-Control", "max-age=31536000, immutable"}}})
	if len(warnings) != 1 || warnings[0].Option != "headers.all.Cache-Control" {
		t.Errorf("for all: %v", warnings)
	}
	table, warnings := New(Options{Rules: []Rule{{Match: glob(t, "/x/**"), Headers: Headers{{"Cache-Control", Immutable}}}}})
	if len(warnings) != 0 || len(table.Check(Page, "/y/")) != 0 || len(table.Check(Fingerprinted, "/x/")) != 0 {
		t.Error("a rule that harms nothing is called harmful")
	}
	if w := table.Check(Page, "/x/"); len(w) != 1 || w[0].Option != "rules.0.headers.Cache-Control" || !strings.Contains(w[0].Message, "/x/") {
		t.Errorf("a rule that harms a page: %v", w)
	}
}

func TestGlob(t *testing.T) {
	paths := []string{"/", "/a", "/a/", "/a/b", "/a/b/", "/a/b/c.pdf", "/c.pdf", "/a/c.pdf", "/ab", "/A", "/a+b.pdf", "/a/b/d.zip"}
	for _, pattern := range []string{"/", "/a", "/a/", "/a/**", "/**", "/**/*.pdf", "/*.pdf", "/a/*", "/a/**/c.pdf", "/{a,b}/*", "/**/*.{pdf,zip}", "/a+b.pdf", "/a*"} {
		g := glob(t, pattern)
		for _, p := range paths {
			want := doublestar.MatchUnvalidated(pattern, p)
			if got := g.Match(p); got != want {
				t.Errorf("%s on %s: %v, doublestar says %v", pattern, p, got, want)
			}
		}
		expanded := false
		for _, e := range g.Expand() {
			expanded = expanded || glob(t, e).Match("/a/b/c.pdf")
		}
		if expanded != g.Match("/a/b/c.pdf") {
			t.Errorf("%s and what it expands to differ: %q", pattern, g.Expand())
		}
	}
	for _, pattern := range []string{"", "a", "/a?", "/[a]", "/a b", "/{a", "/a}", "/{a,{b}}", "/}{", "/a**", "/**a", "/" + strings.Repeat("{a,b}", 7)} {
		if _, err := ParseGlob(pattern); err == nil {
			t.Errorf("%q was read", pattern)
		}
	}
}

func TestCSP(t *testing.T) {
	p := CSP{"default-src": {"'self'"}, "object-src": {"'none'"}}
	p.Add("img-src", "https://b.example", "'self'")
	p.Add("img-src", "'self'")
	p.Union(CSP{"object-src": {"'self'"}, "img-src": {"data:"}, "x-new": {"1"}})
	want := "default-src 'self'; img-src 'self' data: https://b.example; object-src 'self'; x-new 1"
	if got := p.String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPageCSP(t *testing.T) {
	got := PageCSP(CSP{"script-src": {"'sha256-a'"}, "style-src-attr": {"'sha256-b'"}, "script-src-attr": {"'unsafe-inline'"}, "form-action": {"https://f.example"}, "frame-src": {"https://v.example"}}).String()
	want := "default-src 'self'; script-src 'self' 'sha256-a'; script-src-attr 'unsafe-inline'; style-src-attr 'sha256-b' 'unsafe-hashes'; " +
		"img-src 'self' data:; frame-src 'self' https://v.example; object-src 'none'; base-uri 'self'; form-action 'self' https://f.example"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if loose := PageCSP(CSP{"script-src": {"'sha256-a'"}}).Loose()["script-src"]; strings.Join(loose, " ") != "'self' 'unsafe-inline'" {
		t.Errorf("loose: %v", loose)
	}
}

func TestOfPage(t *testing.T) {
	for _, mode := range []Mode{Strict, Report, Off} {
		table, _ := New(Options{CSP: mode, ReportOnly: "x"})
		got := table.OfPage(CSP{"frame-src": {"https://v.example"}}).Get("Content-Security-Policy-Report-Only")
		if strings.Contains(got, "https://v.example") != (mode == Report) {
			t.Errorf("%s: %q", mode, got)
		}
		if got := table.Class(Page).Get("Content-Security-Policy-Report-Only"); (got == "x") != (mode == Report) {
			t.Errorf("%s: the page's header says %q", mode, got)
		}
		if got := table.Class(Page).Get("Content-Security-Policy"); !strings.Contains(got, "frame-ancestors 'self'") || strings.Contains(got, "base-uri") != (mode == Strict) {
			t.Errorf("%s: the header says %q", mode, got)
		}
	}
}

func TestCovers(t *testing.T) {
	for _, tt := range []struct {
		source, url string
		want        bool
	}{
		{"https://a.example", "https://a.example/x.js", true},
		{"https://a.example", "//a.example/x.js", true},
		{"https://a.example", "http://a.example/x.js", false},
		{"http://a.example", "https://a.example/x.js", true},
		{"a.example", "https://A.example?x", true},
		{"https://a.example", "https://b.a.example/", false},
		{"*.a.example", "https://b.a.example/", true},
		{"https://*.a.example", "https://a.example/", false},
		{"https:", "https://a.example/", true},
		{"https:", "http://a.example/", false},
		{"data:", "https://a.example/", false},
		{"https://a.example:8080", "https://a.example/", false},
		{"https://a.example:*", "https://a.example:8080/", true},
		{"https://a.example/js/", "https://a.example/js/x.js?y", true},
		{"https://a.example/js/", "https://a.example/css/x", false},
		{"https://a.example/x.js", "https://a.example/x.js#y", true},
		{"https://a.example/x.js", "https://a.example/x.js.map", false},
		{"https://a.example", "/x.js", false},
	} {
		if got := Covers(tt.source, tt.url); got != tt.want {
			t.Errorf("%s on %s: %v", tt.source, tt.url, got)
		}
	}
}
