package config

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/etagere/etagere/builder/policy"
)

// Policy is what answers say beside their content. The table that these keys
// change is in the manual, on the page about caching and security.
type Policy struct {
	// What becomes of the Content-Security-Policy. "strict": each page carries a
	// policy computed from what is on it. "report-only": browsers report what it
	// would forbid, and forbid nothing. "off": there is none. The theme shelf
	// says "strict". Default: "report-only".
	CSP string `toml:"csp"`
	// Files that a page announces to the browser ahead of their use, at the most; 0 for none. Default: 6.
	Hints int `toml:"hints"`
	// Fonts, below assets/, that the first screen of every page needs. They are preloaded.
	Fonts []string `toml:"fonts"`
	// Header fields by class of URL (page, fingerprinted, asset, fixed, feed,
	// sitemap, error, redirect; all for every one), over the table's own:
	// [policy.headers.page] with Cache-Control = "max-age=60". An empty text takes a field away.
	Headers map[string]map[string]string `toml:"headers"`
	// Header fields by URL, over those of the classes.
	Rules []PolicyRule `toml:"rules"`
}

// PolicyRule gives the answers at some URLs further header fields.
type PolicyRule struct {
	// The path below base_url, from its slash on: "/downloads/**". * is anything but a slash,
	// ** any number of path elements, {a,b} one of several.
	Match string `toml:"match"`
	// The fields; an empty text takes one away. Of several rules that match a later one counts more.
	Headers map[string]string `toml:"headers"`
}

// Embed is something of a third party's that pages carry: its place in the
// layout, and what the Content-Security-Policy must allow for it.
type Embed struct {
	// What messages call it.
	Name string `toml:"name"`
	// The place where html or partial is put: "head" and "body-end" exist on every page,
	// others are what the theme's layouts offer with the function slot; shelf has "after-content".
	// Default: "head".
	Slot string `toml:"slot"`
	// The HTML to put there.
	HTML string `toml:"html"`
	// The partial to put there instead; it gets the page.
	Partial string `toml:"partial"`
	// The sources it needs, by kind (script, style, img, font, connect, media, frame, worker, form):
	// csp.script = ["https://plausible.io"]. They are allowed on pages that carry it, or use one of them.
	CSP map[string][]string `toml:"csp"`
	// Allow the sources on every page, for what no HTML shows: what scripts of your own fetch.
	Everywhere bool `toml:"everywhere"`
}

// SourceKinds are the kinds of sources that an embed can have: directives of
// a Content-Security-Policy without "-src".
func SourceKinds() []string {
	return []string{"script", "style", "img", "font", "connect", "media", "frame", "worker", "form"}
}

func (v *validator) policy() {
	p := &v.Policy
	if !v.word("policy.csp", "mode of csp", p.CSP, []string{string(policy.Strict), string(policy.Report), string(policy.Off)}) {
		p.CSP = v.def.Policy.CSP
	}
	if p.Hints < 0 {
		v.bad("policy.hints", "0 announces nothing", "policy.hints is %d and must be 0 or more", p.Hints)
		p.Hints = v.def.Policy.Hints
	}
	classes := []string{"all"}
	for _, c := range policy.Classes() {
		classes = append(classes, string(c))
	}
	for _, class := range sorted(p.Headers) {
		at := "policy.headers." + class
		if !v.word(at, "class", class, classes) {
			delete(p.Headers, class)
			continue
		}
		v.headerFields(at, p.Headers[class])
	}
	for i := range p.Rules {
		r := &p.Rules[i]
		at := "policy.rules." + strconv.Itoa(i)
		v.headerFields(at+".headers", r.Headers)
		if _, err := policy.ParseGlob(r.Match); err != nil {
			v.bad(at+".match", `write a path below base_url such as "/downloads/**"`, "pattern %q cannot be read: %v", clip(r.Match), err)
			r.Match, r.Headers = "/", nil // it stays in its place, and says nothing
		}
	}
	for i, f := range p.Fonts {
		if !inside(f) {
			v.bad("policy.fonts."+strconv.Itoa(i), `write its path below assets/: "fonts/text.woff2"`, "%q is no path below assets/", clip(f))
		}
	}
	p.Fonts = slices.DeleteFunc(p.Fonts, func(f string) bool { return !inside(f) })
}

