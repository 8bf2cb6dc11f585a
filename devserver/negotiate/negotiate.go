// Package negotiate answers one request for one target whose bytes, types and
// validators are known: which methods it takes, in which content coding it is
// sent, whether the client has it already, and which ranges of it are sent
// (RFC 9110 §9, §12.5.3, §13, §14). It knows no files and no URLs.
//
// Decide decides without any side effect; Answer.Send sends what was decided.
package negotiate

import (
	"net/http"
	"strconv"
	"time"

	"github.com/etagere/etagere/builder/policy"
)

// Allow is the value of the field Allow: the methods that targets take.
const Allow = "GET, HEAD, OPTIONS"

// Resource is what a GET of a target is answered with. It is never changed,
// and may be used by several goroutines.
type Resource struct {
	// Status is that of the answer to a plain GET; zero means 200. Preconditions
	// and ranges count for 200 only (RFC 9110 §13.2.1, §14.2).
	Status int
	// Type is the media type with its parameters.
	Type string
	// Modified is sent as Last-Modified; zero where it is unknown. It must not lie
	// in the future (RFC 9110 §8.8.2.1). It counts as a weak validator.
	Modified time.Time
	// Fields are all further header fields. Vary is extended where need be.
	Fields policy.Headers
	// Representations are the same bytes in different content codings, the best
	// first where the client likes several as much. At least one is required;
	// with more than one the target is negotiated, and all answers say so in Vary.
	Representations []Representation
}

// Representation is a resource in one content coding.
type Representation struct {
	// Coding is the content coding as RFC 9110 §8.4.1 and its registry name it:
	// "br", "zstd", "gzip"; empty for none.
	Coding string
	// ETag is the validator with its quotes, different for every coding; empty for none.
	ETag string
	// Size is the number of bytes.
	Size int64
}

// Answer is a response but for the bytes of the body.
type Answer struct {
	Status int
	// Fields are the header. They are complete but for Date.
	Fields []policy.Header
	// Chosen is the index of the representation whose bytes Parts are of, or that
	// a 304 is about; -1 where the answer has nothing of the resource.
	Chosen int
	// Parts make up the body, and Tail ends it.
	Parts []Part
	Tail  string
	// Head says that the body is left out: only its length is told.
	Head bool
}

// Part is one run of bytes of a representation, with what stands before it.
type Part struct {
	Head     string
	Off, Len int64
}

// Length is the number of bytes of the body.
func (a *Answer) Length() int64 {
	n := int64(len(a.Tail))
	for _, p := range a.Parts {
		n += int64(len(p.Head)) + p.Len
	}
	return n
}

// Decide is the answer to a request with a method and header fields. It reads
// no more of the header than the fields that it negotiates with.
//
// Where a client excludes all codings that there are, identity among them, a
// negotiated target is answered with 406; one that exists in a single form is
// sent as it is (RFC 9110 §12.1 and §12.5.3 leave both to the server).
func Decide(method string, header http.Header, res *Resource) Answer {
	if method != http.MethodGet && method != http.MethodHead {
		return Other(method)
	}
	d := decision{method: method, header: header, res: res, fields: res.Fields}
	chosen := 0
	if len(res.Representations) > 1 {
		d.fields = d.fields.Varied()
		var acceptable bool
		chosen, acceptable = choose(header["Accept-Encoding"], res.Representations)
		if !acceptable && d.status() == http.StatusOK {
			a := d.refuse(http.StatusNotAcceptable, "this is there only in the content codings "+codings(res.Representations))
			a.Head = method == http.MethodHead
			return a
		}
	}
	d.rep = &res.Representations[chosen]
	a := d.answer()
	a.Head = method == http.MethodHead
	if a.Chosen >= 0 {
		a.Chosen = chosen
	}
	return a
}

// Other is the answer to every method but GET and HEAD, whatever the target:
// OPTIONS is told what there is (RFC 9110 §9.3.7), all others that they cannot
// be used (§15.5.6). No field of the Fetch standard's CORS protocol is in it.
func Other(method string) Answer {
	fields := []policy.Header{{Name: "Allow", Value: Allow}, {Name: "Cache-Control", Value: policy.NoStore}}
	if method == http.MethodOptions {
		return Answer{Status: http.StatusNoContent, Fields: fields, Chosen: -1}
	}
	return sentence(http.StatusMethodNotAllowed, fields, "only GET and HEAD are answered")
}

// Sentence is an answer that is one sentence, as plain text that nothing can be
// loaded from. More are its further header fields.
func Sentence(status int, message string, more ...policy.Header) Answer {
	return sentence(status, more, message)
}

