package scan

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func uses(p *Page) string {
	var list []string
	for _, u := range p.Uses {
		list = append(list, string(u.Kind)+" "+u.URL)
	}
	return strings.Join(list, ", ")
}

func TestUses(t *testing.T) {
	for _, tt := range []struct{ page, want string }{
		{`<p>text`, ""},
		{`<script src=a.js></script><script type=module src="b.js"></script>`, "script a.js, script b.js"},
		{`<link rel=stylesheet href=a.css><link rel="alternate" href=feed.xml><link rel=canonical href=/x/>`, "style a.css"},
		{`<LINK REL="Shortcut ICON" HREF=a.ico><link rel=manifest href=m><link rel=apple-touch-icon href=t>`, "img a.ico, manifest m, img t"},
		{`<link rel=preload as=font href=f><link rel=preload as=style href=s><link rel=modulepreload href=m><link rel=preload as=fetch href=j>`, "font f, style s, script m, connect j"},
		{`<img src="a.png" srcset="b.png 1x, c,d.png 2x,e.png 3x"><img src="&amp;.png">`, "img a.png, img b.png, img c,d.png, img e.png, img &.png"},
		{`<picture><source srcset="a.avif, b.avif 2x"><img src=c.png></picture>`, "img a.avif, img b.avif, img c.png"},
		{`<video src=a.mp4 poster=p.png><source src=b.mp4><track src=c.vtt></video>`, "media a.mp4, img p.png, media b.mp4, media c.vtt"},
		{`<iframe src="https://v.example/x"></iframe><object data=o></object><embed src=e>`, "frame https://v.example/x, object o, object e"},
		{`<iframe srcdoc="&lt;img src=i.png&gt;"></iframe>`, "img i.png"},
		{`<form action="https://f.example/"><button formaction=/b>`, "form https://f.example/, form /b"},
		{`<base href="/x/"><input type=image src=i.png><input type=text src=no>`, "base /x/, img i.png"},
		{`<a href="/guide/">x</a><a href=/_a/x.zip>y</a><a href=" JavaScript:x()">z</a>`, "link /_a/x.zip, link JavaScript:x()"},
		{`<svg><image href=a.png /><use xlink:href="#i"/><use href="s.svg#i"/></svg>`, "img a.png, img s.svg#i"},
		{`<svg><style/><title/><script/><image href=a.png /></svg>`, "img a.png"},
		{`<svg><script href=s.js /></svg>`, "script s.js"},
		{`<noscript><img src=n.png></noscript>`, "img n.png"},
		{`<style>@import "a.css"; @import url(b.css) print; a{background:URL( 'c.png' )} @font-face{src:url("f.woff2?x")} b{fill:url(#g)}</style>`, "style a.css, style b.css, img c.png, font f.woff2?x"},
		{`<p style="background:url(&quot;d.png&quot;)">`, "img d.png"},
		{`<!-- <img src=no.png> --><textarea><img src=no.png></textarea><title><img src=no.png></title>`, ""},
		{`<script>"<img src=no.png>"</script>`, ""},
		{`<img src="#"><iframe src="about:blank"></iframe><img src="">`, ""},
		{`<img src=x`, ""},
	} {
		if got := uses(Scan([]byte(tt.page), "/_a/")); got != tt.want {
			t.Errorf("%s\ngot  %s\nwant %s", tt.page, got, tt.want)
		}
	}
}

