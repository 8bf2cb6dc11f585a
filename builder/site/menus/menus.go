// Package menus makes the menus of a site, from its configuration and its pages.
package menus

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/links"
	"github.com/etagere/etagere/builder/site/urls"
)

// draft is an entry with the place that a mistake about it is at.
type draft struct {
	item *site.MenuItem
	// problem makes a problem at the entry.
	problem func(code, format string, args ...any) diag.Problem
	// parent is set once it is found.
	parent *draft
}

// maker makes the menus of one site.
type maker struct {
	cfg      *config.Config
	links    *links.Resolver
	problems diag.List
}

// Make gives every language of s its menus. All else of s must be there but the
// order of its lists.
func Make(s *site.Site, l *links.Resolver) diag.List {
	m := &maker{cfg: s.Config, links: l}
	pages := make([][]*site.Page, len(s.Languages))
	for _, p := range s.Pages {
		if len(p.Head.Menus) > 0 {
			pages[p.Lang.Index] = append(pages[p.Lang.Index], p)
		}
	}
	for i, lang := range s.Languages {
		drafts := map[string][]*draft{}
		m.fromConfig(lang, drafts)
		for _, p := range pages[i] {
			m.pageMenus(p, drafts)
		}
		for _, name := range slices.Sorted(maps.Keys(drafts)) {
			lang.Menus[name] = m.nest(name, drafts[name])
		}
	}
	return m.problems
}

// problem notes a problem.
func (m *maker) problem(p diag.Problem) { m.problems = append(m.problems, p) }

// fromConfig adds the menus of the configuration: the language's own where it
// has a menu of that name, else the site's.
func (m *maker) fromConfig(l *site.Language, drafts map[string][]*draft) {
	for _, name := range slices.Sorted(maps.Keys(l.Language.Menus)) {
		at := "menus." + name
		if _, own := m.cfg.Languages[l.Key].Menus[name]; own {
			at = "languages." + l.Key + "." + at
		}
		for i, item := range l.Language.Menus[name] {
			drafts[name] = append(drafts[name], m.configItem(l, name, item, at+"."+strconv.Itoa(i)))
		}
	}
}

// configItem resolves one entry of the configuration, which stands at key at.
func (m *maker) configItem(l *site.Language, menu string, c config.MenuItem, at string) *draft {
	item := &site.MenuItem{MenuItem: c}
	d := &draft{item: item, problem: func(code, format string, args ...any) diag.Problem {
		return m.cfg.Problem(at, code, format, args...)
	}}
	switch {
	case c.Page != "":
		dest := "/" + strings.TrimLeft(c.Page, "/")
		r := m.links.Resolve(l.Home, "", dest)
		if r.Kind != links.Page || r.CaseDiffers {
			hint := links.Hint(m.links.Nearest(l.Home, "", dest))
			if r.Kind == links.Page {
				hint = links.Hint(r.Page.Path)
			}
			m.problem(m.cfg.Problem(at+".page", "menu-page", "the menu %q names the page %q, which is not there", menu, c.Page).WithHint("%s", hint))
		}
		item.Target, item.Link = r.Page, r.Link()
	case c.URL != "":
		item.Link = c.URL
		if r := m.links.Resolve(l.Home, "", c.URL); r.Kind != links.None {
			item.Target, item.Link = r.Page, r.Link()
		}
	}
	complete(item)
	return d
}

// complete fills in what the author may leave out.
func complete(m *site.MenuItem) {
	if m.Name == "" {
		switch {
		case m.Target != nil:
			m.Name = m.Target.LinkTitle
		case m.Identifier != "":
			m.Name = urls.Humanize(m.Identifier)
		default:
			m.Name = m.Link
		}
	}
	if m.Identifier == "" {
		m.Identifier = m.Name
	}
}

// pageMenus adds the entries that p asks for.
func (m *maker) pageMenus(p *site.Page, drafts map[string][]*draft) {
	for _, e := range p.Head.Menus {
		item := &site.MenuItem{Target: p, Link: p.URL, MenuItem: config.MenuItem{
			Name: e.Name, Title: e.Title, Identifier: e.Identifier, Page: p.Path, Parent: e.Parent,
			Pre: e.Pre, Post: e.Post, Weight: e.Weight, Params: e.Params,
		}}
		if item.Weight == 0 {
			item.Weight = p.Weight
		}
		complete(item)
		at := p.Pos("menus", "menu")
		drafts[e.Menu] = append(drafts[e.Menu], &draft{item: item, problem: func(code, format string, args ...any) diag.Problem {
			return diag.Problem{Pos: at, Code: code, Message: fmt.Sprintf(format, args...)}
		}})
	}
}

// nest puts entries below their parents, and each level in order.
func (m *maker) nest(menu string, drafts []*draft) []*site.MenuItem {
	byKey := map[string]*draft{}
	for _, key := range []func(*site.MenuItem) string{
		func(m *site.MenuItem) string { return m.Identifier },
		func(m *site.MenuItem) string { return m.Name },
	} {
		for _, d := range drafts {
			if k := key(d.item); k != "" && byKey[k] == nil {
				byKey[k] = d
			}
		}
	}
	for _, d := range drafts {
		if d.item.Parent == "" {
			continue
		}
		parent := byKey[d.item.Parent]
		switch {
		case parent == nil:
			m.problem(d.problem("menu-parent", "the entry %q of the menu %q has the parent %q, which is not there", d.item.Name, menu, d.item.Parent).
				WithHint("name the identifier or the name of an entry of the same menu"))
		case parent.below(d):
			m.problem(d.problem("menu-cycle", "the entry %q of the menu %q is below itself", d.item.Name, menu))
		default:
			d.parent = parent
		}
	}
	var top []*site.MenuItem
	for _, d := range drafts {
		if d.parent == nil {
			top = append(top, d.item)
		} else {
			d.parent.item.Children = append(d.parent.item.Children, d.item)
		}
	}
	for _, d := range drafts {
		slices.SortStableFunc(d.item.Children, compareItems)
	}
	slices.SortStableFunc(top, compareItems)
	return top
}

// below reports whether d is x or lies below it.
func (d *draft) below(x *draft) bool {
	for ; d != nil; d = d.parent {
		if d == x {
			return true
		}
	}
	return false
}

func compareItems(x, y *site.MenuItem) int {
	return cmp.Or(site.CompareWeights(x.Weight, y.Weight), site.Collate(x.Name, y.Name), strings.Compare(x.Link, y.Link))
}
