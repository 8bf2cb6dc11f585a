// Package scan looks at a finished page once, from its first byte to its last,
// and says what it loads, what is written in it that a Content-Security-Policy
// must know, and where things can be put in. It changes nothing.
//
// Most tags of a page say nothing of this, and are passed over by what is here;
// all others, comments and texts that are no markup are read by the tokenizer of
// golang.org/x/net/html, which is right about them and takes ten times as long.
//
// It sees what the tokens of HTML tell, without building a tree: what stands
// in a <template> or behind <noscript> counts as if it were shown.
package scan

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"golang.org/x/net/html"
)

// Kind is what a page uses a URL for: in a policy the directive is named after
// it, with "-src" where it has one.
type Kind string

// The kinds.
const (
	Script  Kind = "script"
	Style   Kind = "style"
	Image   Kind = "img"
	Font    Kind = "font"
	Media   Kind = "media"
	Frame   Kind = "frame"
	Object  Kind = "object"
	Connect Kind = "connect"
	Site    Kind = "manifest"
	Form    Kind = "form"
	Base    Kind = "base"
	// Link is a link to follow: only those to fingerprinted files and those that
	// run a script ("javascript:…") are told.
	Link Kind = "link"
)

// Use is one URL that a page uses.
type Use struct {
	Kind Kind
	// URL is as the attribute has it, character references resolved.
	URL string
	// Module says that a script is a module.
	Module bool
	// Integrity and CrossOrigin are the attributes of the element; CrossOrigin is
	// "-" where there is none.
	Integrity, CrossOrigin string
	// Lazy says that it may be fetched late, or by some browsers only.
	Lazy bool
	// Head says that it stands in the head, before what is shown.
	Head bool
	// Ahead says that the element already tells to fetch it ahead.
	Ahead bool
}

// Page is what Scan found.
type Page struct {
	// Uses are in the order of the page.
	Uses []Use
	// Hashes of what stands in the page itself, as sources of a policy.
	Scripts, Styles, Handlers, Attributes []string

	// Start is the offset where a <meta> policy belongs: in the head, behind the
	// charset, before all that it is to govern. Own says that there is one already.
	Start int
	Own   bool
	// HeadEnd and BodyEnd are the offsets of </head> and </body>, -1 for none.
	HeadEnd, BodyEnd int
	// Picture is the offset behind the name of the tag of the first image of the
	// content that a reader sees at once, -1 for none; PictureUse is its index in Uses,
	// -1 where it has several files to choose from.
	Picture, PictureUse int
}

// scanner is the state of one look.
type scanner struct {
	p    *Page
	data []byte
	// prefix is how the paths of fingerprinted files begin, base path included.
	prefix []byte
	// start and end are the ends of the current token in data.
	start, end int

	head    bool // before <body>
	started bool // something that a policy governs has come
	main    bool // in <main> or <article>, or there was one
	media   int  // how deep in <audio> and <video>
	picture int  // how deep in <picture>
	sources bool // the current <picture> has sources
	foreign int  // how deep in <svg> and <math>
}

// Scan looks at a page. prefix is how the paths of fingerprinted files begin.
func Scan(page []byte, prefix string) *Page {
	p := &Page{HeadEnd: -1, BodyEnd: -1, Picture: -1, PictureUse: -1}
	s := &scanner{p: p, data: page, prefix: []byte(prefix), head: true}
	s.run()
	return p
}

func (s *scanner) close(name string) {
	switch name {
	case "head":
		if s.p.HeadEnd < 0 && s.head {
			s.p.HeadEnd = s.start
		}
		s.head = false
	case "body":
		s.p.BodyEnd = s.start
	case "audio", "video":
		s.media = max(0, s.media-1)
	case "picture":
		s.picture, s.sources = max(0, s.picture-1), false
	case "svg", "math":
		s.foreign = max(0, s.foreign-1)
	}
}

