// Package frontmatter reads the data that authors write: front matter in YAML,
// TOML or JSON, the site's configuration, and data files.
//
// It is the only package that knows those formats' libraries. Each of them
// becomes the same tree of Nodes, which remember where in the author's file
// they stand, so that whoever gives a value its meaning can point at it.
package frontmatter

import (
	"bytes"

	"github.com/etagere/etagere/builder/diag"
)

// Format is the notation of a block of data.
type Format string

// The formats. None is a file that is all body.
const (
	None Format = ""
	YAML Format = "yaml"
	TOML Format = "toml"
	JSON Format = "json"
)

// Block is where the front matter of a file lies. Raw is what stands between
// the delimiters (for JSON, the braces are part of it) and starts at RawOff;
// the body starts at BodyOff. Nothing else is left out but a byte order mark
// and the delimiters.
type Block struct {
	Format  Format
	Raw     []byte
	RawOff  int
	BodyOff int
}

var bom = []byte("\ufeff")

// Split finds the front matter of a content file. It looks at delimiters only:
//
//	---        +++        {            <!--{
//	YAML       TOML         JSON         JSON
//	---        +++        }            }-->
//
// which must be the very first thing in the file. A file that begins with a
// thematic break is no front matter: a blank line follows the dashes, and they
// are never closed or what they enclose is no YAML mapping. A block that is
// never closed is a problem, and the whole file is then taken for its body.
func Split(file string, src []byte) (Block, diag.List) {
	start := 0
	if bytes.HasPrefix(src, bom) {
		start = len(bom)
	}
	rest := src[start:]
	switch {
	case bytes.HasPrefix(rest, []byte("---")):
		return splitLines(file, src, start, YAML, "---")
	case bytes.HasPrefix(rest, []byte("+++")):
		return splitLines(file, src, start, TOML, "+++")
	case bytes.HasPrefix(rest, []byte("{")):
		return splitJSON(file, src, start, start, "")
	case bytes.HasPrefix(rest, []byte("<!--")):
		open := start + len("<!--")
		brace := skipSpace(src, open)
		if brace < len(src) && src[brace] == '{' {
			return splitJSON(file, src, start, brace, "-->")
		}
	}
	return Block{BodyOff: start}, nil
}

// splitLines finds a block between two lines that hold delim alone.
func splitLines(file string, src []byte, start int, format Format, delim string) (Block, diag.List) {
	none := Block{BodyOff: start}
	first, rawOff := nextLine(src, start)
	if !isDelim(first, delim) || rawOff == len(src) && !endsLine(src) {
		return none, nil
	}
	second, _ := nextLine(src, rawOff)
	blank := len(bytes.TrimSpace(second)) == 0
	for off := rawOff; off < len(src); {
		line, next := nextLine(src, off)
		if !isDelim(line, delim) && (format != YAML || !isDelim(line, "...")) {
			off = next
			continue
		}
		b := Block{Format: format, Raw: src[rawOff:off], RawOff: rawOff, BodyOff: next}
		if format == YAML && blank && isProse(b.Raw) {
			return none, nil
		}
		return b, nil
	}
	if blank {
		return none, nil
	}
	p := diag.At(file, src, start, len(delim), "frontmatter-unclosed",
		"front matter begins with %q and never ends", delim).
		WithHint("add a line with %q alone after the last key", delim)
	return none, diag.List{p}
}

// isProse reports whether raw, which follows a dashed and a blank line, is
// text between two thematic breaks: its first line that is neither blank nor a
// comment is no key, or there are comments only, which are headings then.
func isProse(raw []byte) bool {
	comments := false
	for off := 0; off < len(raw); {
		line, next := nextLine(raw, off)
		off = next
		line = bytes.TrimSpace(line)
		switch {
		case len(line) == 0:
		case line[0] == '#':
			comments = true
		case line[0] == '{':
			return false
		default:
			key, after, found := bytes.Cut(line, []byte(":"))
			isKey := found && len(key) > 0 && (len(after) == 0 || after[0] == ' ' || after[0] == '\t') &&
				(key[0] == '"' || key[0] == '\'' || !bytes.ContainsAny(key, " \t"))
			return !isKey
		}
	}
	return comments
}

// splitJSON finds an object that begins at brace and is followed by closer.
func splitJSON(file string, src []byte, start, brace int, closer string) (Block, diag.List) {
	none := Block{BodyOff: start}
	inner := skipSpace(src, brace+1)
	if inner == len(src) || src[inner] != '"' && src[inner] != '}' {
		return none, nil // {% raw %}, {{< shortcode >}}, {#id}
	}
	end := objectEnd(src, brace)
	if end < 0 {
		p := diag.At(file, src, brace, 1, "frontmatter-unclosed", "front matter begins with %q and never ends", "{").
			WithHint("add the missing %q, or a quote that is not closed", "}")
		return none, diag.List{p}
	}
	after := end
	if closer != "" {
		after = skipSpace(src, end)
		if !bytes.HasPrefix(src[after:], []byte(closer)) {
			return none, nil
		}
		after += len(closer)
	}
	line, body := nextLine(src, after)
	// Other white space, such as a vertical tab, belongs to the body.
	if len(bytes.Trim(line, " \t\r\n")) != 0 {
		if closer == "" {
			return none, nil // a sentence in braces
		}
		body = after
	}
	return Block{Format: JSON, Raw: src[brace:end], RawOff: brace, BodyOff: body}, nil
}

// objectEnd is the offset behind the object that begins at off, or -1.
func objectEnd(src []byte, off int) int {
	depth, quoted := 0, false
	for i := off; i < len(src); i++ {
		switch c := src[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// nextLine is the line at off without its end, and where the next one starts.
// A line ends in LF, CRLF or a lone CR.
func nextLine(src []byte, off int) (line []byte, next int) {
	rest := src[off:]
	i := bytes.IndexAny(rest, "\r\n")
	switch {
	case i < 0:
		return rest, len(src)
	case rest[i] == '\r' && i+1 < len(rest) && rest[i+1] == '\n':
		return rest[:i], off + i + 2
	}
	return rest[:i], off + i + 1
}

func isDelim(line []byte, delim string) bool {
	return string(bytes.TrimRight(line, " \t")) == delim
}

func endsLine(src []byte) bool {
	return len(src) > 0 && (src[len(src)-1] == '\n' || src[len(src)-1] == '\r')
}

func skipSpace(src []byte, off int) int {
	for off < len(src) && (src[off] == ' ' || src[off] == '\t' || src[off] == '\n' || src[off] == '\r') {
		off++
	}
	return off
}
