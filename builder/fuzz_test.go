package builder

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/etagere/etagere/builder/internal/digest"
)

// fuzzTexts are what FuzzRebuild puts into files, by the kind of file.
var fuzzTexts = map[string][]string{
	"content": {
		"---\ntitle: One\ntags: [go, web]\n---\nSee [a](a.md#part), [g](guide/_index.md) and [none](nowhere.md).\n",
		"---\ntitle: Two\nweight: 3\ndate: 2024-01-02\n---\n## Part\n\nText. {{< note >}}in{{< /note >}} {{< title \"/a\" >}}\n\n<!--more-->\n\nRest.\n",
		"---\ntitle: Quote\ntags: [go]\n---\n{{< sum \"/a\" >}} {{< sum \"/guide/b\" >}}\n",
		"---\ntitle: Whole\n---\n{{< whole \"/a\" >}}\n",
		"---\ntitle: Whole too\n---\n{{< whole \"/guide/b\" >}}\n",
		"# A heading\n\n--8<-- \"snippets/x.txt\"\n\n![](pic.png) [x](../a.md) <img src=\"pic.png\"> ![](/logo.png)\n",
		"{{% md %}}*there*{{% /md %}} `{{< note >}}` {{< unknown >}}\n",
		"---\ntitle: Drafted\ndraft: true\n---\nx\n",
		"---\ntitle: Later\npublishDate: 2030-01-01\n---\nx\n",
		"---\ntitle: Moved\nslug: other\naliases: [/a/, /old/]\nmenus: main\n---\nx [self](#nope)\n",
		"---\ntitle: Placed\nurl: /placed/\nmenus: {main: {parent: Start, weight: 2}}\n---\nx\n",
		"---\ntitle: [broken\n---\nx\n",
		"+++\ntitle = \"T\"\nwieght = 3\n[cascade.params]\ncolor = \"red\"\n+++\nx\n",
		"---\ntitle: Typed\ntype: special\nlayout: wide\ncascade:\n  type: special\n---\n```go\nfunc main() {}\n```\n",
		"",
		"---\ntitle: Listed\npaginate: 1\n---\nlist\n",
	},
	"layouts": {
		`{{ define "main" }}{{ .Title }}{{ .Content }}{{ end }}`,
		`{{ define "main" }}{{ range .Pages }}{{ .Title }}{{ .Summary }}{{ end }}{{ with .Next }}{{ .Title }}{{ end }}{{ end }}`,
		`{{ .Title }}{{ range .Site.RegularPages }}{{ .Title }}{{ .ReadingTime }}{{ end }}{{ partial "p.html" . }}`,
		`{{ partialCached "p.html" .Site }}{{ .TableOfContents }}{{ range .Related }}{{ .Title }}{{ end }}{{ range .Translations }}{{ .Title }}{{ end }}`,
		`{{ .Content }}{{ range .Site.Nav }}{{ .Title }}{{ end }}{{ range .Site.Menus.main }}{{ .Name }}{{ .URL }}{{ end }}{{ with .Parent }}{{ .Title }}{{ end }}`,
		`{{ .Site.Data.team.name }}{{ i18n "hello" }}{{ (asset "main.css").RelPermalink }}{{ with .GetPage "a.md" }}{{ .Plain }}{{ end }}`,
		`{{ .Nope }}`,
		`{{ if }`,
		`{{ range .Site.Taxonomies.tags }}{{ .Name }}{{ .Count }}{{ end }}{{ range .Paginator.Pages }}{{ .LinkTitle }}{{ end }}{{ .Lastmod }}`,
		`{{ block "main" . }}{{ end }}<p>{{ .Site.Title }}`,
		`{{ with asset "css/main.css" }}{{ .RelPermalink }}{{ .Content }}{{ end }}{{ with asset "js/main.ts" }}{{ .Integrity }}{{ with .Stylesheet }}{{ .RelPermalink }}{{ end }}{{ end }}{{ (asset "site.webmanifest").Content }}`,
	},
	"short": {
		`<b>{{ .Inner }}</b>`,
		`{{ with .Page.GetPage (.Get 0) }}{{ .Title }}{{ else }}none{{ end }}`,
		`{{ with .Page.GetPage (.Get 0) }}{{ .Summary }}{{ end }}`,
		`{{ with .Page.GetPage (.Get 0) }}{{ .Content }}{{ end }}`,
		`**{{ .Inner }}**`,
		`{{ partial "p.html" .Page }}`,
		`{{ .Broken`,
	},
	"hook":  {`<a href="{{ .Destination }}">{{ .Text }}</a>`, `<h{{ .Level }}>{{ .PlainText }} {{ .Page.Title }}</h{{ .Level }}>`, `{{ .Nope }}`},
	"data":  {"name = \"Ann\"\n", "name = \"Bob\"\n", "name = ["},
	"i18n":  {"hello = \"Hello\"\n", "hello = \"Hi\"\nother = \"x\"\n", "hello = 3\n"},
	"asset": {"body{}", "body{color:red}", ""},
	"css": {
		"@import \"part.css\"; a { background: url(../pic.png) }", "@import 'main.css'; b { top: 0 }", "@import 'p/style.css'; c { & d { top: 0 } }",
		"a { background: url(/a/index.html) url(part.css) }", "a { colr: red", "/* nothing */", "@font-face { src: url(nowhere.woff2) }",
	},
	"js": {
		"import { x } from './lib'; console.log(x)", "import x from 'p'; import './lib'; console.log(x)", "import './style.css'; import pic from '../pic.png'; export const x = pic",
		"export const x: number = 1", "import main from './main?url'; export const x = main", "import lib from './lib.ts?url'; export const x = lib", "let x = (", "export default 'text'",
	},
	"json":    {`{"name":"p","main":"main.js"}`, `{"exports":{".":"./index.js","./style.css":"./css/style.css"}}`, `{"icons":[{"src":"pic.png"}],"start_url":"/"}`, `{"browser":{"./main.js":"./index.js"},"sideEffects":false}`, "{"},
	"text":    {"included\n", "# Included heading\n", "--8<-- \"snippets/y.txt\"\n"},
	"picture": {paint(8, 4), paint(4, 8), paint(9, 9), "no picture", `<svg viewBox="0 0 2 1"/>`},
	"config": {
		labConfig,
		strings.Replace(labConfig, "ever", "never", 1),
		strings.Replace(labConfig, "size = 2", "size = 1", 1),
		strings.Replace(labConfig, "[params]", "[markdown]\nhard_wraps = true\n[params]", 1),
		strings.Replace(labConfig, "/lab/", "/", 1) + "[[menus.main]]\nname = \"Start\"\npage = \"/\"\n",
		"title = \"One language\"\ntheme = \"\"\nbundles = \"hugo\"\nurls = \"file\"\ndialects = [\"mkdocs\"]\n[outputs]\npage = [\"html\", \"markdown\"]\nsection = [\"html\", \"atom\", \"json\"]\n[llms]\nindex = true\n",
		strings.Replace(labConfig, "[params]", "[images]\nwidths = [2, 4, 16]\nformats = [\"webp\"]\n[params]", 1),
		strings.Replace(labConfig, "[params]", "[assets]\nfingerprinted_only = true\n[images]\nwidths = [3]\n[params]", 1),
		"titel = 3\n",
	},
}

