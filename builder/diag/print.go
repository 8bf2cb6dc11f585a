package diag

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

const (
	// maxCells is how much of a line is shown around the marked place: what
	// fits an 80-column terminal beside the gutter.
	maxCells = 72

	// before is how much of it stands to the left of the mark.
	before = 24
)

// The colours of the terminal; none where they are not wanted.
type palette struct{ bold, red, yellow, blue, reset string }

// WriteText writes the problems for people: each with its place, the source
// line and a caret, and the hint.
//
//	content/a.md:3:1: error: unknown key "wieght" [frontmatter-key]
//	  3 | wieght: 4
//	    | ^~~~~~
//	hint: did you mean "weight"?
//
// Nothing that an author wrote reaches the terminal as a control character.
func (l List) WriteText(w io.Writer, color bool) error {
	var p palette
	if color {
		p = palette{bold: "\x1b[1m", red: "\x1b[31m", yellow: "\x1b[33m", blue: "\x1b[34m", reset: "\x1b[0m"}
	}
	out := bufio.NewWriter(w)
	for _, problem := range l {
		problem.write(out, p)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing problems: %w", err)
	}
	return nil
}

func (p Problem) write(out *bufio.Writer, c palette) {
	mark := c.red
	if p.Severity != Error {
		mark = c.yellow
	}
	if p.File != "" {
		fmt.Fprintf(out, "%s%s:%s ", c.bold, printable(p.Pos.String()), c.reset)
	}
	fmt.Fprintf(out, "%s%s:%s %s", mark, p.Severity, c.reset, printable(p.Message))
	if p.Code != "" {
		fmt.Fprintf(out, " [%s]", printable(p.Code))
	}
	out.WriteByte('\n')
	if p.Source != "" && p.Line > 0 {
		number := strconv.Itoa(p.Line)
		line, caret := p.excerpt()
		fmt.Fprintf(out, "%s%3s |%s %s\n", c.blue, number, c.reset, line)
		if caret != "" {
			gutter := strings.Repeat(" ", max(3, len(number)))
			fmt.Fprintf(out, "%s%s |%s %s%s%s\n", c.blue, gutter, c.reset, mark, caret, c.reset)
		}
	}
	if p.Hint != "" {
		fmt.Fprintf(out, "%shint:%s %s\n", c.bold, c.reset, printable(p.Hint))
	}
}

// excerpt is the part of the source line around the marked place, fit for a
// terminal, and the line below it with the caret. Tabs become the same number
// of cells in both, so that the caret stands right whatever a tab's width is.
func (p Problem) excerpt() (line, caret string) {
	runes := []rune(p.Source)
	from, to := 0, len(runes)
	col := min(max(p.Col-1-p.Skip, 0), len(runes))
	if len(runes) > maxCells {
		from = max(0, min(col-before, len(runes)-maxCells))
		to = min(len(runes), from+maxCells)
	}
	var text, under strings.Builder
	if from > 0 || p.Skip > 0 {
		text.WriteString("…")
		under.WriteByte(' ')
	}
	// Wide characters take two cells each, so the cells are counted as well.
	end := min(col+max(1, p.Width), to)
	for i, room := from, maxCells; i < to; i++ {
		s, cells := cell(runes[i])
		if room -= cells; room < 0 && i > col {
			to = i
			break
		}
		text.WriteString(s)
		switch {
		case i < col:
			under.WriteString(strings.Repeat(" ", cells))
		case i == col:
			under.WriteString("^" + strings.Repeat("~", max(0, cells-1)))
		case i < end:
			under.WriteString(strings.Repeat("~", cells))
		}
	}
	if to < len(runes) {
		text.WriteString("…")
	}
	if p.Col == 0 {
		return strings.TrimRight(text.String(), " "), ""
	}
	if col >= to {
		under.WriteByte('^') // behind the last character
	}
	return strings.TrimRight(text.String(), " "), under.String()
}

// cell is a character as the terminal may see it, and how many cells it takes.
func cell(r rune) (string, int) {
	switch {
	case r == '\t':
		return "    ", 4
	case hidden(r):
		return "\ufffd", 1
	case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r):
		return string(r), 0 // joins what stands before it
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return string(r), 2
	}
	return string(r), 1
}

// hidden reports whether r steers the terminal or is not to be seen: control
// and format characters (bidirectional overrides among them), line separators.
func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Cs, unicode.Co)
}

// printable is s without anything that could steer a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case hidden(r):
			return '\ufffd'
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// MarshalJSON is the problem as scripts and the browser get it. Line and col
// are 0 where they are unknown. The source line is there only where col counts
// in it.
func (p Problem) MarshalJSON() ([]byte, error) {
	if p.Skip > 0 {
		p.Source = ""
	}
	return json.Marshal(struct {
		File     string `json:"file"`
		Line     int    `json:"line"`
		Col      int    `json:"col"`
		Severity string `json:"severity"`
		Code     string `json:"code"`
		Message  string `json:"message"`
		Hint     string `json:"hint"`
		Source   string `json:"source"`
	}{p.File, p.Line, p.Col, p.Severity.String(), p.Code, p.Message, p.Hint, p.Source})
}
