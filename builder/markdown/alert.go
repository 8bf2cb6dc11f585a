package markdown

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// alerts is the extension for block quotes that begin with [!NOTE], in any
// case and with any word, and with a title behind it. A sign behind the
// brackets makes it open and close: "+" begins opened, "-" closed.
type alerts struct{}

func (e alerts) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(
		parser.WithParagraphTransformers(util.Prioritized(alertLine{}, 80)),
		parser.WithASTTransformers(util.Prioritized(alertMaker{}, 100)),
	)
}

var alertMarker = regexp.MustCompile(`^\[!([A-Za-z][A-Za-z0-9_-]*)\]([+-]?)(?:[ \t]+|\r?\n|$)`)

// alertMark stands in a block quote until the whole text is parsed: before
// that, goldmark still adds to the quote.
type alertMark struct {
	ast.BaseBlock
	class string
	sign  string
}

var kindAlertMark = ast.NewNodeKind("AlertMark")

func (*alertMark) Kind() ast.NodeKind            { return kindAlertMark }
func (n *alertMark) Dump(source []byte, lvl int) { ast.DumpHelper(n, source, lvl, nil, nil) }
func (*alertMark) pieces(*writer)                {}

// alertLine takes the marker off the first line of a quote's first paragraph.
type alertLine struct{}

func (alertLine) Transform(node *ast.Paragraph, reader text.Reader, _ parser.Context) {
	quote, ok := node.Parent().(*ast.Blockquote)
	if !ok || node.PreviousSibling() != nil {
		return
	}
	lines := node.Lines()
	seg := lines.At(0)
	line := bytes.TrimLeft(seg.Value(reader.Source()), " \t")
	m := alertMarker.FindSubmatch(line)
	if m == nil {
		return
	}
	mark := &alertMark{class: strings.ToLower(string(m[1])), sign: string(m[2])}
	rest := bytes.TrimSpace(line[len(m[0]):])
	quote.InsertBefore(quote, node, mark)
	if len(rest) > 0 {
		stop := seg.Start + len(bytes.TrimRight(reader.Source()[seg.Start:seg.Stop], " \t\r\n"))
		setBoxTitle(mark, text.NewSegment(stop-len(rest), stop), reader.Source())
	}
	if lines.Len() == 1 {
		quote.RemoveChild(quote, node)
		return
	}
	lines.SetSliced(1, lines.Len())
}

// alertMaker turns the quotes that have a mark into containers.
type alertMaker struct{}

func (alertMaker) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	var marks []*alertMark
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if m, ok := n.(*alertMark); ok && entering {
			marks = append(marks, m)
		}
		if n.Type() == ast.TypeInline {
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	for _, m := range marks {
		quote := m.Parent()
		c := newContainer(boxAlert, m.class, posOf(quote))
		if m.sign != "" || m.class == "details" {
			c.box, c.open = boxDetails, m.sign == "+"
		}
		for _, a := range quote.Attributes() {
			c.SetAttribute(a.Name, a.Value)
		}
		if t := m.FirstChild(); t != nil {
			c.AppendChild(c, t)
		}
		quote.RemoveChild(quote, m)
		for n := quote.FirstChild(); n != nil; {
			next := n.NextSibling()
			c.AppendChild(c, n)
			n = next
		}
		quote.Parent().ReplaceChild(quote.Parent(), quote, c)
	}
}
