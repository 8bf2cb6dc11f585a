package policy

import (
	"slices"
	"strings"
)

// Header is one field of a response's header.
type Header struct{ Name, Value string }

// Headers are the fields of a response's header, sorted by name, no name twice
// (names are compared without case, RFC 9110 §5.1). They are never changed
// once made.
type Headers []Header

// NewHeaders sorts fields. Of several with one name the last counts. A value
// of "" stays, and means that the field is to be left out; see With.
func NewHeaders(fields ...Header) Headers {
	var h Headers
	for _, f := range fields {
		if i, found := h.find(f.Name); found {
			h[i] = f
		} else {
			h = slices.Insert(h, i, f)
		}
	}
	return h
}

func (h Headers) find(name string) (int, bool) {
	return slices.BinarySearchFunc(h, strings.ToLower(name), func(f Header, name string) int {
		return strings.Compare(strings.ToLower(f.Name), name)
	})
}

// Get is the value of a field, "" where there is none.
func (h Headers) Get(name string) string {
	if i, found := h.find(name); found {
		return h[i].Value
	}
	return ""
}

// With is h with the fields of over in place of its own of the same names. A
// field of over without a value takes h's away.
func (h Headers) With(over Headers) Headers {
	if len(over) == 0 {
		return h
	}
	merged := NewHeaders(append(slices.Clone(h), over...)...)
	return slices.DeleteFunc(merged, func(f Header) bool { return f.Value == "" })
}

// Map is h by name, for a manifest.
func (h Headers) Map() map[string]string {
	m := make(map[string]string, len(h))
	for _, f := range h {
		m[f.Name] = f.Value
	}
	return m
}

// Key is a text that two sets have in common exactly when they are equal.
func (h Headers) Key() string {
	var b strings.Builder
	for _, f := range h {
		b.WriteString(f.Name + ": " + f.Value + "\n")
	}
	return b.String()
}

// Varied is h for an answer whose coding was negotiated: Vary names
// Accept-Encoding (RFC 9110 §12.5.5) beside what it names already.
func (h Headers) Varied() Headers {
	const field = "Accept-Encoding"
	vary := h.Get("Vary")
	for name := range strings.SplitSeq(vary, ",") {
		if name = strings.TrimSpace(name); name == "*" || strings.EqualFold(name, field) {
			return h
		}
	}
	if vary != "" {
		vary = ", " + vary
	}
	return h.With(Headers{{"Vary", field + vary}})
}
