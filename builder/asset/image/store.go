package image

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/etagere/etagere/builder/asset"
	"github.com/etagere/etagere/builder/internal/digest"
)

// Store remembers sizes and variants of pictures: in memory, and in a folder
// where it is given one. In the folder lie the file "index", which says what the
// sizes are and which recipe a name stands for, and each variant that was made
// under its name. All of it is a cache: what is missing or damaged is worked out
// again. A Store may be used by several goroutines, and its folder by several
// processes.
type Store struct {
	dir string
	log *slog.Logger

	mu    sync.Mutex
	sizes map[digest.Digest]*size
	named map[string]*variant
	dirty bool
	today int64
}

// size is what is known of one picture; day is when it was last asked for, as
// days since 1970.
type size struct {
	info Info
	err  string
	day  int64
}

// variant is one name. sum is zero until it is made.
type variant struct {
	recipe Recipe
	sum    digest.Digest
	size   int64
	day    int64

	making sync.Mutex
	data   []byte // where there is no folder
}

// keepDays is how long what nobody asks for stays in the folder.
const keepDays = 30

// Open opens the store in a folder, which need not exist; "" keeps everything
// in memory.
func Open(dir string, log *slog.Logger) *Store {
	s := &Store{dir: dir, log: log, sizes: make(map[digest.Digest]*size), named: make(map[string]*variant)}
	s.today = time.Now().Unix() / (24 * 60 * 60)
	if dir != "" {
		if err := s.load(); err != nil && !errors.Is(err, fs.ErrNotExist) {
			log.Warn("the cache of pictures is dropped", "file", s.index(), "error", err)
			clear(s.sizes)
			clear(s.named)
		}
	}
	return s
}

func (s *Store) index() string { return filepath.Join(s.dir, "index") }

// Info is what Measure says of the bytes with a digest. A failure of open is
// returned as it is; a picture that is damaged gives a *Damaged.
func (s *Store) Info(d digest.Digest, open func() (io.ReadCloser, error)) (Info, error) {
	s.mu.Lock()
	known := s.sizes[d]
	if known != nil && known.day != s.today {
		known.day, s.dirty = s.today, true
	}
	s.mu.Unlock()
	if known == nil {
		r, err := open()
		if err != nil {
			return Info{}, err
		}
		known = &size{day: s.today}
		info, err := Measure(r)
		if pe, ok := errors.AsType[*fs.PathError](err); ok {
			return Info{}, errors.Join(pe, r.Close())
		}
		_ = r.Close() // it was only read
		if known.info = info; err != nil {
			known.err = err.Error()
		}
		s.mu.Lock()
		s.sizes[d], s.dirty = known, true
		s.mu.Unlock()
	}
	if known.err != "" {
		return Info{}, &Damaged{known.err}
	}
	return known.info, nil
}

// Damaged says that a picture cannot be read.
type Damaged struct{ Reason string }

// Error is the reason.
func (d *Damaged) Error() string { return d.Reason }

// Note makes sure that the variant's URL leads to its recipe from now on.
func (s *Store) Note(r Recipe) { s.variant(r) }

func (s *Store) variant(r Recipe) *variant {
	name := path.Base(r.URL())
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.named[name]
	if v == nil {
		v = &variant{recipe: r}
		s.named[name] = v
	}
	if v.day != s.today {
		v.day, s.dirty = s.today, true
	}
	return v
}

// Recipe is that of the variant at a URL.
func (s *Store) Recipe(url string) (Recipe, bool) {
	name, ok := strings.CutPrefix(url, asset.Prefix)
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.named[name]
	if !ok || v == nil {
		return Recipe{}, false
	}
	return v.recipe, true
}

