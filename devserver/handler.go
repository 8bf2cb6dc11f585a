package devserver

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/etagere/etagere/builder/policy"
	"github.com/etagere/etagere/devserver/livereload"
)

// Handler answers requests, whatever listener they come from, behind the checks
// of Guard.
func (s *Server) Handler() http.Handler {
	names := append(slices.Clone(s.options.AllowHosts), s.options.Listening.Addr, s.options.Listening.TLSAddr)
	return Guard(http.HandlerFunc(s.route), names)
}

// route tells our own endpoints from the site.
func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	base := "/"
	if v := s.view.Load(); v != nil {
		base = v.basePath()
	}
	endpoint, own := livereload.Endpoint(r.URL.Path, base)
	if !own {
		s.serveSite(w, r)
		return
	}
	switch endpoint {
	case livereload.EventsURL:
		s.hub.ServeHTTP(w, r)
	case livereload.ScriptURL:
		s.send(w, r, newReply(http.StatusOK, "text/javascript; charset=utf-8", cached(policy.NoCache), livereload.Script()))
	case livereload.ProblemsURL:
		if !s.wait(r.Context()) {
			return
		}
		body := livereload.Problems(s.view.Load().problems())
		s.send(w, r, newReply(http.StatusOK, "application/json", cached(policy.NoStore), body))
	default:
		Refuse(w, r, http.StatusNotFound, "no such endpoint")
	}
}

// serveSite answers from the site, after the first build and the latency.
func (s *Server) serveSite(w http.ResponseWriter, r *http.Request) {
	if !s.wait(r.Context()) || !Pause(r.Context(), s.options.Latency) {
		return
	}
	v := s.view.Load()
	asked := r.URL.EscapedPath()
	a := s.answer(r.Context(), v, asked)
	if r.Context().Err() != nil {
		return
	}
	switch {
	case a.to != "":
		s.send(w, r, v.redirection(a, asked, r.URL.RawQuery))
	case a.file == nil:
		Refuse(w, r, a.status, a.message)
	default:
		s.send(w, r, v.reply(r.Context(), a, asked))
	}
}

// wait waits for the first build. It reports false when ctx has ended.
func (s *Server) wait(ctx context.Context) bool {
	select {
	case <-s.first:
		return true
	case <-ctx.Done():
		return false
	}
}

// Pause sleeps for d. It reports false when ctx has ended.
func Pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
