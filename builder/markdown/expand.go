package markdown

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/diag"
)

// Loader finds what a text includes. Implementations record each look-up, also
// those that find nothing, because the text depends on them.
type Loader interface {
	// Load returns the file at path, which is relative to the site's root and
	// uses slashes. Where only the case of the name differs it returns that
	// file; found is then not equal to path. ok is false where there is none,
	// or where path leads out of the site.
	Load(path string) (found string, data []byte, ok bool)
}

// The limits of an expansion. The depth catches what is no loop and yet never
// ends in practice; the others catch files that multiply by including each
// other twice.
const (
	maxIncludeDepth = 16
	maxIncludes     = 5000
	maxIncludeBytes = 64 << 20

	// maxTold is how many problems of a page are told: finding the line of
	// each takes as long as the page is large.
	maxTold = 1000
)

// Expand puts the files in that a text includes, by the syntax of the dialects
// that are on: to a depth of 16, without loops, never inside of front matter.
// root is the folder, relative to the site's root, that the dialect's absolute
// paths start at (a content root). What it can't find stays as it is, as code,
// and becomes a problem. A text that includes nothing is returned itself.
func Expand(t *Text, root string, o Options, load Loader) (*Text, diag.List) {
	e := &expander{root: path.Clean("./" + root), load: load, directives: directivesOf(o)}
	if len(e.directives) == 0 || load == nil {
		return t, nil
	}
	file, _, _ := t.Origin(0)
	out := e.expand(t, []string{file}, false)
	if e.full {
		return t, e.problems // what is much too large is not worth the parse
	}
	return out, e.problems
}

// directive is one syntax of including.
type directive struct {
	// needles: a text or line without any of them has no such directive.
	needles []string
	// fences says whether it works inside fenced code, too.
	fences bool
	// expand replaces the directive or directives that line l holds. It writes
	// the line's replacement to l.out and returns the offset in the text up to
	// which it has done so; or returns false and has written nothing.
	expand func(l *line) (done int, ok bool)
}

func directivesOf(o Options) []directive {
	var ds []directive
	if o.Has(VitePress) {
		ds = append(ds, vitepressDirectives()...)
	}
	if o.Has(MkDocs) {
		ds = append(ds, mkdocsDirectives()...)
	}
	if o.Has(MdBook) {
		ds = append(ds, mdbookDirectives()...)
	}
	if o.Has(MSLearn) {
		ds = append(ds, mslearnDirectives()...)
	}
	return ds
}

func (d *directive) in(b []byte) bool {
	return slices.ContainsFunc(d.needles, func(n string) bool { return bytes.Contains(b, []byte(n)) })
}

// expander is one expansion with all files that it visits.
type expander struct {
	root       string
	load       Loader
	directives []directive
	problems   diag.List

	count, size int
	full        bool // a limit was passed and told of
}

// line is the line at hand and the text around it.
type line struct {
	e     *expander
	t     *Text
	out   *Text
	from  copier
	chain []string // the files on the way here, t's own last

	off, end int // in t.Bytes, without the line end
	body     int // where the prefix ends: blanks, quote and list markers
	fenced   bool
	group    bool // inside of a code group
}

// expand is t with its directives replaced. code says that t is put into
// fenced code as a whole.
func (e *expander) expand(t *Text, chain []string, code bool) *Text {
	var active []directive
	for _, d := range e.directives {
		if d.in(t.Bytes) && (!code || d.fences) {
			active = append(active, d)
		}
	}
	if len(active) == 0 {
		return t
	}
	l := &line{e: e, t: t, out: new(Text), from: copier{t: t}, chain: chain}
	var f fenceScan
	pending := 0
	for off := 0; off < len(t.Bytes); {
		next := l.at(off)
		l.fenced = code || f.step(t.Bytes[l.off:l.end], l.body-l.off)
		l.group = f.group
		for _, d := range active {
			if l.fenced && !d.fences || !d.in(t.Bytes[l.off:l.end]) {
				continue
			}
			l.copy(pending, l.off)
			pending = l.off
			if done, ok := d.expand(l); ok {
				pending = done
				next = max(next, lineAfter(t.Bytes, done))
				break
			}
		}
		off = next
	}
	l.copy(pending, len(t.Bytes))
	return l.out
}

