package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// inlineLinks is goldmark's parser of links, kept from reading the rest of a
// line for each "](" in it: a destination that holds many of them is none.
type inlineLinks struct{ parser.InlineParser }

// maxOpenings is how many "](" a destination may hold.
const maxOpenings = 32

// Parse parses a bracket.
func (p inlineLinks) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, _ := block.PeekLine()
	if bytes.HasPrefix(line, []byte("](")) && endless(line[2:]) {
		block = noDestination{block}
	}
	return p.InlineParser.Parse(parent, block, pc)
}

// CloseBlock ends the brackets that are still open.
func (p inlineLinks) CloseBlock(parent ast.Node, block text.Reader, pc parser.Context) {
	if c, ok := p.InlineParser.(parser.CloseBlocker); ok {
		c.CloseBlock(parent, block, pc)
	}
}

// endless reports whether too many links seem to begin before the destination at
// the start of line ends.
func endless(line []byte) bool {
	openings := 0
	for i, c := range line {
		switch c {
		case ' ', '\t', '\r', '\n':
			return false
		case '(':
			if i > 0 && line[i-1] == ']' || i > 1 && line[i-1] == '\\' && line[i-2] == ']' {
				openings++
			}
			if openings > maxOpenings {
				return true
			}
		}
	}
	return false
}

// noDestination hides the parenthesis behind a bracket, so that no destination
// is looked for.
type noDestination struct{ text.Reader }

// Peek is never a parenthesis.
func (r noDestination) Peek() byte {
	if c := r.Reader.Peek(); c != '(' {
		return c
	}
	return ' '
}
