package render

import (
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/etagere/etagere/builder/content"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/nearest"
	"github.com/etagere/etagere/builder/markdown"
	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/links"
)

func itoa(n int) string { return strconv.Itoa(n) }

func lastElement(p string) string { return p[strings.LastIndexByte(p, '/')+1:] }

// isExternal reports whether a URL has a scheme or a host of its own.
func isExternal(u string) bool {
	if strings.HasPrefix(u, "//") {
		return true
	}
	i := strings.IndexAny(u, ":/?#")
	return i > 0 && u[i] == ':'
}

// isHTTP reports whether a URL is one that a check can ask for.
func isHTTP(u string) bool {
	return strings.HasPrefix(u, "https://") || strings.HasPrefix(u, "http://")
}

// rel is a URL of the site with the base path in front.
func (r *reader) rel(u string) string {
	if u == "" || isExternal(u) || !strings.HasPrefix(u, "/") {
		return u
	}
	r.fact(factConfig, "base")
	return strings.TrimSuffix(r.env.Config.BasePath(), "/") + u
}

// abs is a URL of the site in full, as far as the site knows where it lives.
func (r *reader) abs(u string) string {
	if u == "" || isExternal(u) {
		return u
	}
	r.fact(factConfig, "base")
	return strings.TrimSuffix(r.env.Config.BaseURL, "/") + "/" + strings.TrimPrefix(u, "/")
}

// lead is where a hole leads.
type lead struct {
	url string
	res links.Resolution
	// at is where the author wrote it; quiet says not to tell of mistakes in it.
	at    Link
	quiet bool
}

// destination is where a link, image or attribute leads in the end. What leads
// nowhere stays as it is and is a problem.
func (f *filler) destination(h *markdown.Hole, dest string) string { return f.lead(h, dest).url }

// lead is destination with all that was found out.
func (f *filler) lead(h *markdown.Hole, dest string) lead {
	if f.page == nil || dest == "" {
		return lead{url: dest, quiet: true}
	}
	r := f.r
	at := f.place(h, dest)
	origin, _, _ := at.Text.Origin(at.Off)
	quiet := f.quiet || f.call != nil && (f.call.again || f.finished(h, dest))
	if f.quiet {
		origin = f.page.Head.Source
	}
	res := r.resolve(f.page, origin, dest)
	if u, ok := r.embedded(h, res); ok {
		// What a bundle keeps back is published for those who show it.
		res.Kind, res.URL = links.Resource, u
	}
	if !quiet {
		f.report(h, at, origin, dest, res)
	}
	if !quiet && res.Kind == links.Page && res.Fragment != "" {
		at.Fragment, at.Page = res.Fragment, res.Page.ID
		r.links = append(r.links, at)
	}
	if !quiet && res.Kind == links.External && isHTTP(res.URL) && !f.ignored(dest) {
		at.URL = res.URL
		r.links = append(r.links, at)
	}
	out := lead{url: dest, res: res, at: at, quiet: quiet}
	if res.Kind != links.None && !strings.HasPrefix(dest, "#") {
		out.url = r.rel(res.Link())
	}
	return out
}

// place is where the author wrote dest: in a shortcode, if it is not found
// there, where that is called.
func (f *filler) place(h *markdown.Hole, dest string) Link {
	if f.call == nil {
		return Link{Text: f.text, Off: h.DestOff, Len: h.DestLen}
	}
	for _, before := range []string{"(", "(<", ""} {
		if off := f.call.call.Find(before, dest); off >= 0 {
			return Link{Text: f.call.text, Off: off, Len: len(dest)}
		}
	}
	return Link{Text: f.call.text, Off: f.call.call.Off, Len: 2}
}

// finished reports whether dest, which went through the template of a shortcode,
// may be an address that was made there and not the author's: HTML has such
// ones, and so has what starts with the base path.
func (f *filler) finished(h *markdown.Hole, dest string) bool {
	f.r.fact(factConfig, "base")
	base := f.r.env.Config.BasePath()
	return h.Kind == markdown.URL || strings.HasPrefix(dest, "#") || base != "/" && strings.HasPrefix(dest, base)
}

