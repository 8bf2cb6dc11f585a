package builder

import (
	"slices"
	"strings"
	"testing"
)

// scripted adds a script to the pages of the guide: with an import that is looked
// for under several names, and packages.
var scripted = map[string]string{
	"layouts/guide/page.html": `{{ define "main" }}{{ (asset "js/main.ts").Integrity }}{{ end }}`,
	"assets/js/main.ts":       "import { x } from './lib'; import q from 'q'; declare const X: any; console.log(x, q, X)",
	"assets/js/lib.ts":        "export const x: number = 1", "assets/js/unused.ts": "export const x: number = 1",
	"node_modules/p/package.json": `{"module":"esm.js"}`, "node_modules/p/esm.js": "export default 'old'", "node_modules/p/other.js": "export default 'other'",
	"node_modules/q/index.js": "import p from 'p'; export default p",
	"content/zh/guide/a.md":   gone,
}

// TestRebuildWork says which files each kind of edit makes again: what an
// author waits for, and what others have shipped wrong.
func TestRebuildWork(t *testing.T) {
	all := []string{"*"}
	tests := []struct {
		name  string
		setup map[string]string
		edit  map[string]string
		want  []string
	}{
		{name: "nothing", edit: nil, want: nil},
		{name: "the text of a page that nobody quotes", edit: map[string]string{"content/guide/b.md": strings.Replace(labSite()["content/guide/b.md"], "Text of B", "New text of B", 1)},
			want: []string{"/guide/b/", "/tags/go/", "/guide/", "/index.xml", "/guide/index.xml"}},
		{name: "the rest of a text behind its divider", edit: map[string]string{"content/blog/one.md": strings.Replace(labSite()["content/blog/one.md"], "Rest of it", "Something else", 1)},
			want: []string{"/blog/one/"}},
		{name: "a layout", edit: map[string]string{"layouts/404.html": `{{ define "main" }}nothing here{{ end }}`}, want: []string{"/404.html", "/zh/404.html"}},
		{name: "a layout that nobody uses", edit: map[string]string{"layouts/special/page.html": `x`}, want: nil},
		{name: "a more special layout appears", edit: map[string]string{"layouts/blog/page.html": `{{ define "main" }}post{{ end }}`}, want: []string{"/blog/one/", "/blog/two/"}},
		{name: "the base of all layouts", edit: map[string]string{"layouts/baseof.html": labSite()["layouts/baseof.html"] + "<!-- new -->"}, want: all},
		{name: "a shortcode's template", edit: map[string]string{"layouts/shortcodes/note.html": `<p>new {{ .Inner }}</p>`}, want: []string{"/guide/a/"}},
		{name: "a shortcode that was missing appears", setup: map[string]string{"content/solo.md": "# Solo\n\n{{< later >}}\n"},
			edit: map[string]string{"layouts/shortcodes/later.html": "now"}, want: []string{"/solo/", "/index.xml"}},
		{name: "a partial that a shortcode calls", setup: map[string]string{"layouts/shortcodes/note.html": `{{ partial "deep.html" . }}`, "layouts/partials/deep.html": "deep"},
			edit: map[string]string{"layouts/partials/deep.html": "deeper"}, want: []string{"/guide/a/"}},
		{name: "an included file", edit: map[string]string{"snippets/x.txt": "other text\n"}, want: []string{"/solo/", "/index.xml"}},
		{name: "a render hook", edit: map[string]string{"layouts/_markup/render-link.html": `<a href="{{ .Destination }}">{{ .Text }}</a>`},
			want: []string{"/", "/page/2/", "/page/3/", "/guide/", "/guide/a/", "/zh/guide/a/"}},
		{name: "data, through a cached partial", edit: map[string]string{"data/team.toml": "name = \"Bob\"\n"}, want: all},
		{name: "a picture", edit: map[string]string{"content/guide/pic.png": paint(3, 5)}, want: []string{"/guide/a/", "/pics/"}},
		{name: "a picture with a name of its own", edit: map[string]string{"static/logo.png": paint(3, 5)}, want: []string{"/pics/"}},
		{name: "a picture that nobody shows", setup: map[string]string{"content/guide/unused.png": "x"}, edit: map[string]string{"content/guide/unused.png": "y"}, want: nil},
		{name: "a film that a bundle's page shows through a template", setup: map[string]string{"content/b/index.md": "x", "content/b/v.mp4": "1",
			"layouts/b/page.html": `{{ range .Resources }}{{ .RelPermalink }}{{ end }}`}, edit: map[string]string{"content/b/v.mp4": "2"}, want: []string{"/b/"}},
		{name: "a download that keeps its name", setup: map[string]string{"content/guide/d.pdf": "1", "content/solo.md": "[d](guide/d.pdf)"},
			edit: map[string]string{"content/guide/d.pdf": "2"}, want: nil},
		{name: "a stylesheet", edit: map[string]string{"assets/css/main.css": "body{color:blue}"}, want: all},
		{name: "a comment in a stylesheet, which only its source map shows", edit: map[string]string{"assets/css/main.css": "/* new */ body { color: red }"}, want: nil},
		{name: "a stylesheet that another one imports", setup: map[string]string{"assets/css/main.css": "@import 'part.css';", "assets/css/part.css": "a{top:0}"},
			edit: map[string]string{"assets/css/part.css": "a{top:1px}"}, want: all},
		{name: "a font of the stylesheet", setup: map[string]string{"assets/css/main.css": "@font-face{src:url(../f.woff2)}", "assets/f.woff2": "1"}, edit: map[string]string{"assets/f.woff2": "2"}, want: all},
		{name: "a script of some pages, by what it imports", setup: scripted, edit: map[string]string{"assets/js/lib.ts": "export const x: number = 2"}, want: []string{"/guide/a/", "/guide/b/"}},
		{name: "a file that no script uses any more", setup: scripted, edit: map[string]string{"assets/js/unused.ts": "export const x: number = 2"}, want: nil},
		{name: "a file that an import finds first", setup: scripted, edit: map[string]string{"assets/js/lib.tsx": "export const x = 'first'"}, want: []string{"/guide/a/", "/guide/b/"}},
		{name: "a file of a package", setup: scripted, edit: map[string]string{"node_modules/p/esm.js": "export default 'new'"}, want: []string{"/guide/a/", "/guide/b/"}},
		{name: "a file of a package that nothing imports", setup: scripted, edit: map[string]string{"node_modules/p/other.js": "export default 'new'"}, want: nil},
		{name: "the main file of a package", setup: scripted, edit: map[string]string{"node_modules/p/package.json": `{"main":"other.js"}`}, want: []string{"/guide/a/", "/guide/b/"}},
		{name: "a package in a nearer folder", setup: scripted, edit: map[string]string{"node_modules/q/node_modules/p/index.js": "export default 'nearer'"}, want: []string{"/guide/a/", "/guide/b/"}},
		{name: "tsconfig.json", setup: scripted, edit: map[string]string{"tsconfig.json": `{"compilerOptions":{"paths":{"q":["./assets/js/other.ts"]}}}`, "assets/js/other.ts": "export default 5"}, want: []string{"/guide/a/", "/guide/b/"}},
		{name: "a file at a URL of the stylesheet", setup: map[string]string{"assets/css/main.css": "a{background:url(/x.png)}", "assets/x.png": "1"}, edit: map[string]string{"static/x.png": "2"}, want: all},
		{name: "a definition", setup: scripted, edit: map[string]string{"config.toml": labConfig + "[assets]\ndefine = {X = \"2\"}\n"}, want: []string{"/guide/a/", "/guide/b/"}},
		{name: "an icon of the web manifest", setup: map[string]string{"assets/site.webmanifest": `{"icons":[{"src":"i.png"}]}`, "assets/i.png": "1", "layouts/404.html": `{{ (asset "site.webmanifest").URL }}`},
			edit: map[string]string{"assets/i.png": "2"}, want: []string{"/404.html", "/zh/404.html"}},
		{name: "a text of one language", edit: map[string]string{"i18n/zh.toml": "hello = \"您好\"\n"},
			want: []string{"/zh/", "/zh/404.html", "/zh/guide/", "/zh/guide/a/"}},
		{name: "a partial that the site puts into a slot", edit: map[string]string{"layouts/partials/stats.html": "<script>stats = 2</script>"}, want: all},
		{name: "what pages may load", edit: map[string]string{"config.toml": strings.Replace(labConfig, "https://stats.example", "https://*.example", 1)}, want: all},
		{name: "how long pages may be kept", edit: map[string]string{"config.toml": labConfig + "[policy.headers.page]\nCache-Control = \"max-age=60\"\n"}, want: nil},
		// What others have shipped wrong.
		{name: "a slug: the old URL is gone", setup: map[string]string{"content/solo.md": "---\ntitle: Solo\nslug: before\n---\nx"},
			edit: map[string]string{"content/solo.md": "---\ntitle: Solo\nslug: after\n---\nx"},
			want: []string{"*en", "/index.xml", "/sitemap.xml"}},
		{name: "a new leaf bundle with its files in one go",
			edit: map[string]string{"content/guide/new/index.md": "---\ntitle: New\nweight: 9\n---\n![](p.png)", "content/guide/new/p.png": "png"},
			want: []string{"*en", "/index.xml", "/guide/index.xml", "/sitemap.xml"}},
		{name: "a section's title, which stands in the navigation", edit: map[string]string{"content/blog/_index.md": strings.Replace(labSite()["content/blog/_index.md"], "Blog", "Journal", 1)},
			want: []string{"*en", "/blog/index.xml", "/sitemap.xml"}},
		{name: "front matter that a listing shows", edit: map[string]string{"content/blog/two.md": strings.Replace(labSite()["content/blog/two.md"], "title: Two", "title: Two\nparams: {color: blue}", 1)},
			want: []string{"/blog/two/", "/blog/", "/", "/page/2/", "/page/3/", "/blog/index.xml", "/index.xml", "/sitemap.xml"}},
		{name: "a feed's layout appears", edit: map[string]string{"layouts/home.rss.xml": "<rss>{{ .Title }}</rss>"}, want: []string{"/index.xml", "/zh/index.xml"}},
		{name: "a hook for headings appears", edit: map[string]string{"layouts/_markup/render-heading.html": "<h{{ .Level }}>{{ .Text }}</h{{ .Level }}>"}, want: []string{"/guide/b/"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newLab(t, labSite())
			l.edit(tt.setup)
			first := l.build(t)
			l.edit(tt.edit)
			again := l.build(t)
			if d := again.diff(l.clean(t)); d != "" {
				t.Fatalf("rebuilt and clean differ:\n%s", d)
			}
			got := again.rendered
			if first.made == again.made {
				got = nil // an unchanged snapshot is the same generation
			}
			want := expand(tt.want, again)
			if !slices.Equal(got, want) {
				t.Errorf("made again:\ngot  %q\nwant %q", got, want)
			}
		})
	}
}

// expand replaces "*" by all URLs with a layout, and "*en" by those in English:
// every page, but no feed and no redirect.
func expand(want []string, r labResult) []string {
	var out []string
	for _, w := range want {
		if w != "*" && w != "*en" {
			out = append(out, w)
			continue
		}
		for u, text := range r.files {
			kind, _, _ := strings.Cut(text, " ")
			if (kind == "page" || kind == "error") && (w == "*" || !strings.HasPrefix(u, "/zh/")) {
				out = append(out, u)
			}
		}
	}
	slices.Sort(out)
	return out
}

// TestNothingChanged looks twice at the same files.
func TestNothingChanged(t *testing.T) {
	l := newLab(t, labSite())
	a, err := l.b.Update(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b, err := l.b.Update(t.Context())
	if err != nil || a != b {
		t.Errorf("an unchanged site gave another generation (%v)", err)
	}
}

// TestLab keeps the site of these tests free of mistakes.
func TestLab(t *testing.T) {
	r := newLab(t, labSite()).build(t)
	if r.problems != "" || len(r.files) < 20 {
		t.Errorf("%d files, problems:\n%s", len(r.files), r.problems)
	}
}
