// Package render turns targets into files.
//
// A render is a node of the build graph: what it prints depends on the facts
// and nodes that its trace notes, and on nothing else. Templates see views
// (Page, Site, …) whose methods note what they tell. The way of a page, read
// downwards:
//
//	file     a page's layout, executed over its view           render.go
//	content  a body with its holes filled                      content.go, fill.go
//	body     a file's Markdown, expanded and parsed            body.go
//
// Beside them stand the nodes that several renders share: summaries,
// navigation, related pages, cached partials.
package render

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/etagere/etagere/builder/asset"
	"github.com/etagere/etagere/builder/asset/image"
	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/internal/memo"
	"github.com/etagere/etagere/builder/layout"
	"github.com/etagere/etagere/builder/markdown"
	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/links"
	"github.com/etagere/etagere/builder/source"
)

// Files are the inputs of one generation, as far as renders read them.
type Files interface {
	// Source returns the bytes of a content file by the name that the author
	// knows, and Digest their identity, zero where there is none.
	Source(name string) ([]byte, error)
	Digest(name string) digest.Digest
	// Load finds what a text includes, LoadDigest identifies what Load finds.
	Load(path string) (found string, data []byte, ok bool)
	LoadDigest(path string) digest.Digest
}

// Env is everything that the renders of one generation can reach. It is
// read-only and safe for concurrent use.
type Env struct {
	Config  *config.Config
	Site    *site.Site
	Layouts *layout.Set
	Files   Files
	// Real is the path of a file below node_modules with symbolic links resolved, by
	// which packages find each other.
	Real   func(path string) string
	Assets *asset.Set
	Media  *asset.Media
	// Pictures knows how large pictures are, and what their variants are made of.
	Pictures *image.Store
	// Open opens a file that is not Markdown.
	Open    func(*source.File) (io.ReadCloser, error)
	Data    *Data
	Strings *Strings
	Parser  *markdown.Parser
	Options markdown.Options
	// AsOf is the build's instant.
	AsOf time.Time
	// Roots are the content roots by language, relative to the site's root.
	Roots map[string]string

	// Once says that no later generation follows: files are not kept.
	Once bool
	// AssetNames learns what the assets are made of.
	AssetNames *asset.Names

	run   *memo.Run
	links *links.Resolver
	// folded are the site's parameters by language, as templates see them.
	folded map[string]map[string]any
}

// The kinds of nodes.
const (
	nodeBody    = "body"
	nodeContent = "content"
	nodeSummary = "summary"
	nodeStats   = "stats"
	nodeNav     = "nav"
	nodeRelated = "related"
	nodePartial = "partial"
	nodeFile    = "file"
	nodeCheck   = "check"
	nodeAsset   = "fingerprinted"
)

// The kinds of facts that do not come from the site.
const (
	factSource  = "source"
	factInclude = "include"
	factLayout  = "layout"
	factPartial = "template"
	factHook    = "hook"
	factCode    = "shortcode"
	factAsset   = "asset"
	factEmbed   = "embed"
	factPicture = "picture"
	factVariant = "variant"
	factData    = "data"
	factString  = "string"
	factConfig  = "config"
	factParams  = "params"
	factOptions = "options"
	factAsOf    = "asof"
	factRef     = "ref"
	factNamed   = "named"
	factNames   = "names"
)

// Begin starts a generation: env's facts over what graph remembers.
func (e *Env) Begin(graph *memo.Graph) *memo.Run {
	e.links = links.New(e.Site)
	e.folded = make(map[string]map[string]any, len(e.Site.Languages))
	for _, l := range e.Site.Languages {
		e.folded[l.Key] = foldKeys(e.params(l.Key))
	}
	e.run = graph.Begin(e, memo.Options{
		Computers: e.computers(), Explain: e.explain, Transient: map[string]bool{nodeFile: e.Once},
	})
	return e.run
}

func (e *Env) computers() map[string]memo.Computer {
	return map[string]memo.Computer{
		nodeBody:    e.body,
		nodeContent: e.content,
		nodeSummary: e.summary,
		nodeStats:   e.stats,
		nodeNav:     e.nav,
		nodeRelated: e.related,
		nodeFile:    e.file,
		nodeCheck:   e.check,
		nodeAsset:   e.asset,
	}
}

// Fact is the digest that fact k has in this generation.
func (e *Env) Fact(k memo.Key) digest.Digest {
	switch k.Kind {
	case factSource:
		return e.Files.Digest(k.ID)
	case factInclude:
		return e.Files.LoadDigest(k.ID)
	case factLayout, factHook, factCode, factPartial:
		return e.layoutFact(k)
	case factAsset:
		return e.Assets.Fact(k.ID)
	case factEmbed:
		return e.Media.Fact(k.ID)
	case factPicture:
		return e.Media.Sum(k.ID)
	case factVariant:
		return digest.OfString(k.ID) // a recipe says all of it
	case factData:
		return e.Data.Fact(k.ID)
	case factString:
		lang, key, _ := strings.Cut(k.ID, "\x00")
		return e.Strings.Fact(lang, key)
	case factConfig:
		return e.configFact(k.ID)
	case factParams:
		return digest.New().Value(e.params(k.ID)).Sum()
	case factOptions:
		return e.Options.Digest()
	case factNames:
		return e.names(k.ID)
	case factAsOf:
		return digest.New().Time(e.AsOf).Sum()
	case factRef, factNamed:
		return e.links.Fact(k.Kind, k.ID)
	}
	return e.Site.Fact(k.Kind, k.ID)
}

