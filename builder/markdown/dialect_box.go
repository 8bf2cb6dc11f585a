package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// maxBoxes is how deep boxes may nest; further opening lines are text.
const maxBoxes = 100

// box is an open block that a line of its own opens and another one closes.
type box struct {
	node   ast.Node
	family string
	// n is the number of marks in the opening line, and name the name that the
	// closing line repeats, where the family counts or names.
	n    int
	name string
	// dedent takes the blanks that the first line of the content starts with off all of them.
	dedent bool
	indent int // -1 before the first line

	// header, where it is set, takes the lines behind the opening one for as
	// long as it returns true; it gets a line without the blanks around it and
	// where that line starts in the source.
	header func(line []byte, at, indent int) bool
	// done is called when the block is closed.
	done func(source []byte)

	at, width int // the opening line
	line      int
	closed    bool
	quiet     bool // no warning if it is not closed
}

// boxes are the open boxes of one parse, outermost first.
type boxes struct {
	open   []*box
	byNode map[ast.Node]*box
	// The box that the closing line number line closes, so that it is looked
	// for once and not by every box around it.
	line   int
	target *box

	told int
}

// warn is state.warn for the first so many.
func (all *boxes) warn(s *state, off, width int, hint, code, format string, args ...any) {
	if all.told++; all.told <= maxTold {
		s.warn(off, width, hint, code, format, args...)
	}
}

var boxesKey = parser.NewContextKey()

func boxesOf(pc parser.Context) *boxes {
	if b, ok := pc.Get(boxesKey).(*boxes); ok {
		return b
	}
	b := &boxes{byNode: map[ast.Node]*box{}, line: -1}
	pc.Set(boxesKey, b)
	return b
}

// closer is what a closing line says.
type closer struct {
	n    int
	name string
}

// opening is a line that may open a box.
type opening struct {
	parent ast.Node
	line   []byte // without the blanks around it
	at     int    // where it starts in the source
	source []byte
	reader text.Reader
	pc     parser.Context
	*state
}

// seg is a stretch of the line as a segment of the source.
func (o *opening) seg(from, to int) text.Segment { return text.NewSegment(o.at+from, o.at+to) }

// boxParser is the block parser of one family of boxes.
type boxParser struct {
	family  string
	trigger []byte
	// open returns the box that a line opens, nil if it opens none; a box
	// without a family is a block without children, finished with the line.
	open func(o *opening) *box
	// closer reads a closing line.
	closer func(line []byte) (closer, bool)
	// exact demands as many marks at the end as at the start.
	exact bool
	// raw leaves closing lines that close nothing alone: they are HTML.
	raw bool
}

func (p *boxParser) Trigger() []byte             { return p.trigger }
func (p *boxParser) CanInterruptParagraph() bool { return true }
func (p *boxParser) CanAcceptIndentedLine() bool { return false }

func (p *boxParser) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, seg := reader.PeekLine()
	pos := pc.BlockOffset()
	if pos < 0 || pos >= len(line) {
		return nil, parser.NoChildren
	}
	o := &opening{parent: parent, line: bytes.TrimRight(line[pos:], " \t\r\n"), at: seg.Start + pos - seg.Padding,
		source: reader.Source(), reader: reader, pc: pc, state: stateOf(pc)}
	all := boxesOf(pc)
	if _, ok := p.closer(o.line); ok {
		if p.raw {
			return nil, parser.NoChildren
		}
		all.warn(o.state, o.at, len(o.line), "take the line out, or open the block that it is to close", "container-stray", "%q closes nothing", o.line)
		reader.AdvanceToEOL()
		return new(dropped), parser.NoChildren
	}
	if len(all.open) >= maxBoxes {
		return nil, parser.NoChildren
	}
	b := p.open(o)
	if b == nil {
		return nil, parser.NoChildren
	}
	reader.AdvanceToEOL()
	if b.family == "" {
		return b.node, parser.NoChildren
	}
	b.at, b.width, b.indent = o.at, len(o.line), -1
	b.line, _ = reader.Position()
	all.open = append(all.open, b)
	all.byNode[b.node] = b
	return b.node, parser.HasChildren
}

