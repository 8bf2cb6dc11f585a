package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// copySite copies our own site file by file, in the order of its names or
// against it, so that folders list it in another order; all files get the time
// that at says.
func copySite(t *testing.T, backwards bool, at time.Time) string {
	t.Helper()
	dir, root := t.TempDir(), os.DirFS("../..")
	var names []string
	for _, top := range []string{"content", "themes/shelf", "config.toml"} {
		err := fs.WalkDir(root, top, func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				names = append(names, name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if backwards {
		slices.Reverse(names)
	}
	for _, name := range names {
		b, err := fs.ReadFile(root, name)
		to := filepath.Join(dir, filepath.FromSlash(name))
		if err == nil {
			err = os.MkdirAll(filepath.Dir(to), 0o777)
		}
		if err == nil {
			err = os.WriteFile(to, b, 0o666)
		}
		if err == nil {
			err = os.Chtimes(to, at, at)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// tree is every file below dir with its bytes, and with its time, which servers
// make validators of.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		info, err := d.Info()
		rel, _ := filepath.Rel(dir, name)
		files[filepath.ToSlash(rel)] = info.ModTime().UTC().String() + "\n" + string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestSameBytes: what is built depends on the inputs alone, not on the number of
// processors, the order in which folders list their files, the zone and language
// of the machine, or when and where it is built.
func TestSameBytes(t *testing.T) {
	build := func(backwards bool, at time.Time, env ...string) (files map[string]string, manifest string) {
		t.Helper()
		site := copySite(t, backwards, at)
		dest := filepath.Join(t.TempDir(), "www")
		cmd := exec.Command("etagere", "build", "-q", "-s", site, "-d", dest, "--as-of", "2026-01-31T12:00:00Z", "--host", "caddy")
		cmd.Env = append(os.Environ(), env...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		b, err := os.ReadFile(filepath.Join(site, ".etagere", "manifest.json"))
		if err != nil {
			t.Fatal(err)
		}
		return tree(t, dest), string(b)
	}
	files, manifest := build(false, time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC), "GOMAXPROCS=1", "TZ=Asia/Shanghai", "LC_ALL=C")
	again, second := build(true, time.Now(), "GOMAXPROCS=4", "TZ=America/St_Johns", "LC_ALL=zh_CN.UTF-8")
	if len(files) < 50 {
		t.Fatalf("only %d files", len(files))
	}
	if diff := cmp.Diff(files, again); diff != "" {
		t.Errorf("the files differ:\n%.4000s", diff)
	}
	if diff := cmp.Diff(manifest, second); diff != "" {
		t.Errorf("the manifests differ:\n%.4000s", diff)
	}
}
