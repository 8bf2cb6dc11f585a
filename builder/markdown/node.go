package markdown

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	east2 "github.com/yuin/goldmark-emoji/ast"
	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

// document writes the blocks of the text, and marks where its summary ends.
func (w *writer) document(root ast.Node) {
	for c := root.FirstChild(); c != nil; c = c.NextSibling() {
		if last, ok := w.headBlock(c); ok {
			c = last
			continue
		}
		w.node(c)
		if w.more {
			w.more = false
			w.divide()
		}
	}
	w.flush()
	if w.doc.Summary > len(w.out) {
		w.doc.Summary = len(w.out)
	}
}

// node writes one node with all that is in it.
func (w *writer) node(n ast.Node) {
	if p, ok := n.(piecer); ok {
		p.pieces(w)
		return
	}
	switch n.Type() {
	case ast.TypeInline:
		w.inline(n)
	default:
		w.block(n)
	}
}

func (w *writer) block(n ast.Node) {
	switch n := n.(type) {
	case *ast.Heading:
		w.heading(n)
	case *ast.Paragraph:
		w.paragraph(n)
	case *ast.TextBlock:
		w.children(n)
		if n.NextSibling() != nil && n.FirstChild() != nil {
			w.html("\n")
		}
	case *ast.Blockquote:
		w.element("blockquote", n, true)
	case *ast.List:
		w.list(n)
	case *ast.ListItem:
		w.listItem(n)
	case *ast.ThematicBreak:
		w.html("<hr" + attrString(attrsOf(n)) + ">\n")
	case *ast.FencedCodeBlock:
		w.fence(n)
	case *ast.CodeBlock:
		w.codeBlock(n)
	case *ast.HTMLBlock:
		w.htmlBlock(n)
	case *ast.LinkReferenceDefinition:
	default:
		w.extraBlock(n)
	}
}

// extraBlock writes the blocks of goldmark's extensions.
func (w *writer) extraBlock(n ast.Node) {
	switch n := n.(type) {
	case *east.Table:
		w.table(n)
	case *east.DefinitionList:
		w.element("dl", n, true)
	case *east.DefinitionTerm:
		w.element("dt", n, false)
	case *east.DefinitionDescription:
		w.element("dd", n, !n.IsTight)
	case *east.FootnoteList:
		w.footnotes(n)
	default:
		w.children(n)
	}
}

// element writes <name>…</name>, with a line feed behind the start tag if its
// children are blocks.
func (w *writer) element(name string, n ast.Node, blocks bool) {
	w.html("<" + name + attrString(attrsOf(n)) + ">")
	if blocks {
		w.html("\n")
	}
	w.children(n)
	w.html("</" + name + ">\n")
}

// paragraph writes a paragraph; one that is nothing but a slot has no <p>,
// for what fills it may be a block.
func (w *writer) paragraph(n *ast.Paragraph) {
	if t, ok := n.FirstChild().(*ast.Text); ok && t == n.LastChild() && len(n.Attributes()) == 0 {
		v := bytes.TrimSpace(t.Segment.Value(w.source))
		if r, size := utf8.DecodeRune(v); size == len(v) {
			if _, ok := SlotOf(r); ok {
				w.newLine()
				w.inline(t)
				w.html("\n")
				return
			}
		}
	}
	w.last = ' '
	w.html("<p" + attrString(attrsOf(n)) + ">")
	w.children(n)
	w.html("</p>\n")
}

func (w *writer) list(n *ast.List) {
	tag := "ul"
	attrs := attrsOf(n)
	if n.IsOrdered() {
		tag = "ol"
		if n.Start != 1 {
			attrs = append([]Attr{{"start", strconv.Itoa(n.Start)}}, attrs...)
		}
	}
	w.html("<" + tag + attrString(attrs) + ">\n")
	w.children(n)
	w.html("</" + tag + ">\n")
}

func (w *writer) listItem(n *ast.ListItem) {
	w.last = ' '
	w.html("<li" + attrString(attrsOf(n)) + ">")
	if first := n.FirstChild(); first != nil && first.Kind() != ast.KindTextBlock {
		w.html("\n")
	}
	w.children(n)
	w.html("</li>\n")
}

