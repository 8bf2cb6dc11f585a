package layout

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/diag"
)

// mistaken are templates with one mistake each.
const mistaken = `
-- baseof.html --
<html>
{{ .Oops }}{{ block "main" . }}{{ end }}
-- inbase.html --
{{ define "main" }}x{{ end }}
-- field.html --
<p>é {{ .Titel }}</p>
-- chain.html --
{{ .Parent.Sub.X }} {{ .Site.BaseUrl }}
-- site.html --
{{ .Site.BaseUrl }}
-- part.html --
line
  {{ partial "bad.html" . }}
-- partials/bad.html --
{{/* one */}}
{{ .Nope }}
-- nil.html --
{{ .Parent.Title }}
-- errorf.html --

  {{ errorf "no %s here" "thing" }}
-- fail.html --
{{ fail }}
-- boom.html --
{{ boom }}
-- broken.html --
{{ .Broken }}
-- each.html --
{{ range .Each }}{{ end }}
-- args.html --
{{ upper }}
-- range.html --
{{ range .Title }}{{ end }}
-- math.html --
{{ add 1 "x" }}
-- template.html --
{{ template "nix" }}
-- escape.html --
<a href="{{ if .Title }}x{{ else }}"{{ end }}>
-- disk.html --
{{ disk }}
-- return.html --
{{ return 1 }}
-- nopartial.html --
{{ partial "nix.html" . }}
-- indict.html --
{{ partial "dict.html" (dict "p" .) }}
-- partials/dict.html --
{{ .p.Tite }}
-- inwith.html --
{{ with dict "p" . }}{{ .p.Tite }}{{ end }}
`

// Each file has one mistake; where and what it is called is in the table.
func TestExecErrors(t *testing.T) {
	s := newSet(t, mistaken)
	tests := []struct{ path, want, hint string }{
		{"inbase.html", `layouts/baseof.html:2:5: no field "Oops" on page`, "there are: Broken, Content, Each, Parent, Site, Sub, Title"},
		{"field.html", `layouts/field.html:1:10: no field "Titel" on page`, `did you mean "Title"? there are also: Broken, Content, Each, Parent, Site, Sub`},
		{"chain.html", `layouts/chain.html:1:16: no field "X" on pages`, ""},
		{"site.html", `layouts/site.html:1:10: no field "BaseUrl" on site`, `did you mean "BaseURL"?`},
		{"part.html", `layouts/partials/bad.html:2:5: no field "Nope" on page`, "there are: Broken, Content, Each, Parent, Site, Sub, Title"},
		{"nil.html", `layouts/nil.html:1:12: no page here to take "Title" of: the value is empty`, "test it first: {{ with … }}"},
		{"errorf.html", `layouts/errorf.html:2:6: no thing here`, ""},
		{"fail.html", `layouts/fail.html:1:4: no such thing`, "make one"},
		{"boom.html", `layouts/boom.html:1:4: boom: bang`, ""},
		{"broken.html", `layouts/broken.html:1:5: Broken: bang`, ""},
		{"each.html", `layouts/each.html: a function or method broke: bang`, ""},
		{"args.html", `layouts/args.html:1:4: upper takes 1 argument, not 0`, ""},
		{"range.html", `layouts/range.html:1:10: range wants a list, a map or a number; .Title is T`, ""},
		{"math.html", `layouts/math.html:1:4: add: "x" is not a number`, ""},
		{"template.html", `layouts/template.html:1:13: there is no template "nix"`, ""},
		{"disk.html", `layouts/disk.html:1:4: disk: the disk is full`, ""},
		{"return.html", `layouts/return.html:1:4: return works in partials only`, ""},
		{"nopartial.html", `layouts/nopartial.html:1:4: partial: there is no partial "nix.html"`, ""},
		{"indict.html", `layouts/partials/dict.html:1:7: no field "Tite" on page`, `did you mean "Title"? there are also: Broken, Content, Each, Parent, Site, Sub`},
	}
	tests = append(tests, struct{ path, want, hint string }{"inwith.html", `layouts/inwith.html:1:28: no field "Tite" on value`, ""})
	for _, tt := range tests {
		page := &Page{Title: "T"}
		if tt.path == "chain.html" {
			page.Parent = &Page{}
		}
		_, err := execute(t, s, tt.path, page)
		exec, ok := errors.AsType[*ExecError](err)
		if !ok {
			t.Errorf("%s: got %v", tt.path, err)
			continue
		}
		if exec.Error() != tt.want || exec.Hint != tt.hint {
			t.Errorf("%s\ngot  %s (%s)\nwant %s (%s)", tt.path, exec, exec.Hint, tt.want, tt.hint)
		}
		if exec.Source == "" && exec.Line > 0 {
			t.Errorf("%s: there is no source line", tt.path)
		}
		switch tt.path {
		case "part.html":
			if want := (diag.Pos{File: "layouts/part.html", Line: 2, Col: 6}); len(exec.Trace) != 1 || exec.Trace[0] != want {
				t.Errorf("trace: got %v, want %v", exec.Trace, want)
			}
		case "fail.html":
			if exec.Code != "own-code" {
				t.Errorf("code %q", exec.Code)
			}
		case "disk.html":
			if !errors.Is(err, errDisk) {
				t.Error("the cause is lost")
			}
		}
	}
	if _, err := execute(t, s, "escape.html", &Page{}); err == nil || !strings.HasPrefix(err.Error(), "layouts/escape.html:1:") {
		t.Errorf("escape.html: got %v", err)
	}
}

