package builder

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/etagere/etagere/builder/asset"
	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/internal/memo"
	"github.com/etagere/etagere/builder/internal/par"
	"github.com/etagere/etagere/builder/layout"
	"github.com/etagere/etagere/builder/markdown"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
	"github.com/etagere/etagere/builder/render"
	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/urls"
	"github.com/etagere/etagere/builder/source"
)

// Generation is the site as it was at one look at its inputs. Files are made
// when somebody asks for them. It may be used by several goroutines.
type Generation struct {
	b        *Builder
	config   *config.Config
	snap     *source.Snapshot
	site     *site.Site
	env      *render.Env
	run      *memo.Run
	policy   *policy.Table
	problems diag.List
	failed   bool
	stamp    digest.Digest
	asOf     time.Time

	sources map[string]*source.File

	// whole is set once all files were made.
	whole atomic.Bool

	faultMu  sync.Mutex
	faultErr error
	// damaged says why no variants can be made of pictures, by name.
	damaged map[string]string
}

// Target is one URL of the site.
type Target struct {
	// URL is escaped and without the base path; Path is its place in the destination.
	URL, Path string
	Class     policy.Class
	// Type is the media type.
	Type string
	// Redirect is set where the URL only leads elsewhere.
	Redirect *site.Redirect
	// Source is the file that a page is written in, as problems name it; empty for
	// what has no such file.
	Source string
}

// ErrNoTarget says that the site has no such URL.
var ErrNoTarget = errors.New("the site has no such URL")

// PageError says that the author's mistakes keep a file from being made.
type PageError struct {
	URL      string
	Problems diag.List
}

// Error names the file and its first mistake.
func (e *PageError) Error() string {
	if len(e.Problems) == 0 {
		return e.URL + " cannot be made"
	}
	return e.Problems[0].String()
}

// environment gives g everything that renders need.
func (b *Builder) environment(g *Generation, set *layout.Set, asOf time.Time) error {
	read := g.read
	texts, err := render.NewStrings(g.snap.Files("i18n"), g.config.Language, read)
	if err != nil {
		return err
	}
	g.problems = append(g.problems, texts.Problems()...)
	options := optionsOf(g.config)
	if b.parser == nil || b.parserFor.Digest() != options.Digest() {
		b.parser, b.parserFor = markdown.New(options), options
	}
	g.sources = make(map[string]*source.File)
	for _, f := range g.snap.Files("content") {
		g.sources[f.Name] = f
	}
	g.env = &render.Env{
		Config: g.config, Site: g.site, Layouts: set, Files: files{g}, Real: g.snap.Real,
		Assets: asset.NewSet(g.snap.Files("assets"), read), Data: render.NewData(g.snap.Files("data"), read), Strings: texts,
		Media:    asset.NewMedia(contentFiles(g.site), slices.Concat(g.snap.Files("static"), g.snap.Files("assets"))),
		Pictures: b.pictures, Open: g.openNoted, AssetNames: &b.assetNames,
		Parser: b.parser, Options: options, AsOf: asOf, Roots: b.roots(g.config), Once: b.once,
	}
	g.problems = append(g.problems, render.CheckAssets(g.config)...)
	g.run = g.env.Begin(b.graph)
	g.problems = append(g.problems, g.generatedFolders()...)
	return nil
}

// generatedFolders are the mistakes of pages that need a folder where a file of
// ours lies: a page at /sitemap.xml/.
func (g *Generation) generatedFolders() diag.List {
	var list diag.List
	for _, url := range g.env.Generated() {
		for _, t := range g.site.Targets {
			if !strings.HasPrefix(t.URL, url+"/") {
				continue
			}
			file := config.FileName
			if t.Page != nil && t.Page.File {
				file = t.Page.Head.Source
			} else if f := fileOf(t); f != nil {
				file = f.Name
			}
			list = append(list, diag.InFile(file, "url-collision", "%q needs a folder where the file %q lies", t.URL, url).
				WithHint("give it another url"))
		}
	}
	return list
}

// files are the inputs that renders read on demand.
type files struct{ g *Generation }

func (f files) Source(name string) ([]byte, error) {
	file := f.g.sources[name]
	if file == nil {
		return nil, fmt.Errorf("read %s: %w", name, ErrNoTarget)
	}
	return f.g.read(file)
}

func (f files) Digest(name string) digest.Digest {
	if file := f.g.sources[name]; file != nil {
		return file.Digest
	}
	return digest.Digest{}
}

func (f files) Load(path string) (string, []byte, bool) { return f.g.snap.Load(path) }
func (f files) LoadDigest(path string) digest.Digest    { return f.g.snap.LoadDigest(path) }

// ID changes exactly when an input has changed.
func (g *Generation) ID() string { return digest.New().Digest(g.stamp).Time(g.asOf).Sum().Short() }