// at makes the line at off the line at hand and returns where the next starts.
func (l *line) at(off int) int {
	next := lineAfter(l.t.Bytes, off)
	l.off, l.end = off, next
	for l.end > off && (l.t.Bytes[l.end-1] == '\n' || l.t.Bytes[l.end-1] == '\r') {
		l.end--
	}
	l.body = off + prefixLen(l.t.Bytes[off:l.end])
	return next
}

// text is the line behind its prefix.
func (l *line) text() []byte { return l.t.Bytes[l.body:l.end] }

// file is the file that the line stands in.
func (l *line) file() string {
	file, _, _ := l.t.Origin(l.off)
	return file
}

func (l *line) copy(from, to int) { l.from.copy(l.out, from, to) }

// made writes text that stands in no file.
func (l *line) made(s string) {
	file, src, at := l.t.Origin(l.body)
	l.out.AppendMade(s, file, src, at)
}

// keep shows a directive that did not work, as code: its marks must not come
// out as Markdown.
func (l *line) keep(from, to int) {
	if l.fenced {
		l.copy(from, to)
		return
	}
	ticks := strings.Repeat("`", longestRun(l.t.Bytes[from:to], '`')+1)
	l.made(ticks)
	l.copy(from, to)
	l.made(ticks)
}

func (l *line) problem(from, to int, code, format string, args ...any) diag.Problem {
	return l.t.Problem(from, to-from, code, format, args...)
}

func (l *line) report(p diag.Problem) {
	if len(l.e.problems) < maxTold {
		l.e.problems = append(l.e.problems, p)
	}
}

// embed writes an included text. Its lines but the first get what the present
// line has before its directive, so that it stays in its list or quote; no
// line end follows.
func (l *line) embed(t *Text, prefix string) {
	end := len(t.Bytes)
	for end > 0 && (t.Bytes[end-1] == '\n' || t.Bytes[end-1] == '\r') {
		end--
	}
	c := copier{t: t}
	if prefix == "" {
		c.copy(l.out, 0, end)
		return
	}
	blank := strings.TrimRight(prefix, " \t")
	for off := 0; off < end; {
		next := min(lineAfter(t.Bytes, off), end)
		if off > 0 {
			if len(bytes.TrimSpace(t.Bytes[off:next])) == 0 {
				l.made(blank)
			} else {
				l.made(prefix)
			}
		}
		c.copy(l.out, off, next)
		off = next
	}
}

// prefix is what each further line of an included text starts with: the
// present line's blanks and quote marks, and blanks for its list markers.
func (l *line) prefix() string {
	p := []byte(string(l.t.Bytes[l.off:l.body]))
	for i, c := range p {
		if c != '>' && c != '\t' {
			p[i] = ' '
		}
	}
	return string(p)
}

// copier copies parts of t that lie one behind the other, in time linear in
// what it copies: unlike AppendText it remembers how far it came.
type copier struct {
	t *Text
	i int
}

func (c *copier) copy(out *Text, from, to int) {
	spans := c.t.spans
	if from >= to || len(spans) == 0 {
		return
	}
	for c.i+1 < len(spans) && spans[c.i+1].at <= from {
		c.i++
	}
	for i := c.i; i < len(spans) && spans[i].at < to; i++ {
		s := spans[i]
		lo := max(s.at, from)
		n := s
		n.at = len(out.Bytes) + lo - from
		if !s.fixed {
			n.off += lo - s.at
		}
		if k := len(out.spans) - 1; k < 0 || !out.spans[k].continues(n) {
			out.spans = append(out.spans, n)
		}
	}
	out.Bytes = append(out.Bytes, c.t.Bytes[from:to]...)
}

// continues reports whether n adds nothing to s: it is the same source, at the
// place that s comes to there.
func (s span) continues(n span) bool {
	if s.file != n.file || len(s.src) != len(n.src) || len(s.src) > 0 && &s.src[0] != &n.src[0] || s.fixed != n.fixed {
		return false
	}
	return s.fixed && s.off == n.off || !s.fixed && n.off-s.off == n.at-s.at
}

// lineAfter is the offset behind the line end that follows off.
func lineAfter(b []byte, off int) int {
	if i := bytes.IndexByte(b[off:], '\n'); i >= 0 {
		return off + i + 1
	}
	return len(b)
}

// longestRun is the length of the longest run of c in b.
func longestRun(b []byte, c byte) int {
	longest, n := 0, 0
	for _, x := range b {
		if x != c {
			n = 0
			continue
		}
		n++
		longest = max(longest, n)
	}
	return longest
}
