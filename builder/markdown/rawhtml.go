package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// element is what raw HTML says of an element that HTML does not know.
type element struct {
	name   string
	off    int
	opened int
	closed bool
}

// raw writes raw HTML with its URLs as holes.
func (w *writer) raw(r rawText) {
	if w.opts.RefuseHTML {
		w.text(string(r.bytes))
		return
	}
	done := 0
	r.tags(func(t rawTag) {
		w.noteElement(t, r)
		if t.name == "picture" {
			w.picture = !t.close
		}
		if t.name == "img" && !t.close && t.at >= done {
			w.slots(string(r.bytes[done:t.at]), r.offset(done))
			done = w.rawImage(r, t)
			return
		}
		done = w.rawURLs(r, t, done)
	})
	w.slots(string(r.bytes[done:]), r.offset(done))
}

// rawURLs writes the raw HTML from done on up to the last URL in a tag, URLs as
// holes, and says where that ends.
func (w *writer) rawURLs(r rawText, t rawTag, done int) int {
	for _, a := range t.attrs {
		if t.close || a.value == "" {
			continue
		}
		for _, u := range urlsIn(t.name, a) {
			from := a.valueAt + u.from
			if from < done {
				continue
			}
			w.slots(string(r.bytes[done:from]), r.offset(done))
			unquoted := a.quote == 0
			if unquoted {
				w.html(`"`)
			}
			off := r.offset(from)
			w.hole(&Hole{Kind: URL, Off: r.offset(t.at), DestOff: off, DestLen: u.to - u.from,
				Dest: unescapeHTML(a.value[u.from:u.to]), HTML: a.value[u.from:u.to], Element: t.name, Attr: a.name})
			done = a.valueAt + u.to
			if unquoted {
				w.html(`"`)
			}
		}
	}
	return done
}

// rawImage writes an <img> as a hole and says where it ends.
func (w *writer) rawImage(r rawText, t rawTag) int {
	h := &Hole{Kind: RawImage, Off: r.offset(t.at), DestOff: r.offset(t.at), Open: w.picture}
	for _, a := range t.attrs {
		value := unescapeHTML(a.value)
		if a.name == "src" && h.Dest == "" {
			list := whole(a.value)
			if len(list) == 1 {
				h.Dest = unescapeHTML(a.value[list[0].from:list[0].to])
				h.DestOff, h.DestLen = r.offset(a.valueAt+list[0].from), list[0].to-list[0].from
			}
			continue
		}
		h.Attrs = append(h.Attrs, Attr{a.name, value})
	}
	h.Inner = w.capture(func() {
		done := w.rawURLs(r, t, t.at)
		w.slots(string(r.bytes[done:t.end]), r.offset(done))
	})
	w.hole(h)
	return t.end
}

// urlRange is a stretch of an attribute's value that is a URL.
type urlRange struct{ from, to int }

// urlsIn finds the URLs in an attribute. A URL in a single-quoted value is
// left alone if it could break out of it, which no URL needs to do.
func urlsIn(element string, a rawAttr) []urlRange {
	var list []urlRange
	switch a.name {
	case "src", "href", "poster":
		list = whole(a.value)
	case "data":
		if element == "object" {
			list = whole(a.value)
		}
	case "srcset", "imagesrcset":
		list = srcset(a.value)
	case "style":
		list = styleURLs(a.value)
	}
	if a.quote == 0 && (len(list) != 1 || list[0].from != 0 || list[0].to != len(a.value)) {
		return nil
	}
	return list
}

// whole is all of s without the blanks around it.
func whole(s string) []urlRange {
	from, to := 0, len(s)
	for from < to && isBlank(s[from]) {
		from++
	}
	for to > from && isBlank(s[to-1]) {
		to--
	}
	if from == to {
		return nil
	}
	return []urlRange{{from, to}}
}

// srcset finds the URLs of "a.png 1x, b.png 2x".
func srcset(s string) []urlRange {
	var list []urlRange
	for i := 0; i < len(s); {
		for i < len(s) && (isBlank(s[i]) || s[i] == ',') {
			i++
		}
		from := i
		for i < len(s) && !isBlank(s[i]) {
			i++
		}
		to := i
		for to > from && s[to-1] == ',' {
			to--
		}
		if to > from {
			list = append(list, urlRange{from, to})
		}
		if to == i { // a descriptor follows, up to the next comma
			if n := strings.IndexByte(s[i:], ','); n >= 0 {
				i += n
			} else {
				i = len(s)
			}
		}
	}
	return list
}

