package markdown

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
)

var reColons = regexp.MustCompile(`^(:{3,})[ \t]*([A-Za-z][\w-]*)?(.*)$`)

// boxTypes are the call-outs that themes know.
func boxTypes() []string {
	return []string{"note", "tip", "info", "important", "warning", "caution", "danger", "success", "question", "example", "quote", "abstract", "failure", "bug"}
}

// open reads "::: type Title {…}" and ":::type[Title]{…}".
func (e colons) open(o *opening) *box {
	m := reColons.FindSubmatchIndex(o.line)
	if m == nil {
		return nil
	}
	b := &box{family: ":::", n: m[3] - m[2]}
	rest := m[6]
	name := "note"
	if m[4] >= 0 && (m[6] == len(o.line) || bytes.IndexByte([]byte(" \t[{"), o.line[m[6]]) >= 0) {
		name = strings.ToLower(string(o.line[m[4]:m[5]]))
	} else {
		rest = m[3] // no type at all: "::: 注意"
		boxesOf(o.pc).warn(o.state, o.at, len(o.line), "write a type behind the colons, such as \"note\", and then the title", "container-type", "the block %q has no type", o.line)
	}
	title, words := boxHead(o.line, rest)
	switch name {
	case "code-group":
		if e.groups {
			return e.group(b, o)
		}
	case "v-pre", "raw":
		b.node = newContainer(boxDiv, "", o.at)
		return b
	case "details":
		c := newContainer(boxDetails, name, o.at)
		c.open = slices.Contains(words, "open")
		b.node = titled(c, o, title, words)
		return b
	default:
		if !slices.Contains(boxTypes(), name) {
			boxesOf(o.pc).warn(o.state, o.at, len(o.line), "known types: "+strings.Join(boxTypes(), ", "), "container-type", "%q is no known type of block", name)
		}
	}
	b.node = titled(newContainer(boxAlert, name, o.at), o, title, words)
	return b
}

// titled gives c the title in [title[0], title[1]) of the opening line and the
// attributes among the words in its braces.
func titled(c *container, o *opening, title [2]int, words []string) *container {
	c.setTitle(o.seg(title[0], title[1]), o.source)
	c.noTitle = slices.Contains(words, "no-title")
	if attrs, n := parseAttrs("{" + strings.Join(words, " ") + "}"); n > 0 {
		apply(c, attrs, o.opts.RefuseHTML)
	}
	return c
}

// boxHead splits what follows the type into the title and the words in braces.
func boxHead(line []byte, from int) (title [2]int, words []string) {
	to := len(line)
	if to > from && line[to-1] == '}' {
		if i := bytes.LastIndexByte(line[from:to], '{'); i >= 0 {
			words = strings.Fields(string(line[from+i+1 : to-1]))
			to = from + i
		}
	}
	s := bytes.TrimSpace(line[from:to])
	if len(s) > 1 && s[0] == '[' && s[len(s)-1] == ']' {
		from += bytes.IndexByte(line[from:to], '[') + 1
		to = from + bytes.LastIndexByte(line[from:to], ']')
	}
	return [2]int{from, to}, words
}

// group makes a code group, whose tabs are its fences.
func (e colons) group(b *box, o *opening) *box {
	t := newTabs(o.at)
	t.group = true
	b.node = t
	b.done = func(source []byte) {
		var last *tab
		for n := t.FirstChild(); n != nil; {
			next := n.NextSibling()
			if f, ok := n.(*ast.FencedCodeBlock); ok || last == nil {
				name := ""
				if ok {
					name = fenceLabel(f, source)
				}
				last = newTab(name, max(n.Pos(), 0))
				t.InsertBefore(t, n, last)
			}
			last.AppendChild(last, n)
			n = next
		}
	}
	return b
}
