package source

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestLoad(t *testing.T) {
	l := Layout{Exclude: []string{"public"}}
	s, _ := scan(t, New(site(
		"content/a.md", "src/Main.go", "src/main.go", "Docs/Part/One.md", "public/x", ".git/config", "in -> src/Main.go", "dir -> src",
		"out -> ../x", "topub -> public/x", "src/sub/x", "[odd].md",
	), nil, l))
	tests := []struct{ path, found string }{
		{"src/main.go", "src/main.go"},
		{"src/Main.go", "src/Main.go"},
		{"src/MAIN.go", "src/Main.go"},
		{"docs/part/one.md", "Docs/Part/One.md"},
		{"/docs/../Docs//Part/./One.md", "Docs/Part/One.md"},
		{"in", "in"},
		{"DIR/sub/X", "dir/sub/x"},
		{"[odd].md", "[odd].md"},
		{"src", ""}, {"", ""}, {".", ""}, {"/", ""}, {"src/main.go/x", ""}, {"nothing", ""},
		{"../x", ""}, {"src/../../x", ""}, {"out", ""}, {"public/x", ""}, {"topub", ""}, {".git/config", ""},
		{"a\x00b", ""}, {"src\\main.go", ""}, {"\xff", ""},
	}
	for _, tt := range tests {
		found, data, ok := s.Load(tt.path)
		if found != tt.found || ok != (tt.found != "") {
			t.Errorf("Load(%q): got %q, %v, want %q", tt.path, found, ok, tt.found)
		}
		want := LookDigest(found, data)
		if !ok {
			want = [32]byte{}
		}
		if got := s.LoadDigest(tt.path); got != want {
			t.Errorf("LoadDigest(%q) is not of what Load found", tt.path)
		}
	}
	if err := s.Err(); err != nil {
		t.Errorf("misses are no failures: %v", err)
	}
	for _, dir := range []string{".", "src", "Docs/Part"} {
		if !slices.Contains(s.Dirs(), dir) {
			t.Errorf("Dirs lacks %q: %q", dir, s.Dirs())
		}
	}
}

func TestLookUpsAreInputs(t *testing.T) {
	m := site("content/a.md", "src/a.go")
	s := New(m, nil, Layout{})
	first, _ := scan(t, s)
	first.Load("src/a.go")
	first.Load("src/b.go")
	miss := first.LoadDigest("src/b.go")

	same, _ := scan(t, s)
	if !same.Same(first) || same.Digest() != first.Digest() {
		t.Error("nothing changed, yet the snapshots differ")
	}
	m["src/b.go"] = &fstest.MapFile{Data: []byte("b")}
	added, _ := scan(t, s)
	if added.Same(first) || added.Digest() == first.Digest() || added.LoadDigest("src/b.go") == miss {
		t.Error("a file that was looked for in vain appeared unseen")
	}
	if added.FilesDigest() != first.FilesDigest() {
		t.Error("a file outside the tree changed the files' digest")
	}
	m["src/a.go"] = &fstest.MapFile{Data: []byte("other")}
	changed, _ := scan(t, s)
	if changed.Same(added) {
		t.Error("a file that was loaded changed unseen")
	}
	m["src/c.go"] = &fstest.MapFile{}
	other, _ := scan(t, s)
	if !other.Same(changed) {
		t.Error("a file that nobody looked for made a difference")
	}
}

func TestLoadOfUnreadable(t *testing.T) {
	bad := map[string]error{"src/a.go": fs.ErrPermission}
	s, _ := scan(t, New(failing{site("src/a.go"), bad, nil}, nil, Layout{}))
	if _, _, ok := s.Load("src/a.go"); ok {
		t.Error("an unreadable file was loaded")
	}
	if err := s.Err(); !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "src/a.go") {
		t.Errorf("got %v", err)
	}
}

// FuzzLoad: whatever the path, a look-up stays in the site's folder.
func FuzzLoad(f *testing.F) {
	for _, p := range []string{
		"a.txt", "../secret", "in/../../secret", "/a.txt", "//a", "in/up/secret", "in/up/site/a.txt", "abs", "A.TXT", "in/./a.txt",
		"..", "...", "in\\..\\..\\secret", "C:secret", "a.txt/../../secret", "\x00", "%2e%2e/secret", "in/b.txt/", "loop/a",
	} {
		f.Add(p)
	}
	base := f.TempDir()
	dir := filepath.Join(base, "site")
	for name, data := range map[string]string{"secret": "SECRET", "site/a.txt": "inside", "site/in/b.txt": "inside"} {
		full := filepath.Join(base, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(full), 0o777), os.WriteFile(full, []byte(data), 0o666)); err != nil {
			f.Fatal(err)
		}
	}
	for name, target := range map[string]string{"in/up": "../..", "abs": filepath.Join(base, "secret"), "loop": "loop"} {
		if err := os.Symlink(target, filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			f.Skip("no symbolic links here:", err)
		}
	}
	s, _, err := New(os.DirFS(dir), nil, Layout{Dir: dir}).Scan(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, p string) {
		found, data, ok := s.Load(p)
		if !ok {
			if found != "" || data != nil {
				t.Errorf("Load(%q) found nothing, and returned %q, %q", p, found, data)
			}
			return
		}
		if string(data) != "inside" || !fs.ValidPath(found) || path.Clean(found) != found {
			t.Errorf("Load(%q) found %q with %q", p, found, data)
		}
	})
}
