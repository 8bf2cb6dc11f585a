// Package stream keeps open pages informed over server-sent events. It is the
// only importer of r3labs/sse and stands between it and the network, because
// that package, left alone, replays old events to new pages, lets one stalled
// reader hold up all others, and leaks a goroutine for each reader at its end.
//
// A stream carries states, not commands: every message says all there is to
// know, so that a message lost, doubled or skipped does no harm, and a reader
// that comes back needs no history.
package stream

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/r3labs/sse/v2"

	"github.com/etagere/etagere/builder/policy"
)

// name is the one stream that there is; requests cannot choose another.
const name = "state"

// retryGap is how long a message waits that found the queue full.
const retryGap = 20 * time.Millisecond

// farewell is how long a write that is under way may take when the stream ends.
const farewell = 50 * time.Millisecond

// maxWaiting is how many messages wait to be sent. Each is a whole state, and so
// the oldest can be done without.
const maxWaiting = 64

// Options are the choices of one hub. The zero value is ready for use.
type Options struct {
	// Greeting is the message that a reader is sent when it connects; pages are
	// those that its request names. It is one line of any text. Nil, or no
	// bytes, greets nobody.
	Greeting func(ctx context.Context, pages []string) []byte

	// MaxReaders is how many streams may be open; further ones are answered with
	// 503. Zero means 64, far more than the browsers of one author.
	MaxReaders int

	// MaxPages is how many pages one reader may name; more are ignored. Zero means 64.
	MaxPages int

	// WriteLimit is how long one write to a reader may take before the reader is
	// dropped. Zero means 5 s.
	WriteLimit time.Duration

	// MaxUnsent is how many bytes may wait for one reader before it is dropped.
	// Zero means 1 MiB.
	MaxUnsent int

	// Heartbeat is the time between comments that keep idle connections open
	// and find the dead ones. Zero means 15 s.
	Heartbeat time.Duration
}

func (o Options) withDefaults() Options {
	if o.Greeting == nil {
		o.Greeting = func(context.Context, []string) []byte { return nil }
	}
	if o.MaxReaders == 0 {
		o.MaxReaders = 64
	}
	if o.MaxPages == 0 {
		o.MaxPages = 64
	}
	if o.WriteLimit == 0 {
		o.WriteLimit = 5 * time.Second
	}
	if o.MaxUnsent == 0 {
		o.MaxUnsent = 1 << 20
	}
	if o.Heartbeat == 0 {
		o.Heartbeat = 15 * time.Second
	}
	return o
}

// Hub sends messages to all who read its stream. Make one with New and end it
// with Close.
type Hub struct {
	options Options
	events  *sse.Server

	// wake holds a token when messages wait.
	wake chan struct{}
	stop chan struct{}
	done sync.WaitGroup // the publisher

	mu      sync.Mutex
	closed  bool
	waiting [][]byte
	readers map[*reader]struct{}
	serving sync.WaitGroup // the handlers
}

// reader is one open stream.
type reader struct {
	cancel context.CancelFunc
	pages  []string
}

// New starts a hub.
func New(o Options) *Hub {
	h := &Hub{
		options: o.withDefaults(),
		events:  sse.New(),
		wake:    make(chan struct{}, 1),
		stop:    make(chan struct{}),
		readers: make(map[*reader]struct{}),
	}
	h.events.AutoReplay = false // before CreateStream, which copies it
	h.events.AutoStream = false
	h.events.SplitData = true
	h.events.BufferSize = 16
	h.events.CreateStream(name)
	h.done.Go(h.publish)
	return h
}

// Publish sends message, one line of text, to all readers. It never waits, for
// readers least of all. Of messages that come much faster than they can be sent
// the oldest are left out. An empty message is none.
func (h *Hub) Publish(message []byte) {
	if len(message) == 0 {
		return // an event without data would end every reader's stream
	}
	h.mu.Lock()
	h.waiting = append(h.waiting, slices.Clone(message))
	h.waiting = h.waiting[max(0, len(h.waiting)-maxWaiting):]
	h.mu.Unlock()
	select {
	case h.wake <- struct{}{}:
	default: // the publisher has yet to look
	}
}

