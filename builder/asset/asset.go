// Package asset gives the files below assets/ their fingerprinted URLs.
package asset

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/internal/nearest"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
	"github.com/etagere/etagere/builder/source"
)

// Prefix is where all fingerprinted files lie, from the site's root.
const Prefix = policy.Prefix

// Set is all assets of a site. It is safe for concurrent use.
type Set struct {
	read   func(*source.File) ([]byte, error)
	byPath map[string]*Asset
	byURL  map[string]*Asset
}

// Asset is one file below assets/.
type Asset struct {
	// Path is its place below assets/, "css/main.css".
	Path string
	// URL is /_a/NAME.DIGEST.EXT: equal bytes, name and type have one URL.
	URL  string
	Type string
	Size int64

	file *source.File
	read func(*source.File) ([]byte, error)
	once sync.Once
	data []byte
	err  error
}

// New makes the assets of files, which lie below assets/. read gives their
// bytes when somebody asks.
func New(files []*source.File, read func(*source.File) ([]byte, error)) *Set {
	s := &Set{read: read, byPath: make(map[string]*Asset, len(files)), byURL: make(map[string]*Asset, len(files))}
	for _, f := range files {
		p := strings.TrimPrefix(f.Path, "assets/")
		a := &Asset{Path: p, URL: Prefix + FileName(p, f.Digest), Type: output.MediaType(p), Size: f.Size, file: f, read: read}
		s.byPath[p], s.byURL[a.URL] = a, a
	}
	return s
}

// FileName is the fingerprinted name of a file: its own name reduced to a–z,
// 0–9 and "-", the first 16 characters of the digest in base32, its extension.
func FileName(name string, d digest.Digest) string {
	base := path.Base(name)
	ext := path.Ext(base)
	stem := reduced(strings.TrimSuffix(base, ext))
	if stem == "" {
		stem = "file"
	}
	name = stem + "." + d.Short()
	if ext = reduced(ext); ext != "" {
		name += "." + ext
	}
	return name
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

// Get is the asset at a path below assets/, which may begin with a slash.
func (s *Set) Get(p string) (*Asset, bool) {
	a, ok := s.byPath[clean(p)]
	return a, ok
}

// ByURL is the asset with a fingerprinted URL.
func (s *Set) ByURL(url string) (*Asset, bool) {
	a, ok := s.byURL[url]
	return a, ok
}

// Nearest is the path that looks most like p, or "".
func (s *Set) Nearest(p string) string {
	found, _ := nearest.Of(clean(p), slices.Sorted(maps.Keys(s.byPath)))
	return found
}

// Names identifies the paths of all assets.
func (s *Set) Names() digest.Digest {
	return digest.New().Strings(slices.Sorted(maps.Keys(s.byPath))).Sum()
}

func clean(p string) string { return strings.TrimPrefix(path.Clean("/"+p), "/") }

// Fact identifies what templates can learn of the asset at a path: zero where
// there is none.
func (s *Set) Fact(p string) digest.Digest {
	a, ok := s.Get(p)
	if !ok {
		return digest.Digest{}
	}
	return digest.New().String(a.URL).Digest(a.file.Digest).Sum()
}

// Data is the asset's bytes.
func (a *Asset) Data() ([]byte, error) {
	a.once.Do(func() { a.data, a.err = a.read(a.file) })
	return a.data, a.err
}

// Integrity is the asset's digest for the integrity attribute (Subresource
// Integrity).
func (a *Asset) Integrity() string { return output.Integrity(a.file.Digest) }

// File is the asset as a file of the site.
func (a *Asset) File() (*output.File, error) {
	b, err := a.Data()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", a.file.Name, err)
	}
	return &output.File{
		URL: a.URL, Path: strings.TrimPrefix(a.URL, "/"), Class: policy.Fingerprinted, Type: a.Type, Data: b,
	}, nil
}

// Digest identifies the asset's bytes.
func (a *Asset) Digest() digest.Digest { return a.file.Digest }
