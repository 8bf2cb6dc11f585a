package config

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/coding"
)

// FileName is the name of the site's configuration, and ThemeFileName of a theme's.
const (
	FileName      = "config.toml"
	ThemeFileName = "theme.toml"
)

// Formats are the names of all output formats, the usual one first.
func Formats() []string { return []string{"html", "rss", "atom", "json", "markdown"} }

// Kinds are the kinds of pages that can have outputs.
func Kinds() []string { return []string{"home", "section", "taxonomy", "term", "page"} }

// Dialects are the names of all dialects of Markdown.
func Dialects() []string {
	return []string{"vitepress", "mkdocs", "mdbook", "docusaurus", "mslearn", "hugo"}
}

// Hosts are the names of all hosts that can be built for.
func Hosts() []string {
	return []string{"cloudflare", "nginx", "s3", "netlify", "vercel", "firebase", "caddy", "apache", "azure", "github"}
}

func slugs() []string { return []string{"github", "vitepress", "python", "hugo-ascii"} }

// tokens are the names that permalinks may use.
func tokens() []string {
	return []string{"year", "month", "day", "title", "slug", "section", "sections", "filename", "slugorfilename", "contentbasename"}
}

// Default is the configuration of a site that says nothing.
func Default() *Config {
	return &Config{
		BaseURL:  "/",
		Language: "en",
		Theme:    "shelf",
		TimeZone: "UTC",
		Bundles:  "etagere",
		URLs:     "pretty",
		Content:  "content",
		Markdown: Markdown{
			Slug: "github", Emoji: true, Math: true, RawHTML: true, CJK: true,
			SummaryWords: 70, TOCFrom: 2, TOCTo: 3,
		},
		Assets:     Assets{Bundle: true, Minify: true, Target: target(), Format: "iife", SourceMaps: "serve"},
		Encodings:  Encodings{Codings: coding.All(), MinSize: 1024},
		Taxonomies: map[string]string{"tag": "tags", "category": "categories"},
		Pagination: Pagination{Path: "page"},
		Outputs: map[string][]string{
			"home":     {"html", "rss"},
			"section":  {"html", "rss"},
			"taxonomy": {"html"},
			"term":     {"html"},
			"page":     {"html"},
		},
		Feeds:   Feeds{Limit: 20},
		Images:  Images{Quality: 75, Sizes: "100vw"},
		Related: Related{Limit: 5, Weights: map[string]int{"tags": 100, "keywords": 80}},
		Git:     Git{Dates: true},
		Policy:  Policy{CSP: "report-only", Hints: 6},
		Params:  map[string]any{},
		origins: map[string]origin{},
	}
}

// LanguageKeys are the keys of the languages that are not disabled: the
// default first, then by weight and key. It is never empty.
func (c *Config) LanguageKeys() []string {
	keys := []string{c.Language}
	for k, l := range c.Languages {
		if !l.Disabled && k != c.Language {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys[1:], func(a, b string) int {
		return cmp.Or(byWeight(c.Languages[a].Weight, c.Languages[b].Weight), strings.Compare(a, b))
	})
	return keys
}

// byWeight orders light before heavy and puts 0, no weight, last.
func byWeight(a, b int) int {
	if (a == 0) != (b == 0) {
		return cmp.Compare(b, a) * sign(a+b)
	}
	return cmp.Compare(a, b)
}

func sign(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}

// LanguageOf is the language called key with all that it leaves to the site
// filled in: Tag, Dir, Name, Title, Description, and Menus and Params over the site's.
func (c *Config) LanguageOf(key string) Language {
	l := c.Languages[key]
	l.Tag = cmp.Or(l.Tag, key)
	l.Dir = cmp.Or(l.Dir, "ltr")
	l.Name = cmp.Or(l.Name, key)
	l.Title = cmp.Or(l.Title, c.Title)
	l.Description = cmp.Or(l.Description, c.Description)
	menus := make(map[string][]MenuItem, len(c.Menus)+len(l.Menus))
	for name, items := range c.Menus {
		menus[name] = items
	}
	for name, items := range l.Menus {
		menus[name] = items
	}
	l.Menus = menus
	l.Params = mergeParams(mergeParams(map[string]any{}, c.Params), l.Params)
	return l
}

// BasePath is the path of the base URL: "/docs/", or "/". It begins and ends
// in a slash and is escaped as in the URL.
func (c *Config) BasePath() string {
	u, err := url.Parse(c.BaseURL)
	if err != nil || !strings.HasPrefix(u.Path, "/") {
		return "/"
	}
	p := u.EscapedPath()
	if !strings.HasSuffix(p, "/") {
		p += "/"
	}
	return p
}

// Origin is the base URL without its path: "https://example.org", or "" where
// the base URL has no host.
func (c *Config) Origin() string {
	u, err := url.Parse(c.BaseURL)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// mergeParams puts the values of over into base, tables merged key by key.
func mergeParams(base, over map[string]any) map[string]any {
	if base == nil {
		base = make(map[string]any, len(over))
	}
	for k, v := range over {
		if table, ok := v.(map[string]any); ok {
			old, _ := base[k].(map[string]any)
			v = mergeParams(mergeParams(map[string]any{}, old), table)
		}
		base[k] = v
	}
	return base
}

func lastDot(s string) int { return strings.LastIndexByte(s, '.') }
