// Package hosttest asks real servers, configured only by what package host
// wrote, for every URL of a site, and counts where they agree with its policy.
// The servers run on loopback, on free ports, and end with the test.
package hosttest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/etagere/etagere/builder"
	"github.com/etagere/etagere/builder/host"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
	"github.com/etagere/etagere/themes"
)

// Built is a site as it is published to a host.
type Built struct {
	Host host.Host
	// Source is the site's folder, Dest the published one, Config the host's, below
	// Source.
	Source, Dest, Config string
	// Base is the path that the site is mounted at.
	Base     string
	Manifest *output.Manifest
	Policy   *policy.Table
}

// extra is what our own site lacks and hosts may stumble over: redirects of all
// kinds, names with blanks and letters of all scripts, dots, types that servers
// do not know, a file without an extension.
const extra = `
[[redirects]]
from = "/old/"
to = "/manual/"
[[redirects]]
from = "/moved"
to = "https://example.com/elsewhere/"
status = 302
[[redirects]]
from = "/for-good/"
to = "/manual/start/"
status = 308
[[redirects]]
from = "/for-now/now.html"
to = "/guides/"
status = 307
[[redirects]]
from = "/größe/"
to = "/zh/guides/"
`

var extraFiles = map[string]string{
	"favicon.ico": "\x00\x00\x01\x00icon", "app.webmanifest": `{"name":"étagère"}`, "data.json": "{}",
	"manual.pdf": "%PDF-1.7\n", "fonts/text.woff2": "wOF2", "archive.tar.gz": "\x1f\x8b", "worker.js": "self.skipWaiting()",
	"files/mit leerzeichen.txt": "blank", "files/größe.txt": "umlaut", "files/plus+und&mehr.txt": "signs",
	".well-known/security.txt": "Contact: mailto:security@example.org\n", "files/LICENSE": "Licence",
	"files/page.html": "<!doctype html><title>page</title>", "module.mjs": "export {}", "film.mp4": "film",
}

// Own copies our own site into a folder, with what hosts may stumble over.
func Own(t testing.TB) string {
	t.Helper()
	root, dir := "../..", folder(t)
	for _, name := range []string{"content", "themes"} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join(root, name))); err != nil {
			t.Fatal(err)
		}
	}
	config, err := os.ReadFile(filepath.Join(root, "config.toml"))
	if err != nil {
		t.Fatal(err)
	}
	Write(t, filepath.Join(dir, "config.toml"), string(config)+extra)
	for name, text := range extraFiles {
		Write(t, filepath.Join(dir, "static", filepath.FromSlash(name)), text)
	}
	return dir
}

// Copy copies a folder to one that servers may read.
func Copy(t testing.TB, from string) string {
	t.Helper()
	dir := folder(t)
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// folder is a temporary folder that everybody may read: servers give up root.
func folder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{filepath.Dir(dir), dir} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Write writes a file, with its folders.
func Write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Build builds the site in source for a host. baseURL may be empty.
func Build(t testing.TB, source, name, baseURL string) *Built {
	t.Helper()
	return BuildTo(t, source, name, baseURL, filepath.Join(folder(t), "public"))
}

// BuildTo is Build into a folder.
func BuildTo(t testing.TB, source, name, baseURL, dest string) *Built {
	t.Helper()
	res, err := builder.Build(t.Context(), builder.BuildOptions{
		Options:     builder.Options{Source: source, Themes: themes.FS(), BaseURL: baseURL},
		Destination: dest, Host: name,
	})
	if err != nil {
		t.Fatal(err)
	}
	if !res.Written {
		t.Fatalf("the site was not written:\n%v", res.Problems)
	}
	for _, p := range res.Problems {
		if strings.HasPrefix(p.Code, "host-") {
			t.Logf("%s: %s", name, p.Message)
		}
	}
	h, ok := host.Named(name)
	if !ok {
		t.Fatalf("there is no host %q", name)
	}
	b := &Built{Host: h, Source: source, Dest: dest, Config: filepath.Join(source, ".etagere", "hosts", name), Base: "/", Manifest: res.Manifest, Policy: res.Policy}
	if _, path, ok := strings.Cut(strings.TrimPrefix(baseURL, "https://"), "/"); ok {
		b.Base = "/" + path
	}
	return b
}

// File is the path of a file of the manifest on disk.
func (b *Built) File(e *output.Entry) string {
	return filepath.Join(b.Dest, filepath.FromSlash(e.Path))
}
