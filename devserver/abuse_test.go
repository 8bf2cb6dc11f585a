package devserver

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/etagere/etagere/builder/sitetest"
	"github.com/etagere/etagere/devserver/cert"
)

// attackMemory is how much the heap may grow while somebody does their worst on
// one connection, both ends of it included.
const attackMemory = 64 << 20

// besieged is a server with a page of 1 MiB at /, and one at /slow that is never
// ready. It counts the handlers that run.
type besieged struct {
	t           *testing.T
	addr, plain string
	config      *tls.Config
	running     atomic.Int64
	peak        atomic.Int64
}

// besiege starts the server with the limits that all of ours have.
func besiege(t *testing.T) *besieged {
	t.Helper()
	source, err := cert.NewSource(cert.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := &besieged{t: t}
	page := bytes.Repeat([]byte("0123456789abcde\n"), 1<<16)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := b.running.Add(1)
		defer b.running.Add(-1)
		for old := b.peak.Load(); n > old && !b.peak.CompareAndSwap(old, n); old = b.peak.Load() {
		}
		switch r.URL.Path {
		case "/slow":
			<-r.Context().Done()
		case "/well":
			_, _ = io.WriteString(w, "well")
		default:
			_, _ = w.Write(page)
		}
	})
	ready := make(chan Addresses, 1)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	listening := Listening{Addr: "127.0.0.1:0", TLSAddr: "127.0.0.1:0", Certificate: source.Certificate}
	go func() { ended <- listening.Serve(ctx, handler, func(at Addresses) { ready <- at }) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	at := <-ready
	b.addr, b.plain = strings.Trim(at.HTTPS[len("https:"):], "/"), strings.Trim(at.HTTP[len("http:"):], "/")
	b.config = &tls.Config{RootCAs: x509.NewCertPool(), NextProtos: []string{"h2"}}
	b.config.RootCAs.AddCert(source.Authority().Cert)
	return b
}

// during has an innocent client ask, over and over, while attack goes on, and
// says how long it had to wait at worst.
func (b *besieged) during(attack func()) {
	b.t.Helper()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	transport := &http.Transport{TLSClientConfig: b.config.Clone(), ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: hangs}
	done := make(chan struct{})
	go func() {
		defer close(done)
		attack()
	}()
	worst, asked := time.Duration(0), 0
	for over := false; !over; {
		select {
		case <-done:
			over = true // and once more, afterwards
		case <-time.After(5 * time.Millisecond):
		}
		for _, url := range []string{"https://" + b.addr + "/well", "http://" + b.plain + "/well"} {
			began := time.Now()
			res, err := client.Get(url)
			if err != nil {
				b.t.Fatalf("another client: %v", err) // the limit is that of the client
			}
			if body := readAll(b.t, res); body != "well" {
				b.t.Fatalf("another client got %q", body)
			}
			worst, asked = max(worst, time.Since(began)), asked+1
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	grown := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	if grown > attackMemory {
		b.t.Errorf("the heap has grown by %d MiB", grown>>20)
	}
	b.t.Logf("others: %d requests, %v at worst; heap %+d KiB; %d handlers at most", asked, worst.Round(100*time.Microsecond), grown>>10, b.peak.Load())
}

// attacker speaks frames of HTTP/2, by its own rules.
type attacker struct {
	*http2.Framer
	t       *testing.T
	conn    net.Conn
	block   bytes.Buffer
	encoder *hpack.Encoder
}

// attack opens a connection and says what an ordinary client says first. Settings
// may say more.
func (b *besieged) attack(settings ...http2.Setting) *attacker {
	b.t.Helper()
	conn, err := tls.Dial("tcp", b.addr, b.config.Clone())
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(2 * hangs))
	a := &attacker{Framer: http2.NewFramer(conn, conn), t: b.t, conn: conn}
	a.AllowIllegalWrites = true
	a.encoder = hpack.NewEncoder(&a.block)
	if _, err := io.WriteString(conn, http2.ClientPreface); err != nil {
		b.t.Fatal(err)
	}
	if err := a.WriteSettings(settings...); err != nil {
		b.t.Fatal(err)
	}
	return a
}

// headers are those of a request, and more.
func (a *attacker) headers(path string, more ...hpack.HeaderField) []byte {
	a.block.Reset()
	for _, f := range append([]hpack.HeaderField{
		{Name: ":method", Value: "GET"}, {Name: ":scheme", Value: "https"}, {Name: ":authority", Value: "localhost"}, {Name: ":path", Value: path},
	}, more...) {
		if err := a.encoder.WriteField(f); err != nil {
			a.t.Error(err)
		}
	}
	return a.block.Bytes()
}

// get asks for a path on a stream.
func (a *attacker) get(stream uint32, path string) error {
	return a.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: a.headers(path), EndStream: true, EndHeaders: true})
}

