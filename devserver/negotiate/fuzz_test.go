package negotiate

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
)

// consistent checks what is true of every answer, whatever was asked.
func consistent(t testing.TB, method string, h http.Header, r *Resource) {
	t.Helper()
	res := send(t, method, h, r)
	body := content(t, res)
	length := res.Header.Get("Content-Length")
	switch res.StatusCode {
	case 304, 204:
		if body != "" || length != "" {
			t.Errorf("a %d with %d bytes and Content-Length %q", res.StatusCode, len(body), length)
		}
	default:
		if n, err := strconv.Atoi(length); err != nil || method != "HEAD" && n != len(body) || method == "HEAD" && body != "" {
			t.Errorf("Content-Length %q for %d bytes", length, len(body))
		}
	}
	if r.Representations[0].Coding != "" && res.StatusCode != 405 && res.StatusCode != 204 && res.Header.Get("Vary") == "" {
		t.Errorf("a negotiated %d without Vary", res.StatusCode)
	}
	for name, values := range res.Header {
		if len(values) != 1 || strings.ContainsAny(values[0], "\r\n") {
			t.Errorf("field %s has %q", name, values)
		}
	}
	switch res.StatusCode {
	case 200:
		if want := bodies[res.Header.Get("Content-Encoding")]; method == "GET" && body != want {
			t.Errorf("a 200 with %q, want %q", body, want)
		}
	case 206:
		if method != "GET" || len(h["Range"]) != 1 {
			t.Errorf("a 206 of %s, Range %q", method, h["Range"])
		}
		if r.Representations[0].Coding == "" {
			parts(t, send(t, method, h, r))
		}
	case 304:
		known := false
		for name, validator := range map[string]string{"If-None-Match": res.Header.Get("ETag"), "If-Modified-Since": res.Header.Get("Last-Modified")} {
			for _, line := range h[name] {
				known = known || validator != "" && strings.Contains(line, validator) || name == "If-None-Match" && strings.Contains(line, "*")
				_, err := http.ParseTime(line)
				known = known || name == "If-Modified-Since" && err == nil
			}
		}
		if !known {
			t.Errorf("a 304 without a validator that matches: %v", h)
		}
	case 405, 204:
		if method == "GET" || method == "HEAD" {
			t.Errorf("%d for %s", res.StatusCode, method)
		}
	case 406:
		if !strings.Contains(strings.ToLower(strings.Join(h["Accept-Encoding"], ",")), "q=0") {
			t.Errorf("a 406 for %q", h["Accept-Encoding"])
		}
	case 412:
		if len(h["If-Match"])+len(h["If-Unmodified-Since"]) == 0 {
			t.Errorf("a 412 for %v", h)
		}
	case 416:
		if !strings.HasPrefix(res.Header.Get("Content-Range"), "bytes */") || len(h["Range"]) == 0 {
			t.Errorf("a 416 with Content-Range %q", res.Header.Get("Content-Range"))
		}
	default:
		t.Errorf("status %d", res.StatusCode)
	}
}

// FuzzDecide: no header makes a panic, or an answer that contradicts itself.
func FuzzDecide(f *testing.F) {
	f.Add("GET", "gzip, br;q=0.5", "bytes=0-1,5-", `"t"`, `W/"t", "x"`, `"t"`, same, false)
	f.Add("HEAD", "identity;q=0", "bytes=-0", "*", "", "", "", true)
	f.Add("GET", "*;q=0", "bytes=99999999999999999999-", "", `"t-br"`, same, before, true)
	f.Add("GET", "", "bytes=3-1,-", ",", `"`, `W/`, "x", false)
	f.Fuzz(func(t *testing.T, method, accept, ranges, match, noneMatch, ifRange, since string, coded bool) {
		h := make(http.Header)
		set := func(name, value string, split bool) {
			if value == "" {
				return
			}
			lines := []string{value}
			if split {
				lines = strings.Split(value, "\n")
			}
			h[name] = lines
		}
		set("Accept-Encoding", accept, true)
		set("Range", ranges, true)
		set("If-Match", match, true)
		set("If-None-Match", noneMatch, true)
		set("If-Range", ifRange, true)
		set("If-Modified-Since", since, false)
		set("If-Unmodified-Since", since, false)
		res := both()
		if coded {
			res = page("br", "gzip", "")
		}
		consistent(t, method, h, res)
	})
}

