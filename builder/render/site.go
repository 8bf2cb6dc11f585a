package render

import (
	"slices"
	"strings"
	"time"

	"github.com/etagere/etagere/builder/site"
)

// Site is the site in one language, as templates see it.
type Site struct {
	r    *reader
	lang *site.Language
}

func (r *reader) site(lang *site.Language) *Site { return &Site{r: r, lang: lang} }

// config notes what the configuration says of the site, in any language.
func (s *Site) config() {
	s.r.fact(factConfig, "site")
	s.r.fact("languages", "")
}

// Identity makes two views of the site in one language equal.
func (s *Site) Identity() any { return s.lang }

// Title is the site's title in this language.
func (s *Site) Title() string {
	s.config()
	if s.lang.Title != "" {
		return s.lang.Title
	}
	return s.r.env.Config.Title
}

// Description is the site's description in this language.
func (s *Site) Description() string {
	s.config()
	if s.lang.Description != "" {
		return s.lang.Description
	}
	return s.r.env.Config.Description
}

// BaseURL is where the site is reached.
func (s *Site) BaseURL() string {
	s.r.fact(factConfig, "base")
	return s.r.env.Config.BaseURL
}

// Copyright is the site's copyright notice.
func (s *Site) Copyright() string {
	s.config()
	return s.r.env.Config.Copyright
}

// Author is the site's author: .Name, .Email, .URL.
func (s *Site) Author() any {
	s.config()
	return s.r.env.Config.Author
}

// LanguageCode is the BCP 47 tag of this language.
func (s *Site) LanguageCode() string { return s.Language().LanguageCode() }

// Language is this language.
func (s *Site) Language() *Language { return s.r.language(s.lang) }

// Languages are all languages of the site in order.
func (s *Site) Languages() []*Language {
	s.r.fact("languages", "")
	var out []*Language
	for _, l := range s.r.env.Site.Languages {
		out = append(out, s.r.language(l))
	}
	return out
}

// IsMultiLingual reports whether the site has several languages.
func (s *Site) IsMultiLingual() bool { return len(s.Languages()) > 1 }

// Sites is the site in each of its languages.
func (s *Site) Sites() []*Site {
	s.r.fact("languages", "")
	var out []*Site
	for _, l := range s.r.env.Site.Languages {
		out = append(out, s.r.site(l))
	}
	return out
}

// Params are the site's parameters in this language.
func (s *Site) Params() map[string]any {
	s.r.fact(factParams, s.lang.Key)
	return s.r.env.folded[s.lang.Key]
}

// Param is one parameter; dots lead into tables.
func (s *Site) Param(name string) any {
	v, _ := lookUp(s.Params(), name)
	return v
}

// Home is the home page.
func (s *Site) Home() *Page { return s.r.page(s.lang.Home) }

// Sections are the sections right below the home page.
func (s *Site) Sections() Pages { return s.Home().Sections() }

// RegularPages are all regular pages in default order.
func (s *Site) RegularPages() Pages {
	return s.r.pages("ordered", s.lang.Key, s.r.env.Site.Ordered(s.lang))
}

// Pages are all pages of any kind in default order.
func (s *Site) Pages() Pages {
	return s.r.pages("listed", s.lang.Key, s.r.env.Site.Listed(s.lang))
}

// AllPages are all pages of all languages.
func (s *Site) AllPages() Pages {
	var out Pages
	for _, l := range s.Sites() {
		out = append(out, l.Pages()...)
	}
	return out
}

// GetPage is the page at a path below the content root; nil where there is none.
func (s *Site) GetPage(ref string) *Page { return s.r.lookUpPage(s.lang, ref) }

// Lastmod is when any page last changed.
func (s *Site) Lastmod() time.Time {
	s.r.fact("faces:regulars", s.lang.Key)
	var last time.Time
	for _, p := range s.lang.Regulars {
		if p.Lastmod.After(last) {
			last = p.Lastmod
		}
	}
	return last
}

// Taxonomies are the terms of each taxonomy, by the taxonomy's plural name.
func (s *Site) Taxonomies() map[string]Terms {
	out := make(map[string]Terms)
	s.r.fact(factConfig, "taxonomies")
	for _, one := range sortedKeys(s.r.env.Config.Taxonomies) {
		plural := s.r.env.Config.Taxonomies[one]
		// A taxonomy exists once a page uses it.
		s.r.fact("terms", s.lang.Key+"\x00"+plural)
		if t := s.lang.Taxonomies[plural]; t != nil {
			for _, p := range s.r.pages("children", t.ID, t.Sections) {
				out[plural] = append(out[plural], &TermEntry{Page: p})
			}
		}
	}
	return out
}

// Terms are the terms of a taxonomy, in the order of their pages.
type Terms []*TermEntry

// ByCount is the terms with the one that most pages have first.
func (l Terms) ByCount() Terms {
	return slices.SortedStableFunc(slices.Values(l), func(a, b *TermEntry) int { return b.Count() - a.Count() })
}

