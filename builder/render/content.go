package render

import (
	"context"
	"html/template"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/content"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/internal/memo"
	"github.com/etagere/etagere/builder/markdown"
	"github.com/etagere/etagere/builder/site"
)

// rendered is a body with its holes filled.
type rendered struct {
	html string
	// heading is the inner HTML of the H1 that the body began with, and id its
	// id; both are empty where it began with anything else.
	heading, id string
	links       []Link
}

// Link is one link or image of a body, for the check.
type Link struct {
	// Off is where the destination stands in Text, Len how long it is.
	Text     *markdown.Text
	Off, Len int
	// Page is the ID of the page that it leads to, empty where it leads elsewhere.
	Page     string
	Fragment string
	// URL is set on a link that leaves the site over HTTP; Page is empty then.
	URL string
}

// content is the node of a page's text as HTML.
func (e *Env) content(ctx context.Context, t *memo.Trace, id string) (memo.Value, error) {
	v, err := t.Node(ctx, memo.Key{Kind: nodeBody, ID: id}, nil)
	if err != nil {
		return memo.Value{}, err
	}
	b := v.Data.(*content.Body)
	r := e.reader(ctx, t)
	r.fact("face", id)
	p := e.Site.ByID(id)
	if p == nil {
		return memo.Value{}, errNoSuchPage
	}
	r.lang, r.what = p.Lang, p.Head.Source
	defer r.begin()()
	f := &filler{r: r, page: p, body: b, text: b.Text}
	c := new(rendered)
	if b.LeadH1 >= 0 {
		hole := b.Pieces[b.LeadH1].Hole
		c.heading, c.id = f.fill(hole.Inner), hole.ID
	}
	c.html = f.fill(withoutTitle(b))
	if r.doomed() {
		return memo.Value{}, t.Err()
	}
	c.links = r.links
	h := digest.New().String(c.html).String(c.heading).String(c.id).Int(int64(len(r.links)))
	for _, l := range r.links {
		h.Int(int64(l.Off)).Int(int64(l.Len)).String(l.Page).String(l.Fragment).String(l.URL)
	}
	return memo.Value{Data: c, Digest: h.Sum(), Problems: r.problems}, nil
}

// withoutTitle is the body without the H1 that it begins with: a page has one
// H1, and its layout prints it. See Page.Heading.
func withoutTitle(b *content.Body) []markdown.Piece {
	if b.LeadH1 < 0 {
		return b.Pieces
	}
	return slices.Concat(b.Pieces[:b.LeadH1], b.Pieces[b.LeadH1+1:])
}

// summary is what listings show of a page.
type summary struct {
	html      template.HTML
	truncated bool
}

func (e *Env) summary(ctx context.Context, t *memo.Trace, id string) (memo.Value, error) {
	r := e.reader(ctx, t)
	r.fact("face", id)
	p := e.Site.ByID(id)
	if p == nil {
		return memo.Value{}, errNoSuchPage
	}
	r.lang, r.what = p.Lang, p.Head.Source
	defer r.begin()()
	s, err := e.summaryOf(r, p)
	if err != nil || r.doomed() {
		return memo.Value{}, err
	}
	d := digest.New().String(string(s.html)).Bool(s.truncated).Sum()
	// A broken link in the summary is a broken link of the text, and reported there.
	return memo.Value{Data: s, Digest: d}, nil
}

func (e *Env) summaryOf(r *reader, p *site.Page) (summary, error) {
	if p.Head.Summary != "" {
		html, err := r.inline(p, p.Head.Summary)
		return summary{html: html, truncated: true}, err
	}
	if !p.File {
		return summary{}, nil
	}
	v, err := r.node(nodeBody, p.ID)
	b, ok := v.(*content.Body)
	if !ok {
		return summary{}, err
	}
	if b.Summary >= 0 {
		pieces, n := withoutTitle(b), b.Summary
		if b.LeadH1 >= 0 && b.LeadH1 < n {
			n--
		}
		f := &filler{r: r, page: p, body: b, text: b.Text}
		r.images = 1 // where listings show it, it is seldom the first thing to be seen
		return summary{html: template.HTML(f.fill(pieces[:n])), truncated: n < len(pieces)}, nil
	}
	if b.Lead == "" {
		return summary{}, nil
	}
	lead := "<p>" + template.HTMLEscapeString(b.Lead) + "</p>"
	return summary{html: template.HTML(lead), truncated: len(b.Lead) < len(strings.TrimSpace(b.Plain))}, nil
}

// inline renders Markdown that stands in no file, such as a description. In the
// template of a shortcode it is most likely what stands between the tags: links
// in it start from the calling page, and mistakes in them are told.
// A single paragraph loses its <p>.
func (r *reader) inline(p *site.Page, src string) (template.HTML, error) {
	html, err := r.markdown(p, src)
	return template.HTML(oneParagraph(string(html))), err
}

// markdown is inline that keeps every <p>.
func (r *reader) markdown(p *site.Page, src string) (template.HTML, error) {
	r.fact(factOptions, "")
	if r.depth++; r.depth > content.MaxNesting {
		return "", errUsage("Markdown within Markdown is nested too deep")
	}
	defer func() { r.depth-- }()
	source := "(text)"
	if p == nil && r.call != nil {
		p = r.call.page
	}
	if p != nil && p.Head.Source != "" {
		source = p.Head.Source
	}
	text := markdown.NewText(source, []byte(src), 0)
	doc := r.env.Parser.Parse(text)
	f := &filler{r: r, page: p, text: text, quiet: r.call == nil, call: r.call}
	html := f.fill(doc.Pieces)
	return template.HTML(html), nil
}

// oneParagraph is html without the <p> around it, where that is all there is.
func oneParagraph(html string) string {
	s := strings.TrimSpace(html)
	if inner, ok := strings.CutPrefix(s, "<p>"); ok {
		if inner, ok = strings.CutSuffix(inner, "</p>"); ok && !strings.Contains(inner, "<p>") {
			return inner
		}
	}
	return html
}