// fuzzFiles are the files that FuzzRebuild edits, with the kind of their texts.
var fuzzFiles = []struct{ name, kind string }{
	{"content/a.md", "content"}, {"content/guide/b.md", "content"}, {"content/guide/_index.md", "content"},
	{"content/_index.md", "content"}, {"content/zh/a.md", "content"}, {"content/zh/guide/b.md", "content"},
	{"content/guide/deep/index.md", "content"}, {"content/guide/deep/c.md", "content"}, {"content/A.md", "content"},
	{"content/tags/go/_index.md", "content"}, {"content/404.md", "content"}, {"content/guide/README.md", "content"},
	{"content/pic.png", "picture"}, {"content/guide/deep/pic.png", "picture"}, {"static/logo.png", "picture"}, {"static/a/index.html", "asset"},
	{"layouts/baseof.html", "layouts"}, {"layouts/page.html", "layouts"}, {"layouts/list.html", "layouts"},
	{"layouts/all.html", "layouts"}, {"layouts/guide/page.html", "layouts"}, {"layouts/special/wide.html", "layouts"},
	{"layouts/term.html", "layouts"}, {"layouts/home.html", "layouts"}, {"layouts/404.html", "layouts"}, {"layouts/page.zh.html", "layouts"},
	{"layouts/partials/p.html", "layouts"},
	{"layouts/shortcodes/note.html", "short"}, {"layouts/shortcodes/title.html", "short"}, {"layouts/shortcodes/sum.html", "short"},
	{"layouts/shortcodes/whole.html", "short"}, {"layouts/shortcodes/md.html", "short"}, {"layouts/shortcodes/unknown.html", "short"},
	{"layouts/_markup/render-link.html", "hook"}, {"layouts/_markup/render-heading.html", "hook"}, {"layouts/guide/_markup/render-link.html", "hook"},
	{"data/team.toml", "data"}, {"i18n/en.toml", "i18n"}, {"i18n/zh.toml", "i18n"}, {"assets/main.css", "asset"},
	{"snippets/x.txt", "text"}, {"snippets/y.txt", "text"}, {"Snippets/X.txt", "text"},
	{"config.toml", "config"},
	{"assets/css/main.css", "css"}, {"assets/css/part.css", "css"}, {"assets/js/style.css", "css"}, {"node_modules/p/style.css", "css"}, {"node_modules/p/css/style.css", "css"},
	{"assets/js/main.ts", "js"}, {"assets/js/lib.ts", "js"}, {"assets/js/lib.js", "js"}, {"assets/js/lib/index.ts", "js"}, {"node_modules/p/main.js", "js"}, {"node_modules/p/index.js", "js"},
	{"node_modules/p/package.json", "json"}, {"assets/site.webmanifest", "json"}, {"package.json", "json"}, {"assets/pic.png", "asset"},
}

