package layout

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"iter"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/digest"
)

// bound is what a render would provide, in small.
func bound(in *Instance) template.FuncMap {
	return template.FuncMap{
		"partial": func(name string, args ...any) (any, error) {
			c, ok := in.Set().Partial(name)
			if !ok {
				return nil, Mistake{Message: fmt.Sprintf("there is no partial %q", name)}
			}
			var data any
			if len(args) > 0 {
				data = args[0]
			}
			v, _, err := in.Value(in.Context(), c, data)
			return v, err
		},
		"env":  func() any { return in.Env },
		"boom": func() string { panic("bang") },
		"fail": func() (string, error) {
			return "", Mistake{Code: "own-code", Message: "no such thing", Hint: "make one", Bare: true}
		},
		"disk": func() (string, error) { return "", errDisk },
	}
}

var errDisk = errors.New("the disk is full")

// sources are the files of an archive: each begins with a line "-- path --".
func sources(archive string) []Source {
	var out []Source
	for line := range strings.Lines(archive) {
		name, ok := strings.CutPrefix(line, "-- ")
		if name, end := strings.CutSuffix(strings.TrimSpace(name), " --"); ok && end {
			out = append(out, Source{Path: name, Name: "layouts/" + name})
		} else if n := len(out); n > 0 {
			out[n-1].Data = append(out[n-1].Data, line...)
		}
	}
	for i := range out {
		out[i].Digest = digest.Of(out[i].Data)
	}
	return out
}

func newSet(t *testing.T, archive string) *Set {
	t.Helper()
	s, problems := New(sources(archive), bound)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return s
}

// Page and Site stand for a render's views.
type Page struct {
	Title   string
	Parent  *Page
	Sub     Pages
	Content template.HTML
}

type Pages []*Page

// Site is found by its method only.
func (p *Page) Site() *Site { return &Site{} }

func (p *Page) Broken() string { panic("bang") }

type Site struct{ BaseURL string }

func (p *Page) Each() iter.Seq[int] { return func(func(int) bool) { panic("bang") } }

func execute(t *testing.T, s *Set, p string, data any) (string, error) {
	t.Helper()
	c, ok := s.choose(p)
	if q, found := s.Page(Query{Kind: "page", Layout: strings.TrimSuffix(p, ".html")}); found && q.Path == p {
		c, ok = q, found
	}
	if !ok {
		t.Fatalf("no %s", p)
	}
	in := s.Acquire("env")
	defer s.Release(in)
	var b strings.Builder
	err := in.Execute(t.Context(), &b, c, data)
	return b.String(), err
}

func TestExecute(t *testing.T) {
	s := newSet(t, `
-- baseof.html --
<html>{{ block "title" . }}default{{ end }}|{{ block "main" . }}none{{ end }}</html>
-- page.html --
{{ define "main" }}<h1 title="{{ .Title }}">{{ .Title }}</h1>{{ partial "nav" . }}{{ end }}
-- partials/nav.html --
{{ define "item" }}<li>{{ . }}</li>{{ end }}<a href="{{ .Title }}">{{ template "item" .Title }}</a>
-- other.html --
{{ define "item" }}mine{{ end }}{{ define "main" }}{{ template "item" }}{{ partial "nav.html" . }}{{ end }}
-- whole.html --
{{ define "main" }}x{{ end }}whole {{ template "main" }}
-- value.html --
{{ add (partial "sum" 3) 1 }} {{ partial "early" . }}{{ partial "inline/x.html" 7 }}
-- partials/sum.html --
before {{ return (add . 1) }} after
-- partials/early.html --
{{ if .Title }}{{ return "<early>" }}{{ end }}late
-- inliner.html --
{{ define "partials/inline/x.html" }}[{{ . }}]{{ end }}
-- by-template.html --
{{ template "partials/nav.html" . }}
-- text.txt --
{{ .Title }} {{ range $i, $e := slice "a" "b" }}{{ $i }}{{ $e }}{{ end }}
-- vars.html --
{{ $n := 0 }}{{ range $i := seq 4 }}{{ if eq $i 2 }}{{ continue }}{{ end }}{{ if eq $i 4 }}{{ break }}{{ end }}{{ $n = add $n $i }}{{ end }}{{ $n }}{{ range $k, $v := dict "a" 1 }}{{ $k }}{{ $v }}{{ else }}no{{ end }}<p {{ range slice "a" }}class="{{ . }}"{{ end }}>
`)
	page := &Page{Title: `<T> & "q"`}
	const nav = `<a href="%3cT%3e%20&amp;%20%22q%22"><li>&lt;T&gt; &amp; &#34;q&#34;</li></a>`
	tests := []struct{ path, want string }{
		{"page.html", `<html>default|<h1 title="&lt;T&gt; &amp; &#34;q&#34;">&lt;T&gt; &amp; &#34;q&#34;</h1>` + nav + "\n</html>\n"},
		{"other.html", "<html>default|mine" + nav + "\n</html>\n"},
		{"whole.html", "whole x\n"},
		{"value.html", "5 &lt;early&gt;[7]\n"},
		{"by-template.html", nav + "\n\n"},
		{"text.txt", `<T> & "q" 0a1b` + "\n"},
		{"vars.html", `4a1<p class="a">` + "\n"},
	}
	for _, tt := range tests {
		got, err := execute(t, s, tt.path, page)
		if err != nil || got != tt.want {
			t.Errorf("%s\ngot  %q %v\nwant %q", tt.path, got, err, tt.want)
		}
	}
}

