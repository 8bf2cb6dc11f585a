package site

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/content"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/source"
)

// Input is all that assembly looks at.
type Input struct {
	// Config is the site's configuration, complete with defaults.
	Config *config.Config
	// Heads holds one head per Markdown file below content, in any order.
	Heads []*content.Head
	// Resources are the files below content that are not Markdown.
	Resources []*source.File
	// Static are the files that are published as they are.
	Static []*source.File
	// AsOf is the instant of the build: it decides what is future and expired.
	AsOf time.Time
	// Drafts and Future include pages that are hidden otherwise.
	Drafts, Future bool
	// Commits holds the newest commit of each file, by its name as the author
	// knows it.
	Commits map[string]*Commit
}

// Site is the tree of one build. It is read-only, and safe for use by several
// goroutines.
type Site struct {
	Config *config.Config
	// Languages in their order; Default is one of them.
	Languages []*Language
	Default   *Language
	// Pages are all pages of all languages, by language and path.
	Pages []*Page
	// Resources are the files below content, Static the others, both by URL.
	Resources, Static []*Resource
	// Targets are all URLs of the site that assembly knows of, by URL.
	Targets []*Target
	// Redirects are aliases and the configuration's redirects, by From.
	Redirects []Redirect
	// NextChange is the earliest instant after AsOf at which a page appears or
	// expires; zero if there is none.
	NextChange time.Time

	byID     map[string]*Page
	bySource map[string]*Page
	// byName are resources and static files by the author's name.
	byName map[string]*Resource
	// hidden says why a source file has no page.
	hidden map[string]string
	// byURL holds targets by folded URL; see foldURL.
	byURL map[string][]*Target
	// folders says which content folder a folder of the author's is.
	folders map[string][]folderRef
	// base is the path of the base URL without a slash at its end.
	base      string
	externals []externalPrefix

	folded  sync.Once
	foldMap foldMaps
	stems   stemIndex
	named   nameIndex
	related relatedIndex
	facts   sync.Map
}

// Target is one URL of the site. Exactly one of Page, Resource, Static and
// Redirect is set.
type Target struct {
	URL string
	// Page with Output: the page in that format; Pager is set on the second and
	// further parts of a paginated listing.
	Page   *Page
	Output *Output
	Pager  *Pager

	Resource *Resource
	Static   *Resource
	Redirect *Redirect
}

// folderRef is a folder of a language's content.
type folderRef struct {
	lang *Language
	dir  string
}

// assembler is a Site in the making.
type assembler struct {
	in       Input
	cfg      *config.Config
	site     *Site
	problems diag.List
	works    []*work
	byKey    map[string]*work
	disabled map[string]bool
	patterns map[string]*pattern
	// headOptions are for heads that receive a cascade.
	headOptions content.HeadOptions
}

// Assemble makes the site of in. The result does not depend on the order of
// in.Heads, in.Resources and in.Static. The site is usable, as far as it goes,
// when there are problems.
func Assemble(in Input) (*Site, diag.List) {
	a := &assembler{in: in, cfg: in.Config, site: &Site{
		Config:   in.Config,
		bySource: make(map[string]*Page, len(in.Heads)),
		byName:   make(map[string]*Resource, len(in.Resources)+len(in.Static)),
		hidden:   map[string]string{},
		folders:  map[string][]folderRef{},
	}}
	a.headOptions = content.HeadOptionsOf(in.Config)
	a.site.readLinks(in.Config)
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
	a.menus()
	a.register()
	return a.site, a.problems.Sorted()
}

// register makes the lists of the whole site.
func (a *assembler) register() {
	s := a.site
	n := 0
	for _, l := range s.Languages {
		n += len(l.byPath)
	}
	s.byID = make(map[string]*Page, n)
	for _, p := range s.Pages {
		s.byID[p.ID] = p
	}
	slices.SortFunc(s.Targets, func(a, b *Target) int { return strings.Compare(a.URL, b.URL) })
	byURL := func(a, b *Resource) int {
		return cmp.Or(strings.Compare(a.URL, b.URL), strings.Compare(a.File.Name, b.File.Name))
	}
	slices.SortFunc(s.Resources, byURL)
	slices.SortFunc(s.Static, byURL)
}

// problem notes a problem.
func (a *assembler) problem(p diag.Problem) { a.problems = append(a.problems, p) }

// posOf is where key stands in the front matter of h, or the file as a whole.
func posOf(h *content.Head, keys ...string) diag.Pos {
	for _, k := range keys {
		if pos, ok := h.Keys[k]; ok {
			if pos.File == "" {
				pos.File = h.Source
			}
			return pos
		}
	}
	return diag.Pos{File: h.Source}
}

// configFile is where problems of the configuration point.
const configFile = config.FileName
