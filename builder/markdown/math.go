package markdown

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// mathExtension marks up LaTeX: $…$ in a line, $$…$$ on its own. \(…\) and \[…\]
// are brackets that CommonMark escapes, and stay that. A dollar opens only
// before, and closes only behind, something that is no blank, and what is around
// the two must be no part of a word or of a string: $20 and $30 is money, "$a" and
// $(B)/$(C) are variables. Two asterisks are no LaTeX, but the end of something
// strong: **$(**name**)**; **$** has dollars.
type mathExtension struct{}

func (e mathExtension) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(
		parser.WithBlockParsers(util.Prioritized(mathBlocks{}, 690)),
		parser.WithInlineParsers(util.Prioritized(mathSpans{}, 90)),
	)
}

// mathBlock is display math; its lines are the LaTeX.
type mathBlock struct {
	ast.BaseBlock
	closer string
	done   bool
}

var kindMathBlock = ast.NewNodeKind("MathBlock")

func (*mathBlock) Kind() ast.NodeKind            { return kindMathBlock }
func (*mathBlock) IsRaw() bool                   { return true }
func (n *mathBlock) Dump(source []byte, lvl int) { ast.DumpHelper(n, source, lvl, nil, nil) }

func (n *mathBlock) pieces(w *writer) {
	w.feature("math")
	w.newLine()
	w.html("<div" + attrString(addClass(attrsOf(n), "math display")) + ">")
	for i := range n.Lines().Len() {
		seg := n.Lines().At(i)
		v := seg.Value(w.source)
		if i == n.Lines().Len()-1 {
			v = bytes.TrimRight(v, " \t\r\n")
		}
		off := seg.Start - seg.Padding
		if i == 0 {
			trimmed := bytes.TrimLeft(v, " \t\r\n")
			off += len(v) - len(trimmed)
			v = trimmed
		}
		w.textAt(v, off, true)
	}
	w.html("</div>\n")
}

func (n *mathBlock) plain(p *plainText) {
	for i := range n.Lines().Len() {
		seg := n.Lines().At(i)
		p.add(string(seg.Value(p.source)))
	}
}

// mathBlocks parses display math that begins a line.
type mathBlocks struct{}

func (mathBlocks) Trigger() []byte { return []byte{'$'} }

func (mathBlocks) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, seg := reader.PeekLine()
	pos := pc.BlockOffset()
	if pos < 0 || pos+2 > len(line) || seg.Padding > 0 {
		return nil, parser.NoChildren
	}
	if string(line[pos:pos+2]) != "$$" {
		return nil, parser.NoChildren
	}
	n := &mathBlock{closer: "$$"}
	body := line[pos+2:]
	if i := bytes.Index(body, []byte(n.closer)); i >= 0 {
		if len(bytes.TrimSpace(body[i+2:])) > 0 || len(bytes.TrimSpace(body[:i])) == 0 {
			return nil, parser.NoChildren // text goes on behind it: not a block
		}
		n.done = true
		n.Lines().Append(text.NewSegment(seg.Start+pos+2, seg.Start+pos+2+i))
	} else {
		if !closesSoon(reader.Source()[seg.Stop:], n.closer) {
			return nil, parser.NoChildren
		}
		if len(bytes.TrimSpace(body)) > 0 {
			n.Lines().Append(text.NewSegment(seg.Start+pos+2, seg.Stop))
		}
	}
	reader.AdvanceToEOL()
	return n, parser.NoChildren
}

// closesSoon reports whether a closer comes before the next blank line:
// without it a stray $$ would swallow the page.
func closesSoon(b []byte, closer string) bool {
	for len(b) > 0 {
		line := b
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			line = b[:i+1]
		}
		if util.IsBlank(line) {
			return false
		}
		if bytes.Contains(line, []byte(closer)) {
			return bytes.HasSuffix(bytes.TrimRight(line, " \t\r\n"), []byte(closer))
		}
		b = b[len(line):]
	}
	return false
}

func (mathBlocks) Continue(node ast.Node, reader text.Reader, _ parser.Context) parser.State {
	n := node.(*mathBlock)
	if n.done {
		return parser.Close
	}
	line, seg := reader.PeekLine()
	i := bytes.Index(line, []byte(n.closer))
	if i < 0 {
		n.Lines().Append(seg)
		reader.AdvanceToEOL()
		return parser.Continue | parser.NoChildren
	}
	if len(bytes.TrimSpace(line[:i])) > 0 {
		n.Lines().Append(text.NewSegment(seg.Start, seg.Start+max(0, i-seg.Padding)))
	}
	n.done = true
	reader.AdvanceToEOL()
	return parser.Continue | parser.NoChildren
}

