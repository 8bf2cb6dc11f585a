package main

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

// scaffold is the site that init writes. Names that start with "dot-" stand
// for dotfiles.
//
//go:embed all:scaffold
var scaffold embed.FS

func newInit(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "init DIR",
		Short: "Make a new site",
		Long: `init writes a small site to DIR, which builds and serves as it is. DIR is made if
it does not exist, and must be empty if it does.`,
		Example: "  etagere init docs",
		Args:    exactly(1, "DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return initSite(cmd, a, args[0])
		},
	}
}

func initSite(cmd *cobra.Command, a *app, dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil && len(entries) == 0:
		if info, statErr := os.Stat(dir); statErr == nil && !info.IsDir() {
			return wrongUsage(cmd, fmt.Errorf("%q is a file", dir))
		}
		return fmt.Errorf("look into %s: %w", dir, err)
	case len(entries) > 0:
		return wrongUsage(cmd, fmt.Errorf("%q is not empty: it has %q", dir, entries[0].Name()))
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("make the site: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("make the site: %w", err)
	}
	defer func() { _ = root.Close() }()
	if err := writeScaffold(root, siteTitle(dir)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "made a site in %s\n\n  etagere serve -s %s --open    show it while you write\n"+
		"  etagere build -s %s           write it to %s\n\nIts pages are in %s, its settings in %s.\n",
		filepath.ToSlash(dir), quoted(dir), quoted(dir), path.Join(filepath.ToSlash(dir), "public"),
		path.Join(filepath.ToSlash(dir), "content"), path.Join(filepath.ToSlash(dir), "config.toml"))
	return err
}

// writeScaffold writes the site with its title in place.
func writeScaffold(root *os.Root, title string) error {
	const top = "scaffold"
	return fs.WalkDir(scaffold, top, func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == top {
			return err
		}
		to := strings.ReplaceAll(strings.TrimPrefix(name, top+"/"), "dot-", ".")
		if d.IsDir() {
			if err := root.MkdirAll(to, 0o777); err != nil {
				return fmt.Errorf("make the site: %w", err)
			}
			return nil
		}
		data, err := scaffold.ReadFile(name)
		if err != nil {
			return err
		}
		data = bytes.ReplaceAll(data, []byte("SITE_TITLE"), []byte(title))
		if err := root.WriteFile(to, data, 0o666); err != nil {
			return fmt.Errorf("make the site: %w", err)
		}
		return nil
	})
}

// siteTitle makes a title of the folder's name, fit for the inside of a TOML string.
func siteTitle(dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		abs = dir
	}
	title := titleOf(filepath.Base(abs))
	if title == "" {
		return "My site"
	}
	return strings.Trim(strconv.Quote(strings.ToValidUTF8(title, "")), `"`)
}

// quoted is dir as a shell takes it.
func quoted(dir string) string {
	if strings.ContainsFunc(dir, func(c rune) bool { return strings.ContainsRune(" \t'\"\\$&;|<>()*?!`#~", c) }) {
		return "'" + strings.ReplaceAll(dir, "'", `'\''`) + "'"
	}
	return dir
}
