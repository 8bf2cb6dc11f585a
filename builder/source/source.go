// Package source finds and reads every input of a site: the site's own folder
// over its theme over what is built in.
package source

import (
	"github.com/etagere/etagere/builder/internal/digest"
)

// Layer says whose file it is. A file of a higher layer hides the same path of
// a lower one, but for the texts below i18n, which all count.
type Layer int

// The layers, the highest first.
const (
	Site Layer = iota
	Theme
	Builtin
)

// File is one input.
type File struct {
	// Path is its place in the tree that a build sees, mounts applied:
	// "content/guide/a.md" (below the content root of Lang), "layouts/baseof.html",
	// "static/robots.txt", "assets/css/main.css", "data/x.toml", "i18n/en.toml".
	Path string
	// Name is the file as the author knows it, relative to the site's root:
	// "docs/guide/a.md", "themes/mine/layouts/baseof.html"; for the theme in the
	// binary "[shelf]/layouts/baseof.html".
	Name string
	// Lang is the language of a content file; empty for all others.
	Lang  string
	Layer Layer
	Size  int64
	// Digest identifies the bytes.
	Digest digest.Digest

	// layer is the index of the file system that the file is in, real its path
	// there with symbolic links resolved, order the rank of its root.
	layer int
	real  string
	order int
}
