package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/etagere/etagere/builder/diag"
)

// readyEvent is the line of --json for a server that listens.
type readyEvent struct {
	Event string `json:"event"`
	HTTP  string `json:"http"`
	HTTPS string `json:"https"`
}

// builtEvent is the line of --json after a build.
type builtEvent struct {
	Event    string    `json:"event"`
	Pages    int       `json:"pages"`
	Rendered int       `json:"rendered"`
	Reused   int       `json:"reused"`
	MS       int64     `json:"ms"`
	Problems diag.List `json:"problems"`
}

func newBuiltEvent(event string, pages, rendered, reused int, took time.Duration, problems diag.List) builtEvent {
	if problems == nil {
		problems = diag.List{} // [] and not null
	}
	return builtEvent{event, pages, rendered, reused, took.Milliseconds(), problems}
}

// errorEvent is the line of --json for a failure of the machine while serving.
type errorEvent struct {
	Event   string `json:"event"`
	Message string `json:"message"`
}

// writeJSON writes v on a line of its own.
func writeJSON(w io.Writer, v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	if _, err := w.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}
