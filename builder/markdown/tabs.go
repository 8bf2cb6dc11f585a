package markdown

import (
	"strconv"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

var kindTabs = ast.NewNodeKind("Tabs")
var kindTab = ast.NewNodeKind("Tab")

// tabs is a row of tabs; its children are tab nodes. It works without any
// script: each tab is a radio button with its label and its panel.
type tabs struct {
	ast.BaseBlock
	// group says that the tabs are the fences of a code group: their titles
	// are the labels and are not shown again.
	group bool
}

func newTabs(off int) *tabs {
	t := new(tabs)
	t.SetPos(off)
	return t
}

func (t *tabs) Kind() ast.NodeKind { return kindTabs }

func (t *tabs) Dump(source []byte, level int) { ast.DumpHelper(t, source, level, nil, nil) }

// tab is one of tabs. Its label is a boxTitle (setLabel) or else the string label.
type tab struct {
	ast.BaseBlock
	label string
}

func newTab(label string, off int) *tab {
	t := &tab{label: label}
	t.SetPos(off)
	return t
}

func (t *tab) Kind() ast.NodeKind { return kindTab }

func (t *tab) Dump(source []byte, level int) { ast.DumpHelper(t, source, level, nil, nil) }

// setLabel makes a stretch of the source the label, to be parsed as inline content.
func (t *tab) setLabel(seg text.Segment, source []byte) { setBoxTitle(t, seg, source) }

func (t *tabs) pieces(w *writer) {
	w.feature("tabs")
	w.tabs++
	name := "tabs-" + strconv.Itoa(w.tabs)
	w.html("<div class=\"tabs\">\n")
	i := 0
	for n := t.FirstChild(); n != nil; n = n.NextSibling() {
		one, ok := n.(*tab)
		if !ok {
			continue
		}
		i++
		label, _, ok := titleOf(w, one)
		if !ok {
			label = escape(one.label)
		}
		id := name + "-" + strconv.Itoa(i)
		checked := ""
		if i == 1 {
			checked = " checked"
		}
		w.html(`<div class="tab"><input class="tab-input" type="radio" name="` + name + `" id="` + id + `"` + checked +
			`><label class="tab-label" for="` + id + `">` + label + "</label>\n<div class=\"tab-panel\">\n")
		w.children(one)
		w.html("</div></div>\n")
	}
	w.html("</div>\n")
}

// pieces writes a tab that stands outside of tabs: its content alone.
func (t *tab) pieces(w *writer) { w.children(t) }
