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

// Translation is p in the language l; nil if there is none.
func (p *Page) Translation(l *Language) *Page {
	for _, t := range p.Translations {
		if t.Lang == l {
			return t
		}
	}
	return nil
}

// Language returns the language with that key, or nil.
func (s *Site) Language(key string) *Language {
	for _, l := range s.Languages {
		if l.Key == key {
			return l
		}
	}
	return nil
}
