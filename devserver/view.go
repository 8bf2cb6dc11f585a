package devserver

import (
	"context"
	"net/url"
	"strings"
	"sync"

	"github.com/etagere/etagere/builder"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
	"github.com/etagere/etagere/devserver/livereload"
)

// keep is how many earlier generations answer for fingerprinted URLs that an
// open page may still ask for.
const keep = 5

// view is what is served from one build to the next. Its fields never change.
type view struct {
	number int
	// site is the last generation that could be assembled; nil if there was none.
	site Generation
	// latest is the last generation; its problems are shown.
	latest Generation
	// past are the sites before, the newest first.
	past []Generation
	// failure is set while the machine fails to build.
	failure error

	// spellings are the URLs of site by their unescaped form.
	spellings func() map[string]string
	// unread are the files of site whose front matter cannot be read: what they
	// say of their pages is unknown, and so they stay as they were.
	unread func() map[string]bool

	mu     sync.Mutex
	signed map[*output.File]livereload.Signature
	// replies are pages as they are sent.
	replies map[*output.File]*reply
}

// next is the view after v, which may be nil, when g is current.
func (v *view) next(g Generation) *view {
	n := &view{number: 1, latest: g, signed: make(map[*output.File]livereload.Signature), replies: make(map[*output.File]*reply)}
	if v != nil {
		n.number, n.site, n.past, n.spellings = v.number+1, v.site, v.past, v.spellings
		n.unread = v.unread
	}
	if g.Failed() {
		return n
	}
	if n.site != nil && n.site.ID() != g.ID() {
		n.past = append([]Generation{n.site}, n.past...)
		n.past = n.past[:min(len(n.past), keep)]
	}
	n.site = g
	n.spellings = sync.OnceValue(func() map[string]string { return unescaped(g.URLs()) })
	n.unread = sync.OnceValue(func() map[string]bool { return unread(g.Problems()) })
	return n
}

// unread are the files in whose front matter l has a mistake of syntax.
func unread(l diag.List) map[string]bool {
	out := make(map[string]bool)
	for _, p := range l {
		if p.Severity == diag.Error && (p.Code == "frontmatter-syntax" || p.Code == "frontmatter-unclosed") {
			out[p.File] = true
		}
	}
	return out
}

// failing is v, which may be nil, while the machine fails.
func (v *view) failing(err error) *view {
	n := &view{number: 1, failure: err, signed: make(map[*output.File]livereload.Signature), replies: make(map[*output.File]*reply)}
	if v != nil {
		n.number, n.site, n.latest, n.past, n.spellings = v.number+1, v.site, v.latest, v.past, v.spellings
		n.unread = v.unread
	}
	return n
}

// id identifies the build.
func (v *view) id() string {
	if v.latest == nil {
		return ""
	}
	return v.latest.ID()
}

// problems are what is to be shown now.
func (v *view) problems() diag.List {
	var l diag.List
	if v.failure != nil {
		l = append(l, diag.Problem{Code: "machine", Message: v.failure.Error()})
	}
	if v.latest != nil {
		l = append(l, v.latest.Problems()...)
	}
	return l
}

// basePath is where the site is mounted; "/" while nobody knows.
func (v *view) basePath() string {
	if v.site == nil {
		return "/"
	}
	return v.site.BasePath()
}

// find is the target at the URL u, which may be escaped in another way than
// the site does it.
func (v *view) find(u string) (builder.Target, bool) {
	if v.site == nil {
		return builder.Target{}, false
	}
	if t, ok := v.site.Target(u); ok {
		return t, true
	}
	plain, err := url.PathUnescape(u)
	if err != nil {
		return builder.Target{}, false
	}
	if own, ok := v.spellings()[plain]; ok {
		return v.site.Target(own)
	}
	return builder.Target{}, false
}

func unescaped(urls []string) map[string]string {
	out := make(map[string]string, len(urls))
	for _, u := range urls {
		if plain, err := url.PathUnescape(u); err == nil {
			out[plain] = u
		}
	}
	return out
}

// asset is the file at u if it is one that pages are made of.
func (v *view) asset(ctx context.Context, u string) (*output.File, bool) {
	t, ok := v.find(u)
	if !ok || t.Redirect != nil || isHTML(t.Type) {
		return nil, false
	}
	switch t.Class {
	case policy.Fingerprinted, policy.Asset, policy.Fixed:
		f, err := v.site.File(ctx, t.URL)
		return f, err == nil && f != nil
	}
	return nil, false
}

// sign is the signature of the page that a is answered with.
func (v *view) sign(ctx context.Context, a answer) livereload.Signature {
	if a.file == nil {
		return livereload.Signature{Doc: "none"}
	}
	v.mu.Lock()
	s, ok := v.signed[a.file]
	v.mu.Unlock()
	if ok {
		return s
	}
	s = livereload.Sign(a.file, v.basePath(), func(u string) (*output.File, bool) { return v.asset(ctx, u) })
	if ctx.Err() == nil && !a.made {
		v.mu.Lock()
		if len(v.signed) >= remembered { // some pages are another file at every request
			clear(v.signed)
		}
		v.signed[a.file] = s
		v.mu.Unlock()
	}
	return s
}

func isHTML(media string) bool { return strings.HasPrefix(media, "text/html") }
