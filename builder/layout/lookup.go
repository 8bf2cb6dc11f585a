package layout

import (
	"path"
	"strings"

	"github.com/etagere/etagere/builder/internal/digest"
)

// Query is what a look-up needs to know of a page and its output.
type Query struct {
	// Kind is "home", "section", "page", "taxonomy", "term" or "404".
	Kind string
	Type string
	// Layout is the front matter's; empty for none.
	Layout string
	// Sections are the elements of the page's section path: ["guide", "advanced"].
	Sections []string
	Lang     string
	// Format is the output format: "html", "rss", "json" and so on; empty means html.
	Format string
	// Ext is the format's file extension, without a dot, where Format does not tell.
	Ext string
}

// Choice is the template that a look-up found. It is comparable, and equal
// choices make the same of the same data.
type Choice struct {
	// Path is the chosen template below layouts/, Base its base template if it
	// has one.
	Path, Base string
	// Digest identifies the bytes of both, and of the partials that they call by
	// {{template}}.
	Digest digest.Digest
}

// Page finds the template of a page. The first of these that exists:
//
//	front matter's layout set    NAME = layout, in all directories; then as if it were not set
//	directory                    TYPE/, the section path from the deepest (guide/advanced/, guide/), the root, _default/
//	name, by kind                home      index home list all
//	                             section   section list all
//	                             page      page single all
//	                             taxonomy  taxonomy terms list all
//	                             term      term taxonomy list all
//	                             404       404 all
//	variant, html                NAME.LANG.html  NAME.html
//	variant, other formats       NAME.LANG.FORMAT.EXT  NAME.FORMAT.EXT
//	                             where no other format has the extension: NAME.LANG.EXT  NAME.EXT
//
// A directory is searched for all names before the next directory is. If the
// template consists of {{define}} blocks alone, it fills the blocks of a base
// template: NAME-baseof or baseof, in the same directories and variants.
func (s *Set) Page(q Query) (Choice, bool) {
	var found, stem string
	s.candidates(q, func(dir, name, file string) bool {
		if s.files[file] == nil {
			return true
		}
		found, stem = file, name
		return false
	})
	if found == "" {
		return Choice{}, false
	}
	c := Choice{Path: found}
	if s.files[found].defines {
		c.Base = s.base(q, stem)
	}
	c.Digest = s.digest(c)
	return c, true
}

// Order lists every path that Page tries for q, in order.
func Order(q Query) []string {
	var out []string
	var all *Set
	all.candidates(q, func(_, _, file string) bool {
		out = append(out, file)
		return true
	})
	return out
}

// candidates calls yield with each path that a page's template may have until
// yield returns false. A nil Set yields them all, another one leaves out most
// of those that it does not have.
func (s *Set) candidates(q Query, yield func(dir, name, file string) bool) {
	dirs := directories(q)
	variants := q.variants()
	try := func(names ...string) bool {
		for _, dir := range dirs {
			for _, name := range names {
				if s != nil && (!s.dirs[dir+folderOf(name)] || !s.stems[stemOf(name)]) {
					continue
				}
				for _, v := range variants {
					if !yield(dir, name, dir+name+v) {
						return false
					}
				}
			}
		}
		return true
	}
	if l := clean(q.Layout); l != "" && !try(l) {
		return
	}
	try(kindNames(q.Kind)...)
}

// folderOf is the folder in a name, as Set.dirs holds it; most have none.
func folderOf(name string) string { return name[:strings.LastIndexByte(name, '/')+1] }

// stemOf is a template's name as Set.stems holds it.
func stemOf(name string) string {
	stem, _, _ := strings.Cut(path.Base(name), ".")
	return stem
}

func (s *Set) base(q Query, name string) string {
	for _, dir := range directories(q) {
		for _, n := range []string{name + "-baseof", "baseof"} {
			for _, v := range q.variants() {
				if s.files[dir+n+v] != nil {
					return dir + n + v
				}
			}
		}
	}
	return ""
}

// Partial finds a partial template by the name that templates call it:
// "nav.html", or "nav" for short. It lies in partials/ or _partials/, or is
// defined in any file: {{define "partials/nav.html"}}.
func (s *Set) Partial(name string) (Choice, bool) {
	name = clean(name)
	for _, prefix := range []string{"partials/", "_partials/"} {
		name = strings.TrimPrefix(name, prefix)
	}
	if name == "" {
		return Choice{}, false
	}
	for _, dir := range []string{"partials/", "_partials/"} {
		for _, ext := range []string{"", ".html"} {
			if s.files[dir+name+ext] != nil {
				return s.choose(dir + name + ext)
			}
		}
	}
	return Choice{}, false
}

// Partials are the names of all partials, sorted.
func (s *Set) Partials() []string {
	var names []string
	for _, p := range sortedKeys(s.files) {
		if isPartial(p) {
			names = append(names, p[strings.IndexByte(p, '/')+1:])
		}
	}
	return names
}

