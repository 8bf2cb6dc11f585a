package builder

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/coding"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/themes"
)

// packSite is a site on disk whose builds are looked at.
type packSite struct {
	*testing.T
	dir string
}

func newPackSite(t *testing.T, files map[string]string) *packSite {
	s := &packSite{t, t.TempDir()}
	s.write("config.toml", "title = \"T\"\nbase_url = \"https://example.org/\"\n")
	s.write("content/_index.md", "# Home\n\n"+strings.Repeat("Some words about *packing*. ", 100))
	for name, data := range files {
		s.write(name, data)
	}
	return s
}

func (s *packSite) write(name, data string) {
	s.Helper()
	full := filepath.Join(s.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o777); err != nil {
		s.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(data), 0o666); err != nil {
		s.Fatal(err)
	}
}

func (s *packSite) try(o BuildOptions) *Result {
	s.Helper()
	o.Source, o.Themes = s.dir, themes.FS()
	r, err := Build(s.Context(), o)
	if err != nil {
		s.Fatal(err)
	}
	return r
}

// build builds, and compares each packed file with the plain one, and the
// manifest with the files that are there.
func (s *packSite) build(o BuildOptions) *Result {
	s.Helper()
	r := s.try(o)
	if !r.Written {
		s.Fatalf("not written: %v", r.Problems)
	}
	left := s.packedFiles()
	for _, e := range r.Manifest.Files {
		plain := s.read(e.Path)
		for _, c := range e.Encodings {
			at := output.PackedPath(e.Path, c.Coding)
			b := s.read(at)
			d, err := coding.Decoder(c.Coding, bytes.NewReader(b))
			if err != nil {
				s.Fatal(err)
			}
			got, err := io.ReadAll(d)
			if err != nil || !bytes.Equal(got, plain) {
				s.Errorf("%s is not packed %s (%v)", at, e.Path, err)
			}
			sum := digest.Of(b)
			if c.Size != int64(len(b)) || c.SHA256 != sum.String() || c.ETag != output.ETag(sum, c.Coding, e.Type) {
				s.Errorf("the manifest says %+v of %s", c, at)
			}
			if !coding.Worth(len(plain), len(b)) {
				s.Errorf("%s has %d bytes, packed %d", e.Path, len(plain), len(b))
			}
			left = slices.DeleteFunc(left, func(p string) bool { return p == at })
		}
		left = slices.DeleteFunc(left, func(p string) bool { return p == e.Path })
	}
	if len(left) > 0 {
		s.Errorf("packed files that no manifest lists: %q", left)
	}
	return r
}

func (s *packSite) read(p string) []byte {
	s.Helper()
	b, err := os.ReadFile(filepath.Join(s.dir, "public", filepath.FromSlash(p)))
	if err != nil {
		s.Fatal(err)
	}
	return b
}

// packedFiles are the files of the destination with names of packed ones.
func (s *packSite) packedFiles() []string {
	var list []string
	for _, suffix := range []string{".br", ".zst", ".gz"} {
		for _, p := range s.all() {
			if strings.HasSuffix(p, suffix) {
				list = append(list, p)
			}
		}
	}
	return list
}

