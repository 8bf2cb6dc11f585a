package par

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
)

func TestMap(t *testing.T) {
	items := make([]int, 1000)
	for i := range items {
		items[i] = i
	}
	out, err := Map(t.Context(), items, func(_ context.Context, i int) int { return i * 2 })
	if err != nil || len(out) != 1000 || !slices.IsSorted(out) || out[999] != 1998 {
		t.Errorf("%d results, %v", len(out), err)
	}
	if out, err := Map(t.Context(), nil, func(context.Context, int) int { return 1 }); len(out) != 0 || err != nil {
		t.Errorf("nothing gave %v, %v", out, err)
	}
}

func TestEachStops(t *testing.T) {
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	var running, calls atomic.Int64
	err := Each(ctx, 1_000_000, func(context.Context, int) {
		running.Add(1)
		defer running.Add(-1)
		if calls.Add(1) == 10 {
			cancel(why)
		}
	})
	if !errors.Is(err, why) || calls.Load() > 1000 || running.Load() != 0 {
		t.Errorf("%v after %d calls, %d of them running", err, calls.Load(), running.Load())
	}
}
