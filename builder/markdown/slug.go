package markdown

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	"golang.org/x/text/unicode/norm"
)

// idTable hands out heading ids. No two headings of a page get the same id,
// nor one that the author gave to something else.
type idTable struct {
	style string
	// offsets are all ids of the page, with the place of their first appearance.
	offsets map[string]int
	// next is the number to try next, by slug, so that a heading that is
	// repeated a thousand times costs as much as any other.
	next map[string]int
	// names are those of offsets that are only <a name>.
	names map[string]bool
}

func newIDTable(style string) *idTable {
	return &idTable{style: style, offsets: map[string]int{}, next: map[string]int{}, names: map[string]bool{}}
}

// put notes an id of the author's.
func (t *idTable) put(id string, off int) {
	id = clean(dropSlots(id))
	if id == "" {
		return
	}
	if old, ok := t.offsets[id]; !ok || off < old {
		t.offsets[id] = off
	}
}

// make is the id of a heading with the given text, which stands at off and
// ends at end. An <a name> in the heading itself may be called the same: both
// lead to the same place.
func (t *idTable) make(text string, off, end int) string {
	slug := Slug(t.style, dropSlots(text))
	if slug == "" {
		slug = "section"
	}
	sep := "-"
	if t.style == "python" {
		sep = "_"
	}
	id := slug
	for n := t.next[slug]; ; n++ {
		if n > 0 {
			id = slug + sep + strconv.Itoa(n)
		}
		at, taken := t.offsets[id]
		if taken && t.names[id] && at >= off && at < end {
			taken = false
		}
		if !taken {
			delete(t.names, id)
			t.next[slug] = n + 1
			t.offsets[id] = off
			return id
		}
	}
}

// collect notes the ids that the author gave, before any is made: those of
// attribute lists and of raw HTML.
func (t *idTable) collect(root ast.Node, source []byte) {
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		if v, ok := n.AttributeString("id"); ok {
			if id, ok := v.([]byte); ok {
				t.put(string(id), max(0, posOf(n)))
			}
		}
		switch n := n.(type) {
		case *ast.RawHTML:
			t.raw(rawSource(n, source))
		case *ast.HTMLBlock:
			t.raw(rawSource(n, source))
		}
		return ast.WalkContinue, nil
	})
}

// raw notes the ids in raw HTML.
func (t *idTable) raw(r rawText) {
	if !bytes.Contains(r.bytes, []byte("id")) && !bytes.Contains(r.bytes, []byte("ID")) && !bytes.Contains(r.bytes, []byte("name")) {
		return
	}
	r.tags(func(tag rawTag) {
		for _, a := range tag.attrs {
			if a.name == "id" || a.name == "name" && tag.name == "a" {
				id := unescapeHTML(a.value)
				if _, old := t.offsets[id]; !old && a.name == "name" {
					t.names[id] = true
				} else if a.name == "id" {
					delete(t.names, id)
				}
				t.put(id, r.offset(a.valueAt))
			}
		}
	})
}

// posOf is the offset of a node, or that of the nearest one around it that has any.
func posOf(n ast.Node) int {
	for ; n != nil; n = n.Parent() {
		if p := n.Pos(); p >= 0 {
			return p
		}
	}
	return 0
}

// Slug is the id that a heading with the given text gets in the given style,
// before it is told apart from others: "github" (also ""), "vitepress",
// "python" or "hugo-ascii". It may be empty.
func Slug(style, text string) string {
	switch style {
	case "vitepress":
		return slugVitePress(text)
	case "python":
		return slugPython(text)
	case "hugo-ascii":
		return toASCII(slugGitHub(norm.NFKD.String(text)))
	}
	return slugGitHub(text)
}

// slugGitHub keeps letters, digits, marks and connectors, turns each space
// into "-", and drops the rest.
func slugGitHub(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '\t' || r == '\n':
			return '-'
		case r == '-' || unicode.In(r, unicode.L, unicode.N, unicode.M, unicode.Pc):
			return r
		}
		return -1
	}, strings.ToLower(strings.TrimSpace(s)))
}

// slugPython is Python-Markdown's: ASCII alone, runs of "-" and spaces are one "-".
func slugPython(s string) string {
	s = strings.ToLower(strings.TrimSpace(strings.Map(func(r rune) rune {
		if isWordByte(r) || r == '-' || unicode.IsSpace(r) {
			return r
		}
		return -1
	}, toASCII(norm.NFKD.String(s)))))
	return joinRuns(s, func(r rune) bool { return r == '-' || unicode.IsSpace(r) })
}

// slugVitePress turns runs of blanks and ASCII punctuation into one "-".
func slugVitePress(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) && r >= 0x300 && r <= 0x36F || unicode.IsControl(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, norm.NFKD.String(s))
	s = strings.Trim(joinRuns(s, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("~`!@#$%^&*()-_+=[]{}|\\;:\"'“”‘’<>,.?/", r)
	}), "-")
	if s != "" && s[0] >= '0' && s[0] <= '9' {
		s = "_" + s
	}
	return norm.NFC.String(strings.ToLower(s))
}

func isWordByte(r rune) bool {
	return r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// toASCII drops everything else.
func toASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 {
			return r
		}
		return -1
	}, s)
}

// joinRuns turns each run of characters that in holds for into one "-".
func joinRuns(s string, in func(rune) bool) string {
	var sb strings.Builder
	run := false
	for _, r := range s {
		if in(r) {
			if !run {
				sb.WriteByte('-')
			}
			run = true
			continue
		}
		run = false
		sb.WriteRune(r)
	}
	return sb.String()
}
