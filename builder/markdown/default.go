package markdown

import "strings"

// WriteDefault writes the HTML that a hole has where no template of the site
// takes it. Dest is written as it stands in h: the caller puts the resolved
// URL into a copy. inner is what h.Inner comes to. A Slot and a TOC have no
// default and write nothing.
func WriteDefault(w *strings.Builder, h *Hole, inner string) {
	switch h.Kind {
	case Link:
		w.WriteString(`<a href="` + escape(EscapeURL(h.Dest)) + `"`)
		writeTitle(w, h)
		w.WriteString(attrString(h.Attrs) + ">" + inner + "</a>")
	case Image:
		w.WriteString(`<img src="` + escape(EscapeURL(h.Dest)) + `" alt="` + escape(h.Text) + `"`)
		writeTitle(w, h)
		w.WriteString(attrString(h.Attrs) + ">")
	case HeadingHole:
		name := "h" + string(rune('0'+h.Level))
		w.WriteString("<" + name)
		if h.ID != "" {
			w.WriteString(` id="` + escape(h.ID) + `"`)
		}
		w.WriteString(attrString(h.Attrs) + ">" + inner + "</" + name + ">")
	case CodeBlock:
		w.WriteString(h.HTML)
	case URL:
		if h.HTML != "" && unescapeHTML(h.HTML) == h.Dest {
			w.WriteString(h.HTML) // as the author wrote it
			return
		}
		w.WriteString(strings.ReplaceAll(escape(h.Dest), "'", "&#39;"))
	case RawImage:
		w.WriteString(inner)
	case Alert:
		writeAlert(w, h, inner)
	}
}

func writeTitle(w *strings.Builder, h *Hole) {
	if h.Title != "" {
		w.WriteString(` title="` + escape(h.Title) + `"`)
	}
}

func writeAlert(w *strings.Builder, h *Hole, inner string) {
	title := h.HTML
	if title == "" {
		title = escape(h.Title)
	}
	class := "alert"
	if h.Element == "details" {
		if h.Class != "details" {
			class += " alert-details"
		}
	}
	if h.Class != "" {
		class += " alert-" + h.Class
	}
	attrs := attrString(addClass(h.Attrs, class))
	if h.Element == "details" {
		if h.Open {
			attrs += " open"
		}
		if title == "" {
			title = "Details"
		}
		w.WriteString("<details" + attrs + ">\n<summary>" + title + "</summary>\n" + inner + "</details>")
		return
	}
	w.WriteString("<div" + attrs + " role=\"note\">\n")
	if title != "" {
		w.WriteString("<p class=\"alert-title\">" + title + "</p>\n")
	}
	w.WriteString(inner + "</div>")
}
