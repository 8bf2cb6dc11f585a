package devserver

import (
	"context"
	"errors"
	"net/http"
	"path"
	"strings"

	"github.com/etagere/etagere/builder"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
)

// answer is what a path is answered with: a file, a redirect, or a sentence.
type answer struct {
	status  int
	class   policy.Class
	file    *output.File
	to      string // of a redirect
	message string
	made    bool // file is a page of ours, made for this answer
}

// answer finds what the path asked, escaped, with the base path, leads to.
func (s *Server) answer(ctx context.Context, v *view, asked string) answer {
	if v.site == nil {
		return problemPage(http.StatusInternalServerError, "The site cannot be built yet", v.problems())
	}
	base := v.basePath()
	rest, ok := strings.CutPrefix(asked, base)
	if !ok {
		if asked == "/" || asked+"/" == base {
			return redirect(http.StatusTemporaryRedirect, base)
		}
		return answer{status: http.StatusNotFound, class: policy.NotFound, message: "the site is at " + base}
	}
	u := "/" + rest
	if t, ok := v.find(u); ok {
		return s.target(ctx, v, t)
	}
	if old, ok := s.recall(u); ok && v.unread()[old.source] {
		return old.answer() // who knows where its front matter wants it
	}
	if strings.HasPrefix(u, "/_a/") {
		return s.earlier(ctx, v, u)
	}
	if to, ok := v.canonical(u); ok {
		return redirect(http.StatusPermanentRedirect, base+to[1:])
	}
	return s.notFound(ctx, v, u)
}

// target is the answer that t gives.
func (s *Server) target(ctx context.Context, v *view, t builder.Target) answer {
	if t.Redirect != nil {
		to := t.Redirect.To
		if strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") {
			to = v.basePath() + to[1:]
		}
		return redirect(t.Redirect.Status, to)
	}
	unread := t.Source != "" && v.unread()[t.Source]
	if old, ok := s.recall(t.URL); ok && unread {
		return old.answer()
	}
	file, err := v.site.File(ctx, t.URL)
	if err == nil {
		if !unread {
			s.remember(page{file: file, class: t.Class, source: t.Source})
		}
		return answer{status: http.StatusOK, class: t.Class, file: file}
	}
	if old, ok := s.recall(t.URL); ok && ctx.Err() == nil {
		return old.answer()
	}
	return mistakes(err)
}

// mistakes is the answer where err keeps a target from being rendered.
func mistakes(err error) answer {
	var page *builder.PageError
	if errors.As(err, &page) {
		return problemPage(http.StatusInternalServerError, "This page cannot be rendered", page.Problems)
	}
	return answer{status: http.StatusInternalServerError, class: policy.NotFound, message: err.Error()}
}

func isPageError(err error) bool {
	var page *builder.PageError
	return errors.As(err, &page)
}

// earlier is a fingerprinted file of an earlier generation: pages that are
// still open ask for it.
func (s *Server) earlier(ctx context.Context, v *view, u string) answer {
	for _, g := range v.past {
		t, ok := g.Target(u)
		if !ok || t.Class != policy.Fingerprinted {
			continue
		}
		if file, err := g.File(ctx, u); err == nil {
			return answer{status: http.StatusOK, class: t.Class, file: file}
		}
	}
	return answer{status: http.StatusNotFound, class: policy.Fingerprinted, message: "no such file"}
}

// canonical is the URL that a visitor who asks for u means: with the slash at
// its end, or without the name of the index file.
func (v *view) canonical(u string) (string, bool) {
	guesses := []string{u + "/"}
	if path.Base(u) == "index.html" {
		guesses = append(guesses, strings.TrimSuffix(u, "index.html"))
	}
	for _, g := range guesses {
		if t, ok := v.find(g); ok {
			return t.URL, true
		}
	}
	return "", false
}

// notFound is the site's own page for URLs that do not exist.
func (s *Server) notFound(ctx context.Context, v *view, u string) answer {
	plain := answer{status: http.StatusNotFound, class: policy.NotFound, message: "no page has this URL"}
	own := v.site.NotFound(u)
	if own == "" {
		return plain
	}
	file, err := v.site.File(ctx, own)
	switch {
	case isPageError(err):
		return mistakes(err)
	case err != nil:
		return plain
	}
	return answer{status: http.StatusNotFound, class: policy.NotFound, file: file}
}

// redirect leads elsewhere.
func redirect(status int, to string) answer {
	if status < 300 || status > 399 {
		status = http.StatusMovedPermanently
	}
	return answer{status: status, class: policy.Redirect, to: to}
}

// remembered is how many pages are kept for when they can no longer be rendered.
const remembered = 64

// page is a page as it was before a mistake.
type page struct {
	file   *output.File
	class  policy.Class
	source string // the file that it is written in
}

func (p page) answer() answer { return answer{status: http.StatusOK, class: p.class, file: p.file} }

// remember keeps p as the last good one at its URL.
func (s *Server) remember(p page) {
	if !isHTML(p.file.Type) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.good[p.file.URL]; !ok && len(s.good) >= remembered {
		clear(s.good) // open pages are asked for after every build and come back
	}
	s.good[p.file.URL] = p
}

func (s *Server) recall(url string) (page, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.good[url]
	return p, ok
}
