package site

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/etagere/etagere/builder/internal/digest"
)

// factKey names a fact; factCell holds its digest once somebody asked.
type factKey struct{ kind, id string }

type factCell struct {
	once sync.Once
	sum  digest.Digest
}

// Fact is the digest of something that a render can read about the site; zero
// if there is no such thing. It may be called by several goroutines. Kinds, and
// what their id is ("a|b" stands for a, NUL, b):
//
//	face          page       all that head and site determine of the page itself
//	children      page       IDs of Sections and Regulars, and the order of both together
//	parent        page       ID of the parent
//	neighbours    page       IDs of Prev and Next
//	translations  page       IDs of Translations
//	pagers        page       URLs and IDs of the parts of a listing
//	related       page       IDs of RelatedTo with the configuration's limit
//	taxonomy      page       IDs of a taxonomy's terms, with the number of pages of each
//	regulars      lang       IDs of the language's regular pages in order
//	ordered       lang       IDs of Ordered
//	listed        lang       IDs of Listed
//	pages         lang       IDs of all pages of a language; of the site with an empty lang
//	faces:X       as for X   faces of the pages whose IDs X is made of, in order
//	nav           lang       the whole tree: IDs and faces
//	terms         lang|plural  IDs of the terms, with the number of pages of each
//	menu          lang|name  the menu with the URLs and titles that it shows
//	menus         lang       the names of the menus
//	page          lang|path  the page's ID
//	url           url        what ByURL returns
//	languages     -          keys, names and home pages of all languages
//	redirects     -          all redirects
//
// What links lead to are facts of links.Resolver.
func (s *Site) Fact(kind, id string) digest.Digest {
	switch kind {
	case "face":
		if p := s.Index.ByID[id]; p != nil {
			return p.Face()
		}
		return digest.Digest{}
	case "page", "url", "parent", "neighbours":
		return s.fact(kind, id) // cheaper than to keep
	}
	v, ok := s.facts.Load(factKey{kind, id})
	if !ok {
		v, _ = s.facts.LoadOrStore(factKey{kind, id}, &factCell{})
	}
	cell := v.(*factCell)
	cell.once.Do(func() { cell.sum = s.fact(kind, id) })
	return cell.sum
}

// fact works a fact out.
func (s *Site) fact(kind, id string) digest.Digest {
	if of, ok := strings.CutPrefix(kind, "faces:"); ok {
		pages, found := s.collection(of, id)
		return sum(found, func(h *digest.Hasher) { faces(h, pages) })
	}
	switch kind {
	case "languages":
		return sum(true, s.addLanguages)
	case "redirects":
		return sum(true, s.addRedirects)
	case "url":
		t := s.ByURL(id)
		return sum(t != nil, func(h *digest.Hasher) { addTarget(h, t) })
	case "page":
		lang, path, _ := strings.Cut(id, "\x00")
		p := s.Page(lang, path)
		return sum(p != nil, func(h *digest.Hasher) { h.String(p.ID) })
	case "menu":
		lang, name, _ := strings.Cut(id, "\x00")
		l := s.Language(lang)
		return sum(l != nil && l.Menus[name] != nil, func(h *digest.Hasher) { addMenu(h, l.Menus[name]) })
	case "menus":
		l := s.Language(id)
		return sum(l != nil, func(h *digest.Hasher) { h.Strings(slices.Sorted(maps.Keys(l.Menus))) })
	case "terms":
		lang, plural, _ := strings.Cut(id, "\x00")
		l := s.Language(lang)
		return sum(l != nil && l.Taxonomies[plural] != nil, func(h *digest.Hasher) { addTerms(h, l.Taxonomies[plural]) })
	case "nav":
		l := s.Language(id)
		return sum(l != nil, func(h *digest.Hasher) { addTree(h, l.Home) })
	case "parent", "neighbours", "pagers", "taxonomy":
		p := s.Index.ByID[id]
		return sum(p != nil, func(h *digest.Hasher) { addOfPage(h, kind, p) })
	}
	pages, found := s.collection(kind, id)
	return sum(found, func(h *digest.Hasher) {
		ids(h, pages)
		if p := s.Index.ByID[id]; kind == "children" {
			h.Int(int64(len(p.Sections)))
			ids(h, p.Children)
		}
	})
}

