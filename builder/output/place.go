package output

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/policy"
)

// place moves the staged files into the destination one by one, in an order in
// which no page is ever there without its assets: assets, pages, deletions.
func (s *Stage) place(j *journal) error {
	m, err := DecodeManifest(strings.NewReader(j.Manifest))
	if err != nil {
		return err
	}
	var pages []string
	for i := range m.Files {
		e := &m.Files[i]
		switch {
		case s.put[e.Path].kept:
		case isEntrance(e.Class):
			pages = append(pages, e.Path)
		default:
			j.Moves = append(j.Moves, e.Path)
		}
	}
	slices.Sort(j.Moves)
	slices.Sort(pages)
	j.Moves = append(j.Moves, pages...)
	j.Place = true
	if err := s.d.writeState(journalName, jsonOf(j)); err != nil {
		return err
	}
	s.d.hook("journal")
	// From here on the staging folder is the journal's: what fails now is
	// completed by the next run.
	s.dir = ""
	return s.d.complete(j)
}

// isEntrance reports whether readers come to files of class c first and to
// others from them.
func isEntrance(c policy.Class) bool {
	switch c {
	case policy.Page, policy.NotFound, policy.Redirect, policy.Feed, policy.Sitemap:
		return true
	}
	return false
}

// mover moves the files of one journal. Names are below root, the folder that
// holds the staging folder.
type mover struct {
	root        *os.Root
	dest, stage string
	// deletes are the files to delete; below lists them by each folder above.
	deletes map[string]bool
	below   map[string][]string
}

func newMover(root *os.Root, dest, stage string, deletes []string) *mover {
	mv := &mover{root: root, dest: dest, stage: stage, deletes: make(map[string]bool), below: make(map[string][]string)}
	for _, p := range deletes {
		mv.deletes[p] = true
		for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
			mv.below[dir] = append(mv.below[dir], p)
		}
	}
	return mv
}

// complete does what is left of a journal, and ends it.
func (d *Dir) complete(j *journal) error {
	if err := os.MkdirAll(d.dest, 0o777); err != nil {
		return err
	}
	root, err := os.OpenRoot(filepath.Dir(j.Stage))
	if err != nil {
		return err
	}
	defer root.Close()
	dest := "."
	if filepath.Dir(j.Stage) != d.dest {
		dest = filepath.Base(d.dest)
	}
	mv := newMover(root, dest, filepath.Base(j.Stage), j.Deletes)
	at := make(map[string]int, len(j.Written))
	lower := make(map[string]string, len(j.Written))
	for i, w := range j.Written {
		at[w.Path] = i
		lower[strings.ToLower(w.Path)] = w.Path
	}
	for _, p := range j.Moves {
		i, ok := at[p]
		if !ok {
			continue
		}
		rec, err := mv.move(p, j.Written[i])
		if err != nil {
			return fmt.Errorf("write %s: %w", filepath.Join(d.name, filepath.FromSlash(p)), reason(err))
		}
		j.Written[i] = rec
		d.hook("moved")
	}
	for _, p := range j.Deletes {
		if _, back := at[p]; back || mv.same(p, lower[strings.ToLower(p)]) {
			continue
		}
		if err := mv.delete(p); err != nil {
			return fmt.Errorf("delete %s: %w", filepath.Join(d.name, filepath.FromSlash(p)), reason(err))
		}
	}
	if err := d.finish([]byte(j.Manifest), j.Written); err != nil {
		return err
	}
	return os.RemoveAll(j.Stage)
}

// to is where the file p of the site belongs.
func (mv *mover) to(p string) string { return filepath.Join(mv.dest, filepath.FromSlash(p)) }

// move brings one staged file in. A file that is not staged any more has been
// brought in before.
func (mv *mover) move(p string, rec written) (written, error) {
	from, to := filepath.Join(mv.stage, filepath.FromSlash(p)), mv.to(p)
	if _, err := mv.root.Lstat(from); errors.Is(err, fs.ErrNotExist) {
		return rec, nil
	}
	if err := mv.makeRoom(p); err != nil {
		return rec, err
	}
	err := mv.root.Rename(from, to)
	if err == nil || !otherDevice(err) {
		return rec, err
	}
	return mv.copy(from, to, rec)
}

// makeRoom makes the folders above p, and clears away old files of ours that
// are folders now, and old folders that are files.
func (mv *mover) makeRoom(p string) error {
	old := slices.Clone(mv.below[p])
	for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
		if mv.deletes[dir] {
			old = append(old, dir)
		}
	}
	for _, o := range old {
		if err := mv.delete(o); err != nil {
			return err
		}
	}
	if info, err := mv.root.Lstat(mv.to(p)); err == nil && info.IsDir() {
		// Empty by now, or not ours: then Remove fails, and says so.
		if err := mv.root.Remove(mv.to(p)); err != nil {
			return err
		}
	}
	return mv.root.MkdirAll(filepath.Dir(mv.to(p)), 0o777)
}

// copy brings a file to another file system: under another name first, so that
// nobody sees half of it.
func (mv *mover) copy(from, to string, rec written) (written, error) {
	sum, _ := digest.Parse(rec.SHA256)
	temp := filepath.Join(filepath.Dir(to), ".etagere-"+sum.Short())
	in, err := mv.root.Open(from)
	if err != nil {
		return rec, err
	}
	defer in.Close()
	out, err := mv.root.Create(temp)
	if err != nil {
		return rec, err
	}
	h := sha256.New()
	_, err = io.Copy(io.MultiWriter(out, h), in)
	if err = errors.Join(err, out.Close()); err == nil && digest.Digest(h.Sum(nil)) != sum {
		err = ErrChanged
	}
	if err == nil {
		rec, err = finishFile(mv.root, temp, rec, sum)
	}
	if err == nil {
		err = mv.root.Rename(temp, to)
	}
	if err != nil {
		return rec, errors.Join(err, mv.root.Remove(temp))
	}
	return rec, mv.root.Remove(from)
}

// same reports whether the old name p and the new name q are one file, as they
// are where case is ignored.
func (mv *mover) same(p, q string) bool {
	if q == "" || p == q {
		return false
	}
	a, errA := mv.root.Lstat(mv.to(p))
	b, errB := mv.root.Lstat(mv.to(q))
	return errA == nil && errB == nil && os.SameFile(a, b)
}

// delete deletes a file and the folders that are empty without it.
func (mv *mover) delete(p string) error {
	info, err := mv.root.Lstat(mv.to(p))
	if err == nil && info.IsDir() {
		return nil // the place was taken by a folder of the new build
	}
	if err == nil {
		err = mv.root.Remove(mv.to(p))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !notFolder(err) {
		return err
	}
	for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
		// What was a folder may be a file of the new build by now.
		if info, err := mv.root.Lstat(mv.to(dir)); err == nil && !info.IsDir() {
			break
		}
		if err := mv.root.Remove(mv.to(dir)); err != nil && !errors.Is(err, fs.ErrNotExist) && !notFolder(err) {
			break // not empty
		}
	}
	return nil
}
