package themes_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/etagere/etagere/themes"
)

// TestFS checks that what a site needs from the default theme is in the binary,
// files with a leading underscore included.
func TestFS(t *testing.T) {
	for _, name := range []string{
		"shelf/theme.toml",
		"shelf/layouts/baseof.html",
		"shelf/layouts/_markup/render-heading.html",
		"shelf/assets/css/main.css",
		"shelf/i18n/en.toml",
		"shelf/i18n/zh.toml",
	} {
		if data, err := fs.ReadFile(themes.FS(), name); err != nil || len(data) == 0 {
			t.Errorf("%s: %d bytes, %v", name, len(data), err)
		}
	}
}

// TestParams checks that the manual names every parameter of the default theme.
func TestParams(t *testing.T) {
	defaults, err := fs.ReadFile(themes.FS(), "shelf/theme.toml")
	if err != nil {
		t.Fatal(err)
	}
	manual, err := os.ReadFile("../content/en/manual/templates.md")
	if err != nil {
		t.Fatal(err)
	}
	keys := regexp.MustCompile(`(?m)^([a-z_]+) = `).FindAllStringSubmatch(string(defaults), -1)
	if len(keys) < 10 {
		t.Fatalf("found %d keys in theme.toml", len(keys))
	}
	for _, k := range keys {
		if !strings.Contains(string(manual), "`"+k[1]+"`") {
			t.Errorf("the manual does not name %s", k[1])
		}
	}
}

// TestStrings checks that the theme has the same words in all its languages.
func TestStrings(t *testing.T) {
	keys := func(lang string) string {
		text, err := fs.ReadFile(themes.FS(), "shelf/i18n/"+lang+".toml")
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(regexp.MustCompile(`(?m)^[a-z_]+ = `).FindAllString(string(text), -1), "\n")
	}
	if en, zh := keys("en"), keys("zh"); en != zh || en == "" {
		t.Errorf("English has\n%s\nChinese has\n%s", en, zh)
	}
}
