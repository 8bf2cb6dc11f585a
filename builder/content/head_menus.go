package content

import (
	"strings"

	"github.com/etagere/etagere/builder/frontmatter"
)

// menus reads the menus that a page wants to be in: the name of one, a list of
// names, or a table by name with the entry's own values.
func (r *headReader) menus(f frontmatter.Field) {
	var entries []MenuEntry
	switch f.Value.Kind {
	case frontmatter.String:
		entries = []MenuEntry{{Menu: f.Value.Text}}
	case frontmatter.List:
		var names []string
		r.texts(f, &names, false)
		for _, name := range names {
			entries = append(entries, MenuEntry{Menu: name})
		}
	case frontmatter.Map:
		for _, m := range f.Value.Fields {
			entries = append(entries, r.menu(m)...)
		}
	default:
		r.wrong(f, "the name of a menu, a list of names, or a table")
		return
	}
	r.head.Menus = entries
}

// menu reads the entries that a page has in one menu.
func (r *headReader) menu(m frontmatter.Field) []MenuEntry {
	switch m.Value.Kind {
	case frontmatter.Null:
		return []MenuEntry{{Menu: m.Key}}
	case frontmatter.Map:
		return []MenuEntry{r.menuEntry(m.Key, m.Value)}
	case frontmatter.List:
		var entries []MenuEntry
		for _, e := range m.Value.Items {
			if e.Kind != frontmatter.Map {
				r.problem(e.Span, "frontmatter-type", "an entry of menu %q must be a table, not %s", clip(m.Key), e.Kind)
				continue
			}
			entries = append(entries, r.menuEntry(m.Key, e))
		}
		return entries
	}
	r.wrong(m, "a table")
	return nil
}

func (r *headReader) menuEntry(menu string, n *frontmatter.Node) MenuEntry {
	e := MenuEntry{Menu: menu}
	for _, f := range n.Fields {
		switch canonical(f.Key) {
		case "name":
			r.text(f, &e.Name)
		case "title":
			r.text(f, &e.Title)
		case "identifier":
			r.text(f, &e.Identifier)
		case "parent":
			r.text(f, &e.Parent)
		case "pre":
			r.text(f, &e.Pre)
		case "post":
			r.text(f, &e.Post)
		case "weight":
			if f.Value.Kind != frontmatter.Null {
				r.number(f, &e.Weight)
			}
		case "params":
			if p, ok := f.Value.Value().(map[string]any); ok {
				e.Params = p
			} else if f.Value.Kind != frontmatter.Null {
				r.wrong(f, "a table of keys and values")
			}
		default:
			r.problem(f.At, "frontmatter-key", "an entry of a menu has no key %q", clip(f.Key))
			r.hint("known are name, title, identifier, parent, pre, post, weight and params")
			r.warn()
		}
	}
	return e
}

// cascade reads what a page hands down: one table, or a list of them.
func (r *headReader) cascade(f frontmatter.Field) {
	if r.doc == nil {
		return // handed-down values hand nothing down themselves
	}
	switch f.Value.Kind {
	case frontmatter.Null:
	case frontmatter.Map:
		r.cascadeTable(f.Value)
	case frontmatter.List:
		for _, e := range f.Value.Items {
			if e.Kind != frontmatter.Map {
				r.problem(e.Span, "frontmatter-type", "an entry of %q must be a table, not %s", f.Key, e.Kind)
				continue
			}
			r.cascadeTable(e)
		}
	default:
		r.wrong(f, "a table, or a list of tables")
	}
}

func (r *headReader) cascadeTable(n *frontmatter.Node) {
	c := Cascade{Values: make(map[string]any)}
	// Values are read once into a head that is thrown away, so that mistakes in
	// them are told here, where they stand, and not at every descendant.
	trial := &headReader{head: &Head{Params: make(map[string]any)}, opts: r.opts, doc: r.doc, set: make(map[string]bool)}
	for _, f := range n.Fields {
		switch canonical(f.Key) {
		case "target":
			r.target(f, &c)
		case "cascade":
			r.problem(f.At, "frontmatter-key", "a cascade cannot hold another")
		default:
			c.Values[f.Key] = f.Value.Value()
			trial.field(f)
		}
	}
	r.problems = append(r.problems, trial.problems...)
	r.head.Cascade = append(r.head.Cascade, c)
}

func (r *headReader) target(f frontmatter.Field, c *Cascade) {
	if f.Value.Kind != frontmatter.Map {
		if f.Value.Kind != frontmatter.Null {
			r.wrong(f, "a table with path, kind or lang")
		}
		return
	}
	for _, t := range f.Value.Fields {
		switch canonical(t.Key) {
		case "path":
			r.text(t, &c.Path)
		case "kind":
			r.text(t, &c.Kind)
		case "lang":
			r.text(t, &c.Lang)
		default:
			r.problem(t.At, "frontmatter-key", "a cascade's target has no key %q", clip(t.Key))
			r.hint("known are path, kind and lang")
		}
	}
}

// With is h with the values of a cascade for all that h does not say itself.
// The nearest ancestor's cascade is applied first: what it gives counts as said.
// The H1 gives way to a title of the cascade only where there is none.
func (h *Head) With(values map[string]any, opts HeadOptions) *Head {
	if len(values) == 0 {
		return h
	}
	n := h.clone()
	r := &headReader{head: n, opts: opts, set: make(map[string]bool), given: make(map[string]bool)}
	for _, key := range h.Set {
		r.set[key], r.given[key] = true, true
	}
	if h.TitleFrom != TitleNone {
		r.given["title"] = true
	}
	if h.Slug != "" {
		r.given["slug"] = true // also one that the file's name gave
	}
	if !h.Date.IsZero() {
		r.given["date"] = true
	}
	for _, f := range frontmatter.NodeOf(values).Fields {
		if canonical(f.Key) != "target" {
			r.field(f)
		}
	}
	r.finish()
	return n
}

// Param is the value of a key in Params, whatever its case; an exact match
// comes first. Of several that differ in case only, the first in order counts.
func (h *Head) Param(key string) (any, bool) {
	if v, ok := h.Params[key]; ok {
		return v, true
	}
	for _, k := range sortedKeys(h.Params) {
		if strings.EqualFold(k, key) {
			return h.Params[k], true
		}
	}
	return nil, false
}
