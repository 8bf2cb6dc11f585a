package markdown

import (
	"strconv"

	east "github.com/yuin/goldmark/extension/ast"
)

// refID is the id of the nth reference to a footnote.
func refID(index, nth int) string {
	if nth == 0 {
		return "fnref:" + strconv.Itoa(index)
	}
	return "fnref" + strconv.Itoa(nth) + ":" + strconv.Itoa(index)
}

func (w *writer) footnoteLink(n *east.FootnoteLink) {
	i := strconv.Itoa(n.Index)
	id := refID(n.Index, n.RefIndex)
	w.ids.put(id, posOf(n))
	w.html(`<sup id="` + id + `"><a href="#fn:` + i + `" class="footnote-ref" role="doc-noteref">` + i + `</a></sup>`)
}

func (w *writer) footnoteBacklink(n *east.FootnoteBacklink) {
	w.html(`&#160;<a href="#` + refID(n.Index, n.RefIndex) + `" class="footnote-backref" role="doc-backlink">&#x21a9;&#xfe0e;</a>`)
}

func (w *writer) footnotes(n *east.FootnoteList) {
	w.feature("footnotes")
	w.html("<div class=\"footnotes\" role=\"doc-endnotes\">\n<hr>\n<ol>\n")
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		f, ok := c.(*east.Footnote)
		if !ok {
			continue
		}
		id := "fn:" + strconv.Itoa(f.Index)
		w.ids.put(id, posOf(f))
		w.html(`<li id="` + id + "\">\n")
		w.children(f)
		w.html("</li>\n")
	}
	w.html("</ol>\n</div>\n")
}
