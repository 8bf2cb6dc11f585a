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

// docusaurus is the extension for what MDX pages of Docusaurus have besides
// containers: <Tabs>, imports and exports, {/* comments */}.
type docusaurus struct{}

func (docusaurus) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(
		parser.WithBlockParsers(
			util.Prioritized(&boxParser{family: "tabs", trigger: []byte{'<'}, open: openTabs, closer: closeTabs, raw: true}, 391),
			util.Prioritized(mdxParser{}, 392),
		),
		parser.WithInlineParsers(util.Prioritized(mdxComment{}, 440)),
		parser.WithASTTransformers(util.Prioritized(tabGrouper{}, 940)),
	)
}

// maxTagLines is how many lines the opening tag of <Tabs> may have.
const maxTagLines = 100

func openTabs(o *opening) *box {
	name := ""
	for _, n := range []string{"TabItem", "Tabs"} {
		if rest, ok := bytes.CutPrefix(o.line, []byte("<"+n)); ok && (len(rest) == 0 || isBlank(rest[0]) || rest[0] == '>') {
			name = n
		}
	}
	if name == "" {
		return nil
	}
	b := &box{family: "tabs", name: name, dedent: true}
	tag := o.line[len(name)+1:]
	if end := jsxTagEnd(tag); end >= 0 {
		if len(bytes.TrimSpace(tag[end+1:])) > 0 || end > 0 && tag[end-1] == '/' {
			return nil
		}
		tag = tag[:end]
	} else {
		lines := 0
		b.header = func(line []byte, _, _ int) bool {
			lines++
			if lines > maxTagLines {
				return false
			}
			tag = append(append(bytes.Clone(tag), '\n'), line...)
			if line[len(line)-1] == '>' && jsxTagEnd(tag) >= 0 {
				lines = maxTagLines
			}
			return true
		}
	}
	if name == "Tabs" {
		t := newTabs(o.at)
		b.node = t
		b.done = func([]byte) { labelTabs(t, tag) }
		return b
	}
	t := newTab("", o.at)
	b.node = t
	b.done = func([]byte) {
		for _, a := range tagAttrs(bytes.TrimRight(tag, "> \n"), 0) {
			if a.name == "label" || a.name == "value" && t.label == "" {
				t.label = a.value
			}
			if a.name == "value" {
				t.SetAttributeString("value", []byte(a.value))
			}
		}
	}
	return b
}

func closeTabs(line []byte) (closer, bool) {
	switch string(line) {
	case "</Tabs>":
		return closer{name: "Tabs"}, true
	case "</TabItem>":
		return closer{name: "TabItem"}, true
	}
	return closer{}, false
}

// jsxTagEnd is the index of the > that ends an opening tag, -1 where it is not there.
func jsxTagEnd(b []byte) int {
	var quote byte
	depth := 0
	for i, c := range b {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case c == '{':
			depth++
		case c == '}':
			depth--
		case c == '>' && depth <= 0:
			return i
		}
	}
	return -1
}

var (
	reTabObject = regexp.MustCompile(`\{[^{}]*\}`)
	reTabField  = regexp.MustCompile(`(label|value)\s*:\s*(?:"([^"]*)"|'([^']*)')`)
)

// labelTabs gives the tabs the labels that <Tabs values={[…]}> has for them.
func labelTabs(t *tabs, tag []byte) {
	labels := map[string]string{}
	for _, object := range reTabObject.FindAll(tag, -1) {
		var label, value string
		for _, m := range reTabField.FindAllSubmatch(object, -1) {
			s := string(m[2]) + string(m[3])
			if string(m[1]) == "label" {
				label = s
			} else {
				value = s
			}
		}
		labels[value] = label
	}
	for n := t.FirstChild(); n != nil; n = n.NextSibling() {
		one, ok := n.(*tab)
		if !ok {
			continue
		}
		if v, ok := one.AttributeString("value"); ok {
			s, _ := v.([]byte)
			if l := labels[string(s)]; l != "" && one.label == string(s) {
				one.label = l
			}
		}
	}
}

