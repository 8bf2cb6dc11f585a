package layout

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"regexp"
	"slices"
	"strconv"
	"strings"
	texttemplate "text/template"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/nearest"
)

const (
	codeExec  = "template-exec"
	codeParse = "template-parse"
)

// ExecError says that a template could not be executed, at the innermost place
// in a template file that is known.
type ExecError struct {
	diag.Problem
	// Trace is where the template was called from, the innermost call first.
	Trace []diag.Pos
	// More are further mistakes of the same file.
	More diag.List
	// Err is the error of a function or method that was the cause; nil where the
	// template itself is wrong.
	Err error
}

// Error is "file:line:col: message".
func (e *ExecError) Error() string { return e.Problem.String() }

// Unwrap is Err.
func (e *ExecError) Unwrap() error { return e.Err }

// List is the problem and More.
func (e *ExecError) List() diag.List { return append(diag.List{e.Problem}, e.More...) }

// at makes a problem at an offset of the text that was parsed.
func (f *file) at(off, width int, code, format string, args ...any) diag.Problem {
	return diag.At(f.Name, f.Data, off+f.bom, width, code, format, args...)
}

func missing(p string) diag.Problem {
	return diag.InFile("layouts/"+p, codeExec, "there is no such template")
}

// offset is where a line and a column in bytes, both as text/template counts
// them, are in the text that was parsed.
func (f *file) offset(line, col int) int {
	text := f.Data[f.bom:]
	off := 0
	for ; line > 1; line-- {
		i := bytes.IndexByte(text[off:], '\n')
		if i < 0 {
			break
		}
		off += i + 1
	}
	return min(off+col, len(text))
}

var (
	// parseError is text/template/parse's; it knows no column.
	parseError = regexp.MustCompile(`(?s)^template: ([a-z2-7]+):(\d+): (.*)$`)
	// execError is text/template's.
	execError = regexp.MustCompile(`(?s)^template: ([a-z2-7]+):(\d+):(\d+): executing ".*?" at <(.*?)>: (.*)$`)
	quoted    = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"`)
	startedAt = regexp.MustCompile(`started at [a-z2-7]+:(\d+)`)
)

// parseProblem turns an error of text/template/parse into a problem. The column
// is that of the text that the error quotes, else that of the line's first action.
func (f *file) parseProblem(err error) diag.Problem {
	m := parseError.FindStringSubmatch(err.Error())
	if m == nil {
		return f.at(0, 0, codeParse, "%s", strings.TrimPrefix(err.Error(), "template: "))
	}
	line, _ := strconv.Atoi(m[2])
	msg := m[3]
	if s := startedAt.FindStringSubmatch(msg); s != nil {
		line, _ = strconv.Atoi(s[1])
		msg = strings.Replace(msg, s[0], "started here", 1)
	}
	start := f.offset(line, 0)
	rest, _, _ := bytes.Cut(f.Data[f.bom+start:], []byte("\n"))
	off, width := max(0, bytes.Index(rest, []byte("{{"))), 2
	if q := quoted.FindStringSubmatch(msg); q != nil {
		if i := bytes.Index(rest, []byte(q[1])); i >= 0 && q[1] != "" {
			off, width = i, len(q[1])
		}
	}
	p := f.at(start+off, width, codeParse, "%s", msg)
	switch {
	case strings.Contains(msg, "unexpected EOF"):
		p.Hint = "an {{if}}, {{range}}, {{with}}, {{block}} or {{define}} has no {{end}}"
		if off, _ := scan(f.Data[f.bom:]); off >= 0 {
			hint := p.Hint
			p = f.at(off, 2, codeParse, "this block has no {{end}}").WithHint("%s", hint)
		}
	case strings.Contains(msg, "unexpected {{end}}"):
		p.Hint = "there is one {{end}} too many"
	}
	return p
}

// problemAt is a problem at "key:offset".
func (s *Set) problemAt(where string, width int, code, msg string) diag.Problem {
	key, num, _ := strings.Cut(where, ":")
	off, _ := strconv.Atoi(num)
	if f := s.byKey[key]; f != nil {
		return f.at(off, width, code, "%s", msg)
	}
	return diag.Problem{Code: code, Message: msg}
}

