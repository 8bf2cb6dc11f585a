package config_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/diag"
)

func load(t *testing.T, in config.Input) (*config.Config, diag.List) {
	t.Helper()
	c, problems, err := config.Load(in)
	if err != nil {
		t.Fatal(err)
	}
	return c, problems
}

func lines(problems diag.List) []string {
	var out []string
	for _, p := range problems.Sorted() {
		out = append(out, fmt.Sprintf("%s [%s]", p, p.Code))
	}
	return out
}

func TestLoadDefaults(t *testing.T) {
	c, problems := load(t, config.Input{Src: []byte("")})
	if len(problems) > 0 {
		t.Error(problems)
	}
	if c.Digest() != config.Default().Digest() {
		t.Error("an empty file changes the defaults")
	}
	_, problems = load(t, config.Input{})
	if len(problems) != 1 || problems[0].Code != "config-missing" || problems[0].Severity != diag.Warning || problems[0].Hint == "" {
		t.Errorf("without a file: %v", problems)
	}
}

const everything = `
title = "T"
base_url = "https://Example.org/docs"
description = "D"
author = { name = "A", email = "a@b", url = "https://a" }
language = "en"
time_zone = "Europe/Berlin"
dialects = ["mkdocs", "hugo", "mkdocs"]
hosts = ["nginx"]
ignore = ["*.tmp"]

[languages.zh]
name = "中文"
weight = 2
[[languages.zh.menus.main]]
name = "手册"
page = "/manual"
[languages.en]
name = "English"
[languages.de]
weight = 1
[languages.fr]
disabled = true

[markdown]
slug = "python"
emoji = false

[front_matter.keys]
weight = ["sort_rank"]

[taxonomies]
topic = "topics"

[outputs]
home = ["html", "atom"]

[[menus.main]]
name = "A"
url = "https://a"
weight = 3
[[menus.main]]
page = "/b"

[[redirects]]
from = "/a"
to = "/b"

[related.weights]
topics = 1

[links.external]
"/windows" = "https://learn.microsoft.com/windows"

[params]
editURL = "x"
[params.deep]
a = 1
`

