package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"github.com/etagere/etagere/builder"
	"github.com/etagere/etagere/builder/coding"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/devserver"
)

// serveFlags are the flags of `etagere serve`.
type serveFlags struct {
	siteFlags
	listenFlags
	latency          time.Duration
	open, poll, json bool
}

func newServe(a *app) *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Show the site while you write",
		Long: `serve shows the site on this machine. Open pages follow every save; mistakes are
shown over the page. Nothing is written to the site's folder but the cache.

It listens for HTTP, which works at once, and for HTTPS with HTTP/2, which browsers
trust after "etagere cert install". Where a port is taken, the next free one is used.`,
		Example: `  etagere serve --open
  etagere serve -s docs --drafts --addr 127.0.0.1:3000
  etagere serve --addr 0.0.0.0:8080 --no-tls      open to the local network`,
		Args: exactly(0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error { return serve(cmd, a, f) },
	}
	f.siteFlags.add(cmd)
	f.listenFlags.add(cmd)
	cmd.Flags().BoolVar(&f.open, "open", false, "open the site in the browser")
	cmd.Flags().BoolVar(&f.poll, "poll", false, "look for changes instead of waiting for events (network shares)")
	cmd.Flags().DurationVar(&f.latency, "latency", 0, "hold back each answer for `DUR`, such as 200ms")
	cmd.Flags().BoolVar(&f.json, "json", false, "report as JSON on stdout, one event a line")
	return cmd
}

// opened is a builder as the server sees it.
type opened struct{ *builder.Builder }

// Update is the builder's.
func (o opened) Update(ctx context.Context) (devserver.Generation, error) {
	g, err := o.Builder.Update(ctx)
	if err != nil {
		return nil, err // and no nil in an interface
	}
	return g, nil
}

// quick encodes for somebody who waits.
type quick struct{ coding.Encoder }

// Codings are in our order for readers that like several as much. For one on
// this machine the quickest is best.
func (q *quick) Codings() []string { return []string{coding.Zstd, coding.Brotli, coding.Gzip} }

// Encode is data in a coding, and nil where that gains nothing.
func (q *quick) Encode(name string, data []byte) ([]byte, error) {
	about, _ := coding.Of(name)
	packed, err := q.Encoder.Encode(name, about.Quick, data)
	if err != nil || !coding.Worth(len(data), len(packed)) {
		return nil, err
	}
	return packed, nil
}

func serve(cmd *cobra.Command, a *app, f serveFlags) error {
	o, err := f.siteFlags.options(cmd, a)
	if err != nil {
		return err
	}
	if f.latency < 0 {
		return wrongUsage(cmd, fmt.Errorf("--latency %v is negative", f.latency))
	}
	listening, trusted, err := f.listening(cmd, a)
	if err != nil {
		return err
	}
	o.Exclude = append(o.Exclude, a.ownOutput(f.source)...)
	b, err := builder.Open(o)
	if err != nil {
		return problemsIn(err)
	}
	r := &reporter{app: a, json: f.json, open: f.open, trusted: trusted}
	return devserver.New(devserver.Options{
		Builder: opened{b}, Listening: listening, AllowHosts: f.allowHosts, Latency: f.latency, Poll: f.poll, Encoder: new(quick), Report: r.report,
	}).Run(cmd.Context())
}

// ownOutput are the files in dir that our output is redirected to. What is said
// of one build must not be an input of the next: it would never end.
func (a *app) ownOutput(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // which whoever builds will tell
	}
	var names []string
	for _, w := range []io.Writer{a.stdout, a.stderr} {
		f, ok := w.(*os.File)
		if !ok {
			continue
		}
		out, err := f.Stat()
		if err != nil || !out.Mode().IsRegular() {
			continue
		}
		for _, e := range entries {
			if info, err := e.Info(); err == nil && os.SameFile(info, out) {
				names = append(names, e.Name())
			}
		}
	}
	return names
}

// reporter tells what the server does.
type reporter struct {
	app        *app
	json, open bool
	trusted    bool // browsers are thought to trust HTTPS
	// told are the problems that were printed and may still be there; news is set
	// when some were since the last total, which is last.
	told map[string]bool
	news bool
	last string
}

