package devserver

import (
	"context"
	"crypto/x509"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/etagere/etagere/builder"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/devserver/cert"
)

// fake is a generation made of strings.
type fake struct {
	id        string
	base      string
	failed    bool
	problems  diag.List
	files     map[string]string // URL → bytes; those that start with "!" are mistakes
	sources   map[string]string // of pages, by URL
	redirects map[string]site.Redirect
	slow      chan struct{} // All waits for it
	change    time.Time
	reads     string // a folder that is an input once something is rendered
	policy    policy.Options

	mu       sync.Mutex
	rendered []string
}

func (g *fake) ID() string   { return g.id }
func (g *fake) Failed() bool { return g.failed }

func (g *fake) Inputs() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.reads == "" || len(g.rendered) == 0 {
		return nil
	}
	return []string{g.reads}
}

func (g *fake) BasePath() string { return g.base }
func (g *fake) Policy() *policy.Table {
	table, _ := policy.New(g.policy)
	return table
}
func (g *fake) Stats() builder.Stats {
	g.mu.Lock()
	defer g.mu.Unlock()
	return builder.Stats{Pages: len(g.files), Rendered: len(g.rendered)}
}
func (g *fake) Problems() diag.List {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.problems)
}

func (g *fake) Sweep()                {}
func (g *fake) NextChange() time.Time { return g.change }

func (g *fake) NotFound(string) string {
	if _, ok := g.files["/404.html"]; ok {
		return "/404.html"
	}
	return ""
}

func (g *fake) URLs() []string {
	return slices.Sorted(maps.Keys(g.files))
}

func (g *fake) Target(u string) (builder.Target, bool) {
	if r, ok := g.redirects[u]; ok {
		return builder.Target{URL: u, Class: policy.Redirect, Redirect: &r}, true
	}
	if _, ok := g.files[u]; !ok {
		return builder.Target{}, false
	}
	t := builder.Target{URL: u, Class: policy.Page, Type: "text/html; charset=utf-8", Source: g.sources[u]}
	switch {
	case strings.HasPrefix(u, "/_a/"):
		t.Class, t.Type = policy.Fingerprinted, "text/css; charset=utf-8"
	case strings.HasSuffix(u, ".css"):
		t.Class, t.Type = policy.Fixed, "text/css; charset=utf-8"
	case strings.HasSuffix(u, ".png"):
		t.Class, t.Type = policy.Asset, "image/png"
	}
	return t, true
}

func (g *fake) File(_ context.Context, u string) (*output.File, error) {
	t, _ := g.Target(u)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.rendered = append(g.rendered, u)
	if m, bad := strings.CutPrefix(g.files[u], "!"); bad {
		l := diag.List{diag.At("content/a.md", []byte("x "+m), 2, 1, "shortcode", "no shortcode %q", m)}
		g.problems = append(g.problems, l...).Sorted()
		return nil, &builder.PageError{URL: u, Problems: l}
	}
	f := &output.File{URL: u, Class: t.Class, Type: t.Type, Data: []byte(g.files[u])}
	if strings.HasPrefix(u, "/_a/") {
		f.SourceMap = "/_a/main-css.cccccccccccccccc.map"
	}
	return f, nil
}

func (g *fake) All(ctx context.Context, _ func(int, int), sink func(*output.File) error) error {
	if g.slow != nil {
		select {
		case <-g.slow:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for _, u := range g.URLs() {
		f, err := g.File(ctx, u)
		if err != nil {
			continue
		}
		if sink == nil {
			continue
		}
		if err := sink(f); err != nil {
			return err
		}
	}
	return nil
}

// fakeBuilder returns what it was last given.
type fakeBuilder struct {
	mu  sync.Mutex
	g   *fake
	err error
}

func (b *fakeBuilder) Update(context.Context) (Generation, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return nil, b.err
	}
	return b.g, nil
}

func (b *fakeBuilder) set(g *fake, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.g, b.err = g, err
}

// running is a server in the hands of a test.
type running struct {
	*Server
	t      *testing.T
	b      *fakeBuilder
	url    string
	https  string
	roots  *x509.CertPool // those that https is trusted with
	events chan Event
	stop   func()
}

// run runs a server of g until the test ends.
func run(t *testing.T, g *fake, err error) *running {
	t.Helper()
	r := &running{t: t, b: &fakeBuilder{g: g, err: err}, events: make(chan Event, 100), roots: x509.NewCertPool()}
	source, sourceErr := cert.NewSource(cert.Options{})
	if sourceErr != nil {
		t.Fatal(sourceErr)
	}
	r.roots.AddCert(source.Authority().Cert)
	listening := Listening{Addr: "127.0.0.1:0", TLSAddr: "127.0.0.1:0", Certificate: source.Certificate}
	r.Server = New(Options{Builder: r.b, Listening: listening, Poll: true, Report: func(e Event) { r.events <- e }})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("the server ended with %v", err)
			}
		case <-time.After(20 * time.Second):
			t.Error("the server does not end")
		}
	})
	t.Cleanup(r.stop)
	ready := r.next(Ready)
	r.url, r.https = strings.TrimSuffix(ready.HTTP, "/"), strings.TrimSuffix(ready.HTTPS, "/")
	return r
}

// edit makes g what the builder finds, and wakes the loop.
func (r *running) edit(g *fake, err error) {
	r.b.set(g, err)
	r.watcher.Poke()
}

// next is the next event of a kind.
func (r *running) next(kind Kind) Event {
	r.t.Helper()
	limit := time.After(20 * time.Second)
	for {
		select {
		case e := <-r.events:
			if e.Kind == kind {
				return e
			}
		case <-limit:
			r.t.Fatalf("no event %q in time", kind)
		}
	}
}
