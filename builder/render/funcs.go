package render

import (
	"context"
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/internal/memo"
	"github.com/etagere/etagere/builder/internal/nearest"
	"github.com/etagere/etagere/builder/layout"
	"github.com/etagere/etagere/builder/markdown"
)

// Functions are the template functions that need the running render. It is the
// Bound of every layout.Set that an Env is given.
func Functions(in *layout.Instance) template.FuncMap {
	now := func() *reader { return in.Env.(*reader) }
	return template.FuncMap{
		"partial":        func(name string, args ...any) (any, error) { return now().callPartial(name, args) },
		"partialCached":  func(name string, args ...any) (any, error) { return now().cachedPartial(name, args) },
		"templateExists": func(name string) bool { return now().templateExists(name) },
		"templates":      func() templatesSpace { return templatesSpace{now()} },
		"asset":          func(path string, options ...any) (*Asset, error) { return now().asset(path, options) },
		"resources":      func() resourcesSpace { return resourcesSpace{now()} },
		"ref":            func(p *Page, args any) (string, error) { return now().refFunc(p, args, true) },
		"relref":         func(p *Page, args any) (string, error) { return now().refFunc(p, args, false) },
		"getPage":        func(path string) *Page { return now().lookUpPage(now().lang, path) },
		"site":           func() *Site { return now().site(now().lang) },
		"i18n":           func(key string, args ...any) string { return now().translate(key, args) },
		"T":              func(key string, args ...any) string { return now().translate(key, args) },
		"now":            func() time.Time { now().fact(factAsOf, ""); return now().env.AsOf },
		"markdownify":    func(s any) (template.HTML, error) { return now().inline(nil, fmt.Sprint(s)) },
		"highlight":      func(code any, args ...string) template.HTML { return highlight(code, args) },
		"relURL":         func(s any) string { return now().rel(slashed(fmt.Sprint(s))) },
		"absURL":         func(s any) string { return now().abs(slashed(fmt.Sprint(s))) },
		"relLangURL":     func(s any) string { return now().rel(now().inLang(fmt.Sprint(s))) },
		"absLangURL":     func(s any) string { return now().abs(now().inLang(fmt.Sprint(s))) },
		"data":           func(path ...string) (any, error) { return now().dataAt(path) },
		"slot":           func(name string, args ...any) (template.HTML, error) { return now().slot(name, args) },
		"features":       func(p *Page) ([]string, error) { return p.Features() },
	}
}

func slashed(s string) string {
	if isExternal(s) || strings.HasPrefix(s, "/") {
		return s
	}
	return "/" + s
}

func (r *reader) inLang(s string) string {
	if isExternal(s) || r.lang == nil {
		return s
	}
	r.fact("languages", "")
	return strings.TrimSuffix(r.lang.Prefix, "/") + slashed(s)
}

func highlight(code any, args []string) template.HTML {
	args = append(args, "", "")
	return template.HTML(markdown.Highlight(fmt.Sprint(code), args[0], args[1]))
}

// callPartial runs a partial in the render that calls it.
func (r *reader) callPartial(name string, args []any) (any, error) {
	c, err := r.mustPartial(name)
	if err != nil {
		return nil, err
	}
	v, returned, err := r.in.Value(r.ctx, c, first(args))
	if err != nil || returned {
		return v, err
	}
	return v, nil
}

func first(args []any) any {
	if len(args) == 0 {
		return nil
	}
	return args[0]
}

func (r *reader) mustPartial(name string) (layout.Choice, error) {
	c, ok := r.partial(name)
	if !ok {
		r.fact(factNames, "partials")
		m := layout.Mistake{Code: "partial-missing", Message: fmt.Sprintf("there is no partial %q", name),
			Hint: "make layouts/partials/" + strings.TrimPrefix(name, "/") + ", or mend the name"}
		if near, ok := nearest.Of(name, r.env.Layouts.Partials()); ok {
			m.Hint = fmt.Sprintf("did you mean %q?", near)
		}
		return c, m
	}
	return c, nil
}

// maxCached is how deep cached partials may be nested. Each is a node with an
// Instance of its own, so that the limit of one Instance never meets them.
const maxCached = 100

