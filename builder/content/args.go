package content

import (
	"strconv"
	"strings"
)

// argLexer reads the inside of a shortcode's tag.
type argLexer struct {
	s      string
	closer string
	i      int
}

func (l *argLexer) space() {
	for l.i < len(l.s) && strings.IndexByte(" \t\r\n", l.s[l.i]) >= 0 {
		l.i++
	}
}

// closes consumes the closer, also a self-closing one.
func (l *argLexer) closes(t *tag) bool {
	if strings.HasPrefix(l.s[l.i:], "/"+l.closer) {
		t.selfClosing = true
		l.i++
	}
	if strings.HasPrefix(l.s[l.i:], l.closer) {
		l.i += len(l.closer)
		return true
	}
	return false
}

// name reads the slash of a closing tag and the name.
func (l *argLexer) name(t *tag) bool {
	l.space()
	if strings.HasPrefix(l.s[l.i:], "/") {
		t.closing = true
		l.i++
		l.space()
	}
	name := l.bare()
	if !isName(name) {
		return false
	}
	t.name = name
	return true
}

// args reads arguments up to and including the closer. Another opening in them,
// outside of quotes, means that this one was never closed.
func (l *argLexer) args(t *tag) bool {
	for {
		l.space()
		if l.closes(t) {
			return true
		}
		if l.i >= len(l.s) || !l.arg(t) {
			return false
		}
	}
}

// bare reads up to white space, "=", a quote or the closer.
func (l *argLexer) bare() string {
	start := l.i
	for l.i < len(l.s) && strings.IndexByte(" \t\r\n=\"`", l.s[l.i]) < 0 {
		if rest := l.s[l.i:]; strings.HasPrefix(rest, l.closer) || strings.HasPrefix(rest, "/"+l.closer) || strings.HasPrefix(rest, "{{") {
			break
		}
		l.i++
	}
	return l.s[start:l.i]
}

func (l *argLexer) arg(t *tag) bool {
	if c := l.s[l.i]; c == '"' || c == '`' {
		v, ok := l.quoted()
		t.args = append(t.args, Arg{Value: v})
		return ok
	}
	word := l.bare()
	if word == "" {
		return false
	}
	save := l.i
	l.space()
	if l.i >= len(l.s) || l.s[l.i] != '=' {
		l.i = save
		t.args = append(t.args, Arg{Value: scalar(word)})
		return true
	}
	l.i++
	l.space()
	if l.i >= len(l.s) {
		return false
	}
	t.named = true
	if c := l.s[l.i]; c == '"' || c == '`' {
		v, ok := l.quoted()
		t.args = append(t.args, Arg{Name: word, Value: v})
		return ok
	}
	t.args = append(t.args, Arg{Name: word, Value: scalar(l.bare())})
	return true
}

// quoted reads "…" with \" and \\ as escapes, or `…` as it is.
func (l *argLexer) quoted() (string, bool) {
	quote := l.s[l.i]
	l.i++
	var b strings.Builder
	for l.i < len(l.s) {
		c := l.s[l.i]
		switch {
		case c == quote:
			l.i++
			return b.String(), true
		case c == '\\' && quote == '"' && l.i+1 < len(l.s) && (l.s[l.i+1] == '"' || l.s[l.i+1] == '\\'):
			l.i++
			c = l.s[l.i]
		}
		b.WriteByte(c)
		l.i++
	}
	return "", false
}

// scalar is what an unquoted word means: a number, a truth value, or itself.
func scalar(word string) any {
	switch word {
	case "true":
		return true
	case "false":
		return false
	}
	if n, err := strconv.Atoi(word); err == nil {
		return n
	}
	if f, err := strconv.ParseFloat(word, 64); err == nil && strings.ContainsAny(word[len(word)-1:], "0123456789") {
		return f
	}
	return word
}
