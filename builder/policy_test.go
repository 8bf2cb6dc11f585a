package builder

import (
	"os"
	"path/filepath"
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
