package asset

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/internal/nearest"
	"github.com/etagere/etagere/builder/source"
)

// Folder is where assets lie in the tree that a build sees.
const Folder = "assets/"

// Set is the files below assets/ in one generation. It is safe for concurrent
// use.
type Set struct {
	read   func(*source.File) ([]byte, error)
	byPath map[string]*source.File
	// named are the paths by the names that their assets have, without digests.
	named func() map[string][]string

	mu   sync.Mutex
	data map[string][]byte
}

// NewSet makes the set of files, which lie below assets/. read gives their
// bytes when somebody asks.
func NewSet(files []*source.File, read func(*source.File) ([]byte, error)) *Set {
	s := &Set{read: read, byPath: make(map[string]*source.File, len(files)), data: make(map[string][]byte)}
	for _, f := range files {
		s.byPath[strings.TrimPrefix(f.Path, Folder)] = f
	}
	s.named = sync.OnceValue(s.names)
	return s
}

// Get is the file at a path below assets/, which may begin with a slash.
func (s *Set) Get(p string) (*source.File, bool) {
	f, ok := s.byPath[Clean(p)]
	return f, ok
}

// Read is the bytes of the file at a path below assets/; nil where there is none.
func (s *Set) Read(p string) ([]byte, error) {
	p = Clean(p)
	f, ok := s.byPath[p]
	if !ok {
		return nil, nil
	}
	s.mu.Lock()
	b, ok := s.data[p]
	s.mu.Unlock()
	if ok {
		return b, nil
	}
	b, err := s.read(f)
	if err == nil {
		s.mu.Lock()
		s.data[p] = b
		s.mu.Unlock()
	}
	return b, err
}

// Data is the bytes of an asset that was made in this generation, or holds in it.
func (s *Set) Data(a *Asset) ([]byte, error) {
	if a.made {
		return a.data, nil
	}
	if f, ok := s.byPath[a.Path]; !ok || f.Digest != a.Digest {
		return nil, fmt.Errorf("%s: %w", Folder+a.Path, source.ErrChanged)
	}
	return s.Read(a.Path)
}

// Nearest is the path that looks most like p, or "".
func (s *Set) Nearest(p string) string {
	found, _ := nearest.Of(Clean(p), slices.Sorted(maps.Keys(s.byPath)))
	return found
}

// Names identifies the paths of all files.
func (s *Set) Names() digest.Digest {
	return digest.New().Strings(slices.Sorted(maps.Keys(s.byPath))).Sum()
}

// Fact identifies the file at a path, and how the author knows it: zero where
// there is none.
func (s *Set) Fact(p string) digest.Digest {
	f, ok := s.Get(p)
	if !ok {
		return digest.Digest{}
	}
	return digest.New().String(f.Name).Digest(f.Digest).Sum()
}

// Clean is a path below assets/ as a Set knows it.
func Clean(p string) string { return strings.TrimPrefix(path.Clean("/"+p), "/") }

// Named are the paths of the files that an asset at a fingerprinted URL may
// have been made of, sorted.
func (s *Set) Named(url string) []string {
	key, ok := undigested(url)
	if !ok {
		return nil
	}
	return s.named()[key]
}

// names fills named.
func (s *Set) names() map[string][]string {
	out := make(map[string][]string)
	for _, p := range slices.Sorted(maps.Keys(s.byPath)) {
		for _, key := range keys(p) {
			out[key] = append(out[key], p)
		}
	}
	return out
}
