package policy

import (
	"slices"
	"strconv"
	"strings"
)

// Prefix is where all fingerprinted files lie, from the site's root.
const Prefix = "/_a/"

// Classes are all classes, in the order in which people are shown them.
func Classes() []Class {
	return []Class{Page, Fingerprinted, Asset, Fixed, Feed, Sitemap, NotFound, Redirect}
}

// cacheControl is what each class says without an author's word: DESIGN's
// table. Times are in seconds (RFC 9111 §5.2.2, RFC 5861, RFC 8246).
func cacheControl(c Class) string {
	switch c {
	case Fingerprinted:
		return Immutable
	case Asset:
		return "public, max-age=600, stale-while-revalidate=3600"
	case Feed:
		return "public, max-age=900, stale-while-revalidate=3600, stale-if-error=86400"
	case Sitemap:
		return "public, max-age=3600"
	case Redirect:
		return "max-age=3600"
	}
	return NoCache
}

// Options are an author's changes to the table. The zero value changes nothing.
type Options struct {
	// All are for every answer, Classes for those of one class, over All. A field
	// without a value takes the table's own away.
	All     Headers
	Classes map[Class]Headers
	// Rules are for URLs, over Classes. All that match count, a later one over an
	// earlier one.
	Rules []Rule
	// CSP says what becomes of the Content-Security-Policy; empty means Off.
	CSP Mode
	// ReportOnly is the value of Content-Security-Policy-Report-Only, for Report:
	// it holds what all pages need. Empty while that is not known.
	ReportOnly string
}

// Rule gives the answers at some URLs further header fields, whatever their class.
type Rule struct {
	Match   *Glob
	Headers Headers
}

// Table says with which header fields every URL of a site is answered. The dev
// server, preview, every host's files and bucket metadata are made from one.
// It is read-only.
//
// A host that can tell classes apart sends Class; one that can't finds them by
// URL: all of Fingerprinted lies below Prefix and nothing else does, the files
// of all other classes are listed by the manifest.
type Table struct {
	mode    Mode
	classes map[Class]Headers
	rules   []Rule
}

// New makes the table of a site, and says which of its options hurt.
func New(o Options) (*Table, []Warning) {
	t := &Table{mode: o.CSP, classes: make(map[Class]Headers)}
	all, warnings := judgeAll(o.All)
	for _, c := range Classes() {
		own, more := judge("headers."+string(c), c, o.Classes[c])
		warnings = append(warnings, more...)
		t.classes[c] = NewHeaders(Header{"Cache-Control", cacheControl(c)}).With(security(o)).With(all).With(own)
	}
	for i, r := range o.Rules {
		h, more := judge("rules."+strconv.Itoa(i)+".headers", "", r.Headers)
		warnings = append(warnings, more...)
		t.rules = append(t.rules, Rule{Match: r.Match, Headers: h})
	}
	return t, warnings
}

// Class is what answers of one class say at URLs that no rule matches. For
// Redirect these are the permanent ones, for NotFound those outside Prefix.
func (t *Table) Class(c Class) Headers { return t.classes[c] }

// Rules are the author's rules for URLs, in order: all that match count, a
// later one over an earlier one, and a field without a value is left out.
func (t *Table) Rules() []Rule { return t.rules }

// Shared are the fields that all classes have with the same value: what a host
// can say once for the whole site.
func (t *Table) Shared() Headers {
	var shared Headers
	for _, f := range t.classes[Page] {
		same := func(c Class) bool { return t.classes[c].Get(f.Name) == f.Value }
		if !slices.ContainsFunc(Classes(), func(c Class) bool { return !same(c) }) {
			shared = append(shared, f)
		}
	}
	return shared
}

// Headers are the fields of the usual answer at a URL, escaped and without the
// base path: the 200 of a file, or the 404 that NotFound is for a URL that does
// not exist. Type, length, validator and Vary are not among them; see File.
func (t *Table) Headers(c Class, url string) Headers {
	h := t.classes[c]
	for _, r := range t.rules {
		if r.Match.Match(url) {
			h = h.With(r.Headers)
		}
	}
	if c == NotFound && strings.HasPrefix(url, Prefix) {
		// A name that holds a digest may be published in the next moment.
		h = h.With(Headers{{"Cache-Control", NoStore}})
	}
	return h
}

// File is Headers for a file of the site, with Vary where its coding is
// negotiated.
func (t *Table) File(c Class, url, media string) Headers {
	h := t.Headers(c, url)
	if Compressible(media) {
		h = h.Varied()
	}
	return h
}

// Redirect are the fields of a redirect from a URL with a status: one for good
// (301, 308) may be kept for an hour, any other is asked for again.
func (t *Table) Redirect(status int, url string) Headers {
	h := t.Headers(Redirect, url)
	if status != 301 && status != 308 && h.Get("Cache-Control") == cacheControl(Redirect) {
		h = h.With(Headers{{"Cache-Control", NoCache}})
	}
	return h
}

// Serving is Headers while the author edits: nothing that can change sticks to
// localhost, whatever the table says; all other fields are as in production.
// found is false where the answer stands for a file that is not there.
func (t *Table) Serving(c Class, url string, found bool) Headers {
	return t.Headers(c, url).With(Headers{{"Cache-Control", Serving(c, found)}})
}

// OfPage are fields that a server which knows what one page needs can add to
// its answer: where browsers only report, the page's own policy in place of one
// for all pages. A policy that is enforced stands in the page itself.
func (t *Table) OfPage(needs CSP) Headers {
	if t.mode != Report || needs == nil {
		return nil
	}
	return Headers{{cspReportField, PageCSP(needs).String()}}
}

// Compressible reports whether a media type gains from a content coding, so
// that answers of it are negotiated. Images, fonts and archives are packed
// already, SVG and a few others are not.
func Compressible(media string) bool {
	media, _, _ = strings.Cut(media, ";")
	media = strings.ToLower(strings.TrimSpace(media))
	kind, sub, _ := strings.Cut(media, "/")
	switch {
	case kind == "text", strings.HasSuffix(sub, "+xml"), strings.HasSuffix(sub, "+json"), strings.HasSuffix(sub, "+text"):
		return true
	case kind == "application":
		return fixedApplication[sub] || sub == "rtf" || sub == "vnd.ms-fontobject"
	case kind == "font":
		return sub == "ttf" || sub == "otf" || sub == "sfnt" || sub == "collection"
	}
	return kind == "image" && (sub == "bmp" || sub == "x-icon" || sub == "vnd.microsoft.icon")
}
