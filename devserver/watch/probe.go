package watch

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// patience is how long the event of a probe may take. Where events come at all,
// they come within a few milliseconds.
const patience = 250 * time.Millisecond

// system is one file system that watched folders are on.
type system struct {
	// deaf says that changes on it may come without an event: its folders are
	// looked at from time to time as well.
	deaf bool
}

// settleIn notes which file system a newly watched folder is on. The first
// folder of each is tried out, or known to be deaf by the kind of its file
// system. w.mu is held.
func (w *Watcher) settleIn(dir string) {
	id, kind := fileSystem(dir)
	s := w.systems[id]
	if s == nil {
		s = &system{deaf: remote(kind)}
		w.systems[id] = s
		if s.deaf {
			w.tell(filepath.ToSlash(dir) + " is on a file system (" + kind + ") that does not tell of changes made elsewhere; looking at it every " +
				w.options.Interval.String() + " as well")
		} else if tryable {
			w.trials = append(w.trials, trial{dir, s})
			poke(w.tryNow)
		}
	}
	w.watched[dir] = s
}

// remote reports whether a file system of this kind shows changes that others
// make without the kernel here hearing of them: inotify(7), "Limitations and
// caveats". FUSE stands for whatever a program makes of it; sshfs and the folders
// that containers share with their host are most of it.
func remote(kind string) bool {
	return slices.Contains([]string{"9p", "afs", "ceph", "cifs", "fuse", "nfs", "prl_fs", "smb2", "vboxsf"}, kind)
}

// trial is a folder that stands for its file system.
type trial struct {
	dir string
	on  *system
}

// probe is a trial whose event has not come yet.
type probe struct {
	dir      string
	answered chan struct{}
}

// runTrials tries out file systems as they come up, until ctx ends.
func (w *Watcher) runTrials(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.tryNow:
		}
		w.mu.Lock()
		trials := w.trials
		w.trials = nil
		w.mu.Unlock()
		for _, t := range trials {
			if w.sounds(ctx, t.dir) || ctx.Err() != nil {
				continue
			}
			w.mu.Lock()
			t.on.deaf = true
			w.mu.Unlock()
			w.tell("the file system of " + filepath.ToSlash(t.dir) + " sends no events; looking at it every " + w.options.Interval.String() + " instead")
			w.Poke() // for what was missed; and then its folders are polled
		}
	}
}

// sounds reports whether a change in dir is heard. The change is one that
// nobody minds: the folder gets the mode that it has.
func (w *Watcher) sounds(ctx context.Context, dir string) bool {
	info, err := os.Stat(dir)
	if err != nil {
		return true // gone, and no longer of interest
	}
	p := &probe{dir: dir, answered: make(chan struct{})}
	w.heard.mu.Lock()
	w.heard.probe = p
	w.heard.mu.Unlock()
	defer func() {
		w.heard.mu.Lock()
		w.heard.probe = nil
		w.heard.mu.Unlock()
	}()
	if err := w.touch(dir, info.Mode()); err != nil {
		return true // not ours to change: nothing can be said
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-p.answered:
		return true
	case <-ctx.Done():
	case <-late.C:
	}
	return false
}

// answer takes note of an event at path for the probe that waits for it.
// w.heard.mu is held.
func (w *Watcher) answer(path string) {
	if p := w.heard.probe; p != nil && (path == p.dir || filepath.Dir(path) == p.dir) {
		close(p.answered)
		w.heard.probe = nil
	}
}

// deaf are those of dirs that have to be looked at although they are watched.
// w.mu is held.
func (w *Watcher) deaf(dirs []string) []string {
	var out []string
	for _, d := range dirs {
		if s := w.watched[d]; s != nil && s.deaf {
			out = append(out, d)
		}
	}
	return out
}
