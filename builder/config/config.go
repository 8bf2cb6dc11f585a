// Package config reads config.toml: strictly, with positions, over the theme's
// defaults and under the environment and the flags.
package config

import (
	"time"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/frontmatter"
)

// Config is the configuration of one site, complete with defaults. It is
// never changed once it is made. The comment of each field is its entry in the
// configuration reference; `toml` tags are the keys.
type Config struct {
	// The site's title.
	Title string `toml:"title"`
	// The URL that the site will be reached at, path included: "https://example.org/docs/".
	// It ends in a slash once it is read. Default: "/".
	BaseURL string `toml:"base_url"`
	// One sentence about the site, for feeds and search engines.
	Description string `toml:"description"`
	// The line about rights at the foot of pages and in feeds.
	Copyright string `toml:"copyright"`
	// The author's name, and where wanted e-mail and URL, for feeds and metadata.
	Author Author `toml:"author"`
	// The key of the default language. Default: "en".
	Language string `toml:"language"`
	// Gives the default language a folder of its own too: /en/.
	LanguageInSubdir bool `toml:"language_in_subdir"`
	// The name of the theme: a folder in themes/ or one built in; "" for none. Default: "shelf".
	Theme string `toml:"theme"`
	// The zone that dates without one are read in. Default: "UTC".
	TimeZone string `toml:"time_zone"`
	// The dialects of Markdown that content uses beside CommonMark and GitHub's:
	// "vitepress", "mkdocs", "mdbook", "docusaurus", "mslearn", "hugo".
	Dialects []string `toml:"dialects"`
	// "etagere": index.md is a leaf bundle only if no other Markdown lies beside
	// or below it. "hugo": index.md always is. Default: "etagere".
	Bundles string `toml:"bundles"`
	// Patterns (doublestar) of files to leave out, relative to the site's root.
	Ignore []string `toml:"ignore"`
	// The hosts that the site is published to, the first being the default of build --host.
	Hosts []string `toml:"hosts"`
	// "pretty": guide/index.html, linked as guide/. "file": guide.html. Default: "pretty".
	URLs string `toml:"urls"`
	// The folder with the content. Default: "content".
	Content string `toml:"content"`

	// Languages of the site by key. Without any, there is the one of language.
	Languages map[string]Language `toml:"languages"`
	// Further folders that become part of the site.
	Mounts []Mount `toml:"mounts"`

	// What becomes of stylesheets, scripts, pictures and other files that pages use.
	Assets Assets `toml:"assets"`
	// The packed files that lie beside others, for web servers to send.
	Encodings Encodings `toml:"encodings"`
	// How Markdown is read.
	Markdown Markdown `toml:"markdown"`
	// How front matter is read.
	FrontMatter FrontMatter `toml:"front_matter"`
	// URL patterns by section: posts = "/:year/:slug/". Names: :year :month :day
	// :title :slug :section :sections :filename :slugorfilename :contentbasename.
	Permalinks map[string]string `toml:"permalinks"`
	// Taxonomies: singular = "plural". Default: tag = "tags", category = "categories".
	Taxonomies map[string]string `toml:"taxonomies"`
	// How listings are cut.
	Pagination Pagination `toml:"pagination"`
	// Menus by name: [[menus.main]].
	Menus map[string][]MenuItem `toml:"menus"`
	// Output formats by kind of page (home, section, taxonomy, term, page):
	// home = ["html", "rss"]. Formats: html, rss, atom, json, markdown. Default:
	// home and section html and rss, all others html.
	Outputs map[string][]string `toml:"outputs"`
	// What feeds contain.
	Feeds Feeds `toml:"feeds"`
	// What the sitemap says.
	Sitemap Sitemap `toml:"sitemap"`
	// What smaller variants of pictures are made.
	Images Images `toml:"images"`
	// How links are checked and resolved.
	Links Links `toml:"links"`
	// How related pages are found.
	Related Related `toml:"related"`
	// What is made for language models.
	LLMs LLMs `toml:"llms"`
	// What is taken from the repository.
	Git Git `toml:"git"`
	// Redirects from paths that no page claims.
	Redirects []Redirect `toml:"redirects"`
	// What answers say beside their content: how long they are good, what pages may load.
	Policy Policy `toml:"policy"`
	// What pages carry of third parties: [[embed]].
	Embed []Embed `toml:"embed"`
	// Anything the theme or the site's own templates want to know.
	Params map[string]any `toml:"params"`

	// origins is where each value stands that a file gave, by path.
	origins map[string]origin
}

