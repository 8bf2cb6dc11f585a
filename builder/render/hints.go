package render

import (
	"html/template"
	"strings"

	"github.com/etagere/etagere/builder/scan"
)

// hint is a file that a client may fetch before the page asks for it.
type hint struct {
	url, as, media, integrity string
	module, cross, high       bool
	// late says that a parser of the page comes upon it late, or never.
	late bool
}

// ahead finds what the first screen of the page needs, the most urgent first:
// style sheets, which keep the page blank; the theme's fonts; the first image
// of the content, which it also gives a high priority; module scripts. Only
// fingerprinted files are announced: others would be asked for twice.
func (fin *finisher) ahead() error {
	limit := fin.r.env.Config.Policy.Hints
	fin.picture()
	if limit == 0 {
		return nil
	}
	known := make(map[string]bool)
	add := func(h hint) {
		if len(fin.hints) < limit && fin.fingerprinted(h.url) && !known[h.url] {
			known[h.url] = true
			fin.hints = append(fin.hints, h)
		}
	}
	var announced []string
	for _, u := range fin.uses {
		if u.Ahead {
			announced = append(announced, u.URL)
		} else if u.Kind == scan.Style && u.Head && !u.Lazy {
			add(hint{url: u.URL, as: "style", integrity: u.Integrity, cross: u.CrossOrigin != "-"})
		}
	}
	if err := fin.fonts(add); err != nil {
		return err
	}
	if i := fin.found.PictureUse; i >= 0 {
		add(hint{url: fin.uses[i].URL, as: "image", cross: fin.uses[i].CrossOrigin != "-", high: true})
	}
	for _, u := range fin.uses {
		if u.Kind == scan.Script && u.Module && !u.Lazy {
			add(hint{url: u.URL, as: "script", module: true, integrity: u.Integrity, late: !u.Head})
		}
	}
	for _, u := range announced {
		known[u] = false // the page says so itself
	}
	for _, h := range fin.hints {
		fin.file.Hints = append(fin.file.Hints, h.header())
		if h.late && known[h.url] {
			fin.inserts = append(fin.inserts, insert{fin.found.Start, "\n" + h.element()})
		}
	}
	return nil
}

// picture gives the first image of the content a high priority.
func (fin *finisher) picture() {
	if fin.found.Picture >= 0 {
		fin.inserts = append(fin.inserts, insert{fin.found.Picture, ` fetchpriority="high"`})
	}
}

// fonts are those that the theme or the site declares.
func (fin *finisher) fonts(add func(hint)) error {
	for i, path := range fin.r.env.Config.Policy.Fonts {
		a, err := fin.r.findAsset(path)
		if err != nil {
			return err
		}
		if a == nil {
			p := fin.r.env.Config.Problem("policy.fonts."+itoa(i), "asset-missing", "there is no asset %q", path).
				WithHint("fonts lie below assets/")
			fin.r.problems = append(fin.r.problems, p)
			continue
		}
		u := fin.r.rel(a.URL)
		add(hint{url: u, as: "font", media: a.Type, cross: true, late: true})
		fin.uses = append(fin.uses, scan.Use{Kind: scan.Font, URL: u, Ahead: true, Lazy: true})
	}
	return nil
}

// header is the hint as the value of a Link header field (RFC 8288 §3).
func (h hint) header() string {
	var b strings.Builder
	b.WriteString("<" + h.url + ">; rel=")
	if h.module {
		b.WriteString("modulepreload")
	} else {
		b.WriteString("preload; as=" + h.as)
	}
	if h.media != "" {
		b.WriteString(`; type="` + h.media + `"`)
	}
	if h.cross && !h.module {
		b.WriteString("; crossorigin")
	}
	if h.integrity != "" {
		b.WriteString(`; integrity="` + h.integrity + `"`)
	}
	if h.high {
		b.WriteString("; fetchpriority=high")
	}
	return b.String()
}

// element is the hint as a <link>.
func (h hint) element() string {
	var b strings.Builder
	attribute := func(name, value string) {
		if value != "" {
			b.WriteString(" " + name + `="` + template.HTMLEscapeString(value) + `"`)
		}
	}
	b.WriteString("<link")
	if h.module {
		attribute("rel", "modulepreload")
	} else {
		attribute("rel", "preload")
		attribute("as", h.as)
	}
	attribute("href", h.url)
	attribute("type", h.media)
	attribute("integrity", h.integrity)
	if h.cross && !h.module {
		b.WriteString(" crossorigin")
	}
	b.WriteString(">")
	return b.String()
}
