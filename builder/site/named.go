package site

import (
	"path"
	"strings"
	"sync"
)

// nameIndex finds pages by the last element of their path.
type nameIndex struct {
	once sync.Once
	// pages are by language and name; nil where several pages are called so.
	pages map[nameKey]*Page
}

type nameKey struct {
	lang *Language
	name string
}

// Named finds a page as Hugo's ref does: as a link, else as a path from the
// content's root without its leading slash, else as the name of a page of from's
// language, where only one is called so.
func (s *Site) Named(from *Page, origin, dest string) Resolution {
	r := s.Resolve(from, origin, dest)
	if r.Kind != LinkNone || r.Page != nil || r.Hidden != "" {
		return r
	}
	l := splitLink(strings.TrimSpace(dest))
	if strings.HasPrefix(l.path, "/") {
		return r
	}
	if from == nil {
		from = s.Default.Home
	}
	p := strings.Trim(path.Clean("/"+l.path), "/")
	if h := s.fromRoot(from, p, l.isFolder); h != nil {
		return s.conclude(from, l, h)
	}
	if strings.Contains(p, "/") {
		return r
	}
	name := p
	if stem, ok := withoutExt(p); ok {
		name = stem
	}
	if page := s.names()[nameKey{from.Lang, name}]; page != nil {
		return s.conclude(from, l, &hit{page: page})
	}
	return r
}

// names makes the index once.
func (s *Site) names() map[nameKey]*Page {
	x := &s.named
	x.once.Do(func() {
		x.pages = make(map[nameKey]*Page, len(s.Pages))
		for _, p := range s.Pages {
			key := nameKey{p.Lang, path.Base(p.Path)}
			if _, ok := x.pages[key]; ok {
				x.pages[key] = nil
			} else {
				x.pages[key] = p
			}
		}
	})
	return x.pages
}