// origin is the place of one value.
type origin struct {
	doc        *frontmatter.Doc
	key, value frontmatter.Span
}

// Author is who writes the site.
type Author struct {
	// The author's name.
	Name string `toml:"name"`
	// The author's e-mail address.
	Email string `toml:"email"`
	// The author's own page.
	URL string `toml:"url"`
}

// Language is one language of the site.
type Language struct {
	// The language's own name: "中文".
	Name string `toml:"name"`
	// BCP 47 tag for the lang attribute. Default: the key.
	Tag string `toml:"tag"`
	// "ltr" or "rtl". Default: "ltr".
	Dir string `toml:"dir"`
	// Orders the languages, lighter first.
	Weight int `toml:"weight"`
	// The folder with this language's content. Default: the folder named as the
	// key below content, where there is one; else files marked by name: install.zh.md.
	Content string `toml:"content"`
	// The site's title in this language. Default: title.
	Title string `toml:"title"`
	// The site's description in this language. Default: description.
	Description string `toml:"description"`
	// Menus of this language, in place of the site's of the same name.
	Menus map[string][]MenuItem `toml:"menus"`
	// Params of this language, over the site's.
	Params map[string]any `toml:"params"`
	// Leaves the language out.
	Disabled bool `toml:"disabled"`
}

// Mount puts a folder (or file) of the site at another place of its tree.
type Mount struct {
	// Relative to the site's root.
	Source string `toml:"source"`
	// Below content, static, assets, data, layouts or i18n: "static", "content/blog".
	Target string `toml:"target"`
	// The language of mounted content.
	Lang string `toml:"lang"`
}

// Markdown is how Markdown is read.
type Markdown struct {
	// How heading ids are made: "github", "vitepress", "python", "hugo-ascii". Default: "github".
	Slug string `toml:"slug"`
	// Curly quotes, dashes, ellipses.
	Typographer bool `toml:"typographer"`
	// Replace :emoji:. Default: true.
	Emoji bool `toml:"emoji"`
	// Mark up $…$ and $$…$$. Default: true.
	Math bool `toml:"math"`
	// Pass raw HTML through. Default: true.
	RawHTML bool `toml:"raw_html"`
	// Every line end is a line break.
	HardWraps bool `toml:"hard_wraps"`
	// Emphasis and line breaks as CJK text wants them. Default: true.
	CJK bool `toml:"cjk"`
	// Number the lines of every code block.
	LineNumbers bool `toml:"line_numbers"`
	// The version that Microsoft Learn monikers show; empty: all, labelled.
	Moniker string `toml:"moniker"`
	// Words of an automatic summary. Default: 70.
	SummaryWords int `toml:"summary_words"`
	// The highest heading in the table of contents. Default: 2.
	TOCFrom int `toml:"toc_from"`
	// The lowest heading in the table of contents. Default: 3.
	TOCTo int `toml:"toc_to"`
}

// FrontMatter maps other tools' keys to ours: weight = ["sort_rank"].
type FrontMatter struct {
	// The key to map to, and the keys that are read where it is absent.
	Keys map[string][]string `toml:"keys"`
}

// Pagination is how listings are cut.
type Pagination struct {
	// Pages on one page of a listing; 0 cuts nothing. Default: 0.
	Size int `toml:"size"`
	// The path element before the number: /posts/page/2/. Default: "page".
	Path string `toml:"path"`
}

