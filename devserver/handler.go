package devserver

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/etagere/etagere/builder/policy"
	"github.com/etagere/etagere/devserver/livereload"
)

// Handler answers requests, whatever listener they come from. The checks come
// first: whom a request is addressed to, what it wants to do, where it comes
// from and how its path is spelled.
func (s *Server) Handler() http.Handler {
	return s.checkHost(checkMethod(checkSite(checkPath(http.HandlerFunc(s.route)))))
}

// route tells our own endpoints from the site.
func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	if !strings.HasPrefix(r.URL.Path, livereload.Prefix) {
		s.serveSite(w, r)
		return
	}
	switch r.URL.Path {
	case livereload.EventsURL:
		s.hub.ServeHTTP(w, r)
	case livereload.ScriptURL:
		send(w, r, content{status: http.StatusOK, media: "text/javascript; charset=utf-8", cache: policy.NoCache, body: livereload.Script()})
	case livereload.ProblemsURL:
		if !s.wait(r.Context()) {
			return
		}
		body := livereload.Problems(s.view.Load().problems())
		send(w, r, content{status: http.StatusOK, media: "application/json", cache: policy.NoStore, body: body})
	default:
		refuse(w, r, http.StatusNotFound, "no such endpoint")
	}
}

// serveSite answers from the site, after the first build and the latency.
func (s *Server) serveSite(w http.ResponseWriter, r *http.Request) {
	if !s.wait(r.Context()) || !pause(r.Context(), s.options.Latency) {
		return
	}
	v := s.view.Load()
	a := s.answer(r.Context(), v, r.URL.EscapedPath())
	if r.Context().Err() != nil {
		return
	}
	switch {
	case a.to != "":
		to := a.to
		if r.URL.RawQuery != "" && !strings.ContainsAny(to, "?#") {
			to += "?" + r.URL.RawQuery
		}
		w.Header().Set("Location", to)
		send(w, r, content{status: a.status, media: "text/plain; charset=utf-8", cache: policy.NoCache, body: []byte("see " + to + "\n")})
	case a.file == nil:
		refuse(w, r, a.status, a.message)
	default:
		body := a.file.Data
		if isHTML(a.file.Type) {
			body = livereload.Inject(body, v.sign(r.Context(), a))
		}
		if a.made {
			w.Header().Set("Content-Security-Policy", ownPolicy)
		}
		send(w, r, content{a.status, a.file.Type, policy.Serving(a.class, a.status == http.StatusOK), body})
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

// pause sleeps for d. It reports false when ctx has ended.
func pause(ctx context.Context, d time.Duration) bool {
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

// checkHost lets in what is addressed to us by a name that is ours: another
// name may be a stranger's that leads here.
func (s *Server) checkHost(next http.Handler) http.Handler {
	allowed := []string{"localhost"}
	for _, h := range append(slices.Clone(s.options.AllowHosts), hostName(s.options.Listening.Addr), hostName(s.options.Listening.TLSAddr)) {
		allowed = append(allowed, strings.TrimSuffix(strings.ToLower(h), "."))
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := strings.TrimSuffix(strings.ToLower(hostName(r.Host)), ".")
		if host == "" || !slices.Contains(allowed, host) && !strings.HasSuffix(host, ".localhost") && !ownAddress(r, host) {
			refuse(w, r, http.StatusMisdirectedRequest, "this server does not answer for that host name")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// hostName is addr without port and brackets.
func hostName(addr string) string {
	if host, _, err := net.SplitHostPort(addr); err == nil {
		return host
	}
	return strings.TrimSuffix(strings.TrimPrefix(addr, "["), "]")
}

// ownAddress reports whether host is a loopback address, or the one that the
// connection came in at. An address, unlike a name, cannot be made to lead here.
func ownAddress(r *http.Request, host string) bool {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	if ip.Unmap().IsLoopback() {
		return true
	}
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return false
	}
	at, err := netip.ParseAddr(hostName(local.String()))
	return err == nil && at.Unmap() == ip.Unmap()
}

// checkMethod lets in what only reads.
func checkMethod(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			refuse(w, r, http.StatusMethodNotAllowed, "only GET and HEAD are answered")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// checkSite refuses what other sites' pages ask for: parts of them everywhere,
// and everything of our own endpoints.
func checkSite(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		from, own := r.Header.Get("Sec-Fetch-Site"), strings.HasPrefix(r.URL.Path, livereload.Prefix)
		foreign := from == "cross-site" && r.Header.Get("Sec-Fetch-Mode") != "navigate"
		if own {
			foreign = from != "" && from != "same-origin" && from != "none"
			for _, origin := range r.Header.Values("Origin") {
				foreign = foreign || !ownOrigin(r, origin)
			}
		}
		if foreign {
			refuse(w, r, http.StatusForbidden, "not for other sites")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ownOrigin reports whether origin is what the request is addressed to.
func ownOrigin(r *http.Request, origin string) bool {
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	return strings.EqualFold(origin, scheme+r.Host)
}

// checkPath refuses spellings that only attacks have: what is compared here
// must be what is looked up later, and on every system.
func checkPath(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _, _ := strings.Cut(r.RequestURI, "?")
		escaped := strings.ToLower(r.URL.EscapedPath())
		bad := strings.ContainsFunc(raw, func(c rune) bool { return c == '\\' || c == '#' || c < ' ' || c == 0x7f }) ||
			strings.Contains(escaped, "%2f") || strings.Contains(escaped, "%5c") || strings.Contains(escaped, "%00") ||
			!strings.HasPrefix(r.URL.Path, "/")
		if bad {
			refuse(w, r, http.StatusBadRequest, "the path has characters that no URL of a site has")
			return
		}
		next.ServeHTTP(w, r)
	})
}
