package site

import (
	"slices"
	"strconv"
	"strings"
)

// tree joins the pages of one language: parents, children, neighbours.
func (a *assembler) tree(w *work) {
	for _, p := range w.pages {
		a.adoptByParent(w, p)
	}
	w.sortTaxonomies()
	for _, n := range w.pages {
		if n.Kind != Home && n.Kind != Section {
			continue
		}
		slices.SortFunc(n.sections, Compare)
		slices.SortFunc(n.Sections, Compare)
		slices.SortFunc(n.Regulars, Compare)
		n.pages = mergePages(n.Sections, n.Regulars)
	}
	l := w.lang
	l.walk(l.Home)
	for i, p := range l.Sequence {
		if i > 0 {
			p.Prev = l.Sequence[i-1]
		}
		if i+1 < len(l.Sequence) {
			p.Next = l.Sequence[i+1]
		}
	}
}

// adoptByParent gives p its parent, and the parent p.
func (a *assembler) adoptByParent(w *work, p *Page) {
	switch p.Kind {
	case Home, Term:
		return
	case Taxonomy, NotFound:
		p.Parent = w.lang.Home
		return
	}
	dir := p.dir
	if p.Kind == Section || p.Leaf {
		dir = parentDir(dir)
	}
	for w.nodes[dir] == nil {
		dir = parentDir(dir)
	}
	p.Parent = w.nodes[dir]
	shown := p.Listed || p.local
	switch {
	case p.Kind == Regular && shown:
		p.Parent.Regulars = append(p.Parent.Regulars, p)
	case p.Kind == Section:
		p.Parent.sections = append(p.Parent.sections, p)
		if shown {
			p.Parent.Sections = append(p.Parent.Sections, p)
		}
	}
}

// mergePages is two ordered lists in one.
func mergePages(x, y []*Page) []*Page {
	if len(x) == 0 {
		return y
	}
	if len(y) == 0 {
		return x
	}
	out := make([]*Page, 0, len(x)+len(y))
	for len(x) > 0 && len(y) > 0 {
		if Compare(x[0], y[0]) <= 0 {
			out, x = append(out, x[0]), x[1:]
		} else {
			out, y = append(out, y[0]), y[1:]
		}
	}
	return append(append(out, x...), y...)
}

// walk goes through the tree below p in reading order. Sections that are not
// listed are left out themselves; what is in them is not.
func (l *Language) walk(p *Page) {
	if p.File && p.Listed && p.Rendered {
		l.Sequence = append(l.Sequence, p)
	}
	for _, c := range mergePages(p.sections, p.Regulars) {
		if c.Kind == Section {
			l.walk(c)
			continue
		}
		if !c.Listed {
			continue
		}
		l.Regulars = append(l.Regulars, c)
		if c.Rendered {
			l.Sequence = append(l.Sequence, c)
		}
	}
}

// translations joins the same page in several languages.
func (a *assembler) translations() {
	s := a.site
	if len(s.Languages) == 1 {
		self := make([]*Page, len(s.Pages))
		for i, p := range s.Pages {
			self[i] = p
			p.Translations = self[i : i+1 : i+1]
		}
		return
	}
	groups := make(map[string][]*Page, len(s.Pages)/2)
	key := func(p *Page) string {
		if k := p.Head.TranslationKey; k != "" {
			return "key:" + k
		}
		return p.Path
	}
	for _, p := range s.Pages {
		k := key(p)
		g := groups[k]
		// Two pages of one language with one key: the first one counts.
		if n := len(g); n > 0 && g[n-1].Lang == p.Lang {
			p.Translations = []*Page{p}
			continue
		}
		groups[k] = append(g, p)
	}
	for _, p := range s.Pages {
		if p.Translations == nil {
			p.Translations = groups[key(p)]
		}
	}
}

// Translation is p in the language l; nil if there is none.
func (p *Page) Translation(l *Language) *Page {
	for _, t := range p.Translations {
		if t.Lang == l {
			return t
		}
	}
	return nil
}

// resources gives every file below content that is not Markdown its URL and
// the page it belongs to, and every static file its URL.
func (a *assembler) resources() {
	s := a.site
	for _, f := range a.in.Resources {
		w := a.byKey[a.langOf(f.Lang)]
		if w == nil {
			continue
		}
		rel := strings.TrimPrefix(f.Path, "content/")
		r := &Resource{File: f, Lang: w.lang, URL: w.lang.Prefix + EscapePath(rel)}
		w.lang.resources[rel] = r
		s.byName[f.Name] = r
		s.Resources = append(s.Resources, r)
		a.own(w, r, rel)
	}
	for _, f := range a.in.Static {
		rel := strings.TrimPrefix(f.Path, "static/")
		r := &Resource{File: f, Name: rel, URL: "/" + EscapePath(rel)}
		s.byName[f.Name] = r
		s.Static = append(s.Static, r)
	}
	for _, p := range s.Pages {
		slices.SortFunc(p.Resources, func(x, y *Resource) int { return strings.Compare(x.Name, y.Name) })
	}
}

// own gives r to the bundle that it lies in, else to the nearest section.
func (a *assembler) own(w *work, r *Resource, rel string) {
	dir := parentDir(rel)
	owner := w.bundle(dir)
	r.Owner = owner
	r.Name = strings.TrimPrefix(rel[len(owner.dir):], "/")
	owner.Resources = append(owner.Resources, r)
	if owner.Head.NoResources {
		r.URL = ""
	}
	// Languages that are marked in file names share the files of their bundles.
	if !w.lang.Default {
		return
	}
	for _, other := range a.works {
		if p := other.lang.byPath[owner.Path]; p != nil && p != owner && p.marked {
			p.Resources = append(p.Resources, r)
		}
	}
}

// bundle is the page whose folder dir is, or lies in.
func (w *work) bundle(dir string) *Page {
	for {
		if p := w.lang.byPath["/"+dir]; p != nil && (p.Leaf || p.Branch) && p.dir == dir {
			return p
		}
		if dir == "" {
			return w.lang.Home
		}
		dir = parentDir(dir)
	}
}

// pagers cuts listings that are to be paginated.
func (a *assembler) pagers() {
	word := a.cfg.Pagination.Path
	if word == "" {
		word = "page"
	}
	for _, p := range a.site.Pages {
		size := p.Head.Paginate
		if size <= 0 {
			size = a.cfg.Pagination.Size
		}
		if size <= 0 || !p.Branch || !p.Rendered {
			continue
		}
		list := p.Regulars
		switch p.Kind {
		case Home:
			list = slices.Clone(p.Lang.Regulars)
			slices.SortFunc(list, Compare)
		case Taxonomy:
			list = p.Sections
		}
		if len(list) <= size {
			continue
		}
		for n := 1; len(list) > 0; n++ {
			part := list[:min(size, len(list))]
			list = list[len(part):]
			p.Pagers = append(p.Pagers, &Pager{Number: n, URL: a.pagerURL(p, word, n), Pages: part})
		}
	}
}

func (a *assembler) pagerURL(p *Page, word string, n int) string {
	if n == 1 {
		return p.URL
	}
	base := p.URL
	if !strings.HasSuffix(base, "/") {
		base = strings.TrimSuffix(base, ".html") + "/"
	}
	return a.closeElement(base + Escape(word) + "/" + strconv.Itoa(n))
}
