package host

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/policy"
)

// apache is Apache from 2.4.10 on (https://httpd.apache.org/docs/2.4/), by a
// .htaccess at the top of the destination. It needs AllowOverride All (or
// FileInfo, Indexes, Options and AuthConfig) and the modules headers, rewrite,
// mime, dir, setenvif and env. Where the server's own configuration can be
// written, the same lines belong in the <Directory> of the destination, and
// AllowOverride None spares a look for .htaccess with each request.
//
// What is done in ways that a reader may wonder at:
//   - A rewrite to a packed file starts the request anew, with another path and
//     with REDIRECT_ before the names of variables.
//   - Headers are set when the answer goes out, by the path of the file that is
//     sent; what was asked for is in THE_REQUEST. The last that matches counts.
//   - The validator is made of time and size. Our files have a time derived from
//     their bytes, which may go back; Apache takes an older time for unchanged. So
//     Last-Modified is not sent, nor is If-Modified-Since looked at.
//   - There is nothing to negotiate zstd with.
//   - The slash that a page's URL lacks is added with 301, by a whole URL.
func apache() Host {
	return Host{
		Name: "apache", Title: "Apache", Docs: "https://httpd.apache.org/docs/2.4/",
		Codings: []string{"br", "gzip"}, Files: []string{".htaccess"}, Root: true, compile: (*job).apache,
	}
}

// htaccess writes the file.
type htaccess struct {
	*job
	strings.Builder
}

func (j *job) apache() {
	h := &htaccess{job: j}
	h.WriteString(`# Written by étagère.
DirectoryIndex index.html
DirectorySlash On
Options -Indexes -MultiViews
AddDefaultCharset Off
FileETag MTime Size
RequestHeader unset If-Modified-Since
RequestHeader unset If-Unmodified-Since
Header unset Last-Modified
SetEnv no-gzip 1
SetEnv no-brotli 1
`)
	h.types()
	h.notFoundPages()
	h.headers()
	h.rewrites()
	if own, ok := h.Own[".htaccess"]; ok {
		fmt.Fprintf(h, "\n# From %s:\n%s", own.Source, own.Data)
	}
	h.publish(".htaccess", []byte(h.String()))
}

// apacheQuote is a text as an argument.
func apacheQuote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `%`, `%%`).Replace(s) + `"`
}