// fuzzSite is what FuzzRebuild starts from: a site that works.
func fuzzSite() map[string]string {
	files := labSite()
	files["content/a.md"] = fuzzTexts["content"][1]
	files["layouts/shortcodes/whole.html"] = fuzzTexts["short"][3]
	files["layouts/shortcodes/md.html"] = fuzzTexts["short"][4]
	files["assets/main.css"] = "body{}"
	files["assets/css/main.css"], files["assets/css/part.css"] = fuzzTexts["css"][0], fuzzTexts["css"][5]
	files["assets/js/main.ts"], files["assets/js/lib.ts"] = fuzzTexts["js"][0], fuzzTexts["js"][3]
	files["assets/site.webmanifest"], files["assets/pic.png"] = fuzzTexts["json"][2], "png"
	files["node_modules/p/package.json"], files["node_modules/p/main.js"] = fuzzTexts["json"][0], fuzzTexts["js"][7]
	files["layouts/404.html"] = fuzzTexts["layouts"][len(fuzzTexts["layouts"])-1]
	return files
}

// editOf is the edit that two bytes stand for.
func editOf(l *lab, which, how byte) string {
	f := fuzzFiles[int(which)%len(fuzzFiles)]
	texts := fuzzTexts[f.kind]
	switch n := int(how) % (len(texts) + 2); n {
	case len(texts):
		delete(l.fs, f.name)
		return "delete " + f.name
	case len(texts) + 1:
		// Move it to where the next file of that kind is.
		to := fuzzFiles[(int(which)+1+int(how)/(len(texts)+2))%len(fuzzFiles)]
		if old := l.fs[f.name]; old != nil && to.kind == f.kind {
			l.write(to.name, string(old.Data))
			delete(l.fs, f.name)
			return "move " + f.name + " to " + to.name
		}
		return "nothing"
	default:
		l.write(f.name, texts[n])
		return fmt.Sprintf("write %s %q", f.name, texts[n])
	}
}

// FuzzRebuild: after any series of edits a rebuild has the bytes and the
// problems of a clean build. Three bytes are one step: a file, what to do with
// it, and whether to build now or after the next edit.
//
// What an execution costs is builds, so it makes few: one Builder serves many
// series, each of which begins by taking the edits before it back, and only the
// end of a series is compared where no clean build of the same files is known
// yet. A beginning of a series is a series of its own to the fuzzer.
func FuzzRebuild(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 1, 0, 26, 2, 0})
	f.Add([]byte{0, 3, 1, 1, 4, 0, 0, 2, 0, 42, 1, 0})    // pages that quote each other
	f.Add([]byte{31, 0, 0, 31, 6, 0, 31, 7, 0})           // a shortcode appears, breaks and goes
	f.Add([]byte{16, 6, 0, 16, 7, 0, 16, 0, 0, 15, 9, 0}) // layouts break and are mended
	f.Add([]byte{5, 5, 0, 39, 1, 0, 39, 2, 0, 40, 1, 0})  // includes of includes
	f.Add([]byte{42, 6, 0, 42, 5, 0, 42, 4, 0, 42, 0, 0}) // the configuration
	f.Add([]byte{0, 9, 0, 1, 10, 0, 6, 1, 0, 7, 1, 0})    // collisions, menus, bundles
	quickFuzzing(f)
	var s fuzzSeries
	f.Fuzz(func(t *testing.T, steps []byte) {
		if d := s.run(t, steps); d != "" {
			known := strings.Join(s.log, "\n")
			s = fuzzSeries{}
			if d := s.run(t, steps); d != "" {
				known = strings.Join(s.log, "\n") // it needs nothing that came before
			}
			t.Fatalf("after\n%s\n%s", known, d)
		}
	})
}

