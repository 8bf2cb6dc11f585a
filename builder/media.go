package builder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"

	"github.com/etagere/etagere/builder/asset"
	"github.com/etagere/etagere/builder/asset/image"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/internal/memo"
	"github.com/etagere/etagere/builder/internal/par"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
	"github.com/etagere/etagere/builder/render"
	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/source"
)

// pictureDir is where the sizes and the variants of pictures are kept.
func (b *Builder) pictureDir() string {
	if b.root == "" {
		return ""
	}
	return filepath.Join(b.root, stateDir, "cache", "pictures")
}

// variants are the variants of pictures that the files made so far show, by URL.
func (g *Generation) variants() []image.Recipe {
	shown := make(map[string]image.Recipe)
	g.run.Reads(func(_, k memo.Key, _ digest.Digest) {
		if recipe, ok := render.VariantOf(k); ok {
			shown[recipe.URL()] = recipe
		}
	})
	list := make([]image.Recipe, 0, len(shown))
	for _, url := range sortedKeys(shown) {
		list = append(list, shown[url])
	}
	return list
}

// variantAt is the variant of a picture at a fingerprinted URL. Nobody need have
// rendered a page that shows it since the program began.
func (g *Generation) variantAt(url string) (image.Recipe, bool) {
	recipe, ok := g.b.pictures.Recipe(url)
	if !ok {
		return recipe, false
	}
	_, _, made := g.b.pictures.Sum(recipe)
	return recipe, made || g.env.Media.Of(recipe.Source) != nil
}

// variantFile is a variant, without its bytes.
func variantFile(r image.Recipe) *output.File {
	url := r.URL()
	return &output.File{URL: url, Path: strings.TrimPrefix(url, "/"), Class: policy.Fingerprinted, Type: output.MediaType(url)}
}

// variant is the bytes of a variant. A picture that turns out to be damaged is
// noted, and passed on as it is.
func (g *Generation) variant(r image.Recipe) ([]byte, error) {
	src := g.env.Media.Of(r.Source)
	b, err := g.b.pictures.Bytes(r, func() ([]byte, error) {
		if src == nil {
			return nil, fmt.Errorf("%s: %w", r.Name, source.ErrChanged)
		}
		return g.snap.Read(src)
	})
	if damaged, ok := errors.AsType[*image.Damaged](err); ok {
		g.faultMu.Lock()
		defer g.faultMu.Unlock()
		if g.damaged == nil {
			g.damaged = make(map[string]string)
		}
		g.damaged[src.Name] = damaged.Reason
		return b, nil
	}
	return b, err
}

// damagedPictures are the problems of pictures that no variant can be made of.
func (g *Generation) damagedPictures() diag.List {
	g.faultMu.Lock()
	defer g.faultMu.Unlock()
	var list diag.List
	for _, name := range sortedKeys(g.damaged) {
		list = append(list, diag.InFile(name, "image-damaged", "no variant of the picture can be made: %s", g.damaged[name]).Warn().
			WithHint("it is published as it is, and browsers may not show it"))
	}
	return list
}

// fillVariants puts the variants of pictures, made in parallel.
func (g *Generation) fillVariants(ctx context.Context, made *made) error {
	recipes := g.variants()
	errs := make([]error, len(recipes))
	err := par.Each(ctx, len(recipes), func(_ context.Context, i int) {
		errs[i] = g.fillVariant(made, recipes[i])
	})
	return errors.Join(append(errs, err)...)
}

func (g *Generation) fillVariant(made *made, r image.Recipe) error {
	f := made.place.file(variantFile(r))
	sum, size, ok := g.b.pictures.Sum(r)
	open := func() (io.ReadCloser, error) {
		b, err := g.variant(r)
		return io.NopCloser(bytes.NewReader(b)), err
	}
	if !ok {
		b, err := g.variant(r)
		if err != nil {
			return err
		}
		sum, size = digest.Of(b), int64(len(b))
		open = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
	}
	made.add(f, f.EntryOf(sum, size))
	return changedError(made.stage.PutReader(f, sum, open))
}

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

// savePictures writes down what was learned of pictures. Without it the next
// build takes longer, so a failure is no more than a record in the log.
func (g *Generation) savePictures() {
	if err := g.b.pictures.Save(); err != nil {
		g.b.options.Log.Warn("what was learned of pictures is lost", "error", err)
	}
}
