// Package themes holds the themes that come with the binary.
package themes

import (
	"embed"
	"io/fs"
)

//go:embed all:shelf
var files embed.FS

// FS is a file system with one folder for each built-in theme, named as in
// config.toml: "shelf/layouts/baseof.html". It can't be changed.
func FS() fs.FS { return files }
