package render

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/etagere/etagere/builder/content"
	"github.com/etagere/etagere/builder/layout"
	"github.com/etagere/etagere/builder/markdown"
	"github.com/etagere/etagere/builder/site"
)

// filler fills the holes of one text.
type filler struct {
	r    *reader
	page *site.Page
	// body is nil for Markdown that stands in no file.
	body *content.Body
	text *markdown.Text
	// quiet drops problems: the text has no place that an author could look at.
	quiet bool
	// call is the shortcode that the text came from, where it did; problems are
	// told at its place.
	call *ShortcodeContext
	// ordinals count holes by hook.
	ordinals map[string]int
	// hooks are the templates that take a kind of hole, looked up once.
	hooks map[string]*layout.Choice
}

// fill is pieces as HTML.
func (f *filler) fill(pieces []markdown.Piece) string {
	var b strings.Builder
	f.write(&b, pieces)
	return b.String()
}

func (f *filler) write(b *strings.Builder, pieces []markdown.Piece) {
	for _, p := range pieces {
		if f.r.doomed() {
			return
		}
		if p.Hole == nil {
			b.WriteString(p.HTML)
			continue
		}
		f.hole(b, p.Hole)
	}
}

func (f *filler) hole(b *strings.Builder, h *markdown.Hole) {
	switch h.Kind {
	case markdown.Slot:
		b.WriteString(f.slot(h.Level))
	case markdown.TOC:
		b.WriteString(f.toc())
	case markdown.URL:
		b.WriteString(template.HTMLEscapeString(f.url(h)))
	case markdown.RawImage:
		f.rawImage(b, h)
	case markdown.Link, markdown.Image:
		f.reference(b, h)
	case markdown.HeadingHole:
		f.heading(b, h)
	case markdown.CodeBlock:
		f.code(b, h)
	case markdown.Alert:
		f.alert(b, h)
	}
}

// slot is what belongs into a slot.
func (f *filler) slot(i int) string {
	if f.body == nil || i >= len(f.body.Slots) {
		return ""
	}
	s := f.body.Slots[i]
	if s.Call == nil {
		return s.Literal
	}
	return f.r.callShortcode(f.page, s.Call, f.body.CallText, nil)
}

// unslot fills the slots in a string: a destination, a title, the text of a
// code block.
func (f *filler) unslot(s string) string {
	// Slot runes start with this byte.
	if strings.IndexByte(s, 0xF4) < 0 {
		return s
	}
	var b strings.Builder
	for i, w := 0, 0; i < len(s); i += w {
		r, n := utf8.DecodeRuneInString(s[i:])
		w = n
		if slot, ok := markdown.SlotOf(r); ok {
			b.WriteString(f.slot(slot))
		} else {
			b.WriteString(s[i : i+n])
		}
	}
	return b.String()
}

// hook is the template that takes a kind of hole, nil where there is none.
func (f *filler) hook(name string) *layout.Choice {
	if c, ok := f.hooks[name]; ok {
		return c
	}
	if f.hooks == nil {
		f.hooks = make(map[string]*layout.Choice)
	}
	c := f.r.hook(name, f.page)
	f.hooks[name] = c
	return c
}

// ordinal counts the holes that a hook has taken on this page.
func (f *filler) ordinal(name string) int {
	if f.ordinals == nil {
		f.ordinals = make(map[string]int)
	}
	n := f.ordinals[name]
	f.ordinals[name] = n + 1
	return n
}

// run executes a hook; a mistake in it is a problem of the template.
func (f *filler) run(b *strings.Builder, c layout.Choice, data any) {
	var out strings.Builder
	if err := f.r.execute(&out, c, data); err != nil {
		f.r.mistake(err, f.page)
		return
	}
	b.WriteString(strings.TrimSuffix(out.String(), "\n"))
}

