package markdown

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// boxKind says how a container is written.
type boxKind int

const (
	// boxAlert is a call-out with a title: an Alert hole.
	boxAlert boxKind = iota
	// boxDetails is a call-out that opens and closes: an Alert hole too.
	boxDetails
	// boxDiv is a <div class=Class>, and nothing but its content where Class is empty.
	boxDiv
)

var kindContainer = ast.NewNodeKind("Container")
var kindBoxTitle = ast.NewNodeKind("BoxTitle")

// container is a block with a type and perhaps a title: an alert, a
// disclosure, a plain box. Its attributes (SetAttributeString) become those of
// the element.
type container struct {
	ast.BaseBlock
	box boxKind
	// class is the type in lower case ("note"); of a boxDiv the class attribute.
	class string
	// open is for boxDetails.
	open bool
	// noTitle leaves the title out. Without it, and without a boxTitle child,
	// the title is the type's name.
	noTitle bool
	// defaultTitle is the title where the author wrote none and the type's name
	// will not do; "" is the type's name with a capital.
	defaultTitle string
}

func newContainer(box boxKind, class string, off int) *container {
	c := &container{box: box, class: class}
	c.SetPos(off)
	return c
}

func (c *container) Kind() ast.NodeKind { return kindContainer }

func (c *container) Dump(source []byte, level int) {
	ast.DumpHelper(c, source, level, map[string]string{"Class": c.class}, nil)
}

// setTitle makes a stretch of the source the title; its Markdown is parsed as
// inline content. A title that is blank is none.
func (c *container) setTitle(seg text.Segment, source []byte) { setBoxTitle(c, seg, source) }

// boxTitle holds the title of a container or the label of a tab. It is the
// first child, so that goldmark parses its line as inline content.
type boxTitle struct{ ast.BaseBlock }

func (t *boxTitle) Kind() ast.NodeKind { return kindBoxTitle }

func (t *boxTitle) Dump(source []byte, level int) { ast.DumpHelper(t, source, level, nil, nil) }

// pieces writes nothing: the parent asks for the title by titleOf.
func (t *boxTitle) pieces(*writer) {}

func setBoxTitle(parent ast.Node, seg text.Segment, source []byte) {
	seg = seg.TrimLeftSpace(source)
	seg = seg.TrimRightSpace(source)
	if seg.Start >= seg.Stop {
		return
	}
	t := new(boxTitle)
	t.SetPos(seg.Start)
	t.Lines().Append(seg)
	if first := parent.FirstChild(); first != nil {
		parent.InsertBefore(parent, first, t)
	} else {
		parent.AppendChild(parent, t)
	}
}

// titleOf is the title of a container or tab as HTML without links and holes,
// and as text; ok is false where it has none.
func titleOf(w *writer, n ast.Node) (html, plain string, ok bool) {
	t, ok := n.FirstChild().(*boxTitle)
	if !ok {
		return "", "", false
	}
	html, plain = w.flat(t)
	return html, plain, true
}

// pieces writes the container.
func (c *container) pieces(w *writer) {
	if c.box == boxDiv {
		c.div(w)
		return
	}
	h := &Hole{Kind: Alert, Off: c.Pos(), DestOff: c.Pos(), Class: c.class, Open: c.open, Attrs: attrsOf(c)}
	if c.box == boxDetails {
		h.Element = "details"
	}
	var ok bool
	if h.HTML, h.Title, ok = titleOf(w, c); !ok && !c.noTitle {
		h.Title = c.defaultTitle
		if h.Title == "" {
			h.Title = capital(c.class)
		}
		h.HTML, h.Text = escape(h.Title), "default"
	}
	w.newLine()
	h.Inner = w.inside(c)
	w.hole(h)
	w.html("\n")
}

func (c *container) div(w *writer) {
	if c.class == "" && len(c.Attributes()) == 0 {
		w.children(c)
		return
	}
	attrs := attrsOf(c)
	if c.class != "" {
		attrs = addClass(attrs, c.class)
	}
	w.html("<div" + attrString(attrs) + ">\n")
	w.children(c)
	w.html("</div>\n")
}

// capital is s with its first letter in upper case.
func capital(s string) string {
	if s == "" {
		return ""
	}
	r := []rune(s)
	return strings.ToUpper(string(r[0])) + string(r[1:])
}

// addClass puts class in front of the classes that attrs have.
func addClass(attrs []Attr, class string) []Attr {
	out := []Attr{{"class", class}}
	for _, a := range attrs {
		if a.Name == "class" {
			out[0].Value += " " + a.Value
		} else {
			out = append(out, a)
		}
	}
	return out
}
