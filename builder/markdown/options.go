// Package markdown turns Markdown into HTML with holes.
//
// It is the only package that knows goldmark and chroma. The way through it,
// read downwards:
//
//	bytes ─ Expand (includes) ─► Text ─ Parser.Parse ─► Doc (pieces, headings, ids, problems)
//
// A Doc depends on its text and the Options alone. Whatever needs another file
// (where a link leads, what a shortcode prints) is left as a hole that the
// render package fills.
package markdown

import "github.com/etagere/etagere/builder/internal/digest"

// Dialect names a set of extensions that some tool's documents rely on.
type Dialect string

// The dialects. Each is off unless the site's configuration names it.
const (
	VitePress  Dialect = "vitepress"
	MkDocs     Dialect = "mkdocs"
	MdBook     Dialect = "mdbook"
	Docusaurus Dialect = "docusaurus"
	MSLearn    Dialect = "mslearn"
	Hugo       Dialect = "hugo"
)

// Options are the choices of one set-up. The zero value is plain CommonMark.
type Options struct {
	// Dialects that are on.
	Dialects []Dialect

	// GFM turns on tables, strikethrough by two tildes, task lists and bare URLs.
	GFM bool

	// Extras turns on alerts, footnotes, definition lists, {#id} and attribute
	// lists, fence titles, line marks and highlighting, heading ids.
	Extras bool

	// CJK turns on emphasis beside full-width punctuation and soft line breaks
	// that vanish between two CJK characters.
	CJK bool

	// Typographer makes curly quotes, dashes and ellipses.
	Typographer bool

	// Emoji replaces :shortcodes:.
	Emoji bool

	// Math marks up $…$ and $$…$$, \(…\) and \[…\].
	Math bool

	// RefuseHTML shows raw HTML as text instead of passing it through.
	RefuseHTML bool

	// HardWraps makes every line end a <br>.
	HardWraps bool

	// Slug is how heading ids are made: "github" (also the meaning of ""),
	// "vitepress", "python" (Python-Markdown) or "hugo-ascii".
	Slug string

	// LineNumbers numbers the lines of every code block.
	LineNumbers bool

	// Moniker is the version that the Microsoft Learn dialect shows; "" shows
	// every version with a label.
	Moniker string

	// SummaryWords is how many words Doc.Lead has at most; 0 means 70.
	SummaryWords int
}

// Digest is the identity of the options: part of the key of every Doc.
func (o Options) Digest() digest.Digest {
	h := digest.New().String("markdown 1")
	for _, d := range o.Dialects {
		h.String(string(d))
	}
	for _, b := range []bool{o.GFM, o.Extras, o.CJK, o.Typographer, o.Emoji, o.Math, o.RefuseHTML, o.HardWraps, o.LineNumbers} {
		h.Bool(b)
	}
	return h.String(o.Slug).String(o.Moniker).Int(int64(o.SummaryWords)).Sum()
}

// Has reports whether dialect d is on.
func (o Options) Has(d Dialect) bool {
	for _, e := range o.Dialects {
		if e == d {
			return true
		}
	}
	return false
}
