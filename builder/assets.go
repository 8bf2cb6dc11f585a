package builder

import (
	"context"
	"slices"

	"github.com/etagere/etagere/builder/asset"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/internal/memo"
	"github.com/etagere/etagere/builder/render"
)

// assets are those that the files made so far use, and what these use in turn,
// sorted by URL.
func (g *Generation) assets(ctx context.Context) ([]*asset.Asset, error) {
	maps := g.config.Assets.SourceMaps == "publish"
	var todo []string
	g.run.Reads(func(reader, k memo.Key, _ digest.Digest) {
		_, inside := render.AssetOf(reader)
		if id, ok := render.AssetOf(k); ok && !inside {
			todo = append(todo, id)
		}
	})
	seen := make(map[string]bool)
	used := make(map[string]*asset.Asset)
	for len(todo) > 0 {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[id] {
			continue
		}
		seen[id] = true
		a, err := g.env.Asset(ctx, id)
		if err = failure(err); err != nil {
			return nil, err
		}
		if a == nil {
			continue
		}
		for _, p := range a.Parts(maps) {
			used[p.URL] = p
			todo = append(todo, p.Uses...)
		}
	}
	var list []*asset.Asset
	for _, url := range sortedKeys(used) {
		list = append(list, used[url])
	}
	return list, nil
}

// assetAt is the asset at a fingerprinted URL, or nil. Nobody need have rendered
// a page that uses it: what it can have been made of shows in its name.
func (g *Generation) assetAt(ctx context.Context, url string) *asset.Asset {
	ids := g.b.assetNames.IDs(url)
	for _, path := range g.env.Assets.Named(url) {
		ids = append(ids, render.AssetID(path))
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		a, err := g.env.Asset(ctx, id)
		if err != nil || a == nil {
			continue
		}
		for _, p := range a.Parts(true) {
			if p.URL == url {
				return p
			}
		}
	}
	return nil
}
