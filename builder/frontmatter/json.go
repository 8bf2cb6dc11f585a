package frontmatter

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
)

// jsonReader walks the tokens of one block.
type jsonReader struct {
	*sink
	dec *json.Decoder
	raw []byte
	off int
}

func (s *sink) json(b Block) *Node {
	if len(bytes.TrimSpace(b.Raw)) == 0 {
		return nil
	}
	r := &jsonReader{sink: s, dec: json.NewDecoder(bytes.NewReader(b.Raw)), raw: b.Raw, off: b.RawOff}
	r.dec.UseNumber()
	tok, at, ok := r.token()
	if !ok {
		return nil
	}
	n, ok := r.value(tok, at, 0)
	if !ok {
		return n
	}
	if rest := skipSpace(b.Raw, int(r.dec.InputOffset())); rest < len(b.Raw) {
		s.add(b.RawOff+rest, 1, "syntax", "there is more after the end of the data")
	}
	return n
}

// token reads the next token and says where it starts. False is the end of
// reading; the mistake has been noted then.
func (r *jsonReader) token() (json.Token, Span, bool) {
	before := int(r.dec.InputOffset())
	tok, err := r.dec.Token()
	if err != nil {
		off := r.start(before)
		var syntax *json.SyntaxError
		msg := strings.TrimPrefix(err.Error(), "json: ")
		switch {
		case errors.As(err, &syntax):
			// Offset counts the bytes read, the wrong one included.
			off = max(off, min(int(syntax.Offset)-1, len(r.raw)-1))
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			off, msg = len(r.raw), "the data ends too early"
		}
		p := r.add(r.off+off, 1, "syntax", "%s", msg)
		if off < len(r.raw) && (r.raw[off] == '}' || r.raw[off] == ']') {
			p.Hint = "a comma stands before it, or a value is missing"
		}
		return nil, Span{}, false
	}
	start := r.start(before)
	return tok, Span{Off: r.off + start, Len: int(r.dec.InputOffset()) - start}, true
}

// start is where the token begins that follows off: behind white space and the
// separators that the decoder swallows.
func (r *jsonReader) start(off int) int {
	for off < len(r.raw) && strings.IndexByte(" \t\r\n,:", r.raw[off]) >= 0 {
		off++
	}
	return off
}

func (r *jsonReader) value(tok json.Token, at Span, depth int) (*Node, bool) {
	switch v := tok.(type) {
	case json.Delim:
		if depth == maxDepth {
			r.add(at.Off, at.Len, "depth", "values are nested more than %d deep", maxDepth)
			return nil, false
		}
		if v == '{' {
			return r.object(at, depth)
		}
		return r.array(at, depth)
	case json.Number:
		return newScalar(number(v.String()), v.String(), at), true
	case string:
		return newScalar(v, v, at), true
	case bool:
		return newScalar(v, strconv.FormatBool(v), at), true
	}
	return newScalar(nil, "null", at), true
}

func (r *jsonReader) object(at Span, depth int) (*Node, bool) {
	n := &Node{Kind: Map, Span: at}
	for {
		tok, keyAt, ok := r.token()
		if !ok {
			return n, false
		}
		key, isKey := tok.(string)
		if !isKey {
			return n, true // the closing brace: keys are strings, or Token has failed
		}
		tok, valueAt, ok := r.token()
		if !ok {
			return n, false
		}
		v, ok := r.value(tok, valueAt, depth+1)
		if v != nil {
			if old := n.field(key); old != nil {
				r.duplicate(key, keyAt, old.At)
			} else {
				n.add(Field{Key: key, At: keyAt, Value: v})
			}
		}
		if !ok {
			return n, false
		}
	}
}

func (r *jsonReader) array(at Span, depth int) (*Node, bool) {
	n := &Node{Kind: List, Span: at}
	for {
		tok, itemAt, ok := r.token()
		if !ok {
			return n, false
		}
		if tok == json.Delim(']') {
			return n, true
		}
		v, ok := r.value(tok, itemAt, depth+1)
		if v != nil {
			n.Items = append(n.Items, v)
		}
		if !ok {
			return n, false
		}
	}
}

// number is a JSON number as an int, or a float64 where no int holds it.
func number(s string) any {
	if i, err := strconv.Atoi(s); err == nil {
		return i
	}
	f, _ := strconv.ParseFloat(s, 64) // out of range: ±Inf, which is as near as it gets
	return f
}

// csv reads rows of any length each.
func (s *sink) csv(b Block) *Node {
	root := &Node{Kind: List, Span: Span{Off: b.RawOff}}
	r := csv.NewReader(bytes.NewReader(b.Raw))
	r.FieldsPerRecord = -1
	for {
		before := int(r.InputOffset())
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return root
		}
		if err != nil {
			off := before
			if bad := (*csv.ParseError)(nil); errors.As(err, &bad) {
				off = lineCol(b.Raw, before, bad.Line-bad.StartLine, bad.Column-1)
				err = bad.Err
			}
			s.add(b.RawOff+off, 1, "syntax", "%s", err.Error())
			return root
		}
		row := &Node{Kind: List, Span: Span{Off: b.RawOff + before}}
		for _, text := range record {
			row.Items = append(row.Items, newScalar(text, text, row.Span))
		}
		root.Items = append(root.Items, row)
	}
}

// lineCol is the offset of byte col of the line that is lines below off. Blank
// lines at off do not count: the reader skips them.
func lineCol(src []byte, off, lines, col int) int {
	for off < len(src) && (src[off] == '\n' || src[off] == '\r') {
		off++
	}
	for ; lines > 0 && off < len(src); lines-- {
		_, off = nextLine(src, off)
	}
	return min(off+max(0, col), len(src))
}
