package markdown

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// learn is the extension for Microsoft Learn: :::moniker, :::zone, :::row,
// :::column, :::image, [!div], #tab headings and <xref:…>.
type learn struct{ moniker string }

func (e learn) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(
		parser.WithBlockParsers(util.Prioritized(&boxParser{
			family: "learn", trigger: []byte{':'}, open: e.open, closer: closeLearn,
		}, 380)),
		parser.WithInlineParsers(util.Prioritized(learnImage{}, 435)),
		parser.WithParagraphTransformers(util.Prioritized(divLine{}, 85)),
		parser.WithASTTransformers(util.Prioritized(learnBlocks{}, 945)),
	)
}

var (
	reLearnOpen  = regexp.MustCompile(`^:::[ \t]*(moniker|zone|row|column|image|video)\b[ \t]*(.*?)[ \t]*(?::::)?$`)
	reLearnClose = regexp.MustCompile(`^:::[ \t]*(moniker|zone|row|column|image)-end[ \t]*(?::::)?$`)
)

func closeLearn(line []byte) (closer, bool) {
	if !bytes.HasPrefix(line, []byte(":::")) {
		return closer{}, false
	}
	m := reLearnClose.FindSubmatch(line)
	if m == nil {
		return closer{}, false
	}
	return closer{name: string(m[1])}, true
}

func (e learn) open(o *opening) *box {
	m := reLearnOpen.FindSubmatchIndex(o.line)
	if m == nil {
		return nil
	}
	name, rest := string(o.line[m[2]:m[3]]), o.line[m[4]:m[5]]
	attrs := map[string]string{}
	for _, a := range tagAttrs(rest, o.at+m[4]) {
		attrs[strings.ToLower(a.name)] = a.value
	}
	b := &box{family: "learn", name: name}
	switch name {
	case "image", "video":
		return e.image(o, b)
	case "moniker":
		b.node = e.versions(b, attrs["range"], o)
	case "zone":
		b.node = newContainer(boxDiv, "zone", o.at)
	default:
		c := newContainer(boxDiv, name, o.at)
		if n, err := strconv.Atoi(attrs["span"]); err == nil && n > 1 && n <= 12 {
			c.class += " span-" + strconv.Itoa(n)
		}
		b.node, b.dedent = c, true
	}
	return b
}

// versions makes the box of a part that is about some versions only.
func (e learn) versions(b *box, versions string, o *opening) ast.Node {
	c := newContainer(boxDiv, "moniker", o.at)
	if e.moniker == "" {
		shown := strings.NewReplacer(">=", "≥ ", "<=", "≤ ", "||", "/", "=", "").Replace(versions)
		l := &label{html: `<p class="moniker-range">` + escape(shown) + "</p>\n", text: shown}
		l.SetPos(o.at)
		c.AppendChild(c, l)
		return c
	}
	c.class = ""
	if !inRange(e.moniker, versions) {
		b.done = func([]byte) { c.Parent().RemoveChild(c.Parent(), c) }
	}
	return c
}

// inRange reports whether a version ("msvc-160") is in a range such as
// ">=msvc-150" or "msvc-140 || >msvc-160".
func inRange(version, ranges string) bool {
	for part := range strings.SplitSeq(ranges, "||") {
		ok := true
		for _, one := range strings.Fields(spacedOps(part)) {
			ok = ok && fits(version, one)
		}
		if ok {
			return true
		}
	}
	return false
}

// spacedOps takes the blanks behind <, > and = away.
func spacedOps(s string) string {
	for _, op := range []string{"=", "<", ">"} {
		for strings.Contains(s, op+" ") {
			s = strings.ReplaceAll(s, op+" ", op)
		}
	}
	return s
}

func fits(version, one string) bool {
	op := one[:len(one)-len(strings.TrimLeft(one, "<>="))]
	other := one[len(op):]
	if op == "" || op == "=" {
		return version == other
	}
	name, n := versionOf(version)
	otherName, m := versionOf(other)
	if name != otherName {
		return false
	}
	switch op {
	case ">=":
		return n >= m
	case "<=":
		return n <= m
	case ">":
		return n > m
	}
	return op == "<" && n < m
}

