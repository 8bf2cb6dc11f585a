package main

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOverlay(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"config.toml", "a.md"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("below"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("a.md", filepath.Join(dir, "link.md")); err != nil {
		t.Skip(err)
	}
	base, ok := os.DirFS(dir).(fs.ReadLinkFS)
	if !ok {
		t.Skip("no symbolic links")
	}
	o := overlay{base, "config.toml", []byte("over")}
	for name, want := range map[string]string{"config.toml": "over", "a.md": "below", "link.md": "below"} {
		if b, err := fs.ReadFile(o, name); err != nil || string(b) != want {
			t.Errorf("%s: got %q, %v, want %q", name, b, err, want)
		}
	}
	info, err := fs.Lstat(o, "config.toml")
	if err != nil || info.Size() != 4 || !info.Mode().IsRegular() {
		t.Errorf("config.toml is %v, %v", info, err)
	}
	if to, err := fs.ReadLink(o, "link.md"); err != nil || to != "a.md" {
		t.Errorf("link.md leads to %q, %v", to, err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "config.toml")); err != nil || string(b) != "below" {
		t.Errorf("the folder was changed: %q, %v", b, err)
	}
}

func TestRun(t *testing.T) {
	for args, want := range map[string]string{
		"":                     "say what to run",
		"nothing":              `there is no "nothing"`,
		"corpus -name nothing": `there is no pack "nothing"`,
		"corpus -name apisix -dir /nowhere/at/all": "open pack apisix",
	} {
		var out bytes.Buffer
		err := run(context.Background(), strings.Fields(args), &out, &out)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", args, err, want)
		}
	}
	for _, c := range corpora {
		if _, ok := proofs[c.name]; !ok {
			t.Errorf("pack %s has no proof", c.name)
		}
		if text, err := c.config(); err != nil || len(text) == 0 {
			t.Errorf("pack %s: %v", c.name, err)
		}
	}
}
