package builder

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/site"
)

// commitCache keeps what git said of one HEAD.
type commitCache struct {
	head     string
	commits  map[string]*site.Commit
	problems diag.List
}

// read returns the newest commit of each file below root, by the file's path
// relative to root. Without git or a repository there are none. The history is
// read once for each HEAD.
func (c *commitCache) read(ctx context.Context, root string, cfg *config.Config) (map[string]*site.Commit, diag.List) {
	if root == "" || !cfg.Git.Dates || !inRepository(root) {
		return nil, nil
	}
	head, err := git(ctx, root, "rev-parse", "HEAD")
	if err != nil {
		return nil, nil // no git, or no commit yet
	}
	key := strings.TrimSpace(string(head))
	if c.head == key {
		return c.commits, c.problems
	}
	commits, problems := readCommits(ctx, root)
	if ctx.Err() != nil {
		return nil, nil
	}
	*c = commitCache{head: key, commits: commits, problems: problems}
	return commits, problems
}

// inRepository spares sites outside of repositories the start of a process.
func inRepository(dir string) bool {
	for {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return true
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return false
		}
		dir = parent
	}
}

func git(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", dir, "-c", "core.quotepath=false", "-c", "log.showSignature=false"}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0")
	return cmd.Output()
}

func readCommits(ctx context.Context, root string) (map[string]*site.Commit, diag.List) {
	if out, err := git(ctx, root, "rev-parse", "--is-shallow-repository"); err == nil && strings.TrimSpace(string(out)) == "true" {
		return nil, diag.List{diag.InFile(config.FileName, "git-shallow",
			"the repository is a shallow clone: the dates of last changes are left out").Warn().
			WithHint("fetch the whole history (git fetch --unshallow), or set dates = false under [git]")}
	}
	// NUL ends each record and each name, so that no name can be mistaken.
	out, err := git(ctx, root, "log", "--format=format:%x01%H%x00%an%x00%at%x00", "--name-only", "-z", "--relative", "HEAD", "--", ".")
	if err != nil {
		return nil, diag.List{diag.InFile(config.FileName, "git", "git cannot read the history: %v", gitError(err)).Warn()}
	}
	return parseLog(out), nil
}

func gitError(err error) error {
	if e, ok := err.(*exec.ExitError); ok {
		return fmt.Errorf("%s", bytes.TrimSpace(e.Stderr))
	}
	return err
}

// parseLog reads "\x01hash NUL author NUL seconds NUL name NUL name NUL …",
// newest commit first.
func parseLog(out []byte) map[string]*site.Commit {
	commits := make(map[string]*site.Commit)
	s := bufio.NewScanner(bytes.NewReader(out))
	s.Buffer(nil, 1<<20)
	s.Split(splitNUL)
	var c *site.Commit
	field := 0
	for s.Scan() {
		word := strings.TrimLeft(s.Text(), "\n")
		if hash, ok := strings.CutPrefix(word, "\x01"); ok {
			c, field = &site.Commit{Hash: hash}, 1
			continue
		}
		switch {
		case c == nil:
		case field == 1:
			// A commit may have an author without a name.
			c.Author, field = word, 2
		case field == 2:
			n, _ := strconv.ParseInt(word, 10, 64)
			c.Date, field = time.Unix(n, 0).UTC(), 3
		case word != "" && commits[word] == nil:
			commits[word] = c
		}
	}
	return commits
}

func splitNUL(data []byte, atEOF bool) (int, []byte, error) {
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}
