// Package urls makes URLs of the names of files and of what authors write, and
// takes them apart again. It knows of names alone, and nothing of the site.
package urls

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

const upperHex = "0123456789ABCDEF"

// plain reports whether c stands for itself in an element of our URLs: what
// RFC 3986 allows in a path segment without the quote and the parentheses,
// which html/template, CSS and Markdown escape or trip over.
func plain(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return strings.IndexByte("-._~!$&*+,;=:@", c) >= 0
}

// Escape escapes one path element for a URL, once.
func Escape(element string) string {
	n := 0
	for i := range len(element) {
		if !plain(element[i]) {
			n++
		}
	}
	if n == 0 {
		return element
	}
	var b strings.Builder
	b.Grow(len(element) + 2*n)
	for i := range len(element) {
		if c := element[i]; plain(c) {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte(upperHex[c>>4])
			b.WriteByte(upperHex[c&15])
		}
	}
	return b.String()
}

// EscapePath escapes each element of a path with slashes.
func EscapePath(p string) string {
	clean := true
	for i := range len(p) {
		if p[i] != '/' && !plain(p[i]) {
			clean = false
			break
		}
	}
	if clean {
		return p
	}
	elements := strings.Split(p, "/")
	for i, e := range elements {
		elements[i] = Escape(e)
	}
	return strings.Join(elements, "/")
}

// Unescape decodes what is escaped in p; a p that is not well escaped is
// taken as it is.
func Unescape(p string) string {
	if !strings.Contains(p, "%") {
		return p
	}
	if u, err := url.PathUnescape(p); err == nil {
		return u
	}
	return p
}

// Canonical is the one spelling of a URL path that the site uses, however its
// characters are escaped.
func Canonical(u string) string { return EscapePath(Unescape(u)) }

// OutPath is where the bytes of a URL lie in the destination: unescaped,
// without a leading slash, index.html added to a folder.
func OutPath(u string) string {
	p := strings.TrimPrefix(Unescape(u), "/")
	if p == "" || strings.HasSuffix(p, "/") {
		return p + "index.html"
	}
	return p
}

// Fold is the same for URLs that a file system without case cannot tell
// apart, and for a folder and its index.html.
func Fold(u string) string {
	return strings.TrimSuffix(strings.ToLower(Unescape(u)), "index.html")
}

// Slug makes a path element of a name or a title: lower case, white space and
// slashes to hyphens; letters of all scripts stay.
func Slug(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.TrimSpace(s) {
		if unicode.IsSpace(r) || r == '/' || r == '\\' || unicode.IsControl(r) || r == utf8.RuneError {
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte('-')
		}
		gap = false
		b.WriteRune(unicode.ToLower(r))
	}
	return Usable(b.String())
}

// Usable turns an element that no URL can have into one that it can.
func Usable(element string) string {
	switch element {
	case "":
		return "-"
	case ".":
		return "dot"
	case "..":
		return "dot-dot"
	}
	if !strings.ContainsFunc(element, unfit) {
		return element
	}
	return strings.Map(fit, element)
}

// unfit reports whether no name of ours can have r: browsers take a backslash
// for a slash, and file systems refuse the others.
func unfit(r rune) bool { return r == '\\' || r < 0x20 || r == 0x7f }

// fit is what stands for r in a name.
func fit(r rune) rune {
	if unfit(r) {
		return '-'
	}
	return r
}

// TitleSlug is a title as part of a permalink: letters, digits and hyphens.
func TitleSlug(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) && !strings.ContainsRune("._~+", r) {
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte('-')
		}
		gap = false
		b.WriteRune(unicode.ToLower(r))
	}
	return Usable(b.String())
}

// Humanize makes a title of a file's or folder's name.
func Humanize(name string) string {
	s := strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || unicode.IsSpace(r) }), " ")
	if s == "" {
		return name
	}
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// Dir is the folder of a URL, with a slash at its end.
func Dir(u string) string { return u[:strings.LastIndexByte(u, '/')+1] }
