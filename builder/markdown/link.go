package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer/html"
)

// link writes a link as a hole.
func (w *writer) link(n *ast.Link) {
	h := w.target(Link, n, n.Destination, n.Title)
	h.Inner = w.inside(n)
	w.hole(h)
}

// image writes an image as a hole.
func (w *writer) image(n *ast.Image) {
	h := w.target(Image, n, n.Destination, n.Title)
	h.Text = w.altOf(n)
	w.hole(h)
}

// target is the hole of a link or image with its places in the source.
func (w *writer) target(kind HoleKind, n ast.Node, dest, title []byte) *Hole {
	h := &Hole{Kind: kind, Dest: unescape(dest), Title: unescape(title), Attrs: attrsOf(n)}
	if w.opts.RefuseHTML && html.IsDangerousURL([]byte(strings.TrimSpace(h.Dest))) {
		h.Dest = "" // javascript: and its like are HTML by another door
	}
	h.Off = posOf(n)
	h.DestOff = h.Off
	off := offsetIn(w.source, dest)
	if off < 0 && len(dest) > 0 {
		// A copy, because the line began inside of a tab: it can't be far.
		window := w.source[h.Off:min(len(w.source), h.Off+4096)]
		if i := bytes.Index(window, dest); i >= 0 {
			off = h.Off + i
		}
	}
	if off >= 0 {
		h.DestOff, h.DestLen = off, len(dest)
	}
	return h
}

// autoLink writes <https://…>, <a@b.c> or a bare URL as a link.
func (w *writer) autoLink(n *ast.AutoLink) {
	label := n.Label(w.source)
	dest := string(n.URL(w.source))
	if n.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(strings.ToLower(dest), "mailto:") {
		dest = "mailto:" + dest
	}
	if w.opts.RefuseHTML && html.IsDangerousURL([]byte(dest)) {
		dest = ""
	}
	h := &Hole{Kind: Link, Dest: dest, Attrs: attrsOf(n)}
	h.DestOff = max(offsetIn(w.source, label), 0)
	h.DestLen = len(label)
	h.Off = h.DestOff
	if h.Off > 0 && w.source[h.Off-1] == '<' {
		h.Off--
	}
	h.Inner = w.capture(func() { w.textAt(label, h.DestOff, true) })
	w.hole(h)
}

// rawInline writes inline HTML; the summary divider among it ends the summary
// with the block that it stands in.
func (w *writer) rawInline(n *ast.RawHTML) {
	r := rawSource(n, w.source)
	if w.depth == 0 && isMore(r.bytes) && !w.opts.RefuseHTML && n.Parent() != nil && n.Parent().Parent() != nil &&
		n.Parent().Parent().Kind() == ast.KindDocument {
		w.more = true
		return
	}
	w.raw(r)
}
