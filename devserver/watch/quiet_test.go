package watch

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestQuiet(t *testing.T) {
	const ms = time.Millisecond
	tests := []struct {
		name  string
		pokes int
		every time.Duration
		want  int
	}{
		{"nothing", 0, ms, 0},
		{"one save", 1, ms, 1},
		{"an editor's burst", 20, ms, 1},
		{"a checkout of many files", 100, 4 * ms, 1},
		{"two saves", 2, 100 * ms, 2},
		{"a long copy is not starved", 100, 10 * ms, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				pokes, wake := make(chan struct{}), make(chan struct{}, 1)
				done := make(chan struct{})
				go func() { defer close(done); quiet(ctx, pokes, wake, 30*ms, 500*ms) }()
				got := 0
				counted := make(chan struct{})
				go func() {
					defer close(counted)
					for {
						select {
						case <-wake:
							got++
						case <-ctx.Done():
							return
						}
					}
				}()
				for i := range tt.pokes {
					if i > 0 {
						time.Sleep(tt.every)
					}
					pokes <- struct{}{}
				}
				time.Sleep(time.Second)
				cancel()
				<-done
				<-counted
				if got != tt.want {
					t.Errorf("got %d wakes, want %d", got, tt.want)
				}
			})
		})
	}
}

func TestQuietWakesInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		pokes, wake := make(chan struct{}), make(chan struct{}, 1)
		go quiet(ctx, pokes, wake, 30*time.Millisecond, 500*time.Millisecond)
		started := time.Now()
		pokes <- struct{}{}
		<-wake
		if got := time.Since(started); got != 30*time.Millisecond {
			t.Errorf("woken after %v", got)
		}
		// A token that nobody takes does not block the next burst.
		for range 3 {
			pokes <- struct{}{}
			time.Sleep(time.Second)
		}
		if len(wake) != 1 {
			t.Errorf("got %d tokens, want 1", len(wake))
		}
	})
}

func TestPollerSeesChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		disk := map[string]map[string]stamp{"/site": {"a.md": {size: 1}}}
		p := newPoller(500 * time.Millisecond)
		p.list = func(dir string) (map[string]stamp, error) {
			out := map[string]stamp{}
			for k, v := range disk[dir] {
				out[k] = v
			}
			return out, nil
		}
		if !p.set([]string{"/site"}) || p.set([]string{"/site"}) {
			t.Error("the folder is new the first time and known the second")
		}
		pokes := make(chan struct{}, 1)
		go p.run(ctx, pokes)

		edits := []func(){
			func() { disk["/site"]["a.md"] = stamp{size: 2} },
			func() { disk["/site"]["a.md"] = stamp{size: 2, modified: 5} },
			func() { disk["/site"]["b.md"] = stamp{} },
			func() { delete(disk["/site"], "a.md") },
			func() { delete(disk, "/site") },
		}
		for i, edit := range edits {
			time.Sleep(2 * time.Second)
			synctest.Wait()
			if len(pokes) != 0 {
				t.Fatalf("poked before edit %d", i)
			}
			p.mu.Lock()
			edit()
			p.mu.Unlock()
			time.Sleep(time.Second)
			synctest.Wait()
			if len(pokes) != 1 {
				t.Fatalf("edit %d was not seen", i)
			}
			<-pokes
		}
	})
}

func TestNoise(t *testing.T) {
	for name, want := range map[string]bool{
		"page.md": false, "page.md~": true, ".page.md.swp": true, "4913": true, ".#page.md": true, "#page.md#": true,
		"page.md___jb_tmp___": true, ".goutputstream-X": true, "..md": false, "#": false, "~": true, "config.toml": false,
		".etagere": true, "sedA1b2C3": false, "a.tmp": true, "HEAD": false, "%.md": false,
	} {
		if got := noise("/site/content/" + name); got != want {
			t.Errorf("noise(%q): got %v want %v", name, got, want)
		}
	}
}