// versionOf splits "msvc-160" into "msvc" and 160.
func versionOf(s string) (string, float64) {
	i := strings.LastIndexByte(s, '-')
	n, err := strconv.ParseFloat(s[i+1:], 64)
	if err != nil {
		return s, 0
	}
	return s[:max(i, 0)], n
}

// maxImageLines is how far the end of an image is looked for.
const maxImageLines = 200

// image reads :::image …:::, on one line or on several. One of type complex
// has a description up to :::image-end:::, and becomes a box.
func (e learn) image(o *opening, b *box) *box {
	start := o.at + bytes.Index(o.line, []byte(b.name)) + len(b.name)
	end := o.at + len(o.line)
	more := 0
	if !bytes.HasSuffix(o.line, []byte(":::")) && bytes.Count(o.line, []byte{'"'})%2 != 0 {
		end, more = imageEnd(o.source, end)
		if end < 0 {
			return nil
		}
	}
	attrs := tagAttrs(bytes.TrimRight(o.source[start:end], ": \t\r\n"), start)
	img, kind := imageOf(attrs, o.source, b.name)
	if img == nil {
		return nil
	}
	img.SetPos(o.at)
	p := &picture{img: img}
	p.SetPos(o.at)
	for range more {
		o.reader.AdvanceLine()
	}
	if kind != "complex" || !described(o.source, end) {
		b.family, b.node = "", p
		return b
	}
	c := newContainer(boxDiv, "image-described", o.at)
	c.AppendChild(c, p)
	b.node = c
	return b
}

// imageEnd is the end of the line, from off on, that ends with :::, and how
// many lines further down it is; -1 if a blank line comes first.
func imageEnd(source []byte, off int) (end, lines int) {
	for off < len(source) && lines < 10 {
		from := lineAfter(source, off)
		off = lineAfter(source, from)
		line := bytes.TrimRight(source[from:off], " \t\r\n")
		lines++
		if len(line) == 0 {
			break
		}
		if bytes.HasSuffix(line, []byte(":::")) {
			return from + len(line), lines
		}
		off = from + len(line)
	}
	return -1, 0
}

// described reports whether :::image-end::: follows before another image begins.
func described(source []byte, off int) bool {
	off = lineAfter(source, min(off, len(source)))
	for n := 0; off < len(source) && n < maxImageLines; n++ {
		next := lineAfter(source, off)
		line := bytes.Trim(source[off:next], " \t>\r\n")
		if c, ok := closeLearn(line); ok && c.name == "image" {
			return true
		}
		if bytes.HasPrefix(line, []byte(":::image")) {
			return false
		}
		off = next
	}
	return false
}

// imageOf makes the image of a directive's attributes.
func imageOf(attrs []tagAttr, source []byte, name string) (*ast.Image, string) {
	link, kind, alt := ast.NewLink(), "", ""
	for _, a := range attrs {
		switch strings.ToLower(a.name) {
		case "source":
			s := source[a.at : a.at+a.width]
			from := len(s) - len(bytes.TrimLeft(s, " "))
			link.Destination = bytes.TrimRight(s[from:], " ")
		case "alt-text":
			alt = a.value
		case "type":
			kind = strings.ToLower(a.value)
		}
	}
	if len(link.Destination) == 0 || name == "video" {
		return nil, ""
	}
	img := ast.NewImage(link)
	if alt != "" {
		img.AppendChild(img, ast.NewString([]byte(alt)))
	}
	return img, kind
}

// picture is a paragraph that is an image. It has no inline children, for
// goldmark is yet to make those when a block is opened.
type picture struct {
	ast.BaseBlock
	img *ast.Image
}

var kindPicture = ast.NewNodeKind("Picture")

func (*picture) Kind() ast.NodeKind              { return kindPicture }
func (n *picture) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }
func (n *picture) pieces(w *writer) {
	w.newLine()
	w.html("<p>")
	w.image(n.img)
	w.html("</p>\n")
}

// learnImage parses an :::image …::: within a line.
type learnImage struct{}

func (learnImage) Trigger() []byte { return []byte{':'} }

func (learnImage) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, seg := block.PeekLine()
	if !bytes.HasPrefix(line, []byte(":::image")) {
		return nil
	}
	end := bytes.Index(line[3:], []byte(":::"))
	if end < 0 {
		return nil
	}
	at := seg.Start - seg.Padding
	img, _ := imageOf(tagAttrs(line[8:3+end], at+8), block.Source(), "image")
	if img == nil {
		return nil
	}
	block.Advance(end + 6)
	return img
}

