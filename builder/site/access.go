package site

import (
	"slices"
	"sync"
)

// listing holds the pages of a language in default order, sorted when somebody
// first asks.
type listing struct {
	once            sync.Once
	regulars, pages []*Page
}

func (s *Site) listing(l *Language) *listing {
	l.order.once.Do(func() {
		l.order.regulars = slices.SortedFunc(slices.Values(l.Regulars), Compare)
		all, _ := s.pagesOf(l.Key)
		all = slices.DeleteFunc(all, func(p *Page) bool { return !p.Listed || p.URL == "" })
		slices.SortFunc(all, Compare)
		l.order.pages = all
	})
	return &l.order
}

// Ordered are the listed regular pages of a language in default order.
func (s *Site) Ordered(l *Language) []*Page { return s.listing(l).regulars }

// Listed are the listed pages of any kind that have a URL, in default order.
func (s *Site) Listed(l *Language) []*Page { return s.listing(l).pages }

// Collate compares titles as people expect; see Compare.
func Collate(x, y string) int { return collate(x, y) }

// Children are the sections and pages right below p that readers are shown, in
// reading order.
func (p *Page) Children() []*Page { return p.pages }
