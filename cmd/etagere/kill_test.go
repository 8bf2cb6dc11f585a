package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// killPages is how many pages the site has whose builds are killed: enough for a
// build to last some tenths of a second.
const killPages = 1000

// edition is a site of many pages that all change at once.
type edition struct {
	t    *testing.T
	site string
	dest string
}

func newEdition(t *testing.T) *edition {
	t.Helper()
	if runtime.GOOS != "linux" && runtime.GOOS != "darwin" {
		t.Skip("no such signals, or folders that cannot be exchanged")
	}
	dir := t.TempDir()
	e := &edition{t: t, site: filepath.Join(dir, "site"), dest: filepath.Join(dir, "out", "www")}
	e.write("layouts/all.html", `<title>{{ .Title }}</title>{{ .Site.Params.edition }}|{{ .Content }}`)
	for i := range killPages {
		e.write(fmt.Sprintf("content/s%d/p%d.md", i%20, i), fmt.Sprintf("# Page %d\n\nSome *text* of [page](p%d.md).\n", i, i))
	}
	return e
}

func (e *edition) write(name, text string) {
	e.t.Helper()
	name = filepath.Join(e.site, filepath.FromSlash(name))
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o777), os.WriteFile(name, []byte(text), 0o666)); err != nil {
		e.t.Fatal(err)
	}
}

// set makes the next build write another edition of every page.
func (e *edition) set(name string) {
	e.write("config.toml", "title = \"Kill\"\nbase_url = \"https://example.org/\"\ntheme = \"\"\n[params]\nedition = \""+name+"\"\n")
}

func (e *edition) command() (*exec.Cmd, *bytes.Buffer) {
	var stderr bytes.Buffer
	cmd := exec.Command("etagere", "build", "-q", "-s", e.site, "-d", e.dest)
	cmd.Stderr = &stderr
	return cmd, &stderr
}

// build builds to the end.
func (e *edition) build() time.Duration {
	e.t.Helper()
	began := time.Now()
	cmd, stderr := e.command()
	if err := cmd.Run(); err != nil {
		e.t.Fatalf("build: %v\n%s", err, stderr)
	}
	return time.Since(began)
}

// found is the edition that the destination holds, which must be whole.
func (e *edition) found() string {
	e.t.Helper()
	editions := make(map[string]int)
	err := filepath.WalkDir(e.dest, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".html" {
			return err
		}
		text, err := os.ReadFile(name)
		_, rest, _ := bytes.Cut(text, []byte("</title>"))
		mark, _, whole := bytes.Cut(rest, []byte("|"))
		if !whole {
			mark = []byte("torn")
		}
		editions[string(mark)]++
		return err
	})
	if err != nil {
		e.t.Fatal(err)
	}
	for name, n := range editions {
		if len(editions) == 1 && n >= killPages {
			return name
		}
	}
	e.t.Fatalf("the destination holds %v", editions)
	return ""
}

// swapped waits until another folder has the destination's name.
func (e *edition) swapped(limit time.Time) {
	was, err := os.Stat(e.dest)
	if err != nil {
		e.t.Fatal(err)
	}
	for time.Now().Before(limit) {
		if is, err := os.Stat(e.dest); err == nil && !os.SameFile(was, is) {
			return
		}
		time.Sleep(100 * time.Microsecond)
	}
}

// strays are the things that builds have left beside the destination.
func (e *edition) strays() []string {
	entries, _ := os.ReadDir(filepath.Dir(e.dest))
	var names []string
	for _, entry := range entries {
		if entry.Name() != filepath.Base(e.dest) {
			names = append(names, entry.Name())
		}
	}
	return names
}

