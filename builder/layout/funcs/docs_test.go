package funcs_test

import (
	"html/template"
	"reflect"
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/layout/funcs"
)

func run(t *testing.T, text string, data any) (string, error) {
	t.Helper()
	tmpl, err := template.New("t").Funcs(funcs.Map()).Parse(text)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = tmpl.Execute(&b, data)
	return b.String(), err
}

// Every example prints what its documentation says.
func TestExamples(t *testing.T) {
	for _, d := range funcs.Docs() {
		t.Run(d.Name, func(t *testing.T) {
			got, err := run(t, d.Example, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got != d.Output {
				t.Errorf("%s\ngot  %q\nwant %q", d.Example, got, d.Output)
			}
			if d.Text == "" || d.Signature == "" {
				t.Error("it has no text or no signature")
			}
			if !strings.Contains(d.Example, d.Name) {
				t.Errorf("the example does not use it: %s", d.Example)
			}
		})
	}
}

// Every name that a template can call is documented, and the other way round.
func TestDocumented(t *testing.T) {
	documented := map[string]bool{}
	for _, d := range funcs.Docs() {
		for _, name := range append([]string{d.Name}, d.Aliases...) {
			if documented[name] && !strings.Contains(name, ".") {
				t.Errorf("%s is documented twice", name)
			}
			documented[name] = true
		}
	}
	callable := map[string]bool{}
	for name, fn := range funcs.Map() {
		object, ok := fn.(func() any)
		if name == "time" { // a function and a namespace
			object, ok = func() any { return funcs.Time{} }, true
			callable[name] = true
		}
		if !ok {
			callable[name] = true
			continue
		}
		typ := reflect.TypeOf(object())
		for i := range typ.NumMethod() {
			callable[name+"."+typ.Method(i).Name] = true
		}
	}
	for name := range callable {
		// crypto and hash are one namespace; either name will do.
		other := strings.Replace(name, "hash.", "crypto.", 1)
		if !documented[name] && !documented[other] {
			t.Errorf("%s is not documented", name)
		}
	}
	for name := range documented {
		if !callable[name] {
			t.Errorf("%s is documented and cannot be called", name)
		}
	}
}

func TestReference(t *testing.T) {
	ref := funcs.Reference()
	for _, want := range []string{"### where\n", "also as `strings.ToUpper`", "March 1, 2026"} {
		if !strings.Contains(ref, want) {
			t.Errorf("the reference lacks %q", want)
		}
	}
	if ref != funcs.Reference() {
		t.Error("it differs from call to call")
	}
}
