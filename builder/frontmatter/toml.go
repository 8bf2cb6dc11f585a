package frontmatter

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// tomlReader builds the tree from the parser's expressions. It goes on after a
// mistake at the next line, so that all of them are shown.
type tomlReader struct {
	*sink
	p    unstable.Parser
	data []byte // what the parser was given
	off  int    // of data in the file
	root *Node
	// table is what the last header opened.
	table *Node
}

func (s *sink) toml(b Block) *Node {
	r := &tomlReader{sink: s, root: &Node{Kind: Map, Span: Span{Off: b.RawOff}}}
	r.table = r.root
	before := len(s.list)
	r.data, r.off = b.Raw, b.RawOff
	for r.run() {
	}
	if len(s.list) == before {
		r.compare(b)
	}
	return r.root
}

// run reads expressions until the end or a mistake. It reports whether there
// is more to read behind the mistake.
func (r *tomlReader) run() bool {
	r.p.Reset(r.data)
	end := 0
	for r.p.NextExpression() {
		e := r.p.Expression()
		switch e.Kind {
		case unstable.KeyValue:
			end = int(e.Raw.Offset + e.Raw.Length)
			r.keyValue(r.table, e, 0)
		case unstable.Table, unstable.ArrayTable:
			end = r.header(e)
		}
	}
	err := r.p.Error()
	if err == nil {
		return false
	}
	off, width := len(r.data), 1
	var bad *unstable.ParserError
	if errors.As(err, &bad) {
		// An error's bytes are part of the data: the distance from their ends is
		// the distance of their starts.
		if at := cap(r.data) - cap(bad.Highlight); bad.Highlight != nil && at >= 0 && at <= len(r.data) {
			off, width = at, len(bad.Highlight)
		}
	}
	r.add(r.off+off, width, "syntax", "%s", strings.TrimPrefix(err.Error(), "toml: ")).Hint = tomlHint(r.data, off)
	// Where the expression began on an earlier line, a quote or bracket is open
	// and all that follows would be noise.
	start := end
	if end > 0 {
		_, start = nextLine(r.data, end)
	}
	start = skipSpace(r.data, start)
	for start < off && r.data[start] == '#' {
		_, next := nextLine(r.data, start)
		start = skipSpace(r.data, next)
	}
	if bytes.IndexByte(r.data[min(start, off):off], '\n') >= 0 {
		return false
	}
	i := bytes.IndexByte(r.data[off:], '\n')
	if i < 0 || len(r.list) >= maxProblems {
		return false
	}
	r.data, r.off = r.data[off+i+1:], r.off+off+i+1
	return true
}

// tomlHint guesses at the commonest mistakes: a text without quotes, a colon
// in place of the equals sign.
func tomlHint(data []byte, off int) string {
	start := bytes.LastIndexByte(data[:off], '\n') + 1
	line, _ := nextLine(data, start)
	key, value, found := strings.Cut(string(line), "=")
	value = strings.TrimSpace(value)
	switch {
	case !found && strings.Contains(key, ":"):
		return `write "key = value": TOML has no colons`
	case found && value != "" && (value[0] >= 'A' && value[0] <= 'z' || value[0] >= 0x80):
		return "put the text in quotes"
	}
	return ""
}

func (r *tomlReader) span(n *unstable.Node) Span {
	return Span{Off: r.off + int(n.Raw.Offset), Len: int(n.Raw.Length)}
}

// header opens [a.b] or [[a.b]] and returns the offset behind its last key.
func (r *tomlReader) header(e *unstable.Node) int {
	var keys []*unstable.Node
	for it := e.Key(); it.Next(); {
		keys = append(keys, it.Node())
	}
	last := keys[len(keys)-1]
	end := int(last.Raw.Offset + last.Raw.Length)
	r.table = &Node{Kind: Map} // for what follows a wrong header
	if len(keys) > maxDepth {
		r.add(r.span(last).Off, 1, "depth", "tables are nested more than %d deep", maxDepth)
		return end
	}
	t := r.root
	for _, k := range keys[:len(keys)-1] {
		if t = r.step(t, k, false); t == nil {
			return end
		}
	}
	name, at := string(last.Data), r.span(last)
	old := t.field(name)
	if e.Kind == unstable.ArrayTable {
		r.openArray(t, old, name, at)
		return end
	}
	switch {
	case old == nil:
		n := &Node{Kind: Map, Span: at, defined: true}
		t.add(Field{Key: name, At: at, Value: n})
		r.table = n
	case old.Value.Kind != Map || old.Value.closed || old.Value.defined || old.Value.dotted:
		r.duplicate(name, at, old.At)
	default:
		old.Value.defined = true
		r.table = old.Value
	}
	return end
}

func (r *tomlReader) openArray(t *Node, old *Field, name string, at Span) {
	if old == nil {
		t.add(Field{Key: name, At: at, Value: &Node{Kind: List, Span: at}})
		old = t.field(name)
	}
	if old.Value.Kind != List || old.Value.closed {
		r.duplicate(name, at, old.At)
		return
	}
	n := &Node{Kind: Map, Span: at, defined: true}
	old.Value.Items = append(old.Value.Items, n)
	r.table = n
}