// Failed reports whether mistakes kept the site from being assembled: there are
// problems, and nothing else.
func (g *Generation) Failed() bool { return g.failed }

// Config is the site's configuration.
func (g *Generation) Config() *config.Config { return g.config }

// BasePath is the path that the site is mounted at: "/" or "/docs/".
func (g *Generation) BasePath() string { return g.config.BasePath() }

// NextChange is the next instant at which a page appears or expires; zero for never.
func (g *Generation) NextChange() time.Time {
	if g.site == nil {
		return time.Time{}
	}
	return g.site.NextChange
}

// Pages is the number of pages of all languages that have a URL.
func (g *Generation) Pages() int {
	n := 0
	if g.site != nil {
		for _, p := range g.site.Pages {
			if p.URL != "" && p.Kind != site.NotFound {
				n++
			}
		}
	}
	return n
}

// URLs are the URLs that assembly knows of, sorted. Assets are not among them:
// which are used shows when pages are rendered.
func (g *Generation) URLs() []string {
	if g.failed {
		return nil
	}
	urls := make([]string, 0, len(g.site.Targets))
	for _, t := range g.site.Targets {
		urls = append(urls, t.URL)
	}
	urls = append(urls, g.env.Generated()...)
	slices.Sort(urls)
	return urls
}

// Target is the target at an exact URL.
func (g *Generation) Target(url string) (Target, bool) {
	if g.failed {
		return Target{}, false
	}
	if f := g.env.Media.At(url); f != nil {
		m := mediaFile(f)
		return Target{URL: url, Path: m.Path, Class: m.Class, Type: m.Type}, true
	}
	if r, ok := g.variantAt(url); ok {
		m := variantFile(r)
		return Target{URL: url, Path: m.Path, Class: m.Class, Type: m.Type}, true
	}
	if a := g.assetAt(context.Background(), url); a != nil {
		return Target{URL: url, Path: strings.TrimPrefix(url, "/"), Class: policy.Fingerprinted, Type: a.Type}, true
	}
	t := g.site.ByURL(url)
	switch {
	case t == nil && slices.Contains(g.env.Generated(), url):
		class, kind := g.env.DescribeGenerated(url)
		return Target{URL: url, Path: urls.OutPath(url), Class: class, Type: kind}, true
	case t == nil || t.URL != url:
		return Target{}, false
	case t.Redirect != nil || t.Page != nil:
		class, kind := g.env.Describe(t)
		out := Target{URL: url, Path: urls.OutPath(url), Class: class, Type: kind, Redirect: t.Redirect}
		if t.Page != nil && t.Page.Head != nil {
			out.Source = t.Page.Head.Source
		}
		return out, true
	}
	f := plainFile(t)
	return Target{URL: url, Path: f.Path, Class: f.Class, Type: f.Type}, true
}

// plainFile is a file of the author's, without its bytes.
func plainFile(t *site.Target) *output.File {
	kind := output.MediaType(urls.OutPath(t.URL))
	return &output.File{URL: t.URL, Path: urls.OutPath(t.URL), Class: policy.OfMedia(kind), Type: kind}
}

func fileOf(t *site.Target) *source.File {
	if t.Resource != nil {
		return t.Resource.File
	}
	if t.Static != nil {
		return t.Static.File
	}
	return nil
}

// File makes the file at an exact URL. An author's mistake that leaves no bytes
// is a *PageError; ErrNoTarget says that there is no such URL.
func (g *Generation) File(ctx context.Context, url string) (*output.File, error) {
	if g.failed {
		return nil, &PageError{URL: url, Problems: g.Problems()}
	}
	if src := g.env.Media.At(url); src != nil {
		f := mediaFile(src)
		var err error
		f.Data, err = g.b.shown.read(g.snap, src)
		return f, err
	}
	if r, ok := g.variantAt(url); ok {
		f := variantFile(r)
		var err error
		f.Data, err = g.variant(r)
		return f, err
	}
	if a := g.assetAt(ctx, url); a != nil {
		return g.env.Assets.File(a)
	}
	t := g.site.ByURL(url)
	if t != nil && fileOf(t) != nil {
		f := plainFile(t)
		var err error
		f.Data, err = g.snap.Read(fileOf(t))
		return f, err
	}
	if t == nil && !slices.Contains(g.env.Generated(), url) {
		return nil, fmt.Errorf("%s: %w", url, ErrNoTarget)
	}
	f, err := g.env.File(ctx, url)
	if fault := g.fault(); fault != nil {
		return nil, fault
	}
	if _, ok := errors.AsType[*memo.Failed](err); ok {
		return nil, &PageError{URL: url, Problems: g.problemsOf(url)}
	}
	return f, err
}

