package builder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/etagere/etagere/builder/asset"
	"github.com/etagere/etagere/builder/asset/image"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/host"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/internal/par"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/urls"
	"github.com/etagere/etagere/builder/source"
)

// BuildOptions are the choices of one build into a folder.
type BuildOptions struct {
	Options
	// Destination is the folder to write to; empty means "public" in the site's
	// folder.
	Destination string
	// Host is the host to build for, one of host.All; empty means the first that
	// the configuration names, or none.
	Host string
	// Encodings are the content codings of the packed files beside others: "br",
	// "zstd", "gzip". Nil means those of the configuration that the host sends; an
	// empty list, none.
	Encodings []string
	// Strict makes warnings count as errors.
	Strict bool
	// NoCache does not use what earlier builds left behind.
	NoCache bool
	// Progress is told how much is done, from one goroutine at a time. It may be nil.
	Progress func(done, total int)
}

// Result is what a build did.
type Result struct {
	// Pages of the site, and Files of all kinds in the destination.
	Pages, Files int
	// Rendered and Reused count the files that were made.
	Rendered, Reused int
	Problems         diag.List
	// Written is false where mistakes kept the site from being published.
	Written  bool
	Manifest *output.Manifest
	// Policy is the table that the manifest's header fields are from.
	Policy *policy.Table
	Change output.Change
	// Encodings is what was done about content codings.
	Encodings Encodings
	// Notes are sentences about what went wrong and did no harm but take time: a
	// damaged cache.
	Notes []string
	Took  time.Duration
}

// Build makes a site and publishes it to a folder in one step. With errors
// among the problems (under Strict also with warnings) nothing is written. An
// error is a failure of the machine; the destination then holds what it held.
func Build(ctx context.Context, o BuildOptions) (*Result, error) {
	started := time.Now()
	for try := 0; ; try++ {
		res, err := build(ctx, o)
		if err != nil && isChanged(err) && try < 3 {
			continue
		}
		if res != nil {
			res.Took = time.Since(started)
		}
		return res, err
	}
}

func build(ctx context.Context, o BuildOptions) (*Result, error) {
	b, err := Open(o.Options)
	if err != nil {
		return nil, err
	}
	b.once = true
	if o.NoCache {
		b.pictures = image.Open("", b.options.Log)
	}
	dest := o.Destination
	if dest == "" {
		dest = filepath.Join(b.root, "public")
	}
	if dest, err = filepath.Abs(dest); err != nil {
		return nil, fmt.Errorf("find destination: %w", err)
	}
	if rel, err := filepath.Rel(b.root, dest); err == nil && filepath.IsLocal(rel) {
		b.options.Exclude = append(slices.Clone(b.options.Exclude), filepath.ToSlash(rel))
	}
	g, err := b.Update(ctx)
	if err != nil {
		return nil, err
	}
	res := &Result{Problems: g.Problems(), Pages: g.Pages()}
	if g.failed {
		return res, nil
	}
	if err := output.CheckDestination(b.root, dest, g.inputDirs()); err != nil {
		return nil, err
	}
	place, err := g.placing(o.Host)
	if err != nil {
		return nil, err
	}
	return res, g.publish(ctx, o, place, dest, res)
}

// inputDirs are the top folders that inputs lie in, relative to the site's root.
func (g *Generation) inputDirs() []string {
	dirs := []string{"layouts", "assets", "static", "data", "i18n", "archetypes", "themes"}
	for _, r := range g.b.contentRoots(g.config) {
		// A site whose pages lie in its own folder may be built into a folder below.
		if r.Dir != "." {
			dirs = append(dirs, r.Dir)
		}
	}
	for _, m := range g.config.Mounts {
		dirs = append(dirs, m.Source)
	}
	return dirs
}

// publish renders everything into a staging folder and swaps it in.
func (g *Generation) publish(ctx context.Context, o BuildOptions, place *placing, dest string, res *Result) (err error) {
	state, err := output.StateDir(g.b.root, dest)
	if err != nil {
		return err
	}
	dir, err := output.OpenDir(dest, state)
	if err != nil {
		return err
	}
	stage, err := dir.Begin()
	if err != nil {
		return err
	}
	committed := false
	defer func() {
		if !committed {
			err = errors.Join(err, stage.Abort())
		}
	}()
	made := made{place: place, stage: stage, packing: g.packing(o, place), needs: make(policy.CSP)}
	defer func() { res.Encodings, res.Notes = made.packing.close() }()
	if errs, _ := g.problems.Count(); errs > 0 {
		// Nothing will be published: rendering only looks for further mistakes.
		// Two sources for one place could not even be staged.
		err = g.All(ctx, o.Progress, nil)
	} else {
		err = g.fill(ctx, o, &made)
	}
	if err != nil {
		return err
	}
	more, err := g.packedTwice(made.packing, made.entries)
	if err != nil {
		return err
	}
	g.problems = append(g.problems, more...)
	table, more := g.finalPolicy(made.needs)
	g.problems = append(g.problems, more...)
	g.savePictures()
	stats := g.Stats()
	res.Rendered, res.Reused, res.Problems = stats.Rendered, stats.Reused, g.Problems()
	manifest := func() *output.Manifest {
		m := output.NewManifest(g.config.BaseURL, made.entries, g.redirects())
		setHeaders(m, table)
		return m
	}
	var forHost host.Output
	if errs, _ := res.Problems.Count(); errs == 0 {
		if forHost, err = g.compile(place, manifest(), table, dest, made.put); err != nil {
			return err
		}
		res.Problems = append(res.Problems, forHost.Problems...).Sorted()
	}
	if errs, warnings := res.Problems.Count(); errs > 0 || o.Strict && warnings > 0 {
		return nil
	}
	res.Manifest, res.Policy, res.Files = manifest(), table, len(made.entries)
	committed = true
	if res.Change, err = stage.Commit(res.Manifest); err != nil {
		return err
	}
	res.Written = true
	if err := g.b.writeHost(place, forHost.Config); err != nil {
		return err
	}
	return g.b.copyManifest(res.Manifest)
}

