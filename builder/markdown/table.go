package markdown

import (
	"slices"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/util"
)

// tables is goldmark's extension for tables without the part that resolves
// \| in code spans, which is quadratic: the writer does that.
type tables struct{}

func (tables) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(parser.WithParagraphTransformers(util.Prioritized(extension.NewTableParagraphTransformer(), 200)))
}

// alignClass is what is put before the alignment of a cell to make its class: a
// style attribute is what a strict Content-Security-Policy forbids, and an align
// attribute is no longer HTML.
const alignClass = "align-"

func (w *writer) table(n *east.Table) {
	w.html("<table" + attrString(attrsOf(n)) + ">\n")
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		_, head := row.(*east.TableHeader)
		cell := "td"
		if head {
			cell = "th"
			w.html("<thead>\n")
		}
		w.html("<tr>\n")
		for c := row.FirstChild(); c != nil; c = c.NextSibling() {
			attrs := attrsOf(c)
			if tc, ok := c.(*east.TableCell); ok && tc.Alignment != east.AlignNone {
				attrs = setAttr(slices.Clone(attrs), "class", alignClass+tc.Alignment.String())
			}
			w.last, w.cell = ' ', true
			w.html("<" + cell + attrString(attrs) + ">")
			w.children(c)
			w.cell = false
			w.html("</" + cell + ">\n")
		}
		w.html("</tr>\n")
		switch {
		case head && row.NextSibling() != nil:
			w.html("</thead>\n<tbody>\n")
		case head:
			w.html("</thead>\n")
		case row.NextSibling() == nil:
			w.html("</tbody>\n")
		}
	}
	w.html("</table>\n")
}
