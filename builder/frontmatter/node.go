package frontmatter

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/etagere/etagere/builder/diag"
)

// Kind is the kind of a Node.
type Kind int

// The kinds of nodes.
const (
	Null Kind = iota
	Bool
	Int
	Float
	String
	Time
	List
	Map
)

// String is how people are told: "a number", "a list".
func (k Kind) String() string {
	switch k {
	case Bool:
		return "true or false"
	case Int:
		return "a whole number"
	case Float:
		return "a number"
	case String:
		return "a text"
	case Time:
		return "a date"
	case List:
		return "a list"
	case Map:
		return "a table"
	}
	return "nothing"
}

// Span is a stretch of the author's file, in bytes.
type Span struct{ Off, Len int }

// Node is one value with its place in the file. Scalars have Text, what the
// author wrote without quotes, so that a title 1.10 stays "1.10".
type Node struct {
	Kind Kind
	Span
	Text   string
	scalar any

	// Fields are a Map's entries in the order of the file, each key once.
	Fields []Field
	// Items are a List's elements.
	Items []*Node

	// closed tables and arrays (written inline) cannot be added to; defined
	// tables had a header of their own. Both are TOML's rules.
	closed, defined, dotted bool
	index                   map[string]int
}

// Field is one entry of a Map.
type Field struct {
	Key   string
	At    Span
	Value *Node
}

// Get is the value of key, exactly as written, and nil where there is none.
func (n *Node) Get(key string) *Node {
	if f := n.field(key); f != nil {
		return f.Value
	}
	return nil
}

func (n *Node) field(key string) *Field {
	if n == nil {
		return nil
	}
	if i, ok := n.index[key]; ok {
		return &n.Fields[i]
	}
	return nil
}

// add appends an entry. The key must not be there yet.
func (n *Node) add(f Field) {
	if n.index == nil {
		n.index = make(map[string]int)
	}
	n.index[f.Key] = len(n.Fields)
	n.Fields = append(n.Fields, f)
}

// Value is the node as Go data: nil, bool, int, float64, string, time.Time,
// []any or map[string]any. A whole number that no int holds is a float64.
func (n *Node) Value() any {
	switch {
	case n == nil:
		return nil
	case n.Kind == List:
		list := make([]any, len(n.Items))
		for i, e := range n.Items {
			list[i] = e.Value()
		}
		return list
	case n.Kind == Map:
		m := make(map[string]any, len(n.Fields))
		for _, f := range n.Fields {
			m[f.Key] = f.Value.Value()
		}
		return m
	}
	return n.scalar
}

// Doc is a decoded block of data with the file it stands in.
type Doc struct {
	File string
	Src  []byte
	// Root is a Map for front matter and configuration; in data files it may be
	// anything. Never nil.
	Root *Node
}

// Problem makes a problem at s.
func (d *Doc) Problem(s Span, code, format string, args ...any) diag.Problem {
	return diag.At(d.File, d.Src, s.Off, s.Len, code, format, args...)
}

// Values is the root as Go data; an empty map where the root is no Map.
func (d *Doc) Values() map[string]any {
	if m, ok := d.Root.Value().(map[string]any); ok {
		return m
	}
	return map[string]any{}
}

// Keys is where each key of the root stands.
func (d *Doc) Keys() map[string]diag.Pos {
	keys := make(map[string]diag.Pos, len(d.Root.Fields))
	c := cursor{src: d.Src, line: 1, col: 1}
	for _, f := range d.Root.Fields {
		keys[f.Key] = c.pos(d.File, f.At.Off)
	}
	return keys
}

// cursor turns rising offsets into positions in one pass over the file. An
// offset before the last one is looked up from the start.
type cursor struct {
	src            []byte
	off, line, col int
}

func (c *cursor) pos(file string, off int) diag.Pos {
	off = max(0, min(off, len(c.src)))
	if off < c.off {
		return diag.PosAt(file, c.src, off)
	}
	part := c.src[c.off:off]
	if c.off == 0 {
		part = bytes.TrimPrefix(part, bom)
	}
	if n := bytes.Count(part, []byte{'\n'}); n > 0 {
		c.line += n
		c.col = 1
		part = part[bytes.LastIndexByte(part, '\n')+1:]
	}
	c.col += utf8.RuneCount(part)
	c.off = off
	return diag.Pos{File: file, Line: c.line, Col: c.col}
}

// newScalar makes a scalar of a Go value.
func newScalar(v any, text string, s Span) *Node {
	n := &Node{Kind: String, Span: s, Text: text, scalar: v}
	switch v.(type) {
	case nil:
		n.Kind = Null
	case bool:
		n.Kind = Bool
	case int:
		n.Kind = Int
	case float64:
		n.Kind = Float
	case time.Time:
		n.Kind = Time
	}
	return n
}

// NodeOf is the tree of v, a value that Value could have returned. It stands
// nowhere. Keys come in sorted order.
func NodeOf(v any) *Node {
	switch v := v.(type) {
	case []any:
		n := &Node{Kind: List}
		for _, e := range v {
			n.Items = append(n.Items, NodeOf(e))
		}
		return n
	case map[string]any:
		n := &Node{Kind: Map}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			n.add(Field{Key: k, Value: NodeOf(v[k])})
		}
		return n
	case time.Time:
		return newScalar(v, v.Format(time.RFC3339), Span{})
	case nil:
		return newScalar(nil, "", Span{})
	}
	return newScalar(v, fmt.Sprint(v), Span{})
}
