package builder

import (
	"slices"
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/layout/funcs"
	"github.com/etagere/etagere/builder/render"
)

// docSite is the site that the examples of render.Bound stand in.
func docSite(example string) map[string]string {
	return map[string]string{
		"config.toml":               "title = \"Docs\"\ntheme = \"\"\nbase_url = \"https://example.org/docs/\"\n",
		"content/guide/_index.md":   "---\ntitle: Guide\n---\n",
		"content/guide/install.md":  "---\ntitle: Install\ntype: example\n---\n```go\nfunc main() {}\n```\n",
		"assets/main.css":           "body{top:0}",
		"data/team.toml":            "lead = {name = \"Ann\"}\n",
		"i18n/en.toml":              "[files]\none = \"{{ .Count }} file\"\nother = \"{{ .Count }} files\"\n",
		"layouts/all.html":          "",
		"layouts/example/page.html": example,
	}
}

// Every example prints what its documentation says.
func TestExamples(t *testing.T) {
	for _, d := range render.Bound() {
		t.Run(d.Name, func(t *testing.T) {
			r := newLab(t, docSite(d.Example)).build(t)
			_, got, _ := strings.Cut(r.files["/guide/install/"], "\n")
			if got != d.Output || r.problems != "" {
				t.Errorf("%s\ngot  %q\nwant %q\n%s", d.Example, got, d.Output, r.problems)
			}
			if d.Text == "" || d.Signature == "" || d.Output == "" || !strings.Contains(d.Example, d.Name) {
				t.Errorf("the documentation lacks something: %+v", d)
			}
		})
	}
}

// Every name that a render binds is documented, and the other way round.
func TestDocumented(t *testing.T) {
	documented := make(map[string]bool)
	for _, d := range render.Bound() {
		for _, name := range append([]string{d.Name}, d.Aliases...) {
			name, _, _ = strings.Cut(name, ".")
			documented[name] = true
		}
	}
	bound := render.Functions(nil)
	for name := range bound {
		if !documented[name] {
			t.Errorf("%s is not documented", name)
		}
	}
	for name := range documented {
		if bound[name] == nil {
			t.Errorf("%s is documented and cannot be called", name)
		}
	}
	all := render.Docs()
	for i, d := range all {
		if slices.ContainsFunc(all[i+1:], func(o funcs.Doc) bool { return o.Name == d.Name }) {
			t.Errorf("%s is documented twice", d.Name)
		}
	}
}
