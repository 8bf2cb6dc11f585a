package render

import (
	"errors"
	"fmt"
	"html/template"
	"strings"

	"github.com/etagere/etagere/builder/content"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/markdown"
	"github.com/etagere/etagere/builder/site"
)

// ShortcodeContext is what the template of a shortcode sees.
type ShortcodeContext struct {
	call   *content.Shortcode
	text   *markdown.Text
	inner  string
	r      *reader
	page   *site.Page
	parent *ShortcodeContext
	// asked is set once the template asked for what a closing tag would end.
	asked bool
	// again is set where the output is parsed with the page and problems are told then.
	again bool
}

// Name is the shortcode's name.
func (s *ShortcodeContext) Name() string { return s.call.Name }

// Ordinal counts the calls on the same level from 0.
func (s *ShortcodeContext) Ordinal() int { return s.call.Ordinal }

// IsNamedParams reports whether the arguments have names.
func (s *ShortcodeContext) IsNamedParams() bool { return s.call.Named }

// Params are the arguments: a map by name, or a list.
func (s *ShortcodeContext) Params() any {
	if !s.call.Named {
		list := make([]any, len(s.call.Args))
		for i, a := range s.call.Args {
			list[i] = a.Value
		}
		return list
	}
	m := make(map[string]any, len(s.call.Args))
	for _, a := range s.call.Args {
		m[a.Name] = a.Value
	}
	return m
}

// Get is one argument, by name or by number from 0; an empty text where it was
// not given.
func (s *ShortcodeContext) Get(key any) any {
	switch key := key.(type) {
	case int:
		if !s.call.Named && key >= 0 && key < len(s.call.Args) {
			return s.call.Args[key].Value
		}
	case string:
		for _, a := range s.call.Args {
			if s.call.Named && strings.EqualFold(a.Name, key) {
				return a.Value
			}
		}
	}
	return ""
}

// Inner is what stands between the tags, shortcodes in it called.
func (s *ShortcodeContext) Inner() template.HTML { return template.HTML(s.between()) }

// InnerDeindent is Inner without the white space that all its lines begin with.
func (s *ShortcodeContext) InnerDeindent() template.HTML { return template.HTML(deindent(s.between())) }

// between is what stands between the tags. Where a template asks for it and
// there is no closing tag, an author who comes from Hugo forgot that.
func (s *ShortcodeContext) between() string {
	if !s.call.Paired && !s.call.Closed && !s.asked && s.r.env.Options.Has(markdown.Hugo) {
		s.asked = true
		s.r.problems = append(s.r.problems, s.text.Problem(s.call.Off, 2, "shortcode-unclosed", "the shortcode %q has no closing tag", s.call.Name).
			Warn().WithHint("write {{< /%s >}} behind what belongs into it, or {{< %s />}} where nothing does", s.call.Name, s.call.Name))
	}
	return s.inner
}

// Page is the page that calls the shortcode.
func (s *ShortcodeContext) Page() *Page { return s.r.page(s.page) }

// Site is the site in the page's language.
func (s *ShortcodeContext) Site() *Site { return s.r.site(s.page.Lang) }

// Parent is the shortcode around this one, or nil.
func (s *ShortcodeContext) Parent() *ShortcodeContext { return s.parent }

// Position is where the call stands: "file:line".
func (s *ShortcodeContext) Position() string {
	return position(s.text.Origin(s.call.Off))
}

func deindent(s string) string {
	lines := strings.Split(s, "\n")
	least := -1
	for _, l := range lines {
		if strings.TrimSpace(l) == "" {
			continue
		}
		if n := len(l) - len(strings.TrimLeft(l, " \t")); least < 0 || n < least {
			least = n
		}
	}
	for i, l := range lines {
		lines[i] = l[min(len(l), max(0, least)):]
	}
	return strings.Join(lines, "\n")
}

