package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/etagere/etagere/builder/asset"
	"github.com/etagere/etagere/builder/asset/bundle"
	"github.com/etagere/etagere/builder/internal/nearest"
	"github.com/etagere/etagere/builder/layout"
)

// findAsset is the asset with an ID, noted; nil where there is none.
func (r *reader) findAsset(id string) (*asset.Asset, error) {
	v, err := r.node(nodeAsset, id)
	a, _ := v.(*asset.Asset)
	return a, err
}

// resourcesSpace holds the functions of "resources".
type resourcesSpace struct{ r *reader }

// Get is the asset at a path, or nothing where there is none.
func (s resourcesSpace) Get(path string) (any, error) {
	a, err := s.r.findAsset(AssetID(path))
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

// asset is the template function of that name.
func (r *reader) asset(path string, args []any) (*Asset, error) {
	o, err := optionsOf(args)
	if err != nil {
		return nil, err
	}
	a, err := r.findAsset(o.id(path))
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

// optionsOf reads the options of asset: a dict.
func optionsOf(args []any) (assetOptions, error) {
	var o assetOptions
	if len(args) == 0 {
		return o, nil
	}
	dict, ok := args[0].(map[string]any)
	if !ok || len(args) > 1 {
		return o, layout.Mistake{Code: "asset-option", Message: "asset wants a path, and options as a dict", Hint: `write asset "js/main.ts" (dict "format" "esm")`}
	}
	known := []string{"bundle", "define", "format", "minify", "name", "target"}
	for _, k := range sortedKeys(dict) {
		raw, err := json.Marshal(map[string]any{k: dict[k]})
		if k == "target" {
			if one, ok := dict[k].(string); ok {
				raw, err = json.Marshal(map[string]any{k: []string{one}})
			}
		}
		if err == nil {
			d := json.NewDecoder(bytes.NewReader(raw))
			d.DisallowUnknownFields()
			err = d.Decode(&o)
		}
		if err == nil {
			continue
		}
		m := layout.Mistake{Code: "asset-option", Message: fmt.Sprintf("asset has no option %q", k), Hint: "known are " + strings.Join(known, ", ")}
		if strings.Contains(strings.Join(known, " ")+" ", k+" ") {
			m.Message, m.Hint = fmt.Sprintf("asset cannot take %v as %q", dict[k], k), ""
		} else if near, ok := nearest.Of(k, known); ok {
			m.Hint = fmt.Sprintf("did you mean %q?", near)
		}
		return o, m
	}
	return o, o.check()
}

// check looks at the values of options.
func (o assetOptions) check() error {
	if o.Format != "" && o.Format != "iife" && o.Format != "esm" {
		return layout.Mistake{Code: "asset-option", Message: fmt.Sprintf("there is no format %q", o.Format), Hint: "known are iife, esm"}
	}
	for _, t := range o.Target {
		if err := bundle.CheckTarget(t); err != nil {
			return layout.Mistake{Code: "asset-option", Message: fmt.Sprintf("target %q %v", t, err), Hint: `browsers are written "chrome111"`}
		}
	}
	for _, k := range sortedKeys(o.Define) {
		if err := bundle.CheckDefine(k, o.Define[k]); err != nil {
			return layout.Mistake{Code: "asset-option", Message: fmt.Sprintf("%q cannot be %q: %v", k, o.Define[k], err), Hint: "a value is a JavaScript expression; jsonify makes one of anything"}
		}
	}
	return nil
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

// Content is the asset's bytes as text, for use inside a page. In a stylesheet the
// URLs of other assets, which are relative to it, become those that a page needs.
func (a *Asset) Content() (string, error) {
	b, err := a.r.env.Assets.Data(a.a)
	if err != nil {
		return "", err
	}
	text := string(bytes.TrimPrefix(b, []byte("\ufeff")))
	if !strings.HasPrefix(a.a.Type, "text/css") {
		return text, nil
	}
	var names []string
	for _, id := range a.a.Uses {
		if leaf, err := a.r.findAsset(id); err == nil && leaf != nil {
			names = append(names, strings.TrimPrefix(leaf.URL, asset.Prefix), a.r.rel(leaf.URL))
		}
	}
	return strings.NewReplacer(names...).Replace(text), nil
}

// Stylesheet is the CSS that a script imports, as an asset of its own, or nothing.
func (a *Asset) Stylesheet() any {
	if a.a.Styles == nil {
		return nil
	}
	return &Asset{r: a.r, a: a.a.Styles}
}

// String is the asset's URL path, so that {{ asset "x" }} prints it.
func (a *Asset) String() string { return a.RelPermalink() }
