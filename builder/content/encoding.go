package content

import (
	"bytes"
	"unicode/utf8"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/markdown"
)

// encoding finds the first byte that is no text. Such bytes become U+FFFD in the
// page; where there is one, there tend to be many, of one cause.
func encoding(t *markdown.Text) diag.List {
	src := t.Bytes
	if utf8.Valid(src) && bytes.IndexByte(src, 0) < 0 {
		return nil
	}
	if bytes.HasPrefix(src, []byte("\xff\xfe")) || bytes.HasPrefix(src, []byte("\xfe\xff")) {
		return diag.List{t.Problem(0, 2, "text-encoding", "the text is UTF-16, not UTF-8").WithHint("save the file as UTF-8")}
	}
	for i := 0; i < len(src); {
		r, size := utf8.DecodeRune(src[i:])
		switch {
		case r == 0:
			return diag.List{t.Problem(i, 1, "text-encoding", "there is a NUL byte in the text").Warn().
				WithHint("delete it, or is this no text at all?")}
		case r == utf8.RuneError && size == 1:
			return diag.List{t.Problem(i, 1, "text-encoding", "byte 0x%02x is not UTF-8", src[i]).Warn().
				WithHint("save the file as UTF-8")}
		}
		i += size
	}
	return nil
}
