package output

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckDestination(t *testing.T) {
	base := t.TempDir()
	site := filepath.Join(base, "site")
	for _, dir := range []string{"content/docs", "static", "public", "out"} {
		if err := os.MkdirAll(filepath.Join(site, filepath.FromSlash(dir)), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	inputs := []string{"content", "static", "layouts", "themes", "docs/guide"}
	tests := []struct{ dest, want string }{
		{"site/public", ""}, {"site/public/deep/er", ""}, {"elsewhere", ""}, {"site-2", ""}, {"site/contents", ""}, {"site/out/../public", ""},
		{"site", "the site's own folder"}, {"site/content/..", "the site's own folder"}, {".", "holds the site"}, {"..", "holds the site"},
		{"site/content", `lies in "content"`}, {"site/content/docs/out", `lies in "content"`}, {"site/static/x", `lies in "static"`},
		{"site/layouts/new", `lies in "layouts"`}, {"site/docs", `holds "docs/guide"`}, {"site/.etagere/x", `lies in ".etagere"`}, {"site/.git", `lies in ".git"`},
	}
	if os.Symlink("content", filepath.Join(site, "link")) == nil {
		tests = append(tests, struct{ dest, want string }{"site/link/new", `lies in "content"`})
	}
	for _, tt := range tests {
		err := CheckDestination(site, filepath.Join(base, filepath.FromSlash(tt.dest)), inputs)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.dest, err, tt.want)
		}
	}
	t.Chdir(site)
	if err := CheckDestination(".", "public", []string{"."}); err != nil {
		t.Errorf("relative: %v", err)
	}
	if err := CheckDestination(".", "", nil); err == nil {
		t.Error("no destination at all is the site's folder")
	}
}

func TestStateDir(t *testing.T) {
	t.Chdir(t.TempDir())
	a, errA := StateDir("/site", "public")
	abs, _ := filepath.Abs("public")
	b, errB := StateDir("/site", abs)
	c, errC := StateDir("/site", "other")
	if errA != nil || errB != nil || errC != nil || a != b || a == c || !strings.HasPrefix(filepath.ToSlash(a), "/site/.etagere/out/") {
		t.Errorf("got %q %q %q, %v %v %v", a, b, c, errA, errB, errC)
	}
}
