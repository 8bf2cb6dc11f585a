package markdown

import (
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// lineRange is a range of lines, both ends included, counted from 1.
type lineRange struct{ from, to int }

// fence is what the line behind ``` says.
type fence struct {
	// lang is the language as the author wrote it, without "language-".
	lang string
	// title is the caption, such as a file name.
	title string
	// numbers numbers the lines, from start on; noNumbers takes back what the
	// site's settings say.
	numbers, noNumbers bool
	start              int
	// marks are the lines that stand out, by the class they get: "hl", "add",
	// "del", "focus", "error", "warning".
	marks []lineMark
	// classes are further classes of the block.
	classes []string
	// attrs are further attributes; words that mean nothing to us are left out.
	attrs []Attr
	// meta is the line without the language.
	meta string
}

// lineMark is one range of lines with its class.
type lineMark struct {
	lineRange
	class string
}

// parseFenceInfo reads the line behind the fence, in the ways of GitHub,
// VitePress, Docusaurus, Hugo, MkDocs and mdBook at once. It never fails:
// what it does not know it leaves out.
func parseFenceInfo(info string) fence {
	f := fence{start: 1}
	s := strings.TrimSpace(info)
	f.lang, s = fenceLang(s)
	f.meta = strings.TrimSpace(s)
	for s != "" {
		s = f.item(s)
	}
	return f
}

// fenceLang splits the language off. A first word that is an option
// (hl_lines="4") or starts with a brace is no language.
func fenceLang(s string) (lang, rest string) {
	end := strings.IndexAny(s, " \t{,[=\"")
	if end < 0 {
		end = len(s)
	}
	if end < len(s) && s[end] == '=' && !strings.Contains(s[:end], ":") {
		return "", s
	}
	word := s[:end]
	if i := strings.IndexByte(word, ':'); i >= 0 && isNumbersWord(word[i+1:]) {
		word, end = word[:i], i
	}
	return strings.TrimPrefix(word, "language-"), s[end:]
}

func isNumbersWord(s string) bool {
	return strings.HasPrefix(s, "line-numbers") || strings.HasPrefix(s, "no-line-numbers")
}

// item reads one item at the start of s and returns what follows it, which is
// always shorter.
func (f *fence) item(s string) string {
	switch s[0] {
	case ' ', '\t', ',', ':', ';', '}':
		return s[1:]
	case '[':
		if end := strings.IndexByte(s, ']'); end > 0 {
			f.title = strings.TrimSpace(s[1:end])
			return s[end+1:]
		}
		return s[1:]
	case '{':
		if end := strings.IndexByte(s, '}'); end > 0 && isRanges(s[1:end]) {
			f.mark("hl", s[1:end])
			return s[end+1:]
		}
		return s[1:] // { .lang key=value }: its items are read like any others
	case '.':
		word, rest := cutWord(s[1:])
		if f.lang == "" {
			f.lang = strings.TrimPrefix(word, "language-")
		} else if word != "" {
			f.classes = append(f.classes, word)
		}
		return rest
	case '#':
		word, rest := cutWord(s[1:])
		if word != "" {
			f.attrs = append(f.attrs, Attr{"id", word})
		}
		return rest
	}
	return f.option(s)
}

// option reads key, key=value or key={value}.
func (f *fence) option(s string) string {
	end := strings.IndexAny(s, " \t,={}[")
	if end < 0 {
		end = len(s)
	}
	if end == 0 {
		return s[1:]
	}
	key, rest := s[:end], s[end:]
	value, has := "", strings.HasPrefix(rest, "=")
	if has {
		value, rest = cutValue(rest[1:])
	}
	f.set(key, value, has)
	return rest
}

func (f *fence) set(key, value string, has bool) {
	switch strings.ToLower(key) {
	case "title", "filename", "file", "name":
		if has {
			f.title = value
		}
	case "hl_lines", "mark", "highlight", "hl":
		f.mark("hl", value)
	case "ins", "add":
		f.mark("add", value)
	case "del", "rem":
		f.mark("del", value)
	case "focus":
		f.mark("focus", value)
	case "linenums", "linenos", "line-numbers", "shownumbers", "showlinenumbers", "numberlines", "startline":
		f.number(value)
	case "linenostart", "start", "startlinenumber", "startfrom":
		if n, err := strconv.Atoi(value); err == nil && n >= 0 {
			f.start = n
		}
	case "no-line-numbers", "nolinenumbers":
		f.noNumbers = true
	default:
		if has && (strings.HasPrefix(key, "data-") || key == "id") {
			f.attrs = append(f.attrs, Attr{key, value})
		}
	}
}

// number turns numbers on, unless value says no; a number in it is the first.
func (f *fence) number(value string) {
	switch strings.ToLower(value) {
	case "false", "no", "off":
		f.noNumbers = true
		return
	}
	f.numbers = true
	value, _, _ = strings.Cut(value, " ")
	if n, err := strconv.Atoi(value); err == nil && n >= 0 {
		f.start = n
	}
}

// mark notes ranges such as "1,3-5", "2  7-10" or [1,"3-5"].
func (f *fence) mark(class, ranges string) {
	fields := strings.FieldsFunc(ranges, func(r rune) bool { return strings.ContainsRune(" \t,\"'[]{}", r) })
	for _, field := range fields {
		from, to, isRange := strings.Cut(field, "-")
		a, err := strconv.Atoi(from)
		if err != nil || a < 1 {
			continue
		}
		b := a
		if isRange {
			if b, err = strconv.Atoi(to); err != nil {
				continue
			}
		}
		f.marks = append(f.marks, lineMark{lineRange{min(a, b), max(a, b)}, class})
	}
}

// isRanges reports whether s is nothing but line numbers and ranges.
func isRanges(s string) bool {
	digit := false
	for _, c := range []byte(s) {
		switch {
		case c >= '0' && c <= '9':
			digit = true
		case c != ',' && c != '-' && c != ' ':
			return false
		}
	}
	return digit
}

func cutWord(s string) (word, rest string) {
	end := strings.IndexAny(s, " \t,{}[]=")
	if end < 0 {
		return s, ""
	}
	return s[:end], s[end:]
}

// cutValue takes a value off s: quoted, in braces or brackets, or one word.
func cutValue(s string) (value, rest string) {
	if s == "" {
		return "", ""
	}
	closing := map[byte]string{'"': `"`, '\'': "'", '{': "}", '[': "]"}[s[0]]
	if closing != "" {
		end := strings.Index(s[1:], closing)
		if end < 0 {
			return s[1:], ""
		}
		return s[1 : 1+end], s[end+2:]
	}
	for i := range len(s) {
		// A comma ends a value before the next key, not in 1,3-5.
		if strings.IndexByte(" \t}", s[i]) >= 0 || s[i] == ',' && i+1 < len(s) && isLetter(s[i+1]) {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

// linesMarked is the class of every marked line, by number.
func (f *fence) linesMarked(lines int) map[int][]string {
	marked := map[int][]string{}
	for _, m := range f.marks {
		for n := m.from; n <= min(m.to, lines); n++ {
			if !slices.Contains(marked[n], m.class) {
				marked[n] = append(marked[n], m.class)
			}
		}
	}
	return marked
}

// fenceInfo is the unescaped line behind the fence of a code block.
func fenceInfo(n *ast.FencedCodeBlock, source []byte) string {
	if n.Info == nil {
		return ""
	}
	return unescape(n.Info.Segment.Value(source))
}

// fenceLabel is what a code group shows on the tab of a fence: its title or its language.
func fenceLabel(n *ast.FencedCodeBlock, source []byte) string {
	f := parseFenceInfo(fenceInfo(n, source))
	switch {
	case f.title != "":
		return f.title
	case f.lang != "":
		return f.lang
	}
	return "code"
}
