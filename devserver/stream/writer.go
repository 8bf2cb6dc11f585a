package stream

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/etagere/etagere/builder/policy"
)

// writer is what r3labs/sse writes to instead of the connection. It takes in
// what is written and never waits, so that one reader does not hold up the
// others: send, in a goroutine of its own, does the waiting, each write within a
// limit of time. A reader that fails, or for which too much waits, is dropped.
type writer struct {
	http.ResponseWriter
	control  *http.ResponseController
	limit    time.Duration
	most     int // bytes that may wait
	fail     func()
	greeting func() []byte
	ring     chan struct{} // holds a token when there is something to send

	mu     sync.Mutex
	unsent []byte
	err    error
}

// errSlow says that too much waits for a reader.
var errSlow = errors.New("the reader does not keep up")

// WriteHeader puts right the headers that r3labs/sse has set and greets.
func (w *writer) WriteHeader(status int) {
	header := w.Header()
	header.Del("Connection") // illegal in HTTP/2, and breaks HTTP/3
	header.Set("Cache-Control", policy.NoStore)
	header.Set("X-Accel-Buffering", "no")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	w.ResponseWriter.WriteHeader(status)
	if status != http.StatusOK {
		return
	}
	// The subscriber is registered by now: what is published from here on
	// arrives after the greeting and is not lost.
	first := []byte("retry: 1000\n\n")
	if hello := w.greeting(); len(hello) > 0 {
		first = append(first, "data: "...)
		first = append(first, bytes.ReplaceAll(hello, []byte("\n"), []byte("\ndata: "))...)
		first = append(first, "\n\n"...)
	}
	_, _ = w.Write(first)
	w.Flush()
}

// Write takes p in.
func (w *writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil && len(w.unsent)+len(p) > w.most {
		w.err = errSlow
		w.fail()
	}
	if w.err != nil {
		return 0, w.err
	}
	w.unsent = append(w.unsent, p...)
	return len(p), nil
}

// Flush has what was written sent.
func (w *writer) Flush() {
	select {
	case w.ring <- struct{}{}:
	default:
	}
}

// send sends what was taken in, until ctx ends or a write fails. The first call
// of Flush comes after the headers.
func (w *writer) send(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.ring:
		}
		w.mu.Lock()
		p := w.unsent
		w.unsent = nil
		w.mu.Unlock()
		w.settle(w.write(p))
	}
}

// write sends p within the limit.
func (w *writer) write(p []byte) error {
	_ = w.control.SetWriteDeadline(time.Now().Add(w.limit))
	if _, err := w.ResponseWriter.Write(p); err != nil {
		return err
	}
	return w.control.Flush()
}

// settle takes the limit back: over HTTP/2 a limit that passes ends the stream
// even when nothing is being written, and over HTTP/1.1 it would outlive it.
func (w *writer) settle(err error) {
	if err == nil {
		_ = w.control.SetWriteDeadline(time.Time{})
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.err = err
	w.fail()
}

// end ends a write that is under way.
func (w *writer) end() { _ = w.control.SetWriteDeadline(time.Now()) }
