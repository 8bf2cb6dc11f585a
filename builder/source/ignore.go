package source

import (
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/etagere/etagere/builder/diag"
)

// IsMarkdown reports whether name is that of a Markdown file.
func IsMarkdown(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".md", ".markdown":
		return true
	}
	return false
}

// ignored reports whether the file or folder base, which would be target in
// the tree, is left out whatever the configuration says.
func ignored(base, target string, dir bool) bool {
	if transient(base) {
		return true
	}
	if dir && base == "node_modules" {
		return true
	}
	if !strings.HasPrefix(base, ".") {
		return false
	}
	switch {
	case target == "static/.well-known":
		return false
	case dir:
		return true
	}
	// "..md" and ".a.md" are texts with odd names; ".md" has no name at all.
	return !IsMarkdown(base) || base == path.Ext(base)
}

// transient reports whether base is what an editor or a desktop leaves beside
// the author's files, for a moment or for good.
func transient(base string) bool {
	switch base {
	case "4913", // Vim, to see whether it may write here
		".DS_Store", "Thumbs.db", "ehthumbs.db", "desktop.ini":
		return true
	}
	switch {
	case strings.HasSuffix(base, "~"), // Emacs, Vim, Kate: backups
		strings.HasPrefix(base, ".#"), // Emacs: locks
		len(base) > 2 && strings.HasPrefix(base, "#") && strings.HasSuffix(base, "#"), // Emacs: autosave
		strings.HasPrefix(base, "~$"),                                                    // Office: locks
		strings.HasSuffix(base, "___jb_tmp___"), strings.HasSuffix(base, "___jb_old___"): // JetBrains
		return true
	}
	stem, ext := strings.TrimSuffix(base, path.Ext(base)), path.Ext(base)
	switch ext {
	case ".swp", ".swo", ".swx": // Vim
		return true
	case ".tmp": // a.md.tmp: written first, then renamed. A file "x.tmp" may be the author's.
		return path.Ext(stem) != "" || strings.HasPrefix(base, "~")
	}
	// a.md.tmp.4711.1690000000: the same with the writer's number.
	if i := strings.Index(base, ".tmp."); i > 0 {
		return strings.Trim(base[i+len(".tmp."):], "0123456789.") == ""
	}
	return false
}

// patterns are the configured ones that can be used.
type patterns []string

// newPatterns drops the patterns that mean nothing, with a problem each.
func newPatterns(list []string, config string) (patterns, diag.List) {
	var ok patterns
	var problems diag.List
	for _, p := range list {
		p = strings.TrimPrefix(p, "/")
		if !doublestar.ValidatePattern(p) {
			problems = append(problems, diag.InFile(config, "ignore-pattern", "ignore: %q is not a pattern", p).
				WithHint("a pattern has *, **, ?, [a-z] and {a,b}, each bracket closed"))
			continue
		}
		ok = append(ok, strings.TrimSuffix(p, "/"))
	}
	return ok, problems
}

// match reports whether name, relative to the site's root, is to be left out.
func (ps patterns) match(name string) bool {
	for _, p := range ps {
		if doublestar.MatchUnvalidated(p, name) {
			return true
		}
	}
	return false
}
