package devserver

import (
	"context"
	"time"

	"github.com/etagere/etagere/devserver/livereload"
)

// loop is the one goroutine that builds. What wakes it says nothing but that
// it is time to take a look.
func (s *Server) loop(ctx context.Context) {
	var filled string // the generation that is rendered as a whole
	for ctx.Err() == nil {
		woken := time.Now()
		again := false
		if g := s.update(ctx, woken); g != nil && !g.Failed() && g.ID() != filled {
			var done bool
			if done, again = s.fill(ctx, g, woken); done {
				filled = g.ID()
			}
		}
		if ctx.Err() != nil || !again && !s.sleep(ctx) {
			return
		}
	}
}

// retry is how long after a failure of the machine the next look is taken:
// nobody may have told us yet what to watch.
const retry = 2 * time.Second

// sleep waits for a change or for a date that changes the site. It reports
// false when ctx has ended.
func (s *Server) sleep(ctx context.Context) bool {
	var date <-chan time.Time
	var at time.Time
	switch v := s.view.Load(); {
	case v.failure != nil:
		at = time.Now().Add(retry)
	case v.latest != nil:
		at = v.latest.NextChange()
	}
	if !at.IsZero() {
		timer := time.NewTimer(max(0, time.Until(at)))
		defer timer.Stop()
		date = timer.C
	}
	select {
	case <-ctx.Done():
		return false
	case <-s.watcher.Wake():
	case <-date:
	}
	return true
}

// update takes a look, makes what it finds current, renders the open pages and
// tells them. It returns nil where the machine failed.
func (s *Server) update(ctx context.Context, woken time.Time) Generation {
	g, err := s.options.Builder.Update(ctx)
	if ctx.Err() != nil {
		return nil
	}
	old := s.view.Load()
	if err != nil {
		if old != nil && old.failure != nil && old.failure.Error() == err.Error() {
			return nil // it has been said
		}
		s.show(old.failing(err))
		s.report(Event{Kind: Failed, Err: err, First: old == nil})
		s.hub.Publish(s.state(ctx, s.hub.Pages()))
		return nil
	}
	s.watcher.Watch(g.Inputs())
	if old != nil && old.failure == nil && old.latest.ID() == g.ID() {
		return g
	}
	s.show(old.next(g))
	s.hub.Publish(s.state(ctx, s.hub.Pages()))
	s.report(built(Built, g, woken, old == nil))
	return g
}

// show makes v what is served.
func (s *Server) show(v *view) {
	if s.view.Swap(v) == nil {
		close(s.first)
	}
}

// fill renders the whole of g so that its problems show. It stops at the next
// change, and reports whether it is done and whether there is a change.
func (s *Server) fill(ctx context.Context, g Generation, woken time.Time) (done, again bool) {
	first := s.view.Load().number == 1
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	rendered := make(chan error, 1)
	go func() {
		rendered <- g.All(ctx, nil, nil)
	}()
	var err error
	select {
	case <-s.watcher.Wake():
		stop()
		<-rendered
		return false, true
	case err = <-rendered:
	}
	switch {
	case ctx.Err() != nil:
		return false, false
	case err != nil && !isPageError(err):
		s.report(Event{Kind: Failed, Err: err})
		return true, false // the same again would fail again
	}
	g.Sweep()
	// What was read on the way, such as packages and included texts, lies in folders
	// that nobody knew of before.
	s.watcher.Watch(g.Inputs())
	s.hub.Publish(s.state(ctx, s.hub.Pages()))
	s.report(built(Complete, g, woken, first))
	return true, false
}

func built(kind Kind, g Generation, woken time.Time, first bool) Event {
	return Event{Kind: kind, Stats: g.Stats(), Took: time.Since(woken), Problems: g.Problems(), First: first}
}

// greeting is what a page that connects is told: the state as it is.
func (s *Server) greeting(ctx context.Context, pages []string) []byte {
	if !s.wait(ctx) {
		return nil
	}
	return s.state(ctx, pages)
}

// state is the state of the given pages, which are rendered if need be.
func (s *Server) state(ctx context.Context, pages []string) []byte {
	v := s.view.Load()
	state := livereload.State{Build: v.id(), Pages: make(map[string]livereload.Signature, len(pages))}
	for _, p := range pages {
		if ctx.Err() != nil {
			break
		}
		state.Pages[p] = v.sign(ctx, s.answer(ctx, v, p))
	}
	problems := v.problems() // those of the pages above are among them
	state.Errors, state.Warnings = problems.Count()
	state.Problems = livereload.Mark(problems)
	return state.JSON()
}