// resolve finds out where dest leads and notes the look-up.
func (r *reader) resolve(from *site.Page, origin, dest string) links.Resolution {
	r.fact(factRef, from.ID+"\x00"+origin+"\x00"+dest)
	return r.env.links.Resolve(from, origin, dest)
}

// report tells the author of a destination that leads nowhere, or only just
// somewhere.
func (f *filler) report(h *markdown.Hole, at Link, origin, dest string, res links.Resolution) {
	code, noun := "link-broken", "link"
	if h.Kind == markdown.Image || h.Kind == markdown.URL && h.Attr != "href" {
		code, noun = "image-broken", "image"
		if h.Kind == markdown.URL && h.Element != "img" {
			noun = "file"
		}
	}
	problem := func(code, format string, args ...any) diag.Problem {
		return at.Text.Problem(at.Off, max(1, at.Len), code, format, args...).Warn()
	}
	switch {
	case res.Kind == links.None && f.ignored(dest):
	case res.Kind == links.None && res.Hidden != "":
		f.r.problems = append(f.r.problems, problem("link-hidden", "%s %q leads to a page that is not published: %s", noun, dest, res.Hidden))
	case res.Kind == links.None:
		// What is near depends on every name in the site: Suggest adds it when the
		// problem is shown.
		p := problem(code, "%s %q leads nowhere", noun, dest)
		p.Subject = f.page.ID + "\x00" + origin + "\x00" + dest
		f.r.problems = append(f.r.problems, p)
	case res.Backslash:
		f.r.problems = append(f.r.problems, problem("link-backslash", "%s %q has backslashes, browsers want slashes", noun, dest).
			WithHint("write %q", strings.ReplaceAll(dest, `\`, "/")))
	case res.CaseDiffers:
		f.r.problems = append(f.r.problems, problem("link-case", "%s %q differs in case from the file %q: other systems will not find it", noun, dest, res.Name).
			WithHint("write it as the file is named"))
	}
}

// maxSuggestions is how many links that lead nowhere get a hint with a near
// name. Where there are more, a setting is wrong and not each single link.
const maxSuggestions = 200

// Suggest adds the hints that depend on the whole site. l must be sorted.
func (e *Env) Suggest(l diag.List) {
	done := 0
	for i := range l {
		if l[i].Code == content.CodeUnknown {
			l[i] = e.suggestShortcode(l[i])
			continue
		}
		from, rest, ok := strings.Cut(l[i].Subject, "\x00")
		if !ok {
			continue
		}
		origin, dest, _ := strings.Cut(rest, "\x00")
		near := ""
		if done++; done <= maxSuggestions {
			near = e.links.Nearest(e.Site.ByID(from), origin, dest)
		}
		switch {
		case near != "":
			l[i] = l[i].WithHint("did you mean %q?", near)
		case strings.HasPrefix(dest, "/") && strings.HasSuffix(l[i].Code, "-broken"):
			l[i] = l[i].WithHint("if it lives elsewhere on the host, name its prefix under [links.external] in config.toml")
		}
	}
}

// suggestShortcode adds the name of the shortcode that was probably meant.
func (e *Env) suggestShortcode(p diag.Problem) diag.Problem {
	names := e.Layouts.Named("shortcodes")
	if e.Options.Has(markdown.Hugo) {
		names = append(names, builtins()...)
	}
	slices.Sort(names)
	if near, ok := nearest.Of(p.Subject, names); ok {
		return p.WithHint("did you mean %q?", near)
	}
	return p.WithHint("make layouts/shortcodes/%s.html; to show a call, write {{</* %s */>}}", p.Subject, p.Subject)
}

// ignored reports whether the configuration says not to check dest.
func (f *filler) ignored(dest string) bool {
	f.r.fact(factConfig, "links")
	for _, pattern := range f.r.env.Config.Links.Ignore {
		if ok, _ := doublestar.Match(pattern, dest); ok || pattern == dest {
			return true
		}
	}
	return false
}

// noPage says that a path leads to no page.
type noPage struct {
	path string
	// subject is what Suggest needs.
	subject string
	// hidden is why the page that there would be is not published.
	hidden string
}

func (e *noPage) Error() string {
	if e.hidden != "" {
		return fmt.Sprintf("the page %q is not published: %s", e.path, e.hidden)
	}
	return "there is no page " + strconv.Quote(e.path)
}

// ref is the URL of the page that dest names, as Hugo's ref finds it, in the
// language lang where one is given.
func (r *reader) ref(from *site.Page, dest, lang string, absolute bool) (string, error) {
	path, fragment, _ := strings.Cut(dest, "#")
	target, hidden := r.page(from), ""
	if path != "" {
		if lang != "" {
			r.fact("languages", "")
			l := r.env.Site.Language(lang)
			if l == nil {
				return "", errUsage("there is no language " + strconv.Quote(lang))
			}
			target = r.lookUpPage(l, path)
		} else if target = r.page(from).GetPage(path); target == nil {
			id := from.ID + "\x00" + from.Head.Source + "\x00" + path
			r.fact(factNamed, id)
			res := r.env.links.Named(from, from.Head.Source, path)
			target, hidden = r.page(res.Page), res.Hidden
		}
	}
	if target == nil {
		e := &noPage{path: path, hidden: hidden}
		if hidden == "" {
			e.subject = from.ID + "\x00" + from.Head.Source + "\x00" + path
		}
		return "", e
	}
	u := target.RelPermalink()
	if absolute {
		u = target.Permalink()
	}
	if fragment != "" {
		u += "#" + fragment
	}
	return u, nil
}

// tocOf is the table of contents of a body; attr is the attribute that tells it
// from others on the page.
func (r *reader) tocOf(b *content.Body, attr string) template.HTML {
	var out strings.Builder
	list := r.headings(b)
	if len(list) == 0 {
		return ""
	}
	out.WriteString(`<nav ` + attr + `>`)
	writeTOC(&out, list)
	out.WriteString(`</nav>`)
	return template.HTML(out.String())
}

func writeTOC(b *strings.Builder, list []*Heading) {
	b.WriteString("\n<ul>")
	for _, h := range list {
		b.WriteString("\n<li>")
		if h.ID != "" {
			b.WriteString(`<a href="#` + template.HTMLEscapeString(url.PathEscape(h.ID)) + `">` + string(h.Title) + `</a>`)
		} else {
			b.WriteString(string(h.Title))
		}
		if len(h.Children) > 0 {
			writeTOC(b, h.Children)
		}
		b.WriteString("</li>")
	}
	b.WriteString("\n</ul>\n")
}

// Heading is one entry of a table of contents.
type Heading struct {
	Level    int
	ID       string
	Title    template.HTML
	Text     string
	Children []*Heading
}

// headings are the headings of the configured levels as a tree.
func (r *reader) headings(b *content.Body) []*Heading {
	r.fact(factConfig, "toc")
	from, to := r.env.Config.Markdown.TOCFrom, r.env.Config.Markdown.TOCTo
	root := &Heading{}
	stack := []*Heading{root}
	for _, h := range b.Headings {
		if h.Level < from || h.Level > to {
			continue
		}
		for len(stack) > 1 && stack[len(stack)-1].Level >= h.Level {
			stack = stack[:len(stack)-1]
		}
		n := &Heading{Level: h.Level, ID: h.ID, Title: template.HTML(h.HTML), Text: h.Text}
		top := stack[len(stack)-1]
		top.Children = append(top.Children, n)
		stack = append(stack, n)
	}
	return root.Children
}

// TableOfContents is the page's table of contents as nested lists.
func (p *Page) TableOfContents() (template.HTML, error) {
	b, err := p.body()
	if b == nil {
		return "", err
	}
	return p.r.tocOf(b, `id="TableOfContents"`), nil
}

// Headings is the page's table of contents as data.
func (p *Page) Headings() ([]*Heading, error) {
	b, err := p.body()
	if b == nil {
		return nil, err
	}
	return p.r.headings(b), nil
}

// Ref is the whole URL of the page at opts.path, relative to this page.
func (p *Page) Ref(opts map[string]any) (string, error) { return p.refTo(opts, true) }

// RelRef is Ref without scheme and host.
func (p *Page) RelRef(opts map[string]any) (string, error) { return p.refTo(opts, false) }

func (p *Page) refTo(opts map[string]any, absolute bool) (string, error) {
	path, _ := opts["path"].(string)
	lang, _ := opts["lang"].(string)
	return p.r.ref(p.p, path, lang, absolute)
}
