package generate

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"html"
	"strings"
	"time"
)

// SitemapURL is one page of a sitemap; all URLs are whole.
type SitemapURL struct {
	URL     string
	Lastmod time.Time
	// Alternates are the page in all its languages, itself included; empty where
	// there is one language only.
	Alternates []Alternate
}

// Alternate is a page in one language.
type Alternate struct{ Lang, URL string }

// Sitemap is a sitemap (sitemaps.org protocol 0.9) with the languages of each page.
func Sitemap(urls []SitemapURL) []byte {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	b.WriteString(`<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">` + "\n")
	for _, u := range urls {
		b.WriteString("  <url>\n    <loc>" + html.EscapeString(u.URL) + "</loc>\n")
		if !u.Lastmod.IsZero() {
			b.WriteString("    <lastmod>" + u.Lastmod.Format(time.RFC3339) + "</lastmod>\n")
		}
		for _, a := range u.Alternates {
			fmt.Fprintf(&b, `    <xhtml:link rel="alternate" hreflang="%s" href="%s"/>`+"\n", html.EscapeString(a.Lang), html.EscapeString(a.URL))
		}
		b.WriteString("  </url>\n")
	}
	b.WriteString("</urlset>\n")
	return b.Bytes()
}

// Robots is a robots.txt that welcomes everyone and names the sitemap, where
// there is one.
func Robots(sitemap string) []byte {
	s := "User-agent: *\nAllow: /\n"
	if sitemap != "" {
		s += "\nSitemap: " + sitemap + "\n"
	}
	return []byte(s)
}

// Redirect is a page that leads to another URL, for hosts that have no
// redirects. canonical is the whole URL of the place, to its path or URL.
func Redirect(to, canonical string) []byte {
	to, canonical = html.EscapeString(to), html.EscapeString(canonical)
	return []byte("<!doctype html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<title>" + to + "</title>\n" +
		"<link rel=\"canonical\" href=\"" + canonical + "\">\n<meta name=\"robots\" content=\"noindex\">\n" +
		"<meta http-equiv=\"refresh\" content=\"0; url=" + to + "\">\n</head>\n" +
		"<body><p><a href=\"" + to + "\">" + to + "</a></p></body>\n</html>\n")
}

// LLMSection is a group of pages in llms.txt.
type LLMSection struct {
	Title string
	Pages []LLMPage
}

// LLMPage is one page in llms.txt.
type LLMPage struct{ Title, URL, Description string }

// LLMs is llms.txt (llmstxt.org): the site in one page of Markdown.
func LLMs(title, description string, sections []LLMSection) []byte {
	var b strings.Builder
	b.WriteString("# " + line(title) + "\n")
	if description != "" {
		b.WriteString("\n> " + line(description) + "\n")
	}
	for _, s := range sections {
		if len(s.Pages) == 0 {
			continue
		}
		b.WriteString("\n## " + line(s.Title) + "\n\n")
		for _, p := range s.Pages {
			b.WriteString("- [" + strings.NewReplacer("[", `\[`, "]", `\]`).Replace(line(p.Title)) + "](" + p.URL + ")")
			if p.Description != "" {
				b.WriteString(": " + line(p.Description))
			}
			b.WriteByte('\n')
		}
	}
	return []byte(b.String())
}

// line is s on one line.
func line(s string) string { return strings.Join(strings.Fields(s), " ") }
