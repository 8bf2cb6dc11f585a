package site

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/diag"
)

// urls gives p its URL and outputs.
func (a *assembler) urls(p *Page) {
	u := a.mainURL(p)
	if !p.Rendered {
		p.URL = u
		return
	}
	a.outputs(p, u)
}

// mainURL is the URL of p as HTML.
func (a *assembler) mainURL(p *Page) string {
	h, prefix := p.Head, p.Lang.Prefix
	switch {
	case p.Kind == NotFound:
		return prefix + "404.html"
	case h.URL != "":
		return a.authored(prefix, h.URL)
	case p.Kind == Home:
		return prefix
	case strings.HasPrefix(h.Slug, "/"):
		return a.authored(prefix, strings.TrimLeft(h.Slug, "/"))
	}
	if pattern := a.permalink(p); pattern != "" {
		return a.authored(prefix, strings.TrimLeft(a.expand(p, pattern), "/"))
	}
	elements := a.elements(p)
	u := prefix + strings.Join(elements, "/")
	if p.Kind == Regular && !p.Leaf {
		return a.closeElement(u)
	}
	return u + "/"
}

// closeElement is close for a path made of names: their dots mean nothing.
func (a *assembler) closeElement(u string) string {
	if a.cfg.URLs == "file" {
		return u + ".html"
	}
	return u + "/"
}

// elements are the escaped elements of p's path, slug applied.
func (a *assembler) elements(p *Page) []string {
	names := strings.Split(p.Path[1:], "/")
	last := len(names) - 1
	if slug := strings.Trim(p.Head.Slug, "/"); slug != "" {
		names = append(names[:last:last], strings.Split(unescape(slug), "/")...)
	}
	for i, name := range names {
		fit := usable(name)
		if fit != name {
			a.unusable(p, name, fit)
		}
		names[i] = Escape(fit)
	}
	return names
}

// unusable notes that a name cannot be a part of a URL.
func (a *assembler) unusable(p *Page, name, fit string) {
	a.problem(diag.Problem{Pos: posOf(p.Head, "slug"), Code: "name-unusable",
		Message: fmt.Sprintf("%q cannot be a part of a URL, %q stands for it", name, fit)}.
		Warn().WithHint("set slug or url in the front matter"))
}

// permalink is the pattern for p: that of the nearest section that has one.
func (a *assembler) permalink(p *Page) string {
	if p.Kind != Regular || len(a.cfg.Permalinks) == 0 {
		return ""
	}
	for dir := p.dir; ; dir = parentDir(dir) {
		if pattern, ok := a.cfg.Permalinks[dir]; ok && dir != "" {
			return pattern
		}
		if dir == "" {
			return a.cfg.Permalinks["/"]
		}
	}
}

// expand fills the names of a permalink pattern.
func (a *assembler) expand(p *Page, pattern string) string {
	var b strings.Builder
	for pattern != "" {
		i := strings.IndexByte(pattern, ':')
		if i < 0 {
			b.WriteString(pattern)
			break
		}
		b.WriteString(pattern[:i])
		n := i + 1
		for n < len(pattern) && ('a' <= pattern[n] && pattern[n] <= 'z') {
			n++
		}
		b.WriteString(strings.ReplaceAll(a.permalinkName(p, pattern[i+1:n]), "%", "%25"))
		pattern = pattern[n:]
	}
	return b.String()
}

// permalinkName is what a name in a permalink pattern stands for.
func (a *assembler) permalinkName(p *Page, name string) string {
	stem := stemOf(p.Path + ".x")
	switch name {
	case "year", "month", "day":
		if p.Date.IsZero() {
			a.problem(diag.InFile(p.Head.Source, "permalink-date", "the permalink needs a date and the page has none").
				Warn().WithHint("set date in the front matter"))
		}
		return p.Date.Format(map[string]string{"year": "2006", "month": "01", "day": "02"}[name])
	case "title":
		return titleSlug(p.Title)
	case "slug":
		if s := strings.Trim(p.Head.Slug, "/"); s != "" {
			return s
		}
		return titleSlug(p.Title)
	case "section":
		return usable(p.Section)
	case "sections":
		dir := p.dir
		if p.Leaf {
			dir = parentDir(dir)
		}
		return dir
	case "slugorfilename":
		if s := strings.Trim(p.Head.Slug, "/"); s != "" {
			return s
		}
		return usable(stem)
	case "filename", "contentbasename":
		return usable(stem)
	}
	return "" // the configuration knows no other name
}

// outputs gives p its formats. html comes first where it is one of them.
func (a *assembler) outputs(p *Page, u string) {
	names := p.Head.Outputs
	if len(names) == 0 {
		names = a.cfg.Outputs[string(p.Kind)]
	}
	if a.cfg.LLMs.Pages && p.File {
		names = append(slices.Clone(names), "markdown")
	}
	if len(names) == 0 || p.Kind == NotFound {
		p.URL, p.Outputs = u, []Output{{Name: "html", URL: u, Media: "text/html"}}
		return
	}
	seen := map[string]bool{}
	var first, rest []Output
	for _, name := range names {
		o := Output{Name: strings.ToLower(strings.TrimSpace(name))}
		if seen[o.Name] {
			continue
		}
		seen[o.Name] = true
		var ok bool
		if o.URL, o.Media, ok = outputURL(o.Name, u); !ok {
			continue // whoever read the name has told of it
		}
		if o.Name == "html" {
			first = append(first, o)
		} else {
			rest = append(rest, o)
		}
	}
	if p.Outputs = append(first, rest...); len(p.Outputs) == 0 {
		p.Outputs = []Output{{Name: "html", URL: u, Media: "text/html"}}
	}
	p.URL = p.Outputs[0].URL
}

// outputURL is the URL of a format, given that of HTML.
func outputURL(name, u string) (outURL, media string, ok bool) {
	var inFolder, ext string
	switch name {
	case "html":
		return u, "text/html", true
	case "rss":
		inFolder, ext, media = "index.xml", ".xml", "application/rss+xml"
	case "atom":
		inFolder, ext, media = "atom.xml", ".atom.xml", "application/atom+xml"
	case "json":
		inFolder, ext, media = "feed.json", ".json", "application/feed+json"
	case "markdown":
		inFolder, ext, media = "index.md", ".md", "text/markdown"
	default:
		return "", "", false
	}
	if strings.HasSuffix(u, "/") {
		return u + inFolder, media, true
	}
	if e := path.Ext(u); isFileExt(e) {
		u = strings.TrimSuffix(u, e)
	}
	return u + ext, media, true
}
