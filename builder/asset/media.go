package asset

import (
	"slices"
	"strings"
	"sync"

	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/source"
)

// Media are the files that pages can show, in one generation: those below
// content that are not Markdown, which get fingerprinted URLs here, and others,
// which do not. It is safe for concurrent use.
type Media struct {
	byName map[string]*source.File
	// bySum are all files by their digest, the first by name.
	bySum func() map[digest.Digest]*source.File
	// named are the files by the names that they have under Prefix, without digests.
	named func() map[string][]*source.File
}

// NewMedia makes the set of content files and others.
func NewMedia(files, others []*source.File) *Media {
	m := &Media{byName: make(map[string]*source.File, len(files)+len(others))}
	for _, f := range slices.Concat(others, files) {
		m.byName[f.Name] = f
	}
	m.bySum = sync.OnceValue(func() map[digest.Digest]*source.File {
		out := make(map[digest.Digest]*source.File, len(m.byName))
		for _, f := range slices.Concat(others, files) {
			if old := out[f.Digest]; old == nil || f.Name < old.Name {
				out[f.Digest] = f
			}
		}
		return out
	})
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

// Sum identifies the bytes of the file that the author knows by a name.
func (m *Media) Sum(name string) digest.Digest {
	if f, ok := m.byName[name]; ok {
		return f.Digest
	}
	return digest.Digest{}
}

// Of is a file with the bytes that a digest identifies, or nil.
func (m *Media) Of(d digest.Digest) *source.File { return m.bySum()[d] }

// At is the content file with a fingerprinted URL, or nil. Nobody need have rendered a
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