// styleURLs finds the URLs of url(…) in a style attribute.
func styleURLs(s string) []urlRange {
	var list []urlRange
	for i := 0; i < len(s); {
		n := strings.Index(s[i:], "url(")
		if n < 0 {
			break
		}
		from := i + n + 4
		end := strings.IndexByte(s[from:], ')')
		if end < 0 {
			break
		}
		to := from + end
		i = to + 1
		for from < to && strings.IndexByte(" \t'\"", s[from]) >= 0 {
			from++
		}
		for to > from && strings.IndexByte(" \t'\"", s[to-1]) >= 0 {
			to--
		}
		quoted := s[from:to]
		if strings.HasPrefix(quoted, "&quot;") && strings.HasSuffix(quoted, "&quot;") && len(quoted) > 12 {
			from, to = from+6, to-6
		}
		if from < to {
			list = append(list, urlRange{from, to})
		}
	}
	return list
}

// htmlBlock writes a block of raw HTML.
func (w *writer) htmlBlock(n *ast.HTMLBlock) {
	r := rawSource(n, w.source)
	if w.depth == 0 && n.Parent().Kind() == ast.KindDocument && isMore(r.bytes) && !w.opts.RefuseHTML {
		w.divide()
		return
	}
	w.newLine()
	w.raw(r)
}

// isMore reports whether b is the summary divider.
func isMore(b []byte) bool {
	b = bytes.TrimSpace(b)
	return bytes.HasPrefix(b, []byte("<!--")) && bytes.HasSuffix(b, []byte("-->")) && len(b) >= 7 &&
		strings.EqualFold(string(bytes.TrimSpace(b[4:len(b)-3])), "more")
}

// divide ends the summary here, if it has not ended before.
func (w *writer) divide() {
	w.flush()
	if w.doc.Summary < 0 {
		w.doc.Summary = len(w.out)
	}
}

// headBlock takes <head>…</head> out of the body: it may go on over several
// blocks. It returns the last block that belongs to it, and false if n is not
// the start of one.
func (w *writer) headBlock(n ast.Node) (ast.Node, bool) {
	first, ok := n.(*ast.HTMLBlock)
	if !ok || !w.opts.Extras || w.opts.RefuseHTML {
		return n, false
	}
	b := bytes.TrimLeft(rawSource(first, w.source).bytes, " ")
	if len(b) < 6 || !strings.EqualFold(string(b[:6]), "<head>") {
		return n, false
	}
	var sb strings.Builder
	b = b[6:]
	for last := ast.Node(first); last != nil; last = last.NextSibling() {
		if last != n {
			block, ok := last.(*ast.HTMLBlock)
			if !ok {
				return n, false
			}
			b = rawSource(block, w.source).bytes
		}
		if i := indexFold(b, "</head"); i >= 0 {
			sb.Write(b[:i])
			if w.doc.HeadHTML != "" {
				w.doc.HeadHTML += "\n"
			}
			w.doc.HeadHTML += clean(dropSlots(strings.TrimSpace(sb.String())))
			end := after(b, i, ">")
			if rest := bytes.TrimSpace(b[end:]); len(rest) > 0 {
				w.html(string(rest) + "\n")
			}
			return last, true
		}
		sb.Write(b)
	}
	return n, false
}

// noteElement remembers elements that HTML does not know.
func (w *writer) noteElement(t rawTag, r rawText) {
	if w.known[t.name] {
		return
	}
	e := w.elements[t.name]
	if e == nil {
		e = &element{name: t.name, off: r.offset(t.at)}
		w.elements[t.name] = e
		w.order = append(w.order, e)
	}
	switch {
	case t.close || t.self:
		e.closed = true
	case e.opened == 0:
		e.opened, e.off = 1, r.offset(t.at)
	}
}

// checkElements warns of elements that HTML does not know and that are never
// closed: most are placeholders such as <project-name>, which a browser swallows.
func (w *writer) checkElements() {
	for _, e := range w.order {
		if e.opened == 0 || e.closed || !strings.Contains(w.sourceAt(e.off, len(e.name)+1), "<") {
			continue
		}
		w.warn(e.off, len(e.name)+2, `write \<`+e.name+`> or put it in backticks to show it as text`, "html-unknown-element",
			"HTML has no element %q, and it is never closed: readers will not see it", e.name)
	}
}

// sourceAt is n bytes of the source at off.
func (w *writer) sourceAt(off, n int) string {
	off = min(max(off, 0), len(w.source))
	return string(w.source[off:min(len(w.source), off+n)])
}