// TestKill kills builds at random moments: the destination holds the old site or
// the new one, whole, and the next build works.
func TestKill(t *testing.T) {
	e := newEdition(t)
	e.set("v0")
	e.build()
	now := e.found()
	e.set("v1")
	took := e.build()
	if got := e.found(); now != "v0" || got != "v1" {
		t.Fatalf("built %q, then %q", now, got)
	}
	random := rand.New(rand.NewPCG(1, uint64(time.Now().UnixNano())))
	now = "v1"
	kills, swapped := 0, 0
	for limit := time.Now().Add(8 * time.Second); time.Now().Before(limit) && kills < 30; kills++ {
		next := fmt.Sprintf("v%d", kills+2)
		e.set(next)
		cmd, _ := e.command()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if kills%2 == 0 {
			time.Sleep(time.Duration(random.Int64N(int64(took))))
		} else {
			// Right behind the swap, before all is told of it.
			e.swapped(time.Now().Add(10 * took))
			time.Sleep(time.Duration(random.Int64N(int64(took / 20))))
		}
		after := time.Since(began)
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
		switch got := e.found(); got {
		case now:
		case next:
			now = next
			swapped++
		default:
			t.Fatalf("killed after %v: the destination holds %q, which is neither %q nor %q", after, got, now, next)
		}
	}
	t.Logf("killed %d builds of %v, %d of which had swapped", kills, took, swapped)
	e.set("last")
	e.build()
	if got := e.found(); got != "last" {
		t.Errorf("the build after the kills: got %q", got)
	}
	if strays := e.strays(); len(strays) > 0 {
		t.Errorf("the build after the kills left %q", strays)
	}
}

// TestInterrupt holds that a signal ends a build soon, with the old site whole
// and nothing left behind.
func TestInterrupt(t *testing.T) {
	e := newEdition(t)
	e.set("old")
	took := e.build()
	e.set("new")
	for i := range 5 {
		cmd, stderr := e.command()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// In the middle: once it has begun to write.
		for limit := time.Now().Add(20 * time.Second); len(e.strays()) == 0 && time.Now().Before(limit); {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(took / 10 * time.Duration(i) / 2)
		began := time.Now()
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Logf("run %d had ended: %v", i, err)
		}
		err := cmd.Wait()
		if err == nil {
			t.Logf("run %d ended before the signal came", i)
			e.set("old")
			e.build()
			e.set("new")
			continue
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("ended %v after the signal", took)
		} else {
			t.Logf("ended %v after the signal", took)
		}
		if status := cmd.ProcessState.ExitCode(); status != statusMachine || strings.TrimSpace(stderr.String()) != "etagere: interrupted" {
			t.Errorf("status %d, stderr %q", status, stderr)
		}
		if got := e.found(); got != "old" {
			t.Errorf("the destination holds %q", got)
		}
		if strays := e.strays(); len(strays) > 0 {
			t.Errorf("left behind: %q", strays)
		}
	}
}

// TestDiskFull builds into a folder that has no room: one message, and the old
// site stays.
func TestDiskFull(t *testing.T) {
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		t.Skip("only root can mount a small file system")
	}
	e := newEdition(t)
	small := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", small).CombinedOutput(); err != nil {
		t.Skipf("cannot mount a small file system: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", small).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	big := e.site
	e.site, e.dest = filepath.Join(filepath.Dir(big), "little"), filepath.Join(small, "www")
	e.write("layouts/all.html", `<title>{{ .Title }}</title>{{ .Site.Params.edition }}|{{ .Content }}`)
	e.write("content/a.md", "# A\n")
	e.set("old")
	e.build()
	was, err := os.ReadFile(filepath.Join(e.dest, "a", "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range killPages {
		e.write(fmt.Sprintf("content/p%d.md", i), "# Page\n\nText\n")
	}
	e.set("new")
	cmd, stderr := e.command()
	err = cmd.Run()
	if cmd.ProcessState.ExitCode() != statusMachine {
		t.Errorf("got %v", err)
	}
	said := strings.TrimSpace(stderr.String())
	if strings.Count(said, "\n") > 0 || !strings.HasPrefix(said, "etagere: ") || !strings.Contains(said, "no space left") {
		t.Errorf("stderr: %q", said)
	}
	if now, err := os.ReadFile(filepath.Join(e.dest, "a", "index.html")); err != nil || !bytes.Equal(now, was) {
		t.Errorf("the old site is not whole: %q, %v", now, err)
	}
	if strays := e.strays(); len(strays) > 0 {
		t.Errorf("left behind: %q", strays)
	}
}
