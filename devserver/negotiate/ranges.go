package negotiate

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/etagere/etagere/builder/policy"
)

// span is the bytes from Off on, Len of them, at least one.
type span struct{ Off, Len int64 }

// maxRanges is how many ranges of one request are sent. No program of good
// intent asks for more (RFC 9110 §14.2 and §17.15 on those that do).
const maxRanges = 16

// ranges reads a field Range for size bytes (RFC 9110 §14.1.1, §14.1.2). Neither
// ranges nor unsatisfiable means that the field is ignored: it has another
// unit, an invalid range, or more of them than is reasonable. Ranges that overlap
// or touch become one, at the place of the first.
func ranges(lines []string, size int64) (list []span, unsatisfiable bool) {
	if len(lines) != 1 {
		return nil, false
	}
	unit, set, found := strings.Cut(trim(lines[0]), "=")
	if !found || !strings.EqualFold(unit, "bytes") {
		return nil, false
	}
	given, sum := 0, int64(0)
	for spec := range strings.SplitSeq(set, ",") {
		if spec = trim(spec); spec == "" {
			continue // §5.6.1.2: empty members are passed over
		}
		s, fits, ok := parseRange(spec, size)
		given++
		if !ok || given > maxRanges {
			return nil, false
		}
		if !fits {
			continue
		}
		if s.Len == 0 { // the end of an empty representation, which is nothing
			return nil, false
		}
		if sum += s.Len; len(list) > 0 && sum > size {
			return nil, false // the whole is less
		}
		list = join(list, s)
	}
	return list, given > 0 && len(list) == 0
}

// parseRange reads one range. Fits is false where it lies behind the end, ok
// where it is no range.
func parseRange(spec string, size int64) (s span, fits, ok bool) {
	first, last, found := strings.Cut(spec, "-")
	if !found {
		return span{}, false, false
	}
	if first == "" { // the last bytes
		n, ok := number(last)
		n = min(n, size)
		if !ok {
			return span{}, false, false
		}
		return span{size - n, n}, n > 0 || last != strings.Repeat("0", len(last)), true
	}
	from, ok := number(first)
	if !ok {
		return span{}, false, false
	}
	to := int64(math.MaxInt64)
	if last != "" {
		if to, ok = number(last); !ok || to < from || isBelow(last, first) {
			return span{}, false, false
		}
	}
	if from >= size {
		return span{}, false, true
	}
	return span{from, min(to, size-1) - from + 1}, true, true
}

// number reads digits. One too large for an int64 is the largest.
func number(s string) (int64, bool) {
	if s == "" {
		return 0, false
	}
	n := int64(0)
	for i := range len(s) {
		c := s[i]
		if c < '0' || c > '9' {
			return 0, false
		}
		if n > (math.MaxInt64-9)/10 {
			n = math.MaxInt64 // and stays it: the digits to come are still looked at
			continue
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

// isBelow compares digits of any length as numbers.
func isBelow(a, b string) bool {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return a < b
}

// join is list with s, in the place of those that it overlaps or touches.
func join(list []span, s span) []span {
	at := -1
	out := list[:0]
	for _, o := range list {
		if o.Off > s.Off+s.Len || s.Off > o.Off+o.Len {
			out = append(out, o)
			continue
		}
		end := max(o.Off+o.Len, s.Off+s.Len)
		s.Off = min(o.Off, s.Off)
		s.Len = end - s.Off
		if at < 0 {
			at = len(out)
			out = append(out, s)
		}
	}
	if at < 0 {
		return append(out, s)
	}
	out[at] = s
	return out
}

// contentRange is the value of Content-Range (RFC 9110 §14.4).
func contentRange(s span, size int64) string {
	return "bytes " + strconv.FormatInt(s.Off, 10) + "-" + strconv.FormatInt(s.Off+s.Len-1, 10) + "/" + strconv.FormatInt(size, 10)
}

// part is the answer with one range (RFC 9110 §15.3.7.1).
func (d *decision) part(s span) Answer {
	a := d.described(Answer{Status: http.StatusPartialContent, Parts: []Part{{Off: s.Off, Len: s.Len}}}, d.res.Type)
	a.Fields = append(a.Fields, policy.Header{Name: "Content-Range", Value: contentRange(s, d.rep.Size)})
	return a
}

// multipart is the answer with several (RFC 9110 §15.3.7.2, §14.6).
func (d *decision) multipart(list []span) Answer {
	boundary := boundary(d.rep.ETag, list)
	a := Answer{Status: http.StatusPartialContent, Tail: "\r\n--" + boundary + "--\r\n"}
	for i, s := range list {
		var head strings.Builder
		if i > 0 {
			head.WriteString("\r\n")
		}
		head.WriteString("--" + boundary + "\r\n")
		if d.res.Type != "" {
			head.WriteString("Content-Type: " + d.res.Type + "\r\n")
		}
		head.WriteString("Content-Range: " + contentRange(s, d.rep.Size) + "\r\n\r\n")
		a.Parts = append(a.Parts, Part{Head: head.String(), Off: s.Off, Len: s.Len})
	}
	return d.described(a, "multipart/byteranges; boundary="+boundary)
}

// boundary divides parts. It is a digest, so that no bytes have it in them but
// by a search that nobody could finish, and equal requests get equal answers.
func boundary(tag string, list []span) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %v", tag, list))
	return hex.EncodeToString(sum[:20])
}