// sum is the digest of what add writes; zero where there is nothing.
func sum(found bool, add func(*digest.Hasher)) digest.Digest {
	if !found {
		return digest.Digest{}
	}
	h := digest.New()
	add(h)
	return h.Sum()
}

// collection is a list of pages that a fact is about.
func (s *Site) collection(kind, id string) ([]*Page, bool) {
	switch kind {
	case "regulars":
		if l := s.Language(id); l != nil {
			return l.Regulars, true
		}
		return nil, false
	case "ordered", "listed":
		l := s.Language(id)
		if l == nil {
			return nil, false
		}
		if kind == "ordered" {
			return s.Ordered(l), true
		}
		return s.Listed(l), true
	case "pages":
		return s.pagesOf(id)
	}
	p := s.Index.ByID[id]
	if p == nil {
		return nil, false
	}
	switch kind {
	case "children":
		return append(p.Sections[:len(p.Sections):len(p.Sections)], p.Regulars...), true
	case "translations":
		return p.Translations, true
	case "related":
		return s.RelatedTo(p, 0), true
	}
	return nil, false
}

// pagesOf are the pages of a language, or of all.
func (s *Site) pagesOf(lang string) ([]*Page, bool) {
	if lang == "" {
		return s.Pages, true
	}
	l := s.Language(lang)
	if l == nil {
		return nil, false
	}
	var out []*Page
	for _, p := range s.Pages {
		if p.Lang == l {
			out = append(out, p)
		}
	}
	return out, true
}

func faces(h *digest.Hasher, pages []*Page) {
	h.Int(int64(len(pages)))
	for _, p := range pages {
		h.Digest(p.Face())
	}
}

func addTarget(h *digest.Hasher, t *Target) {
	h.String(t.URL).String(id(t.Page))
	if t.Output != nil {
		h.String(t.Output.Name)
	}
	if t.Pager != nil {
		h.Int(int64(t.Pager.Number))
	}
	for _, res := range []*Resource{t.Resource, t.Static} {
		h.Bool(res != nil)
		if res != nil {
			h.String(res.File.Name).Digest(res.File.Digest)
		}
	}
	if t.Redirect != nil {
		h.String(t.Redirect.To).Int(int64(t.Redirect.Status))
	}
}

func (s *Site) addLanguages(h *digest.Hasher) {
	for _, l := range s.Languages {
		for _, t := range []string{l.Key, l.Name, l.Tag, l.Dir, l.Title, l.Description, l.Prefix, id(l.Home), l.Home.URL} {
			h.String(t)
		}
		h.Bool(l.Default).Int(int64(l.Weight)).Value(l.Params)
	}
}

func (s *Site) addRedirects(h *digest.Hasher) {
	for _, r := range s.Redirects {
		h.String(r.From).String(r.To).Int(int64(r.Status)).String(id(r.Page))
	}
}

func addMenu(h *digest.Hasher, items []*MenuItem) {
	h.Int(int64(len(items)))
	for _, m := range items {
		for _, t := range []string{m.Name, m.MenuItem.Title, m.Identifier, m.Parent, m.Pre, m.Post, m.Link, id(m.Target)} {
			h.String(t)
		}
		if m.Target != nil {
			h.String(m.Target.Title).String(m.Target.LinkTitle).String(m.Target.URL)
		}
		h.Int(int64(m.Weight)).Value(m.Params)
		addMenu(h, m.Children)
	}
}

func addTerms(h *digest.Hasher, tax *Page) {
	h.Int(int64(len(tax.Sections)))
	for _, t := range tax.Sections {
		h.String(t.ID).Int(int64(len(t.Regulars)))
	}
}

func addTree(h *digest.Hasher, p *Page) {
	h.String(p.ID).Digest(p.Face())
	h.Int(int64(len(p.Children)))
	for _, c := range p.Children {
		addTree(h, c)
	}
}

func addOfPage(h *digest.Hasher, kind string, p *Page) {
	switch kind {
	case "parent":
		h.String(id(p.Parent))
	case "neighbours":
		h.String(id(p.Prev)).String(id(p.Next))
	case "taxonomy":
		addTerms(h, p)
	case "pagers":
		h.Int(int64(len(p.Pagers)))
		for _, g := range p.Pagers {
			h.String(g.URL)
			ids(h, g.Pages)
		}
	}
}
