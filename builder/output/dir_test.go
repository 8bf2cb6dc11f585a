package output

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/etagere/etagere/builder/internal/digest"
)

func TestPublish(t *testing.T) {
	both(t, func(t *testing.T, b *bench) {
		c := b.build("index.html=one", "a/index.html=a", "style.css=s")
		if len(c.Added) != 3 || c.Same != 0 {
			t.Errorf("first build: got %+v", c)
		}
		b.want("index.html=one", "a/index.html=a", "style.css=s")

		// Strangers: a file, a folder, an empty folder, a link.
		b.write("CNAME", "example.org")
		b.write(".well-known/acme/x", "token")
		if err := os.MkdirAll(filepath.Join(b.dest, "empty", "deep"), 0o777); err != nil {
			t.Fatal(err)
		}
		b.write("a/note.txt", "mine")
		strangers := []string{"CNAME=example.org", ".well-known/acme/x=token", "empty/deep/", "a/note.txt=mine"}
		if os.Symlink("CNAME", filepath.Join(b.dest, "link")) == nil {
			strangers = append(strangers, "link -> CNAME")
		}

		strangers = slices.Clip(strangers)
		c = b.build("index.html=two", "b/c/index.html=c", "style.css=s")
		want := Change{Added: []string{"/b/c/index.html"}, Changed: []string{"/index.html"}, Removed: []string{"/a/index.html"}, Same: 1}
		if fmt.Sprint(c) != fmt.Sprint(want) {
			t.Errorf("second build: got %+v, want %+v", c, want)
		}
		b.want(append(strangers, "index.html=two", "b/c/index.html=c", "style.css=s")...)

		b.build("index.html=two")
		b.want(append(strangers, "index.html=two")...)
	})
}

func TestNothingChanged(t *testing.T) {
	both(t, func(t *testing.T, b *bench) {
		specs := []string{"index.html=one", "a/index.html=a", "style.css=s"}
		b.build(specs...)
		b.write("CNAME", "x")
		before := b.identities()
		parent, _ := os.Stat(b.base)
		if c := b.build(specs...); !c.Empty() || c.Same != 3 {
			t.Errorf("got %+v", c)
		}
		if after := b.identities(); !maps.Equal(before, after) {
			t.Errorf("something was written:\nbefore %v\nafter  %v", before, after)
		}
		if now, _ := os.Stat(b.base); !now.ModTime().Equal(parent.ModTime()) {
			t.Error("a staging folder was made for nothing")
		}
		// One file changes: the others keep their inodes.
		b.build("index.html=two", "a/index.html=a", "style.css=s")
		after := b.identities()
		for _, p := range []string{"a/index.html", "style.css", "CNAME"} {
			if after[p] != before[p] {
				t.Errorf("%s was written again: %s, then %s", p, before[p], after[p])
			}
		}
		if after["index.html"] == before["index.html"] {
			t.Error("index.html was not written")
		}
	})
}

func TestTimesFollowBytes(t *testing.T) {
	b := newBench(t)
	b.build("a.txt=one", "b.txt=one", "c.txt=two")
	at := func(name string) time.Time {
		info, err := os.Stat(filepath.Join(b.dest, name))
		if err != nil {
			t.Fatal(err)
		}
		return info.ModTime()
	}
	if !at("a.txt").Equal(at("b.txt")) || at("a.txt").Equal(at("c.txt")) {
		t.Error("equal bytes have different times, or different bytes the same")
	}
	for i := range 1000 {
		m := ModTime(digest.OfString(fmt.Sprint(i)))
		if m.Year() < 2000 || m.Year() > 2019 || m.Nanosecond() != 0 {
			t.Fatalf("got time %v", m)
		}
	}
}

func TestTamperedFileIsWrittenAgain(t *testing.T) {
	both(t, func(t *testing.T, b *bench) {
		b.build("index.html=one", "a.txt=a")
		b.write("index.html", "two") // same size
		b.build("index.html=one", "a.txt=a")
		b.want("index.html=one", "a.txt=a")
		if err := os.Remove(filepath.Join(b.dest, "a.txt")); err != nil {
			t.Fatal(err)
		}
		b.build("index.html=one", "a.txt=a")
		b.want("index.html=one", "a.txt=a")
	})
}

