package source

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/internal/par"
)

// look is what one look-up found.
type look struct {
	found  string // the author's name for it
	digest digest.Digest
}

// names are the entries of one folder.
type names struct {
	exact map[string]bool
	// folded leads from a name in lower case to those that are spelt so, sorted.
	folded map[string][]string
}

// Load returns the file at path, which is relative to the site's root and uses
// slashes; it need not be one that was scanned. Where only the case of names
// differs it returns that file, and found is not equal to path. ok is false
// where there is none, where path leads out of the site, also by a symbolic
// link, or into a folder that Layout.Exclude names. Every look-up is remembered.
func (s *Snapshot) Load(path string) (found string, data []byte, ok bool) {
	p, valid := cleanPath(path)
	if !valid {
		return "", nil, false
	}
	l, data := s.look(p, true)
	s.note(p, l)
	if l.digest.IsZero() {
		return "", nil, false
	}
	return l.found, data, true
}

// LoadDigest identifies what Load finds: its name and its bytes; it is zero
// where there is none. It reads only what has changed since the last scan.
func (s *Snapshot) LoadDigest(path string) digest.Digest {
	p, valid := cleanPath(path)
	if !valid {
		return digest.Digest{}
	}
	s.mu.Lock()
	l, known := s.looks[p]
	s.mu.Unlock()
	if !known {
		l, _ = s.look(p, false)
		s.note(p, l)
	}
	return l.digest
}

// LookDigest is what LoadDigest returns for a look-up that found these bytes
// under this name.
func LookDigest(found string, data []byte) digest.Digest {
	return lookDigest(found, digest.Of(data))
}

func lookDigest(found string, data digest.Digest) digest.Digest {
	return digest.New().String("look").String(found).Digest(data).Sum()
}

// cleanPath is p from the site's root; a leading slash means that root. It is
// false where p leaves the root or is no path at all.
func cleanPath(p string) (string, bool) {
	p = path.Clean(strings.TrimLeft(p, "/"))
	return p, p != "." && fs.ValidPath(p) && !strings.Contains(p, "\x00")
}

// note remembers a look-up, here and for the scans to come.
func (s *Snapshot) note(p string, l look) {
	s.mu.Lock()
	s.looks[p] = l
	s.mu.Unlock()
	s.s.mu.Lock()
	s.s.looks[p] = true
	s.s.mu.Unlock()
}

// lookAgain does all look-ups of earlier snapshots.
func (s *Snapshot) lookAgain(ctx context.Context) error {
	s.s.mu.Lock()
	paths := slices.Sorted(maps.Keys(s.s.looks))
	s.s.mu.Unlock()
	results, err := par.Map(ctx, paths, func(_ context.Context, p string) look {
		l, _ := s.look(p, false)
		return l
	})
	if err != nil {
		return err
	}
	for i, p := range paths {
		s.looks[p] = results[i]
	}
	return nil
}

// look finds p, and reads it where data is wanted. The zero look is a miss.
func (s *Snapshot) look(p string, data bool) (look, []byte) {
	t := &s.s.trees[0]
	found, ok := s.spelling(t, p)
	if !ok || s.excluded(found) {
		return look{}, nil
	}
	real, info, err := t.resolve(found)
	if err != nil || !info.Mode().IsRegular() || info.Size() > MaxMarkdown || s.excluded(real) {
		s.fail(found, err)
		return look{}, nil
	}
	s.watch(path.Dir(real))
	if !data {
		d := s.s.digests.of(t, 0, real, info, s.s.now)
		if d.err != nil {
			s.fail(found, d.err)
			return look{}, nil
		}
		return look{found, lookDigest(found, d.digest)}, nil
	}
	b, err := readFile(t.fs, real)
	if err != nil {
		s.fail(found, err)
		return look{}, nil
	}
	return look{found, LookDigest(found, b)}, b
}

func readFile(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, MaxMarkdown+1))
}

// fail keeps an error that is the machine's and not a file's absence.
func (s *Snapshot) fail(name string, err error) {
	for _, miss := range []error{nil, fs.ErrNotExist, fs.ErrInvalid, errOutside, errLoop} {
		if errors.Is(err, miss) {
			return
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.errs = append(s.errs, fileError("read", name, err))
}

func (s *Snapshot) excluded(name string) bool {
	if below(name, ".git") {
		return true
	}
	return slices.ContainsFunc(s.s.layout.Exclude, func(dir string) bool { return below(name, dir) })
}

// spelling is p as the folders on the way spell it. Folders are listed instead
// of asked, so that a name in the wrong case is found, and found to be wrong,
// on every system alike.
func (s *Snapshot) spelling(t *tree, p string) (string, bool) {
	found := "."
	for elem := range strings.SplitSeq(p, "/") {
		dir, info, err := t.resolve(found)
		if err != nil || !info.IsDir() {
			s.fail(found, err)
			return "", false
		}
		list := s.list(t, dir)
		next := elem
		if !list.exact[elem] {
			folded := list.folded[strings.ToLower(elem)]
			switch _, err := fs.Lstat(t.fs, path.Join(dir, elem)); {
			case len(folded) > 0:
				next = folded[0]
			case err != nil:
				return "", false
			}
		}
		found = path.Join(found, next)
	}
	return found, true
}

// list is the listing of a real folder, read once for a snapshot.
func (s *Snapshot) list(t *tree, dir string) *names {
	s.watch(dir)
	s.mu.Lock()
	list, ok := s.lists[dir]
	s.mu.Unlock()
	if ok {
		return list
	}
	list = &names{exact: make(map[string]bool), folded: make(map[string][]string)}
	entries, err := fs.ReadDir(t.fs, dir)
	if err != nil {
		s.fail(dir, err)
	}
	for _, e := range entries { // sorted by name
		list.exact[e.Name()] = true
		low := strings.ToLower(e.Name())
		list.folded[low] = append(list.folded[low], e.Name())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lists[dir] = list
	return list
}

func (s *Snapshot) watch(dir string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dirs[dir] = true
}
