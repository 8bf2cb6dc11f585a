// Package golden compares what a test made with a file in testdata. The flag
// -update of a test that imports it rewrites the files; the difference is
// reviewed like code.
package golden

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files with what the tests made")

// Equal fails t where got differs from testdata/name, and shows how. With
// -update it writes the file instead.
func Equal(t testing.TB, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", filepath.FromSlash(name))
	if *update {
		err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o777), os.WriteFile(file, got, 0o666))
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Errorf("%v; run this package's tests with -update to make it", err)
		return
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s (-want +got): %s", file, difference(want, got))
	}
}

// difference shows the first line that differs, what is around it, and how
// long both are.
func difference(want, got []byte) string {
	w, g := strings.SplitAfter(string(want), "\n"), strings.SplitAfter(string(got), "\n")
	at := 0
	for at < len(w) && at < len(g) && w[at] == g[at] {
		at++
	}
	const around = 4
	var b strings.Builder
	fmt.Fprintf(&b, "line %d differs; want %d lines, got %d\n", at+1, len(w), len(g))
	from := max(0, at-around)
	for _, line := range w[from:at] {
		fmt.Fprintf(&b, "  %q\n", line)
	}
	for _, line := range w[at:min(len(w), at+around)] {
		fmt.Fprintf(&b, "- %q\n", line)
	}
	for _, line := range g[at:min(len(g), at+around)] {
		fmt.Fprintf(&b, "+ %q\n", line)
	}
	return b.String()
}
