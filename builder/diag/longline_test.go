package diag_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/diag"
)

// TestLongLine holds that a problem keeps a bounded part of its line, and that
// the caret stands right in it.
func TestLongLine(t *testing.T) {
	line := strings.Repeat("é ", 40_000)
	for _, off := range []int{0, 600, 60_000, len(line) - 1} {
		src := []byte("a\n" + line + "\nb")
		copy(src[2+off/3*3:], "X")
		at := 2 + off/3*3
		p := diag.At("a.md", src, at, 1, "c", "wrong")
		if len(p.Source) > 2048 {
			t.Errorf("offset %d: keeps %d bytes", off, len(p.Source))
		}
		var out bytes.Buffer
		if err := (diag.List{p}).WriteText(&out, false); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(out.String(), "\n")
		caret := strings.IndexByte(lines[2], '^')
		if text := []rune(lines[1]); caret < 0 || caret >= len(text) || text[caret] != 'X' {
			t.Errorf("offset %d: the caret is off:\n%s", off, &out)
		}
	}
}