// FuzzServeContent compares with http.ServeContent where that is right: a valid
// range or none, one line a field, tags that are tags.
func FuzzServeContent(f *testing.F) {
	f.Add(uint8(0), uint8(0), uint8(0), uint8(0), uint8(1), 0, 5, false)
	f.Add(uint8(1), uint8(2), uint8(3), uint8(1), uint8(2), 20, 99, true)
	f.Add(uint8(3), uint8(1), uint8(0), uint8(2), uint8(3), 3, 3, false)
	tags := []string{"", `"t"`, `W/"t"`, `"x"`, `"x", "t"`, `*`}
	dates := []string{"", before, same, after}
	f.Fuzz(func(t *testing.T, match, noneMatch, modifiedSince, unmodifiedSince, kind uint8, from, to int, ifRange bool) {
		h := make(http.Header)
		set := func(name, value string) {
			if value != "" {
				h.Set(name, value)
			}
		}
		set("If-Match", tags[int(match)%len(tags)])
		set("If-None-Match", tags[int(noneMatch)%len(tags)])
		set("If-Modified-Since", dates[int(modifiedSince)%len(dates)])
		set("If-Unmodified-Since", dates[int(unmodifiedSince)%len(dates)])
		if from < 0 || to < from {
			kind = 0
		}
		switch kind % 4 {
		case 1:
			set("Range", "bytes="+strconv.Itoa(from)+"-"+strconv.Itoa(to))
		case 2:
			set("Range", "bytes="+strconv.Itoa(from)+"-")
		case 3:
			set("Range", "bytes=-"+strconv.Itoa(to+1))
		}
		if ifRange {
			set("If-Range", tags[1+int(match)%3])
		}
		got := send(t, "GET", h, both())
		w := httptest.NewRecorder()
		w.Header().Set("ETag", `"t"`)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-cache")
		r := httptest.NewRequest("GET", "/", nil)
		r.Header = h
		http.ServeContent(w, r, "", modified, bytes.NewReader([]byte(text)))
		want := w.Result()
		if got.StatusCode != want.StatusCode {
			t.Fatalf("%v: got %d want %d", h, got.StatusCode, want.StatusCode)
		}
		if want.StatusCode >= 400 {
			return // the words differ
		}
		names := []string{"Content-Type", "Content-Length", "Content-Range", "ETag", "Accept-Ranges"}
		if want.StatusCode == 304 {
			names = []string{"Content-Type", "Content-Length", "ETag", "Last-Modified"}
		}
		for _, name := range names {
			if got, want := got.Header.Get(name), want.Header.Get(name); got != want {
				t.Errorf("%v: %s: got %q want %q", h, name, got, want)
			}
		}
		wantBody, err := io.ReadAll(want.Body)
		if err != nil {
			t.Fatal(err)
		}
		if got := content(t, got); got != string(wantBody) {
			t.Errorf("%v: got %q want %q", h, got, wantBody)
		}
	})
}

// BenchmarkDecide is the work of one answer from memory.
func BenchmarkDecide(b *testing.B) {
	res := page("br", "zstd", "gzip", "")
	res.Fields = res.Fields.Varied()
	h := fields("Accept-Encoding: gzip, deflate, br, zstd", `If-None-Match: "x"`)
	b.ReportAllocs()
	for b.Loop() {
		if a := Decide("GET", h, res); a.Status != 200 {
			b.Fatal(a.Status)
		}
	}
}
