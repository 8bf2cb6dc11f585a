package output

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// written is a file as we left it in the destination. While its inode, size
// and time are these, its bytes are those of the digest.
type written struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
	Time   int64  `json:"time"` // nanoseconds
	Inode  uint64 `json:"inode"`
}

func (w written) matches(info fs.FileInfo) bool {
	return info.Mode().IsRegular() && info.Size() == w.Size && info.ModTime().UnixNano() == w.Time && inode(info) == w.Inode
}

// journal is written before a commit touches the destination. Whatever happens
// then, the next run knows what may be there, and what is left to do.
type journal struct {
	// Place says that files are moved in one by one; else folders are exchanged.
	Place bool `json:"place"`
	// Stage is the staging folder.
	Stage string `json:"stage"`
	// Moves are the staged files in order, Deletes those to delete after them.
	Moves   []string `json:"moves"`
	Deletes []string `json:"deletes"`
	// Stale are packed files that go just before the file that they were packed
	// from gets other bytes.
	Stale []string `json:"stale"`
	// Manifest and Written are the state that holds afterwards.
	Manifest string    `json:"manifest"`
	Written  []written `json:"written"`
}

// known is what the state folder tells of the destination.
type known struct {
	manifest *Manifest
	raw      []byte // of the manifest
	journal  *journal
	// listed are the paths that a manifest of ours lists: all that may be
	// replaced or deleted.
	listed map[string]bool
	files  map[string][]written
}

const (
	manifestName = "manifest.json"
	writtenName  = "written.json"
	journalName  = "journal.json"
)

// readState reads the state. What is damaged counts as not there: then files
// are written anew, and nothing is deleted.
func (d *Dir) readState() *known {
	k := &known{listed: make(map[string]bool), files: make(map[string][]written)}
	if raw, err := os.ReadFile(filepath.Join(d.state, manifestName)); err == nil {
		if m, err := DecodeManifest(bytes.NewReader(raw)); err == nil {
			k.manifest, k.raw = m, raw
			k.list(m)
		}
	}
	if b, err := os.ReadFile(filepath.Join(d.state, writtenName)); err == nil {
		var list []written
		if json.Unmarshal(b, &list) == nil {
			k.add(list)
		}
	}
	b, err := os.ReadFile(filepath.Join(d.state, journalName))
	if err != nil {
		return k
	}
	j := new(journal)
	if json.Unmarshal(b, j) != nil || !j.valid(d) {
		return k
	}
	if m, err := DecodeManifest(strings.NewReader(j.Manifest)); err == nil {
		k.journal = j
		k.list(m)
		k.add(j.Written)
	}
	return k
}

// valid reports whether j can be acted on: it names nothing outside the
// destination and our own staging folder.
func (j *journal) valid(d *Dir) bool {
	parent := filepath.Dir(j.Stage)
	if j.Stage != "" && (parent != filepath.Dir(d.dest) && parent != d.dest || !strings.HasPrefix(filepath.Base(j.Stage), d.stagePrefix())) {
		return false
	}
	bad := func(p string) bool { return !validPath(p) }
	return !slices.ContainsFunc(j.Moves, bad) && !slices.ContainsFunc(j.Deletes, bad) && !slices.ContainsFunc(j.Stale, bad)
}

func (k *known) list(m *Manifest) {
	for i := range m.Files {
		e := &m.Files[i]
		k.listed[e.Path] = true
		for _, c := range e.Encodings {
			k.listed[PackedPath(e.Path, c.Coding)] = true
		}
	}
}

func (k *known) add(list []written) {
	for _, w := range list {
		k.files[w.Path] = append(k.files[w.Path], w)
	}
}

// unchanged is the record of the file at path with digest sum, where the file
// that is there is as we left it.
func (k *known) unchanged(path, sum string, info fs.FileInfo) (written, bool) {
	for _, w := range k.files[path] {
		if w.SHA256 == sum && w.matches(info) {
			return w, true
		}
	}
	return written{}, false
}

// finish makes m and list the state, and ends the journal. Files whose bytes
// would not change are left alone.
func (d *Dir) finish(raw []byte, list []written) error {
	slices.SortFunc(list, func(a, b written) int { return strings.Compare(a.Path, b.Path) })
	if err := d.writeState(writtenName, jsonOf(list)); err != nil {
		return err
	}
	if err := d.writeState(manifestName, raw); err != nil {
		return err
	}
	err := os.Remove(filepath.Join(d.state, journalName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("end journal: %w", err)
	}
	return nil
}

// writeState writes one file of the state so that after a crash it is the old
// or the new one, whole.
func (d *Dir) writeState(name string, data []byte) error {
	root, err := os.OpenRoot(d.state)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	defer root.Close()
	if old, err := root.ReadFile(name); err == nil && bytes.Equal(old, data) {
		return nil
	}
	temp := name + ".new"
	f, err := root.OpenFile(temp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o666)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = root.Rename(temp, name)
	}
	if err != nil {
		_ = root.Remove(temp)
		return fmt.Errorf("write %s: %w", filepath.Join(d.state, name), err)
	}
	return nil
}
