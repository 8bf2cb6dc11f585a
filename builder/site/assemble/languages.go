package assemble

import (
	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/urls"
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
		l := &site.Language{
			Language: a.cfg.LanguageOf(key), Key: key, Default: key == a.cfg.Language, Index: i,
			Taxonomies: map[string]*site.Page{}, Menus: map[string][]*site.MenuItem{},
			ByPath: map[string]*site.Page{}, Files: map[string]*site.Resource{},
		}
		l.Prefix = "/" + urls.Escape(key) + "/"
		if l.Default {
			s.Default = l
			if !a.cfg.LanguageInSubdir {
				l.Prefix = "/"
			}
		}
		s.Languages = append(s.Languages, l)
		w := &work{lang: l, folders: map[string]*folder{}, nodes: map[string]*site.Page{}, sections: map[*site.Page][]*site.Page{}}
		a.works = append(a.works, w)
		a.byKey[key] = w
	}
}
