// Package watch tells when the author has stopped saving. It is the only
// importer of fsnotify.
//
// A watcher is told which folders a build has read and wakes its owner after
// something in them has changed. It does not say what: the build looks for
// itself, so that an event lost or doubled costs at most one look. Folders are
// watched, never files, because a file that is replaced by a rename takes its
// watch with it.
package watch

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Options are the choices of one watcher. The zero value is ready for use.
type Options struct {
	// Poll looks at the folders from time to time instead of waiting for events,
	// for file systems that send none (network shares, some containers).
	Poll bool

	// Interval is the time between two looks. Zero means 500 ms.
	Interval time.Duration

	// Gap is how long nothing may happen before a burst of changes counts as
	// over. Zero means 15 ms: every editor's write-and-rename is over in 1 ms, the
	// gaps in a git checkout are below 4 ms, and who saves more slowly than that
	// is followed twice, which costs little.
	Gap time.Duration

	// Limit is when a burst that does not end wakes all the same. Zero means 300 ms.
	Limit time.Duration

	// Notice is told, once each, of what keeps the watcher from its work, in
	// words for people. Nil discards it.
	Notice func(message string)
}

func (o Options) withDefaults() Options {
	if o.Interval == 0 {
		o.Interval = 500 * time.Millisecond
	}
	if o.Gap == 0 {
		o.Gap = 15 * time.Millisecond
	}
	if o.Limit == 0 {
		o.Limit = 300 * time.Millisecond
	}
	if o.Notice == nil {
		o.Notice = func(string) {}
	}
	return o
}

// Watcher watches folders. Make one with New, and let Run run.
type Watcher struct {
	options Options
	wake    chan struct{}
	pokes   chan struct{}
	poller  *poller

	// events is nil where everything is polled.
	events *fsnotify.Watcher

	mu      sync.Mutex
	watched map[string]*system // folders with a watch of their own
	links   map[string][]string
	stale   map[string]bool // folders whose links are to be looked up again
	systems map[uint64]*system
	trials  []trial

	tryNow chan struct{}
	touch  func(dir string, mode os.FileMode) error
	attach func(dir string) error // watches a folder

	heard heard
}

// heard is what the readers of events have taken in and the loop has not yet
// looked at. It has no bound, so that the readers never wait: fsnotify holds
// its lock while it waits for them.
type heard struct {
	mu       sync.Mutex
	touched  map[string]bool // paths with an event
	gone     map[string]bool // paths that were removed or renamed
	overflow bool
	told     map[string]bool // messages
	ring     chan struct{}
	probe    *probe // nil while none waits
}

// New makes a watcher that watches nothing yet. Where the system has no watch
// to give it polls, and says so.
func New(o Options) *Watcher {
	w := &Watcher{
		options: o.withDefaults(),
		wake:    make(chan struct{}, 1),
		pokes:   make(chan struct{}, 1),
		watched: make(map[string]*system),
		links:   make(map[string][]string),
		stale:   make(map[string]bool),
		systems: make(map[uint64]*system),
		tryNow:  make(chan struct{}, 1),
		touch:   os.Chmod,
		heard: heard{
			touched: make(map[string]bool), gone: make(map[string]bool), told: make(map[string]bool), ring: make(chan struct{}, 1),
		},
	}
	w.poller = newPoller(w.options.Interval)
	if w.options.Poll {
		return w
	}
	events, err := fsnotify.NewWatcher()
	if err != nil {
		w.tell(explain(err) + "; looking for changes every " + w.options.Interval.String() + " instead")
		return w
	}
	w.events, w.attach = events, events.Add
	return w
}

// Wake has a token after a change.
func (w *Watcher) Wake() <-chan struct{} { return w.wake }

// Poke is a change that somebody else has seen.
func (w *Watcher) Poke() { poke(w.pokes) }

// Run watches until ctx ends, and then gives everything back.
func (w *Watcher) Run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	wg.Go(func() { quiet(ctx, w.pokes, w.wake, w.options.Gap, w.options.Limit) })
	wg.Go(func() { w.poller.run(ctx, w.pokes) })
	if w.events == nil {
		<-ctx.Done()
		return
	}
	wg.Go(w.hearEvents)
	wg.Go(w.hearErrors)
	wg.Go(func() { w.runTrials(ctx) })
	defer func() { _ = w.events.Close() }()
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.heard.ring:
			if w.digest() {
				poke(w.pokes)
			}
		}
	}
}

// hearEvents takes events in as they come.
func (w *Watcher) hearEvents() {
	for e := range w.events.Events {
		w.heard.mu.Lock()
		w.answer(e.Name)
		w.heard.mu.Unlock()
		if !e.Has(fsnotify.Create | fsnotify.Write | fsnotify.Remove | fsnotify.Rename) {
			continue // indexers and virus scanners change modes and times all day
		}
		w.heard.mu.Lock()
		w.heard.touched[e.Name] = true
		if e.Has(fsnotify.Remove | fsnotify.Rename) {
			w.heard.gone[e.Name] = true
		}
		w.heard.mu.Unlock()
		poke(w.heard.ring)
	}
}

