package config

import "strings"

// foreign is a hint for a key that another tool knows, at the given table.
func foreign(key, path string) string {
	if path != "" {
		if path == "markup" || path == "markdown" {
			return nested[strings.ToLower(key)]
		}
		if path == "sitemap" || !strings.HasPrefix(path, "languages.") {
			return nested[strings.ToLower(key)]
		}
		if h := inLanguage[strings.ToLower(key)]; h != "" {
			return h
		}
		return ""
	}
	if ours, ok := renamed[strings.ToLower(key)]; ok {
		return `write "` + ours + `"`
	}
	return gone[strings.ToLower(key)]
}

// renamed are other tools' keys, in lower case, that we know by another name.
var renamed = map[string]string{
	"baseurl":                        "base_url",
	"url":                            "base_url",
	"site_url":                       "base_url",
	"site_name":                      "title",
	"site_description":               "description",
	"site_author":                    "author = { name = \"…\" }",
	"languagecode":                   "language",
	"locale":                         "language",
	"lang":                           "language",
	"default_language":               "language",
	"defaultcontentlanguage":         "language",
	"defaultcontentlanguageinsubdir": "language_in_subdir",
	"contentdir":                     "content",
	"docs_dir":                       "content",
	"src":                            "content",
	"srcdir":                         "content",
	"timezone":                       "time_zone",
	"ignorefiles":                    "ignore",
	"exclude":                        "ignore",
	"exclude_docs":                   "ignore",
	"srcexclude":                     "ignore",
	"menu":                           "menus",
	"uglyurls":                       `urls = "file"`,
	"use_directory_urls":             "urls",
	"cleanurls":                      "urls",
	"paginate":                       "pagination.size",
	"paginatepath":                   "pagination.path",
	"paginate_path":                  "pagination.path",
	"summarylength":                  "markdown.summary_words",
	"enableemoji":                    "markdown.emoji",
	"enablegitinfo":                  "git.dates",
	"rsslimit":                       "feeds.limit",
	"generate_feeds":                 "outputs",
	"generate_feed":                  "outputs",
	"feed_limit":                     "feeds.limit",
	"frontmatter":                    "front_matter.keys",
	"markup":                         "markdown",
	"extra":                          "params",
	"themeconfig":                    "params",
	"lastupdated":                    "git.dates",
	"redirect_maps":                  "redirects",
	"author_name":                    "author.name",
	"host":                           "hosts",
	"module":                         "mounts",
	"staticdir":                      "mounts",
}

// gone are other tools' keys that need no counterpart.
var gone = map[string]string{
	"buildfuture":     "say --future on the command line",
	"builddrafts":     "say --drafts on the command line",
	"publishdir":      "say --destination on the command line",
	"output_dir":      "say --destination on the command line",
	"site_dir":        "say --destination on the command line",
	"destination":     "say --destination on the command line",
	"canonifyurls":    "links are root-relative with the path of base_url",
	"relativeurls":    "links are root-relative with the path of base_url",
	"disablekinds":    "set the kind's list in [outputs] to []",
	"enablerobotstxt": "robots.txt is always made; a static/robots.txt replaces it",
	"pygmentsstyle":   "the theme's style sheet colours code",
	"minify":          "stylesheets and scripts are minified; see minify in [assets]",
	"nav":             "navigation follows the folders, weights and [menus]",
	"plugins":         "there are no plugins; see dialects for Markdown of other tools",
}

// inLanguage are Hugo's keys of a language.
var inLanguage = map[string]string{
	"languagename":      `write "name"`,
	"label":             `write "name"`,
	"languagecode":      `write "tag"`,
	"locale":            `write "tag"`,
	"languagedirection": `write "dir"`,
	"direction":         `write "dir"`,
	"contentdir":        `write "content"`,
	"menu":              `write "menus"`,
}

// nested are other tools' keys inside a table.
var nested = map[string]string{
	"goldmark":            "keys of [markdown] are flat: slug, typographer, raw_html, …",
	"unsafe":              `write "raw_html"`,
	"highlight":           "code is highlighted with classes; the theme's style sheet colours it",
	"autoheadingidtype":   `write "slug"`,
	"pagersize":           `write "size"`,
	"paginate_by":         `write "size"`,
	"pageref":             `write "page"`,
	"render_emoji":        `write "emoji"`,
	"smart_punctuation":   `write "typographer"`,
	"linenumbers":         `write "line_numbers"`,
	"startlevel":          `write "toc_from"`,
	"endlevel":            `write "toc_to"`,
	"tableofcontents":     "write toc_from and toc_to in [markdown]",
	"external_links_mode": `write "links.external"`,
}
