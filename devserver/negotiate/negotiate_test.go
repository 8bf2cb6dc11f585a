package negotiate

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/etagere/etagere/builder/policy"
)

// text is the body of the tests, 26 bytes without a coding.
const text = "abcdefghijklmnopqrstuvwxyz"

var (
	modified = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	before   = modified.Add(-time.Second).Format(http.TimeFormat)
	same     = modified.Format(http.TimeFormat)
	after    = modified.Add(time.Second).Format(http.TimeFormat)
)

// bodies are those of the codings of page.
var bodies = map[string]string{"": text, "br": "[br]", "zstd": "[zstd]", "gzip": "[gzip]"}

// page is a resource in the given codings.
func page(codings ...string) *Resource {
	res := &Resource{
		Type:   "text/html; charset=utf-8",
		Fields: policy.NewHeaders(policy.Header{Name: "Cache-Control", Value: "no-cache"}, policy.Header{Name: "Content-Security-Policy", Value: "frame-ancestors 'self'"}),
	}
	for _, c := range codings {
		tag := `"t"`
		if c != "" {
			tag = `"t-` + c + `"`
		}
		res.Representations = append(res.Representations, Representation{Coding: c, ETag: tag, Size: int64(len(bodies[c]))})
	}
	return res
}

// dated is a resource without an entity tag and with a date.
func dated() *Resource {
	res := page("")
	res.Modified = modified
	res.Representations[0].ETag = ""
	return res
}

// both has both validators.
func both() *Resource {
	res := page("")
	res.Modified = modified
	return res
}

// fields are header fields as "Name: value" lines.
func fields(lines ...string) http.Header {
	h := make(http.Header)
	for _, l := range lines {
		name, value, _ := strings.Cut(l, ":")
		h.Add(name, strings.TrimPrefix(value, " "))
	}
	return h
}

// send is the response that Decide and Send make together.
func send(t testing.TB, method string, h http.Header, res *Resource) *http.Response {
	t.Helper()
	a := Decide(method, h, res)
	w := httptest.NewRecorder()
	var body Body
	if a.Chosen >= 0 && a.NeedsBody() {
		body = Bytes(bodies[res.Representations[a.Chosen].Coding])
	}
	if err := a.Send(w, body); err != nil {
		t.Fatal(err)
	}
	out := w.Result()
	out.Request = &http.Request{Method: method}
	return out
}

