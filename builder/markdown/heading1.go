package markdown

import (
	"bytes"
	"html"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// H1 is the first heading of level 1 of a text.
type H1 struct {
	// Title is its plain text, without markup, slots and {#id}.
	Title string
	// Start and End are where the heading lies in the text, its line end
	// included.
	Start, End int
	// Leading reports whether nothing that is shown stands before it.
	Leading bool
}

// FirstH1 finds the first heading of level 1 without parsing the text: by its
// lines, for a page's title. ok is false where there is none.
func FirstH1(t *Text) (h H1, ok bool) {
	s := h1Scan{b: t.Bytes, para: -1, leading: true}
	for off := 0; off < len(s.b); {
		next := lineAfter(s.b, off)
		if next, ok = s.line(off, next); ok {
			return s.found, true
		}
		off = next
	}
	return H1{}, false
}

type h1Scan struct {
	b       []byte
	fence   fenceScan
	para    int // where the open paragraph starts, or -1
	leading bool
	open    bool // a comment or <head> without an end was seen
	found   H1
}

var (
	reImport = regexp.MustCompile(`^(?:import\s.*['"].*['"]|export\s.*);?\s*$`)
	reSetext = regexp.MustCompile(`^ {0,3}=+[ \t]*$`)
)

// line looks at the line from off to next and returns where to go on.
func (s *h1Scan) line(off, next int) (int, bool) {
	b := bytes.TrimRight(s.b[off:next], "\r\n")
	if s.fence.step(b, prefixLen(b)) {
		s.para, s.leading = -1, false
		return next, false
	}
	text := bytes.TrimSpace(b)
	indent := len(b) - len(bytes.TrimLeft(b, " "))
	switch {
	case len(text) == 0:
		s.para = -1
		return next, false
	case s.para >= 0 && reSetext.Match(b):
		s.set(string(s.b[s.para:off]), s.para, next)
		return next, true
	case s.para < 0 && !s.open && (bytes.HasPrefix(text, []byte("<!--")) || bytes.HasPrefix(text, []byte("{/*"))):
		return s.comment(off, next), false
	case s.para < 0 && !s.open && bytes.HasPrefix(text, []byte("<head>")):
		if i := bytes.Index(s.b[off:], []byte("</head>")); i >= 0 {
			return lineAfter(s.b, off+i), false
		}
		s.open = true
	case s.para < 0 && !s.open && text[0] == '<' && reUnseen.Match(text):
		if n := unseenLen(s.b[off+indent:]); n > 0 {
			return lineAfter(s.b, off+indent+n-1), false
		}
		s.open = true
	case s.para < 0 && reImport.Match(text):
		return next, false
	}
	if n, title := atxAt(text, indent); n > 0 {
		s.para = -1
		if n == 1 && !strings.Contains(title, "](#tab/") {
			s.set(title, off, next)
			return next, true
		}
		s.leading = false
		return next, false
	}
	if s.para < 0 && indent <= 3 && text[0] != '<' && prefixLen(b) == indent {
		s.para = off
		if !s.setextFollows(next) {
			s.leading = false
		}
		return next, false
	}
	if s.para < 0 {
		s.leading = false
	}
	return next, false
}

// atxAt is atxHeading for a line with its indent, and cheap for most lines.
func atxAt(text []byte, indent int) (int, string) {
	if text[0] != '#' || indent > 3 {
		return 0, ""
	}
	n, title, _ := atxHeading(text)
	return n, title
}

// setextFollows reports whether the paragraph that goes on at off becomes a
// heading of level 1; it looks at a few lines at most.
func (s *h1Scan) setextFollows(off int) bool {
	for range 4 {
		if off >= len(s.b) {
			return false
		}
		next := lineAfter(s.b, off)
		b := bytes.TrimRight(s.b[off:next], "\r\n")
		if len(bytes.TrimSpace(b)) == 0 {
			return false
		}
		if reSetext.Match(b) {
			return true
		}
		off = next
	}
	return false
}

// comment is the offset of the line behind the comment that starts at off.
func (s *h1Scan) comment(off, next int) int {
	b := s.b[off:]
	end := "-->"
	if !bytes.HasPrefix(bytes.TrimLeft(b, " \t"), []byte("<!--")) {
		end = "*/}"
	}
	i := bytes.Index(b, []byte(end))
	if i < 0 {
		s.leading, s.open = false, true
		return next
	}
	stop := off + i + len(end)
	after := lineAfter(s.b, stop)
	if len(bytes.TrimSpace(s.b[stop:after])) > 0 {
		s.leading = false
	}
	return after
}

func (s *h1Scan) set(raw string, start, end int) {
	_, raw = cutHeadingID(strings.TrimSpace(raw))
	s.found = H1{Title: plainInline(raw), Start: start, End: end, Leading: s.leading}
}

// atxHeading is the level of the heading that a line is, 0 where it is none,
// its text as it is written and its explicit id.
func atxHeading(b []byte) (level int, title, id string) {
	s := strings.TrimLeft(strings.TrimRight(string(b), " \t\r\n"), " \t")
	for level < len(s) && s[level] == '#' {
		level++
	}
	if level == 0 || level > 6 || level < len(s) && s[level] != ' ' && s[level] != '\t' {
		return 0, "", ""
	}
	id, s = cutHeadingID(strings.TrimSpace(s[level:]))
	if t := strings.TrimRight(s, "#"); t == "" || strings.HasSuffix(t, " ") || strings.HasSuffix(t, "\t") {
		s = strings.TrimSpace(t)
	}
	if id == "" {
		id, s = cutHeadingID(s)
	}
	return level, s, id
}

var reHeadingID = regexp.MustCompile(`[ \t]*(?:\{:?[ \t]*((?:[#.][^\s{}]+|[\w-]+=(?:"[^"]*"|[^\s{}"]+))(?:[ \t]+(?:[#.][^\s{}]+|[\w-]+=(?:"[^"]*"|[^\s{}"]+)))*)[ \t]*\}|\{/\*[ \t]*#?([^\s*]+)[ \t]*\*/\})$`)

// cutHeadingID splits {#id .class} or {/*id*/} off the end of a heading.
func cutHeadingID(s string) (id, rest string) {
	if !strings.HasSuffix(s, "}") {
		return "", s
	}
	m := reHeadingID.FindStringSubmatchIndex(s)
	if m == nil {
		return "", s
	}
	if m[4] >= 0 {
		return s[m[4]:m[5]], s[:m[0]]
	}
	for _, f := range strings.Fields(s[m[2]:m[3]]) {
		if f[0] == '#' {
			id = f[1:]
		}
	}
	return id, s[:m[0]]
}

// roughSlug is an id as GitHub makes it of a heading's text, near enough to
// find the heading that an include names.
func roughSlug(title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(plainInline(title)) {
		switch {
		case r == ' ':
			b.WriteByte('-')
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

var (
	reImageText = regexp.MustCompile(`!?\[([^\[\]]*)\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\[\]]*\])`)
	reInlineTag = regexp.MustCompile(`<!--.*?-->|</?[A-Za-z][^<>]*>`)
	reAutolink  = regexp.MustCompile(`<((?:https?|mailto|ftp):[^<>\s]+)>`)
)

// plainInline is a heading's Markdown without its markup. It errs on the side
// of leaving text in.
func plainInline(s string) string {
	spans := codeSpans([]byte(s))
	if len(spans) == 0 || len(spans) > 1000 {
		return strings.Join(strings.Fields(stripInline(s)), " ")
	}
	// Each code span is one rune while the rest is looked at, so that a link
	// around it is still seen.
	const first = 0xF0000
	var b strings.Builder
	done := 0
	for i, span := range spans {
		b.WriteString(s[done:span[0]])
		b.WriteRune(rune(first + i))
		done = span[1]
	}
	b.WriteString(s[done:])
	text := stripInline(b.String())
	b.Reset()
	for _, r := range text {
		if r < first || r >= rune(first+len(spans)) {
			b.WriteRune(r)
			continue
		}
		code := s[spans[r-first][0]:spans[r-first][1]]
		b.WriteString(strings.TrimSpace(strings.Trim(code, "`")))
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// stripInline is plainInline for text without code spans.
func stripInline(s string) string {
	if strings.ContainsAny(s, "[<") {
		for range 3 { // images within links
			n := reImageText.ReplaceAllString(s, "$1")
			if n == s {
				break
			}
			s = n
		}
		s = reInlineTag.ReplaceAllString(reAutolink.ReplaceAllString(s, "$1"), "")
	}
	var b strings.Builder
	prev := ' '
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		next, _ := utf8.DecodeRuneInString(s[i+n:])
		_, slot := SlotOf(r)
		switch {
		case slot:
		case r == '\\' && next < utf8.RuneSelf && unicode.In(next, unicode.Punct, unicode.Symbol):
			b.WriteRune(next)
			i++
			r = next
		case r == '*' && !(unicode.IsSpace(prev) && (unicode.IsSpace(next) || i+n >= len(s))):
		case r == '_' && (!isWordRune(prev) || !isWordRune(next)) && !(unicode.IsSpace(prev) && unicode.IsSpace(next)):
		case r == '~' && (next == '~' || prev == '~'):
		default:
			b.WriteRune(r)
		}
		prev = r
		i += n
	}
	return html.UnescapeString(b.String())
}

func isWordRune(r rune) bool {
	return r != '_' && (unicode.IsLetter(r) || unicode.IsNumber(r))
}
