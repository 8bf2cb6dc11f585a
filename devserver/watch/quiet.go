package watch

import (
	"context"
	"time"
)

// quiet waits for bursts of pokes and sends one token on wake when a burst has
// been silent for gap, or has gone on for limit. It never blocks on wake: a
// token that has not been taken stands for the new burst too. It returns when
// ctx ends.
func quiet(ctx context.Context, pokes <-chan struct{}, wake chan<- struct{}, gap, limit time.Duration) {
	var silent, late <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-pokes:
			silent = time.After(gap)
			if late == nil {
				late = time.After(limit)
			}
			continue
		case <-silent:
		case <-late:
		}
		silent, late = nil, nil
		poke(wake)
	}
}

// poke puts a token into c unless there is one.
func poke(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
