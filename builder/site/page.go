// Package site is the tree of a site: what pages there are, where they live, and
// how they belong together. Package assemble makes it from the heads of the
// files. A Site is read-only from then on; everything a render can learn from it
// is a fact with a digest.
package site

import (
	"sync/atomic"
	"time"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/content"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/source"
)

// Kind is what kind of page it is, as in Hugo.
type Kind string

// The kinds.
const (
	Home     Kind = "home"
	Section  Kind = "section"
	Regular  Kind = "page"
	Taxonomy Kind = "taxonomy"
	Term     Kind = "term"
	// NotFound is the 404 page of a language.
	NotFound Kind = "404"
)

// Page is one page of one language. All fields are final after assembly.
type Page struct {
	// ID is unique in the site and stable from build to build: "en:/guide/install".
	ID   string
	Kind Kind
	Lang *Language
	// Path is the logical path in its language, lower case is not forced: "/", "/guide",
	// "/guide/install". It has no extension and no slash at the end.
	Path string

	// Head holds what the author said, cascades applied; for a page without a
	// file it is an empty head. Never nil.
	Head *content.Head
	// File is false for pages that no file stands for (a section without
	// _index.md, a term).
	File bool
	// Fallback is set on a page that stands in for a missing translation: Head
	// is the default language's, and this is that page.
	Fallback *Page

	// Title and LinkTitle are final: front matter, H1 or made from the name.
	Title, LinkTitle string
	// Type is the front matter's, else the first path element, else "page".
	Type string
	// Section is the first path element: "guide"; empty for the home page.
	Section string
	// Weight, then Date (new first), then Title, then Path: the default order.
	Weight int

	Date, Lastmod, PublishDate, ExpiryDate time.Time
	// Commit is the newest commit that touched the file, if known.
	Commit *Commit

	// URL is the page's path from the site's root, escaped once, without the
	// base path: "/guide/install/", "/zh/". Empty if the page is not rendered.
	URL string
	// Outputs are the page's formats, the main one first.
	Outputs []Output

	Parent *Page
	// Sections are the direct subsections, Regulars the direct regular pages,
	// both listed ones only and in default order. For a term, Regulars are its
	// pages; for a taxonomy, Sections are its terms.
	Sections, Regulars []*Page
	// Prev and Next in the order of the whole language's navigation; they cross
	// section borders. Next is the one a reader should read next.
	Prev, Next *Page
	// Translations are the same page in all languages, itself and fallbacks
	// included, in the order of the languages.
	Translations []*Page

	// Resources are the files of a bundle, by path.
	Resources []*Resource
	// Leaf and Branch say what kind of bundle the page is.
	Leaf, Branch bool

	// Plural and Term are set on taxonomies ("tags") and terms ("tags", "Go").
	Plural, Term string
	// Terms are the page's term pages by taxonomy.
	Terms map[string][]*Page

	// Pagers are the parts of a paginated listing; empty where it is not cut.
	Pagers []*Pager

	// Listed pages appear in listings, navigation, feeds and the sitemap.
	Listed bool
	// Rendered pages have targets. A page that is not rendered may still have a
	// URL (build.render = "link").
	Rendered bool

	// Children are Sections and Regulars together in default order: what readers
	// are shown right below the page.
	Children []*Page
	// Local pages are in their parent's lists although they are not Listed.
	Local bool
	// Marked pages name their language in the file's name: install.zh.md.
	Marked bool
	// Dir is the folder of the page's file (for a section its own folder), relative
	// to its language's content, without slashes at the ends; empty for the root.
	Dir string

	face atomic.Pointer[digest.Digest]
}

// Pos is where the first of keys that is there stands in the front matter of p,
// or the file as a whole.
func (p *Page) Pos(keys ...string) diag.Pos {
	for _, k := range keys {
		if pos, ok := p.Head.Keys[k]; ok {
			if pos.File == "" {
				pos.File = p.Head.Source
			}
			return pos
		}
	}
	return diag.Pos{File: p.Head.Source}
}

// Output is one format of a page.
type Output struct {
	// Name is "html", "rss", "atom", "json" or "markdown".
	Name string
	// URL as in Page.URL.
	URL string
	// Media is the media type without parameters.
	Media string
}

// Pager is one part of a paginated listing.
type Pager struct {
	// Number counts from 1.
	Number int
	URL    string
	Pages  []*Page
}

// Resource is a file that belongs to a bundle, or any other file below content.
type Resource struct {
	File *source.File
	// Name is its path relative to the bundle: "images/a.png".
	Name string
	// URL is where it is published under its own name; empty if its bundle
	// (build.publishResources = false) or the configuration keeps it back.
	URL string
	// Lang is the language whose content it lies in; nil for a static file.
	Lang *Language
	// Owner is the page whose bundle, or nearest section, it belongs to.
	Owner *Page
}

// Commit is what git knows of the last change of a file.
type Commit struct {
	Hash, Author string
	Date         time.Time
}

// Language is one language of the site.
type Language struct {
	config.Language
	Key string
	// Default is set on the default language.
	Default bool
	// Prefix is the path of the language's home page: "/" or "/zh/".
	Prefix string
	Home   *Page
	// Regulars are all listed regular pages of the language in navigation order.
	Regulars []*Page
	// Taxonomies by plural name.
	Taxonomies map[string]*Page
	Menus      map[string][]*MenuItem
	NotFound   *Page
	// Sequence are the pages that Prev and Next walk along: listed and rendered
	// regular pages, and the home page and sections that have a file.
	Sequence []*Page

	// Index is its place among the site's languages.
	Index int
	// ByPath holds its pages by Path, Files its resources by their path below
	// the language's content.
	ByPath map[string]*Page
	Files  map[string]*Resource

	order listing
}

// MenuItem is an entry of a menu, resolved.
type MenuItem struct {
	config.MenuItem
	// Link is the URL: Target's, or the one given.
	Link     string
	Target   *Page
	Children []*MenuItem
}

// Redirect is a URL that leads elsewhere.
type Redirect struct {
	// From is escaped, without the base path. To is a path without the base path
	// or an absolute URL.
	From, To string
	Status   int
	// Page is whose alias it is; nil for a redirect from the configuration.
	Page *Page
}