func content(t testing.TB, res *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestPreconditions: the rows name the section of RFC 9110 that they come from.
func TestPreconditions(t *testing.T) {
	const get, head = http.MethodGet, http.MethodHead
	tests := []struct {
		section string
		method  string
		res     *Resource
		lines   []string
		want    int
	}{
		{"13.1.1 a tag that is ours", get, page(""), []string{`If-Match: "t"`}, 200},
		{"13.1.1 one of a list", get, page(""), []string{`If-Match: "x", "t"`}, 200},
		{"13.1.1 none of a list", get, page(""), []string{`If-Match: "x", "y"`}, 412},
		{"13.1.1 *: there is a representation", get, page(""), []string{`If-Match: *`}, 200},
		{"13.1.1 compared strongly", get, page(""), []string{`If-Match: W/"t"`}, 412},
		{"13.1.1 several lines", get, page(""), []string{`If-Match: "x"`, `If-Match: "t"`}, 200},
		{"13.1.1 no tag at all", get, page(""), []string{`If-Match: `}, 412},
		{"13.1.1 no tag but text", get, page(""), []string{`If-Match: t`}, 412},
		{"13.1.1 on HEAD", head, page(""), []string{`If-Match: "x"`}, 412},
		{"13.1.1 without a tag of ours", get, dated(), []string{`If-Match: "x"`}, 412},
		{"13.1.1 the tag of another coding", get, page("gzip", ""), []string{`If-Match: "t"`, "Accept-Encoding: gzip"}, 412},

		{"13.1.2 a tag that is ours", get, page(""), []string{`If-None-Match: "t"`}, 304},
		{"13.1.2 another tag", get, page(""), []string{`If-None-Match: "x"`}, 200},
		{"13.1.2 compared weakly", get, page(""), []string{`If-None-Match: W/"t"`}, 304},
		{"13.1.2 *", get, page(""), []string{`If-None-Match: *`}, 304},
		{"13.1.2 * without a tag of ours", get, dated(), []string{`If-None-Match: *`}, 304},
		{"13.1.2 * in a list is no tag", get, page(""), []string{`If-None-Match: "x", *`}, 200},
		{"13.1.2 one of a list", get, page(""), []string{`If-None-Match: "x",W/"y" , "t"`}, 304},
		{"13.1.2 several lines", get, page(""), []string{`If-None-Match: "x"`, `If-None-Match: "t"`}, 304},
		{"13.1.2 on HEAD", head, page(""), []string{`If-None-Match: "t"`}, 304},
		{"13.1.2 the tag of another coding", get, page("gzip", ""), []string{`If-None-Match: "t"`, "Accept-Encoding: gzip"}, 200},
		{"13.1.2 the tag of this coding", get, page("gzip", ""), []string{`If-None-Match: "t-gzip"`, "Accept-Encoding: gzip"}, 304},
		{"5.6.1.2 empty members", get, page(""), []string{`If-None-Match: ,, "x",,"t",`}, 304},
		{"8.8.3 a comma in a tag", get, page(""), []string{`If-None-Match: "x, "t"`}, 200},
		{"8.8.3 w/ in lower case is no tag", get, page(""), []string{`If-None-Match: w/"t"`}, 200},
		{"8.8.3 no quotes", get, page(""), []string{`If-None-Match: t`}, 200},
		{"8.8.3 what is no tag spoils its line", get, page(""), []string{`If-None-Match: t, "t"`}, 200},
		{"8.8.3 and only its line", get, page(""), []string{`If-None-Match: t`, `If-None-Match: "t"`}, 304},
		{"8.8.3 a space in a tag", get, page(""), []string{`If-None-Match: "a b", "t"`}, 200},

		{"13.1.3 the same date", get, dated(), []string{"If-Modified-Since: " + same}, 304},
		{"13.1.3 a later date", get, dated(), []string{"If-Modified-Since: " + after}, 304},
		{"13.1.3 an earlier date", get, dated(), []string{"If-Modified-Since: " + before}, 200},
		{"13.1.3 on HEAD", head, dated(), []string{"If-Modified-Since: " + same}, 304},
		{"13.1.3 no date", get, dated(), []string{"If-Modified-Since: yesterday"}, 200},
		{"13.1.3 two of them", get, dated(), []string{"If-Modified-Since: " + same, "If-Modified-Since: " + same}, 200},
		{"13.1.3 ours is unknown", get, page(""), []string{"If-Modified-Since: " + after}, 200},
		{"13.1.3 ignored beside If-None-Match", get, both(), []string{`If-None-Match: "x"`, "If-Modified-Since: " + same}, 200},
		{"13.1.3 ignored beside an empty one", get, both(), []string{`If-None-Match: `, "If-Modified-Since: " + same}, 200},
		{"5.6.7 the date of RFC 850", get, dated(), []string{"If-Modified-Since: Wednesday, 04-Mar-26 05:06:07 GMT"}, 304},
		{"5.6.7 the date of asctime", get, dated(), []string{"If-Modified-Since: Wed Mar  4 05:06:07 2026"}, 304},

		{"13.1.4 the same date", get, dated(), []string{"If-Unmodified-Since: " + same}, 200},
		{"13.1.4 a later date", get, dated(), []string{"If-Unmodified-Since: " + after}, 200},
		{"13.1.4 an earlier date", get, dated(), []string{"If-Unmodified-Since: " + before}, 412},
		{"13.1.4 no date", get, dated(), []string{"If-Unmodified-Since: tomorrow"}, 200},
		{"13.1.4 ours is unknown", get, page(""), []string{"If-Unmodified-Since: " + before}, 200},
		{"13.1.4 ignored beside If-Match", get, both(), []string{`If-Match: "t"`, "If-Unmodified-Since: " + before}, 200},

		{"13.2.2 If-Match before If-None-Match", get, page(""), []string{`If-Match: "x"`, `If-None-Match: "t"`}, 412},
		{"13.2.2 If-None-Match after If-Match", get, page(""), []string{`If-Match: "t"`, `If-None-Match: "t"`}, 304},
		{"13.2.2 If-Unmodified-Since before If-Modified-Since", get, dated(), []string{"If-Unmodified-Since: " + before, "If-Modified-Since: " + after}, 412},
		{"13.2.2 before Range", get, page(""), []string{`If-None-Match: "t"`, "Range: bytes=0-1"}, 304},
		{"13.2.2 before a Range without bytes", get, page(""), []string{`If-Match: "x"`, "Range: bytes=99-"}, 412},
	}
	for _, tt := range tests {
		t.Run(tt.section, func(t *testing.T) {
			res := send(t, tt.method, fields(tt.lines...), tt.res)
			if res.StatusCode != tt.want {
				t.Errorf("%s with %q: got %d want %d", tt.method, tt.lines, res.StatusCode, tt.want)
			}
			consistent(t, tt.method, fields(tt.lines...), tt.res)
		})
	}
}

// TestPreconditionsOfErrors: what is no 200 without them is none with them
// (RFC 9110 §13.2.1), and has no ranges.
func TestPreconditionsOfErrors(t *testing.T) {
	for _, line := range []string{`If-None-Match: *`, `If-Match: "x"`, "Range: bytes=0-1", "Accept-Encoding: identity;q=0"} {
		missing := page("gzip", "")
		missing.Status = http.StatusNotFound
		res := send(t, "GET", fields(line), missing)
		if res.StatusCode != 404 || content(t, res) != text || res.Header.Get("ETag") != "" || res.Header.Get("Accept-Ranges") != "" {
			t.Errorf("%s: got %d %v", line, res.StatusCode, res.Header)
		}
		if res.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: Vary %q", line, res.Header.Get("Vary"))
		}
	}
}