func TestLoad(t *testing.T) {
	c, problems := load(t, config.Input{Src: []byte(everything)})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	checks := []struct {
		name      string
		got, want any
	}{
		{"base_url", c.BaseURL, "https://example.org/docs/"},
		{"BasePath", c.BasePath(), "/docs/"},
		{"Origin", c.Origin(), "https://example.org"},
		{"author", c.Author, config.Author{Name: "A", Email: "a@b", URL: "https://a"}},
		{"dialects", c.Dialects, []string{"mkdocs", "hugo"}},
		{"location", c.Location().String(), "Europe/Berlin"},
		{"languages", c.LanguageKeys(), []string{"en", "de", "zh"}},
		{"language", c.Languages["zh"].Name, "中文"},
		{"language's menu", c.LanguageOf("zh").Menus["main"], []config.MenuItem{{Name: "手册", Page: "/manual"}}},
		{"other language's menu", c.LanguageOf("de").Menus["main"][0].Name, "A"},
		{"language's title", c.LanguageOf("de").Title, "T"},
		{"slug", c.Markdown.Slug, "python"},
		{"emoji", c.Markdown.Emoji, false},
		{"math stays", c.Markdown.Math, true},
		{"keys", c.FrontMatter.Keys, map[string][]string{"weight": {"sort_rank"}}},
		{"taxonomies are replaced", c.Taxonomies, map[string]string{"topic": "topics"}},
		{"weights are replaced", c.Related.Weights, map[string]int{"topics": 1}},
		{"outputs are merged", c.Outputs["home"], []string{"html", "atom"}},
		{"outputs stay", c.Outputs["section"], []string{"html", "rss"}},
		{"menu", c.Menus["main"], []config.MenuItem{{Name: "A", URL: "https://a", Weight: 3}, {Page: "/b"}}},
		{"redirect", c.Redirects, []config.Redirect{{From: "/a", To: "/b", Status: 301}}},
		{"params", c.Params, map[string]any{"editURL": "x", "deep": map[string]any{"a": 1}}},
	}
	for _, tt := range checks {
		if d := cmp.Diff(tt.want, tt.got); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
	p := c.Problem("menus.main.1.page", "menu-page", "x")
	if want := 2 + strings.Count(everything[:strings.Index(everything, "page = \"/b\"")], "\n") - 1; p.Line != want || p.Col != 8 {
		t.Errorf("the menu's page stands at %v", p.Pos)
	}
	if p := c.Problem("feeds.limit", "x", "x"); p.File != "config.toml" || p.Line != 0 {
		t.Errorf("a default stands at %v", p.Pos)
	}
}

// loadProblem is a configuration and what is wrong with it.
type loadProblem struct {
	name, src string
	want      []string // prefixes of the problems
	hint      string   // of the first problem
}

func TestLoadKeysAndTypes(t *testing.T) {
	checkProblems(t, []loadProblem{
		{"unknown key", "titel = \"x\"\n", []string{`config.toml:1:1: unknown key "titel" [config-key]`}, `did you mean "title"?`},
		{"a key of Hugo's", "baseURL = \"x\"\n", []string{`config.toml:1:1: unknown key "baseURL" [config-key]`}, `write "base_url"`},
		{"a table of Hugo's", "[[menu.main]]\nname = \"x\"\n", []string{`config.toml:1:3: unknown key "menu" [config-key]`}, `write "menus"`},
		{"a key of its own", "my_thing = 1\n", []string{`config.toml:1:1: unknown key "my_thing" [config-key]`}, "keys of your own belong below [params]; etagere config --reference lists all others"},
		{"in a table", "[markdown]\nmaths = true\n", []string{`config.toml:2:1: unknown key "maths" in [markdown] [config-key]`}, `did you mean "math"?`},
		{"in a language", "[languages.en]\nlanguageName = \"x\"\n", []string{`config.toml:2:1: unknown key "languageName" in [languages.en] [config-key]`}, `write "name"`},
		{"in a list of tables", "[[menus.main]]\npageRef = \"x\"\nname = \"x\"\n", []string{`config.toml:2:1: unknown key "pageRef" in [menus.main.0] [config-key]`}, `write "page"`},
		{"types", "title = 1\ndialects = \"hugo\"\nmarkdown = 3\n[git]\ndates = \"yes\"\n[feeds]\nlimit = 1.5\n[menus]\nmain = [1]\n", []string{
			`config.toml:1:9: "title" must be a text, not a whole number [config-type]`,
			`config.toml:2:12: "dialects" must be a list of texts, not a text [config-type]`,
			`config.toml:3:12: "markdown" must be a table, not a whole number [config-type]`,
			`config.toml:5:9: "git.dates" must be true or false, not a text [config-type]`,
			`config.toml:7:9: "feeds.limit" must be a whole number, not a number [config-type]`,
			`config.toml:9:9: "menus.main.0" must be a table, not a whole number [config-type]`,
		}, `title = "1"`},
		{"syntax, all of it", "title = x\nbase_url = y\ntitle = \"a\"\ntitle = \"b\"\n", []string{
			"config.toml:1:9:", "config.toml:2:12:", `config.toml:4:1: key "title" is given twice [config-duplicate]`,
		}, "put the text in quotes"},
	})
}

func TestLoadValues(t *testing.T) {
	checkProblems(t, []loadProblem{
		{"base_url without a scheme", "base_url = \"example.org\"\n", []string{`config.toml:1:12: base_url "example.org" has no host, and is no path from the root [config-value]`}, ""},
		{"base_url of another scheme", "base_url = \"ftp://a/\"\n", []string{"config.toml:1:12: base_url"}, ""},
		{"base_url with a query", "base_url = \"https://a/?b\"\n", []string{"config.toml:1:12: base_url"}, ""},
		{"base_url with dots", "base_url = \"/a/../b/\"\n", []string{"config.toml:1:12: base_url"}, ""},
		{"no URL", "base_url = \"https://a:b/\"\n", []string{"config.toml:1:12: base_url"}, ""},
		{"words", "dialects = [\"vitpress\"]\nhosts = [\"ngnix\"]\nbundles = \"x\"\nurls = \"ugly\"\ntime_zone = \"Mars\"\n[markdown]\nslug = \"githup\"\n[outputs]\nhome = [\"html\", \"rs\"]\npages = []\n", []string{
			`config.toml:1:13: there is no dialect "vitpress" [config-value]`,
			`config.toml:2:10: there is no host "ngnix" [config-value]`,
			`config.toml:3:11: there is no rule for bundles "x" [config-value]`,
			`config.toml:4:8: there is no form of URLs "ugly" [config-value]`,
			`config.toml:5:13: there is no time zone "Mars" [config-value]`,
			`config.toml:7:8: there is no slug style "githup" [config-value]`,
			`config.toml:9:17: there is no output format "rs" [config-value]`,
			`config.toml:10:9: there is no kind of page "pages" [config-value]`,
		}, `did you mean "vitepress"?`},
		{"languages", "language = \"en\"\n[languages.zh]\ndir = \"up\"\n[languages.\"a b\"]\n", []string{
			`config.toml:1:12: the default language "en" is not one of [languages] [config-value]`,
			`config.toml:3:7: there is no direction "up" [config-value]`,
			`config.toml:4:12: "a b" is no language [config-value]`,
		}, "languages are a b, zh"},
		{"numbers", "[markdown]\ntoc_from = 0\ntoc_to = 9\nsummary_words = 0\n[pagination]\nsize = -1\npath = \"a/b\"\n", []string{
			`config.toml:2:12: there is no heading of level 0 [config-value]`,
			`config.toml:3:10: there is no heading of level 9 [config-value]`,
			`config.toml:4:17: markdown.summary_words is 0 and must be 1 or more [config-value]`,
			`config.toml:6:8: pagination.size is -1 and must be 0 or more [config-value]`,
			`config.toml:7:8: "a/b" is no single path element [config-value]`,
		}, ""},
		{"permalinks", "[permalinks]\nposts = \":year/:slugg/\"\n", []string{
			`config.toml:2:9: permalink ":year/:slugg/" is no path [config-value]`,
			`config.toml:2:9: there is no name in permalinks "slugg" [config-value]`,
		}, ""},
		{"redirects", "[[redirects]]\nfrom = \"a\"\nto = \"/b\"\n[[redirects]]\nfrom = \"/a\"\n[[redirects]]\nfrom = \"/a\"\nto = \"/b\"\nstatus = 200\n", []string{
			`config.toml:2:8: redirect from "a" is no path [config-value]`,
			`config.toml:4:3: redirect from "/a" leads nowhere [config-value]`,
			`config.toml:9:10: 200 is no status of a redirect [config-value]`,
		}, ""},
		{"mounts", "[[mounts]]\nsource = \"../x\"\ntarget = \"static\"\n[[mounts]]\nsource = \"x\"\ntarget = \"public\"\n[[mounts]]\nsource = \"x\"\ntarget = \"content\"\nlang = \"xx\"\n", []string{
			`config.toml:2:10: mount of "../x" lies outside the site [config-value]`,
			`config.toml:6:10: there is no place "public" to mount at [config-value]`,
			`config.toml:10:8: there is no language "xx" [config-value]`,
		}, ""},
		{"menus", "[[menus.main]]\nname = \"x\"\nurl = \"/a\"\npage = \"/a\"\n[[menus.main]]\nurl = \"/a\"\n", []string{
			`config.toml:3:7: a menu entry leads to a page or to a URL, not to both [config-value]`,
			`config.toml:5:9: an entry of menu "main" has no name [config-value]`,
		}, ""},
		{"paths", "content = \"../x\"\ntheme = \"a/b\"\n", []string{
			`config.toml:1:11: content folder "../x" lies outside the site [config-value]`,
			`config.toml:2:9: "a/b" is no name of a theme [config-value]`,
		}, ""},
		{"taxonomies", "[taxonomies]\na = \"x\"\nb = \"X\"\nc = \"\"\n", []string{
			`config.toml:3:5: taxonomy "X" is called "a" and "b" [config-value]`,
			`config.toml:4:5: "" is no name of a taxonomy [config-value]`,
		}, ""},
		{"external links", "[links.external]\na = \"https://x\"\n\"/b\" = \"x\"\n", []string{
			`config.toml:2:5: prefix "a" does not begin with a slash [config-value]`,
			`config.toml:3:8: "x" is no whole URL [config-value]`,
		}, ""},
	})
}

func checkProblems(t *testing.T, tests []loadProblem) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, problems := load(t, config.Input{Src: []byte(tt.src)})
			got := lines(problems)
			ok := len(got) == len(tt.want)
			for i := range min(len(got), len(tt.want)) {
				ok = ok && strings.HasPrefix(got[i], tt.want[i])
			}
			if !ok {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
			if hint := problems.Sorted()[0].Hint; tt.hint != "" && hint != tt.hint {
				t.Errorf("got hint %q want %q", hint, tt.hint)
			}
			if !strings.HasSuffix(c.BaseURL, "/") {
				t.Errorf("base_url is %q", c.BaseURL)
			}
		})
	}
}

