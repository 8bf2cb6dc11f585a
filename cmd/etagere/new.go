package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/themes"
)

// builtinArchetype is what a file starts as where nobody else says.
const builtinArchetype = `---
title: {{ printf "%q" .Title }}
date: {{ .Date }}
draft: true
---

`

// newPage is what an archetype knows of the file that is made.
type newPage struct {
	// Name is the file's name without its extension, or its bundle's.
	Name string
	// Title is made of Name.
	Title string
	// Date is the present time as RFC 3339 has it.
	Date string
	// Path is relative to the content folder, with slashes.
	Path string
}

func newNew(a *app) *cobra.Command {
	var source string
	cmd := &cobra.Command{
		Use:   "new PATH",
		Short: "Make a content file from its archetype",
		Long: `new makes the file PATH in the content folder. What it holds comes from
archetypes/SECTION.md, archetypes/default.md, the same of the theme, or what is
built in, whichever there is first. In it {{ .Title }}, {{ .Name }}, {{ .Date }} and
{{ .Path }} are filled in. A PATH that ends in a slash makes a bundle; for it
archetypes/SECTION may be a folder, all of which is copied. Nothing is overwritten.`,
		Example: `  etagere new guide/install.md
  etagere new content/posts/first-steps/`,
		Args: exactly(1, "PATH"),
		RunE: func(cmd *cobra.Command, args []string) error { return newContent(cmd, a, source, args[0]) },
	}
	cmd.Flags().StringVarP(&source, "source", "s", ".", "`DIR` of the site")
	return cmd
}

func newContent(cmd *cobra.Command, a *app, source, arg string) error {
	root, err := os.OpenRoot(source)
	if err != nil {
		return wrongUsage(cmd, fmt.Errorf("there is no folder %q", source))
	}
	defer func() { _ = root.Close() }()
	cfg, err := siteConfig(root, a.env)
	if err != nil {
		return err
	}
	name, err := contentPath(arg, cfg.Content)
	if err != nil {
		return wrongUsage(cmd, err)
	}
	now, err := a.now()
	if err != nil {
		return wrongUsage(cmd, err)
	}
	files, err := expand(archetypes(root, cfg.Theme), name, now.In(cfg.Location()))
	if err != nil {
		return err
	}
	for _, f := range files {
		f.path = path.Join(cfg.Content, f.path)
		if err := create(root, f); errors.Is(err, fs.ErrExist) {
			return wrongUsage(cmd, fmt.Errorf("%q exists already and is left as it is", f.path))
		} else if err != nil {
			return fmt.Errorf("make %s: %w", f.path, err)
		}
		if _, err := fmt.Fprintln(a.stdout, f.path); err != nil {
			return err
		}
	}
	return nil
}

// siteConfig reads what new needs of the configuration. Its mistakes are no
// reason not to make a file: build shows them.
func siteConfig(root *os.Root, env []string) (*config.Config, error) {
	src, err := root.ReadFile(config.FileName)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	cfg, _, err := config.Load(config.Input{Src: src, Env: env})
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	return cfg, nil
}

// now is the present time, or the one that SOURCE_DATE_EPOCH says it is.
func (a *app) now() (time.Time, error) {
	at, err := a.epoch()
	if err == nil && at.IsZero() {
		at = time.Now()
	}
	return at, err
}

// contentPath is the file that arg means, relative to the folder content.
func contentPath(arg, content string) (string, error) {
	p := filepath.ToSlash(arg)
	bundle := strings.HasSuffix(p, "/")
	p = strings.TrimPrefix(path.Clean(p), content+"/")
	switch {
	case arg == "" || p == "." || p == content || !filepath.IsLocal(filepath.FromSlash(p)):
		return "", fmt.Errorf("%q is no path inside %q", arg, content)
	case !utf8.ValidString(p) || strings.ContainsFunc(p, unicode.IsControl):
		return "", fmt.Errorf("%q is no name for a file", arg)
	case bundle:
		return p + "/index.md", nil
	case path.Ext(p) == "":
		return p + ".md", nil
	}
	return p, nil
}

