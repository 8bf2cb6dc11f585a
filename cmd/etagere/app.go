package main

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/etagere/etagere/builder"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/themes"
)

// app is what commands share: where their words go.
type app struct {
	stdout, stderr io.Writer
	env            []string
}

// getenv is the value of an environment variable.
func (a *app) getenv(key string) string {
	for _, e := range a.env {
		if v, ok := strings.CutPrefix(e, key+"="); ok {
			return v
		}
	}
	return ""
}

// terminal reports whether stderr is one that can be written over.
func (a *app) terminal() bool {
	f, ok := a.stderr.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && a.getenv("TERM") != "dumb"
}

// color reports whether colours are wanted on stderr.
func (a *app) color() bool { return a.terminal() && a.getenv("NO_COLOR") == "" }

// printProblems shows l to people.
func (a *app) printProblems(l diag.List) {
	if err := l.WriteText(a.stderr, a.color()); err != nil {
		return // there is nobody left to tell
	}
}

// count is "2 errors, 1 warning"; empty for nothing.
func count(l diag.List) string {
	errors, warnings := l.Count()
	var parts []string
	if errors > 0 {
		parts = append(parts, plural(errors, "error"))
	}
	if warnings > 0 {
		parts = append(parts, plural(warnings, "warning"))
	}
	return strings.Join(parts, ", ")
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// seconds is d for people.
func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

// siteFlags are the flags that say which site it is and what belongs to it.
type siteFlags struct {
	source, baseURL, asOf string
	drafts, future        bool
}

// add puts the flags that all commands on a site have on cmd.
func (f *siteFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&f.source, "source", "s", ".", "`DIR` of the site")
	cmd.Flags().BoolVar(&f.drafts, "drafts", false, "include drafts")
	cmd.Flags().BoolVar(&f.future, "future", false, "include what is to be published later")
}

// options are the builder's, of flags and environment.
func (f *siteFlags) options(cmd *cobra.Command, a *app) (builder.Options, error) {
	o := builder.Options{
		Source: f.source, Themes: themes.FS(), BaseURL: f.baseURL, Env: a.env,
		Drafts: f.drafts, Future: f.future,
	}
	if info, err := os.Stat(f.source); err != nil || !info.IsDir() {
		return o, wrongUsage(cmd, fmt.Errorf("there is no folder %q", f.source))
	}
	if f.baseURL != "" {
		if u, err := url.Parse(f.baseURL); err != nil || u.Scheme != "" && u.Host == "" || u.Scheme == "" && !strings.HasPrefix(f.baseURL, "/") {
			return o, wrongUsage(cmd, fmt.Errorf("--base-url %q is no URL like https://example.org/docs/", f.baseURL))
		}
	}
	at, err := a.epoch()
	if f.asOf != "" {
		at, err = instant(f.asOf)
	}
	if err != nil {
		return o, wrongUsage(cmd, err)
	}
	o.AsOf = at
	return o, nil
}

// epoch is the instant that SOURCE_DATE_EPOCH says
// (reproducible-builds.org/specs/source-date-epoch), zero where it is not set.
func (a *app) epoch() (time.Time, error) {
	epoch := a.getenv("SOURCE_DATE_EPOCH")
	if epoch == "" {
		return time.Time{}, nil
	}
	n, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH %q is no number of seconds", epoch)
	}
	return time.Unix(n, 0).UTC(), nil
}

// instant reads the value of --as-of.
func instant(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("--as-of %q is no time like 2026-01-31 or 2026-01-31T12:00:00Z", s)
}
