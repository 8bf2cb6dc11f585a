package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// attributes is the extension for attribute lists behind links, images and
// code spans ({target=_blank}) and on lines of their own below a block
// ({.cls}, {: .cls}). Those of headings are heading.go's.
type attributes struct{ refuse bool }

func (e attributes) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(
		parser.WithInlineParsers(util.Prioritized(inlineAttrs(e), 450)),
		parser.WithParagraphTransformers(util.Prioritized(lineAttrs(e), 90)),
		parser.WithASTTransformers(util.Prioritized(attrGiver(e), 950)),
	)
}

// parseAttrs reads an attribute list at the start of s and says how long it
// is; n is 0 where there is none. An empty list is none.
func parseAttrs(s string) (attrs []Attr, n int) {
	if !strings.HasPrefix(s, "{") {
		return nil, 0
	}
	i := 1
	if strings.HasPrefix(s[i:], ":") {
		i++
	}
	for i < len(s) {
		switch c := s[i]; {
		case c == ' ' || c == '\t' || c == ',':
			i++
		case c == '}':
			if len(attrs) == 0 {
				return nil, 0
			}
			return attrs, i + 1
		case c == '.' || c == '#':
			end := nameEnd(s, i+1)
			if end == i+1 {
				return nil, 0
			}
			name := "class"
			if c == '#' {
				name = "id"
			}
			attrs = setAttr(attrs, name, s[i+1:end])
			i = end
		default:
			name, value, end := keyValue(s, i)
			if end == 0 {
				return nil, 0
			}
			attrs = setAttr(attrs, name, value)
			i = end
		}
	}
	return nil, 0
}

// nameEnd is where the class or id that begins at i ends.
func nameEnd(s string, i int) int {
	for i < len(s) && strings.IndexByte(" \t,}{<>\"'=\n", s[i]) < 0 && (s[i] != '.' || i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9') {
		i++
	}
	return i
}

// keyValue reads key=value at i; end is 0 where there is none.
func keyValue(s string, i int) (name, value string, end int) {
	start := i
	for i < len(s) && isAttrName(s[i], i == start) {
		i++
	}
	if i == start || i >= len(s) || s[i] != '=' {
		return "", "", 0
	}
	name, i = s[start:i], i+1
	if i < len(s) && (s[i] == '"' || s[i] == '\'') {
		n := strings.IndexByte(s[i+1:], s[i])
		if n < 0 {
			return "", "", 0
		}
		return name, unescape([]byte(s[i+1 : i+1+n])), i + n + 2
	}
	n := strings.IndexAny(s[i:], " \t,}\"'<>")
	if n <= 0 {
		return "", "", 0
	}
	return name, s[i : i+n], i + n
}

func isAttrName(c byte, first bool) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == ':' || c == '@' ||
		!first && (c >= '0' && c <= '9' || c == '-' || c == '.')
}

// setAttr adds an attribute; classes add up, of anything else the last one counts.
func setAttr(attrs []Attr, name, value string) []Attr {
	for i := range attrs {
		if attrs[i].Name != name {
			continue
		}
		if name == "class" {
			attrs[i].Value += " " + value
		} else {
			attrs[i].Value = value
		}
		return attrs
	}
	return append(attrs, Attr{name, value})
}

// apply gives n the attributes. Where raw HTML is refused, scripts and styles are too.
func apply(n ast.Node, attrs []Attr, refuse bool) {
	for _, a := range attrs {
		name := strings.ToLower(a.Name)
		if refuse && (strings.HasPrefix(name, "on") || name == "style" || name == "href" || name == "src" || name == "srcdoc") {
			continue
		}
		if name == "class" {
			if old, ok := n.AttributeString("class"); ok {
				if b, ok := old.([]byte); ok {
					n.SetAttributeString("class", []byte(string(b)+" "+a.Value))
					continue
				}
			}
		}
		n.SetAttributeString(a.Name, []byte(a.Value))
	}
}

