package render

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/content"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/internal/memo"
	"github.com/etagere/etagere/builder/internal/nearest"
)

// check is the node of what is wrong with the fragments that a page's links
// point at. It reads the bodies of the pages that the page links to, which a
// render need not.
func (e *Env) check(ctx context.Context, t *memo.Trace, id string) (memo.Value, error) {
	v, err := t.Node(ctx, memo.Key{Kind: nodeContent, ID: id}, nil)
	if err != nil {
		return memo.Value{}, nil // reported where it failed
	}
	links := v.Data.(*rendered).links
	if len(links) == 0 {
		return memo.Value{}, nil
	}
	// Where the links stand can change while the content stays what it is.
	if _, err := t.Node(ctx, memo.Key{Kind: nodeBody, ID: id}, nil); err != nil {
		return memo.Value{}, nil
	}
	var problems diag.List
	for _, l := range links {
		ids, ok := e.idsOf(ctx, t, l.Page)
		if !ok || hasID(ids, l.Fragment) {
			continue
		}
		p := l.Text.Problem(l.Off, max(1, l.Len), "anchor-broken", "nothing on %s has the id %q", e.nameOf(id, l.Page), l.Fragment).Warn()
		if near, ok := nearestID(ids, l.Fragment); ok {
			p = p.WithHint("did you mean #%s?", near)
		}
		problems = append(problems, p)
	}
	h := digest.New()
	for _, p := range problems {
		h.String(p.String())
	}
	return memo.Value{Digest: h.Sum(), Problems: problems}, nil
}

// nameOf is how a message calls page id when it speaks to the author of from.
func (e *Env) nameOf(from, id string) string {
	if from == id {
		return "this page"
	}
	if p := e.Site.ByID(id); p != nil && p.Head.Source != "" {
		return p.Head.Source
	}
	return id
}

func (e *Env) idsOf(ctx context.Context, t *memo.Trace, id string) (map[string]int, bool) {
	// Whether a file stands for the page is no part of the link to it.
	t.Fact(memo.Key{Kind: "face", ID: id})
	p := e.Site.ByID(id)
	if p == nil || !p.File {
		return nil, false
	}
	v, err := t.Node(ctx, memo.Key{Kind: nodeBody, ID: id}, nil)
	if err != nil {
		return nil, false
	}
	return v.Data.(*content.Body).IDs, true
}

// hasID reports whether a browser would find the fragment: as it is or
// percent-decoded, or as the top of the document.
func hasID(ids map[string]int, fragment string) bool {
	if fragment == "" || strings.EqualFold(fragment, "top") || strings.HasPrefix(fragment, ":~:") {
		return true
	}
	fragment, _, _ = strings.Cut(fragment, ":~:")
	if _, ok := ids[fragment]; ok {
		return true
	}
	plain, err := url.PathUnescape(fragment)
	if err != nil {
		return false
	}
	_, ok := ids[plain]
	return ok
}

func nearestID(ids map[string]int, fragment string) (string, bool) {
	if plain, err := url.PathUnescape(fragment); err == nil {
		fragment = plain
	}
	names := slices.Sorted(maps.Keys(ids))
	for _, id := range names {
		if strings.EqualFold(id, fragment) {
			return id, true
		}
	}
	return nearest.Of(fragment, names)
}

// External are the links that leave the site over HTTP, of all texts rendered
// so far, in no order.
func (e *Env) External() []Link {
	var all []Link
	e.run.Visit(func(k memo.Key, v memo.Value, err error) {
		c, ok := v.Data.(*rendered)
		if k.Kind != nodeContent || err != nil || !ok {
			return
		}
		for _, l := range c.links {
			if l.URL != "" {
				all = append(all, l)
			}
		}
	})
	return all
}