func (f *filler) reference(b *strings.Builder, h *markdown.Hole) {
	name := "render-link"
	if h.Kind == markdown.Image {
		name = "render-image"
	}
	dest := f.unslot(h.Dest)
	target := *h
	to := f.lead(h, dest)
	target.Dest = to.url
	target.Title = f.unslot(h.Title)
	target.Text = f.unslot(h.Text)
	inner := f.fill(h.Inner)
	c := f.hook(name)
	var pic picture
	if h.Kind == markdown.Image {
		pic = f.picture(to, h.Attrs, false)
	}
	if c == nil {
		target.Attrs = append(slices.Clip(target.Attrs), pic.attrs...)
		b.WriteString(pic.before)
		markdown.WriteDefault(b, &target, inner)
		b.WriteString(pic.after)
		return
	}
	f.run(b, *c, &Reference{
		Image: f.r.imageOf(pic), Width: pic.info.Width, Height: pic.info.Height,
		Destination: target.Dest, OriginalDestination: dest, Title: target.Title,
		Text: template.HTML(inner), PlainText: target.Text, Page: f.view(), Ordinal: f.ordinal(name),
		Attributes: attributes(h.Attrs), IsBlock: h.Level == 1,
	})
}

// url is the final URL of an attribute of raw HTML.
func (f *filler) url(h *markdown.Hole) string {
	return f.destination(h, f.unslot(h.Dest))
}

func (f *filler) heading(b *strings.Builder, h *markdown.Hole) {
	inner := f.fill(h.Inner)
	c := f.hook("render-heading")
	if c == nil {
		markdown.WriteDefault(b, h, inner)
		return
	}
	f.run(b, *c, &HeadingContext{
		Level: h.Level, Anchor: h.ID, Text: template.HTML(inner), PlainText: h.Text,
		Page: f.view(), Attributes: attributes(h.Attrs), Ordinal: f.ordinal("render-heading"),
	})
	b.WriteByte('\n')
}

func (f *filler) code(b *strings.Builder, h *markdown.Hole) {
	c := (*layout.Choice)(nil)
	if h.Lang != "" {
		c = f.hook("render-codeblock-" + strings.ToLower(h.Lang))
	}
	if c == nil {
		c = f.hook("render-codeblock")
	}
	if c == nil {
		b.WriteString(f.unslot(h.HTML))
		return
	}
	file, src, off := f.text.Origin(h.Off)
	f.run(b, *c, &CodeContext{
		Type: h.Lang, Inner: f.unslot(h.Code), Options: h.Meta, Attributes: attributes(h.Attrs),
		Highlighted: template.HTML(f.unslot(h.HTML)), Page: f.view(), Ordinal: f.ordinal("render-codeblock"),
		Position: position(file, src, off),
	})
	b.WriteByte('\n')
}

func (f *filler) alert(b *strings.Builder, h *markdown.Hole) {
	inner := f.fill(h.Inner)
	c := f.hook("render-blockquote-alert")
	if c == nil {
		c = f.hook("render-blockquote")
	}
	if c == nil {
		target := *h
		f.translateAlert(&target)
		markdown.WriteDefault(b, &target, inner)
		return
	}
	f.run(b, *c, &QuoteContext{
		Type: "alert", AlertType: h.Class, AlertTitle: template.HTML(h.HTML), Open: h.Open, Details: h.Element == "details",
		Text: template.HTML(inner), Page: f.view(), Attributes: attributes(h.Attrs), Ordinal: f.ordinal("render-blockquote"),
	})
	b.WriteByte('\n')
}

// translateAlert gives a call-out without a title of its own the title that its
// type has in the page's language.
func (f *filler) translateAlert(h *markdown.Hole) {
	if h.Text != "default" || f.page == nil {
		return
	}
	if s, ok := f.r.stringIn(f.page.Lang, "alert_"+h.Class); ok {
		h.Title, h.HTML = s, template.HTMLEscapeString(s)
	}
}

func (f *filler) view() *Page {
	return f.r.page(f.page)
}

// toc is the table of contents at the place where the text asks for it. The id
// belongs to the one that the layout prints.
func (f *filler) toc() string {
	if f.body == nil {
		return ""
	}
	return string(f.r.tocOf(f.body, `class="contents"`))
}

func attributes(list []markdown.Attr) map[string]any {
	out := make(map[string]any, len(list))
	for _, a := range list {
		out[a.Name] = a.Value
	}
	return out
}

func position(file string, src []byte, off int) string {
	line := 1 + strings.Count(string(src[:max(0, min(off, len(src)))]), "\n")
	return fmt.Sprintf("%s:%d", file, line)
}