// mdxParser takes imports, exports and comments that are blocks out.
type mdxParser struct{}

var (
	reMDXImport = regexp.MustCompile(`^import\s+(?:[\w$*{}, \t]+\sfrom\s+)?['"][^'"]+['"];?$`)
	reMDXExport = regexp.MustCompile(`^export\s+(?:default\s+(?:function\b|class\b|[({]|[\w$.]+;?$)|(?:const|let|var|function|class|async)\s.*[=({])`)
)

func (mdxParser) Trigger() []byte             { return []byte{'i', 'e', '{'} }
func (mdxParser) CanInterruptParagraph() bool { return false }
func (mdxParser) CanAcceptIndentedLine() bool { return false }

// mdxBlock is what mdxParser takes out; a comment ends with its mark, anything
// else with a blank line.
type mdxBlock struct {
	dropped
	comment, ended bool
}

func (mdxParser) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, _ := reader.PeekLine()
	pos := pc.BlockOffset()
	if pos < 0 {
		return nil, parser.NoChildren
	}
	s := bytes.TrimSpace(line[pos:])
	n := new(mdxBlock)
	switch {
	case bytes.HasPrefix(s, []byte("{/*")):
		n.comment = true
		if i := bytes.Index(s, []byte("*/}")); i >= 0 {
			if i+3 < len(s) {
				return nil, parser.NoChildren // text follows: see mdxComment
			}
			n.ended = true
		}
	case parent.Kind() != ast.KindDocument || !reMDXImport.Match(s) && !reMDXExport.Match(s):
		return nil, parser.NoChildren
	}
	reader.AdvanceToEOL()
	return n, parser.NoChildren
}

func (mdxParser) Continue(node ast.Node, reader text.Reader, _ parser.Context) parser.State {
	n := node.(*mdxBlock)
	line, _ := reader.PeekLine()
	if n.ended || !n.comment && util.IsBlank(line) {
		return parser.Close
	}
	if n.comment && bytes.Contains(line, []byte("*/}")) {
		n.ended = true
	}
	reader.AdvanceToEOL()
	return parser.Continue | parser.NoChildren
}

func (mdxParser) Close(ast.Node, text.Reader, parser.Context) {}

// mdxComment takes {/* comments */} out of lines.
type mdxComment struct{}

func (mdxComment) Trigger() []byte { return []byte{'{'} }

func (mdxComment) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, _ := block.PeekLine()
	if !bytes.HasPrefix(line, []byte("{/*")) {
		return nil
	}
	// No further than a comment reaches, lest a line of many {/* take forever.
	i := bytes.Index(line[:min(len(line), 2000)], []byte("*/}"))
	if i < 0 {
		return nil
	}
	block.Advance(i + 3)
	return new(snip)
}

// tabGrouper puts tabs that follow each other into one row.
type tabGrouper struct{}

func (tabGrouper) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	var firsts []*tab
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if n.Type() == ast.TypeInline {
			return ast.WalkSkipChildren, nil
		}
		t, ok := n.(*tab)
		if !entering || !ok || n.Parent().Kind() == kindTabs {
			return ast.WalkContinue, nil
		}
		if _, ok := n.PreviousSibling().(*tab); !ok || isNewGroup(t) {
			firsts = append(firsts, t)
		}
		return ast.WalkContinue, nil
	})
	for _, first := range firsts {
		parent := first.Parent()
		row := newTabs(max(first.Pos(), 0))
		parent.InsertBefore(parent, first, row)
		for n := ast.Node(first); n != nil; {
			next := n.NextSibling()
			row.AppendChild(row, n)
			t, ok := next.(*tab)
			if !ok || isNewGroup(t) {
				break
			}
			n = next
		}
	}
}

func isNewGroup(t *tab) bool {
	_, ok := t.AttributeString("new")
	return ok
}

// isTrue reads the values that YAML and Python mean by true.
func isTrue(s string) bool { return strings.EqualFold(s, "true") || strings.EqualFold(s, "yes") }
