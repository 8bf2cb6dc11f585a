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

// mkdocs is the extension for Material for MkDocs: !!! and ???, === tabs, ///
// blocks, plug-in lines, Markdown in HTML, keys, marks, icons, abbreviations.
type mkdocs struct{ refuse bool }

func (e mkdocs) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(
		parser.WithBlockParsers(
			util.Prioritized(indented{}, 95), // before Setext headings: "=== x"
			util.Prioritized(&boxParser{family: "///", trigger: []byte{'/'}, open: openSlashes, closer: closerOf('/'), exact: true}, 393),
			util.Prioritized(plugin{}, 394),
			util.Prioritized(mdInHTML(e), 395),
		),
		parser.WithInlineParsers(
			util.Prioritized(keys{}, 430),
			util.Prioritized(icons{}, 431),
			util.Prioritized(marks{}, 520),
		),
		parser.WithParagraphTransformers(util.Prioritized(abbrLines{}, 95)),
		parser.WithASTTransformers(util.Prioritized(tabGrouper{}, 940), util.Prioritized(abbrGiver{}, 941)),
	)
}

// indented parses blocks whose content is indented by four: !!!, ??? and ===.
type indented struct{}

var (
	reBang = regexp.MustCompile(`^(!!!|\?\?\?\+?)[ \t]*([A-Za-z][\w -]*?)?[ \t]*("(?:[^"\\]|\\.)*")?$`)
	reTab  = regexp.MustCompile(`^===([!+]{0,2})[ \t]+(?:"((?:[^"\\]|\\.)*)"|'([^']*)')$`)
)

func (indented) Trigger() []byte             { return []byte{'!', '?', '='} }
func (indented) CanInterruptParagraph() bool { return true }
func (indented) CanAcceptIndentedLine() bool { return false }

func (indented) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, seg := reader.PeekLine()
	pos := pc.BlockOffset()
	if pos < 0 {
		return nil, parser.NoChildren
	}
	at := seg.Start + pos - seg.Padding
	s := bytes.TrimRight(line[pos:], " \t\r\n")
	var n ast.Node
	if m := reTab.FindSubmatchIndex(s); m != nil {
		t := newTab("", at)
		for _, g := range []int{4, 6} {
			if m[g] >= 0 {
				t.setLabel(text.NewSegment(at+m[g], at+m[g+1]), reader.Source())
			}
		}
		if bytes.IndexByte(s[m[2]:m[3]], '!') >= 0 {
			t.SetAttributeString("new", []byte("true"))
		}
		n = t
	} else if m := reBang.FindSubmatchIndex(s); m != nil && (m[4] >= 0 || m[6] >= 0) {
		n = bang(s, m, at, reader.Source())
	} else {
		return nil, parser.NoChildren
	}
	reader.AdvanceToEOL()
	return n, parser.HasChildren
}

// bang makes the call-out of a line "!!! type classes "title"".
func bang(s []byte, m []int, at int, source []byte) ast.Node {
	words := []string{"note"}
	if m[4] >= 0 {
		words = strings.Fields(strings.ToLower(string(s[m[4]:m[5]])))
	}
	kind := boxAlert
	if s[0] == '?' {
		kind = boxDetails
	}
	c := newContainer(kind, words[0], at)
	c.open = m[3]-m[2] == 4 // ???+
	if len(words) > 1 {
		c.SetAttributeString("class", []byte(strings.Join(words[1:], " ")))
	}
	if m[6] >= 0 {
		c.noTitle = m[7]-m[6] == 2
		c.setTitle(text.NewSegment(at+m[6]+1, at+m[7]-1), source)
	}
	return c
}

func (indented) Continue(_ ast.Node, reader text.Reader, _ parser.Context) parser.State {
	line, _ := reader.PeekLine()
	if util.IsBlank(line) {
		reader.AdvanceToEOL()
		return parser.Continue | parser.HasChildren
	}
	if w, _ := util.IndentWidth(line, reader.LineOffset()); w < 4 {
		return parser.Close
	}
	pos, padding := util.IndentPosition(line, reader.LineOffset(), 4)
	reader.AdvanceAndSetPadding(pos, padding)
	return parser.Continue | parser.HasChildren
}

func (indented) Close(ast.Node, text.Reader, parser.Context) {}

var (
	reSlashes     = regexp.MustCompile(`^(/{3,})[ \t]*([A-Za-z][\w-]*)[ \t]*(?:\|(.*))?$`)
	reSlashOption = regexp.MustCompile(`^(type|open|new|select|attrs|name|title)[ \t]*:[ \t]*(.*)$`)
)

