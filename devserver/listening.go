package devserver

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Listening says where to listen, and how. The zero value listens for HTTP
// alone, at 127.0.0.1:8080.
type Listening struct {
	// Addr is where HTTP/1.1 is spoken in plain. Empty means 127.0.0.1:8080. Where
	// the port is taken, the next free one is used.
	Addr string

	// TLSAddr is where HTTP/2 and HTTP/1.1 are spoken over TLS, by the same rule
	// for ports. Empty means nowhere.
	TLSAddr string

	// Certificate is the certificate for a TLS connection. It is required where
	// TLSAddr is set.
	Certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)

	// Notice is told what people should know, from any goroutine. Nil discards it.
	Notice func(message string)
}

func (l Listening) withDefaults() Listening {
	if l.Addr == "" {
		l.Addr = "127.0.0.1:8080"
	}
	if l.Notice == nil {
		l.Notice = func(string) {}
	}
	return l
}

// Addresses are the URLs, with a slash at the end, that a server is reached at.
// HTTPS is empty where there is none.
type Addresses struct{ HTTP, HTTPS string }

// Limits of one connection, whatever its protocol.
const (
	// headerLimit is how long a request's header may take, and a TLS handshake.
	headerLimit = 5 * time.Second

	// bodyLimit is how long the body of a request may take, that nobody reads.
	bodyLimit = 5 * time.Second

	// idleLimit is how long a connection may wait for its next request.
	idleLimit = 2 * time.Minute

	// stalled is how long a client may read nothing of what is there for it.
	stalled = 30 * time.Second

	// writeLimit is how long one answer may take: the largest file, over a slow
	// wireless network. Event streams set limits of their own.
	writeLimit = 5 * time.Minute

	// maxHeader is the size of a request's header. Cookies are the larger part:
	// all servers on localhost, whatever their ports, share them.
	maxHeader = 64 << 10
)

// drain is how long answers that are under way may take once the server ends.
const drain = 500 * time.Millisecond

// Serve answers with handler until ctx ends, which is no error. Ready is called
// once, when both addresses are listened on and before the first request is
// answered. The context of every request ends with ctx.
func (l Listening) Serve(ctx context.Context, handler http.Handler, ready func(Addresses)) error {
	l = l.withDefaults()
	plain, err := listen(ctx, l.Addr, l.Notice)
	if err != nil {
		return err
	}
	defer func() { _ = plain.Close() }()
	at := Addresses{HTTP: address("http", plain.Addr())}
	var secure net.Listener
	if l.TLSAddr != "" {
		if secure, err = listen(ctx, l.TLSAddr, l.Notice); err != nil {
			return err
		}
		defer func() { _ = secure.Close() }()
		at.HTTPS = address("https", secure.Addr())
	}
	requests, cancel := context.WithCancel(ctx)
	defer cancel()
	server, err := l.server(requests, handler)
	if err != nil {
		return err
	}
	ready(at)
	if addrs, err := net.InterfaceAddrs(); err == nil {
		if urls := elsewhere("http", plain.Addr(), addrs); len(urls) > 0 {
			l.Notice("on other devices: " + strings.Join(urls, " "))
		}
	}

	var wg sync.WaitGroup
	served := make(chan error, 2)
	wg.Go(func() { served <- fmt.Errorf("serve on %s: %w", plain.Addr(), server.Serve(plain)) })
	if secure != nil {
		wg.Go(func() { served <- fmt.Errorf("serve on %s: %w", secure.Addr(), server.ServeTLS(secure, "", "")) })
	}
	select {
	case <-ctx.Done():
		err = nil
	case err = <-served:
	}
	cancel() // event streams end, and whoever waits for a build
	last, stop := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer stop()
	if shut := server.Shutdown(last); errors.Is(shut, context.DeadlineExceeded) {
		_ = server.Close()
	}
	wg.Wait()
	return err
}

// server is what speaks HTTP on all connections. The contexts of requests are
// children of ctx.
func (l Listening) server(ctx context.Context, handler http.Handler) (*http.Server, error) {
	server := &http.Server{
		Handler:           bounded(handler),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: headerLimit,
		IdleTimeout:       idleLimit,
		MaxHeaderBytes:    maxHeader,
		// "OPTIONS *" is answered behind the same checks as all else.
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     log.New(&troubles{notice: l.Notice}, "", 0),
		// No ReadTimeout and no WriteTimeout: either would end event streams. See bounded.
		TLSConfig: &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: l.Certificate},
	}
	if err := configureHTTP2(server); err != nil {
		return nil, err
	}
	return server, nil
}

// bounded limits how long an answer may take to be read, and the body of a
// request, which nobody reads, to be sent.
func bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		_ = control.SetWriteDeadline(time.Now().Add(writeLimit)) // a writer that knows no deadlines has no client
		if r.Body != http.NoBody {
			_ = control.SetReadDeadline(time.Now().Add(bodyLimit))
		}
		next.ServeHTTP(w, r)
	})
}

// troubles is what net/http has to say. Most of it is what clients do wrong, and
// no news; a browser that doesn't trust us, and a mistake of ours, are.
type troubles struct {
	notice func(string)

	distrusted sync.Once
}

// Write tells of one line of the log.
func (t *troubles) Write(line []byte) (int, error) {
	switch {
	case bytes.Contains(line, []byte("panic serving")):
		first, _, _ := bytes.Cut(line, []byte("\n"))
		t.notice("a mistake of etagere itself, please report it: " + string(first))
	case distrust(line):
		t.distrusted.Do(func() {
			t.notice("a client does not trust the certificate: run \"etagere cert install\" once, then restart the browser")
		})
	}
	return len(line), nil
}

// distrust reports whether line says that a client has refused our certificate,
// by one of the alerts of RFC 8446 §6.2 that clients use for it.
func distrust(line []byte) bool {
	if !bytes.Contains(line, []byte("TLS handshake error")) {
		return false
	}
	for _, alert := range []string{
		"remote error: tls: bad certificate",
		"remote error: tls: unknown certificate", // in "unknown certificate authority" too
		// The alert of OpenSSL's clients in TLS 1.3 comes in the clear, where Go
		// expects a key to be in use already. A wire that garbles bytes is not what
		// a handshake with this machine meets.
		"local error: tls: bad record MAC",
	} {
		if bytes.Contains(line, []byte(alert)) {
			return true
		}
	}
	return false
}
