package watch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// harness is a watcher in the hands of a test.
type harness struct {
	t *testing.T
	w *Watcher
}

// start runs a watcher over dirs until the test ends.
func start(t *testing.T, o Options, dirs ...string) *harness {
	t.Helper()
	w := New(o)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { w.Run(ctx) })
	t.Cleanup(func() { cancel(); wg.Wait() })
	h := &harness{t, w}
	h.settle(dirs...)
	return h
}

// settle does what the loop does after a wake, until there are no more.
func (h *harness) settle(dirs ...string) {
	h.t.Helper()
	h.w.Watch(dirs)
	for {
		select {
		case <-h.w.Wake():
			h.w.Watch(dirs)
		case <-time.After(150 * time.Millisecond):
			return
		}
	}
}

func (h *harness) woken(what string) {
	h.t.Helper()
	select {
	case <-h.w.Wake():
	case <-time.After(10 * time.Second):
		h.t.Fatalf("%s: not woken", what)
	}
}

func (h *harness) asleep(what string) {
	h.t.Helper()
	select {
	case <-h.w.Wake():
		h.t.Fatalf("%s: woken", what)
	case <-time.After(150 * time.Millisecond):
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

func TestSaves(t *testing.T) {
	for name, o := range map[string]Options{"events": {}, "polling": {Poll: true, Interval: 20 * time.Millisecond}} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			page := filepath.Join(dir, "page.md")
			write(t, page, "one")
			h := start(t, o, dir)

			write(t, page, "two, longer")
			h.woken("a write in place")
			h.settle(dir)
			for range 3 { // a watch on the file would be lost after the first
				write(t, page+"~", "three, longer still")
				rename(t, page+"~", page)
				h.woken("a save by rename")
				h.settle(dir)
				write(t, page, "x")
				h.woken("a write after it")
				h.settle(dir)
			}
			write(t, filepath.Join(dir, ".page.md.swp"), "x")
			h.asleep("an editor's swap file")
			if err := os.Remove(page); err != nil {
				t.Fatal(err)
			}
			h.woken("a removal")
		})
	}
}

func TestFolderThatDoesNotExistYet(t *testing.T) {
	dir := t.TempDir()
	layouts := filepath.Join(dir, "layouts", "partials")
	h := start(t, Options{}, dir, layouts)
	write(t, filepath.Join(layouts, "x.html"), "x")
	h.woken("the folder was made")
	h.settle(dir, layouts)
	write(t, filepath.Join(layouts, "x.html"), "y")
	h.woken("a file in it was changed")
}

// TestNewFolderWakesAgain: what happens in a folder between the look of a
// build and the watch must not be lost.
func TestNewFolderWakesAgain(t *testing.T) {
	dir := t.TempDir()
	h := start(t, Options{}, dir)
	sub := filepath.Join(dir, "sub")
	write(t, filepath.Join(sub, "a.md"), "a")
	h.woken("the folder was made")
	h.w.Watch([]string{dir, sub})
	h.woken("the folder is watched now")
	h.w.Watch([]string{dir, sub})
	h.asleep("nothing is new")
}

func TestRenamedFolder(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	write(t, filepath.Join(a, "sub", "f.md"), "1")
	h := start(t, Options{}, dir, a, filepath.Join(a, "sub"))
	rename(t, a, b)
	h.woken("the folder was renamed")
	h.settle(dir, b, filepath.Join(b, "sub"))
	write(t, filepath.Join(b, "sub", "f.md"), "2")
	h.woken("a file under the new name")
}

func TestRemovedAndMadeAgain(t *testing.T) {
	dir := t.TempDir()
	sub := filepath.Join(dir, "sub")
	write(t, filepath.Join(sub, "f.md"), "1")
	h := start(t, Options{}, dir, sub)
	if err := os.RemoveAll(sub); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(sub, "f.md"), "2")
	h.woken("the folder was made again")
	h.settle(dir, sub)
	write(t, filepath.Join(sub, "f.md"), "3")
	h.woken("a file in it")
}

func TestFileBehindLink(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	target := filepath.Join(other, "target.md")
	write(t, target, "1")
	if err := os.Symlink(target, filepath.Join(dir, "link.md")); err != nil {
		t.Skip("no links here:", err)
	}
	h := start(t, Options{}, dir)
	write(t, target, "2")
	h.woken("the file behind the link")
}

func TestFolderNoLongerWatched(t *testing.T) {
	dir := t.TempDir()
	sub := filepath.Join(dir, "sub")
	write(t, filepath.Join(sub, "f.md"), "1")
	h := start(t, Options{}, dir, sub)
	h.w.Watch([]string{dir})
	write(t, filepath.Join(sub, "f.md"), "2")
	h.asleep("the folder is of no interest any more")
}

func TestOverflowStartsOver(t *testing.T) {
	dir := t.TempDir()
	h := start(t, Options{}, dir)
	h.w.events.Errors <- fsnotify.ErrEventOverflow
	h.woken("events were lost")
	h.settle(dir)
	write(t, filepath.Join(dir, "f.md"), "2")
	h.woken("watched again")
}

func TestNoticesAreToldOnce(t *testing.T) {
	var got []string
	w := New(Options{Poll: true, Notice: func(m string) { got = append(got, m) }})
	for range 3 {
		w.tell(explain(&os.PathError{Err: syscall.ENOSPC}))
		w.tell(explain(&os.PathError{Err: syscall.EMFILE}))
		w.tell(explain(errors.New("odd")))
	}
	if len(got) != 3 {
		t.Fatalf("got %q", got)
	}
	for i, want := range []string{"max_user_watches", "max_user_instances", "odd"} {
		if !strings.Contains(got[i], want) {
			t.Errorf("got %q, want something of %q", got[i], want)
		}
	}
}
