package main

import (
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// audit is what a look at every page of a built site finds. It knows nothing of
// how the site was made.
type audit struct {
	base  *url.URL
	files map[string]bool
	pages map[string]*pageAudit
}

// pageAudit is what one page is like.
type pageAudit struct {
	titles, headings int
	// text is what the page says outside of code, by text node.
	text  []string
	words int
	ids   map[string]bool
	twice []string
	refs  []string
	// math says that something is marked up as LaTeX.
	math bool
}

// broken is a reference that leads nowhere.
type broken struct {
	page, ref string
	fragment  bool
}

// auditSite looks at all files of the site in dir, which is for the base URL.
func auditSite(dir, baseURL string) (*audit, error) {
	base, err := url.Parse(baseURL)
	if err != nil {
		return nil, err
	}
	a := &audit{base: base, files: make(map[string]bool), pages: make(map[string]*pageAudit)}
	var names []string
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		a.files[rel] = true
		if path.Ext(rel) == ".html" {
			names = append(names, rel)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	var first error
	work := make(chan string)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for name := range work {
				raw, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
				p := auditPage(string(raw))
				mu.Lock()
				if err != nil && first == nil {
					first = err
				}
				a.pages[name] = p
				mu.Unlock()
			}
		})
	}
	for _, name := range names {
		work <- name
	}
	close(work)
	wg.Wait()
	return a, first
}

// opaque are the elements whose text is not prose.
var opaque = []string{"pre", "code", "script", "style", "textarea", "svg", "kbd", "samp", "title", "iframe", "noscript"}

// auditPage looks at one page.
func auditPage(doc string) *pageAudit {
	p := &pageAudit{ids: make(map[string]bool)}
	depth := 0
	tokens(doc, func(t token) {
		switch {
		case t.name == "":
			if depth == 0 && strings.TrimSpace(t.text) != "" {
				p.text = append(p.text, t.text)
				p.words += len(strings.Fields(t.text))
			}
			return
		case t.name[0] == '/':
			if slices.Contains(opaque, t.name[1:]) && depth > 0 {
				depth--
			}
			return
		case t.name == "title" && depth == 0:
			p.titles++
		case t.name == "h1":
			p.headings++
		}
		if slices.Contains(opaque, t.name) {
			depth++
		}
		p.attrs(t)
	})
	return p
}

// attrs notes the ids and references of a tag.
func (p *pageAudit) attrs(t token) {
	if strings.HasPrefix(t.attrs["class"], "math ") {
		p.math = true
	}
	if id := t.attrs["id"]; id != "" {
		if p.ids[id] {
			p.twice = append(p.twice, id)
		}
		p.ids[id] = true
	}
	if name := t.attrs["name"]; name != "" && t.name == "a" {
		p.ids[name] = true
	}
	for _, key := range []string{"href", "src", "poster"} {
		if v, ok := t.attrs[key]; ok {
			p.refs = append(p.refs, v)
		}
	}
}

// sorted are the names of all pages.
func (a *audit) sorted() []string {
	var names []string
	for name := range a.pages {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// broken lists the references to places of the site that are not there. Paths
// of the host below one of external are others' and not looked at, unless the
// path lies below the base URL's.
func (a *audit) broken(external []string) []broken {
	var list []broken
	for _, name := range a.sorted() {
		at := a.base.ResolveReference(&url.URL{Path: a.base.Path + strings.TrimSuffix(name, "index.html")})
		for _, ref := range a.pages[name].refs {
			u, err := at.Parse(ref)
			if err != nil {
				list = append(list, broken{page: name, ref: ref})
				continue
			}
			if u.Host != a.base.Host || u.Scheme != a.base.Scheme || u.Opaque != "" {
				continue
			}
			if a.elsewhere(ref, u.Path, external) {
				continue
			}
			target, ok := a.target(u.Path)
			if !ok {
				list = append(list, broken{page: name, ref: ref})
				continue
			}
			if p := a.pages[target]; p != nil && !p.has(u.Fragment) {
				list = append(list, broken{name, ref, true})
			}
		}
	}
	return list
}

// elsewhere reports whether a reference leads to another part of the host.
func (a *audit) elsewhere(ref, p string, external []string) bool {
	below := a.base.Path != "/" && strings.HasPrefix(p, a.base.Path)
	if strings.Contains(ref, "://") && !strings.HasPrefix(p, a.base.Path) {
		return true
	}
	return !below && slices.ContainsFunc(external, func(prefix string) bool {
		return p == prefix || strings.HasPrefix(p, strings.TrimSuffix(prefix, "/")+"/")
	})
}

// unescaped is a reference as its author may have written it.
func unescaped(ref string) string {
	if plain, err := url.PathUnescape(ref); err == nil {
		return plain
	}
	return ref
}

// has reports whether a browser finds the fragment on the page.
func (p *pageAudit) has(fragment string) bool {
	return fragment == "" || strings.EqualFold(fragment, "top") || p.ids[fragment]
}

// target is the file at a path of the host.
func (a *audit) target(p string) (string, bool) {
	rest, ok := strings.CutPrefix(p, a.base.Path)
	if !ok {
		return "", false
	}
	if rest == "" || strings.HasSuffix(rest, "/") {
		rest += "index.html"
	}
	return rest, a.files[rest]
}

// strays are the texts of a page that match one of the patterns.
func (p *pageAudit) strays(marks *regexp.Regexp) []string {
	var list []string
	for _, s := range p.text {
		if m := marks.FindStringIndex(s); m != nil {
			list = append(list, strings.TrimSpace(s[max(0, m[0]-40):min(len(s), m[1]+60)]))
		}
	}
	return list
}
