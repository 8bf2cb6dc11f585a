package markdown

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
)

// writer turns the tree of one text into pieces. Plain HTML gathers in buf
// until a hole comes.
type writer struct {
	*state
	source []byte
	buf    strings.Builder
	out    []Piece

	ids      *idTable
	features map[string]bool
	doc      *Doc

	// last is the last character of text written, for line breaks between CJK.
	last rune
	// depth counts the holes that are open: pieces inside of them are not the body's.
	depth int
	// tabs counts the rows of tabs.
	tabs int
	// known are the elements of HTML; elements are the others that were met,
	// order the same in order.
	known    map[string]bool
	elements map[string]*element
	order    []*element
	// code remembers the tokens of code.
	code *tokenCache
	// cell is set inside of a table's cell.
	cell bool
	// more is set where the summary divider was met inside of a paragraph.
	more bool
	// picture is set between <picture> and its end tag.
	picture bool
}

// html adds finished HTML. SlotRunes in it become holes.
func (w *writer) html(s string) { w.slots(s, 0) }

// slots is html for text whose first byte stands at off in the source.
func (w *writer) slots(s string, off int) {
	for {
		i := slotIndex(s)
		if i < 0 {
			w.buf.WriteString(s)
			return
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		slot, _ := SlotOf(r)
		w.buf.WriteString(s[:i])
		w.hole(&Hole{Kind: Slot, Level: slot, Off: off, DestOff: off})
		s = s[i+size:]
	}
}

// slotIndex is the index of the first SlotRune in s, -1 if there is none.
func slotIndex(s string) int {
	from := 0
	for {
		// Every SlotRune begins with this byte, and hardly anything else does.
		i := strings.IndexByte(s[from:], 0xF4)
		if i < 0 {
			return -1
		}
		r, _ := utf8.DecodeRuneInString(s[from+i:])
		if _, ok := SlotOf(r); ok {
			return from + i
		}
		from += i + 1
	}
}

// dropSlots is s without any SlotRune.
func dropSlots(s string) string {
	if slotIndex(s) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if _, ok := SlotOf(r); ok {
			return -1
		}
		return r
	}, s)
}

// text adds text that is to be escaped.
func (w *writer) text(s string) {
	if s == "" {
		return
	}
	w.last, _ = utf8.DecodeLastRuneInString(s)
	w.html(escape(s))
}

// newLine ends the line where something stands on it.
func (w *writer) newLine() {
	if w.buf.Len() == 0 {
		return
	}
	if s := w.buf.String(); s[len(s)-1] != '\n' {
		w.buf.WriteByte('\n')
	}
}

// flush ends the present stretch of HTML.
func (w *writer) flush() {
	if w.buf.Len() == 0 {
		return
	}
	w.out = append(w.out, Piece{HTML: clean(w.buf.String())})
	w.buf.Reset()
}

// clean makes s fit for a UTF-8 page: no NUL, no invalid bytes.
func clean(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "\ufffd")
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	return s
}

// hole adds a hole.
func (w *writer) hole(h *Hole) {
	w.flush()
	for _, s := range []*string{&h.Dest, &h.Title, &h.Text, &h.Code, &h.HTML, &h.ID, &h.Lang, &h.Meta, &h.Class} {
		*s = clean(*s)
	}
	for i := range h.Attrs {
		h.Attrs[i].Value = clean(h.Attrs[i].Value)
	}
	w.out = append(w.out, Piece{Hole: h})
}

// inside is what the children of n come to, as pieces of their own.
func (w *writer) inside(n ast.Node) []Piece {
	return w.capture(func() { w.children(n) })
}

// capture is what write writes, as pieces of their own.
func (w *writer) capture(write func()) []Piece {
	w.flush()
	out := w.out
	w.out = nil
	w.depth++
	write()
	w.flush()
	w.depth--
	inner := w.out
	w.out = out
	return inner
}

func (w *writer) children(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		w.node(c)
	}
}

// feature notes what the page needs from its theme.
func (w *writer) feature(name string) { w.features[name] = true }

// featureList is all features, sorted.
func (w *writer) featureList() []string {
	var list []string
	for f := range w.features {
		list = append(list, f)
	}
	slices.Sort(list)
	return list
}
