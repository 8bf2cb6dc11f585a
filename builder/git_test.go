package builder

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/etagere/etagere/builder/sitetest"
)

// repository makes a repository of the txtar text, or skips without git. run
// calls git in it.
func repository(t *testing.T, text string) (dir string, run func(date string, args ...string)) {
	t.Helper()
	git := sitetest.Program(t, "git")
	dir = sitetest.Dir(t, text)
	run = func(date string, args ...string) {
		t.Helper()
		cmd := exec.Command(git, append([]string{"-C", dir, "-c", "user.name=Ann Ö", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"}, args...)...)
		cmd.Env = append(os.Environ(), "GIT_AUTHOR_DATE="+date, "GIT_COMMITTER_DATE="+date, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %q: %v\n%s", args, err, out)
		}
	}
	return dir, run
}

const gitSite = `
-- config.toml --
title = "T"
theme = ""
base_url = "https://example.org/"
[git]
dates = true
-- content/a.md --
---
title: A
---
-- content/名 "x".md --
---
title: B
---
-- layouts/all.html --
{{ .Lastmod.Format "2006-01-02" }} {{ with .GitInfo }}{{ .AuthorName }} {{ len .AbbreviatedHash }} {{ .AuthorDate.UTC.Format "15:04" }}{{ end }}
`

// built is one file of a build of dir, and the problems.
func built(t *testing.T, dir, url string) (string, string) {
	t.Helper()
	b, err := Open(Options{Source: dir, AsOf: labTime})
	if err != nil {
		t.Fatal(err)
	}
	g, err := b.Update(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f, err := g.File(t.Context(), url)
	if err != nil {
		t.Fatalf("%v among %q", err, g.URLs())
	}
	return strings.TrimSpace(string(f.Data)), g.Problems().Error()
}

func TestGitDates(t *testing.T) {
	dir, run := repository(t, gitSite)
	run("", "init", "-q")
	if got, _ := built(t, dir, "/a/"); got != "0001-01-01" {
		t.Errorf("before the first commit: %q", got)
	}
	run("", "add", ".")
	run("2024-01-02T03:04:00Z", "commit", "-q", "-m", "one")
	sitetest.Write(t, dir, "-- content/a.md --\n---\ntitle: A\n---\nmore\n")
	run("2024-02-03T04:05:00Z", "commit", "-q", "-a", "-m", "two\n\nwith a body")

	if got, problems := built(t, dir, "/a/"); got != "2024-02-03 Ann Ö 7 04:05" || problems != "" {
		t.Errorf("a.md: %q, %s", got, problems)
	}
	if got, _ := built(t, dir, "/%E5%90%8D%20%22x%22/"); !strings.HasPrefix(got, "2024-01-02 Ann Ö 7 03:04") {
		t.Errorf("a name that git would quote: %q", got)
	}
	clone := filepath.Join(t.TempDir(), "clone")
	run("", "clone", "-q", "--depth", "1", "file://"+dir, clone)
	if got, problems := built(t, clone, "/a/"); got != "0001-01-01" || !strings.Contains(problems, "shallow") {
		t.Errorf("a shallow clone: %q, %s", got, problems)
	}
}

// One HEAD is one input: a commit alone makes a new generation.
func TestGitHead(t *testing.T) {
	dir, run := repository(t, gitSite)
	run("", "init", "-q")
	run("", "add", ".")
	run("2024-01-02T03:04:00Z", "commit", "-q", "-m", "one")
	b, err := Open(Options{Source: dir, AsOf: labTime})
	if err != nil {
		t.Fatal(err)
	}
	first, err := b.Update(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sitetest.Write(t, dir, "-- content/a.md --\n---\ntitle: A\n---\nmore\n")
	second, err := b.Update(t.Context())
	if err != nil || second == first {
		t.Fatalf("an edit made no new generation (%v)", err)
	}
	run("2024-02-03T04:05:00Z", "commit", "-q", "-a", "-m", "two")
	third, err := b.Update(t.Context())
	if err != nil || third == second {
		t.Fatalf("a commit made no new generation (%v)", err)
	}
	f, err := third.File(t.Context(), "/a/")
	if err != nil || !strings.HasPrefix(string(f.Data), "2024-02-03") {
		t.Errorf("%s, %v", f.Data, err)
	}
}

func TestParseLog(t *testing.T) {
	got := parseLog([]byte("\x01h2\x00\x0020\x00\na.md\x00b.md\x00\x00\x01h1\x00Ann\x0010\x00\nb.md\x00c.md\x00"))
	for name, want := range map[string]string{"a.md": "h2", "b.md": "h2", "c.md": "h1"} {
		if got[name] == nil || got[name].Hash != want {
			t.Errorf("%s: %+v, want %s", name, got[name], want)
		}
	}
	if len(got) != 3 || got["c.md"].Author != "Ann" || !got["a.md"].Date.Equal(time.Unix(20, 0)) {
		t.Errorf("%+v", got)
	}
}
