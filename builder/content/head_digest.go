package content

import (
	"maps"
	"slices"
	"time"

	"github.com/etagere/etagere/builder/internal/digest"
)

// digest identifies all of h but Body, Keys and Digest.
func (h *Head) digest() digest.Digest {
	d := digest.New()
	for _, s := range []string{
		h.Path, h.Lang, h.Source, h.Title, h.LinkTitle, h.Description, h.Summary,
		h.Slug, h.URL, h.Type, h.Layout, h.TranslationKey, h.List, h.Render, h.H1,
	} {
		d.String(s)
	}
	for _, t := range []time.Time{h.Date, h.Lastmod, h.PublishDate, h.ExpiryDate} {
		d.Time(t)
	}
	d.Bool(h.Draft).Bool(h.Headless).Bool(h.NoResources)
	d.Int(int64(h.Weight)).Int(int64(h.Paginate)).Int(int64(h.TitleFrom))
	for _, list := range [][]string{h.Aliases, h.Keywords, h.Images, h.Outputs, h.Set} {
		d.Strings(list)
	}
	d.Int(int64(len(h.Terms)))
	for _, k := range sortedKeys(h.Terms) {
		d.String(k).Strings(h.Terms[k])
	}
	d.Int(int64(len(h.TermWeights)))
	for _, k := range sortedKeys(h.TermWeights) {
		d.String(k).Int(int64(h.TermWeights[k]))
	}
	d.Int(int64(len(h.Menus)))
	for _, m := range h.Menus {
		for _, s := range []string{m.Menu, m.Name, m.Title, m.Identifier, m.Parent, m.Pre, m.Post} {
			d.String(s)
		}
		d.Int(int64(m.Weight)).Value(m.Params)
	}
	d.Int(int64(len(h.Cascade)))
	for _, c := range h.Cascade {
		d.String(c.Path).String(c.Kind).String(c.Lang).Value(c.Values)
	}
	return d.Value(h.Params).Sum()
}

// clone is h with maps and slices of its own, deep enough for With.
func (h *Head) clone() *Head {
	n := *h
	n.Params = maps.Clone(h.Params)
	if n.Params == nil {
		n.Params = make(map[string]any)
	}
	n.Terms = maps.Clone(h.Terms)
	n.TermWeights = maps.Clone(h.TermWeights)
	n.Outputs = slices.Clone(h.Outputs)
	return &n
}

// Digest identifies the options: equal bytes at an equal place make an equal
// head under equal options, the H1 apart.
func (o HeadOptions) Digest() digest.Digest {
	d := digest.New()
	if o.Location != nil {
		d.String(o.Location.String())
	}
	d.Int(int64(len(o.Keys)))
	for _, k := range sortedKeys(o.Keys) {
		d.String(k).Strings(o.Keys[k])
	}
	d.Int(int64(len(o.Taxonomies)))
	for _, k := range sortedKeys(o.Taxonomies) {
		d.String(k).String(o.Taxonomies[k])
	}
	return d.Bool(o.Docusaurus).Sum()
}