func TestLoadTheme(t *testing.T) {
	theme := func(name string) (string, []byte, error) {
		switch name {
		case "shelf":
			return "[shelf]/theme.toml", []byte("name = \"shelf\"\n[markdown]\nslug = \"python\"\n[params]\na = 1\nt = {x = 1, y = 2}\n[feeds]\nlimits = 3\n"), nil
		case "bare":
			return "", nil, nil
		case "broken":
			return "", nil, errors.New("no reading today")
		}
		return "", nil, fs.ErrNotExist
	}
	in := config.Input{Src: []byte("[params]\nb = 2\nt = {y = 3}\n"), Theme: theme, Themes: []string{"bare", "shelf"}}
	c, problems := load(t, in)
	if d := cmp.Diff([]string{`[shelf]/theme.toml:8:1: unknown key "limits" in [feeds] [config-key]`}, lines(problems)); d != "" {
		t.Error(d)
	}
	want := map[string]any{"a": 1, "b": 2, "t": map[string]any{"x": 1, "y": 3}}
	if d := cmp.Diff(want, c.Params); d != "" || c.Markdown.Slug != "python" || c.Title != "" {
		t.Errorf("slug %q, title %q, %s", c.Markdown.Slug, c.Title, d)
	}

	in.Src = []byte("theme = \"shlef\"\n")
	_, problems = load(t, in)
	if d := cmp.Diff([]string{`config.toml:1:9: there is no theme "shlef" [config-value]`}, lines(problems)); d != "" || problems[0].Hint != `did you mean "shelf"?` {
		t.Errorf("%s %v", d, problems)
	}
	in.Env = []string{"ETAGERE_THEME=bare"}
	if c, problems = load(t, in); len(problems) > 0 || c.Theme != "bare" {
		t.Errorf("theme %q, %v", c.Theme, problems)
	}
	in.Env = []string{"ETAGERE_THEME=broken"}
	if _, _, err := config.Load(in); err == nil || !strings.Contains(err.Error(), "no reading today") {
		t.Errorf("got error %v", err)
	}
}