func (w *writer) inline(n ast.Node) {
	switch n := n.(type) {
	case *ast.Text:
		w.textNode(n)
	case *ast.String:
		if n.IsCode() {
			w.html(string(n.Value))
		} else if n.IsRaw() {
			w.text(string(n.Value))
		} else {
			w.text(unescape(n.Value))
		}
	case *ast.CodeSpan:
		w.html("<code" + attrString(attrsOf(n)) + ">")
		w.codeSpan(n)
		w.html("</code>")
	case *ast.Emphasis:
		tag := "em"
		if n.Level == 2 {
			tag = "strong"
		}
		w.html("<" + tag + ">")
		w.children(n)
		w.html("</" + tag + ">")
	case *east.Strikethrough:
		w.html("<del>")
		w.children(n)
		w.html("</del>")
	case *ast.Link:
		w.link(n)
	case *ast.Image:
		w.image(n)
	case *ast.AutoLink:
		w.autoLink(n)
	case *ast.RawHTML:
		w.rawInline(n)
	case *east.TaskCheckBox:
		w.checkBox(n)
	case *east.FootnoteLink:
		w.footnoteLink(n)
	case *east.FootnoteBacklink:
		w.footnoteBacklink(n)
	case *east2.Emoji:
		w.text(emojiText(n))
	default:
		w.children(n)
	}
}

// emojiText is the emoji's characters, or its name where it has none.
func emojiText(n *east2.Emoji) string {
	if n.Value.IsUnicode() {
		return string(n.Value.Unicode)
	}
	return ":" + string(n.ShortName) + ":"
}

// textNode writes text with the line break behind it.
func (w *writer) textNode(n *ast.Text) {
	w.textAt(valueOf(n, w.source), n.Segment.Start-n.Segment.Padding, n.IsRaw())
	switch {
	case n.HardLineBreak() || n.SoftLineBreak() && w.opts.HardWraps:
		w.html("<br>\n")
	case n.SoftLineBreak() && !w.joins(n):
		w.html("\n")
	}
}

// valueOf is the Markdown of n without the spaces that make a hard line break
// behind it. With an inline parser that a space wakes, as bare addresses have,
// goldmark leaves all but the last of them in the text before.
func valueOf(n *ast.Text, source []byte) []byte {
	v := n.Segment.Value(source)
	if next, ok := n.NextSibling().(*ast.Text); ok && next.HardLineBreak() && next.Segment.Len() == 0 {
		return bytes.TrimRight(v, " \t")
	}
	return v
}

// textAt writes the Markdown text b, which stands at off in the source.
func (w *writer) textAt(b []byte, off int, raw bool) {
	write := func(part string) {
		if !raw {
			part = unescape([]byte(part))
		}
		w.text(part)
	}
	s := string(b)
	for {
		i := slotIndex(s)
		if i < 0 {
			write(s)
			return
		}
		write(s[:i])
		r, size := utf8.DecodeRuneInString(s[i:])
		slot, _ := SlotOf(r)
		w.hole(&Hole{Kind: Slot, Level: slot, Off: off + i, DestOff: off + i})
		w.last = 'x'
		s, off = s[i+size:], off+i+size
	}
}

// joins reports whether the line break behind n vanishes: between two CJK
// characters, and beside full-width punctuation, a space would be seen.
func (w *writer) joins(n *ast.Text) bool {
	if !w.opts.CJK || !isCJK(w.last) {
		return false
	}
	next := firstRune(n.NextSibling(), w.source)
	if !isCJK(next) {
		return isWidePunct(w.last) && next != 0
	}
	return !isHangul(w.last) && !isHangul(next)
}

// firstRune is the first character of the text in n or behind it, 0 if there is none.
func firstRune(n ast.Node, source []byte) rune {
	for ; n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			if v := n.Segment.Value(source); len(v) > 0 {
				r, _ := utf8.DecodeRune(v)
				return r
			}
		case *ast.AutoLink, *ast.Image, *ast.RawHTML, *ast.String:
			return 'x'
		default:
			if r := firstRune(n.FirstChild(), source); r != 0 {
				return r
			}
		}
	}
	return 0
}

// codeSpan writes what a code span holds; a line feed in it is a space.
func (w *writer) codeSpan(n *ast.CodeSpan) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		t, ok := c.(*ast.Text)
		if !ok {
			w.node(c)
			continue
		}
		v := t.Segment.Value(w.source)
		if bytes.HasSuffix(v, []byte("\n")) {
			v = append(bytes.TrimSuffix(v[:len(v)-1:len(v)-1], []byte("\r")), ' ')
		}
		if w.cell {
			v = bytes.ReplaceAll(v, []byte(`\|`), []byte("|"))
		}
		w.textAt(v, t.Segment.Start-t.Segment.Padding, true)
	}
}

func (w *writer) checkBox(n *east.TaskCheckBox) {
	w.feature("tasks")
	if n.IsChecked {
		w.html(`<input checked="" disabled="" type="checkbox"> `)
	} else {
		w.html(`<input disabled="" type="checkbox"> `)
	}
}