func sentence(status int, fields []policy.Header, message string) Answer {
	a := Answer{Status: status, Chosen: -1, Tail: message + "\n"}
	a.Fields = append(append(a.Fields, fields...),
		policy.Header{Name: "Content-Type", Value: "text/plain; charset=utf-8"},
		policy.Header{Name: "Content-Security-Policy", Value: "default-src 'none'"},
		policy.Header{Name: "X-Content-Type-Options", Value: "nosniff"},
		policy.Header{Name: "Content-Length", Value: strconv.Itoa(len(a.Tail))})
	return a
}

// decision is the making of one answer.
type decision struct {
	method string
	header http.Header
	res    *Resource
	fields policy.Headers
	rep    *Representation
}

func (d *decision) status() int {
	if d.res.Status == 0 {
		return http.StatusOK
	}
	return d.res.Status
}

// answer evaluates the preconditions in the order of RFC 9110 §13.2.2, and then
// Range.
func (d *decision) answer() Answer {
	if d.status() != http.StatusOK {
		return d.whole()
	}
	switch d.preconditions() {
	case failed:
		return d.refuse(http.StatusPreconditionFailed, "this is not the version that you asked for")
	case held:
		return d.notModified()
	}
	if d.method != http.MethodGet { // §14.2: Range is defined for GET only
		return d.whole()
	}
	ranges, unsatisfiable := ranges(d.header["Range"], d.rep.Size)
	switch {
	case len(ranges) == 0 && !unsatisfiable, !d.ifRange():
		return d.whole()
	case unsatisfiable:
		a := d.refuse(http.StatusRequestedRangeNotSatisfiable, "there are no such bytes")
		a.Fields = append(a.Fields, policy.Header{Name: "Content-Range", Value: "bytes */" + strconv.FormatInt(d.rep.Size, 10)})
		return a
	case len(ranges) == 1:
		return d.part(ranges[0])
	}
	return d.multipart(ranges)
}

// whole is the answer with all bytes.
func (d *decision) whole() Answer {
	a := Answer{Status: d.status(), Parts: []Part{{Len: d.rep.Size}}}
	return d.described(a, d.res.Type)
}

// notModified is the answer to a client that has the representation: the fields
// of RFC 9110 §15.4.5. Those of the policy that are no metadata of the
// representation are there too: a cache takes them over (RFC 9111 §3.2), and a
// new policy for old bytes reaches it in no other way.
func (d *decision) notModified() Answer {
	a := Answer{Status: http.StatusNotModified}
	for _, f := range d.fields {
		if !isMetadata(f.Name) {
			a.Fields = append(a.Fields, f)
		}
	}
	switch {
	case d.rep.ETag != "":
		a.add("ETag", d.rep.ETag)
	case !d.res.Modified.IsZero():
		a.add("Last-Modified", d.res.Modified.UTC().Format(http.TimeFormat))
	}
	return a
}

// isMetadata reports whether a field describes a representation (RFC 9110 §8),
// so that a 304 goes without it.
func isMetadata(name string) bool {
	switch http.CanonicalHeaderKey(name) {
	case "Content-Type", "Content-Encoding", "Content-Language", "Content-Length", "Content-Range", "Last-Modified", "Etag", "Accept-Ranges":
		return true
	}
	return false
}

// described is a with what is said of the representation, whose bytes it
// carries as the media type.
func (d *decision) described(a Answer, media string) Answer {
	a.Fields = make([]policy.Header, 0, len(d.fields)+6)
	a.Fields = append(a.Fields, d.fields...)
	if media != "" {
		a.add("Content-Type", media)
	}
	if d.rep.Coding != "" {
		a.add("Content-Encoding", d.rep.Coding)
	}
	if d.status() == http.StatusOK {
		a.add("Accept-Ranges", "bytes")
		if d.rep.ETag != "" {
			a.add("ETag", d.rep.ETag)
		}
		if !d.res.Modified.IsZero() {
			a.add("Last-Modified", d.res.Modified.UTC().Format(http.TimeFormat))
		}
	}
	a.add("Content-Length", strconv.FormatInt(a.Length(), 10))
	return a
}

// refuse is a sentence in place of the representation. Nobody keeps it.
func (d *decision) refuse(status int, message string) Answer {
	var kept []policy.Header
	for _, f := range d.fields {
		switch http.CanonicalHeaderKey(f.Name) {
		case "Cache-Control", "Expires", "Content-Security-Policy", "X-Content-Type-Options", "Link":
		default:
			if !isMetadata(f.Name) {
				kept = append(kept, f)
			}
		}
	}
	return sentence(status, append(kept, policy.Header{Name: "Cache-Control", Value: policy.NoStore}), message)
}

func (a *Answer) add(name, value string) {
	a.Fields = append(a.Fields, policy.Header{Name: name, Value: value})
}
