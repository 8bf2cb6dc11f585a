package render

import (
	"bytes"
	"context"
	"fmt"

	"github.com/etagere/etagere/builder/asset"
	"github.com/etagere/etagere/builder/internal/memo"
	"github.com/etagere/etagere/builder/layout"
)

// AssetID is the ID of the asset made of the file at a path below assets/.
func AssetID(path string) string { return asset.Clean(path) }

// AssetOf is the ID of the asset that a read of key k asked for.
func AssetOf(k memo.Key) (string, bool) { return k.ID, k.Kind == nodeAsset }

// Asset is the asset with an ID; nil where there is none. An error means that
// it could not be made.
func (e *Env) Asset(ctx context.Context, id string) (*asset.Asset, error) {
	v, err := e.run.Get(ctx, memo.Key{Kind: nodeAsset, ID: id}, nil)
	if err != nil {
		return nil, err
	}
	a, _ := v.Data.(*asset.Asset)
	return a, nil
}

// asset is the node of one asset. Without a file it has a nil asset and no
// digest, which is what its readers note.
func (e *Env) asset(_ context.Context, t *memo.Trace, id string) (memo.Value, error) {
	t.Fact(memo.Key{Kind: factAsset, ID: id})
	f, ok := e.Assets.Get(id)
	if !ok {
		return memo.Value{}, nil
	}
	a := asset.Copy(f)
	return memo.Value{Data: a, Digest: a.Identity()}, nil
}

// findAsset is the asset made of the file at a path, noted; nil where there is none.
func (r *reader) findAsset(path string) (*asset.Asset, error) {
	v, err := r.node(nodeAsset, AssetID(path))
	a, _ := v.(*asset.Asset)
	return a, err
}

// resourcesSpace holds the functions of "resources".
type resourcesSpace struct{ r *reader }

// Get is the asset at a path, or nothing where there is none.
func (s resourcesSpace) Get(path string) (any, error) {
	a, err := s.r.findAsset(path)
	if a == nil {
		return nil, err
	}
	return &Asset{r: s.r, a: a}, nil
}

// Asset is a file below assets/, under its fingerprinted URL.
type Asset struct {
	r *reader
	a *asset.Asset
}

func (r *reader) asset(path string) (*Asset, error) {
	a, err := r.findAsset(path)
	if err != nil {
		return nil, err
	}
	if a == nil {
		r.fact(factNames, "assets")
		m := layout.Mistake{Code: "asset-missing", Message: fmt.Sprintf("there is no asset %q", path), Hint: "assets lie below assets/"}
		if near := r.env.Assets.Nearest(path); near != "" {
			m.Hint = fmt.Sprintf("did you mean %q?", near)
		}
		return nil, m
	}
	return &Asset{r: r, a: a}, nil
}

// RelPermalink is the asset's URL path, with the base path.
func (a *Asset) RelPermalink() string { return a.r.rel(a.a.URL) }

// Permalink is the asset's whole URL.
func (a *Asset) Permalink() string { return a.r.abs(a.a.URL) }

// URL is the same as RelPermalink.
func (a *Asset) URL() string { return a.RelPermalink() }

// Integrity is the value for the integrity attribute.
func (a *Asset) Integrity() string { return a.a.Integrity() }

// MediaType is the asset's media type.
func (a *Asset) MediaType() MediaType { return MediaType(a.a.Type) }

// Size is the number of bytes.
func (a *Asset) Size() int64 { return a.a.Size }

// Content is the asset's bytes as text, for use inside a page.
func (a *Asset) Content() (string, error) {
	b, err := a.r.env.Assets.Data(a.a)
	return string(bytes.TrimPrefix(b, []byte("\ufeff"))), err
}

// String is the asset's URL path, so that {{ asset "x" }} prints it.
func (a *Asset) String() string { return a.RelPermalink() }
