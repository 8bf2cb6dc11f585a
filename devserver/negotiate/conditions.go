package negotiate

import (
	"net/http"
	"strings"
	"time"
)

// outcome is what preconditions come to.
type outcome int

const (
	proceed outcome = iota
	failed          // 412
	held            // 304: the client has it
)

// preconditions evaluates the first four steps of RFC 9110 §13.2.2. The method
// is GET or HEAD, and the representation exists.
func (d *decision) preconditions() outcome {
	if lines, ok := d.header["If-Match"]; ok {
		if !isStar(lines) && !lists(lines, d.rep.ETag, strong) {
			return failed
		}
	} else if since, ok := date(d.header["If-Unmodified-Since"]); ok && !d.res.Modified.IsZero() {
		if d.modified().After(since) {
			return failed
		}
	}
	if lines, ok := d.header["If-None-Match"]; ok {
		if isStar(lines) || lists(lines, d.rep.ETag, weak) {
			return held
		}
	} else if since, ok := date(d.header["If-Modified-Since"]); ok && !d.res.Modified.IsZero() {
		if !d.modified().After(since) {
			return held
		}
	}
	return proceed
}

// modified is the date in the resolution of HTTP: seconds.
func (d *decision) modified() time.Time { return d.res.Modified.Truncate(time.Second) }

// ifRange reports whether Range counts: there is no If-Range, or it names what
// is to be sent (RFC 9110 §13.1.5). A date never does: ours are no strong
// validators, and who was given an ETag must not send one.
func (d *decision) ifRange() bool {
	lines, ok := d.header["If-Range"]
	if !ok {
		return true
	}
	return len(lines) == 1 && trim(lines[0]) == d.rep.ETag && strings.HasPrefix(d.rep.ETag, `"`)
}

// comparison is one of the two of RFC 9110 §8.8.3.2.
type comparison bool

const (
	strong comparison = true
	weak   comparison = false
)

// isStar reports whether a field is "*" and nothing else.
func isStar(lines []string) bool { return len(lines) == 1 && trim(lines[0]) == "*" }

// lists reports whether the entity tags of lines (RFC 9110 §8.8.3) have tag
// among them. What is no tag spoils the rest of its line.
func lists(lines []string, tag string, how comparison) bool {
	if tag == "" || how == strong && strings.HasPrefix(tag, "W/") {
		return false
	}
	tag = strings.TrimPrefix(tag, "W/")
	for _, line := range lines {
		for {
			line = strings.TrimLeft(line, " \t,")
			isWeak := strings.HasPrefix(line, "W/")
			if isWeak {
				line = line[2:]
			}
			n := tagLength(line)
			if n == 0 {
				break
			}
			if line[:n] == tag && !(isWeak && how == strong) {
				return true
			}
			line = strings.TrimLeft(line[n:], " \t")
			if line != "" && line[0] != ',' {
				break
			}
		}
	}
	return false
}

// tagLength is the length of the quoted tag that s begins with; 0 if it begins
// with none.
func tagLength(s string) int {
	if s == "" || s[0] != '"' {
		return 0
	}
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return i + 1
		case c < 0x21 || c == 0x7f:
			return 0
		}
	}
	return 0
}

// date is the date of a field that has one; what is none is ignored
// (RFC 9110 §13.1.3, §13.1.4).
func date(lines []string) (time.Time, bool) {
	if len(lines) != 1 {
		return time.Time{}, false
	}
	t, err := http.ParseTime(trim(lines[0]))
	return t, err == nil
}
