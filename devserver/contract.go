package devserver

import (
	"context"
	"time"

	"github.com/etagere/etagere/builder"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
)

// Builder is all that the server needs to know of the build.
type Builder interface {
	// Update looks at the inputs and returns the generation that is current. It
	// renders nothing. Its error is a failure of the machine.
	Update(ctx context.Context) (Generation, error)
}

// Generation is one state of the site, as *builder.Generation is. It is safe
// for concurrent use.
type Generation interface {
	Pages
	Report
	Work
	Shape
}

// Shape is what a generation is as a whole.
type Shape interface {
	// Failed reports that mistakes keep the site from being assembled at all.
	Failed() bool
	// BasePath is where the site is mounted: "/" or "/docs/".
	BasePath() string
	// Policy says with which header fields URLs are answered. It may be nil where
	// Failed is true.
	Policy() *policy.Table
}

// Pages is what a generation answers requests with. URLs are escaped once and
// without the base path.
type Pages interface {
	// URLs are those of all targets, sorted.
	URLs() []string
	// Target finds a target by its exact URL.
	Target(url string) (builder.Target, bool)
	// File renders a target. The author's mistakes are a *builder.PageError.
	File(ctx context.Context, url string) (*output.File, error)
	// NotFound is the URL of the page for URLs like url that do not exist; it may be empty.
	NotFound(url string) string
}

// Report is what there is to tell about a generation.
type Report interface {
	// ID changes exactly when inputs have changed.
	ID() string
	// Problems are those of assembly and of all that was rendered so far, sorted.
	Problems() diag.List
	// Inputs are the folders that were looked at, as absolute paths.
	Inputs() []string
	// Stats counts what has been done so far.
	Stats() builder.Stats
}

// Work is what the loop does with a generation.
type Work interface {
	// All renders everything. Sink may be nil.
	All(ctx context.Context, progress func(done, total int), sink func(*output.File) error) error
	// Sweep forgets what All has not needed.
	Sweep()
	// NextChange is when a date will next change the site; zero if none will.
	NextChange() time.Time
}
