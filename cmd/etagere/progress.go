package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

const (
	// patience is how long a build goes on before anything is said of it.
	patience = time.Second
	// plainGap is the time between two lines where there is no terminal.
	plainGap = 5 * time.Second
)

// progress tells people how far a long build is: as a bar on a terminal, as a
// line from time to time elsewhere.
type progress struct {
	app     *app
	started time.Time

	mu   sync.Mutex
	bar  *progressbar.ProgressBar
	last time.Time
}

func newProgress(a *app) *progress { return &progress{app: a, started: time.Now()} }

// step is called after each target, from any goroutine.
func (p *progress) step(done, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if now.Sub(p.started) < patience {
		return
	}
	if !p.app.terminal() {
		if now.Sub(p.last) >= plainGap && done < total {
			p.last = now
			fmt.Fprintf(p.app.stderr, "%d of %d rendered\n", done, total)
		}
		return
	}
	if p.bar == nil {
		p.bar = progressbar.NewOptions(total,
			progressbar.OptionSetWriter(p.app.stderr),
			progressbar.OptionSetDescription("rendering"),
			progressbar.OptionShowCount(),
			progressbar.OptionFullWidth(),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionClearOnFinish(),
		)
	}
	if p.bar.GetMax() != total {
		p.bar.ChangeMax(total)
	}
	_ = p.bar.Set(done) // a terminal that cannot be written to is no reason to stop
}

// end takes the bar away.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		_ = p.bar.Clear()
		p.bar = nil
	}
}
