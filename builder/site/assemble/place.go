package assemble

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/content"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/cascade"
	"github.com/etagere/etagere/builder/site/urls"
)

// work is where one language is assembled.
type work struct {
	lang    *site.Language
	entries []*entry
	// folders by path; order lists them with parents before children.
	folders map[string]*folder
	order   []*folder
	// nodes are the pages that stand for folders, by folder.
	nodes map[string]*site.Page
	// sections are all direct subsections of a page, unlisted ones too.
	sections map[*site.Page][]*site.Page
	pages    []*site.Page
	// used are the terms in use: plural → slug.
	used map[string]map[string]*termUse
}

// entry is one Markdown file.
type entry struct {
	head   *content.Head
	dir    string
	stem   string
	marked bool
	// hidden is why it has no page: "draft", "future", "expired".
	hidden string
	// home is set on the page that became the home page by its URL.
	home bool
}

// folder is a folder of a language's content that has Markdown in or below it.
type folder struct {
	path   string
	parent *folder
	// index is the page of the folder itself; entries are the others.
	index   *entry
	entries []*entry
	// below counts the Markdown files in and below the folder.
	below int
	// leaf folders are bundles: their index is a regular page.
	leaf bool
	// swallowed folders lie in a leaf bundle of Hugo's: no pages in them.
	swallowed bool
	// alive folders have something to list in or below them.
	alive  bool
	handed *cascade.Chain
	// plural and term are set on folders that describe a taxonomy or a term.
	plural, term string
}

// place gives every file its language and folder.
func (a *assembler) place() {
	for _, h := range a.in.Heads {
		w, e := a.locate(h)
		if w == nil {
			continue
		}
		w.entries = append(w.entries, e)
		a.refer(h.Source, w.lang, e.dir)
	}
	for _, f := range a.in.Resources {
		if w := a.byKey[a.langOf(f.Lang)]; w != nil {
			a.refer(f.Name, w.lang, urls.Parent(strings.TrimPrefix(f.Path, "content/")))
		}
	}
	for _, refs := range a.site.Index.Folders {
		slices.SortFunc(refs, func(x, y site.Folder) int {
			return cmp.Or(cmp.Compare(x.Lang.Index, y.Lang.Index), strings.Compare(x.Dir, y.Dir))
		})
	}
	for _, w := range a.works {
		slices.SortFunc(w.entries, func(x, y *entry) int {
			return cmp.Or(strings.Compare(x.dir, y.dir), strings.Compare(x.stem, y.stem), strings.Compare(x.head.Source, y.head.Source))
		})
		for _, e := range w.entries {
			f := w.folder(e.dir)
			f.entries = append(f.entries, e)
			for ; f != nil; f = f.parent {
				f.below++
			}
		}
		w.folder("")
		for _, f := range w.folders {
			w.order = append(w.order, f)
		}
		slices.SortFunc(w.order, func(x, y *folder) int { return strings.Compare(x.path, y.path) })
	}
}

// langOf is the key for a file's language: none means the default one.
func (a *assembler) langOf(key string) string {
	if key == "" {
		return a.site.Default.Key
	}
	return key
}

// locate is where the file of h belongs; no work for a disabled language.
func (a *assembler) locate(h *content.Head) (*work, *entry) {
	key := a.langOf(h.Lang)
	e := &entry{head: h, dir: urls.Parent(h.Path), stem: urls.Stem(h.Path)}
	if e.stem == "" {
		e.stem = path.Base(h.Path)
	}
	if i := strings.LastIndexByte(e.stem, '.'); i > 0 {
		mark := e.stem[i+1:]
		known := a.disabled[mark] || (a.byKey[mark] != nil && len(a.works) > 1)
		if known && (mark == key || key == a.site.Default.Key) {
			key, e.stem, e.marked = mark, e.stem[:i], true
		}
	}
	return a.byKey[key], e
}

// refer notes which content folder the folder of the file name is, and the
// same of the folders above them as long as they are called the same.
func (a *assembler) refer(name string, l *site.Language, dir string) {
	src := urls.Parent(name)
	for {
		refs := a.site.Index.Folders[src]
		ref := site.Folder{Lang: l, Dir: dir}
		if slices.Contains(refs, ref) {
			return
		}
		a.site.Index.Folders[src] = append(refs, ref)
		if dir == "" || path.Base(dir) != path.Base(src) {
			return
		}
		src, dir = urls.Parent(src), urls.Parent(dir)
	}
}

// folder is the folder at that path, made with all above it where needed.
func (w *work) folder(p string) *folder {
	if f := w.folders[p]; f != nil {
		return f
	}
	f := &folder{path: p}
	w.folders[p] = f
	if p != "" {
		f.parent = w.folder(urls.Parent(p))
	}
	return f
}

// indexes finds the page of each folder, and decides what is a leaf bundle.
func (a *assembler) indexes(w *work) {
	for _, f := range w.order {
		a.pickIndex(f)
	}
	for _, f := range w.order {
		w.adopt(f)
	}
	hugo := a.cfg.Bundles == "hugo"
	for _, f := range w.order {
		if p := f.parent; p != nil && (p.swallowed || (hugo && p.leaf)) {
			f.swallowed = true
			a.swallow(append(f.entries, f.index)...)
			f.index, f.entries = nil, nil
			continue
		}
		if f.path == "" || f.index == nil || urls.Rank(f.index.stem) != urls.RankIndex {
			continue
		}
		if f.leaf = hugo || f.below == 1; f.leaf {
			a.swallow(f.entries...)
			f.entries = nil
		}
	}
}

// swallow notes that files are parts of a bundle and not pages.
func (a *assembler) swallow(entries ...*entry) {
	for _, e := range entries {
		if e != nil {
			a.site.Index.Hidden[e.head.Source] = "bundle"
		}
	}
}

// pickIndex takes the page of f itself out of f.entries.
func (a *assembler) pickIndex(f *folder) {
	var best *entry
	rest := f.entries[:0:0]
	candidates := 0
	for _, e := range f.entries {
		if urls.Rank(e.stem) == urls.RankNone {
			continue
		}
		candidates++
		if best == nil || urls.Rank(e.stem) < urls.Rank(best.stem) {
			best = e
		}
	}
	if candidates == 0 {
		return
	}
	for _, e := range f.entries {
		switch rank := urls.Rank(e.stem); {
		case e == best:
		case rank == urls.RankNone:
			rest = append(rest, e)
		case rank == urls.RankReadme && urls.Rank(best.stem) != urls.RankReadme:
			a.problem(diag.InFile(e.head.Source, "index-collision", "%q is an ordinary page because %q is the page of its folder",
				e.head.Source, best.head.Source).Warn().WithHint("keep one of them, or ignore the other"))
			e.stem = "readme"
			rest = append(rest, e)
		default:
			a.problem(diag.InFile(e.head.Source, "index-collision", "%q and %q both are the page of their folder",
				best.head.Source, e.head.Source).WithHint("keep one of them"))
			e.hidden = "collision"
			a.site.Index.Hidden[e.head.Source] = e.hidden
		}
	}
	f.index, f.entries = best, rest
}

// adopt makes guide.md the page of the folder guide beside it, if that folder
// has none of its own: both would be at /guide/.
func (w *work) adopt(f *folder) {
	if len(f.entries) == 0 {
		return
	}
	rest := f.entries[:0:0]
	for _, e := range f.entries {
		child := w.folders[urls.Join(f.path, e.stem)]
		if child == nil || child == f || child.index != nil {
			rest = append(rest, e)
			continue
		}
		child.index = e
	}
	f.entries = rest
}
