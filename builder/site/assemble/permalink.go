package assemble

import (
	"fmt"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/urls"
)

// locations gives p its URL and outputs.
func (a *assembler) locations(p *site.Page) {
	u := a.mainURL(p)
	if !p.Rendered {
		p.URL = u
		return
	}
	a.outputs(p, u)
}

// mainURL is the URL of p as HTML.
func (a *assembler) mainURL(p *site.Page) string {
	h, prefix := p.Head, p.Lang.Prefix
	switch {
	case p.Kind == site.NotFound:
		return prefix + "404.html"
	case h.URL != "":
		return a.style.Authored(prefix, h.URL)
	case p.Kind == site.Home:
		return prefix
	case strings.HasPrefix(h.Slug, "/"):
		return a.style.Authored(prefix, strings.TrimLeft(h.Slug, "/"))
	}
	if pattern := a.permalink(p); pattern != "" {
		return a.style.Authored(prefix, strings.TrimLeft(a.expand(p, pattern), "/"))
	}
	elements := a.elements(p)
	u := prefix + strings.Join(elements, "/")
	if p.Kind == site.Regular && !p.Leaf {
		return a.style.Close(u)
	}
	return u + "/"
}

// elements are the escaped elements of p's path, slug applied.
func (a *assembler) elements(p *site.Page) []string {
	names := strings.Split(p.Path[1:], "/")
	last := len(names) - 1
	if slug := strings.Trim(p.Head.Slug, "/"); slug != "" {
		names = append(names[:last:last], strings.Split(urls.Unescape(slug), "/")...)
	}
	for i, name := range names {
		fit := urls.Usable(name)
		if fit != name {
			a.unusable(p, name, fit)
		}
		names[i] = urls.Escape(fit)
	}
	return names
}

// unusable notes that a name cannot be a part of a URL.
func (a *assembler) unusable(p *site.Page, name, fit string) {
	a.problem(diag.Problem{Pos: p.Pos("slug"), Code: "name-unusable",
		Message: fmt.Sprintf("%q cannot be a part of a URL, %q stands for it", name, fit)}.
		Warn().WithHint("set slug or url in the front matter"))
}

// permalink is the pattern for p: that of the nearest section that has one.
func (a *assembler) permalink(p *site.Page) string {
	if p.Kind != site.Regular || len(a.cfg.Permalinks) == 0 {
		return ""
	}
	for dir := p.Dir; ; dir = urls.Parent(dir) {
		if pattern, ok := a.cfg.Permalinks[dir]; ok && dir != "" {
			return pattern
		}
		if dir == "" {
			return a.cfg.Permalinks["/"]
		}
	}
}

// expand fills the names of a permalink pattern.
func (a *assembler) expand(p *site.Page, pattern string) string {
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
func (a *assembler) permalinkName(p *site.Page, name string) string {
	stem := urls.Stem(p.Path + ".x")
	switch name {
	case "year", "month", "day":
		if p.Date.IsZero() {
			a.problem(diag.InFile(p.Head.Source, "permalink-date", "the permalink needs a date and the page has none").
				Warn().WithHint("set date in the front matter"))
		}
		return p.Date.Format(map[string]string{"year": "2006", "month": "01", "day": "02"}[name])
	case "title":
		return urls.TitleSlug(p.Title)
	case "slug":
		if s := strings.Trim(p.Head.Slug, "/"); s != "" {
			return s
		}
		return urls.TitleSlug(p.Title)
	case "section":
		return urls.Usable(p.Section)
	case "sections":
		dir := p.Dir
		if p.Leaf {
			dir = urls.Parent(dir)
		}
		return dir
	case "slugorfilename":
		if s := strings.Trim(p.Head.Slug, "/"); s != "" {
			return s
		}
		return urls.Usable(stem)
	case "filename", "contentbasename":
		return urls.Usable(stem)
	}
	return "" // the configuration knows no other name
}

// outputs gives p its formats. html comes first where it is one of them.
func (a *assembler) outputs(p *site.Page, u string) {
	names := p.Head.Outputs
	if len(names) == 0 {
		names = a.cfg.Outputs[string(p.Kind)]
	}
	if a.cfg.LLMs.Pages && p.File {
		names = append(slices.Clone(names), "markdown")
	}
	if len(names) == 0 || p.Kind == site.NotFound {
		p.URL, p.Outputs = u, []site.Output{{Name: "html", URL: u, Media: "text/html"}}
		return
	}
	seen := map[string]bool{}
	var first, rest []site.Output
	for _, name := range names {
		o := site.Output{Name: strings.ToLower(strings.TrimSpace(name))}
		if seen[o.Name] {
			continue
		}
		seen[o.Name] = true
		var ok bool
		if o.URL, o.Media, ok = urls.OfFormat(o.Name, u); !ok {
			continue // whoever read the name has told of it
		}
		if o.Name == "html" {
			first = append(first, o)
		} else {
			rest = append(rest, o)
		}
	}
	if p.Outputs = append(first, rest...); len(p.Outputs) == 0 {
		p.Outputs = []site.Output{{Name: "html", URL: u, Media: "text/html"}}
	}
	p.URL = p.Outputs[0].URL
}
