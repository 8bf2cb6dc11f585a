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

	"github.com/etagere/etagere/builder/coding"
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
	slices.SortFunc(m.Files, func(a, b Entry) int { return strings.Compare(a.Path, b.Path) })
	var pages []string
	for i := range m.Files {
		e := &m.Files[i]
		if isEntrance(e.Class) {
			pages = append(pages, s.moves(e)...)
		} else {
			j.Moves = append(j.Moves, s.moves(e)...)
		}
		j.Stale = append(j.Stale, s.stale(e)...)
	}
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

// moves are the staged files of one entry in the order in which they go in: the
// packed ones follow the one that they were packed from.
func (s *Stage) moves(e *Entry) []string {
	var list []string
	if !s.put[e.Path].kept {
		list = append(list, e.Path)
	}
	for _, c := range e.Encodings {
		if at := PackedPath(e.Path, c.Coding); !s.put[at].kept {
			list = append(list, at)
		}
	}
	return list
}

// stale are the packed files of earlier builds that may not be there any more
// when the file of e has its new bytes: whoever reads in between, or after a
// crash, gets the plain file.
func (s *Stage) stale(e *Entry) []string {
	if s.put[e.Path].kept {
		return nil
	}
	var list []string
	for _, name := range coding.All() {
		at := PackedPath(e.Path, name)
		old, there := s.there[at]
		if it := s.put[at]; there && !old.dir && s.known.listed[at] && (it == nil || !it.kept) {
			list = append(list, at)
		}
	}
	return list
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
	// stale are the packed files to delete before their plain one moves in.
	stale map[string]bool
	hook  func(step string)
}

func (d *Dir) newMover(root *os.Root, dest string, j *journal) *mover {
	mv := &mover{
		hook: d.hook, root: root, dest: dest, stage: filepath.Base(j.Stage),
		deletes: make(map[string]bool), below: make(map[string][]string), stale: make(map[string]bool),
	}
	for _, p := range j.Stale {
		mv.stale[p] = true
	}
	for _, p := range j.Deletes {
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
	mv := d.newMover(root, dest, j)
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
	if err := mv.removeStale(p); err != nil {
		return rec, err
	}
	err := mv.root.Rename(from, to)
	if err == nil || !otherDevice(err) {
		return rec, err
	}
	return mv.copy(from, to, rec)
}

// removeStale removes what was packed from the file p as it was.
func (mv *mover) removeStale(p string) error {
	for _, name := range coding.All() {
		at := PackedPath(p, name)
		if !mv.stale[at] {
			continue
		}
		info, err := mv.root.Lstat(mv.to(at))
		if err == nil && !info.IsDir() { // a folder is the new build's
			err = mv.root.Remove(mv.to(at))
			mv.hook("stale")
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !notFolder(err) {
			return err
		}
	}
	return nil
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
