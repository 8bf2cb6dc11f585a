package site

import (
	"sync"
	"time"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/content"
	"github.com/etagere/etagere/builder/source"
)

// Input is all that assembly looks at; see package assemble.
type Input struct {
	// Config is the site's configuration, complete with defaults.
	Config *config.Config
	// Heads holds one head per Markdown file below content, in any order.
	Heads []*content.Head
	// Resources are the files below content that are not Markdown.
	Resources []*source.File
	// Unnamed says which Resources are not published under their own names; nil
	// means all are.
	Unnamed func(*source.File) bool
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

	// Index is what look-ups go by.
	Index Index

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

// Index finds the parts of a Site by what they are called. Assembly fills it.
type Index struct {
	// ByID holds pages by ID, BySource by the author's name of their file.
	ByID, BySource map[string]*Page
	// ByName are resources and static files by the author's name.
	ByName map[string]*Resource
	// Hidden says why a source file has no page; see Site.Hidden.
	Hidden map[string]string
	// ByURL holds targets by their URL as urls.Fold makes it.
	ByURL map[string][]*Target
	// Folders says which content folders a folder of the author's is.
	Folders map[string][]Folder
}

// Folder is a folder of a language's content, without slashes at its ends.
type Folder struct {
	Lang *Language
	Dir  string
}