// argument is a text as an argument in which a percent sign has no meaning.
func argument(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// expression is a test of a path against a pattern, whatever coding is sent.
func (h *htaccess) expression(variable string, p Pattern) string {
	re := strings.TrimSuffix(nginxPattern(p), "$")
	if p.Exact || p.Suffix != "" {
		re += "([.](br|gz))?$"
	}
	return fmt.Sprintf("%%{%s} =~ m#%s#", variable, strings.ReplaceAll(re, "#", "[#]"))
}

// types writes media types by extension, and by path what that does not tell.
func (h *htaccess) types() {
	usual := usualTypes(h.files())
	packed := make(map[string]bool)
	for _, e := range h.files() {
		if ext := strings.ToLower(strings.TrimPrefix(path.Ext(e.Path), ".")); hasCodings(e) && ext != "" {
			packed[ext] = true
		}
	}
	h.WriteString("\n<IfModule mod_mime.c>\n")
	for _, ext := range append(sortedKeys(usual), "br", "gz") {
		if ext == "" {
			continue
		}
		fmt.Fprintf(h, "RemoveHandler .%[1]s\nRemoveEncoding .%[1]s\nRemoveLanguage .%[1]s\nRemoveCharset .%[1]s\n", ext)
		if media, ok := usual[ext]; ok {
			fmt.Fprintf(h, "AddType %s .%s\n", argument(media), ext)
		}
	}
	for _, l := range h.notFounds() {
		// A file named index.zh.html is in no language that the server would know of.
		if lang := path.Base(l.dir); lang != "/" && lang != "." {
			fmt.Fprintf(h, "RemoveLanguage .%s\n", lang)
		}
	}
	h.WriteString("</IfModule>\n")
	for _, ext := range sortedKeys(packed) {
		fmt.Fprintf(h, "<FilesMatch \"[.]%s[.](br|gz)$\">\nForceType %s\n</FilesMatch>\n", literal(ext), argument(usual[ext]))
	}
	t := &table{name: "Content-Type", values: []string{""}}
	for _, e := range h.files() {
		ext := strings.ToLower(strings.TrimPrefix(path.Ext(e.Path), "."))
		if media, ok := usual[ext]; ok && media == e.Type && ext != "" {
			t.add("/"+e.Path, "")
		} else {
			t.add("/"+e.Path, e.Type)
		}
	}
	for _, b := range together([]*table{t}, speech{root: h.plain("/"), suffixes: fileName}) {
		for _, f := range b.set {
			fmt.Fprintf(h, "<If %s>\nForceType %s\n</If>\n", argument(h.expression("REQUEST_URI", b.Pattern)), argument(f.Value))
		}
	}
}

// notFoundPages names the pages for what is not there, the narrowest folder last.
func (h *htaccess) notFoundPages() {
	pages := slices.Clone(h.notFounds())
	slices.Reverse(pages)
	if len(pages) == 0 {
		return
	}
	h.WriteString("\n")
	for i, p := range pages {
		document := "ErrorDocument 404 " + h.at(h.site(p.file))
		if i == 0 {
			fmt.Fprintf(h, "%s\n", document)
		} else {
			fmt.Fprintf(h, "<If %s>\n%s\n</If>\n", argument(h.expression("REQUEST_URI", Pattern{Prefix: p.dir})), document)
		}
	}
}

// headers writes all fields: what files say by path, then what is not there and
// what leads elsewhere by status.
func (h *htaccess) headers() {
	h.WriteString("\n")
	var answers []answer
	for _, e := range h.files() {
		answers = append(answers, answer{"/" + e.Path, h.job.headers(e)})
	}
	for _, b := range h.blocks(answers, speech{root: h.plain("/"), suffixes: anySuffix}, true) {
		when := ""
		if b.Prefix != h.plain("/") || b.Suffix != "" || b.Exact {
			when = " " + argument("expr="+h.expression("REQUEST_URI", b.Pattern))
		}
		for _, name := range b.unset {
			fmt.Fprintf(h, "Header always unset %s%s\n", name, when)
		}
		for _, f := range b.set {
			fmt.Fprintf(h, "Header always set %s %s%s\n", f.Name, apacheQuote(f.Value), when)
		}
	}
	status := func(of policy.Headers, when string) {
		base := h.Policy.Class(policy.Page)
		for _, f := range of {
			if f.Value != base.Get(f.Name) {
				fmt.Fprintf(h, "Header always set %s %s %s\n", f.Name, apacheQuote(f.Value), argument("expr="+when))
			}
		}
	}
	status(h.Policy.Redirect(301, "/"), "%{REQUEST_STATUS} -in {'301','308'}")
	status(h.Policy.Redirect(302, "/"), "%{REQUEST_STATUS} -in {'302','303','307'}")
	cache := func(value, when string) {
		fmt.Fprintf(h, "Header always set Cache-Control %s %s\n", apacheQuote(value), argument("expr="+when))
	}
	cache(policy.NoStore, "%{REQUEST_STATUS} -ge 400 && %{REQUEST_STATUS} -ne 404")
	cache(h.Policy.Headers(policy.NotFound, "/").Get("Cache-Control"), "%{REQUEST_STATUS} -eq 404")
	cache(h.Policy.Headers(policy.NotFound, policy.Prefix).Get("Cache-Control"),
		"%{REQUEST_STATUS} -eq 404 && %{THE_REQUEST} =~ m#^[A-Z]+ "+literal(h.at(policy.Prefix))+"#")
	if h.shared != "" {
		fmt.Fprintf(h, "Header always unset Link \"expr=%%{REQUEST_STATUS} -ge 300 && %%{REQUEST_STATUS} -ne 404 && %%{REQUEST_STATUS} -ne 304\"\n")
	}
}

// rewrites writes redirects, what answers as if it were not there, and the
// choice of a packed file.
func (h *htaccess) rewrites() {
	h.WriteString("\nRewriteEngine On\nRewriteRule \"(^|/)[.]ht\" - [R=404,L]\n")
	inside := func(p string) string { return strings.TrimPrefix(p, "/") }
	if base := strings.TrimSuffix(h.plain("/"), "/"); base != "" {
		fmt.Fprintf(h, "RewriteRule %s %s [R=301,L,NE]\n", argument("^"+literal(inside(base))+"$"), argument(rewriteTo(h.at("/"))))
	}
	for _, r := range h.redirects() {
		for _, from := range r.froms() {
			fmt.Fprintf(h, "RewriteRule %s %s [R=%d,L,NE]\n",
				argument("^"+literal(inside(h.plain(h.site(from))))+"$"), argument(rewriteTo(r.To)), r.Status)
		}
	}
	for _, p := range h.notFounds() {
		fmt.Fprintf(h, "RewriteCond %%{ENV:REDIRECT_STATUS} =\"\"\nRewriteRule %s - [R=404,L]\n", argument("^"+literal(inside(p.file))+"([.](br|gz))?$"))
	}
	coded := h.coded()
	if len(coded) == 0 {
		return
	}
	any := strings.Join(coded, "|")
	fmt.Fprintf(h, "RewriteCond %%{ENV:REDIRECT_STATUS} =\"\"\nRewriteRule %s - [R=404,L]\n", argument("^("+any+")[.](br|gz|zst)$"))
	for _, c := range []struct{ coding, ext string }{{"br", "br"}, {"gzip", "gz"}} {
		fmt.Fprintf(h, "RewriteCond %%{HTTP:Accept-Encoding} \"(^|[ ,])%[1]s([ ,]|;(?!q=0([.]0*)?([ ,]|$))|$)\"\nRewriteCond %%{REQUEST_FILENAME}.%[2]s -f\n", c.coding, c.ext)
		fmt.Fprintf(h, "RewriteRule %s \"$1.%s\" [L,E=etagere_%[2]s:1]\n", argument("^("+any+")$"), c.ext)
		fmt.Fprintf(h, "Header set Content-Encoding %s env=REDIRECT_etagere_%s\n", c.coding, c.ext)
	}
	fmt.Fprintf(h, "Header merge Vary Accept-Encoding %s\n", argument("expr=%{REQUEST_URI} =~ m#^/("+any+")([.](br|gz))?$#"))
}

// rewriteTo is a URL in which RewriteRule finds nothing to replace.
func rewriteTo(u string) string {
	return strings.NewReplacer(`%`, `\%`, `$`, `\$`).Replace(u)
}

// coded are regular expressions for the paths, without a leading slash, of files
// that have packed ones beside them.
func (h *htaccess) coded() []string {
	var urls []labelled
	for _, e := range h.files() {
		label := barred
		if hasCodings(e) {
			label = 1
		}
		urls = append(urls, labelled{"/" + e.Path, label})
	}
	var list []string
	for _, r := range (speech{root: h.plain("/"), suffixes: fileName}).rules(urls) {
		list = append(list, strings.TrimSuffix(strings.TrimPrefix(nginxPattern(r.Pattern), "^/"), "$"))
	}
	return list
}