// TestNotModified: a 304 has the fields of RFC 9110 §15.4.5, those of the policy,
// and no other metadata of the representation.
func TestNotModified(t *testing.T) {
	names := func(h http.Header) string {
		var b bytes.Buffer
		if err := h.Write(&b); err != nil {
			t.Fatal(err)
		}
		return strings.ReplaceAll(strings.TrimSpace(b.String()), "\r\n", "\n")
	}
	coded := page("br", "")
	coded.Modified = modified
	coded.Fields = coded.Fields.With(policy.NewHeaders(policy.Header{Name: "Content-Language", Value: "en"}))
	res := send(t, "GET", fields(`If-None-Match: "t-br"`, "Accept-Encoding: br"), coded)
	want := "Cache-Control: no-cache\nContent-Security-Policy: frame-ancestors 'self'\nEtag: \"t-br\"\nVary: Accept-Encoding"
	if got := names(res.Header); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	res = send(t, "GET", fields("If-Modified-Since: "+same), dated())
	want = "Cache-Control: no-cache\nContent-Security-Policy: frame-ancestors 'self'\nLast-Modified: " + same
	if got := names(res.Header); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestMethods(t *testing.T) {
	tests := []struct {
		section, method string
		want            int
	}{
		{"9.3.1", "GET", 200}, {"9.3.2", "HEAD", 200}, {"9.3.7", "OPTIONS", 204},
		{"15.5.6", "POST", 405}, {"15.5.6", "PUT", 405}, {"15.5.6", "DELETE", 405}, {"15.5.6", "PATCH", 405},
		{"9.3.6", "CONNECT", 405}, {"9.3.8", "TRACE", 405}, {"9.1 methods have a case", "get", 405}, {"9.1", "PROPFIND", 405},
	}
	for _, tt := range tests {
		// Preconditions do not count: the answer would be no 2xx (§13.2.1).
		h := fields("Range: bytes=0-1", `If-None-Match: *`, "Origin: https://example.org", "Access-Control-Request-Method: PUT")
		if tt.want == 200 {
			h = nil
		}
		res := send(t, tt.method, h, page("br", ""))
		body := content(t, res)
		if res.StatusCode != tt.want {
			t.Errorf("%s (%s): got %d want %d", tt.method, tt.section, res.StatusCode, tt.want)
		}
		if tt.want != 200 && (res.Header.Get("Allow") != Allow || res.Header.Get("Cache-Control") != "no-store") {
			t.Errorf("%s: got header %v", tt.method, res.Header)
		}
		if tt.want == 204 && (body != "" || res.Header.Get("Content-Length") != "") { // §8.6
			t.Errorf("a 204 has %q, length %q", body, res.Header.Get("Content-Length"))
		}
		for name := range res.Header {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("%s: a CORS header %s", tt.method, name)
			}
		}
	}
}

