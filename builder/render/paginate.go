package render

import (
	"html/template"
	"regexp"
	"strings"

	"github.com/etagere/etagere/builder/site"
)

func escapeText(s string) string { return template.HTMLEscapeString(s) }

// absolute is html with the root-relative URLs of links and images made whole,
// as feeds want them.
func (r *reader) absolute(html string) string {
	r.fact(factConfig, "base")
	base := r.env.Config.BaseURL
	if !isExternal(base) {
		return html
	}
	root := base
	if i := strings.Index(base, "://"); i >= 0 {
		if j := strings.IndexByte(base[i+3:], '/'); j >= 0 {
			root = base[:i+3+j]
		}
	}
	html = strings.NewReplacer(
		// A URL with a host of its own comes first: the replacer takes the first that fits.
		` href="//`, ` href="//`, ` src="//`, ` src="//`,
		` href="/`, ` href="`+root+`/`, ` src="/`, ` src="`+root+`/`,
		` poster="//`, ` poster="//`, ` poster="/`, ` poster="`+root+`/`,
	).Replace(html)
	if !strings.Contains(html, ` srcset="`) {
		return html
	}
	return srcsets.ReplaceAllStringFunc(html, func(set string) string {
		head, list, _ := strings.Cut(set, `"`)
		urls := strings.Split(list, ", ")
		for i, u := range urls {
			if strings.HasPrefix(u, "/") && !strings.HasPrefix(u, "//") {
				urls[i] = root + u
			}
		}
		return head + `"` + strings.Join(urls, ", ")
	})
}

// srcsets finds the lists of candidates of pictures.
var srcsets = regexp.MustCompile(` srcset="[^"]*`)

// Paginator is one part of a listing that is cut into several.
type Paginator struct {
	p  *Page
	at int
}

// Paginator is the part of the listing that is being rendered. A listing that
// is not cut has one part with all its pages.
func (p *Page) Paginator() *Paginator {
	p.face()
	p.r.fact("pagers", p.p.ID)
	g := &Paginator{p: p}
	if p.pager != nil {
		g.at = p.pager.Number - 1
	}
	return g
}

func (g *Paginator) all() []*site.Pager { return g.p.p.Pagers }

func (g *Paginator) part(i int) *Paginator {
	if i < 0 || i >= g.TotalPages() {
		return nil
	}
	return &Paginator{p: g.p, at: i}
}

// PageNumber counts from 1.
func (g *Paginator) PageNumber() int { return g.at + 1 }

// TotalPages is the number of parts.
func (g *Paginator) TotalPages() int { return max(1, len(g.all())) }

// Pages are the pages of this part.
func (g *Paginator) Pages() Pages {
	if len(g.all()) == 0 {
		// What a longer listing would be cut from; see site.Pager.
		switch {
		case g.p.IsHome():
			return g.p.Site().RegularPages()
		case g.p.Kind() == string(site.Taxonomy):
			return g.p.Sections()
		}
		return g.p.RegularPages()
	}
	var out Pages
	for _, p := range g.all()[g.at].Pages {
		out = append(out, g.p.r.page(p))
	}
	return out
}

// URL is where this part is, with the base path.
func (g *Paginator) URL() string {
	if len(g.all()) == 0 {
		return g.p.RelPermalink()
	}
	return g.p.r.rel(g.all()[g.at].URL)
}

// HasPrev reports whether there is a part before this one.
func (g *Paginator) HasPrev() bool { return g.at > 0 }

// HasNext reports whether there is a part after this one.
func (g *Paginator) HasNext() bool { return g.at+1 < g.TotalPages() }

// Prev is the part before this one, or nil.
func (g *Paginator) Prev() *Paginator { return g.part(g.at - 1) }

// Next is the part after this one, or nil.
func (g *Paginator) Next() *Paginator { return g.part(g.at + 1) }

// First is the first part.
func (g *Paginator) First() *Paginator { return g.part(0) }

// Last is the last part.
func (g *Paginator) Last() *Paginator { return g.part(g.TotalPages() - 1) }

// Pagers are all parts.
func (g *Paginator) Pagers() []*Paginator {
	var out []*Paginator
	for i := range g.TotalPages() {
		out = append(out, g.part(i))
	}
	return out
}