// Pages are the pages that readers have open, sorted, each once.
func (h *Hub) Pages() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var pages []string
	for r := range h.readers {
		pages = append(pages, r.pages...)
	}
	slices.Sort(pages)
	return slices.Compact(pages)
}

// Readers is the number of open streams.
func (h *Hub) Readers() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.readers)
}

// Close ends all streams and returns when their handlers have. Later readers
// are refused.
func (h *Hub) Close() {
	h.mu.Lock()
	first := !h.closed
	h.closed = true
	for r := range h.readers {
		r.cancel()
	}
	h.mu.Unlock()
	if !first {
		return
	}
	close(h.stop)
	h.done.Wait()
	// The stream has to live until the last handler has signed off: nobody
	// would hear it afterwards, and its goroutine would wait for ever.
	h.serving.Wait()
	h.events.Close()
}

// publish is the one goroutine that sends.
func (h *Hub) publish() {
	beat := time.NewTicker(h.options.Heartbeat)
	defer beat.Stop()
	var again <-chan time.Time
	for {
		select {
		case <-h.stop:
			return
		case <-beat.C:
			h.events.TryPublish(name, &sse.Event{Comment: []byte("beat")})
			continue
		case <-h.wake:
		case <-again:
		}
		again = nil
		if !h.send() {
			again = time.After(retryGap)
		}
	}
}

// send passes on what waits, and reports whether all of it was taken.
func (h *Hub) send() bool {
	for {
		h.mu.Lock()
		if len(h.waiting) == 0 {
			h.mu.Unlock()
			return true
		}
		taken := h.events.TryPublish(name, &sse.Event{Data: h.waiting[0]})
		if taken {
			h.waiting = h.waiting[1:]
		}
		h.mu.Unlock()
		if !taken {
			return false
		}
	}
}

// ServeHTTP is one reader's stream, until the reader or the hub ends it. The
// pages it shows are the values of "page" in the query. It checks neither Host
// nor Origin: that is done before it.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		refuse(w, "an event stream is read with GET", http.StatusMethodNotAllowed)
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	pages := r.URL.Query()["page"]
	me := &reader{cancel: cancel, pages: pages[:min(len(pages), h.options.MaxPages)]}
	if !h.enter(me) {
		w.Header().Set("Retry-After", "5")
		refuse(w, "too many open event streams", http.StatusServiceUnavailable)
		return
	}
	defer h.leave(me)

	asked := r.Clone(ctx)
	asked.URL = &url.URL{Path: r.URL.Path, RawQuery: "stream=" + name}
	asked.Header.Del("Last-Event-ID") // one that is no number would be a 400, for good
	guarded := &writer{
		ResponseWriter: w,
		control:        http.NewResponseController(w),
		limit:          h.options.WriteLimit,
		most:           h.options.MaxUnsent,
		fail:           cancel,
		greeting:       func() []byte { return h.options.Greeting(ctx, me.pages) },
		ring:           make(chan struct{}, 1),
	}
	sent := make(chan struct{})
	go func() { defer close(sent); guarded.send(ctx) }()
	h.events.ServeHTTP(guarded, asked)
	cancel()
	select {
	case <-sent:
	case <-time.After(farewell):
		guarded.end()
		<-sent
	}
}

// enter counts r in, unless the hub is closed or full.
func (h *Hub) enter(r *reader) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || len(h.readers) >= h.options.MaxReaders {
		return false
	}
	h.readers[r] = struct{}{}
	h.serving.Add(1)
	return true
}

func (h *Hub) leave(r *reader) {
	h.mu.Lock()
	delete(h.readers, r)
	h.mu.Unlock()
	h.serving.Done()
}

func refuse(w http.ResponseWriter, message string, status int) {
	w.Header().Set("Cache-Control", policy.NoStore)
	http.Error(w, message, status)
}
