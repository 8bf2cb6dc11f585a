package scan

import (
	"bytes"

	"golang.org/x/net/html"
)

// wanted are the elements that say something by themselves.
var wanted = map[string]bool{
	"html": true, "head": true, "body": true, "meta": true, "base": true, "link": true, "script": true, "style": true,
	"main": true, "article": true, "img": true, "picture": true, "source": true, "video": true, "audio": true, "track": true,
	"iframe": true, "frame": true, "object": true, "embed": true, "form": true, "button": true, "input": true,
	"svg": true, "math": true, "image": true, "use": true, "feimage": true, "noscript": true,
	"title": true, "textarea": true, "xmp": true, "noembed": true, "noframes": true, "plaintext": true,
}

// rawText are the elements whose text is no markup (HTML, "parsing HTML fragments").
var rawText = map[string]bool{
	"script": true, "style": true, "noscript": true, "iframe": true,
	"title": true, "textarea": true, "xmp": true, "noembed": true, "noframes": true, "plaintext": true,
}

// longest is the length of the longest name among wanted.
const longest = len("plaintext")

// run looks at one token after the other.
func (s *scanner) run() {
	for i := 0; ; {
		next := bytes.IndexByte(s.data[i:], '<')
		if next < 0 || i+next+1 == len(s.data) {
			return
		}
		i += next
		switch c := s.data[i+1]; {
		case letter(c):
			i = s.startTag(i)
		case c == '/' && i+2 < len(s.data) && letter(s.data[i+2]):
			i = s.endTag(i)
		case c == '!' || c == '/' || c == '?':
			i = s.other(i)
		default:
			i++
		}
	}
}

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func space(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }

// startTag passes over the tag at i, or looks at it where it says something,
// and at the raw text behind it. It returns the offset behind.
func (s *scanner) startTag(i int) int {
	name, end, telling := s.tag(i + 1)
	if end < 0 {
		return len(s.data) // a tag that does not end is none
	}
	var lower [longest]byte
	known := false
	switch {
	case len(name) == 1 && name[0]|0x20 == 'a', len(name) == 4 && bytes.EqualFold(name, []byte("area")):
		telling = telling || s.leads(s.data[i:end])
	case len(name) <= longest:
		for j, c := range name {
			if 'A' <= c && c <= 'Z' {
				c |= 0x20
			}
			lower[j] = c
		}
		known = wanted[string(lower[:len(name)])]
	}
	// Anything before the body that is not known here is content, too.
	if !known && !telling && (s.started || !s.head) {
		return end
	}
	part := s.data[i:end]
	if known && rawText[string(lower[:len(name)])] {
		part = s.data[i:]
	}
	z := html.NewTokenizer(bytes.NewReader(part))
	kind := z.Next()
	s.start, s.end = i, i+len(z.Raw())
	s.open(z, kind == html.SelfClosingTagToken)
	return s.end
}

// leads reports whether the tag of a link may lead to a fingerprinted file, or
// run a script.
func (s *scanner) leads(tag []byte) bool {
	if bytes.Contains(tag, s.prefix) || bytes.IndexByte(tag, '&') >= 0 {
		return true
	}
	const scheme = "script"
	for rest := tag; ; {
		i := bytes.IndexByte(rest, ':')
		switch {
		case i < 0:
			return false
		case i >= len(scheme) && bytes.EqualFold(rest[i-len(scheme):i], []byte(scheme)):
			return true
		}
		rest = rest[i+1:]
	}
}

// tag is the name of the tag whose name begins at i, and the offset behind it,
// -1 where it does not end. telling says that an attribute may be style or onX.
func (s *scanner) tag(i int) (name []byte, end int, telling bool) {
	data := s.data
	from := i
	for i < len(data) && !space(data[i]) && data[i] != '/' && data[i] != '>' {
		i++
	}
	name = data[from:i]
	named := false // an attribute has begun, which "=" gives a value
	for i < len(data) {
		switch c := data[i]; {
		case c == '>':
			return name, i + 1, telling
		case c == '=' && named:
			for i++; i < len(data) && space(data[i]); i++ {
			}
			if i == len(data) {
				return name, -1, telling
			}
			if i = valueEnd(data, i); i < 0 {
				return name, -1, telling
			}
			named = false
		case space(c) || c == '/':
			i++
			if i < len(data) && data[i] != '=' && !space(data[i]) {
				named = false
			}
		default:
			if !named && i+1 < len(data) {
				two := [2]byte{c | 0x20, data[i+1] | 0x20}
				telling = telling || two == [2]byte{'o', 'n'} || two == [2]byte{'s', 't'}
			}
			named = true
			i++
		}
	}
	return name, -1, telling
}

// valueEnd is the offset behind the value of an attribute that begins at i, -1
// where it does not end.
func valueEnd(data []byte, i int) int {
	switch q := data[i]; q {
	case '"', '\'':
		end := bytes.IndexByte(data[i+1:], q)
		if end < 0 {
			return -1
		}
		return i + 1 + end + 1
	}
	for i < len(data) && !space(data[i]) && data[i] != '>' {
		i++
	}
	return i
}

// endTag passes over the end tag at i.
func (s *scanner) endTag(i int) int {
	name, end, _ := s.tag(i + 2)
	if end < 0 {
		return len(s.data)
	}
	s.start, s.end = i, end
	if len(name) >= 3 && len(name) <= len("picture") {
		switch name[0] | 0x20 {
		case 'h', 'b', 'a', 'v', 'p', 's', 'm':
			s.close(string(bytes.ToLower(name)))
		}
	}
	return end
}

// other looks at a doctype, or passes over a comment or what counts as one.
func (s *scanner) other(i int) int {
	z := html.NewTokenizer(bytes.NewReader(s.data[i:]))
	kind := z.Next()
	s.start, s.end = i, i+len(z.Raw())
	if kind == html.ErrorToken || s.end == i {
		return len(s.data)
	}
	if kind == html.DoctypeToken && !s.started && s.p.Start == 0 {
		s.p.Start = s.end
	}
	return s.end
}
