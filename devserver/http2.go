package devserver

import (
	"fmt"
	"net/http"
	"time"

	"golang.org/x/net/http2"
)

// Limits of one HTTP/2 connection. What they bound is memory and goroutines:
// a client that wants more than all the tabs of an author has other reasons.
const (
	// maxStreams is how many requests of one connection are answered at a time.
	// RFC 9113 §6.5.2 recommends no fewer than 100; a page of a picture gallery
	// asks for more at once.
	maxStreams = 250

	// maxFrame is the smallest that RFC 9113 §4.2 allows, and all that requests
	// without bodies need.
	maxFrame = 16 << 10

	// window is how much of requests' bodies a client may send ahead, per stream
	// and per connection: the least that the protocol knows (RFC 9113 §6.9.2).
	// No request has a body that would be read.
	window = 65535
)

// configureHTTP2 makes server speak HTTP/2 on its TLS connections, with the
// limits above. It must be called before the server serves, and once. This file
// is the only place that knows x/net/http2, which is newer than what Go itself
// brings along; since Go 1.27 it is a thin cover of net/http.
func configureHTTP2(server *http.Server) error {
	server.HTTP2 = &http.HTTP2Config{
		MaxConcurrentStreams:          maxStreams,
		MaxReadFrameSize:              maxFrame,
		MaxReceiveBufferPerConnection: window,
		MaxReceiveBufferPerStream:     window,
		// A client that is gone without a word, such as a laptop that sleeps, is
		// found by a ping; one that never reads, by what cannot be written to it.
		SendPingTimeout:  time.Minute,
		PingTimeout:      15 * time.Second,
		WriteByteTimeout: stalled,
	}
	//lint:ignore SA1019 until Go 1.27 is the oldest that builds this, it switches to the implementation that is kept up to date
	if err := http2.ConfigureServer(server, nil); err != nil {
		return fmt.Errorf("set up HTTP/2: %w", err)
	}
	return nil
}
