package funcs

import (
	"regexp"
	"strings"
	"sync"
)

func matchEntries(s Strings) []entry {
	return []entry{
		{"findRE", []string{"strings.FindRE"}, s.FindRE, "findRE PATTERN TEXT [LIMIT]", "The parts of the text that match a regular expression (RE2), at most LIMIT.", "{{ findRE `[a-z]\\d` \"a1 b2 c3\" 2 }}", "[a1 b2]"},
		{"findRESubmatch", []string{"strings.FindRESubmatch"}, s.FindRESubmatch, "findRESubmatch PATTERN TEXT [LIMIT]", "For each match a list of it and its groups.", "{{ findRESubmatch `([a-z])(\\d)` \"a1 b2\" }}", "[[a1 a 1] [b2 b 2]]"},
		{"replaceRE", []string{"strings.ReplaceRE"}, s.ReplaceRE, "replaceRE PATTERN REPLACEMENT TEXT [LIMIT]", "The text with the replacement wherever the regular expression matches; $1 stands for the first group.", "{{ replaceRE `(\\w)(\\d)` \"$2$1\" \"a1\" }}", "1a"},
		{"strings.MatchRE", nil, nil, "strings.MatchRE PATTERN TEXT", "Whether the regular expression matches anywhere.", "{{ strings.MatchRE `^a` \"abc\" }}", "true"},
	}
}

// patterns remembers the regular expressions that templates used, so that a
// loop compiles each once. Past maxCached none is added. The nil patterns
// remembers nothing.
type patterns struct {
	mu sync.Mutex
	m  map[string]*regexp.Regexp
}

const maxCached = 1000

// compiled is the regular expression of a pattern.
func (p *patterns) compiled(pattern string) (*regexp.Regexp, error) {
	if p == nil {
		return compile(pattern)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if re := p.m[pattern]; re != nil {
		return re, nil
	}
	re, err := compile(pattern)
	if err == nil && len(p.m) < maxCached {
		p.m[pattern] = re
	}
	return re, err
}

func compile(pattern string) (*regexp.Regexp, error) {
	if len(pattern) > 10_000 {
		return nil, mistake("the regular expression is longer than 10000 bytes")
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, mistake("%s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	return re, nil
}

func (x Strings) matcher(pattern, v any, limit []any) (*regexp.Regexp, string, int, error) {
	p, s, err := two(pattern, v)
	if err != nil {
		return nil, "", 0, err
	}
	n := -1
	if len(limit) > 0 {
		if n, err = (Cast{}).ToInt(limit[0]); err != nil {
			return nil, "", 0, err
		}
	}
	re, err := x.re.compiled(p)
	return re, s, n, err
}

// FindRE is findRE.
func (x Strings) FindRE(pattern, v any, limit ...any) ([]string, error) {
	re, s, n, err := x.matcher(pattern, v, limit)
	if err != nil {
		return nil, err
	}
	return re.FindAllString(s, matchLimit(n)), nil
}

// FindRESubmatch is findRESubmatch.
func (x Strings) FindRESubmatch(pattern, v any, limit ...any) ([][]string, error) {
	re, s, n, err := x.matcher(pattern, v, limit)
	if err != nil {
		return nil, err
	}
	return re.FindAllStringSubmatch(s, matchLimit(n)), nil
}

func matchLimit(n int) int {
	if n < 0 || n > maxSeq {
		return maxSeq
	}
	return n
}

// ReplaceRE is replaceRE.
func (x Strings) ReplaceRE(pattern, replacement, v any, limit ...any) (string, error) {
	re, s, n, err := x.matcher(pattern, v, limit)
	if err != nil {
		return "", err
	}
	r, err := toString(replacement)
	if err != nil {
		return "", err
	}
	var out []byte
	end := 0
	for _, m := range re.FindAllStringSubmatchIndex(s, n) {
		out = append(out, s[end:m[0]]...)
		out = re.ExpandString(out, r, s, m)
		end = m[1]
		if len(out) > maxBytes {
			return "", tooLong()
		}
	}
	return limited(string(append(out, s[end:]...)))
}

// MatchRE is strings.MatchRE.
func (x Strings) MatchRE(pattern, v any) (bool, error) {
	re, s, _, err := x.matcher(pattern, v, nil)
	return err == nil && re.MatchString(s), err
}
