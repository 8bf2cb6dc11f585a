package bundle

import (
	"regexp"
	"strings"
)

// cssToken is what can hide an image-set from a look at the text alone, and the
// image-set itself.
var cssToken = regexp.MustCompile(`(?is)/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|image-set\(|[()]`)

// withURLs is a stylesheet whose image-sets name their images by url() instead of
// by a text alone (CSS Images 4 §2.4 allows both), because esbuild follows the
// former only.
func withURLs(css string) string {
	if !strings.Contains(strings.ToLower(css), "image-set(") {
		return css
	}
	var b strings.Builder
	// sets are the depths of the image-sets that are open.
	var sets []int
	depth, done := 0, 0
	for _, at := range cssToken.FindAllStringIndex(css, -1) {
		token := css[at[0]:at[1]]
		switch token[0] {
		case '(':
			depth++
		case ')':
			if len(sets) > 0 && sets[len(sets)-1] == depth {
				sets = sets[:len(sets)-1]
			}
			depth--
		case 'i', 'I':
			depth++
			sets = append(sets, depth)
		case '"', '\'':
			if len(sets) > 0 && sets[len(sets)-1] == depth {
				b.WriteString(css[done:at[0]] + "url(" + token + ")")
				done = at[1]
			}
		}
	}
	b.WriteString(css[done:])
	return b.String()
}