// archetypes are the folders with archetypes, the first to be asked first.
func archetypes(root *os.Root, theme string) []fs.FS {
	out := []fs.FS{sub(root.FS(), "archetypes")}
	if fs.ValidPath(theme) {
		out = append(out, sub(root.FS(), path.Join("themes", theme, "archetypes")), sub(themes.FS(), path.Join(theme, "archetypes")))
	}
	return out
}

func sub(fsys fs.FS, dir string) fs.FS {
	s, err := fs.Sub(fsys, dir)
	if err != nil { // dir is a valid path, and nothing else is asked
		return os.DirFS(os.DevNull)
	}
	return s
}

// madeFile is a file to be made.
type madeFile struct {
	path string
	data []byte
}

// expand is what the archetype of name makes.
func expand(from []fs.FS, name string, now time.Time) ([]madeFile, error) {
	page := newPage{Path: name, Date: now.Format(time.RFC3339)}
	page.Name = strings.TrimSuffix(path.Base(name), path.Ext(name))
	if page.Name == "index" || page.Name == "_index" {
		page.Name = path.Base(path.Dir(name))
	}
	page.Title = titleOf(page.Name)

	section, rest, nested := strings.Cut(name, "/")
	if nested && path.Base(name) == "index.md" && rest != "index.md" {
		for _, f := range from {
			if files, err := expandFolder(f, section, path.Dir(name), page); err != nil || len(files) > 0 {
				return files, err
			}
		}
	}
	candidates := []string{"default.md"}
	if nested && fs.ValidPath(section) {
		candidates = []string{section + ".md", "default.md"}
	}
	for _, f := range from {
		for _, c := range candidates {
			src, err := fs.ReadFile(f, c)
			if err != nil {
				continue
			}
			data, err := fill("archetypes/"+c, string(src), page)
			return []madeFile{{name, data}}, err
		}
	}
	data, err := fill("archetype", builtinArchetype, page)
	return []madeFile{{name, data}}, err
}

// expandFolder copies the archetype that is a folder to the bundle dir, its
// Markdown filled in.
func expandFolder(from fs.FS, section, dir string, page newPage) ([]madeFile, error) {
	var out []madeFile
	err := fs.WalkDir(from, section, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil // there is no such folder, or it is none of files
		}
		data, err := fs.ReadFile(from, p)
		if err != nil {
			return fmt.Errorf("read archetypes/%s: %w", p, err)
		}
		if path.Ext(p) == ".md" {
			if data, err = fill("archetypes/"+p, string(data), page); err != nil {
				return err
			}
		}
		out = append(out, madeFile{path.Join(dir, strings.TrimPrefix(p, section+"/")), data})
		return nil
	})
	if !slices.ContainsFunc(out, func(f madeFile) bool { return f.path == path.Join(dir, "index.md") }) {
		return nil, err // a folder without a page is no bundle
	}
	return out, err
}

// fill executes the archetype src.
func fill(name, src string, page newPage) ([]byte, error) {
	t, err := template.New(name).Option("missingkey=error").Parse(src)
	if err != nil {
		return nil, archetypeMistake(err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, page); err != nil {
		return nil, archetypeMistake(err)
	}
	return b.Bytes(), nil
}

// create writes f, if nothing is there yet.
func create(root *os.Root, f madeFile) (err error) {
	if err := root.MkdirAll(path.Dir(f.path), 0o777); err != nil {
		return err
	}
	file, err := root.OpenFile(f.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	_, err = file.Write(f.data)
	return err
}

// titleOf makes a title of a file's name: "first-steps" is "First steps".
func titleOf(name string) string {
	words := strings.Join(strings.FieldsFunc(name, func(c rune) bool { return c == '-' || c == '_' || unicode.IsSpace(c) }), " ")
	first, size := utf8.DecodeRuneInString(words)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + words[size:]
}
