package sitetest

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/etagere/etagere/builder/output"
)

const archive = `A comment.
-- content/a.md --
# A

text
-- content/b.txt (no newline) --
end
-- content/link.md -> a.md --
-- content/empty --
`

func TestArchive(t *testing.T) {
	mem := Archive(t, archive)
	dir := Dir(t, archive)
	for name, want := range map[string]string{"content/a.md": "# A\n\ntext\n", "content/b.txt": "end", "content/link.md": "# A\n\ntext\n", "content/empty": ""} {
		if got, err := fs.ReadFile(mem, name); err != nil || string(got) != want {
			t.Errorf("%s in memory: got %q, %v, want %q", name, got, err, want)
		}
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s on disk: got %q, %v, want %q", name, got, err, want)
		}
	}
	if a, b := DumpFS(t, mem), DumpFS(t, os.DirFS(dir)); !bytes.Equal(a, b) {
		t.Errorf("memory and disk differ:\n%s\n%s", a, b)
	}
	Write(t, dir, "-- content/a.md --\nnew\n")
	if got, _ := os.ReadFile(filepath.Join(dir, "content", "a.md")); string(got) != "new\n" {
		t.Errorf("Write: got %q", got)
	}
}

func TestDump(t *testing.T) {
	got := string(DumpFiles([]*output.File{
		{Path: "b.html", Data: []byte("b\n")}, {Path: "a.html", Data: []byte("a")}, {Path: "c.png", Data: []byte("\x89PNG\x00")}, {Path: "d"},
	}))
	want := "-- a.html --\na\n-- (no newline) --\n-- b.html --\nb\n-- c.png (5 bytes, "
	if len(got) < len(want) || got[:len(want)] != want {
		t.Errorf("got\n%s", got)
	}
	if got[len(got)-len("-- d --\n"):] != "-- d --\n" {
		t.Errorf("got\n%s", got)
	}
	// What looks the same must be the same: a missing line feed is told.
	if bytes.Equal(Dump(map[string][]byte{"a": []byte("x")}), Dump(map[string][]byte{"a": []byte("x\n")})) {
		t.Error("two sets of files have one dump")
	}
}
