package funcs

import (
	"html"
	"html/template"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Transform is the namespace "transform". That of a render adds Markdown and
// highlighting.
type Transform struct{}

func transformEntries() []entry {
	t := Transform{}
	return []entry{
		{"htmlEscape", []string{"transform.HTMLEscape"}, t.HTMLEscape, "htmlEscape TEXT", "The text with & < > and quotes escaped. Templates escape by themselves; this is for text that is marked as safe.", `{{ htmlEscape "<b>" | safeHTML }}`, "&lt;b&gt;"},
		{"htmlUnescape", []string{"transform.HTMLUnescape"}, t.HTMLUnescape, "htmlUnescape TEXT", "The text with character references replaced.", `{{ htmlUnescape "&lt;&eacute;" | safeHTML }}`, "<é"},
		{"transform.XMLEscape", nil, nil, "transform.XMLEscape TEXT", "The text escaped for XML; characters that XML does not allow are left out. Templates that are not HTML escape nothing by themselves.", `{{ transform.XMLEscape "<a>" | safeHTML }}`, "&lt;a&gt;"},
		{"plainify", []string{"transform.Plainify"}, t.Plainify, "plainify HTML", "The text without tags and comments.", `{{ plainify "<b>a</b> c" }}`, "a c"},
		{"truncate", []string{"strings.Truncate"}, Strings{}.Truncate, "truncate SIZE [ELLIPSIS] TEXT", "At most SIZE characters, cut at a word, with an ellipsis if something was cut. Of HTML (safeHTML, .Content) tags do not count and are closed.", `{{ truncate 10 "a longer text" }}; {{ "<b>a longer</b> text" | safeHTML | truncate 5 }}`, "a longer …; <b>a …</b>"},
	}
}

// HTMLEscape is htmlEscape.
func (Transform) HTMLEscape(v any) (string, error) {
	s, err := toString(v)
	if err != nil {
		return "", err
	}
	return limited(html.EscapeString(s))
}

// HTMLUnescape is htmlUnescape.
func (Transform) HTMLUnescape(v any) (string, error) { return mapped(v, html.UnescapeString) }

// XMLEscape is transform.XMLEscape.
func (Transform) XMLEscape(v any) (string, error) {
	s, err := toString(v)
	if err != nil {
		return "", err
	}
	s = strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return limited(html.EscapeString(s))
}

// Plainify is plainify.
func (Transform) Plainify(v any) (template.HTML, error) {
	s, err := toString(v)
	return template.HTML(stripTags(s)), err
}

// stripTags leaves out tags and comments. A < that begins neither is text.
func stripTags(s string) string {
	if !strings.Contains(s, "<") {
		return s
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		s = s[i:]
		n := tagLen(s)
		if n == 0 {
			b.WriteByte('<')
			n = 1
		}
		s = s[n:]
	}
}

// tagLen is the length of the tag or comment at the start of s, 0 if there is
// none. A tag that never ends takes all the rest, so that no byte is looked at
// twice.
func tagLen(s string) int {
	if strings.HasPrefix(s, "<!--") {
		if i := strings.Index(s, "-->"); i >= 0 {
			return i + 3
		}
		return len(s)
	}
	rest := strings.TrimPrefix(s[1:], "/")
	if rest == "" || !(isLetter(rest[0]) || rest[0] == '!' || rest[0] == '?') {
		return 0
	}
	quote, equals := byte(0), false
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && equals:
			quote = c
		case c == '=':
			equals = true
		case c == '>':
			return i + 1
		}
	}
	return len(s)
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// Truncate is truncate.
func (Strings) Truncate(size any, args ...any) (template.HTML, error) {
	n, err := Cast{}.ToInt(size)
	if err != nil {
		return "", err
	}
	ellipsis := " …"
	switch len(args) {
	case 1:
	case 2:
		e, err := toString(args[0])
		if err != nil {
			return "", err
		}
		if ellipsis = e; reflect.TypeOf(args[0]) != reflect.TypeOf(template.HTML("")) {
			ellipsis = html.EscapeString(e)
		}
	default:
		return "", mistake("takes a size, an ellipsis and a text")
	}
	v := args[len(args)-1]
	s, err := toString(v)
	if err != nil {
		return "", err
	}
	if _, ok := v.(template.HTML); ok {
		return template.HTML(cutHTML(s, n, ellipsis)), nil
	}
	if utf8.RuneCountInString(s) <= n {
		return template.HTML(html.EscapeString(s)), nil
	}
	return template.HTML(html.EscapeString(cutText(s, n)) + ellipsis), nil
}

// cutText is at most n characters of s, up to the end of a word if there is one.
func cutText(s string, n int) string {
	end, word := 0, 0
	count := 0
	for i, r := range s {
		if unicode.IsSpace(r) || isCJK(r) {
			word = i
		}
		if count == n {
			end = i
			break
		}
		count++
	}
	if word > 0 {
		end = word
	}
	return strings.TrimRightFunc(s[:end], unicode.IsSpace)
}

var tagName = regexp.MustCompile(`^<(/?)([a-zA-Z][a-zA-Z0-9-]*)`)

// void are the elements without an end tag.
var void = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true,
	"link": true, "meta": true, "source": true, "track": true, "wbr": true,
}

// cutHTML is s with at most n characters of text, and its tags closed.
func cutHTML(s string, n int, ellipsis string) string {
	count, end := 0, -1
	tags := -1 // where the tags before this character begin
	for i := 0; i < len(s); {
		if s[i] == '<' {
			if w := tagLen(s[i:]); w > 0 {
				if tags < 0 {
					tags = i
				}
				i += w
				continue
			}
		}
		r, _ := utf8.DecodeRuneInString(s[i:])
		switch {
		case end < 0:
			end = i
		case tags >= 0:
			end = tags
		case unicode.IsSpace(r) || isCJK(r):
			end = i
		}
		tags = -1
		if count == n {
			return strings.TrimRightFunc(s[:end], unicode.IsSpace) + ellipsis + closing(s[:end])
		}
		count++
		i += charLen(s[i:])
	}
	return s
}

// closing are the end tags of the elements that s leaves open.
func closing(s string) string {
	var open []string
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			break
		}
		w := max(1, tagLen(s[i:]))
		open = track(open, s[i:i+w])
		s = s[i+w:]
	}
	var b strings.Builder
	for _, name := range slices.Backward(open) {
		b.WriteString("</" + name + ">")
	}
	return b.String()
}

// charLen is the length of one character, a character reference being one.
func charLen(s string) int {
	if s[0] == '&' {
		if i := strings.IndexByte(s[:min(len(s), 34)], ';'); i > 1 && !strings.ContainsAny(s[1:i], " &<") {
			return i + 1
		}
	}
	_, w := utf8.DecodeRuneInString(s)
	return w
}

// track is the open elements after a tag.
func track(open []string, tag string) []string {
	m := tagName.FindStringSubmatch(tag)
	if m == nil || void[strings.ToLower(m[2])] || strings.HasSuffix(tag, "/>") {
		return open
	}
	if m[1] == "" {
		return append(open, m[2])
	}
	// End tags of elements that were opened long ago are strays; looking for
	// them further up would take quadratic time.
	for i := len(open) - 1; i >= max(0, len(open)-100); i-- {
		if strings.EqualFold(open[i], m[2]) {
			return open[:i]
		}
	}
	return open
}