// MenuItem is one entry of a menu.
type MenuItem struct {
	// What is shown. Default: the page's link title.
	Name string `toml:"name"`
	// The tooltip.
	Title string `toml:"title"`
	// What children call it as their parent. Default: the name.
	Identifier string `toml:"identifier"`
	// Where it leads, if not to a page of the site.
	URL string `toml:"url"`
	// The path of the page that it leads to: "/guide/install".
	Page string `toml:"page"`
	// The identifier of the entry that it stands below.
	Parent string `toml:"parent"`
	// What stands before the name, for the theme to use.
	Pre string `toml:"pre"`
	// What stands behind the name, for the theme to use.
	Post string `toml:"post"`
	// Orders the entries, lighter first.
	Weight int `toml:"weight"`
	// Anything the theme wants to know.
	Params map[string]any `toml:"params"`
}

// Feeds is what feeds contain.
type Feeds struct {
	// Entries in a feed. Default: 20.
	Limit int `toml:"limit"`
	// Whole pages instead of summaries.
	Full bool `toml:"full"`
}

// Sitemap is what the sitemap says of each page.
type Sitemap struct {
	// Leaves the sitemap out.
	Disabled bool `toml:"disabled"`
}

// Images is what smaller variants of pictures are made, so that a reader with a
// small screen need not load a large one. None is larger than the picture.
type Images struct {
	// The widths of the variants in pixels: [480, 960, 1600]. Empty: none are made.
	Widths []int `toml:"widths"`
	// Their formats, the best first: "avif", "webp", "jpeg", "png". Empty: the picture's own.
	Formats []string `toml:"formats"`
	// How good they look, from 1 to 100. Default: 75.
	Quality int `toml:"quality"`
	// How wide a picture is shown, as the sizes attribute says it. Default: "100vw".
	Sizes string `toml:"sizes"`
}

// Links is how links are checked and resolved.
type Links struct {
	// Root-absolute prefixes that live elsewhere: "/windows" = "https://learn.microsoft.com/windows".
	External map[string]string `toml:"external"`
	// Patterns (doublestar) of destinations that are not checked.
	Ignore []string `toml:"ignore"`
}

// Related is how related pages are found.
type Related struct {
	// Pages shown at the most. Default: 5.
	Limit int `toml:"limit"`
	// Taxonomies and params, with their weight. Default: tags = 100, keywords = 80.
	Weights map[string]int `toml:"weights"`
}

// LLMs is what is made for language models.
type LLMs struct {
	// Write llms.txt.
	Index bool `toml:"index"`
	// Write each page's Markdown beside it.
	Pages bool `toml:"pages"`
}

// Git is what is taken from the repository.
type Git struct {
	// Take the time of last change from git. Default: true where there is a repository.
	Dates bool `toml:"dates"`
}

// Redirect sends one path of the site to another place.
type Redirect struct {
	// The path below the base URL: "/old/".
	From string `toml:"from"`
	// A path of the site or a whole URL.
	To string `toml:"to"`
	// 301, 302, 307 or 308. Default: 301.
	Status int `toml:"status"`
}

// Flags are the choices of one command that override the configuration. Zero
// fields override nothing.
type Flags struct {
	// BaseURL is --base-url.
	BaseURL string
}

// Location is the zone of TimeZone; it is valid once a Config was read.
func (c *Config) Location() *time.Location {
	loc, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// Problem makes a problem about the value at path, such as "menus.main.0.page"
// or "languages.zh.dir". It points at the value in the file that gave it. Where
// no file did (a default, the environment, a flag), or the path is unknown, it
// names the nearest table above it, or just config.toml.
func (c *Config) Problem(path, code, format string, args ...any) diag.Problem {
	for p := path; ; {
		if o, ok := c.origins[p]; ok {
			span := o.value
			if p != path {
				span = o.key
			}
			return o.doc.Problem(span, code, format, args...)
		}
		i := lastDot(p)
		if i < 0 {
			return diag.InFile(FileName, code, format, args...)
		}
		p = p[:i]
	}
}
