package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/coding"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/policy"
)

// bench is a destination in a temporary folder.
type bench struct {
	t           *testing.T
	base        string
	dest, state string
	noExchange  bool
	hook        func(string)
}

func newBench(t *testing.T) *bench {
	base := t.TempDir()
	return &bench{t: t, base: base, dest: filepath.Join(base, "public"), state: filepath.Join(base, ".etagere", "out", "x")}
}

func (b *bench) open() *Dir {
	b.t.Helper()
	d, err := OpenDir(b.dest, b.state)
	if err != nil {
		b.t.Fatal(err)
	}
	d.noExchange = b.noExchange
	if b.hook != nil {
		d.hook = b.hook
	}
	return d
}

// files makes output files of "path=data" words; "path|coding=data" is the
// packed file of the one before it.
func files(specs ...string) []*File {
	var list []*File
	for _, s := range specs {
		p, data, _ := strings.Cut(s, "=")
		f := &File{URL: "/" + p, Path: p, Type: MediaType(p), Data: []byte(data)}
		f.Class = policy.OfMedia(f.Type)
		if plain, name, ok := strings.Cut(p, "|"); ok {
			f.URL, f.Path = "", PackedPath(plain, name)
		}
		list = append(list, f)
	}
	return list
}

// packedSpecs are specs with what gzip and br make of each file whose data ends
// in "+", in a stand-in that shows what it was made of.
func packedSpecs(specs ...string) []string {
	var list []string
	for _, s := range specs {
		list = append(list, s)
		if p, data, _ := strings.Cut(s, "="); strings.HasSuffix(data, "+") {
			list = append(list, p+"|br=br("+data+")", p+"|gzip=gzip("+data+")")
		}
	}
	return list
}

// onDisk are specs as tree lists them.
func onDisk(specs []string) []string {
	var list []string
	for i, f := range files(specs...) {
		_, data, file := strings.Cut(specs[i], "=")
		if !file {
			list = append(list, specs[i]) // a folder, a link
			continue
		}
		list = append(list, f.Path+"="+data)
	}
	return list
}

// checkPacked reports packed files that are not of what lies beside them.
func checkPacked(t *testing.T, tree []string) {
	t.Helper()
	for _, s := range tree {
		p, data, _ := strings.Cut(s, "=")
		name, inner, ok := strings.Cut(strings.TrimSuffix(data, ")"), "(")
		if plain := strings.TrimSuffix(p, coding.Suffix(name)); ok && !slices.Contains(tree, plain+"="+inner) {
			t.Errorf("%s is stale in %q", s, tree)
		}
	}
}

func manifestOf(list []*File) *Manifest {
	var entries []Entry
	for _, f := range list {
		if f.URL != "" {
			entries = append(entries, f.Entry())
			continue
		}
		name, _, _ := strings.Cut(string(f.Data), "(")
		last := &entries[len(entries)-1]
		last.Encodings = append(last.Encodings, EncodingOf(name, digest.Of(f.Data), int64(len(f.Data)), last.Type))
	}
	return NewManifest("/", entries, nil)
}

func (b *bench) try(specs ...string) (Change, error) {
	b.t.Helper()
	s, err := b.open().Begin()
	if err != nil {
		return Change{}, err
	}
	list := files(specs...)
	for _, f := range list {
		if err := s.Put(f); err != nil {
			return Change{}, errors.Join(err, s.Abort())
		}
	}
	return s.Commit(manifestOf(list))
}

func (b *bench) build(specs ...string) Change {
	b.t.Helper()
	c, err := b.try(specs...)
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

func (b *bench) write(name, data string) {
	b.t.Helper()
	full := filepath.Join(b.dest, filepath.FromSlash(name))
	if err := errors.Join(os.MkdirAll(filepath.Dir(full), 0o777), os.WriteFile(full, []byte(data), 0o666)); err != nil {
		b.t.Fatal(err)
	}
}

// tree is all files below dir as "path=data", folders without files as "path/".
func tree(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, name)
		rel = filepath.ToSlash(rel)
		switch {
		case e.IsDir():
			list, err := os.ReadDir(name)
			if err == nil && len(list) == 0 {
				out = append(out, rel+"/")
			}
			return err
		case e.Type()&fs.ModeSymlink != 0:
			to, err := os.Readlink(name)
			out = append(out, rel+" -> "+to)
			return err
		}
		b, err := os.ReadFile(name)
		out = append(out, rel+"="+string(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func (b *bench) want(specs ...string) {
	b.t.Helper()
	specs = onDisk(specs)
	slices.Sort(specs)
	if got := tree(b.t, b.dest); !slices.Equal(got, specs) {
		b.t.Errorf("destination:\ngot  %q\nwant %q", got, specs)
	}
	entries, err := os.ReadDir(b.base)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, e := range entries {
		if strings.Contains(e.Name(), ".etagere-") {
			b.t.Errorf("%s was left behind", e.Name())
		}
	}
	if _, err := os.Stat(filepath.Join(b.state, journalName)); err == nil {
		b.t.Error("the journal was left behind")
	}
}

// both runs a test on the exchanging and on the moving way.
func both(t *testing.T, test func(t *testing.T, b *bench)) {
	for _, way := range []string{"exchange", "place"} {
		t.Run(way, func(t *testing.T) {
			b := newBench(t)
			b.noExchange = way == "place"
			test(t, b)
		})
	}
}

// identities are the inode and time of every file of the destination.
func (b *bench) identities() map[string]string {
	there, err := listTree(b.dest, "", nil)
	if err != nil {
		b.t.Fatal(err)
	}
	ids := make(map[string]string)
	for p, f := range there {
		ids[p] = fmt.Sprint(inode(f.info), f.info.ModTime().UnixNano())
	}
	if info, err := os.Stat(b.dest); err == nil {
		ids["."] = fmt.Sprint(inode(info), info.ModTime().UnixNano())
	}
	return ids
}

// BenchmarkCommit publishes 10,000 files, of which two have changed.
func BenchmarkCommit(b *testing.B) {
	base := b.TempDir()
	data := strings.Repeat("x", 10<<10)
	list := make([]*File, 10_000)
	for i := range list {
		p := fmt.Sprintf("section-%02d/page-%d/index.html", i%50, i)
		list[i] = &File{URL: "/" + p, Path: p, Class: policy.Page, Type: "text/html; charset=utf-8", Data: []byte(data + p)}
	}
	d, err := OpenDir(filepath.Join(base, "public"), filepath.Join(base, "state"))
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	build := func() {
		list[0].Data = fmt.Appendf(nil, "build %d", n)
		list[1].Data = list[0].Data
		n++
		s, err := d.Begin()
		if err != nil {
			b.Fatal(err)
		}
		for _, f := range list {
			if err := s.Put(f); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := s.Commit(manifestOf(list)); err != nil {
			b.Fatal(err)
		}
	}
	build()
	for b.Loop() {
		build()
	}
}