func TestEndless(t *testing.T) {
	s := newSet(t, `
-- self.html --
x{{ template "self" . }}{{ define "self" }}a{{ template "self" . }}{{ end }}
-- twice.html --
{{ define "two" }}{{ template "one" }}{{ end }}{{ define "one" }}{{ template "two" }}{{ end }}{{ template "one" }}
-- partial.html --
{{ partial "again.html" . }}
-- partials/again.html --
{{ partial "again.html" . }}
-- silent.html --
{{ range 1000000000000 }}{{ end }}
-- tree.html --
{{ partial "tree.html" 40 }}
-- partials/tree.html --
{{ if gt . 0 }}{{ partial "tree.html" (sub . 1) }}{{ partial "tree.html" (sub . 1) }}{{ end }}
-- loud.html --
{{ $s := strings.Repeat 1000000 "x" | safeHTML }}{{ range 1000000000 }}{{ $s }}{{ end }}
-- double.html --
{{ $s := "ab" }}{{ range 100 }}{{ $s = print $s $s }}{{ end }}
-- list.html --
{{ $s := slice 1 2 }}{{ range 100 }}{{ $s = append $s $s }}{{ end }}
-- nest.html --
{{ $s := slice "a" }}{{ range 100 }}{{ $s = slice $s $s }}{{ end }}{{ $s }}
`)
	s.maxSteps = 300_000
	tests := []struct{ path, want string }{
		{"self.html", "layouts/self.html:1:57: templates are nested more than 1000 deep; one calls itself without end"},
		{"twice.html", "layouts/twice.html:1:"},
		{"partial.html", `layouts/partials/again.html:1:4: partials are nested more than 200 deep; "partials/again.html" calls itself without end`},
		{"silent.html", "layouts/silent.html:1:10: the template loops without end: more than 300000 turns"},
		{"loud.html", "layouts/loud.html:1:59: the template writes more than 256 MiB"},
		{"double.html", "layouts/double.html:1:40: print: the result is longer than 64 MiB"},
		{"list.html", "layouts/list.html:1:45: append: the result holds more than 4194304 values"},
		{"nest.html", "layouts/nest.html:1:45: slice: the result holds more than 4194304 values"},
	}
	for _, tt := range tests {
		started := time.Now()
		in := s.Acquire(nil)
		c, _ := s.choose(tt.path)
		err := in.Execute(t.Context(), discard{}, c, nil)
		s.Release(in)
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s\ngot  %v\nwant %s", tt.path, err, tt.want)
		}
		if d := time.Since(started); d > time.Minute {
			t.Errorf("%s took %v", tt.path, d)
		}
	}
	// Nobody waits any longer for a tree of partials.
	s.maxSteps = maxSteps
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	c, _ := s.choose("tree.html")
	if err := s.Acquire(nil).Execute(ctx, discard{}, c, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("tree.html: got %v", err)
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errDisk }

