package site

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"sync"
)

// stemIndex holds the names that a mistyped link may have meant, by stem.
type stemIndex struct {
	once  sync.Once
	names map[string][]string
	stems []string
}

// nearestDistance is how many letters may differ at the most: more is a guess.
const nearestDistance = 3

// index returns the names of all pages' files, resources and static files.
func (s *Site) stemNames() *stemIndex {
	x := &s.stems
	x.once.Do(func() {
		x.names = map[string][]string{}
		add := func(name string) {
			key := strings.ToLower(meaningful(name))
			x.names[key] = append(x.names[key], name)
		}
		for _, p := range s.Pages {
			if p.File && p.URL != "" {
				add(p.Head.Source)
			}
		}
		for _, list := range [][]*Resource{s.Resources, s.Static} {
			for _, r := range list {
				add(r.File.Name)
			}
		}
		x.stems = sortedKeys(x.names)
	})
	return x
}

// meaningful is the part of a path that tells what it is: the file's stem, or
// the folder's name for an index.
func meaningful(p string) string {
	p = strings.TrimSuffix(p, "/")
	stem, ok := withoutExt(p)
	if !ok {
		stem = p
	}
	if base := path.Base(stem); indexRank(base) == rankNone || parentDir(stem) == "" {
		return base
	}
	return path.Base(parentDir(stem))
}

// Nearest is what the author may have meant by a link that leads nowhere,
// written as a link from origin; empty if nothing is near. It is for messages:
// it looks at every name of the site.
func (s *Site) Nearest(from *Page, origin, dest string) string {
	if from == nil {
		from = s.Default.Home
	}
	if origin == "" {
		origin = from.Head.Source
	}
	l := splitLink(dest)
	full := strings.TrimPrefix(path.Clean("/"+l.path), "/")
	if !strings.HasPrefix(l.path, "/") && !strings.HasPrefix(l.path, "@/") {
		full = path.Join(parentDir(origin), l.path)
	}
	want := strings.ToLower(meaningful(full))
	if l.path == "" || want == "" || want == "." || want == ".." {
		return ""
	}
	x := s.stemNames()
	if names := x.names[want]; len(names) > 0 {
		return s.asLink(origin, full, l, names)
	}
	if len(want) < 3 {
		return "" // every other short name is near
	}
	limit := min(nearestDistance, max(1, len(want)/4))
	var names []string
	for _, stem := range x.stems {
		d := distance(want, stem, limit)
		if d > limit {
			continue
		}
		if d < limit {
			limit, names = d, names[:0]
		}
		names = append(names, x.names[stem]...)
	}
	if len(names) == 0 {
		return ""
	}
	return s.asLink(origin, full, l, names)
}

// asLink picks the name that lies nearest to where the link points, and writes
// it as the author wrote the link.
func (s *Site) asLink(origin, full string, l link, names []string) string {
	best := slices.MinFunc(names, func(x, y string) int {
		return cmp.Or(
			cmp.Compare(apart(full, x), apart(full, y)),
			cmp.Compare(len(x), len(y)),
			strings.Compare(x, y))
	})
	if strings.HasPrefix(l.path, "/") || origin == "" {
		if p := s.bySource[best]; p != nil {
			return p.URL
		}
		if r := s.byName[best]; r != nil {
			return r.URL
		}
	}
	return relativeTo(parentDir(origin), best)
}

// apart is how many folders lie between two paths.
func apart(x, y string) int {
	a, b := strings.Split(parentDir(x), "/"), strings.Split(parentDir(y), "/")
	n := 0
	for n < len(a) && n < len(b) && strings.EqualFold(a[n], b[n]) {
		n++
	}
	return len(a) + len(b) - 2*n
}

// relativeTo is the way from a folder to a file.
func relativeTo(dir, name string) string {
	var a []string
	if dir != "" {
		a = strings.Split(dir, "/")
	}
	b := strings.Split(name, "/")
	n := 0
	for n < len(a) && n < len(b)-1 && a[n] == b[n] {
		n++
	}
	return strings.Repeat("../", len(a)-n) + strings.Join(b[n:], "/")
}

// distance is how many letters must be changed, added, taken away or swapped with
// the next to make y of x; more than limit is limit+1. Only a band of the table is looked at.
func distance(x, y string, limit int) int {
	if d := len(x) - len(y); d > limit || -d > limit {
		return limit + 1
	}
	before := make([]int, len(y)+1)
	prev := make([]int, len(y)+1)
	next := make([]int, len(y)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(x); i++ {
		lo, hi := max(1, i-limit), min(len(y), i+limit)
		next[lo-1] = limit + 1
		if lo == 1 {
			next[0] = i
		}
		least := next[lo-1]
		for j := lo; j <= hi; j++ {
			d := prev[j-1]
			if x[i-1] != y[j-1] {
				d++
			}
			if j < i+limit {
				d = min(d, prev[j]+1)
			}
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d = min(d, before[j-2]+1)
			}
			next[j] = min(d, next[j-1]+1)
			least = min(least, next[j])
		}
		if least > limit {
			return limit + 1
		}
		before, prev, next = prev, next, before
	}
	return min(prev[len(y)], limit+1)
}
