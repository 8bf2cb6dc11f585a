package assemble

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/urls"
)

// termUse is a term as the pages of one language use it.
type termUse struct {
	slug string
	// spellings counts how it is written.
	spellings map[string]int
}

// name is the commonest spelling, the first in order of equal ones.
func (t *termUse) name() string {
	best := t.slug
	for i, s := range slices.Sorted(maps.Keys(t.spellings)) {
		if i == 0 || t.spellings[s] > t.spellings[best] {
			best = s
		}
	}
	return best
}

// plurals are the names of the taxonomies, in order.
func (a *assembler) plurals() []string {
	return slices.Compact(slices.Sorted(maps.Values(a.cfg.Taxonomies)))
}

// taxonomyFolders counts the terms in use, and finds the folders that describe
// a taxonomy or a term.
func (a *assembler) taxonomyFolders(w *work) {
	w.used = map[string]map[string]*termUse{}
	for _, f := range w.order {
		if f.index != nil {
			a.useTerms(w, f.index)
		}
		for _, e := range f.entries {
			a.useTerms(w, e)
		}
	}
	for _, plural := range a.plurals() {
		top := w.folders[plural]
		if top == nil {
			continue
		}
		branch := top.index != nil && urls.Rank(top.index.stem) == urls.RankBranch
		if !branch && len(w.used[plural]) == 0 {
			continue
		}
		top.plural, top.leaf = plural, false
		for _, f := range w.order {
			if f.parent != top || f.index == nil {
				continue
			}
			slug := urls.Slug(strings.TrimPrefix(f.path, plural+"/"))
			if urls.Rank(f.index.stem) == urls.RankBranch || (f.leaf && w.used[plural][slug] != nil) {
				f.plural, f.term, f.leaf = plural, slug, false
			}
		}
	}
}

// useTerms counts the terms of a page that listings may show.
func (a *assembler) useTerms(w *work, e *entry) {
	if e.hidden != "" || len(e.head.Terms) == 0 || !listed(e.head) {
		return
	}
	for plural, terms := range e.head.Terms {
		if !a.isPlural(plural) {
			continue
		}
		uses := w.used[plural]
		if uses == nil {
			uses = map[string]*termUse{}
			w.used[plural] = uses
		}
		for _, name := range terms {
			if strings.TrimSpace(name) == "" {
				continue
			}
			slug := urls.Slug(name)
			if uses[slug] == nil {
				uses[slug] = &termUse{slug: slug, spellings: map[string]int{}}
			}
			uses[slug].spellings[strings.TrimSpace(name)]++
		}
	}
}

// taxonomies makes the taxonomy and term pages of a language, and puts each
// page under its terms.
func (a *assembler) taxonomies(w *work) {
	content := slices.Clone(w.pages)
	for _, plural := range a.plurals() {
		top := w.folders[plural]
		if top != nil && top.plural == "" {
			top = nil
		}
		if top == nil && len(w.used[plural]) == 0 {
			continue
		}
		tax := a.newPage(w, site.Taxonomy, "/"+plural, plural, visibleIndex(top))
		if tax == nil {
			continue
		}
		tax.Plural = plural
		w.lang.Taxonomies[plural] = tax
		terms := a.terms(w, tax)
		for _, p := range content {
			if p.Kind != site.NotFound {
				attach(p, plural, terms)
			}
		}
	}
}

func visibleIndex(f *folder) *entry {
	if f == nil || f.index == nil || f.index.hidden != "" {
		return nil
	}
	return f.index
}

// terms makes the term pages of a taxonomy, and returns them by slug.
func (a *assembler) terms(w *work, tax *site.Page) map[string]*site.Page {
	folders := map[string]*folder{}
	for _, f := range w.order {
		if f.plural == tax.Plural && f.term != "" && folders[f.term] == nil && visibleIndex(f) != nil {
			folders[f.term] = f
		}
	}
	slugs := slices.Collect(maps.Keys(folders))
	for slug := range w.used[tax.Plural] {
		if folders[slug] == nil {
			slugs = append(slugs, slug)
		}
	}
	slices.Sort(slugs)
	out := make(map[string]*site.Page, len(slugs))
	for _, slug := range slugs {
		t := a.newPage(w, site.Term, "/"+tax.Plural+"/"+slug, tax.Plural+"/"+slug, visibleIndex(folders[slug]))
		if t == nil {
			continue
		}
		t.Plural, t.Parent = tax.Plural, tax
		if use := w.used[tax.Plural][slug]; use != nil {
			t.Term = use.name()
		} else {
			t.Term = strings.TrimPrefix(folders[slug].path, tax.Plural+"/")
		}
		tax.Sections = append(tax.Sections, t)
		out[slug] = t
	}
	return out
}

// attach puts p under its terms of one taxonomy.
func attach(p *site.Page, plural string, terms map[string]*site.Page) {
	for _, name := range p.Head.Terms[plural] {
		t := terms[urls.Slug(name)]
		if t == nil || strings.TrimSpace(name) == "" || slices.Contains(p.Terms[plural], t) {
			continue
		}
		if p.Terms == nil {
			p.Terms = map[string][]*site.Page{}
		}
		p.Terms[plural] = append(p.Terms[plural], t)
		if listed(p.Head) {
			t.Regulars = append(t.Regulars, p)
		}
	}
}

// sortTaxonomies puts terms, and the pages of each, in order.
func (w *work) sortTaxonomies() {
	for _, tax := range w.lang.Taxonomies {
		slices.SortFunc(tax.Sections, compareTerms)
		terms := slices.Clone(tax.Sections)
		tax.Sections = slices.DeleteFunc(tax.Sections, func(t *site.Page) bool { return !t.Listed })
		tax.Children = tax.Sections
		for _, t := range terms {
			sortTerm(t)
		}
	}
}

func compareTerms(x, y *site.Page) int {
	return cmp.Or(site.CompareWeights(x.Weight, y.Weight),
		site.Collate(x.LinkTitle, y.LinkTitle), strings.Compare(x.Path, y.Path))
}

// sortTerm orders the pages of a term: by their weight in it, then as always.
func sortTerm(t *site.Page) {
	slices.SortFunc(t.Regulars, site.Compare)
	weighted := slices.ContainsFunc(t.Regulars, func(p *site.Page) bool { return p.Head.TermWeights[t.Plural] != 0 })
	if weighted {
		slices.SortStableFunc(t.Regulars, func(x, y *site.Page) int {
			return site.CompareWeights(x.Head.TermWeights[t.Plural], y.Head.TermWeights[t.Plural])
		})
	}
	t.Children = t.Regulars
}