func TestWriterError(t *testing.T) {
	s := newSet(t, "-- page.html --\na\n")
	c, _ := s.choose("page.html")
	if err := s.Acquire(nil).Execute(t.Context(), failing{}, c, nil); err != errDisk {
		t.Errorf("got %v", err)
	}
}

func TestWarnings(t *testing.T) {
	s := newSet(t, "-- page.html --\na\n {{ warnf \"%d old\" 3 }}{{ \"late\" | warnf \"%s\" }}\n")
	c, _ := s.choose("page.html")
	in := s.Acquire(nil)
	var b strings.Builder
	if err := in.Execute(t.Context(), &b, c, nil); err != nil || b.String() != "a\n \n" {
		t.Errorf("got %q %v", b.String(), err)
	}
	want := "layouts/page.html:2:5: 3 old\nlayouts/page.html:2:36: late"
	if w := in.Warnings(); w.Error() != want || w[0].Severity != diag.Warning {
		t.Errorf("got %v", w)
	}
	s.Release(in)
	if w := s.Acquire(nil).Warnings(); len(w) > 0 {
		t.Errorf("the next render has them too: %v", w)
	}
}

func TestPool(t *testing.T) {
	s := newSet(t, "-- page.html --\n{{ partial \"who\" . }}{{ .Title }}\n-- partials/who.html --\n{{ env }}\n")
	c, _ := s.Page(Query{Kind: "page"})
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 200 {
				name := fmt.Sprintf("%d-%d", g, i)
				in := s.Acquire(name)
				var b strings.Builder
				err := in.Execute(t.Context(), &b, c, &Page{Title: name})
				s.Release(in)
				if want := name + "\n" + name + "\n"; err != nil || b.String() != want {
					t.Errorf("got %q %v, want %q", b.String(), err, want)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestUpdate(t *testing.T) {
	files := sources("-- page.html --\nold{{ partial \"a\" }}\n-- partials/a.html --\nA\n-- partials/b.html --\nB\n")
	s, _ := New(files, bound)
	before, _ := s.Page(Query{Kind: "page"})
	files[0].Data = []byte("new {{ template \"partials/b.html\" }}")
	files[0].Digest = digest.Of(files[0].Data)
	next, problems := s.Update(files[:3])
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if next.files["partials/a.html"] != s.files["partials/a.html"] || next.files["page.html"] == s.files["page.html"] {
		t.Error("what is parsed again is not what has changed")
	}
	after, _ := next.Page(Query{Kind: "page"})
	if before.Digest == after.Digest {
		t.Error("the choice has the old digest")
	}
	for set, want := range map[*Set]string{s: "oldA\n\n", next: "new B\n"} {
		if got, err := execute(t, set, "page.html", nil); err != nil || got != want {
			t.Errorf("got %q %v, want %q", got, err, want)
		}
	}
	files[2].Data = []byte("C")
	files[2].Digest = digest.Of(files[2].Data)
	last, _ := next.Update(files)
	if c, _ := last.Page(Query{Kind: "page"}); c.Digest == after.Digest {
		t.Error("a partial that is called by template is not in the digest")
	}
}

// The examples print what they say in a Set too, and own functions have some.
func TestDocs(t *testing.T) {
	documented := map[string]bool{}
	for _, d := range Docs() {
		documented[d.Name] = true
		s := newSet(t, "-- page.html --\n"+d.Example)
		if got, err := execute(t, s, "page.html", nil); err != nil || strings.TrimRight(got, "\n") != strings.TrimRight(d.Output, "\n") {
			t.Errorf("%s\ngot  %q %v\nwant %q", d.Example, got, err, d.Output)
		}
	}
	for name := range own(nil) {
		if !documented[name] && name[0] != '_' {
			t.Errorf("%s is not documented", name)
		}
	}
}