// TestHead: HEAD has the header of GET and no body (RFC 9110 §9.3.2), and no ranges.
func TestHead(t *testing.T) {
	for _, lines := range [][]string{nil, {"Accept-Encoding: gzip"}, {`If-None-Match: "t"`}, {`If-Match: "x"`}, {"Accept-Encoding: gzip;q=0, identity;q=0"}} {
		get, head := send(t, "GET", fields(lines...), page("gzip", "")), send(t, "HEAD", fields(lines...), page("gzip", ""))
		if got, want := fmt.Sprint(head.StatusCode, head.Header), fmt.Sprint(get.StatusCode, get.Header); got != want {
			t.Errorf("%q: got %s want %s", lines, got, want)
		}
		if b := content(t, head); b != "" {
			t.Errorf("%q: HEAD has a body %q", lines, b)
		}
	}
	// §14.2: Range is for GET.
	for _, line := range []string{"Range: bytes=0-1", "Range: bytes=99-"} {
		if res := send(t, "HEAD", fields(line), page("")); res.StatusCode != 200 || res.Header.Get("Content-Length") != "26" {
			t.Errorf("%s: got %d, length %s", line, res.StatusCode, res.Header.Get("Content-Length"))
		}
	}
}

// TestCodings: Accept-Encoding, RFC 9110 §12.5.3 where no other section is named.
func TestCodings(t *testing.T) {
	all := []string{"br", "zstd", "gzip", ""}
	tests := []struct {
		name   string
		have   []string
		accept []string // lines; nil for no field
		want   string   // a coding, or "406"
	}{
		{"no field", all, nil, ""},
		{"an empty field: none but identity", all, []string{""}, ""},
		{"our order among equals", all, []string{"gzip, deflate, br, zstd"}, "br"},
		{"their weights first", all, []string{"br;q=0.5, gzip;q=0.9, zstd;q=0.8"}, "gzip"},
		{"identity asked for", all, []string{"identity"}, ""},
		{"identity liked better", all, []string{"identity, gzip;q=0.5"}, ""},
		{"identity as much", all, []string{"identity, gzip"}, "gzip"},
		{"what is listed over identity that is not", all, []string{"gzip;q=0.001"}, "gzip"},
		{"what we do not have", all, []string{"compress, deflate"}, ""},
		{"q=0 excludes", all, []string{"br;q=0, gzip"}, "gzip"},
		{"*", all, []string{"*"}, "br"},
		{"* for the rest", all, []string{"br;q=0.2, *;q=0.5"}, "zstd"},
		{"*;q=0 excludes identity too", []string{"gzip", ""}, []string{"br, *;q=0"}, "406"},
		{"*;q=0 but identity", all, []string{"identity;q=1, *;q=0"}, ""},
		{"*;q=0 but gzip", all, []string{"gzip, *;q=0"}, "gzip"},
		{"identity;q=0 with one that we have", all, []string{"gzip, identity;q=0"}, "gzip"},
		{"identity;q=0 alone excludes all", all, []string{"identity;q=0"}, "406"},
		{"identity;q=0 with *", all, []string{"identity;q=0, *"}, "br"},
		{"the example with q=0 and *;q=0.5", all, []string{"gzip;q=1.0, identity; q=0.5, *;q=0"}, "gzip"},
		{"only one form: not negotiated (12.1)", []string{""}, []string{"identity;q=0"}, ""},
		{"several lines (5.3)", all, []string{"gzip", "br"}, "br"},
		{"names have no case (8.4.1)", all, []string{"GZIP"}, "gzip"},
		{"x-gzip is gzip (8.4.1.3)", all, []string{"x-gzip"}, "gzip"},
		{"white space (5.6.3)", all, []string{"\tgzip ; q=1.000 ,  br ;\tq=0"}, "gzip"},
		{"Q is q (12.4.2)", all, []string{"gzip;Q=0.5, br;Q=0"}, "gzip"},
		{"a weight above 1 (12.4.2)", all, []string{"br;q=1.001, gzip"}, "gzip"},
		{"a weight of four digits (12.4.2)", all, []string{"br;q=0.1234, gzip"}, "gzip"},
		{"a weight that is none", all, []string{"br;q=x, zstd;q=, gzip"}, "gzip"},
		{"a negative weight", all, []string{"br;q=-1"}, ""},
		{"a parameter that is no weight", all, []string{"br;level=9, gzip"}, "gzip"},
		{"the lowest of several", all, []string{"br, br;q=0"}, ""},
		{"empty members (5.6.1.2)", all, []string{",,gzip,"}, "gzip"},
		{"no token", all, []string{"g zip, br/1"}, ""},
		{"more members than there are codings", all, []string{strings.Repeat("x,", 1000) + "gzip"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := http.Header{}
			if tt.accept != nil {
				h["Accept-Encoding"] = tt.accept
			}
			res := send(t, "GET", h, page(tt.have...))
			body := content(t, res)
			if tt.want == "406" {
				if res.StatusCode != 406 || res.Header.Get("Cache-Control") != "no-store" {
					t.Errorf("got %d %v", res.StatusCode, res.Header)
				}
			} else if got := res.Header.Get("Content-Encoding"); res.StatusCode != 200 || got != tt.want || body != bodies[tt.want] {
				t.Errorf("got %d, %q: %q", res.StatusCode, got, body)
			}
			if got, want := res.Header.Get("Vary") != "", len(tt.have) > 1; got != want { // §12.5.5
				t.Errorf("Vary: got %q", res.Header.Get("Vary"))
			}
			if got := res.Header.Get("Content-Length"); got != strconv.Itoa(len(body)) {
				t.Errorf("Content-Length: got %s for %d bytes", got, len(body))
			}
			consistent(t, "GET", h, page(tt.have...))
		})
	}
	for _, tt := range tests {
		if got := Choose(tt.accept, tt.have); tt.want != "406" && got != tt.want {
			t.Errorf("Choose, %s: got %q want %q", tt.name, got, tt.want)
		}
	}
}

