package policy

import (
	"maps"
	"slices"
	"strings"
)

// Mode says what becomes of a site's Content-Security-Policy.
type Mode string

// The modes.
const (
	// Strict: each page carries its own policy in a <meta> element, computed from
	// what is on it; the header has what all share.
	Strict Mode = "strict"
	// Report: browsers only report. One header has what all pages need.
	Report Mode = "report-only"
	// Off: nothing is computed.
	Off Mode = "off"
)

// The header field of a policy, and of one that only reports (CSP3 §3).
const (
	cspField       = "Content-Security-Policy"
	cspReportField = "Content-Security-Policy-Report-Only"
)

// security are the fields that every answer has for the sake of its reader:
// types are not guessed, other sites learn the origin only, and no other site
// frames a page. What frames a page can only be said in the header (CSP3 §6.4.2).
func security(o Options) Headers {
	csp := CSP{"frame-ancestors": {"'self'"}}
	if o.CSP == Strict {
		csp["base-uri"] = []string{"'self'"}
	}
	h := []Header{
		{"X-Content-Type-Options", "nosniff"},
		{"Referrer-Policy", "strict-origin-when-cross-origin"},
		{cspField, csp.String()},
	}
	if o.CSP == Report && o.ReportOnly != "" {
		h = append(h, Header{cspReportField, o.ReportOnly})
	}
	return NewHeaders(h...)
}

// CSP is a Content-Security-Policy: sources by directive, sorted.
type CSP map[string][]string

// directiveOrder is the order in which people read directives; others follow.
var directiveOrder = []string{"default-src", "script-src", "script-src-attr", "style-src", "style-src-attr", "img-src", "font-src", "connect-src", "media-src", "frame-src", "worker-src", "manifest-src", "object-src", "base-uri", "form-action", "frame-ancestors"}

// Add allows further sources for a directive. 'none' goes once there is another.
func (p CSP) Add(directive string, sources ...string) {
	list := p[directive]
	for _, s := range sources {
		if i, found := slices.BinarySearch(list, s); !found {
			list = slices.Insert(slices.Clone(list), i, s)
		}
	}
	if len(list) > 1 {
		list = slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == "'none'" })
	}
	p[directive] = list
}

// Union adds all that q allows.
func (p CSP) Union(q CSP) {
	for _, d := range slices.Sorted(maps.Keys(q)) {
		p.Add(d, q[d]...)
	}
}

// Directive is the name of the directive for a kind of source: "script" has
// "script-src", "form" has "form-action".
func Directive(kind string) string {
	switch kind {
	case "form":
		return "form-action"
	case "base":
		return "base-uri"
	}
	return kind + "-src"
}

// PageCSP is the policy of a page. Everything may come from the site itself,
// images from data: URLs too, plugins from nowhere; needs adds to that.
func PageCSP(needs CSP) CSP {
	p := CSP{
		"default-src": {"'self'"}, "img-src": {"'self'", "data:"}, "object-src": {"'none'"},
		"base-uri": {"'self'"}, "form-action": {"'self'"},
	}
	for _, d := range slices.Sorted(maps.Keys(needs)) {
		switch {
		case strings.HasSuffix(d, "-attr"):
			p.Add(d, "'unsafe-hashes'")
			if slices.Contains(needs[d], "'unsafe-inline'") {
				p[d] = nil
			}
		case p[d] == nil:
			p.Add(d, "'self'") // what default-src no longer says
		}
		p.Add(d, needs[d]...)
	}
	return p
}

// Covers reports whether a source of a policy allows a URL with a host
// (CSP3 §6.7.2.8, without redirects). A URL without a scheme has the page's,
// which is taken for https.
func Covers(source, url string) bool {
	if strings.HasPrefix(url, "//") {
		url = "https:" + url
	}
	scheme, rest, found := strings.Cut(url, "://")
	if !found {
		return false
	}
	if s, isScheme := strings.CutSuffix(source, ":"); isScheme {
		return s == scheme || s == "http" && scheme == "https"
	}
	if s, after, has := strings.Cut(source, "://"); has {
		if s != scheme && !(s == "http" && scheme == "https") && !(s == "ws" && scheme == "wss") {
			return false
		}
		source = after
	}
	host, path := splitHost(rest)
	wantHost, wantPath := splitHost(source)
	if tail, wild := strings.CutPrefix(wantHost, "*."); wild {
		if !strings.HasSuffix(host, "."+tail) {
			return false
		}
	} else if strings.TrimSuffix(wantHost, ":*") != strings.TrimSuffix(host, port(host, wantHost)) {
		return false
	}
	switch {
	case wantPath == "" || wantPath == "/":
		return true
	case strings.HasSuffix(wantPath, "/"):
		return strings.HasPrefix(path, wantPath)
	}
	return path == wantPath
}

// port is the port of host that a source with the port "*" leaves out.
func port(host, want string) string {
	if i := strings.LastIndexByte(host, ':'); i >= 0 && strings.HasSuffix(want, ":*") {
		return host[i:]
	}
	return ""
}

func splitHost(s string) (host, path string) {
	i := strings.IndexAny(s, "/?#")
	if i < 0 {
		return strings.ToLower(s), ""
	}
	path = s[i:]
	if j := strings.IndexAny(path, "?#"); j >= 0 {
		path = path[:j]
	}
	return strings.ToLower(s[:i]), path
}

// Loose is p with "all inline ones" in place of every hash: for a policy that
// would be too long.
func (p CSP) Loose() CSP {
	loose := make(CSP, len(p))
	for d, list := range p {
		hashed := slices.ContainsFunc(list, isHash)
		for _, s := range list {
			if !isHash(s) && s != "'unsafe-hashes'" {
				loose.Add(d, s)
			}
		}
		if hashed {
			loose.Add(d, "'unsafe-inline'")
		}
	}
	return loose
}

func isHash(source string) bool { return strings.HasPrefix(source, "'sha256-") }

// String is the policy as a header field or a <meta> element has it.
func (p CSP) String() string {
	var parts []string
	add := func(d string) {
		if list, ok := p[d]; ok {
			parts = append(parts, strings.Join(append([]string{d}, list...), " "))
		}
	}
	for _, d := range directiveOrder {
		add(d)
	}
	for _, d := range slices.Sorted(maps.Keys(p)) {
		if !slices.Contains(directiveOrder, d) {
			add(d)
		}
	}
	return strings.Join(parts, "; ")
}
