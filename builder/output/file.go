// Package output holds what a build makes: files, the manifest that lists
// them, the difference of two manifests, and the places that files go to.
package output

import (
	"time"

	"github.com/etagere/etagere/builder/policy"
)

// File is the bytes of one URL.
type File struct {
	// URL is the path from the site's root, escaped once, without the base
	// path: "/guide/", "/_a/main.abcd….css".
	URL string
	// Path is where it lies in the destination, unescaped, with slashes and
	// without a leading one: "guide/index.html".
	Path  string
	Class policy.Class
	// Type is the media type with its parameters: "text/html; charset=utf-8".
	Type string
	Data []byte
	// Modified is when the content last changed, as far as the author's files
	// tell; zero where nothing is known.
	Modified time.Time
	// Refs are the URLs of the site that the file uses to be shown (assets) or
	// links to, sorted.
	Refs []string
}
