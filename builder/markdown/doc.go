package markdown

import "github.com/etagere/etagere/builder/diag"

// Doc is a parsed body: HTML with holes. It depends on the text and the
// Options, on nothing else, and is never changed once it is made.
type Doc struct {
	// Pieces are the body in order. Adjacent plain HTML is one piece.
	Pieces []Piece

	// LeadH1 is the index in Pieces of the HeadingHole of level 1 that the body
	// begins with, and -1 where it begins with anything else: a page that has
	// its title printed already leaves this piece out. White space and comments
	// before it do not count.
	LeadH1 int

	// Headings are all headings of the body in order, those in containers too.
	Headings []Heading

	// IDs are all places that a fragment can point at: heading ids, explicit
	// ids and the id and name attributes of raw HTML. The value is the offset in
	// the text of its first appearance.
	IDs map[string]int

	// Summary is the number of Pieces before the author's summary divider
	// (<!--more-->), and -1 where there is none. The divider ends a piece.
	Summary int

	// Lead is the plain text of the first paragraphs, up to the configured
	// number of words: the summary where the author gave none.
	Lead string

	// Plain is the body as text without any markup, blocks separated by line
	// feeds; code blocks are part of it.
	Plain string

	// Words counts words, each CJK character as one.
	Words int

	// CJK reports whether the body has Chinese, Japanese or Korean characters.
	CJK bool

	// Features names what the page needs from its theme: "code", "math",
	// "mermaid", "tabs", "footnotes", "tasks", … sorted.
	Features []string

	// HeadHTML is what belongs into the page's <head> and stood in the body
	// (Docusaurus' <head> blocks).
	HeadHTML string

	// Problems are the mistakes found while parsing: an unclosed fence, an
	// element that HTML does not know, a literal ** beside CJK.
	Problems diag.List
}

// Heading is one heading of a body.
type Heading struct {
	Level int
	ID    string
	// HTML is the heading's inline content without links and holes, safe to
	// use in a table of contents. Text is the same as plain text.
	HTML string
	Text string
	// Off is its offset in the text.
	Off int
}

// Piece is a stretch of HTML or a hole. Exactly one of the two is set.
type Piece struct {
	HTML string
	Hole *Hole
}

// HoleKind says what a hole asks for.
type HoleKind int

// The kinds of holes.
const (
	// Link: Dest, Title, Inner, Attrs. Written as <a> unless a render hook takes it.
	Link HoleKind = iota
	// Image: Dest, Title, Text (the alternative text), Attrs.
	Image
	// HeadingHole: Level, ID, Inner, Attrs. Written as <hN id=…>.
	HeadingHole
	// CodeBlock: Lang, Meta, Code, and HTML, the finished highlighted block.
	CodeBlock
	// URL: a URL inside raw HTML or an attribute: Dest alone, to be written
	// resolved and escaped for a double-quoted attribute. Element and Attr say
	// where it stands: "img" and "src".
	URL
	// RawImage: an <img> of raw HTML: Dest, Attrs (all but src), and Inner, the
	// tag itself with its URLs as holes. Open says that it stands in a <picture>.
	RawImage
	// Slot: what the expansion left out: the index in Level. See SlotRune.
	Slot
	// TOC: the place where the table of contents was asked for.
	TOC
	// Alert: a call-out, for the blockquote-alert render hook: Class is the
	// type in lower case, Title its title as text and HTML the same as inline
	// HTML without links (both empty: no title), Inner, Attrs. Text is "default"
	// where the author gave no title and Title is made from the type. Element is
	// "details" for one that opens and closes; Open says that it starts open.
	Alert
)

// Hole is a spot in a body that is filled when the page is rendered, because
// what belongs there depends on other files.
type Hole struct {
	Kind HoleKind
	// Off is the offset of the construct in the text; DestOff and DestLen the
	// place of the destination in it, where there is one (else DestLen is 0 and
	// DestOff equals Off).
	Off, DestOff, DestLen int

	Dest, Title, Text string
	Element, Attr     string
	Level             int
	ID                string
	Lang, Meta, Code  string
	Class             string
	// HTML is the finished default form of a CodeBlock, an Alert's title, and
	// a URL as the author wrote it, its character references unresolved.
	// Like Dest, Title, Text, Code and Attrs it may hold SlotRunes.
	HTML string
	// Open is an Alert's: it is shown opened; and a RawImage's.
	Open  bool
	Inner []Piece
	// Attrs are the author's attributes, in order; the values are unescaped.
	Attrs []Attr
}

// Attr is one attribute of an element.
type Attr struct{ Name, Value string }

// A slot is a place in the text that a later stage fills, such as a shortcode.
// In the text it is one rune from the end of a private use plane: a single
// character that no lexer can split and no parser takes for markup.
const (
	slotFirst = 0x10E000
	slotLast  = 0x10FFFD

	// MaxSlots is how many slots a text can have.
	MaxSlots = slotLast - slotFirst + 1
)

// SlotRune is the rune that stands for slot i, 0 ≤ i < MaxSlots.
func SlotRune(i int) rune { return rune(slotFirst + i) }

// SlotOf is the slot that r stands for, and false for any other rune.
func SlotOf(r rune) (int, bool) {
	if r < slotFirst || r > slotLast {
		return 0, false
	}
	return int(r) - slotFirst, true
}
