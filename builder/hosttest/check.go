package hosttest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/etagere/etagere/builder/host"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
)

// Cell is one property of one URL: what a host should say, and says.
type Cell struct {
	// Property is what is compared: "status", "media type", a header's name.
	Property string
	URL      string
	Got      string
	Want     string
}

// Explain says why a host may differ in a cell; "" where it may not. What it
// says stands in the host's doc comment too.
type Explain func(Cell) string

// Report counts the cells of one host.
type Report struct {
	t       testing.TB
	explain Explain

	mu    sync.Mutex
	agree map[string]int
	all   map[string]int
	// differ counts the explained ones, by property and explanation.
	differ map[string]int
}

// NewReport counts cells for t. explain may be nil.
func NewReport(t testing.TB, explain Explain) *Report {
	if explain == nil {
		explain = func(Cell) string { return "" }
	}
	return &Report{t: t, explain: explain, agree: make(map[string]int), all: make(map[string]int), differ: make(map[string]int)}
}

// Compare counts a cell, and fails the test where the host differs for no
// known reason.
func (r *Report) Compare(property, url, got, want string) {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all[property]++
	if got == want {
		r.agree[property]++
		return
	}
	if why := r.explain(Cell{property, url, got, want}); why != "" {
		r.differ[property+": "+why]++
		return
	}
	r.t.Errorf("%s: %s: got %q, want %q", url, property, got, want)
}

// Log prints the table.
func (r *Report) Log(name string) {
	var b strings.Builder
	total, agree := 0, 0
	for _, p := range slices.Sorted(maps.Keys(r.all)) {
		fmt.Fprintf(&b, "%6d of %-6d %s\n", r.agree[p], r.all[p], p)
		total, agree = total+r.all[p], agree+r.agree[p]
	}
	for _, p := range slices.Sorted(maps.Keys(r.differ)) {
		fmt.Fprintf(&b, "%6d differ as documented: %s\n", r.differ[p], p)
	}
	r.t.Logf("%s: %d of %d cells agree\n%s", name, agree, total, &b)
}

// response is an answer with its body read.
type response struct {
	*http.Response
	sum string
}

// asker sends requests to one server.
type asker struct {
	t      testing.TB
	root   string
	client *http.Client
}

func newAsker(t testing.TB, root string) *asker {
	transport := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: askers}
	t.Cleanup(transport.CloseIdleConnections)
	return &asker{t: t, root: root, client: &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// do sends one request; fields are names and values of its header.
func (a *asker) do(method, path string, fields ...string) response {
	a.t.Helper()
	failed := func(err error) response {
		a.t.Errorf("%s %s: %v", method, path, err)
		return response{Response: &http.Response{Header: http.Header{}}}
	}
	req, err := http.NewRequest(method, a.root+path, nil)
	if err != nil {
		return failed(err)
	}
	for i := 0; i < len(fields); i += 2 {
		req.Header.Set(fields[i], fields[i+1])
	}
	res, err := a.client.Do(req)
	if err != nil {
		return failed(err)
	}
	defer res.Body.Close()
	h := sha256.New()
	if _, err := io.Copy(h, res.Body); err != nil {
		return failed(err)
	}
	return response{res, hex.EncodeToString(h.Sum(nil))}
}

// at is a URL of the site with the base path.
func (b *Built) at(u string) string { return strings.TrimSuffix(b.Base, "/") + u }

// Check asks the server at root for every URL of b.
func Check(t testing.TB, b *Built, root string, explain Explain) *Report {
	r, a := NewReport(t, explain), newAsker(t, root)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range askers {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(b.Manifest.Files)); i = next.Add(1) - 1 {
				b.entry(r, a, &b.Manifest.Files[i])
			}
		})
	}
	wg.Wait()
	b.redirects(r, a)
	b.missing(r, a)
	return r
}

// askers is how many requests go out at a time: most servers here spend their
// time waiting for themselves.
const askers = 6

// entry asks for one URL of the manifest.
func (b *Built) entry(r *Report, a *asker, e *output.Entry) {
	switch e.Class {
	case policy.Redirect:
	case policy.Host:
		r.Compare("kept private", e.URL, fmt.Sprint(a.do("GET", e.URL).StatusCode >= 400), "true")
	default:
		b.file(r, a, e)
		b.slash(r, a, e)
	}
}

// file asks for one file in every way.
func (b *Built) file(r *Report, a *asker, e *output.Entry) {
	u := b.at(e.URL)
	status := "200"
	if e.Class == policy.NotFound {
		status = "404"
	}
	res := a.do("GET", u)
	r.Compare("status", u, fmt.Sprint(res.StatusCode), status)
	r.Compare("media type", u, media(res.Header.Get("Content-Type")), media(e.Type))
	r.Compare("bytes", u, res.sum, e.SHA256)
	r.Compare("no coding unasked", u, res.Header.Get("Content-Encoding"), "")
	for _, f := range b.Policy.Headers(e.Class, e.URL) {
		r.Compare(f.Name, u, strings.Join(res.Header.Values(f.Name), ", "), f.Value)
	}
	link := ""
	if len(e.Hints) > 0 && (e.Class == policy.Page || e.Class == policy.NotFound) {
		link = host.SharedHints(b.Manifest)
	}
	r.Compare("Link", u, strings.Join(res.Header.Values("Link"), ", "), link)
	head := a.do("HEAD", u)
	r.Compare("HEAD", u, fmt.Sprint(head.StatusCode, " ", head.Header.Get("Cache-Control")), fmt.Sprint(res.StatusCode, " ", res.Header.Get("Cache-Control")))
	if e.Class == policy.NotFound {
		return
	}
	b.conditional(r, a, e, res, "")
	tags := []string{res.Header.Get("ETag")}
	for _, c := range e.Encodings {
		if !slices.Contains(b.Host.Codings, c.Coding) {
			continue
		}
		coded := a.do("GET", u, "Accept-Encoding", c.Coding)
		r.Compare("coding", u, coded.Header.Get("Content-Encoding"), c.Coding)
		r.Compare("bytes of codings", u, coded.sum, c.SHA256)
		r.Compare("media type of codings", u, media(coded.Header.Get("Content-Type")), media(e.Type))
		r.Compare("Cache-Control of codings", u, coded.Header.Get("Cache-Control"), b.Policy.Headers(e.Class, e.URL).Get("Cache-Control"))
		r.Compare("Vary", u, fmt.Sprint(varies(coded)), "true")
		b.conditional(r, a, e, coded, c.Coding)
		tags = append(tags, coded.Header.Get("ETag"))
	}
	if len(tags) > 1 {
		r.Compare("Vary", u, fmt.Sprint(varies(res)), "true")
		slices.Sort(tags)
		r.Compare("one validator for each coding", u, fmt.Sprint(len(slices.Compact(tags))), fmt.Sprint(len(tags)))
	}
}

