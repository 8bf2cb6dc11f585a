package markdown

import (
	"html"
	"strings"
	"unicode"

	east2 "github.com/yuin/goldmark-emoji/ast"
	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

// plainText gathers text without markup.
type plainText struct {
	w      *writer
	source []byte
	sb     strings.Builder
	last   byte
}

func (p *plainText) add(s string) {
	if s = dropSlots(s); s == "" {
		return
	}
	p.sb.WriteString(s)
	p.last = s[len(s)-1]
}

// breakLine starts a new line where something stands on the present one.
func (p *plainText) breakLine() {
	if p.last != '\n' && p.sb.Len() > 0 {
		p.sb.WriteByte('\n')
		p.last = '\n'
	}
}

// plainOf is the text of n and all in it, its blocks separated by line feeds.
func (w *writer) plainOf(n ast.Node) string {
	p := &plainText{w: w, source: w.source}
	p.node(n)
	return clean(strings.TrimSpace(p.sb.String()))
}

func (p *plainText) node(n ast.Node) {
	switch n := n.(type) {
	case plainer:
		n.plain(p)
	case *ast.Text:
		p.text(n)
	case *ast.String:
		if n.IsCode() {
			p.add(html.UnescapeString(string(n.Value)))
		} else {
			p.add(unescape(n.Value))
		}
	case *ast.AutoLink:
		p.add(string(n.Label(p.source)))
	case *east2.Emoji:
		p.add(emojiText(n))
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		p.breakLine()
		code := linesOf(n, p.source)
		if p.w.opts.Extras {
			code, _ = takeMarks(code)
		}
		p.add(code)
	case *ast.HTMLBlock, *ast.RawHTML, *ast.LinkReferenceDefinition, *east.FootnoteLink, *east.FootnoteBacklink:
		if p.w.opts.RefuseHTML && (n.Kind() == ast.KindHTMLBlock || n.Kind() == ast.KindRawHTML) {
			p.add(string(rawSource(n, p.source).bytes))
		}
	case *east.TableCell:
		p.children(n)
		p.add(" ")
	default:
		if n.Type() == ast.TypeInline {
			p.children(n)
			return
		}
		p.breakLine()
		p.children(n)
		p.breakLine()
	}
}

func (p *plainText) children(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		p.node(c)
	}
}

func (p *plainText) text(n *ast.Text) {
	v := valueOf(n, p.source)
	if n.IsRaw() {
		p.add(strings.ReplaceAll(string(v), "\n", " "))
	} else {
		p.add(unescape(v))
	}
	if !n.SoftLineBreak() && !n.HardLineBreak() {
		return
	}
	p.w.last, _ = lastRune(v)
	if n.HardLineBreak() || !p.w.joins(n) {
		p.add(" ")
	}
}

// lastRune is the last character of v, a space if there is none.
func lastRune(v []byte) (rune, bool) {
	r := []rune(string(v[max(0, len(v)-4):]))
	if len(r) == 0 {
		return ' ', false
	}
	return r[len(r)-1], true
}

// altOf is the text of an image's description.
func (w *writer) altOf(n ast.Node) string {
	p := &plainText{w: w, source: w.source}
	p.alt(n)
	return p.sb.String()
}

// alt is node for descriptions, where a line break stays one and slots stay.
func (p *plainText) alt(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		t, ok := c.(*ast.Text)
		switch {
		case ok && t.IsRaw():
			p.sb.Write(t.Segment.Value(p.source))
		case ok:
			p.sb.WriteString(unescape(valueOf(t, p.source)))
			if t.SoftLineBreak() || t.HardLineBreak() {
				p.sb.WriteByte('\n')
			}
		case c.HasChildren():
			p.alt(c)
		default:
			p.node(c)
		}
	}
}

// flat is the inline content of n as HTML without links, holes and ids, and
// as text: for tables of contents and titles.
func (w *writer) flat(n ast.Node) (string, string) {
	var sb strings.Builder
	w.flatInto(&sb, n)
	p := &plainText{w: w, source: w.source}
	p.children(n)
	return clean(dropSlots(strings.TrimSpace(sb.String()))), clean(strings.TrimSpace(p.sb.String()))
}

// flatTags are the elements that flat keeps, without their attributes.
const flatTags = " b i em strong code kbd samp var sub sup s del ins mark small abbr cite q u wbr "

func (w *writer) flatInto(sb *strings.Builder, n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		tag := ""
		switch c := c.(type) {
		case *ast.RawHTML:
			if w.opts.RefuseHTML {
				sb.WriteString(escape(string(rawSource(c, w.source).bytes)))
				continue
			}
			rawSource(c, w.source).tags(func(t rawTag) {
				if !strings.Contains(flatTags, " "+t.name+" ") {
					return
				}
				if t.close {
					sb.WriteString("</" + t.name + ">")
				} else {
					sb.WriteString("<" + t.name + ">")
				}
			})
			continue
		case *ast.CodeSpan:
			sb.WriteString("<code>")
			p := &plainText{w: w, source: w.source}
			p.children(c)
			sb.WriteString(escape(p.sb.String()) + "</code>")
			continue
		case *ast.Emphasis:
			tag = "em"
			if c.Level == 2 {
				tag = "strong"
			}
		case *east.Strikethrough:
			tag = "del"
		case *ast.Link:
		case *ast.String, *ast.Text, *ast.AutoLink, *east2.Emoji, *east.FootnoteLink, *ast.Image:
			p := &plainText{w: w, source: w.source}
			p.node(c)
			sb.WriteString(escape(p.sb.String()))
			continue
		case *mathSpan:
			sb.WriteString(`<span class="math inline">`)
			p := &plainText{w: w, source: w.source}
			c.plain(p)
			sb.WriteString(escape(p.sb.String()) + "</span>")
			continue
		}
		if tag != "" {
			sb.WriteString("<" + tag + ">")
		}
		w.flatInto(sb, c)
		if tag != "" {
			sb.WriteString("</" + tag + ">")
		}
	}
}

// countWords counts the words of s: runs of letters and digits, and each CJK
// character by itself. cjk reports whether there is any of those.
func countWords(s string) (n int, cjk bool) {
	in := false
	for _, r := range s {
		switch {
		case isCJKLetter(r):
			n++
			cjk, in = true, false
		case unicode.IsSpace(r):
			in = false
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if !in {
				n++
			}
			in = true
		}
	}
	return n, cjk
}

// lead is the text of the first paragraphs, cut to the number of words that
// the options allow.
func (w *writer) lead(root ast.Node) string {
	left := w.opts.SummaryWords
	if left <= 0 {
		left = 70
	}
	var parts []string
	for c := root.FirstChild(); c != nil && left > 0; c = c.NextSibling() {
		if c.Kind() != ast.KindParagraph {
			continue
		}
		s := w.plainOf(c)
		if s == "" {
			continue
		}
		s, n := cutWords(s, left)
		left -= n
		parts = append(parts, s)
	}
	return strings.Join(parts, " ")
}

// cutWords is s up to its nth word, and how many it has then.
func cutWords(s string, limit int) (string, int) {
	n, in := 0, false
	for i, r := range s {
		starts := false
		switch {
		case isCJKLetter(r):
			starts, in = true, false
		case unicode.IsSpace(r):
			in = false
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			starts = !in
			in = true
		}
		if starts {
			if n == limit {
				return strings.TrimRightFunc(s[:i], unicode.IsSpace), n
			}
			n++
		}
	}
	return s, n
}
