package builder

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/etagere/etagere/builder/coding"
	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/cache"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/urls"
)

// Encodings is what a build did about content codings.
type Encodings struct {
	// Files is how many packed files lie in the destination, and Made how many
	// times bytes were packed; what an earlier build packed is not made again.
	Files, Made int
	// Plain is how many bytes the files have that lie there packed too, and Packed
	// how many the smallest of their packed files have.
	Plain, Packed int64
	// Took is the time that packing took, on all processors together.
	Took time.Duration
}

// maxPackable is how many bytes a file may have to be packed: it has to be read
// into memory as a whole.
const maxPackable = 64 << 20

// packing packs the files of one build. Its methods may be called by several
// goroutines. A nil packing packs nothing.
type packing struct {
	// codings are those of the build, the one that is offered first in front.
	codings []string
	level   func(name string) int
	min     int64
	// taken are the places where a packed file could lie and another does.
	taken   map[string]*site.Target
	kept    *cache.Disk
	encoder coding.Encoder

	mu    sync.Mutex
	stats Encodings
	notes []string
}

// codings are those that a build packs in: what the options say, else those of
// the configuration that its host sends.
func (g *Generation) codings(o BuildOptions, place *placing) []string {
	if o.Encodings != nil {
		return o.Encodings
	}
	var list []string
	for _, name := range g.config.Encodings.Codings {
		if place.host == nil || slices.Contains(place.host.Codings, name) {
			list = append(list, name)
		}
	}
	return list
}

// packing prepares to pack. Close its cache in the end.
func (g *Generation) packing(o BuildOptions, place *placing) *packing {
	p := &packing{codings: g.codings(o, place), level: g.config.Encodings.Level, min: int64(g.config.Encodings.MinSize)}
	if len(p.codings) == 0 {
		return nil
	}
	p.taken = g.taken(p.codings, place)
	if g.b.root != "" && !o.NoCache {
		p.kept = cache.Open(filepath.Join(g.b.root, stateDir, "cache"), "encodings", cache.Options{Warn: p.note})
	}
	return p
}

func (p *packing) note(message string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.notes = append(p.notes, message)
}

// close ends the packing and says what it did.
func (p *packing) close() (Encodings, []string) {
	if p == nil {
		return Encodings{}, nil
	}
	p.kept.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stats, p.notes
}

// taken are the places whose names end as those of packed files do, with the
// target that has the place, or a folder there.
func (g *Generation) taken(codings []string, place *placing) map[string]*site.Target {
	taken := make(map[string]*site.Target)
	for _, t := range g.site.Targets {
		for at := place.folder + urls.OutPath(t.URL); at != "."; at = path.Dir(at) {
			if _, name := unpacked(at, codings); name != "" {
				taken[at] = t
			}
		}
	}
	return taken
}

// unpacked is the place of the file that one at a place would be packed from,
// and the coding; empty where its name is none of a packed file.
func unpacked(at string, codings []string) (plain, name string) {
	for _, name := range codings {
		if plain, ok := strings.CutSuffix(at, coding.Suffix(name)); ok && plain != "" && !strings.HasSuffix(plain, "/") {
			return plain, name
		}
	}
	return "", ""
}

