// Package links finds out where the links of a site lead, as authors write them:
// to source files, to URLs, to whatever has the name.
package links

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/etagere/etagere/builder/site"
)

// Kind says what a link leads to.
type Kind string

// What links lead to.
const (
	// None: nothing that the site knows of.
	None     Kind = ""
	Page     Kind = "page"
	Resource Kind = "resource"
	Static   Kind = "static"
	Redirect Kind = "redirect"
	External Kind = "external"
)

// Resolution is where a link leads.
type Resolution struct {
	Kind Kind
	// Page is set for a page, and on None for one that is not rendered.
	Page     *site.Page
	Resource *site.Resource
	Static   *site.Resource
	Redirect *site.Redirect
	// URL is the path from the site's root without the base path, with the
	// link's query; for an external link all of it, fragment included.
	URL string
	// Fragment is the part behind "#", as written.
	Fragment string
	// Fallback is set when the page's language has no such page, and that of
	// the default language is taken.
	Fallback bool
	// CaseDiffers is set when only the case of the name is wrong, Backslash when
	// the link has backslashes. Name is then the right name of the file.
	CaseDiffers, Backslash bool
	Name                   string
	// Hidden says why the file that the link names has no page; see Site.Hidden.
	Hidden string
}

// Link is URL with the fragment.
func (r Resolution) Link() string {
	if r.Fragment == "" || r.Kind == External {
		return r.URL
	}
	return r.URL + "#" + r.Fragment
}

// Resolver knows where the links of one site lead. It is safe for use by several
// goroutines.
type Resolver struct {
	site *site.Site
	// base is the path of the base URL without a slash at its end.
	base      string
	externals []externalPrefix

	folded  sync.Once
	foldMap foldMaps
	stems   stemIndex
	named   nameIndex
}

// externalPrefix is a path of the site's that the configuration says lives
// elsewhere.
type externalPrefix struct{ path, to string }

// New returns the Resolver of s. Assembly asks it before s is complete; the pages,
// files and folders must all be there then, since what it indexes it indexes once.
func New(s *site.Site) *Resolver {
	x := &Resolver{site: s}
	if u, err := url.Parse(s.Config.BaseURL); err == nil {
		x.base = strings.TrimSuffix(u.Path, "/")
	}
	external := s.Config.Links.External
	for _, prefix := range slices.Sorted(maps.Keys(external)) {
		x.externals = append(x.externals, externalPrefix{"/" + strings.Trim(prefix, "/"), external[prefix]})
	}
	slices.SortStableFunc(x.externals, func(a, b externalPrefix) int { return cmp.Compare(len(b.path), len(a.path)) })
	return x
}
