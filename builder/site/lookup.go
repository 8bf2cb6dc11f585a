package site

import (
	"path"
	"strings"

	"github.com/etagere/etagere/builder/site/urls"
)

// Page returns the page of a language at a path as authors write it:
// "/guide/install", "guide/install.md", "/guide/". It returns nil if there is
// none; the default language is not looked at.
func (s *Site) Page(lang, p string) *Page {
	l := s.Language(lang)
	if l == nil {
		return nil
	}
	page, _ := l.InContent(strings.Trim(path.Clean("/"+p), "/"))
	return page
}

// ByID returns the page with that ID, or nil.
func (s *Site) ByID(id string) *Page { return s.Index.ByID[id] }

// BySource returns the page made of the file that the author calls name, or nil.
func (s *Site) BySource(name string) *Page { return s.Index.BySource[name] }

// Hidden says why the file that the author calls name has no page: "draft",
// "future", "expired", "collision", "bundle" (with Hugo's bundles, Markdown
// beside or below an index.md); empty if it has one, or is not there.
func (s *Site) Hidden(name string) string { return s.Index.Hidden[name] }

// ByURL returns the target at that URL (a path without the base path, escaped
// in any way), or nil.
func (s *Site) ByURL(u string) *Target {
	want := urls.OutPath(u)
	for _, t := range s.Index.ByURL[urls.Fold(u)] {
		if urls.OutPath(t.URL) == want {
			return t
		}
	}
	return nil
}

// InContent looks for a path below the content of l: a page with or without an
// ending, a folder, any other file. It has no slashes at its ends. At most one
// of the results is set.
func (l *Language) InContent(p string) (*Page, *Resource) {
	if r := l.Files[p]; r != nil {
		return nil, r
	}
	if page := l.ByPath["/"+p]; page != nil {
		return page, nil
	}
	stem, ok := urls.WithoutExt(p)
	if !ok {
		return nil, nil
	}
	if page := l.ByPath["/"+stem]; page != nil {
		return page, nil
	}
	dir, base := urls.Parent(stem), path.Base(stem)
	switch urls.Rank(base) {
	case urls.RankNone:
		return nil, nil
	case urls.RankReadme:
		if page := l.ByPath["/"+urls.Join(dir, "readme")]; page != nil {
			return page, nil
		}
	}
	if page := l.ByPath["/"+dir]; page != nil {
		return page, nil
	}
	return nil, nil
}
