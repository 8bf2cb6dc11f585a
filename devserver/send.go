package devserver

import (
	"context"
	"crypto/sha256"
	"net/http"
	"strings"

	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
	"github.com/etagere/etagere/devserver/livereload"
	"github.com/etagere/etagere/devserver/negotiate"
)

// reply is a body and what is said of it. It is never changed and may be sent to
// several clients at a time, which share its bytes.
type reply struct {
	status int
	media  string
	fields policy.Headers
	body   []byte
	sum    [sha256.Size]byte // of body
}

func newReply(status int, media string, fields policy.Headers, body []byte) *reply {
	return &reply{status: status, media: media, fields: Local(fields), body: body, sum: sha256.Sum256(body)}
}

// cached is the header of what only says how it is cached.
func cached(control string) policy.Headers {
	return policy.Headers{{Name: "Cache-Control", Value: control}}
}

// send sends p, or the part of it that was asked for, or word that the client
// has it, in the coding that the client likes best.
func (s *Server) send(w http.ResponseWriter, r *http.Request, p *reply) {
	res := &negotiate.Resource{Status: p.status, Type: p.media, Fields: p.fields}
	bodies := [2]negotiate.Bytes{p.body}
	if worthCoding(p) {
		res.Fields = res.Fields.Varied() // whatever this client is sent
		if coding, coded := s.encoded.best(r.Header["Accept-Encoding"], p); coded != nil {
			res.Representations = append(res.Representations, represent(p, coding, coded))
			bodies = [2]negotiate.Bytes{coded, p.body}
		}
	}
	res.Representations = append(res.Representations, represent(p, "", p.body))
	a := negotiate.Decide(r.Method, r.Header, res)
	if err := a.Send(w, bodies[max(0, a.Chosen)]); err != nil {
		panic(http.ErrAbortHandler) // the client is gone; nothing more can be said
	}
}

func represent(p *reply, coding string, body []byte) negotiate.Representation {
	r := negotiate.Representation{Coding: coding, Size: int64(len(body))}
	if p.fields.Get("Cache-Control") != policy.NoStore {
		r.ETag = output.ETag(p.sum, coding, p.media)
	}
	return r
}

// reply is the answer a, which has a file, to a request for a path. That of a
// page is kept: making it takes much longer than sending it.
func (v *view) reply(ctx context.Context, a answer, asked string) *reply {
	if !isHTML(a.file.Type) {
		return newReply(a.status, a.file.Type, v.fields(a, asked), a.file.Data)
	}
	v.mu.Lock()
	old := v.replies[a.file]
	v.mu.Unlock()
	if old != nil && old.status == a.status && a.status == http.StatusOK {
		return old
	}
	body := livereload.Inject(a.file.Data, v.sign(ctx, a), livereload.Place{Base: v.basePath(), Path: asked})
	p := newReply(a.status, a.file.Type, v.fields(a, asked), body)
	if ctx.Err() == nil && a.status == http.StatusOK {
		v.mu.Lock()
		if len(v.replies) >= remembered {
			clear(v.replies)
		}
		v.replies[a.file] = p
		v.mu.Unlock()
	}
	return p
}

// fields are the header fields that the policy has for the answer a to a path
// that was asked for.
func (v *view) fields(a answer, asked string) policy.Headers {
	found := a.status == http.StatusOK
	h := cached(policy.Serving(a.class, found))
	if v.site != nil && v.site.Policy() != nil {
		at := a.file.URL
		if !found {
			at = v.local(asked) // the page for what does not exist stands for that URL
		}
		h = v.site.Policy().Serving(a.class, at, found).With(v.site.Policy().OfPage(a.file.Needs))
	}
	if a.made {
		h = h.With(policy.Headers{{Name: "Content-Security-Policy", Value: ownPolicy}})
	}
	if a.file.SourceMap != "" {
		h = h.With(policy.Headers{{Name: "SourceMap", Value: v.basePath() + strings.TrimPrefix(a.file.SourceMap, "/")}})
	}
	return h
}

// local is a path without the base path.
func (v *view) local(asked string) string {
	return "/" + strings.TrimPrefix(asked, v.basePath())
}

// redirection is the answer a, which leads elsewhere, to a request for a path
// with a query. It is never kept: the author may think again.
func (v *view) redirection(a answer, asked, query string) *reply {
	to := a.to
	if query != "" && !strings.ContainsAny(to, "?#") {
		to += "?" + query
	}
	h := cached(policy.NoCache)
	if v.site != nil && v.site.Policy() != nil {
		h = v.site.Policy().Serving(policy.Redirect, v.local(asked), true)
	}
	h = h.With(policy.Headers{{Name: "Location", Value: to}})
	return newReply(a.status, "text/plain; charset=utf-8", h, []byte("see "+to+"\n"))
}
