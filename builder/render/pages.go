package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/site"
)

// Pages is a list of pages in some order.
type Pages []*Page

// Group is some pages of a list that have a value in common.
type Group struct {
	Key   any
	Pages Pages
}

// Len is the number of pages.
func (l Pages) Len() int { return len(l) }

// Limit is the first n pages.
func (l Pages) Limit(n int) Pages { return l[:max(0, min(n, len(l)))] }

// Reverse is the list from its end.
func (l Pages) Reverse() Pages {
	out := slices.Clone(l)
	slices.Reverse(out)
	return out
}

func (l Pages) sorted(compare func(a, b *Page) int) Pages {
	out := slices.Clone(l)
	slices.SortStableFunc(out, func(a, b *Page) int {
		return cmp.Or(compare(a, b), strings.Compare(a.p.Path, b.p.Path), strings.Compare(a.p.ID, b.p.ID))
	})
	return out
}

// ByDefault is the list by weight, then newest first, then by title.
func (l Pages) ByDefault() Pages {
	return l.sorted(func(a, b *Page) int { return site.Compare(a.face(), b.face()) })
}

// ByWeight is the list by weight; pages without one come last.
func (l Pages) ByWeight() Pages { return l.ByDefault() }

// ByTitle is the list by title.
func (l Pages) ByTitle() Pages {
	return l.sorted(func(a, b *Page) int { return site.Collate(a.Title(), b.Title()) })
}

// ByLinkTitle is the list by the title that navigation shows.
func (l Pages) ByLinkTitle() Pages {
	return l.sorted(func(a, b *Page) int { return site.Collate(a.LinkTitle(), b.LinkTitle()) })
}

// ByDate is the list by date, oldest first.
func (l Pages) ByDate() Pages {
	return l.sorted(func(a, b *Page) int { return a.Date().Compare(b.Date()) })
}

// ByPublishDate is the list by publish date, oldest first.
func (l Pages) ByPublishDate() Pages {
	return l.sorted(func(a, b *Page) int { return a.PublishDate().Compare(b.PublishDate()) })
}

// ByLastmod is the list by last change, oldest first.
func (l Pages) ByLastmod() Pages {
	return l.sorted(func(a, b *Page) int { return a.Lastmod().Compare(b.Lastmod()) })
}

// ByParam is the list by a parameter of the pages: numbers before text, and
// pages that lack it last.
func (l Pages) ByParam(name string) Pages {
	return l.sorted(func(a, b *Page) int {
		av, bv := a.Param(name), b.Param(name)
		an, aok := number(av)
		bn, bok := number(bv)
		switch {
		case aok && bok:
			return cmp.Compare(an, bn)
		case aok:
			return -1
		case bok:
			return 1
		case av == nil || bv == nil:
			return cmp.Compare(missing(av), missing(bv))
		}
		return site.Collate(fmt.Sprint(av), fmt.Sprint(bv))
	})
}

func missing(v any) int {
	if v == nil {
		return 1
	}
	return 0
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// GroupByDate groups the pages by their date in a Go layout ("2006"), newest
// first; "asc" as second argument turns the order.
func (l Pages) GroupByDate(layout string, order ...string) []Group {
	list := l.ByDate()
	if len(order) == 0 || order[0] != "asc" {
		list = list.Reverse()
	}
	return list.group(func(p *Page) any { return formatDate(p.Date(), layout) })
}

func formatDate(t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(layout)
}

// GroupBy groups the pages by "Section", "Type", "Kind", "Title", "Lang", "Weight" or a
// parameter, in the order in which the values appear.
func (l Pages) GroupBy(field string) []Group {
	return l.group(func(p *Page) any {
		switch field {
		case "Section":
			return p.Section()
		case "Type":
			return p.Type()
		case "Kind":
			return p.Kind()
		case "Title":
			return p.Title()
		case "Lang":
			return p.Lang()
		case "Weight":
			return p.Weight()
		}
		return p.Param(field)
	})
}

// GroupByParam groups the pages by a parameter.
func (l Pages) GroupByParam(name string) []Group {
	return l.group(func(p *Page) any { return p.Param(name) })
}

func (l Pages) group(key func(*Page) any) []Group {
	var groups []Group
	at := make(map[digest.Digest]int)
	for _, p := range l {
		k := key(p)
		d := digest.New().Value(k).Sum()
		i, ok := at[d]
		if !ok {
			i = len(groups)
			at[d] = i
			groups = append(groups, Group{Key: k})
		}
		groups[i].Pages = append(groups[i].Pages, p)
	}
	return groups
}

// Next is the page after p in the list.
func (l Pages) Next(p *Page) *Page { return l.beside(p, 1) }

// Prev is the page before p in the list.
func (l Pages) Prev(p *Page) *Page { return l.beside(p, -1) }

func (l Pages) beside(p *Page, step int) *Page {
	i := slices.IndexFunc(l, func(q *Page) bool { return q.Eq(p) })
	if i < 0 || i+step < 0 || i+step >= len(l) {
		return nil
	}
	return l[i+step]
}
