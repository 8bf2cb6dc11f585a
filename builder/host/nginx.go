package host

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
)

// nginx is nginx from 1.18 on (https://nginx.org/en/docs/), with two files to
// include: http.conf in the http block, server.conf in the server block that
// has the destination as its root.
//
// What is done in ways that a reader may wonder at:
//   - add_header in an inner block drops all of the outer block's
//     (ngx_http_headers_module). So there is one place with add_header, and what
//     differs comes from maps.
//   - A map compares plain keys without case, so all keys are regular
//     expressions; the first that matches counts (ngx_http_map_module).
//   - $uri is the file's path once nginx has found it, $request_uri what was asked
//     for. A 404 below the fingerprints' folder is told by the latter.
//   - brotli_static needs the module ngx_brotli, which Debian packages as
//     libnginx-mod-http-brotli-static. The line stands alone, to be taken out
//     where the module is missing. nginx has nothing to send zstd with.
//   - The validator is made of time and size. Our files have a time derived from
//     their bytes, which says nothing to people: Last-Modified is not sent.
//   - Answers carry Vary where a packed file lies beside the one asked for.
func nginx() Host {
	return Host{
		Name: "nginx", Title: "nginx", Docs: "https://nginx.org/en/docs/",
		Codings: []string{"br", "gzip"}, Root: true, compile: (*job).nginx,
	}
}

func (j *job) nginx() {
	n := &nginxFiles{job: j}
	n.maps()
	n.server()
	j.configure("http.conf", []byte(n.http.String()))
	j.configure("server.conf", []byte(n.srv.String()))
}

// nginxFiles writes the two files.
type nginxFiles struct {
	*job
	http, srv strings.Builder
	// fields are the add_header lines.
	fields []string
	// dollar says that a text has a dollar, which nginx cannot escape.
	dollar bool
}

// quote is a text for nginx, in which variables are not meant.
func (n *nginxFiles) quote(s string) string {
	s = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)
	if strings.Contains(s, "$") {
		n.dollar = true
		s = strings.ReplaceAll(s, "$", "${etagere_dollar}")
	}
	return `"` + s + `"`
}

// nginxPattern is a pattern as a regular expression over unescaped paths. It
// has no backslashes, which nginx's quotes would change.
func nginxPattern(p Pattern) string {
	s := "^" + literal(p.Prefix)
	if !p.Exact {
		s += ".*" + literal(p.Suffix)
	}
	return s + "$"
}

