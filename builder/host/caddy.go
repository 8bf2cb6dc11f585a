package host

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
)

// caddy is Caddy from 2.6 on (https://caddyserver.com/docs/caddyfile), with one
// file to import into the site block that has the destination as its root.
//
// What is done in ways that a reader may wonder at:
//   - Caddy sorts directives. In a route they keep their order, and the last
//     header that is set counts.
//   - Its path matcher ignores case; ours are regular expressions, which don't.
//   - Media types come from the machine; so all are set.
//   - The validator is made of time and size. Our files have a time derived from
//     their bytes, which may go back; Caddy takes an older time for unchanged. So
//     Last-Modified is not sent, nor is If-Modified-Since looked at.
//   - Caddy sends Vary with packed files only; we add it to the others that have
//     a packed one beside them.
//   - The validator of a packed file is that of the packed file's own time and
//     size in 2.6, which is what we give it (measured: equal bytes keep it, and
//     no two codings of a file share one).
//   - The slash that a page's URL lacks is added with 308, which has the headers
//     of pages.
func caddy() Host {
	return Host{
		Name: "caddy", Title: "Caddy", Docs: "https://caddyserver.com/docs/caddyfile",
		Codings: []string{"br", "zstd", "gzip"}, Root: true, compile: (*job).caddy,
	}
}

// caddyFile writes the file.
type caddyFile struct {
	*job
	strings.Builder
	matchers int
}

func (j *job) caddy() {
	c := &caddyFile{job: j}
	c.WriteString("# Written by étagère. Import this file in the site block whose root is the\n# published folder:\n#   root * /srv/www\n#   import .etagere/hosts/caddy/site.caddy\n\n")
	if base := strings.TrimSuffix(c.plain("/"), "/"); base != "" {
		fmt.Fprintf(c, "redir %s %s 301\n", caddyQuote(base), caddyQuote(c.at("/")))
	}
	fmt.Fprintf(c, "route %s {\n", caddyQuote(c.plain("/")+"*"))
	c.moves()
	c.WriteString("\trequest_header -If-Modified-Since\n")
	list := c.blocks(c.byPath(c.answers()), speech{root: c.plain("/"), suffixes: anySuffix}, true)
	for _, b := range append(list, c.types()...) {
		c.block(b)
	}
	c.WriteString("\theader -Last-Modified\n")
	var codings []string
	if match := c.match(c.coded("")); match != "" {
		codings = c.Codings
		fmt.Fprintf(c, "\theader %s ?Vary Accept-Encoding\n", match)
		fmt.Fprintf(c, "\terror %s 404\n", c.match(c.coded("[.](br|gz|zst)")))
	}
	if pages := c.notFounds(); len(pages) > 0 {
		var own []string
		for _, p := range pages {
			own = append(own, nginxPattern(Pattern{Prefix: p.file, Exact: true}))
		}
		fmt.Fprintf(c, "\terror %s 404\n", c.match(own))
	}
	c.WriteString("\tfile_server {\n\t\tindex index.html\n")
	if len(codings) > 0 {
		fmt.Fprintf(c, "\t\tprecompressed %s\n", strings.Join(codings, " "))
	}
	c.WriteString("\t}\n}\n")
	c.errors()
	c.configure("site.caddy", []byte(c.String()))
}

// caddyQuote is a text in which no placeholder is meant.
func caddyQuote(s string) string {
	s = strings.NewReplacer(`"`, `\"`, `{`, `\{`).Replace(s)
	return `"` + s + `"`
}

// byPath are answers with their URLs as paths.
func (c *caddyFile) byPath(list []answer) []answer {
	for i := range list {
		list[i].url = c.plain(c.site(list[i].url))
	}
	return list
}

// match defines a matcher for any of several regular expressions over paths,
// and returns its name; "" where there are none.
func (c *caddyFile) match(expressions []string) string {
	if len(expressions) == 0 {
		return ""
	}
	c.matchers++
	name := fmt.Sprintf("@etagere_%d", c.matchers)
	fmt.Fprintf(c, "\t%s path_regexp \"%s\"\n", name, strings.ReplaceAll(strings.Join(expressions, "|"), `"`, `\x22`))
	return name
}

// block writes the headers of one rule.
func (c *caddyFile) block(b block) {
	match := ""
	if b.Prefix != c.plain("/") || b.Suffix != "" || b.Exact {
		match = c.match([]string{nginxPattern(b.Pattern)}) + " "
	}
	for _, name := range b.unset {
		fmt.Fprintf(c, "\theader %s-%s\n", match, name)
	}
	for _, f := range b.set {
		fmt.Fprintf(c, "\theader %s%s %s\n", match, f.Name, caddyQuote(f.Value))
	}
}

// types are rules for all media types: HTML first, then by extension, then what
// the extension does not tell.
func (c *caddyFile) types() []block {
	usual := usualTypes(c.files())
	media := func(value string) []policy.Header { return []policy.Header{{Name: "Content-Type", Value: value}} }
	list := []block{{Pattern: Pattern{Prefix: c.plain("/")}, set: media("text/html; charset=utf-8")}}
	for _, ext := range sortedKeys(usual) {
		if ext != "" {
			list = append(list, block{Pattern: Pattern{Prefix: c.plain("/"), Suffix: "." + ext}, set: media(usual[ext])})
		}
	}
	t := &table{name: "Content-Type", values: []string{""}}
	for _, e := range c.files() {
		ext := strings.ToLower(strings.TrimPrefix(path.Ext(e.URL), "."))
		if strings.HasSuffix(e.URL, "/") || ext != "" && path.Ext(e.URL) == "."+ext && usual[ext] == e.Type {
			t.add(c.plain(e.URL), "")
		} else {
			t.add(c.plain(e.URL), e.Type)
		}
	}
	return append(list, together([]*table{t}, speech{root: c.plain("/"), suffixes: fileName})...)
}

