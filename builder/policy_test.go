package builder

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
)

// buildSite builds a site of the folder's files, and fails on errors.
func buildSite(t *testing.T, files map[string]string) *Result {
	t.Helper()
	dir := t.TempDir()
	writeFiles(t, dir, files)
	res, err := Build(t.Context(), BuildOptions{Options: Options{Source: dir, AsOf: labTime}, Destination: filepath.Join(t.TempDir(), "out")})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func headersOf(t *testing.T, m *output.Manifest, url string) map[string]string {
	t.Helper()
	e, ok := m.File(url)
	if !ok {
		t.Fatalf("the manifest lacks %s", url)
	}
	return m.HeaderSets[e.Headers]
}

func TestManifestHeaders(t *testing.T) {
	res := buildSite(t, map[string]string{
		"config.toml": `title = "T"
base_url = "https://example.org/docs/"
theme = ""
[policy.headers.page]
Cache-Control = "max-age=60"
[[policy.rules]]
match = "/downloads/**"
headers = { Content-Disposition = "attachment" }
`,
		"content/_index.md":      "---\ntitle: Home\n---\n",
		"layouts/all.html":       `<!doctype html><link rel="stylesheet" href="{{ (asset "a.css").RelPermalink }}">`,
		"assets/a.css":           "a{}",
		"static/downloads/a.pdf": "pdf",
		"static/b.pdf":           "pdf",
		"static/b.json":          "{}",
		"static/b.png":           "png",
	})
	if !res.Written || len(res.Problems) > 0 {
		t.Fatalf("problems:\n%v", res.Problems)
	}
	m := res.Manifest
	for url, want := range map[string]map[string]string{
		"/":                {"Cache-Control": "max-age=60", "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"},
		"/downloads/a.pdf": {"Cache-Control": "public, max-age=600, stale-while-revalidate=3600", "Content-Disposition": "attachment", "Vary": ""},
		"/b.pdf":           {"Content-Disposition": ""},
		"/b.json":          {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"},
		"/b.png":           {"Vary": ""},
		"/index.xml":       {"Cache-Control": "public, max-age=900, stale-while-revalidate=3600, stale-if-error=86400"},
	} {
		got := headersOf(t, m, url)
		for name, value := range want {
			if got[name] != value {
				t.Errorf("%s: %s is %q, want %q", url, name, got[name], value)
			}
		}
	}
	for _, f := range m.Files {
		if f.Class == policy.Fingerprinted && m.HeaderSets[f.Headers]["Cache-Control"] != policy.Immutable {
			t.Errorf("%s is not immutable", f.URL)
		}
	}
	seen := make(map[string]bool)
	for _, set := range m.HeaderSets {
		key := policy.NewHeaders().Key()
		for _, name := range sortedKeys(set) {
			key += name + ":" + set[name] + "\n"
		}
		if seen[key] {
			t.Error("a header set is there twice")
		}
		seen[key] = true
	}
}

func TestPolicyWarnings(t *testing.T) {
	l := newLab(t, map[string]string{
		"config.toml": `title = "T"
base_url = "https://example.org/"
theme = ""
[policy.headers.page]
Cache-Control = "public, max-age=31536000, immutable"
ETag = "x"
[[policy.rules]]
match = "/nothing/**"
headers = { Cache-Control = "immutable" }
[[policy.rules]]
match = "/guide/**"
headers = { Cache-Control = "max-age=86400" }
`,
		"content/guide/a.md": "---\ntitle: A\n---\n",
		"layouts/all.html":   "<!doctype html>",
	})
	got := l.build(t).problems
	for _, want := range []string{
		"warning policy-harm config.toml:5:17: readers will not see the next version of pages",
		"error policy-harm config.toml:6:8: ETag cannot be set",
		"warning policy-harm config.toml:12:29: readers keep old pages for 24 hours, as at /guide/",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no problem that says %q in:\n%s", want, got)
		}
	}
	if n := strings.Count(got, "\n") + 1; n != 3 {
		t.Errorf("%d problems:\n%s", n, got)
	}
}

func writeFiles(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// finishSite is a strict site whose pages load much.
func finishSite() map[string]string {
	return map[string]string{
		"config.toml": `title = "T"
base_url = "https://example.org/docs/"
theme = ""
[outputs]
home = ["html"]
section = ["html"]
[policy]
csp = "strict"
hints = 4
fonts = ["f.woff2"]
[[embed]]
name = "videos"
csp.frame = ["https://*.video.example"]
[[embed]]
name = "stats"
slot = "body-end"
partial = "stats.html"
csp.connect = ["https://stats.example"]
[[embed]]
name = "talk"
slot = "below"
html = '<script src="https://talk.example/t.js"></script>'
csp.script = ["https://talk.example"]
`,
		"layouts/partials/stats.html": `{{ if .IsPage }}<script>stats({{ .Title }})</script>{{ end }}`,
		"layouts/all.html": `<!doctype html><html><head><meta charset="utf-8">{{ with asset "a.css" }}<link rel="stylesheet" href="{{ .RelPermalink }}" integrity="{{ .Integrity }}">{{ end }}</head>` +
			`<body><main>{{ .Content }}{{ if .Params.talk }}{{ slot "below" . }}{{ end }}</main>{{ with asset "m.js" }}<script type="module" src="{{ .RelPermalink }}" integrity="{{ .Integrity }}"></script>{{ end }}</body></html>`,
		"assets/a.css":      "@font-face { font-family: x; src: url(f.woff2) } p { background: url(https://sheet.example/x.png) }",
		"assets/m.js":       "console.log(1)",
		"assets/f.woff2":    "font",
		"content/_index.md": "---\ntitle: Home\n---\n",
		"content/a.md":      "---\ntitle: A\ntalk: true\n---\n<p style=\"color: red\">x</p>\n\n<iframe src=\"https://www.video.example/1\"></iframe>\n\n<img src=\"https://pics.example/1.png\" alt=\"x\">\n",
		"content/b.md":      "---\ntitle: B\n---\nText.\n\n<img src=\"https://pics.example/2.png\" alt=\"y\">\n\n<a href=\"javascript:alert(1)\">z</a>\n",
	}
}

// TestFinish is what pages and their entries say.
func TestFinish(t *testing.T) {
	res := buildSite(t, finishSite())
	if !res.Written {
		t.Fatalf("problems:\n%v", res.Problems)
	}
	var lines []string
	for _, p := range res.Problems {
		lines = append(lines, p.String()+" | "+p.Hint)
	}
	for _, want := range []string{
		`assets/a.css:1:70: the policy blocks images of sheet.example | put the file below assets/, or declare it in config.toml: [[embed]] with name = "sheet.example", everywhere = true and csp.img = ["https://sheet.example"]`,
		`content/a.md:9:11: the policy blocks images of pics.example, here and on 1 other page | declare it in config.toml: [[embed]] with name = "pics.example" and csp.img = ["https://pics.example"]`,
		`content/b.md:8:10: the policy blocks links to javascript: | let a script of the site do it`,
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("no problem that says\n%s\nin\n%s", want, strings.Join(lines, "\n"))
		}
	}
	if len(lines) != 3 {
		t.Errorf("%d problems:\n%s", len(lines), strings.Join(lines, "\n"))
	}
	e, _ := res.Manifest.File("/a/")
	var hints []string
	for _, h := range e.Hints {
		hints = append(hints, digests.ReplaceAllString(h, "~"))
	}
	want := []string{
		`</docs/_a/a.~.css>; rel=preload; as=style; integrity="sha256-~"`,
		`</docs/_a/f.~.woff2>; rel=preload; as=font; type="font/woff2"; crossorigin`,
		`</docs/_a/m.~.js>; rel=modulepreload; integrity="sha256-~"`,
	}
	if !slices.Equal(hints, want) {
		t.Errorf("hints:\n%s", strings.Join(hints, "\n"))
	}
	if len(e.Refs) != 3 {
		t.Errorf("refs: %q", e.Refs)
	}
	for _, ref := range e.Refs {
		if f, ok := res.Manifest.File(ref); !ok || f.Class != policy.Fingerprinted {
			t.Errorf("%s is no fingerprinted file of the manifest", ref)
		}
	}
}

// digests are what differs with the bytes.
var digests = regexp.MustCompile(`[a-z2-7]{16}|[A-Za-z0-9+/]{43}=`)

// TestFinishChangesNothingElse takes what was put in out again.
func TestFinishChangesNothingElse(t *testing.T) {
	files := finishSite()
	strict := newLab(t, files).build(t)
	files["config.toml"] = "title = \"T\"\nbase_url = \"https://example.org/docs/\"\ntheme = \"\"\noutputs = { home = [\"html\"], section = [\"html\"] }\npolicy = { csp = \"off\", hints = 0 }\n"
	plain := newLab(t, files).build(t)
	added := regexp.MustCompile(`\n<meta http-equiv="Content-Security-Policy" content="[^"]*">|\n<link rel="(?:module)?preload"[^>]*>|(?s:<script>stats\([^\n]*</script>\n)|<script src="https://talk[^\n]*?</script>`)
	for url, text := range strict.files {
		_, body, _ := strings.Cut(text, "\n")
		_, want, _ := strings.Cut(plain.files[url], "\n")
		const priority = ` fetchpriority="high"`
		body, want = strings.ReplaceAll(body, priority, ""), strings.ReplaceAll(want, priority, "")
		if url == "/a/" && !strings.Contains(body, "talk.example/t.js") || url == "/" && strings.Contains(body, "stats(") {
			t.Errorf("%s: slots are wrong:\n%s", url, body)
		}
		if got := added.ReplaceAllString(body, ""); strings.HasPrefix(text, "page ") && got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", url, got, want)
		}
	}
}