// Alphabetical is the terms by name.
func (l Terms) Alphabetical() Terms {
	return slices.SortedStableFunc(slices.Values(l), func(a, b *TermEntry) int { return site.Collate(a.Name(), b.Name()) })
}

// Get is the term of that name, in whatever case, or nil.
func (l Terms) Get(name string) *TermEntry {
	for _, t := range l {
		if strings.EqualFold(t.Name(), name) || strings.EqualFold(lastElement(t.Page.Path()), name) {
			return t
		}
	}
	return nil
}

// TermEntry is one term of a taxonomy.
type TermEntry struct{ Page *Page }

// Name is the term as the author wrote it.
func (t *TermEntry) Name() string { return t.Page.Title() }

// Pages are the term's pages.
func (t *TermEntry) Pages() Pages { return t.Page.RegularPages() }

// Count is how many pages the term has.
func (t *TermEntry) Count() int { return len(t.Pages()) }

// Data is the tree of data files.
func (s *Site) Data() (map[string]any, error) { return s.r.data("") }

// Menus are the menus by name.
func (s *Site) Menus() map[string][]*MenuEntry {
	out := make(map[string][]*MenuEntry)
	s.r.fact("menus", s.lang.Key)
	for _, name := range sortedKeys(s.lang.Menus) {
		s.r.fact("menu", s.lang.Key+"\x00"+name)
		out[name] = s.r.menu(name, s.lang.Menus[name])
	}
	return out
}

func (r *reader) menu(name string, items []*site.MenuItem) []*MenuEntry {
	var out []*MenuEntry
	for _, m := range items {
		out = append(out, &MenuEntry{r: r, m: m, menu: name, Children: r.menu(name, m.Children)})
	}
	return out
}

// MenuEntry is one entry of a menu.
type MenuEntry struct {
	r        *reader
	m        *site.MenuItem
	menu     string
	Children []*MenuEntry
}

// Name is what the entry says.
func (e *MenuEntry) Name() string {
	if e.m.Name == "" && e.m.Target != nil {
		return e.r.page(e.m.Target).LinkTitle()
	}
	return e.m.Name
}

// Title is the entry's title attribute.
func (e *MenuEntry) Title() string { return e.m.Title }

// URL is where the entry leads, with the base path.
func (e *MenuEntry) URL() string {
	if e.m.Link == "" && e.m.Target != nil {
		return e.r.page(e.m.Target).RelPermalink()
	}
	return e.r.rel(e.m.Link)
}

// Identifier names the entry among those of its menu.
func (e *MenuEntry) Identifier() string { return e.m.Identifier }

// Weight orders the entry.
func (e *MenuEntry) Weight() int { return e.m.Weight }

// Pre and Post are markup around the name.
func (e *MenuEntry) Pre() string { return e.m.Pre }

// Post is markup after the name.
func (e *MenuEntry) Post() string { return e.m.Post }

// Params are the entry's own.
func (e *MenuEntry) Params() map[string]any { return foldKeys(e.m.Params) }

// HasChildren reports whether other entries lie below this one.
func (e *MenuEntry) HasChildren() bool { return len(e.Children) > 0 }

// Page is the page that the entry leads to, or nil.
func (e *MenuEntry) Page() *Page { return e.r.page(e.m.Target) }

// IsMenuCurrent reports whether the entry of that menu leads to the page.
func (p *Page) IsMenuCurrent(menu string, e *MenuEntry) bool {
	if e == nil || e.menu != menu {
		return false
	}
	return e.m.Target == p.p || e.m.Target == nil && e.URL() == p.RelPermalink()
}

// HasMenuCurrent reports whether an entry below leads to the page.
func (p *Page) HasMenuCurrent(menu string, e *MenuEntry) bool {
	return e != nil && slices.ContainsFunc(e.Children, func(c *MenuEntry) bool {
		return p.IsMenuCurrent(menu, c) || p.HasMenuCurrent(menu, c)
	})
}

// Language is one language of the site.
type Language struct {
	r *reader
	l *site.Language
}

func (r *reader) language(l *site.Language) *Language {
	r.fact("languages", "")
	return &Language{r: r, l: l}
}

// Lang is the language's key.
func (l *Language) Lang() string { return l.l.Key }

// LanguageName is the language's own name.
func (l *Language) LanguageName() string {
	if l.l.Name != "" {
		return l.l.Name
	}
	return l.l.Key
}

// LanguageCode is the BCP 47 tag.
func (l *Language) LanguageCode() string {
	if l.l.Tag != "" {
		return l.l.Tag
	}
	return l.l.Key
}

// LanguageDirection is "ltr" or "rtl".
func (l *Language) LanguageDirection() string {
	if strings.EqualFold(l.l.Dir, "rtl") {
		return "rtl"
	}
	return "ltr"
}

// Weight orders the language.
func (l *Language) Weight() int { return l.l.Weight }

// Home is the language's home page.
func (l *Language) Home() *Page { return l.r.page(l.l.Home) }