// step goes down to the table of key k, making it where it is missing. It is
// nil where something else stands there.
func (r *tomlReader) step(t *Node, k *unstable.Node, dotted bool) *Node {
	name, at := string(k.Data), r.span(k)
	old := t.field(name)
	if old == nil {
		n := &Node{Kind: Map, Span: at, dotted: dotted}
		t.add(Field{Key: name, At: at, Value: n})
		return n
	}
	v := old.Value
	if v.Kind == List && !v.closed && len(v.Items) > 0 && !dotted {
		v = v.Items[len(v.Items)-1]
	}
	if v.Kind != Map || v.closed || dotted && v.defined {
		r.duplicate(name, at, old.At)
		return nil
	}
	return v
}

// keyValue adds a.b = value to t.
func (r *tomlReader) keyValue(t *Node, e *unstable.Node, depth int) {
	var last *unstable.Node
	n := 0
	for it := e.Key(); it.Next(); n++ {
		if n+depth > maxDepth {
			r.add(r.span(it.Node()).Off, 1, "depth", "values are nested more than %d deep", maxDepth)
			return
		}
		if last != nil {
			if t = r.step(t, last, true); t == nil {
				return
			}
		}
		last = it.Node()
	}
	at := r.span(last)
	// Arrays carry no place of their own.
	off := skipSpace(r.data, int(last.Raw.Offset+last.Raw.Length))
	if off < len(r.data) && r.data[off] == '=' {
		off = skipSpace(r.data, off+1)
	}
	v := r.value(e.Value(), Span{Off: r.off + off, Len: 1}, depth+n)
	if old := t.field(string(last.Data)); old != nil {
		r.duplicate(string(last.Data), at, old.At)
		return
	}
	t.add(Field{Key: string(last.Data), At: at, Value: v})
}

func (r *tomlReader) value(n *unstable.Node, near Span, depth int) *Node {
	at := near
	if n.Raw.Length > 0 {
		at = r.span(n)
	}
	if depth > maxDepth {
		r.add(at.Off, at.Len, "depth", "values are nested more than %d deep", maxDepth)
		return newScalar(nil, "", at)
	}
	switch n.Kind {
	case unstable.Array:
		list := &Node{Kind: List, Span: at, closed: true}
		for it := n.Children(); it.Next(); {
			if it.Node().Kind != unstable.Comment {
				list.Items = append(list.Items, r.value(it.Node(), at, depth+1))
			}
		}
		return list
	case unstable.InlineTable:
		m := &Node{Kind: Map, Span: at}
		for it := n.Children(); it.Next(); {
			if it.Node().Kind == unstable.KeyValue {
				r.keyValue(m, it.Node(), depth+1)
			}
		}
		closeAll(m)
		return m
	}
	return r.scalar(n, at)
}

// closeAll marks an inline table, and what dotted keys made in it, as complete.
func closeAll(n *Node) {
	n.closed = true
	for _, f := range n.Fields {
		if f.Value.Kind == Map && !f.Value.closed {
			closeAll(f.Value)
		}
	}
}

func (r *tomlReader) scalar(n *unstable.Node, at Span) *Node {
	text := string(n.Data)
	switch n.Kind {
	case unstable.Bool:
		return newScalar(text == "true", text, at)
	case unstable.Integer:
		i, err := strconv.ParseInt(strings.TrimPrefix(text, "+"), 0, 64)
		if err != nil {
			i, err = strconv.ParseInt(strings.ReplaceAll(text, "_", ""), 10, 64)
		}
		if err != nil {
			r.add(at.Off, at.Len, "syntax", "number %s is too large, or none", text)
		}
		return newScalar(int(i), text, at)
	case unstable.Float:
		f, _ := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64)
		return newScalar(f, text, at)
	case unstable.LocalDate, unstable.LocalDateTime, unstable.DateTime:
		t, ok := ParseTime(text, r.loc)
		if !ok {
			r.add(at.Off, at.Len, "syntax", "there is no date %s", text)
			t = time.Time{}
		}
		return newScalar(t, text, at)
	}
	return newScalar(text, text, at) // strings, and times of day
}

// compare has the library read the block in one go: whatever rule of TOML the
// tree's builder does not know is noted here.
func (r *tomlReader) compare(b Block) {
	var into map[string]any
	err := toml.Unmarshal(b.Raw, &into)
	if err == nil {
		return
	}
	off := 0
	var bad *toml.DecodeError
	if errors.As(err, &bad) {
		row, col := bad.Position()
		off = lineCol(b.Raw, 0, row-1, col-1)
		if row > 1 {
			off = startOfLine(b.Raw, row) + col - 1
		}
	}
	r.add(b.RawOff+min(off, len(b.Raw)), 1, "syntax", "%s", strings.TrimPrefix(err.Error(), "toml: "))
}

// startOfLine is the offset of line row, counted from 1 by line feeds.
func startOfLine(src []byte, row int) int {
	off := 0
	for ; row > 1; row-- {
		i := bytes.IndexByte(src[off:], '\n')
		if i < 0 {
			return off
		}
		off += i + 1
	}
	return off
}