// moves writes the redirects: a map for each status.
func (c *caddyFile) moves() {
	byStatus := make(map[int][]redirect)
	for _, r := range c.redirects() {
		byStatus[r.Status] = append(byStatus[r.Status], r)
	}
	for _, status := range slices.Sorted(slices.Values([]int{301, 302, 307, 308})) {
		if len(byStatus[status]) == 0 {
			continue
		}
		fmt.Fprintf(c, "\tmap {path} {etagere_%d} {\n", status)
		for _, r := range byStatus[status] {
			for _, from := range r.froms() {
				fmt.Fprintf(c, "\t\t%s %s\n", caddyQuote(c.plain(c.site(from))), caddyQuote(r.To))
			}
		}
		fmt.Fprintf(c, "\t\tdefault \"\"\n\t}\n\t@etagere_to_%d expression `{etagere_%[1]d} != \"\"`\n", status)
		for _, f := range c.Policy.Redirect(status, "/") {
			fmt.Fprintf(c, "\theader @etagere_to_%d %s %s\n", status, f.Name, caddyQuote(f.Value))
		}
		fmt.Fprintf(c, "\tredir @etagere_to_%d {etagere_%[1]d} %[1]d\n", status)
	}
}

// coded are regular expressions for the files that have packed ones beside
// them; end is what may follow their names.
func (c *caddyFile) coded(end string) []string {
	var urls []labelled
	for _, e := range c.files() {
		label := barred
		if len(e.Encodings) > 0 {
			label = 1
		}
		u := c.plain(e.URL)
		if end != "" {
			u = "/" + e.Path
		}
		urls = append(urls, labelled{u, label})
	}
	var list []string
	for _, r := range (speech{root: c.plain("/"), suffixes: anySuffix}).rules(urls) {
		list = append(list, strings.TrimSuffix(nginxPattern(r.Pattern), "$")+end+"$")
	}
	return list
}

// errors writes what is answered for what is not there.
func (c *caddyFile) errors() {
	fmt.Fprintf(c, "handle_errors {\n\troute %s {\n", caddyQuote(c.plain("/")+"*"))
	fmt.Fprintf(c, "\t@etagere_fault expression {http.error.status_code} != 404\n\t@etagere_404 expression {http.error.status_code} == 404\n")
	// What is taken away goes when the answer does: after whatever is set below.
	c.WriteString("\theader -Content-Type\n\theader -Etag\n\theader -Last-Modified\n")
	if pages := c.notFounds(); len(pages) == 0 || c.link(pages[len(pages)-1].entry) == nil {
		c.WriteString("\theader -Link\n")
	}
	outside := c.Policy.Headers(policy.NotFound, "/")
	inside := c.Policy.Headers(policy.NotFound, policy.Prefix)
	for _, f := range outside {
		fmt.Fprintf(c, "\theader %s %s\n", f.Name, caddyQuote(f.Value))
	}
	match := c.match([]string{"^" + literal(c.plain(policy.Prefix))})
	for _, f := range inside {
		if f.Value != outside.Get(f.Name) {
			fmt.Fprintf(c, "\theader %s %s %s\n", match, f.Name, caddyQuote(f.Value))
		}
	}
	fmt.Fprintf(c, "\theader @etagere_fault Cache-Control %s\n", policy.NoStore)
	c.notFoundPages()
	c.WriteString("\t}\n}\n")
}

// notFoundPages sends the page of the nearest folder above.
func (c *caddyFile) notFoundPages() {
	pages := c.notFounds()
	if len(pages) == 0 {
		return
	}
	for _, f := range c.link(pages[len(pages)-1].entry) {
		fmt.Fprintf(c, "\theader @etagere_404 %s %s\n", f.Name, caddyQuote(f.Value))
	}
	c.WriteString("\tmap {path} {etagere_not_found} {\n")
	for _, p := range pages[:len(pages)-1] {
		fmt.Fprintf(c, "\t\t\"~^%s\" %s\n", literal(p.dir), caddyQuote(p.file))
	}
	last := pages[len(pages)-1]
	fmt.Fprintf(c, "\t\tdefault %s\n\t}\n\trewrite @etagere_404 {etagere_not_found}\n", caddyQuote(last.file))
	fmt.Fprintf(c, "\theader @etagere_404 Content-Type %s\n", caddyQuote(last.entry.Type))
	c.WriteString("\tfile_server @etagere_404")
	if slices.ContainsFunc(pages, func(p notFound) bool { return hasCodings(p.entry) }) {
		fmt.Fprintf(c, " {\n\t\tprecompressed %s\n\t}", strings.Join(c.Codings, " "))
	}
	c.WriteString("\n")
}

func hasCodings(e *output.Entry) bool { return len(e.Encodings) > 0 }
