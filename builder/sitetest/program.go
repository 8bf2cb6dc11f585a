package sitetest

import (
	"os"
	"os/exec"
	"testing"
)

// Program is the path of a program that a test drives: the first of names that
// is installed. Where none is, the test is skipped with that reason; under
// ETAGERE_PEERS=required, which the whole check sets, it fails.
func Program(t testing.TB, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("ETAGERE_PEERS") == "required" {
		t.Fatalf("not installed: %q", names)
	}
	t.Skipf("not installed: %q", names)
	return ""
}
