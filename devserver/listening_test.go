package devserver

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/etagere/etagere/builder/sitetest"
	"github.com/etagere/etagere/devserver/cert"
	"github.com/etagere/etagere/devserver/livereload"
)

// hangs is when a test gives up, many times what anything here takes.
const hangs = 20 * time.Second

// client trusts our authority, and speaks HTTP/2 where protos say so.
func (r *running) client(protos ...string) *http.Client {
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: r.roots, NextProtos: protos}}
	transport.Protocols = new(http.Protocols)
	transport.Protocols.SetHTTP1(len(protos) == 0 || protos[0] == "http/1.1")
	transport.Protocols.SetHTTP2(len(protos) == 0 || protos[0] == "h2")
	r.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: hangs}
}

func TestProtocols(t *testing.T) {
	r := run(t, small(), nil)
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(r.https, "https://"))
	for _, tt := range []struct {
		name, url string
		protos    []string
		want      string
	}{
		{"plain", r.url, nil, "HTTP/1.1"},
		{"the best of TLS", r.https, nil, "HTTP/2.0"},
		{"only HTTP/2", r.https, []string{"h2"}, "HTTP/2.0"},
		{"only HTTP/1.1", r.https, []string{"http/1.1"}, "HTTP/1.1"},
		{"by name", "https://localhost:" + port, nil, "HTTP/2.0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res, err := r.client(tt.protos...).Get(tt.url + "/guide/")
			if err != nil {
				t.Fatal(err)
			}
			body := readAll(t, res)
			if res.Proto != tt.want || res.StatusCode != 200 || !strings.Contains(body, "guide") {
				t.Errorf("got %s %d %s", res.Proto, res.StatusCode, body)
			}
			if res.TLS != nil && res.TLS.Version != tls.VersionTLS13 {
				t.Errorf("got TLS %s", tls.VersionName(res.TLS.Version))
			}
		})
	}
	for version, ok := range map[uint16]bool{tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		conn, err := tls.Dial("tcp", strings.TrimPrefix(r.https, "https://"), &tls.Config{RootCAs: r.roots, MinVersion: version, MaxVersion: version})
		if (err == nil) != ok {
			t.Errorf("%s: got %v", tls.VersionName(version), err)
		}
		if err == nil {
			_ = conn.Close()
		}
	}
	// Plain HTTP at the door of HTTPS is told what is wrong.
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.https, "https://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	if b, _ := io.ReadAll(conn); !strings.HasPrefix(string(b), "HTTP/1.0 400 ") || !strings.Contains(string(b), "HTTPS server") {
		t.Errorf("got %q", b)
	}
}

// TestHosts: who is addressed is checked alike on all protocols.
func TestHosts(t *testing.T) {
	r := run(t, small(), nil)
	for _, to := range []struct {
		name, url string
		client    *http.Client
	}{
		{"HTTP/1.1", r.url, r.client()}, {"HTTP/1.1 over TLS", r.https, r.client("http/1.1")}, {"HTTP/2", r.https, r.client("h2")},
	} {
		for host, want := range map[string]int{
			"localhost": 200, "LOCALHOST": 200, "localhost.": 200, "localhost:1": 200, "Localhost.:8443": 200,
			"docs.localhost": 200, "a.b.localhost:8080": 200, "127.0.0.1": 200, "127.0.0.2:80": 200, "[::1]": 200, "[::1]:8443": 200,
			"evil.example": 421, "localhost.evil.example": 421, "127.0.0.1.evil.example": 421, "notlocalhost": 421,
			"192.0.2.1": 421, "[2001:db8::1]": 421, "127.1": 421, "2130706433": 421, "0x7f.1": 421,
		} {
			req, err := http.NewRequest("GET", to.url+"/", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Host = host
			res, err := to.client.Do(req)
			if err != nil {
				t.Fatalf("%s, %s: %v", to.name, host, err)
			}
			_ = readAll(t, res)
			if res.StatusCode != want {
				t.Errorf("%s, %s: got %d want %d", to.name, host, res.StatusCode, want)
			}
		}
	}
}

// goroutines waits until there are at most so many, and says which there are
// otherwise.
func goroutines(t *testing.T, most int) {
	t.Helper()
	limit := time.Now().Add(hangs)
	for runtime.NumGoroutine() > most {
		if time.Now().After(limit) {
			buf := make([]byte, 1<<20)
			t.Fatalf("%d goroutines, want %d:\n%s", runtime.NumGoroutine(), most, buf[:runtime.Stack(buf, true)])
		}
		time.Sleep(time.Millisecond)
	}
}

// TestEndsSoon: whatever connections are open, the end is near, and nothing is
// left of them.
func TestEndsSoon(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Run("served", func(t *testing.T) {
		r := run(t, small(), nil)
		r.next(Complete)
		for _, client := range []*http.Client{r.client("h2"), r.client("http/1.1"), r.client("h2")} {
			client.Timeout = 0
			for range 5 {
				res, err := client.Get(r.https + livereload.EventsURL + "?page=/guide/")
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = res.Body.Close() })
				if line, err := bufio.NewReader(res.Body).ReadString('\n'); err != nil {
					t.Fatalf("the stream says %q, %v", line, err)
				}
			}
		}
		if res, err := r.client("h2").Get(r.https + "/"); err != nil { // and stays idle
			t.Fatal(err)
		} else {
			_ = readAll(t, res)
		}
		for _, start := range []string{"", "GET / HT"} { // a silent one, and half a request
			conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = conn.Close() })
			_, _ = io.WriteString(conn, start)
		}
		began := time.Now()
		r.stop()
		t.Logf("ended after %v", time.Since(began))
	})
	http.DefaultClient.CloseIdleConnections()
	goroutines(t, before)
}

