// Package coding packs bytes in the content codings that browsers read
// (RFC 9110 §8.4.1): Brotli, Zstandard and gzip.
//
// The bytes of a coding depend on the plain bytes, the level and the version of
// the encoder, which Recipe names, and on nothing else: not on what was packed
// before, nor on how many goroutines pack. (The encoder of Brotli computes with
// floating point, which Go may round otherwise on another processor
// architecture; there it may choose other bytes for the same content.)
package coding

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// The content codings, as Accept-Encoding and Content-Encoding name them.
const (
	Brotli = "br"   // RFC 7932
	Zstd   = "zstd" // RFC 8878 and 9659
	Gzip   = "gzip" // RFC 1952
)

// The versions of the encoders; a test compares them with go.mod. Others make
// other bytes, so a change makes whatever was packed before stale.
const (
	brotliVersion   = "1.3.0"
	compressVersion = "1.20.4"
)

// window is the largest distance that a decoder has to look back, in bytes.
// Browsers refuse more for zstd (RFC 9659 §3).
const window = 8 << 20

// About is what is fixed about a coding.
type About struct {
	// Suffix is what the name of a packed file ends in, with its dot, as web
	// servers look for it beside the plain file.
	Suffix string
	// Min and Max are the levels there are, on the scale that the coding's own
	// command-line tool has. Higher ones take more time for fewer bytes.
	Min, Max int
	// Default is the level for a file that is packed once and sent many times.
	// See BenchmarkLevels for how it was chosen, and for what others would give.
	Default int
	// Quick is the level for an answer that somebody waits for.
	Quick int
}

// All are the names of the codings, the one that makes the smallest files first.
func All() []string { return []string{Brotli, Zstd, Gzip} }

// Of is what is fixed about the coding of a name; false where we know none.
func Of(name string) (About, bool) {
	switch name {
	case Brotli:
		return About{Suffix: ".br", Min: 0, Max: 11, Default: 6, Quick: 2}, true
	case Zstd:
		return About{Suffix: ".zst", Min: 1, Max: 22, Default: 3, Quick: 3}, true
	case Gzip:
		return About{Suffix: ".gz", Min: 1, Max: 9, Default: 7, Quick: 4}, true
	}
	return About{}, false
}

// Suffix is what the name of a file packed in a coding ends in: ".br". It is
// empty for a coding that we don't know.
func Suffix(name string) string {
	about, _ := Of(name)
	return about.Suffix
}

// Recipe names all that the packed bytes depend on beside the plain ones: the
// coding, the level and the encoder. It is part of the key that they are
// kept under.
func Recipe(name string, level int) string {
	version := compressVersion
	if name == Brotli {
		version = brotliVersion
	}
	return name + " " + strconv.Itoa(level) + " " + version
}

// Encoder packs bytes. Its zero value is ready; it keeps its working memory for
// the next call and may be used by several goroutines. Do not copy it.
type Encoder struct {
	// pools hold writers, by coding and level.
	pools sync.Map
}

// poolKey is what a writer can be used for again.
type poolKey struct {
	coding string
	level  int
}

// writer is what the encoders have in common.
type writer interface {
	io.WriteCloser
	Reset(io.Writer)
}

// Encode is b in the coding of a name at a level. An error says that there is
// no such coding or level. Empty bytes have a packed form too.
func (e *Encoder) Encode(name string, level int, b []byte) ([]byte, error) {
	about, ok := Of(name)
	switch {
	case !ok:
		return nil, fmt.Errorf("there is no content coding %q", name)
	case level < about.Min || level > about.Max:
		return nil, fmt.Errorf("%s has levels from %d to %d, not %d", name, about.Min, about.Max, level)
	}
	p, _ := e.pools.LoadOrStore(poolKey{name, level}, new(sync.Pool))
	pool := p.(*sync.Pool)
	w := pool.Get()
	if w == nil {
		made, err := newWriter(name, level)
		if err != nil {
			return nil, fmt.Errorf("make an encoder for %s: %w", name, err)
		}
		w = made
	}
	defer pool.Put(w)
	if z, ok := w.(*zstd.Encoder); ok {
		return z.EncodeAll(b, make([]byte, 0, len(b)/4+64)), nil
	}
	var out bytes.Buffer
	out.Grow(len(b)/4 + 64)
	packer := w.(writer)
	packer.Reset(&out)
	if _, err := packer.Write(b); err != nil {
		return nil, fmt.Errorf("pack as %s: %w", name, err)
	}
	if err := packer.Close(); err != nil {
		return nil, fmt.Errorf("pack as %s: %w", name, err)
	}
	return out.Bytes(), nil
}

func newWriter(name string, level int) (any, error) {
	switch name {
	case Brotli:
		return brotli.NewWriterLevel(io.Discard, level), nil
	case Gzip:
		// Neither a name nor a time is in the header, unless they are set.
		return gzip.NewWriterLevel(io.Discard, level)
	}
	return zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.EncoderLevelFromZstd(level)),
		zstd.WithWindowSize(window), zstd.WithEncoderConcurrency(1), zstd.WithZeroFrames(true))
}

// Decoder reads what r holds in the coding of a name. Close it in the end; r
// stays open.
func Decoder(name string, r io.Reader) (io.ReadCloser, error) {
	switch name {
	case Brotli:
		return io.NopCloser(brotli.NewReader(r)), nil
	case Zstd:
		d, err := zstd.NewReader(r, zstd.WithDecoderMaxWindow(window), zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	case Gzip:
		return gzip.NewReader(r)
	}
	return nil, fmt.Errorf("there is no content coding %q", name)
}

// Worth reports whether bytes are worth being sent packed: they are smaller by
// a twentieth and by 64 bytes at least, which pays for unpacking and for the
// field that says so.
func Worth(plain, packed int) bool {
	return plain-packed >= max(64, plain/20)
}
