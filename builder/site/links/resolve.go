package links

import (
	"path"
	"strings"

	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/urls"
)

// hit is what a look-up found.
type hit struct {
	page     *site.Page
	resource *site.Resource
	target   *site.Target
	fallback bool
	folded   bool
}

// Resolve finds where a link leads. dest is as the author wrote it, on page
// from, in the file origin (by the author's name; it may be one that the page
// includes). An empty origin means the page's own file. A nil from means the
// default language's home page.
//
// A relative link is first looked for among the source files, where it leads
// on a code host, and then from the page's URL, where it leads in a browser.
func (x *Resolver) Resolve(from *site.Page, origin, dest string) Resolution {
	if from == nil {
		from = x.site.Default.Home
	}
	dest = strings.TrimSpace(dest)
	if strings.HasPrefix(dest, "//") {
		return Resolution{Kind: External, URL: dest}
	}
	if urls.HasScheme(dest) {
		rest, own := x.ownURL(dest)
		if !own {
			return Resolution{Kind: External, URL: dest}
		}
		l := splitLink(rest)
		if to, ok := x.external(l.path); ok {
			return Resolution{Kind: External, URL: to + l.tail()}
		}
		return x.conclude(from, l, x.atURL(l.path))
	}
	l := splitLink(dest)
	if l.path == "" {
		return x.conclude(from, l, &hit{page: from})
	}
	if strings.HasPrefix(l.path, "/") {
		if to, ok := x.external(l.path); ok {
			return Resolution{Kind: External, URL: to + l.tail()}
		}
	}
	if origin == "" {
		origin = from.Head.Source
	}
	r := x.conclude(from, l, x.find(from, origin, l))
	if r.Kind == None && r.Page == nil {
		r.Hidden = x.site.Index.Hidden[path.Join(urls.Parent(origin), l.path)]
	}
	return r
}

// link is a destination in its parts.
type link struct {
	// path is unescaped, with slashes.
	path                string
	query, fragment     string
	hasQuery, hasFrag   bool
	backslash, isFolder bool
}