// drainFrames reads what the server sends until it hangs up, and returns the
// reason that GOAWAY gives.
func (a *attacker) drainFrames() http2.ErrCode {
	code := http2.ErrCode(0xffffffff)
	for {
		f, err := a.ReadFrame()
		if err != nil {
			return code
		}
		if g, ok := f.(*http2.GoAwayFrame); ok {
			code = g.ErrCode
		}
	}
}

// closed reports whether the server has hung up, seen from an error of a write.
func closed(err error) bool {
	var timeout net.Error
	return err != nil && !(errors.As(err, &timeout) && timeout.Timeout())
}

// TestRapidReset is CVE-2023-44487: requests that are taken back at once. Never
// do more handlers run than one connection may have.
func TestRapidReset(t *testing.T) {
	b := besiege(t)
	b.during(func() {
		a := b.attack()
		reason := make(chan http2.ErrCode, 1)
		go func() { reason <- a.drainFrames() }()
		var err error
		n := uint32(0)
		for ; n < 20000 && err == nil; n++ {
			if err = a.get(2*n+1, "/slow"); err == nil {
				err = a.WriteRSTStream(2*n+1, http2.ErrCodeCancel)
			}
		}
		_ = a.conn.Close()
		t.Logf("%d requests were taken, then %v, %v", n, err, <-reason)
	})
	if p := b.peak.Load(); p > maxStreams+1 {
		t.Errorf("%d handlers ran at once", p)
	}
	b.quiet()
}

// TestManyStreams: more streams than allowed are refused, one by one.
func TestManyStreams(t *testing.T) {
	b := besiege(t)
	a := b.attack()
	b.during(func() {
		refused := make(chan int, 1)
		go func() {
			n := 0
			for n < 100 {
				f, err := a.ReadFrame()
				if err != nil {
					break
				}
				if r, ok := f.(*http2.RSTStreamFrame); ok && r.ErrCode == http2.ErrCodeProtocol || ok && r.ErrCode == http2.ErrCodeRefusedStream {
					n++
				}
			}
			refused <- n
		}()
		for n := range uint32(maxStreams + 100) {
			if a.get(2*n+1, "/slow") != nil {
				break
			}
		}
		if n := <-refused; n != 100 {
			t.Errorf("%d streams of 100 too many were refused", n)
		}
	})
	if p := b.peak.Load(); p > maxStreams+1 {
		t.Errorf("%d handlers ran at once", p)
	}
	_ = a.conn.Close()
	b.quiet()
}

// quiet waits until no handler runs.
func (b *besieged) quiet() {
	b.t.Helper()
	for limit := time.Now().Add(hangs); b.running.Load() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			b.t.Fatalf("%d handlers run on", b.running.Load())
		}
	}
}

// TestContinuationFlood is CVE-2023-45288: a header that never ends.
func TestContinuationFlood(t *testing.T) {
	for _, tt := range []struct {
		name     string
		fragment int
		must     bool // the server has to hang up
	}{{"large", maxFrame, true}, {"empty", 0, false}} {
		t.Run(tt.name, func(t *testing.T) {
			b := besiege(t)
			b.during(func() {
				a := b.attack()
				go a.drainFrames()
				fragment := a.headers("/well", hpack.HeaderField{Name: "x", Value: strings.Repeat("y", 100), Sensitive: true})
				err := a.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: fragment, EndStream: true})
				// A literal field that is not indexed, as often as it fits.
				one := append([]byte{0, 1, 'z', 100}, bytes.Repeat([]byte("z"), 100)...)
				more := bytes.Repeat(one, tt.fragment/len(one))
				sent := 0
				for ; err == nil && sent < 4096; sent++ {
					err = a.WriteContinuation(1, false, more)
				}
				if tt.must && !closed(err) {
					t.Errorf("%d frames of %d bytes were taken: %v", sent, len(more), err)
				}
				t.Logf("%d frames of %d bytes were taken", sent, len(more))
				_ = a.conn.Close()
			})
		})
	}
}

