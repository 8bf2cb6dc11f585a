package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/digest"
)

// site makes a file system of names; the data of each is its name.
func site(names ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for _, n := range names {
		if name, target, ok := strings.Cut(n, " -> "); ok {
			m[name] = &fstest.MapFile{Data: []byte(target), Mode: fs.ModeSymlink}
			continue
		}
		m[n] = &fstest.MapFile{Data: []byte(n)}
	}
	return m
}

func scan(t *testing.T, s *Scanner) (*Snapshot, diag.List) {
	t.Helper()
	snap, problems, err := s.Scan(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return snap, problems
}

// rows are the files of a snapshot as "path lang name layer".
func rows(s *Snapshot, dir string) []string {
	var out []string
	for _, f := range s.Files(dir) {
		out = append(out, fmt.Sprintf("%s %s %s %d", f.Path, f.Lang, f.Name, f.Layer))
	}
	return out
}

func paths(s *Snapshot) []string {
	var out []string
	for _, f := range s.Files("") {
		out = append(out, f.Path)
	}
	return out
}

func codes(l diag.List) []string {
	var out []string
	for _, p := range l {
		out = append(out, p.File+" "+p.Code)
	}
	return out
}

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\ngot  %q\nwant %q", what, got, want)
	}
}

func TestLayers(t *testing.T) {
	themes := []LayerFS{
		{FS: site("layouts/a.html", "layouts/b.html", "theme.toml"), Name: "themes/mine", Layer: Theme},
		{FS: site("layouts/a.html", "layouts/b.html", "layouts/c.html", "content/zh/x.md"), Name: "[shelf]", Layer: Builtin},
	}
	l := Layout{Content: []Root{{Dir: "content/en", Lang: "en"}, {Dir: "content/zh", Lang: "zh"}}}
	s, problems := scan(t, New(site("content/en/a.md", "content/zh/a.md", "layouts/a.html", "other/x"), themes, l))
	equal(t, "files", rows(s, ""), []string{
		"content/a.md en content/en/a.md 0",
		"content/a.md zh content/zh/a.md 0",
		"content/x.md zh [shelf]/content/zh/x.md 2",
		"layouts/a.html  layouts/a.html 0",
		"layouts/b.html  themes/mine/layouts/b.html 1",
		"layouts/c.html  [shelf]/layouts/c.html 2",
	})
	equal(t, "problems", codes(problems), nil)
	if f := s.File("content/a.md"); f.Lang != "en" {
		t.Errorf("File: got language %q, want the first", f.Lang)
	}
	if f := s.FileIn("content/a.md", "zh"); f.Name != "content/zh/a.md" {
		t.Errorf("FileIn: got %q", f.Name)
	}
	if s.File("content") != nil || s.FileIn("content/a.md", "de") != nil {
		t.Error("files that are not there were found")
	}
	for _, dir := range []string{".", "content", "content/en", "themes/mine", "themes/mine/layouts"} {
		if !slices.Contains(s.Dirs(), dir) {
			t.Errorf("Dirs lacks %q: %q", dir, s.Dirs())
		}
	}
	for _, dir := range s.Dirs() {
		if strings.HasPrefix(dir, "[") {
			t.Errorf("Dirs has %q, which is in the binary", dir)
		}
	}
	b, err := s.Read(s.File("layouts/c.html"))
	if err != nil || string(b) != "layouts/c.html" {
		t.Errorf("Read: got %q, %v", b, err)
	}
}

