package urls

import (
	"path"
	"strings"
)

// Style is how the URLs of a site's pages end.
type Style struct {
	// File makes them end in ".html", else they end in a slash.
	File bool
}

// Close ends a path that is made of names, whose dots mean nothing.
func (s Style) Close(u string) string {
	if s.File {
		return u + ".html"
	}
	return u + "/"
}

// close ends a path that an author wrote, unless it has an ending.
func (s Style) close(p string) string {
	if strings.HasSuffix(p, "/") || isFileExt(path.Ext(p)) {
		return p
	}
	return s.Close(p)
}

// Authored is the URL for a path that an author wrote: in the site if it has a
// leading slash, else below base. It is escaped and closed.
func (s Style) Authored(base, p string) string {
	p = strings.TrimSpace(Unescape(p))
	folder := strings.HasSuffix(p, "/")
	if !strings.HasPrefix(p, "/") {
		p = Unescape(base) + p
	}
	p = path.Clean("/" + p)
	if strings.ContainsFunc(p, unfit) {
		p = strings.Map(fit, p)
	}
	if p != "/" && folder {
		p += "/"
	}
	return EscapePath(s.close(p))
}

// OfFormat is the URL of a format, given that of HTML.
func OfFormat(name, u string) (outURL, media string, ok bool) {
	var inFolder, ext string
	switch name {
	case "html":
		return u, "text/html", true
	case "rss":
		inFolder, ext, media = "index.xml", ".xml", "application/rss+xml"
	case "atom":
		inFolder, ext, media = "atom.xml", ".atom.xml", "application/atom+xml"
	case "json":
		inFolder, ext, media = "feed.json", ".json", "application/feed+json"
	case "markdown":
		inFolder, ext, media = "index.md", ".md", "text/markdown"
	default:
		return "", "", false
	}
	if strings.HasSuffix(u, "/") {
		return u + inFolder, media, true
	}
	if e := path.Ext(u); isFileExt(e) {
		u = strings.TrimSuffix(u, e)
	}
	return u + ext, media, true
}

// isFileExt reports whether ext is an ending of URLs that name a file rather
// than a folder.
func isFileExt(ext string) bool {
	switch strings.ToLower(ext) {
	case ".html", ".htm", ".xhtml", ".xml", ".txt", ".json", ".php", ".asp", ".aspx", ".jsp":
		return true
	}
	return false
}
