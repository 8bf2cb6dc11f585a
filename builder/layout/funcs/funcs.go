// Package funcs is the library of template functions that need nothing but
// their arguments: no clock, environment, random numbers, network or site.
//
// Names, order of arguments and results are those that Hugo's users know. Each
// function has a short name or a name in a namespace object, and many have
// both: upper and strings.ToUpper are the same function.
//
// No call can take memory without bound: strings, lists and nested values that
// a function makes are limited.
package funcs

import (
	"fmt"
	"html/template"
	"reflect"
	"regexp"
	"slices"
)

// Mistake is an author's mistake in a call: what is wrong and how to mend it.
type Mistake struct {
	// Code replaces the kind of problem, "template-exec", where it is set.
	Code    string
	Message string
	Hint    string
	// Bare says that the message needs no function name before it.
	Bare bool
}

// Error is the message.
func (m Mistake) Error() string { return m.Message }

func mistake(format string, args ...any) error {
	return Mistake{Message: fmt.Sprintf(format, args...)}
}

// Limits of what one call may make.
const (
	maxBytes = 64 << 20  // of a string
	maxItems = 1 << 22   // of a list, with all that is nested in it
	maxSeq   = 1_000_000 // of numbers
)

// entry is one function: its code and its documentation.
type entry struct {
	// name is what it is called; aliases are other names of the same function,
	// short ones and those in a namespace ("strings.ToUpper").
	name    string
	aliases []string
	// fn is nil for a function that only its namespace has.
	fn                         any
	sig, text, example, output string
}

// library is the functions, with what they remember.
type library struct {
	strings     Strings
	collections Collections
}

func newLibrary() library {
	re := &patterns{m: map[string]*regexp.Regexp{}}
	return library{Strings{re}, Collections{re}}
}

// entries are all functions, a namespace after the other.
func (l library) entries() []entry {
	return slices.Concat(
		castEntries(), collectionEntries(l.collections), setEntries(l.collections), compareEntries(), cryptoEntries(),
		encodingEntries(), fmtEntries(), inflectEntries(), langEntries(), mathEntries(), pathEntries(), safeEntries(),
		stringEntries(l.strings), matchEntries(l.strings), timeEntries(), transformEntries(), urlEntries(),
	)
}

// namespaces are the objects whose methods templates call: strings.ToUpper.
// A Bound that adds functions to one of them embeds the type.
func (l library) namespaces() map[string]any {
	return map[string]any{
		"cast": Cast{}, "collections": l.collections, "compare": Compare{}, "crypto": Crypto{}, "hash": Crypto{},
		"encoding": Encoding{}, "fmt": Fmt{}, "inflect": Inflect{}, "lang": Lang{}, "math": Math{}, "path": Path{}, "safe": Safe{},
		"strings": l.strings, "transform": Transform{}, "urls": URLs{}, "time": Time{},
	}
}

// Map is all functions under their short names, and one function for each
// namespace. What the functions remember, compiled regular expressions, lives
// as long as the map.
func Map() template.FuncMap {
	l := newLibrary()
	m := template.FuncMap{}
	for name, object := range l.namespaces() {
		m[name] = func() any { return object }
	}
	for _, e := range l.entries() {
		if e.fn == nil {
			continue
		}
		for _, name := range append([]string{e.name}, e.aliases...) {
			if isShort(name) {
				m[name] = e.fn
			}
		}
	}
	m["time"] = Time{}.call
	return m
}

func isShort(name string) bool { return !slices.Contains([]byte(name), '.') }

// limited is s, or a mistake if it is too long.
func limited(s string) (string, error) {
	if len(s) > maxBytes {
		return "", tooLong()
	}
	return s, nil
}

func tooLong() error { return mistake("the result is longer than 64 MiB") }

// weigh counts v and what is nested in it, as far as templates make nested
// values, and is an error when that is too much. It is what keeps a loop from
// doubling a value until memory ends.
func weigh(v any) error {
	left := maxItems
	return weighIn(v, &left, 0)
}

func weighIn(v any, left *int, depth int) error {
	*left--
	if *left < 0 {
		return mistake("the result holds more than %d values", maxItems)
	}
	if depth > 1000 {
		return mistake("the result is nested more than 1000 deep")
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if err := weighIn(e, left, depth+1); err != nil {
				return err
			}
		}
	case map[string]any:
		for _, e := range v {
			if err := weighIn(e, left, depth+1); err != nil {
				return err
			}
		}
	case string:
		*left -= len(v) >> 8
	case Group:
		return weighIn(v.Pages, left, depth+1)
	case []Group:
		for _, g := range v {
			if err := weighIn(g.Pages, left, depth+1); err != nil {
				return err
			}
		}
	case nil, bool, int, int64, float64:
	default:
		if rv := reflect.ValueOf(v); rv.Kind() == reflect.Slice {
			*left -= rv.Len()
		}
	}
	return nil
}