func TestRoots(t *testing.T) {
	tests := []struct {
		name     string
		files    []string
		layout   Layout
		want     []string
		problems []string
	}{
		{
			"a language's root inside another's",
			[]string{"content/a.md", "content/zh/a.md"},
			Layout{Content: []Root{{Dir: "content", Lang: "en"}, {Dir: "content/zh", Lang: "zh"}}},
			[]string{"content/a.md en content/a.md 0", "content/a.md zh content/zh/a.md 0"}, nil,
		},
		{
			"one folder for two languages is scanned for the first",
			[]string{"content/a.md"},
			Layout{Content: []Root{{Dir: "content", Lang: "en"}, {Dir: "content", Lang: "zh"}}},
			[]string{"content/a.md en content/a.md 0"}, nil,
		},
		{
			"translation by file name is not our business",
			[]string{"content/a.zh.md"}, Layout{Content: []Root{{Dir: "content", Lang: "en"}}},
			[]string{"content/a.zh.md en content/a.zh.md 0"}, nil,
		},
		{
			"the site's root as content",
			[]string{"a.md", "assets/a.png", "static/s.txt", "layouts/x.html", "config.toml", "public/a.html", "themes/x/y.md", ".etagere/z.md", "node_modules/q/readme.md"},
			Layout{Content: []Root{{Dir: "."}}, Exclude: []string{"public", ".etagere"}},
			[]string{"assets/a.png  assets/a.png 0", "content/a.md  a.md 0", "content/assets/a.png  assets/a.png 0", "layouts/x.html  layouts/x.html 0", "static/s.txt  static/s.txt 0"}, nil,
		},
		{
			"the site's root as content, with a chapter that is named as our folders are",
			[]string{"data/a.md", "data/b.png", "static/s.txt", "i18n/en.toml"}, Layout{Content: []Root{{Dir: "."}}},
			[]string{"content/data/a.md  data/a.md 0", "content/data/b.png  data/b.png 0", "data/a.md  data/a.md 0", "data/b.png  data/b.png 0",
				"i18n/en.toml  i18n/en.toml 0", "static/s.txt  static/s.txt 0"}, nil,
		},
		{
			"mounts: a folder, a file, a language, what is hidden, what is missing",
			[]string{"content/a.md", "content/blog/b.md", "pub/robots.txt", "pub/b.txt", "static/robots.txt", "x/.htaccess", "CHANGES.md"},
			Layout{
				Content: []Root{{Dir: "content", Lang: "en"}},
				Mounts: []Mount{
					{Source: "pub/", Target: "static"}, {Source: "x/.htaccess", Target: "static/.htaccess"},
					{Source: "CHANGES.md", Target: "content/changes.md"}, {Source: "content/blog", Target: "content/posts", Lang: "zh"},
					{Source: "gone", Target: "static"}, {Source: "../up", Target: "static"},
				},
			},
			[]string{
				"content/a.md en content/a.md 0", "content/changes.md en CHANGES.md 0", "content/posts/b.md zh content/blog/b.md 0",
				"static/.htaccess  x/.htaccess 0", "static/b.txt  pub/b.txt 0", "static/robots.txt  static/robots.txt 0",
			},
			[]string{"config.toml folder-outside", "config.toml mount-missing", "pub/robots.txt file-hidden"},
		},
		{
			"a content folder that is not there",
			nil, Layout{Content: []Root{{Dir: "doc"}}}, nil, []string{"config.toml content-missing"},
		},
		{
			"a content folder that is a file",
			[]string{"doc", "static"}, Layout{Content: []Root{{Dir: "doc/x"}}}, nil, []string{"config.toml content-missing"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, problems := scan(t, New(site(tt.files...), nil, tt.layout))
			equal(t, "files", rows(s, ""), tt.want)
			equal(t, "problems", codes(problems), tt.problems)
		})
	}
}

func TestIgnore(t *testing.T) {
	kept := []string{
		"content/#x.md", "content/%.md", "content/..md", "content/.a.md", "content/01.2.md", "content/[.md", "content/a b.md",
		"content/a.tmp", "content/cafe\u0301.md", "content/caf\u00e9.md", "content/日本.md", "content/4914", "static/.well-known/security.txt",
	}
	dropped := []string{
		"content/.DS_Store", "content/.git/x.md", "content/.md", "content/.#a.md", "content/#a.md#", "content/a.md~", "content/.a.md.swp",
		"content/a.swp", "content/4913", "content/a.md.tmp", "content/a.md.tmp.12.34", "content/a.md___jb_tmp___", "content/~$a.md",
		"content/Thumbs.db", "content/node_modules/x/readme.md", "content/.well-known/x", "static/.htaccess", "static/.well-known/.x",
		"content/drafts/deep/a.md", "content/x.psd", "static/sub/deep/x.psd",
	}
	l := Layout{Ignore: []string{"content/drafts", "**/*.psd", "[", "/static/no{"}}
	s, problems := scan(t, New(site(append(slices.Clone(kept), dropped...)...), nil, l))
	slices.Sort(kept)
	equal(t, "files", paths(s), kept)
	equal(t, "problems", codes(problems), []string{"config.toml ignore-pattern", "config.toml ignore-pattern"})
}

func TestNamesThatDifferInCase(t *testing.T) {
	l := Layout{Content: []Root{{Dir: "content/en", Lang: "en"}, {Dir: "content/zh", Lang: "zh"}}}
	s, problems := scan(t, New(site("content/en/A.md", "content/en/a.md", "content/en/Guide/x.md", "content/en/guide/y.md",
		"content/en/guide/z.md", "content/zh/b.md", "content/en/B.md"), nil, l))
	if len(s.Files("content")) != 7 {
		t.Errorf("files are missing: %q", paths(s))
	}
	var got []string
	for _, p := range problems {
		got = append(got, p.String())
	}
	equal(t, "problems", got, []string{
		`content/en/a.md: "content/a.md" and "content/A.md" (content/en/A.md) differ only in case`,
		`content/en/guide/y.md: "content/guide" and "content/Guide" (content/en/Guide/x.md) differ only in case`,
	})
}