// names identifies all names there are of "assets", "layouts" or "partials":
// messages read them to find a near one.
func (e *Env) names(of string) digest.Digest {
	switch of {
	case "assets":
		return e.Assets.Names()
	case "layouts":
		return digest.New().Strings(e.Layouts.Pages()).Sum()
	}
	return digest.New().Strings(e.Layouts.Partials()).Sum()
}

// configFact identifies one part of the configuration.
func (e *Env) configFact(part string) digest.Digest {
	c := e.Config
	h := digest.New()
	switch part {
	case "base":
		h.String(c.BaseURL)
	case "site":
		h.String(c.Title).String(c.Description).String(c.Copyright).String(c.Language)
		h.String(c.Author.Name).String(c.Author.Email).String(c.Author.URL)
	case "links":
		h.Value(c.Links.Ignore)
		for _, k := range sortedKeys(c.Links.External) {
			h.String(k).String(c.Links.External[k])
		}
	case "taxonomies":
		for _, k := range sortedKeys(c.Taxonomies) {
			h.String(k).String(c.Taxonomies[k])
		}
	case "assets":
		h.Digest(c.Part("assets"))
	case "images":
		h.Digest(c.Part("images"))
	case "feeds":
		h.Int(int64(c.Feeds.Limit)).Bool(c.Feeds.Full)
	case "toc":
		h.Int(int64(c.Markdown.TOCFrom)).Int(int64(c.Markdown.TOCTo))
	case "related":
		h.Int(int64(c.Related.Limit))
		for _, k := range sortedKeys(c.Related.Weights) {
			h.String(k).Int(int64(c.Related.Weights[k]))
		}
	case "policy":
		h.String(c.Policy.CSP).Int(int64(c.Policy.Hints)).Strings(c.Policy.Fonts).Digest(c.Part("embed"))
	case "sitemap":
		h.Bool(c.Sitemap.Disabled).Bool(c.LLMs.Index).Bool(c.LLMs.Pages)
	}
	return h.Sum()
}

// params are the site's parameters in one language: the language's own over
// the site's.
func (e *Env) params(lang string) map[string]any {
	own := e.Config.Languages[lang].Params
	if len(own) == 0 {
		return e.Config.Params
	}
	all := make(map[string]any, len(e.Config.Params)+len(own))
	for k, v := range e.Config.Params {
		all[k] = v
	}
	for k, v := range own {
		all[k] = v
	}
	return all
}

// explain tells the author of nodes that need each other.
func (e *Env) explain(chain []memo.Key) diag.Problem {
	names := make([]string, 0, len(chain)+1)
	file := ""
	for _, k := range chain {
		id, _, _ := strings.Cut(k.ID, "\x00")
		name := k.Kind + " " + id
		if p := e.Site.ByID(k.ID); p != nil {
			name = k.Kind + " of " + p.Path
			if file == "" {
				file = p.Head.Source
			}
		} else if c, ok := e.Layouts.Partial(id); ok && k.Kind == nodePartial && file == "" {
			file = "layouts/" + c.Path
		}
		names = append(names, name)
	}
	names = append(names, names[0])
	hint := "let one of them do without the other"
	if chain[0].Kind == nodeContent {
		hint = "let one of them quote the other's summary or title instead"
	}
	return diag.InFile(file, "render-cycle", "these need each other: %s", strings.Join(names, " → ")).WithHint("%s", hint)
}

// reader is the state of one node's computation: what it may read, and through
// what it notes its reads. It is used by one goroutine.
type reader struct {
	env   *Env
	ctx   context.Context
	trace *memo.Trace
	in    *layout.Instance
	// lang is the language that strings and relative URLs are in; nil in nodes
	// that have none.
	lang *site.Language
	// format is the output format being made: "html".
	format string
	// what names the thing being rendered, for messages.
	what     string
	problems diag.List
	// links are the links that were filled, for the check.
	links []Link
	depth int
	// call is the shortcode whose template is running, or nil.
	call *ShortcodeContext
	// images counts the images shown so far.
	images int
}

func (e *Env) reader(ctx context.Context, t *memo.Trace) *reader {
	return &reader{env: e, ctx: ctx, trace: t, format: "html"}
}

// fact notes a fact.
func (r *reader) fact(kind, id string) digest.Digest {
	return r.trace.Fact(memo.Key{Kind: kind, ID: id})
}

// node reads another node. An error means that this render is part of a cycle
// or was called off and must stop; a node that merely failed gives nil.
func (r *reader) node(kind, id string) (any, error) {
	return r.nodeBy(memo.Key{Kind: kind, ID: id}, nil)
}

func (r *reader) nodeBy(k memo.Key, compute memo.Compute) (any, error) {
	v, err := r.trace.Node(r.ctx, k, compute)
	if err == nil {
		return v.Data, nil
	}
	if r.trace.Doomed() || r.ctx.Err() != nil {
		return nil, err
	}
	return nil, nil
}
