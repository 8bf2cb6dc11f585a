package host

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// Pattern stands for a set of URLs: for one, or for all that begin with Prefix
// and end with Suffix. Every host can say such sets, and our classes need no
// others.
type Pattern struct {
	Prefix, Suffix string
	// Exact says that the set is the one URL in Prefix.
	Exact bool
}

// Match reports whether u is in the set. Prefix and Suffix don't overlap in u.
func (p Pattern) Match(u string) bool {
	if p.Exact {
		return u == p.Prefix
	}
	return len(u) >= len(p.Prefix)+len(p.Suffix) && strings.HasPrefix(u, p.Prefix) && strings.HasSuffix(u, p.Suffix)
}

// String is p as people write it, with a star for what may be anything.
func (p Pattern) String() string {
	if p.Exact {
		return p.Prefix
	}
	return p.Prefix + "*" + p.Suffix
}

// rule gives the URLs of a pattern a label.
type rule struct {
	Pattern
	label int
}

// labelled is a URL with the label that it must get.
type labelled struct {
	url   string
	label int
}

// speech says which patterns a host understands, and what it makes of several
// that match one URL.
type speech struct {
	// root is how every pattern begins: "/" or "/docs/".
	root string
	// suffixes are what may stand behind the star.
	suffixes suffixes
	// together says that the host joins the values of all patterns that match,
	// so that no two may match one URL.
	together bool
	// exact is a label whose URLs are named one by one, since the host would give
	// what it stands for to URLs that do not exist as well; -1 for none.
	exact int
	// hits says that the label of fingerprinted files is exact.
	hits bool
}

// suffixes are what a host allows behind the star of a pattern.
type suffixes int

const (
	noSuffix  suffixes = iota // nothing
	extSuffix                 // an extension
	fileName                  // an extension or the whole name
	anySuffix                 // those, or the slash that pages end in
)

// The labels that mean no rule.
const (
	// rest is what a URL has that no rule matches.
	rest = 0
	// barred is for URLs that must not be matched at all: the host cannot take
	// back what a rule gives.
	barred = -1
)

// rules finds few rules that give every URL its label. The first rule that
// matches a URL is the one that counts.
//
// It is a decision list, made greedily (R. L. Rivest, Learning Decision Lists,
// 1987): again and again the pattern that is right for the most URLs which no
// rule has matched yet, and wrong for none of them; the URL alone always is.
// To find the very smallest list is NP-hard; where a folder, an extension or a
// name tells the classes apart, as they do in our output, this finds it.
func (s speech) rules(urls []labelled) []rule {
	f := newFinder(s, urls)
	var list []rule
	for i, u := range urls {
		if u.label == s.exact && s.exact > rest {
			f.done[i] = true
			list = append(list, rule{Pattern{Prefix: u.url, Exact: true}, u.label})
		}
	}
	for {
		r, n := f.best()
		if n <= 1 {
			// No pattern is right for two any more.
			return prune(append(list, f.single()...), urls)
		}
		list = append(list, r)
		for _, i := range f.members[r.Pattern] {
			f.done[i] = true
		}
	}
}

// finder looks for the next rule.
type finder struct {
	speech
	urls []labelled
	// done are those that a rule has matched.
	done []bool
	// members are the URLs of each candidate, by index.
	members    map[Pattern][]int
	candidates []Pattern
}

func newFinder(s speech, urls []labelled) *finder {
	f := &finder{speech: s, urls: urls, done: make([]bool, len(urls)), members: make(map[Pattern][]int)}
	names := make(map[string]int)
	for _, u := range urls {
		if u.label > rest {
			names[path.Base(u.url)]++
		}
	}
	for _, u := range urls {
		if u.label <= rest || u.label == s.exact {
			continue
		}
		for _, p := range f.patternsOf(u.url, names[path.Base(u.url)] > 1) {
			f.members[p] = nil
		}
	}
	var byName []Pattern
	for p := range f.members {
		f.candidates = append(f.candidates, p)
		if p.Suffix != "" && p.Suffix != "/" && !strings.HasPrefix(p.Suffix, ".") {
			byName = append(byName, p)
		}
	}
	slices.SortFunc(f.candidates, comparePatterns)
	for i, u := range urls {
		for _, p := range f.patternsOf(u.url, false) {
			if _, ok := f.members[p]; ok {
				f.members[p] = append(f.members[p], i)
			}
		}
		// A name behind a star also ends longer names.
		for _, p := range byName {
			if p.Match(u.url) {
				f.members[p] = append(f.members[p], i)
			}
		}
	}
	return f
}

