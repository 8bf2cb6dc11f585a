package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/etagere/etagere/builder"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/host"
)

// buildFlags are the flags of `etagere build`.
type buildFlags struct {
	siteFlags
	destination, host            string
	noCache, strict, json, quiet bool
}

func newBuild(a *app) *cobra.Command {
	var f buildFlags
	cmd := &cobra.Command{
		Use:   "build",
		Short: "Write the site to a folder",
		Long: `build renders the whole site and puts it in place in one step. With a mistake in
the site nothing is written, and the status is 1.`,
		Example: `  etagere build
  etagere build -s docs -d /srv/www --base-url https://example.org/docs/
  etagere build --host cloudflare
  etagere build --strict --json`,
		Args: exactly(0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error { return build(cmd, a, f) },
	}
	f.add(cmd)
	cmd.Flags().StringVarP(&f.destination, "destination", "d", "", "`DIR` to write to (default public in the site's folder)")
	cmd.Flags().StringVar(&f.host, "host", "", "host to build for, by its `NAME` (default the first of hosts in config.toml)")
	hosts := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var names []string
		for _, h := range host.All() {
			names = append(names, h.Name+"\t"+h.Title)
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
	if err := cmd.RegisterFlagCompletionFunc("host", hosts); err != nil {
		panic(err) // the flag stands above
	}
	cmd.Flags().StringVar(&f.baseURL, "base-url", "", "`URL` that the site will have")
	cmd.Flags().StringVar(&f.asOf, "as-of", "", "build as if it were `TIME`")
	cmd.Flags().BoolVar(&f.noCache, "no-cache", false, "use nothing that an earlier build has left")
	cmd.Flags().BoolVar(&f.strict, "strict", false, "fail on warnings too")
	cmd.Flags().BoolVar(&f.json, "json", false, "report as JSON on stdout")
	cmd.Flags().BoolVarP(&f.quiet, "quiet", "q", false, "say nothing but problems")
	return cmd
}

func build(cmd *cobra.Command, a *app, f buildFlags) error {
	o, err := f.options(cmd, a)
	if err != nil {
		return err
	}
	destination := f.destination
	if destination == "" {
		destination = filepath.Join(f.source, "public")
	}
	all := builder.BuildOptions{Options: o, Destination: destination, Host: f.host, Strict: f.strict, NoCache: f.noCache}
	steps := newProgress(a)
	if !f.quiet && !f.json {
		all.Progress = steps.step
	}
	result, err := builder.Build(cmd.Context(), all)
	steps.end()
	if unknown, ok := errors.AsType[*builder.HostError](err); ok {
		return wrongUsage(cmd, unknown)
	}
	if err != nil {
		return problemsIn(err)
	}
	if f.json {
		event := newBuiltEvent("built", result.Pages, result.Rendered, result.Reused, result.Took, result.Problems)
		if err := writeJSON(a.stdout, event); err != nil {
			return err
		}
	} else {
		a.reportBuild(result, destination, f.quiet)
	}
	if errors, warnings := result.Problems.Count(); errors > 0 || f.strict && warnings > 0 {
		return errMistakes
	}
	return nil
}

// reportBuild tells people how a build went.
func (a *app) reportBuild(r *builder.Result, destination string, quiet bool) {
	for _, note := range r.Notes {
		fmt.Fprintln(a.stderr, note)
	}
	a.printProblems(r.Problems)
	if n := count(r.Problems); n != "" {
		if !r.Written {
			n += "; nothing was written"
		}
		fmt.Fprintln(a.stderr, n)
	}
	if r.Written && !quiet {
		fmt.Fprintf(a.stdout, "built %s, %s in %s into %s\n",
			plural(r.Pages, "page"), plural(r.Files, "file"), seconds(r.Took), filepath.ToSlash(destination))
	}
}

// problemsIn is the list of mistakes that err carries, or err.
func problemsIn(err error) error {
	var l diag.List
	if errors.As(err, &l) {
		return l
	}
	return err
}
