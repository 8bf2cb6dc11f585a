package builder

import (
	"errors"
	"io"

	"github.com/etagere/etagere/builder/source"
)

// read returns the bytes of an input. A failure is kept as well, so that it is
// not taken for an author's mistake, or goes unseen, however far down a
// template it happened.
func (g *Generation) read(f *source.File) ([]byte, error) {
	b, err := g.snap.Read(f)
	g.note(err)
	return b, err
}

// openNoted opens an input; a failure is kept as that of read is.
func (g *Generation) openNoted(f *source.File) (io.ReadCloser, error) {
	r, err := g.snap.Open(f)
	g.note(err)
	return r, err
}

func (g *Generation) note(err error) {
	if err == nil {
		return
	}
	g.faultMu.Lock()
	defer g.faultMu.Unlock()
	if g.faultErr == nil {
		g.faultErr = err
	}
}

// fault is a failure of the machine that renders have met so far, or nil. What
// they made of it is not to be shown.
func (g *Generation) fault() error {
	g.faultMu.Lock()
	defer g.faultMu.Unlock()
	return errors.Join(g.faultErr, g.snap.Err())
}

// open opens the bytes of a file of the author's.
func (g *Generation) open(f *source.File) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return g.snap.Open(f) }
}