func TestLoadEnvironment(t *testing.T) {
	in := config.Input{
		Src: []byte("title = \"file\"\nbase_url = \"/file/\"\n[params]\neditURL = \"file\"\n[languages.en]\n[languages.zh-hans]\n"),
		Env: []string{
			"HOME=/root", "ETAGERE_TITLE=a=b", "ETAGERE_BASE_URL=https://env/", "ETAGERE_LANGUAGE_IN_SUBDIR=1",
			"ETAGERE_MARKDOWN_SLUG=python", "ETAGERE_MARKDOWN_EMOJI=false", "ETAGERE_FEEDS_LIMIT=3", "ETAGERE_DIALECTS=hugo, mkdocs",
			"ETAGERE_PARAMS_X=3", "ETAGERE_PARAMS_EDITURL=env", "ETAGERE_PARAMS_LIST=[\"a\"]", "ETAGERE_OUTPUTS_HOME=html",
			"ETAGERE_LANGUAGES_ZH-HANS_TITLE=zh", "ETAGERE_CORPORA=/x", "ETAGERE_TITTLE=y",
		},
	}
	c, problems := load(t, in)
	if d := cmp.Diff([]string{"environment variable ETAGERE_TITTLE sets nothing [config-env]"}, lines(problems)); d != "" {
		t.Error(d)
	}
	checks := []struct{ got, want any }{
		{c.Title, "a=b"}, {c.BaseURL, "https://env/"}, {c.LanguageInSubdir, true}, {c.Markdown.Slug, "python"},
		{c.Markdown.Emoji, false}, {c.Feeds.Limit, 3}, {c.Dialects, []string{"hugo", "mkdocs"}},
		{c.Params, map[string]any{"x": 3, "editURL": "env", "list": []any{"a"}}},
		{c.Outputs["home"], []string{"html"}}, {c.Languages["zh-hans"].Title, "zh"},
	}
	for i, tt := range checks {
		if d := cmp.Diff(tt.want, tt.got); d != "" {
			t.Errorf("check %d: %s", i, d)
		}
	}
	in.Flags.BaseURL = "https://flag/"
	if c, _ = load(t, in); c.BaseURL != "https://flag/" {
		t.Errorf("the flag gives %q", c.BaseURL)
	}
	_, problems = load(t, config.Input{Src: []byte{}, Env: []string{"ETAGERE_FEEDS_LIMIT=x", "ETAGERE_MARKDOWN_MATH=x", "ETAGERE_MARKDOWN=x", "ETAGERE_REDIRECTS=x"}})
	if len(problems) != 4 {
		t.Errorf("got %v", problems)
	}
}

