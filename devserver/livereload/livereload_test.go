package livereload

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
)

func TestInject(t *testing.T) {
	const tag = `<script src="../_etagere/livereload.js" defer data-path="/docs/a/" data-doc="d" data-script="c" data-style="s" data-media="m"></script>`
	tests := []struct{ name, page, want string }{
		{"end of the head", "<html><head><title>a</title></head><body>b", "<html><head><title>a</title>@</head><body>b"},
		{"capitals", "<HEAD></HEAD><BODY>", "<HEAD>@</HEAD><BODY>"},
		{"no head", "<p>a", "<p>a@"},
		{"nothing", "", "@"},
		{"only in the body", "<body><pre></head></pre>", "<body><pre></head></pre>@"},
		{"in a comment", "<head><!-- </head> --></head>", "<head><!-- </head> -->@</head>"},
		{"in a script", `<head><script>"</head>"</script></head>`, `<head><script>"</head>"</script>@</head>`},
		{"in a style", `<head><style>/*</head>*/</style></head>`, `<head><style>/*</head>*/</style>@</head>`},
		{"in the title", `<head><title></head></title></head>`, `<head><title></head></title>@</head>`},
		{"a comment that does not end", "<head><!-- </head>", "<head><!-- </head>@"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := string(Inject([]byte(tt.page), Signature{Doc: "d", Script: "c", Style: "s", Media: "m"}, Place{"/docs/", "/docs/a/"}))
			if want := strings.ReplaceAll(tt.want, "@", tag); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// TestPlace: the script is found from wherever the page is, also through a
// proxy that shows the site below a path of its own.
func TestPlace(t *testing.T) {
	for _, tt := range []struct{ base, path, page, want string }{
		{"/", "/", "", "_etagere/livereload.js"},
		{"/", "/guide/", "", "../_etagere/livereload.js"},
		{"/", "/guide/page.html", "", "../_etagere/livereload.js"},
		{"/docs/", "/docs/", "", "_etagere/livereload.js"},
		{"/docs/", "/docs/a/b/c", "", "../../_etagere/livereload.js"},
		{"/docs/", "/elsewhere", "", "/docs/_etagere/livereload.js"},
		{"/docs/", "/docs/a/", `<BASE href="/x/">`, "/docs/_etagere/livereload.js"},
	} {
		if got := (Place{tt.base, tt.path}).script([]byte(tt.page)); got != tt.want {
			t.Errorf("%s at %s: got %q, want %q", tt.path, tt.base, got, tt.want)
		}
	}
	for _, tt := range []struct{ path, base, want string }{
		{"/_etagere/events", "/", "/_etagere/events"},
		{"/_etagere/events", "/docs/", "/_etagere/events"},
		{"/docs/_etagere/events", "/docs/", "/_etagere/events"},
		{"/docs/_etagere/events", "/", ""},
		{"/docs/", "/docs/", ""},
	} {
		if got, ok := Endpoint(tt.path, tt.base); got != tt.want || ok != (tt.want != "") {
			t.Errorf("%s under %s: got %q, %v", tt.path, tt.base, got, ok)
		}
	}
}

// FuzzInject: nothing of the page is lost, whatever it is.
func FuzzInject(f *testing.F) {
	for _, s := range []string{"", "<head></head>", "<!--", "<script", "<", "<title></head", "\x00<HEAD></hEAD>\xff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, page []byte) {
		if bytes.Contains(bytes.ToLower(page), []byte("<base")) {
			return // its script has another URL
		}
		tag := string(Inject(nil, Signature{}, Place{"/", "/"}))
		out := string(Inject(page, Signature{}, Place{"/", "/"}))
		if len(out) != len(page)+len(tag) {
			t.Fatalf("got %d bytes of %d", len(out), len(page))
		}
		for i := range len(page) + 1 {
			if out[:i] == string(page[:i]) && out[i:i+len(tag)] == tag && out[i+len(tag):] == string(page[i:]) {
				return
			}
		}
		t.Fatalf("the page was changed: %q", out)
	})
}

// store is the assets of a site by URL.
type store map[string]*output.File

func (s store) find(u string) (*output.File, bool) { f, ok := s[u]; return f, ok }

func asset(u, media, data string) *output.File {
	return &output.File{URL: u, Type: media, Data: []byte(data)}
}

func TestSign(t *testing.T) {
	const (
		oldCSS, newCSS = "/_a/main.aaaaaaaaaaaaaaaa.css", "/_a/main.bbbbbbbbbbbbbbbb.css"
		page           = `<link rel="stylesheet" href="/docs/_a/main.aaaaaaaaaaaaaaaa.css" integrity="sha256-a">` +
			`<link rel=stylesheet href=/docs/site.css><script src='/docs/x.js'></script>` +
			`<img srcset="/docs/a.png 1x, /docs/b.png 2x"><a href="/docs/other/">o</a>`
	)
	start := func() (string, store) {
		return page, store{
			oldCSS:          asset(oldCSS, "text/css", "a{}"),
			"/site.css":     asset("/site.css", "text/css; charset=utf-8", `@import "sub/more.css"; b{background:url(bg.svg)}`),
			"/sub/more.css": asset("/sub/more.css", "text/css", `@import url('../site.css'); c{}`),
			"/bg.svg":       asset("/bg.svg", "image/svg+xml", "<svg/>"),
			"/x.js":         asset("/x.js", "text/javascript", "1"),
			"/a.png":        asset("/a.png", "image/png", "a"),
			"/b.png":        asset("/b.png", "image/png", "b"),
		}
	}
	sign := func(html string, s store) Signature {
		return Sign(&output.File{URL: "/", Type: "text/html", Data: []byte(html)}, "/docs/", s.find)
	}
	html, s := start()
	before := sign(html, s)

	tests := []struct {
		name string
		edit func(html string, s store) string
		want string // the parts that change
	}{
		{"nothing", func(h string, s store) string { return h }, ""},
		{"the text", func(h string, s store) string { return h + "x" }, "doc"},
		{"a fingerprinted sheet", func(h string, s store) string {
			delete(s, oldCSS)
			s[newCSS] = asset(newCSS, "text/css", "a{color:red}")
			return strings.NewReplacer("aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb", "sha256-a", "sha256-b").Replace(h)
		}, "style"},
		{"a sheet with a fixed name", func(h string, s store) string {
			s["/site.css"] = asset("/site.css", "text/css", "b{}")
			return h
		}, "style"},
		{"an imported sheet", func(h string, s store) string {
			s["/sub/more.css"] = asset("/sub/more.css", "text/css", "d{}")
			return h
		}, "style"},
		{"an image of a sheet", func(h string, s store) string {
			s["/bg.svg"] = asset("/bg.svg", "image/svg+xml", "<svg></svg>")
			return h
		}, "style"},
		{"a script", func(h string, s store) string {
			s["/x.js"] = asset("/x.js", "text/javascript", "2")
			return h
		}, "script"},
		{"an image of a srcset", func(h string, s store) string {
			s["/b.png"] = asset("/b.png", "image/png", "c")
			return h
		}, "media"},
		{"an inline script", func(h string, s store) string { return h + `<script>1</script>` }, "doc script"},
		{"data in a script element", func(h string, s store) string { return h + `<script type="application/ld+json">1</script>` }, "doc"},
		{"a fingerprinted image", func(h string, s store) string {
			f := asset("/_a/p.aaaaaaaaaaaaaaaa.png", "image/png", "p")
			f.Class = policy.Fingerprinted
			s[f.URL] = f
			return h + `<img src=/docs/_a/p.aaaaaaaaaaaaaaaa.png>`
		}, "doc"},
		{"one more sheet", func(h string, s store) string { return h + `<link rel=stylesheet href=/docs/y.css>` }, "doc"},
		{"an asset that nothing uses", func(h string, s store) string {
			s["/z.js"] = asset("/z.js", "text/javascript", "2")
			return h
		}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			html, s := start()
			after := sign(tt.edit(html, s), s)
			var changed []string
			for part, is := range map[string]bool{
				"doc": after.Doc != before.Doc, "script": after.Script != before.Script,
				"style": after.Style != before.Style, "media": after.Media != before.Media,
			} {
				if is {
					changed = append(changed, part)
				}
			}
			slices.Sort(changed)
			if got := strings.Join(changed, " "); got != tt.want {
				t.Errorf("%q changed, want %q", got, tt.want)
			}
			if len(after.Files) != 2 || (after.Files["/docs/b.png"] != before.Files["/docs/b.png"]) != (tt.want == "media") {
				t.Errorf("files are %v, before %v", after.Files, before.Files)
			}
		})
	}
}

func TestStateIsOneLine(t *testing.T) {
	s := State{Build: "b\n", Pages: map[string]Signature{"/b\r/": {}, "/a/": {Doc: "d", Script: "c", Style: "s", Media: "m", Files: map[string]string{"/p": "x"}}}, Errors: 1, Problems: "x"}
	got := string(s.JSON())
	if strings.ContainsAny(got, "\r\n") {
		t.Errorf("got more than a line: %q", got)
	}
	want := `{"build":"b\n","pages":{"/a/":{"doc":"d","script":"c","style":"s","media":"m","files":{"/p":"x"}},"/b\r/":{"doc":"","script":"","style":"","media":""}},"errors":1,"warnings":0,"problems":"x"}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestProblems(t *testing.T) {
	l := diag.List{diag.At("a.md", []byte("x <y>"), 2, 3, "html", "no %q", "<y>").WithHint("mend it")}
	var got struct{ Problems []map[string]any }
	if err := json.Unmarshal(Problems(l), &got); err != nil {
		t.Fatal(err)
	}
	for k, want := range map[string]any{
		"file": "a.md", "line": 1.0, "col": 3.0, "severity": "error", "code": "html",
		"message": `no "<y>"`, "hint": "mend it", "source": "x <y>", "skip": 0.0, "width": 3.0,
	} {
		if got.Problems[0][k] != want {
			t.Errorf("%s: got %v want %v", k, got.Problems[0][k], want)
		}
	}
	// Of a long line the source is a part, and the mark is counted from its start.
	long := []byte(strings.Repeat("x", 5000) + "<y>")
	if err := json.Unmarshal(Problems(diag.List{diag.At("a.md", long, 5000, 3, "html", "no")}), &got); err != nil {
		t.Fatal(err)
	}
	p := got.Problems[0]
	source, from := p["source"].(string), int(p["col"].(float64)-1-p["skip"].(float64))
	if from < 0 || from+3 > len(source) || source[from:from+3] != "<y>" {
		t.Errorf("marks %d of %q", from, source)
	}
	if string(Problems(nil)) != `{"problems":[]}` {
		t.Errorf("an empty list: got %s", Problems(nil))
	}
	if Mark(nil) != "" || Mark(l) == "" || Mark(l) == Mark(append(l, l...)) {
		t.Error("marks do not tell lists apart")
	}
}

func TestScript(t *testing.T) {
	for _, url := range []string{EventsURL, ProblemsURL} {
		if name := strings.TrimPrefix(url, Prefix); !strings.Contains(string(client), `new URL("`+name) {
			t.Errorf("the script does not know %s", url)
		}
	}
	for _, bad := range []string{"unload", "innerHTML =", "innerHTML=", "document.write", "eval("} {
		if strings.Contains(string(Script()), bad) {
			t.Errorf("the script has %q: no back-forward cache, or HTML from strings", bad)
		}
	}
}
