package markdown

import (
	"bytes"
	"html"
	"sort"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// rawText is raw HTML put together from lines of the source, from which list
// and quote markers are cut.
type rawText struct {
	bytes []byte
	// starts and offs say where in bytes each line begins, and where in the source.
	starts, offs []int
}

// rawSource is the raw HTML of an HTML block or of inline HTML.
func rawSource(n ast.Node, source []byte) rawText {
	var r rawText
	add := func(seg text.Segment) {
		r.starts = append(r.starts, len(r.bytes))
		r.offs = append(r.offs, seg.Start-seg.Padding)
		r.bytes = append(r.bytes, seg.Value(source)...)
	}
	switch n := n.(type) {
	case *ast.RawHTML:
		for i := range n.Segments.Len() {
			add(n.Segments.At(i))
		}
	case *ast.HTMLBlock:
		for i := range n.Lines().Len() {
			add(n.Lines().At(i))
		}
		if n.HasClosure() {
			add(n.ClosureLine)
		}
	}
	return r
}

// offset is where in the source byte i of the raw HTML stands.
func (r rawText) offset(i int) int {
	k := sort.SearchInts(r.starts, i+1) - 1
	if k < 0 {
		return 0
	}
	return max(0, r.offs[k]+i-r.starts[k])
}

// rawTag is one start or end tag of raw HTML.
type rawTag struct {
	name  string // in lower case
	at    int
	end   int
	close bool
	self  bool
	attrs []rawAttr
}

// rawAttr is one attribute; value is as written, with references unresolved.
type rawAttr struct {
	name    string // in lower case
	value   string
	valueAt int
	quote   byte // 0: none
}

// tags calls yield for each tag, outside of comments and of the text of
// script, style and textarea. It is forgiving as a browser is and linear.
func (r rawText) tags(yield func(rawTag)) {
	b := r.bytes
	for i := 0; i < len(b); {
		j := bytes.IndexByte(b[i:], '<')
		if j < 0 {
			return
		}
		i += j
		switch {
		case bytes.HasPrefix(b[i:], []byte("<!--")):
			i = after(b, i+4, "-->")
		case bytes.HasPrefix(b[i:], []byte("<![CDATA[")):
			i = after(b, i+9, "]]>")
		case i+1 < len(b) && (b[i+1] == '!' || b[i+1] == '?'):
			i = after(b, i+2, ">")
		default:
			tag, ok := scanTag(b, i)
			if !ok {
				i++
				continue
			}
			yield(tag)
			i = tag.end
			if !tag.close && (tag.name == "script" || tag.name == "style" || tag.name == "textarea") {
				if k := indexFold(b[i:], "</"+tag.name); k >= 0 {
					i += k
				} else {
					return
				}
			}
		}
	}
}

// after is the index behind the next s from i on, or the end.
func after(b []byte, i int, s string) int {
	if i >= len(b) {
		return len(b)
	}
	if j := bytes.Index(b[i:], []byte(s)); j >= 0 {
		return i + j + len(s)
	}
	return len(b)
}

// indexFold finds s, which is in lower case and starts with "<", whatever its case in b.
func indexFold(b []byte, s string) int {
	for i := 0; i+len(s) <= len(b); i++ {
		j := bytes.IndexByte(b[i:], '<')
		if j < 0 {
			return -1
		}
		i += j
		if i+len(s) <= len(b) && strings.EqualFold(string(b[i:i+len(s)]), s) {
			return i
		}
	}
	return -1
}

// scanTag reads the tag at i, if there is one that ends.
func scanTag(b []byte, i int) (rawTag, bool) {
	t := rawTag{at: i}
	i++
	if i < len(b) && b[i] == '/' {
		t.close = true
		i++
	}
	start := i
	for i < len(b) && !isTagEnd(b[i]) && b[i] != '=' && b[i] != '<' {
		i++
	}
	if i == start || !isLetter(b[start]) {
		return t, false
	}
	t.name = strings.ToLower(string(b[start:i]))
	for i < len(b) {
		switch c := b[i]; {
		case c == '>':
			t.end = i + 1
			return t, true
		case c == '<':
			return t, false // the tag was never closed
		case c == '/':
			t.self = i+1 < len(b) && b[i+1] == '>'
			i++
		case isBlank(c):
			i++
		default:
			var a rawAttr
			a, i = scanAttr(b, i)
			t.attrs = append(t.attrs, a)
		}
	}
	return t, false
}

func scanAttr(b []byte, i int) (rawAttr, int) {
	start := i
	for i < len(b) && !isTagEnd(b[i]) && (b[i] != '=' || i == start) {
		i++
	}
	a := rawAttr{name: strings.ToLower(string(b[start:i])), valueAt: i}
	j := i
	for j < len(b) && isBlank(b[j]) {
		j++
	}
	if j >= len(b) || b[j] != '=' {
		return a, i
	}
	for j++; j < len(b) && isBlank(b[j]); {
		j++
	}
	if j < len(b) && (b[j] == '"' || b[j] == '\'') {
		a.quote, a.valueAt = b[j], j+1
		n := bytes.IndexByte(b[j+1:], b[j])
		if n < 0 {
			return a, len(b)
		}
		a.value = string(b[j+1 : j+1+n])
		return a, j + n + 2
	}
	start = j
	for j < len(b) && !isBlank(b[j]) && b[j] != '>' {
		j++
	}
	a.value, a.valueAt = string(b[start:j]), start
	return a, max(j, i+1)
}

func isTagEnd(c byte) bool { return isBlank(c) || c == '>' || c == '/' }
func isBlank(c byte) bool  { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }
func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// unescapeHTML resolves the character references of an attribute's value.
func unescapeHTML(s string) string {
	if strings.IndexByte(s, '&') < 0 {
		return s
	}
	return html.UnescapeString(s)
}
