package markdown

import (
	"bytes"
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// keys parses ++ctrl+alt+"x"++.
type keys struct{}

var reKeys = regexp.MustCompile(`^\+\+((?:[A-Za-z0-9][\w-]*|"[^"+]+")(?:\+(?:[A-Za-z0-9][\w-]*|"[^"+]+"))*)\+\+`)

func (keys) Trigger() []byte { return []byte{'+'} }

func (keys) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, _ := block.PeekLine()
	if len(line) < 5 || line[1] != '+' || isWordRune(block.PrecendingCharacter()) {
		return nil
	}
	m := reKeys.FindSubmatch(line[:min(len(line), 200)])
	if m == nil {
		return nil
	}
	block.Advance(len(m[0]))
	n := new(snip)
	var parts, names []string
	for k := range strings.SplitSeq(string(m[1]), "+") {
		name := keyName(k)
		names = append(names, name)
		parts = append(parts, "<kbd>"+escape(name)+"</kbd>")
	}
	n.html = `<span class="keys">` + strings.Join(parts, "+") + "</span>"
	n.text = strings.Join(names, "+")
	return n
}

// keyName is a key as keyboards have it.
func keyName(k string) string {
	if strings.HasPrefix(k, `"`) {
		return strings.Trim(k, `"`)
	}
	switch strings.ToLower(k) {
	case "cmd", "command":
		return "Cmd"
	case "ctrl", "control":
		return "Ctrl"
	case "esc", "escape":
		return "Esc"
	case "del", "delete":
		return "Del"
	case "ins", "insert":
		return "Ins"
	}
	words := strings.Split(k, "-")
	for i, w := range words {
		words[i] = capital(w)
	}
	return strings.Join(words, " ")
}

// icons drops :material-x: and its like, with the attributes behind it: the
// icon sets are no part of the text.
type icons struct{}

var reIcon = regexp.MustCompile(`^:(?:material|fontawesome|octicons|simple)-[a-z0-9-]+:(?:\{[^{}\n]*\})?`)

func (icons) Trigger() []byte { return []byte{':'} }

func (icons) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, _ := block.PeekLine()
	m := reIcon.Find(line[:min(len(line), 300)])
	if m == nil {
		return nil
	}
	block.Advance(len(m))
	return new(snip)
}

// marks parses ==marked== and ^^inserted^^.
type marks struct{}

// mark is inline content in an element.
type mark struct {
	ast.BaseInline
	element string
}

var kindMark = ast.NewNodeKind("Mark")

func (*mark) Kind() ast.NodeKind              { return kindMark }
func (n *mark) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }
func (n *mark) pieces(w *writer) {
	w.html("<" + n.element + ">")
	w.children(n)
	w.html("</" + n.element + ">")
}

// markProcessor pairs the delimiters of one element.
type markProcessor struct {
	char    byte
	element string
}

func (p markProcessor) IsDelimiter(b byte) bool { return b == p.char }
func (p markProcessor) CanOpenCloser(opener, closer *parser.Delimiter) bool {
	return opener.Char == closer.Char
}
func (p markProcessor) OnMatch(int) ast.Node { return &mark{element: p.element} }

func (marks) Trigger() []byte { return []byte{'=', '^'} }

func (marks) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	before := block.PrecendingCharacter()
	line, segment := block.PeekLine()
	p := markProcessor{'=', "mark"}
	if line[0] == '^' {
		p = markProcessor{'^', "ins"}
	}
	n := parser.ScanDelimiter(line, before, 2, p)
	if n == nil || n.OriginalLength != 2 || before == rune(p.char) {
		return nil
	}
	n.Segment = segment.WithStop(segment.Start + n.OriginalLength)
	block.Advance(n.OriginalLength)
	pc.PushDelimiter(n)
	return n
}

func (marks) CloseBlock(ast.Node, text.Reader, parser.Context) {}

// abbrLines takes "*[HTML]: Hyper Text Markup Language" out of paragraphs.
type abbrLines struct{}

var abbrKey = parser.NewContextKey()

var reAbbr = regexp.MustCompile(`^\*\[([^\[\]]+)\]:[ \t]*(.*?)[ \t]*$`)

func (abbrLines) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	lines := node.Lines()
	var kept []text.Segment
	for i := range lines.Len() {
		seg := lines.At(i)
		s := bytes.TrimSpace(seg.Value(reader.Source()))
		var m [][]byte
		if len(s) > 4 && s[0] == '*' && s[1] == '[' {
			m = reAbbr.FindSubmatch(s)
		}
		if m == nil {
			kept = append(kept, seg)
			continue
		}
		defs, _ := pc.Get(abbrKey).(map[string]string)
		if defs == nil {
			defs = map[string]string{}
			pc.Set(abbrKey, defs)
		}
		defs[string(m[1])] = string(m[2])
	}
	if len(kept) == lines.Len() {
		return
	}
	if len(kept) == 0 {
		node.Parent().RemoveChild(node.Parent(), node)
		return
	}
	s := text.NewSegments()
	s.AppendAll(kept)
	node.SetLines(s)
}

// abbrGiver marks the abbreviations in all text but code.
type abbrGiver struct{}

func (abbrGiver) Transform(doc *ast.Document, reader text.Reader, pc parser.Context) {
	defs, _ := pc.Get(abbrKey).(map[string]string)
	if len(defs) == 0 {
		return
	}
	var names []string
	for name := range defs {
		names = append(names, regexp.QuoteMeta(name))
	}
	// Longer names first: the first alternative that fits is taken.
	slices.SortFunc(names, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	re, err := regexp.Compile(strings.Join(names, "|"))
	if err != nil {
		return // too many names for one expression
	}
	var texts []*ast.Text
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.CodeSpan, *ast.AutoLink:
			return ast.WalkSkipChildren, nil
		case *ast.Text:
			if entering && !n.IsRaw() {
				texts = append(texts, n)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, t := range texts {
		splitAbbr(t, re, defs, reader.Source())
	}
}

// splitAbbr cuts a text node at its abbreviations.
func splitAbbr(t *ast.Text, re *regexp.Regexp, defs map[string]string, source []byte) {
	seg := t.Segment
	b := source[seg.Start:seg.Stop]
	parent, done := t.Parent(), 0
	for _, m := range re.FindAllIndex(b, -1) {
		before, _ := utf8.DecodeLastRune(b[:m[0]])
		after, _ := utf8.DecodeRune(b[m[1]:])
		if joins(before) || joins(after) {
			continue
		}
		name := string(b[m[0]:m[1]])
		if m[0] > done {
			parent.InsertBefore(parent, t, ast.NewTextSegment(text.NewSegment(seg.Start+done, seg.Start+m[0])))
		}
		parent.InsertBefore(parent, t, &snip{text: name,
			html: `<abbr title="` + escape(html.UnescapeString(defs[name])) + `">` + escape(name) + "</abbr>"})
		done = m[1]
	}
	if done > 0 {
		t.Segment = text.NewSegment(seg.Start+done, seg.Stop)
	}
}

// joins reports whether r beside an abbreviation makes it part of a word.
func joins(r rune) bool {
	return r == '_' || r != utf8.RuneError && (unicode.IsLetter(r) && !isCJK(r) || unicode.IsNumber(r))
}
