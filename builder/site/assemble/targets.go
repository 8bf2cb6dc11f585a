package assemble

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/links"
	"github.com/etagere/etagere/builder/site/urls"
)

// targets lists the site's URLs and finds those that two sources claim.
func (a *assembler) targets() {
	s := a.site
	a.sortFiles()
	s.Index.ByURL = make(map[string][]*site.Target, len(s.Pages)+len(s.Resources)+len(s.Static))
	s.Targets = make([]*site.Target, 0, len(s.Pages)+len(s.Resources)+len(s.Static))
	for _, p := range s.Pages {
		for i := range p.Outputs {
			a.claim(&site.Target{URL: p.Outputs[i].URL, Page: p, Output: &p.Outputs[i]})
		}
		for _, pager := range p.Pagers {
			if pager.Number > 1 {
				a.claim(&site.Target{URL: pager.URL, Page: p, Output: &p.Outputs[0], Pager: pager})
			}
		}
	}
	for _, r := range s.Resources {
		if r.URL == "" {
			continue
		}
		a.claim(&site.Target{URL: r.URL, Resource: r})
	}
	for _, r := range s.Static {
		a.claim(&site.Target{URL: r.URL, Static: r})
	}
}

// sortFiles makes the order of claims independent of the order of the input.
func (a *assembler) sortFiles() {
	byName := func(x, y *site.Resource) int { return strings.Compare(x.File.Name, y.File.Name) }
	slices.SortFunc(a.site.Resources, byName)
	slices.SortFunc(a.site.Static, byName)
}

// claim adds t unless its URL is taken; it reports whether it did.
func (a *assembler) claim(t *site.Target) bool {
	key := urls.Fold(t.URL)
	old := a.site.Index.ByURL[key]
	for _, o := range old {
		if urls.OutPath(o.URL) == urls.OutPath(t.URL) {
			a.problem(a.collision(o, t, "%s and %s both make %q").WithHint("rename one of them, or give it another url"))
			return false
		}
	}
	if len(old) > 0 {
		a.problem(a.collision(old[0], t, "%s and %s make URLs that differ only in case: %q").Warn().
			WithHint("one of them is lost on macOS and Windows; rename one of them"))
	}
	if strings.HasPrefix(t.URL, "/_a/") || strings.HasPrefix(t.URL, "/_etagere/") {
		a.problem(problemOf(t, "url-reserved", "%q is in a folder that étagère keeps for itself", t.URL).
			WithHint("give it another url"))
	}
	if n := longest(urls.OutPath(t.URL)); n > maxElement {
		a.problem(problemOf(t, "url-long", "a part of the URL of %s has %d bytes; names of files have %d at the most",
			shorten(a.targetName(t)), n, maxElement).WithHint("give it a shorter name, slug or url"))
	}
	a.site.Index.ByURL[key] = append(old, t)
	a.site.Targets = append(a.site.Targets, t)
	return true
}

// shorten makes a name fit for a message.
func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}

// maxElement is how many bytes file systems allow in the name of a file.
const maxElement = 255

// longest is the length of the longest element of a path.
func longest(p string) int {
	n := 0
	if len(p) > maxElement {
		for e := range strings.SplitSeq(p, "/") {
			n = max(n, len(e))
		}
	}
	return n
}

// collision is the problem of t wanting what o has.
func (a *assembler) collision(o, t *site.Target, format string) diag.Problem {
	return problemOf(t, "url-collision", format, a.targetName(o), a.targetName(t), t.URL)
}

// problemOf is a mistake in what gives t its URL.
func problemOf(t *site.Target, code, format string, args ...any) diag.Problem {
	p := diag.InFile(sourceOf(t), code, format, args...)
	if t.Page != nil && t.Page.Head.URL != "" {
		p.Pos = t.Page.Pos("url")
	} else if t.Page != nil && t.Page.Head.Slug != "" {
		p.Pos = t.Page.Pos("slug")
	}
	if r := t.Redirect; r != nil && r.Page != nil {
		p.Pos = r.Page.Pos("aliases", "alias")
	}
	return p
}

// sourceOf is the file that a mistake about t is in.
func sourceOf(t *site.Target) string {
	switch {
	case t.Page != nil && t.Page.File:
		return t.Page.Head.Source
	case t.Resource != nil:
		return t.Resource.File.Name
	case t.Static != nil:
		return t.Static.File.Name
	case t.Redirect != nil && t.Redirect.Page != nil:
		return t.Redirect.Page.Head.Source
	}
	return configFile
}