// problemsOf are the mistakes that keep one file from being made.
func (g *Generation) problemsOf(url string) diag.List {
	var list diag.List
	g.run.Visit(func(k memo.Key, v memo.Value, err error) {
		if k == render.FileKey(url) {
			list = append(list, v.Problems...)
		}
	})
	if len(list) == 0 {
		list = g.Problems()
	}
	return list.Sorted()
}

// step is one thing that a whole build does.
type step struct {
	// url is the file to make, or check the page to check.
	url, check string
}

// All makes every file that is not the author's own, in parallel, and checks
// all links. sink gets each file; it is called concurrently and may be nil. progress is told how much is done, from one
// goroutine at a time; it may be nil.
func (g *Generation) All(ctx context.Context, progress func(done, total int), sink func(*output.File) error) error {
	if g.failed {
		return nil
	}
	steps := g.steps()
	var mu sync.Mutex
	var first error
	var done atomic.Int64
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	err := par.Each(ctx, len(steps), func(ctx context.Context, i int) {
		err := g.do(ctx, steps[i], sink)
		mu.Lock()
		defer mu.Unlock()
		if err != nil && first == nil {
			first = err
			stop()
		}
		if n := int(done.Add(1)); progress != nil {
			progress(n, len(steps))
		}
	})
	if first != nil {
		return first
	}
	if err != nil {
		return err
	}
	if err := g.fault(); err != nil {
		return err
	}
	g.whole.Store(true)
	return nil
}

func (g *Generation) steps() []step {
	var steps []step
	for _, t := range g.site.Targets {
		if fileOf(t) == nil {
			steps = append(steps, step{url: t.URL})
		}
	}
	for _, url := range g.env.Generated() {
		steps = append(steps, step{url: url})
	}
	for _, p := range g.site.Pages {
		if p.File && p.URL != "" {
			steps = append(steps, step{check: p.ID})
		}
	}
	return steps
}

func (g *Generation) do(ctx context.Context, s step, sink func(*output.File) error) error {
	if s.check != "" {
		_, err := g.run.Get(ctx, render.CheckKey(s.check), nil)
		return failure(err)
	}
	f, err := g.env.File(ctx, s.url)
	if err != nil {
		return failure(err)
	}
	if sink != nil {
		err = sink(f)
	}
	g.run.Release(render.FileKey(s.url))
	return err
}

// failure is err unless it is an author's mistake, which stands among the problems.
func failure(err error) error {
	f, ok := errors.AsType[*memo.Failed](err)
	if !ok {
		return err
	}
	if source := errors.Unwrap(f); isChanged(source) {
		return source
	}
	return nil
}

// Problems are the author's mistakes found so far: those of the inputs, of
// everything that was rendered, and, until everything is, those that earlier
// generations found in what has not changed since. They are in reading order.
func (g *Generation) Problems() diag.List {
	all := slices.Clone(g.problems)
	if g.run != nil {
		all = append(all, g.run.Problems()...)
		if !g.whole.Load() && !g.b.once {
			all = append(all, g.run.Known()...)
		}
	}
	all = append(all, g.damagedPictures()...)
	all = render.Fold(all.Sorted())
	if g.env != nil {
		g.env.Suggest(all)
	}
	return all
}

// Check renders everything and returns all problems.
func (g *Generation) Check(ctx context.Context) (diag.List, error) {
	if err := g.All(ctx, nil, nil); err != nil {
		return nil, err
	}
	return g.Problems(), nil
}

// Stats are the figures of one generation.
type Stats struct {
	// Pages is the number of pages; Rendered and Reused count files.
	Pages, Rendered, Reused int
}

// Stats says what this generation has done so far.
func (g *Generation) Stats() Stats {
	s := Stats{Pages: g.Pages()}
	if g.run != nil {
		s.Rendered, s.Reused = g.run.Counts(render.FileKey("").Kind)
	}
	return s
}

// Inputs are the folders on disk that a change of the site would show in.
func (g *Generation) Inputs() []string {
	if g.b.root == "" {
		return nil
	}
	dirs := []string{g.b.root}
	for _, d := range g.snap.Dirs() {
		dirs = append(dirs, filepath.Join(g.b.root, filepath.FromSlash(d)))
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

// NotFound is the URL of the page that answers for a URL that does not exist,
// in the language of its path; empty where there is none.
func (g *Generation) NotFound(url string) string {
	if g.failed {
		return ""
	}
	best := g.site.Default
	for _, l := range g.site.Languages {
		if strings.HasPrefix(url, l.Prefix) && len(l.Prefix) > len(best.Prefix) {
			best = l
		}
	}
	if best == nil || best.NotFound == nil {
		return ""
	}
	return best.NotFound.URL
}

// Sweep forgets results that this generation has not needed. Call it after All.
func (g *Generation) Sweep() {
	if g.run != nil {
		g.run.Sweep()
	}
	g.savePictures()
}
