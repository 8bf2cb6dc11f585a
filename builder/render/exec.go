package render

import (
	"errors"
	"io"
	"strings"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/internal/memo"
	"github.com/etagere/etagere/builder/layout"
	"github.com/etagere/etagere/builder/site"
)

// begin borrows the templates that the reader runs; the function that it
// returns gives them back and keeps what they warned of.
func (r *reader) begin() func() {
	r.in = r.env.Layouts.Acquire(r)
	return func() {
		r.problems = append(r.problems, r.in.Warnings()...)
		r.env.Layouts.Release(r.in)
		r.in = nil
	}
}

// execute runs a template.
func (r *reader) execute(w io.Writer, c layout.Choice, data any) error {
	if r.in == nil {
		defer r.begin()()
	}
	return r.in.Execute(r.ctx, w, c, data)
}

// doomed reports whether the render must stop, because it needs itself or was
// called off.
func (r *reader) doomed() bool { return r.trace.Doomed() || r.ctx.Err() != nil }

// mistake turns the error of a template into problems, which name the page
// that was being rendered.
func (r *reader) mistake(err error, p *site.Page) {
	if r.doomed() || err == nil {
		return
	}
	what := r.what
	if what == "" && p != nil {
		what = p.Path
	}
	var list diag.List
	e, executed := errors.AsType[*layout.ExecError](err)
	if executed {
		list = e.List()
	} else {
		list = diag.List{diag.InFile(what, "render", "%v", err)}
	}
	for _, pr := range list {
		if executed && !strings.HasPrefix(pr.Code, "template-") || pr.Code == CodeTemplate {
			pr.Message += while + what
		}
		r.problems = append(r.problems, pr)
	}
}

// CodeTemplate is the code of problems that a template's execution met.
const CodeTemplate = "template-exec"

// while joins a template's problem and the page that was being rendered.
const while = "; while rendering "

// Fold puts problems of one place in a template into one that names the first
// page and counts the others. l must be sorted.
func Fold(l diag.List) diag.List {
	l = foldThirdParties(l)
	out := make(diag.List, 0, len(l))
	for i := 0; i < len(l); {
		p := l[i]
		head, page, ok := strings.Cut(p.Message, while)
		j := i + 1
		for ok && j < len(l) && l[j].Pos == p.Pos && l[j].Code == p.Code && strings.HasPrefix(l[j].Message, head+while) {
			j++
		}
		if j > i+1 {
			p.Message = head + while + page + " and " + plural(j-i-1, "other page")
		}
		out = append(out, p)
		i = j
	}
	return out
}

// foldThirdParties leaves one problem for each third party and kind: the first
// one that has a place, or else the first.
func foldThirdParties(l diag.List) diag.List {
	best, count := make(map[string]int), make(map[string]int)
	for i, p := range l {
		if p.Code != CodeThirdParty {
			continue
		}
		count[p.Subject]++
		if j, ok := best[p.Subject]; !ok || l[j].Line == 0 && p.Line > 0 {
			best[p.Subject] = i
		}
	}
	if len(best) == 0 {
		return l
	}
	out := make(diag.List, 0, len(l))
	for i, p := range l {
		if p.Code == CodeThirdParty {
			if best[p.Subject] != i {
				continue
			}
			if n := count[p.Subject]; n > 1 {
				p.Message += ", here and on " + plural(n-1, "other page")
			}
		}
		out = append(out, p)
	}
	return out
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return itoa(n) + " " + word + "s"
}

// The IDs of look-ups in the set of templates. Each holds everything that the
// look-up depends on, so that it can be made again when a trace is checked.

func layoutID(q layout.Query) string {
	return strings.Join(append([]string{q.Kind, q.Type, q.Layout, q.Lang, q.Format}, q.Sections...), "\x00")
}

func layoutQuery(id string) layout.Query {
	f := strings.Split(id, "\x00")
	return layout.Query{Kind: f[0], Type: f[1], Layout: f[2], Lang: f[3], Format: f[4], Sections: f[5:]}
}

func hookID(name string, q layout.Query) string { return name + "\x00" + layoutID(q) }

// layoutFact is the digest of what a look-up finds; zero for nothing.
func (e *Env) layoutFact(k memo.Key) digest.Digest {
	var c layout.Choice
	var ok bool
	switch k.Kind {
	case factLayout:
		c, ok = e.Layouts.Page(layoutQuery(k.ID))
	case factHook:
		name, rest, _ := strings.Cut(k.ID, "\x00")
		c, ok = e.Layouts.Hook(name, layoutQuery(rest))
	case factCode:
		name, lang, _ := strings.Cut(k.ID, "\x00")
		c, ok = e.Layouts.Shortcode(name, lang, "html")
	case factPartial:
		c, ok = e.Layouts.Partial(k.ID)
	}
	if !ok {
		return digest.Digest{}
	}
	return digest.New().String(c.Path).String(c.Base).Digest(c.Digest).Sum()
}

// partial finds a partial and notes the look-up.
func (r *reader) partial(name string) (layout.Choice, bool) {
	r.fact(factPartial, name)
	return r.env.Layouts.Partial(name)
}

// shortcode finds the template of a shortcode and notes the look-up; built-in
// ones have none.
func (r *reader) shortcode(name string) (layout.Choice, bool) {
	lang := ""
	if r.lang != nil {
		lang = r.lang.Key
	}
	r.fact(factCode, name+"\x00"+lang)
	if c, ok := r.env.Layouts.Shortcode(name, lang, "html"); ok {
		return c, true
	}
	return layout.Choice{}, r.env.builtin(name) != nil
}
