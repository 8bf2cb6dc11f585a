// Package asset gives the files below assets/ their fingerprinted URLs.
//
// What stands at such a URL is the result of a step of the build graph, which
// package render runs: a stylesheet is bundled, an image is passed on. This
// package holds what the step starts from (Set) and what it makes (Asset).
package asset

import (
	"fmt"
	"path"
	"strings"

	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
	"github.com/etagere/etagere/builder/source"
)

// Prefix is where all fingerprinted files lie, from the site's root.
const Prefix = policy.Prefix

// Asset is one fingerprinted file. It is never changed.
type Asset struct {
	// Path is what it was made of, below assets/: "css/main.css".
	Path string
	// URL is /_a/NAME.DIGEST.EXT: equal bytes, name and type have one URL.
	URL  string
	Type string
	Size int64
	// Digest identifies its bytes.
	Digest digest.Digest
	// Map is its source map, where it has one.
	Map *Asset
	// Styles is the stylesheet that a script brings along by importing CSS, or nil.
	Styles *Asset
	// Uses are the IDs of the assets that its bytes name, as Env.Asset of package
	// render takes them, sorted.
	Uses []string

	// data are the bytes, where they are not those of the file at Path.
	data []byte
	made bool
}

// New is an asset with bytes of its own. name is what its URL is made of, path
// the file below assets/ that it was made of.
func New(path, name string, data []byte) *Asset {
	d := digest.Of(data)
	return &Asset{
		Path: path, URL: Prefix + FileName(name, d), Type: output.MediaType(name), Size: int64(len(data)), Digest: d,
		data: data, made: true,
	}
}

// Copy is the asset with the bytes of f, which lies below assets/.
func Copy(f *source.File) *Asset {
	p := strings.TrimPrefix(f.Path, Folder)
	return &Asset{Path: p, URL: Prefix + FileName(p, f.Digest), Type: output.MediaType(p), Size: f.Size, Digest: f.Digest}
}

// Integrity is the asset's digest for the integrity attribute (Subresource
// Integrity).
func (a *Asset) Integrity() string { return output.Integrity(a.Digest) }

// Parts are the asset itself and what comes with it under URLs of their own, the
// source maps among them if they are wanted.
func (a *Asset) Parts(maps bool) []*Asset {
	parts := []*Asset{a}
	if a.Map != nil && maps {
		parts = append(parts, a.Map)
	}
	if a.Styles != nil {
		parts = append(parts, a.Styles.Parts(maps)...)
	}
	return parts
}

// Identity identifies all that a page can learn of the asset. The source map is
// not among it.
func (a *Asset) Identity() digest.Digest {
	h := digest.New().String(a.URL).Digest(a.Digest)
	if a.Styles != nil {
		h.Digest(a.Styles.Identity())
	}
	return h.Sum()
}

// File is the asset as a file of the site. Its bytes, where they are those of
// the file at Path, come from s.
func (s *Set) File(a *Asset) (*output.File, error) {
	b, err := s.Data(a)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", Folder+a.Path, err)
	}
	f := &output.File{URL: a.URL, Path: strings.TrimPrefix(a.URL, "/"), Class: policy.Fingerprinted, Type: a.Type, Data: b}
	if a.Map != nil {
		f.SourceMap = a.Map.URL
	}
	return f, nil
}

// FileName is the fingerprinted name of a file: its own name reduced to a–z,
// 0–9 and "-", the first 16 characters of the digest in base32, its extension.
func FileName(name string, d digest.Digest) string {
	stem, ext := nameParts(name)
	return stem + "." + d.Short() + ext
}

// nameParts are what stands before and behind the digest in a fingerprinted
// name; the extension begins with a dot, or is empty.
func nameParts(name string) (stem, ext string) {
	base := path.Base(name)
	ext = path.Ext(base)
	stem = reduced(strings.TrimSuffix(base, ext))
	if stem == "" {
		stem = "file"
	}
	if ext = reduced(ext); ext != "" {
		ext = "." + ext
	}
	return stem, ext
}

// maxName is how long each part of a reduced name may be: a name of 255 bytes,
// the longest that file systems take, has to hold the digest too.
const maxName = 96

// reduced is s in lower case with a "-" for each run of anything but a–z and
// 0–9, and without one at either end.
func reduced(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(s) {
		switch {
		case b.Len() >= maxName:
			return b.String()
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		default:
			gap = true
		}
	}
	return b.String()
}
