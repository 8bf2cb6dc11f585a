package main

import (
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/etagere/etagere/builder"
	"github.com/etagere/etagere/builder/diag"
)

func newCheck(a *app) *cobra.Command {
	var f siteFlags
	var asJSON, external bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Look for mistakes, broken links among them",
		Long: `check renders the whole site and looks at its links, anchors and images. Nothing
is written. The status is 1 where there is any problem, warnings included.`,
		Example: `  etagere check
  etagere check -s docs --drafts
  etagere check --external`,
		Args: exactly(0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error { return check(cmd, a, f, asJSON, external) },
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&external, "external", false, "ask other sites too whether what is linked to is there")
	cmd.Flags().BoolVar(&asJSON, "json", false, "report as JSON on stdout, one problem a line")
	return cmd
}

func check(cmd *cobra.Command, a *app, f siteFlags, asJSON, external bool) error {
	o, err := f.options(cmd, a)
	if err != nil {
		return err
	}
	b, err := builder.Open(o)
	if err != nil {
		return problemsIn(err)
	}
	g, err := b.Update(cmd.Context())
	if err != nil {
		return problemsIn(err)
	}
	problems, err := g.Check(cmd.Context())
	if err != nil {
		return problemsIn(err)
	}
	if external {
		more, err := g.CheckExternal(cmd.Context(), http.DefaultClient, nil)
		if err != nil {
			return problemsIn(err)
		}
		problems = append(problems, more...).Sorted()
	}
	return a.reportCheck(problems, g.Stats().Pages, asJSON)
}

// reportCheck tells what was found.
func (a *app) reportCheck(problems diag.List, pages int, asJSON bool) error {
	if asJSON {
		for _, p := range problems {
			if err := writeJSON(a.stdout, p); err != nil {
				return err
			}
		}
	} else {
		a.printProblems(problems)
	}
	if len(problems) > 0 {
		if !asJSON {
			fmt.Fprintf(a.stderr, "%s in %s\n", count(problems), plural(pages, "page"))
		}
		return errMistakes
	}
	if !asJSON {
		fmt.Fprintf(a.stdout, "no problems in %s\n", plural(pages, "page"))
	}
	return nil
}
