// Package devserver shows a site to its author while it is being written.
//
// One loop builds: something changes, the builder takes a look, the pages that
// are open are rendered, their browsers are told, and then the rest of the site
// is rendered in the background so that problems show. Requests are answered
// from the last generation that could be assembled, by exact URL among its
// targets and never by a path on disk.
//
// The handler chain (Handler) knows nothing of listeners; Listening puts them in
// front of it, or of any other.
package devserver

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/etagere/etagere/builder"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/devserver/stream"
	"github.com/etagere/etagere/devserver/watch"
)

// Options are the choices of one server.
type Options struct {
	// Builder builds the site. It is required.
	Builder Builder

	// Listening is where to listen. Its Notice is the server's own.
	Listening Listening

	// AllowHosts are names beside the loopback's and the bound address that
	// requests may be addressed to.
	AllowHosts []string

	// Latency is how long each answer is held back, to see a site as from afar.
	Latency time.Duration

	// Encoder encodes what is sent. Nil sends everything without a content coding.
	Encoder Encoder

	// Poll looks for changes from time to time instead of waiting for events.
	Poll bool

	// Report is told what happens, from one goroutine at a time. Nil discards it.
	Report func(Event)
}

func (o Options) withDefaults() Options {
	o.Listening = o.Listening.withDefaults()
	if o.Report == nil {
		o.Report = func(Event) {}
	}
	return o
}

// Kind says what an Event is about.
type Kind string

// The kinds of events.
const (
	// Ready: the server listens. HTTP is set, and HTTPS where that is spoken. It
	// comes before all builds.
	Ready Kind = "ready"
	// Built: a build is current and the pages that are open are right.
	Built Kind = "built"
	// Complete: all of the site is rendered.
	Complete Kind = "complete"
	// Failed: the machine failed; the site stays as it was. Err is set.
	Failed Kind = "failed"
	// Notice: something people should know. Message is set.
	Notice Kind = "notice"
)

// Event is something that happened.
type Event struct {
	Kind    Kind
	HTTP    string
	HTTPS   string
	Message string
	Err     error

	// Stats, Took and Problems are those of the build.
	Stats    builder.Stats
	Took     time.Duration
	Problems diag.List
	// First is set on what the first build causes.
	First bool
}

// Server shows one site. Make it with New; it serves for one Run.
type Server struct {
	options Options
	hub     *stream.Hub
	watcher *watch.Watcher

	encoded *encoded

	view  atomic.Pointer[view]
	first chan struct{} // closed when there is a view

	reporting sync.Mutex

	mu   sync.Mutex
	good map[string]page // pages as they were last rendered, by URL
}

// New makes a server that does nothing yet.
func New(o Options) *Server {
	s := &Server{
		options: o.withDefaults(),
		first:   make(chan struct{}),
		good:    make(map[string]page),
		encoded: newEncoded(o.Encoder, maxEncoded),
	}
	s.hub = stream.New(stream.Options{Greeting: s.greeting})
	s.watcher = watch.New(watch.Options{Poll: o.Poll, Notice: s.notice})
	return s
}

// Run serves until ctx ends, which is no error.
func (s *Server) Run(ctx context.Context) error {
	// Handlers of streams sign off before the stream itself is closed: they end
	// with the context of their requests, and Close waits for them.
	defer s.hub.Close()
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	listening := s.options.Listening
	listening.Notice = s.notice
	return listening.Serve(ctx, s.Handler(), func(at Addresses) {
		s.report(Event{Kind: Ready, HTTP: at.HTTP, HTTPS: at.HTTPS}) // before any build
		wg.Go(func() { s.watcher.Run(ctx) })
		wg.Go(func() { s.loop(ctx) })
	})
}

// report passes e on, one at a time.
func (s *Server) report(e Event) {
	s.reporting.Lock()
	defer s.reporting.Unlock()
	s.options.Report(e)
}

func (s *Server) notice(message string) { s.report(Event{Kind: Notice, Message: message}) }
