// Package diag describes the mistakes that an author can make.
//
// A mistake is data: a Problem with a position in a file of the author's, a
// message that says what is wrong and a hint that says how to mend it. Stages
// of a build collect problems in a List and go on, so that all of them are
// shown at once. Failures of the machine (a full disk, a file that cannot be
// read) are Go errors and no concern of this package.
package diag

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Severity says what a problem does to a build.
type Severity int

// The severities, the gravest first.
const (
	// Error makes the build fail; nothing is written.
	Error Severity = iota
	// Warning is shown, and fails the build only under --strict.
	Warning
)

// String is the word that people and JSON see: "error" or "warning".
func (s Severity) String() string {
	if s == Error {
		return "error"
	}
	return "warning"
}

// Pos is a place in a file. Line and Col count from 1; Col counts characters
// (code points), as editors do. A Line of 0 means the file as a whole, a Col of
// 0 the line as a whole.
type Pos struct {
	// File is the path as the author knows it: relative to the site's root,
	// with slashes.
	File string
	Line int
	Col  int
}

// String is "file:line:col" without the parts that are unknown.
func (p Pos) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Col == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// PosAt is the position of byte offset off in src. Offsets outside src are
// moved to its nearest end. A byte order mark at the start takes no column.
func PosAt(file string, src []byte, off int) Pos {
	off = max(0, min(off, len(src)))
	start := lineStart(src, off)
	line := 1 + bytes.Count(src[:start], []byte{'\n'})
	before := src[start:off]
	if start == 0 {
		before = bytes.TrimPrefix(before, []byte("\ufeff"))
	}
	return Pos{File: file, Line: line, Col: 1 + utf8.RuneCount(before)}
}

// lineStart is the offset of the first byte of the line that holds off.
func lineStart(src []byte, off int) int { return bytes.LastIndexByte(src[:off], '\n') + 1 }

// Problem is one mistake of the author's.
type Problem struct {
	Pos
	Severity Severity

	// Code names the kind of mistake, in kebab-case and for good: scripts and
	// `etagere check` filters rely on it. Examples: "link-broken", "config-key".
	Code string

	// Message says what is wrong, in lower case, without a full stop, with the
	// wrong thing quoted.
	Message string

	// Hint says what to do about it. It may be empty.
	Hint string

	// Source is the text of the line at Pos, without its line end, for people
	// to look at. It may be empty. Of a very long line it is the part around Col.
	Source string

	// Skip is how many characters of the line stand before Source.
	Skip int

	// Subject is what a later stage needs to complete the problem, such as the
	// link to find a near one for. It is never shown.
	Subject string

	// Width is how many characters from Col on are wrong; 0 and 1 both mark one.
	Width int
}

// At makes a Problem at byte offset off of src, with the source line and a
// mark that is width bytes long. Severity is Error; change it where it is less.
func At(file string, src []byte, off, width int, code, format string, args ...any) Problem {
	off = max(0, min(off, len(src)))
	start := lineStart(src, off)
	end := len(src)
	if i := bytes.IndexByte(src[start:], '\n'); i >= 0 {
		end = start + i
	}
	marked := src[off:min(max(off, end), off+max(0, width))]
	from, to := window(src[start:max(start, end)], off-start)
	line := strings.TrimRight(string(src[start+from:start+to]), "\r")
	return Problem{
		Pos:     PosAt(file, src, off),
		Code:    code,
		Message: fmt.Sprintf(format, args...),
		Source:  strings.ToValidUTF8(strings.TrimPrefix(line, "\ufeff"), "\ufffd"),
		Skip:    utf8.RuneCount(src[start : start+from]),
		Width:   utf8.RuneCount(marked),
	}
}

// maxSource is how many bytes of a line a problem keeps. A page with all its
// text on one line may have as many problems as it has words.
const maxSource = 1024

// window is the part of a line around byte off that a problem keeps.
func window(line []byte, off int) (from, to int) {
	if len(line) <= maxSource {
		return 0, len(line)
	}
	to = min(len(line), max(off-maxSource/2, 0)+maxSource)
	from = to - maxSource
	for from > 0 && !utf8.RuneStart(line[from]) {
		from--
	}
	for to < len(line) && !utf8.RuneStart(line[to]) {
		to++
	}
	return from, to
}

// InFile makes a Problem that concerns a file as a whole.
func InFile(file, code, format string, args ...any) Problem {
	return Problem{Pos: Pos{File: file}, Code: code, Message: fmt.Sprintf(format, args...)}
}

// Warn returns p as a warning.
func (p Problem) Warn() Problem {
	p.Severity = Warning
	return p
}

// WithHint returns p with a hint.
func (p Problem) WithHint(format string, args ...any) Problem {
	p.Hint = fmt.Sprintf(format, args...)
	return p
}

// String is one line: "file:line:col: message".
func (p Problem) String() string {
	if p.File == "" {
		return p.Message
	}
	return p.Pos.String() + ": " + p.Message
}

// List is any number of problems. As an error it is the author's to mend.
type List []Problem

// Error is the list in lines, one a problem.
func (l List) Error() string {
	lines := make([]string, len(l))
	for i, p := range l {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Count is the number of errors and of warnings in l.
func (l List) Count() (errors, warnings int) {
	for _, p := range l {
		if p.Severity == Error {
			errors++
		} else {
			warnings++
		}
	}
	return errors, warnings
}

// Sorted is l in reading order (file, line, column, severity, code, message)
// without repetitions: the same list however the build was scheduled.
func (l List) Sorted() List {
	out := slices.Clone(l)
	// Mistakes that differ only in their hint are one: the first hint in order stays.
	slices.SortFunc(out, func(a, b Problem) int {
		return cmp.Or(compare(a, b), strings.Compare(a.Hint, b.Hint), strings.Compare(a.Subject, b.Subject), strings.Compare(a.Source, b.Source))
	})
	return slices.CompactFunc(out, func(a, b Problem) bool { return compare(a, b) == 0 })
}

func compare(a, b Problem) int {
	return cmp.Or(
		strings.Compare(a.File, b.File),
		cmp.Compare(a.Line, b.Line),
		cmp.Compare(a.Col, b.Col),
		cmp.Compare(a.Severity, b.Severity),
		strings.Compare(a.Code, b.Code),
		strings.Compare(a.Message, b.Message),
	)
}