func TestAttributes(t *testing.T) {
	p := Scan([]byte(`<head><link rel=stylesheet href=a integrity=i crossorigin><body><script type=module src=m></script><img loading=lazy src=l>`), "/_a/")
	want := `[{style a false i  false true false} {script m true  - false false false} {img l false  - true false false}]`
	if got := fmt.Sprint(p.Uses); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestHashes uses values that Chromium asks for in its messages.
func TestHashes(t *testing.T) {
	p := Scan([]byte("<script>alert(1)</script><script type=application/ld+json>{}</script><script type=\"text/javascript; x\">a\r\nb\rc</script>"+
		"<script src=x>no</script><style></style><style>a{}</style><p onclick='x(&quot;1&quot;)' style=\"color:red\" one><script></script><script>b</script>"), "/_a/")
	for _, tt := range []struct {
		got  []string
		want []string
	}{
		{p.Scripts, []string{Hash([]byte("alert(1)")), Hash([]byte("a\nb\nc")), Hash([]byte("b"))}},
		{p.Styles, []string{Hash(nil), Hash([]byte("a{}"))}},
		{p.Handlers, []string{Hash([]byte(`x("1")`))}},
		{p.Attributes, []string{Hash([]byte("color:red"))}},
	} {
		if fmt.Sprint(tt.got) != fmt.Sprint(tt.want) {
			t.Errorf("got %v, want %v", tt.got, tt.want)
		}
	}
	if got, want := Hash([]byte("alert('Hello, world.');")), "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"; got != want {
		t.Errorf("the example of CSP3 §8.3 has %s, not %s", want, got)
	}
}

func TestPlaces(t *testing.T) {
	// In each page | marks where the policy belongs, ^ the end of the head, $ that
	// of the body, and * the place in the tag of the first image.
	for _, marked := range []string{
		`|text`,
		`<!doctype html>|<link rel=stylesheet href=x>`,
		`<!doctype html><html lang=en><head><meta charset=utf-8>|<title>x</title>^</head><body>x$</body></html>`,
		`<!doctype html><html><head><title>x</title><meta charset=utf-8>|<script src=x></script><meta charset=utf-8>^</head><body>$</body>`,
		`<!doctype html><html><head>|<script src=x></script><meta charset=utf-8>^</head>`,
		`<!-- x --><!DOCTYPE html><HTML><HEAD><META HTTP-EQUIV=Content-Type content="text/html">|^</HEAD><BODY></BODY>$</BODY>`,
		`<!doctype html>|<svg></svg><head>^</head>`,
		`<head><meta charset=x>|<script>"</head>"</script>^</head><main><img width=20 src=a><img loading=lazy src=b><img* src=c><img src=d>`,
		`|<img src=a><article><img* width=100% src=c></article>`,
		`|<main><picture><source srcset=x><img* src=y></picture></main>`,
	} {
		page := strings.NewReplacer("|", "", "^", "", "$", "", "*", "").Replace(marked)
		p := Scan([]byte(page), "/_a/")
		var b strings.Builder
		for i := range len(page) + 1 {
			for _, m := range []struct {
				at   int
				mark string
			}{{p.Start, "|"}, {p.HeadEnd, "^"}, {p.BodyEnd, "$"}, {p.Picture, "*"}} {
				if m.at == i {
					b.WriteString(m.mark)
				}
			}
			if i < len(page) {
				b.WriteByte(page[i])
			}
		}
		if b.String() != marked {
			t.Errorf("got  %s\nwant %s", b.String(), marked)
		}
	}
	if !Scan([]byte(`<meta http-equiv="Content-Security-Policy" content="x">`), "").Own {
		t.Error("a page's own policy was not seen")
	}
}

// runAll is run by the tokenizer alone.
func (s *scanner) runAll() {
	z := html.NewTokenizer(bytes.NewReader(s.data))
	for {
		kind := z.Next()
		s.start, s.end = s.end, s.end+len(z.Raw())
		switch kind {
		case html.ErrorToken:
			return // the end: memory has no errors
		case html.DoctypeToken:
			if !s.started && s.p.Start == 0 {
				s.p.Start = s.end
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			s.open(z, kind == html.SelfClosingTagToken)
		case html.EndTagToken:
			name, _ := z.TagName()
			s.close(string(name))
		}
	}
}

// FuzzSkip: what is passed over says nothing.
func FuzzSkip(f *testing.F) {
	for _, s := range []string{"<p it's><img src=a>", `<p ="x>"><img src=a>`, `<p a = 'x>' style=b><a href="/_a/x">`, "<!--><img src=a>-->", "<p/a=/><IMG SRC=x>", "</p a='>'><img src=a>", "<a href=java&#115;cript:x>", "<title></title ><style>a</style>", "<svg><title><img src=a>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, page string) {
		p := &Page{HeadEnd: -1, BodyEnd: -1, Picture: -1, PictureUse: -1}
		s := &scanner{p: p, data: []byte(page), prefix: []byte("/_a/"), head: true}
		s.runAll()
		if got, want := fmt.Sprintf("%+v", *Scan([]byte(page), "/_a/")), fmt.Sprintf("%+v", *p); got != want {
			t.Fatalf("%q\ngot  %s\nwant %s", page, got, want)
		}
	})
}

// FuzzScan: offsets lie inside the page and on the edges of its tokens, and
// every script that the tree of the page has is one that was seen.
func FuzzScan(f *testing.F) {
	for _, s := range []string{"<head><meta charset=x></head><body><img src=a></body>", "<svg><style/><script>a", "<script>x</script\n>", "<noscript><img", "<iframe srcdoc='&lt;script&gt;'>", "<style>@import\"", "<a style=url("} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, page string) {
		p := Scan([]byte(page), "/_a/")
		for _, at := range []int{p.Start, p.HeadEnd, p.BodyEnd, p.Picture} {
			if at < -1 || at > len(page) {
				t.Fatalf("offset %d of %d", at, len(page))
			}
		}
		if p.HeadEnd >= 0 && !strings.EqualFold(page[p.HeadEnd:p.HeadEnd+len("</head")], "</head") {
			t.Fatalf("no end of a head at %d", p.HeadEnd)
		}
		if strings.Contains(page, "<svg") || strings.Contains(page, "<math") || strings.ContainsAny(page, "\x00\r") {
			return
		}
		root, err := html.Parse(strings.NewReader(page))
		if err != nil {
			return
		}
		seen := strings.Join(p.Scripts, " ")
		for n := range root.Descendants() {
			if n.Type != html.ElementNode || n.Data != "script" || n.FirstChild == nil || len(n.Attr) > 0 {
				continue
			}
			if !strings.Contains(seen, Hash([]byte(n.FirstChild.Data))) {
				t.Fatalf("the script %q was not seen", n.FirstChild.Data)
			}
		}
	})
}

// BenchmarkScan looks at a page as large as ours are.
func BenchmarkScan(b *testing.B) {
	page := []byte("<!doctype html><html><head><meta charset=utf-8></head><body><main>" +
		strings.Repeat(`<p class="x">Some text with <a href="/guide/install/">a link</a> and <code>code</code>.</p>`+"\n", 400))
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		Scan(page, "/_a/")
	}
}
