package content

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/markdown"
)

// Shortcode is one call of a shortcode in a body: {{< name args >}} or, with
// output that is Markdown, {{% name args %}}.
type Shortcode struct {
	Name string
	// Args are the arguments as strings, numbers and booleans; Named is set when they have names.
	Args  []Arg
	Named bool
	// Markdown is set on {{% %}}: the output is parsed as Markdown.
	Markdown bool
	// Paired is set where there is a closing tag; Inner is what stands between.
	// Closed is set on {{< name />}}, which wants none.
	Paired bool
	Closed bool
	Inner  []Inner
	// Off is the offset in the text; Ordinal counts calls on their level from 0.
	Off     int
	Ordinal int
	Parent  *Shortcode
}

// Arg is an argument of a shortcode. Name is empty for a positional one.
type Arg struct {
	Name  string
	Value any
}

// Inner is a part of what stands between the tags of a shortcode: text, or a
// call in it. Off is the offset in the text that it starts at.
type Inner struct {
	Text string
	Call *Shortcode
	Off  int
}

// Find is where text s stands between the tags of a call or of calls in it,
// behind the text before; -1 if it does not.
func (c *Shortcode) Find(before, s string) int {
	for _, in := range c.Inner {
		if in.Call != nil {
			if off := in.Call.Find(before, s); off >= 0 {
				return off
			}
		} else if i := strings.Index(in.Text, before+s); i >= 0 {
			return in.Off + i + len(before)
		}
	}
	return -1
}

// MaxNesting is how deep shortcodes may stand in each other.
const MaxNesting = 64

// shortcodes scans a text for calls.
type shortcodes struct {
	text  *markdown.Text
	src   string
	known func(name string) bool
	// strict tells the author of what looks like a call and is none.
	strict bool

	// tags are all tags of the text in order.
	tags     []tag
	problems diag.List
}

// tag is one {{< … >}} or {{% … %}}.
type tag struct {
	start, end  int
	name        string
	args        []Arg
	named       bool
	markdown    bool
	closing     bool
	selfClosing bool
	// literal is set on {{</* … */>}}: what to print instead.
	literal string
	comment bool
	// pair is the index of the closing tag of a call that has one; paired is set
	// on that.
	pair   int
	paired bool
}

// maxTag is how long a tag may be: what opens and is not closed within that is
// text. Without a limit a page of such openings would take quadratic time.
const maxTag = 8 << 10

// findTag is the next tag of a known shortcode at or after from.
func (s *shortcodes) findTag(from int) (tag, bool) {
	for {
		i := strings.Index(s.src[from:], "{{")
		if i < 0 || from+i+3 > len(s.src) {
			return tag{}, false
		}
		at := from + i
		open := s.src[at+2]
		if open != '<' && open != '%' {
			from = at + 2
			continue
		}
		if t, ok := s.parseTag(at, open); ok {
			return t, true
		}
		from = at + 3
	}
}

// parseTag reads the tag that starts at at. It reports false for what is no
// call, or a call of a name that no shortcode has: that is the author's text.
func (s *shortcodes) parseTag(at int, open byte) (tag, bool) {
	closer := ">}}"
	if open == '%' {
		closer = "%}}"
	}
	rest := s.src[at+3:]
	if strings.HasPrefix(rest, "/*") {
		if next := strings.Index(rest, "{{"); next >= 0 {
			rest = rest[:next]
		}
		end := strings.Index(rest, "*/"+closer)
		if end < 2 {
			return tag{}, false
		}
		name := strings.TrimPrefix(strings.TrimSpace(rest[2:end]), "/")
		if f := strings.Fields(name); len(f) == 0 || !isName(strings.TrimSuffix(f[0], "/")) {
			return tag{}, false
		}
		return tag{start: at, end: at + 3 + end + 2 + len(closer), literal: s.src[at:at+3] + rest[2:end] + closer, comment: true}, true
	}
	t := tag{start: at, markdown: open == '%'}
	l := argLexer{s: rest[:min(len(rest), maxTag)], closer: closer}
	if !strings.Contains(l.s, closer) {
		if s.strict && l.name(&t) && s.known(t.name) {
			t.end = at + 3 + l.i
			s.endless(&t)
		}
		return tag{}, false
	}
	if !l.name(&t) {
		return tag{}, false
	}
	t.end = at + 3 + l.i
	switch {
	case !s.known(t.name):
		s.unknown(&t)
		return tag{}, false
	case !l.args(&t):
		s.endless(&t)
		return tag{}, false
	}
	t.end = at + 3 + l.i
	return t, true
}

// CodeUnknown is the code of a call of a shortcode that there is not. The
// problem's subject is its name: what is near depends on the whole site.
const CodeUnknown = "shortcode-unknown"

