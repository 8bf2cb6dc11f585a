package render

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/asset"
	"github.com/etagere/etagere/builder/asset/bundle"
	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/internal/memo"
	"github.com/etagere/etagere/builder/source"
)

// packages is where npm puts packages, from the site's root. A file there can be
// an asset like those below assets/.
const packages = "node_modules/"

// AssetID is the ID of the asset made of the file at a path below assets/, or at
// a path of the site that begins with "node_modules/".
func AssetID(path string) string { return asset.Clean(path) }

// AssetOf is the ID of the asset that a read of key k asked for.
func AssetOf(k memo.Key) (string, bool) { return k.ID, k.Kind == nodeAsset }

// assetOptions are what a template may ask for over the configuration. They are
// part of an asset's ID.
type assetOptions struct {
	Bundle *bool             `json:"bundle,omitempty"`
	Minify *bool             `json:"minify,omitempty"`
	Format string            `json:"format,omitempty"`
	Name   string            `json:"name,omitempty"`
	Target []string          `json:"target,omitempty"`
	Define map[string]string `json:"define,omitempty"`
}

// id is the ID of an asset made with the options.
func (o assetOptions) id(p string) string {
	raw, err := json.Marshal(o)
	if err != nil || string(raw) == "{}" {
		return AssetID(p)
	}
	return AssetID(p) + "\x00" + string(raw)
}

// cutAssetID is the path and the options of an asset.
func cutAssetID(id string) (p string, o assetOptions) {
	p, raw, ok := strings.Cut(id, "\x00")
	if ok {
		_ = json.Unmarshal([]byte(raw), &o) // it is what id has written
	}
	return p, o
}

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
func (e *Env) asset(ctx context.Context, t *memo.Trace, id string) (memo.Value, error) {
	p, options := cutAssetID(id)
	h := &assetHost{env: e}
	name, data, ok := "", []byte(nil), false
	var f *source.File
	if strings.HasPrefix(p, packages) {
		name, data, ok = h.Read(p)
	} else {
		h.fact(factAsset, p)
		f, ok = e.Assets.Get(p)
	}
	h.note(t)
	if !ok {
		return memo.Value{}, h.err
	}
	var v memo.Value
	var err error
	bundled := false
	if bundle.Is(p) {
		t.Fact(memo.Key{Kind: factConfig, ID: "assets"})
		bundled = e.bundled(p, options)
	}
	switch {
	case bundled:
		v, err = e.bundle(ctx, t, p, options)
	case asset.IsManifest(p):
		if f != nil {
			name = f.Name
			data, err = e.Assets.Read(p)
		}
		if err == nil {
			v, err = e.manifest(ctx, t, p, name, data)
		}
	case f != nil:
		v.Data = asset.Copy(f)
	default:
		v.Data = asset.New(p, p, data)
	}
	if err != nil {
		return memo.Value{}, err
	}
	a := v.Data.(*asset.Asset)
	v.Digest = a.Identity()
	v.Problems = append(v.Problems, e.sheetParties(t, a)...)
	e.AssetNames.Add(a, id)
	return v, nil
}

// bundled reports whether a stylesheet or a script is bundled. One that somebody
// else has shortened already is passed on as it is: scripts of that kind often
// make global names, which a bundle would hide.
func (e *Env) bundled(p string, o assetOptions) bool {
	if o.Bundle != nil {
		return *o.Bundle
	}
	return e.Config.Assets.Bundle && !strings.HasSuffix(p, ".min.js")
}

// bundleOptions are the options of one bundle.
func (e *Env) bundleOptions(p string, o assetOptions) bundle.Options {
	c := e.Config.Assets
	out := bundle.Options{
		Target: c.Target, Format: c.Format, Minify: c.Minify, Define: c.Define, External: c.External, Name: o.Name, Base: e.Config.BasePath(),
		// A build that publishes no source maps need not make them.
		Maps: c.SourceMaps == "publish" || c.SourceMaps == "serve" && !e.Once,
	}
	if ext := path.Ext(p); ext == ".mjs" || ext == ".mts" {
		out.Format = "esm"
	}
	if o.Minify != nil {
		out.Minify = *o.Minify
	}
	if o.Format != "" {
		out.Format = o.Format
	}
	if len(o.Target) > 0 {
		out.Target = o.Target
	}
	if len(o.Define) > 0 {
		out.Define = make(map[string]string, len(c.Define)+len(o.Define))
		for _, m := range []map[string]string{c.Define, o.Define} {
			for k, v := range m {
				out.Define[k] = v
			}
		}
	}
	return out
}

// CheckAssets are the mistakes in the configuration of assets.
func CheckAssets(c *config.Config) diag.List {
	var list diag.List
	for i, t := range c.Assets.Target {
		if err := bundle.CheckTarget(t); err != nil {
			list = append(list, c.Problem(fmt.Sprintf("assets.target.%d", i), "config-value", "%q %v", t, err).
				WithHint(`browsers are written "chrome111", "firefox114", "safari16.4", editions "es2022"`))
		}
	}
	for _, name := range sortedKeys(c.Assets.Define) {
		if err := bundle.CheckDefine(name, c.Assets.Define[name]); err != nil {
			list = append(list, c.Problem("assets.define."+name, "config-value", "%q cannot be %q: %v", name, c.Assets.Define[name], err).
				WithHint(`a value is a JavaScript expression: a text has quotes of its own, '"text"'`))
		}
	}
	return list
}