// callShortcode is the output of a call whose output is HTML. Calls in it are
// made first.
func (r *reader) callShortcode(p *site.Page, call *content.Shortcode, text *markdown.Text, parent *ShortcodeContext) string {
	s := &ShortcodeContext{call: call, text: text, r: r, page: p, parent: parent}
	var inner strings.Builder
	for _, in := range call.Inner {
		if in.Call != nil {
			inner.WriteString(r.callShortcode(p, in.Call, text, s))
		} else {
			inner.WriteString(in.Text)
		}
	}
	s.inner = inner.String()
	return r.runShortcode(s)
}

// markdownShortcode is the output of a call whose output is Markdown. Calls of
// the other kind in it become slots, so that their HTML is not parsed.
func (r *reader) markdownShortcode(p *site.Page, call *content.Shortcode, text *markdown.Text, slot func(*content.Shortcode) string) (string, diag.List) {
	if r.in == nil {
		defer r.begin()()
	}
	before := len(r.problems)
	out := r.markdownCall(p, call, text, slot, nil)
	problems := append(diag.List(nil), r.problems[before:]...)
	r.problems = r.problems[:before]
	return out, problems
}

func (r *reader) markdownCall(p *site.Page, call *content.Shortcode, text *markdown.Text, slot func(*content.Shortcode) string, parent *ShortcodeContext) string {
	s := &ShortcodeContext{call: call, text: text, r: r, page: p, parent: parent, again: true}
	var inner strings.Builder
	for _, in := range call.Inner {
		switch {
		case in.Call == nil:
			inner.WriteString(in.Text)
		case in.Call.Markdown:
			inner.WriteString(r.markdownCall(p, in.Call, text, slot, s))
		default:
			inner.WriteString(slot(in.Call))
		}
	}
	s.inner = inner.String()
	return r.runShortcode(s)
}

// runShortcode executes the template of a call, or the built-in one.
func (r *reader) runShortcode(s *ShortcodeContext) string {
	if r.doomed() {
		return ""
	}
	c, ok := r.shortcode(s.call.Name)
	around := r.call
	r.call = s
	defer func() { r.call = around }()
	switch {
	case !ok:
		return ""
	case c.Path == "":
		out, err := r.env.builtin(s.call.Name)(s)
		if err != nil {
			p := s.text.Problem(s.call.Off, 2, "shortcode", "%s: %v", s.call.Name, err)
			if missing, ok := errors.AsType[*noPage](err); ok {
				p.Subject = missing.subject
			}
			r.problems = append(r.problems, p)
		}
		return out
	}
	var out strings.Builder
	if err := r.execute(&out, c, s); err != nil {
		r.mistake(err, s.page)
		return ""
	}
	// Editors end files with a line feed; a call amid a sentence wants none.
	return strings.TrimSuffix(out.String(), "\n")
}

// builtins are the names of the shortcodes that need no template.
func builtins() []string {
	return []string{"details", "figure", "highlight", "param", "ref", "relref"}
}

// builtin is the shortcode of that name that needs no template; the dialect
// "hugo" turns them on.
func (e *Env) builtin(name string) func(*ShortcodeContext) (string, error) {
	if !e.Options.Has(markdown.Hugo) {
		return nil
	}
	switch name {
	case "ref":
		return func(s *ShortcodeContext) (string, error) { return s.ref(true) }
	case "relref":
		return func(s *ShortcodeContext) (string, error) { return s.ref(false) }
	case "figure":
		return figure
	case "highlight":
		return highlightCode
	case "details":
		return details
	case "param":
		return param
	}
	return nil
}

// text is argument name, or the positional one at index, as text.
func (s *ShortcodeContext) arg(name string, index int) string {
	v := s.Get(name)
	if !s.call.Named {
		v = s.Get(index)
	}
	if v == "" {
		return ""
	}
	return fmt.Sprint(v)
}

