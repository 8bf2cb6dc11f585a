package markdown

import (
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"

	"github.com/etagere/etagere/builder/diag"
)

// An extension of ours is a goldmark.Extender that registers parsers and
// transformers only. Goldmark's renderer is never asked: a node of our own is
// a piecer and writes itself, into pieces.

// piecer is a node that knows its HTML. It is called once, and writes its
// children itself where it wants them (w.children).
type piecer interface {
	ast.Node
	pieces(w *writer)
}

// plainer is a piecer whose text is not just that of its children.
type plainer interface {
	plain(p *plainText)
}

// stateKey leads from goldmark's context to what we know of the present parse.
var stateKey = parser.NewContextKey()

// state is what the extensions of one parse share.
type state struct {
	text     *Text
	opts     Options
	problems diag.List
	// delims counts the delimiters of delimBlock, the block at work.
	delimBlock ast.Node
	delims     int
}

// stateOf is the state of the present parse. It is never nil while a Parser is
// at work.
func stateOf(pc parser.Context) *state {
	if s, ok := pc.Get(stateKey).(*state); ok {
		return s
	}
	s := &state{text: new(Text)}
	pc.Set(stateKey, s)
	return s
}

// warn notes a warning at byte off of the text, width bytes wide.
func (s *state) warn(off, width int, hint, code, format string, args ...any) {
	s.problems = append(s.problems, s.text.Problem(off, width, code, format, args...).Warn().WithHint("%s", hint))
}