// TestRanges: rows by the section of RFC 9110. Bodies of several parts are
// written "0-1|5-6".
func TestRanges(t *testing.T) {
	const ignored = "ignored"
	tests := []struct {
		section string
		value   string
		want    string // Content-Ranges, ignored, or "416"
	}{
		{"14.1.2 the first", "bytes=0-1", "0-1"},
		{"14.1.2 one byte", "bytes=3-3", "3-3"},
		{"14.1.2 from there on", "bytes=20-", "20-25"},
		{"14.1.2 an end behind ours", "bytes=20-99", "20-25"},
		{"14.1.2 an end behind all numbers", "bytes=20-99999999999999999999999999", "20-25"},
		{"14.1.2 all", "bytes=0-", "0-25"},
		{"14.1.2 the last", "bytes=-5", "21-25"},
		{"14.1.2 more than there are", "bytes=-99", "0-25"},
		{"14.1.2 more than all numbers", "bytes=-99999999999999999999999999", "0-25"},
		{"14.1.2 suffix of nothing", "bytes=-0", "416"},
		{"14.1.2 suffix of nothing, longer", "bytes=-000", "416"},
		{"14.1.2 behind the end", "bytes=26-", "416"},
		{"14.1.2 behind all numbers", "bytes=99999999999999999999999999-", "416"},
		{"14.1.2 behind all numbers, and a smaller end", "bytes=99999999999999999999999999-99999999999999999999999998", ignored},
		{"14.1.2 leading zeros", "bytes=00000000000000000000000000001-2", "1-2"},
		{"14.1.2 some of them fit", "bytes=99-, 1-2", "1-2"},
		{"14.1.2 none of them fits", "bytes=99-, 100-101, -0", "416"},
		{"14.1.1 the end before the start", "bytes=5-4", ignored},
		{"14.1.1 one that is invalid spoils all", "bytes=0-1, 5-4", ignored},
		{"14.1.1 signs", "bytes=+1-2", ignored},
		{"14.1.1 no number", "bytes=a-b", ignored},
		{"14.1.1 two dashes", "bytes=1--2", ignored},
		{"14.1.1 no dash", "bytes=1", ignored},
		{"14.1.1 nothing", "bytes=", ignored},
		{"14.1.1 a dash", "bytes=-", ignored},
		{"14.1.1 hexadecimal", "bytes=0x1-2", ignored},
		{"14.1.1 a space in it", "bytes=1 -2", ignored},
		{"14.1 units have no case", "Bytes=0-1", "0-1"},
		{"14.2 an unknown unit", "pages=0-1", ignored},
		{"14.2 no unit", "0-1", ignored},
		{"5.6.1.2 empty members", "bytes=,0-1,,", "0-1"},
		{"5.6.3 white space", "bytes=0-1\t, 5-6", "0-1|5-6"},
		{"15.3.7.2 in the order asked for", "bytes=20-21, 5-6, 0-1", "20-21|5-6|0-1"},
		{"15.3.7.2 those that touch become one", "bytes=0-1, 2-3, 10-11", "0-3|10-11"},
		{"15.3.7.2 those that overlap", "bytes=4-8, 20-21, 2-5", "2-8|20-21"},
		{"15.3.7.2 one that joins two", "bytes=0-1, 4-5, 2-3", "0-5"},
		{"14.2 more than the whole", "bytes=0-20, 0-20", ignored},
		{"14.2 many", "bytes=" + strings.Repeat("0-0,", maxRanges) + "0-0", ignored},
		{"14.2 very many", "bytes=" + strings.Repeat("0-0,", 100000) + "0-0", ignored},
	}
	for _, tt := range tests {
		t.Run(tt.section, func(t *testing.T) {
			h := fields("Range: " + tt.value)
			res := send(t, "GET", h, page(""))
			switch tt.want {
			case ignored:
				if body := content(t, res); res.StatusCode != 200 || body != text || res.Header.Get("Content-Range") != "" {
					t.Errorf("got %d %q", res.StatusCode, body)
				}
			case "416":
				if res.StatusCode != 416 || res.Header.Get("Content-Range") != "bytes */26" { // §15.5.17
					t.Errorf("got %d, Content-Range %q", res.StatusCode, res.Header.Get("Content-Range"))
				}
			default:
				if got := parts(t, res); got != tt.want {
					t.Errorf("got %d, %s want %s", res.StatusCode, got, tt.want)
				}
			}
			consistent(t, "GET", h, page(""))
		})
	}
}