// pack puts the packed files of f into the stage, in the order in which they
// are offered. sum and size are those of its bytes, which open opens; they are
// read only where they were not packed before.
func (p *packing) pack(stage *output.Stage, f *output.File, sum digest.Digest, size int64, open func() (io.ReadCloser, error)) ([]output.Encoding, error) {
	if p == nil || f.Class == policy.Host || size < p.min || size > maxPackable || !policy.Compressible(f.Type) {
		return nil, nil
	}
	job := &packJob{packing: p, sum: sum, open: open}
	var list []output.Encoding
	smallest := size
	for _, name := range p.codings {
		at := output.PackedPath(f.Path, name)
		if _, taken := p.taken[at]; taken {
			continue
		}
		b, info, err := job.stat(name)
		if err != nil {
			return nil, err
		}
		if info.Size == 0 {
			continue // not worth it
		}
		err = stage.PutReader(&output.File{Path: at}, info.Sum, func() (io.ReadCloser, error) {
			var err error
			if b == nil {
				b, err = job.bytes(name)
			}
			return io.NopCloser(bytes.NewReader(b)), err
		})
		if err != nil {
			return nil, err
		}
		list = append(list, output.EncodingOf(name, info.Sum, info.Size, f.Type))
		smallest = min(smallest, info.Size)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stats.Took += job.took
	p.stats.Made += job.made
	if len(list) > 0 {
		p.stats.Files += len(list)
		p.stats.Plain += size
		p.stats.Packed += smallest
	}
	return list, nil
}

// packJob packs one file.
type packJob struct {
	*packing
	sum  digest.Digest
	open func() (io.ReadCloser, error)

	plain []byte // once it was read
	made  int
	took  time.Duration
}

// worth is the version of coding.Worth, which decides what is kept.
const worth = "worth 1"

func (j *packJob) key(name string) digest.Digest {
	return digest.New().String(coding.Recipe(name, j.level(name))).String(worth).Digest(j.sum).Sum()
}

// stat is what is known of the file in a coding, which is packed if need be;
// then its bytes too. It is empty where it isn't worth being sent.
func (j *packJob) stat(name string) ([]byte, cache.Info, error) {
	if info, ok := j.kept.Stat(j.key(name)); ok {
		return nil, info, nil
	}
	b, err := j.make(name)
	return b, cache.Info{Sum: digest.Of(b), Size: int64(len(b))}, err
}

// bytes is the file in a coding.
func (j *packJob) bytes(name string) ([]byte, error) {
	if b, ok := j.kept.Get(j.key(name)); ok {
		return b, nil
	}
	return j.make(name)
}

// make packs, and keeps what comes of it.
func (j *packJob) make(name string) ([]byte, error) {
	if err := j.read(); err != nil {
		return nil, err
	}
	started := time.Now()
	b, err := j.encoder.Encode(name, j.level(name), j.plain)
	if err != nil {
		return nil, err
	}
	j.took += time.Since(started)
	j.made++
	if !coding.Worth(len(j.plain), len(b)) {
		b = []byte{}
	}
	j.kept.Put(j.key(name), b)
	return b, nil
}

// read reads the plain bytes, which are still those of the digest.
func (j *packJob) read() error {
	if j.plain != nil {
		return nil
	}
	r, err := j.open()
	if err != nil {
		return err
	}
	b, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil {
		return err
	}
	if digest.Of(b) != j.sum {
		return output.ErrChanged
	}
	j.plain = b
	return nil
}

// packedTwice are the mistakes of authors whose own files lie where packed ones
// belong, and are something else: a web server would send them all the same.
func (g *Generation) packedTwice(p *packing, entries []output.Entry) (diag.List, error) {
	if p == nil || len(p.taken) == 0 {
		return nil, nil
	}
	byPath := make(map[string]*output.Entry)
	for i := range entries {
		byPath[entries[i].Path] = &entries[i]
	}
	var list diag.List
	for _, at := range sortedKeys(p.taken) {
		plain, name := unpacked(at, p.codings)
		e, t := byPath[plain], p.taken[at]
		if e == nil || e.Class == policy.Host {
			continue
		}
		same, err := g.isPacked(t, at, name, e)
		if err != nil {
			return nil, err
		}
		if same {
			continue
		}
		file := g.sourceOf(t)
		list = append(list, diag.InFile(file, "encoding-collision", "%q lies where web servers look for %q packed as %s", "/"+at, e.URL, name).
			WithHint(`rename one of them, or leave %q out of codings in [encodings]`, name))
	}
	return list, nil
}

// isPacked reports whether an author's file is the packed form of another.
func (g *Generation) isPacked(t *site.Target, at, name string, e *output.Entry) (bool, error) {
	src := fileOf(t)
	if src == nil || !strings.HasSuffix(at, urls.OutPath(t.URL)) {
		return false, nil // a page, or a folder
	}
	r, err := g.snap.Open(src)
	if err != nil {
		return false, err
	}
	defer r.Close()
	d, err := coding.Decoder(name, r)
	if err != nil {
		return false, nil // its bytes are something else
	}
	defer d.Close()
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(d, e.Size+1))
	return err == nil && n == e.Size && digest.Digest(h.Sum(nil)).String() == e.SHA256, nil
}

// sourceOf is the author's file that a target comes from, as problems name it.
func (g *Generation) sourceOf(t *site.Target) string {
	if f := fileOf(t); f != nil {
		return f.Name
	}
	if t.Page != nil && t.Page.Head != nil {
		return t.Page.Head.Source
	}
	return config.FileName
}
