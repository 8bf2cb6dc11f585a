package builder

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// probeSite is a site with one page that prints what a test asks for, so that
// nothing else makes it new.
func probeSite(probe string) map[string]string {
	return map[string]string{
		"config.toml":                 strings.Replace(labConfig, "[languages.en]", "[llms]\nindex = true\n[languages.en]", 1),
		"content/probe.md":            "---\ntitle: Probe\ntype: probe\nweight: 5\n---\n",
		"content/deep/_index.md":      "---\ntitle: Deep\n---\n",
		"content/deep/probe.md":       "---\ntitle: Probe\ntype: probe\n---\n",
		"content/a.md":                "---\ntitle: A\nweight: 1\ntags: [x]\n---\nText of A.\n",
		"content/b.md":                "---\ntitle: B\nweight: 9\ntags: [x]\n---\nText of B.\n",
		"content/blog/three.md":       "---\ntitle: Three\n---\n",
		"content/blog/one.md":         "---\ntitle: One\n---\nFirst.\n",
		"content/blog/two.md":         "---\ntitle: Two\n---\nSecond.\n",
		"content/zh/a.md":             "---\ntitle: 甲\n---\n",
		"layouts/probe/page.html":     probe,
		"layouts/partials/stats.html": "",
		"assets/x.css":                "a{background:url(/x.png)}", "assets/x.png": "1",
		"assets/x.js": "import './y'; import 'p'", "assets/y.ts": "console.log(1)", "node_modules/p/index.js": "console.log(1)",
		"layouts/all.html": "{{ .Content }}",
	}
}

// TestBlindIsComplete compares the kinds that renders note with those that
// TestBlind knows.
func TestBlindIsComplete(t *testing.T) {
	table, err := os.ReadFile("blind_test.go")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("render/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files of render: %v", err)
	}
	kind := regexp.MustCompile(`(?:\.fact\(|\.pages\(|\b(?:fact|node)[A-Z]\w+ += )"([a-z:]+)"`)
	// The roots of the graph: nobody reads them.
	exempt := map[string]bool{"file": true, "check": true}
	found := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range kind.FindAllStringSubmatch(string(src), -1) {
			found++
			if !exempt[m[1]] && !strings.Contains(string(table), "\t{\""+m[1]+"\",") {
				t.Errorf("%s reads %q, which TestBlind does not switch off", name, m[1])
			}
		}
	}
	if found < 30 {
		t.Errorf("only %d reads were found: does the pattern still fit?", found)
	}
}

