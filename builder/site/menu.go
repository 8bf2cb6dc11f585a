package site

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/diag"
)

// menuDraft is an entry with the place that a mistake about it is at.
type menuDraft struct {
	item *MenuItem
	// problem makes a problem at the entry.
	problem func(code, format string, args ...any) diag.Problem
	// parent is set once it is found.
	parent *menuDraft
}

// menus makes the menus of every language.
func (a *assembler) menus() {
	for _, w := range a.works {
		drafts := map[string][]*menuDraft{}
		a.fromConfig(w.lang, drafts)
		for _, p := range w.pages {
			a.pageMenus(p, drafts)
		}
		for _, name := range sortedKeys(drafts) {
			w.lang.Menus[name] = a.nest(name, drafts[name])
		}
	}
}

// fromConfig adds the menus of the configuration: the language's own where it
// has a menu of that name, else the site's.
func (a *assembler) fromConfig(l *Language, drafts map[string][]*menuDraft) {
	for _, name := range sortedKeys(l.Language.Menus) {
		at := "menus." + name
		if _, own := a.cfg.Languages[l.Key].Menus[name]; own {
			at = "languages." + l.Key + "." + at
		}
		for i, item := range l.Language.Menus[name] {
			drafts[name] = append(drafts[name], a.configItem(l, name, item, at+"."+strconv.Itoa(i)))
		}
	}
}

// configItem resolves one entry of the configuration, which stands at key at.
func (a *assembler) configItem(l *Language, menu string, c config.MenuItem, at string) *menuDraft {
	item := &MenuItem{MenuItem: c}
	d := &menuDraft{item: item, problem: func(code, format string, args ...any) diag.Problem {
		return a.cfg.Problem(at, code, format, args...)
	}}
	switch {
	case c.Page != "":
		dest := "/" + strings.TrimLeft(c.Page, "/")
		r := a.site.Resolve(l.Home, "", dest)
		if r.Kind != LinkPage || r.CaseDiffers {
			hint := nearestHint(a.site.Nearest(l.Home, "", dest))
			if r.Kind == LinkPage {
				hint = nearestHint(r.Page.Path)
			}
			a.problem(a.cfg.Problem(at+".page", "menu-page", "the menu %q names the page %q, which is not there", menu, c.Page).WithHint("%s", hint))
		}
		item.Target, item.Link = r.Page, r.Link()
	case c.URL != "":
		item.Link = c.URL
		if r := a.site.Resolve(l.Home, "", c.URL); r.Kind != LinkNone {
			item.Target, item.Link = r.Page, r.Link()
		}
	}
	item.complete()
	return d
}

// complete fills in what the author may leave out.
func (m *MenuItem) complete() {
	if m.Name == "" {
		switch {
		case m.Target != nil:
			m.Name = m.Target.LinkTitle
		case m.Identifier != "":
			m.Name = Humanize(m.Identifier)
		default:
			m.Name = m.Link
		}
	}
	if m.Identifier == "" {
		m.Identifier = m.Name
	}
}

// pageMenus adds the entries that p asks for.
func (a *assembler) pageMenus(p *Page, drafts map[string][]*menuDraft) {
	for _, e := range p.Head.Menus {
		item := &MenuItem{Target: p, Link: p.URL, MenuItem: config.MenuItem{
			Name: e.Name, Title: e.Title, Identifier: e.Identifier, Page: p.Path, Parent: e.Parent,
			Pre: e.Pre, Post: e.Post, Weight: e.Weight, Params: e.Params,
		}}
		if item.Weight == 0 {
			item.Weight = p.Weight
		}
		item.complete()
		at := posOf(p.Head, "menus", "menu")
		drafts[e.Menu] = append(drafts[e.Menu], &menuDraft{item: item, problem: func(code, format string, args ...any) diag.Problem {
			return diag.Problem{Pos: at, Code: code, Message: fmt.Sprintf(format, args...)}
		}})
	}
}

// nest puts entries below their parents, and each level in order.
func (a *assembler) nest(menu string, drafts []*menuDraft) []*MenuItem {
	byKey := map[string]*menuDraft{}
	for _, key := range []func(*MenuItem) string{
		func(m *MenuItem) string { return m.Identifier },
		func(m *MenuItem) string { return m.Name },
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
			a.problem(d.problem("menu-parent", "the entry %q of the menu %q has the parent %q, which is not there", d.item.Name, menu, d.item.Parent).
				WithHint("name the identifier or the name of an entry of the same menu"))
		case parent.below(d):
			a.problem(d.problem("menu-cycle", "the entry %q of the menu %q is below itself", d.item.Name, menu))
		default:
			d.parent = parent
		}
	}
	var top []*MenuItem
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
func (d *menuDraft) below(x *menuDraft) bool {
	for ; d != nil; d = d.parent {
		if d == x {
			return true
		}
	}
	return false
}

func compareItems(x, y *MenuItem) int {
	return cmp.Or(cmp.Compare(weightRank(x.Weight), weightRank(y.Weight)), collate(x.Name, y.Name), strings.Compare(x.Link, y.Link))
}