// divLine takes [!div class="x"] off the start of a quote: see learnBlocks.
type divLine struct{}

var reDiv = regexp.MustCompile(`^\[!div(?:[ \t]+class[ \t]*=[ \t]*"([\w -]*)")?[ \t]*\]$`)

func (divLine) Transform(node *ast.Paragraph, reader text.Reader, _ parser.Context) {
	quote, ok := node.Parent().(*ast.Blockquote)
	lines := node.Lines()
	if !ok || node.PreviousSibling() != nil || lines.Len() == 0 {
		return
	}
	first := lines.At(0)
	m := reDiv.FindSubmatch(bytes.TrimSpace(first.Value(reader.Source())))
	if m == nil {
		return
	}
	quote.SetAttributeString("learn-div", m[1])
	if lines.Len() == 1 {
		quote.RemoveChild(quote, node)
		return
	}
	lines.SetSliced(1, lines.Len())
}

// learnBlocks finishes what only the whole tree shows: [!div], tabs, <xref:…>.
type learnBlocks struct{}

func (learnBlocks) Transform(doc *ast.Document, reader text.Reader, _ parser.Context) {
	var quotes, heads, refs []ast.Node
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Blockquote:
			if _, ok := n.AttributeString("learn-div"); ok {
				quotes = append(quotes, n)
			}
		case *ast.Heading:
			if tabLink(n) != nil {
				heads = append(heads, n)
			}
		case *ast.AutoLink:
			if bytes.HasPrefix(n.Label(reader.Source()), []byte("xref:")) {
				refs = append(refs, n)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, n := range refs {
		n.Parent().ReplaceChild(n.Parent(), n, xref(string(n.(*ast.AutoLink).Label(reader.Source()))))
	}
	for _, n := range quotes {
		class, _ := n.AttributeString("learn-div")
		s, _ := class.([]byte)
		c := newContainer(boxDiv, string(s), max(n.Pos(), 0))
		moveChildren(c, n.FirstChild(), nil)
		n.Parent().ReplaceChild(n.Parent(), n, c)
	}
	learnTabs(heads, reader.Source())
}

// moveChildren moves the nodes from first up to, without, stop into parent.
func moveChildren(parent, first, stop ast.Node) {
	for n := first; n != nil && n != stop; {
		next := n.NextSibling()
		parent.AppendChild(parent, n)
		n = next
	}
}

// tabLink is the link that makes a heading a tab: # [Title](#tab/id).
func tabLink(n *ast.Heading) *ast.Link {
	l, ok := n.FirstChild().(*ast.Link)
	if !ok || !bytes.HasPrefix(l.Destination, []byte("#tab/")) {
		return nil
	}
	return l
}

// learnTabs makes rows of tabs of the headings and what follows them, up to a
// thematic break.
func learnTabs(heads []ast.Node, source []byte) {
	var row *tabs
	for i, h := range heads {
		parent := h.Parent()
		if parent == nil {
			continue
		}
		if row == nil || h.PreviousSibling() != row {
			row = newTabs(max(h.Pos(), 0))
			parent.InsertBefore(parent, h, row)
		}
		one := newTab(textOf(tabLink(h.(*ast.Heading)), source), max(h.Pos(), 0))
		stop := h.NextSibling()
		for ; stop != nil && stop.Kind() != ast.KindThematicBreak && (i+1 >= len(heads) || stop != heads[i+1]); stop = stop.NextSibling() {
		}
		moveChildren(one, h.NextSibling(), stop)
		parent.RemoveChild(parent, h)
		row.AppendChild(row, one)
		if stop != nil && stop.Kind() == ast.KindThematicBreak {
			parent.RemoveChild(parent, stop)
			row = nil
		}
	}
}

// textOf is the text in a node, without markup.
func textOf(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := n.(*ast.Text); ok && entering {
			b.WriteString(unescape(t.Segment.Value(source)))
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// xref shows the name that <xref:name?query> refers to.
func xref(label string) *snip {
	name, _, _ := strings.Cut(strings.TrimPrefix(label, "xref:"), "?")
	if s, err := unescapePath(name); err == nil {
		name = s
	}
	return &snip{html: "<code>" + escape(name) + "</code>", text: name}
}