func (s *packSite) all() []string {
	var list []string
	root := filepath.Join(s.dir, "public")
	err := filepath.WalkDir(root, func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(root, name)
			list = append(list, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
	return list
}

// tree is all bytes of the destination.
func (s *packSite) tree() map[string]string {
	tree := make(map[string]string)
	for _, p := range s.all() {
		tree[p] = string(s.read(p))
	}
	return tree
}

// randomFiles are static files of many kinds and sizes.
func randomFiles(rng *rand.Rand) map[string]string {
	files := make(map[string]string)
	for i := range 40 {
		var b strings.Builder
		n := rng.IntN(9000)
		for b.Len() < n {
			if rng.IntN(3) > 0 {
				fmt.Fprintf(&b, "word%d ", rng.IntN(90))
			} else {
				b.WriteByte(byte(rng.Uint32()))
			}
		}
		files[fmt.Sprintf("static/f%d.%s", i, []string{"css", "js", "txt", "png", "svg", "zip", "json"}[i%7])] = b.String()
	}
	return files
}

func TestPacked(t *testing.T) {
	s := newPackSite(t, randomFiles(rand.New(rand.NewPCG(1, 2))))
	first := s.build(BuildOptions{})
	if first.Encodings.Made == 0 || first.Encodings.Files == 0 || first.Encodings.Packed >= first.Encodings.Plain {
		t.Errorf("the first build says %+v", first.Encodings)
	}
	for _, p := range s.packedFiles() {
		if strings.Contains(p, ".png") || strings.Contains(p, ".zip") {
			t.Errorf("%s is packed twice", p)
		}
	}
	tree := s.tree()
	// Nothing changed: nothing is packed.
	if again := s.build(BuildOptions{}); again.Encodings.Made != 0 || again.Encodings.Files != first.Encodings.Files || !again.Change.Empty() {
		t.Errorf("the second build says %+v, %+v", again.Encodings, again.Change)
	}
	// Nor is it where the destination is gone and the cache is there.
	if err := os.RemoveAll(filepath.Join(s.dir, "public")); err != nil {
		t.Fatal(err)
	}
	if again := s.build(BuildOptions{}); again.Encodings.Made != 0 {
		t.Errorf("with the cache: %+v", again.Encodings)
	}
	// One file changes: it alone is packed.
	s.write("static/f0.css", strings.Repeat("a { color: red }\n", 300))
	if edit := s.build(BuildOptions{}); edit.Encodings.Made != 3 {
		t.Errorf("one edit: %+v", edit.Encodings)
	}
	s.write("static/f0.css", randomFiles(rand.New(rand.NewPCG(1, 2)))["static/f0.css"])
	// One processor, without the cache: the same bytes.
	old := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(old)
	if err := os.RemoveAll(filepath.Join(s.dir, "public")); err != nil {
		t.Fatal(err)
	}
	if alone := s.build(BuildOptions{NoCache: true}); alone.Encodings.Made != first.Encodings.Made {
		t.Errorf("without the cache: %+v", alone.Encodings)
	}
	for p, want := range tree {
		if got := s.tree()[p]; got != want {
			t.Errorf("%s has other bytes", p)
		}
	}
}

func TestPackedSwitch(t *testing.T) {
	s := newPackSite(t, map[string]string{"static/x.css": strings.Repeat("a { color: red }\n", 300)})
	count := func(o BuildOptions) (n [3]int) {
		t.Helper()
		s.build(o)
		for _, p := range s.packedFiles() {
			for i, suffix := range []string{".br", ".zst", ".gz"} {
				if strings.HasSuffix(p, suffix) {
					n[i]++
				}
			}
		}
		return n
	}
	all := count(BuildOptions{})
	if all[0] < 2 || all[0] != all[2] || all[0] != all[1] {
		t.Errorf("by default: %v", all)
	}
	if n := count(BuildOptions{Encodings: []string{"gzip"}}); n != [3]int{0, 0, all[2]} {
		t.Errorf("gzip alone: %v", n)
	}
	if n := count(BuildOptions{Encodings: []string{}}); n != [3]int{} {
		t.Errorf("none: %v", n)
	}
	if n := count(BuildOptions{Host: "nginx"}); n[0] < 2 || n[1] != 0 || n[2] < 2 {
		t.Errorf("for nginx: %v", n)
	}
	if n := count(BuildOptions{Host: "cloudflare"}); n != [3]int{} {
		t.Errorf("for Cloudflare: %v", n)
	}
	s.write("static/x.css", "a{}")
	if count(BuildOptions{}); slices.Contains(s.packedFiles(), "x.css.br") {
		t.Error("a file that has become small is still packed")
	}
	s.write("config.toml", "title = \"T\"\n[encodings]\ncodings = [\"br\"]\nmin_size = 1\nlevels.br = 11\n")
	if n := count(BuildOptions{}); n[0] == 0 || n[1]+n[2] != 0 {
		t.Errorf("as configured: %v", n)
	}
}

func TestPackedCacheDamaged(t *testing.T) {
	s := newPackSite(t, randomFiles(rand.New(rand.NewPCG(3, 4))))
	first := s.build(BuildOptions{})
	packs, err := filepath.Glob(filepath.Join(s.dir, ".etagere", "cache", "*.pack"))
	if err != nil || len(packs) != 1 {
		t.Fatalf("the cache is %q, %v", packs, err)
	}
	for _, at := range []int{20, -100} { // a value, the index
		b, err := os.ReadFile(packs[0])
		if err != nil {
			t.Fatal(err)
		}
		b[(at+len(b))%len(b)] ^= 1
		if err := os.WriteFile(packs[0], b, 0o666); err != nil {
			t.Fatal(err)
		}
		want := s.tree()
		if err := os.RemoveAll(filepath.Join(s.dir, "public")); err != nil {
			t.Fatal(err)
		}
		r := s.build(BuildOptions{Strict: true})
		if r.Encodings.Made == 0 || r.Encodings.Made > first.Encodings.Made || len(r.Notes) == 0 {
			t.Errorf("made %d, said %q", r.Encodings.Made, r.Notes)
		}
		for p, data := range s.tree() {
			if want[p] != data {
				t.Errorf("%s has other bytes", p)
			}
		}
		if r := s.build(BuildOptions{}); r.Encodings.Made != 0 || len(r.Notes) != 0 {
			t.Errorf("afterwards made %d, said %q", r.Encodings.Made, r.Notes)
		}
		if packs, err = filepath.Glob(filepath.Join(s.dir, ".etagere", "cache", "*.pack")); err != nil || len(packs) == 0 {
			t.Fatalf("the cache is %q, %v", packs, err)
		}
	}
}

// TestPackedTwice: an author's file where a packed one belongs.
func TestPackedTwice(t *testing.T) {
	css := strings.Repeat("a { color: red }\n", 300)
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	if _, err := io.WriteString(w, css); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	s := newPackSite(t, map[string]string{"static/x.css": css, "static/x.css.gz": z.String()})
	r := s.build(BuildOptions{})
	if e, ok := r.Manifest.File("/x.css"); !ok || len(e.Encodings) != 2 {
		t.Errorf("beside the author's own gzip: %+v", e)
	}
	s.write("static/x.css", css+"b { color: blue }\n")
	r = s.try(BuildOptions{})
	if r.Written || len(r.Problems) != 1 {
		t.Fatalf("got %v", r.Problems)
	}
	for _, part := range []string{"static/x.css.gz", `"/x.css.gz"`, `"/x.css"`, "gzip"} {
		if p := r.Problems[0]; !strings.Contains(p.File+" "+p.Message, part) {
			t.Errorf("%v lacks %s", p, part)
		}
	}
	s.build(BuildOptions{Encodings: []string{"br"}})
}
