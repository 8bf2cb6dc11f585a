// Package policy decides how each class of URL is cached. It is the only place
// that does.
package policy

import "strings"

// Class is what kind of URL a file has, for caching.
type Class string

// The classes.
const (
	// Page: HTML under its own name.
	Page Class = "page"
	// Fingerprinted: a name that holds the digest of the bytes.
	Fingerprinted Class = "fingerprinted"
	// Asset: an image, a font, media or a download with a fixed name.
	Asset Class = "asset"
	// Fixed: every other file with a fixed name.
	Fixed Class = "fixed"
	// Feed: RSS, Atom, JSON Feed.
	Feed Class = "feed"
	// Sitemap: sitemaps and robots.txt.
	Sitemap Class = "sitemap"
	// NotFound: the page for URLs that do not exist.
	NotFound Class = "error"
	// Redirect: a URL that only leads elsewhere.
	Redirect Class = "redirect"
	// Host: a file that the host reads and does not serve, such as _headers. It is
	// in no table.
	Host Class = "host"
)

// OfMedia is the class of a file with a fixed name, by its media type: Asset
// for images, fonts, media and downloads, Page for HTML, Fixed for the rest.
func OfMedia(media string) Class {
	media, _, _ = strings.Cut(media, ";")
	media = strings.TrimSpace(media)
	switch kind, sub, _ := strings.Cut(media, "/"); {
	case media == "text/html" || media == "application/xhtml+xml":
		return Page
	case kind == "image" || kind == "font" || kind == "audio" || kind == "video":
		return Asset
	case kind == "application" && !fixedApplication[sub] && !strings.HasSuffix(sub, "+json") && !strings.HasSuffix(sub, "+xml"):
		return Asset
	}
	return Fixed
}

// fixedApplication are the application/* types that a page loads or reads, and
// whose old bytes would break a new page.
var fixedApplication = map[string]bool{
	"javascript": true, "x-javascript": true, "wasm": true,
	"json": true, "json5": true, "xml": true, "xml-dtd": true, "yaml": true, "toml": true,
}
