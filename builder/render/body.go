package render

import (
	"context"
	"errors"
	"fmt"

	"github.com/etagere/etagere/builder/content"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/internal/memo"
	"github.com/etagere/etagere/builder/markdown"
)

// errNoSuchPage is what a node says whose page is gone.
var errNoSuchPage = errors.New("there is no such page")

// body is the node of a page's parsed Markdown. It reads the page's file, what
// that includes, and which shortcodes there are.
func (e *Env) body(ctx context.Context, t *memo.Trace, id string) (memo.Value, error) {
	r := e.reader(ctx, t)
	// The place of the file and where its body starts are part of the head.
	r.fact("face", id)
	p := e.Site.ByID(id)
	if p == nil || !p.File {
		return memo.Value{}, errNoSuchPage
	}
	r.lang = p.Lang
	r.what = p.Head.Source
	r.fact(factSource, p.Head.Source)
	r.fact(factOptions, "")
	src, err := e.Files.Source(p.Head.Source)
	if err != nil {
		return memo.Value{}, fmt.Errorf("read %s: %w", p.Head.Source, err)
	}
	b := content.ReadBody(ctx, content.BodyInput{
		Source:  p.Head.Source,
		Src:     src,
		Offset:  p.Head.Body,
		Root:    e.Roots[p.Lang.Key],
		Options: e.Options,
		Parser:  e.Parser,
		Load:    recordingLoader{r},
		Known:   func(name string) bool { _, ok := r.shortcode(name); return ok },
		Expand: func(ctx context.Context, call *content.Shortcode, text *markdown.Text, slot func(*content.Shortcode) string) (string, diag.List) {
			return r.markdownShortcode(p, call, text, slot)
		},
	})
	if r.doomed() {
		return memo.Value{}, t.Err()
	}
	problems := append(b.Problems, r.problems...)
	return memo.Value{Data: b, Digest: bodyDigest(b, problems), Problems: problems}, nil
}

// bodyDigest identifies a body for its readers. What a shortcode printed as
// Markdown is in the text already.
func bodyDigest(b *content.Body, problems diag.List) digest.Digest {
	h := digest.New().Digest(b.Digest)
	for _, p := range problems {
		h.String(p.String())
	}
	return h.Sum()
}

// recordingLoader notes what a text includes.
type recordingLoader struct{ r *reader }

func (l recordingLoader) Load(path string) (string, []byte, bool) {
	l.r.fact(factInclude, path)
	return l.r.env.Files.Load(path)
}

// stats are the figures of a text.
type stats struct {
	words, minutes int
	features       []string
}

func (e *Env) stats(ctx context.Context, t *memo.Trace, id string) (memo.Value, error) {
	v, err := t.Node(ctx, memo.Key{Kind: nodeBody, ID: id}, nil)
	if err != nil {
		return memo.Value{}, err
	}
	b := v.Data.(*content.Body)
	s := stats{words: b.Words, features: b.Features}
	perMinute := 213
	if b.CJK {
		perMinute = 501
	}
	s.minutes = (s.words + perMinute - 1) / perMinute
	h := digest.New().Int(int64(s.words)).Int(int64(s.minutes)).Strings(s.features)
	return memo.Value{Data: s, Digest: h.Sum()}, nil
}
