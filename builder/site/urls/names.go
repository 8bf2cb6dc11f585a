package urls

import (
	"path"
	"strings"
)

// Parent is the folder of a path; "" for the root.
func Parent(p string) string {
	if i := strings.LastIndexByte(p, '/'); i >= 0 {
		return p[:i]
	}
	return ""
}

// Stem is the file's name without its last ending.
func Stem(p string) string {
	base := path.Base(p)
	return strings.TrimSuffix(base, path.Ext(base))
}

// Join puts two paths together; either may be empty.
func Join(dir, name string) string {
	switch {
	case dir == "":
		return name
	case name == "":
		return dir
	}
	return dir + "/" + name
}

// The ranks of files that can be a folder's page.
const (
	RankBranch = iota
	RankIndex
	RankReadme
	RankNone
)

// Rank is the rank of a file with that stem.
func Rank(stem string) int {
	switch {
	case stem == "_index":
		return RankBranch
	case stem == "index":
		return RankIndex
	case strings.EqualFold(stem, "readme"):
		return RankReadme
	}
	return RankNone
}

// WithoutExt is p without an ending that stands for a page.
func WithoutExt(p string) (string, bool) {
	for _, ext := range []string{".md", ".html", ".mdx", ".markdown", ".htm"} {
		if strings.HasSuffix(p, ext) {
			return strings.TrimSuffix(p, ext), true
		}
	}
	return "", false
}

// HasScheme reports whether dest begins with a URL scheme.
func HasScheme(dest string) bool {
	for i := range len(dest) {
		switch c := dest[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		case c == ':':
			return i > 0
		case i > 0 && ('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'):
		default:
			return false
		}
	}
	return false
}
