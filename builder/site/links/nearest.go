package links

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/urls"
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
func (x *Resolver) stemNames() *stemIndex {
	stems := &x.stems
	stems.once.Do(func() {
		stems.names = map[string][]string{}
		add := func(name string) {
			key := strings.ToLower(meaningful(name))
			stems.names[key] = append(stems.names[key], name)
		}
		for _, p := range x.site.Pages {
			if p.File && p.URL != "" {
				add(p.Head.Source)
			}
		}
		for _, list := range [][]*site.Resource{x.site.Resources, x.site.Static} {
			for _, r := range list {
				add(r.File.Name)
			}
		}
		stems.stems = slices.Sorted(maps.Keys(stems.names))
	})
	return stems
}

// meaningful is the part of a path that tells what it is: the file's stem, or
// the folder's name for an index.
func meaningful(p string) string {
	p = strings.TrimSuffix(p, "/")
	stem, ok := urls.WithoutExt(p)
	if !ok {
		stem = p
	}
	if base := path.Base(stem); urls.Rank(base) == urls.RankNone || urls.Parent(stem) == "" {
		return base
	}
	return path.Base(urls.Parent(stem))
}

// Nearest is what the author may have meant by a link that leads nowhere,
// written as a link from origin; empty if nothing is near. It is for messages:
// it looks at every name of the site.
func (x *Resolver) Nearest(from *site.Page, origin, dest string) string {
	if from == nil {
		from = x.site.Default.Home
	}
	if origin == "" {
		origin = from.Head.Source
	}
	l := splitLink(dest)
	full := strings.TrimPrefix(path.Clean("/"+l.path), "/")
	if !strings.HasPrefix(l.path, "/") && !strings.HasPrefix(l.path, "@/") {
		full = path.Join(urls.Parent(origin), l.path)
	}
	want := strings.ToLower(meaningful(full))
	if l.path == "" || want == "" || want == "." || want == ".." {
		return ""
	}
	stems := x.stemNames()
	if names := stems.names[want]; len(names) > 0 {
		return x.asLink(origin, full, l, names)
	}
	if len(want) < 3 {
		return "" // every other short name is near
	}
	limit := min(nearestDistance, max(1, len(want)/4))
	var names []string
	for _, stem := range stems.stems {
		d := distance(want, stem, limit)
		if d > limit {
			continue
		}
		if d < limit {
			limit, names = d, names[:0]
		}
		names = append(names, stems.names[stem]...)
	}
	if len(names) == 0 {
		return ""
	}
	return x.asLink(origin, full, l, names)
}

// asLink picks the name that lies nearest to where the link points, and writes
// it as the author wrote the link.
func (x *Resolver) asLink(origin, full string, l link, names []string) string {
	best := slices.MinFunc(names, func(x, y string) int {
		return cmp.Or(
			cmp.Compare(apart(full, x), apart(full, y)),
			cmp.Compare(len(x), len(y)),
			strings.Compare(x, y))
	})
	if strings.HasPrefix(l.path, "/") || origin == "" {
		if p := x.site.Index.BySource[best]; p != nil {
			return p.URL
		}
		if r := x.site.Index.ByName[best]; r != nil {
			return r.URL
		}
	}
	return relativeTo(urls.Parent(origin), best)
}

// apart is how many folders lie between two paths.
func apart(x, y string) int {
	a, b := strings.Split(urls.Parent(x), "/"), strings.Split(urls.Parent(y), "/")
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

// Hint asks whether the nearest name was meant.
func Hint(name string) string {
	if name == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %q?", name)
}
