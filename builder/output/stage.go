package output

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"

	"github.com/etagere/etagere/builder/internal/digest"
)

// ErrChanged says that the bytes of a file changed while they were copied.
var ErrChanged = errors.New("changed while it was copied")

// Stage is a build on its way to the destination. Put and PutReader may be
// called by several goroutines.
type Stage struct {
	d     *Dir
	lock  *os.File
	known *known
	there map[string]presence // when the build began

	mu     sync.Mutex
	put    map[string]*item
	staged int
	failed bool
	ended  bool

	// The staging folder is made with the first file that has changed.
	once     sync.Once
	onceErr  error
	dir      string
	root     *os.Root
	held     *os.File
	inDest   bool
	makeDirs sync.Map // folders that exist in the staging folder
}

// item is a file that was put.
type item struct {
	rec written
	// kept says that the file in the destination stays as it is.
	kept bool
}

// Put adds a file. A file whose bytes the destination has already is not
// written, nor is the one there read.
func (s *Stage) Put(f *File) error {
	return s.add(f.Path, digest.Of(f.Data), func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(f.Data)), nil
	})
}

// PutReader adds a file whose bytes, known by their digest, are in open's
// reader; f.Data is not used. open isn't called where the destination has the
// bytes already. Other bytes than those of sum are ErrChanged.
func (s *Stage) PutReader(f *File, sum digest.Digest, open func() (io.ReadCloser, error)) error {
	return s.add(f.Path, sum, open)
}

func (s *Stage) add(name string, sum digest.Digest, open func() (io.ReadCloser, error)) error {
	if !validPath(name) || !filepath.IsLocal(filepath.FromSlash(name)) {
		return fmt.Errorf("%q can't be the name of a file in the destination", name)
	}
	it := &item{rec: written{Path: name, SHA256: sum.String()}}
	s.mu.Lock()
	if s.put[name] != nil || s.ended {
		ended := s.ended
		s.mu.Unlock()
		if ended {
			return fmt.Errorf("write %s: the build has ended", name)
		}
		return fmt.Errorf("two files for %s", name)
	}
	s.put[name] = it
	s.mu.Unlock()

	if p, ok := s.there[name]; ok && !p.dir {
		if rec, ok := s.known.unchanged(name, it.rec.SHA256, p.info); ok {
			it.rec, it.kept = rec, true
			return nil
		}
	}
	err := s.write(it, sum, open)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.failed = true
		return fmt.Errorf("write %s: %w", filepath.Join(s.d.name, filepath.FromSlash(name)), reason(err))
	}
	s.staged++
	return nil
}

// write streams one file into the staging folder.
func (s *Stage) write(it *item, sum digest.Digest, open func() (io.ReadCloser, error)) error {
	s.once.Do(func() { s.onceErr = s.makeStage() })
	if s.onceErr != nil {
		return s.onceErr
	}
	r, err := open()
	if err != nil {
		return err
	}
	defer r.Close()
	name := filepath.FromSlash(it.rec.Path)
	if err := s.mkdir(path.Dir(it.rec.Path)); err != nil {
		return err
	}
	f, err := s.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	h := sha256.New()
	_, err = io.Copy(io.MultiWriter(f, h), r)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if digest.Digest(h.Sum(nil)) != sum {
		return ErrChanged
	}
	it.rec, err = finishFile(s.root, name, it.rec, sum)
	return err
}

// finishFile gives a file its time and says what it is now.
func finishFile(root *os.Root, name string, rec written, sum digest.Digest) (written, error) {
	t := ModTime(sum)
	if err := root.Chtimes(name, t, t); err != nil {
		return rec, err
	}
	info, err := root.Lstat(name)
	if err != nil {
		return rec, err
	}
	rec.Size, rec.Time, rec.Inode = info.Size(), info.ModTime().UnixNano(), inode(info)
	return rec, nil
}

// mkdir makes a folder in the staging folder, asking the system only once.
func (s *Stage) mkdir(dir string) error {
	if dir == "." {
		return nil
	}
	if _, ok := s.makeDirs.Load(dir); ok {
		return nil
	}
	if err := s.root.MkdirAll(filepath.FromSlash(dir), 0o777); err != nil {
		return err
	}
	for ; dir != "."; dir = path.Dir(dir) {
		s.makeDirs.Store(dir, true)
	}
	return nil
}

// makeStage makes the staging folder: beside the destination, or in it where
// that is another file system or we may not write there.
func (s *Stage) makeStage() error {
	parent := filepath.Dir(s.d.dest)
	info, err := os.Stat(s.d.dest)
	exists := err == nil
	if exists {
		up, err := os.Stat(parent)
		s.inDest = err != nil || !sameDevice(info, up)
	}
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return err
	}
	err = nil
	if !s.inDest {
		s.dir, err = mkdirRandom(parent, s.d.stagePrefix())
		s.inDest = err != nil && exists
	}
	if s.inDest {
		s.dir, err = mkdirRandom(s.d.dest, s.d.stagePrefix())
	}
	if err != nil {
		return err
	}
	if s.held, err = lockFolder(s.dir); err != nil {
		return err
	}
	if exists {
		keepOwner(s.dir, info)
		if err := os.Chmod(s.dir, info.Mode().Perm()); err != nil {
			return err
		}
	}
	s.root, err = os.OpenRoot(s.dir)
	return err
}

// mkdirRandom makes a new folder whose name begins with prefix, open to whom
// the umask lets in: unlike a temporary one it will be published.
func mkdirRandom(parent, prefix string) (string, error) {
	for try := 0; ; try++ {
		dir := filepath.Join(parent, prefix+rand.Text()[:12])
		err := os.Mkdir(dir, 0o777)
		if err == nil {
			return dir, nil
		}
		if !errors.Is(err, fs.ErrExist) || try > 100 {
			return "", err
		}
	}
}

// Abort ends the build; the destination stays as it is.
func (s *Stage) Abort() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return nil
	}
	s.ended = true
	return s.release()
}

// release removes the staging folder and gives the locks back.
func (s *Stage) release() error {
	var errs []error
	if s.root != nil {
		errs = append(errs, s.root.Close())
		s.root = nil
	}
	if s.dir != "" {
		errs = append(errs, os.RemoveAll(s.dir))
	}
	unlock(s.held)
	unlock(s.lock)
	s.held, s.lock = nil, nil
	return errors.Join(errs...)
}

// reason is err without the names that its caller gives better.
func reason(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	if le, ok := errors.AsType[*os.LinkError](err); ok {
		return le.Err
	}
	return err
}
