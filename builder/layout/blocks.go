package layout

import (
	"bytes"
	"regexp"
)

// Limits of a template file. text/template's parser calls itself for every
// block in a block.
const (
	maxFile   = 2 << 20
	maxBlocks = 1000
	// maxProblems of one file are told; more say nothing new.
	maxProblems = 50
)

// action is the keyword of an action.
var action = regexp.MustCompile(`^\{\{(?:- )?\s*(else\s+(?:if|with)\b|[a-z]+)`)

// scan follows the blocks of a template without parsing it: open is the offset
// of the last one that is never closed, deep of the first one in more than
// maxBlocks others; both are -1 where there is none. {{else if}} makes a block
// in a block, as it does for the parser.
func scan(text []byte) (open, deep int) {
	type block struct{ off, elses int }
	var stack []block
	depth := 0
	deep = -1
	for i := 0; i < len(text); i += 2 {
		j := bytes.Index(text[i:], []byte("{{"))
		if j < 0 {
			break
		}
		i += j
		if inner := bytes.TrimLeft(text[i+2:min(len(text), i+40)], "- \t"); bytes.HasPrefix(inner, []byte("/*")) {
			end := bytes.Index(text[i:], []byte("*/"))
			if end < 0 {
				break
			}
			i += end
			continue
		}
		m := action.FindSubmatch(text[i:min(len(text), i+40)])
		if m == nil {
			continue
		}
		switch word := string(m[1]); {
		case word == "if" || word == "range" || word == "with" || word == "block" || word == "define":
			stack = append(stack, block{off: i})
			depth++
		case word == "end" && len(stack) > 0:
			depth -= 1 + stack[len(stack)-1].elses
			stack = stack[:len(stack)-1]
		case len(word) > len("else") && word[:4] == "else" && len(stack) > 0:
			stack[len(stack)-1].elses++
			depth++
		}
		if depth > maxBlocks && deep < 0 {
			deep = i
		}
	}
	if len(stack) == 0 {
		return -1, deep
	}
	return stack[len(stack)-1].off, deep
}
