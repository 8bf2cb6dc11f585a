package render

import (
	"context"
	"net/url"
	"path"
	"strings"

	"github.com/etagere/etagere/builder/asset"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/memo"
)

// manifest makes an asset of a web app manifest: its images are fingerprinted,
// its pages are those of the site at its base path.
func (e *Env) manifest(ctx context.Context, t *memo.Trace, p, name string, data []byte) (memo.Value, error) {
	t.Fact(memo.Key{Kind: factConfig, ID: "base"})
	host := &assetHost{env: e}
	base := e.Config.BasePath()
	var problems diag.List
	var uses []string
	var failure error
	out, more := asset.RewriteManifest(name, data, func(ref string, image bool, problem func(string, string, ...any) diag.Problem) string {
		u, err := url.Parse(ref)
		if err != nil || u.IsAbs() || u.Host != "" || u.Path == "" {
			return ref
		}
		if !image {
			// Relative to the site, wherever the manifest lies.
			folder := strings.HasSuffix(u.Path, "/") || path.Base(u.Path) == "."
			u.Path = strings.TrimSuffix(base, "/") + path.Join("/", u.Path)
			if folder && !strings.HasSuffix(u.Path, "/") {
				u.Path += "/"
			}
			return u.String()
		}
		file := path.Join(path.Dir(p), u.Path)
		if strings.HasPrefix(u.Path, "/") {
			if host.Page(u.Path) {
				return base + strings.TrimPrefix(ref, "/")
			}
			file = asset.Clean(u.Path)
		}
		a, err := e.leaf(ctx, t, AssetID(file))
		switch {
		case err != nil:
			failure = err
		case a == nil:
			pr := problem("asset-missing", "there is no file %q", ref)
			if near := host.Nearest(file); near != "" {
				pr = pr.WithHint("did you mean %q?", near)
			}
			problems = append(problems, pr)
		default:
			uses = append(uses, AssetID(file))
			u.Path = strings.TrimPrefix(a.URL, asset.Prefix)
			return u.String()
		}
		return ref
	})
	host.note(t)
	if failure != nil {
		return memo.Value{}, failure
	}
	a := asset.New(p, p, out)
	a.Uses = uses
	return memo.Value{Data: a, Problems: append(problems, more...)}, nil
}