func TestDigest(t *testing.T) {
	a, _ := load(t, config.Input{Src: []byte("title = \"T\"\n[params]\na = 1\n")})
	b, _ := load(t, config.Input{Src: []byte("\n\n# c\ntitle = \"T\"\n[params]\na = 1\n")})
	c, _ := load(t, config.Input{Src: []byte("title = \"T\"\n[params]\na = 2\n")})
	if a.Digest() != b.Digest() {
		t.Error("places show in the digest")
	}
	if a.Digest() == c.Digest() || a.ParamsDigest() == c.ParamsDigest() || a.Part("params") == c.Part("params") {
		t.Error("params do not show in the digest")
	}
	if a.Part("markdown") != c.Part("markdown") || a.Part("markdown") == a.Part("feeds") || !a.Part("nothing").IsZero() {
		t.Error("parts are not kept apart")
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(everything)
	f.Add("languages = {en = 1}\nmenus.a = [{params = {}}]\n")
	f.Fuzz(func(t *testing.T, src string) {
		c, problems, err := config.Load(config.Input{Src: []byte(src)})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(c.BaseURL, "/") || len(c.LanguageKeys()) == 0 || !strings.HasPrefix(c.BasePath(), "/") {
			t.Errorf("unusable: %q %v %q", c.BaseURL, c.LanguageKeys(), c.BasePath())
		}
		for _, p := range problems {
			if p.Message == "" || p.Code == "" || p.Line > 1+strings.Count(src, "\n") {
				t.Errorf("got problem %+v", p)
			}
		}
	})
}
