package render

import (
	"errors"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/site"
)

func errUsage(text string) error { return errors.New(text) }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// foldKeys is m with each key also in lower case, so that templates find
// sort_rank and sortRank however the author spelled them.
func foldKeys(m map[string]any) map[string]any {
	out := make(map[string]any, len(m))
	for _, k := range sortedKeys(m) {
		if low := strings.ToLower(k); low != k {
			if _, ok := m[low]; !ok {
				out[low] = m[k]
			}
		}
	}
	maps.Copy(out, m)
	return out
}

// lookUp finds name in m, ignoring case; dots lead into tables.
func lookUp(m map[string]any, name string) (any, bool) {
	if v, ok := m[name]; ok {
		return v, true
	}
	if v, ok := m[strings.ToLower(name)]; ok {
		return v, true
	}
	head, rest, ok := strings.Cut(name, ".")
	if !ok {
		return nil, false
	}
	v, _ := lookUp(m, head)
	if sub, ok := v.(map[string]any); ok {
		return lookUp(foldKeys(sub), rest)
	}
	return nil, false
}

// File is what templates see of a page's file.
type File struct{ path, source, lang string }

// File is the page's file; nil where the page has none.
func (p *Page) File() *File {
	p.face()
	if !p.p.File {
		return nil
	}
	return &File{path: p.p.Head.Path, source: p.p.Head.Source, lang: p.p.Lang.Key}
}

// Path is the file's path below its content root.
func (f *File) Path() string { return f.path }

// Filename is the file's path relative to the site's root.
func (f *File) Filename() string { return f.source }

// Dir is the folder below the content root, with a slash at its end.
func (f *File) Dir() string {
	d := path.Dir(f.path)
	if d == "." {
		return ""
	}
	return d + "/"
}

// LogicalName is the file's name.
func (f *File) LogicalName() string { return path.Base(f.path) }

// BaseFileName is the file's name without its extension.
func (f *File) BaseFileName() string {
	return strings.TrimSuffix(path.Base(f.path), path.Ext(f.path))
}

// ContentBaseName is the name of the bundle, or the file's without extension.
func (f *File) ContentBaseName() string {
	if b := f.BaseFileName(); b != "index" && b != "_index" {
		return b
	}
	return path.Base(path.Dir(f.path))
}

// Ext is the extension without its dot.
func (f *File) Ext() string { return strings.TrimPrefix(path.Ext(f.path), ".") }

// Lang is the key of the file's language.
func (f *File) Lang() string { return f.lang }

// EditPath is the file's path relative to the site's root, for links to the
// place where it is edited; empty for a page without a file.
func (p *Page) EditPath() string {
	if f := p.File(); f != nil {
		return f.source
	}
	return ""
}

// GitInfo is what git knows of the last change of the page's file; nil where
// it knows nothing.
func (p *Page) GitInfo() *GitInfo {
	if c := p.face().Commit; c != nil {
		return &GitInfo{Hash: c.Hash, AuthorName: c.Author, AuthorDate: c.Date}
	}
	return nil
}

// GitInfo is a commit.
type GitInfo struct {
	Hash, AuthorName string
	AuthorDate       time.Time
}

// AbbreviatedHash is the first seven characters of the hash.
func (g *GitInfo) AbbreviatedHash() string { return g.Hash[:min(7, len(g.Hash))] }

// Resources are the files of the page's bundle.
func (p *Page) Resources() Resources {
	p.face()
	out := make(Resources, len(p.p.Resources))
	for i, res := range p.p.Resources {
		out[i] = &Resource{r: p.r, res: res}
	}
	return out
}

// Resources is a list of files.
type Resources []*Resource

// Get is the resource of that name, or nil.
func (l Resources) Get(name string) *Resource {
	for _, res := range l {
		if strings.EqualFold(res.res.Name, name) {
			return res
		}
	}
	return nil
}

// GetMatch is the first resource whose name matches a pattern, or nil.
func (l Resources) GetMatch(pattern string) *Resource {
	if m := l.Match(pattern); len(m) > 0 {
		return m[0]
	}
	return nil
}

// Match are the resources whose names match a pattern (doublestar).
func (l Resources) Match(pattern string) Resources {
	out := Resources{}
	for _, res := range l {
		if ok, _ := doublestar.Match(strings.ToLower(pattern), strings.ToLower(res.res.Name)); ok {
			out = append(out, res)
		}
	}
	return out
}

// ByType are the resources of a main media type: "image".
func (l Resources) ByType(kind string) Resources {
	out := Resources{}
	for _, res := range l {
		if res.ResourceType() == kind {
			out = append(out, res)
		}
	}
	return out
}