func TestParseProblems(t *testing.T) {
	_, problems := New(sources(`
-- eof.html --
{{ if true }}
{{ range .X }}
{{ end }}
-- func.html --
<p>
ü {{ uper "a" }} {{ nonsense (lowr .) }}
-- syntax.html --

x {{ .A | 3 }}
-- var.html --
{{ $x }}
-- end.html --
a{{ end }}
-- ok.html --
{{ upper "a" }}
`), bound)
	want := []string{
		`layouts/end.html:1:2: unexpected {{end}} / there is one {{end}} too many`,
		`layouts/eof.html:1:1: this block has no {{end}} / an {{if}}, {{range}}, {{with}}, {{block}} or {{define}} has no {{end}}`,
		`layouts/func.html:2:6: there is no function "uper" / did you mean "upper"?`,
		`layouts/func.html:2:21: there is no function "nonsense" / `,
		`layouts/func.html:2:31: there is no function "lowr" / did you mean "lower"?`,
		`layouts/syntax.html:2:3: non executable command in pipeline stage 2 / `,
		`layouts/var.html:1:4: undefined variable "$x" / `,
	}
	var got []string
	for _, p := range problems {
		got = append(got, p.String()+" / "+p.Hint)
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A template that was not parsed keeps its place, and says why when it runs.
func TestBrokenTemplate(t *testing.T) {
	s, _ := New(sources("-- page.html --\n{{ nope }}\n-- all.html --\nall\n"), bound)
	c, ok := s.Page(Query{Kind: "page"})
	if !ok || c.Path != "page.html" {
		t.Fatalf("got %v", c)
	}
	in := s.Acquire(nil)
	err := in.Execute(t.Context(), &bytes.Buffer{}, c, nil)
	if err == nil || err.Error() != `layouts/page.html:1:4: there is no function "nope"` {
		t.Errorf("got %v", err)
	}
}

func TestLargeTemplates(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nested", strings.Repeat("{{if 1}}", 200_000), "layouts/page.html:1:8001: blocks are nested more than 1000 deep"},
		{"else if", "{{if 1}}" + strings.Repeat("{{else if 1}}", 100_000) + "{{end}}", "layouts/page.html:1:12996: blocks are nested more than 1000 deep"},
		{"large", strings.Repeat("a", 3<<20), "layouts/page.html: the template is larger than 2 MiB"},
		{"many mistakes", strings.Repeat("{{nope}}", 100_000), `layouts/page.html:1:3: there is no function "nope"`},
		{"parentheses", "{{" + strings.Repeat("(", 100_000), "layouts/page.html:1:"},
		{"a long line", strings.Repeat("{{ $x }} ", 50_000), `layouts/page.html:1:4: undefined variable "$x"`},
	}
	for _, tt := range tests {
		_, problems := New([]Source{{Path: "page.html", Name: "layouts/page.html", Data: []byte(tt.text)}}, nil)
		if len(problems) == 0 || len(problems) > maxProblems || !strings.HasPrefix(problems[0].String(), tt.want) {
			t.Errorf("%s: got %d, %.200v", tt.name, len(problems), problems)
		}
	}
	// As many blocks as one likes, one after the other.
	text := strings.Repeat("{{if 1}}{{if 1}}x{{end}}{{end}}", 20_000)
	if _, problems := New([]Source{{Path: "page.html", Data: []byte(text)}}, nil); len(problems) > 0 {
		t.Errorf("got %.200v", problems)
	}
}
