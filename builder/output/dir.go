package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/etagere/etagere/builder/internal/digest"
)

// Dir is a folder on disk that builds are published to.
//
// A build is staged beside the folder and takes its place in one step where
// the system can exchange folders: whoever looks sees the old build or the new
// one, whole. Where that can't be (a mount point, a symbolic link, a git
// checkout, Windows) files are moved in: assets, then pages, then deletions,
// by a journal that the next build completes after a crash.
//
// Only files that the destination's own manifest lists are ever deleted or
// replaced; what others put there stays.
type Dir struct {
	// dest is the real folder, name what the author calls it.
	dest, name string
	state      string
	symlink    bool
	// noExchange makes tests take the other path.
	noExchange bool
	// hook is called by tests between the steps of a commit.
	hook func(step string)
}

// StateDir is where a site keeps what it knows of a destination: in
// .etagere/out, by the destination's absolute path.
func StateDir(site, dest string) (string, error) {
	abs, err := filepath.Abs(dest)
	if err != nil {
		return "", fmt.Errorf("find destination: %w", err)
	}
	return filepath.Join(site, ".etagere", "out", digest.OfString(abs).Short()), nil
}

// ManifestFile is where the manifest of the latest build of a site into a
// destination lies. There may be none.
func ManifestFile(site, dest string) (string, error) {
	state, err := StateDir(site, dest)
	return filepath.Join(state, manifestName), err
}

// OpenDir prepares to publish to the folder dest, which need not exist yet.
// state is the folder for what is known of it; see StateDir.
func OpenDir(dest, state string) (*Dir, error) {
	abs, err := filepath.Abs(dest)
	if err != nil {
		return nil, fmt.Errorf("find destination: %w", err)
	}
	d := &Dir{dest: abs, name: dest, hook: func(string) {}}
	if d.state, err = filepath.Abs(state); err != nil {
		return nil, fmt.Errorf("find state: %w", err)
	}
	info, err := os.Lstat(abs)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return d, nil
	case err != nil:
		return nil, fmt.Errorf("look at destination: %w", err)
	case info.Mode()&fs.ModeSymlink != 0:
		d.symlink = true
		if d.dest, err = filepath.EvalSymlinks(abs); err != nil {
			return nil, fmt.Errorf("destination %s is a symbolic link that leads nowhere: %w", dest, err)
		}
		if info, err = os.Stat(d.dest); err != nil {
			return nil, fmt.Errorf("look at destination: %w", err)
		}
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("destination %s is a file; name a folder, or delete it", dest)
	}
	return d, nil
}

// Begin starts the next build. It completes what a killed one left behind, and
// fails where another process is publishing to the same destination. Call
// Commit or Abort in the end.
func (d *Dir) Begin() (*Stage, error) {
	if err := os.MkdirAll(d.state, 0o777); err != nil {
		return nil, fmt.Errorf("make %s: %w", d.state, err)
	}
	lock, err := lockFile(filepath.Join(d.state, "lock"))
	if err != nil {
		if errors.Is(err, errLocked) {
			return nil, fmt.Errorf("destination %s is being written by another étagère%s; wait for it or end it", d.name, lockOwner(filepath.Join(d.state, "lock")))
		}
		return nil, fmt.Errorf("lock destination %s: %w", d.name, err)
	}
	s, err := d.begin()
	if err != nil {
		unlock(lock)
		return nil, err
	}
	s.lock = lock
	return s, nil
}

func (d *Dir) begin() (*Stage, error) {
	known := d.readState()
	if known.journal != nil && known.journal.Place {
		if err := d.complete(known.journal); err != nil {
			return nil, fmt.Errorf("complete the interrupted build in %s: %w", d.name, err)
		}
		known = d.readState()
	}
	d.removeLeftovers()
	there, err := d.list(nil)
	if err != nil {
		return nil, fmt.Errorf("list destination: %w", err)
	}
	return &Stage{d: d, known: known, there: there, put: make(map[string]*item)}, nil
}

// presence is a file or folder found in the destination.
type presence struct {
	dir  bool
	info fs.FileInfo
}

// list is all that is in the destination now, by path; our own staging folder
// is not part of it. Files in plain come without their info.
func (d *Dir) list(plain map[string]bool) (map[string]presence, error) {
	return listTree(d.dest, d.stagePrefix(), plain)
}

