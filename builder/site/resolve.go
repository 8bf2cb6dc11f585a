package site

import (
	"cmp"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/config"
)

// LinkKind says what a link leads to.
type LinkKind string

// What links lead to.
const (
	// LinkNone: nothing that the site knows of.
	LinkNone     LinkKind = ""
	LinkPage     LinkKind = "page"
	LinkResource LinkKind = "resource"
	LinkStatic   LinkKind = "static"
	LinkRedirect LinkKind = "redirect"
	LinkExternal LinkKind = "external"
)

// Resolution is where a link leads.
type Resolution struct {
	Kind LinkKind
	// Page is set for a page, and on LinkNone for one that is not rendered.
	Page     *Page
	Resource *Resource
	Static   *Resource
	Redirect *Redirect
	// URL is the path from the site's root without the base path, with the
	// link's query; for an external link all of it, fragment included.
	URL string
	// Fragment is the part behind "#", as written.
	Fragment string
	// Fallback is set when the page's language has no such page, and that of
	// the default language is taken.
	Fallback bool
	// CaseDiffers is set when only the case of the name is wrong, Backslash when
	// the link has backslashes. Name is then the right name of the file.
	CaseDiffers, Backslash bool
	Name                   string
	// Hidden says why the file that the link names has no page; see Site.Hidden.
	Hidden string
}

// Link is URL with the fragment.
func (r Resolution) Link() string {
	if r.Fragment == "" || r.Kind == LinkExternal {
		return r.URL
	}
	return r.URL + "#" + r.Fragment
}

