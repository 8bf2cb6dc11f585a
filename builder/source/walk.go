package source

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/par"
)

// found is a file on its way into a snapshot.
type found struct {
	File
	info fs.FileInfo
	ok   bool
}

// walk is one look at all folders.
type walk struct {
	s        *Scanner
	files    []found
	problems diag.List
	errs     []error
	dirs     map[string]bool // by the author's name
}

// folder is a folder to list: as the author names it and as it really is.
type folder struct{ dir, real, target string }

// listing is what one folder has.
type listing struct {
	at       folder
	files    []found
	folders  []folder
	links    []folder // folders behind symbolic links
	problems diag.List
	err      error
}

// root walks one root: first all real folders, level by level, then what lies
// behind symbolic links, so that a real folder never loses to a link to it.
func (w *walk) root(ctx context.Context, r *root) error {
	start, ok := w.start(r)
	if !ok {
		return context.Cause(ctx)
	}
	r = w.texts(r)
	visited := make(map[string]string)
	level, links := []folder{start}, []folder(nil)
	for len(level)+len(links) > 0 {
		if len(level) == 0 {
			level, links = links[:1], links[1:]
		}
		todo := level[:0:0]
		for _, f := range level {
			if w.first(r, visited, f) {
				todo = append(todo, f)
			}
		}
		lists, err := par.Map(ctx, todo, func(_ context.Context, f folder) listing { return w.list(r, f) })
		if err != nil {
			return err
		}
		level = level[:0:0]
		for _, l := range lists {
			w.add(r, l)
			level = append(level, l.folders...)
			links = append(links, l.links...)
		}
	}
	return nil
}

// texts is r, where r is the site's whole folder without the machinery that
// turns out to be content: a folder "data" with Markdown in it is a chapter.
func (w *walk) texts(r *root) *root {
	if r.dir != "." || !below(r.target, "content") {
		return r
	}
	out := *r
	out.skip = maps.Clone(r.skip)
	for _, dir := range []string{"data", "i18n", "static"} {
		if slices.Contains(w.s.layout.Exclude, dir) {
			continue
		}
		// What can't be read here will be reported when it is listed.
		_ = fs.WalkDir(w.s.trees[r.layer].fs, dir, func(name string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || !IsMarkdown(name) {
				return nil
			}
			delete(out.skip, dir)
			return fs.SkipAll
		})
	}
	return &out
}

// start finds the root itself. A root that is a file is taken as it is where a
// mount names it.
func (w *walk) start(r *root) (folder, bool) {
	t := &w.s.trees[r.layer]
	name := t.fileName(r.dir)
	if !fs.ValidPath(r.dir) {
		w.problems = append(w.problems, diag.InFile(w.s.layout.Config, "folder-outside",
			"%q is not inside the site's folder", r.dir))
		return folder{}, false
	}
	real, info, err := t.resolve(r.dir)
	switch {
	case errors.Is(err, errOutside), errors.Is(err, errLoop):
		w.problems = append(w.problems, linkProblem(name, err))
		w.watchParents(t, r.dir)
		return folder{}, false
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrInvalid):
		w.watchParents(t, r.dir)
		w.missing(r)
		return folder{}, false
	case err != nil:
		w.errs = append(w.errs, fileError("read", name, err))
		return folder{}, false
	case info.IsDir():
		w.watchParents(t, r.dir)
		return folder{r.dir, real, r.target}, true
	}
	w.watchParents(t, r.dir)
	if r.mount && info.Mode().IsRegular() {
		f := File{Path: r.target, Name: name, Lang: r.lang, Layer: t.layer, layer: r.layer, real: real, order: r.order}
		if !strings.Contains(r.target, "/") {
			f.Path = path.Join(r.target, path.Base(r.dir))
		}
		w.files = append(w.files, found{File: f, info: info})
	}
	return folder{}, false
}

// missing reports a root that the configuration names and that isn't there.
func (w *walk) missing(r *root) {
	if r.layer != 0 {
		return
	}
	switch {
	case r.mount:
		w.problems = append(w.problems, diag.InFile(w.s.layout.Config, "mount-missing",
			"mounts: there is no %q in the site's folder", r.dir))
	case below(r.target, "content") && !w.s.mountsContent():
		w.problems = append(w.problems, diag.InFile(w.s.layout.Config, "content-missing",
			"content: there is no folder %q", r.dir).Warn().
			WithHint("make it, or name the folder that holds the pages: content = \"docs\""))
	}
}

// mountsContent reports whether pages come from a mount, so that a site can do
// without the folder for them.
func (s *Scanner) mountsContent() bool {
	for _, r := range s.roots {
		if r.mount && below(r.target, "content") {
			return true
		}
	}
	return false
}

