package assemble

import (
	"github.com/etagere/etagere/builder/content"
	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/cascade"
	"github.com/etagere/etagere/builder/site/urls"
)

// cascades goes down the folders, applies what is handed down to each head,
// and decides which pages are hidden.
func (a *assembler) cascades(w *work) {
	for _, f := range w.order {
		var above *cascade.Chain
		if f.parent != nil {
			above = f.parent.handed
		}
		f.handed = above
		if e := f.index; e != nil {
			kind := a.folderKind(f)
			e.head = a.cascade.Apply(above, e.head, w.lang.Key, string(kind), "/"+f.path)
			a.hide(e)
			if e.hidden == "" && !f.leaf {
				f.handed = above.And(e.head.Cascade)
			}
			f.enliven(e)
		}
		for _, e := range f.entries {
			e.head = a.cascade.Apply(f.handed, e.head, w.lang.Key, string(site.Regular), "/"+urls.Join(f.path, e.stem))
			a.hide(e)
			f.enliven(e)
		}
	}
}

// enliven marks f, and all above, as having something to list.
func (f *folder) enliven(e *entry) {
	if e.hidden != "" || !listed(e.head) {
		return
	}
	for ; f != nil && !f.alive; f = f.parent {
		f.alive = true
	}
}

func listed(h *content.Head) bool { return !h.Headless && h.List != "never" && h.List != "local" }

// folderKind is the kind of a folder's page.
func (a *assembler) folderKind(f *folder) site.Kind {
	switch {
	case f.path == "":
		return site.Home
	case f.leaf:
		return site.Regular
	case urls.Rank(f.index.stem) == urls.RankBranch && a.isPlural(f.path):
		return site.Taxonomy
	case urls.Rank(f.index.stem) == urls.RankBranch && f.parent.path != "" && a.isPlural(f.parent.path):
		return site.Term
	}
	return site.Section
}

// isPlural reports whether a taxonomy is called so.
func (a *assembler) isPlural(name string) bool {
	for _, plural := range a.cfg.Taxonomies {
		if plural == name {
			return true
		}
	}
	return false
}

// hide decides whether e has a page, and notes when that will change.
func (a *assembler) hide(e *entry) {
	h := e.head
	publish := h.PublishDate
	if publish.IsZero() {
		publish = h.Date
	}
	future := publish.After(a.in.AsOf)
	expired := !h.ExpiryDate.IsZero() && !h.ExpiryDate.After(a.in.AsOf)
	switch {
	case h.Draft && !a.in.Drafts:
		e.hidden = "draft"
	case expired:
		e.hidden = "expired"
	case future && !a.in.Future:
		e.hidden = "future"
	}
	if e.hidden != "" {
		a.site.Index.Hidden[h.Source] = e.hidden
	}
	if e.hidden == "draft" || expired {
		return
	}
	s := a.site
	if future && !a.in.Future && (s.NextChange.IsZero() || publish.Before(s.NextChange)) {
		s.NextChange = publish
	}
	if !h.ExpiryDate.IsZero() && (s.NextChange.IsZero() || h.ExpiryDate.Before(s.NextChange)) {
		s.NextChange = h.ExpiryDate
	}
}