func TestLinks(t *testing.T) {
	s, problems := scan(t, New(site(
		"content/a.md", "content/sub/b.md", "shared/c.md", "shared/deep/d.md", "secret -> ../outside",
		"content/again -> sub", "content/file.md -> ../shared/c.md", "content/loop -> loop", "content/out -> ../../etc",
		"content/gone -> nothing", "content/shared -> ../shared", "content/up -> ..", "content/abs -> /etc/passwd",
		"shared/back -> ../content/sub", "content/via -> ../secret/x", "content/.hidden -> ../shared",
	), nil, Layout{}))
	equal(t, "files", rows(s, ""), []string{
		"content/a.md  content/a.md 0", "content/file.md  content/file.md 0",
		"content/shared/c.md  content/shared/c.md 0", "content/shared/deep/d.md  content/shared/deep/d.md 0",
		"content/sub/b.md  content/sub/b.md 0",
	})
	equal(t, "problems", codes(problems), []string{
		"content/abs symlink-outside", "content/again symlink-repeat", "content/gone symlink-broken", "content/loop symlink-loop",
		"content/out symlink-outside", "content/shared/back symlink-repeat", "content/up symlink-loop", "content/via symlink-outside",
	})
	if b, err := s.Read(s.File("content/shared/deep/d.md")); err != nil || string(b) != "shared/deep/d.md" {
		t.Errorf("Read behind a link: got %q, %v", b, err)
	}
	for _, dir := range []string{"shared", "shared/deep"} {
		if !slices.Contains(s.Dirs(), dir) {
			t.Errorf("Dirs lacks the real folder %q: %q", dir, s.Dirs())
		}
	}
}

func TestAbsoluteLinkThatStaysInside(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "shared/a.md", "x")
	write(t, dir, "content/b.md", "y")
	link(t, filepath.Join(dir, "shared"), filepath.Join(dir, "content", "s"))
	link(t, filepath.Join("..", "..", filepath.Base(dir), "shared", "a.md"), filepath.Join(dir, "content", "c.md"))
	s, problems := scan(t, New(os.DirFS(dir), nil, Layout{Dir: dir}))
	equal(t, "files", paths(s), []string{"content/b.md", "content/c.md", "content/s/a.md"})
	equal(t, "problems", codes(problems), nil)
}

func write(t *testing.T, dir, name, data string) {
	t.Helper()
	full := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(data), 0o666); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Skip("no symbolic links here:", err)
	}
}

func TestNameThatIsNotUTF8(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "content/a.md", "x")
	if err := os.WriteFile(filepath.Join(dir, "content", "b\xff.md"), nil, 0o666); err != nil {
		t.Skip("the system refuses such names:", err)
	}
	s, problems := scan(t, New(os.DirFS(dir), nil, Layout{}))
	equal(t, "files", paths(s), []string{"content/a.md"})
	equal(t, "problems", codes(problems), []string{"content/b\ufffd.md name-encoding"})
}

// failing fails to open, and counts the files that it opens.
type failing struct {
	fstest.MapFS
	bad    map[string]error
	opened *counter
}

type counter struct {
	mu sync.Mutex
	n  map[string]int
}

func (f failing) Open(name string) (fs.File, error) {
	if err := f.bad[name]; err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	file, err := f.MapFS.Open(name)
	if info, e := fs.Stat(f.MapFS, name); err == nil && e == nil && !info.IsDir() && f.opened != nil {
		f.opened.mu.Lock()
		defer f.opened.mu.Unlock()
		f.opened.n[name]++
	}
	return file, err
}

func (f failing) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := f.bad[name]; err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: err}
	}
	return f.MapFS.ReadDir(name)
}

func TestUnreadable(t *testing.T) {
	boom := errors.New("input/output error")
	bad := map[string]error{"content/b.md": boom, "content/sub": fs.ErrPermission, "content/gone.md": fs.ErrNotExist}
	s := New(failing{site("content/a.md", "content/b.md", "content/sub/c.md", "content/gone.md"), bad, nil}, nil, Layout{})
	snap, _, err := s.Scan(context.Background())
	if snap != nil || !errors.Is(err, boom) || !errors.Is(err, fs.ErrPermission) {
		t.Fatalf("got %v, %v", snap, err)
	}
	if got, want := err.Error(), "list content/sub: permission denied\nread content/b.md: input/output error"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	// A file that is listed and gone when it is opened is no failure.
	delete(bad, "content/b.md")
	delete(bad, "content/sub")
	again, problems := scan(t, s)
	equal(t, "files", paths(again), []string{"content/a.md", "content/b.md", "content/sub/c.md"})
	equal(t, "problems", codes(problems), nil)
}

