package site

import (
	"path"
	"strings"
)

// Page returns the page of a language at a path as authors write it:
// "/guide/install", "guide/install.md", "/guide/". It returns nil if there is
// none; the default language is not looked at.
func (s *Site) Page(lang, p string) *Page {
	l := s.Language(lang)
	if l == nil {
		return nil
	}
	found := l.inContent(strings.Trim(path.Clean("/"+p), "/"))
	if found == nil || found.page == nil {
		return nil
	}
	return found.page
}

// ByID returns the page with that ID, or nil.
func (s *Site) ByID(id string) *Page { return s.byID[id] }

// BySource returns the page made of the file that the author calls name, or nil.
func (s *Site) BySource(name string) *Page { return s.bySource[name] }

// Hidden says why the file that the author calls name has no page: "draft",
// "future", "expired", "collision", "bundle" (with Hugo's bundles, Markdown
// beside or below an index.md); empty if it has one, or is not there.
func (s *Site) Hidden(name string) string { return s.hidden[name] }

// ByURL returns the target at that URL (a path without the base path, escaped
// in any way), or nil.
func (s *Site) ByURL(u string) *Target {
	want := OutPath(u)
	for _, t := range s.byURL[foldURL(u)] {
		if OutPath(t.URL) == want {
			return t
		}
	}
	return nil
}

// logical is the place in the content that a path of the author's is: refs
// hold the whole path in dir.
func (s *Site) logical(full string) []folderRef {
	dir, rest := full, ""
	if dir == "." {
		dir = ""
	}
	for {
		if refs := s.folders[dir]; len(refs) > 0 {
			if rest == "" {
				return refs
			}
			out := make([]folderRef, len(refs))
			for i, ref := range refs {
				out[i] = folderRef{ref.lang, join(ref.dir, rest)}
			}
			return out
		}
		if dir == "" {
			return nil
		}
		rest = join(path.Base(dir), rest)
		dir = parentDir(dir)
	}
}

// inContent looks for a path below the content of l: a page with or without an
// ending, a folder, any other file. It has no slashes at its ends.
func (l *Language) inContent(p string) *hit {
	if r := l.resources[p]; r != nil {
		return &hit{resource: r}
	}
	if page := l.byPath["/"+p]; page != nil {
		return &hit{page: page}
	}
	stem, ok := withoutExt(p)
	if !ok {
		return nil
	}
	if page := l.byPath["/"+stem]; page != nil {
		return &hit{page: page}
	}
	dir, base := parentDir(stem), path.Base(stem)
	switch indexRank(base) {
	case rankNone:
		return nil
	case rankReadme:
		if page := l.byPath["/"+join(dir, "readme")]; page != nil {
			return &hit{page: page}
		}
	}
	if page := l.byPath["/"+dir]; page != nil {
		return &hit{page: page}
	}
	return nil
}

// withoutExt is p without an ending that stands for a page.
func withoutExt(p string) (string, bool) {
	for _, ext := range []string{".md", ".html", ".mdx", ".markdown", ".htm"} {
		if strings.HasSuffix(p, ext) {
			return strings.TrimSuffix(p, ext), true
		}
	}
	return "", false
}

// exactURL looks for a URL (unescaped) in the ways in which it may be written.
func (s *Site) exactURL(u string) *hit {
	for _, try := range spellings(u) {
		for _, t := range s.byURL[strings.TrimSuffix(strings.ToLower(try), "index.html")] {
			if OutPath(t.URL) == plainOutPath(try) {
				return &hit{target: t}
			}
		}
	}
	return nil
}

// atURL is exactURL, then without regard to case.
func (s *Site) atURL(u string) *hit {
	u = cleanURL(u)
	if h := s.exactURL(u); h != nil {
		return h
	}
	if h := s.inPrefix(u); h != nil {
		return h
	}
	if h := s.Default.inContent(strings.Trim(u, "/")); h != nil {
		return h
	}
	return s.foldedURL(u)
}

func cleanURL(u string) string {
	out := path.Clean("/" + u)
	if strings.HasSuffix(u, "/") && out != "/" {
		out += "/"
	}
	return out
}

// plainOutPath is OutPath of a URL that is not escaped.
func plainOutPath(u string) string {
	p := strings.TrimPrefix(u, "/")
	if p == "" || strings.HasSuffix(p, "/") {
		return p + "index.html"
	}
	return p
}

// spellings are u and the URLs that may be meant by it, the likeliest first.
func spellings(u string) []string {
	if strings.HasSuffix(u, "/") {
		return []string{u, strings.TrimSuffix(u, "/"), strings.TrimSuffix(u, "/") + ".html"}
	}
	if stem, ok := withoutExt(u); ok {
		return []string{u, stem + "/", stem + ".html"}
	}
	return []string{u, u + "/", u + ".html"}
}
