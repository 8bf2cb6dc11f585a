package builder

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"
)

// faultyFS is a folder with files that cannot be read: those that bad names, at
// once or, where late is set, after so many bytes.
type faultyFS struct {
	fstest.MapFS
	mu   sync.Mutex
	bad  map[string]error
	late map[string]int
}

func (f *faultyFS) fault(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.bad[name]
}

func (f *faultyFS) set(name string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.bad[name] = err
}

func (f *faultyFS) Open(name string) (fs.File, error) {
	err, late := f.fault(name), f.late[name]
	if err != nil && late == 0 {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	file, openErr := f.MapFS.Open(name)
	if err != nil && openErr == nil {
		return &faultyFile{file, late, &fs.PathError{Op: "read", Path: name, Err: err}}, nil
	}
	return file, openErr
}

func (f *faultyFS) ReadFile(name string) ([]byte, error) {
	if err := f.fault(name); err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return f.MapFS.ReadFile(name)
}

func (f *faultyFS) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := f.fault(name); err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: err}
	}
	return f.MapFS.ReadDir(name)
}

// faultyFile fails after some bytes, as a disk does.
type faultyFile struct {
	fs.File
	left int
	err  error
}

func (f *faultyFile) Read(p []byte) (int, error) {
	if f.left == 0 {
		return 0, f.err
	}
	n, err := f.File.Read(p[:min(len(p), f.left)])
	f.left -= n
	return n, err
}

func newFaulty() *faultyFS {
	f := &faultyFS{MapFS: fstest.MapFS{}, bad: make(map[string]error), late: make(map[string]int)}
	for name, text := range labSite() {
		f.MapFS[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644, ModTime: labTime.Add(-time.Hour)}
	}
	return f
}

var errDisk = errors.New("input/output error")

// TestUnreadableInput holds that a file that cannot be read is a failure of the
// machine, which names the file, and no mistake of the author's.
func TestUnreadableInput(t *testing.T) {
	tests := []struct {
		name string
		late int
		err  error
	}{
		{"config.toml", 0, fs.ErrPermission},
		{"content/guide/a.md", 0, errDisk},
		{"content/guide/a.md", 5, errDisk},
		{"content/guide", 0, fs.ErrPermission},
		{"content/guide/pic.png", 0, errDisk},
		{"layouts/partials/nav.html", 0, errDisk},
		{"layouts/shortcodes", 0, errDisk},
		{"data/team.toml", 0, errDisk},
		{"i18n/zh.toml", 0, errDisk},
		{"assets/css/main.css", 0, errDisk},
		{"static/robots.txt", 0, fs.ErrPermission},
		{"snippets/x.txt", 0, errDisk},
	}
	for _, tt := range tests {
		t.Run(strings.ReplaceAll(tt.name, "/", " "), func(t *testing.T) {
			f := newFaulty()
			f.bad[tt.name] = tt.err
			if tt.late > 0 {
				f.late[tt.name] = tt.late
			}
			b, err := Open(Options{FS: f, AsOf: labTime})
			if err != nil {
				t.Fatal(err)
			}
			var problems string
			g, err := b.Update(context.Background())
			if err == nil {
				err = g.All(context.Background(), nil, nil)
				problems = g.Problems().Error()
			}
			if !errors.Is(err, tt.err) || !strings.Contains(err.Error(), tt.name) {
				t.Errorf("got error %v and problems:\n%s", err, problems)
			}
			if err != nil && strings.Count(err.Error(), tt.name) > 1 && strings.Count(err.Error(), "\n") == 0 {
				t.Errorf("the message repeats itself: %v", err)
			}

			// When the disk is well again, so is the site.
			f.set(tt.name, nil)
			got := buildAll(t, b)
			if d := got.diff(newLab(t, labSite()).clean(t)); d != "" {
				t.Errorf("after the fault:\n%s", d)
			}
		})
	}
}

// TestFaultWhileServed holds that a rebuild that fails leaves the last good
// generation usable.
func TestFaultWhileServed(t *testing.T) {
	f := newFaulty()
	b, err := Open(Options{FS: f, AsOf: labTime})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	g, err := b.Update(ctx)
	if err != nil {
		t.Fatal(err)
	}
	was, err := g.File(ctx, "/guide/a/")
	if err != nil {
		t.Fatal(err)
	}
	f.MapFS["content/guide/a.md"] = &fstest.MapFile{Data: []byte("# Changed\n"), ModTime: labTime}
	f.set("content/guide/a.md", errDisk)
	if _, err := b.Update(ctx); !errors.Is(err, errDisk) {
		t.Fatalf("got %v", err)
	}
	is, err := g.File(ctx, "/guide/a/")
	if err != nil || !bytes.Equal(is.Data, was.Data) {
		t.Errorf("the last good page: %v", err)
	}
}

// TestCancelledBuild holds that a build that is called off leaves no trace.
func TestCancelledBuild(t *testing.T) {
	dir := t.TempDir()
	for name, text := range labSite() {
		name = filepath.Join(dir, "site", filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o777), os.WriteFile(name, []byte(text), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	dest := filepath.Join(dir, "out", "www")
	o := BuildOptions{Options: Options{Source: filepath.Join(dir, "site"), AsOf: labTime}, Destination: dest}
	if res, err := Build(context.Background(), o); err != nil || !res.Written {
		t.Fatalf("got %v, %v", res.Problems, err)
	}
	before := treeOf(t, dest)
	ctx, stop := context.WithCancel(context.Background())
	o.Progress = func(done, _ int) {
		if done == 5 {
			stop()
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "site", "layouts", "404.html"), []byte("changed"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Build(ctx, o); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if after := treeOf(t, dest); after != before {
		t.Errorf("the destination changed:\n%s\nwas\n%s", after, before)
	}
	if entries, _ := os.ReadDir(filepath.Dir(dest)); len(entries) != 1 {
		t.Errorf("something was left beside the destination: %v", entries)
	}
}

// treeOf lists the files of a folder with their bytes.
func treeOf(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		b.WriteString(name + "\n" + string(data) + "\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
