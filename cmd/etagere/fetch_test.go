package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// fetch asks a server in the background, found by the "ready" event in a file of
// its events, and checks the status of what it answers: fetch EVENTS STATUS PATH
// [HOST]. The body is left in the file "body", the header fields in "header".
// Nothing is followed.
func fetch(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 || len(args) > 4 {
		ts.Fatalf("usage: fetch EVENTS STATUS PATH [HOST]")
	}
	base := readyURL(ts, args[0])
	req, err := http.NewRequest(http.MethodGet, "http://"+base.Host+args[2], nil)
	ts.Check(err)
	if len(args) == 4 {
		req.Host = net.JoinHostPort(args[3], base.Port())
	}
	client := &http.Client{
		Timeout:       time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	answer, err := client.Do(req)
	ts.Check(err)
	body, err := io.ReadAll(answer.Body)
	ts.Check(errors.Join(err, answer.Body.Close()))
	var header strings.Builder
	ts.Check(answer.Header.Write(&header))
	ts.Check(os.WriteFile(ts.MkAbs("body"), body, 0o666))
	ts.Check(os.WriteFile(ts.MkAbs("header"), []byte(strings.ReplaceAll(header.String(), "\r", "")), 0o666))
	if got := strconv.Itoa(answer.StatusCode); got != args[1] {
		ts.Fatalf("%s: status %s, want %s\n%s\n%s", args[2], got, args[1], &header, body)
	}
}

// readyURL is where the server listens whose events are in a file.
func readyURL(ts *testscript.TestScript, events string) *url.URL {
	for line := range strings.SplitSeq(ts.ReadFile(events), "\n") {
		var e readyEvent
		if json.Unmarshal([]byte(line), &e) == nil && e.Event == "ready" {
			at, err := url.Parse(e.HTTP)
			ts.Check(err)
			return at
		}
	}
	ts.Fatalf("%s has no ready event", events)
	return nil
}

// busyPort sets PORT to a port that somebody has until the script ends.
func busyPort(ts *testscript.TestScript, neg bool, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { ts.Check(l.Close()) })
	_, port, err := net.SplitHostPort(l.Addr().String())
	ts.Check(err)
	ts.Setenv("PORT", port)
}

// sameFile checks that two names are those of one file on the disk, or with "!"
// of two: samefile A B.
func sameFile(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: samefile A B")
	}
	a, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	b, err := os.Stat(ts.MkAbs(args[1]))
	ts.Check(err)
	if os.SameFile(a, b) == neg {
		ts.Fatalf("%s and %s are one file: %v", args[0], args[1], !neg)
	}
}

// sortedManifest checks the keys of a manifest and of all that it lists, in
// order, and that its files are sorted by URL and its redirects by their
// origin: manifest FILE.
func sortedManifest(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: manifest FILE")
	}
	raw := ts.ReadFile(args[0])
	var m struct {
		Files     []json.RawMessage
		Redirects []json.RawMessage
	}
	ts.Check(json.Unmarshal([]byte(raw), &m))
	want := func(line string, keys string) {
		// What files may leave out: modified.
		if got := strings.TrimSuffix(strings.Join(keysOf(ts, line), " "), " modified"); got != keys {
			ts.Fatalf("%s\ngot keys %q, want %q", line, got, keys)
		}
	}
	want(raw, "version base_url header_sets files redirects")
	last := ""
	for _, f := range m.Files {
		want(string(f), "url path class type size sha256 etag integrity headers encodings hints refs")
		var e struct{ URL string }
		ts.Check(json.Unmarshal(f, &e))
		if e.URL <= last {
			ts.Fatalf("%q does not come before %q", last, e.URL)
		}
		last = e.URL
	}
	last = ""
	for _, r := range m.Redirects {
		want(string(r), "from to status")
		var e struct{ From string }
		ts.Check(json.Unmarshal(r, &e))
		if e.From <= last {
			ts.Fatalf("%q does not come before %q", last, e.From)
		}
		last = e.From
	}
	if len(m.Files) == 0 || len(m.Redirects) == 0 {
		ts.Fatalf("%d files and %d redirects", len(m.Files), len(m.Redirects))
	}
}

// keysOf are the keys of a JSON object in their order.
func keysOf(ts *testscript.TestScript, object string) []string {
	in := json.NewDecoder(strings.NewReader(object))
	if _, err := in.Token(); err != nil {
		ts.Fatalf("%s: %v", object, err)
	}
	var keys []string
	for in.More() {
		key, err := in.Token()
		ts.Check(err)
		var value json.RawMessage
		ts.Check(in.Decode(&value))
		keys = append(keys, fmt.Sprint(key))
	}
	return keys
}
