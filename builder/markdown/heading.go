package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// headingParser wraps goldmark's parsers of headings: it takes {#id}, {.cls}
// and {/*id*/} off the end before the inline content is parsed.
type headingParser struct {
	parser.BlockParser
	refuse bool
}

// Close is called once the heading's lines are known.
func (p headingParser) Close(node ast.Node, reader text.Reader, pc parser.Context) {
	p.BlockParser.Close(node, reader, pc)
	lines := node.Lines()
	if node.Parent() == nil || lines.Len() == 0 {
		return
	}
	seg := lines.At(lines.Len() - 1)
	line := bytes.TrimRight(reader.Source()[seg.Start:seg.Stop], " \t\r\n")
	if len(line) == 0 || line[len(line)-1] != '}' {
		return
	}
	cut, attrs := headingAttrs(string(line))
	if cut < 0 {
		return
	}
	apply(node, attrs, p.refuse)
	rest := bytes.TrimRight(line[:cut], " \t")
	if closed := bytes.TrimRight(rest, "#"); len(closed) < len(rest) && (len(closed) == 0 || closed[len(closed)-1] == ' ') {
		rest = bytes.TrimRight(closed, " \t") // "## Title ## {#id}"
	}
	seg.Stop = seg.Start + len(rest)
	if len(rest) == 0 {
		lines.SetSliced(0, lines.Len()-1)
		return
	}
	lines.Set(lines.Len()-1, seg)
}

// headingAttrs finds the attribute list that line ends with, and where it
// begins; -1 if there is none.
func headingAttrs(line string) (int, []Attr) {
	open := strings.LastIndexByte(line, '{')
	if open < 0 || open > 0 && line[open-1] == '\\' {
		return -1, nil
	}
	list := line[open:]
	if strings.HasPrefix(list, "{/*") && strings.HasSuffix(list, "*/}") {
		id := strings.TrimSpace(list[3 : len(list)-3])
		if id == "" || strings.ContainsAny(id, " \t<>\"") {
			return -1, nil
		}
		return open, []Attr{{"id", strings.TrimPrefix(id, "#")}}
	}
	attrs, n := parseAttrs(list)
	if n != len(list) {
		return -1, nil
	}
	return open, attrs
}

// heading writes a heading as a hole and notes it for the table of contents.
func (w *writer) heading(n *ast.Heading) {
	off := headingOff(n, w.source)
	html, plain := w.flat(n)
	h := &Hole{Kind: HeadingHole, Off: off, DestOff: off, Level: n.Level}
	for _, a := range attrsOf(n) {
		if a.Name == "id" {
			h.ID = dropSlots(a.Value)
		} else {
			h.Attrs = append(h.Attrs, a)
		}
	}
	if h.ID == "" && w.opts.Extras {
		h.ID = w.ids.make(plain, off, headingEnd(n, off))
	}
	w.doc.Headings = append(w.doc.Headings, Heading{Level: n.Level, ID: h.ID, HTML: html, Text: plain, Off: off})
	w.newLine()
	h.Text = plain
	h.Inner = w.inside(n)
	w.hole(h)
	w.html("\n")
}

// headingOff is where the heading's line begins, its "#" included.
func headingOff(n *ast.Heading, source []byte) int {
	off := max(n.Pos(), 0)
	if lines := n.Lines(); lines.Len() > 0 && off > lines.At(0).Start {
		off = lines.At(0).Start
	}
	return min(off, len(source))
}

// headingEnd is where the heading's text ends.
func headingEnd(n *ast.Heading, off int) int {
	if lines := n.Lines(); lines.Len() > 0 {
		return lines.At(lines.Len() - 1).Stop
	}
	return off
}
