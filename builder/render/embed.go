package render

import (
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/etagere/etagere/builder/asset"
	"github.com/etagere/etagere/builder/internal/memo"
	"github.com/etagere/etagere/builder/markdown"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/links"
	"github.com/etagere/etagere/builder/source"
)

// EmbedOf is the content file, by the author's name, whose fingerprinted URL a
// read of key k asked for.
func EmbedOf(k memo.Key) (string, bool) { return k.ID, k.Kind == factEmbed }

// embed is the fingerprinted URL of a content file. The file is published there
// because this notes it.
func (r *reader) embed(res *site.Resource) string {
	return r.embedFile(res.File)
}

func (r *reader) embedFile(f *source.File) string {
	r.fact(factEmbed, f.Name)
	return asset.URLOf(f)
}

// embedded is the fingerprinted URL that a hole gets instead of the name of the
// content file that it resolves to, and false where it keeps the name: a link
// leads to a name that people know, unless the configuration says otherwise.
func (r *reader) embedded(h *markdown.Hole, res links.Resolution) (string, bool) {
	file := res.Resource
	if file == nil {
		return "", false
	}
	if file.URL != "" && !(shows(h) && output.IsMovable(file.File.Path)) && !r.fingerprinted(file) {
		return "", false
	}
	return r.embed(file), true
}

// shows reports whether a hole shows what it leads to, rather than lead there.
func shows(h *markdown.Hole) bool {
	switch h.Kind {
	case markdown.Image:
		return true
	case markdown.URL:
		return h.Attr != "href" || h.Element != "a" && h.Element != "area"
	}
	return false
}

// fingerprinted reports whether the configuration wants links to a file to
// change with its bytes.
func (r *reader) fingerprinted(res *site.Resource) bool {
	r.fact(factConfig, "assets")
	p := strings.TrimPrefix(res.File.Path, "content/")
	for _, pattern := range r.env.Config.Assets.Fingerprint {
		if ok, _ := doublestar.Match(pattern, p); ok {
			return true
		}
	}
	return false
}
