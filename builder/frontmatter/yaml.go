package frontmatter

import (
	"bytes"
	"errors"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// yamlReader turns the library's nodes into ours.
type yamlReader struct {
	*sink
	raw   []byte
	off   int
	lines []int // offsets of line starts, by the library's notion of a line

	// The last place looked up: nodes come in the order of the file, so that
	// columns are counted once over each line.
	lastLine, lastCol, lastOff int

	alias   Span // where the alias stands that is being expanded
	active  map[*yaml.Node]bool
	aliased int
	tooMany bool
}

func (s *sink) yaml(b Block) *Node {
	dec := yaml.NewDecoder(bytes.NewReader(b.Raw))
	r := &yamlReader{sink: s, raw: b.Raw, off: b.RawOff, active: make(map[*yaml.Node]bool)}
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if !errors.Is(err, io.EOF) {
			r.syntax(err)
		}
		return nil
	}
	r.lines = yamlLines(b.Raw)
	if len(doc.Content) == 0 {
		return nil
	}
	n := r.node(doc.Content[0], 0)
	var second yaml.Node
	if err := dec.Decode(&second); err == nil {
		at := r.offset(&second)
		s.add(at, 1, "syntax", "a second document begins here").Hint = "only one document can be read: delete the line with dashes"
	} else if !errors.Is(err, io.EOF) {
		r.syntax(err)
	}
	return n
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntax notes what the library could not read. It names a line alone, and
// where a token is out of place the one before it.
func (r *yamlReader) syntax(err error) {
	msg := err.Error()
	lines := yamlLines(r.raw)
	line := 0
	if m := yamlLine.FindStringSubmatch(msg); m != nil {
		msg = msg[len(m[0]):]
		line, _ = strconv.Atoi(m[1])
	}
	line = r.badLine(lines, msg, line)
	start, text := r.lineAt(lines, line)
	indent := len(text) - len(strings.TrimLeft(text, " "))
	p := r.add(r.off+start+indent, len(strings.TrimRight(text[indent:], " \t\r\n")), "syntax", "%s", msg)
	switch {
	case strings.HasPrefix(strings.TrimLeft(text, " "), "\t"):
		p.Hint = "indent by spaces: YAML knows no tabs"
	case strings.Contains(msg, "mapping values are not allowed"):
		p.Hint = `a value with ": " in it must stand in quotes`
	case strings.Contains(msg, "cannot start any token"), strings.Contains(msg, "did not find expected alphabetic"):
		p.Hint = "a value that begins with @, `, %, & or * must stand in quotes"
	case strings.Contains(msg, "could not find expected ':'"):
		p.Hint = `each line is "key: value"; is there a colon and a space?`
	case strings.Contains(msg, "unexpected end of stream"):
		p.Hint = "a quote is not closed"
	case strings.HasPrefix(msg, "did not find expected"):
		p.Hint = "look at the indentation, quotes and brackets here and on the line before"
	}
}

// maxRetries is how many bytes are parsed again and again to find a mistake:
// a few milliseconds' work.
const maxRetries = 1 << 20

// badLine is the line that a mistake is on, from 0. The library names the line
// before it or where the enclosing mapping starts, as the case may be; but what
// stands above the mistake can be read without it, and with it no more.
func (r *yamlReader) badLine(lines []int, msg string, reported int) int {
	for n, spent := len(lines)-1, 0; n >= 0 && spent < maxRetries; n-- {
		spent += lines[n]
		var doc yaml.Node
		if yaml.Unmarshal(r.raw[:lines[n]], &doc) == nil {
			if n < len(lines)-1 || lines[n] < len(r.raw) {
				return n
			}
			break // the mistake is behind the first document
		}
	}
	line := max(0, reported-1)
	if strings.HasPrefix(msg, "did not find expected") {
		line++
	}
	return min(line, len(lines)-1)
}

func (r *yamlReader) lineAt(lines []int, i int) (start int, text string) {
	if i >= len(lines) {
		return len(r.raw), ""
	}
	end := len(r.raw)
	if i+1 < len(lines) {
		end = lines[i+1]
	}
	return lines[i], string(r.raw[lines[i]:end])
}

// yamlLines are the starts of lines as YAML 1.1 has them: NEL, LS and PS end
// lines too.
func yamlLines(raw []byte) []int {
	lines := []int{0}
	for i := 0; i < len(raw); {
		c, size := utf8.DecodeRune(raw[i:])
		i += size
		switch c {
		case '\r':
			if i < len(raw) && raw[i] == '\n' {
				i++
			}
			lines = append(lines, i)
		case '\n', '\u0085', '\u2028', '\u2029':
			lines = append(lines, i)
		}
	}
	return lines
}

// offset is the place of a node in the file.
func (r *yamlReader) offset(n *yaml.Node) int {
	line := n.Line - 1
	if line < 0 || line >= len(r.lines) {
		return r.off
	}
	col, off := 1, r.lines[line]
	if n.Line == r.lastLine && n.Column >= r.lastCol {
		col, off = r.lastCol, r.lastOff
	}
	for ; col < n.Column && off < len(r.raw); col++ {
		_, size := utf8.DecodeRune(r.raw[off:])
		off += size
	}
	r.lastLine, r.lastCol, r.lastOff = n.Line, col, off
	return r.off + off
}

// span is the place of a node: of the alias that brought it, if one did.
func (r *yamlReader) span(n *yaml.Node) Span {
	if len(r.active) > 0 {
		return r.alias
	}
	off := r.offset(n)
	rest := r.src[off:]
	width := 1
	switch {
	case n.Kind == yaml.AliasNode:
		width = 1 + len(n.Value)
	case n.Kind != yaml.ScalarNode:
	case n.Value != "" && bytes.HasPrefix(rest, []byte(n.Value)):
		width = len(n.Value)
	case len(rest) > 1 && (rest[0] == '"' || rest[0] == '\''):
		if i := bytes.IndexByte(rest[1:], rest[0]); i >= 0 {
			width = i + 2
		}
	}
	return Span{Off: off, Len: width}
}

func (r *yamlReader) node(n *yaml.Node, depth int) *Node {
	at := r.span(n)
	if depth > maxDepth {
		r.add(at.Off, at.Len, "depth", "values are nested more than %d deep", maxDepth)
		return newScalar(nil, "", at)
	}
	if len(r.active) > 0 {
		if r.aliased++; r.aliased > maxAliased {
			if !r.tooMany {
				r.tooMany = true
				r.add(at.Off, at.Len, "aliases", "aliases stand for more than %d values", maxAliased)
			}
			return newScalar(nil, "", at)
		}
	}
	switch n.Kind {
	case yaml.AliasNode:
		return r.expand(n, at, depth)
	case yaml.SequenceNode:
		list := &Node{Kind: List, Span: at}
		for _, e := range n.Content {
			if r.tooMany {
				break
			}
			list.Items = append(list.Items, r.node(e, depth+1))
		}
		return list
	case yaml.MappingNode:
		return r.mapping(n, at, depth)
	}
	return r.scalar(n, at)
}

// expand reads what an alias stands for, as if it were written there.
func (r *yamlReader) expand(n *yaml.Node, at Span, depth int) *Node {
	target := n.Alias
	if target == nil || r.active[target] {
		r.add(at.Off, at.Len, "aliases", "alias %q contains itself", "*"+n.Value)
		return newScalar(nil, "", at)
	}
	if len(r.active) == 0 {
		r.alias = at
	}
	r.active[target] = true
	defer delete(r.active, target)
	v := r.node(target, depth)
	v.Span = at
	return v
}

func (r *yamlReader) mapping(n *yaml.Node, at Span, depth int) *Node {
	m := &Node{Kind: Map, Span: at}
	var merges []*yaml.Node
	for i := 0; i+1 < len(n.Content) && !r.tooMany; i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Kind == yaml.ScalarNode && k.ShortTag() == "!!merge" {
			merges = append(merges, v)
			continue
		}
		keyAt := r.span(k)
		value := r.node(v, depth+1)
		name := k
		if k.Kind == yaml.AliasNode && k.Alias != nil {
			name = k.Alias
		}
		if name.Kind != yaml.ScalarNode {
			r.add(keyAt.Off, keyAt.Len, "key", "a key must be a text")
			continue
		}
		if old := m.field(name.Value); old != nil {
			r.duplicate(name.Value, keyAt, old.At)
			continue
		}
		m.add(Field{Key: name.Value, At: keyAt, Value: value})
	}
	for _, v := range merges {
		r.merge(m, v, depth)
	}
	return m
}

