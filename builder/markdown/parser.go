package markdown

import (
	"bytes"
	"regexp"
	"strings"

	emoji "github.com/yuin/goldmark-emoji"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Parser turns texts into Docs. It may be used by several goroutines at once.
type Parser struct {
	opts Options
	md   parser.Parser
	// known are the names of HTML's elements.
	known map[string]bool
	code  *tokenCache
}

// New returns a Parser for the options.
func New(o Options) *Parser {
	p := parser.NewParser(
		parser.WithBlockParsers(blockParsers(o)...),
		parser.WithInlineParsers(inlineParsers(o)...),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
	)
	md := goldmark.New(goldmark.WithParser(p))
	for _, e := range extenders(o) {
		e.Extend(md)
	}
	// The first parse freezes the set-up; doing it here keeps it off the
	// goroutines that come later.
	p.Parse(text.NewReader(nil))
	return &Parser{opts: o, md: p, known: htmlElements(), code: new(tokenCache)}
}

// blockParsers are CommonMark's, with ours in the place of some.
func blockParsers(o Options) []util.PrioritizedValue {
	list := parser.DefaultBlockParsers()
	for i, v := range list {
		switch v.Priority {
		case 100, 600: // Setext and ATX headings
			if o.Extras {
				list[i].Value = headingParser{v.Value.(parser.BlockParser), o.RefuseHTML}
			}
		case 300, 800: // lists and block quotes
			list[i].Value = shallow{v.Value.(parser.BlockParser)}
		case 700:
			list[i].Value = fenceParser{v.Value.(parser.BlockParser)}
		}
	}
	return list
}

// shallow keeps blocks from being nested deeper than anybody writes: goldmark
// takes quadratic time for it.
type shallow struct{ parser.BlockParser }

const maxDepth = 200

func (s shallow) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	depth := 0
	for n := parent; n != nil; n = n.Parent() {
		if depth++; depth > maxDepth {
			return nil, parser.NoChildren
		}
	}
	return s.BlockParser.Open(parent, reader, pc)
}

func inlineParsers(o Options) []util.PrioritizedValue {
	list := parser.DefaultInlineParsers()
	for i, v := range list {
		switch v.Priority {
		case 200:
			list[i].Value = inlineLinks{v.Value.(parser.InlineParser)}
		case 500:
			list[i].Value = emphasis{o.CJK}
		}
	}
	return list
}

// extenders are the extensions that the options turn on, in a fixed order.
func extenders(o Options) []goldmark.Extender {
	var list []goldmark.Extender
	if o.GFM {
		list = append(list, extension.Linkify, tables{}, extension.TaskList, strikethrough{o.CJK})
	}
	if o.Extras {
		list = append(list, extension.Footnote, extension.DefinitionList, alerts{}, attributes{o.RefuseHTML}, tocMarker{})
	}
	if o.Typographer {
		list = append(list, extension.Typographer)
	}
	if o.Emoji {
		list = append(list, emoji.Emoji)
	}
	if o.Math {
		list = append(list, mathExtension{})
	}
	return append(list, dialectExtensions(o)...)
}

// Parse turns t into a Doc. It never fails: any text is Markdown.
func (p *Parser) Parse(t *Text) *Doc {
	// Goldmark writes a line feed behind a last line that has none; the capacity
	// keeps it from writing it into somebody else's bytes.
	source := t.Bytes[:len(t.Bytes):len(t.Bytes)]
	pc := parser.NewContext()
	s := &state{text: t, opts: p.opts}
	pc.Set(stateKey, s)
	root := p.md.Parse(text.NewReader(source), parser.WithContext(pc))

	w := &writer{state: s, source: source, features: map[string]bool{}, last: ' ', known: p.known, code: p.code, elements: map[string]*element{}}
	w.doc = &Doc{Summary: -1, LeadH1: -1}
	w.ids = newIDTable(p.opts.Slug)
	w.ids.collect(root, source)
	w.document(root)
	w.finish(root)
	return w.doc
}

// finish writes what is read off the whole into the Doc.
func (w *writer) finish(root ast.Node) {
	d := w.doc
	d.Pieces = w.out
	d.LeadH1 = leadH1(d.Pieces)
	d.IDs = w.ids.offsets
	if p := w.plainOf(root); p != "" {
		d.Plain = p
	}
	d.Words, d.CJK = countWords(d.Plain)
	d.Lead = w.lead(root)
	d.Features = w.featureList()
	w.checkEmphasis(root)
	w.checkElements()
	d.Problems = w.problems
}

// leadH1 is the index of the level 1 heading that the pieces begin with.
func leadH1(pieces []Piece) int {
	for i, p := range pieces {
		switch {
		case p.Hole == nil && isBlankHTML(p.HTML):
		case p.Hole != nil && p.Hole.Kind == HeadingHole && p.Hole.Level == 1:
			return i
		default:
			return -1
		}
	}
	return -1
}

// isBlankHTML reports whether s shows nothing: white space, comments, scripts
// and styles alone.
func isBlankHTML(s string) bool {
	for b := []byte(s); ; {
		b = bytes.TrimSpace(b)
		if len(b) == 0 {
			return true
		}
		n := unseenLen(b)
		if n == 0 {
			return false
		}
		b = b[n:]
	}
}

// unseenLen is the length of the comment, script or style that b begins with, 0
// where it begins with something else or with one that has no end.
func unseenLen(b []byte) int {
	if bytes.HasPrefix(b, []byte("<!--")) {
		if end := bytes.Index(b, []byte("-->")); end >= 0 {
			return end + len("-->")
		}
		return 0
	}
	if !reUnseen.Match(b) {
		return 0
	}
	if loc := reUnseenEnd.FindIndex(b); loc != nil {
		return loc[1]
	}
	return 0
}

var (
	reUnseen    = regexp.MustCompile(`^(?i)<(?:script|style)(?:[\s>]|$)`)
	reUnseenEnd = regexp.MustCompile(`(?i)</(?:script|style)\s*>`)
)

// Inline turns a short Markdown text into pieces, for the template function
// markdownify: a text that is one paragraph loses its <p>.
func (p *Parser) Inline(src string) []Piece {
	pieces := p.Parse(NewText("", []byte(src), 0)).Pieces
	first, last := 0, len(pieces)-1
	if last < 0 || pieces[first].Hole != nil || pieces[last].Hole != nil {
		return pieces
	}
	a, z := pieces[first].HTML, pieces[last].HTML
	if !strings.HasPrefix(a, "<p>") || !strings.HasSuffix(z, "</p>\n") || paragraphs(pieces) != 1 {
		return pieces
	}
	pieces[first].HTML = strings.TrimPrefix(pieces[first].HTML, "<p>")
	pieces[last].HTML = strings.TrimSuffix(pieces[last].HTML, "</p>\n")
	out := pieces[:0]
	for _, piece := range pieces {
		if piece.Hole != nil || piece.HTML != "" {
			out = append(out, piece)
		}
	}
	return out
}

// paragraphs counts the paragraphs in pieces.
func paragraphs(pieces []Piece) int {
	n := 0
	for _, p := range pieces {
		n += strings.Count(p.HTML, "<p>")
	}
	return n
}
