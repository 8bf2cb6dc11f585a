package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// newRoot is the command with all its subcommands.
func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "etagere COMMAND",
		Short: "Make a static site from a folder of Markdown",
		Long: `étagère renders a folder of Markdown into a static site in which every byte has
an identity and every URL a cache policy, and serves it while it is written.`,
		Example: `  etagere init docs        make a new site in docs
  etagere serve -s docs    show it, and keep showing it while you write
  etagere build -s docs    write it to docs/public`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          unknownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return wrongUsage(cmd, fmt.Errorf("a command is missing"))
		},
	}
	root.SuggestionsMinimumDistance = 2
	root.SetFlagErrorFunc(wrongUsage)
	root.SetHelpCommand(newHelp())
	root.AddCommand(
		newInit(a), newNew(a), newBuild(a), newServe(a), newPreview(a), newCheck(a), newCert(a), newConfig(a), newVersion(a),
	)
	return root
}

// newHelp is `etagere help`, which knows its own mistakes, unlike cobra's.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Explain a command",
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(cmd.Root(), args)
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}

// unknownCommand refuses whatever is not a command, and names the nearest.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	err := fmt.Errorf("there is no command %q", args[0])
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		err = fmt.Errorf("%w; did you mean %q?", err, strings.Join(near, `" or "`))
	}
	return wrongUsage(cmd, err)
}

// usageError is wrong usage of a command.
type usageError struct {
	command string
	line    string
	err     error
}

// Error is what is wrong.
func (e *usageError) Error() string { return e.err.Error() }

// Unwrap is what is wrong.
func (e *usageError) Unwrap() error { return e.err }

// wrongUsage is err as wrong usage of cmd.
func wrongUsage(cmd *cobra.Command, err error) error {
	line := fmt.Sprintf("usage: %s\nrun %q for more", cmd.UseLine(), cmd.CommandPath()+" --help")
	return &usageError{command: cmd.CommandPath(), line: line, err: err}
}

// exactly asks for n arguments, called what.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < n:
			return wrongUsage(cmd, fmt.Errorf("%s is missing", what))
		case len(args) > n && n == 0:
			return wrongUsage(cmd, fmt.Errorf("unexpected argument %q", args[0]))
		case len(args) > n:
			return wrongUsage(cmd, fmt.Errorf("unexpected argument %q after %s", args[n], what))
		}
		return nil
	}
}
