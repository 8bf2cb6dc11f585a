package render

import (
	"context"

	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/internal/memo"
	"github.com/etagere/etagere/builder/site"
)

// navEntry is one place in a language's navigation. It holds values only: the
// node is shared by all pages.
type navEntry struct {
	// id names the page: a *site.Page would be that of the generation that made the node.
	id       string
	title    string
	url      string
	section  bool
	children []*navEntry
}

// nav is the node of a language's navigation tree.
func (e *Env) nav(ctx context.Context, t *memo.Trace, lang string) (memo.Value, error) {
	r := e.reader(ctx, t)
	r.fact("nav", lang)
	l := e.Site.Language(lang)
	if l == nil || l.Home == nil {
		return memo.Value{}, errNoSuchPage
	}
	h := digest.New()
	list := navChildren(l.Home, h)
	return memo.Value{Data: list, Digest: h.Sum()}, nil
}

func navChildren(s *site.Page, h *digest.Hasher) []*navEntry {
	children := s.Children
	h.Int(int64(len(children)))
	list := make([]*navEntry, 0, len(children))
	for _, p := range children {
		title := p.LinkTitle
		if title == "" {
			title = p.Title
		}
		if p.URL == "" && len(p.Children) == 0 {
			continue // there is nowhere to go
		}
		n := &navEntry{id: p.ID, title: title, url: p.URL, section: p.Kind == site.Section}
		h.String(p.ID).String(n.title).String(n.url).Bool(n.section)
		n.children = navChildren(p, h)
		list = append(list, n)
	}
	return list
}

// NavEntry is one place in the navigation.
type NavEntry struct {
	r *reader
	n *navEntry
}

// Nav is the navigation of the language: a tree of sections and pages in
// reading order.
func (s *Site) Nav() ([]*NavEntry, error) {
	v, err := s.r.node(nodeNav, s.lang.Key)
	list, _ := v.([]*navEntry)
	return s.r.navEntries(list), err
}

func (r *reader) navEntries(list []*navEntry) []*NavEntry {
	out := make([]*NavEntry, len(list))
	for i, n := range list {
		out[i] = &NavEntry{r: r, n: n}
	}
	return out
}

// Page is the page that the entry leads to.
func (n *NavEntry) Page() *Page { return n.r.page(n.r.env.Site.ByID(n.n.id)) }

// Title is what the entry says.
func (n *NavEntry) Title() string { return n.n.title }

// URL is where the entry leads, with the base path.
func (n *NavEntry) URL() string { return n.r.rel(n.n.url) }

// IsSection reports whether the entry is a section.
func (n *NavEntry) IsSection() bool { return n.n.section }

// HasChildren reports whether other entries lie below this one.
func (n *NavEntry) HasChildren() bool { return len(n.n.children) > 0 }

// Children are the entries below this one.
func (n *NavEntry) Children() []*NavEntry { return n.r.navEntries(n.n.children) }

// related is the node of a page's related pages: their IDs.
func (e *Env) related(ctx context.Context, t *memo.Trace, id string) (memo.Value, error) {
	r := e.reader(ctx, t)
	r.fact("face", id)
	r.fact(factConfig, "related")
	p := e.Site.ByID(id)
	if p == nil {
		return memo.Value{}, errNoSuchPage
	}
	r.fact("related", p.ID)
	var ids []string
	for _, q := range e.Site.RelatedTo(p, 0) {
		ids = append(ids, q.ID)
	}
	return memo.Value{Data: ids, Digest: digest.New().Strings(ids).Sum()}, nil
}
