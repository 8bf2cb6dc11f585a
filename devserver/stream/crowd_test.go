package stream

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestCrowd has a thousand readers of which a hundred never read. Publishing
// does not wait for anybody, those who read get every message in order, those
// who do not are dropped, and afterwards all is as it was before.
func TestCrowd(t *testing.T) {
	const (
		healthy, deaf = 900, 100
		messages      = 40
		hang          = 2 * time.Minute
	)
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	heap, goroutines := memory.HeapAlloc, runtime.NumGoroutine()

	h := New(Options{MaxReaders: healthy + deaf, WriteLimit: hang, MaxUnsent: 64 << 10})
	srv := httptest.NewUnstartedServer(h)
	var accepted atomic.Int64
	srv.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		if accepted.Add(1) <= deaf {
			_ = c.(*net.TCPConn).SetWriteBuffer(4 << 10) // so that who does not read is noticed soon
		}
		return ctx
	}
	srv.Start()
	addr := srv.Listener.Addr().String()
	dial := func() net.Conn {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		return conn
	}
	var conns []net.Conn
	for range deaf {
		conn := dial()
		_ = conn.(*net.TCPConn).SetReadBuffer(4 << 10)
		conns = append(conns, conn)
	}
	wait(t, "the deaf are connected", hang, func() bool { return h.Readers() == deaf })
	var ready, done sync.WaitGroup
	var got atomic.Int64
	ready.Add(healthy)
	for range healthy {
		conn := dial()
		conns = append(conns, conn)
		done.Go(func() { readAll(t, conn, messages, ready.Done, &got) })
	}
	wait(t, "all are connected", hang, func() bool { return h.Readers() == healthy+deaf })
	ready.Wait()

	text := bytes.Repeat([]byte("x"), 4<<10)
	var worst time.Duration
	for i := range messages {
		started := time.Now()
		h.Publish(append([]byte(strconv.Itoa(i)+" "), text...))
		worst = max(worst, time.Since(started))
		wait(t, "those who read have the message", hang, func() bool { return got.Load() >= healthy*int64(i+1) || t.Failed() })
	}
	done.Wait()
	if got.Load() != healthy*messages {
		t.Errorf("%d messages arrived, want %d", got.Load(), healthy*messages)
	}
	t.Logf("worst Publish %v", worst)
	if worst > hang {
		t.Errorf("Publish took %v", worst)
	}
	wait(t, "the deaf are dropped", hang, func() bool { return h.Readers() == healthy })
	for _, c := range conns {
		_ = c.Close()
	}
	wait(t, "all have left", hang, func() bool { return h.Readers() == 0 })
	h.Close()
	srv.Close()
	wait(t, "goroutines end", hang, func() bool { return runtime.NumGoroutine() <= goroutines })
	conns = nil
	runtime.GC()
	runtime.ReadMemStats(&memory)
	t.Logf("heap %d KiB before, %d KiB after; goroutines %d, %d", heap>>10, memory.HeapAlloc>>10, goroutines, runtime.NumGoroutine())
	if memory.HeapAlloc > heap+16<<20 {
		t.Errorf("%d KiB were kept", (memory.HeapAlloc-heap)>>10)
	}
}

// readAll reads messages, which must come in order, and counts them in got. It
// calls started when the stream is open.
func readAll(t *testing.T, conn net.Conn, most int, started func(), got *atomic.Int64) {
	res, err := http.ReadResponse(bufio.NewReaderSize(conn, 4<<10), nil)
	if err != nil {
		t.Error(err)
		started()
		return
	}
	// The body is not closed: that would wait for its end. The connection is.
	lines := bufio.NewScanner(res.Body)
	n := 0
	for lines.Scan() {
		switch {
		case bytes.HasPrefix(lines.Bytes(), []byte("retry:")):
			started()
		case bytes.HasPrefix(lines.Bytes(), []byte("data: ")):
			number, _, _ := bytes.Cut(lines.Bytes()[len("data: "):], []byte(" "))
			if string(number) != strconv.Itoa(n) {
				t.Errorf("got message %s, want %d", number, n)
				return
			}
			got.Add(1)
			if n++; n == most {
				return
			}
		}
	}
	t.Errorf("the stream ended after %d messages: %v", n, lines.Err())
}

// wait waits for ok.
func wait(t *testing.T, what string, most time.Duration, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(most); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not in time", what)
		}
	}
}
