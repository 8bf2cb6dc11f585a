// Package cascade gives pages the values that the folders above them hand down.
package cascade

import (
	"maps"
	"slices"

	"github.com/etagere/etagere/builder/content"
)

// Chain is what a folder hands down: its own cascades and those from above. A
// nil Chain hands down nothing.
type Chain struct {
	above *Chain
	list  []content.Cascade
	// all is the sum where no cascade has a target; it is made once.
	all      map[string]any
	targeted bool
}

// And is what comes from above with the cascades of a folder's page.
func (above *Chain) And(list []content.Cascade) *Chain {
	if len(list) == 0 {
		return above
	}
	c := &Chain{above: above, list: list, targeted: above != nil && above.targeted}
	for _, own := range list {
		c.targeted = c.targeted || own.Path != "" || own.Kind != "" || own.Lang != ""
	}
	return c
}

// Applier gives heads what is handed down to them. It remembers patterns, and is
// not safe for use by several goroutines.
type Applier struct {
	options  content.HeadOptions
	patterns map[string]*pattern
}

// NewApplier returns an Applier for heads that are read with options.
func NewApplier(options content.HeadOptions) *Applier {
	return &Applier{options: options, patterns: map[string]*pattern{}}
}

// Apply is head with the values that c hands to the page at path. The nearer
// cascade wins, and what the author wrote on the page wins over all.
func (a *Applier) Apply(c *Chain, head *content.Head, lang, kind, path string) *content.Head {
	if c == nil {
		return head
	}
	values := c.all
	if values == nil {
		var chain []*Chain
		for x := c; x != nil; x = x.above {
			chain = append(chain, x)
		}
		values = map[string]any{}
		for i := len(chain) - 1; i >= 0; i-- {
			// Of several in one list that give the same key, the first wins.
			for _, own := range slices.Backward(chain[i].list) {
				if a.aims(own.Path, path) && a.aims(own.Kind, kind) && a.aims(own.Lang, lang) {
					merge(values, own.Values)
				}
			}
		}
		if !c.targeted {
			c.all = values
		}
	}
	if len(values) == 0 {
		return head
	}
	return head.With(values, a.options)
}

// aims reports whether a cascade's pattern, if there is one, matches name.
func (a *Applier) aims(glob, name string) bool {
	if glob == "" || glob == name {
		return true
	}
	p := a.patterns[glob]
	if p == nil {
		p = newPattern(glob)
		a.patterns[glob] = p
	}
	return p.match(name)
}

// merge puts the values of src over those of dst; tables in both are merged.
func merge(dst, src map[string]any) {
	for k, v := range src {
		below, isMap := v.(map[string]any)
		if old, ok := dst[k].(map[string]any); ok && isMap {
			sum := maps.Clone(old)
			merge(sum, below)
			dst[k] = sum
			continue
		}
		dst[k] = v
	}
}
