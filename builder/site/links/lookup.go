package links

import (
	"path"
	"strings"

	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/urls"
)

// logical is the place in the content that a path of the author's is: what it
// returns holds the whole path in Dir.
func (x *Resolver) logical(full string) []site.Folder {
	dir, rest := full, ""
	if dir == "." {
		dir = ""
	}
	for {
		if refs := x.site.Index.Folders[dir]; len(refs) > 0 {
			if rest == "" {
				return refs
			}
			out := make([]site.Folder, len(refs))
			for i, ref := range refs {
				out[i] = site.Folder{Lang: ref.Lang, Dir: urls.Join(ref.Dir, rest)}
			}
			return out
		}
		if dir == "" {
			return nil
		}
		rest = urls.Join(path.Base(dir), rest)
		dir = urls.Parent(dir)
	}
}

// inContent looks for a path below the content of l.
func inContent(l *site.Language, p string) *hit {
	page, resource := l.InContent(p)
	if page == nil && resource == nil {
		return nil
	}
	return &hit{page: page, resource: resource}
}

// exactURL looks for a URL (unescaped) in the ways in which it may be written.
func (x *Resolver) exactURL(u string) *hit {
	for _, try := range spellings(u) {
		for _, t := range x.site.Index.ByURL[strings.TrimSuffix(strings.ToLower(try), "index.html")] {
			if urls.OutPath(t.URL) == plainOutPath(try) {
				return &hit{target: t}
			}
		}
	}
	return nil
}

// atURL is exactURL, then without regard to case.
func (x *Resolver) atURL(u string) *hit {
	u = cleanURL(u)
	if h := x.exactURL(u); h != nil {
		return h
	}
	if h := x.inPrefix(u); h != nil {
		return h
	}
	if h := inContent(x.site.Default, strings.Trim(u, "/")); h != nil {
		return h
	}
	return x.foldedURL(u)
}

func cleanURL(u string) string {
	out := path.Clean("/" + u)
	if strings.HasSuffix(u, "/") && out != "/" {
		out += "/"
	}
	return out
}

// plainOutPath is OutPath of a URL that is not escaped.
func plainOutPath(u string) string {
	p := strings.TrimPrefix(u, "/")
	if p == "" || strings.HasSuffix(p, "/") {
		return p + "index.html"
	}
	return p
}

// spellings are u and the URLs that may be meant by it, the likeliest first.
func spellings(u string) []string {
	if strings.HasSuffix(u, "/") {
		return []string{u, strings.TrimSuffix(u, "/"), strings.TrimSuffix(u, "/") + ".html"}
	}
	if stem, ok := urls.WithoutExt(u); ok {
		return []string{u, stem + "/", stem + ".html"}
	}
	return []string{u, u + "/", u + ".html"}
}
