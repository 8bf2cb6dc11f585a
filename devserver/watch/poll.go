package watch

import (
	"context"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// poller looks at folders from time to time, for file systems and limits that
// keep events from us.
type poller struct {
	interval time.Duration
	list     func(dir string) (map[string]stamp, error)

	mu   sync.Mutex
	seen map[string]map[string]stamp
}

// stamp is what a change of a file changes.
type stamp struct {
	size     int64
	modified int64
	mode     fs.FileMode
}

func newPoller(interval time.Duration) *poller {
	return &poller{interval: interval, list: listDir, seen: make(map[string]map[string]stamp)}
}

// set makes dirs the folders that are looked at, and reports whether some of
// them are new.
func (p *poller) set(dirs []string) (added bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	next := make(map[string]map[string]stamp, len(dirs))
	for _, d := range dirs {
		old, ok := p.seen[d]
		if !ok {
			old, _ = p.list(d)
			added = true
		}
		next[d] = old
	}
	p.seen = next
	return added
}

// run pokes after each look that found a change, until ctx ends.
func (p *poller) run(ctx context.Context, pokes chan<- struct{}) {
	tick := time.NewTicker(p.interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if p.look() {
				poke(pokes)
			}
		}
	}
}

// look compares all folders with the last look.
func (p *poller) look() (changed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range slices.Sorted(maps.Keys(p.seen)) {
		now, _ := p.list(d) // a folder that has gone is an empty one
		if !maps.Equal(now, p.seen[d]) {
			p.seen[d] = now
			changed = true
		}
	}
	return changed
}

// listDir stamps the entries of one folder, links followed.
func listDir(dir string) (map[string]stamp, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	out := make(map[string]stamp, len(entries))
	for _, e := range entries {
		if noise(e.Name()) {
			continue
		}
		info, err := os.Stat(filepath.Join(dir, e.Name()))
		switch {
		case err != nil: // gone meanwhile, or a link to nowhere
			out[e.Name()] = stamp{}
		case info.IsDir(): // its own listing tells; its size and time change with noise
			out[e.Name()] = stamp{mode: info.Mode()}
		default:
			out[e.Name()] = stamp{info.Size(), info.ModTime().UnixNano(), info.Mode()}
		}
	}
	return out, nil
}

// count is how many folders are looked at.
func (p *poller) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.seen)
}
