package content

import (
	"bytes"
	"context"
	"unicode/utf8"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/markdown"
)

// Body is the parsed Markdown of one file and what it includes.
type Body struct {
	*markdown.Doc
	// Text is what was parsed; it turns offsets into positions.
	Text *markdown.Text
	// Calls and the texts in them count their offsets in CallText: Text as it was
	// before slots took the place of calls. It has no bytes, only their origins.
	CallText *markdown.Text
	// Slots are the fillings of the slots of the text, by index.
	Slots []Slot
	// Calls names the shortcodes that the body calls, each once, in order.
	Calls []string
	// Digest identifies the text and the options that it was parsed with.
	Digest digest.Digest
	// Problems are those of the expansion and of the Doc.
	Problems diag.List
}

// Slot is what belongs into a slot of a text: a shortcode's call, or text that
// only looked like a slot.
type Slot struct {
	Call    *Shortcode
	Literal string
}

// BodyInput is what a body is made from.
type BodyInput struct {
	// Source is the file as the author knows it, Src its bytes, Offset where the
	// body starts in it.
	Source string
	Src    []byte
	Offset int
	// Root is the content root of the file's language, relative to the site's root.
	Root string

	Options markdown.Options
	Parser  *markdown.Parser
	// Load finds included files.
	Load markdown.Loader
	// Known reports whether a shortcode of that name exists.
	Known func(name string) bool
	// Expand runs a shortcode whose output is Markdown. slot reserves a slot for
	// a call in its inner text. It may be nil where Known never is true.
	Expand func(ctx context.Context, call *Shortcode, text *markdown.Text, slot func(*Shortcode) string) (string, diag.List)
}

// ReadBody expands and parses the body of one file: includes first, then the
// shortcodes that make Markdown; all others become slots.
func ReadBody(ctx context.Context, in BodyInput) *Body {
	text := markdown.NewText(in.Source, in.Src, in.Offset)
	text, problems := markdown.Expand(text, in.Root, in.Options, in.Load)
	problems = append(problems, encoding(text)...)
	e := expansion{in: in, ctx: ctx}
	text = e.literals(text)
	if bytes.Contains(text.Bytes, []byte("{{<")) || bytes.Contains(text.Bytes, []byte("{{%")) {
		text = e.shortcodes(text)
	}
	doc := in.Parser.Parse(text)
	b := &Body{Doc: doc, Text: text, CallText: e.callText, Slots: e.slots, Calls: e.calls}
	b.Problems = append(append(append(b.Problems, problems...), e.problems...), doc.Problems...)
	h := digest.New().Digest(text.Digest()).Digest(in.Options.Digest())
	for _, s := range e.slots {
		hashSlot(h, s)
	}
	b.Digest = h.Sum()
	return b
}

func hashSlot(h *digest.Hasher, s Slot) {
	h.String(s.Literal).Bool(s.Call != nil)
	if s.Call != nil {
		hashCall(h, s.Call)
	}
}

func hashCall(h *digest.Hasher, c *Shortcode) {
	h.String(c.Name).Bool(c.Named).Bool(c.Markdown).Bool(c.Paired).Bool(c.Closed).Int(int64(c.Off)).Int(int64(len(c.Args)))
	for _, a := range c.Args {
		h.String(a.Name).Value(a.Value)
	}
	h.Int(int64(len(c.Inner)))
	for _, in := range c.Inner {
		h.String(in.Text).Int(int64(in.Off)).Bool(in.Call != nil)
		if in.Call != nil {
			hashCall(h, in.Call)
		}
	}
}

// expansion puts slots into a text.
type expansion struct {
	in       BodyInput
	ctx      context.Context
	callText *markdown.Text
	slots    []Slot
	calls    []string
	problems diag.List
	// full is set once the text has more calls than slots.
	full bool
}

// slot reserves a slot and is the text that stands for it; "" where the text
// has too many.
func (e *expansion) slot(s Slot) string {
	if len(e.slots) >= markdown.MaxSlots {
		return ""
	}
	e.slots = append(e.slots, s)
	return string(markdown.SlotRune(len(e.slots) - 1))
}

// literals keeps characters of the author's that look like slots: each becomes
// a slot that holds itself.
func (e *expansion) literals(t *markdown.Text) *markdown.Text {
	// All slot runes start with this byte in UTF-8; hardly any text has it.
	if bytes.IndexByte(t.Bytes, 0xF4) < 0 {
		return t
	}
	out := new(markdown.Text)
	from := 0
	for i := 0; i < len(t.Bytes); {
		r, n := utf8.DecodeRune(t.Bytes[i:])
		if _, ok := markdown.SlotOf(r); ok {
			out.AppendText(t, from, i)
			file, src, off := t.Origin(i)
			out.AppendMade(e.slot(Slot{Literal: string(r)}), file, src, off)
			from = i + n
		}
		i += n
	}
	out.AppendText(t, from, len(t.Bytes))
	return out
}

// shortcodes replaces calls by slots, or by the Markdown that they make.
func (e *expansion) shortcodes(t *markdown.Text) *markdown.Text {
	e.callText = t.Origins()
	s := &shortcodes{text: t, src: string(t.Bytes), known: e.in.Known, strict: e.in.Options.Has(markdown.Hugo)}
	s.scan()
	if len(s.tags) == 0 {
		e.problems = append(e.problems, s.problems...)
		return t
	}
	out := new(markdown.Text)
	s.parse(0, len(s.src), 0, len(s.tags), nil, 0, func(in Inner, from, to int) {
		file, src, off := t.Origin(from)
		switch {
		case in.Call != nil:
			out.AppendMade(e.call(in.Call, t), file, src, off)
		case to < 0:
			out.AppendMade(in.Text, file, src, off)
		default:
			out.AppendText(t, from, to)
		}
	})
	e.problems = append(e.problems, s.problems...)
	return out
}

// call is the text that stands for a call.
func (e *expansion) call(c *Shortcode, t *markdown.Text) string {
	e.named(c)
	if len(e.slots) >= markdown.MaxSlots {
		if !e.full {
			e.full = true
			e.problems = append(e.problems, t.Problem(c.Off, 2, "shortcode-count", "more than %d shortcodes on one page", markdown.MaxSlots))
		}
		return ""
	}
	if !c.Markdown {
		return e.slot(Slot{Call: c})
	}
	out, problems := e.in.Expand(e.ctx, c, t, func(inner *Shortcode) string { return e.slot(Slot{Call: inner}) })
	e.problems = append(e.problems, problems...)
	return out
}

func (e *expansion) named(c *Shortcode) {
	seen := false
	for _, n := range e.calls {
		seen = seen || n == c.Name
	}
	if !seen {
		e.calls = append(e.calls, c.Name)
	}
	for _, in := range c.Inner {
		if in.Call != nil {
			e.named(in.Call)
		}
	}
}
