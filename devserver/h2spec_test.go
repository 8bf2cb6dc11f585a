package devserver

import (
	"encoding/xml"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/sitetest"
)

// h2specFails are the cases of h2spec 2.2.1 that Go's own server fails, by the
// section of RFC 7540 and the number of the case in it.
var h2specFails = map[string]string{
	"http2/6.5.3/1":   "one parameter twice in a SETTINGS frame: Go hangs up on whoever sends that, as a defence",
	"http2/8.1.2.2/1": "Connection in a request: Go answers 400 and leaves the stream as it is (RFC 9113 §8.1.1 allows that)",
	"http2/8.1.2.2/2": "TE other than trailers: the same",
	"http2/8.1.2.6/2": "a Content-Length that isn't the sum of the DATA frames: the handler has answered before the body is there",
}

// TestH2spec runs the conformance suite of HTTP/2 on the port of HTTPS.
func TestH2spec(t *testing.T) {
	tool := sitetest.Program(t, "h2spec")
	r := run(t, small(), nil)
	r.next(Complete)
	host, port, err := net.SplitHostPort(strings.TrimPrefix(r.https, "https://"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "report.xml")
	// It looks at frames and not at certificates, and cannot be given an authority.
	said, err := exec.Command(tool, "-t", "-k", "-h", host, "-p", port, "-o", "10", "-j", file).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	var report struct {
		Suites []struct {
			Package string `xml:"package,attr"`
			ID      string `xml:"id,attr"`
			Cases   []struct {
				Name    string  `xml:"classname,attr"`
				Failure *string `xml:"failure"`
				Error   *string `xml:"error"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(text, &report); err != nil {
		t.Fatal(err)
	}
	cases := 0
	for _, suite := range report.Suites {
		for i, c := range suite.Cases {
			cases++
			id := suite.Package + "/" + strconv.Itoa(i+1)
			if c.Failure == nil && c.Error == nil {
				continue
			}
			why, known := h2specFails[id]
			if !known {
				t.Errorf("%s (%s) fails", id, c.Name)
				continue
			}
			t.Logf("%s fails, as in Go's own server: %s", id, why)
		}
	}
	if cases < 140 {
		t.Errorf("only %d cases were run:\n%s", cases, said)
	}
}