// quickFuzzing sets the process up for FuzzRebuild. Workers are as many
// processes as there are processors, so that one thread each is all they can
// use, and covers the same lines at every run. Go's engine spends a minute on
// making each input that covers new lines shorter, and counts nothing
// meanwhile; ours are short.
func quickFuzzing(f *testing.F) {
	threads, percent := runtime.GOMAXPROCS(1), debug.SetGCPercent(800)
	f.Cleanup(func() {
		runtime.GOMAXPROCS(threads)
		debug.SetGCPercent(percent)
	})
	const minimize = "test.fuzzminimizetime"
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == minimize })
	if !asked {
		if err := flag.Set(minimize, "10x"); err != nil {
			f.Fatal(err)
		}
	}
}

// fuzzSeries runs series of edits on one Builder. The zero value is ready.
type fuzzSeries struct {
	lab  *lab
	runs int
	log  []string
	// clean are the results of clean builds by the digest of their files.
	clean map[digest.Digest]labResult
}

// run does one series and says how its end differs from a clean build.
func (s *fuzzSeries) run(t *testing.T, steps []byte) string {
	if s.runs++; s.lab == nil || s.runs%50 == 0 {
		s.lab, s.log = newLab(t, nil), nil
	}
	if len(s.clean) == 0 || len(s.clean) > 2000 {
		s.clean = make(map[digest.Digest]labResult)
	}
	s.lab.reset(smallSite())
	s.log = append(s.log, "the site as it was first")
	s.lab.build(t)
	for range 12 {
		if len(steps) < 3 {
			return ""
		}
		s.log = append(s.log, editOf(s.lab, steps[0], steps[1]))
		wait := steps[2]%4 == 3
		if steps = steps[3:]; wait && len(steps) >= 3 {
			continue
		}
		if d := s.compare(t, s.lab.build(t), len(steps) < 3); d != "" {
			return d
		}
	}
	return ""
}

// compare says how a rebuilt site differs from a clean build of its files,
// which is made where it is not known and must be.
func (s *fuzzSeries) compare(t *testing.T, rebuilt labResult, must bool) string {
	h := digest.New()
	for _, name := range slices.Sorted(maps.Keys(s.lab.fs)) {
		h.String(name).Bytes(s.lab.fs[name].Data)
	}
	key := h.Sum()
	clean, ok := s.clean[key]
	if !ok {
		if !must {
			return ""
		}
		clean = s.lab.clean(t)
		s.clean[key] = clean
	}
	if d := rebuilt.diff(clean); d != "" {
		return fmt.Sprintf("%s\nfiles: %q", d, slices.Sorted(maps.Keys(s.lab.fs)))
	}
	return ""
}

// smallSite is fuzzSite with fewer pages.
func smallSite() map[string]string {
	files := fuzzSite()
	for name := range files {
		if strings.HasPrefix(name, "content/blog/") || name == "content/solo.md" {
			delete(files, name)
		}
	}
	return files
}

// TestRandomRebuild compares after every few random edits, on a larger site and
// all processors: for some seeds, or for as long as ETAGERE_REBUILD says ("30m").
func TestRandomRebuild(t *testing.T) {
	limit, _ := time.ParseDuration(os.Getenv("ETAGERE_REBUILD"))
	started, builds := time.Now(), 0
	first := uint64(1)
	if limit > 0 {
		first = uint64(started.UnixNano())
	}
	for seed := first; seed < first+20 || time.Since(started) < limit; seed++ {
		r := rand.New(rand.NewPCG(seed, 0))
		l := newLab(t, fuzzSite())
		l.build(t)
		var log []string
		for range 25 {
			for range 1 + r.IntN(3) {
				log = append(log, editOf(l, byte(r.UintN(256)), byte(r.UintN(256))))
			}
			builds++
			if d := l.build(t).diff(l.clean(t)); d != "" {
				t.Fatalf("seed %d, after\n%s\n%s\nfiles: %q", seed, strings.Join(log, "\n"), d, slices.Sorted(maps.Keys(l.fs)))
			}
		}
	}
	t.Logf("%d rebuilds equal to clean builds in %v", builds, time.Since(started).Round(time.Second))
}