// cachedPartial runs a partial once for all renders that call it with equal
// arguments: it is a node of the graph.
func (r *reader) cachedPartial(name string, args []any) (any, error) {
	if _, err := r.mustPartial(name); err != nil {
		return nil, err
	}
	if r.trace.Nested(nodePartial) >= maxCached {
		return nil, layout.Mistake{Message: fmt.Sprintf("cached partials are nested more than %d deep; %q calls itself without end", maxCached, name), Bare: true}
	}
	h := digest.New().String(name).String(r.format)
	if r.lang != nil {
		h.String(r.lang.Key)
	}
	for _, a := range args {
		if !hashArgument(h, a) {
			return r.callPartial(name, args)
		}
	}
	key := memo.Key{Kind: nodePartial, ID: name + "\x00" + h.Sum().Short()}
	v, err := r.nodeBy(key, func(ctx context.Context, t *memo.Trace) (memo.Value, error) {
		inner := r.env.reader(ctx, t)
		inner.lang, inner.format, inner.what = r.lang, r.format, "layouts/partials/"+name
		end := inner.begin()
		v, err := inner.callPartial(name, []any{rebind(inner, first(args))})
		end()
		if inner.doomed() {
			return memo.Value{}, t.Err()
		}
		if err != nil {
			inner.mistake(err, nil)
			return memo.Value{Problems: inner.problems}, errUsage("partial " + name + " failed")
		}
		h := digest.New()
		if !hashArgument(h, v) {
			v = unshared{}
		}
		return memo.Value{Data: v, Digest: h.Sum(), Problems: inner.problems}, nil
	})
	if _, ok := v.(unshared); ok {
		return r.callPartial(name, args)
	}
	// A view of the render that made the value would note what it tells there.
	return rebind(r, v), err
}

// unshared stands for the value of a partial that holds more than data and
// pages, and so is made anew by each render.
type unshared struct{}

// hashArgument adds what identifies an argument of a cached partial, and
// reports whether there is such a thing.
func hashArgument(h *digest.Hasher, v any) bool {
	switch v := v.(type) {
	case *Page:
		if v == nil {
			h.String("no page")
			return true
		}
		number := 0
		if v.pager != nil {
			number = v.pager.Number
		}
		h.String("page").String(v.p.ID).Int(int64(number))
	case *Site:
		h.String("site").String(v.lang.Key)
	case Pages:
		h.String("pages").Int(int64(len(v)))
		for _, p := range v {
			hashArgument(h, p)
		}
	case *Language:
		h.String("language").String(v.l.Key)
	case map[string]any:
		h.String("dict").Int(int64(len(v)))
		for _, k := range sortedKeys(v) {
			h.String(k)
			if !hashArgument(h, v[k]) {
				return false
			}
		}
	case []any:
		h.String("list").Int(int64(len(v)))
		for _, e := range v {
			if !hashArgument(h, e) {
				return false
			}
		}
	case template.HTML:
		h.String("html").String(string(v))
	case nil, bool, int, int64, float64, string, time.Time, []string:
		h.Value(v)
	default:
		return false
	}
	return true
}

// rebind is an argument as the render r sees it, so that what is read of it is
// noted by r.
func rebind(r *reader, v any) any {
	switch v := v.(type) {
	case *Page:
		if v == nil {
			return v
		}
		return r.again(v)
	case *Site:
		return &Site{r: r, lang: r.env.Site.Language(v.lang.Key)}
	case *Language:
		return &Language{r: r, l: r.env.Site.Language(v.l.Key)}
	case Pages:
		out := make(Pages, len(v))
		for i, p := range v {
			out[i] = r.again(p)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = rebind(r, e)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = rebind(r, e)
		}
		return out
	}
	return v
}

// again is the view of a page as r has it. The value of a node may be older
// than this generation, and so may the page that it holds; its digest names the
// page, so it is still there.
func (r *reader) again(p *Page) *Page {
	if q := r.env.Site.ByID(p.p.ID); q != nil {
		n := &Page{p: q, r: r}
		if p.pager != nil {
			for _, g := range q.Pagers {
				if g.Number == p.pager.Number {
					n.pager = g
				}
			}
		}
		return n
	}
	return &Page{p: p.p, r: r, pager: p.pager}
}

func (r *reader) templateExists(name string) bool {
	name = strings.TrimPrefix(name, "layouts/")
	if p, ok := strings.CutPrefix(name, "partials/"); ok {
		_, ok = r.partial(p)
		return ok
	}
	_, ok := r.partial(name)
	return ok
}

// templatesSpace holds the functions of "templates".
type templatesSpace struct{ r *reader }

// Exists reports whether a template exists: "partials/nav.html".
func (t templatesSpace) Exists(name string) bool { return t.r.templateExists(name) }

func (r *reader) refFunc(p *Page, args any, absolute bool) (string, error) {
	if p == nil {
		return "", errUsage("ref wants a page and a path")
	}
	switch args := args.(type) {
	case string:
		return r.ref(p.p, args, "", absolute)
	case map[string]any:
		path, _ := args["path"].(string)
		lang, _ := args["lang"].(string)
		return r.ref(p.p, path, lang, absolute)
	}
	return "", errUsage("ref wants a path, or a dict with path and lang")
}

func (r *reader) dataAt(path []string) (any, error) {
	tree, err := r.data("")
	if err != nil || len(path) == 0 {
		return tree, err
	}
	v, _ := lookUp(tree, strings.Join(path, "."))
	return v, nil
}
