package markdown

import (
	"bytes"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
)

// checkEmphasis warns of ** that stayed literal beside CJK text: CommonMark's
// rule for emphasis needs blanks that such text does not have.
func (w *writer) checkEmphasis(root ast.Node) {
	if !bytes.Contains(w.source, []byte("**")) {
		return
	}
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		if n.Kind() == ast.KindCodeSpan || n.Type() == ast.TypeBlock && n.IsRaw() {
			return ast.WalkSkipChildren, nil
		}
		if t, ok := n.(*ast.Text); ok && !t.IsRaw() {
			w.checkText(t)
		}
		return ast.WalkContinue, nil
	})
}

func (w *writer) checkText(t *ast.Text) {
	for off := t.Segment.Start; off < t.Segment.Stop; {
		i := bytes.Index(w.source[off:t.Segment.Stop], []byte("**"))
		if i < 0 {
			return
		}
		off += i
		end := off
		for end < len(w.source) && w.source[end] == '*' {
			end++
		}
		before, _ := utf8.DecodeLastRune(w.source[:off])
		after, _ := utf8.DecodeRune(w.source[end:])
		if before != '\\' && (isCJK(before) || isCJK(after)) {
			w.warn(off, end-off, "move the ** so that no blank or bracket stands inside of it, or write <strong>", "cjk-emphasis",
				"%q stays literal here: it neither opens nor closes emphasis", w.source[off:end])
		}
		off = end
	}
}
