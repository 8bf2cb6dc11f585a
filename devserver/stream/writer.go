package stream

import (
	"bytes"
	"net/http"
	"time"

	"github.com/etagere/etagere/builder/policy"
)

// writer is what r3labs/sse writes to instead of the connection. It gives each
// write a limit of time; after the first that fails, all later ones fail at
// once, so that the reader's queue is emptied and others are not held up.
type writer struct {
	http.ResponseWriter
	control  *http.ResponseController
	limit    time.Duration
	fail     func()
	greeting func() []byte
	err      error
}

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
}

// Write writes p within the limit.
func (w *writer) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	w.arm()
	n, err := w.ResponseWriter.Write(p)
	w.settle(err)
	return n, err
}

// Flush sends what was written within the limit.
func (w *writer) Flush() {
	if w.err != nil {
		return
	}
	w.arm()
	w.settle(w.control.Flush())
}

func (w *writer) arm() { _ = w.control.SetWriteDeadline(time.Now().Add(w.limit)) }

// settle takes the limit back: over HTTP/2 a limit that passes ends the stream
// even when nothing is being written, and over HTTP/1.1 it would outlive it.
func (w *writer) settle(err error) {
	if err != nil {
		w.err = err
		w.fail()
		return
	}
	_ = w.control.SetWriteDeadline(time.Time{})
}