// targetName says whose t is.
func (a *assembler) targetName(t *site.Target) string {
	switch {
	case t.Page != nil && t.Pager != nil:
		return "part " + strconv.Itoa(t.Pager.Number) + " of " + a.ownerName(t.Page)
	case t.Page != nil && t.Output.Name != "html":
		return "the " + t.Output.Name + " of " + a.ownerName(t.Page)
	case t.Page != nil:
		return a.ownerName(t.Page)
	case t.Redirect != nil && t.Redirect.Page != nil:
		return "an alias of " + a.ownerName(t.Redirect.Page)
	case t.Redirect != nil:
		return "a redirect in " + configFile
	}
	return fmt.Sprintf("%q", sourceOf(t))
}

// ownerName names a page by its file, or by what it is.
func (a *assembler) ownerName(p *site.Page) string {
	if p.File {
		return fmt.Sprintf("%q", p.Head.Source)
	}
	return fmt.Sprintf("the %s page %q", p.Kind, p.ID)
}

// filesAsFolders finds files whose name is that of a folder of the output.
func (a *assembler) filesAsFolders() {
	folders := map[string]*site.Target{}
	for _, t := range a.site.Targets {
		for dir := urls.Parent(urls.OutPath(t.URL)); dir != "" && folders[dir] == nil; dir = urls.Parent(dir) {
			folders[dir] = t
		}
	}
	for _, t := range a.site.Targets {
		if o := folders[urls.OutPath(t.URL)]; o != nil {
			a.problem(problemOf(t, "url-collision", "%s is a file at %q, where %s needs a folder",
				a.targetName(t), t.URL, a.targetName(o)).WithHint("rename one of them"))
		}
	}
}

// redirects adds the aliases of pages and the redirects of the configuration.
func (a *assembler) redirects() {
	s := a.site
	var list []site.Redirect
	for _, p := range s.Pages {
		if !p.Rendered {
			continue
		}
		for _, alias := range p.Head.Aliases {
			if strings.TrimSpace(alias) == "" {
				continue
			}
			base := urls.Dir(strings.TrimSuffix(p.URL, "/"))
			list = append(list, site.Redirect{From: a.style.Authored(base, alias), To: p.URL, Status: 301, Page: p})
		}
	}
	for i, r := range a.cfg.Redirects {
		if redirect, ok := a.configured(r, "redirects."+strconv.Itoa(i)); ok {
			s.Redirects = append(s.Redirects, redirect)
		}
	}
	s.Redirects = append(list, s.Redirects...)
	if len(s.Index.ByURL[urls.Fold("/")]) == 0 {
		s.Redirects = append(s.Redirects, site.Redirect{From: "/", To: s.Default.Prefix, Status: 302})
	}
	kept := s.Redirects[:0]
	seen := map[[2]string]bool{}
	for _, r := range s.Redirects {
		id := [2]string{r.From, r.To}
		if r.From == r.To || seen[id] {
			continue
		}
		seen[id] = true
		redirect := r
		if a.claim(&site.Target{URL: r.From, Redirect: &redirect}) {
			kept = append(kept, r)
		}
	}
	s.Redirects = kept
	slices.SortFunc(s.Redirects, func(x, y site.Redirect) int { return strings.Compare(x.From, y.From) })
}

// configured is a redirect of the configuration, which stands at key at.
func (a *assembler) configured(r config.Redirect, at string) (site.Redirect, bool) {
	out := site.Redirect{Status: r.Status, To: r.To}
	if out.Status == 0 {
		out.Status = 301
	}
	if strings.TrimSpace(r.From) == "" || strings.TrimSpace(r.To) == "" {
		return out, false // the configuration has told of it
	}
	out.From = a.style.Authored("/", r.From)
	if urls.HasScheme(r.To) || strings.HasPrefix(r.To, "//") {
		return out, true
	}
	to := r.To
	if !strings.HasPrefix(to, "/") {
		to = "/" + to
	}
	found := a.links.Resolve(a.site.Default.Home, "", to)
	if found.Kind == links.None {
		a.problem(a.cfg.Problem(at+".to", "redirect-broken", "the redirect from %q leads to %q, which is nowhere", r.From, r.To).
			Warn().WithHint("%s", links.Hint(a.links.Nearest(a.site.Default.Home, "", to))))
		out.To = urls.Canonical(to)
		return out, true
	}
	out.To = found.Link()
	return out, true
}
