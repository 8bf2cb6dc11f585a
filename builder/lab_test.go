package builder

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/render"
)

// lab is a site in memory that is edited and built again and again.
type lab struct {
	fs    fstest.MapFS
	b     *Builder
	clock int64
	// asOf is the instant of clean builds, where it is not labTime.
	asOf time.Time
}

var labTime = time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)

func newLab(t testing.TB, files map[string]string) *lab {
	t.Helper()
	l := &lab{fs: fstest.MapFS{}}
	for name, text := range files {
		l.write(name, text)
	}
	l.b = openLab(t, l.fs)
	return l
}

func openLab(t testing.TB, fs fstest.MapFS) *Builder {
	t.Helper()
	b, err := Open(Options{FS: fs, AsOf: labTime})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// write puts a file in; each edit has a time of its own, as on a disk.
func (l *lab) write(name, text string) {
	l.clock++
	l.fs[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644, ModTime: labTime.Add(-time.Hour + time.Duration(l.clock)*time.Millisecond)}
}

func (l *lab) edit(files map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if files[name] == gone {
			delete(l.fs, name)
		} else {
			l.write(name, files[name])
		}
	}
}

// reset makes the site have these files; those that are the same stay untouched.
func (l *lab) reset(files map[string]string) {
	for name := range l.fs {
		if _, ok := files[name]; !ok {
			delete(l.fs, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if old := l.fs[name]; old == nil || string(old.Data) != files[name] {
			l.write(name, files[name])
		}
	}
}

// gone stands for a file that an edit deletes.
const gone = "\x00gone"

// labResult is everything that an author can see of a build.
type labResult struct {
	files    map[string]string
	problems string
	rendered []string
	made     *Generation
}

// build builds the site with the memory of all builds before.
func (l *lab) build(t testing.TB) labResult { return buildAll(t, l.b) }

// clean builds the site with a Builder that remembers nothing.
func (l *lab) clean(t testing.TB) labResult {
	b := openLab(t, l.fs)
	if !l.asOf.IsZero() {
		b.options.AsOf = l.asOf
	}
	return buildAll(t, b)
}

func buildAll(t testing.TB, b *Builder) labResult {
	t.Helper()
	ctx := context.Background()
	g, err := b.Update(ctx)
	if err != nil {
		t.Fatalf("update: %v", err)
	}
	res := labResult{files: make(map[string]string), made: g}
	var mu sync.Mutex
	put := func(f *output.File) error {
		mu.Lock()
		defer mu.Unlock()
		res.files[f.URL] = string(f.Class) + " " + f.Type + " " + f.Path + told(f) + "\n" + string(f.Data)
		return nil
	}
	if err := g.All(ctx, nil, put); err != nil {
		t.Fatalf("render: %v", err)
	}
	if !g.Failed() {
		for _, r := range g.variants() {
			f := variantFile(r)
			f.Data, _ = g.variant(r)
			_ = put(f)
		}
		for _, src := range g.embeds() {
			f := mediaFile(src)
			f.Data, _ = g.snap.Read(src)
			_ = put(f)
		}
		assets, err := g.assets(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range assets {
			f, err := g.env.Assets.File(a)
			if err != nil { // with reads that are not recorded, it is none of this generation
				f = &output.File{URL: a.URL, Data: []byte(err.Error())}
			}
			_ = put(f)
			if a.Map != nil {
				m, _ := g.env.Assets.File(a.Map)
				_ = put(m)
			}
		}
		res.rendered = g.renderedURLs()
	}
	var lines []string
	for _, p := range g.Problems() {
		lines = append(lines, fmt.Sprintf("%s %s %s | %s | %s", p.Severity, p.Code, p, p.Hint, p.Source))
	}
	res.problems = strings.Join(lines, "\n")
	g.Sweep()
	return res
}

// told is what a page's entry in the manifest says beside its bytes.
func told(f *output.File) string {
	var b strings.Builder
	for _, s := range append(slices.Clone(f.Hints), append(slices.Clone(f.Refs), f.Needs.String())...) {
		if s != "" {
			b.WriteString(" " + s)
		}
	}
	return b.String()
}

// diff says how two results differ; empty where they do not.
func (r labResult) diff(o labResult) string {
	var b strings.Builder
	urls := append(slices.Collect(maps.Keys(r.files)), slices.Collect(maps.Keys(o.files))...)
	slices.Sort(urls)
	for _, u := range slices.Compact(urls) {
		if r.files[u] != o.files[u] {
			fmt.Fprintf(&b, "%s:\nrebuilt: %q\nclean:   %q\n", u, r.files[u], o.files[u])
		}
	}
	if r.problems != o.problems {
		b.WriteString("problems: " + lineDiff(r.problems, o.problems))
	}
	return b.String()
}

// lineDiff are the lines that only one of two texts has.
func lineDiff(rebuilt, clean string) string {
	var b strings.Builder
	a, c := strings.Split(rebuilt, "\n"), strings.Split(clean, "\n")
	for _, l := range a {
		if !slices.Contains(c, l) {
			b.WriteString("only rebuilt: " + l + "\n")
		}
	}
	for _, l := range c {
		if !slices.Contains(a, l) {
			b.WriteString("only clean: " + l + "\n")
		}
	}
	if b.Len() == 0 {
		return "in another order\n"
	}
	return b.String()
}

// renderedURLs are the files that this generation computed, sorted.
func (g *Generation) renderedURLs() []string {
	urls := g.run.Computed(render.FileKey("").Kind)
	slices.Sort(urls)
	return urls
}

// paint is a picture, as PNG.
func paint(w, h int) string {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = byte(i*7 + w)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.String()
}

// labSite is a small site that uses one of everything.
func labSite() map[string]string {
	return map[string]string{
		"config.toml": labConfig,

		"content/_index.md":       "---\ntitle: Home\n---\nWelcome to [a](guide/a.md).\n",
		"content/guide/_index.md": "---\ntitle: Guide\n---\nAll [there is](a.md).\n",
		"content/guide/a.md":      "---\ntitle: A\ntags: [go, web]\nweight: 1\nmenus: main\n---\nText of A. See [B](b.md#part) and ![](pic.png) and <video src=\"clip.mp4\"></video>.\n\n{{< note >}}look{{< /note >}}\n",
		"content/guide/b.md":      "---\ntitle: B\ntags: [go]\nweight: 2\naliases: [/old-b/]\n---\n## Part\n\nText of B. {{< title \"/guide/a\" >}}\n",
		"content/guide/pic.png":   paint(8, 4),
		"static/logo.png":         paint(6, 6),
		"content/pics.md":         "---\ntitle: Pictures\nbuild: {list: never}\n---\n![](guide/pic.png) <img src=\"/logo.png\">\n",
		"content/guide/clip.mp4":  "film",
		"content/blog/_index.md":  "---\ntitle: Blog\ncascade:\n  params:\n    color: red\n---\n",
		"content/blog/one.md":     "---\ntitle: One\ndate: 2024-01-02\n---\nFirst post.\n\n<!--more-->\n\nRest of it.\n",
		"content/blog/two.md":     "---\ntitle: Two\ndate: 2024-02-03\n---\nSecond post, quoting {{< sum \"/blog/one\" >}}.\n",
		"content/solo.md":         "# Solo\n\n--8<-- \"snippets/x.txt\"\n",
		"content/zh/_index.md":    "---\ntitle: 首页\n---\n欢迎。\n",
		"content/zh/guide/a.md":   "---\ntitle: 甲\n---\n见 [B](b.md)。\n",
		"snippets/x.txt":          "included text\n",
		"data/team.toml":          "name = \"Ann\"\n",
		"i18n/en.toml":            "hello = \"Hello\"\n",
		"i18n/zh.toml":            "hello = \"你好\"\n",
		"assets/css/main.css":     "body{color:red}",
		"static/robots.txt":       "User-agent: *\n",

		"layouts/baseof.html":              `<!doctype html><html lang="{{ .Language.LanguageCode }}"><head><title>{{ .Title }} | {{ .Site.Title }}</title><link href="{{ (asset "css/main.css").RelPermalink }}"></head><body>{{ partial "nav.html" . }}{{ block "main" . }}{{ end }}{{ partialCached "foot.html" .Site }}</body></html>`,
		"layouts/home.html":                `{{ define "main" }}{{ .Content }}{{ range .Site.RegularPages }}<a href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}{{ end }}`,
		"layouts/list.html":                `{{ define "main" }}{{ .Content }}{{ range .Paginator.Pages }}<li>{{ .LinkTitle }}: {{ .Summary }} {{ .Params.color }}</li>{{ end }}{{ end }}`,
		"layouts/page.html":                `{{ define "main" }}<h1>{{ .Title }}</h1>{{ .TableOfContents }}{{ .Content }}{{ with .Next }}<a rel="next" href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}{{ range .GetTerms "tags" }}<i>{{ .Title }}</i>{{ end }}{{ range .Related }}<b>{{ .Title }}</b>{{ end }}{{ range .Translations }}<u>{{ .Title }}</u>{{ end }}{{ .ReadingTime }}{{ .Parent.Title }}{{ end }}`,
		"layouts/404.html":                 `{{ define "main" }}not found, {{ i18n "hello" }}{{ end }}`,
		"layouts/partials/stats.html":      "<script>stats = 1</script><script src=\"https://stats.example/s.js\"></script>",
		"layouts/partials/nav.html":        `<nav>{{ range .Site.Nav }}<a href="{{ .URL }}">{{ .Title }}</a>{{ end }}{{ range .Site.Menus.main }}<a href="{{ .URL }}">{{ .Name }}</a>{{ end }}</nav>`,
		"layouts/partials/foot.html":       `<footer>{{ .Data.team.name }} {{ i18n "hello" }} {{ .Params.motto }} {{ now.Year }}</footer>`,
		"layouts/shortcodes/note.html":     `<p class="note">{{ .Inner }} on {{ .Page.Title }}</p>`,
		"layouts/shortcodes/title.html":    `{{ with .Page.GetPage (.Get 0) }}{{ .Title }}{{ else }}none{{ end }}`,
		"layouts/shortcodes/sum.html":      `{{ with .Page.GetPage (.Get 0) }}{{ .Summary }}{{ end }}`,
		"layouts/_markup/render-link.html": `<a class="l" href="{{ .Destination }}">{{ .Text }}</a>`,
	}
}

const labConfig = `title = "Lab"
theme = ""
base_url = "https://example.org/lab/"
dialects = ["mkdocs", "hugo"]
[params]
motto = "ever"
[pagination]
size = 2
[policy]
csp = "strict"
[[embed]]
name = "stats"
partial = "stats.html"
csp.script = ["https://stats.example"]
[languages.en]
name = "English"
content = "content"
[languages.zh]
name = "中文"
content = "content/zh"
`