// executed makes an ExecError of what executing u returned.
func (in *Instance) executed(u *unit, err error) error {
	if ctx := in.ctx; ctx.Err() != nil && (errors.Is(err, context.Cause(ctx)) || errors.Is(err, ctx.Err())) {
		return context.Cause(ctx)
	}
	// Only the outermost error is this run's: what a function returned may hold
	// those of the templates that it ran.
	if esc, ok := err.(*htmltemplate.Error); ok {
		return &ExecError{Problem: u.escapeProblem(esc), Err: err}
	}
	if te, ok := err.(texttemplate.ExecError); ok {
		return in.located(te)
	}
	if m, ok := err.(Mistake); ok {
		f := in.set.files[in.frames[len(in.frames)-1].choice.Path]
		return &ExecError{Problem: diag.InFile(f.Name, codeExec, "%s", m.Message).WithHint("%s", m.Hint), Err: m}
	}
	return err // of the writer
}

// located reads the position out of text/template's error and makes its message
// readable.
func (in *Instance) located(te texttemplate.ExecError) error {
	m := execError.FindStringSubmatch(te.Error())
	if m == nil || in.set.byKey[m[1]] == nil {
		return &ExecError{Problem: diag.Problem{Code: codeExec, Message: te.Error()}, Err: te}
	}
	f := in.set.byKey[m[1]]
	line, _ := strconv.Atoi(m[2])
	col, _ := strconv.Atoi(m[3])
	off := f.offset(line, col)
	var inner *ExecError
	if errors.As(te.Err, &inner) {
		outer := *inner // which other runs may share
		outer.Trace = append(slices.Clone(inner.Trace), f.at(off, 0, "", "").Pos)
		return &outer
	}
	msg, hint, culprit, cause := in.readable(m[4], m[5], te)
	width := 0
	if culprit != "" {
		off, width = f.find(off, culprit)
	}
	p := f.at(off, width, codeExec, "%s", msg)
	p.Hint = hint
	var mistake Mistake
	if errors.As(te.Err, &mistake) && mistake.Code != "" {
		p.Code = mistake.Code
	}
	return &ExecError{Problem: p, Err: cause}
}

// find is where on the line of off the word is, the nearest to off, and its
// width. text/template points at one part of a chain of fields only.
func (f *file) find(off int, word string) (int, int) {
	text := f.Data[f.bom:]
	off = min(off, len(text))
	start := bytes.LastIndexByte(text[:off], '\n') + 1
	line, _, _ := bytes.Cut(text[start:], []byte("\n"))
	best, dist := off, -1
	for i := 0; ; {
		j := bytes.Index(line[i:], []byte(word))
		if j < 0 {
			break
		}
		i += j
		after := i + len(word)
		whole := after >= len(line) || !isWord(line[after])
		if d := abs(start + i - off); whole && (i == 0 || !isWord(line[i-1])) && (dist < 0 || d < dist) {
			best, dist = start+i, d
		}
		i = after
	}
	if dist < 0 {
		return off, 0
	}
	return best, len(word)
}

func isWord(b byte) bool {
	return b == '_' || b >= 0x80 || '0' <= b && b <= '9' || 'a' <= b|0x20 && b|0x20 <= 'z'
}

func abs(n int) int { return max(n, -n) }

// escapeProblem is what html/template has against a template.
func (u *unit) escapeProblem(e *htmltemplate.Error) diag.Problem {
	name, _, _ := strings.Cut(e.Name, "$htmltemplate_")
	f := u.files[name]
	if f == nil {
		f = u.files[u.root]
	}
	off := f.offset(e.Line, 0)
	if e.Node != nil {
		off = int(e.Node.Position())
	}
	// What html/template thinks of the two places is in its own words.
	msg := e.Description
	for _, word := range []string{" contexts", " context"} {
		if before, _, ok := strings.Cut(msg, word+": {"); ok {
			msg = before + word
		}
	}
	for key := range u.files {
		msg = strings.ReplaceAll(msg, strconv.Quote(key), strconv.Quote(u.files[key].Name))
	}
	return f.at(off, 0, "template-escape", "%s", msg).WithHint("html/template must know where in the HTML each value stands")
}

// nearestHint is "did you mean …" or nothing.
func nearestHint(want string, have []string) string {
	if near, ok := nearestOf(want, have); ok {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return ""
}

// nearestOf is nearest.Of; of equally near words it takes the one that begins
// like want, because people mistype ends rather than beginnings.
func nearestOf(want string, have []string) (string, bool) {
	common := func(h string) int {
		n := 0
		for n < min(len(want), len(h)) && want[n]|0x20 == h[n]|0x20 {
			n++
		}
		return n
	}
	sorted := slices.Clone(have)
	slices.SortStableFunc(sorted, func(a, b string) int { return common(b) - common(a) })
	return nearest.Of(want, sorted)
}
