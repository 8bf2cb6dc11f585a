// Package sitetest helps tests to make sites and to look at what became of
// them: a site is one txtar text, and a set of files is one stable text again.
package sitetest

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"golang.org/x/tools/txtar"

	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/output"
)

// Archive is the site that the txtar text tells, in memory. A file whose name
// ends in " -> target" is a symbolic link, and one whose name ends in
// " (no newline)" loses the line feed at its end. Malformed names fail the test.
func Archive(t testing.TB, text string) fstest.MapFS {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, f := range parse(t, text) {
		file := &fstest.MapFile{Data: f.data, Mode: 0o644}
		if f.link != "" {
			file = &fstest.MapFile{Data: []byte(f.link), Mode: fs.ModeSymlink | 0o777}
		}
		fsys[f.name] = file
	}
	return fsys
}

// Dir writes the site that the txtar text tells into a temporary folder, and
// returns the folder.
func Dir(t testing.TB, text string) string {
	t.Helper()
	dir := t.TempDir()
	Write(t, dir, text)
	return dir
}

// Write writes the files of the txtar text into dir, over what is there.
func Write(t testing.TB, dir, text string) {
	t.Helper()
	for _, f := range parse(t, text) {
		full := filepath.Join(dir, filepath.FromSlash(f.name))
		err := os.MkdirAll(filepath.Dir(full), 0o777)
		if f.link != "" {
			err = errors.Join(err, os.Symlink(filepath.FromSlash(f.link), full))
		} else {
			err = errors.Join(err, os.WriteFile(full, f.data, 0o666))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// entry is one file of an archive.
type entry struct {
	name, link string
	data       []byte
}

func parse(t testing.TB, text string) []entry {
	t.Helper()
	var list []entry
	seen := make(map[string]bool)
	for _, f := range txtar.Parse([]byte(text)).Files {
		e := entry{name: f.Name, data: f.Data}
		e.name, e.link, _ = strings.Cut(e.name, " -> ")
		if name, ok := strings.CutSuffix(e.name, " (no newline)"); ok {
			e.name, e.data = name, []byte(strings.TrimSuffix(string(f.Data), "\n"))
		}
		if !fs.ValidPath(e.name) || e.name == "." || seen[e.name] {
			t.Fatalf("archive has a bad or repeated name %q", e.name)
		}
		seen[e.name] = true
		list = append(list, e)
	}
	return list
}

// Dump is a set of files as one text, sorted by path: for comparing two builds,
// and for golden files. Bytes that are no text are told by size and digest.
func Dump(files map[string][]byte) []byte {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		data := files[name]
		if !utf8.Valid(data) || strings.ContainsRune(string(data), 0) {
			fmt.Fprintf(&b, "-- %s (%d bytes, %s) --\n", name, len(data), digest.Of(data).Short())
			continue
		}
		fmt.Fprintf(&b, "-- %s --\n%s", name, data)
		if len(data) > 0 && data[len(data)-1] != '\n' {
			b.WriteString("\n-- (no newline) --\n")
		}
	}
	return []byte(b.String())
}

// DumpFiles is Dump of what a build made.
func DumpFiles(files []*output.File) []byte {
	m := make(map[string][]byte, len(files))
	for _, f := range files {
		m[f.Path] = f.Data
	}
	return Dump(m)
}

// DumpFS is Dump of all files of a file system.
func DumpFS(t testing.TB, fsys fs.FS) []byte {
	t.Helper()
	m := make(map[string][]byte)
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		m[name], err = fs.ReadFile(fsys, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return Dump(m)
}
