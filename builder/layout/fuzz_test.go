package layout

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/etagere/etagere/builder/internal/digest"
)

// Whatever stands in a template: it is parsed or its problems have a place in
// the file, and running it ends in output or in an error with a place.
func FuzzTemplate(f *testing.F) {
	for _, seed := range []string{
		"", "\ufeff{{ nope }}", "{{ .Titel }}", "{{ range 3 }}{{ . }}{{ end }}", "{{ define \"a\" }}{{ template \"a\" }}{{ end }}{{ template \"a\" }}",
		"{{ if }}", "{{", "{{/*", "\xff{{ .\x00 }}", "{{ range .Sub }}", "<a href={{ .Title }} {{ if 1 }}\"{{ end }}>", "{{ warnf `%d` . | warnf }}",
		"{{ with $x := 1 }}{{ $x.Y }}{{ end }}", "{{ return }}", "{{ (index . 0).A }}", "{{ partial \"page.html\" . }}", "{{ _enter }}{{ _leave }}{{ _tick }}",
		"{{ define \"partials/x.html\" }}{{ .A }}{{ end }}{{ partial \"x.html\" . }}", "{{ break }}", "{{- range $i, $e := . -}}{{ continue }}{{- end -}}",
		"{{ time.Format 1 2 3 }}{{ where . . . }}{{ sort .Sub \"Title\" }}", "{{ template \"partials/none.html\" }}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		data := []byte(text)
		s, problems := New([]Source{{Path: "page.html", Name: "layouts/page.html", Data: data, Digest: digest.Of(data)}}, bound)
		s.maxSteps = 1000
		lines := strings.Count(text, "\n") + 1
		for _, p := range problems {
			if p.File != "layouts/page.html" || p.Line < 1 || p.Line > lines || p.Message == "" {
				t.Fatalf("%+v", p)
			}
		}
		c, ok := s.Page(Query{Kind: "page"})
		if !ok {
			t.Fatal("it is lost")
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		in := s.Acquire(nil)
		defer s.Release(in)
		var b strings.Builder
		err := in.Execute(ctx, &b, c, &Page{Title: "T", Sub: Pages{{Title: "S"}}})
		exec, ok := err.(*ExecError)
		if err != nil && !ok {
			t.Fatalf("not an ExecError: %T %v", err, err)
		}
		if ok && (exec.File != "layouts/page.html" || exec.Line > lines || exec.Message == "") {
			t.Fatalf("%+v", exec.Problem)
		}
		if len(problems) > 0 && err == nil {
			t.Fatal("it runs in spite of its problems")
		}
	})
}
