package main

import (
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/etagere/etagere/builder/config"
)

func newConfig(a *app) *cobra.Command {
	var reference bool
	cmd := &cobra.Command{
		Use:     "config",
		Short:   "Explain the configuration",
		Long:    `config --reference prints every key of config.toml with its meaning and default, in Markdown.`,
		Example: "  etagere config --reference",
		Args:    exactly(0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !reference {
				return wrongUsage(cmd, errors.New("--reference is missing"))
			}
			_, err := io.WriteString(a.stdout, config.Reference())
			return err
		},
	}
	cmd.Flags().BoolVar(&reference, "reference", false, "print every key of config.toml")
	return cmd
}
