package bundle

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/etagere/etagere/builder/diag"
)

// problems are esbuild's messages as the author's mistakes, in the author's files.
func (b *builder) problems(errs, warnings []api.Message) diag.List {
	var l diag.List
	for _, m := range errs {
		l = append(l, b.problem(m, false))
	}
	for _, m := range warnings {
		l = append(l, b.problem(m, true))
	}
	return l.Sorted()
}

// problem is one message.
func (b *builder) problem(m api.Message, warning bool) diag.Problem {
	code, text, hint := "asset-bundle", plainText(m.Text), ""
	if m.ID != "" {
		code = "asset-" + m.ID
	}
	if own, ok := m.Detail.(*mistake); ok {
		code, text, hint, warning = own.code, own.text, own.hint, own.warning
	}
	p := b.at(m.Location, code, text)
	var hints []string
	if hint != "" {
		hints = append(hints, hint)
	}
	if m.Detail == nil {
		for _, n := range m.Notes {
			hints = append(hints, strings.TrimSuffix(plainText(n.Text), ":")+b.where(n.Location))
		}
	}
	if len(hints) == 0 && m.Location != nil && m.Location.Suggestion != "" {
		hints = append(hints, fmt.Sprintf("write %q", m.Location.Suggestion))
	}
	p.Hint = strings.Join(hints, "; ")
	if warning {
		p = p.Warn()
	}
	return p
}

// at is a problem at the place that esbuild names.
func (b *builder) at(loc *api.Location, code, text string) diag.Problem {
	place := b.entry
	if loc != nil && loc.File != "" {
		place = pathOf(loc.File)
	}
	name, data, ok := b.host.Read(place)
	if !ok {
		name = place
	}
	if loc == nil || !ok {
		return diag.InFile(name, code, "%s", text)
	}
	return diag.At(name, data, offset(data, loc.Line, loc.Column), loc.Length, code, "%s", text)
}

// where names the place of a note.
func (b *builder) where(loc *api.Location) string {
	if loc == nil || loc.File == "" {
		return ""
	}
	name, data, ok := b.host.Read(pathOf(loc.File))
	if !ok {
		return ""
	}
	return " (" + diag.PosAt(name, data, offset(data, loc.Line, loc.Column)).String() + ")"
}

// pathOf is the path of a file as esbuild prints it.
func pathOf(printed string) string {
	printed = strings.TrimPrefix(printed, "(disabled):")
	return strings.TrimPrefix(printed, scheme+":///")
}

// offset is the byte at a line and a column in bytes, as esbuild counts them:
// every line end of JavaScript ends a line.
func offset(data []byte, line, column int) int {
	at := 0
	for at < len(data) && line > 1 {
		r, n := utf8.DecodeRune(data[at:])
		at += n
		switch r {
		case '\r':
			if at < len(data) && data[at] == '\n' {
				at++
			}
			line--
		case '\n', '\u2028', '\u2029':
			line--
		}
	}
	return min(at+column, len(data))
}

// plainText is a message as ours are written: in lower case, without a full stop.
func plainText(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(s), scheme+":///", "")
	r, n := utf8.DecodeRuneInString(s)
	next, _ := utf8.DecodeRuneInString(s[n:])
	if unicode.IsUpper(r) && !unicode.IsUpper(next) {
		s = string(unicode.ToLower(r)) + s[n:]
	}
	return strings.TrimSuffix(s, ".")
}