// TestHeaderBomb is CVE-2022-41717 and its kin: a small frame that stands for a
// large header, by references to the table of both.
func TestHeaderBomb(t *testing.T) {
	b := besiege(t)
	b.during(func() {
		a := b.attack()
		big := hpack.HeaderField{Name: "bomb", Value: strings.Repeat("b", 3900)} // the table holds 4096
		block := bytes.Clone(a.headers("/well", big))
		for range maxFrame - len(block) - 100 {
			block = append(block, 0x80|62) // the newest entry of the dynamic table, RFC 7541 §6.1
		}
		if err := a.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block[:maxFrame-200], EndStream: true, EndHeaders: true}); err != nil {
			t.Error(err)
		}
		status := ""
		decoder := hpack.NewDecoder(4096, func(f hpack.HeaderField) {
			if f.Name == ":status" {
				status = f.Value
			}
		})
		for status == "" {
			f, err := a.ReadFrame()
			if err != nil {
				break // hung up: as good
			}
			if h, ok := f.(*http2.HeadersFrame); ok {
				if _, err := decoder.Write(h.HeaderBlockFragment()); err != nil {
					t.Error(err)
				}
			}
		}
		if status != "431" && status != "" {
			t.Errorf("got status %s", status)
		}
		_ = a.conn.Close()
	})
}

// TestWindowGames: a client that asks for pages and takes none, or a byte at a
// time, holds up nobody but itself.
func TestWindowGames(t *testing.T) {
	b := besiege(t)
	closed := b.attack(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0})
	b.during(func() {
		go closed.drainFrames()
		for n := range uint32(maxStreams) {
			if err := closed.get(2*n+1, "/"); err != nil {
				t.Error(err)
				return
			}
		}
		for limit := time.Now().Add(hangs); b.running.Load() < maxStreams && time.Now().Before(limit); {
			time.Sleep(time.Millisecond)
		}
		for range 20 {
			for n := range uint32(maxStreams) {
				if err := closed.WriteWindowUpdate(2*n+1, 1); err != nil {
					t.Error(err)
					return
				}
			}
		}
		// Windows that open and close again, RFC 9113 §6.9.2.
		for n := range uint32(1000) {
			if err := closed.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: n % 2}); err != nil {
				t.Error(err)
				return
			}
		}
	})
	if got := b.running.Load(); got < maxStreams/2 {
		t.Errorf("only %d handlers wait for the client: the attack has not taken place", got)
	}
	_ = closed.conn.Close()
	b.quiet()
}

// TestControlFloods: frames that want answers, from a client that reads none.
// The server hangs up, or takes no more from it: WriteByteTimeout is for those.
func TestControlFloods(t *testing.T) {
	for name, write := range map[string]func(a *attacker, n uint32) error{
		"SETTINGS": func(a *attacker, _ uint32) error { return a.WriteSettings() },
		"PING":     func(a *attacker, n uint32) error { return a.WritePing(false, [8]byte{byte(n), byte(n >> 8)}) },
		"refused streams": func(a *attacker, n uint32) error {
			return a.WriteHeaders(http2.HeadersFrameParam{StreamID: 2*n + 1, BlockFragment: []byte{0x82}, EndStream: true, EndHeaders: true})
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := besiege(t)
			b.during(func() {
				a := b.attack()
				_ = a.conn.(*tls.Conn).NetConn().(*net.TCPConn).SetReadBuffer(4096)
				var err error
				n := uint32(0)
				for ; err == nil && n < 2_000_000; n++ {
					_ = a.conn.SetWriteDeadline(time.Now().Add(time.Second))
					err = write(a, n)
				}
				if err == nil {
					t.Errorf("%d frames were taken", n)
				}
				t.Logf("%d frames were taken, then %v", n, err)
				_ = a.conn.Close()
			})
		})
	}
}