// unknown warns of a tag whose name no shortcode has. The closing tag of such a
// call says nothing new.
func (s *shortcodes) unknown(t *tag) {
	if r, _ := utf8.DecodeRuneInString(t.name); !s.strict || t.closing || !unicode.IsLetter(r) {
		return
	}
	if s.problem(t, CodeUnknown, "", "there is no shortcode %q", t.name) {
		p := &s.problems[len(s.problems)-1]
		p.Severity, p.Subject = diag.Warning, t.name
	}
}

// endless warns of a tag of a known name whose arguments cannot be read to the
// end.
func (s *shortcodes) endless(t *tag) {
	if !s.strict {
		return
	}
	hint := "close it with >}}, and every quote in it"
	if t.markdown {
		hint = "close it with %}}, and every quote in it"
	}
	if s.problem(t, "shortcode-syntax", hint, "the arguments of the shortcode %q do not end", t.name) {
		s.problems[len(s.problems)-1].Severity = diag.Warning
	}
}

func isName(s string) bool {
	for _, r := range s {
		if !(r == '-' || r == '_' || r == '.' || r == '/' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r > 127) {
			return false
		}
	}
	return s != ""
}

// scan finds all tags and pairs each closing tag with the nearest call of its
// name before it that is still open. Calls between the two that have no closing
// tag of their own stand alone, as calls without a pair always do.
func (s *shortcodes) scan() {
	var open []int
	waiting := make(map[string]int)
	for pos := 0; ; {
		t, ok := s.findTag(pos)
		if !ok {
			return
		}
		pos = t.end
		i := len(s.tags)
		s.tags = append(s.tags, t)
		switch {
		case t.comment || t.selfClosing && !t.closing:
		case !t.closing:
			open = append(open, i)
			waiting[t.name]++
		case waiting[t.name] > 0:
			for {
				top := open[len(open)-1]
				open = open[:len(open)-1]
				waiting[s.tags[top].name]--
				if s.tags[top].name == t.name {
					s.tags[top].pair = i
					break
				}
			}
			s.tags[i].paired = true
		}
	}
}

// parse emits the text from pos to end and the calls of tags[i:j], which stand
// in it, in order.
func (s *shortcodes) parse(pos, end, i, j int, parent *Shortcode, depth int, emit func(in Inner, from, to int)) {
	ordinal := 0
	text := func(to int) {
		if pos < to {
			emit(Inner{Text: s.src[pos:to]}, pos, to)
		}
	}
	for ; i < j; i++ {
		t := &s.tags[i]
		text(t.start)
		pos = t.end
		switch {
		case t.comment:
			emit(Inner{Text: t.literal}, t.start, -1)
		case t.closing:
			if !t.paired {
				s.problem(t, "shortcode-close", "write {{< "+t.name+" >}} before it, or drop it", "closing tag of %q has no opening tag", t.name)
			}
		default:
			call := s.call(t, ordinal, parent)
			ordinal++
			if t.pair > 0 {
				pos = s.tags[t.pair].end
				s.inner(call, i, depth)
				i = t.pair
			}
			emit(Inner{Call: call}, t.start, pos)
		}
	}
	text(end)
}

// call is the call that a tag begins.
func (s *shortcodes) call(t *tag, ordinal int, parent *Shortcode) *Shortcode {
	call := &Shortcode{Name: t.name, Args: t.args, Named: t.named, Markdown: t.markdown, Closed: t.selfClosing, Off: t.start, Ordinal: ordinal, Parent: parent}
	for _, a := range t.args {
		if t.named && a.Name == "" {
			s.problem(t, "shortcode-args", "give all of them a name, or none", "the shortcode %q has arguments with and without a name", t.name)
			break
		}
	}
	return call
}

// inner reads what stands between tag i, which begins call, and its pair.
func (s *shortcodes) inner(call *Shortcode, i, depth int) {
	if depth >= MaxNesting {
		call.Closed = true // it is, but further than we look
		s.problem(&s.tags[i], "shortcode-nesting", "", "shortcodes are nested deeper than %d", MaxNesting)
		return
	}
	call.Paired = true
	s.parse(s.tags[i].end, s.tags[s.tags[i].pair].start, i+1, s.tags[i].pair, call, depth+1, func(in Inner, from, _ int) {
		in.Off = from
		call.Inner = append(call.Inner, in)
	})
}

// maxProblems is how many mistakes in the shortcodes of one page are told. Where
// there are more, no one reads on.
const maxProblems = 100

// problem notes a mistake in a tag, and reports whether it did; hint may be empty.
func (s *shortcodes) problem(t *tag, code, hint, format string, args ...any) bool {
	if len(s.problems) >= maxProblems {
		return false
	}
	p := s.text.Problem(t.start, t.end-t.start, code, format, args...)
	p.Hint = hint
	s.problems = append(s.problems, p)
	return true
}
