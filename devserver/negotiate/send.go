package negotiate

import (
	"io"
	"net/http"
)

// Body is the bytes of a representation.
type Body interface {
	// Send writes n bytes from the offset off on to w.
	Send(w io.Writer, off, n int64) error
}

// Bytes is a body in memory. It is written as it is, without a copy.
type Bytes []byte

// Send writes n bytes of b.
func (b Bytes) Send(w io.Writer, off, n int64) error {
	_, err := w.Write(b[off : off+n])
	return err
}

// NeedsBody reports whether Send reads bytes of the chosen representation.
func (a *Answer) NeedsBody() bool { return !a.Head && len(a.Parts) > 0 }

// Send sends a with the bytes of the chosen representation, which may be nil
// where NeedsBody is false. After an error the answer is incomplete: the
// connection is of no use any more.
func (a *Answer) Send(w http.ResponseWriter, body Body) error {
	h := w.Header()
	for _, f := range a.Fields {
		h.Set(f.Name, f.Value)
	}
	w.WriteHeader(a.Status)
	if a.Head {
		return nil
	}
	for _, p := range a.Parts {
		if err := write(w, p.Head); err != nil {
			return err
		}
		if p.Len == 0 {
			continue
		}
		if err := body.Send(w, p.Off, p.Len); err != nil {
			return err
		}
	}
	return write(w, a.Tail)
}

func write(w io.Writer, s string) error {
	if s == "" {
		return nil
	}
	_, err := io.WriteString(w, s)
	return err
}
