// Package nearest finds the word that somebody probably meant.
package nearest

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// maxLength of a word, in characters: the distance takes time in proportion to
// the product of both lengths, and nobody mistypes more.
const maxLength = 200

// Of is the word of have that is nearest to want, and whether one is near
// enough to be worth naming: one edit for short words, about a third of the
// letters for long ones. Case does not count. Of equally near words the first
// wins, so the order of have decides.
func Of(want string, have []string) (string, bool) {
	w := strings.ToLower(want)
	n := utf8.RuneCountInString(w)
	if n == 0 || n > maxLength {
		return "", false
	}
	limit := max(1, (n+1)/3)
	best, found := "", false
	for _, h := range have {
		m := utf8.RuneCountInString(h)
		if m > maxLength || m-n > limit || n-m > limit || h == want {
			continue
		}
		d := levenshtein.ComputeDistance(w, strings.ToLower(h))
		if d > limit || d >= min(n, m) && d > 0 {
			continue // nothing in common
		}
		best, found, limit = h, true, d-1
		if limit < 0 {
			break
		}
	}
	return best, found
}

// Typo is the word of have that want is most likely a slip of the fingers for.
// It is stricter than Of, for places where want may well be meant: one edit in
// a word of five letters or more, two in one of eight, or swapped letters.
func Typo(want string, have []string) (string, bool) {
	w := strings.ToLower(want)
	n := utf8.RuneCountInString(w)
	if n < 5 || n > maxLength {
		return "", false
	}
	near, ok := Of(want, have)
	if !ok {
		return "", false
	}
	h := strings.ToLower(near)
	d := levenshtein.ComputeDistance(w, h)
	if d == 1 || d == 2 && (n >= 8 || sameLetters(w, h)) {
		return near, true
	}
	return "", false
}

func sameLetters(a, b string) bool {
	x, y := []rune(a), []rune(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}
