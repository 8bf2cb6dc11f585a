package assemble

import (
	"path"
	"slices"
	"strings"
	"time"

	"github.com/etagere/etagere/builder/content"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/urls"
)

// notFoundPath is where the 404 page is: no name of a file gives that path.
const notFoundPath = "/404.html"

// makePages makes the home page, sections and regular pages of a language.
func (a *assembler) makePages(w *work) {
	for _, f := range w.order {
		if f.swallowed {
			continue
		}
		a.folderPage(w, f)
		for _, e := range f.entries {
			if e.hidden != "" || e.home {
				continue
			}
			if f.path == "" && e.stem == "404" {
				a.newPage(w, site.NotFound, notFoundPath, "", e)
				continue
			}
			a.newPage(w, site.Regular, "/"+urls.Join(f.path, e.stem), f.path, e)
		}
	}
	if w.lang.NotFound == nil {
		a.newPage(w, site.NotFound, notFoundPath, "", nil)
	}
}

// folderPage makes the page of a folder, if it has one.
func (a *assembler) folderPage(w *work, f *folder) {
	e := f.index
	if e != nil && e.hidden != "" {
		e = nil
	}
	switch {
	case f.plural != "":
	case f.leaf && e == nil:
	case f.leaf:
		p := a.newPage(w, site.Regular, "/"+f.path, f.path, e)
		if p != nil {
			p.Leaf = true
		}
	case f.path == "":
		if e == nil {
			e = w.claimsHome()
		}
		w.lang.Home = a.newPage(w, site.Home, "/", "", e)
	case e == nil && f.parent.path != "" && a.cfg.Bundles == "hugo":
		// Hugo's rule: below the top folders, only those with an index are sections.
	case e != nil || f.alive:
		a.newPage(w, site.Section, "/"+f.path, f.path, e)
	}
}

// claimsHome is the first page that asks for the URL of the home page, where no
// file is the home page by its name: slug: / in Docusaurus.
func (w *work) claimsHome() *entry {
	for _, f := range w.order {
		for _, e := range f.entries {
			if e.hidden == "" && !f.swallowed && e.head.URL == "/" {
				e.home = true
				head := *e.head
				head.URL = ""
				return &entry{head: &head, dir: e.dir, stem: e.stem, marked: e.marked}
			}
		}
	}
	return nil
}

// newPage makes a page and gives it its place; e is nil where there is no file.
// It returns nil, and notes a problem, when the place is taken.
func (a *assembler) newPage(w *work, kind site.Kind, logical, dir string, e *entry) *site.Page {
	p := &site.Page{ID: w.lang.Key + ":" + logical, Kind: kind, Lang: w.lang, Path: logical, Dir: dir}
	if e != nil {
		p.Head, p.File, p.Marked = e.head, true, e.marked
	} else {
		p.Head = a.emptyHead(w, kind, logical, dir)
	}
	if old := w.lang.ByPath[logical]; old != nil {
		a.taken(old, p)
		return nil
	}
	w.lang.ByPath[logical] = p
	w.pages = append(w.pages, p)
	if p.File {
		a.site.Index.BySource[p.Head.Source] = p
	}
	switch kind {
	case site.NotFound:
		w.lang.NotFound = p
	case site.Regular:
	default:
		p.Branch = true
		if kind != site.Taxonomy && kind != site.Term {
			w.nodes[dir] = p
		}
	}
	return p
}

// taken notes that p would be at the place of old.
func (a *assembler) taken(old, p *site.Page) {
	if !p.File {
		return
	}
	a.site.Index.Hidden[p.Head.Source] = "collision"
	a.problem(diag.InFile(p.Head.Source, "url-collision", "%s and %q both make the page %q", a.ownerName(old), p.Head.Source, p.Path).
		WithHint("rename one of them"))
}

// emptyHead is the head of a page without a file, cascades applied.
func (a *assembler) emptyHead(w *work, kind site.Kind, logical, dir string) *content.Head {
	h := &content.Head{Lang: w.lang.Key}
	for ; ; dir = urls.Parent(dir) {
		f := w.folders[dir]
		if f == nil && dir != "" {
			continue
		}
		if f == nil {
			return h
		}
		from := f.handed
		// A folder's own cascade is for what lies below it.
		if "/"+f.path == logical && f.parent != nil {
			from = f.parent.handed
		}
		if kind == site.NotFound || kind == site.Home {
			return h
		}
		return a.cascade.Apply(from, h, w.lang.Key, string(kind), logical)
	}
}

// finish settles all of a page that needs no other page.
func (a *assembler) finish(w *work) {
	for _, p := range w.pages {
		a.titles(p)
		a.dates(p)
		h := p.Head
		p.Weight = h.Weight
		p.Section = firstElement(p.Dir)
		if p.Kind == site.Taxonomy || p.Kind == site.Term {
			p.Section = p.Plural
		}
		switch {
		case h.Type != "":
			p.Type = h.Type
		case p.Section != "":
			p.Type = p.Section
		default:
			p.Type = "page"
		}
		p.Listed = listed(h) && p.Kind != site.NotFound
		p.Local = h.List == "local" && !h.Headless
		p.Rendered = !h.Headless && h.Render != "never" && h.Render != "link"
		if p.Rendered || (h.Render == "link" && !h.Headless) {
			a.locations(p)
		}
	}
	slices.SortFunc(w.pages, func(x, y *site.Page) int { return strings.Compare(x.Path, y.Path) })
	a.site.Pages = append(a.site.Pages, w.pages...)
}

func firstElement(dir string) string {
	first, _, _ := strings.Cut(dir, "/")
	return first
}

// titles gives p its title and link title.
func (a *assembler) titles(p *site.Page) {
	h := p.Head
	p.Title = h.Title
	if p.Title == "" {
		switch p.Kind {
		case site.Home:
			p.Title = p.Lang.Title
		case site.NotFound:
			p.Title = "Page not found"
		case site.Term:
			p.Title = p.Term
		default:
			p.Title = urls.Humanize(path.Base(p.Path))
		}
	}
	if p.LinkTitle = h.LinkTitle; p.LinkTitle == "" {
		p.LinkTitle = p.Title
	}
}

// dates gives p its dates: the author's, else what git and the other dates say.
func (a *assembler) dates(p *site.Page) {
	h := p.Head
	if p.File {
		p.Commit = a.in.Commits[h.Source]
	}
	p.Date, p.ExpiryDate = h.Date, h.ExpiryDate
	p.PublishDate = firstTime(h.PublishDate, h.Date)
	p.Lastmod = h.Lastmod
	if p.Lastmod.IsZero() && p.Commit != nil {
		p.Lastmod = p.Commit.Date
	}
	p.Lastmod = firstTime(p.Lastmod, h.Date)
}

func firstTime(x, y time.Time) time.Time {
	if x.IsZero() {
		return y
	}
	return x
}
