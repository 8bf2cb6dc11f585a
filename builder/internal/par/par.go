// Package par runs independent steps of a build side by side. Results keep the
// order of their inputs, so output never depends on who finishes first.
package par

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// Map calls fn for every item, on as many goroutines as there are processors,
// and returns the results in the order of items. When ctx ends, no further
// item is started and the cause is returned; Map always waits for the calls
// that it started.
func Map[T, R any](ctx context.Context, items []T, fn func(context.Context, T) R) ([]R, error) {
	out := make([]R, len(items))
	err := Each(ctx, len(items), func(ctx context.Context, i int) { out[i] = fn(ctx, items[i]) })
	return out, err
}

// Each calls fn with 0 … n-1, on as many goroutines as there are processors.
// It stops and waits as Map does.
func Each(ctx context.Context, n int, fn func(ctx context.Context, i int)) error {
	return Waiting(ctx, runtime.GOMAXPROCS(0), n, fn)
}

// Waiting is Each on width goroutines, for steps that wait for somebody else
// rather than compute.
func Waiting(ctx context.Context, width, n int, fn func(ctx context.Context, i int)) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(width, n) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				fn(ctx, i)
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}
