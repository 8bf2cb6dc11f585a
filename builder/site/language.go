package site

import (
	"maps"
	"math"
	"slices"
)

// languages makes the site's languages and a workplace for each.
func (a *assembler) languages() {
	s := a.site
	a.disabled = map[string]bool{}
	for key, l := range a.cfg.Languages {
		a.disabled[key] = l.Disabled && key != a.cfg.Language
	}
	keys := a.cfg.LanguageKeys()
	a.byKey = make(map[string]*work, len(keys))
	for i, key := range keys {
		l := &Language{
			Language: a.cfg.LanguageOf(key), Key: key, Default: key == a.cfg.Language, index: i,
			Taxonomies: map[string]*Page{}, Menus: map[string][]*MenuItem{},
			byPath: map[string]*Page{}, resources: map[string]*Resource{},
		}
		l.Prefix = "/" + Escape(key) + "/"
		if l.Default {
			s.Default = l
			if !a.cfg.LanguageInSubdir {
				l.Prefix = "/"
			}
		}
		s.Languages = append(s.Languages, l)
		w := &work{lang: l, folders: map[string]*folder{}, nodes: map[string]*Page{}}
		a.works = append(a.works, w)
		a.byKey[key] = w
	}
}

// weightRank puts "no weight" behind every weight.
func weightRank(w int) int {
	if w == 0 {
		return math.MaxInt
	}
	return w
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

// sortedKeys are the keys of m in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
