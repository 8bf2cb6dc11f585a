package render

import (
	"html/template"

	"github.com/etagere/etagere/builder/layout"
	"github.com/etagere/etagere/builder/site"
)

// Reference is what the hooks render-link and render-image see.
type Reference struct {
	// Destination is resolved, OriginalDestination as the author wrote it.
	Destination, OriginalDestination, Title string
	// Text is the inner HTML; of an image, PlainText is the alternative text.
	Text       template.HTML
	PlainText  string
	Page       *Page
	Ordinal    int
	Attributes map[string]any
	// IsBlock is set on an image that is a paragraph of its own.
	IsBlock bool
	// Width and Height are those of the picture that an image shows, in pixels;
	// zero where they are not known. Image is the picture, to make smaller ones of:
	// nil where it is no file of the site.
	Width, Height int
	Image         *Image
}

// HeadingContext is what the hook render-heading sees.
type HeadingContext struct {
	Level      int
	Anchor     string
	Text       template.HTML
	PlainText  string
	Page       *Page
	Attributes map[string]any
	Ordinal    int
}

// CodeContext is what the hooks render-codeblock and render-codeblock-LANG see.
type CodeContext struct {
	Type, Inner, Options string
	Attributes           map[string]any
	// Highlighted is the finished block.
	Highlighted template.HTML
	Page        *Page
	Ordinal     int
	// Position is "file:line".
	Position string
}

// QuoteContext is what the hooks render-blockquote and render-blockquote-alert see.
type QuoteContext struct {
	Type, AlertType string
	AlertTitle      template.HTML
	// Details is set on a call-out that opens and closes, Open where it is open.
	Details, Open bool
	Text          template.HTML
	Page          *Page
	Attributes    map[string]any
	Ordinal       int
}

// query is how layouts are looked up for a page.
func query(p *site.Page, lang *site.Language, format string) layout.Query {
	q := layout.Query{Format: format}
	if lang != nil {
		q.Lang = lang.Key
	}
	if p != nil {
		q.Kind, q.Type, q.Layout, q.Sections = string(p.Kind), p.Type, p.Head.Layout, elements(p)
	}
	return q
}

// elements are the names of the sections that p lies in, from the top.
func elements(p *site.Page) []string {
	var list []string
	s := p
	if p.Kind == site.Regular || p.Kind == site.NotFound {
		s = p.Parent
	}
	for ; s != nil && s.Kind != site.Home; s = s.Parent {
		list = append([]string{lastElement(s.Path)}, list...)
	}
	return list
}

// hook is the template for a kind of hole on a page, nil where there is none.
// The look-up is noted either way.
func (r *reader) hook(name string, p *site.Page) *layout.Choice {
	q := query(p, r.lang, "html")
	r.fact(factHook, hookID(name, q))
	c, ok := r.env.Layouts.Hook(name, q)
	if !ok {
		return nil
	}
	return &c
}
