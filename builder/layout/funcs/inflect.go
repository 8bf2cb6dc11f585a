package funcs

import (
	"strconv"
	"strings"
)

// Inflect is the namespace "inflect".
type Inflect struct{}

func inflectEntries() []entry {
	return []entry{
		{"humanize", []string{"inflect.Humanize"}, Inflect{}.Humanize, "humanize TEXT", "A name as people write it: hyphens and underscores as spaces, the first letter in upper case. A number becomes an ordinal.", `{{ humanize "my-first_post" }} {{ humanize 103 }}`, "My first post 103rd"},
	}
}

// Humanize is humanize.
func (Inflect) Humanize(v any) (string, error) {
	if isNumber(v) {
		n, _ := number(v)
		return ordinal(n.int()), nil
	}
	return mapped(v, func(s string) string {
		if n, err := strconv.Atoi(s); err == nil {
			return ordinal(n)
		}
		s = strings.Map(func(r rune) rune {
			if r == '-' || r == '_' {
				return ' '
			}
			return r
		}, s)
		return firstUpper(strings.Join(strings.Fields(s), " "))
	})
}

func ordinal(n int) string {
	end := "th"
	if t := n % 100; t < 11 || t > 13 {
		switch n % 10 {
		case 1:
			end = "st"
		case 2:
			end = "nd"
		case 3:
			end = "rd"
		}
	}
	return strconv.Itoa(n) + end
}
