package source

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/etagere/etagere/builder/internal/digest"
)

// ErrChanged says that a file is no longer what the snapshot saw. The cure is
// a new scan.
var ErrChanged = errors.New("changed since the scan")

// Snapshot is every input of one build. It may be used by several goroutines.
type Snapshot struct {
	s     *Scanner
	files []*File
	sum   digest.Digest // of files

	mu    sync.Mutex
	dirs  map[string]bool
	looks map[string]look
	lists map[string]*names
	// links are the real paths of folders behind symbolic links, "" for none.
	links map[string]string
	errs  []error
}

func newSnapshot(s *Scanner, w *walk, files []found) *Snapshot {
	snap := &Snapshot{s: s, dirs: w.dirs, looks: make(map[string]look), lists: make(map[string]*names), links: make(map[string]string)}
	for i := range files {
		if files[i].ok {
			snap.files = append(snap.files, &files[i].File)
		}
	}
	slices.SortStableFunc(snap.files, func(a, b *File) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.order, b.order), strings.Compare(a.Lang, b.Lang))
	})
	h := digest.New().Int(int64(len(snap.files)))
	for _, f := range snap.files {
		h.String(f.Path).String(f.Name).String(f.Lang).Int(int64(f.Layer)).Digest(f.Digest)
	}
	snap.sum = h.Sum()
	return snap
}

// Files are the files in dir and below it, sorted by path, then in the order
// of the content roots; "" means all files.
func (s *Snapshot) Files(dir string) []*File {
	if dir == "" || dir == "." {
		return slices.Clip(s.files)
	}
	dir = strings.TrimSuffix(dir, "/") + "/"
	from, _ := slices.BinarySearchFunc(s.files, dir, comparePath)
	to := from
	for to < len(s.files) && strings.HasPrefix(s.files[to].Path, dir) {
		to++
	}
	return s.files[from:to:to]
}

// File is the file at path, for content that of the first language that has
// one. It is nil where there is none.
func (s *Snapshot) File(path string) *File {
	i, ok := slices.BinarySearchFunc(s.files, path, comparePath)
	if !ok {
		return nil
	}
	return s.files[i]
}

// FileIn is the file at path in language lang, or nil.
func (s *Snapshot) FileIn(path, lang string) *File {
	i, _ := slices.BinarySearchFunc(s.files, path, comparePath)
	for ; i < len(s.files) && s.files[i].Path == path; i++ {
		if s.files[i].Lang == lang {
			return s.files[i]
		}
	}
	return nil
}

func comparePath(f *File, path string) int { return strings.Compare(f.Path, path) }

// Read returns the bytes of f. It fails with ErrChanged where they are no
// longer those that f.Digest identifies.
func (s *Snapshot) Read(f *File) ([]byte, error) {
	file, err := s.Open(f)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	buf := bytes.NewBuffer(make([]byte, 0, f.Size+bytes.MinRead))
	if _, err := buf.ReadFrom(file); err != nil {
		return nil, fileError("read", f.Name, err)
	}
	if digest.Of(buf.Bytes()) != f.Digest {
		return nil, fmt.Errorf("read %s: %w", f.Name, ErrChanged)
	}
	return buf.Bytes(), nil
}

// Open opens f for reading in pieces. The bytes are not compared with f.Digest.
func (s *Snapshot) Open(f *File) (io.ReadCloser, error) {
	file, err := s.s.trees[f.layer].fs.Open(f.real)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("read %s: %w", f.Name, ErrChanged)
	case err != nil:
		return nil, fileError("read", f.Name, err)
	}
	return file, nil
}

// Digest identifies the snapshot: all files, and what all look-ups found that
// were made so far. It changes with the first look-up for a new path; use Same
// to ask whether anything has changed since an earlier snapshot.
func (s *Snapshot) Digest() digest.Digest {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := digest.New().Digest(s.sum).Int(int64(len(s.looks)))
	for _, path := range slices.Sorted(maps.Keys(s.looks)) {
		h.String(path).Digest(s.looks[path].digest)
	}
	return h.Sum()
}

// FilesDigest identifies the files alone, without look-ups.
func (s *Snapshot) FilesDigest() digest.Digest { return s.sum }

// Same reports whether s has the same files as the older snapshot old and
// every look-up made in old finds the same.
func (s *Snapshot) Same(old *Snapshot) bool {
	if old == nil || s.sum != old.sum {
		return false
	}
	if s == old {
		return true
	}
	old.mu.Lock()
	looks := maps.Clone(old.looks)
	old.mu.Unlock()
	for path, l := range looks {
		if s.LoadDigest(path) != l.digest {
			return false
		}
	}
	return true
}

// Dirs are the folders that were listed or looked into, those above anything
// missing included: all that has to be watched. They are relative to the
// site's root, sorted; folders of a theme on disk begin with its name.
func (s *Snapshot) Dirs() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var dirs []string
	for _, dir := range slices.Sorted(maps.Keys(s.dirs)) {
		if !strings.HasPrefix(dir, "[") || s.onDisk(dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// onDisk tells the site's own folder "[a]" from a theme in the binary.
func (s *Snapshot) onDisk(dir string) bool {
	for _, t := range s.s.trees[1:] {
		if strings.HasPrefix(t.name, "[") && below(dir, t.name) {
			return false
		}
	}
	return true
}

// Err is what went wrong in look-ups: files that are there and can't be read.
// Such a look-up finds nothing, so that the build can go on to other mistakes.
func (s *Snapshot) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return joined(s.errs)
}
