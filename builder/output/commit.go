package output

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/internal/digest"
)

// errNoExchange says that folders can't be exchanged here.
var errNoExchange = errors.New("folders can't be exchanged")

// Commit makes the files that were put, and m lists, those of the destination,
// deletes those that an earlier build wrote and this one does not have, and
// says what is different. Where nothing is, nothing is written. Files of
// others stay; one that stands where a file of ours belongs is an error, and
// the destination then stays as it is.
func (s *Stage) Commit(m *Manifest) (Change, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return Change{}, errors.New("commit: the build has ended")
	}
	s.ended = true
	if s.failed {
		return Change{}, errors.Join(errors.New("commit: not all files were written"), s.release())
	}
	c, err := s.commit(m)
	return c, errors.Join(err, s.release())
}

func (s *Stage) commit(m *Manifest) (Change, error) {
	if err := s.complete(m); err != nil {
		return Change{}, err
	}
	raw := m.Bytes()
	c := Diff(s.known.manifest, m)
	deletes := s.deletes()
	if s.staged == 0 && len(deletes) == 0 {
		return c, s.d.finish(raw, s.records())
	}
	s.once.Do(func() { s.onceErr = s.makeStage() })
	if s.onceErr != nil {
		return Change{}, fmt.Errorf("publish to %s: %w", s.d.name, s.onceErr)
	}
	there, err := s.d.list(s.known.listed)
	if err != nil {
		return Change{}, fmt.Errorf("list destination: %w", err)
	}
	if err := s.collisions(there); err != nil {
		return Change{}, err
	}
	j := &journal{Stage: s.dir, Manifest: string(raw), Written: s.records(), Deletes: deletes}
	err = errNoExchange
	if s.staged+len(deletes) > 1 {
		err = s.swap(j, there)
	} // one file alone is moved in one step anyway
	if errors.Is(err, errNoExchange) {
		err = s.place(j)
	}
	if err != nil {
		return Change{}, fmt.Errorf("publish to %s: %w", s.d.name, err)
	}
	return c, s.d.finish(raw, j.Written)
}

// complete reports a manifest that does not list exactly what was put.
func (s *Stage) complete(m *Manifest) error {
	if err := m.validate(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	listed := 0
	check := func(path, sum string) error {
		listed++
		if it := s.put[path]; it == nil || it.rec.SHA256 != sum {
			return fmt.Errorf("commit: the manifest lists %s with bytes that were not put", path)
		}
		return nil
	}
	for i := range m.Files {
		e := &m.Files[i]
		if err := check(e.Path, e.SHA256); err != nil {
			return err
		}
		for _, c := range e.Encodings {
			if err := check(PackedPath(e.Path, c.Coding), c.SHA256); err != nil {
				return err
			}
		}
	}
	if listed != len(s.put) {
		return fmt.Errorf("commit: the manifest lists %d files of %d", listed, len(s.put))
	}
	return nil
}

// records is what the destination will have, sorted by path.
func (s *Stage) records() []written {
	list := make([]written, 0, len(s.put))
	for _, p := range slices.Sorted(maps.Keys(s.put)) {
		list = append(list, s.put[p].rec)
	}
	return list
}

// deletes are the files of earlier builds that are there and no longer made. A
// packed file stands before the one that it was packed from: web servers would
// go on to send it alone.
func (s *Stage) deletes() []string {
	var list []string
	for p := range s.known.listed {
		if old, ok := s.there[p]; ok && !old.dir && s.put[p] == nil {
			list = append(list, p)
		}
	}
	slices.Sort(list)
	slices.Reverse(list)
	return list
}

// collisions are the files of others that stand where ours belong.
func (s *Stage) collisions(there map[string]presence) error {
	var bad []string
	seen := make(map[string]bool)
	report := func(p string) {
		if !seen[p] {
			seen[p] = true
			bad = append(bad, p)
		}
	}
	blocked := foreignFolders(there, s.known.listed)
	for _, p := range slices.Sorted(maps.Keys(s.put)) {
		it := s.put[p]
		if old, ok := there[p]; ok && !it.kept {
			switch {
			case old.dir && blocked[p]:
				report(p + "/")
			case !old.dir && !s.known.listed[p] && !s.ours(p, it.rec.SHA256, old.info):
				report(p)
			}
		}
		for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
			if old, ok := there[dir]; ok && !old.dir && !s.known.listed[dir] {
				report(dir)
			}
		}
	}
	if len(bad) == 0 {
		return nil
	}
	const show = 5
	more := ""
	if len(bad) > show {
		more = fmt.Sprintf(" and %d more", len(bad)-show)
		bad = bad[:show]
	}
	return fmt.Errorf("destination %s has files that étagère did not write, where its own belong: %s%s; choose another destination, or delete them",
		s.d.name, strings.Join(bad, ", "), more)
}

// foreignFolders are the folders with a file of others somewhere below.
func foreignFolders(there map[string]presence, listed map[string]bool) map[string]bool {
	blocked := make(map[string]bool)
	for p, f := range there {
		if f.dir || listed[p] {
			continue
		}
		for dir := path.Dir(p); dir != "." && !blocked[dir]; dir = path.Dir(dir) {
			blocked[dir] = true
		}
	}
	return blocked
}

// ours reports whether a file that no manifest lists may be replaced all the
// same, because the state was deleted or the build before was another
// checkout's: it has the bytes that we would write, or the time that we, and
// hardly anybody else, give to its bytes.
func (s *Stage) ours(p, sum string, info fs.FileInfo) bool {
	if !info.Mode().IsRegular() {
		return false
	}
	b, err := os.ReadFile(filepath.Join(s.d.dest, filepath.FromSlash(p)))
	if err != nil {
		return false
	}
	d := digest.Of(b)
	return d.String() == sum || ModTime(d).Equal(info.ModTime())
}
