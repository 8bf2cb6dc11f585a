package site

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/content"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/source"
)

// files are a site's files by name: Markdown is its front matter in YAML
// without fences, anything else is bytes. A file below the folder of a language
// is of that language.
type files map[string]string

var asOf = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

func testConfig(change func(*config.Config)) *config.Config {
	c := &config.Config{Title: "Site", BaseURL: "/", Language: "en", Taxonomies: map[string]string{"tag": "tags"}}
	if change != nil {
		change(c)
	}
	return c
}

// inputOf makes an Input as the stages before would.
func inputOf(c *config.Config, f files) Input {
	in := Input{Config: c, AsOf: asOf}
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if strings.HasPrefix(name, "static/") {
			in.Static = append(in.Static, &source.File{Path: name, Name: name, Digest: digest.OfString(f[name])})
			continue
		}
		lang, rel := "", strings.TrimPrefix(name, "content/")
		for key, l := range c.Languages {
			if root, ok := strings.CutPrefix(name, l.Content+"/"); ok && l.Content != "" {
				lang, rel = key, root
			}
		}
		if strings.HasSuffix(name, ".md") {
			in.Heads = append(in.Heads, headOf(c, name, rel, lang, f[name]))
			continue
		}
		in.Resources = append(in.Resources, &source.File{Path: "content/" + rel, Name: name, Lang: lang, Digest: digest.OfString(f[name])})
	}
	return in
}

func headOf(c *config.Config, name, rel, lang, front string) *content.Head {
	h, problems := content.ReadHead(content.HeadInput{
		Path: rel, Lang: lang, Source: name, Src: []byte("---\n" + front + "\n---\n"), Options: content.HeadOptionsOf(c),
	})
	if len(problems) > 0 {
		panic(fmt.Sprint("the test itself is wrong: ", problems))
	}
	return h
}

// assemble makes a site without problems.
func assemble(t testing.TB, c *config.Config, f files) *Site {
	t.Helper()
	s, problems := Assemble(inputOf(c, f))
	if len(problems) > 0 {
		t.Fatalf("problems:\n%v", problems)
	}
	return s
}

// plainSite assembles with the configuration of testConfig.
func plainSite(t testing.TB, f files) *Site {
	t.Helper()
	return assemble(t, testConfig(nil), f)
}

// twoLanguages has English at the root and Chinese in a folder of its own.
func twoLanguages(c *config.Config) {
	c.Languages = map[string]config.Language{
		"en": {Name: "English", Content: "content/en", Weight: 1},
		"zh": {Name: "中文", Content: "content/zh", Weight: 2},
	}
}

func paths(list []*Page) string {
	out := make([]string, len(list))
	for i, p := range list {
		out[i] = p.Path
	}
	return strings.Join(out, " ")
}

// codes are the problems in short: "file: severity code".
func codes(l diag.List) []string {
	out := make([]string, len(l))
	for i, p := range l {
		out[i] = fmt.Sprintf("%s: %s %s", p.File, p.Severity, p.Code)
	}
	return out
}

func mustPage(t testing.TB, s *Site, lang, path string) *Page {
	t.Helper()
	p := s.Page(lang, path)
	if p == nil {
		t.Fatalf("no page %q in %q", path, lang)
	}
	return p
}

func equal(t testing.TB, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		t.Errorf("%s: got %s, want %s", what, g, w)
	}
}