// comparePatterns puts wide and short patterns first.
func comparePatterns(a, b Pattern) int {
	exact := func(p Pattern) int {
		if p.Exact {
			return 1
		}
		return 0
	}
	return cmp.Or(
		cmp.Compare(exact(a), exact(b)),
		cmp.Compare(len(a.Prefix)+len(a.Suffix), len(b.Prefix)+len(b.Suffix)),
		strings.Compare(a.Prefix, b.Prefix), strings.Compare(a.Suffix, b.Suffix),
	)
}

// patternsOf are the patterns that u gives rise to: itself, each of its
// folders, and in each its extension and, where wanted, its name.
func (s speech) patternsOf(u string, named bool) []Pattern {
	list := []Pattern{{Prefix: u, Exact: true}}
	var ends []string
	name := path.Base(u)
	switch {
	case s.suffixes == noSuffix:
	case strings.HasSuffix(u, "/"):
		if s.suffixes == anySuffix {
			ends = append(ends, "/")
		}
	default:
		if ext := path.Ext(name); len(ext) > 1 {
			ends = append(ends, ext)
		}
		if named && s.suffixes >= fileName && !strings.HasPrefix(name, ".") {
			ends = append(ends, name)
		}
	}
	for i := len(s.root) - 1; i < len(u); i++ {
		if u[i] != '/' {
			continue
		}
		dir := u[:i+1]
		list = append(list, Pattern{Prefix: dir})
		for _, end := range ends {
			if p := (Pattern{Prefix: dir, Suffix: end}); p.Match(u) {
				list = append(list, p)
			}
		}
	}
	return list
}

// best is the rule that is right for the most URLs that need one still, and
// for how many. One URL alone is named.
func (f *finder) best() (rule, int) {
	var best rule
	most := 0
	for _, p := range f.candidates {
		if label, n := f.right(p); n > most && (n > 1 || p.Exact) {
			best, most = rule{p, label}, n
		}
	}
	return best, most
}

// single are rules for all URLs that need one still, each by itself.
func (f *finder) single() []rule {
	var list []rule
	for i, u := range f.urls {
		if !f.done[i] && u.label > rest {
			list = append(list, rule{Pattern{Prefix: u.url, Exact: true}, u.label})
		}
	}
	slices.SortFunc(list, func(a, b rule) int { return comparePatterns(a.Pattern, b.Pattern) })
	return list
}

// right is for how many URLs p is right, and with which label; for 0 where it
// would be wrong for any.
func (f *finder) right(p Pattern) (label, n int) {
	for _, i := range f.members[p] {
		switch u := f.urls[i]; {
		case u.label == barred || f.done[i] && f.together:
			return 0, 0
		case f.done[i]:
			continue
		case u.label == rest || n > 0 && u.label != label:
			return 0, 0
		default:
			label = u.label
			n++
		}
	}
	return label, n
}

// prune drops the rules that nothing depends on any more: those whose URLs get
// the same label from a later one.
func prune(list []rule, urls []labelled) []rule {
	exact := make(map[string]int)
	var wide []int
	for i, r := range list {
		if r.Exact {
			exact[r.Prefix] = i
		} else {
			wide = append(wide, i)
		}
	}
	matches := make([][]int, 0, len(urls))
	for _, u := range urls {
		var m []int
		for _, i := range wide {
			if list[i].Match(u.url) {
				m = append(m, i)
			}
		}
		if i, ok := exact[u.url]; ok {
			m = append(m, i)
			slices.Sort(m)
		}
		matches = append(matches, m)
	}
	dropped := make([]bool, len(list))
	for i := range list {
		dropped[i] = true
		for _, m := range matches {
			first, second := -1, -1
			for _, j := range m {
				if j != i && dropped[j] {
					continue
				}
				if first < 0 {
					first = j
				} else if second < 0 {
					second = j
				}
			}
			if first == i && (second < 0 || list[second].label != list[i].label) {
				dropped[i] = false
				break
			}
		}
	}
	var kept []rule
	for i, r := range list {
		if !dropped[i] {
			kept = append(kept, r)
		}
	}
	return kept
}

// labelOf is what rules give u: the label of the first that matches, or rest.
func labelOf(list []rule, u string) int {
	for _, r := range list {
		if r.Match(u) {
			return r.label
		}
	}
	return rest
}