func TestFilesAndFoldersTakeTurns(t *testing.T) {
	both(t, func(t *testing.T, b *bench) {
		b.build("a=file", "b/x/y.html=y", "b/z.html=z")
		b.build("a/index.html=folder", "b=file")
		b.want("a/index.html=folder", "b=file")
		b.build("a=file", "b/x/y.html=y")
		b.want("a=file", "b/x/y.html=y")
		b.build()
		if got := tree(t, b.dest); !slices.Equal(got, []string{"./"}) {
			t.Errorf("got %q", got)
		}
	})
}

func TestStrangersInTheWay(t *testing.T) {
	both(t, func(t *testing.T, b *bench) {
		b.write("index.html", "theirs")
		b.write("guide", "a file where a folder belongs")
		b.write("news/x/y.txt", "a folder where a file belongs")
		for i := range 5 {
			b.write(fmt.Sprintf("p%d.html", i), "theirs")
		}
		before := tree(t, b.dest)
		specs := []string{"index.html=ours", "guide/index.html=g", "news=n"}
		for i := range 5 {
			specs = append(specs, fmt.Sprintf("p%d.html=ours", i))
		}
		_, err := b.try(specs...)
		if err == nil {
			t.Fatal("files of others were replaced")
		}
		for _, part := range []string{"guide", "index.html", "news/", "p0.html", "and 3 more", "choose another destination"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("the message lacks %q: %v", part, err)
			}
		}
		b.want(before...)
		// What would be the same anyway is taken over.
		b.build("p0.html=theirs", "other.html=o")
		b.build("p0.html=ours")
		if got, _ := os.ReadFile(filepath.Join(b.dest, "p0.html")); string(got) != "ours" {
			t.Errorf("got %q", got)
		}
	})
}

func TestStateDeleted(t *testing.T) {
	both(t, func(t *testing.T, b *bench) {
		b.build("index.html=one", "a/index.html=a", "old.html=old")
		if err := os.RemoveAll(filepath.Dir(filepath.Dir(b.state))); err != nil {
			t.Fatal(err)
		}
		// Ours are known by the time that follows their bytes; what is no longer
		// made stays, because no manifest lists it.
		b.build("index.html=two", "a/index.html=a")
		b.want("index.html=two", "a/index.html=a", "old.html=old")
	})
}

func TestStateDamaged(t *testing.T) {
	for _, name := range []string{manifestName, writtenName, journalName} {
		for _, damage := range []string{"", "{", "null", `{"version":1,"files":[{"url":"/x","path":"../../x"}]}`, "[1]"} {
			b := newBench(t)
			b.build("index.html=one", "a.txt=a")
			if err := os.WriteFile(filepath.Join(b.state, name), []byte(damage), 0o666); err != nil {
				t.Fatal(err)
			}
			b.build("index.html=two", "a.txt=a")
			b.want("index.html=two", "a.txt=a")
		}
	}
}

