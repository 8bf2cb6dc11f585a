package markdown

import (
	"html"
	"strings"
)

// tagAttr is an attribute of a tag or directive and where its value starts.
type tagAttr struct {
	name, value string
	at, width   int
}

// tagAttrs reads name="value" name='value' name=value name, as HTML, JSX and
// Microsoft Learn write them; off is where b starts in the text. Of a JSX
// value {…} it takes what stands between the braces, without quotes.
func tagAttrs(b []byte, off int) []tagAttr {
	var out []tagAttr
	for i := 0; i < len(b); {
		if isBlank(b[i]) || b[i] == ',' || b[i] == '/' {
			i++
			continue
		}
		start := i
		for i < len(b) && !isBlank(b[i]) && b[i] != '=' && b[i] != '/' {
			i++
		}
		a := tagAttr{name: string(b[start:i]), at: off + i}
		k := skipBlanks(b, i)
		if k >= len(b) || b[k] != '=' {
			if a.name != "" {
				out = append(out, a)
			}
			i = max(i, start+1)
			continue
		}
		k = skipBlanks(b, k+1)
		from, to, next := attrValue(b, k)
		a.value, a.at, a.width = html.UnescapeString(string(b[from:to])), off+from, to-from
		out = append(out, a)
		i = max(next, start+1)
	}
	return out
}

// attrValue is where the value at k starts and ends, and where to go on.
func attrValue(b []byte, k int) (from, to, next int) {
	if k >= len(b) {
		return k, k, k
	}
	end := map[byte]string{'"': `"`, '\'': `'`, '{': "}"}[b[k]]
	if end == "" {
		to = k
		for to < len(b) && !isBlank(b[to]) {
			to++
		}
		return k, to, to
	}
	n := strings.Index(string(b[k+1:]), end)
	if n < 0 {
		return k + 1, len(b), len(b)
	}
	from, to = k+1, k+1+n
	next = to + 1
	if b[k] == '{' && to-from >= 2 && strings.IndexByte("\"'`", b[from]) >= 0 && b[to-1] == b[from] {
		from, to = from+1, to-1
	}
	return from, to, next
}

func skipBlanks(b []byte, i int) int {
	for i < len(b) && isBlank(b[i]) {
		i++
	}
	return i
}
