// Package content reads one content file: its head, which says what the page
// is, and its body, which says what it tells.
package content

import (
	"time"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/digest"
)

// Head is what a file says before its body is parsed: front matter, place, and
// the text's first H1 where it has no title. It is made from one file (and,
// for the H1, from what that file includes), and is never changed.
type Head struct {
	// Path is the file's place below its language's content root, with its
	// extension: "guide/install.md". Lang is that language's key.
	Path string
	Lang string
	// Source is the file as the author knows it, relative to the site's root.
	Source string

	Title       string
	LinkTitle   string
	Description string
	// Summary is the author's own, as Markdown; empty where there is none.
	Summary string

	Date, Lastmod, PublishDate, ExpiryDate time.Time

	Draft    bool
	Headless bool

	// Weight orders pages, lighter first; 0 means none and comes last.
	Weight int

	Slug, URL, Type, Layout string
	Aliases, Keywords       []string
	Images                  []string
	Outputs                 []string
	TranslationKey          string

	// Terms are the page's terms by taxonomy, as written: Terms["tags"].
	Terms map[string][]string
	// TermWeights orders a page within a term: "tags_weight".
	TermWeights map[string]int

	Menus   []MenuEntry
	Cascade []Cascade

	// List is "always", "never" or "local"; Render is "always", "never" or "link".
	List, Render string
	// NoResources keeps the files of the page's bundle from being published
	// under their own names.
	NoResources bool

	// Paginate is how many pages a listing shows on one page of it; 0: the site's number.
	Paginate int

	// Params are all keys that mean nothing to us, and the table "params".
	// Keys keep their case; look-ups ignore it.
	Params map[string]any

	// Set are the keys that the author gave, in lower case without "_" and "-",
	// those of Params with "params." before them; sorted. A cascade leaves them alone.
	Set []string

	// TitleFrom says where Title came from.
	TitleFrom TitleSource
	// H1 is the text of the body's leading H1, "" where the body does not begin
	// with one. It is dropped from the printed body where it repeats Title, or
	// gave it.
	H1 string

	// Body is the offset in the file at which the body starts.
	Body int
	// Keys holds where each top-level key of the front matter stands, so that a
	// later stage can point at it.
	Keys map[string]diag.Pos
	// Digest identifies everything above but Body and Keys.
	Digest digest.Digest
}

// TitleSource says where a title came from.
type TitleSource int

// The sources of a title.
const (
	// TitleNone: neither the front matter nor the text has one; assembly makes
	// one from the file's name.
	TitleNone TitleSource = iota
	TitleFrontMatter
	TitleH1
)

// MenuEntry is a place that a page asks for in a menu.
type MenuEntry struct {
	Menu, Name, Title, Identifier, Parent, Pre, Post string
	Weight                                           int
	Params                                           map[string]any
}

// Cascade is a set of values that a page hands down to its descendants.
type Cascade struct {
	// Target narrows down who receives them; an empty field matches all. Path
	// and Kind are patterns as in doublestar.
	Path, Kind, Lang string
	// Values are front matter, decoded; Head.With applies them.
	Values map[string]any
}