// TestBlind switches the recording of each kind of read off, one at a time. A
// rebuild must then differ from a clean build: a recording that can be left out
// without a difference is not tested, or not needed.
func TestBlind(t *testing.T) {
	site := labSite()
	replace := func(name, old, new string) map[string]string {
		if !strings.Contains(site[name], old) {
			t.Fatalf("nothing to replace in %s", name)
		}
		return map[string]string{name: strings.ReplaceAll(site[name], old, new)}
	}
	config := func(old, new string) map[string]string {
		return map[string]string{"config.toml": strings.Replace(probeSite("")["config.toml"], old, new, 1)}
	}
	tests := []struct {
		kind string
		// probe is the layout of the probe page; without one the whole lab is built.
		probe string
		edit  map[string]string
	}{
		{"face", "", replace("content/guide/a.md", "title: A", "title: AA")},
		{"listed", `{{ len .Site.Pages }}`, map[string]string{"content/blog/four.md": "---\ntitle: Four\n---\n"}},
		{"faces:listed", `{{ range .Site.Pages }}{{ .Params.x }} {{ end }}`, map[string]string{"content/many/299.md": "---\ntitle: Page 299\nx: new\n---\n"}},
		{"faces:ordered", `{{ range .Site.RegularPages }}{{ .Params.x }} {{ end }}`, map[string]string{"content/many/299.md": "---\ntitle: Page 299\nx: new\n---\n"}},
		{"faces:children", `{{ range (.GetPage "/many").Pages }}{{ .Params.x }} {{ end }}`, map[string]string{"content/many/299.md": "---\ntitle: Page 299\nx: new\n---\n"}},
		{"children", `{{ len (.GetPage "/blog").Pages }}`, map[string]string{"content/blog/four.md": "---\ntitle: Four\n---\n"}},
		{"ordered", `{{ len .Site.RegularPages }}`, map[string]string{"content/blog/four.md": "---\ntitle: Four\n---\n"}},
		{"faces:regulars", `{{ .Site.Lastmod }}`, map[string]string{"content/a.md": "---\ntitle: A\nlastmod: 2024-02-02\n---\n"}},
		{"neighbours", `{{ with .Next }}{{ .Path }}{{ end }}`, map[string]string{"content/bb.md": "---\ntitle: BB\nweight: 6\n---\n"}},
		{"pagers", `{{ range (.GetPage "/blog").Paginator.Pages }}{{ .Path }}{{ end }}`, map[string]string{"content/blog/two.md": "---\ntitle: Two\nweight: 1\n---\n"}},
		{"translations", `{{ len (.GetPage "/b").Translations }}`, map[string]string{"content/zh/b.md": "---\ntitle: 乙\n---\n"}},
		{"page", `{{ with .GetPage "/a" }}{{ .Path }}{{ else }}none{{ end }}`, map[string]string{"content/a.md": gone}},
		{"named", `{{ relref . "one" }}`, map[string]string{"content/deep/one.md": "---\ntitle: Another one\n---\n"}},
		{"names", "", map[string]string{"assets/zz.css": "a{}"}}, // see below
		{"asof", `{{ now.Year }}`, nil}, // see below
		{"terms", `{{ len .Site.Taxonomies }}`, map[string]string{"content/c.md": "---\ntitle: C\ncategories: [y]\n---\n"}},
		{"menus", `{{ len .Site.Menus }}`, map[string]string{"content/c.md": "---\ntitle: C\nmenus: side\n---\n"}},
		{"parent", `{{ (.GetPage "/blog/deep/x").Parent.Path }}`, map[string]string{"content/blog/deep/_index.md": "---\ntitle: Deep\n---\n"}}, // see below
		{"url", "", nil}, // see below
		{"languages", `{{ range .Site.Languages }}{{ .LanguageName }}{{ end }}`, config("中文", "汉语")},
		{"config", `{{ .Site.BaseURL }}`, config(`/lab/`, `/labs/`)},
		{"params", `{{ .Site.Params.motto }}`, config(`"ever"`, `"never"`)},
		{"content", `{{ (.GetPage "/a").Content }}`, map[string]string{"content/a.md": "---\ntitle: A\nweight: 1\ntags: [x]\n---\nNew text.\n"}},
		{"stats", `{{ (.GetPage "/a").ReadingTime }}`, map[string]string{"content/a.md": "---\ntitle: A\nweight: 1\ntags: [x]\n---\n" + strings.Repeat("word ", 2000)}},
		{"related", `{{ range (.GetPage "/a").Related }}{{ .Path }}{{ end }}`, map[string]string{"content/c.md": "---\ntitle: C\ntags: [x]\n---\n"}},

		{"ref", "", map[string]string{"content/guide/b.md": gone}},
		{"nav", "", replace("content/blog/_index.md", "title: Blog", "title: Journal")},
		{"menu", "", replace("content/guide/a.md", "menus: main", "menus: {main: {name: Start}}")},
		{"source", "", replace("content/guide/b.md", "Text of B", "Other text")},
		{"include", "", map[string]string{"snippets/x.txt": "other text\n"}},
		{"layout", "", map[string]string{"layouts/404.html": `{{ define "main" }}gone{{ end }}`}},
		{"template", "", map[string]string{"layouts/partials/nav.html": "<nav></nav>"}},
		{"hook", "", map[string]string{"layouts/_markup/render-link.html": "link"}},
		{"shortcode", "", map[string]string{"layouts/shortcodes/note.html": "note"}},
		{"asset", "", map[string]string{"assets/css/main.css": "body{}"}},
		{"embed", "", map[string]string{"content/guide/clip.mp4": "other"}},
		{"url", `{{ (asset "x.css").Content }}`, map[string]string{"static/x.png": "2"}}, // what a stylesheet finds at a URL
		{"include", `{{ (asset "x.js").Content }}`, map[string]string{"node_modules/p/index.js": "console.log(2)"}},
		{"asset", `{{ (asset "x.js").Content }}`, map[string]string{"assets/y.ts": "console.log(2)"}},
		{"config", `{{ (asset "x.js").Content }}`, map[string]string{"config.toml": strings.Replace(probeSite("")["config.toml"], "[llms]", "[assets]\nminify = false\n[llms]", 1)}},
		{"fingerprinted", `{{ (asset "x.css").Size }}`, map[string]string{"assets/x.css": "a{top:100px}"}},
		{"picture", "", map[string]string{"static/logo.png": paint(7, 5)}},
		{"variant", "", map[string]string{"config.toml": strings.Replace(labConfig, "[params]", "[images]\nwidths = [4]\n[params]", 1)}},
		{"fingerprinted", "", map[string]string{"assets/css/main.css": "body{}"}},
		{"data", "", map[string]string{"data/team.toml": "name = \"Bob\"\n"}},
		{"string", "", map[string]string{"i18n/zh.toml": "hello = \"您好\"\n"}},
		{"options", "", map[string]string{"config.toml": strings.Replace(labConfig, "[params]", "[markdown]\nhard_wraps = true\n[params]", 1)}},
		{"body", "", replace("content/guide/b.md", "Text of B", "Other text")},
		{"summary", "", replace("content/blog/one.md", "First post", "Foremost post")},
		{"partial", "", map[string]string{"data/team.toml": "name = \"Bob\"\n"}},
	}
	for _, tt := range tests {
		t.Run(tt.kind, func(t *testing.T) {
			files, edit := maps.Clone(site), tt.edit
			files["content/quoted.md"] = "“Quote”\nbreaks\n"
			if tt.probe != "" {
				files = probeSite(tt.probe)
			}
			if tt.kind == "parent" {
				// Under Hugo's rule a folder becomes a section with its index.
				files["config.toml"] = "bundles = \"hugo\"\n" + files["config.toml"]
				files["content/blog/deep/x.md"] = "x"
			}
			if tt.kind == "url" && tt.probe == "" {
				files = probeSite("")
				// A generated file gives way to a page.
				edit = map[string]string{"content/llms.md": "---\nurl: /llms.txt\ntitle: Mine\nbuild: {list: never}\n---\n"}
			}
			if tt.kind == "names" {
				// The hint of a mistake names what is near.
				files["layouts/shortcodes/note.html"] = `{{ asset "zzz.css" }}`
			}
			if strings.HasPrefix(tt.kind, "faces:") {
				// So many that a trace keeps one digest of them.
				for i := range 300 {
					files[fmt.Sprintf("content/many/%d.md", i)] = fmt.Sprintf("---\ntitle: Page %d\n---\n", i)
				}
			}
			for _, blind := range []bool{false, true} {
				l := newLab(t, files)
				if blind {
					l.b.graph.Blind(tt.kind)
				}
				l.build(t)
				l.edit(edit)
				if tt.kind == "asof" {
					later := labTime.AddDate(1, 0, 0)
					l.b.options.AsOf, l.asOf = later, later
				}
				d := l.build(t).diff(l.clean(t))
				if !blind && d != "" {
					t.Fatalf("with all recording on, rebuilt and clean differ:\n%s", d)
				}
				if blind && d == "" {
					t.Errorf("without recording %q nothing is missed", tt.kind)
				}
			}
		})
	}
}
