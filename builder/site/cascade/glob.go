package cascade

import (
	"path"
	"strings"
)

// pattern matches slash paths: * and ? and [a-z] within an element, ** over
// elements, {a,b} for alternatives.
type pattern struct{ alternatives [][]string }

// maxAlternatives limits what braces may multiply to.
const maxAlternatives = 256

func newPattern(glob string) *pattern {
	p := &pattern{}
	for _, g := range expandBraces(glob) {
		p.alternatives = append(p.alternatives, strings.Split(strings.Trim(g, "/"), "/"))
	}
	return p
}

// expandBraces writes out {a,b}.
func expandBraces(glob string) []string {
	todo, out := []string{glob}, []string(nil)
	for len(todo) > 0 && len(todo)+len(out) <= maxAlternatives {
		g := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		open := strings.LastIndexByte(g, '{')
		end := -1
		if open >= 0 {
			end = strings.IndexByte(g[open:], '}')
		}
		if end < 0 {
			out = append(out, g)
			continue
		}
		for _, alt := range strings.Split(g[open+1:open+end], ",") {
			todo = append(todo, g[:open]+alt+g[open+end+1:])
		}
	}
	return append(out, todo...)
}

// match reports whether the whole of name matches.
func (p *pattern) match(name string) bool {
	elements := strings.Split(strings.Trim(name, "/"), "/")
	for _, alt := range p.alternatives {
		if matchElements(alt, elements) {
			return true
		}
	}
	return false
}

// matchElements compares element by element; reach[j] says that the pattern so
// far matches the first j elements.
func matchElements(pat, elements []string) bool {
	reach := make([]bool, len(elements)+1)
	reach[0] = true
	for _, p := range pat {
		next := make([]bool, len(elements)+1)
		for j := range reach {
			if p == "**" {
				next[j] = reach[j] || (j > 0 && next[j-1])
				continue
			}
			if j > 0 && reach[j-1] {
				ok, err := path.Match(p, elements[j-1])
				next[j] = (err == nil && ok) || p == elements[j-1]
			}
		}
		reach = next
	}
	return reach[len(elements)]
}