// made is what a build knows of the files that it has made.
type made struct {
	place   *placing
	stage   *output.Stage
	packing *packing

	mu sync.Mutex
	// entries are those of the manifest, in no order.
	entries []output.Entry
	// needs is what a Content-Security-Policy must allow for all pages.
	needs policy.CSP
}

func (m *made) add(f *output.File, e output.Entry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.entries = append(m.entries, e)
	m.needs.Union(f.Needs)
}

// put puts a file that is in its place already.
func (m *made) put(f *output.File) error {
	return m.putReader(f, digest.Of(f.Data), int64(len(f.Data)), func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(f.Data)), nil
	})
}

// putReader puts a file that is in its place already, whose bytes are in open's
// reader.
func (m *made) putReader(f *output.File, sum digest.Digest, size int64, open func() (io.ReadCloser, error)) error {
	e := f.EntryOf(sum, size)
	if err := m.stage.PutReader(f, sum, open); err != nil {
		return err
	}
	encodings, err := m.packing.pack(m.stage, f, sum, size, open)
	e.Encodings = encodings
	m.add(f, e)
	return err
}

// fill puts all files into the stage and notes them in made.
func (g *Generation) fill(ctx context.Context, o BuildOptions, made *made) error {
	err := g.All(ctx, o.Progress, func(f *output.File) error {
		if placed := made.place.file(f); placed != nil {
			return made.put(placed)
		}
		return nil
	})
	if err != nil {
		return err
	}
	var jobs []func() error
	for _, t := range g.site.Targets {
		if src := fileOf(t); src != nil {
			job, err := g.fillPlain(made, t, src)
			if err != nil {
				return err
			}
			jobs = append(jobs, job)
		}
	}
	there := make(map[string]bool)
	for _, src := range g.embeds() {
		f := made.place.file(mediaFile(src))
		there[asset.URLOf(src)] = true
		jobs = append(jobs, func() error { return made.putReader(f, src.Digest, src.Size, g.open(src)) })
	}
	if err := g.fillVariants(ctx, made); err != nil {
		return err
	}
	assets, err := g.assets(ctx)
	if err != nil {
		return err
	}
	for _, a := range assets {
		if there[a.URL] {
			continue // the same bytes under the same name
		}
		jobs = append(jobs, func() error {
			f, err := g.env.Assets.File(a)
			if err != nil {
				return err
			}
			return made.put(made.place.file(f))
		})
	}
	return changedError(parallel(ctx, jobs))
}

// parallel does jobs side by side until one fails, and returns the first error.
func parallel(ctx context.Context, jobs []func() error) error {
	var mu sync.Mutex
	var first error
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	err := par.Each(ctx, len(jobs), func(_ context.Context, i int) {
		if err := jobs[i](); err != nil {
			mu.Lock()
			defer mu.Unlock()
			if first == nil {
				first = err
				stop()
			}
		}
	})
	if first != nil {
		return first
	}
	return err
}

// fillPlain is what puts a file of the author's.
func (g *Generation) fillPlain(made *made, t *site.Target, src *source.File) (func() error, error) {
	f := made.place.file(plainFile(t))
	kept, err := made.place.keep(t, f, func() ([]byte, error) { return g.snap.Read(src) })
	if kept || err != nil {
		return func() error { return nil }, err
	}
	return func() error { return made.putReader(f, src.Digest, src.Size, g.open(src)) }, nil
}

// changedError makes the two ways of finding a file changed one.
func changedError(err error) error {
	if errors.Is(err, output.ErrChanged) {
		return errors.Join(source.ErrChanged, err)
	}
	return err
}

// redirects are those of the site, as hosts want them: with the base path.
func (g *Generation) redirects() []output.Redirect {
	base := strings.TrimSuffix(g.config.BasePath(), "/")
	at := func(u string) string {
		if strings.HasPrefix(u, "/") && !strings.HasPrefix(u, "//") {
			return base + u
		}
		return u
	}
	list := make([]output.Redirect, 0, len(g.site.Redirects))
	for _, r := range g.site.Redirects {
		list = append(list, output.Redirect{From: at(r.From), To: at(urls.Canonical(r.To)), Status: r.Status})
	}
	return list
}

// copyManifest keeps the latest manifest where scripts look for it.
func (b *Builder) copyManifest(m *output.Manifest) error {
	if b.root == "" {
		return nil
	}
	name := filepath.Join(b.root, stateDir, "manifest.json")
	if err := replaceFile(name, m.Bytes()); err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	return nil
}