// merge adds the entries of a "<<" that the mapping does not have itself.
func (r *yamlReader) merge(m *Node, n *yaml.Node, depth int) {
	v := r.node(n, depth+1)
	sources := []*Node{v}
	if v.Kind == List {
		sources = v.Items
	}
	for _, src := range sources {
		if src.Kind != Map {
			if src.Kind != Null {
				r.add(v.Off, v.Len, "syntax", "only a mapping can be merged, and this is %s", src.Kind)
			}
			continue
		}
		for _, f := range src.Fields {
			if m.field(f.Key) == nil {
				m.add(f)
			}
		}
	}
}

func (r *yamlReader) scalar(n *yaml.Node, at Span) *Node {
	if n.ShortTag() == "!!timestamp" {
		if t, ok := ParseTime(n.Value, r.loc); ok {
			return newScalar(t, n.Value, at)
		}
	}
	var v any
	tag := n.ShortTag()
	if !strings.HasPrefix(tag, "!!") {
		return newScalar(n.Value, n.Value, at) // a tag of some other tool's
	}
	if err := n.Decode(&v); err != nil {
		msg := yamlLine.ReplaceAllString(err.Error(), "")
		r.add(at.Off, at.Len, "syntax", "%s", strings.ReplaceAll(msg, "\n", " "))
		return newScalar(n.Value, n.Value, at)
	}
	switch x := v.(type) {
	case nil, bool, string, float64, time.Time:
	case int:
	case int64:
		v = int(x)
	case uint64:
		v = float64(x)
		if x <= math.MaxInt {
			v = int(x)
		}
	default:
		v = n.Value
	}
	return newScalar(v, n.Value, at)
}