func (s *ShortcodeContext) ref(absolute bool) (string, error) {
	dest := s.arg("path", 0)
	if dest == "" {
		return "", errUsage("want the path of a page")
	}
	return s.r.ref(s.page, dest, s.arg("lang", 1), absolute)
}

func figure(s *ShortcodeContext) (string, error) {
	src := s.arg("src", 0)
	if src == "" {
		return "", errUsage("want src, the image")
	}
	f := &filler{r: s.r, page: s.page, text: s.text}
	dest := func(kind markdown.HoleKind, dest string) string {
		return f.destination(&markdown.Hole{Kind: kind, Off: s.call.Off, DestOff: s.call.Off}, dest)
	}
	var given []markdown.Attr
	for _, name := range []string{"width", "height", "loading"} {
		if v := s.arg(name, -1); v != "" {
			given = append(given, markdown.Attr{Name: name, Value: v})
		}
	}
	to := f.lead(&markdown.Hole{Kind: markdown.Image, Off: s.call.Off, DestOff: s.call.Off}, src)
	pic := f.picture(to, given, false)
	img := pic.before + "<img" + attribute("src", to.url) + attribute("alt", s.arg("alt", 1))
	for _, a := range append(given, pic.attrs...) {
		img += attribute(a.Name, a.Value)
	}
	img += ">" + pic.after
	if link := s.arg("link", -1); link != "" {
		img = "<a" + attribute("href", dest(markdown.Link, link)) + s.attributes("target", "rel") + ">" + img + "</a>"
	}
	title, caption, attr := s.arg("title", -1), s.arg("caption", -1), s.arg("attr", -1)
	if title+caption+attr == "" {
		return "<figure" + s.attributes("class", "id") + ">" + img + "</figure>", nil
	}
	var b strings.Builder
	b.WriteString("<figure" + s.attributes("class", "id") + ">" + img + "<figcaption>")
	if title != "" {
		b.WriteString("<h4>" + template.HTMLEscapeString(title) + "</h4>")
	}
	text, err := s.r.inline(s.page, caption)
	credit, err2 := s.r.inline(s.page, attr)
	if to := s.arg("attrlink", -1); to != "" && attr != "" {
		credit = template.HTML("<a"+attribute("href", dest(markdown.Link, to))+">") + credit + "</a>"
	}
	if both := strings.TrimSpace(string(text + " " + credit)); both != "" {
		b.WriteString("<p>" + both + "</p>")
	}
	b.WriteString("</figcaption></figure>")
	return b.String(), errors.Join(err, err2)
}

// attributes are those arguments of the names that were given, as HTML.
func (s *ShortcodeContext) attributes(names ...string) string {
	out := ""
	for _, name := range names {
		if v := s.arg(name, -1); v != "" {
			out += attribute(name, v)
		}
	}
	return out
}

func attribute(name, value string) string {
	return " " + name + `="` + template.HTMLEscapeString(value) + `"`
}

func highlightCode(s *ShortcodeContext) (string, error) {
	return markdown.Highlight(strings.Trim(s.between(), "\r\n"), s.arg("lang", 0), s.arg("options", 1)), nil
}

func details(s *ShortcodeContext) (string, error) {
	title := s.arg("summary", 0)
	if title == "" {
		title = "Details"
	}
	summary, err := s.r.inline(s.page, title)
	html, err2 := s.r.markdown(s.page, s.between())
	open := ""
	if v := s.arg("open", -1); v != "" && v != "false" {
		open = " open"
	}
	return "<details" + s.attributes("class", "name", "title") + open + "><summary>" + strings.TrimSpace(string(summary)) + "</summary>\n" + string(html) + "</details>", errors.Join(err, err2)
}

func param(s *ShortcodeContext) (string, error) {
	name := s.arg("name", 0)
	v := s.Page().Param(name)
	if v == nil {
		return "", fmt.Errorf("there is no parameter %q on the page or the site", name)
	}
	return template.HTMLEscapeString(fmt.Sprint(v)), nil
}