// listTree is all that is in dir, by path, but for folders at its top whose
// names begin with skip. Symbolic links are not followed. The system isn't
// asked for more than the names of files in plain.
func listTree(dir, skip string, plain map[string]bool) (map[string]presence, error) {
	there := make(map[string]presence)
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || name == dir {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		if skip != "" && e.IsDir() && filepath.Dir(name) == dir && strings.HasPrefix(rel, skip) {
			return fs.SkipDir
		}
		rel = filepath.ToSlash(rel)
		if !e.IsDir() && plain[rel] {
			there[rel] = presence{}
			return nil
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		there[rel] = presence{dir: e.IsDir(), info: info}
		return err
	})
	return there, err
}

// stagePrefix is how the names of our staging folders begin.
func (d *Dir) stagePrefix() string { return "." + filepath.Base(d.dest) + ".etagere-" }

// removeLeftovers removes the staging folders of runs that are dead: those
// that nobody holds a lock on.
func (d *Dir) removeLeftovers() {
	for _, parent := range []string{filepath.Dir(d.dest), d.dest} {
		entries, err := os.ReadDir(parent)
		if err != nil {
			continue
		}
		for _, e := range entries {
			if !e.IsDir() || !strings.HasPrefix(e.Name(), d.stagePrefix()) {
				continue
			}
			full := filepath.Join(parent, e.Name())
			if held, err := lockFolder(full); err == nil {
				// What can't be removed now will be tried again; it does no harm.
				_ = os.RemoveAll(full)
				unlock(held)
			}
		}
	}
}

// ModTime is the time that a file with these bytes gets, between 2000 and 2020:
// servers that make their validators of time and size then keep them for equal
// bytes and change them for others.
func ModTime(d digest.Digest) time.Time {
	from := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	to := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	var n uint64
	for _, b := range d[:8] {
		n = n<<8 | uint64(b)
	}
	return time.Unix(from+int64(n%uint64(to-from)), 0).UTC()
}

// CheckDestination reports why dest can't be the destination of the site in
// the folder site: it is the site, or holds it, or lies within what is read.
// inputs are folders that are read, relative to site: "content", "static", "themes".
func CheckDestination(site, dest string, inputs []string) error {
	s, err := realPath(site)
	if err != nil {
		return fmt.Errorf("find site: %w", err)
	}
	d, err := realPath(dest)
	if err != nil {
		return fmt.Errorf("find destination: %w", err)
	}
	const hint = `; name another folder, such as "public"`
	if within(s, d) {
		if within(d, s) {
			return fmt.Errorf("destination %s is the site's own folder%s", dest, hint)
		}
		return fmt.Errorf("destination %s holds the site itself%s", dest, hint)
	}
	for _, in := range append([]string{".etagere", ".git"}, inputs...) {
		if path.Clean(filepath.ToSlash(in)) == "." {
			continue // a site whose content is its root keeps its destination out by name
		}
		full, err := realPath(filepath.Join(site, filepath.FromSlash(in)))
		if err != nil {
			return fmt.Errorf("find %s: %w", in, err)
		}
		switch {
		case within(d, full):
			return fmt.Errorf("destination %s lies in %q, which the site is made from%s", dest, in, hint)
		case within(full, d):
			return fmt.Errorf("destination %s holds %q, which the site is made from%s", dest, in, hint)
		}
	}
	return nil
}

// realPath is the absolute path of name with the links of its existing part
// followed.
func realPath(name string) (string, error) {
	abs, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	for dir, rest := abs, ""; ; {
		real, err := filepath.EvalSymlinks(dir)
		if err == nil {
			return filepath.Join(real, rest), nil
		}
		up := filepath.Dir(dir)
		if !errors.Is(err, fs.ErrNotExist) || up == dir {
			return "", err
		}
		dir, rest = up, filepath.Join(filepath.Base(dir), rest)
	}
}

// within reports whether name is dir or lies in it, also where the two are
// spelt differently on a system that ignores case.
func within(name, dir string) bool {
	rel, err := filepath.Rel(dir, name)
	if err == nil && filepath.IsLocal(rel) {
		return true
	}
	want, err := os.Stat(dir)
	if err != nil {
		return false
	}
	for {
		if info, err := os.Stat(name); err == nil && os.SameFile(info, want) {
			return true
		}
		up := filepath.Dir(name)
		if up == name {
			return false
		}
		name = up
	}
}