// TestUnknownFrames is CVE-2026-27141: types that nobody knows are ignored, RFC
// 9113 §4.1.
func TestUnknownFrames(t *testing.T) {
	b := besiege(t)
	a := b.attack()
	for kind := http2.FrameType(0x0a); kind <= 0x20; kind++ {
		if err := a.WriteRawFrame(kind, 0xff, 0, []byte("what?")); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.get(1, "/well"); err != nil {
		t.Fatal(err)
	}
	for {
		f, err := a.ReadFrame()
		if err != nil {
			t.Fatal(err)
		}
		if d, ok := f.(*http2.DataFrame); ok {
			if string(d.Data()) != "well" {
				t.Errorf("got %q", d.Data())
			}
			return
		}
	}
}

// TestSlowClients: headers, handshakes and bodies that never end, and answers
// that are never read, all at once. Their connections are taken away in time.
func TestSlowClients(t *testing.T) {
	b := besiege(t)
	const each = 50
	hello := make([]byte, 5)
	hello[0], hello[1], hello[2] = 22, 3, 1 // a TLS record of a handshake that goes on
	binary.BigEndian.PutUint16(hello[3:], 500)
	kinds := []struct{ name, addr, first, more string }{
		{"slow header", b.plain, "GET / HTTP/1.1\r\nHost: localhost\r\n", "X"},
		{"nothing at all", b.plain, "", ""},
		{"slow body", b.plain, "POST /well HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n", "x"},
		{"slow handshake", b.addr, string(hello), "x"},
	}
	b.during(func() {
		var wg sync.WaitGroup
		for _, kind := range kinds {
			for range each {
				wg.Go(func() {
					conn, err := net.Dial("tcp", kind.addr)
					if err != nil {
						t.Errorf("%s: %v", kind.name, err)
						return
					}
					defer func() { _ = conn.Close() }()
					go func() { // a byte now and then
						_, err := io.WriteString(conn, kind.first)
						for err == nil {
							time.Sleep(300 * time.Millisecond)
							_, err = io.WriteString(conn, kind.more)
							if kind.more == "" {
								return
							}
						}
					}()
					_ = conn.SetReadDeadline(time.Now().Add(headerLimit + hangs))
					if _, err := io.Copy(io.Discard, conn); err != nil && !closed(err) {
						t.Errorf("%s: the connection stays open", kind.name)
					}
				})
			}
		}
		// Those that ask for much and read nothing hold their own handlers only.
		var deaf []net.Conn
		for range each {
			conn, err := net.Dial("tcp", b.plain)
			if err != nil {
				t.Error(err)
				break
			}
			deaf = append(deaf, conn)
			_ = conn.(*net.TCPConn).SetReadBuffer(4096)
			_, _ = io.WriteString(conn, strings.Repeat("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 100))
		}
		wg.Wait()
		for _, conn := range deaf {
			_ = conn.Close()
		}
	})
	b.quiet()
}

// TestLimits: answers and bodies have deadlines, each its own.
func TestLimits(t *testing.T) {
	for body, want := range map[string]bool{"": false, "x": true} {
		w := &deadlines{}
		r, err := http.NewRequest("GET", "/", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if body == "" {
			r.Body = http.NoBody
		}
		bounded(http.NotFoundHandler()).ServeHTTP(w, r)
		if left := time.Until(w.write); left < writeLimit-time.Minute || left > writeLimit {
			t.Errorf("the answer may take %v", left)
		}
		if w.read.IsZero() == want {
			t.Errorf("body %q: read until %v", body, w.read)
		}
	}
}

// deadlines notes what is set.
type deadlines struct {
	read, write time.Time
	header      http.Header
}

// Header is that of the answer.
func (d *deadlines) Header() http.Header {
	if d.header == nil {
		d.header = make(http.Header)
	}
	return d.header
}

// Write takes everything.
func (d *deadlines) Write(p []byte) (int, error) { return len(p), nil }

// WriteHeader takes every status.
func (d *deadlines) WriteHeader(int) {}

// SetReadDeadline notes t.
func (d *deadlines) SetReadDeadline(t time.Time) error { d.read = t; return nil }

// SetWriteDeadline notes t.
func (d *deadlines) SetWriteDeadline(t time.Time) error { d.write = t; return nil }

// TestSlowHTTPTest has the tool of that name do its worst.
func TestSlowHTTPTest(t *testing.T) {
	tool := sitetest.Program(t, "slowhttptest")
	for name, args := range map[string][]string{
		"slow headers": {"-H", "-i", "1"}, "slow bodies": {"-B", "-i", "1", "-s", "8192"}, "slow reads": {"-X", "-n", "1", "-z", "32", "-w", "512", "-y", "1024"},
	} {
		t.Run(name, func(t *testing.T) {
			b := besiege(t)
			b.during(func() {
				ctx, cancel := context.WithTimeout(t.Context(), 2*hangs)
				defer cancel()
				args = append(args, "-c", "200", "-r", "200", "-l", "4", "-p", "5", "-u", "http://"+b.plain+"/")
				if said, err := exec.CommandContext(ctx, tool, args...).CombinedOutput(); ctx.Err() != nil {
					t.Errorf("%v: %s", err, said)
				}
			})
			b.quiet()
		})
	}
}