// watchParents notes the folders above name that exist: what is missing now
// would appear in one of them.
func (w *walk) watchParents(t *tree, name string) {
	for p := name; p != "." && p != "/"; {
		p = path.Dir(p)
		if info, err := fs.Stat(t.fs, p); err == nil && info.IsDir() {
			w.dirs[t.fileName(p)] = true
		}
	}
}

// first reports whether f is to be listed, and notes that it is.
func (w *walk) first(r *root, visited map[string]string, f folder) bool {
	t := &w.s.trees[r.layer]
	before, again := visited[f.real]
	if !again {
		visited[f.real] = f.dir
		w.dirs[t.fileName(f.real)] = true
		return true
	}
	w.problems = append(w.problems, diag.InFile(t.fileName(f.dir), "symlink-repeat",
		"leads to a folder that the site has already, as %q; it is left out", t.fileName(before)).Warn())
	return false
}

func (w *walk) add(r *root, l listing) {
	switch {
	case l.err == nil:
	case errors.Is(l.err, fs.ErrNotExist):
		// Deleted while we looked.
	default:
		w.errs = append(w.errs, fileError("list", w.s.trees[r.layer].fileName(l.at.dir), l.err))
	}
	w.files = append(w.files, l.files...)
	w.problems = append(w.problems, l.problems...)
}

// list reads one folder.
func (w *walk) list(r *root, at folder) listing {
	l := listing{at: at}
	t := &w.s.trees[r.layer]
	entries, err := fs.ReadDir(t.fs, at.real)
	if err != nil {
		l.err = err
		return l
	}
	for _, e := range entries {
		sub := folder{path.Join(at.dir, e.Name()), path.Join(at.real, e.Name()), path.Join(at.target, e.Name())}
		if !utf8.ValidString(e.Name()) {
			l.problems = append(l.problems, diag.InFile(strings.ToValidUTF8(t.fileName(sub.dir), "\ufffd"), "name-encoding",
				"the name %q is not UTF-8; the file is left out", e.Name()).Warn().WithHint("rename it"))
			continue
		}
		info, err := e.Info()
		if e.Type()&fs.ModeSymlink != 0 && err == nil {
			if ignored(e.Name(), sub.target, false) && ignored(e.Name(), sub.target, true) {
				continue
			}
			if t.links {
				sub.real, info, err = t.resolve(sub.real)
			} else {
				err = fs.ErrInvalid
			}
			if err != nil {
				err = l.badLink(t.fileName(sub.dir), err)
			}
		}
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue // deleted while we looked, or reported by badLink
		case err != nil:
			l.err = fileError("read", e.Name(), err)
			return l
		case r.skip[sub.dir] || r.skip[sub.real] || ignored(e.Name(), sub.target, info.IsDir()) || w.s.patterns.match(t.fileName(sub.dir)):
			continue
		}
		l.entry(t, r, sub, e, info)
	}
	return l
}

// badLink turns a link that can't be used into a warning; any other error
// stays one.
func (l *listing) badLink(name string, err error) error {
	if errors.Is(err, errOutside) || errors.Is(err, errLoop) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		l.problems = append(l.problems, linkProblem(name, err))
		return fs.ErrNotExist
	}
	return err
}

// linkProblem says why the symbolic link name is left out.
func linkProblem(name string, err error) diag.Problem {
	code, why := "symlink-broken", "leads nowhere"
	switch {
	case errors.Is(err, errOutside):
		code, why = "symlink-outside", errOutside.Error()
	case errors.Is(err, errLoop):
		code, why = "symlink-loop", errLoop.Error()
	case errors.Is(err, fs.ErrInvalid):
		code, why = "symlink-outside", "cannot be followed here"
	}
	return diag.InFile(name, code, "the symbolic link %s; it is left out", why).Warn()
}

// entry sorts one entry of a folder into the listing.
func (l *listing) entry(t *tree, r *root, sub folder, e fs.DirEntry, info fs.FileInfo) {
	link := e.Type()&fs.ModeSymlink != 0
	switch {
	case info.IsDir() && link && below(l.at.real, sub.real):
		l.problems = append(l.problems, linkProblem(t.fileName(sub.dir), errLoop))
	case info.IsDir() && link:
		l.links = append(l.links, sub)
	case info.IsDir():
		l.folders = append(l.folders, sub)
	case info.Mode().IsRegular():
		l.files = append(l.files, found{info: info, File: File{
			Path: sub.target, Name: t.fileName(sub.dir), Lang: r.lang, Layer: t.layer,
			layer: r.layer, real: sub.real, order: r.order,
		}})
	}
}
