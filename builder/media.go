package builder

import (
	"strings"
	"sync"

	"github.com/etagere/etagere/builder/asset"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/internal/memo"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
	"github.com/etagere/etagere/builder/render"
	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/source"
)

// contentFiles are the files below content that are not Markdown.
func contentFiles(s *site.Site) []*source.File {
	files := make([]*source.File, len(s.Resources))
	for i, res := range s.Resources {
		files[i] = res.File
	}
	return files
}

// embeds are the content files that the files made so far show, by their
// fingerprinted URL.
func (g *Generation) embeds() []*source.File {
	shown := make(map[string]*source.File)
	g.run.Reads(func(_, k memo.Key, _ digest.Digest) {
		if name, ok := render.EmbedOf(k); ok {
			if f, ok := g.env.Media.Get(name); ok {
				shown[asset.URLOf(f)] = f
			}
		}
	})
	var list []*source.File
	for _, url := range sortedKeys(shown) {
		list = append(list, shown[url])
	}
	return list
}

// mediaFile is a content file under its fingerprinted URL, without its bytes.
func mediaFile(f *source.File) *output.File {
	url := asset.URLOf(f)
	return &output.File{URL: url, Path: strings.TrimPrefix(url, "/"), Class: policy.Fingerprinted, Type: output.MediaType(f.Path)}
}

// maxShown is how many bytes of pictures a Builder keeps for pages that are
// still open when the picture changes.
const maxShown = 64 << 20

// shown keeps the bytes of what was served under a fingerprinted URL: the file
// itself may have other ones by now. The zero value is empty.
type shown struct {
	mu    sync.Mutex
	bytes map[digest.Digest][]byte
	order []digest.Digest
	size  int
}

// read is the bytes of f.
func (s *shown) read(snap *source.Snapshot, f *source.File) ([]byte, error) {
	s.mu.Lock()
	b, ok := s.bytes[f.Digest]
	s.mu.Unlock()
	if ok {
		return b, nil
	}
	b, err := snap.Read(f)
	if err != nil || len(b) > maxShown/4 {
		return b, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bytes == nil {
		s.bytes = make(map[digest.Digest][]byte)
	}
	if _, ok := s.bytes[f.Digest]; ok {
		return b, nil
	}
	s.bytes[f.Digest] = b
	s.order = append(s.order, f.Digest)
	for s.size += len(b); s.size > maxShown; s.order = s.order[1:] {
		s.size -= len(s.bytes[s.order[0]])
		delete(s.bytes, s.order[0])
	}
	return b, nil
}