// inlineAttrs reads the list behind a link, an image or a code span.
type inlineAttrs attributes

func (inlineAttrs) Trigger() []byte { return []byte{'{'} }

func (e inlineAttrs) Parse(parent ast.Node, block text.Reader, _ parser.Context) ast.Node {
	last := parent.LastChild()
	switch last.(type) {
	case *ast.Link, *ast.Image, *ast.AutoLink, *ast.CodeSpan:
	default:
		return nil
	}
	line, _ := block.PeekLine()
	attrs, n := parseAttrs(string(line[:min(len(line), 1000)]))
	if n == 0 {
		return nil
	}
	block.Advance(n)
	apply(last, attrs, e.refuse)
	return &nothing{}
}

// nothing is an inline node without any output: goldmark has to be given a
// node for what was consumed.
type nothing struct{ ast.BaseInline }

var kindNothing = ast.NewNodeKind("Nothing")

func (*nothing) Kind() ast.NodeKind            { return kindNothing }
func (n *nothing) Dump(source []byte, lvl int) { ast.DumpHelper(n, source, lvl, nil, nil) }
func (*nothing) pieces(*writer)                {}

// attrLine marks, until the whole text is parsed, where a line of attributes
// stood: they go to the block before it. A table or a list is not yet there
// when the line is met.
type attrLine struct {
	ast.BaseBlock
	attrs []Attr
	outer bool
}

var kindAttrLine = ast.NewNodeKind("AttrLine")

func (*attrLine) Kind() ast.NodeKind            { return kindAttrLine }
func (n *attrLine) Dump(source []byte, lvl int) { ast.DumpHelper(n, source, lvl, nil, nil) }
func (*attrLine) pieces(*writer)                {}

// lineAttrs takes lines of attributes out of paragraphs.
type lineAttrs attributes

func (lineAttrs) Transform(node *ast.Paragraph, reader text.Reader, _ parser.Context) {
	lines := node.Lines()
	if lines.Len() == 0 {
		return
	}
	last := lines.At(lines.Len() - 1)
	s := strings.TrimSpace(string(last.Value(reader.Source())))
	attrs, n := parseAttrs(s)
	if n == 0 || n != len(s) {
		return
	}
	a := &attrLine{attrs: attrs}
	if _, ok := node.Parent().(*ast.ListItem); ok {
		// A line at the margin means the list, as in Hugo and Kramdown.
		a.outer = last.Start == 0 || reader.Source()[last.Start-1] == '\n'
	}
	if lines.Len() > 1 {
		lines.SetSliced(0, lines.Len()-1)
		node.Parent().InsertAfter(node.Parent(), node, a)
		return
	}
	if node.PreviousSibling() == nil || blankBefore(reader.Source(), last.Start) {
		return
	}
	node.Parent().ReplaceChild(node.Parent(), node, a)
}

// blankBefore reports whether the line before the one that off stands on is
// blank. Goldmark's own note of it is not to be relied on behind fences.
func blankBefore(source []byte, off int) bool {
	start := bytes.LastIndexByte(source[:off], '\n')
	if start < 0 {
		return true
	}
	before := bytes.LastIndexByte(source[:start], '\n') + 1
	return len(bytes.Trim(source[before:start], " \t\r>")) == 0
}

// attrGiver gives the lines of attributes to their blocks.
type attrGiver attributes

func (e attrGiver) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	var found []*attrLine
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if a, ok := n.(*attrLine); ok && entering {
			found = append(found, a)
		}
		if n.Type() == ast.TypeInline {
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	for _, a := range found {
		target, parent := a.PreviousSibling(), a.Parent()
		if a.outer {
			for target = parent; target.Parent().Kind() == ast.KindList || target.Parent().Kind() == ast.KindListItem; {
				target = target.Parent()
			}
		}
		if target != nil {
			apply(target, a.attrs, e.refuse)
		}
		parent.RemoveChild(parent, a)
	}
}