// hit is what a look-up found.
type hit struct {
	page     *Page
	resource *Resource
	target   *Target
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
func (s *Site) Resolve(from *Page, origin, dest string) Resolution {
	if from == nil {
		from = s.Default.Home
	}
	dest = strings.TrimSpace(dest)
	if strings.HasPrefix(dest, "//") {
		return Resolution{Kind: LinkExternal, URL: dest}
	}
	if hasScheme(dest) {
		rest, own := s.ownURL(dest)
		if !own {
			return Resolution{Kind: LinkExternal, URL: dest}
		}
		l := splitLink(rest)
		if to, ok := s.external(l.path); ok {
			return Resolution{Kind: LinkExternal, URL: to + l.tail()}
		}
		return s.conclude(from, l, s.atURL(l.path))
	}
	l := splitLink(dest)
	if l.path == "" {
		return s.conclude(from, l, &hit{page: from})
	}
	if strings.HasPrefix(l.path, "/") {
		if to, ok := s.external(l.path); ok {
			return Resolution{Kind: LinkExternal, URL: to + l.tail()}
		}
	}
	if origin == "" {
		origin = from.Head.Source
	}
	r := s.conclude(from, l, s.find(from, origin, l))
	if r.Kind == LinkNone && r.Page == nil {
		r.Hidden = s.hidden[path.Join(parentDir(origin), l.path)]
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
	l.path = unescape(dest)
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

// hasScheme reports whether dest begins with a URL scheme.
func hasScheme(dest string) bool {
	for i := range len(dest) {
		switch c := dest[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		case c == ':':
			return i > 0
		case i > 0 && ('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'):
		default:
			return false
		}
	}
	return false
}

// ownURL is the rest of an absolute URL below the site's own base URL.
func (s *Site) ownURL(dest string) (string, bool) {
	base := strings.TrimSuffix(s.Config.BaseURL, "/")
	if !hasScheme(base) || len(dest) < len(base) || !strings.EqualFold(dest[:len(base)], base) {
		return "", false
	}
	rest := dest[len(base):]
	if rest == "" || rest[0] == '?' || rest[0] == '#' {
		rest = "/" + rest
	}
	return rest, rest[0] == '/'
}

// externalPrefix is a path of the site's that the configuration says lives
// elsewhere.
type externalPrefix struct{ path, to string }

// readLinks makes what Resolve needs of the configuration.
func (s *Site) readLinks(c *config.Config) {
	if u, err := url.Parse(c.BaseURL); err == nil {
		s.base = strings.TrimSuffix(u.Path, "/")
	}
	for _, prefix := range sortedKeys(c.Links.External) {
		s.externals = append(s.externals, externalPrefix{"/" + strings.Trim(prefix, "/"), c.Links.External[prefix]})
	}
	slices.SortStableFunc(s.externals, func(x, y externalPrefix) int { return cmp.Compare(len(y.path), len(x.path)) })
}

// external maps a root-absolute path to where the configuration says that it
// lives. The longest prefix counts.
func (s *Site) external(p string) (string, bool) {
	for _, x := range s.externals {
		if p != x.path && !strings.HasPrefix(p, x.path+"/") {
			continue
		}
		rest := EscapePath(p[len(x.path):])
		if strings.HasSuffix(x.to, "/") {
			rest = strings.TrimPrefix(rest, "/")
		}
		return x.to + rest, true
	}
	return "", false
}

// conclude makes the answer of what was found.
func (s *Site) conclude(from *Page, l link, h *hit) Resolution {
	r := Resolution{Fragment: l.fragment, Backslash: l.backslash}
	if h == nil {
		return r
	}
	r.Fallback, r.CaseDiffers = h.fallback, h.folded
	switch t := h.target; {
	case h.page != nil:
		r.Kind, r.Page, r.URL = LinkPage, h.page, h.page.URL
		r.Name = h.page.Head.Source
	case h.resource != nil:
		r.found(h.resource)
	case t.Page != nil:
		r.Kind, r.Page, r.URL = LinkPage, t.Page, t.URL
		r.Name = t.Page.Head.Source
	case t.Resource != nil:
		r.found(t.Resource)
	case t.Static != nil:
		r.found(t.Static)
	case t.Redirect != nil:
		r.Kind, r.Redirect, r.URL = LinkRedirect, t.Redirect, t.URL
	}
	if r.URL == "" {
		r.Kind = LinkNone
		return r
	}
	if l.hasQuery {
		r.URL += "?" + l.query
	}
	return r
}

func (r *Resolution) found(res *Resource) {
	r.URL, r.Name = res.URL, res.File.Name
	if res.Lang == nil {
		r.Kind, r.Static = LinkStatic, res
	} else {
		r.Kind, r.Resource = LinkResource, res
	}
}

// find looks for a path that has no scheme.
func (s *Site) find(from *Page, origin string, l link) *hit {
	switch {
	case strings.HasPrefix(l.path, "@/"):
		return s.fromRoot(from, path.Clean("/" + l.path[2:])[1:], l.isFolder)
	case strings.HasPrefix(l.path, "/"):
		p := strings.TrimPrefix(path.Clean(l.path), "/")
		if h := s.fromRoot(from, p, l.isFolder); h != nil {
			return h
		}
		if base := s.base; base != "" && strings.HasPrefix("/"+p+"/", base+"/") {
			return s.fromRoot(from, strings.TrimPrefix(("/" + p)[len(base):], "/"), l.isFolder)
		}
		return nil
	}
	return s.relative(from, origin, l)
}

// fromRoot looks for a path below the root of the content or of the site.
func (s *Site) fromRoot(from *Page, p string, isFolder bool) *hit {
	if h := from.Lang.inContent(p); h != nil {
		return h
	}
	u := "/" + p
	if isFolder && p != "" {
		u += "/"
	}
	whole := []folderRef{{from.Lang, p}}
	// The name of a source file means the page, a URL means that very URL.
	if strings.HasSuffix(p, ".md") {
		if h := s.missing(from, whole); h != nil {
			return h
		}
	}
	if h := s.exactURL(u); h != nil {
		return h
	}
	if h := s.inPrefix(u); h != nil {
		return h
	}
	if h := s.missing(from, whole); h != nil {
		return h
	}
	if h := s.foldedContent(from.Lang, p); h != nil {
		return h
	}
	return s.foldedURL(u)
}

// inPrefix looks for a path whose first element is a language: /zh/guide/x.md.
// What that language lacks is taken from the default language.
func (s *Site) inPrefix(u string) *hit {
	for _, l := range s.Languages {
		if l.Prefix != "/" && strings.HasPrefix(u, unescape(l.Prefix)) {
			p := strings.TrimSuffix(u[len(unescape(l.Prefix)):], "/")
			if h := l.inContent(p); h != nil {
				return h
			}
			return s.untranslated(l, p)
		}
	}
	return nil
}

// relative looks for a path that is relative to a file, or to the page's URL.
func (s *Site) relative(from *Page, origin string, l link) *hit {
	full := path.Join(parentDir(origin), l.path)
	if p := s.bySource[full]; p != nil {
		return s.translated(from, origin, p)
	}
	if r := s.byName[full]; r != nil {
		return &hit{resource: r}
	}
	refs := s.logical(full)
	lang := from.Lang
	for _, ref := range refs {
		if ref.lang == lang {
			if h := lang.inContent(ref.dir); h != nil {
				return h
			}
		}
	}
	for _, ref := range refs {
		if ref.lang != lang {
			if h := ref.lang.inContent(ref.dir); h != nil {
				if h.page != nil {
					return s.translated(from, origin, h.page)
				}
				return h
			}
		}
	}
	if h := s.missing(from, refs); h != nil {
		return h
	}
	browser := path.Join(urlDir(unescape(from.URL)), l.path)
	if l.isFolder && browser != "/" {
		browser += "/"
	}
	if from.URL != "" {
		if h := s.exactURL(browser); h != nil {
			return h
		}
	}
	for _, ref := range s.foldedLogical(full) {
		if h := s.foldedContent(ref.lang, ref.dir); h != nil {
			return h
		}
	}
	if r := s.foldedName(full); r != nil {
		return &hit{resource: r, folded: true}
	}
	if from.URL == "" {
		return nil
	}
	return s.foldedURL(browser)
}

// missing looks in the default language for what the page's lacks.
func (s *Site) missing(from *Page, refs []folderRef) *hit {
	if from.Lang == s.Default {
		return nil
	}
	for _, ref := range refs {
		if h := s.untranslated(from.Lang, ref.dir); h != nil {
			return h
		}
	}
	return nil
}

// untranslated looks in the default language for a path that l has no page at.
func (s *Site) untranslated(l *Language, p string) *hit {
	if l == s.Default {
		return nil
	}
	h := s.Default.inContent(p)
	if h != nil {
		h.fallback = true
	}
	return h
}

// translated is p in the language of the page that links to it, if the link
// does not name a language itself: it stands in an included file of another
// language, or languages are marked in file names.
func (s *Site) translated(from *Page, origin string, p *Page) *hit {
	if p.Lang == from.Lang || p.marked {
		return &hit{page: p}
	}
	own := origin == from.Head.Source && !from.marked
	if own {
		return &hit{page: p}
	}
	if t := p.Translation(from.Lang); t != nil && t.URL != "" {
		return &hit{page: t}
	}
	return &hit{page: p, fallback: true}
}
