package policy

import "strings"

// about says what belongs to each class.
var about = map[Class]string{
	Page:          "HTML under its own name",
	Fingerprinted: "a name below " + Prefix + " that holds the digest of the bytes",
	Asset:         "images, fonts, media and downloads with a fixed name",
	Fixed:         "all else with a fixed name: CSS, JavaScript, JSON, text",
	Feed:          "RSS, Atom, JSON Feed",
	Sitemap:       "sitemap.xml, robots.txt",
	NotFound:      "the page for what does not exist",
	Redirect:      "a URL that leads elsewhere",
}

// Markdown is the table as the manual shows it.
func Markdown() string {
	t, _ := New(Options{})
	cache := func(h Headers) string { return "`" + h.Get("Cache-Control") + "`" }
	var b strings.Builder
	b.WriteString("| class | what | Cache-Control | while serving |\n|---|---|---|---|\n")
	for _, c := range Classes() {
		says := cache(t.Class(c))
		switch c {
		case NotFound:
			says += ", below " + Prefix + " " + cache(t.Headers(c, Prefix))
		case Redirect:
			says += " for 301 and 308, else " + cache(t.Redirect(302, "/"))
		}
		b.WriteString("| `" + string(c) + "` | " + about[c] + " | " + says + " | " + cache(t.Serving(c, "/", true)) + " |\n")
	}
	return b.String()
}
