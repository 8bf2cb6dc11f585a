package content

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/frontmatter"
	"github.com/etagere/etagere/builder/internal/nearest"
)

// problem notes a mistake at s. Where values come without a place, in a
// cascade that is being applied, it was noted when the cascade was read.
func (r *headReader) problem(s frontmatter.Span, code, format string, args ...any) {
	if r.doc != nil {
		r.problems = append(r.problems, r.doc.Problem(s, code, format, args...))
	}
}

// wrong notes a value of the wrong type.
func (r *headReader) wrong(f frontmatter.Field, want string) {
	r.problem(f.Value.Span, "frontmatter-type", "%q must be %s, not %s", f.Key, want, f.Value.Kind)
}

// hint adds a hint to the problem just noted.
func (r *headReader) hint(format string, args ...any) {
	if n := len(r.problems); n > 0 && r.doc != nil {
		r.problems[n-1] = r.problems[n-1].WithHint(format, args...)
	}
}

// text reads a text. Numbers and dates stand for what was written; false, as
// in Jekyll's "layout: false", for none.
func (r *headReader) text(f frontmatter.Field, into *string) bool {
	switch v := f.Value; v.Kind {
	case frontmatter.List, frontmatter.Map:
		r.wrong(f, "a text")
		return false
	case frontmatter.Bool:
		if v.Value() == false {
			*into = ""
			return true
		}
		*into = v.Text
	default:
		*into = strings.TrimSpace(v.Text)
	}
	return true
}

func (r *headReader) title(f frontmatter.Field) {
	if f.Value.Kind == frontmatter.Bool {
		r.head.Title, r.head.TitleFrom = f.Value.Text, TitleFrontMatter
		return
	}
	if r.text(f, &r.head.Title) && r.head.Title != "" {
		r.head.TitleFrom = TitleFrontMatter
	}
}

// slug reads a slug. Docusaurus has whole paths there too.
func (r *headReader) slug(f frontmatter.Field) {
	var s string
	if !r.text(f, &s) {
		return
	}
	if r.opts.Docusaurus && strings.HasPrefix(s, "/") {
		if !r.set["url"] && !r.given["url"] {
			r.head.URL = s
		}
		r.head.Slug = "" // the id's, if that came first
		return
	}
	r.head.Slug = s
}

// url reads the place of the page in the site: a path, and no other site's URL.
func (r *headReader) url(f frontmatter.Field) {
	var s string
	if !r.text(f, &s) {
		return
	}
	scheme, _, ok := strings.Cut(s, "://")
	switch {
	case strings.HasPrefix(s, "//") || ok && !strings.ContainsAny(scheme, "/?#"):
		r.problem(f.Value.Span, "frontmatter-value", "%q is no path in the site", clip(s))
		r.hint(`write it without the host: url: "/a/path/"`)
		return
	case strings.ContainsFunc(s, func(c rune) bool { return c == '\\' || unicode.IsControl(c) }):
		r.problem(f.Value.Span, "frontmatter-value", "%q has a character that no URL of ours can have", clip(s))
		return
	}
	r.head.URL = s
}

func (r *headReader) date(f frontmatter.Field, into *time.Time) {
	v := f.Value
	if t, ok := v.Value().(time.Time); ok {
		*into = t
		return
	}
	if v.Kind == frontmatter.List || v.Kind == frontmatter.Map || v.Kind == frontmatter.Bool {
		r.wrong(f, "a date")
		r.hint("write it as 2026-01-31 or 2026-01-31T15:04:05+01:00")
		return
	}
	if v.Text == "" {
		return
	}
	t, ok := frontmatter.ParseTime(v.Text, r.location())
	if !ok {
		r.problem(v.Span, "frontmatter-type", "%q is no date: %q", f.Key, clip(v.Text))
		r.hint("write it as 2026-01-31 or 2026-01-31T15:04:05+01:00")
		return
	}
	*into = t
}

// published reads publishDate, and Jekyll's "published: false".
func (r *headReader) published(f frontmatter.Field) {
	if v, ok := f.Value.Value().(bool); ok && canonical(f.Key) == "published" {
		if !v {
			r.head.Draft = true
			r.set["draft"] = true
		}
		return
	}
	r.date(f, &r.head.PublishDate)
}

func (r *headReader) flag(f frontmatter.Field, into *bool) {
	if b, ok := asBool(f.Value); ok {
		*into = b
		return
	}
	r.wrong(f, "true or false")
}