// bundle makes an asset of a stylesheet or a script and all that it imports.
func (e *Env) bundle(ctx context.Context, t *memo.Trace, p string, options assetOptions) (memo.Value, error) {
	t.Fact(memo.Key{Kind: factConfig, ID: "base"})
	host := &assetHost{env: e}
	made, err := bundle.Build(ctx, treePath(p), e.bundleOptions(p, options), host)
	host.note(t)
	if err == nil {
		err = host.err
	}
	if err != nil {
		return memo.Value{}, err
	}
	var names, uses []string
	for _, leaf := range made.Leaves {
		id := AssetID(strings.TrimPrefix(leaf, asset.Folder))
		a, err := e.leaf(ctx, t, id)
		if err != nil {
			return memo.Value{}, err
		}
		if a != nil {
			uses = append(uses, id)
			names = append(names, e.leafName(leaf), strings.TrimPrefix(a.URL, asset.Prefix))
		}
	}
	swap := strings.NewReplacer(names...)
	final := func(b []byte) []byte { return []byte(swap.Replace(string(b))) }
	out := bundle.OutName(p)
	if made.Code == nil {
		made.Code = e.broken(p, made.Problems)
	}
	a := e.withMap(p, out, final(made.Code), final(made.Map))
	a.Uses = uses
	if made.Styles != nil {
		a.Styles = e.withMap(p, asset.StylesName(out), final(made.Styles), final(made.StylesMap))
		a.Styles.Uses = uses
	}
	return memo.Value{Data: a, Problems: made.Problems}, nil
}

// leaf is an asset that another one names, noted; nil where it could not be made.
func (e *Env) leaf(ctx context.Context, t *memo.Trace, id string) (*asset.Asset, error) {
	v, err := t.Node(ctx, memo.Key{Kind: nodeAsset, ID: id}, nil)
	if err != nil && (t.Doomed() || ctx.Err() != nil) {
		return nil, err
	}
	a, _ := v.Data.(*asset.Asset)
	return a, nil
}

// withMap is an asset and its source map, which it names where both are published:
// what is served is announced by a header, and leaves the bytes alone.
func (e *Env) withMap(p, name string, code, sourceMap []byte) *asset.Asset {
	var m *asset.Asset
	if len(sourceMap) > 0 {
		m = asset.New(p, asset.MapName(name), sourceMap)
	}
	if m != nil && e.Config.Assets.SourceMaps == "publish" {
		to := "# sourceMappingURL=" + strings.TrimPrefix(m.URL, asset.Prefix)
		if path.Ext(name) == ".css" {
			code = fmt.Appendf(code, "/*%s */\n", to)
		} else {
			code = fmt.Appendf(code, "//%s\n", to)
		}
	}
	a := asset.New(p, name, code)
	a.Map = m
	return a
}

// broken is what stands for a bundle that mistakes keep from being made: pages
// that use it can be looked at meanwhile. It is never published.
func (e *Env) broken(p string, l diag.List) []byte {
	if path.Ext(p) == ".css" {
		b, _ := e.Assets.Read(p) // it was read for the bundle
		return slices.Clip(b)
	}
	text, err := json.Marshal(l.Error())
	if err != nil { // a text always is JSON
		return nil
	}
	return fmt.Appendf(nil, "console.error(%s);\n", text)
}

// treePath is the path of an asset's file in the tree that a build sees.
func treePath(p string) string {
	if strings.HasPrefix(p, packages) {
		return p
	}
	return asset.Folder + p
}

// leafName is the name, in fingerprinted URLs, of the asset made of a file, with
// a digest that stands for its own.
func (e *Env) leafName(tree string) string {
	p := strings.TrimPrefix(tree, asset.Folder)
	name := p
	if out := bundle.OutName(p); out != "" && e.bundled(p, assetOptions{}) {
		name = out
	}
	return asset.FileName(name, digest.New().String("leaf").String(tree).Sum())
}

// assetHost is what bundles are made from. It keeps what they look for.
type assetHost struct {
	env   *Env
	looks []memo.Key
	err   error
}

func (h *assetHost) fact(kind, id string) { h.looks = append(h.looks, memo.Key{Kind: kind, ID: id}) }

// note puts all look-ups into a trace, in an order that does not depend on which
// file was parsed first.
func (h *assetHost) note(t *memo.Trace) {
	slices.SortFunc(h.looks, func(a, b memo.Key) int {
		return strings.Compare(a.Kind+"\x00"+a.ID, b.Kind+"\x00"+b.ID)
	})
	for _, k := range slices.Compact(h.looks) {
		t.Fact(k)
	}
	h.looks = nil
}

// Read is the file at a path of the tree.
func (h *assetHost) Read(p string) (string, []byte, bool) {
	below, ok := strings.CutPrefix(p, asset.Folder)
	if !ok {
		h.fact(factInclude, p)
		found, data, ok := h.env.Files.Load(p)
		if ok = ok && found == p; ok && strings.HasPrefix(p, packages) {
			if real := h.env.Real(p); strings.HasPrefix(real, packages) {
				found = real
			}
		}
		return found, data, ok
	}
	h.fact(factAsset, below)
	f, ok := h.env.Assets.Get(below)
	if !ok {
		return p, nil, false
	}
	data, err := h.env.Assets.Read(below)
	if err != nil && h.err == nil {
		h.err = err
	}
	return f.Name, data, err == nil
}

// Page reports whether the site has something at a URL.
func (h *assetHost) Page(url string) bool {
	h.fact("url", url)
	t := h.env.Site.ByURL(url)
	return t != nil && t.URL == url
}

// Leaf is the name of an asset until its digest is known.
func (h *assetHost) Leaf(p string) string { return h.env.leafName(p) }

// Nearest is the path of an asset that looks most like one.
func (h *assetHost) Nearest(p string) string {
	h.fact(factNames, "assets")
	return h.env.Assets.Nearest(p)
}
