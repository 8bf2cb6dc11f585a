package render

import (
	"html/template"
	"strings"
	"time"

	"github.com/etagere/etagere/builder/content"
	"github.com/etagere/etagere/builder/internal/memo"
	"github.com/etagere/etagere/builder/site"
)

// Page is a page as templates see it. Each method notes what it tells.
type Page struct {
	p *site.Page
	r *reader
	// from is the fact of the collection that the page was reached through; see
	// memo.Trace.Member.
	from memo.Key
	// pager is set where the page is one part of a paginated listing.
	pager *site.Pager
	seen  bool
	// params are Params, once somebody asked.
	params map[string]any
}

func (r *reader) page(p *site.Page) *Page {
	if p == nil {
		return nil
	}
	return &Page{p: p, r: r}
}

// face notes that what other pages can see of the page was read.
func (p *Page) face() *site.Page {
	if !p.seen {
		p.seen = true
		k := memo.Key{Kind: "face", ID: p.p.ID}
		if p.from == (memo.Key{}) {
			p.r.trace.Fact(k)
		} else {
			p.r.trace.Member(p.from, k)
		}
	}
	return p.p
}

// Identity makes two views of one page equal.
func (p *Page) Identity() any {
	if p == nil {
		return nil
	}
	return p.p
}

// Title is the page's title.
func (p *Page) Title() string { return p.face().Title }

// LinkTitle is the title that navigation shows.
func (p *Page) LinkTitle() string {
	if t := p.face().LinkTitle; t != "" {
		return t
	}
	return p.p.Title
}

// Description is the author's, or empty.
func (p *Page) Description() string { return p.face().Head.Description }

// Date is the page's date; zero where there is none.
func (p *Page) Date() time.Time { return p.face().Date }

// Lastmod is when the page last changed, as far as is known.
func (p *Page) Lastmod() time.Time { return p.face().Lastmod }

// PublishDate is when the page appears.
func (p *Page) PublishDate() time.Time { return p.face().PublishDate }

// ExpiryDate is when the page disappears.
func (p *Page) ExpiryDate() time.Time { return p.face().ExpiryDate }

// Draft reports whether the author marked the page as a draft.
func (p *Page) Draft() bool { return p.face().Head.Draft }

// Weight orders the page among its siblings.
func (p *Page) Weight() int { return p.face().Weight }

// Kind is "home", "section", "page", "taxonomy", "term" or "404".
func (p *Page) Kind() string { return string(p.face().Kind) }

// Type is the content type.
func (p *Page) Type() string { return p.face().Type }

// Layout is the layout that the front matter asks for.
func (p *Page) Layout() string { return p.face().Head.Layout }

// Section is the first element of the page's path.
func (p *Page) Section() string { return p.face().Section }

// Path is the page's logical path: "/guide/install".
func (p *Page) Path() string { return p.p.Path }

// Keywords are the author's.
func (p *Page) Keywords() []string { return p.face().Head.Keywords }

// Images are the page's images as the front matter names them.
func (p *Page) Images() []string { return p.face().Head.Images }

// Params are the front matter's own keys, in their own case and in lower case.
func (p *Page) Params() map[string]any {
	if p.params == nil {
		p.params = foldKeys(p.face().Head.Params)
	}
	return p.params
}

// Param is the page's parameter of that name, else the site's, else nil. Dots
// lead into tables.
func (p *Page) Param(name string) any {
	if v, ok := lookUp(p.Params(), name); ok {
		return v
	}
	return p.Site().Param(name)
}

// IsHome reports whether the page is a home page.
func (p *Page) IsHome() bool { return p.face().Kind == site.Home }

// IsPage reports whether the page is a regular page.
func (p *Page) IsPage() bool { return p.face().Kind == site.Regular }

// IsSection reports whether the page is a section.
func (p *Page) IsSection() bool { return p.face().Kind == site.Section }

// IsNode reports whether the page lists others.
func (p *Page) IsNode() bool { return p.face().Kind != site.Regular && p.p.Kind != site.NotFound }

// RelPermalink is the page's URL path, with the base path.
func (p *Page) RelPermalink() string { return p.r.rel(p.url()) }

// Permalink is the page's whole URL.
func (p *Page) Permalink() string { return p.r.abs(p.url()) }

func (p *Page) url() string {
	p.face()
	if p.pager != nil {
		return p.pager.URL
	}
	return p.p.URL
}

