package policy

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Glob is a pattern of URL paths, as config.toml writes them. It begins with
// "/", which is the site's root (the path of base_url is not part of it), and
// covers the whole path. "*" stands for any characters but "/", "**" between
// slashes or at the end for any characters, {a,b} for one of several texts;
// all others stand for themselves. "/x/**" also covers "/x" and "/x/".
//
// The language is this small so that every host can be told the same: the
// braces are resolved by Expand, and Regexp is the pattern where a host
// understands regular expressions.
type Glob struct {
	pattern string
	re      *regexp.Regexp
}

// ParseGlob reads a pattern.
func ParseGlob(pattern string) (*Glob, error) {
	switch {
	case !strings.HasPrefix(pattern, "/"):
		return nil, errors.New("it does not begin with a slash")
	case strings.ContainsAny(pattern, "?#[]\\ \t\r\n"):
		return nil, errors.New(`a path has none of ? # [ ] \ and blanks; only *, ** and {a,b} have a meaning`)
	}
	alternatives, err := expand(pattern)
	if err != nil {
		return nil, err
	}
	for i, a := range alternatives {
		if alternatives[i], err = expression(a); err != nil {
			return nil, err
		}
	}
	re, err := regexp.Compile("^(?:" + strings.Join(alternatives, "|") + ")$")
	if err != nil {
		return nil, fmt.Errorf("it cannot be read: %w", err)
	}
	return &Glob{pattern: pattern, re: re}, nil
}

// String is the pattern as it was written.
func (g *Glob) String() string { return g.pattern }

// Match reports whether the pattern covers a URL path, escaped as in a URL,
// without the base path.
func (g *Glob) Match(path string) bool { return g.re.MatchString(path) }

// Regexp is the pattern as a regular expression over the whole path, "^…$",
// in the subset that RE2, PCRE and ECMAScript have in common.
func (g *Glob) Regexp() string { return g.re.String() }

// Expand is the pattern without braces: one pattern for each choice, in order.
func (g *Glob) Expand() []string {
	list, _ := expand(g.pattern) // it was read before
	return list
}

// maxAlternatives bounds what braces can multiply to.
const maxAlternatives = 64

// expand resolves the braces of a pattern from left to right.
func expand(pattern string) ([]string, error) {
	before, rest, found := strings.Cut(pattern, "{")
	if !found {
		if strings.Contains(pattern, "}") {
			return nil, errors.New("a } has no {")
		}
		return []string{pattern}, nil
	}
	choices, after, closed := strings.Cut(rest, "}")
	switch {
	case strings.Contains(before, "}"):
		return nil, errors.New("a } has no {")
	case !closed:
		return nil, errors.New("a { is not closed")
	case strings.Contains(choices, "{"):
		return nil, errors.New("braces cannot be nested")
	}
	tails, err := expand(after)
	if err != nil {
		return nil, err
	}
	var list []string
	for choice := range strings.SplitSeq(choices, ",") {
		for _, tail := range tails {
			list = append(list, before+choice+tail)
		}
	}
	if len(list) > maxAlternatives {
		return nil, fmt.Errorf("its braces stand for more than %d patterns", maxAlternatives)
	}
	return list, nil
}

// expression is a pattern without braces as a regular expression.
func expression(pattern string) (string, error) {
	var b strings.Builder
	for s := range strings.SplitSeq(pattern[1:], "/") {
		switch {
		case s == "**":
			b.WriteString("(?:/.*)?")
		case strings.Contains(s, "**"):
			return "", errors.New("** stands alone between slashes")
		default:
			b.WriteString("/" + strings.ReplaceAll(regexp.QuoteMeta(s), `\*`, "[^/]*"))
		}
	}
	return b.String(), nil
}
