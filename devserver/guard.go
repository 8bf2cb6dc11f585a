package devserver

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/policy"
	"github.com/etagere/etagere/devserver/livereload"
	"github.com/etagere/etagere/devserver/negotiate"
)

// Guard is next behind the checks that a server on its author's machine needs:
// whom a request is addressed to, what it wants to do, where it comes from and
// how its path is spelled. Names are the hosts that are answered for beside the
// loopback's, with or without a port.
//
// Everything that comes out, refusals too, is for this origin's pages alone.
func Guard(next http.Handler, names []string) http.Handler {
	checked := checkHost(checkMethod(checkSite(checkPath(next))), names)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		checked.ServeHTTP(w, r)
	})
}

// Local is h as it is sent from a server on its author's machine: without the
// fields that speak of the host, for all ports of localhost and for longer than
// this server lives (Strict-Transport-Security, Alt-Svc), and without those that
// let other sites in (CORS).
func Local(h policy.Headers) policy.Headers {
	foreign := func(f policy.Header) bool {
		name := strings.ToLower(f.Name)
		switch name {
		case "strict-transport-security", "alt-svc", "cross-origin-resource-policy", "timing-allow-origin":
			return true
		}
		return strings.HasPrefix(name, "access-control-")
	}
	if !slices.ContainsFunc(h, foreign) {
		return h
	}
	return slices.DeleteFunc(slices.Clone(h), foreign)
}

// Refuse answers with a sentence, as plain text under a policy that lets nothing
// load. Nobody keeps it, but for word that a page does not exist, which is asked
// for again.
func Refuse(w http.ResponseWriter, r *http.Request, status int, message string) {
	cache := policy.NoStore
	if status == http.StatusNotFound && !strings.HasPrefix(r.URL.Path, policy.Prefix) {
		cache = policy.NoCache
	}
	a := negotiate.Sentence(status, message, policy.Header{Name: "Cache-Control", Value: cache})
	a.Head = r.Method == http.MethodHead
	_ = a.Send(w, nil) // what cannot be sent has nobody to read it
}

// checkHost lets in what is addressed to us by a name that is ours: another
// name may be a stranger's that leads here.
func checkHost(next http.Handler, names []string) http.Handler {
	allowed := []string{"localhost"}
	for _, h := range names {
		allowed = append(allowed, strings.TrimSuffix(strings.ToLower(hostName(h)), "."))
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := strings.TrimSuffix(strings.ToLower(hostName(r.Host)), ".")
		if host == "" || !slices.Contains(allowed, host) && !strings.HasSuffix(host, ".localhost") && !ownAddress(r, host) {
			Refuse(w, r, http.StatusMisdirectedRequest, "this server does not answer for that host name")
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

// checkMethod lets in what only reads, and tells all others so.
func checkMethod(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			a := negotiate.Other(r.Method)
			_ = a.Send(w, nil) // as in Refuse
			return
		}
		next.ServeHTTP(w, r)
	})
}

// checkSite refuses what other sites' pages ask for: parts of them everywhere,
// and everything of our own endpoints.
func checkSite(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from, own := r.Header.Get("Sec-Fetch-Site"), strings.Contains(r.URL.Path, livereload.Prefix)
		foreign := from == "cross-site" && r.Header.Get("Sec-Fetch-Mode") != "navigate"
		if own {
			foreign = from != "" && from != "same-origin" && from != "none"
			for _, origin := range r.Header.Values("Origin") {
				foreign = foreign || !ownOrigin(r, origin)
			}
		}
		if foreign {
			Refuse(w, r, http.StatusForbidden, "not for other sites")
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
		if r.URL.Path == "" && r.URL.IsAbs() { // RFC 9110 §4.2.3: "http://host" is "http://host/"
			r = withPath(r, "/")
		}
		raw, query, _ := strings.Cut(r.RequestURI, "?")
		escaped := strings.ToLower(r.URL.EscapedPath())
		bad := strings.ContainsFunc(raw, func(c rune) bool { return c == '\\' || c == '#' || c < ' ' || c == 0x7f }) ||
			strings.Contains(query, "#") || // RFC 9112 §3.2: a request target has no fragment
			strings.Contains(escaped, "%2f") || strings.Contains(escaped, "%5c") || strings.Contains(escaped, "%00") ||
			!strings.HasPrefix(r.URL.Path, "/")
		if bad {
			Refuse(w, r, http.StatusBadRequest, "the path has characters that no URL of a site has")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// withPath is r for another path.
func withPath(r *http.Request, path string) *http.Request {
	u := url.URL{Scheme: r.URL.Scheme, Host: r.URL.Host, Path: path, RawQuery: r.URL.RawQuery}
	other := r.WithContext(r.Context())
	other.URL = &u
	return other
}
