package funcs

import (
	"net/url"
	"path"
	"strings"
	"unicode"
)

// URLs is the namespace "urls". That of a render adds what needs the site.
type URLs struct{}

// Path is the namespace "path".
type Path struct{}

func urlEntries() []entry {
	u := URLs{}
	return []entry{
		{"urlize", []string{"urls.URLize"}, u.URLize, "urlize TEXT", "The text as a path element of a URL: lower case, hyphens for spaces, punctuation left out.", `{{ urlize "What's New?" }}`, "whats-new"},
		{"anchorize", []string{"urls.Anchorize"}, u.Anchorize, "anchorize TEXT", "The id that a heading with this text gets on GitHub.", `{{ anchorize "What's New?" }}`, "whats-new"},
		{"urls.Parse", nil, nil, "urls.Parse URL", "The parts of a URL: .Scheme .Host .Path .RawQuery .Fragment.", `{{ (urls.Parse "https://example.org/a?b=1").Host }}`, "example.org"},
		{"urls.JoinPath", nil, nil, "urls.JoinPath PART …", "The parts as one path or URL, with one slash between them and dots resolved.", `{{ urls.JoinPath "https://example.org/a/" "/b" "../c" }}`, "https://example.org/a/c"},
		{"urls.PathEscape", nil, nil, "urls.PathEscape TEXT", "The text escaped for one element of a path.", `{{ urls.PathEscape "a b/c" }}`, "a%20b%2Fc"},
		{"urls.PathUnescape", nil, nil, "urls.PathUnescape TEXT", "The text that was escaped for a path.", `{{ urls.PathUnescape "a%20b" }}`, "a b"},
	}
}

func pathEntries() []entry {
	return []entry{
		{"path.Base", nil, nil, "path.Base PATH", "The last element.", `{{ path.Base "a/b.md" }}`, "b.md"},
		{"path.BaseName", nil, nil, "path.BaseName PATH", "The last element without its extension.", `{{ path.BaseName "a/b.md" }}`, "b"},
		{"path.Clean", nil, nil, "path.Clean PATH", "The shortest path that means the same.", `{{ path.Clean "a/../b//c" }}`, "b/c"},
		{"path.Dir", nil, nil, "path.Dir PATH", "All but the last element.", `{{ path.Dir "a/b.md" }}`, "a"},
		{"path.Ext", nil, nil, "path.Ext PATH", "The extension with its dot.", `{{ path.Ext "a/b.md" }}`, ".md"},
		{"path.Join", nil, nil, "path.Join ELEMENT …", "The elements as one path, cleaned. Lists are joined too.", `{{ path.Join "a" "../b" "c" }}`, "b/c"},
		{"path.Split", nil, nil, "path.Split PATH", "The path up to the last slash as .Dir, and the rest as .File.", `{{ with path.Split "a/b.md" }}{{ .Dir }} {{ .File }}{{ end }}`, "a/ b.md"},
	}
}

// Slug is the id that GitHub gives a heading with this text: lower case, letters,
// digits, hyphens and underscores kept, spaces as hyphens.
func Slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(strings.TrimSpace(s)) {
		switch {
		case r == ' ':
			b.WriteByte('-')
		case r == '-' || r == '_' || unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.Pc):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Anchorize is anchorize.
func (URLs) Anchorize(v any) (string, error) {
	return mapped(v, func(s string) string { return Slug(stripTags(s)) })
}

// URLize is urlize.
func (URLs) URLize(v any) (string, error) {
	return mapped(v, func(s string) string {
		var b strings.Builder
		hyphen := false
		for _, r := range strings.ToLower(strings.TrimSpace(s)) {
			switch {
			case unicode.IsSpace(r) || r == '-':
				if !hyphen {
					b.WriteByte('-')
				}
				hyphen = true
				continue
			case unicode.In(r, unicode.L, unicode.M, unicode.N) || strings.ContainsRune("./_+~#", r):
				b.WriteRune(r)
			default:
				continue
			}
			hyphen = false
		}
		return (&url.URL{Path: b.String()}).EscapedPath()
	})
}

// Parse is urls.Parse.
func (URLs) Parse(v any) (*url.URL, error) {
	s, err := toString(v)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(s)
	if err != nil {
		return nil, mistake("%q is not a URL", s)
	}
	return u, nil
}

// JoinPath is urls.JoinPath.
func (URLs) JoinPath(parts ...any) (string, error) {
	elems, err := flat(parts)
	if err != nil || len(elems) == 0 {
		return "", err
	}
	out, err := url.JoinPath(elems[0], elems[1:]...)
	if err != nil {
		return "", mistake("%q is not a URL", elems[0])
	}
	return limited(out)
}

// PathEscape is urls.PathEscape.
func (URLs) PathEscape(v any) (string, error) { return mapped(v, url.PathEscape) }

// PathUnescape is urls.PathUnescape.
func (URLs) PathUnescape(v any) (string, error) {
	s, err := toString(v)
	if err != nil {
		return "", err
	}
	out, err := url.PathUnescape(s)
	if err != nil {
		return "", mistake("%s is not escaped as a path", show(s))
	}
	return out, nil
}

// flat reads texts and lists of texts.
func flat(args []any) ([]string, error) {
	var out []string
	for _, a := range args {
		if isList(a) {
			more, err := texts(a)
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
			continue
		}
		s, err := toString(a)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	size := 0
	for _, s := range out {
		if size += len(s) + 1; size > maxBytes {
			return nil, tooLong()
		}
	}
	return out, nil
}

// Base is path.Base.
func (Path) Base(v any) (string, error) { return mapped(v, path.Base) }

// BaseName is path.BaseName.
func (Path) BaseName(v any) (string, error) {
	return mapped(v, func(s string) string { return strings.TrimSuffix(path.Base(s), path.Ext(s)) })
}

// Clean is path.Clean.
func (Path) Clean(v any) (string, error) { return mapped(v, path.Clean) }

// Dir is path.Dir.
func (Path) Dir(v any) (string, error) { return mapped(v, path.Dir) }

// Ext is path.Ext.
func (Path) Ext(v any) (string, error) { return mapped(v, path.Ext) }

// Join is path.Join.
func (Path) Join(elems ...any) (string, error) {
	parts, err := flat(elems)
	return path.Join(parts...), err
}

// DirFile is a path in two.
type DirFile struct{ Dir, File string }

// Split is path.Split.
func (Path) Split(v any) (DirFile, error) {
	s, err := toString(v)
	dir, file := path.Split(s)
	return DirFile{dir, file}, err
}
