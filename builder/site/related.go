package site

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// relatedIndex holds, for everything that pages can have in common, the pages
// that have it, in the order of Site.Pages.
type relatedIndex struct {
	once    sync.Once
	weights map[string]int
	// names are the keys of weights in order.
	names []string
	// pages are indices of Site.Pages.
	pages map[relatedKey][]int32
	order map[*Page]int32
}

type relatedKey struct {
	lang        *Language
	name, value string
}

// relatedWindow is how many pages on either side of a page count of those that
// share one term: a term that thousands of pages have says little about any two
// of them, and looking at all of them for each page would be quadratic.
const relatedWindow = 64

// RelatedTo returns up to limit pages of p's language that have terms,
// keywords or params in common with p, the most related first. A limit of 0 or
// less means the configuration's.
func (s *Site) RelatedTo(p *Page, limit int) []*Page {
	if limit <= 0 {
		if limit = s.Config.Related.Limit; limit <= 0 {
			limit = 5
		}
	}
	x := s.relatedPages()
	self := x.order[p]
	var found []scored
	for _, name := range x.names {
		for _, value := range relatedValues(p, name) {
			list := x.pages[relatedKey{p.Lang, name, value}]
			at, _ := slices.BinarySearch(list, self)
			for _, q := range list[max(0, at-relatedWindow):min(len(list), at+relatedWindow+1)] {
				if q != self {
					found = append(found, scored{q, x.weights[name]})
				}
			}
		}
	}
	found = total(found)
	slices.SortFunc(found, func(a, b scored) int {
		if a.score != b.score {
			return cmp.Compare(b.score, a.score)
		}
		return cmp.Or(s.Pages[b.page].Date.Compare(s.Pages[a.page].Date), cmp.Compare(a.page, b.page))
	})
	out := make([]*Page, min(limit, len(found)))
	for i := range out {
		out[i] = s.Pages[found[i].page]
	}
	return out
}

// scored is a page, by its index, and how much it has in common with another.
type scored struct {
	page  int32
	score int
}

// total adds up the scores of each page.
func total(list []scored) []scored {
	slices.SortFunc(list, func(a, b scored) int { return cmp.Compare(a.page, b.page) })
	out := list[:0]
	for _, e := range list {
		if n := len(out); n > 0 && out[n-1].page == e.page {
			out[n-1].score += e.score
		} else {
			out = append(out, e)
		}
	}
	return out
}

// relatedPages makes the index once.
func (s *Site) relatedPages() *relatedIndex {
	x := &s.related
	x.once.Do(func() {
		x.weights = s.Config.Related.Weights
		if len(x.weights) == 0 {
			x.weights = map[string]int{"tags": 100, "keywords": 80}
		}
		x.names = slices.Sorted(maps.Keys(x.weights))
		x.pages = map[relatedKey][]int32{}
		x.order = make(map[*Page]int32, len(s.Pages))
		for i, p := range s.Pages {
			x.order[p] = int32(i)
			if p.Kind != Regular || !p.Listed || !p.Rendered {
				continue
			}
			for _, name := range x.names {
				for _, value := range relatedValues(p, name) {
					key := relatedKey{p.Lang, name, value}
					x.pages[key] = append(x.pages[key], int32(i))
				}
			}
		}
	})
	return x
}

// relatedValues are what p has under a name (a taxonomy, "keywords" or a param),
// case and repetitions removed.
func relatedValues(p *Page, name string) []string {
	var values []string
	for _, t := range p.Terms[name] {
		values = append(values, t.Path)
	}
	if name == "keywords" {
		values = append(values, p.Head.Keywords...)
	}
	if len(values) == 0 {
		values = texts(paramOf(p.Head.Params, name))
	}
	for i, v := range values {
		values[i] = strings.ToLower(strings.TrimSpace(v))
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// paramOf looks a param up; case does not count.
func paramOf(params map[string]any, name string) any {
	if v, ok := params[name]; ok {
		return v
	}
	for _, k := range slices.Sorted(maps.Keys(params)) {
		if strings.EqualFold(k, name) {
			return params[k]
		}
	}
	return nil
}

// texts are the values of a param as text.
func texts(v any) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		return []string{v}
	case []string:
		return slices.Clone(v)
	case []any:
		var out []string
		for _, e := range v {
			out = append(out, texts(e)...)
		}
		return out
	case map[string]any:
		return nil
	}
	return []string{fmt.Sprint(v)}
}
