package watch

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/etagere/etagere/builder/sitetest"
)

// hang is when a test gives up.
const hang = 30 * time.Second

// follower does what the server's loop does: after each wake it looks at all
// there is and tells the watcher what folders it has seen.
type follower struct {
	t    *testing.T
	root string
	w    *Watcher

	stop func()

	mu    sync.Mutex
	seen  map[string]string
	looks int
}

// follow starts a follower of root that ends with the test.
func follow(t *testing.T, root string, o Options) *follower {
	t.Helper()
	f := &follower{t: t, root: root, w: New(o)}
	f.start()
	return f
}

// start follows until the test ends, or stop is called. It returns when the
// watches are in place.
func (f *follower) start() {
	f.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { f.w.Run(ctx) })
	wg.Go(func() {
		for {
			f.look()
			select {
			case <-ctx.Done():
				return
			case <-f.w.Wake():
			}
		}
	})
	f.stop = func() { cancel(); wg.Wait() }
	f.t.Cleanup(f.stop)
	f.until("the first look", func(seen map[string]string) bool { return seen != nil })
	// And the looks that new watches cause.
	for before := -1; before != f.count(); time.Sleep(200 * time.Millisecond) {
		before = f.count()
	}
}

func (f *follower) look() {
	seen, dirs := disk(f.root)
	f.mu.Lock()
	f.seen = seen
	f.looks++
	f.mu.Unlock()
	f.w.Watch(dirs)
}

func (f *follower) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.looks
}

// disk is every file below root with its text, and all folders but git's.
func disk(root string) (files map[string]string, dirs []string) {
	files = map[string]string{}
	_ = filepath.WalkDir(root, func(name string, e os.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil
		case e.IsDir() && e.Name() == ".git":
			return filepath.SkipDir
		case e.IsDir():
			dirs = append(dirs, name)
			return nil
		case noise(name):
			return nil
		}
		b, err := os.ReadFile(name)
		if err == nil {
			rel, _ := filepath.Rel(root, name)
			files[filepath.ToSlash(rel)] = string(b)
		}
		return nil
	})
	return files, dirs
}

// until waits for what was seen to be as it should.
func (f *follower) until(what string, right func(seen map[string]string) bool) {
	f.t.Helper()
	for end := time.Now().Add(hang); ; time.Sleep(time.Millisecond) {
		f.mu.Lock()
		ok := right(f.seen)
		f.mu.Unlock()
		if ok {
			return
		}
		if time.Now().After(end) {
			f.t.Fatalf("%s: never seen", what)
		}
	}
}

// caughtUp waits until all that is on disk has been seen.
func (f *follower) caughtUp(what string) {
	f.t.Helper()
	want, _ := disk(f.root)
	f.until(what, func(seen map[string]string) bool { return maps.Equal(seen, want) })
}

func run(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), sitetest.Program(t, name), args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.org",
		"GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.org")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
}

// TestEditors: however a program saves, what it saved is seen, each of several
// times.
func TestEditors(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the programs are those of Unix")
	}
	saves := map[string]func(t *testing.T, page, text string){
		"in place (VS Code)": func(t *testing.T, page, text string) { write(t, page, text) },
		"vim": func(t *testing.T, page, text string) {
			run(t, filepath.Dir(page), "vim", "-Es", "-u", "NONE", "-i", "NONE", "-c", "set writebackup bsk= bkc=no", "-c", "%s/.*/"+text+"/", "-c", "wq", page)
		},
		"vim with a swap file, by copy": func(t *testing.T, page, text string) {
			run(t, filepath.Dir(page), "vim", "-Es", "-u", "NONE", "-i", "NONE", "-c", "set swapfile bkc=yes", "-c", "%s/.*/"+text+"/", "-c", "wq", page)
		},
		"sed -i": func(t *testing.T, page, text string) {
			run(t, filepath.Dir(page), "sed", "-i", "-e", "s/.*/"+text+"/", page)
		},
		"JetBrains": func(t *testing.T, page, text string) {
			write(t, page+"___jb_tmp___", text)
			rename(t, page, page+"___jb_old___")
			rename(t, page+"___jb_tmp___", page)
			if err := os.Remove(page + "___jb_old___"); err != nil {
				t.Fatal(err)
			}
		},
		"a slow writer": func(t *testing.T, page, text string) {
			f, err := os.Create(page)
			if err != nil {
				t.Fatal(err)
			}
			for _, part := range strings.Split(text, "") {
				if _, err := f.WriteString(part); err != nil {
					t.Fatal(err)
				}
				time.Sleep(30 * time.Millisecond)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, save := range saves {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			page := filepath.Join(root, "guide", "page.md")
			write(t, page, "one\n")
			f := follow(t, root, Options{})
			for i := range 3 {
				save(t, page, fmt.Sprintf("text %d", i))
				f.caughtUp(name)
			}
		})
	}
}

// TestCheckout: git replaces thousands of files, and brings whole trees of
// folders that were not there. All is seen, in few looks.
func TestCheckout(t *testing.T) {
	sitetest.Program(t, "git")
	root := t.TempDir()
	run(t, root, "git", "init", "-q", "-b", "main")
	fill := func(sub, text string, dirs int) {
		for i := range dirs {
			for j := range 20 {
				write(t, filepath.Join(root, sub, fmt.Sprint(i), fmt.Sprintf("p%d.md", j)), text)
			}
		}
	}
	commit := func(branch string) {
		run(t, root, "git", "checkout", "-q", "-B", branch)
		run(t, root, "git", "add", "-A")
		run(t, root, "git", "commit", "-q", "-m", branch)
	}
	fill("docs", "one", 60)
	commit("main")
	fill("docs", "two", 60)
	fill("deep/er/new", "new", 60)
	commit("other")
	run(t, root, "git", "checkout", "-q", "main")

	f := follow(t, root, Options{})
	for i := range 2 {
		for _, branch := range []string{"other", "main"} {
			before := f.count()
			run(t, root, "git", "checkout", "-q", branch)
			f.caughtUp(fmt.Sprintf("checkout %d of %s", i, branch))
			t.Logf("%s: %d looks", branch, f.count()-before)
		}
	}
}