func (r *reporter) report(e devserver.Event) {
	if e.Kind == devserver.Ready && r.open {
		at := e.HTTP
		if r.trusted && e.HTTPS != "" {
			at = e.HTTPS
		}
		if err := openBrowser(at); err != nil {
			fmt.Fprintf(r.app.stderr, "the browser cannot be opened: %v\n", err)
		}
	}
	if r.json {
		r.reportJSON(e)
		return
	}
	switch e.Kind {
	case devserver.Ready:
		r.ready(devserver.Addresses{HTTP: e.HTTP, HTTPS: e.HTTPS})
	case devserver.Built:
		if !e.First {
			what := fmt.Sprintf("%s, open pages right after %d ms", plural(e.Stats.Pages, "page"), e.Took.Milliseconds())
			if e.Stats.Pages == 0 && len(e.Problems) > 0 {
				what = "the site cannot be made and is shown as it was"
			}
			fmt.Fprintln(r.app.stderr, time.Now().Format(time.TimeOnly), what)
		}
		r.problems(e.Problems)
	case devserver.Complete:
		if e.First {
			fmt.Fprintf(r.app.stderr, "%s rendered in %s\n", plural(e.Stats.Pages, "page"), seconds(e.Took))
		}
		r.problems(e.Problems)
		r.total(e.Problems)
	case devserver.Failed:
		fmt.Fprintf(r.app.stderr, "etagere: %v; the site is shown as it was\n", e.Err)
	case devserver.Notice:
		fmt.Fprintln(r.app.stderr, e.Message)
	}
}

// ready says where the site is, with the one hint that is missing.
func (r *reporter) ready(at devserver.Addresses) {
	fmt.Fprintf(r.app.stdout, "serving %s (Ctrl-C ends)\n", at.HTTP)
	switch {
	case at.HTTPS == "":
	case r.trusted:
		fmt.Fprintf(r.app.stdout, "        %s (HTTP/2)\n", at.HTTPS)
	default:
		fmt.Fprintf(r.app.stdout, "        %s (HTTP/2; for browsers to trust it, run \"etagere cert install\" once)\n", at.HTTPS)
	}
}

// problems prints those of l that were not printed before.
func (r *reporter) problems(l diag.List) {
	var fresh diag.List
	for _, p := range l {
		if !r.told[p.String()] {
			r.tell(p)
			fresh = append(fresh, p)
		}
	}
	r.app.printProblems(fresh)
	r.news = r.news || len(fresh) > 0
}

func (r *reporter) tell(p diag.Problem) {
	if r.told == nil {
		r.told = make(map[string]bool)
	}
	r.told[p.String()] = true
}

// total says how many problems there are, where that is news. l is all of them;
// those of a site that is not all rendered yet say nothing of the other pages.
func (r *reporter) total(l diag.List) {
	now := count(l)
	switch {
	case len(l) == 0 && len(r.told) > 0:
		fmt.Fprintln(r.app.stderr, "no problems any more")
	case len(l) > 0 && (r.news || now != r.last):
		fmt.Fprintln(r.app.stderr, now)
	}
	r.last, r.news = now, false
	clear(r.told)
	for _, p := range l {
		r.tell(p)
	}
}

func (r *reporter) reportJSON(e devserver.Event) {
	var line any
	switch e.Kind {
	case devserver.Ready:
		line = readyEvent{Event: "ready", HTTP: e.HTTP, HTTPS: e.HTTPS}
	case devserver.Built, devserver.Complete:
		line = newBuiltEvent(string(e.Kind), e.Stats.Pages, e.Stats.Rendered, e.Stats.Reused, e.Took, e.Problems)
	case devserver.Failed:
		line = errorEvent{Event: "failed", Message: e.Err.Error()}
	default:
		fmt.Fprintln(r.app.stderr, e.Message)
		return
	}
	if err := writeJSON(r.app.stdout, line); err != nil {
		fmt.Fprintln(r.app.stderr, err)
	}
}

// openBrowser shows url in the browser that the system prefers.
func openBrowser(url string) error {
	switch runtime.GOOS {
	case "windows":
		return exec.Command("rundll32", "url.dll,FileProtocolHandler", url).Start()
	case "darwin":
		return exec.Command("open", url).Start()
	}
	return exec.Command("xdg-open", url).Start()
}
