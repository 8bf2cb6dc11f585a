// Package bundle makes one file of a stylesheet or a script and all that it
// imports. It is the only importer of esbuild.
//
// esbuild parses, links, lowers and shortens. It never looks at the disk: every
// path is resolved here, through a Host that notes what was looked for and what
// was not found, so that whoever keeps the result knows when it is no longer
// right. Paths are those of the tree that a build sees: "assets/css/main.css",
// "node_modules/lit/package.json".
package bundle

import (
	"bytes"
	"context"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/evanw/esbuild/pkg/cli"

	"github.com/etagere/etagere/builder/diag"
)

// Host is what a bundle is made from. Its methods are called one at a time.
type Host interface {
	// Read is the file at a path, and the name that the author knows it by; below
	// node_modules that is its path without symbolic links. A file whose name differs
	// only in case is not there.
	Read(path string) (name string, data []byte, ok bool)
	// Page reports whether the site has something at a URL path that begins with a slash.
	Page(url string) bool
	// Leaf is the name, without a folder, that stands for the asset made of the file
	// at a path until its digest is known. The real name is as long.
	Leaf(path string) string
	// Nearest is the path of an asset that looks most like one, or "".
	Nearest(path string) string
}

// Options are the choices of one bundle. Names of browsers and definitions that
// CheckTarget and CheckDefine refuse are left out.
type Options struct {
	// Target are the oldest browsers that the bundle must run in, as esbuild names
	// them: "chrome111", "es2022".
	Target []string
	// Format is "iife" or "esm".
	Format string
	// Name is the global variable that holds the exports of an iife; may be empty.
	Name   string
	Minify bool
	// Maps asks for source maps.
	Maps bool
	// Define are JavaScript expressions by the name that they take the place of.
	Define map[string]string
	// External are the packages whose imports are left as they are.
	External []string
	// Base is the path that the site is mounted at, with slashes at both ends.
	Base string
}

// Result is one bundle. Its texts name leaves by what Host.Leaf said.
type Result struct {
	// Code is nil where mistakes keep the bundle from being made.
	Code, Map []byte
	// Styles is the CSS that a script imports, nil where there is none.
	Styles, StylesMap []byte
	// Leaves are the paths of the assets that the texts name, sorted.
	Leaves   []string
	Problems diag.List
}

// Is reports whether a file is one that bundles are made of, by its name.
func Is(name string) bool { return OutName(name) != "" }

// OutName is the name of the bundle that is made of a file: "main.js" of
// "js/main.ts". It is empty for what cannot be bundled.
func OutName(name string) string {
	base := path.Base(name)
	ext := path.Ext(base)
	switch ext {
	case ".css", ".js":
		return base
	case ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx":
		return strings.TrimSuffix(base, ext) + ".js"
	}
	return ""
}

// Build bundles the file at a path. Mistakes are among the result's problems; an
// error means that ctx has ended.
func Build(ctx context.Context, entry string, o Options, host Host) (*Result, error) {
	b := &builder{entry: entry, options: o, host: host, leaves: make(map[string]bool), css: path.Ext(entry) == ".css"}
	b.resolver = newResolver(host)
	opts := b.esbuild()
	session, bad := api.Context(opts)
	if bad != nil {
		return &Result{Problems: b.problems(bad.Errors, nil)}, nil
	}
	defer session.Dispose()
	stop := context.AfterFunc(ctx, session.Cancel)
	defer stop()
	made := session.Rebuild()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	r := &Result{Problems: b.problems(made.Errors, made.Warnings), Leaves: slices.Sorted(maps.Keys(b.leaves))}
	if len(made.Errors) > 0 {
		return r, nil
	}
	for _, f := range made.OutputFiles {
		switch name := filepath.Base(f.Path); {
		case name == "out.js", name == "out.css" && b.css:
			r.Code = f.Contents
		case name == "out.js.map", name == "out.css.map" && b.css:
			r.Map = f.Contents
		case name == "out.css":
			r.Styles = f.Contents
		case name == "out.css.map":
			r.StylesMap = f.Contents
		}
	}
	if len(bytes.TrimSpace(r.Styles)) == 0 {
		r.Styles, r.StylesMap = nil, nil
	}
	if r.Code == nil {
		r.Code = []byte{}
	}
	return r, nil
}

// builder is the state of one call of Build.
type builder struct {
	entry    string
	css      bool
	options  Options
	host     Host
	resolver *resolver
	// leaves is guarded by the resolver's lock.
	leaves map[string]bool
}

// esbuild is what esbuild is asked for. The working folder, which it wants, is
// one that says nothing: no path is ever looked up in it.
func (b *builder) esbuild() api.BuildOptions {
	o := b.options
	opts := api.BuildOptions{
		LogLevel: api.LogLevelSilent, Bundle: true, Write: false,
		EntryPointsAdvanced: []api.EntryPoint{{InputPath: "etagere:entry", OutputPath: "out"}},
		AbsWorkingDir:       os.TempDir(), Outdir: "etagere-out",
		Platform: api.PlatformBrowser, Charset: api.CharsetUTF8, LegalComments: api.LegalCommentsEndOfFile,
		MinifyWhitespace: o.Minify, MinifyIdentifiers: o.Minify, MinifySyntax: o.Minify,
		TreeShaking: api.TreeShakingTrue, GlobalName: o.Name, TsconfigRaw: "{}",
		Define:  map[string]string{"process.env.NODE_ENV": `"production"`},
		Plugins: []api.Plugin{{Name: "etagere", Setup: b.plugin}},
	}
	for name, value := range o.Define {
		if CheckDefine(name, value) == nil {
			opts.Define[name] = value
		}
	}
	opts.Format = api.FormatIIFE
	if o.Format == "esm" {
		opts.Format = api.FormatESModule
	}
	if o.Maps {
		opts.Sourcemap = api.SourceMapExternal
	}
	known := slices.DeleteFunc(slices.Clone(o.Target), func(name string) bool { return CheckTarget(name) != nil })
	if t, err := target(known...); err == nil {
		opts.Target, opts.Engines = t.Target, t.Engines
	}
	if !b.css {
		opts.TsconfigRaw = b.resolver.tsconfig()
	}
	return opts
}

func target(names ...string) (api.BuildOptions, error) {
	return cli.ParseBuildOptions([]string{"--target=" + strings.Join(names, ",")})
}

// CheckTarget reports why a name is none of a browser that a bundle can be made for.
func CheckTarget(name string) error {
	_, err := target(name)
	if name == "" || err != nil || strings.Contains(name, ",") {
		return errTarget
	}
	return nil
}

// CheckDefine reports what is wrong with one entry of Options.Define: a name that
// cannot be replaced, or a value that is no expression.
func CheckDefine(name, value string) error {
	made := api.Transform("", api.TransformOptions{LogLevel: api.LogLevelSilent, Define: map[string]string{name: value}})
	for _, m := range append(made.Errors, made.Warnings...) {
		return defineError(m.Text)
	}
	return nil
}