// TestTreeMovedIn: a tree of folders that is moved to a watched place is walked,
// and moved away again it takes no watch of the new one with it.
func TestTreeMovedIn(t *testing.T) {
	root, away := t.TempDir(), filepath.Join(t.TempDir(), "tree")
	write(t, filepath.Join(root, "a.md"), "a")
	write(t, filepath.Join(away, "x", "y", "z", "p.md"), "one")
	f := follow(t, root, Options{})
	in := filepath.Join(root, "tree")
	for i := range 3 {
		rename(t, away, in)
		f.caughtUp("moved in")
		write(t, filepath.Join(in, "x", "y", "z", "p.md"), fmt.Sprint("edit ", i))
		f.caughtUp("edited where it is now")
		write(t, filepath.Join(in, "x", "q", "new.md"), fmt.Sprint("new ", i))
		f.caughtUp("a new folder in it")
		rename(t, filepath.Join(in, "x"), filepath.Join(in, "renamed"))
		write(t, filepath.Join(in, "renamed", "y", "z", "p.md"), fmt.Sprint("again ", i))
		f.caughtUp("edited under its new name")
		rename(t, filepath.Join(in, "renamed"), filepath.Join(in, "x"))
		f.caughtUp("renamed back")
		rename(t, in, away)
		f.caughtUp("moved away")
	}
}

// TestLimit: folders that the system has no watch for are polled, and that is
// said once, with the setting to change.
func TestLimit(t *testing.T) {
	root := t.TempDir()
	for i := range 6 {
		write(t, filepath.Join(root, fmt.Sprint(i), "page.md"), "one")
	}
	var notices []string
	o := Options{Interval: 20 * time.Millisecond, Notice: func(m string) { notices = append(notices, m) }}
	f := &follower{t: t, root: root, w: New(o)}
	left, attach := 4, f.w.attach
	f.w.attach = func(dir string) error {
		if left--; left < 0 {
			return &os.PathError{Op: "inotify_add_watch", Path: dir, Err: syscall.ENOSPC}
		}
		return attach(dir)
	}
	f.start()
	for i := range 6 {
		write(t, filepath.Join(root, fmt.Sprint(i), "page.md"), "two, longer")
		f.caughtUp(fmt.Sprint("folder ", i))
	}
	f.stop()
	if len(notices) != 1 || !strings.Contains(notices[0], "fs.inotify.max_user_watches") {
		t.Errorf("got %q", notices)
	}
}

// TestProbe: where no event comes, folders are polled, and that is said once.
func TestProbe(t *testing.T) {
	if !tryable {
		t.Skip("nothing is tried out on this system")
	}
	root := t.TempDir()
	page := filepath.Join(root, "sub", "page.md")
	write(t, page, "one")
	var mu sync.Mutex
	var notices []string
	o := Options{Interval: 20 * time.Millisecond, Notice: func(m string) {
		mu.Lock()
		defer mu.Unlock()
		notices = append(notices, m)
	}}
	f := &follower{t: t, root: root, w: New(o)}
	f.w.touch = func(string, os.FileMode) error { return nil } // nothing happens, and so nothing is heard
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { f.w.Run(ctx) })
	t.Cleanup(func() { cancel(); wg.Wait() })
	f.look()
	for end := time.Now().Add(hang); ; time.Sleep(5 * time.Millisecond) {
		mu.Lock()
		told := len(notices)
		mu.Unlock()
		if told > 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("a deaf file system was not noticed")
		}
	}
	<-f.w.Wake() // the watcher wants to be told the folders again
	f.look()
	if got := f.w.poller.count(); got != 2 {
		t.Errorf("%d folders are polled, want 2", got)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(notices) != 1 || !strings.Contains(notices[0], "sends no events") {
		t.Errorf("got %q", notices)
	}
}

// TestProbeHears: on a healthy file system nothing is polled and nothing said.
func TestProbeHears(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "page.md"), "one")
	f := follow(t, root, Options{Notice: func(m string) { t.Errorf("told %q", m) }})
	time.Sleep(2 * patience)
	if got := f.w.poller.count(); got != 0 {
		t.Errorf("%d folders are polled", got)
	}
}

// TestRemoteIsPolled: what others change on a share comes without events.
func TestRemoteIsPolled(t *testing.T) {
	for kind, want := range map[string]bool{"nfs": true, "9p": true, "fuse": true, "smb2": true, "": false, "ext4": false} {
		if got := remote(kind); got != want {
			t.Errorf("%q: got %v", kind, got)
		}
	}
	root := t.TempDir()
	var notices []string
	w := New(Options{Notice: func(m string) { notices = append(notices, m) }})
	defer func() { _ = w.events.Close() }()
	id, _ := fileSystem(root)
	w.systems[id] = &system{deaf: true}
	w.Watch([]string{root})
	if got := w.poller.count(); got != 1 || w.watched[root] == nil {
		t.Errorf("%d folders polled, watched %v", got, w.watched)
	}
}
