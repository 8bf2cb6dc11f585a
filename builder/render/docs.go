package render

import (
	"github.com/etagere/etagere/builder/layout"
	"github.com/etagere/etagere/builder/layout/funcs"
)

// Docs are all functions that a template can call: those of package layout, and
// those of Functions, whose examples stand on the page "Install" (guide/install.md)
// of a site at https://example.org/docs/.
func Docs() []funcs.Doc { return funcs.Sorted(append(layout.Docs(), Bound()...)) }

// Bound are the functions of Functions, which need the running render.
func Bound() []funcs.Doc { return funcs.Sorted(append(lookUps(), texts()...)) }

// lookUps are the functions that find templates, files and pages.
func lookUps() []funcs.Doc {
	return []funcs.Doc{
		{
			Name: "partial", Signature: "partial NAME [VALUE]",
			Text:    "The output of layouts/partials/NAME, which sees VALUE as its dot; or its value, where it ends with `return`.",
			Example: `{{ define "partials/greet.html" }}Hello {{ . }}!{{ end }}{{ partial "greet.html" "Ann" }}`, Output: "Hello Ann!",
		},
		{
			Name: "partialCached", Signature: "partialCached NAME [VALUE KEY …]",
			Text:    "The same, made once for all calls with an equal VALUE and equal KEYs, in each language and output format.",
			Example: `{{ define "partials/foot.html" }}© {{ .Title }}{{ end }}{{ partialCached "foot.html" .Site }}`, Output: "© Docs",
		},
		{
			Name: "templateExists", Aliases: []string{"templates.Exists"}, Signature: "templateExists NAME",
			Text:    "Whether there is such a template below layouts/.",
			Example: `{{ templateExists "partials/none.html" }}`, Output: "false",
		},
		{
			Name: "asset", Signature: "asset PATH [OPTIONS]",
			Text:    "The file below assets/, or at a path that begins with node_modules/, under a URL that changes with its bytes. A stylesheet or a script is bundled with what it imports. .RelPermalink (also .URL), .Permalink, .Integrity, .MediaType, .Size, .Content, of images .Width and .Height, of scripts .Stylesheet, the CSS that they import. OPTIONS is a dict: bundle (false passes the file on as it is), minify, format (\"iife\" or \"esm\"), target, define, name (the global variable that holds the exports of an iife). A missing file is an error.",
			Example: `{{ (asset "main.css").RelPermalink }}`, Output: "/docs/_a/main.5q47avtxyvtvvpg2.css",
		},
		{
			Name: "resources.Get", Signature: "resources.Get PATH",
			Text:    "The same, or nothing where there is no such file.",
			Example: `{{ with resources.Get "none.css" }}{{ .RelPermalink }}{{ else }}none{{ end }}`, Output: "none",
		},
		{
			Name: "ref", Signature: "ref PAGE PATH",
			Text:    "The whole URL of the page at PATH, which is relative to PAGE or the name of a page; or of a dict with path and lang. A missing page is an error.",
			Example: `{{ ref . "_index.md" }}`, Output: "https://example.org/docs/guide/",
		},
		{
			Name: "relref", Signature: "relref PAGE PATH",
			Text:    "The same without scheme and host.",
			Example: `{{ relref . (dict "path" "/guide/install#linux" "lang" "en") }}`, Output: "/docs/guide/install/#linux",
		},
		{
			Name: "getPage", Signature: "getPage PATH",
			Text:    "The page at PATH below the content root, or nothing.",
			Example: `{{ with getPage "/guide" }}{{ .Title }}{{ end }}`, Output: "Guide",
		},
		{
			Name: "site", Signature: "site",
			Text:    "The site in the language of the page, the same as .Site.",
			Example: `{{ site.Title }}`, Output: "Docs",
		},
	}
}

// texts are the functions that make texts and URLs.
func texts() []funcs.Doc {
	return []funcs.Doc{
		{
			Name: "i18n", Aliases: []string{"T"}, Signature: "i18n KEY [VALUE]",
			Text:    "The text KEY in the language of the page, from i18n/. A number as VALUE chooses between one and other and is .Count in the text; the fields of a dict are named by their keys.",
			Example: `{{ i18n "files" 1 }}, {{ i18n "files" 2 }}`, Output: "1 file, 2 files",
		},
		{
			Name: "now", Signature: "now",
			Text:    "The instant that the site is built as of, the same on every page.",
			Example: `{{ now.Format "2006-01-02" }}`, Output: "2024-05-01",
		},
		{
			Name: "markdownify", Signature: "markdownify TEXT",
			Text:    "TEXT as HTML. A single paragraph loses its `<p>`. Links are left as they are; .RenderString of a page resolves them.",
			Example: `{{ markdownify "*So* it is" }}`, Output: "<em>So</em> it is",
		},
		{
			Name: "highlight", Signature: "highlight CODE [LANGUAGE OPTIONS]",
			Text:    "CODE as a highlighted block, as a fence of Markdown makes it.",
			Example: `{{ highlight "x" "text" }}`, Output: `<figure class="code" data-lang="text"><pre tabindex="0"><code class="language-text">x` + "\n</code></pre></figure>",
		},
		{
			Name: "relURL", Signature: "relURL PATH",
			Text:    "PATH with the path that the site is mounted at in front; a URL with a host stays as it is.",
			Example: `{{ relURL "x.png" }}`, Output: "/docs/x.png",
		},
		{
			Name: "absURL", Signature: "absURL PATH",
			Text:    "PATH as a whole URL.",
			Example: `{{ absURL "/x.png" }}`, Output: "https://example.org/docs/x.png",
		},
		{
			Name: "relLangURL", Signature: "relLangURL PATH",
			Text:    "relURL with the folder of the page's language in front of PATH, where it has one.",
			Example: `{{ relLangURL "x/" }}`, Output: "/docs/x/",
		},
		{
			Name: "absLangURL", Signature: "absLangURL PATH",
			Text:    "The same as a whole URL.",
			Example: `{{ absLangURL "x/" }}`, Output: "https://example.org/docs/x/",
		},
		{
			Name: "data", Signature: "data [KEY …]",
			Text:    "What the files below data/ say: all of it, or what stands at the keys, which may be joined by dots. Nothing where there is no such key.",
			Example: `{{ data "team.lead.name" }}`, Output: "Ann",
		},
		{
			Name: "slot", Signature: "slot NAME [PAGE]",
			Text:    "What the site puts at a place of the layout: the html or the partial of each `[[embed]]` with this slot. The slots head and body-end are on every page without it.",
			Example: `<main>{{ slot "after-content" . }}</main>`, Output: "<main></main>",
		},
		{
			Name: "features", Signature: "features PAGE",
			Text:    "What the text of a page wants from the theme: code, math, mermaid, tabs, footnotes, tasks ….",
			Example: `{{ if in (features .) "code" }}has code{{ end }}`, Output: "has code",
		},
	}
}
