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
