package render

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
	"github.com/etagere/etagere/builder/scan"
	"github.com/etagere/etagere/builder/site"
)

// finisher completes one page of HTML: it looks at what the layout has printed
// and puts in what follows from that. It changes no other byte.
type finisher struct {
	r    *reader
	page *site.Page
	file *output.File
	mode policy.Mode
	// root is the path of the site, "/docs/"; here the page's own path.
	root, here string

	found *scan.Page
	uses  []scan.Use
	// carried are the embeds that stand on the page.
	carried []config.Embed
	needs   policy.CSP
	hints   []hint
	inserts []insert
}

// insert is a text to put in at an offset.
type insert struct {
	at   int
	text string
}

// finish completes the page in f. Its links ahead, its policy and the parts of
// third parties are added, and what f's manifest entry says of it is filled in.
func (r *reader) finish(f *output.File, p *site.Page, view *Page) error {
	r.fact(factConfig, "policy")
	r.fact(factConfig, "base")
	c := r.env.Config
	root := c.BasePath()
	fin := &finisher{
		r: r, page: p, file: f, mode: policy.Mode(c.Policy.CSP), root: root, here: root + strings.TrimPrefix(f.URL, "/"),
		needs: make(policy.CSP), found: scan.Scan(f.Data, root+strings.TrimPrefix(policy.Prefix, "/")),
	}
	fin.uses = fin.found.Uses
	parts, err := fin.embeds(view)
	if err != nil {
		return err
	}
	if err := fin.ahead(); err != nil {
		return err
	}
	fin.refs()
	if fin.mode != policy.Off {
		fin.policy()
	}
	fin.inserts = append(fin.inserts, parts...)
	f.Data = put(f.Data, fin.inserts)
	return nil
}

// put is page with all texts in it; those for one offset keep their order.
func put(page []byte, inserts []insert) []byte {
	if len(inserts) == 0 {
		return page
	}
	slices.SortStableFunc(inserts, func(a, b insert) int { return a.at - b.at })
	size := len(page)
	for _, in := range inserts {
		size += len(in.text)
	}
	out := make([]byte, 0, size)
	from := 0
	for _, in := range inserts {
		out = append(append(out, page[from:in.at]...), in.text...)
		from = in.at
	}
	return append(out, page[from:]...)
}

// embeds are the parts of third parties that stand at the ends of the head and
// the body, and notes which the page carries.
func (fin *finisher) embeds(view *Page) ([]insert, error) {
	var parts []insert
	for _, e := range fin.r.env.Config.Embed {
		at := -1
		switch e.Slot {
		case slotHead:
			if at = fin.found.HeadEnd; at < 0 {
				at = fin.found.Start
			}
		case slotBody:
			if at = fin.found.BodyEnd; at < 0 {
				at = len(fin.file.Data)
			}
		}
		if at >= 0 {
			text, err := fin.r.embedText(e, view)
			if err != nil {
				return nil, err
			}
			if text != "" {
				parts = append(parts, insert{at, text + "\n"})
				fin.add(scan.Scan([]byte(text), fin.root+strings.TrimPrefix(policy.Prefix, "/")), e.Slot == slotHead)
				fin.carried = append(fin.carried, e)
				continue
			}
		}
		if e.Everywhere || fin.usesOf(e) {
			fin.carried = append(fin.carried, e)
		}
	}
	return parts, nil
}

// add counts what a part holds as the page's.
func (fin *finisher) add(part *scan.Page, head bool) {
	p := fin.found
	for _, u := range part.Uses {
		u.Head = head
		fin.uses = append(slices.Clip(fin.uses), u)
	}
	p.Scripts = append(p.Scripts, part.Scripts...)
	p.Styles = append(p.Styles, part.Styles...)
	p.Handlers = append(p.Handlers, part.Handlers...)
	p.Attributes = append(p.Attributes, part.Attributes...)
}

// usesOf reports whether the page loads something that e allows.
func (fin *finisher) usesOf(e config.Embed) bool {
	for _, u := range fin.uses {
		if !isExternal(u.URL) {
			continue
		}
		for _, s := range e.CSP[string(u.Kind)] {
			if policy.Covers(s, u.URL) {
				return true
			}
		}
	}
	return false
}

// local is the path of a URL that lies on the site's host, base path
// included; ok is false for all others.
func (fin *finisher) local(u string) (path string, ok bool) {
	if isExternal(u) {
		origin := fin.r.env.Config.Origin()
		rest, own := strings.CutPrefix(u, origin+"/")
		if origin == "" || !own {
			return "", false
		}
		u = "/" + rest
	}
	if i := strings.IndexAny(u, "?#"); i >= 0 {
		u = u[:i]
	}
	if strings.HasPrefix(u, "/") && !strings.Contains(u, "/.") {
		return u, true
	}
	base, err := url.Parse(fin.here)
	if err != nil {
		return "", false
	}
	ref, err := base.Parse(u)
	if err != nil {
		return "", false
	}
	return ref.EscapedPath(), true
}

// refs notes the files of the site that must be there before the page.
func (fin *finisher) refs() {
	for _, u := range fin.uses {
		if u.Kind == scan.Form || u.Kind == scan.Base {
			continue
		}
		p, ok := fin.local(u.URL)
		if rest, below := strings.CutPrefix(p, fin.root); ok && below {
			if u.Kind != scan.Link || strings.HasPrefix("/"+rest, policy.Prefix) {
				fin.file.Refs = append(fin.file.Refs, "/"+rest)
			}
		}
	}
	slices.Sort(fin.file.Refs)
	fin.file.Refs = slices.Compact(fin.file.Refs)
}

// fingerprinted reports whether a URL is that of a fingerprinted file.
func (fin *finisher) fingerprinted(u string) bool {
	return strings.HasPrefix(u, fin.root+strings.TrimPrefix(policy.Prefix, "/"))
}

// isHTML reports whether a media type is that of pages.
func isHTML(media string) bool { return strings.HasPrefix(media, "text/html") }

// trimmed is HTML of a template without the blanks around it.
func trimmed(b []byte) string { return string(bytes.TrimSpace(b)) }
