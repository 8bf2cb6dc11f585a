package funcs

import (
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Strings is the namespace "strings".
type Strings struct{ re *patterns }

func stringEntries(s Strings) []entry {
	return []entry{
		{"lower", []string{"strings.ToLower"}, s.ToLower, "lower TEXT", "The text in lower case.", `{{ lower "ABC" }}`, "abc"},
		{"upper", []string{"strings.ToUpper"}, s.ToUpper, "upper TEXT", "The text in upper case.", `{{ upper "abc" }}`, "ABC"},
		{"title", []string{"strings.Title"}, s.Title, "title TEXT", "The text with every word capitalized.", `{{ title "the long way" }}`, "The Long Way"},
		{"strings.FirstUpper", nil, nil, "strings.FirstUpper TEXT", "The text with its first character in upper case.", `{{ strings.FirstUpper "abc def" }}`, "Abc def"},
		{"trim", []string{"strings.Trim"}, s.Trim, "trim TEXT CHARACTERS", "The text without any of the characters at its ends.", `{{ trim "--a--" "-" }}`, "a"},
		{"trimLeft", nil, s.trimLeft, "trimLeft CHARACTERS TEXT", "The text without any of the characters at its start.", `{{ trimLeft "-" "--a--" }}`, "a--"},
		{"trimRight", nil, s.trimRight, "trimRight CHARACTERS TEXT", "The text without any of the characters at its end.", `{{ trimRight "-" "--a--" }}`, "--a"},
		{"strings.TrimLeft", nil, nil, "strings.TrimLeft CHARACTERS TEXT", "trimLeft.", `{{ strings.TrimLeft "a" "aabba" }}`, "bba"},
		{"strings.TrimRight", nil, nil, "strings.TrimRight CHARACTERS TEXT", "trimRight.", `{{ strings.TrimRight "a" "abbaa" }}`, "abb"},
		{"strings.TrimSpace", nil, nil, "strings.TrimSpace TEXT", "The text without white space at its ends.", `{{ strings.TrimSpace "  a " }}`, "a"},
		{"strings.TrimPrefix", nil, nil, "strings.TrimPrefix PREFIX TEXT", "The text without the prefix, where it has it.", `{{ strings.TrimPrefix "v" "v1" }}`, "1"},
		{"strings.TrimSuffix", nil, nil, "strings.TrimSuffix SUFFIX TEXT", "The text without the suffix, where it has it.", `{{ strings.TrimSuffix ".md" "a.md" }}`, "a"},
		{"chomp", []string{"strings.Chomp"}, s.Chomp, "chomp TEXT", "The text without line ends at its end.", `{{ chomp "a\n" }}`, "a"},
		{"hasPrefix", []string{"strings.HasPrefix"}, s.HasPrefix, "hasPrefix TEXT PREFIX", "Whether the text begins so.", `{{ hasPrefix "abc" "ab" }}`, "true"},
		{"hasSuffix", []string{"strings.HasSuffix"}, s.HasSuffix, "hasSuffix TEXT SUFFIX", "Whether the text ends so.", `{{ hasSuffix "abc" "bc" }}`, "true"},
		{"contains", []string{"strings.Contains"}, s.Contains, "contains TEXT PART", "Whether the text has the part.", `{{ contains "abc" "b" }}`, "true"},
		{"containsAny", []string{"strings.ContainsAny"}, s.ContainsAny, "containsAny TEXT CHARACTERS", "Whether the text has any of the characters.", `{{ containsAny "abc" "xc" }}`, "true"},
		{"strings.ContainsNonSpace", nil, nil, "strings.ContainsNonSpace TEXT", "Whether the text is more than white space.", `{{ strings.ContainsNonSpace " \n" }}`, "false"},
		{"strings.Count", nil, nil, "strings.Count PART TEXT", "How often the text has the part.", `{{ strings.Count "a" "banana" }}`, "3"},
		{"replace", []string{"strings.Replace"}, s.Replace, "replace TEXT OLD NEW [LIMIT]", "The text with NEW wherever OLD was, at most LIMIT times.", `{{ replace "a-b-c" "-" "+" 1 }}`, "a&#43;b-c"},
		{"split", []string{"strings.Split"}, s.Split, "split TEXT SEPARATOR", "The parts between separators.", `{{ split "a,b" "," }}`, "[a b]"},
		{"join", nil, s.join, "join LIST SEPARATOR", "The elements as one text.", `{{ join (slice "a" "b") "-" }}`, "a-b"},
		{"substr", []string{"strings.Substr"}, s.Substr, "substr TEXT START [LENGTH]", "LENGTH characters from START on; a START below 0 counts from the end, a LENGTH below 0 leaves out as many at the end.", `{{ substr "abcdef" 1 3 }} {{ substr "abcdef" -2 }}`, "bcd ef"},
		{"slicestr", []string{"strings.SliceString"}, s.SliceString, "slicestr TEXT START [END]", "The characters from START up to END.", `{{ slicestr "abcdef" 1 3 }}`, "bc"},
		{"countwords", []string{"strings.CountWords"}, s.CountWords, "countwords TEXT", "How many words there are; each Chinese, Japanese or Korean character counts as one. Tags do not count.", `{{ countwords "two words" }}`, "2"},
		{"countrunes", []string{"strings.CountRunes"}, s.CountRunes, "countrunes TEXT", "How many characters there are; white space and tags do not count.", `{{ countrunes "a b" }}`, "2"},
		{"strings.RuneCount", nil, nil, "strings.RuneCount TEXT", "How many characters there are.", `{{ strings.RuneCount "a b" }}`, "3"},
		{"repeat", nil, s.repeat, "repeat COUNT TEXT", "The text COUNT times, up to 64 MiB.", `{{ repeat 3 "ab" }}`, "ababab"},
		{"strings.Repeat", nil, nil, "strings.Repeat COUNT TEXT", "repeat.", `{{ strings.Repeat 2 "ab" }}`, "abab"},
	}
}

// two reads two texts.
func two(a, b any) (string, string, error) {
	s, err := toString(a)
	if err != nil {
		return "", "", err
	}
	t, err := toString(b)
	return s, t, err
}

func mapped(v any, f func(string) string) (string, error) {
	s, err := toString(v)
	return f(s), err
}

// ToLower is lower.
func (Strings) ToLower(v any) (string, error) { return mapped(v, strings.ToLower) }

// ToUpper is upper.
func (Strings) ToUpper(v any) (string, error) { return mapped(v, strings.ToUpper) }

// Title is title.
func (Strings) Title(v any) (string, error) {
	return mapped(v, func(s string) string {
		prev := ' '
		return strings.Map(func(r rune) rune {
			start := unicode.IsSpace(prev) || prev == '-' || prev == '/' || prev == '('
			prev = r
			if start {
				return unicode.ToTitle(r)
			}
			return r
		}, s)
	})
}

// FirstUpper is strings.FirstUpper.
func (Strings) FirstUpper(v any) (string, error) { return mapped(v, firstUpper) }

func firstUpper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 || r == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// Trim is trim.
func (Strings) Trim(v, cutset any) (string, error) {
	s, c, err := two(v, cutset)
	return strings.Trim(s, c), err
}

func (Strings) trimLeft(cutset, v any) (string, error) {
	c, s, err := two(cutset, v)
	return strings.TrimLeft(s, c), err
}

func (Strings) trimRight(cutset, v any) (string, error) {
	c, s, err := two(cutset, v)
	return strings.TrimRight(s, c), err
}

// TrimLeft is trimLeft.
func (s Strings) TrimLeft(cutset, v any) (string, error) { return s.trimLeft(cutset, v) }

// TrimRight is trimRight.
func (s Strings) TrimRight(cutset, v any) (string, error) { return s.trimRight(cutset, v) }

// TrimSpace is strings.TrimSpace.
func (Strings) TrimSpace(v any) (string, error) { return mapped(v, strings.TrimSpace) }

// TrimPrefix is strings.TrimPrefix.
func (Strings) TrimPrefix(prefix, v any) (string, error) {
	p, s, err := two(prefix, v)
	return strings.TrimPrefix(s, p), err
}

// TrimSuffix is strings.TrimSuffix.
func (Strings) TrimSuffix(suffix, v any) (string, error) {
	p, s, err := two(suffix, v)
	return strings.TrimSuffix(s, p), err
}

// Chomp is chomp.
func (Strings) Chomp(v any) (any, error) {
	s, err := toString(v)
	return sameKind(v, strings.TrimRight(s, "\r\n")), err
}

// HasPrefix is hasPrefix.
func (Strings) HasPrefix(v, prefix any) (bool, error) {
	s, p, err := two(v, prefix)
	return err == nil && strings.HasPrefix(s, p), err
}

// HasSuffix is hasSuffix.
func (Strings) HasSuffix(v, suffix any) (bool, error) {
	s, p, err := two(v, suffix)
	return err == nil && strings.HasSuffix(s, p), err
}

// Contains is contains.
func (Strings) Contains(v, part any) (bool, error) {
	s, p, err := two(v, part)
	return err == nil && strings.Contains(s, p), err
}

// ContainsAny is containsAny.
func (Strings) ContainsAny(v, chars any) (bool, error) {
	s, p, err := two(v, chars)
	return err == nil && strings.ContainsAny(s, p), err
}

// ContainsNonSpace is strings.ContainsNonSpace.
func (Strings) ContainsNonSpace(v any) (bool, error) {
	s, err := toString(v)
	return strings.TrimSpace(s) != "", err
}

// Count is strings.Count.
func (Strings) Count(part, v any) (int, error) {
	p, s, err := two(part, v)
	return strings.Count(s, p), err
}

// Replace is replace.
func (Strings) Replace(v, from, to any, limit ...any) (string, error) {
	s, f, err := two(v, from)
	if err != nil {
		return "", err
	}
	t, err := toString(to)
	if err != nil {
		return "", err
	}
	n := -1
	if len(limit) > 0 {
		if n, err = (Cast{}).ToInt(limit[0]); err != nil {
			return "", err
		}
	}
	if len(t) > len(f) && len(s)+strings.Count(s, f)*(len(t)-len(f)) > maxBytes {
		return "", tooLong()
	}
	return strings.Replace(s, f, t, n), nil
}

// Split is split.
func (Strings) Split(v, sep any) ([]string, error) {
	s, p, err := two(v, sep)
	if err != nil {
		return nil, err
	}
	if p == "" && len(s) > maxItems || p != "" && strings.Count(s, p) >= maxItems {
		return nil, mistake("the result holds more than %d values", maxItems)
	}
	return strings.Split(s, p), nil
}

func (Strings) join(v, sep any) (string, error) { return Collections{}.Delimit(v, sep) }

// Substr is substr.
func (Strings) Substr(v any, bounds ...any) (string, error) {
	s, n, err := ints(v, bounds)
	if err != nil {
		return "", err
	}
	r := []rune(s)
	start := n[0]
	if start < 0 {
		start = max(0, start+len(r))
	}
	start = min(start, len(r))
	end := len(r)
	if len(n) > 1 {
		switch length := n[1]; {
		case length < 0:
			end = max(start, len(r)+length)
		case length < len(r)-start:
			end = start + length
		}
	}
	return string(r[start:end]), nil
}

// ints reads a text and one or two numbers.
func ints(v any, nums []any) (string, []int, error) {
	s, err := toString(v)
	if err != nil {
		return "", nil, err
	}
	if len(nums) < 1 || len(nums) > 2 {
		return "", nil, mistake("takes a text and one or two numbers")
	}
	out := make([]int, len(nums))
	for i, x := range nums {
		if out[i], err = (Cast{}).ToInt(x); err != nil {
			return "", nil, err
		}
	}
	return s, out, nil
}

// SliceString is slicestr.
func (Strings) SliceString(v any, bounds ...any) (string, error) {
	s, n, err := ints(v, bounds)
	if err != nil {
		return "", err
	}
	r := []rune(s)
	start, end := n[0], len(r)
	if len(n) > 1 {
		end = n[1]
	}
	if start < 0 || end > len(r) || start > end {
		return "", mistake("there are no characters %d to %d; the text has %d", start, end, len(r))
	}
	return string(r[start:end]), nil
}

// CountWords is countwords.
func (Strings) CountWords(v any) (int, error) {
	s, err := toString(v)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, word := range strings.Fields(stripTags(s)) {
		cjk, other := 0, false
		for _, r := range word {
			if isCJK(r) {
				cjk++
			} else if unicode.IsLetter(r) || unicode.IsDigit(r) {
				other = true
			}
		}
		n += cjk
		if other || cjk == 0 {
			n++
		}
	}
	return n, nil
}

func isCJK(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana)
}

// CountRunes is countrunes.
func (Strings) CountRunes(v any) (int, error) {
	s, err := toString(v)
	n := 0
	for _, r := range stripTags(s) {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n, err
}

// RuneCount is strings.RuneCount.
func (Strings) RuneCount(v any) (int, error) {
	s, err := toString(v)
	return utf8.RuneCountInString(s), err
}

func (Strings) repeat(count, v any) (string, error) {
	n, err := Cast{}.ToInt(count)
	if err != nil {
		return "", err
	}
	s, err := toString(v)
	if err != nil {
		return "", err
	}
	if n < 0 {
		return "", mistake("the number must not be negative, and is %d", n)
	}
	if len(s) > 0 && n > maxBytes/len(s) {
		return "", tooLong()
	}
	return strings.Repeat(s, n), nil
}

// Repeat is repeat.
func (s Strings) Repeat(count, v any) (string, error) { return s.repeat(count, v) }

// sameKind gives s the type of v where that is a kind of text, so that HTML
// stays HTML.
func sameKind(v any, s string) any {
	if t := reflect.TypeOf(v); t != nil && t.Kind() == reflect.String {
		return reflect.ValueOf(s).Convert(t).Interface()
	}
	return s
}
