package site

import (
	"strings"
)

// foldMaps find names that differ only in case. They are made when the first
// link needs them.
type foldMaps struct {
	content map[*Language]map[string]string
	folders map[string][]folderRef
	names   map[string]*Resource
}

// fold returns the maps, made once.
func (s *Site) fold() *foldMaps {
	s.folded.Do(func() {
		m := foldMaps{
			content: map[*Language]map[string]string{},
			folders: make(map[string][]folderRef, len(s.folders)),
			names:   make(map[string]*Resource, len(s.byName)),
		}
		for _, l := range s.Languages {
			m.content[l] = make(map[string]string, len(l.byPath)+len(l.resources))
		}
		// Of names that differ only in case the first in order counts.
		for _, p := range s.Pages {
			keep(m.content[p.Lang], p.Path[1:])
		}
		for _, list := range [][]*Resource{s.Resources, s.Static} {
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
		for _, name := range sortedKeys(s.folders) {
			if key := strings.ToLower(name); m.folders[key] == nil {
				m.folders[key] = s.folders[name]
			}
		}
		s.foldMap = m
	})
	return &s.foldMap
}

// keep notes name under its folded form, unless a smaller name is there.
func keep(m map[string]string, name string) {
	key := strings.ToLower(name)
	if old, ok := m[key]; !ok || name < old {
		m[key] = name
	}
}

// foldedContent is inContent without regard to case.
func (s *Site) foldedContent(l *Language, p string) *hit {
	names := s.fold().content[l]
	tries := []string{strings.ToLower(p)}
	if stem, ok := withoutExt(tries[0]); ok {
		tries = append(tries, stem)
		if indexRank(stem[strings.LastIndexByte(stem, '/')+1:]) != rankNone {
			tries = append(tries, parentDir(stem))
		}
	}
	for _, key := range tries {
		if name, ok := names[key]; ok {
			if h := l.inContent(name); h != nil {
				h.folded = true
				return h
			}
		}
	}
	return nil
}

// foldedLogical is logical without regard to case.
func (s *Site) foldedLogical(full string) []folderRef {
	folders := s.fold().folders
	for cut := len(full); ; {
		dir, rest := full[:cut], strings.TrimPrefix(full[cut:], "/")
		if refs := folders[strings.ToLower(dir)]; len(refs) > 0 {
			out := make([]folderRef, len(refs))
			for i, ref := range refs {
				out[i] = folderRef{ref.lang, join(ref.dir, rest)}
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
func (s *Site) foldedName(name string) *Resource {
	return s.fold().names[strings.ToLower(name)]
}

// foldedURL is exactURL without regard to case; u is not escaped.
func (s *Site) foldedURL(u string) *hit {
	for _, try := range spellings(u) {
		if list := s.byURL[strings.TrimSuffix(strings.ToLower(try), "index.html")]; len(list) > 0 {
			return &hit{target: list[0], folded: true}
		}
	}
	return nil
}