// TestTroubles: of what net/http logs, two things are news.
func TestTroubles(t *testing.T) {
	var said []string
	w := &troubles{notice: func(m string) { said = append(said, m) }}
	for _, line := range []string{
		"http: TLS handshake error from 127.0.0.1:5: EOF\n",
		"http: TLS handshake error from 127.0.0.1:5: remote error: tls: unknown certificate\n",
		"http: TLS handshake error from 127.0.0.1:5: remote error: tls: unknown certificate authority\n",
		"http2: server connection error from 127.0.0.1:5: ENHANCE_YOUR_CALM\n",
		"http: panic serving 127.0.0.1:5: index out of range\ngoroutine 5\n",
	} {
		if n, err := w.Write([]byte(line)); n != len(line) || err != nil {
			t.Errorf("got %d, %v", n, err)
		}
	}
	if len(said) != 2 || !strings.Contains(said[0], "etagere cert install") || !strings.HasSuffix(said[1], "index out of range") {
		t.Errorf("said %q", said)
	}
}

// TestDistrustIsTold: a client that does not know the authority says so itself.
func TestDistrustIsTold(t *testing.T) {
	r := run(t, small(), nil)
	if _, err := http.Get(r.https); err == nil { // with the roots of the system
		t.Fatal("a stranger trusts us")
	}
	if e := r.next(Notice); !strings.Contains(e.Message, "etagere cert install") {
		t.Errorf("got %q", e.Message)
	}
}

// TestDistrustOfOpenSSL: its clients say so in a way of their own.
func TestDistrustOfOpenSSL(t *testing.T) {
	tool := sitetest.Program(t, "curl")
	r := run(t, small(), nil)
	if err := exec.Command(tool, "-s", r.https).Run(); err == nil {
		t.Fatal("a stranger trusts us")
	}
	if e := r.next(Notice); !strings.Contains(e.Message, "etagere cert install") {
		t.Errorf("got %q", e.Message)
	}
}

// TestElsewhere: the addresses that other devices reach the server at are told.
func TestElsewhere(t *testing.T) {
	addrs := []net.Addr{
		&net.IPNet{IP: net.IPv4(127, 0, 0, 1)}, &net.IPNet{IP: net.ParseIP("fe80::1")}, &net.IPNet{IP: net.ParseIP("2001:db8::7")},
		&net.IPNet{IP: net.IPv4(192, 168, 1, 5)}, &net.IPNet{IP: net.IPv4(10, 0, 0, 2)}, &net.TCPAddr{},
	}
	for bound, want := range map[string]string{
		"127.0.0.1": "", "192.168.1.5": "", "::1": "",
		"0.0.0.0": "http://192.168.1.5:8080/ http://10.0.0.2:8080/",
		"::":      "http://192.168.1.5:8080/ http://10.0.0.2:8080/ http://[2001:db8::7]:8080/",
	} {
		if got := strings.Join(elsewhere("http", &net.TCPAddr{IP: net.ParseIP(bound), Port: 8080}, addrs), " "); got != want {
			t.Errorf("%s: got %q want %q", bound, got, want)
		}
	}
}

// TestServeFails: what cannot be listened on ends Serve, and leaves nothing open.
func TestServeFails(t *testing.T) {
	source, err := cert.NewSource(cert.Options{})
	if err != nil {
		t.Fatal(err)
	}
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := busy.Addr().String()
	_ = busy.Close()
	l := Listening{Addr: free, TLSAddr: "192.0.2.1:0", Certificate: source.Certificate}
	err = l.Serve(t.Context(), http.NotFoundHandler(), func(Addresses) { t.Error("ready") })
	if err == nil || !strings.Contains(err.Error(), "listen on 192.0.2.1:0") {
		t.Errorf("got %v", err)
	}
	again, err := net.Listen("tcp", free)
	if err != nil {
		t.Fatalf("the first address stays taken: %v", err)
	}
	_ = again.Close()

	// The end of the context is none, even before the start.
	ended, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	l.TLSAddr = ""
	ready := 0
	if err := l.Serve(ended, http.NotFoundHandler(), func(Addresses) { ready++ }); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("got %v after %d", err, ready)
	}
}

// TestAddress: hosts of all kinds have URLs.
func TestAddress(t *testing.T) {
	for host, want := range map[string]string{
		"127.0.0.1": "https://127.0.0.1:5/", "0.0.0.0": "https://localhost:5/", "::": "https://localhost:5/", "::1": "https://[::1]:5/",
	} {
		if got := address("https", &net.TCPAddr{IP: net.ParseIP(host), Port: 5}); got != want {
			t.Errorf("%s: got %s want %s", host, got, want)
		}
	}
	if got := address("http", &net.UnixAddr{Name: "x"}); got != fmt.Sprintf("http://%s/", "x") {
		t.Errorf("got %s", got)
	}
}
