// Package livereload knows what to tell open pages after a build, and holds
// the script in them that listens.
//
// A page is served with its signature: what identifies its text, its scripts,
// its style sheets and the images that it shows. After each build the open pages
// are told the signatures that they would have now. A page whose text differs is
// patched in place, style sheets and images are swapped, and other scripts
// reload it. Nothing else is said: what a page missed while it was not
// connected, it learns from the next state.
package livereload

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/diag"
)

// The URLs of our own endpoints.
const (
	// Prefix is where all of them are; no site has a target there.
	Prefix = "/_etagere/"
	// ScriptURL is the script in pages.
	ScriptURL = Prefix + "livereload.js"
	// EventsURL is the stream of states.
	EventsURL = Prefix + "events"
	// ProblemsURL lists the problems as JSON.
	ProblemsURL = Prefix + "problems"
)

var (
	//go:embed client.js
	client []byte
	// Idiomorph 0.8.0 (npm), unchanged; licence 0BSD, see idiomorph.LICENSE.
	//go:embed idiomorph.min.js
	idiomorph []byte
)

// Script is the script in pages: our own, and the library that patches pages
// with it, whose name stays within. Each call makes it anew.
func Script() []byte {
	return slices.Concat([]byte("(() => {\n"), idiomorph, []byte("\n"), client, []byte("})();\n"))
}

// Endpoint is which of our endpoints a path is that was asked for, and whether
// it is one at all. They are found below the base path too, for proxies that pass
// on nothing else.
func Endpoint(path, base string) (url string, ok bool) {
	if strings.HasPrefix(path, Prefix) {
		return path, true
	}
	if rest, inside := strings.CutPrefix(path, strings.TrimSuffix(base, "/")); inside && strings.HasPrefix(rest, Prefix) {
		return rest, true
	}
	return "", false
}

// State is all that open pages need to know of a build.
type State struct {
	// Build identifies the build.
	Build string `json:"build"`
	// Pages are the open pages by the path that they were asked for.
	Pages map[string]Signature `json:"pages"`
	// Errors and Warnings count the problems; Problems changes when they do.
	Errors   int    `json:"errors"`
	Warnings int    `json:"warnings"`
	Problems string `json:"problems"`
}

// JSON is the state on one line.
func (s State) JSON() []byte {
	b, err := json.Marshal(s)
	if err != nil { // strings and numbers only
		panic(err)
	}
	return b
}

// Problem is one problem as the script shows it.
type Problem struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Col      int    `json:"col"`
	Severity string `json:"severity"`
	Code     string `json:"code"`
	Message  string `json:"message"`
	Hint     string `json:"hint"`
	Source   string `json:"source"`
	Skip     int    `json:"skip"`
	Width    int    `json:"width"`
}

// Problems is a list of problems as the script asks for it.
func Problems(l diag.List) []byte {
	out := make([]Problem, len(l))
	for i, p := range l {
		out[i] = Problem{p.File, p.Line, p.Col, p.Severity.String(), p.Code, p.Message, p.Hint, p.Source, p.Skip, p.Width}
	}
	b, err := json.Marshal(map[string][]Problem{"problems": out})
	if err != nil { // strings and numbers only
		panic(err)
	}
	return b
}

// Mark identifies a list of problems. It is empty for an empty list.
func Mark(l diag.List) string {
	if len(l) == 0 {
		return ""
	}
	s := newSum()
	s.add(Problems(l))
	return s.String()
}