// A field's name is a token (RFC 9110 §5.6.2), its value has no line end (§5.5).
var (
	fieldName  = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")
	fieldValue = regexp.MustCompile(`^[\x21-\x7e]([\t\x20-\x7e]*[\x21-\x7e])?$`)
)

// headerFields drops the fields that no response can have.
func (v *validator) headerFields(at string, fields map[string]string) {
	for _, name := range sorted(fields) {
		value := fields[name]
		switch {
		case !fieldName.MatchString(name):
			v.bad(at+"."+name, "", "%q is no name of a header field", clip(name))
		case value != "" && !fieldValue.MatchString(value):
			v.bad(at+"."+name, "a value is one line of ASCII without blanks around it", "%q is no value of a header field", clip(value))
		default:
			continue
		}
		delete(fields, name)
	}
}

func (v *validator) embeds() {
	seen := make(map[string]bool)
	var kept []Embed
	for i, e := range v.Embed {
		at := "embed." + strconv.Itoa(i)
		if e.Slot == "" {
			e.Slot = "head"
		}
		switch {
		case e.Name == "":
			v.bad(at, "", "an [[embed]] has no name")
		case seen[e.Name]:
			v.bad(at+".name", "", "there are two [[embed]] called %q", clip(e.Name))
		case e.HTML != "" && e.Partial != "":
			v.bad(at+".partial", "", "embed %q has html and a partial: one of them can stand in its slot", clip(e.Name))
		case e.Partial != "" && path.Clean(e.Partial) != e.Partial:
			v.bad(at+".partial", `write its path below layouts/partials/: "comments.html"`, "%q is no name of a partial", clip(e.Partial))
		default:
			v.sources(at+".csp", e.CSP)
			kept = append(kept, e)
		}
		seen[e.Name] = true
	}
	v.Embed = kept
}

// sources drops what a Content-Security-Policy cannot say, and what would
// undo it.
func (v *validator) sources(at string, csp map[string][]string) {
	for _, kind := range sorted(csp) {
		if !v.word(at+"."+kind, "kind of source", kind, SourceKinds()) {
			delete(csp, kind)
			continue
		}
		var kept []string
		for i, s := range csp[kind] {
			if hint := badSource(s); hint != "" {
				v.bad(at+"."+kind+"."+strconv.Itoa(i), hint, "%q is no source", clip(s))
				continue
			}
			kept = append(kept, s)
		}
		csp[kind] = kept
	}
}

var hostSource = regexp.MustCompile(`^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::(?:[0-9]+|\*))?$`)

// badSource says what to write in place of a source; "" for a good one:
// a scheme, a host with or without scheme and path, or a keyword in quotes
// (CSP3 §2.3.1).
func badSource(s string) string {
	const hint = `write an origin such as "https://plausible.io"`
	switch s {
	case "https:", "data:", "blob:", "'unsafe-eval'", "'wasm-unsafe-eval'", "'unsafe-inline'", "'strict-dynamic'", "'self'":
		return ""
	}
	scheme, rest, found := strings.Cut(s, "://")
	if !found {
		rest = s
	} else if scheme != "https" && scheme != "http" && scheme != "wss" && scheme != "ws" {
		return hint
	}
	host, _, _ := strings.Cut(rest, "/")
	if !hostSource.MatchString(host) || strings.ContainsAny(s, "; ,'\"") {
		return hint
	}
	if _, err := url.Parse(strings.ReplaceAll(s, "*", "x")); err != nil && found {
		return hint
	}
	return ""
}
