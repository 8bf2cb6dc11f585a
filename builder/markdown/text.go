package markdown

import (
	"bytes"
	"slices"
	"sort"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/digest"
)

// Text is the Markdown of one page, put together from its file and whatever
// that file includes. It remembers where each byte came from, so that a
// problem found after the expansion still points into the author's file.
// The zero Text is empty.
type Text struct {
	// Bytes is the Markdown that is parsed.
	Bytes []byte
	spans []span
}

// span says that the bytes from At on come from Src[Off:]. A span of made-up
// text (fixed) stands as a whole for the one offset Off.
type span struct {
	at    int
	file  string
	src   []byte
	off   int
	fixed bool
}

// NewText is the text of one file from byte off on, off being where its body
// starts behind the front matter.
func NewText(file string, src []byte, off int) *Text {
	t := new(Text)
	t.Append(file, src, off, len(src))
	return t
}

// Append adds src[from:to] of the named file, byte for byte.
func (t *Text) Append(file string, src []byte, from, to int) {
	if from >= to {
		return
	}
	t.spans = append(t.spans, span{at: len(t.Bytes), file: file, src: src, off: from})
	t.Bytes = append(t.Bytes, src[from:to]...)
}

// AppendMade adds text that stands in no file, such as a fence around an
// included program. All of it counts as src[off] of the named file: the place
// that asked for it.
func (t *Text) AppendMade(made string, file string, src []byte, off int) {
	if made == "" {
		return
	}
	t.spans = append(t.spans, span{at: len(t.Bytes), file: file, src: src, off: off, fixed: true})
	t.Bytes = append(t.Bytes, made...)
}

// AppendText adds part [from:to] of another text with its origins.
func (t *Text) AppendText(o *Text, from, to int) {
	first := sort.Search(len(o.spans), func(i int) bool { return o.spans[i].at > from }) - 1
	for i := max(first, 0); i < len(o.spans) && o.spans[i].at < to; i++ {
		s, end := o.spans[i], len(o.Bytes)
		if i+1 < len(o.spans) {
			end = o.spans[i+1].at
		}
		lo, hi := max(s.at, from), min(end, to)
		if lo >= hi {
			continue
		}
		n := s
		n.at = len(t.Bytes) + lo - from
		if !s.fixed {
			n.off += lo - s.at
		}
		t.spans = append(t.spans, n)
	}
	t.Bytes = append(t.Bytes, o.Bytes[from:to]...)
}

// Origin is the file and the offset in it that byte off of t came from.
func (t *Text) Origin(off int) (file string, src []byte, at int) {
	if len(t.spans) == 0 {
		return "", nil, 0
	}
	i := sort.Search(len(t.spans), func(i int) bool { return t.spans[i].at > off }) - 1
	s := t.spans[max(i, 0)]
	if s.fixed {
		return s.file, s.src, s.off
	}
	return s.file, s.src, s.off + off - s.at
}

// Origins is a Text without bytes whose offsets have the origins of t's.
func (t *Text) Origins() *Text { return &Text{spans: t.spans} }

// Problem makes a problem at byte off of t, marked width bytes wide, in the
// file that the byte came from.
func (t *Text) Problem(off, width int, code, format string, args ...any) diag.Problem {
	file, src, at := t.Origin(off)
	return diag.At(file, src, at, width, code, format, args...)
}

// Files are the names of all files that t has bytes of, each once, sorted.
func (t *Text) Files() []string {
	var files []string
	for _, s := range t.spans {
		files = append(files, s.file)
	}
	slices.Sort(files)
	return slices.Compact(files)
}

// Digest identifies the bytes of t and the lines that they came from: two
// texts with equal digests parse alike and report their problems at the same
// places.
func (t *Text) Digest() digest.Digest {
	h := digest.New().Bytes(t.Bytes)
	var c lineCounter
	for _, s := range t.spans {
		line, col := c.at(s.src, s.off)
		h.Int(int64(s.at)).String(s.file).Int(int64(line)).Int(int64(col)).Bool(s.fixed)
	}
	return h.Sum()
}

// lineCounter finds the lines of offsets that mostly grow, without counting
// from the start each time.
type lineCounter struct {
	src              []byte
	off, line, start int
}

// at is the line of off in src, from 0, and the number of bytes before off in it.
func (c *lineCounter) at(src []byte, off int) (line, col int) {
	off = max(0, min(off, len(src)))
	if off < c.off || len(src) != len(c.src) || len(src) > 0 && &src[0] != &c.src[0] {
		*c = lineCounter{src: src}
	}
	between := src[c.off:off]
	c.line += bytes.Count(between, []byte{'\n'})
	if i := bytes.LastIndexByte(between, '\n'); i >= 0 {
		c.start = c.off + i + 1
	}
	c.off = off
	return c.line, off - c.start
}