// Pages are the names that a page's layout can have, sorted.
func (s *Set) Pages() []string {
	names := make(map[string]bool)
	for p := range s.files {
		dir, _, _ := strings.Cut(p, "/")
		switch strings.TrimPrefix(dir, "_") {
		case "partials", "shortcodes", "markup":
			continue
		}
		if name := stemOf(p); name != "baseof" && !strings.HasSuffix(name, "-baseof") {
			names[name] = true
		}
	}
	return sortedKeys(names)
}

// Shortcode finds the template of a shortcode, in shortcodes/ or _shortcodes/:
// that of the language and format first, else that of HTML.
func (s *Set) Shortcode(name, lang, format string) (Choice, bool) {
	name = clean(name)
	if name == "" || !s.stems[stemOf(name)] {
		return Choice{}, false
	}
	q := Query{Lang: lang, Format: format}
	for _, v := range q.withHTML() {
		for _, dir := range []string{"shortcodes/", "_shortcodes/"} {
			if s.files[dir+name+v] != nil {
				return s.choose(dir + name + v)
			}
		}
	}
	return Choice{}, false
}

// Hook finds the template of a render hook, "render-link" and the like, in the
// _markup/ folders of the directories that Page looks in. A template of the
// format goes before one of HTML.
func (s *Set) Hook(name string, q Query) (Choice, bool) {
	name = clean(name)
	if name == "" || !s.stems[stemOf(name)] {
		return Choice{}, false
	}
	for _, dir := range directories(q) {
		dir += "_markup/"
		if !s.dirs[dir] {
			continue
		}
		for _, v := range q.withHTML() {
			if s.files[dir+name+v] != nil {
				return s.choose(dir + name + v)
			}
		}
	}
	return Choice{}, false
}

func (s *Set) choose(p string) (Choice, bool) {
	c := Choice{Path: p}
	c.Digest = s.digest(c)
	return c, true
}

// Named lists the names below a folder of layouts/, or the same with an
// underscore before it, that have a template, such as the shortcodes:
// Named("shortcodes"). Extensions are cut off.
func (s *Set) Named(dir string) []string {
	seen := map[string]bool{}
	for p := range s.files {
		if rest, ok := strings.CutPrefix(strings.TrimPrefix(p, "_"), dir+"/"); ok {
			folder, base := path.Split(rest)
			stem, _, _ := strings.Cut(base, ".")
			seen[folder+stem] = true
		}
	}
	return sortedKeys(seen)
}

// Has reports whether there is a file at the path below layouts/.
func (s *Set) Has(p string) bool { return s.files[clean(p)] != nil }

// clean makes a name that a template gave safe to join to a directory; names
// that lead out of layouts/ become empty.
func clean(name string) string {
	if name == "" {
		return ""
	}
	name = path.Clean(strings.TrimPrefix(name, "/"))
	if name == "." || name == ".." || strings.HasPrefix(name, "../") {
		return ""
	}
	return name
}

func directories(q Query) []string {
	var dirs []string
	add := func(dir string) {
		for _, d := range dirs {
			if d == dir {
				return
			}
		}
		dirs = append(dirs, dir)
	}
	if t := clean(q.Type); t != "" {
		add(t + "/")
	}
	for i := len(q.Sections); i > 0; i-- {
		if d := clean(strings.Join(q.Sections[:i], "/")); d != "" {
			add(d + "/")
		}
	}
	add("")
	add("_default/")
	return dirs
}

func kindNames(kind string) []string {
	switch kind {
	case "home":
		return []string{"index", "home", "list", "all"}
	case "section":
		return []string{"section", "list", "all"}
	case "taxonomy":
		return []string{"taxonomy", "terms", "list", "all"}
	case "term":
		return []string{"term", "taxonomy", "list", "all"}
	case "404":
		return []string{"404", "all"}
	}
	return []string{"page", "single", "all"}
}

// extension is the file extension of the format's templates; own says that no
// other format has it.
func (q Query) extension() (ext string, own bool) {
	switch {
	case q.Format == "" || q.Format == "html":
		return "html", true
	case q.Format == "rss" || q.Format == "atom":
		return "xml", false
	case q.Format == "markdown":
		return "md", true
	case q.Ext != "":
		return q.Ext, q.Ext == q.Format
	}
	return q.Format, true
}

// variants are the endings of a template's file name, the most specific first.
func (q Query) variants() []string {
	ext, own := q.extension()
	var ends []string
	if ext != "html" || !own {
		ends = append(ends, "."+q.Format+"."+ext)
	}
	if own {
		ends = append(ends, "."+ext)
	}
	var out []string
	for _, end := range ends {
		if q.Lang != "" {
			out = append(out, "."+q.Lang+end)
		}
		out = append(out, end)
	}
	return out
}

// withHTML is variants with those of HTML after them.
func (q Query) withHTML() []string {
	v := q.variants()
	if q.Format == "" || q.Format == "html" {
		return v
	}
	return append(v, Query{Lang: q.Lang}.variants()...)
}