// openSlashes reads "/// type | Title" and the options in the lines below it.
func openSlashes(o *opening) *box {
	m := reSlashes.FindSubmatchIndex(o.line)
	if m == nil {
		return nil
	}
	b := &box{family: "///", n: m[3] - m[2]}
	name := strings.ToLower(string(o.line[m[4]:m[5]]))
	title := o.seg(len(o.line), len(o.line))
	if m[6] >= 0 {
		title = o.seg(m[6], m[7])
	}
	if name == "tab" {
		t := newTab("", o.at)
		t.setLabel(title, o.source)
		b.node = t
		b.header = slashOptions(func(key, value string) {
			if key == "new" && isTrue(value) {
				t.SetAttributeString("new", []byte("true"))
			}
		})
		return b
	}
	c := newContainer(boxAlert, name, o.at)
	switch name {
	case "details":
		c.box = boxDetails
	case "html", "caption", "figure-caption", "table-caption", "define":
		c.box, c.class = boxDiv, strings.TrimSuffix(name, "html")
		if name == "html" {
			htmlClass(c, string(title.Value(o.source)))
		} else if m[6] >= 0 && len(bytes.TrimSpace(o.line[m[6]:m[7]])) > 0 {
			c.class += " numbered"
		}
	}
	if c.box != boxDiv {
		c.setTitle(title, o.source)
	}
	b.node = c
	b.header = slashOptions(func(key, value string) {
		switch {
		case key == "type" && reWord.MatchString(value):
			c.class = strings.ToLower(value)
		case key == "open":
			c.open = isTrue(value)
		}
	})
	return b
}

var reWord = regexp.MustCompile(`^[A-Za-z][\w-]*$`)

// htmlClass reads the selector of "/// html | div.class#id".
func htmlClass(c *container, selector string) {
	selector = strings.TrimSpace(selector)
	for i, part := range strings.FieldsFunc(selector, func(r rune) bool { return r == '.' }) {
		if name, id, ok := strings.Cut(part, "#"); ok {
			part = name
			c.SetAttributeString("id", []byte(id))
		}
		if i > 0 || strings.HasPrefix(selector, ".") {
			c.class = strings.TrimSpace(c.class + " " + part)
		}
	}
}

// slashOptions takes "    key: value" below an opening line.
func slashOptions(set func(key, value string)) func(line []byte, at, indent int) bool {
	return func(line []byte, _, indent int) bool {
		m := reSlashOption.FindSubmatch(line)
		if m == nil || indent < 4 {
			return false
		}
		set(string(m[1]), strings.Trim(string(m[2]), `"'`))
		return true
	}
}

// plugin shows the line of a plug-in that writes pages from code ("::: a.b")
// as the name that it is about, without its options.
type plugin struct{}

var rePlugin = regexp.MustCompile(`^:::[ \t]+([A-Za-z_][\w.:/-]*)$`)

func (plugin) Trigger() []byte             { return []byte{':'} }
func (plugin) CanInterruptParagraph() bool { return false }
func (plugin) CanAcceptIndentedLine() bool { return false }

func (plugin) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, _ := reader.PeekLine()
	if pc.BlockOffset() < 0 {
		return nil, parser.NoChildren
	}
	m := rePlugin.FindSubmatch(bytes.TrimRight(line[pc.BlockOffset():], " \t\r\n"))
	if m == nil {
		return nil, parser.NoChildren
	}
	reader.AdvanceToEOL()
	return &label{html: "<p class=\"plugin\"><code>" + escape(string(m[1])) + "</code></p>\n", text: string(m[1])}, parser.NoChildren
}

func (plugin) Continue(_ ast.Node, reader text.Reader, _ parser.Context) parser.State {
	line, _ := reader.PeekLine()
	if w, _ := util.IndentWidth(line, reader.LineOffset()); !util.IsBlank(line) && w < 4 {
		return parser.Close
	}
	reader.AdvanceToEOL()
	return parser.Continue | parser.NoChildren
}

func (plugin) Close(ast.Node, text.Reader, parser.Context) {}

// mdInHTML takes an opening tag with the attribute markdown that stands alone
// on its line: what follows is Markdown even without a blank line.
type mdInHTML struct{ refuse bool }

var (
	reMDTag  = regexp.MustCompile(`(?i)^<[a-z][\w-]*\b[^<>]*\smarkdown(?:\s*=\s*(?:"[^"]*"|'[^']*'|[\w]+))?(?:\s[^<>]*)?>$`)
	reMDAttr = regexp.MustCompile(`(?i)\s+markdown(?:\s*=\s*(?:"[^"]*"|'[^']*'|\w+))?`)
)

func (mdInHTML) Trigger() []byte             { return []byte{'<'} }
func (mdInHTML) CanInterruptParagraph() bool { return true }
func (mdInHTML) CanAcceptIndentedLine() bool { return false }

func (e mdInHTML) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, seg := reader.PeekLine()
	pos := pc.BlockOffset()
	if pos < 0 || e.refuse {
		return nil, parser.NoChildren
	}
	s := bytes.TrimRight(line[pos:], " \t\r\n")
	if !reMDTag.Match(s) {
		return nil, parser.NoChildren
	}
	cut := reMDAttr.FindIndex(s)
	if cut == nil {
		return nil, parser.NoChildren
	}
	// An HTML block of two pieces: the tag without the attribute.
	at := seg.Start + pos - seg.Padding
	n := ast.NewHTMLBlock(ast.HTMLBlockType7)
	n.Lines().Append(text.NewSegment(at, at+cut[0]))
	n.Lines().Append(text.NewSegment(at+cut[1], seg.Stop))
	reader.AdvanceToEOL()
	return n, parser.NoChildren
}

func (mdInHTML) Continue(ast.Node, text.Reader, parser.Context) parser.State { return parser.Close }
func (mdInHTML) Close(ast.Node, text.Reader, parser.Context)                 {}