// hearErrors takes errors in; after one, nobody knows what was missed.
func (w *Watcher) hearErrors() {
	for err := range w.events.Errors {
		w.heard.mu.Lock()
		w.heard.overflow = true
		w.heard.mu.Unlock()
		if !errors.Is(err, fsnotify.ErrEventOverflow) {
			w.tell("watching for changes: " + err.Error())
		}
		poke(w.heard.ring)
	}
}

// digest works off what was heard and reports whether any of it may matter.
func (w *Watcher) digest() (matters bool) {
	w.heard.mu.Lock()
	touched, gone, overflow := w.heard.touched, w.heard.gone, w.heard.overflow
	w.heard.touched, w.heard.gone, w.heard.overflow = make(map[string]bool), make(map[string]bool), false
	w.heard.mu.Unlock()

	w.mu.Lock()
	defer w.mu.Unlock()
	if overflow {
		// Folders may have come, gone and changed places: start over.
		w.forget(func(string) bool { return true })
		return true
	}
	for path := range gone {
		if w.watched[path] != nil {
			inside := path + string(filepath.Separator)
			w.forget(func(dir string) bool { return dir == path || strings.HasPrefix(dir, inside) })
		}
	}
	for path := range touched {
		if !noise(path) {
			matters = true
			w.stale[filepath.Dir(path)] = true
		}
	}
	return matters
}

// forget gives the watches of some folders back. A folder that was moved keeps
// its watch under its old name, which hides it under the new one.
func (w *Watcher) forget(which func(dir string) bool) {
	for _, dir := range slices.Sorted(maps.Keys(w.watched)) {
		if which(dir) {
			_ = w.events.Remove(dir)
			delete(w.watched, dir)
			delete(w.links, dir)
		}
	}
}

// Watch makes dirs, absolute paths, the folders that are watched, each without
// what lies below it. For one that does not exist its nearest existing parent
// is watched. It is to be called after every look at the folders: a folder that
// is watched for the first time wakes once more, because something may have
// changed in it between the look and the watch.
func (w *Watcher) Watch(dirs []string) {
	w.mu.Lock()
	want := make(map[string]bool, len(dirs))
	for _, d := range dirs {
		if d = w.nearest(filepath.Clean(d)); d != "" {
			want[d] = true
		}
	}
	if w.events == nil {
		w.mu.Unlock()
		if w.poller.set(slices.Sorted(maps.Keys(want))) {
			w.Poke()
		}
		return
	}
	w.addLinks(want)
	w.forget(func(dir string) bool { return !want[dir] })
	all := slices.Sorted(maps.Keys(want))
	added, polled := w.add(all)
	polled = append(polled, w.deaf(all)...)
	w.mu.Unlock()
	if w.poller.set(polled) || added {
		w.Poke()
	}
}

// nearest is dir or the nearest parent of it that is a folder.
func (w *Watcher) nearest(dir string) string {
	for {
		if w.watched[dir] != nil {
			return dir
		}
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

// addLinks adds to want the folders that symbolic links in it lead to: an edit
// of the file behind a link is an event there.
func (w *Watcher) addLinks(want map[string]bool) {
	for _, dir := range slices.Sorted(maps.Keys(want)) {
		if _, known := w.links[dir]; !known || w.stale[dir] {
			w.links[dir] = linked(dir)
		}
		for _, target := range w.links[dir] {
			want[target] = true
		}
	}
	clear(w.stale)
}

// linked is the folders of the files that links in dir lead to.
func linked(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		if e.Type()&os.ModeSymlink == 0 {
			continue
		}
		target, err := filepath.EvalSymlinks(filepath.Join(dir, e.Name()))
		if err == nil {
			out = append(out, filepath.Dir(target))
		}
	}
	return out
}

// add watches dirs. It reports whether some are new, and which the system has
// no watch for.
func (w *Watcher) add(dirs []string) (added bool, polled []string) {
	for _, dir := range dirs {
		if w.watched[dir] != nil {
			continue
		}
		err := w.attach(dir)
		switch {
		case err == nil:
			w.settleIn(dir)
			added = true
			continue
		case os.IsNotExist(err): // gone since we looked; the next call finds its parent
			continue
		case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EMFILE):
			w.tell(explain(err) + "; looking at the remaining folders every " + w.options.Interval.String() + " instead")
		default:
			w.tell(fmt.Sprintf("cannot watch %q: %v; looking at it every %v instead", dir, err, w.options.Interval))
		}
		polled = append(polled, dir)
	}
	return added, polled
}

// explain says which limit was met and how to raise it.
func explain(err error) string {
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return "the system's limit of watched folders is reached (raise it with: sysctl fs.inotify.max_user_watches=524288)"
	case errors.Is(err, syscall.EMFILE):
		return "the system's limit of watchers or open files is reached (raise it with: sysctl fs.inotify.max_user_instances=1024)"
	}
	return "no changes can be watched for: " + err.Error()
}

// tell says message once.
func (w *Watcher) tell(message string) {
	w.heard.mu.Lock()
	again := w.heard.told[message]
	w.heard.told[message] = true
	w.heard.mu.Unlock()
	if !again {
		w.options.Notice(message)
	}
}
