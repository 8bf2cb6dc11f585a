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
	exact map[string]fs.FileMode // the type only
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

// Real is the path of what Load finds at path, with symbolic links resolved; ""
// where it finds nothing.
func (s *Snapshot) Real(path string) string {
	p, valid := cleanPath(path)
	if !valid {
		return ""
	}
	t := &s.s.trees[0]
	at, ok := s.spelling(t, p)
	if !ok {
		return ""
	}
	if at.known && at.mode&fs.ModeSymlink == 0 {
		return pathJoin(at.dir, at.found)
	}
	real, _, err := t.resolve(at.found)
	if err != nil {
		return ""
	}
	return real
}

// pathJoin is the last name of found in folder dir.
func pathJoin(dir, found string) string { return path.Join(dir, path.Base(found)) }

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
	at, ok := s.spelling(t, p)
	if !ok || s.excluded(at.found) || at.mode.IsDir() {
		return look{}, nil
	}
	found, real := at.found, pathJoin(at.dir, at.found)
	var info fs.FileInfo
	var err error
	if at.known && at.mode&fs.ModeSymlink == 0 {
		info, err = fs.Lstat(t.fs, real)
	} else {
		real, info, err = t.resolve(found)
	}
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

// spelt is a path as the folders on the way spell it.
type spelt struct {
	found string
	// dir is the real folder that the last name of found lies in, mode its type there;
	// known says that the folder lists it.
	dir   string
	mode  fs.FileMode
	known bool
}

// spelling is p as the folders on the way spell it. Folders are listed instead
// of asked, so that a name in the wrong case is found, and found to be wrong,
// on every system alike; and so that a look-up asks the system next to nothing,
// for there may be thousands below node_modules.
func (s *Snapshot) spelling(t *tree, p string) (spelt, bool) {
	at := spelt{found: ".", dir: ".", mode: fs.ModeDir, known: true}
	for elem := range strings.SplitSeq(p, "/") {
		if at.found != "." {
			dir, ok := s.folder(t, at)
			if !ok {
				return spelt{}, false
			}
			at.dir = dir
		}
		list := s.list(t, at.dir)
		mode, known := list.exact[elem]
		if folded := list.folded[strings.ToLower(elem)]; !known && len(folded) > 0 {
			elem, known = folded[0], true
			mode = list.exact[elem]
		}
		if !known {
			// Some systems list a name in another normal form of Unicode.
			if isASCII(elem) {
				return spelt{}, false
			}
			if _, err := fs.Lstat(t.fs, path.Join(at.dir, elem)); err != nil {
				return spelt{}, false
			}
		}
		at.found, at.mode, at.known = path.Join(at.found, elem), mode, known
	}
	return at, true
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// folder is the real path of a folder on the way.
func (s *Snapshot) folder(t *tree, at spelt) (string, bool) {
	switch {
	case at.known && at.mode.IsDir():
		return pathJoin(at.dir, at.found), true
	case at.known && at.mode&fs.ModeSymlink == 0:
		return "", false
	}
	s.mu.Lock()
	real, ok := s.links[at.found]
	s.mu.Unlock()
	if ok {
		return real, real != ""
	}
	real, info, err := t.resolve(at.found)
	if err != nil || !info.IsDir() {
		s.fail(at.found, err)
		real = ""
	}
	s.mu.Lock()
	s.links[at.found] = real
	s.mu.Unlock()
	return real, real != ""
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
	entries, err := fs.ReadDir(t.fs, dir)
	list = &names{exact: make(map[string]fs.FileMode, len(entries)), folded: make(map[string][]string)}
	if err != nil {
		s.fail(dir, err)
	}
	for _, e := range entries { // sorted by name
		list.exact[e.Name()] = e.Type()
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
