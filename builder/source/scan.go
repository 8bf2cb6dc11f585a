package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/par"
)

// MaxMarkdown is the size that a Markdown file may have. Nobody writes so much:
// a larger one is a log or an image with the wrong name.
const MaxMarkdown = 64 << 20

// Scanner looks at a site again and again. It remembers what it has digested,
// so that a file whose size, time and inode have not changed isn't read again,
// and every look-up that a snapshot was asked for.
type Scanner struct {
	layout   Layout
	trees    []tree // the site first
	roots    []root
	patterns patterns
	problems diag.List // of the layout itself
	now      func() time.Time

	scanning sync.Mutex
	digests  cache

	mu    sync.Mutex
	looks map[string]bool
}

// New returns a Scanner of site under the themes, the higher first. Nothing is
// read before Scan.
func New(site fs.FS, theme []LayerFS, l Layout) *Scanner {
	s := &Scanner{layout: l.withDefaults(), now: time.Now, looks: make(map[string]bool)}
	s.patterns, s.problems = newPatterns(l.Ignore, s.layout.Config)
	s.trees = append(s.trees, newTree(site, "", Site, l.Dir))
	s.roots = s.layout.siteRoots()
	for i, t := range theme {
		s.trees = append(s.trees, newTree(t.FS, t.Name, t.Layer, t.Dir))
		s.roots = append(s.roots, s.layout.themeRoots(i+1)...)
	}
	return s
}

// Scan looks at all inputs. The problems concern names, links and sizes; the
// files they are about are left out where they can't be used. The error is the
// machine's: it names every file that could not be read, and there is no
// snapshot then.
func (s *Scanner) Scan(ctx context.Context) (*Snapshot, diag.List, error) {
	s.scanning.Lock()
	defer s.scanning.Unlock()

	w := &walk{s: s, dirs: make(map[string]bool)}
	for i := range s.roots {
		if err := w.root(ctx, &s.roots[i]); err != nil {
			return nil, nil, err
		}
	}
	files := w.merge()
	if err := s.digest(ctx, w, files); err != nil {
		return nil, nil, err
	}
	if err := joined(w.errs); err != nil {
		return nil, nil, err
	}
	snap := newSnapshot(s, w, files)
	if err := snap.lookAgain(ctx); err != nil {
		return nil, nil, err
	}
	problems := append(slices.Clone(s.problems), w.problems...)
	problems = append(problems, caseProblems(snap.files)...)
	return snap, problems.Sorted(), nil
}

// digest gives every file its digest, and drops those that are gone since they
// were listed or are too large.
func (s *Scanner) digest(ctx context.Context, w *walk, files []found) error {
	s.digests.begin()
	results, err := par.Map(ctx, files, func(_ context.Context, f found) digested {
		if f.info.Size() > MaxMarkdown && IsMarkdown(f.Path) {
			return digested{tooLarge: true}
		}
		return s.digests.of(&s.trees[f.layer], f.layer, f.real, f.info, s.now)
	})
	if err != nil {
		return err
	}
	for i, r := range results {
		f := &files[i]
		switch {
		case r.tooLarge:
			w.problems = append(w.problems, diag.InFile(f.Name, "file-size",
				"%d MiB are more than a Markdown file may have (%d MiB)", f.info.Size()>>20, MaxMarkdown>>20).
				WithHint("split it, or give it another extension"))
		case errors.Is(r.err, fs.ErrNotExist):
			// Deleted while we looked: as if it had never been there.
		case r.err != nil:
			w.errs = append(w.errs, fileError("read", f.Name, r.err))
		default:
			f.Digest, f.Size, f.ok = r.digest, r.size, true
		}
	}
	s.digests.end()
	return nil
}

// merge takes of all files for one place the one of the highest layer, and of
// those the one of the earliest root.
func (w *walk) merge() []found {
	files := w.files
	slices.SortFunc(files, func(a, b found) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Lang, b.Lang),
			cmp.Compare(a.layer, b.layer), cmp.Compare(a.order, b.order), strings.Compare(a.Name, b.Name))
	})
	out := files[:0]
	for _, f := range files {
		// Texts of all layers count, key by key: none hides another.
		texts := strings.HasPrefix(f.Path, "i18n/") && len(out) > 0 && out[len(out)-1].layer != f.layer
		if len(out) == 0 || texts || out[len(out)-1].Path != f.Path || out[len(out)-1].Lang != f.Lang {
			out = append(out, f)
			continue
		}
		if top := out[len(out)-1]; top.layer == f.layer {
			w.problems = append(w.problems, diag.InFile(f.Name, "file-hidden",
				"is hidden by %q: both are %q", top.Name, f.Path).Warn().
				WithHint("delete or rename one of them"))
		}
	}
	return out
}

// caseProblems are the names that differ only in case, a problem on some
// computers and none on others. Files are sorted by path.
func caseProblems(files []*File) diag.List {
	var problems diag.List
	type name struct{ path, file string }
	first, told := make(map[string]name), make(map[string]bool)
	for _, f := range files {
		// Every folder on the way is a name too; one that we have seen ends the look.
		for p := f.Path; p != "." && p != "/"; p = path.Dir(p) {
			dir, base := path.Split(p)
			key := f.Lang + "\x00" + dir + "\x00" + strings.ToLower(base)
			seen, ok := first[key]
			if !ok {
				first[key] = name{p, f.Name}
				continue
			}
			if seen.path == p {
				break
			}
			pair := f.Lang + "\x00" + p
			if !told[pair] {
				problems = append(problems, diag.InFile(f.Name, "name-case",
					"%q and %q (%s) differ only in case", p, seen.path, seen.file).Warn().
					WithHint("rename one of them: many computers and servers take both for one file"))
			}
			told[pair] = true
			break
		}
	}
	return problems
}

// maxErrors is how many unreadable files are named; a disk that fails would
// name them all.
const maxErrors = 10

func joined(errs []error) error {
	if len(errs) > maxErrors {
		more := fmt.Errorf("and %d more", len(errs)-maxErrors)
		errs = append(errs[:maxErrors:maxErrors], more)
	}
	return errors.Join(errs...)
}

// fileError says what we were doing with which of the author's files.
func fileError(doing, name string, err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		err = pe.Err
	}
	return fmt.Errorf("%s %s: %w", doing, name, err)
}