func (p *boxParser) Continue(node ast.Node, reader text.Reader, pc parser.Context) parser.State {
	all := boxesOf(pc)
	b := all.byNode[node]
	if b == nil {
		return parser.Close
	}
	line, seg := reader.PeekLine()
	s := bytes.TrimSpace(line)
	if c, ok := p.closer(s); ok && !inRawBlock(pc) {
		number, _ := reader.Position()
		if number != all.line {
			all.line, all.target = number, all.find(p, c)
		}
		if all.target == b {
			b.closed = true
			reader.AdvanceToEOL()
			return parser.Close
		}
		if all.target != nil && len(s) > 0 {
			return b.enter(reader, line)
		}
	}
	if b.header != nil {
		w, pos := util.IndentWidth(line, reader.LineOffset())
		if len(s) > 0 && b.header(s, seg.Start+pos-seg.Padding, w) {
			reader.AdvanceToEOL()
			return parser.Continue | parser.HasChildren
		}
		b.header = nil
		b.line = -1
	}
	return b.enter(reader, line)
}

// enter takes the box's own indent off a line.
func (b *box) enter(reader text.Reader, line []byte) parser.State {
	if !b.dedent || util.IsBlank(line) {
		return parser.Continue | parser.HasChildren
	}
	w, _ := util.IndentWidth(line, reader.LineOffset())
	if b.indent < 0 {
		b.indent = w
	}
	if w = min(w, b.indent); w > 0 {
		pos, padding := util.IndentPosition(line, reader.LineOffset(), w)
		if pos >= 0 {
			reader.AdvanceAndSetPadding(pos, padding)
		}
	}
	return parser.Continue | parser.HasChildren
}

// find is the open box that a closing line is for: the innermost one that it
// fits exactly, or else the innermost one with fewer marks.
func (all *boxes) find(p *boxParser, c closer) *box {
	var fewer *box
	for i := len(all.open) - 1; i >= 0; i-- {
		b := all.open[i]
		if b.family != p.family || b.name != c.name {
			continue
		}
		if b.n == c.n {
			return b
		}
		if fewer == nil && b.n < c.n && !p.exact {
			fewer = b
		}
	}
	return fewer
}

func (p *boxParser) Close(node ast.Node, reader text.Reader, pc parser.Context) {
	all := boxesOf(pc)
	b := all.byNode[node]
	if b == nil {
		return
	}
	delete(all.byNode, node)
	for i := len(all.open) - 1; i >= 0; i-- {
		if all.open[i] == b {
			all.open = all.open[:i]
			break
		}
	}
	if !b.closed && !b.quiet {
		all.warn(stateOf(pc), b.at, b.width, "close it with a line of its own, as far indented as this one", "container-unclosed",
			"the block %q is not closed", bytes.TrimSpace(reader.Source()[b.at:b.at+b.width]))
	}
	if b.done != nil {
		b.done(reader.Source())
	}
}

// inRawBlock reports whether the innermost open block takes lines as they are.
func inRawBlock(pc parser.Context) bool {
	switch n := pc.LastOpenedBlock().Node.(type) {
	case *ast.FencedCodeBlock:
		return true
	case *ast.HTMLBlock:
		return n.HTMLBlockType <= ast.HTMLBlockType5
	}
	return false
}

// closerOf reads a closing line made of three or more c.
func closerOf(c byte) func(line []byte) (closer, bool) {
	return func(line []byte) (closer, bool) {
		n := 0
		for n < len(line) && line[n] == c {
			n++
		}
		return closer{n: n}, n >= 3 && n == len(line)
	}
}

// dropped is a block without any output.
type dropped struct{ ast.BaseBlock }

var kindDropped = ast.NewNodeKind("Dropped")

func (*dropped) Kind() ast.NodeKind              { return kindDropped }
func (n *dropped) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }
func (*dropped) pieces(*writer)                  {}

// label is a block of ready HTML, such as the version that a part is about.
type label struct {
	ast.BaseBlock
	html, text string
}

var kindLabel = ast.NewNodeKind("Label")

func (*label) Kind() ast.NodeKind              { return kindLabel }
func (n *label) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }
func (n *label) pieces(w *writer) {
	w.newLine()
	w.html(n.html)
}

// snip is inline HTML made by a dialect, with its plain text.
type snip struct {
	ast.BaseInline
	html, text string
}

var kindSnip = ast.NewNodeKind("Snip")

func (*snip) Kind() ast.NodeKind              { return kindSnip }
func (n *snip) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }
func (n *snip) pieces(w *writer)              { w.html(n.html) }

func (n *label) plain(p *plainText) {
	p.breakLine()
	p.add(n.text)
	p.breakLine()
}

func (n *snip) plain(p *plainText) { p.add(n.text) }
