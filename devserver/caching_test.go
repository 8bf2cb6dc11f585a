package devserver_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/etagere/etagere/builder"
	"github.com/etagere/etagere/builder/sitetest"
	"github.com/etagere/etagere/devserver"
	"github.com/etagere/etagere/devserver/cert"
	"github.com/etagere/etagere/devserver/preview"
	"github.com/etagere/etagere/themes"
)

// seen notes what a server was asked for: "/two/ 304", sorted.
type seen struct {
	mu   sync.Mutex
	list []string
}

// statusWriter notes the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// kind is what a test calls a path; "" for what it does not look at.
func kind(path string) string {
	switch {
	case strings.HasSuffix(path, ".css"):
		return "sheet"
	case strings.HasSuffix(path, "/"):
		return "page"
	}
	return ""
}

func (s *seen) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		noted := &statusWriter{ResponseWriter: w}
		next.ServeHTTP(noted, r)
		if k := kind(r.URL.Path); k != "" {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.list = append(s.list, k+" "+http.StatusText(noted.status))
		}
	})
}

// take is what was seen since it was last taken.
func (s *seen) take() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.list
	s.list = nil
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// caches notes where the browser has the style sheet from.
type caches struct {
	mu     sync.Mutex
	sheets map[network.RequestID]bool
	from   string // of the latest: "network", "memory" or "disk"
}

func (c *caches) listen(event any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if strings.HasSuffix(e.Request.URL, ".css") {
			c.sheets[e.RequestID] = true
		}
	case *network.EventRequestServedFromCache:
		if c.sheets[e.RequestID] {
			c.from = "memory"
		}
	case *network.EventResponseReceived:
		if !c.sheets[e.RequestID] || c.from == "memory" {
			return
		}
		c.from = "network"
		if e.Response.FromDiskCache {
			c.from = "disk"
		}
	}
}

func (c *caches) take() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	from := c.from
	c.from = ""
	return from
}

// trusting starts Chromium for somebody who trusts an authority.
func trusting(t *testing.T, authority *x509.Certificate) context.Context {
	t.Helper()
	browser, certutil := sitetest.Program(t, "chromium", "chromium-browser", "google-chrome"), sitetest.Program(t, "certutil")
	home := t.TempDir()
	store := filepath.Join(home, ".pki", "nssdb")
	file := filepath.Join(home, "ca.pem")
	if err := os.MkdirAll(store, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority.Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"-N", "--empty-password"}, {"-A", "-t", "C,,", "-n", "etagere", "-i", file}} {
		if out, err := exec.Command(certutil, append([]string{"-d", "sql:" + store}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	started, kill := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(browser), chromedp.UserDataDir(filepath.Join(home, "profile")), chromedp.Flag("headless", "new"),
		chromedp.NoSandbox, chromedp.NoFirstRun, chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Env("HOME="+home, "XDG_CONFIG_HOME=", "XDG_DATA_HOME="))
	ctx, _ := chromedp.NewContext(started)
	t.Cleanup(func() {
		closing, cancel := context.WithTimeout(ctx, hang)
		defer cancel()
		_ = chromedp.Cancel(closing)
		kill()
		chromedp.FromContext(ctx).Allocator.Wait()
	})
	within(t, "start the browser", func() error { return chromedp.Do(ctx) })
	return ctx
}

// TestCachesPreview shows what Chromium keeps of a preview, and what it asks for
// again: over plain HTTP/1.1 and over HTTP/2, alike.
func TestCachesPreview(t *testing.T) {
	dir := sitetest.Dir(t, shelf)
	res, err := builder.Build(t.Context(), builder.BuildOptions{Options: builder.Options{Source: dir, Themes: themes.FS()}})
	if err != nil || !res.Written {
		t.Fatal(err, res)
	}
	p, err := preview.New(preview.Options{Dir: filepath.Join(dir, "public")})
	if err != nil {
		t.Fatal(err)
	}
	source, err := cert.NewSource(cert.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var log seen
	at := listen(t, devserver.Listening{Addr: "127.0.0.1:0", TLSAddr: "127.0.0.1:0", Certificate: source.Certificate}, log.watch(p.Handler()))
	browser := trusting(t, source.Authority().Cert)
	for protocol, url := range map[string]string{"http/1.1": at.HTTP, "h2": at.HTTPS} {
		t.Run(protocol, func(t *testing.T) {
			base := strings.Replace(url, "127.0.0.1", "localhost", 1) + "docs/"
			c := &caches{sheets: make(map[network.RequestID]bool)}
			b := &tab{t: t}
			ctx, cancel := chromedp.NewContext(browser, chromedp.WithListener(func(e any) { b.listen(e); c.listen(e) }))
			defer cancel()
			b.ctx = ctx
			within(t, "open a tab", func() error { return chromedp.Do(ctx) })
			reload := func(hard bool) func() {
				return func() {
					eval[bool](b, "window.old = true")
					if _, err := chromedp.Call(ctx, page.Reload, page.ReloadParams{IgnoreCache: &hard}); err != nil {
						t.Fatal(err)
					}
					b.until("window.old === undefined")
				}
			}
			steps := []struct {
				name        string
				do          func()
				saw, source string
			}{
				{"first visit", func() { b.visit(base) }, "page OK, sheet OK", "network"},
				{"another page", func() { b.visit(base + "two/") }, "page OK", "memory"},
				{"the first again", func() { b.visit(base) }, "page Not Modified", "memory"},
				{"reload", reload(false), "page Not Modified", "memory"},
				{"reload past the cache", reload(true), "page OK, sheet OK", "network"},
				{"from elsewhere", func() { b.visit("about:blank"); b.visit(base) }, "page Not Modified", "disk"},
			}
			for _, step := range steps {
				step.do()
				b.until(`document.readyState === "complete"`)
				// What comes of the cache in the end spoke no protocol, for some.
				if got := eval[string](b, `performance.getEntriesByType("navigation")[0].nextHopProtocol`); got != protocol && got != "" {
					t.Errorf("%s: spoke %q", step.name, got)
				}
				if got := eval[string](b, `getComputedStyle(document.querySelector("h1")).color`); got != "rgb(1, 2, 3)" {
					t.Errorf("%s: without its style: %s", step.name, got)
				}
				if got := log.take(); got != step.saw {
					t.Errorf("%s: the server saw %q, want %q", step.name, got, step.saw)
				}
				if got := c.take(); got != step.source {
					t.Errorf("%s: the sheet is from %q, want %q", step.name, got, step.source)
				}
			}
			if got := eval[int](b, `document.querySelectorAll('script[src^="/_etagere/"]').length`); got != 0 {
				t.Error("the preview has the author's script")
			}
			b.calm()
		})
	}
}

// listen serves handler until the test ends.
func listen(t *testing.T, l devserver.Listening, handler http.Handler) devserver.Addresses {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended, ready := make(chan error, 1), make(chan devserver.Addresses, 1)
	go func() { ended <- l.Serve(ctx, handler, func(at devserver.Addresses) { ready <- at }) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	return <-ready
}