// conditional asks again with the validator that came.
func (b *Built) conditional(r *Report, a *asker, e *output.Entry, res response, coding string) {
	u := b.at(e.URL)
	tag := res.Header.Get("ETag")
	r.Compare("validator", u, fmt.Sprint(tag != ""), "true")
	if tag == "" {
		return
	}
	again := a.do("GET", u, "If-None-Match", tag, "Accept-Encoding", coding)
	r.Compare("304", u, fmt.Sprint(again.StatusCode), "304")
	r.Compare("Cache-Control of 304", u, again.Header.Get("Cache-Control"), res.Header.Get("Cache-Control"))
	other := a.do("GET", u, "If-None-Match", `"other"`, "Accept-Encoding", coding)
	r.Compare("200 for another validator", u, fmt.Sprint(other.StatusCode), "200")
	if when := res.Header.Get("Last-Modified"); when != "" {
		r.Compare("no time from a digest", u, when, "")
	}
}

// varies reports whether a response names Accept-Encoding in Vary, once.
func varies(res response) bool {
	return strings.Count(strings.ToLower(strings.Join(res.Header.Values("Vary"), ", ")), "accept-encoding") == 1
}

// media is a media type in one spelling.
func media(s string) string {
	return strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(s, "; ", ";"), `"`, ""))
}

// redirects asks for what only leads elsewhere, with and without a slash at its end.
func (b *Built) redirects(r *Report, a *asker) {
	for _, m := range b.Manifest.Redirects {
		froms := []string{m.From}
		if bare, slash := strings.CutSuffix(m.From, "/"); slash && bare != "" {
			froms = append(froms, bare)
		} else if !strings.Contains(m.From[strings.LastIndexByte(m.From, '/'):], ".") {
			froms = append(froms, m.From+"/")
		}
		for _, from := range froms {
			res := a.do("GET", from)
			r.Compare("status of redirects", from, fmt.Sprint(res.StatusCode), fmt.Sprint(m.Status))
			r.Compare("Location", from, a.location(res), a.resolve(m.To))
			r.Compare("Cache-Control of redirects", from, res.Header.Get("Cache-Control"), b.Policy.Redirect(m.Status, from).Get("Cache-Control"))
		}
	}
}

// location is where a response leads, as a whole URL.
func (a *asker) location(res response) string { return a.resolve(res.Header.Get("Location")) }

func (a *asker) resolve(to string) string {
	base, err := url.Parse(a.root)
	if err != nil {
		a.t.Fatal(err)
	}
	u, err := base.Parse(to)
	if err != nil || to == "" {
		return to
	}
	return u.String()
}

// slash asks for a page without the slash at its end.
func (b *Built) slash(r *Report, a *asker, e *output.Entry) {
	bare, slash := strings.CutSuffix(b.at(e.URL), "/")
	if !slash || bare == "" {
		return
	}
	res := a.do("GET", bare)
	r.Compare("slash added", bare, fmt.Sprint(res.StatusCode >= 301 && res.StatusCode <= 308), "true")
	r.Compare("slash added: Location", bare, a.location(res), a.resolve(bare+"/"))
}

// missing asks for what is not there.
func (b *Built) missing(r *Report, a *asker) {
	pages := make(map[string]*output.Entry)
	for i := range b.Manifest.Files {
		if e := &b.Manifest.Files[i]; e.Class == policy.NotFound {
			pages[strings.TrimSuffix(e.URL, "404.html")] = e
		}
	}
	for _, u := range []string{"/nothing", "/nothing/", "/manual/nothing.html", "/zh/nothing/", "/zh/guides/nothing", "/_a/gone.aaaaaaaaaaaaaaaa.js", "/_a/gone.aaaaaaaaaaaaaaaa.css", "/files/", "/nothing.br"} {
		res := a.do("GET", b.at(u))
		at := b.at(u)
		r.Compare("404: status", at, fmt.Sprint(res.StatusCode), "404")
		for _, f := range b.Policy.Headers(policy.NotFound, u) {
			r.Compare("404: "+f.Name, at, res.Header.Get(f.Name), f.Value)
		}
		page := pages["/"]
		if strings.HasPrefix(u, "/zh/") {
			page = pages["/zh/"]
		}
		if page != nil {
			r.Compare("404: page", at, res.sum, page.SHA256)
			r.Compare("404: media type", at, media(res.Header.Get("Content-Type")), media(page.Type))
		}
	}
}
