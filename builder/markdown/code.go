package markdown

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// fenceParser wraps goldmark's parser of fences and notes those that are
// never closed.
type fenceParser struct{ parser.BlockParser }

func (p fenceParser) Continue(node ast.Node, reader text.Reader, pc parser.Context) parser.State {
	s := p.BlockParser.Continue(node, reader, pc)
	if s&parser.Close != 0 {
		node.SetAttributeString(closedFence, true)
	}
	return s
}

// closedFence is an attribute that no author can write.
const closedFence = " closed"

func (p fenceParser) Close(node ast.Node, reader text.Reader, pc parser.Context) {
	p.BlockParser.Close(node, reader, pc)
	if _, ok := node.AttributeString(closedFence); ok {
		node.RemoveAttributes()
		return
	}
	source, off := reader.Source(), max(node.Pos(), 0)
	width := bytes.IndexByte(source[off:], '\n')
	if width < 0 {
		width = len(source) - off
	}
	stateOf(pc).warn(off, width, "close it with a line of as many backticks or tildes", "fence-unclosed",
		"the fence is never closed: all that follows is code")
}

// linesOf are the lines of a code block as one text, with \n line ends.
func linesOf(n ast.Node, source []byte) string {
	var sb strings.Builder
	for i := range n.Lines().Len() {
		seg := n.Lines().At(i)
		sb.Write(seg.Value(source))
	}
	s := sb.String()
	if strings.IndexByte(s, '\r') >= 0 {
		s = strings.ReplaceAll(s, "\r\n", "\n")
	}
	return s
}

// codeBlock writes an indented code block.
func (w *writer) codeBlock(n *ast.CodeBlock) {
	code := linesOf(n, w.source)
	w.newLine()
	if w.opts.Extras {
		w.feature("code")
		w.html("<figure" + attrString(addClass(attrsOf(n), "code")) + "><pre tabindex=\"0\"><code>" + escape(code) + "</code></pre></figure>\n")
		return
	}
	w.html("<pre><code>" + escape(code) + "</code></pre>\n")
}

// fence writes a fenced code block as a hole.
func (w *writer) fence(n *ast.FencedCodeBlock) {
	info := fenceInfo(n, w.source)
	code := linesOf(n, w.source)
	off := posOf(n)
	h := &Hole{Kind: CodeBlock, Off: off, DestOff: off, Code: code, Attrs: attrsOf(n)}
	w.newLine()
	if !w.opts.Extras {
		h.Lang, h.Meta, _ = strings.Cut(info, " ")
		class := ""
		if h.Lang != "" {
			class = ` class="language-` + escape(h.Lang) + `"`
		}
		h.HTML = "<pre><code" + class + ">" + escape(code) + "</code></pre>"
	} else {
		f := parseFenceInfo(info)
		h.Lang, h.Meta, h.Title = f.lang, f.meta, f.title
		if t, ok := n.Parent().(*tab); ok {
			if group, ok := t.Parent().(*tabs); ok && group.group {
				f.title = ""
			}
		}
		h.HTML = w.special(h, f)
		if h.HTML == "" {
			f.numbers = (f.numbers || w.opts.LineNumbers) && !f.noNumbers
			h.Code, h.HTML = codeHTML(code, f, h.Attrs, w.code)
			w.feature("code")
		}
	}
	w.hole(h)
	w.html("\n")
}

// special writes what a theme draws instead of showing it as code; it is
// empty for anything else.
func (w *writer) special(h *Hole, f fence) string {
	switch {
	case f.lang == "mermaid":
		w.feature("mermaid")
		return "<pre" + attrString(addClass(h.Attrs, "mermaid")) + ">" + escape(h.Code) + "</pre>"
	case f.lang == "math" && w.opts.Math:
		w.feature("math")
		return "<div" + attrString(addClass(h.Attrs, "math display")) + ">" + escape(strings.TrimRight(h.Code, "\n")) + "</div>"
	}
	return ""
}

// Highlight is the finished HTML of a code block, as a fence with lang and
// meta behind it would give: for the template function highlight.
func Highlight(code, lang, meta string) string {
	f := parseFenceInfo(lang + " " + meta)
	if lang == "" {
		f = parseFenceInfo(meta)
	}
	f.numbers = f.numbers && !f.noNumbers
	if code != "" && !strings.HasSuffix(code, "\n") {
		code += "\n"
	}
	_, html := codeHTML(strings.ReplaceAll(code, "\r\n", "\n"), f, nil, nil)
	return clean(html)
}

// codeHTML is a highlighted code block; code comes back without the comments
// that mark lines.
func codeHTML(code string, f fence, attrs []Attr, cache *tokenCache) (plain, html string) {
	code, marks := takeMarks(code)
	f.marks = append(f.marks, marks...)
	var sb strings.Builder
	class := "code"
	if f.numbers {
		class += " numbered"
	}
	for _, m := range f.marks {
		if m.class == "focus" {
			class += " has-focus"
			break
		}
	}
	for _, c := range f.classes {
		class += " " + c
	}
	sb.WriteString("<figure" + attrString(addClass(attrs, class)))
	if f.lang != "" {
		sb.WriteString(` data-lang="` + escape(f.lang) + `"`)
	}
	sb.WriteString(attrString(f.attrs) + ">")
	if f.title != "" {
		sb.WriteString("<figcaption>" + escape(f.title) + "</figcaption>")
	}
	sb.WriteString(`<pre tabindex="0"><code`)
	if f.lang != "" {
		sb.WriteString(` class="language-` + escape(f.lang) + `"`)
	}
	sb.WriteString(">")
	tokens := highlight(code, f.lang, cache)
	if f.numbers || len(f.marks) > 0 {
		writeLines(&sb, tokens, f)
	} else {
		for _, t := range tokens {
			t.write(&sb)
		}
	}
	sb.WriteString("</code></pre></figure>")
	return code, sb.String()
}

// writeLines writes each line in a span of its own.
func writeLines(sb *strings.Builder, tokens []token, f fence) {
	lines := splitLines(tokens)
	marked := f.linesMarked(len(lines))
	for i, line := range lines {
		class := "line"
		for _, c := range marked[i+1] {
			class += " " + c
		}
		sb.WriteString(`<span class="` + class + `"`)
		if f.numbers {
			sb.WriteString(` data-n="` + strconv.Itoa(f.start+i) + `"`)
		}
		sb.WriteString(">")
		for _, t := range line {
			t.write(sb)
		}
		sb.WriteString("</span>\n")
	}
}
