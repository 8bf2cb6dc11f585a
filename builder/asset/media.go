package asset

import (
	"strings"
	"sync"

	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/source"
)

// Media are the files below content that are not Markdown, in one generation:
// what pages can show under a fingerprinted URL. It is safe for concurrent use.
type Media struct {
	byName map[string]*source.File
	// named are the files by the names that they have under Prefix, without digests.
	named func() map[string][]*source.File
}

// NewMedia makes the set of files.
func NewMedia(files []*source.File) *Media {
	m := &Media{byName: make(map[string]*source.File, len(files))}
	for _, f := range files {
		m.byName[f.Name] = f
	}
	m.named = sync.OnceValue(func() map[string][]*source.File {
		out := make(map[string][]*source.File, len(files))
		for _, f := range files {
			stem, ext := nameParts(f.Path)
			out[stem+ext] = append(out[stem+ext], f)
		}
		return out
	})
	return m
}

// Get is the file that the author knows by a name.
func (m *Media) Get(name string) (*source.File, bool) {
	f, ok := m.byName[name]
	return f, ok
}

// Fact identifies the fingerprinted URL of the file that the author knows by a
// name; zero where there is no such file.
func (m *Media) Fact(name string) digest.Digest {
	f, ok := m.byName[name]
	if !ok {
		return digest.Digest{}
	}
	return digest.New().String(f.Path).Digest(f.Digest).Sum()
}

// At is the file with a fingerprinted URL, or nil. Nobody need have rendered a
// page that shows it.
func (m *Media) At(url string) *source.File {
	key, ok := undigested(url)
	if !ok {
		return nil
	}
	for _, f := range m.named()[key] {
		if URLOf(f) == url {
			return f
		}
	}
	return nil
}

// URLOf is the fingerprinted URL of a file.
func URLOf(f *source.File) string { return Prefix + FileName(f.Path, f.Digest) }

// undigested is the file name in a fingerprinted URL without its digest.
func undigested(url string) (string, bool) {
	name, ok := strings.CutPrefix(url, Prefix)
	if !ok {
		return "", false
	}
	stem, rest, ok := strings.Cut(name, ".")
	if !ok || len(rest) < 16 || strings.Contains(rest, "/") {
		return "", false
	}
	return stem + rest[16:], true
}