func TestJournalThatLies(t *testing.T) {
	b := newBench(t)
	b.build("index.html=one")
	victim := filepath.Join(b.base, "victim")
	if err := os.WriteFile(victim, []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, j := range []journal{
		{Place: true, Stage: filepath.Join(b.base, ".public.etagere-x"), Deletes: []string{"../victim"}, Manifest: string(manifestOf(nil).Bytes())},
		{Place: true, Stage: b.base, Manifest: string(manifestOf(nil).Bytes())},
	} {
		if err := b.open().writeState(journalName, jsonOf(j)); err != nil {
			t.Fatal(err)
		}
		b.build("index.html=two")
		if _, err := os.Stat(victim); err != nil {
			t.Fatalf("a file outside the destination is gone: %v", err)
		}
		b.want("index.html=two")
	}
}

func TestSymlinkedDestination(t *testing.T) {
	b := newBench(t)
	real := filepath.Join(b.base, "elsewhere", "www")
	if err := os.MkdirAll(real, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(real, b.dest); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	b.build("index.html=one", "x/y.css=a")
	b.build("index.html=two", "x/z.css=a")
	if got := tree(t, real); !slices.Equal(got, []string{"index.html=two", "x/z.css=a"}) {
		t.Errorf("got %q", got)
	}
	if info, err := os.Lstat(b.dest); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Error("the link was replaced")
	}
}

func TestGitCheckoutStays(t *testing.T) {
	b := newBench(t)
	b.write(".git/HEAD", "ref: refs/heads/gh-pages")
	info, err := os.Stat(b.dest)
	if err != nil {
		t.Fatal(err)
	}
	b.build("index.html=one")
	b.build("index.html=two")
	now, err := os.Stat(b.dest)
	if err != nil || !os.SameFile(info, now) {
		t.Error("the folder of a checkout was exchanged")
	}
	b.want(".git/HEAD=ref: refs/heads/gh-pages", "index.html=two")
}

func TestDestinationThatIsAFile(t *testing.T) {
	b := newBench(t)
	if err := os.WriteFile(b.dest, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenDir(b.dest, b.state); err == nil || !strings.Contains(err.Error(), "is a file") {
		t.Errorf("got %v", err)
	}
}

func TestTwoProcesses(t *testing.T) {
	b := newBench(t)
	s, err := b.open().Begin()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Put(files("a.txt=a")[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := b.open().Begin(); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("process %d", os.Getpid())) {
		t.Errorf("got %v", err)
	}
	// A second site with the same destination leaves our staging folder alone.
	d, err := OpenDir(b.dest, b.state+"2")
	if err != nil {
		t.Fatal(err)
	}
	other, err := d.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Abort(); err != nil {
		t.Error(err)
	}
	if _, err := s.Commit(manifestOf(files("a.txt=a"))); err != nil {
		t.Error(err)
	}
	b.want("a.txt=a")
}

func TestAbort(t *testing.T) {
	b := newBench(t)
	b.build("index.html=one")
	s, err := b.open().Begin()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Put(files("index.html=two")[0]); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Abort(), s.Abort()); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(files("x=y")[0]); err == nil {
		t.Error("Put after Abort")
	}
	if _, err := s.Commit(manifestOf(nil)); err == nil {
		t.Error("Commit after Abort")
	}
	b.want("index.html=one")
}

func TestPutRefuses(t *testing.T) {
	b := newBench(t)
	s, err := b.open().Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Abort()
	for _, p := range []string{"", ".", "/a", "../a", "a/../b", "a//b", "a/", "a\x00b", "\xff"} {
		if err := s.Put(&File{URL: "/", Path: p}); err == nil {
			t.Errorf("Put took path %q", p)
		}
	}
	a := files("a.txt=a")[0]
	if err := s.Put(a); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(a); err == nil {
		t.Error("Put took two files for one path")
	}
	if _, err := s.Commit(manifestOf(files("a.txt=b"))); err == nil {
		t.Error("Commit took a manifest of other bytes")
	}
	if _, err := os.Stat(b.dest); err == nil {
		t.Error("a refused commit wrote")
	}
}

func TestPutReader(t *testing.T) {
	b := newBench(t)
	put := func(data string, sum digest.Digest, opened *int) error {
		s, err := b.open().Begin()
		if err != nil {
			t.Fatal(err)
		}
		f := files("big.bin=")[0]
		err = s.PutReader(f, sum, func() (io.ReadCloser, error) {
			*opened++
			return io.NopCloser(strings.NewReader(data)), nil
		})
		if err != nil {
			return errors.Join(err, s.Abort())
		}
		_, err = s.Commit(NewManifest("/", []Entry{f.EntryOf(sum, int64(len(data)))}, nil))
		return err
	}
	n := 0
	for range 2 {
		if err := put("large", digest.Of([]byte("large")), &n); err != nil {
			t.Fatal(err)
		}
	}
	if n != 1 {
		t.Errorf("the file was opened %d times, want once", n)
	}
	if err := put("other", digest.Of([]byte("wanted")), &n); !errors.Is(err, ErrChanged) {
		t.Errorf("got %v", err)
	}
	b.want("big.bin=large")
}
