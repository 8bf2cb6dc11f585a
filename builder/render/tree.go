package render

import (
	"path"
	"strings"

	"github.com/etagere/etagere/builder/internal/memo"
	"github.com/etagere/etagere/builder/site"
)

// pages makes views of list, whose order and members are the fact (kind, id);
// collection is the fact that has all their faces.
func (r *reader) pages(kind, id string, list []*site.Page) Pages {
	r.fact(kind, id)
	collection := memo.Key{Kind: "faces:" + kind, ID: id}
	out := make(Pages, len(list))
	views := make([]Page, len(list))
	for i, p := range list {
		views[i] = Page{p: p, r: r, from: collection}
		out[i] = &views[i]
	}
	return out
}

// Pages are the page's subsections and pages; for a term its pages, for a
// taxonomy its terms.
func (p *Page) Pages() Pages { return p.r.pages("children", p.p.ID, p.p.Children) }

// RegularPages are the regular pages right below the page, or of the term.
func (p *Page) RegularPages() Pages { return p.r.pages("children", p.p.ID, p.p.Regulars) }

// Sections are the sections right below the page.
func (p *Page) Sections() Pages { return p.r.pages("children", p.p.ID, p.p.Sections) }

// RegularPagesRecursive are the regular pages at any depth below the page.
func (p *Page) RegularPagesRecursive() Pages {
	var out Pages
	var walk func(*site.Page)
	walk = func(s *site.Page) {
		out = append(out, p.r.pages("children", s.ID, s.Regulars)...)
		for _, sub := range s.Sections {
			walk(sub)
		}
	}
	walk(p.p)
	return out.ByDefault()
}

// Parent is the section that the page lies in; nil for the home page.
func (p *Page) Parent() *Page {
	p.r.fact("parent", p.p.ID)
	return p.r.page(p.p.Parent)
}

// Ancestors are the parent, its parent, up to the home page.
func (p *Page) Ancestors() Pages {
	var out Pages
	for a := p.Parent(); a != nil; a = a.Parent() {
		out = append(out, a)
	}
	return out
}

// CurrentSection is the section that the page is or lies in.
func (p *Page) CurrentSection() *Page {
	if p.IsNode() {
		return p
	}
	return p.Parent()
}

// FirstSection is the topmost section that the page is or lies in.
func (p *Page) FirstSection() *Page {
	s := p.CurrentSection()
	for s != nil {
		up := s.Parent()
		if up == nil || up.IsHome() {
			return s
		}
		s = up
	}
	return nil
}

// Eq reports whether both are the same page.
func (p *Page) Eq(o *Page) bool { return o != nil && p.p.ID == o.p.ID }

// IsAncestor reports whether o lies below p.
func (p *Page) IsAncestor(o *Page) bool {
	if o == nil {
		return false
	}
	for a := o.Parent(); a != nil; a = a.Parent() {
		if a.p.ID == p.p.ID {
			return true
		}
	}
	return false
}

// IsDescendant reports whether p lies below o.
func (p *Page) IsDescendant(o *Page) bool { return o != nil && o.IsAncestor(p) }

// InSection reports whether both lie in the same section.
func (p *Page) InSection(o *Page) bool {
	if o == nil {
		return false
	}
	a, b := p.CurrentSection(), o.CurrentSection()
	return a != nil && a.Eq(b)
}

// InTrail reports whether the page is o or lies below it: whether o belongs to
// the way that leads to the page.
func (p *Page) InTrail(o *Page) bool { return o != nil && (p.Eq(o) || o.IsAncestor(p)) }

// Next is the page to read next, across sections.
func (p *Page) Next() *Page {
	p.r.fact("neighbours", p.p.ID)
	return p.r.page(p.p.Next)
}

// Prev is the page to have read before.
func (p *Page) Prev() *Page {
	p.r.fact("neighbours", p.p.ID)
	return p.r.page(p.p.Prev)
}

// NextInSection is the next page of the same section.
func (p *Page) NextInSection() *Page { return p.sibling(1) }

// PrevInSection is the page before in the same section.
func (p *Page) PrevInSection() *Page { return p.sibling(-1) }

func (p *Page) sibling(step int) *Page {
	s := p.Parent()
	if s == nil {
		return nil
	}
	p.r.fact("children", s.p.ID)
	for i, q := range s.p.Regulars {
		if q == p.p && i+step >= 0 && i+step < len(s.p.Regulars) {
			return p.r.page(s.p.Regulars[i+step])
		}
	}
	return nil
}

// Translations are the same page in the other languages.
func (p *Page) Translations() Pages {
	var out Pages
	for _, t := range p.AllTranslations() {
		if t.p.Lang != p.p.Lang {
			out = append(out, t)
		}
	}
	return out
}

// AllTranslations are the same page in all languages, itself included.
func (p *Page) AllTranslations() Pages {
	return p.r.pages("translations", p.p.ID, p.p.Translations)
}

// IsTranslated reports whether there is another language's version.
func (p *Page) IsTranslated() bool { return len(p.Translations()) > 0 }

// IsFallback reports whether the page stands in for a missing translation.
func (p *Page) IsFallback() bool { return p.face().Fallback != nil }

// Language is the page's language.
func (p *Page) Language() *Language { return p.r.language(p.p.Lang) }

// Lang is the key of the page's language.
func (p *Page) Lang() string { return p.p.Lang.Key }

// Site is the site in the page's language.
func (p *Page) Site() *Site { return &Site{r: p.r, lang: p.p.Lang} }

// GetPage is the page at a path, which is relative to the page or to the
// content root where it begins with a slash; nil where there is none.
func (p *Page) GetPage(ref string) *Page {
	if !strings.HasPrefix(ref, "/") {
		dir := p.p.Path
		if !p.IsNode() && !p.p.Leaf {
			dir = path.Dir(dir)
		}
		if q := p.r.lookUpPage(p.p.Lang, path.Join(dir, ref)); q != nil {
			return q
		}
	}
	return p.r.lookUpPage(p.p.Lang, "/"+ref)
}

// lookUpPage finds a page by its logical path or its file's name, and notes the
// look-up, also where it finds nothing.
func (r *reader) lookUpPage(lang *site.Language, ref string) *Page {
	if lang == nil {
		return nil
	}
	ref = path.Clean("/" + strings.ReplaceAll(ref, "\\", "/"))
	for _, name := range []string{ref, strings.TrimSuffix(ref, path.Ext(ref))} {
		switch base := path.Base(name); {
		case name != ref && (base == "_index" || base == "index"):
			name = path.Dir(name)
		}
		r.fact("page", lang.Key+"\x00"+name)
		if p := r.env.Site.Page(lang.Key, name); p != nil {
			return r.page(p)
		}
	}
	return nil
}

// GetTerms are the page's terms in a taxonomy, named by its plural.
func (p *Page) GetTerms(plural string) Pages {
	p.face()
	list := p.p.Terms[plural]
	out := make(Pages, len(list))
	for i, t := range list {
		out[i] = p.r.page(t)
	}
	return out
}

// Related are pages with terms and keywords in common, the nearest first.
func (p *Page) Related(limit ...int) (Pages, error) {
	v, err := p.r.node(nodeRelated, p.p.ID)
	ids, _ := v.([]string)
	out := Pages{}
	for _, id := range ids {
		if q := p.r.env.Site.ByID(id); q != nil && (len(limit) == 0 || len(out) < limit[0]) {
			out = append(out, p.r.page(q))
		}
	}
	return out, err
}
