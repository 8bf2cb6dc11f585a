package stream

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// lines reads a stream's lines until the test ends.
func lines(t *testing.T, body io.Reader) <-chan string {
	t.Helper()
	out := make(chan string, 1000)
	go func() {
		defer close(out)
		for r := bufio.NewReader(body); ; {
			l, err := r.ReadString('\n')
			if err != nil {
				return
			}
			out <- strings.TrimSuffix(l[:min(len(l), 100)], "\n")
		}
	}()
	return out
}

// next waits for a line that starts with prefix.
func next(t *testing.T, in <-chan string, prefix string) string {
	t.Helper()
	limit := time.After(10 * time.Second)
	for {
		select {
		case l, ok := <-in:
			if !ok {
				t.Fatalf("the stream ended before a line %q", prefix)
			}
			if strings.HasPrefix(l, prefix) {
				return l
			}
		case <-limit:
			t.Fatalf("no line %q in time", prefix)
		}
	}
}

func connect(t *testing.T, url string, header ...string) *http.Response {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

func serve(t *testing.T, o Options) (*Hub, *httptest.Server) {
	t.Helper()
	h := New(o)
	srv := httptest.NewServer(h)
	t.Cleanup(func() {
		h.Close()
		srv.Close()
	})
	return h, srv
}

func TestGreetingThenMessages(t *testing.T) {
	h, srv := serve(t, Options{Greeting: func(_ context.Context, pages []string) []byte {
		return fmt.Appendf(nil, "hello %v", pages)
	}})
	res := connect(t, srv.URL+"/?page=/b/&page=/a/&stream=other", "Last-Event-ID", "not a number")
	if res.StatusCode != http.StatusOK {
		t.Fatalf("got status %d", res.StatusCode)
	}
	want := map[string]string{
		"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no",
		"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin", "Connection": "",
	}
	for k, v := range want {
		if got := res.Header.Get(k); got != v {
			t.Errorf("%s: got %q want %q", k, got, v)
		}
	}
	if got := res.Header.Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("a CORS header was sent: %q", got)
	}
	in := lines(t, res.Body)
	next(t, in, "retry: 1000")
	if got := next(t, in, "data:"); got != "data: hello [/b/ /a/]" {
		t.Errorf("got greeting %q", got)
	}
	if got := h.Pages(); !slices.Equal(got, []string{"/a/", "/b/"}) {
		t.Errorf("got open pages %v", got)
	}
	h.Publish([]byte("one"))
	if got := next(t, in, "data:"); got != "data: one" {
		t.Errorf("got %q", got)
	}
	h.Publish([]byte(":two"))
	if got := next(t, in, "data:"); got != "data: :two" {
		t.Errorf("a message that looks like a comment: got %q", got)
	}
}

func TestNothingIsReplayed(t *testing.T) {
	h, srv := serve(t, Options{})
	first := lines(t, connect(t, srv.URL).Body)
	next(t, first, "retry:")
	for i := range 3 {
		h.Publish(fmt.Appendf(nil, "old %d", i))
		next(t, first, "data: old")
	}
	second := lines(t, connect(t, srv.URL).Body)
	next(t, second, "retry:")
	h.Publish([]byte("new"))
	if got := next(t, second, "data:"); got != "data: new" {
		t.Errorf("a new reader was sent %q first", got)
	}
}

func TestEmptyMessageEndsNobody(t *testing.T) {
	h, srv := serve(t, Options{Heartbeat: 20 * time.Millisecond})
	in := lines(t, connect(t, srv.URL).Body)
	h.Publish(nil)
	next(t, in, ": beat")
	h.Publish([]byte("alive"))
	next(t, in, "data: alive")
}

func TestMethods(t *testing.T) {
	_, srv := serve(t, Options{})
	for _, m := range []string{http.MethodHead, http.MethodPost, http.MethodOptions} {
		req, _ := http.NewRequest(m, srv.URL, nil)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusMethodNotAllowed || res.Header.Get("Allow") != "GET" {
			t.Errorf("%s: got %d, Allow %q", m, res.StatusCode, res.Header.Get("Allow"))
		}
	}
}

func TestFullHub(t *testing.T) {
	_, srv := serve(t, Options{MaxReaders: 1})
	next(t, lines(t, connect(t, srv.URL).Body), "retry:")
	res := connect(t, srv.URL)
	if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
		t.Errorf("got %d, Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
	}
}

// TestStalledReader has one reader that never reads; the others must go on.
func TestStalledReader(t *testing.T) {
	h, srv := serve(t, Options{WriteLimit: time.Second})
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	in := lines(t, connect(t, srv.URL).Body)
	next(t, in, "retry:")
	for h.Readers() < 2 {
		time.Sleep(time.Millisecond)
	}

	// Far more than the sockets' buffers and the reader's queue hold.
	big := strings.Repeat("x", 256<<10)
	for i := range 120 {
		h.Publish([]byte(fmt.Sprint(i, " ", big)))
		next(t, in, fmt.Sprintf("data: %d ", i))
	}
	wait(t, "the stalled reader is gone", time.Minute, func() bool { return h.Readers() == 1 })
	next(t, lines(t, connect(t, srv.URL).Body), "retry:")
}

// TestCloseLeavesNothing closes a hub with readers: all goroutines end.
func TestCloseLeavesNothing(t *testing.T) {
	before := runtime.NumGoroutine()
	h := New(Options{})
	srv := httptest.NewServer(h)
	client := &http.Client{Transport: &http.Transport{}}
	var open []*http.Response
	for range 10 {
		res, err := client.Get(srv.URL)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, res)
	}
	started := time.Now()
	h.Close()
	h.Close() // twice does no harm
	if took := time.Since(started); took > 5*time.Second {
		t.Errorf("closing took %v", took)
	}
	for _, res := range open {
		if _, err := io.ReadAll(res.Body); err != nil {
			t.Errorf("a stream did not end cleanly: %v", err)
		}
		_ = res.Body.Close()
	}
	res, err := client.Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a closed hub answered %d", res.StatusCode)
	}
	srv.Close()
	client.CloseIdleConnections()
	limit := time.Now().Add(10 * time.Second)
	for runtime.NumGoroutine() > before {
		if time.Now().After(limit) {
			buf := make([]byte, 1<<16)
			t.Fatalf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
		}
		time.Sleep(time.Millisecond)
	}
}
