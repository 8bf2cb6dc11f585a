// Package assemble makes the tree of a site from the heads of its files: what
// pages there are, where they live, and how they belong together.
package assemble

import (
	"cmp"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/content"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/cascade"
	"github.com/etagere/etagere/builder/site/links"
	"github.com/etagere/etagere/builder/site/menus"
	"github.com/etagere/etagere/builder/site/urls"
)

// assembler is a Site in the making.
type assembler struct {
	in       site.Input
	cfg      *config.Config
	site     *site.Site
	problems diag.List
	works    []*work
	byKey    map[string]*work
	disabled map[string]bool
	style    urls.Style
	cascade  *cascade.Applier
	// links resolves what the configuration refers to, once the targets are known.
	links *links.Resolver
}

// Site makes the site of in. The result does not depend on the order of
// in.Heads, in.Resources and in.Static. The site is usable, as far as it goes,
// when there are problems.
func Site(in site.Input) (*site.Site, diag.List) {
	s := &site.Site{Config: in.Config, Index: site.Index{
		BySource: make(map[string]*site.Page, len(in.Heads)),
		ByName:   make(map[string]*site.Resource, len(in.Resources)+len(in.Static)),
		Hidden:   map[string]string{},
		Folders:  map[string][]site.Folder{},
	}}
	a := &assembler{
		in: in, cfg: in.Config, site: s, style: urls.Style{File: in.Config.URLs == "file"},
		cascade: cascade.NewApplier(content.HeadOptionsOf(in.Config)), links: links.New(s),
	}
	a.languages()
	a.place()
	for _, w := range a.works {
		a.indexes(w)
		a.cascades(w)
		a.taxonomyFolders(w)
		a.makePages(w)
		a.taxonomies(w)
		a.finish(w)
		a.tree(w)
	}
	a.translations()
	a.resources()
	a.pagers()
	a.targets()
	a.redirects()
	a.filesAsFolders()
	a.problems = append(a.problems, menus.Make(s, a.links)...)
	a.register()
	return s, a.problems.Sorted()
}

// register makes the lists of the whole site.
func (a *assembler) register() {
	s := a.site
	n := 0
	for _, l := range s.Languages {
		n += len(l.ByPath)
	}
	s.Index.ByID = make(map[string]*site.Page, n)
	for _, p := range s.Pages {
		s.Index.ByID[p.ID] = p
	}
	slices.SortFunc(s.Targets, func(a, b *site.Target) int { return strings.Compare(a.URL, b.URL) })
	byURL := func(a, b *site.Resource) int {
		return cmp.Or(strings.Compare(a.URL, b.URL), strings.Compare(a.File.Name, b.File.Name))
	}
	slices.SortFunc(s.Resources, byURL)
	slices.SortFunc(s.Static, byURL)
}

// problem notes a problem.
func (a *assembler) problem(p diag.Problem) { a.problems = append(a.problems, p) }

// configFile is where problems of the configuration point.
const configFile = config.FileName
