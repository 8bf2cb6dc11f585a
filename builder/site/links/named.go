package links

import (
	"path"
	"strings"
	"sync"

	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/urls"
)

// nameIndex finds pages by the last element of their path.
type nameIndex struct {
	once sync.Once
	// pages are by language and name; nil where several pages are called so.
	pages map[nameKey]*site.Page
}

type nameKey struct {
	lang *site.Language
	name string
}

// Named finds a page as Hugo's ref does: as a link, else as a path from the
// content's root without its leading slash, else as the name of a page of from's
// language, where only one is called so.
func (x *Resolver) Named(from *site.Page, origin, dest string) Resolution {
	r := x.Resolve(from, origin, dest)
	if r.Kind != None || r.Page != nil || r.Hidden != "" {
		return r
	}
	l := splitLink(strings.TrimSpace(dest))
	if strings.HasPrefix(l.path, "/") {
		return r
	}
	if from == nil {
		from = x.site.Default.Home
	}
	p := strings.Trim(path.Clean("/"+l.path), "/")
	if h := x.fromRoot(from, p, l.isFolder); h != nil {
		return x.conclude(from, l, h)
	}
	if strings.Contains(p, "/") {
		return r
	}
	name := p
	if stem, ok := urls.WithoutExt(p); ok {
		name = stem
	}
	if page := x.names()[nameKey{from.Lang, name}]; page != nil {
		return x.conclude(from, l, &hit{page: page})
	}
	return r
}

// names makes the index once.
func (x *Resolver) names() map[nameKey]*site.Page {
	index := &x.named
	index.once.Do(func() {
		index.pages = make(map[nameKey]*site.Page, len(x.site.Pages))
		for _, p := range x.site.Pages {
			key := nameKey{p.Lang, path.Base(p.Path)}
			if _, ok := index.pages[key]; ok {
				index.pages[key] = nil
			} else {
				index.pages[key] = p
			}
		}
	})
	return index.pages
}
