package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// contract says, promise by promise, which scripts show that the command line
// does what users and their scripts rely on. What no script can show is shown by
// a test in Go, named behind it.
var contract = []struct{ promise, scripts string }{
	// The commands and their flags.
	{"init DIR: a new site that builds and serves as it is", "init"},
	{"new PATH: a content file from its archetype", "new folders"},
	{"build: -s, -d, -q, --drafts, --future, --as-of, --base-url", "build"},
	{"build: --strict makes warnings fail", "mistakes"},
	{"build: --no-cache makes the same bytes", "nocache manifest"},
	{"build: --host NAME puts that host's files into the destination", "host"},
	{"build: br, zstd and gzip beside each file that gains, those that the host sends; none is ever stale", "packed"},
	{"builds at the same time share .etagere/cache", "packed"},
	{"build: --as-of, else SOURCE_DATE_EPOCH", "epoch"},
	{"serve: -s, --addr, --tls-addr, --no-tls, --poll, --json (TestTrustInChromium)", "serve usage redirected"},
	{"serve: --allow-host; another host name is 421", "hosts"},
	{"serve: --open, --drafts, --future, --latency", "shown"},
	{"preview [DIR]: the built site under production header fields; -s, --addr, --tls-addr, --no-tls, --json, --latency", "preview"},
	{"check: links, anchors, images; status 1 on warnings too; nothing written; --external (TestExternal)", "mistakes init bad_links"},
	{"cert install, uninstall, status: what is so, and never that it worked when it did not (TestTrustInChromium)", "cert"},
	{"version, help with examples, completion", "help"},

	// Statuses and streams.
	{"status 0 fine, 1 the author's mistakes, 2 wrong usage, 3 the machine failed", "build mistakes usage machine"},
	{"results on stdout, everything else on stderr", "build mistakes json usage"},
	{"all mistakes at once, in reading order, without a stack trace",
		"mistakes bad_config bad_data bad_frontmatter bad_include bad_links bad_names bad_shortcode bad_template bad_text bad_theme"},
	{"progress on a terminal when a build takes over a second, plain lines otherwise", "progress"},
	{"NO_COLOR, and no colours but on a terminal", "color"},
	{"--json: one object a line; ready, built, complete and their fields; the fields of a problem", "json serve saved"},
	{"a busy port: the next free one, said plainly", "hosts"},
	{"Ctrl-C ends serve with status 0, and a build with status 3 and the old site (TestInterrupt)", "serve interrupted"},
	{"defaults < theme.toml < config.toml < ETAGERE_* < flags", "precedence build bad_config"},

	// The site's folder.
	{"layouts, assets, static, data, i18n, archetypes and themes/NAME are read", "folders"},
	{"title and base_url are enough; a folder of Markdown builds with one hint", "folders"},
	{".etagere may be deleted and never changes the output", "state nocache manifest"},
	{".etagere/out/<hash of the destination>/manifest.json, and a copy of the latest", "manifest"},
	{"the manifest's fields, sorted by url, identical for identical input", "manifest"},
	{"serve writes neither destination nor manifest", "mounted serve"},

	// The output.
	{"fingerprinted files under /_a/<name>.<16 base32>.<ext>, one URL for the same bytes, name and type", "places"},
	{"pages as dir/index.html; redirects as stubs with their canonical URL", "places"},
	{"own endpoints under /_etagere/ when serving, and in no build", "mounted"},
	{"links are root-relative with the base path, where serve mounts the site", "mounted"},
	{"canonical links, feeds and sitemap carry the base URL", "mounted"},

	// The destination.
	{"a folder that is or holds an input is refused", "bad_destination"},
	{"unchanged files are the same files; one that somebody wrote to is not", "swapped"},
	{"in place where folders cannot be exchanged: a repository inside, a symbolic link", "swapped"},
	{"only what the manifest lists is deleted; a stranger's file is not replaced", "bad_destination state"},
	{"with mistakes nothing is written; a kill or a full disk leaves the old site (TestKill, TestDiskFull)", "mistakes bad_destination"},
	{"a mistake while serving leaves the last good site served", "saved"},
}

// TestContract holds that each script that the contract names is there, and that
// there is none that it does not name.
func TestContract(t *testing.T) {
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	named := make(map[string]bool)
	for _, c := range contract {
		for name := range strings.FieldsSeq(c.scripts) {
			named[name] = true
			if _, err := os.Stat("testdata/script/" + name + ".txtar"); err != nil {
				t.Errorf("%s: %v", c.promise, err)
			}
		}
	}
	for _, f := range files {
		if name := strings.TrimSuffix(filepath.Base(f), ".txtar"); !named[name] {
			t.Errorf("no promise is shown by %s", f)
		}
	}
}