func TestManyUnreadable(t *testing.T) {
	bad, m := map[string]error{}, site()
	for i := range 25 {
		name := fmt.Sprintf("content/%02d.md", i)
		m[name], bad[name] = &fstest.MapFile{}, fs.ErrPermission
	}
	_, _, err := New(failing{m, bad, nil}, nil, Layout{}).Scan(context.Background())
	if err == nil || strings.Count(err.Error(), "\n") != 10 || !strings.HasSuffix(err.Error(), "and 15 more") {
		t.Errorf("got %v", err)
	}
}

func TestTooLarge(t *testing.T) {
	m := site("content/a.md")
	m["content/b.md"] = &fstest.MapFile{Data: make([]byte, MaxMarkdown+1)}
	m["content/b.bin"] = m["content/b.md"]
	s, problems := scan(t, New(m, nil, Layout{}))
	equal(t, "files", paths(s), []string{"content/a.md", "content/b.bin"})
	equal(t, "problems", codes(problems), []string{"content/b.md file-size"})
}

func TestDigestsAreKept(t *testing.T) {
	opened := &counter{n: map[string]int{}}
	now := time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)
	m := site("content/old.md", "content/new.md", "content/none.md")
	m["content/old.md"].ModTime = now.Add(-time.Hour)
	m["content/new.md"].ModTime = now.Add(-time.Second)
	s := New(failing{m, nil, opened}, nil, Layout{})
	s.now = func() time.Time { return now }
	first, _ := scan(t, s)
	second, _ := scan(t, s)
	if first.Digest() != second.Digest() || !second.Same(first) {
		t.Error("the same files have two digests")
	}
	for name, want := range map[string]int{"content/old.md": 1, "content/new.md": 2, "content/none.md": 2} {
		if opened.n[name] != want {
			t.Errorf("%s was read %d times, want %d", name, opened.n[name], want)
		}
	}
	// Written again within the same tick of the clock, with the same size.
	m["content/new.md"].Data = []byte("CONTENT/NEW.MD")
	third, _ := scan(t, s)
	if third.Digest() == second.Digest() || third.Same(second) {
		t.Error("a change within the clock's step was missed")
	}
	now = now.Add(time.Hour)
	scan(t, s)
	scan(t, s)
	if opened.n["content/new.md"] != 4 {
		t.Errorf("a settled file was read %d times, want 4", opened.n["content/new.md"])
	}
	m["content/old.md"].ModTime = now.Add(-time.Minute)
	scan(t, s)
	if opened.n["content/old.md"] != 2 {
		t.Errorf("a touched file was read %d times, want 2", opened.n["content/old.md"])
	}
}

func TestReadOfChangedFile(t *testing.T) {
	m := site("content/a.md", "content/b.md")
	s, _ := scan(t, New(m, nil, Layout{}))
	m["content/a.md"] = &fstest.MapFile{Data: []byte("new")}
	if _, err := s.Read(s.File("content/a.md")); !errors.Is(err, ErrChanged) {
		t.Errorf("changed: got %v", err)
	}
	delete(m, "content/b.md")
	if _, err := s.Read(s.File("content/b.md")); !errors.Is(err, ErrChanged) {
		t.Errorf("deleted: got %v", err)
	}
	r, err := s.Open(s.File("content/a.md"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if b, err := io.ReadAll(r); err != nil || string(b) != "new" {
		t.Errorf("Open: got %q, %v", b, err)
	}
}

func TestCancelledScan(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	why := errors.New("enough")
	cancel(why)
	if _, _, err := New(site("content/a.md"), nil, Layout{}).Scan(ctx); !errors.Is(err, why) {
		t.Errorf("got %v", err)
	}
}

func TestSnapshotIsOrdered(t *testing.T) {
	names := []string{"content/a/b.md", "content/a.md", "content/a-b.md", "content/ab/c.md", "static/a"}
	s, _ := scan(t, New(site(names...), nil, Layout{}))
	equal(t, "all", paths(s), []string{"content/a-b.md", "content/a.md", "content/a/b.md", "content/ab/c.md", "static/a"})
	var got []string
	for _, f := range s.Files("content/a") {
		got = append(got, f.Path)
	}
	equal(t, "below a", got, []string{"content/a/b.md"})
	if f := s.File("static/a"); f.Digest != digest.Of([]byte("static/a")) || f.Size != 8 {
		t.Errorf("got %+v", f)
	}
}
