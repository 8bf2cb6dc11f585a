package devserver_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/etagere/etagere/builder"
	"github.com/etagere/etagere/builder/sitetest"
	"github.com/etagere/etagere/devserver"
	"github.com/etagere/etagere/themes"
)

// hang is when a test gives up: far more than anything here takes on a machine
// that has much else to do.
const hang = 60 * time.Second

// opened is a builder as the server sees it.
type opened struct{ *builder.Builder }

// Update is the builder's.
func (o opened) Update(ctx context.Context) (devserver.Generation, error) {
	g, err := o.Builder.Update(ctx)
	if err != nil {
		return nil, err
	}
	return g, nil
}

// served is a site that a server shows.
type served struct {
	t   *testing.T
	dir string
	url string // with the base path's slash at its end
}

// serve shows the site in dir, mounted at base, until the test ends.
func serve(t *testing.T, dir, base string, latency time.Duration) *served {
	t.Helper()
	b, err := builder.Open(builder.Options{Source: dir, Themes: themes.FS(), BaseURL: "https://example.org" + base})
	if err != nil {
		t.Fatal(err)
	}
	ready := make(chan string, 1)
	server := devserver.New(devserver.Options{
		Builder: opened{b}, Listening: devserver.Listening{Addr: "127.0.0.1:0"}, Latency: latency,
		Report: func(e devserver.Event) {
			switch e.Kind {
			case devserver.Ready:
				ready <- e.HTTP
			case devserver.Failed:
				t.Errorf("the build failed: %v", e.Err)
			}
		},
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("the server ended with %v", err)
			}
		case <-time.After(hang):
			t.Error("the server does not end")
		}
	})
	select {
	case at := <-ready:
		return &served{t: t, dir: dir, url: strings.TrimSuffix(at, "/") + base}
	case <-time.After(hang):
		t.Fatal("the server is not ready in time")
		return nil
	}
}

// save puts one file of the site in its place, as editors do: whole, so that no
// build sees half of it.
func (s *served) save(name, text string) {
	s.t.Helper()
	part := filepath.Join(s.dir, ".saving~")
	if err := os.WriteFile(part, []byte(text), 0o666); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Rename(part, filepath.Join(s.dir, filepath.FromSlash(name))); err != nil {
		s.t.Fatal(err)
	}
}

// read is what one file of the site says.
func (s *served) read(name string) string {
	s.t.Helper()
	b, err := os.ReadFile(filepath.Join(s.dir, filepath.FromSlash(name)))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(b)
}

// launch starts Chromium and ends it with the test.
func launch(t *testing.T) context.Context {
	t.Helper()
	path := sitetest.Program(t, "chromium", "chromium-browser", "google-chrome")
	dir := t.TempDir()
	t.Cleanup(func() { // a process of its own may still write when the browser has ended
		for end := time.Now().Add(hang); os.RemoveAll(dir) != nil && time.Now().Before(end); {
			time.Sleep(50 * time.Millisecond)
		}
	})
	started, kill := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(path), chromedp.UserDataDir(dir), chromedp.Flag("headless", "new"),
		chromedp.NoSandbox, chromedp.NoFirstRun, chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true))
	ctx, _ := chromedp.NewContext(started)
	t.Cleanup(func() {
		closing, cancel := context.WithTimeout(ctx, hang)
		defer cancel()
		_ = chromedp.Cancel(closing) // and where it doesn't obey, it is killed
		kill()
		chromedp.FromContext(ctx).Allocator.Wait()
	})
	within(t, "start the browser", func() error { return chromedp.Do(ctx) })
	return ctx
}

// within fails the test where f does, or does not return. The first action of a
// context must not have a time limit of its own: the limit would be the tab's.
func within(t *testing.T, what string, f func() error) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- f() }()
	select {
	case err := <-done:
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	case <-time.After(hang):
		t.Fatalf("%s: not in time", what)
	}
}

// window is a set of tabs that share nothing with those of other tests.
func window(t *testing.T, browser context.Context) *tab {
	t.Helper()
	return newTab(t, browser, chromedp.WithNewBrowserContext())
}

// tab is one open tab.
type tab struct {
	t     *testing.T
	ctx   context.Context
	close func()

	mu       sync.Mutex
	troubles []string
}

// newTab opens a tab beside that of parent. That all went well in it is checked
// at the end of the test.
func newTab(t *testing.T, parent context.Context, options ...chromedp.ContextOption) *tab {
	t.Helper()
	b := &tab{t: t}
	ctx, cancel := chromedp.NewContext(parent, append(options, chromedp.WithListener(b.listen))...)
	b.ctx, b.close = ctx, cancel
	t.Cleanup(func() {
		b.calm()
		cancel()
	})
	within(t, "open a tab", func() error { return chromedp.Do(ctx) })
	return b
}

// another opens one more tab of the same window.
func (b *tab) another() *tab {
	b.t.Helper()
	return newTab(b.t, b.ctx)
}

// listen notes what went wrong in the page.
func (b *tab) listen(event any) {
	trouble := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		trouble = "exception: " + e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			trouble += " " + e.ExceptionDetails.Exception.Description
		}
	case *runtime.EventConsoleAPICalled:
		switch e.Type {
		case runtime.ConsoleAPICalledTypeError, runtime.ConsoleAPICalledTypeWarning, runtime.ConsoleAPICalledTypeAssert:
			args, _ := json.Marshal(e.Args)
			trouble = fmt.Sprintf("console.%s: %s", e.Type, args)
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			trouble = fmt.Sprintf("%s: %s (%s)", e.Entry.Level, e.Entry.Text, e.Entry.URL)
		}
	case *network.EventLoadingFailed:
		if !e.Canceled { // a page that is left cancels its stream
			trouble = "request failed: " + e.ErrorText
		}
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 {
			trouble = fmt.Sprintf("%s: status %d", e.Response.URL, e.Response.Status)
		}
	}
	if trouble != "" {
		b.mu.Lock()
		b.troubles = append(b.troubles, trouble)
		b.mu.Unlock()
	}
}

// calm fails the test for each thing that went wrong in the tab so far.
func (b *tab) calm() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, trouble := range b.troubles {
		b.t.Error(trouble)
	}
	b.troubles = nil
}

// visit loads a page.
func (b *tab) visit(url string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, hang)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		b.t.Fatalf("%s: %v", url, err)
	}
}

// eval is the value of a script's expression in the page.
func eval[T any](b *tab, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, hang)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// until waits for the page to be as a script's condition says. The page may be
// replaced meanwhile.
func (b *tab) until(condition string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, hang)
	defer cancel()
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+condition+")"))
		if ok && err == nil {
			return
		}
		select {
		case <-ctx.Done():
			b.calm()
			b.t.Fatalf("never true: %s (%v)\n%s", condition, err, eval[string](b, "location.href + document.documentElement.outerHTML"))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// shows waits for text in the main part of the page.
func (b *tab) shows(text string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`document.readyState === "complete" && document.querySelector("main")?.innerText.includes(%q)`, text))
}

// mark leaves in the page what a reload takes away, and an ear for the states
// that tabs tell each other.
func (b *tab) mark() {
	b.t.Helper()
	eval[bool](b, `(() => {
		window.marked = true;
		window.heard = [];
		new BroadcastChannel("etagere:/docs/_etagere/").onmessage = (e) => { if (e.data.kind === "state") window.heard.push(e.data.state); };
		return true;
	})()`)
}

// kept reports whether the page is the one that was marked.
func (b *tab) kept() bool {
	b.t.Helper()
	return eval[bool](b, "window.marked === true")
}
