package links

import (
	"maps"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/urls"
)

// foldMaps find names that differ only in case. They are made when the first
// link needs them.
type foldMaps struct {
	content map[*site.Language]map[string]string
	folders map[string][]site.Folder
	names   map[string]*site.Resource
}

// fold returns the maps, made once.
func (x *Resolver) fold() *foldMaps {
	x.folded.Do(func() {
		m := foldMaps{
			content: map[*site.Language]map[string]string{},
			folders: make(map[string][]site.Folder, len(x.site.Index.Folders)),
			names:   make(map[string]*site.Resource, len(x.site.Index.ByName)),
		}
		for _, l := range x.site.Languages {
			m.content[l] = make(map[string]string, len(l.ByPath)+len(l.Files))
		}
		// Of names that differ only in case the first in order counts.
		for _, p := range x.site.Pages {
			keep(m.content[p.Lang], p.Path[1:])
		}
		for _, list := range [][]*site.Resource{x.site.Resources, x.site.Static} {
			for _, r := range list {
				if r.Lang != nil {
					keep(m.content[r.Lang], strings.TrimPrefix(r.File.Path, "content/"))
				}
				key := strings.ToLower(r.File.Name)
				if old := m.names[key]; old == nil || r.File.Name < old.File.Name {
					m.names[key] = r
				}
			}
		}
		for _, name := range slices.Sorted(maps.Keys(x.site.Index.Folders)) {
			if key := strings.ToLower(name); m.folders[key] == nil {
				m.folders[key] = x.site.Index.Folders[name]
			}
		}
		x.foldMap = m
	})
	return &x.foldMap
}

// keep notes name under its folded form, unless a smaller name is there.
func keep(m map[string]string, name string) {
	key := strings.ToLower(name)
	if old, ok := m[key]; !ok || name < old {
		m[key] = name
	}
}

// foldedContent is inContent without regard to case.
func (x *Resolver) foldedContent(l *site.Language, p string) *hit {
	names := x.fold().content[l]
	tries := []string{strings.ToLower(p)}
	if stem, ok := urls.WithoutExt(tries[0]); ok {
		tries = append(tries, stem)
		if urls.Rank(stem[strings.LastIndexByte(stem, '/')+1:]) != urls.RankNone {
			tries = append(tries, urls.Parent(stem))
		}
	}
	for _, key := range tries {
		if name, ok := names[key]; ok {
			if h := inContent(l, name); h != nil {
				h.folded = true
				return h
			}
		}
	}
	return nil
}

// foldedLogical is logical without regard to case.
func (x *Resolver) foldedLogical(full string) []site.Folder {
	folders := x.fold().folders
	for cut := len(full); ; {
		dir, rest := full[:cut], strings.TrimPrefix(full[cut:], "/")
		if refs := folders[strings.ToLower(dir)]; len(refs) > 0 {
			out := make([]site.Folder, len(refs))
			for i, ref := range refs {
				out[i] = site.Folder{Lang: ref.Lang, Dir: urls.Join(ref.Dir, rest)}
			}
			return out
		}
		if cut == 0 {
			return nil
		}
		cut = max(0, strings.LastIndexByte(dir, '/'))
	}
}

// foldedName is the resource or static file called name but for case.
func (x *Resolver) foldedName(name string) *site.Resource {
	return x.fold().names[strings.ToLower(name)]
}

// foldedURL is exactURL without regard to case; u is not escaped.
func (x *Resolver) foldedURL(u string) *hit {
	for _, try := range spellings(u) {
		if list := x.site.Index.ByURL[strings.TrimSuffix(strings.ToLower(try), "index.html")]; len(list) > 0 {
			return &hit{target: list[0], folded: true}
		}
	}
	return nil
}
