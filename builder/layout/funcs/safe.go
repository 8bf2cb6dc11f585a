package funcs

import "html/template"

// Safe is the namespace "safe".
type Safe struct{}

func safeEntries() []entry {
	s := Safe{}
	return []entry{
		{"safeHTML", []string{"safe.HTML"}, s.HTML, "safeHTML TEXT", "The text is HTML and is printed as it is.", `{{ safeHTML "<b>a</b>" }}`, "<b>a</b>"},
		{"safeHTMLAttr", []string{"safe.HTMLAttr"}, s.HTMLAttr, "safeHTMLAttr TEXT", "The text is an attribute with its value.", `<p {{ safeHTMLAttr "id=\"a\"" }}>`, `<p id="a">`},
		{"safeCSS", []string{"safe.CSS"}, s.CSS, "safeCSS TEXT", "The text is CSS.", `<p style="{{ safeCSS "color: red" }}">`, `<p style="color: red">`},
		{"safeJS", []string{"safe.JS"}, s.JS, "safeJS TEXT", "The text is JavaScript.", `<script>{{ safeJS "go()" }}</script>`, `<script>go()</script>`},
		{"safeJSStr", []string{"safe.JSStr"}, s.JSStr, "safeJSStr TEXT", "The text is the inside of a JavaScript string.", `<script>a = "{{ safeJSStr "\\u00e9" }}"</script>`, `<script>a = "\u00e9"</script>`},
		{"safeURL", []string{"safe.URL"}, s.URL, "safeURL TEXT", "The text is a URL, whatever its scheme.", `<a href="{{ safeURL "irc://a" }}">`, `<a href="irc://a">`},
	}
}

// HTML is safeHTML.
func (Safe) HTML(v any) (template.HTML, error) {
	s, err := toString(v)
	return template.HTML(s), err
}

// HTMLAttr is safeHTMLAttr.
func (Safe) HTMLAttr(v any) (template.HTMLAttr, error) {
	s, err := toString(v)
	return template.HTMLAttr(s), err
}

// CSS is safeCSS.
func (Safe) CSS(v any) (template.CSS, error) {
	s, err := toString(v)
	return template.CSS(s), err
}

// JS is safeJS.
func (Safe) JS(v any) (template.JS, error) {
	s, err := toString(v)
	return template.JS(s), err
}

// JSStr is safeJSStr.
func (Safe) JSStr(v any) (template.JSStr, error) {
	s, err := toString(v)
	return template.JSStr(s), err
}

// URL is safeURL.
func (Safe) URL(v any) (template.URL, error) {
	s, err := toString(v)
	return template.URL(s), err
}