// Resource is a file of a bundle.
type Resource struct {
	r   *reader
	res *site.Resource
}

// Name is the file's path relative to its bundle; Title is the same.
func (s *Resource) Name() string { return s.res.Name }

// Title is the resource's name.
func (s *Resource) Title() string { return s.res.Name }

// RelPermalink is the file's URL path, with the base path. A picture, sound,
// film or font has the URL with its digest, anything else keeps its name.
func (s *Resource) RelPermalink() string { return s.r.rel(s.url()) }

// Permalink is the file's whole URL.
func (s *Resource) Permalink() string { return s.r.abs(s.url()) }

func (s *Resource) url() string {
	if s.res.URL == "" || output.IsMedia(s.res.File.Path) || s.r.fingerprinted(s.res) {
		return s.r.embed(s.res)
	}
	return s.res.URL
}

// MediaType is the file's media type: .Type, .MainType.
func (s *Resource) MediaType() MediaType { return MediaType(output.MediaType(s.res.Name)) }

// ResourceType is the first part of the media type: "image", "text".
func (s *Resource) ResourceType() string { return s.MediaType().MainType() }

// Content is the file's bytes as text.
func (s *Resource) Content() (string, error) {
	s.r.fact(factSource, s.res.File.Name)
	b, err := s.r.env.Files.Source(s.res.File.Name)
	return string(b), err
}

// MediaType is a media type.
type MediaType string

// Type is the media type without parameters.
func (m MediaType) Type() string {
	t, _, _ := strings.Cut(string(m), ";")
	return strings.TrimSpace(t)
}

// MainType is the part before the slash.
func (m MediaType) MainType() string {
	t, _, _ := strings.Cut(string(m), "/")
	return t
}

// SubType is the part behind the slash.
func (m MediaType) SubType() string {
	_, t, _ := strings.Cut(m.Type(), "/")
	return t
}

// OutputFormat is one format of a page.
type OutputFormat struct {
	r *reader
	o site.Output
}

// Name is the format's name.
func (o *OutputFormat) Name() string { return o.o.Name }

// MediaType is the format's media type.
func (o *OutputFormat) MediaType() MediaType { return MediaType(o.o.Media) }

// RelPermalink is the format's URL path, with the base path.
func (o *OutputFormat) RelPermalink() string { return o.r.rel(o.o.URL) }

// Permalink is the format's whole URL.
func (o *OutputFormat) Permalink() string { return o.r.abs(o.o.URL) }

// OutputFormats is a list of formats.
type OutputFormats []*OutputFormat

// Get is the format of that name, or nil.
func (l OutputFormats) Get(name string) *OutputFormat {
	for _, o := range l {
		if strings.EqualFold(o.o.Name, name) {
			return o
		}
	}
	return nil
}

// OutputFormats are all formats of the page.
func (p *Page) OutputFormats() OutputFormats {
	p.face()
	var out OutputFormats
	for _, o := range p.p.Outputs {
		out = append(out, &OutputFormat{r: p.r, o: o})
	}
	return out
}

// AlternativeOutputFormats are all formats but the one being made.
func (p *Page) AlternativeOutputFormats() OutputFormats {
	var out OutputFormats
	for _, o := range p.OutputFormats() {
		if o.o.Name != p.r.format {
			out = append(out, o)
		}
	}
	return out
}

// Aliases are the page's former URLs.
func (p *Page) Aliases() []string { return p.face().Head.Aliases }

// TaxonomyData is what taxonomy and term pages have beside a page's own.
type TaxonomyData struct {
	p *Page
}

// Data is the taxonomy's or term's own data.
func (p *Page) Data() *TaxonomyData { return &TaxonomyData{p: p} }

// Plural is the taxonomy's plural name.
func (d *TaxonomyData) Plural() string { return d.p.face().Plural }

// Singular is the taxonomy's singular name.
func (d *TaxonomyData) Singular() string {
	d.p.r.fact(factConfig, "taxonomies")
	for _, one := range sortedKeys(d.p.r.env.Config.Taxonomies) {
		if d.p.r.env.Config.Taxonomies[one] == d.p.p.Plural {
			return one
		}
	}
	return d.p.p.Plural
}

// Term is the term as written.
func (d *TaxonomyData) Term() string { return d.p.face().Term }

// Pages are the term's pages.
func (d *TaxonomyData) Pages() Pages { return d.p.RegularPages() }

// Terms are the taxonomy's terms.
func (d *TaxonomyData) Terms() Terms {
	var out Terms
	for _, t := range d.p.Sections() {
		out = append(out, &TermEntry{Page: t})
	}
	return out
}
