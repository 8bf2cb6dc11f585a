package source

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
)

// The reasons why a symbolic link leads to nothing that we read.
var (
	errOutside = errors.New("leads out of the site")
	errLoop    = errors.New("leads round in a circle")
)

// maxLinks is how many symbolic links one path may go through; Linux has 40 too.
const maxLinks = 40

// tree is one file system together with where it is on disk.
type tree struct {
	fs fs.FS
	// name goes before the names of its files; empty for the site.
	name  string
	layer Layer
	// dirs are absolute paths of its root: as given, and with links resolved.
	dirs []string
	// links says that the file system tells where symbolic links lead.
	links bool
}

func newTree(fsys fs.FS, name string, layer Layer, dir string) tree {
	t := tree{fs: fsys, name: name, layer: layer}
	_, t.links = fsys.(fs.ReadLinkFS)
	if dir == "" {
		return t
	}
	t.dirs = append(t.dirs, filepath.Clean(dir))
	if real, err := filepath.EvalSymlinks(dir); err == nil && real != t.dirs[0] {
		t.dirs = append(t.dirs, real)
	}
	return t
}

// fileName is what the author calls the file at p.
func (t *tree) fileName(p string) string {
	if t.name == "" {
		return p
	}
	return path.Join(t.name, p)
}

// resolve is the path of name with all symbolic links followed, and what is
// there. The error is errOutside, errLoop or the file system's.
func (t *tree) resolve(name string) (string, fs.FileInfo, error) {
	todo := strings.Split(name, "/")
	real, links := ".", 0
	info, err := fs.Stat(t.fs, ".")
	if err != nil {
		return "", nil, err
	}
	for len(todo) > 0 {
		elem := todo[0]
		todo = todo[1:]
		switch elem {
		case "", ".":
			continue
		case "..":
			if real == "." {
				return "", nil, errOutside
			}
			real = path.Dir(real)
			info, err = fs.Lstat(t.fs, real)
		default:
			info, err = fs.Lstat(t.fs, path.Join(real, elem))
		}
		if err != nil {
			return "", nil, err
		}
		if elem == ".." {
			continue
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			real = path.Join(real, elem)
			if len(todo) > 0 && !info.IsDir() {
				return "", nil, fs.ErrNotExist
			}
			continue
		}
		if links++; links > maxLinks {
			return "", nil, errLoop
		}
		target, err := fs.ReadLink(t.fs, path.Join(real, elem))
		if err != nil {
			return "", nil, err
		}
		rest, ok := t.inside(real, target)
		if !ok {
			return "", nil, errOutside
		}
		if rest.absolute {
			real = "."
		}
		todo = append(strings.Split(rest.path, "/"), todo...)
	}
	return real, info, nil
}

// target is what a link says, made relative: to the root where it is absolute,
// to the link's folder otherwise.
type target struct {
	path     string
	absolute bool
}

// inside reads a link that lies in folder dir. It is false for a link out of
// the tree.
func (t *tree) inside(dir, link string) (target, bool) {
	slashed := filepath.ToSlash(link)
	leaves := strings.HasPrefix(path.Join(dir, slashed)+"/", "../")
	if !filepath.IsAbs(link) && !strings.HasPrefix(slashed, "/") && !leaves {
		return target{path: slashed}, true
	}
	// What leaves the folder may come back to it by its full name.
	for _, root := range t.dirs {
		full := filepath.Clean(link)
		if !filepath.IsAbs(full) {
			full = filepath.Join(root, filepath.FromSlash(dir), full)
		}
		rel, err := filepath.Rel(root, full)
		if err == nil && filepath.IsLocal(rel) {
			return target{path: filepath.ToSlash(rel), absolute: true}, true
		}
	}
	return target{}, false
}