func (mathBlocks) Close(ast.Node, text.Reader, parser.Context) {}
func (mathBlocks) CanInterruptParagraph() bool                 { return true }
func (mathBlocks) CanAcceptIndentedLine() bool                 { return false }

// mathSpan is math within a line of text.
type mathSpan struct {
	ast.BaseInline
	display  bool
	segments []text.Segment
}

var kindMathSpan = ast.NewNodeKind("MathSpan")

func (*mathSpan) Kind() ast.NodeKind            { return kindMathSpan }
func (n *mathSpan) Dump(source []byte, lvl int) { ast.DumpHelper(n, source, lvl, nil, nil) }

func (n *mathSpan) pieces(w *writer) {
	w.feature("math")
	class := "math inline"
	if n.display {
		class = "math display"
	}
	w.html(`<span class="` + class + `">`)
	for _, seg := range n.segments {
		w.textAt(seg.Value(w.source), seg.Start-seg.Padding, true)
	}
	w.html("</span>")
}

func (n *mathSpan) plain(p *plainText) {
	for _, seg := range n.segments {
		p.add(string(seg.Value(p.source)))
	}
}

// mathSpans parses math within a line.
type mathSpans struct{}

func (mathSpans) Trigger() []byte { return []byte{'$'} }

// noCloser remembers up to where in the source a closer was looked for in vain.
var noCloser = parser.NewContextKey()

func (mathSpans) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, seg := block.PeekLine()
	if len(line) < 3 {
		return nil
	}
	closer := "$"
	if line[1] == '$' {
		closer = "$$"
	} else if util.IsSpace(line[1]) || !besideMath(block.PrecendingCharacter(), "([{|*_~->") {
		return nil
	}
	tried, _ := pc.Get(noCloser).(map[string]int)
	if seg.Start < tried[closer] {
		return nil
	}
	block.Advance(len(closer))
	segs, last, found := mathUntil(block, closer)
	if found && closer == "$" && hasStrong(segs, block.Source()) {
		return nil
	}
	if !found {
		if tried == nil {
			tried = map[string]int{}
			pc.Set(noCloser, tried)
		}
		if closer != "$" { // a lone dollar may yet close what begins behind it
			tried[closer] = last
		}
		return nil
	}
	return &mathSpan{display: closer == "$$", segments: segs}
}

// hasStrong reports whether a formula would have two asterisks in a row.
func hasStrong(segs []text.Segment, source []byte) bool {
	for _, seg := range segs {
		if bytes.Contains(seg.Value(source), []byte("**")) {
			return true
		}
	}
	return false
}

// mathUntil reads up to the closer, over line ends. Its last result but one
// is how far it looked.
func mathUntil(block text.Reader, closer string) (segs []text.Segment, last int, found bool) {
	for {
		line, seg := block.PeekLine()
		if line == nil {
			return nil, last, false
		}
		i := mathCloser(line, closer)
		if i >= 0 {
			if i > 0 {
				segs = append(segs, seg.WithStop(seg.Start+i-seg.Padding))
			}
			if closer == "$" && !dollarCloses(line, i) || len(segs) == 0 {
				return nil, seg.Start + i, false
			}
			block.Advance(i + len(closer))
			return segs, 0, true
		}
		segs = append(segs, seg)
		last = seg.Stop
		block.AdvanceLine()
	}
}

// mathCloser is the index of the first closer in line that no backslash escapes.
func mathCloser(line []byte, closer string) int {
	for i := 0; i < len(line); i++ {
		if bytes.HasPrefix(line[i:], []byte(closer)) {
			return i
		}
		if line[i] == '\\' {
			i++
		}
	}
	return -1
}

// dollarCloses reports whether the dollar at i may close.
func dollarCloses(line []byte, i int) bool {
	if i == 0 || util.IsSpace(line[i-1]) {
		return false
	}
	next, _ := utf8.DecodeRune(line[i+1:])
	return i+1 == len(line) || besideMath(next, ")]}|*_~-<.,;:!?'")
}

// besideMath reports whether r may stand outside of a formula, next to its
// dollar: a blank, one of marks, a sign that no program has, or any letter of a
// script that is written without blanks.
func besideMath(r rune, marks string) bool {
	return unicode.IsSpace(r) || strings.ContainsRune(marks, r) || isCJK(r) || r >= utf8.RuneSelf && unicode.IsPunct(r)
}
