// Package builder turns a folder of Markdown into a site.
//
// It is the only package that knows the order of things. Read downwards, that
// order is:
//
//	config    config.toml over theme.toml                     Builder.configure
//	source    every input and its digest: the snapshot        source.Scanner.Scan
//	content   the head of each file, kept by digest           Builder.heads
//	site      all heads: tree, URLs, menus, terms             assemble.Site
//	layout    the set of templates                            layout.Set.Update
//	render    the files, on demand, kept while traces hold    Generation.File
//	output    files and manifest                              Build
//
// There is one pipeline. The first build is a build with an empty memory, a
// later one looks at the same inputs again and computes what no longer holds.
// Nothing says what has changed; digests do.
package builder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/etagere/etagere/builder/asset"
	"github.com/etagere/etagere/builder/asset/image"
	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/memo"
	"github.com/etagere/etagere/builder/layout"
	"github.com/etagere/etagere/builder/markdown"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/assemble"
	"github.com/etagere/etagere/builder/source"
)

// Options are the choices of one Builder. The zero value builds the site in the
// current folder without drafts, as of now, and logs nothing.
type Options struct {
	// Source is the site's folder; empty means the current one.
	Source string
	// FS takes the place of the folder's files, for tests. Nil reads the disk.
	FS fs.FS
	// Themes holds the built-in themes, each in a folder of its name.
	Themes fs.FS
	// Exclude are folders, relative to the site's root, that are never inputs.
	Exclude []string

	// BaseURL overrides the configuration's; empty does not.
	BaseURL string
	// Drafts and Future include pages that are hidden otherwise.
	Drafts, Future bool
	// AsOf is the instant of the build. Zero means the wall clock at each Update.
	AsOf time.Time
	// Env is the environment, as os.Environ returns it.
	Env []string

	// Log receives one record a stage. Nil discards them.
	Log *slog.Logger
}

