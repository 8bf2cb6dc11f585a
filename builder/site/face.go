package site

import (
	"maps"
	"slices"

	"github.com/etagere/etagere/builder/internal/digest"
)

// Face identifies everything in p that its head and the site determine: what
// the author said, titles, dates, URLs, outputs, translations, resources,
// terms, place. It says nothing of what parents and children are like, nor of
// what is in the resources.
func (p *Page) Face() digest.Digest {
	if d := p.face.Load(); d != nil {
		return *d
	}
	d := p.digest()
	p.face.Store(&d)
	return d
}

func (p *Page) digest() digest.Digest {
	h := digest.New()
	h.Digest(p.Head.Digest).Bool(p.File).String(p.Head.Source)
	for _, s := range []string{p.ID, string(p.Kind), p.Path, p.Title, p.LinkTitle, p.Type, p.Section, p.URL, p.Plural, p.Term, p.Dir} {
		h.String(s)
	}
	h.Int(int64(p.Weight)).Time(p.Date).Time(p.Lastmod).Time(p.PublishDate).Time(p.ExpiryDate)
	h.Bool(p.Commit != nil)
	if c := p.Commit; c != nil {
		h.String(c.Hash).String(c.Author).Time(c.Date)
	}
	for _, b := range []bool{p.Leaf, p.Branch, p.Listed, p.Rendered, p.Local} {
		h.Bool(b)
	}
	h.Int(int64(len(p.Outputs)))
	for _, o := range p.Outputs {
		h.String(o.Name).String(o.URL).String(o.Media)
	}
	h.Bool(p.Fallback != nil)
	if p.Fallback != nil {
		h.Digest(p.Fallback.Head.Digest).String(p.Fallback.ID)
	}
	ids(h, p.Translations)
	h.Int(int64(len(p.Resources)))
	for _, r := range p.Resources {
		h.String(r.Name).String(r.URL).String(r.File.Name)
	}
	for _, plural := range slices.Sorted(maps.Keys(p.Terms)) {
		h.String(plural)
		ids(h, p.Terms[plural])
	}
	h.Int(int64(len(p.Pagers)))
	return h.Sum()
}

// ids adds the IDs of pages, in order.
func ids(h *digest.Hasher, pages []*Page) {
	h.Int(int64(len(pages)))
	for _, p := range pages {
		h.String(p.ID)
	}
}

// id is the ID of p, or nothing.
func id(p *Page) string {
	if p == nil {
		return ""
	}
	return p.ID
}
