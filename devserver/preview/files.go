package preview

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/etagere/etagere/devserver/negotiate"
)

const (
	// maxMemory is how many bytes of files are kept in memory.
	maxMemory = 64 << 20
	// maxSmall is how large a file may be to be read as a whole; larger ones are
	// sent from where they lie.
	maxSmall = 1 << 20
)

// stored is a file as the manifest knows it.
type stored struct {
	path, sum string // sum is the SHA-256 in hexadecimal
	size      int64
}

// changedError says that a file is not as it was built.
type changedError struct{ path, how string }

// Error says so, and what helps.
func (e *changedError) Error() string {
	return fmt.Sprintf("%s is not as it was built: %s. Run \"etagere build\" again, and leave the folder to it", e.path, e.how)
}

func changed(err error) bool {
	_, ok := errors.AsType[*changedError](err)
	return ok
}

// files opens files of the destination, and knows which of them were found to be
// as the manifest says. It may be used by several goroutines.
type files struct {
	limit int64

	mu   sync.Mutex
	seen map[stored]fs.FileInfo // of files whose bytes were right
	data map[string][]byte      // small files by sum
	size int64                  // of data

	reading sync.Mutex // one large file at a time is compared
}

func newFiles(limit int64) *files {
	return &files{limit: limit, seen: make(map[stored]fs.FileInfo), data: make(map[string][]byte)}
}

// forget has all files compared again.
func (f *files) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.seen)
}

// file is an open file, or its bytes.
type file struct {
	bytes negotiate.Bytes
	large *os.File
}

// Send writes n bytes from off on.
func (f file) Send(w io.Writer, off, n int64) error {
	if f.large == nil {
		return f.bytes.Send(w, off, n)
	}
	if _, err := f.large.Seek(off, io.SeekStart); err != nil {
		return fmt.Errorf("read %s: %w", f.large.Name(), err)
	}
	if _, err := io.CopyN(w, f.large, n); err != nil { // by sendfile(2) where that can be
		return fmt.Errorf("send %s: %w", f.large.Name(), err)
	}
	return nil
}

func (f file) close() {
	if f.large != nil {
		_ = f.large.Close() // it was only read
	}
}

// open is the file s below root once it is known to be as s says; a
// *changedError where it is not. Where no body is wanted it is only compared.
func (f *files) open(root *os.Root, s stored, body bool) (file, error) {
	name := filepath.FromSlash(s.path)
	info, err := root.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return file{}, &changedError{s.path, "it is gone"}
	case err != nil:
		return file{}, fmt.Errorf("read %s: %w", s.path, err)
	case !info.Mode().IsRegular():
		return file{}, &changedError{s.path, "it is no file"}
	case info.Size() != s.size:
		return file{}, &changedError{s.path, fmt.Sprintf("it has %d bytes and should have %d", info.Size(), s.size)}
	}
	f.mu.Lock()
	known, data := same(info, f.seen[s]), f.data[s.sum]
	f.mu.Unlock()
	switch {
	case known && (data != nil || !body):
		return file{bytes: data}, nil
	case s.size <= maxSmall:
		return f.small(root, name, s)
	}
	return f.large(root, name, s)
}

// small reads a file as a whole.
func (f *files) small(root *os.Root, name string, s stored) (file, error) {
	open, err := root.Open(name)
	if err != nil {
		return file{}, fmt.Errorf("read %s: %w", s.path, err)
	}
	defer func() { _ = open.Close() }()
	info, err := open.Stat()
	if err != nil {
		return file{}, fmt.Errorf("read %s: %w", s.path, err)
	}
	data, err := io.ReadAll(io.LimitReader(open, maxSmall+1))
	if err != nil {
		return file{}, fmt.Errorf("read %s: %w", s.path, err)
	}
	sum := sha256.Sum256(data)
	if hex.EncodeToString(sum[:]) != s.sum {
		return file{}, &changedError{s.path, "its bytes are others"}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen[s] = info
	if _, ok := f.data[s.sum]; !ok {
		if f.size += int64(len(data)); f.size > f.limit {
			clear(f.data) // what is asked for again comes back
			f.size = int64(len(data))
		}
		f.data[s.sum] = data
	}
	return file{bytes: data}, nil
}

// large opens a file to be sent from where it lies. Its bytes are compared the
// first time, and whenever it looks as if it had been written to.
func (f *files) large(root *os.Root, name string, s stored) (file, error) {
	open, err := root.Open(name)
	if err != nil {
		return file{}, fmt.Errorf("read %s: %w", s.path, err)
	}
	if err := f.compare(open, s); err != nil {
		_ = open.Close()
		return file{}, err
	}
	return file{large: open}, nil
}

func (f *files) compare(open *os.File, s stored) error {
	f.reading.Lock()
	defer f.reading.Unlock()
	info, err := open.Stat()
	if err != nil {
		return fmt.Errorf("read %s: %w", s.path, err)
	}
	f.mu.Lock()
	known := same(info, f.seen[s])
	f.mu.Unlock()
	if known {
		return nil
	}
	h := sha256.New()
	if _, err := io.Copy(h, open); err != nil {
		return fmt.Errorf("read %s: %w", s.path, err)
	}
	if hex.EncodeToString(h.Sum(nil)) != s.sum {
		return &changedError{s.path, "its bytes are others"}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen[s] = info
	return nil
}
