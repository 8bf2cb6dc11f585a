package markdown

import (
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// tocMarker is the extension for [[toc]] and [TOC] alone in a paragraph.
type tocMarker struct{}

func (e tocMarker) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(parser.WithParagraphTransformers(util.Prioritized(e, 85)))
}

func (tocMarker) Transform(node *ast.Paragraph, reader text.Reader, _ parser.Context) {
	lines := node.Lines()
	if lines.Len() != 1 {
		return
	}
	seg := lines.At(0)
	switch strings.ToLower(strings.TrimSpace(string(seg.Value(reader.Source())))) {
	case "[[toc]]", "[toc]", "[[_toc_]]":
		n := new(tocNode)
		n.SetPos(seg.Start)
		node.Parent().ReplaceChild(node.Parent(), node, n)
	}
}

// tocNode is the place for the table of contents.
type tocNode struct{ ast.BaseBlock }

var kindTOC = ast.NewNodeKind("TOC")

func (*tocNode) Kind() ast.NodeKind            { return kindTOC }
func (n *tocNode) Dump(source []byte, lvl int) { ast.DumpHelper(n, source, lvl, nil, nil) }

func (n *tocNode) pieces(w *writer) {
	w.feature("toc")
	w.newLine()
	w.hole(&Hole{Kind: TOC, Off: posOf(n), DestOff: posOf(n)})
	w.html("\n")
}