// literal is a text as a regular expression without backslashes, but for the
// characters that need one in brackets too.
func literal(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case strings.ContainsRune(`.+*?()[{|$`, r):
			b.WriteString("[" + string(r) + "]")
		case strings.ContainsRune(`\^"`, r), r <= ' ':
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// answers are the files, by the path that $uri has when they are sent.
func (n *nginxFiles) answers() []answer {
	var list []answer
	for _, e := range n.files() {
		list = append(list, answer{"/" + e.Path, n.headers(e)})
	}
	return list
}

// maps writes a map for every field whose value differs.
func (n *nginxFiles) maps() {
	gone := n.Policy.Headers(policy.NotFound, policy.Prefix)
	moved, found := n.Policy.Redirect(301, "/"), n.Policy.Redirect(302, "/")
	speech := speech{root: n.plain("/"), suffixes: anySuffix}
	for _, t := range n.tables(n.answers()) {
		rest := t.values[rest]
		byStatus := []struct{ key, value string }{
			{"^404 " + literal(n.at(policy.Prefix)), gone.Get(t.name)},
			{"^30[18] ", moved.Get(t.name)},
			{"^30[237] ", found.Get(t.name)},
		}
		if strings.EqualFold(t.name, "Cache-Control") {
			byStatus = append(byStatus, struct{ key, value string }{"^(4(0[0-35-9]|[1-9])|5)", policy.NoStore})
		}
		same := t.same()
		for _, s := range byStatus {
			same = same && s.value == rest
		}
		if same {
			n.fields = append(n.fields, fmt.Sprintf("add_header %s %s always;", t.name, n.quote(rest)))
			continue
		}
		name := "$etagere_" + strings.ReplaceAll(strings.ToLower(t.name), "-", "_")
		fmt.Fprintf(&n.http, "\nmap $uri %s_file {\n\tdefault %s;\n", name, n.quote(rest))
		for _, r := range speech.rules(t.urls) {
			fmt.Fprintf(&n.http, "\t\"~%s\" %s;\n", nginxPattern(r.Pattern), n.quote(t.values[r.label]))
		}
		fmt.Fprintf(&n.http, "}\nmap \"$status $request_uri\" %s {\n\tdefault %s_file;\n", name, name)
		for _, s := range byStatus {
			fmt.Fprintf(&n.http, "\t\"~%s\" %s;\n", s.key, n.quote(s.value))
		}
		n.http.WriteString("}\n")
		n.fields = append(n.fields, fmt.Sprintf("add_header %s %s always;", t.name, name))
	}
	if pages := n.notFounds(); len(pages) > 0 {
		n.http.WriteString("\nmap $request_uri $etagere_not_found {\n")
		for i, p := range pages {
			if i == len(pages)-1 {
				fmt.Fprintf(&n.http, "\tdefault %s;\n", n.quote(p.file))
			} else {
				fmt.Fprintf(&n.http, "\t\"~^%s\" %s;\n", literal(n.at(n.site(p.dir))), n.quote(p.file))
			}
		}
		n.http.WriteString("}\n")
	}
	head := "# Written by étagère. Include this file in the http block, once:\n#   include .etagere/hosts/nginx/http.conf;\n"
	if n.dollar {
		head += "\ngeo $etagere_dollar {\n\tdefault \"$\";\n}\n"
	}
	body := n.http.String()
	n.http.Reset()
	n.http.WriteString(head + body)
}

// server writes what belongs into the server block.
func (n *nginxFiles) server() {
	w := &n.srv
	w.WriteString("# Written by étagère. Include this file in the server block whose root is the\n# published folder:\n#   root /srv/www;\n#   include .etagere/hosts/nginx/server.conf;\n\n")
	if base := strings.TrimSuffix(n.plain("/"), "/"); base != "" {
		fmt.Fprintf(w, "location = %s {\n\tabsolute_redirect off;\n\treturn 301 %s;\n}\n\n", n.quote(base), n.quote(n.at("/")))
	}
	fmt.Fprintf(w, "location %s {\n\tindex index.html;\n\tabsolute_redirect off;\n", n.quote(n.plain("/")))
	if len(n.notFounds()) > 0 {
		w.WriteString("\terror_page 404 $etagere_not_found;\n\terror_page 403 =404 $etagere_not_found;\n")
	}
	coded := n.coded()
	if len(coded) > 0 {
		w.WriteString("\tgzip off;\n\tgzip_vary on;\n\tgzip_static on;\n\tbrotli_static on;\n")
	}
	w.WriteString("\n\tadd_header Last-Modified \"\";\n")
	for _, f := range n.fields {
		w.WriteString("\t" + f + "\n")
	}
	w.WriteString("\n")
	n.types(w)
	for _, p := range n.notFounds() {
		fmt.Fprintf(w, "\tlocation = %s {\n\t\tinternal;\n\t}\n", n.quote(p.file))
	}
	if len(coded) > 0 {
		// Negotiation finds them all the same.
		fmt.Fprintf(w, "\tlocation ~ \"^(%s)[.](br|gz|zst)$\" {\n\t\tinternal;\n\t}\n", strings.Join(coded, "|"))
	}
	for _, r := range n.redirects() {
		for _, from := range r.froms() {
			fmt.Fprintf(w, "\tlocation = %s {\n\t\treturn %d %s;\n\t}\n", n.quote(n.plain(n.site(from))), r.Status, n.quote(r.To))
		}
	}
	w.WriteString("}\n")
}

// coded are regular expressions for the files that have packed ones beside
// them, few and without those that a file of the site matches.
func (n *nginxFiles) coded() []string {
	var urls []labelled
	for _, e := range n.files() {
		label := barred
		if len(e.Encodings) > 0 {
			label = 1
		}
		urls = append(urls, labelled{"/" + e.Path, label})
	}
	var list []string
	for _, r := range (speech{root: n.plain("/"), suffixes: fileName}).rules(urls) {
		list = append(list, strings.Trim(nginxPattern(r.Pattern), "^$"))
	}
	return list
}

// types writes the media types by extension, and for files that their extension
// does not tell, by location.
func (n *nginxFiles) types(w *strings.Builder) {
	usual := usualTypes(n.files())
	t := &table{values: []string{""}}
	for _, e := range n.files() {
		value := ""
		if usual[strings.ToLower(strings.TrimPrefix(path.Ext(e.Path), "."))] != e.Type {
			value = e.Type
		}
		t.add("/"+e.Path, value)
	}
	w.WriteString("\ttypes {\n")
	byType := make(map[string][]string)
	for ext, media := range usual {
		if ext != "" {
			byType[media] = append(byType[media], n.quote(ext))
		}
	}
	for _, media := range sortedKeys(byType) {
		slices.Sort(byType[media])
		fmt.Fprintf(w, "\t\t%s %s;\n", n.quote(media), strings.Join(byType[media], " "))
	}
	w.WriteString("\t}\n\tdefault_type application/octet-stream;\n\n")
	for _, r := range (speech{root: n.plain("/"), suffixes: fileName}).rules(t.urls) {
		match := "~ \"" + nginxPattern(r.Pattern) + "\""
		if r.Exact {
			match = "= " + n.quote(r.Prefix)
		}
		fmt.Fprintf(w, "\tlocation %s {\n\t\ttypes {}\n\t\tdefault_type %s;\n\t}\n", match, n.quote(t.values[r.label]))
	}
}

// usualTypes are the media types that most files of an extension have. What
// has no extension is application/octet-stream.
func usualTypes(files []*output.Entry) map[string]string {
	counts := make(map[string]map[string]int)
	for _, e := range files {
		ext := strings.ToLower(strings.TrimPrefix(path.Ext(e.Path), "."))
		if ext == "" {
			continue
		}
		if counts[ext] == nil {
			counts[ext] = make(map[string]int)
		}
		counts[ext][e.Type]++
	}
	usual := map[string]string{"": "application/octet-stream"}
	for ext, types := range counts {
		for _, media := range sortedKeys(types) {
			if n := types[media]; n > types[usual[ext]] {
				usual[ext] = media
			}
		}
	}
	return usual
}
