package output

import (
	"fmt"
	"sync"

	"github.com/etagere/etagere/builder/internal/digest"
)

// Store keeps the files of a build in memory, by URL. The zero Store is empty.
// It may be used by several goroutines; a reader sees one build or the next,
// never a mixture.
type Store struct {
	mu       sync.RWMutex
	files    map[string]*File
	manifest *Manifest
}

// Begin starts to collect the files of the next build.
func (s *Store) Begin() *Draft { return &Draft{store: s, files: make(map[string]*File)} }

// File is the file at url.
func (s *Store) File(url string) (*File, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	f, ok := s.files[url]
	return f, ok
}

// Manifest is that of the last build; nil before the first.
func (s *Store) Manifest() *Manifest {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.manifest
}

// Draft is a build on its way into a Store.
type Draft struct {
	store *Store
	mu    sync.Mutex
	files map[string]*File
}

// Put adds a file. It may be called by several goroutines.
func (d *Draft) Put(f *File) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.files[f.URL] != nil {
		return fmt.Errorf("two files for %s", f.URL)
	}
	d.files[f.URL] = f
	return nil
}

// Commit makes the files those of the store. They must be the ones that m lists.
func (d *Draft) Commit(m *Manifest) (Change, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(m.Files) != len(d.files) {
		return Change{}, fmt.Errorf("the manifest lists %d files of %d", len(m.Files), len(d.files))
	}
	for i := range m.Files {
		e := &m.Files[i]
		f := d.files[e.URL]
		if f == nil || digest.Of(f.Data).String() != e.SHA256 {
			return Change{}, fmt.Errorf("the manifest lists %s with bytes that are not there", e.URL)
		}
	}
	d.store.mu.Lock()
	defer d.store.mu.Unlock()
	c := Diff(d.store.manifest, m)
	d.store.files, d.store.manifest = d.files, m
	return c, nil
}

// Abort drops the draft; the store stays as it is.
func (d *Draft) Abort() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.files = make(map[string]*File)
	return nil
}