func (o Options) withDefaults() Options {
	if o.Source == "" {
		o.Source = "."
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Builder builds one site again and again. It may be used by several
// goroutines.
type Builder struct {
	options Options
	root    string
	fs      fs.FS
	graph   *memo.Graph
	// once says that there will be one generation only.
	once bool

	mu      sync.Mutex
	current *Generation

	// What was made for the current generation and may serve the next.
	scanner    *source.Scanner
	scannerFor string
	headCache  map[headKey]*headEntry
	layouts    *layout.Set
	layoutsFor string
	// layoutProblems are the mistakes in layouts.
	layoutProblems diag.List
	parser         *markdown.Parser
	parserFor      markdown.Options
	commits        commitCache
	shown          shown
	assetNames     asset.Names
	// pictures remembers the sizes and variants of pictures.
	pictures *image.Store
}

// headKey names a content file.
type headKey struct{ lang, path string }

// Open prepares to build a site. Nothing is read yet but the folder's existence.
func Open(o Options) (*Builder, error) {
	o = o.withDefaults()
	b := &Builder{options: o, graph: memo.NewGraph(), headCache: make(map[headKey]*headEntry)}
	if b.fs = o.FS; b.fs != nil {
		b.pictures = image.Open("", o.Log)
		return b, nil
	}
	root, err := filepath.Abs(o.Source)
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", o.Source, err)
	}
	info, err := os.Stat(root)
	switch {
	case err != nil:
		return nil, fmt.Errorf("open the site: %w", err)
	case !info.IsDir():
		return nil, fmt.Errorf("open the site: %s is not a folder", o.Source)
	}
	b.root = root
	b.pictures = image.Open(b.pictureDir(), o.Log)
	b.fs = os.DirFS(root)
	return b, nil
}

// Root is the absolute path of the site's folder; empty for a site in memory.
func (b *Builder) Root() string { return b.root }

// asOf is the instant of the next build.
func (b *Builder) asOf() time.Time {
	if !b.options.AsOf.IsZero() {
		return b.options.AsOf
	}
	return time.Now()
}

// Update looks at the inputs and assembles the site as it is now. Nothing is
// rendered. Where no input has changed, it returns the same Generation. An
// error is a failure of the machine; the author's mistakes are the
// Generation's problems.
func (b *Builder) Update(ctx context.Context) (*Generation, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for try := 0; ; try++ {
		g, err := b.update(ctx)
		if err == nil {
			b.current = g
			return g, nil
		}
		// A file that changed between being listed and being read is an editor's
		// doing; look again.
		if try == 3 || !isChanged(err) {
			return nil, err
		}
	}
}

func (b *Builder) update(ctx context.Context) (*Generation, error) {
	asOf := b.asOf()
	cfg, themes, problems, err := b.configure()
	if err != nil {
		return nil, err
	}
	g := &Generation{b: b, config: cfg, asOf: asOf}
	g.problems = problems
	snap, more, err := b.scan(ctx, cfg, themes)
	if err != nil {
		return nil, err
	}
	g.snap = snap
	g.problems = append(g.problems, more...)
	commits, more := b.commits.read(ctx, b.root, cfg)
	g.problems = append(g.problems, more...)
	g.stamp = digestOf(cfg, g.problems, commits, snap)
	if b.same(g, asOf) {
		return b.current, nil
	}
	if errs, _ := problems.Count(); errs > 0 {
		// What a broken configuration means is anybody's guess: a site made of it
		// would report mistakes that are none.
		g.failed = true
		return g, nil
	}
	return g, b.assemble(ctx, g, commits, asOf)
}

// same reports whether the current generation is what g would be.
func (b *Builder) same(g *Generation, asOf time.Time) bool {
	old := b.current
	if old == nil || old.stamp != g.stamp || !g.snap.Same(old.snap) || old.fault() != nil {
		return false
	}
	if !b.options.AsOf.IsZero() {
		return old.asOf.Equal(asOf)
	}
	if old.site == nil {
		return true
	}
	return old.site.NextChange.IsZero() || asOf.Before(old.site.NextChange)
}

// assemble makes everything of g that does not wait for a request.
func (b *Builder) assemble(ctx context.Context, g *Generation, commits map[string]*site.Commit, asOf time.Time) error {
	heads, resources, more, err := b.heads(ctx, g.config, g.snap)
	if err != nil {
		return err
	}
	g.problems = append(g.problems, more...)
	g.site, more = assemble.Site(site.Input{
		Config: g.config, Heads: heads, Resources: resources, Static: g.snap.Files("static"),
		Unnamed: func(f *source.File) bool { return g.config.Assets.FingerprintedOnly && output.IsMedia(f.Path) },
		AsOf:    asOf, Drafts: b.options.Drafts, Future: b.options.Future, Commits: commits,
	})
	g.problems = append(g.problems, more...)
	set, more, err := b.templates(g.snap)
	if err != nil {
		return err
	}
	g.problems = append(g.problems, more...)
	if err := b.environment(g, set, asOf); err != nil {
		return err
	}
	g.setPolicy()
	return nil
}

// configInput is what config.Load reads.
func (b *Builder) configInput() (config.Input, error) {
	src, err := readOptional(b.fs, config.FileName)
	if err != nil {
		return config.Input{}, err
	}
	return config.Input{
		Src: src, Theme: b.themeConfig, Themes: b.themeNames(), Env: b.options.Env,
		Flags: config.Flags{BaseURL: b.options.BaseURL},
	}, nil
}

// configure reads the configuration and finds the theme's folders.
func (b *Builder) configure() (*config.Config, []source.LayerFS, diag.List, error) {
	in, err := b.configInput()
	if err != nil {
		return nil, nil, nil, err
	}
	cfg, problems, err := config.Load(in)
	if err != nil {
		return nil, nil, nil, err
	}
	if in.Src == nil && cfg.Content == config.Default().Content {
		// A folder of Markdown without any configuration is a site too.
		if _, err := fs.Stat(b.fs, cfg.Content); errors.Is(err, fs.ErrNotExist) {
			cfg.Content = "."
		}
	}
	return cfg, b.layers(cfg), problems, nil
}
