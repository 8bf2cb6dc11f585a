package output

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/etagere/etagere/builder/internal/par"
)

// swap completes the staging folder with all that stays, and exchanges it for
// the destination in one step. It is errNoExchange, and nothing has happened,
// where that can't be done.
func (s *Stage) swap(j *journal, there map[string]presence) error {
	exists := len(there) > 0
	if !exists {
		_, err := os.Lstat(s.d.dest)
		exists = err == nil
	}
	if _, git := there[".git"]; exists && (!canExchange || s.d.noExchange || s.d.symlink || s.inDest || git) {
		return errNoExchange
	}
	if err := s.linkKept(); err != nil {
		return err
	}
	if err := s.carry(there); err != nil {
		return errNoExchange
	}
	if err := s.d.writeState(journalName, jsonOf(j)); err != nil {
		return err
	}
	s.d.hook("journal")
	// Windows renames no folder that is open.
	if err := s.root.Close(); err != nil {
		return err
	}
	s.root = nil
	if !exists {
		unlock(s.held)
		s.held = nil
		if err := os.Rename(s.dir, s.d.dest); err != nil {
			return reason(err)
		}
		s.dir = ""
		s.d.hook("swapped")
		return nil
	}
	if err := exchange(s.dir, s.d.dest); err != nil {
		// A mount point of the same file system, or a file system that can't.
		return errNoExchange
	}
	s.d.hook("swapped")
	if err := s.sweep(there); err != nil {
		kept := s.dir
		s.dir = ""
		return fmt.Errorf("the new build is in place, but files that others wrote during the build are still in %s: %w", kept, err)
	}
	return nil
}

// linkKept links the files that stay as they are into the staging folder.
func (s *Stage) linkKept() error {
	var kept []string
	for _, p := range slices.Sorted(maps.Keys(s.put)) {
		if s.put[p].kept {
			kept = append(kept, p)
		}
	}
	// A commit is never left half way, so nothing cancels this.
	errs, err := par.Map(context.Background(), kept, func(_ context.Context, p string) error { return s.linkOne(p) })
	for _, e := range errs {
		if e != nil {
			return e
		}
	}
	return err
}

func (s *Stage) linkOne(p string) error {
	if err := s.mkdir(path.Dir(p)); err != nil {
		return err
	}
	name := filepath.FromSlash(p)
	staged := filepath.Join(s.dir, name)
	if err := os.Link(filepath.Join(s.d.dest, name), staged); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s was deleted during the build; build again", p)
		}
		return errNoExchange
	}
	if info, err := os.Lstat(staged); err != nil || !s.put[p].rec.matches(info) {
		return fmt.Errorf("%s was changed during the build; build again", p)
	}
	return nil
}

// carry brings everything of others into the staging folder: files as hard
// links, so that they are in both folders until the old one goes, and folders
// with their mode.
func (s *Stage) carry(there map[string]presence) error {
	ours := make(map[string]bool)
	for p := range s.known.listed {
		for dir := path.Dir(p); dir != "." && !ours[dir]; dir = path.Dir(dir) {
			ours[dir] = true
		}
	}
	blocked := foreignFolders(there, s.known.listed)
	for _, p := range slices.Sorted(maps.Keys(there)) { // a folder before what is in it
		f, name := there[p], filepath.FromSlash(p)
		switch {
		case s.put[p] != nil, !f.dir && s.known.listed[p]:
			continue
		case f.dir && ours[p] && !blocked[p]:
			continue
		case f.dir:
			if err := s.mkdir(p); err != nil {
				return err
			}
			if err := s.root.Chmod(name, f.info.Mode().Perm()); err != nil {
				return err
			}
			keepOwner(filepath.Join(s.dir, name), f.info)
			continue
		}
		if err := s.mkdir(path.Dir(p)); err != nil {
			return err
		}
		if err := s.carryFile(name, f); err != nil {
			return err
		}
	}
	return nil
}

func (s *Stage) carryFile(name string, f presence) error {
	from := filepath.Join(s.d.dest, name)
	if f.info.Mode()&fs.ModeSymlink != 0 {
		target, err := os.Readlink(from)
		if err != nil {
			return err
		}
		return s.root.Symlink(target, name)
	}
	return os.Link(from, filepath.Join(s.dir, name))
}

// sweep saves what others wrote into the old folder while we worked: it lies
// in the staging folder now, which is about to be removed.
func (s *Stage) sweep(there map[string]presence) error {
	late, err := listTree(s.dir, "", s.known.listed)
	if err != nil {
		return err
	}
	for _, p := range slices.Sorted(maps.Keys(late)) {
		f, before := late[p], there[p]
		if f.dir || s.known.listed[p] || s.put[p] != nil {
			continue
		}
		if before.info != nil && os.SameFile(before.info, f.info) {
			continue
		}
		to := filepath.Join(s.d.dest, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			return reason(err)
		}
		if err := os.Rename(filepath.Join(s.dir, filepath.FromSlash(p)), to); err != nil {
			return reason(err)
		}
	}
	return nil
}
