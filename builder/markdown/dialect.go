package markdown

import (
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/util"
)

// dialectExtensions are the extensions that the dialects of o need. A dialect
// that is off registers nothing, so that it cannot change a page.
func dialectExtensions(o Options) []goldmark.Extender {
	var list []goldmark.Extender
	if o.Has(MSLearn) {
		list = append(list, learn{o.Moniker})
	}
	if o.Has(VitePress) || o.Has(Docusaurus) {
		list = append(list, colons{groups: o.Has(VitePress)})
	}
	if o.Has(Docusaurus) {
		list = append(list, docusaurus{})
	}
	if o.Has(MkDocs) {
		list = append(list, mkdocs{o.RefuseHTML})
	}
	if o.Has(MdBook) {
		list = append(list, mdbook{})
	}
	return list
}

// colons is the extension for ::: containers as VitePress and Docusaurus have them.
type colons struct{ groups bool }

func (e colons) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(parser.WithBlockParsers(util.Prioritized(&boxParser{
		family: ":::", trigger: []byte{':'}, open: e.open, closer: closerOf(':'),
	}, 390)))
}