// asBool reads a boolean, also as YAML 1.1 spells it and as a text.
func asBool(n *frontmatter.Node) (value, ok bool) {
	switch strings.ToLower(n.Text) {
	case "true", "yes", "on":
		return true, n.Kind == frontmatter.Bool || n.Kind == frontmatter.String
	case "false", "no", "off":
		return false, n.Kind == frontmatter.Bool || n.Kind == frontmatter.String
	}
	b, ok := n.Value().(bool)
	return b, ok
}

func (r *headReader) number(f frontmatter.Field, into *int) {
	switch v := f.Value.Value().(type) {
	case int:
		*into = v
		return
	case float64:
		if v == float64(int(v)) {
			*into = int(v)
			return
		}
		*into = int(v)
		r.problem(f.Value.Span, "frontmatter-type", "%q must be a whole number, and %s is read as %d", f.Key, f.Value.Text, *into)
		r.warn()
		return
	case string:
		if n, err := strconv.Atoi(strings.TrimSpace(v)); err == nil {
			*into = n
			r.problem(f.Value.Span, "frontmatter-type", "%q is a number in quotes", f.Key)
			r.warn()
			r.hint("write %d without the quotes", n)
			return
		}
	}
	r.wrong(f, "a whole number")
}

func (r *headReader) warn() {
	if n := len(r.problems); n > 0 && r.doc != nil {
		r.problems[n-1] = r.problems[n-1].Warn()
	}
}

// texts reads a list of texts, or a single one; split takes a single one apart
// at its commas. Empty and repeated ones are left out.
func (r *headReader) texts(f frontmatter.Field, into *[]string, split bool) {
	var list []string
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	v := f.Value
	switch v.Kind {
	case frontmatter.Map:
		r.wrong(f, "a list of texts")
		return
	case frontmatter.List:
		for _, e := range v.Items {
			switch e.Kind {
			case frontmatter.List, frontmatter.Map:
				r.problem(e.Span, "frontmatter-type", "an entry of %q must be a text, not %s", f.Key, e.Kind)
			case frontmatter.Null:
			default:
				add(e.Text)
			}
		}
	default:
		if !split {
			add(v.Text)
			break
		}
		for _, s := range strings.FieldsFunc(v.Text, func(c rune) bool { return c == ',' || c == '，' || c == '、' }) {
			add(s)
		}
	}
	*into = list
}

// terms reads the terms of a taxonomy, or the page's weight in it.
func (r *headReader) terms(plural string, weight bool, f frontmatter.Field) {
	if weight {
		var n int
		r.number(f, &n)
		if r.head.TermWeights == nil {
			r.head.TermWeights = make(map[string]int)
		}
		r.head.TermWeights[plural] = n
		return
	}
	var list []string
	r.texts(f, &list, true)
	if r.head.Terms == nil {
		r.head.Terms = make(map[string][]string)
	}
	r.head.Terms[plural] = list
}

// outputs reads output formats by name.
func (r *headReader) outputs(f frontmatter.Field) {
	var list []string
	r.texts(f, &list, true)
	for _, name := range list {
		name = strings.ToLower(name)
		if !slices.Contains(config.Formats(), name) {
			r.problem(f.Value.Span, "frontmatter-value", "there is no output format %q", clip(name))
			if near, ok := nearest.Of(name, config.Formats()); ok {
				r.hint("did you mean %q?", near)
			} else {
				r.hint("known are %s", strings.Join(config.Formats(), ", "))
			}
			continue
		}
		r.head.Outputs = append(r.head.Outputs, name)
	}
}

// build reads what becomes of the page: build = {list, render, publishResources}.
func (r *headReader) build(f frontmatter.Field) {
	if f.Value.Kind != frontmatter.Map {
		r.wrong(f, "a table with list, render and publishResources")
		return
	}
	for _, e := range f.Value.Fields {
		switch canonical(e.Key) {
		case "list":
			r.choice(e, &r.head.List, "always", "never", "local")
		case "render":
			r.choice(e, &r.head.Render, "always", "never", "link")
		case "publishresources":
			publish := true
			r.flag(e, &publish)
			r.head.NoResources = !publish
		default:
			r.problem(e.At, "frontmatter-key", "%q has no key %q", f.Key, clip(e.Key))
			r.hint("known are list, render and publishResources")
		}
	}
}

// choice reads one of a few words. True is the first of them, false the second.
func (r *headReader) choice(f frontmatter.Field, into *string, words ...string) {
	if b, ok := f.Value.Value().(bool); ok {
		*into = words[1]
		if b {
			*into = words[0]
		}
		return
	}
	if s, ok := f.Value.Value().(string); ok && slices.Contains(words, s) {
		*into = s
		return
	}
	r.problem(f.Value.Span, "frontmatter-value", "%q must be one of %s", f.Key, strings.Join(words, ", "))
}

// clip keeps a message readable whatever stands in the file.
func clip(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
