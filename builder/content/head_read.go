package content

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/frontmatter"
	"github.com/etagere/etagere/builder/internal/nearest"
)

// HeadInput is what ReadHead reads.
type HeadInput struct {
	// Path, Lang and Source as in Head.
	Path, Lang, Source string
	// Src are the file's bytes.
	Src []byte
	// Options are the site's.
	Options HeadOptions
	// H1 looks for the first H1 of the body, which begins at byte offset body of
	// Src, and says its plain text and whether the body begins with it. Nil: there is none.
	H1 func(body int) (text string, leading bool)
}

// HeadOptions are what the configuration says of front matter. The zero value
// is a site without taxonomies in UTC.
type HeadOptions struct {
	// Location is the zone of dates without one. Nil: UTC.
	Location *time.Location
	// Keys maps our keys to those of other tools that are read where ours is absent.
	Keys map[string][]string
	// Taxonomies by singular name, as in the configuration.
	Taxonomies map[string]string
	// Docusaurus gives its own keys their meaning: sidebar_position, sidebar_label, id.
	Docusaurus bool
}

// HeadOptionsOf are the options that c asks for.
func HeadOptionsOf(c *config.Config) HeadOptions {
	return HeadOptions{
		Location:   c.Location(),
		Keys:       c.FrontMatter.Keys,
		Taxonomies: c.Taxonomies,
		Docusaurus: slices.Contains(c.Dialects, "docusaurus"),
	}
}

// ReadHead reads the head of one file. It never fails: with problems, the head
// holds what could be read.
func ReadHead(in HeadInput) (*Head, diag.List) {
	block, problems := frontmatter.Split(in.Source, in.Src)
	doc, more := frontmatter.Decode(in.Source, in.Src, block, in.Options.Location)
	h := &Head{
		Path: in.Path, Lang: in.Lang, Source: in.Source,
		Body: block.BodyOff,
		Keys: doc.Keys(),
	}
	r := &headReader{head: h, opts: in.Options, doc: doc, set: make(map[string]bool)}
	r.root(doc.Root)
	r.fileName()
	if in.H1 != nil {
		text, leading := in.H1(block.BodyOff)
		if leading {
			h.H1 = text
		}
		if h.Title == "" && text != "" {
			h.Title, h.TitleFrom = text, TitleH1
		}
	}
	r.finish()
	return h, append(append(problems, more...), r.problems...)
}

// headReader gives the values of one front matter (or cascade) their meaning.
type headReader struct {
	head *Head
	opts HeadOptions
	doc  *frontmatter.Doc
	// set are the keys that the head has, in their canonical form; parameters
	// as "params." and the key in lower case. given are those that it had
	// before this reader began, which a cascade does not touch.
	set, given map[string]bool
	problems   diag.List
}

// canonical is the form in which keys are compared: linkTitle, link_title and
// LinkTitle are one key, and so are _build and build.
func canonical(key string) string {
	return strings.Map(func(c rune) rune {
		if c == '_' || c == '-' {
			return -1
		}
		return unicode.ToLower(c)
	}, key)
}

// synonyms are other spellings of our keys that Hugo and Jekyll know.
var synonyms = map[string]string{
	"modified":      "lastmod",
	"pubdate":       "publishdate",
	"published":     "publishdate",
	"unpublishdate": "expirydate",
	"alias":         "aliases",
	"redirectfrom":  "aliases",
	"menu":          "menus",
	"featuredimage": "images",
	"image":         "images",
}

// setter reads a value into a head.
type setter func(r *headReader, f frontmatter.Field)

// setters by canonical key.
var setters = map[string]setter{
	"title":          func(r *headReader, f frontmatter.Field) { r.title(f) },
	"linktitle":      func(r *headReader, f frontmatter.Field) { r.text(f, &r.head.LinkTitle) },
	"description":    func(r *headReader, f frontmatter.Field) { r.text(f, &r.head.Description) },
	"summary":        func(r *headReader, f frontmatter.Field) { r.text(f, &r.head.Summary) },
	"slug":           func(r *headReader, f frontmatter.Field) { r.slug(f) },
	"url":            func(r *headReader, f frontmatter.Field) { r.url(f) },
	"type":           func(r *headReader, f frontmatter.Field) { r.text(f, &r.head.Type) },
	"layout":         func(r *headReader, f frontmatter.Field) { r.text(f, &r.head.Layout) },
	"translationkey": func(r *headReader, f frontmatter.Field) { r.text(f, &r.head.TranslationKey) },
	"date":           func(r *headReader, f frontmatter.Field) { r.date(f, &r.head.Date) },
	"lastmod":        func(r *headReader, f frontmatter.Field) { r.date(f, &r.head.Lastmod) },
	"publishdate":    func(r *headReader, f frontmatter.Field) { r.published(f) },
	"expirydate":     func(r *headReader, f frontmatter.Field) { r.date(f, &r.head.ExpiryDate) },
	"draft":          func(r *headReader, f frontmatter.Field) { r.flag(f, &r.head.Draft) },
	"headless":       func(r *headReader, f frontmatter.Field) { r.flag(f, &r.head.Headless) },
	"weight":         func(r *headReader, f frontmatter.Field) { r.number(f, &r.head.Weight) },
	"paginate":       func(r *headReader, f frontmatter.Field) { r.number(f, &r.head.Paginate) },
	"aliases":        func(r *headReader, f frontmatter.Field) { r.texts(f, &r.head.Aliases, false) },
	"keywords":       func(r *headReader, f frontmatter.Field) { r.texts(f, &r.head.Keywords, true) },
	"images":         func(r *headReader, f frontmatter.Field) { r.texts(f, &r.head.Images, false) },
	"outputs":        func(r *headReader, f frontmatter.Field) { r.outputs(f) },
	"build":          func(r *headReader, f frontmatter.Field) { r.build(f) },
	"menus":          func(r *headReader, f frontmatter.Field) { r.menus(f) },
}

