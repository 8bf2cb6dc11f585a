package markdown

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
)

// htmlEscaper escapes as CommonMark's examples do.
var htmlEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// escape is s fit to stand in HTML, in a double-quoted attribute too.
func escape(s string) string {
	if !strings.ContainsAny(s, `&<>"`) {
		return s
	}
	return htmlEscaper.Replace(s)
}

// unescape resolves the backslash escapes and character references of
// Markdown text, in one pass: what an escape yields is never resolved again.
func unescape(b []byte) string {
	if !bytes.ContainsAny(b, `\&`) {
		return string(b)
	}
	var sb strings.Builder
	for i := 0; i < len(b); {
		switch {
		case b[i] == '\\' && i+1 < len(b) && util.IsPunct(b[i+1]):
			sb.WriteByte(b[i+1])
			i += 2
		case b[i] == '&':
			s, n := reference(b[i:])
			sb.WriteString(s)
			i += n
		default:
			sb.WriteByte(b[i])
			i++
		}
	}
	return sb.String()
}

// reference resolves the character reference that b, which starts with "&",
// begins with, and says how long it is. Where there is none it is the "&".
func reference(b []byte) (string, int) {
	// The longest name has 31 characters.
	end := bytes.IndexByte(b[:min(len(b), 34)], ';')
	if end < 2 {
		return "&", 1
	}
	name := string(b[1:end])
	if name[0] != '#' {
		if e, ok := util.LookUpHTML5EntityByName(name); ok {
			return string(e.Characters), end + 1
		}
		return "&", 1
	}
	digits, base, limit := name[1:], 10, 7
	if digits != "" && (digits[0] == 'x' || digits[0] == 'X') {
		digits, base, limit = digits[1:], 16, 6
	}
	if digits == "" || len(digits) > limit {
		return "&", 1
	}
	v, err := strconv.ParseUint(digits, base, 32)
	if err != nil {
		return "&", 1
	}
	if r := rune(v); v != 0 && utf8.ValidRune(r) {
		// A reference to a SlotRune would be a slot that nobody made.
		if _, isSlot := SlotOf(r); !isSlot {
			return string(r), end + 1
		}
	}
	return "\ufffd", end + 1
}

// EscapeURL percent-encodes what may not stand in a URL, and leaves alone what
// is encoded already. The result still has to be escaped as HTML.
// SlotRunes stay as they are.
func EscapeURL(s string) string {
	plain := true
	for i := range len(s) {
		if !urlByte(s[i]) {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	const hex = "0123456789ABCDEF"
	var sb strings.Builder
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '%' && (i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2])):
			sb.WriteString("%25")
		case urlByte(c) || c == '%':
			sb.WriteByte(c)
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(s[i:])
			if _, ok := SlotOf(r); ok {
				sb.WriteString(s[i : i+size])
				i += size
				continue
			}
			fallthrough
		default:
			sb.WriteByte('%')
			sb.WriteByte(hex[c>>4])
			sb.WriteByte(hex[c&15])
		}
		i++
	}
	return sb.String()
}

// urlByte reports whether c may stand in a URL as it is, "%" apart.
func urlByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
		strings.IndexByte("-_.~!*'();:@&=+$,/?#", c) >= 0
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// offsetIn is where in source the slice part of it begins, and -1 if part is a
// copy. Goldmark keeps destinations as slices of the source but not their offsets.
func offsetIn(source, part []byte) int {
	if len(part) == 0 || cap(part) == 0 {
		return -1
	}
	off := cap(source) - cap(part)
	if off < 0 || off+len(part) > len(source) || &source[off] != &part[0] {
		return -1
	}
	return off
}

// attrsOf are the attributes of a node, in the author's order.
func attrsOf(n ast.Node) []Attr {
	var out []Attr
	for _, a := range n.Attributes() {
		var v string
		switch x := a.Value.(type) {
		case []byte:
			v = string(x)
		case string:
			v = x
		case bool:
			v = strconv.FormatBool(x)
		case float64:
			v = strconv.FormatFloat(x, 'f', -1, 64)
		}
		out = append(out, Attr{string(a.Name), v})
	}
	return out
}

// attrString is attrs as they stand in a tag, each with a blank before it.
func attrString(attrs []Attr) string {
	var sb strings.Builder
	for _, a := range attrs {
		sb.WriteString(" " + a.Name + `="` + escape(a.Value) + `"`)
	}
	return sb.String()
}
