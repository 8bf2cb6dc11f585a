package builder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/content"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/internal/par"
	"github.com/etagere/etagere/builder/markdown"
	"github.com/etagere/etagere/builder/source"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// headEntry is the head of one file, and all that it depends on.
type headEntry struct {
	key      digest.Digest
	looks    map[string]digest.Digest
	head     *content.Head
	problems diag.List
}

// heads reads the heads of all content files, those of unchanged files from
// memory, and lists the other files below content.
func (b *Builder) heads(ctx context.Context, cfg *config.Config, snap *source.Snapshot) ([]*content.Head, []*source.File, diag.List, error) {
	var pages, resources []*source.File
	// The dialect reads what MDX adds; without it, the file is none of ours.
	mdx := slices.Contains(cfg.Dialects, string(markdown.Docusaurus))
	for _, f := range snap.Files("content") {
		if source.IsMarkdown(f.Path) || mdx && strings.EqualFold(path.Ext(f.Path), ".mdx") {
			pages = append(pages, f)
		} else {
			resources = append(resources, f)
		}
	}
	options := content.HeadOptionsOf(cfg)
	settings := digest.New().Digest(cfg.Digest()).Sum()
	roots := b.roots(cfg)
	type result struct {
		entry *headEntry
		err   error
	}
	results, err := par.Map(ctx, pages, func(_ context.Context, f *source.File) result {
		e, err := b.head(f, snap, cfg, options, settings, roots[f.Lang])
		return result{e, err}
	})
	if err != nil {
		return nil, nil, nil, err
	}
	next := make(map[headKey]*headEntry, len(pages))
	heads := make([]*content.Head, 0, len(pages))
	var problems diag.List
	var errs []error
	for i, r := range results {
		if r.err != nil {
			errs = append(errs, r.err)
			continue
		}
		next[headKey{pages[i].Lang, pages[i].Path}] = r.entry
		heads = append(heads, r.entry.head)
		problems = append(problems, r.entry.problems...)
	}
	b.headCache = next
	return heads, resources, problems, errors.Join(errs...)
}

// roots are the content roots by language, relative to the site's root.
func (b *Builder) roots(cfg *config.Config) map[string]string {
	roots := make(map[string]string)
	for _, r := range b.contentRoots(cfg) {
		roots[r.Lang] = r.Dir
	}
	for _, key := range cfg.LanguageKeys() {
		if roots[key] == "" {
			roots[key] = cfg.Content
		}
	}
	return roots
}

func (b *Builder) head(f *source.File, snap *source.Snapshot, cfg *config.Config, o content.HeadOptions, settings digest.Digest, root string) (*headEntry, error) {
	key := digest.New().Digest(f.Digest).String(f.Name).String(f.Path).String(f.Lang).Digest(settings).Sum()
	if old := b.headCache[headKey{f.Lang, f.Path}]; old != nil && old.key == key && old.holds(snap) {
		return old, nil
	}
	src, err := snap.Read(f)
	if err != nil {
		return nil, fmt.Errorf("read the head: %w", err)
	}
	e := &headEntry{key: key, looks: make(map[string]digest.Digest)}
	e.head, e.problems = content.ReadHead(content.HeadInput{
		Path: strings.TrimPrefix(f.Path, "content/"), Lang: f.Lang, Source: f.Name, Src: src, Options: o,
		H1: func(body int) (string, bool) {
			text := markdown.NewText(f.Name, src, body)
			if includes(src[body:]) {
				text, _ = markdown.Expand(text, root, optionsOf(cfg), headLoader{snap, e.looks})
			}
			h, ok := markdown.FirstH1(text)
			if !ok {
				return "", false
			}
			return h.Title, h.Leading
		},
	})
	return e, nil
}

// includes reports whether a text may include others, in any dialect.
func includes(src []byte) bool {
	for _, marker := range []string{"{{#", "--8<--", "@include", "[!INCLUDE", "[!include", "<<<", "{!", "{*"} {
		if bytes.Contains(src, []byte(marker)) {
			return true
		}
	}
	return false
}

// holds reports whether what the head included is still the same.
func (e *headEntry) holds(snap *source.Snapshot) bool {
	for path, d := range e.looks {
		if snap.LoadDigest(path) != d {
			return false
		}
	}
	return true
}

// headLoader notes what a head includes.
type headLoader struct {
	snap  *source.Snapshot
	looks map[string]digest.Digest
}

func (l headLoader) Load(path string) (string, []byte, bool) {
	l.looks[path] = l.snap.LoadDigest(path)
	return l.snap.Load(path)
}

// optionsOf are the Markdown options that a configuration asks for.
func optionsOf(cfg *config.Config) markdown.Options {
	m := cfg.Markdown
	o := markdown.Options{
		GFM: true, Extras: true, CJK: m.CJK, Typographer: m.Typographer, Emoji: m.Emoji, Math: m.Math,
		RefuseHTML: !m.RawHTML, HardWraps: m.HardWraps, Slug: m.Slug, LineNumbers: m.LineNumbers,
		Moniker: m.Moniker, SummaryWords: m.SummaryWords,
	}
	for _, d := range cfg.Dialects {
		o.Dialects = append(o.Dialects, markdown.Dialect(d))
	}
	return o
}
