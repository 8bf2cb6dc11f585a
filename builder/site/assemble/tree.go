package assemble

import (
	"slices"
	"strconv"
	"strings"

	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/urls"
)

// tree joins the pages of one language: parents, children, neighbours.
func (a *assembler) tree(w *work) {
	for _, p := range w.pages {
		a.adoptByParent(w, p)
	}
	w.sortTaxonomies()
	for _, n := range w.pages {
		if n.Kind != site.Home && n.Kind != site.Section {
			continue
		}
		slices.SortFunc(w.sections[n], site.Compare)
		slices.SortFunc(n.Sections, site.Compare)
		slices.SortFunc(n.Regulars, site.Compare)
		n.Children = mergePages(n.Sections, n.Regulars)
	}
	l := w.lang
	w.walk(l.Home)
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
func (a *assembler) adoptByParent(w *work, p *site.Page) {
	switch p.Kind {
	case site.Home, site.Term:
		return
	case site.Taxonomy, site.NotFound:
		p.Parent = w.lang.Home
		return
	}
	dir := p.Dir
	if p.Kind == site.Section || p.Leaf {
		dir = urls.Parent(dir)
	}
	for w.nodes[dir] == nil {
		dir = urls.Parent(dir)
	}
	p.Parent = w.nodes[dir]
	shown := p.Listed || p.Local
	switch {
	case p.Kind == site.Regular && shown:
		p.Parent.Regulars = append(p.Parent.Regulars, p)
	case p.Kind == site.Section:
		w.sections[p.Parent] = append(w.sections[p.Parent], p)
		if shown {
			p.Parent.Sections = append(p.Parent.Sections, p)
		}
	}
}

// mergePages is two ordered lists in one.
func mergePages(x, y []*site.Page) []*site.Page {
	if len(x) == 0 {
		return y
	}
	if len(y) == 0 {
		return x
	}
	out := make([]*site.Page, 0, len(x)+len(y))
	for len(x) > 0 && len(y) > 0 {
		if site.Compare(x[0], y[0]) <= 0 {
			out, x = append(out, x[0]), x[1:]
		} else {
			out, y = append(out, y[0]), y[1:]
		}
	}
	return append(append(out, x...), y...)
}

// walk goes through the tree below p in reading order. Sections that are not
// listed are left out themselves; what is in them is not.
func (w *work) walk(p *site.Page) {
	l := w.lang
	if p.File && p.Listed && p.Rendered {
		l.Sequence = append(l.Sequence, p)
	}
	for _, c := range mergePages(w.sections[p], p.Regulars) {
		if c.Kind == site.Section {
			w.walk(c)
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
		self := make([]*site.Page, len(s.Pages))
		for i, p := range s.Pages {
			self[i] = p
			p.Translations = self[i : i+1 : i+1]
		}
		return
	}
	groups := make(map[string][]*site.Page, len(s.Pages)/2)
	key := func(p *site.Page) string {
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
			p.Translations = []*site.Page{p}
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
		r := &site.Resource{File: f, Lang: w.lang, URL: w.lang.Prefix + urls.EscapePath(rel)}
		w.lang.Files[rel] = r
		s.Index.ByName[f.Name] = r
		s.Resources = append(s.Resources, r)
		a.own(w, r, rel)
	}
	for _, f := range a.in.Static {
		rel := strings.TrimPrefix(f.Path, "static/")
		r := &site.Resource{File: f, Name: rel, URL: "/" + urls.EscapePath(rel)}
		s.Index.ByName[f.Name] = r
		s.Static = append(s.Static, r)
	}
	for _, p := range s.Pages {
		slices.SortFunc(p.Resources, func(x, y *site.Resource) int { return strings.Compare(x.Name, y.Name) })
	}
}

// own gives r to the bundle that it lies in, else to the nearest section.
func (a *assembler) own(w *work, r *site.Resource, rel string) {
	dir := urls.Parent(rel)
	owner := w.bundle(dir)
	r.Owner = owner
	r.Name = strings.TrimPrefix(rel[len(owner.Dir):], "/")
	owner.Resources = append(owner.Resources, r)
	if owner.Leaf && owner.Rendered && strings.HasSuffix(owner.URL, "/") {
		// A slug, a url or a permalink moves the page, and its files with it.
		r.URL = owner.URL + urls.EscapePath(r.Name)
	}
	if owner.Head.NoResources || a.in.Unnamed != nil && a.in.Unnamed(r.File) {
		r.URL = ""
	}
	// Languages that are marked in file names share the files of their bundles.
	if !w.lang.Default {
		return
	}
	for _, other := range a.works {
		if p := other.lang.ByPath[owner.Path]; p != nil && p != owner && p.Marked {
			p.Resources = append(p.Resources, r)
		}
	}
}

// bundle is the page whose folder dir is, or lies in.
func (w *work) bundle(dir string) *site.Page {
	for {
		if p := w.lang.ByPath["/"+dir]; p != nil && (p.Leaf || p.Branch) && p.Dir == dir {
			return p
		}
		if dir == "" {
			return w.lang.Home
		}
		dir = urls.Parent(dir)
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
		case site.Home:
			list = slices.Clone(p.Lang.Regulars)
			slices.SortFunc(list, site.Compare)
		case site.Taxonomy:
			list = p.Sections
		}
		if len(list) <= size {
			continue
		}
		for n := 1; len(list) > 0; n++ {
			part := list[:min(size, len(list))]
			list = list[len(part):]
			p.Pagers = append(p.Pagers, &site.Pager{Number: n, URL: a.pagerURL(p, word, n), Pages: part})
		}
	}
}

func (a *assembler) pagerURL(p *site.Page, word string, n int) string {
	if n == 1 {
		return p.URL
	}
	base := p.URL
	if !strings.HasSuffix(base, "/") {
		base = strings.TrimSuffix(base, ".html") + "/"
	}
	return a.style.Close(base + urls.Escape(word) + "/" + strconv.Itoa(n))
}
