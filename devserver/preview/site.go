package preview

import (
	"net/http"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/coding"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
	"github.com/etagere/etagere/devserver"
	"github.com/etagere/etagere/devserver/negotiate"
)

// site is one manifest, made ready for requests. It is never changed.
type site struct {
	base string // with a slash at its end
	root *os.Root
	// targets are the files by URL without the base path; plain are the same by
	// their unescaped URLs.
	targets, plain map[string]*target
	redirects      map[string]output.Redirect // by the unescaped URL without the base path
	// missing are the pages for what does not exist, those that stand for the
	// least first.
	missing []*target
	table   *policy.Table
}

// target is what a URL is answered with.
type target struct {
	negotiate.Resource
	// entry is the file whose bytes are sent; nil where these are text.
	entry *output.Entry
	text  string
}

func newSite(m *output.Manifest, root *os.Root) *site {
	table, _ := policy.New(policy.Options{})
	s := &site{
		base: basePath(m.BaseURL), root: root, table: table,
		targets: make(map[string]*target, len(m.Files)), plain: make(map[string]*target, len(m.Files)),
		redirects: make(map[string]output.Redirect, len(m.Redirects)),
	}
	for i := range m.Files {
		e := &m.Files[i]
		if e.Class == policy.Host { // read by the host, and not served
			continue
		}
		t := &target{entry: e, Resource: negotiate.Resource{Type: e.Type, Fields: s.fields(m, e)}}
		for _, name := range coding.All() {
			for _, enc := range e.Encodings {
				if enc.Coding == name {
					t.Representations = append(t.Representations, negotiate.Representation{Coding: enc.Coding, ETag: enc.ETag, Size: enc.Size})
				}
			}
		}
		t.Representations = append(t.Representations, negotiate.Representation{ETag: e.ETag, Size: e.Size})
		s.targets[e.URL] = t
		if u, err := url.PathUnescape(e.URL); err == nil {
			s.plain[u] = t
		}
		if e.Class == policy.NotFound {
			s.missing = append(s.missing, t)
		}
	}
	slices.SortStableFunc(s.missing, func(a, b *target) int { return len(a.entry.URL) - len(b.entry.URL) })
	for _, r := range m.Redirects {
		from, ok := strings.CutPrefix(r.From, s.base)
		if u, err := url.PathUnescape("/" + from); ok && err == nil {
			s.redirects[u] = r
		}
	}
	return s
}

// basePath is the path of a base URL, with a slash at its end.
func basePath(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return "/"
	}
	return strings.TrimSuffix("/"+strings.TrimPrefix(u.EscapedPath(), "/"), "/") + "/"
}

// fields are the header fields that m has for e.
func (s *site) fields(m *output.Manifest, e *output.Entry) policy.Headers {
	if e.Headers >= len(m.HeaderSets) {
		return s.table.File(e.Class, e.URL, e.Type)
	}
	var list []policy.Header
	for name, value := range m.HeaderSets[e.Headers] { // sorted below
		list = append(list, policy.Header{Name: name, Value: value})
	}
	return devserver.Local(policy.NewHeaders(list...))
}

// stored is the file that holds the representation i.
func (t *target) stored(i int) stored {
	r := t.Representations[i]
	if r.Coding == "" {
		return stored{path: t.entry.Path, sum: t.entry.SHA256, size: t.entry.Size}
	}
	f := stored{path: t.entry.Path + coding.Suffix(r.Coding), size: r.Size}
	for _, enc := range t.entry.Encodings {
		if enc.Coding == r.Coding {
			f.sum = enc.SHA256
		}
	}
	return f
}

// find is what a path, escaped, with the base path, and a query lead to.
func (s *site) find(asked, query string) *target {
	rest, ok := strings.CutPrefix(asked, s.base)
	if !ok {
		if asked == "/" || asked+"/" == s.base {
			return s.leads(http.StatusTemporaryRedirect, asked, s.base, query)
		}
		return sentence(http.StatusNotFound, "the site is at "+s.base)
	}
	u := "/" + rest
	plain, err := url.PathUnescape(u)
	if r, ok := s.redirects[plain]; ok && err == nil {
		return s.leads(r.Status, u, r.To, query)
	}
	if t := s.lookUp(u); t != nil {
		return t
	}
	guesses := []string{u + "/"}
	if path.Base(u) == "index.html" {
		guesses = append(guesses, strings.TrimSuffix(u, "index.html"))
	}
	for _, g := range guesses {
		if t := s.lookUp(g); t != nil {
			return s.leads(http.StatusPermanentRedirect, u, s.base+t.entry.URL[1:], query)
		}
	}
	return s.notFound(u)
}

// lookUp is the file at u, which may be escaped in another way than the site
// does it.
func (s *site) lookUp(u string) *target {
	if t, ok := s.targets[u]; ok {
		return t
	}
	plain, err := url.PathUnescape(u)
	if err != nil {
		return nil
	}
	return s.plain[plain]
}

// leads is a redirect from u.
func (s *site) leads(status int, u, to, query string) *target {
	if status < 300 || status > 399 {
		status = http.StatusMovedPermanently
	}
	if query != "" && !strings.ContainsAny(to, "?#") {
		to += "?" + query
	}
	h := s.table.Redirect(status, u)
	if t := s.targets[u]; t != nil && t.entry.Class == policy.Redirect {
		h = t.Fields.With(policy.Headers{{Name: "Cache-Control", Value: h.Get("Cache-Control")}})
	}
	t := &target{text: "see " + to + "\n", Resource: negotiate.Resource{Status: status, Type: "text/plain; charset=utf-8"}}
	t.Fields = h.With(policy.NewHeaders(policy.Header{Name: "Location", Value: to}, policy.Header{Name: "Vary"}))
	t.Representations = []negotiate.Representation{{Size: int64(len(t.text))}}
	return t
}

// notFound is the page for u, which does not exist: the one that is nearest
// above it, as each language has its own.
func (s *site) notFound(u string) *target {
	var page *target
	for _, t := range s.missing {
		if dir, _ := path.Split(t.entry.URL); strings.HasPrefix(u, dir) {
			page = t
		}
	}
	if page == nil {
		t := sentence(http.StatusNotFound, "no page has this URL")
		t.Fields = s.table.Headers(policy.NotFound, u)
		return t
	}
	t := *page
	t.Status = http.StatusNotFound
	if strings.HasPrefix(u, policy.Prefix) {
		t.Fields = t.Fields.With(policy.Headers{{Name: "Cache-Control", Value: policy.NoStore}})
	}
	return &t
}

// sentence is an answer of plain text.
func sentence(status int, text string) *target {
	t := &target{text: text + "\n", Resource: negotiate.Resource{Status: status, Type: "text/plain; charset=utf-8"}}
	t.Fields = policy.NewHeaders(policy.Header{Name: "Cache-Control", Value: policy.NoCache},
		policy.Header{Name: "Content-Security-Policy", Value: "default-src 'none'"})
	t.Representations = []negotiate.Representation{{Size: int64(len(t.text))}}
	return t
}