// HeadHTML is what the text wants in the page's head.
func (p *Page) HeadHTML() (template.HTML, error) {
	b, err := p.body()
	if b == nil {
		return "", err
	}
	return template.HTML(b.HeadHTML), nil
}

// body is the parsed body, nil for a page without a file.
func (p *Page) body() (*content.Body, error) {
	if !p.p.File {
		p.face()
		return nil, nil
	}
	v, err := p.r.node(nodeBody, p.p.ID)
	b, _ := v.(*content.Body)
	return b, err
}

// Content is the page's text as HTML. A leading H1 is not part of it: that is
// Heading, which layouts print.
func (p *Page) Content() (template.HTML, error) {
	c, err := p.content()
	return template.HTML(c.html), err
}

// Heading is the page's one visible H1: the one that its text begins with, with
// its markup, else the title.
func (p *Page) Heading() (template.HTML, error) {
	c, err := p.content()
	if c.heading != "" {
		return template.HTML(c.heading), nil
	}
	return template.HTML(template.HTMLEscapeString(p.Title())), err
}

// HeadingID is the id that links to the text's leading H1 point at; empty where
// the text begins with anything else.
func (p *Page) HeadingID() (string, error) {
	c, err := p.content()
	return c.id, err
}

// content is the text with its holes filled; empty for a page without a file.
func (p *Page) content() (*rendered, error) {
	if !p.p.File {
		p.face()
		return new(rendered), nil
	}
	v, err := p.r.node(nodeContent, p.p.ID)
	if c, ok := v.(*rendered); ok {
		return c, nil
	}
	return new(rendered), err
}

// Summary is the author's summary, or the text before the divider, or the
// first words of the text.
func (p *Page) Summary() (template.HTML, error) {
	s, err := p.summary()
	return s.html, err
}

// Truncated reports whether the text goes on after the summary.
func (p *Page) Truncated() (bool, error) {
	s, err := p.summary()
	return s.truncated, err
}

func (p *Page) summary() (summary, error) {
	v, err := p.r.node(nodeSummary, p.p.ID)
	s, _ := v.(summary)
	return s, err
}

// Plain is the text without any markup.
func (p *Page) Plain() (string, error) {
	b, err := p.body()
	if b == nil {
		return "", err
	}
	return b.Plain, nil
}

// PlainWords are the words of Plain.
func (p *Page) PlainWords() ([]string, error) {
	s, err := p.Plain()
	return strings.Fields(s), err
}

func (p *Page) stats() (stats, error) {
	v, err := p.r.node(nodeStats, p.p.ID)
	s, _ := v.(stats)
	return s, err
}

// WordCount counts the words of the text, each CJK character as one.
func (p *Page) WordCount() (int, error) {
	s, err := p.stats()
	return s.words, err
}

// FuzzyWordCount is WordCount rounded up to the next hundred.
func (p *Page) FuzzyWordCount() (int, error) {
	s, err := p.stats()
	return (s.words + 99) / 100 * 100, err
}

// ReadingTime is how many minutes the text takes, at least one where there is a text: 213 words
// a minute, or 501 characters of CJK.
func (p *Page) ReadingTime() (int, error) {
	s, err := p.stats()
	return s.minutes, err
}

// Features names what the text needs from the theme: "code", "math", ….
func (p *Page) Features() ([]string, error) {
	s, err := p.stats()
	return s.features, err
}

// HasFeature reports whether the text needs the feature of that name.
func (p *Page) HasFeature(name string) (bool, error) {
	s, err := p.stats()
	for _, f := range s.features {
		if f == name {
			return true, err
		}
	}
	return false, err
}

// HasShortcode reports whether the text calls the shortcode of that name.
func (p *Page) HasShortcode(name string) (bool, error) {
	b, err := p.body()
	if b == nil {
		return false, err
	}
	for _, c := range b.Calls {
		if c == name {
			return true, nil
		}
	}
	return false, nil
}

// RenderString renders Markdown as if it stood on the page. A single paragraph
// loses its <p>.
func (p *Page) RenderString(args ...any) (template.HTML, error) {
	if len(args) == 0 {
		return "", errUsage("RenderString wants Markdown")
	}
	text, _ := args[len(args)-1].(string)
	if s, ok := args[len(args)-1].(template.HTML); ok {
		text = string(s)
	}
	return p.r.inline(p.p, text)
}