// attrs are the attributes of a tag that matter.
type attrs struct {
	src, href, srcset, typ, rel, as, integrity, poster, data, action, content, equiv, loading, width, srcdoc string
	charset, hasSrc, hasPriority                                                                             bool
	cross                                                                                                    string
}

func (s *scanner) open(z *html.Tokenizer, closed bool) {
	raw, more := z.TagName()
	name := string(raw)
	a := attrs{cross: "-"}
	for more {
		var k, v []byte
		k, v, more = z.TagAttr()
		s.attribute(&a, name, k, v)
	}
	s.structure(name, &a)
	s.element(name, &a)
	if s.foreign > 0 {
		z.NextIsNotRawText() // in SVG and MathML no element's text is raw
	}
	if (name == "svg" || name == "math") && !closed {
		s.foreign++
	}
	closed = closed && s.foreign > 0 // in HTML the slash means nothing
	if !closed && (name == "script" || name == "style" || s.foreign == 0 && rawText[name]) {
		s.text(z, name, &a)
	}
}

// attribute keeps one attribute, or counts what stands in it.
func (s *scanner) attribute(a *attrs, tag string, k, v []byte) {
	switch string(k) {
	case "src":
		a.src, a.hasSrc = trim(v), true
	case "href", "xlink:href":
		a.href = s.target(tag, v)
	case "srcset", "imagesrcset":
		a.srcset = string(v)
	case "type":
		a.typ = strings.ToLower(trim(v))
	case "rel":
		a.rel = strings.ToLower(string(v))
	case "as":
		a.as = strings.ToLower(trim(v))
	case "integrity":
		a.integrity = string(v)
	case "crossorigin":
		a.cross = strings.ToLower(trim(v))
	case "poster":
		a.poster = trim(v)
	case "data":
		a.data = trim(v)
	case "action", "formaction":
		a.action = trim(v)
	case "content":
		a.content = string(v)
	case "http-equiv":
		a.equiv = strings.ToLower(trim(v))
	case "charset":
		a.charset = true
	case "loading":
		a.loading = strings.ToLower(trim(v))
	case "fetchpriority":
		a.hasPriority = true
	case "width":
		a.width = trim(v)
	case "srcdoc":
		a.srcdoc = string(v)
	case "style":
		s.p.Attributes = append(s.p.Attributes, Hash(v))
		s.css(v)
	default:
		if len(k) > 2 && len(v) > 0 && k[0] == 'o' && k[1] == 'n' {
			s.p.Handlers = append(s.p.Handlers, Hash(v))
		}
	}
}

// target is an href. Most are those of links, and nobody wants to know them.
func (s *scanner) target(tag string, v []byte) string {
	if tag == "a" || tag == "area" {
		v = bytes.TrimSpace(v)
		if !bytes.Contains(v, s.prefix) && !hasFold(v, "javascript:") {
			return ""
		}
	}
	return trim(v)
}

// structure keeps the places for what is put in.
func (s *scanner) structure(name string, a *attrs) {
	switch name {
	case "html", "head":
		if !s.started && s.head {
			s.p.Start = s.end
		}
	case "meta":
		if (a.charset || a.equiv == "content-type") && !s.started && s.head {
			s.p.Start = s.end
		}
		if a.equiv == "content-security-policy" {
			s.p.Own = true
		}
	case "title":
	case "body":
		s.head, s.started = false, true
	case "main", "article":
		s.main, s.started = true, true
	case "audio", "video":
		s.media++
	case "picture":
		s.picture++
	default:
		s.started = true
	}
}

// Hash is the source of a policy that allows a text (CSP3 §2.3.1): line ends
// are as the parser of HTML makes them.
func Hash(text []byte) string {
	if bytes.IndexByte(text, '\r') >= 0 {
		text = bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	}
	sum := sha256.Sum256(text)
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func trim(v []byte) string { return strings.TrimSpace(string(v)) }

// hasFold reports whether b starts with prefix, in ASCII letters of any case.
func hasFold(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && bytes.EqualFold(b[:len(prefix)], []byte(prefix))
}
