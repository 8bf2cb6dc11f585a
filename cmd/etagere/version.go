package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersion(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "  etagere version",
		Args:    exactly(0, ""),
		RunE: func(*cobra.Command, []string) error {
			info, _ := debug.ReadBuildInfo()
			_, err := fmt.Fprintln(a.stdout, version(info))
			return err
		},
	}
}

// version is one line of what info, which may be nil, knows.
func version(info *debug.BuildInfo) string {
	number, commit := "unknown", ""
	if info != nil {
		if v := info.Main.Version; v != "" && v != "(devel)" {
			number = v
		}
		var modified bool
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				commit = s.Value
			case "vcs.modified":
				modified = s.Value == "true"
			}
		}
		if len(commit) > 12 {
			commit = commit[:12]
		}
		if commit != "" && modified {
			commit += ", modified"
		}
	}
	if commit != "" {
		commit = " (" + commit + ")"
	}
	return fmt.Sprintf("etagere %s%s, %s %s/%s", number, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
