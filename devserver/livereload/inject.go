package livereload

import (
	"bytes"
	"fmt"
	"html"
	"strings"
)

// Place is where a page stands that the script is put into.
type Place struct {
	// Base is the base path of the site: "/" or "/docs/".
	Base string
	// Path is what the browser asked for, escaped, with the base path.
	Path string
}

// script is the URL of our script as a page there names it: relative, so that
// it is found too where a proxy shows the site below a path of its own.
func (p Place) script(page []byte) string {
	rest, inside := strings.CutPrefix(p.Path, p.Base)
	if !inside || bytes.Contains(bytes.ToLower(page), []byte("<base")) {
		return strings.TrimSuffix(p.Base, "/") + ScriptURL
	}
	up := strings.Repeat("../", strings.Count(rest, "/"))
	return up + strings.TrimPrefix(ScriptURL, "/")
}

// Inject is page with the script in it, at the end of its head. Where the page
// has no end of a head, the script goes to its end.
func Inject(page []byte, s Signature, at Place) []byte {
	tag := fmt.Appendf(nil, `<script src="%s" defer data-path="%s" data-doc="%s" data-script="%s" data-style="%s" data-media="%s"></script>`,
		html.EscapeString(at.script(page)), html.EscapeString(at.Path), s.Doc, s.Script, s.Style, s.Media)
	end := headEnd(page)
	if end < 0 {
		end = len(page)
	}
	out := make([]byte, 0, len(page)+len(tag))
	out = append(out, page[:end]...)
	out = append(out, tag...)
	return append(out, page[end:]...)
}

// headEnd is the offset of the page's "</head>", or -1. Comments and scripts
// that mention one are passed over.
func headEnd(page []byte) int {
	for i := 0; i < len(page); {
		j := bytes.IndexByte(page[i:], '<')
		if j < 0 {
			return -1
		}
		i += j
		switch rest := page[i:]; {
		case hasFold(rest, "</head>"):
			return i
		case hasFold(rest, "<body"):
			return -1
		case hasFold(rest, "<!--"):
			i = skip(page, i+4, "-->")
		case hasFold(rest, "<script"):
			i = skip(page, i+7, "</script")
		case hasFold(rest, "<style"):
			i = skip(page, i+6, "</style")
		case hasFold(rest, "<title"):
			i = skip(page, i+6, "</title")
		default:
			i++
		}
	}
	return -1
}

// skip is the offset after the next end at or after from, or the page's end.
func skip(page []byte, from int, end string) int {
	for i := from; i < len(page); i++ {
		if page[i] == end[0] && hasFold(page[i:], end) {
			return i + len(end)
		}
	}
	return len(page)
}

// hasFold reports whether b starts with prefix, in ASCII letters of any case.
func hasFold(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && bytes.EqualFold(b[:len(prefix)], []byte(prefix))
}
