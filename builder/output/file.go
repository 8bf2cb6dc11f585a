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
	// Refs are the URLs of the site that the file needs to be shown, and the
	// fingerprinted ones that it links to, sorted: what must be there before it.
	Refs []string
	// Hints are what a client may fetch ahead, the most urgent first, each as the
	// value of a Link header field (RFC 8288): `</_a/x.css>; rel=preload; as=style`.
	// URLs in them have the base path.
	Hints []string
	// SourceMap is the URL of the file's source map; empty where it has none. It is
	// announced when serving (ECMA-426 §12.1, the field SourceMap).
	SourceMap string
	// Needs is what a Content-Security-Policy must allow for a page; nil where
	// nothing is known, or asked for.
	Needs policy.CSP
}
