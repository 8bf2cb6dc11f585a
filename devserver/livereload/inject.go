package livereload

import (
	"bytes"
	"fmt"
)

// Inject is page with the script in it, at the end of its head. Where the page
// has no end of a head, the script goes to its end.
func Inject(page []byte, s Signature) []byte {
	tag := fmt.Appendf(nil, `<script src="%s" defer data-doc="%s" data-style="%s"></script>`, ScriptURL, s.Doc, s.Style)
	at := headEnd(page)
	if at < 0 {
		at = len(page)
	}
	out := make([]byte, 0, len(page)+len(tag))
	out = append(out, page[:at]...)
	out = append(out, tag...)
	return append(out, page[at:]...)
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
