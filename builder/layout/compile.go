package layout

import (
	htmltemplate "html/template"
	"io"
	"path"
	"strconv"
	"strings"
	texttemplate "text/template"
	"text/template/parse"

	"github.com/etagere/etagere/builder/internal/digest"
)

// unit is a Choice compiled for one Instance.
type unit struct {
	html *htmltemplate.Template
	text *texttemplate.Template
	// files says whose tree a template name stands for, for errors of the
	// escaper, which knows no more than the name.
	files map[string]*file
	root  string
	err   error
}

func (u *unit) execute(w io.Writer, data any) error {
	if u.html != nil {
		return u.html.ExecuteTemplate(w, u.root, data)
	}
	return u.text.ExecuteTemplate(w, u.root, data)
}

// closure is f and the files of the partials that it calls by {{template}},
// and those that they call.
func (s *Set) closure(f *file) []*file {
	seen := map[*file]bool{f: true}
	out := []*file{f}
	for i := 0; i < len(out); i++ {
		for _, name := range out[i].calls {
			if c, ok := s.called(name); ok && !seen[c] {
				seen[c] = true
				out = append(out, c)
			}
		}
	}
	return out
}

// called is the partial that a {{template}} names.
func (s *Set) called(name string) (*file, bool) {
	if !isPartial(name) {
		return nil, false
	}
	c, ok := s.files[name]
	return c, ok
}

// digest is the identity of a choice.
func (s *Set) digest(c Choice) digest.Digest {
	d := s.digests[c.Path]
	if c.Base == "" {
		return d
	}
	return digest.New().Digest(d).Digest(s.digests[c.Base]).Sum()
}

func (s *Set) closureDigest(f *file) digest.Digest {
	all := s.closure(f)
	if len(all) == 1 {
		return f.Digest
	}
	h := digest.New()
	for _, c := range all {
		h.String(c.Path).Digest(c.Digest)
	}
	return h.Sum()
}

// compile makes the templates of a choice with the functions of in. A page's
// definitions replace those of its base.
func (in *Instance) compile(c Choice) *unit {
	s := in.set
	u := &unit{files: map[string]*file{}}
	main := s.files[c.Path]
	if main == nil {
		u.err = &ExecError{Problem: missing(c.Path)}
		return u
	}
	first := main
	layers := []*file{main}
	if base := s.files[c.Base]; base != nil {
		first = base
		layers = []*file{base, main}
	}
	u.root = first.root
	trees := map[string]*parse.Tree{}
	for _, l := range layers {
		s.merge(u, trees, l)
	}
	if u.err != nil {
		return u
	}
	if u.err = s.undefined(u, trees); u.err != nil {
		return u
	}
	if path.Ext(c.Path) == ".html" {
		u.html = htmltemplate.New(first.key + "+").Funcs(in.funcs)
	} else {
		u.text = texttemplate.New(first.key + "+").Funcs(in.funcs)
	}
	for _, name := range sortedKeys(trees) {
		// html/template rewrites the trees that it compiles: each gets a copy.
		var err error
		if u.html != nil {
			_, err = u.html.AddParseTree(name, trees[name].Copy())
		} else {
			_, err = u.text.AddParseTree(name, trees[name])
		}
		if err != nil {
			u.err = &ExecError{Problem: main.at(0, 0, codeExec, "%s", err), Err: err}
			return u
		}
	}
	return u
}

// merge adds the trees of f, and of the partials that it calls by {{template}}.
func (s *Set) merge(u *unit, trees map[string]*parse.Tree, f *file) {
	for i, l := range s.closure(f) {
		if len(l.problems) > 0 && u.err == nil {
			u.err = &ExecError{Problem: l.problems[0], More: l.problems[1:]}
		}
		for _, name := range sortedKeys(l.trees) {
			t := l.trees[name]
			if old := trees[name]; old != nil && (i > 0 || parse.IsEmptyTree(t.Root)) {
				continue
			}
			trees[name], u.files[name] = t, l
		}
		if i > 0 && l.trees[l.root] != nil {
			trees[l.Path], u.files[l.Path] = l.trees[l.root], l
		}
	}
}

// undefined reports the first {{template}} that calls what is not there.
func (s *Set) undefined(u *unit, trees map[string]*parse.Tree) error {
	for _, name := range sortedKeys(trees) {
		f := u.files[name]
		for _, call := range templateCalls(trees[name].Root, nil) {
			if trees[call.Name] != nil {
				continue
			}
			p := f.at(int(call.Position()), len(strconv.Quote(call.Name)), codeExec, "there is no template %q", call.Name)
			var have []string
			for _, n := range sortedKeys(trees) {
				if n != u.files[n].key {
					have = append(have, n)
				}
			}
			if hint := nearestHint(call.Name, have); hint != "" {
				p = p.WithHint("%s", hint)
			} else if isPartial(call.Name) || strings.Contains(call.Name, ".") {
				p = p.WithHint("call a partial as {{ partial %q . }}", strings.TrimPrefix(call.Name, "partials/"))
			}
			return &ExecError{Problem: p}
		}
	}
	return nil
}

// templateCalls appends the {{template}} nodes of l to out.
func templateCalls(l *parse.ListNode, out []*parse.TemplateNode) []*parse.TemplateNode {
	if l == nil {
		return out
	}
	branch := func(b *parse.BranchNode) {
		out = templateCalls(b.List, out)
		out = templateCalls(b.ElseList, out)
	}
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.TemplateNode:
			out = append(out, n)
		case *parse.IfNode:
			branch(&n.BranchNode)
		case *parse.WithNode:
			branch(&n.BranchNode)
		case *parse.RangeNode:
			branch(&n.BranchNode)
		}
	}
	return out
}
