package builder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/layout"
	"github.com/etagere/etagere/builder/render"
	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/source"
)

// stateDir is where étagère keeps what it remembers of a site.
const stateDir = ".etagere"

// builtin is the folder among the built-in themes that lies under every theme.
const builtin = "builtin"

func readOptional(fsys fs.FS, name string) ([]byte, error) {
	b, err := fs.ReadFile(fsys, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err // which names the file
	}
	if b == nil {
		b = []byte{}
	}
	return b, nil
}

func isChanged(err error) bool { return errors.Is(err, source.ErrChanged) }

// themeDir finds a theme: the site's own, or a built-in one.
func (b *Builder) themeDir(name string) (fsys fs.FS, label string, own bool, err error) {
	if !fs.ValidPath(name) || name == "." || strings.Contains(name, "/") {
		return nil, "", false, fs.ErrNotExist
	}
	dir := "themes/" + name
	if info, err := fs.Stat(b.fs, dir); err == nil && info.IsDir() {
		sub, err := fs.Sub(b.fs, dir)
		return sub, dir, true, err
	}
	if b.options.Themes == nil || name == builtin {
		return nil, "", false, fs.ErrNotExist
	}
	if _, err := fs.Stat(b.options.Themes, name); err != nil {
		return nil, "", false, fs.ErrNotExist
	}
	sub, err := fs.Sub(b.options.Themes, name)
	return sub, "[" + name + "]", false, err
}

// themeConfig reads a theme's theme.toml for config.Load.
func (b *Builder) themeConfig(name string) (string, []byte, error) {
	fsys, label, _, err := b.themeDir(name)
	if err != nil {
		return "", nil, err
	}
	src, err := readOptional(fsys, "theme.toml")
	return label + "/theme.toml", src, err
}

// themeNames are all themes there are.
func (b *Builder) themeNames() []string {
	var names []string
	add := func(fsys fs.FS, dir string) {
		entries, _ := fs.ReadDir(fsys, dir)
		for _, e := range entries {
			if e.IsDir() && e.Name() != builtin {
				names = append(names, e.Name())
			}
		}
	}
	add(b.fs, "themes")
	if b.options.Themes != nil {
		add(b.options.Themes, ".")
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// layers are the folders under the site's own, the theme first.
func (b *Builder) layers(cfg *config.Config) []source.LayerFS {
	var list []source.LayerFS
	if fsys, label, own, err := b.themeDir(cfg.Theme); err == nil {
		l := source.LayerFS{FS: fsys, Name: label, Layer: source.Theme}
		if own && b.root != "" {
			l.Dir = filepath.Join(b.root, filepath.FromSlash(label))
		}
		list = append(list, l)
	}
	if b.options.Themes != nil {
		if _, err := fs.Stat(b.options.Themes, builtin); err == nil {
			if sub, err := fs.Sub(b.options.Themes, builtin); err == nil {
				list = append(list, source.LayerFS{FS: sub, Name: "[" + builtin + "]", Layer: source.Builtin})
			}
		}
	}
	return list
}

// contentRoots are the folders with content, by language.
func (b *Builder) contentRoots(cfg *config.Config) []source.Root {
	var roots []source.Root
	shared := false
	for _, key := range cfg.LanguageKeys() {
		dir := cfg.LanguageOf(key).Content
		if dir == "" {
			candidate := path.Join(cfg.Content, key)
			if info, err := fs.Stat(b.fs, candidate); err == nil && info.IsDir() && len(cfg.Languages) > 0 {
				dir = candidate
			}
		}
		if dir == "" {
			if shared {
				continue
			}
			shared, dir = true, cfg.Content
		}
		roots = append(roots, source.Root{Dir: path.Clean(dir), Lang: key})
	}
	return roots
}

// scan looks at all inputs.
func (b *Builder) scan(ctx context.Context, cfg *config.Config, layers []source.LayerFS) (*source.Snapshot, diag.List, error) {
	l := source.Layout{
		Dir: b.root, Content: b.contentRoots(cfg), Ignore: cfg.Ignore, Config: config.FileName,
		Exclude: append([]string{stateDir}, b.options.Exclude...),
	}
	for _, m := range cfg.Mounts {
		l.Mounts = append(l.Mounts, source.Mount{Source: m.Source, Target: m.Target, Lang: m.Lang})
	}
	key := fmt.Sprintf("%v|%v", l, layerNames(layers))
	if b.scanner == nil || b.scannerFor != key {
		b.scanner, b.scannerFor = source.New(b.fs, layers, l), key
	}
	return b.scanner.Scan(ctx)
}

func layerNames(layers []source.LayerFS) []string {
	var names []string
	for _, l := range layers {
		names = append(names, l.Name)
	}
	return names
}

// digestOf identifies the inputs: the configuration and what is wrong with it,
// the history, the files.
func digestOf(cfg *config.Config, problems diag.List, commits map[string]*site.Commit, snap *source.Snapshot) digest.Digest {
	h := digest.New().Digest(cfg.Digest()).Digest(snap.FilesDigest()).Int(int64(len(commits)))
	for _, p := range problems {
		h.String(p.String()).String(p.Hint).String(p.Source).Int(int64(p.Severity))
	}
	for _, name := range sortedKeys(commits) {
		h.String(name).String(commits[name].Hash)
	}
	return h.Sum()
}

// templates brings the set of templates up to date.
func (b *Builder) templates(snap *source.Snapshot) (*layout.Set, diag.List, error) {
	files := snap.Files("layouts")
	h := digest.New()
	for _, f := range files {
		h.String(f.Path).String(f.Name).Digest(f.Digest)
	}
	key := h.Sum().String()
	if b.layouts != nil && b.layoutsFor == key {
		return b.layouts, b.layoutProblems, nil
	}
	var list []layout.Source
	for _, f := range files {
		data, err := snap.Read(f)
		if err != nil {
			return nil, nil, err
		}
		list = append(list, layout.Source{Path: strings.TrimPrefix(f.Path, "layouts/"), Name: f.Name, Data: data, Digest: f.Digest})
	}
	if b.layouts == nil {
		b.layouts, b.layoutProblems = layout.New(list, render.Functions)
	} else {
		b.layouts, b.layoutProblems = b.layouts.Update(list)
	}
	b.layoutsFor = key
	return b.layouts, b.layoutProblems, nil
}
