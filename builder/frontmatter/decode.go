package frontmatter

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/etagere/etagere/builder/diag"
)

const (
	// MaxSize is the largest front matter: a megabyte is a missing delimiter,
	// not metadata, and the longest in the wild is about 30 KB.
	MaxSize = 1 << 20

	// maxDepth is the deepest nesting of values. Values are walked recursively
	// by everybody who uses them.
	maxDepth = 200

	// maxAliased is how many nodes may come out of YAML aliases: far more than
	// people write, and too few to fill the memory.
	maxAliased = 20_000

	// maxProblems of one file are reported; a broken generator makes thousands.
	maxProblems = 20
)

// Decode reads the front matter that Split found. Dates without a zone are in
// loc. The Doc is never nil: with mistakes it holds what could be read.
func Decode(file string, src []byte, b Block, loc *time.Location) (*Doc, diag.List) {
	s := newSink(file, src, "frontmatter", loc)
	root := &Node{Kind: Map, Span: Span{Off: b.RawOff}}
	doc := &Doc{File: file, Src: src, Root: root}
	if b.Format == None {
		return doc, nil
	}
	if len(b.Raw) > MaxSize {
		s.add(b.RawOff, 1, "large", "front matter of %d bytes is more than the %d that are allowed", len(b.Raw), MaxSize).
			Hint = "is the closing delimiter missing?"
		return doc, s.list
	}
	n := s.decode(b)
	switch {
	case n == nil || n.Kind == Null && n.Text == "":
	case n.Kind == Map:
		doc.Root = n
	default:
		s.add(n.Off, n.Len, "syntax", "front matter is %s, not keys and values", n.Kind).
			Hint = `write it as "key: value" lines`
	}
	return doc, s.list
}

// DecodeTOML reads a whole file of TOML, such as config.toml. Codes of its
// problems begin with prefix: "config" gives "config-syntax".
func DecodeTOML(file string, src []byte, prefix string) (*Doc, diag.List) {
	s := newSink(file, src, prefix, time.UTC)
	start := len(src) - len(bytes.TrimPrefix(src, bom))
	root := s.decode(Block{Format: TOML, Raw: src[start:], RawOff: start})
	if root == nil {
		root = &Node{Kind: Map}
	}
	return &Doc{File: file, Src: src, Root: root}, s.list
}

// DecodeData reads a data file. Format is the file's extension: "yaml", "yml",
// "toml", "json" or "csv"; a CSV file is a list of rows, each a list of texts.
// Any other format is a problem. Codes of problems begin with "data-".
func DecodeData(file string, src []byte, format string) (any, diag.List) {
	doc, problems := DecodeDoc(file, src, format)
	return doc.Root.Value(), problems
}

// DecodeDoc is DecodeData with the positions kept.
func DecodeDoc(file string, src []byte, format string) (*Doc, diag.List) {
	s := newSink(file, src, "data", time.UTC)
	start := len(src) - len(bytes.TrimPrefix(src, bom))
	b := Block{Raw: src[start:], RawOff: start}
	var root *Node
	switch strings.ToLower(format) {
	case "yaml", "yml":
		b.Format = YAML
		root = s.decode(b)
	case "toml":
		b.Format = TOML
		root = s.decode(b)
	case "json":
		b.Format = JSON
		root = s.decode(b)
	case "csv":
		root = s.csv(b)
	default:
		s.list = append(s.list, diag.InFile(file, "data-format", "no data format is called %q", format).
			WithHint("known are yaml, toml, json and csv"))
	}
	if root == nil {
		root = &Node{Kind: Null}
	}
	return &Doc{File: file, Src: src, Root: root}, s.list
}

// sink collects the problems of one file and knows what decoders need.
type sink struct {
	file   string
	src    []byte
	prefix string
	loc    *time.Location
	list   diag.List
	spill  diag.Problem
}

func newSink(file string, src []byte, prefix string, loc *time.Location) *sink {
	if loc == nil {
		loc = time.UTC
	}
	return &sink{file: file, src: src, prefix: prefix, loc: loc}
}

// add notes a problem and returns it, for a hint.
func (s *sink) add(off, width int, code, format string, args ...any) *diag.Problem {
	switch {
	case len(s.list) == maxProblems:
		s.list = append(s.list, diag.InFile(s.file, s.prefix+"-more", "more mistakes in this file are not shown"))
		fallthrough
	case len(s.list) > maxProblems:
		return &s.spill
	}
	s.list = append(s.list, diag.At(s.file, s.src, off, width, s.prefix+"-"+code, format, args...))
	return &s.list[len(s.list)-1]
}

// duplicate notes a key that was there before.
func (s *sink) duplicate(key string, at, first Span) {
	pos := diag.PosAt(s.file, s.src, first.Off)
	s.add(at.Off, at.Len, "duplicate", "key %q is given twice", key).
		Hint = fmt.Sprintf("it stands on line %d already", pos.Line)
}

// decode reads one block. It is nil where nothing could be read.
func (s *sink) decode(b Block) (root *Node) {
	if !s.readable(b) {
		return nil
	}
	defer func() {
		// The libraries recover from their own panics but for what they hold
		// impossible; an author's bytes must not end a build all the same.
		if r := recover(); r != nil {
			s.add(b.RawOff, 1, "syntax", "this cannot be read as %s: %v", strings.ToUpper(string(b.Format)), r)
			root = nil
		}
	}()
	switch b.Format {
	case YAML:
		return s.yaml(b)
	case TOML:
		return s.toml(b)
	}
	return s.json(b)
}

// readable notes bytes that no format allows, at their very place.
func (s *sink) readable(b Block) bool {
	for i := 0; i < len(b.Raw); {
		c := b.Raw[i]
		switch {
		case c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f:
			s.add(b.RawOff+i, 1, "encoding", "there is a control character U+%04X", c).Hint = "delete it"
			return false
		case c < utf8.RuneSelf:
			i++
			continue
		}
		r, size := utf8.DecodeRune(b.Raw[i:])
		if r == utf8.RuneError && size == 1 {
			s.add(b.RawOff+i, 1, "encoding", "byte 0x%02x is not UTF-8", c).Hint = "save the file as UTF-8"
			return false
		}
		i += size
	}
	return true
}
