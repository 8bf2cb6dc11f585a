package config

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/frontmatter"
	"github.com/etagere/etagere/builder/internal/nearest"
)

// Input is all that a configuration is made of. The zero value is a site
// without one.
type Input struct {
	// Name is the file as the author knows it; empty means FileName. Src are its
	// bytes; nil means that there is no such file.
	Name string
	Src  []byte

	// Theme reads the theme.toml of the theme called name. It returns a nil src
	// where the theme has none, and an error that is fs.ErrNotExist where there
	// is no such theme. Nil: themes are not looked at.
	Theme func(name string) (file string, src []byte, err error)
	// Themes are the names of all themes there are, for a hint.
	Themes []string

	// Env is as os.Environ returns it; only ETAGERE_* counts.
	Env []string
	// Flags come last and win.
	Flags Flags
}

// Load reads a configuration: the defaults, under the theme's, under the
// site's, under the environment, under the flags. The Config is never nil and
// always usable: what is wrong keeps its default. All mistakes are returned
// together; the error is a failure of the machine.
func Load(in Input) (*Config, diag.List, error) {
	c := Default()
	name := in.Name
	if name == "" {
		name = FileName
	}
	var problems diag.List
	site := &frontmatter.Doc{File: name, Root: &frontmatter.Node{Kind: frontmatter.Map}}
	if in.Src == nil {
		problems = append(problems, diag.InFile(name, "config-missing", "there is no %s", name).Warn().
			WithHint("the site is built with defaults; a file with title and base_url gives it a name and an address"))
	} else {
		site, problems = frontmatter.DecodeTOML(name, in.Src, "config")
	}
	env := environment(in.Env)
	more, err := c.readTheme(in, site, env)
	problems = append(problems, more...)
	if err != nil {
		return c, problems, err
	}
	problems = append(problems, c.read(site, false)...)
	problems = append(problems, c.readEnv(env)...)
	if in.Flags.BaseURL != "" {
		c.BaseURL = in.Flags.BaseURL
		c.forget("base_url")
	}
	return c, append(problems, c.validate()...), nil
}

// readTheme reads the theme's defaults. Which theme it is, the site says.
func (c *Config) readTheme(in Input, site *frontmatter.Doc, env []variable) (diag.List, error) {
	theme, node := c.Theme, site.Root.Get("theme")
	if node != nil && node.Kind == frontmatter.String {
		theme = node.Text
	}
	for _, v := range env {
		if v.path == "THEME" {
			theme, node = v.value, nil
		}
	}
	if in.Theme == nil || !pathElement(theme) {
		return nil, nil
	}
	file, src, err := in.Theme(theme)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		p := diag.InFile(site.File, "config-value", "there is no theme %q", theme)
		if node != nil {
			p = site.Problem(node.Span, "config-value", "there is no theme %q", theme)
		}
		if near, ok := nearest.Of(theme, in.Themes); ok {
			p = p.WithHint("did you mean %q?", near)
		} else if len(in.Themes) > 0 {
			p = p.WithHint("there are: %s", strings.Join(in.Themes, ", "))
		}
		return diag.List{p}, nil
	case err != nil:
		return nil, fmt.Errorf("reading theme %s: %w", theme, err)
	case src == nil:
		return nil, nil
	}
	doc, problems := frontmatter.DecodeTOML(file, src, "config")
	return append(problems, c.read(doc, true)...), nil
}

// read puts the values of one file over those that c has.
func (c *Config) read(doc *frontmatter.Doc, theme bool) diag.List {
	d := &decoder{c: c, doc: doc}
	// These tables are a choice as a whole: a site that names its taxonomies
	// wants no others.
	if n := doc.Root.Get("taxonomies"); n != nil && n.Kind == frontmatter.Map {
		c.Taxonomies = nil
	}
	if n := doc.Root.Get("related").Get("weights"); n != nil && n.Kind == frontmatter.Map {
		c.Related.Weights = nil
	}
	d.root(theme)
	return d.problems
}

// forget drops the places of a value that no file gives any more.
func (c *Config) forget(path string) { delete(c.origins, path) }
