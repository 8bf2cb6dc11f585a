package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/devserver"
	"github.com/etagere/etagere/devserver/preview"
)

// previewFlags are the flags of `etagere preview`.
type previewFlags struct {
	listenFlags
	source     string
	latency    time.Duration
	open, json bool
}

func newPreview(a *app) *cobra.Command {
	var f previewFlags
	cmd := &cobra.Command{
		Use:   "preview [DIR]",
		Short: "Show the built site as readers will get it",
		Long: `preview serves what "etagere build" has written to DIR (default public in the
site's folder): the same bytes under the header fields of production, so that a
browser caches here as it will there. It puts no script into pages and watches
nothing; a later build into the same folder shows at the next reload.

Files are compared with the manifest of the build. One that was changed since is
not sent.`,
		Example: `  etagere build && etagere preview --open
  etagere preview -s docs
  etagere preview /srv/www --latency 200ms`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return wrongUsage(cmd, fmt.Errorf("unexpected argument %q after DIR", args[1]))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return previewSite(cmd, a, f, args) },
	}
	cmd.Flags().StringVarP(&f.source, "source", "s", ".", "`DIR` of the site")
	f.listenFlags.add(cmd)
	cmd.Flags().BoolVar(&f.open, "open", false, "open the site in the browser")
	cmd.Flags().DurationVar(&f.latency, "latency", 0, "hold back each answer for `DUR`, such as 200ms")
	cmd.Flags().BoolVar(&f.json, "json", false, "report as JSON on stdout, one event a line")
	return cmd
}

func previewSite(cmd *cobra.Command, a *app, f previewFlags, args []string) error {
	if f.latency < 0 {
		return wrongUsage(cmd, fmt.Errorf("--latency %v is negative", f.latency))
	}
	dir := filepath.Join(f.source, "public")
	if len(args) > 0 {
		dir = args[0]
	}
	r := &reporter{app: a, json: f.json, open: f.open}
	var one sync.Mutex
	notice := func(message string) {
		one.Lock()
		defer one.Unlock()
		r.report(devserver.Event{Kind: devserver.Notice, Message: message})
	}
	site, err := preview.New(preview.Options{
		Dir: dir, Sources: []string{f.source}, AllowHosts: f.allowHosts, Latency: f.latency, Notice: notice,
	})
	if err != nil {
		return unbuilt(err)
	}
	listening, trusted, err := f.listening(cmd, a)
	if err != nil {
		return err
	}
	r.trusted, listening.Notice = trusted, notice
	return listening.Serve(cmd.Context(), site.Handler(listening.Addr, listening.TLSAddr), func(at devserver.Addresses) {
		r.report(devserver.Event{Kind: devserver.Ready, HTTP: at.HTTP, HTTPS: at.HTTPS})
	})
}

// unbuilt is err as the author's mistake, where the site was not built.
func unbuilt(err error) error {
	var none *preview.NoBuildError
	if !errors.As(err, &none) {
		return err
	}
	p := diag.InFile(filepath.ToSlash(none.Dir), "not-built", "there is no built site here")
	if none.Missing {
		p = diag.InFile(filepath.ToSlash(none.Dir), "not-built", "there is no such folder")
	}
	return diag.List{p.WithHint(`run "etagere build" first; where it wrote to another folder, name that; where the site lies elsewhere, say so by --source`)}
}
