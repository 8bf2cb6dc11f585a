package site

import (
	"cmp"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Compare is the default order of pages: Weight (none last), Date (newest
// first), LinkTitle, Path, and at last the language.
func Compare(x, y *Page) int {
	if c := CompareWeights(x.Weight, y.Weight); c != 0 {
		return c
	}
	if c := y.Date.Compare(x.Date); c != 0 {
		return c
	}
	return cmp.Or(Collate(x.LinkTitle, y.LinkTitle), strings.Compare(x.Path, y.Path), strings.Compare(x.Lang.Key, y.Lang.Key))
}

// CompareWeights puts lighter before heavier, and no weight behind every weight.
func CompareWeights(x, y int) int { return cmp.Compare(weightRank(x), weightRank(y)) }

// weightRank puts "no weight" behind every weight.
func weightRank(w int) int {
	if w == 0 {
		return math.MaxInt
	}
	return w
}

// Collate compares titles as people expect, in every language alike: without
// regard to case, and numbers by value, so that "2.9" comes before "2.10".
// Titles that are equal so far are compared by their bytes.
func Collate(x, y string) int {
	i, j := 0, 0
	for i < len(x) && j < len(y) {
		if x[i] >= utf8.RuneSelf || y[j] >= utf8.RuneSelf {
			a, n := foldRune(x[i:])
			b, m := foldRune(y[j:])
			if a != b {
				return cmp.Compare(a, b)
			}
			i, j = i+n, j+m
			continue
		}
		if digit(x[i]) && digit(y[j]) {
			a, b := digits(x[i:]), digits(y[j:])
			i, j = i+len(a), j+len(b)
			if c := compareNumbers(a, b); c != 0 {
				return c
			}
			continue
		}
		if a, b := lower(x[i]), lower(y[j]); a != b {
			return cmp.Compare(a, b)
		}
		i, j = i+1, j+1
	}
	return cmp.Or(cmp.Compare(len(x)-i, len(y)-j), strings.Compare(x, y))
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

func digits(s string) string {
	n := 0
	for n < len(s) && digit(s[n]) {
		n++
	}
	return s[:n]
}

// compareNumbers compares two runs of digits by value, however long.
func compareNumbers(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// foldRune is the first character of s in lower case, and its length in s.
func foldRune(s string) (rune, int) {
	r, n := utf8.DecodeRuneInString(s)
	return unicode.ToLower(r), n
}