// spellings are our keys as the documentation writes them, for hints.
var spellings = []string{
	"title", "linkTitle", "description", "summary", "slug", "url", "type", "layout", "translationKey",
	"date", "lastmod", "publishDate", "expiryDate", "draft", "headless", "weight", "paginate", "aliases",
	"keywords", "outputs", "build", "menus", "cascade", "params",
}

// root reads all top-level keys.
func (r *headReader) root(n *frontmatter.Node) {
	r.head.Params = make(map[string]any)
	if n.Kind != frontmatter.Map {
		return
	}
	own := make(map[string]bool, len(n.Fields))
	for _, f := range n.Fields {
		own[r.key(f.Key)] = true
		r.field(f)
	}
	for _, key := range sortedKeys(r.opts.Keys) {
		if own[r.key(key)] {
			continue
		}
		for _, foreign := range r.opts.Keys[key] {
			if f, ok := find(n, foreign); ok {
				r.known(r.key(key), f)
				break
			}
		}
	}
}

// key is the canonical form of key, synonyms resolved.
func (r *headReader) key(key string) string {
	k := canonical(key)
	if s, ok := synonyms[k]; ok {
		return s
	}
	if r.opts.Docusaurus {
		switch k {
		case "sidebarposition":
			return "weight"
		case "sidebarlabel":
			return "linktitle"
		case "id":
			return "id"
		}
	}
	return k
}

// field reads one key of any kind.
func (r *headReader) field(f frontmatter.Field) {
	key := r.key(f.Key)
	switch key {
	case "params":
		r.params(f)
		return
	case "cascade":
		r.cascade(f)
		return
	}
	if r.known(key, f) {
		if canonical(f.Key) != key {
			r.param(f) // a synonym stays visible under its own name
		}
		return
	}
	r.param(f)
	if r.doc == nil {
		return
	}
	for _, mapped := range r.opts.Keys {
		if slices.ContainsFunc(mapped, func(k string) bool { return strings.EqualFold(k, f.Key) }) {
			return
		}
	}
	if near, ok := nearest.Typo(f.Key, spellings); ok && canonical(near) != canonical(f.Key)+"s" {
		r.problem(f.At, "frontmatter-key", "unknown key %q", f.Key)
		r.warn()
		r.hint("did you mean %q? Keys of your own are safe under params", near)
	}
}

// known reads f as the value of our key, and reports whether we have such a key.
func (r *headReader) known(key string, f frontmatter.Field) bool {
	set := setters[key]
	if plural, weight := r.taxonomy(key); plural != "" {
		set = func(r *headReader, f frontmatter.Field) { r.terms(plural, weight, f) }
	}
	if key == "id" && r.opts.Docusaurus {
		set = func(r *headReader, f frontmatter.Field) {
			if r.head.Slug == "" && r.head.URL == "" {
				r.text(f, &r.head.Slug)
			}
		}
	}
	if set == nil {
		return false
	}
	if r.given[key] {
		return true
	}
	if f.Value.Kind != frontmatter.Null {
		set(r, f)
	}
	r.set[key] = true
	return true
}

// taxonomy is the plural name that a canonical key stands for, and whether the
// key gives the weight in it.
func (r *headReader) taxonomy(key string) (plural string, weight bool) {
	for _, p := range r.opts.Taxonomies {
		c := canonical(p)
		if (c == key || c+"weight" == key) && (plural == "" || p < plural) {
			plural, weight = p, c != key
		}
	}
	return plural, weight
}

// params reads the table of the author's own keys.
func (r *headReader) params(f frontmatter.Field) {
	switch f.Value.Kind {
	case frontmatter.Null:
	case frontmatter.Map:
		for _, p := range f.Value.Fields {
			r.param(p)
		}
	default:
		r.wrong(f, "a table of keys and values")
	}
}

// param keeps a key that means nothing to us.
func (r *headReader) param(f frontmatter.Field) {
	key := "params." + strings.ToLower(f.Key)
	if r.given[key] {
		return
	}
	r.set[key] = true
	r.head.Params[f.Key] = f.Value.Value()
}

var datedName = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})-(.+)$`)

// fileName takes date and slug from a name such as 2024-01-02-hello.md, where
// the front matter has none.
func (r *headReader) fileName() {
	name := path.Base(r.head.Path)
	name = strings.TrimSuffix(name, path.Ext(name))
	if name == "index" || name == "_index" {
		name = path.Base(path.Dir(r.head.Path))
	}
	m := datedName.FindStringSubmatch(name)
	if m == nil {
		return
	}
	t, ok := frontmatter.ParseTime(m[1], r.location())
	if !ok {
		return
	}
	if r.head.Date.IsZero() {
		r.head.Date = t
	}
	if r.head.Slug == "" && r.head.URL == "" {
		r.head.Slug = m[2]
	}
}

func (r *headReader) location() *time.Location {
	if r.opts.Location == nil {
		return time.UTC
	}
	return r.opts.Location
}

// finish settles what depends on several keys and digests the head.
func (r *headReader) finish() {
	h := r.head
	if h.List == "" {
		h.List = "always"
	}
	if h.Render == "" {
		h.Render = "always"
	}
	h.Set = sortedKeys(r.set)
	h.Digest = h.digest()
}

// find looks a key of another tool's up: exactly, or else in another case.
func find(n *frontmatter.Node, key string) (frontmatter.Field, bool) {
	for _, f := range n.Fields {
		if strings.EqualFold(f.Key, key) {
			return f, true
		}
	}
	return frontmatter.Field{}, false
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