// parts reads a 206 and compares each part with the bytes that it names.
func parts(t testing.TB, res *http.Response) string {
	t.Helper()
	if res.StatusCode != 206 {
		return "no parts: " + res.Status
	}
	one := func(value, body, media string) string {
		var from, to, size int
		if _, err := fmt.Sscanf(value, "bytes %d-%d/%d", &from, &to, &size); err != nil || size != len(text) || from > to || to >= size {
			t.Fatalf("Content-Range %q", value)
		}
		if body != text[from:to+1] || media != "text/html; charset=utf-8" {
			t.Errorf("%s has %q as %s", value, body, media)
		}
		return fmt.Sprintf("%d-%d", from, to)
	}
	media, params, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if media != "multipart/byteranges" {
		return one(res.Header.Get("Content-Range"), content(t, res), res.Header.Get("Content-Type"))
	}
	if res.Header.Get("Content-Range") != "" { // §15.3.7.2
		t.Errorf("Content-Range %q outside of the parts", res.Header.Get("Content-Range"))
	}
	var list []string
	for r := multipart.NewReader(res.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return strings.Join(list, "|")
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, one(p.Header.Get("Content-Range"), string(b), p.Header.Get("Content-Type")))
	}
}

// TestIfRange: RFC 9110 §13.1.5.
func TestIfRange(t *testing.T) {
	weakly := page("")
	weakly.Representations[0].ETag = `W/"t"`
	tests := []struct {
		name  string
		res   *Resource
		lines []string
		want  int
	}{
		{"our tag", page(""), []string{`If-Range: "t"`, "Range: bytes=0-1"}, 206},
		{"another tag", page(""), []string{`If-Range: "x"`, "Range: bytes=0-1"}, 200},
		{"another tag and no such bytes", page(""), []string{`If-Range: "x"`, "Range: bytes=99-"}, 200},
		{"our tag and no such bytes", page(""), []string{`If-Range: "t"`, "Range: bytes=99-"}, 416},
		{"compared strongly", page(""), []string{`If-Range: W/"t"`, "Range: bytes=0-1"}, 200},
		{"ours is weak", weakly, []string{`If-Range: W/"t"`, "Range: bytes=0-1"}, 200},
		{"a list", page(""), []string{`If-Range: "t", "x"`, "Range: bytes=0-1"}, 200},
		{"two lines", page(""), []string{`If-Range: "t"`, `If-Range: "t"`, "Range: bytes=0-1"}, 200},
		{"*", page(""), []string{`If-Range: *`, "Range: bytes=0-1"}, 200},
		{"empty", page(""), []string{`If-Range: `, "Range: bytes=0-1"}, 200},
		{"our date is no strong validator", dated(), []string{"If-Range: " + same, "Range: bytes=0-1"}, 200},
		{"without Range", page(""), []string{`If-Range: "x"`}, 200},
		{"the tag of another coding", page("gzip", ""), []string{`If-Range: "t"`, "Range: bytes=0-1", "Accept-Encoding: gzip"}, 200},
		{"the tag of this coding", page("gzip", ""), []string{`If-Range: "t-gzip"`, "Range: bytes=0-1", "Accept-Encoding: gzip"}, 206},
		{"after the other conditions", page(""), []string{`If-Range: "t"`, "Range: bytes=0-1", `If-None-Match: "t"`}, 304},
	}
	for _, tt := range tests {
		if got := send(t, "GET", fields(tt.lines...), tt.res).StatusCode; got != tt.want {
			t.Errorf("%s: got %d want %d", tt.name, got, tt.want)
		}
	}
	if got := send(t, "GET", fields("Range: bytes=0-1", "Range: bytes=3-4"), page("")).StatusCode; got != 200 {
		t.Errorf("two fields Range, which is no list (§5.3): got %d", got)
	}
}

// TestEmpty: a representation without bytes has no range (RFC 9110 §14.1.2).
func TestEmpty(t *testing.T) {
	for value, want := range map[string]int{"bytes=0-": 416, "bytes=0-0": 416, "bytes=-0": 416, "bytes=-5": 200} {
		res := page("")
		res.Representations[0].Size = 0
		a := Decide("GET", fields("Range: "+value), res)
		if a.Status != want {
			t.Errorf("%s: got %d want %d", value, a.Status, want)
		}
	}
}