// Sum is the digest and the number of bytes of a variant; false where it has
// not been made yet.
func (s *Store) Sum(r Recipe) (digest.Digest, int64, bool) {
	v := s.variant(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	return v.sum, v.size, !v.sum.IsZero()
}

// Bytes are those of a variant, made where they are not at hand. source gives
// the bytes of the picture. Of a picture that turns out to be damaged they are
// the picture's own, which a browser may make more of, with a *Damaged.
func (s *Store) Bytes(r Recipe, source func() ([]byte, error)) ([]byte, error) {
	v := s.variant(r)
	v.making.Lock()
	defer v.making.Unlock()
	if b, ok := s.kept(v); ok {
		return b, nil
	}
	src, err := source()
	if err != nil {
		return nil, err
	}
	out, err := Make(src, r)
	if err != nil {
		return src, &Damaged{err.Error()}
	}
	return out, s.keep(v, out)
}

// kept are the bytes of a variant that was made before, if they are what they
// were then.
func (s *Store) kept(v *variant) ([]byte, bool) {
	if s.dir == "" {
		return v.data, v.data != nil
	}
	s.mu.Lock()
	sum := v.sum
	s.mu.Unlock()
	if sum.IsZero() {
		return nil, false
	}
	name := filepath.Join(s.dir, path.Base(v.recipe.URL()))
	b, err := os.ReadFile(name)
	if err == nil && digest.Of(b) == sum {
		return b, true
	}
	if err == nil {
		s.log.Warn("a damaged picture in the cache is made again", "file", name)
	}
	return nil, false
}

// keep remembers the bytes of a variant.
func (s *Store) keep(v *variant, b []byte) error {
	s.mu.Lock()
	v.sum, v.size, s.dirty = digest.Of(b), int64(len(b)), true
	s.mu.Unlock()
	if s.dir == "" {
		v.data = b
		return nil
	}
	return s.replace(filepath.Join(s.dir, path.Base(v.recipe.URL())), b)
}

// replace writes a file in one step.
func (s *Store) replace(name string, b []byte) error {
	if err := os.MkdirAll(s.dir, 0o777); err != nil {
		return fmt.Errorf("write the cache: %w", err)
	}
	f, err := os.CreateTemp(s.dir, ".new-*")
	if err != nil {
		return fmt.Errorf("write the cache: %w", err)
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // which may be gone
		return fmt.Errorf("write the cache: %w", err)
	}
	return nil
}

// header begins the index; the digest of all that follows stands behind it.
const header = "etagere pictures 1 "

// Save writes down what there is to remember, and forgets what nobody has asked
// for in a month.
func (s *Store) Save() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dir == "" || !s.dirty {
		return nil
	}
	other := &Store{dir: s.dir, log: s.log, sizes: make(map[digest.Digest]*size), named: make(map[string]*variant)}
	if err := other.load(); err == nil { // another process may have learned more
		for d, z := range other.sizes {
			if s.sizes[d] == nil {
				s.sizes[d] = z
			}
		}
		for name, v := range other.named {
			if s.named[name] == nil {
				s.named[name] = v
			}
		}
	}
	var b strings.Builder
	for _, d := range slices.SortedFunc(maps.Keys(s.sizes), func(a, b digest.Digest) int { return strings.Compare(a.String(), b.String()) }) {
		if z := s.sizes[d]; z.day > s.today-keepDays {
			fmt.Fprintf(&b, "size %s %d %s %d %d %d %t %q\n", d, z.day, z.info.Format+"-", z.info.Width, z.info.Height, z.info.Orientation, z.info.Animated, z.err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.named)) {
		v := s.named[name]
		if v.day > s.today-keepDays {
			fmt.Fprintf(&b, "variant %s %d %s %d %s\n", name, v.day, v.sum, v.size, v.recipe)
			continue
		}
		delete(s.named, name)
		_ = os.Remove(filepath.Join(s.dir, name)) // it may never have been made
	}
	s.prune()
	if err := s.replace(s.index(), []byte(header+digest.OfString(b.String()).String()+"\n"+b.String())); err != nil {
		return err
	}
	s.dirty = false
	return nil
}

// prune removes files that no name leads to any more: of another version, or
// left behind by a process that was killed.
func (s *Store) prune() {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return // there is nothing yet
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && e.Name() != "index" && s.named[e.Name()] == nil && time.Since(info.ModTime()) > keepDays*24*time.Hour {
			_ = os.Remove(filepath.Join(s.dir, e.Name())) // the next prune tries again
		}
	}
}

// load reads the index.
func (s *Store) load() error {
	raw, err := os.ReadFile(s.index())
	if err != nil {
		return err
	}
	first, body, _ := strings.Cut(string(raw), "\n")
	sum, ok := strings.CutPrefix(first, header)
	if !ok || digest.OfString(body).String() != sum {
		return errors.New("it is damaged, or of another version")
	}
	for line := range strings.Lines(body) {
		line = strings.TrimSuffix(line, "\n")
		if kind, rest, _ := strings.Cut(line, " "); kind == "size" {
			ok = s.loadSize(rest)
		} else {
			ok = s.loadVariant(rest)
		}
		if !ok {
			return fmt.Errorf("it has a line %q", line)
		}
	}
	return nil
}

func (s *Store) loadSize(line string) bool {
	z := &size{}
	var sum string
	_, err := fmt.Sscanf(line, "%s %d %s %d %d %d %t %q", &sum, &z.day, &z.info.Format, &z.info.Width, &z.info.Height, &z.info.Orientation, &z.info.Animated, &z.err)
	z.info.Format = strings.TrimSuffix(z.info.Format, "-")
	d, ok := digest.Parse(sum)
	s.sizes[d] = z
	return ok && err == nil
}

func (s *Store) loadVariant(line string) bool {
	name, line, _ := strings.Cut(line, " ")
	f := strings.SplitN(line, " ", 4)
	if len(f) != 4 {
		return false
	}
	v := &variant{}
	var err1, err2 error
	var ok1, ok2 bool
	v.day, err1 = strconv.ParseInt(f[0], 10, 64)
	v.sum, ok1 = digest.Parse(f[1])
	v.size, err2 = strconv.ParseInt(f[2], 10, 64)
	v.recipe, ok2 = ParseRecipe(f[3])
	if err1 != nil || err2 != nil || !ok1 || !ok2 {
		return false
	}
	// With another encoder the recipe has another name, and maybe other bytes.
	if path.Base(v.recipe.URL()) == name {
		s.named[name] = v
	}
	return true
}
