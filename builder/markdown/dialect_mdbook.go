package markdown

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// mdbook is the extension for mdBook: r[rule] anchors and the hidden lines of
// Rust code.
type mdbook struct{}

func (mdbook) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(
		parser.WithBlockParsers(util.Prioritized(rules{}, 396)),
		parser.WithASTTransformers(util.Prioritized(hiddenLines{}, 942)),
	)
}

// rules parses lines r[name.of.rule], each the anchor of what follows.
type rules struct{}

var reRule = regexp.MustCompile(`^r\[([\w.:-]+)\]$`)

func (rules) Trigger() []byte             { return []byte{'r'} }
func (rules) CanInterruptParagraph() bool { return true }
func (rules) CanAcceptIndentedLine() bool { return false }

func (rules) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, seg := reader.PeekLine()
	pos := pc.BlockOffset()
	if pos < 0 {
		return nil, parser.NoChildren
	}
	m := reRule.FindSubmatch(bytes.TrimRight(line[pos:], " \t\r\n"))
	if m == nil {
		return nil, parser.NoChildren
	}
	reader.AdvanceToEOL()
	at := seg.Start + pos - seg.Padding
	name := string(m[1])
	c := newContainer(boxDiv, "rule", at)
	c.SetAttributeString("id", []byte("r-"+name))
	l := &label{html: `<a class="rule-link" href="#r-` + escape(name) + `">[` + escape(name) + "]</a>\n", text: "[" + name + "]"}
	l.SetPos(at)
	c.AppendChild(c, l)
	return c, parser.NoChildren
}

func (rules) Continue(ast.Node, text.Reader, parser.Context) parser.State { return parser.Close }
func (rules) Close(ast.Node, text.Reader, parser.Context)                 {}

// hiddenLines drops the lines of Rust code that begin with "# ": they only
// make the example compile.
type hiddenLines struct{}

func (hiddenLines) Transform(doc *ast.Document, reader text.Reader, _ parser.Context) {
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if n.Type() == ast.TypeInline {
			return ast.WalkSkipChildren, nil
		}
		f, ok := n.(*ast.FencedCodeBlock)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		if lang := parseFenceInfo(fenceInfo(f, reader.Source())).lang; lang == "rust" || lang == "rs" {
			f.SetLines(shownLines(f.Lines(), reader.Source()))
		}
		return ast.WalkContinue, nil
	})
}

// shownLines is lines without those that are hidden; "##" stands for "#".
func shownLines(lines *text.Segments, source []byte) *text.Segments {
	out := text.NewSegments()
	for i := range lines.Len() {
		seg := lines.At(i)
		v := string(seg.Value(source))
		s := strings.TrimSpace(v)
		switch {
		case s == "#" || strings.HasPrefix(s, "# "):
			continue
		case strings.HasPrefix(s, "##"):
			if i := strings.IndexByte(v, '#'); i > 0 {
				pre := seg
				pre.Stop = seg.Start + i - seg.Padding
				pre.ForceNewline = false
				out.Append(pre)
			}
			at := seg.Start + strings.IndexByte(v, '#') - seg.Padding
			rest := seg
			rest.Start, rest.Padding = at+1, 0
			out.Append(rest)
			continue
		}
		out.Append(seg)
	}
	return out
}

// unescapePath resolves %xx.
func unescapePath(s string) (string, error) { return url.PathUnescape(s) }
