package site

import (
	"maps"
	"slices"

	"github.com/etagere/etagere/builder/content"
)

// handed is what a folder hands down: its own cascades and those from above.
type handed struct {
	above *handed
	list  []content.Cascade
	// all is the sum where no cascade has a target; it is made once.
	all      map[string]any
	targeted bool
}

// hand adds the cascades of a folder's page to what comes from above.
func hand(above *handed, list []content.Cascade) *handed {
	if len(list) == 0 {
		return above
	}
	h := &handed{above: above, list: list, targeted: above != nil && above.targeted}
	for _, c := range list {
		h.targeted = h.targeted || c.Path != "" || c.Kind != "" || c.Lang != ""
	}
	return h
}

// receive is head with the values that h hands to the page at path. The nearer
// cascade wins, and what the author wrote on the page wins over all.
func (a *assembler) receive(h *handed, head *content.Head, lang string, kind Kind, path string) *content.Head {
	if h == nil {
		return head
	}
	values := h.all
	if values == nil {
		var chain []*handed
		for x := h; x != nil; x = x.above {
			chain = append(chain, x)
		}
		values = map[string]any{}
		for i := len(chain) - 1; i >= 0; i-- {
			// Of several in one list that give the same key, the first wins.
			for _, c := range slices.Backward(chain[i].list) {
				if a.aims(c.Path, path) && a.aims(c.Kind, string(kind)) && a.aims(c.Lang, lang) {
					merge(values, c.Values)
				}
			}
		}
		if !h.targeted {
			h.all = values
		}
	}
	if len(values) == 0 {
		return head
	}
	return head.With(values, a.headOptions)
}

// aims reports whether a cascade's pattern, if there is one, matches name.
func (a *assembler) aims(glob, name string) bool {
	if glob == "" || glob == name {
		return true
	}
	if a.patterns == nil {
		a.patterns = map[string]*pattern{}
	}
	p := a.patterns[glob]
	if p == nil {
		p = newPattern(glob)
		a.patterns[glob] = p
	}
	return p.match(name)
}

// merge puts the values of src over those of dst; tables in both are merged.
func merge(dst, src map[string]any) {
	for k, v := range src {
		below, isMap := v.(map[string]any)
		if old, ok := dst[k].(map[string]any); ok && isMap {
			sum := maps.Clone(old)
			merge(sum, below)
			dst[k] = sum
			continue
		}
		dst[k] = v
	}
}

// cascades goes down the folders, applies what is handed down to each head,
// and decides which pages are hidden.
func (a *assembler) cascades(w *work) {
	for _, f := range w.order {
		var above *handed
		if f.parent != nil {
			above = f.parent.handed
		}
		f.handed = above
		if e := f.index; e != nil {
			kind := a.folderKind(f)
			e.head = a.receive(above, e.head, w.lang.Key, kind, "/"+f.path)
			a.hide(e)
			if e.hidden == "" && !f.leaf {
				f.handed = hand(above, e.head.Cascade)
			}
			f.enliven(e)
		}
		for _, e := range f.entries {
			e.head = a.receive(f.handed, e.head, w.lang.Key, Regular, "/"+join(f.path, e.stem))
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
func (a *assembler) folderKind(f *folder) Kind {
	switch {
	case f.path == "":
		return Home
	case f.leaf:
		return Regular
	case indexRank(f.index.stem) == rankBranch && a.isPlural(f.path):
		return Taxonomy
	case indexRank(f.index.stem) == rankBranch && f.parent.path != "" && a.isPlural(f.parent.path):
		return Term
	}
	return Section
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
		a.site.hidden[h.Source] = e.hidden
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
