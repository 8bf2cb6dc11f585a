package source

import (
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Root is a folder with the content of one language.
type Root struct {
	// Dir is relative to the site's root: "content/zh", "docs"; "." is the root itself.
	Dir string
	// Lang is the key of the language.
	Lang string
	// Target is the place in the tree: "" means "content".
	Target string
}

// Mount puts a folder or a file of the site at another place of its tree.
type Mount struct {
	// Source is relative to the site's root.
	Source string
	// Target begins with one of the tree's folders: "static", "content/blog".
	Target string
	// Lang is the language of mounted content; "" means that of the first root.
	Lang string
}

// Layout says which folders of a site are scanned and what they become.
type Layout struct {
	// Dir is the absolute path of the site's folder on disk. It serves to tell
	// an absolute symbolic link that stays inside the site from one that leaves
	// it; without it every absolute link leaves.
	Dir string
	// Content are the content roots. None means "content" without a language.
	Content []Root
	// Mounts are further folders. Where a mount and a folder of the site have a
	// file for one place, the folder's is taken, then the earlier mount's.
	Mounts []Mount
	// Ignore are patterns (doublestar), matched against File.Name.
	Ignore []string
	// Exclude are folders, relative to the site's root, that are never looked
	// into, not even by Load: the destination and ".etagere".
	Exclude []string
	// Config is the name that mistakes in the layout are reported at: "config.toml".
	Config string
}

// LayerFS is the file system of a theme.
type LayerFS struct {
	FS fs.FS
	// Name goes before the names of its files: "themes/mine", "[shelf]". A
	// name in brackets is not on disk and does not appear in Dirs.
	Name  string
	Layer Layer
	// Dir is the absolute path on disk, as in Layout; may be empty.
	Dir string
}

// The folders of a site and of a theme beside its content.
var folders = [...]string{"archetypes", "assets", "data", "i18n", "layouts", "static"}

// root is one folder or file to walk: a content root, one of folders or a mount.
type root struct {
	layer  int
	dir    string // in the layer's file system
	target string
	lang   string
	order  int
	mount  bool
	// skip are folders below dir that belong to another root, or to none.
	skip map[string]bool
}

func (l Layout) withDefaults() Layout {
	if len(l.Content) == 0 {
		l.Content = []Root{{Dir: "content"}}
	}
	l.Content = slices.Clone(l.Content)
	for i := range l.Content {
		r := &l.Content[i]
		r.Dir = cleanDir(r.Dir)
		if r.Target == "" {
			r.Target = "content"
		}
		r.Target = cleanDir(r.Target)
	}
	l.Mounts = slices.Clone(l.Mounts)
	for i := range l.Mounts {
		m := &l.Mounts[i]
		m.Source, m.Target = cleanDir(m.Source), cleanDir(m.Target)
		if m.Lang == "" && below(m.Target, "content") {
			m.Lang = l.Content[0].Lang
		}
		if !below(m.Target, "content") {
			m.Lang = ""
		}
	}
	l.Exclude = slices.Clone(l.Exclude)
	for i, dir := range l.Exclude {
		l.Exclude[i] = cleanDir(dir)
	}
	if l.Config == "" {
		l.Config = "config.toml"
	}
	return l
}

// cleanDir is dir with slashes, without a leading or trailing one. A path that
// leaves the root keeps its leading "..": no file system has it.
func cleanDir(dir string) string {
	return path.Clean(strings.TrimLeft(filepath.ToSlash(dir), "/"))
}

// below reports whether name is dir or lies in it.
func below(name, dir string) bool {
	return dir == "." || name == dir || strings.HasPrefix(name, dir+"/")
}

// siteRoots are the roots of the site's own layer, in order of precedence.
func (l Layout) siteRoots() []root {
	var roots []root
	seen := make(map[string]bool)
	add := func(r root) {
		// A folder that is the content of two languages is scanned for the first.
		key := r.dir + "\x00" + r.target
		if seen[key] {
			return
		}
		seen[key] = true
		r.order = len(roots)
		roots = append(roots, r)
	}
	for _, c := range l.Content {
		add(root{dir: c.Dir, target: c.Target, lang: c.Lang})
	}
	for _, dir := range folders {
		add(root{dir: dir, target: dir})
	}
	for _, m := range l.Mounts {
		add(root{dir: m.Source, target: m.Target, lang: m.Lang, mount: true})
	}
	for i := range roots {
		roots[i].skip = l.skipped(roots, i)
	}
	return roots
}

// skipped are the folders that the walk of roots[i] leaves out: what is never
// looked into, and for content also the other content roots and, where the
// content root is the site's root, the folders that are the site's machinery.
func (l Layout) skipped(roots []root, i int) map[string]bool {
	r := roots[i]
	skip := make(map[string]bool)
	for _, dir := range l.Exclude {
		skip[dir] = true
	}
	if !below(r.target, "content") {
		return skip
	}
	for j, o := range roots {
		if j != i && o.dir != r.dir && below(o.dir, r.dir) && below(o.target, "content") {
			skip[o.dir] = true
		}
	}
	if r.dir == "." {
		// Pictures often lie in assets/ beside the texts that show them, so that
		// folder stays content too; of others see walk.texts.
		for _, dir := range []string{"archetypes", "data", "i18n", "layouts", "static", "themes", l.Config} {
			skip[dir] = true
		}
	}
	return skip
}

// themeRoots are the roots of a theme: a language's content lies in the folder
// named as its key, all other content is the first language's.
func (l Layout) themeRoots(layer int) []root {
	first := l.Content[0].Lang
	main := root{layer: layer, dir: "content", target: "content", lang: first, skip: map[string]bool{}}
	roots := []root{main}
	for i, c := range l.Content {
		dir := "content/" + c.Lang
		if c.Lang == "" || main.skip[dir] {
			continue
		}
		main.skip[dir] = true
		roots = append(roots, root{layer: layer, dir: dir, target: "content", lang: c.Lang, order: i})
	}
	for _, dir := range folders {
		roots = append(roots, root{layer: layer, dir: dir, target: dir})
	}
	return roots
}