func splitLink(dest string) link {
	var l link
	dest, l.fragment, l.hasFrag = strings.Cut(dest, "#")
	dest, l.query, l.hasQuery = strings.Cut(dest, "?")
	if l.backslash = strings.Contains(dest, `\`); l.backslash {
		dest = strings.ReplaceAll(dest, `\`, "/")
	}
	l.path = urls.Unescape(dest)
	l.isFolder = strings.HasSuffix(l.path, "/")
	return l
}

// tail is the query and the fragment as written.
func (l link) tail() string {
	var t string
	if l.hasQuery {
		t = "?" + l.query
	}
	if l.hasFrag {
		t += "#" + l.fragment
	}
	return t
}

// ownURL is the rest of an absolute URL below the site's own base URL.
func (x *Resolver) ownURL(dest string) (string, bool) {
	base := strings.TrimSuffix(x.site.Config.BaseURL, "/")
	if !urls.HasScheme(base) || len(dest) < len(base) || !strings.EqualFold(dest[:len(base)], base) {
		return "", false
	}
	rest := dest[len(base):]
	if rest == "" || rest[0] == '?' || rest[0] == '#' {
		rest = "/" + rest
	}
	return rest, rest[0] == '/'
}

// external maps a root-absolute path to where the configuration says that it
// lives. The longest prefix counts.
func (x *Resolver) external(p string) (string, bool) {
	for _, e := range x.externals {
		if p != e.path && !strings.HasPrefix(p, e.path+"/") {
			continue
		}
		rest := urls.EscapePath(p[len(e.path):])
		if strings.HasSuffix(e.to, "/") {
			rest = strings.TrimPrefix(rest, "/")
		}
		return e.to + rest, true
	}
	return "", false
}

// conclude makes the answer of what was found.
func (x *Resolver) conclude(from *site.Page, l link, h *hit) Resolution {
	r := Resolution{Fragment: l.fragment, Backslash: l.backslash}
	if h == nil {
		return r
	}
	r.Fallback, r.CaseDiffers = h.fallback, h.folded
	switch t := h.target; {
	case h.page != nil:
		r.Kind, r.Page, r.URL = Page, h.page, h.page.URL
		r.Name = h.page.Head.Source
	case h.resource != nil:
		r.found(h.resource)
	case t.Page != nil:
		r.Kind, r.Page, r.URL = Page, t.Page, t.URL
		r.Name = t.Page.Head.Source
	case t.Resource != nil:
		r.found(t.Resource)
	case t.Static != nil:
		r.found(t.Static)
	case t.Redirect != nil:
		r.Kind, r.Redirect, r.URL = Redirect, t.Redirect, t.URL
	}
	if r.URL == "" {
		r.Kind = None
		return r
	}
	if l.hasQuery {
		r.URL += "?" + l.query
	}
	return r
}

func (r *Resolution) found(res *site.Resource) {
	r.URL, r.Name = res.URL, res.File.Name
	if res.Lang == nil {
		r.Kind, r.Static = Static, res
	} else {
		r.Kind, r.Resource = Resource, res
	}
}

// find looks for a path that has no scheme.
func (x *Resolver) find(from *site.Page, origin string, l link) *hit {
	switch {
	case strings.HasPrefix(l.path, "@/"):
		return x.fromRoot(from, path.Clean("/" + l.path[2:])[1:], l.isFolder)
	case strings.HasPrefix(l.path, "/"):
		p := strings.TrimPrefix(path.Clean(l.path), "/")
		if h := x.fromRoot(from, p, l.isFolder); h != nil {
			return h
		}
		if base := x.base; base != "" && strings.HasPrefix("/"+p+"/", base+"/") {
			return x.fromRoot(from, strings.TrimPrefix(("/" + p)[len(base):], "/"), l.isFolder)
		}
		return nil
	}
	return x.relative(from, origin, l)
}

// fromRoot looks for a path below the root of the content or of the site.
func (x *Resolver) fromRoot(from *site.Page, p string, isFolder bool) *hit {
	if h := inContent(from.Lang, p); h != nil {
		return h
	}
	u := "/" + p
	if isFolder && p != "" {
		u += "/"
	}
	whole := []site.Folder{{Lang: from.Lang, Dir: p}}
	// The name of a source file means the page, a URL means that very URL.
	if strings.HasSuffix(p, ".md") {
		if h := x.missing(from, whole); h != nil {
			return h
		}
	}
	if h := x.exactURL(u); h != nil {
		return h
	}
	if h := x.inPrefix(u); h != nil {
		return h
	}
	if h := x.missing(from, whole); h != nil {
		return h
	}
	if h := x.foldedContent(from.Lang, p); h != nil {
		return h
	}
	return x.foldedURL(u)
}

// inPrefix looks for a path whose first element is a language: /zh/guide/x.md.
// What that language lacks is taken from the default language.
func (x *Resolver) inPrefix(u string) *hit {
	for _, l := range x.site.Languages {
		if l.Prefix != "/" && strings.HasPrefix(u, urls.Unescape(l.Prefix)) {
			p := strings.TrimSuffix(u[len(urls.Unescape(l.Prefix)):], "/")
			if h := inContent(l, p); h != nil {
				return h
			}
			return x.untranslated(l, p)
		}
	}
	return nil
}

// relative looks for a path that is relative to a file, or to the page's URL.
func (x *Resolver) relative(from *site.Page, origin string, l link) *hit {
	full := path.Join(urls.Parent(origin), l.path)
	if p := x.site.Index.BySource[full]; p != nil {
		return x.translated(from, origin, p)
	}
	if r := x.site.Index.ByName[full]; r != nil {
		return &hit{resource: r}
	}
	refs := x.logical(full)
	lang := from.Lang
	for _, ref := range refs {
		if ref.Lang == lang {
			if h := inContent(lang, ref.Dir); h != nil {
				return h
			}
		}
	}
	for _, ref := range refs {
		if ref.Lang != lang {
			if h := inContent(ref.Lang, ref.Dir); h != nil {
				if h.page != nil {
					return x.translated(from, origin, h.page)
				}
				return h
			}
		}
	}
	if h := x.missing(from, refs); h != nil {
		return h
	}
	browser := path.Join(urls.Dir(urls.Unescape(from.URL)), l.path)
	if l.isFolder && browser != "/" {
		browser += "/"
	}
	if from.URL != "" {
		if h := x.exactURL(browser); h != nil {
			return h
		}
	}
	for _, ref := range x.foldedLogical(full) {
		if h := x.foldedContent(ref.Lang, ref.Dir); h != nil {
			return h
		}
	}
	if r := x.foldedName(full); r != nil {
		return &hit{resource: r, folded: true}
	}
	if from.URL == "" {
		return nil
	}
	return x.foldedURL(browser)
}

// missing looks in the default language for what the page's lacks.
func (x *Resolver) missing(from *site.Page, refs []site.Folder) *hit {
	if from.Lang == x.site.Default {
		return nil
	}
	for _, ref := range refs {
		if h := x.untranslated(from.Lang, ref.Dir); h != nil {
			return h
		}
	}
	return nil
}

// untranslated looks in the default language for a path that l has no page at.
func (x *Resolver) untranslated(l *site.Language, p string) *hit {
	if l == x.site.Default {
		return nil
	}
	h := inContent(x.site.Default, p)
	if h != nil {
		h.fallback = true
	}
	return h
}

// translated is p in the language of the page that links to it, if the link
// does not name a language itself: it stands in an included file of another
// language, or languages are marked in file names.
func (x *Resolver) translated(from *site.Page, origin string, p *site.Page) *hit {
	if p.Lang == from.Lang || p.Marked {
		return &hit{page: p}
	}
	own := origin == from.Head.Source && !from.Marked
	if own {
		return &hit{page: p}
	}
	if t := p.Translation(from.Lang); t != nil && t.URL != "" {
		return &hit{page: t}
	}
	return &hit{page: p, fallback: true}
}
