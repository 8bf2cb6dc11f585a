package host

import (
	"bytes"
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
	"github.com/etagere/etagere/builder/site/urls"
)

// job is one compilation.
type job struct {
	Host
	Site
	out Output
	// shared is what all pages announce; see SharedHints.
	shared string
}

// at is a URL of the site as the host sees it, with the base path.
func (j *job) at(u string) string { return strings.TrimSuffix(j.Base, "/") + u }

// plain is a URL of the host's as file systems and most servers see it: unescaped.
func (j *job) plain(u string) string { return urls.Unescape(j.at(u)) }

// publish adds a file to the destination.
func (j *job) publish(name string, data []byte) {
	j.out.Published = append(j.out.Published, &output.File{
		URL: "/" + name, Path: name, Class: policy.Host, Type: output.MediaType(name), Data: data,
	})
}

// configure adds a file to the server's configuration.
func (j *job) configure(name string, data []byte) {
	j.out.Config = append(j.out.Config, Config{name, data})
}

// problem is one without a position.
func (j *job) problem(code, format string, args ...any) diag.Problem {
	return diag.InFile("", code, format, args...)
}

// fail notes that the site passes one of the host's limits.
func (j *job) fail(format string, args ...any) {
	j.out.Problems = append(j.out.Problems, j.problem("host-limit", j.Title+": "+format, args...))
}

// warn notes what the host cannot do.
func (j *job) warn(hint, format string, args ...any) {
	p := j.problem("host-unsupported", j.Title+": "+format, args...).Warn()
	if hint != "" {
		p = p.WithHint("%s", hint)
	}
	j.out.Problems = append(j.out.Problems, p)
}

// limits reports files that are too many or too large; 0 is no limit.
func (j *job) limits(files int, size int64) {
	if n := len(j.Manifest.Files); files > 0 && n > files {
		j.fail("the site has %d files, and the host takes %d", n, files)
	}
	for i := range j.Manifest.Files {
		if e := &j.Manifest.Files[i]; size > 0 && e.Size > size {
			j.fail("%s has %s, and the host takes files up to %s", e.Path, mebibytes(e.Size), mebibytes(size))
		}
	}
}

func mebibytes(n int64) string { return strconv.FormatInt((n+1<<20-1)>>20, 10) + " MiB" }

// files are the files of the site, but for what stands in for redirects and
// what only the host reads.
func (j *job) files() []*output.Entry {
	var list []*output.Entry
	for i := range j.Manifest.Files {
		if e := &j.Manifest.Files[i]; e.Class != policy.Redirect && e.Class != policy.Host {
			list = append(list, e)
		}
	}
	return list
}

// headers are the fields that the answer with a file has, but for type,
// validator and what negotiation adds.
func (j *job) headers(e *output.Entry) policy.Headers {
	return j.Policy.Headers(e.Class, e.URL).With(j.link(e))
}

// link is the field that announces what all pages use, for a page that does.
func (j *job) link(e *output.Entry) policy.Headers {
	if j.shared != "" && len(e.Hints) > 0 && (e.Class == policy.Page || e.Class == policy.NotFound) {
		return policy.NewHeaders(policy.Header{Name: "Link", Value: j.shared})
	}
	return nil
}

// SharedHints is the value of a Link field (RFC 8288) with the hints that all
// pages of a site have, in their order; empty where they have none in common.
// What only some pages use stands in their <link> elements.
func SharedHints(m *output.Manifest) string {
	var shared []string
	first := true
	for i := range m.Files {
		e := &m.Files[i]
		if e.Class != policy.Page && e.Class != policy.NotFound || !strings.HasPrefix(e.Type, "text/html") || len(e.Hints) == 0 {
			continue
		}
		if first {
			shared, first = slices.Clone(e.Hints), false
			continue
		}
		shared = slices.DeleteFunc(shared, func(h string) bool { return !slices.Contains(e.Hints, h) })
	}
	return strings.Join(shared, ", ")
}

// notFound is a page for what is not there.
type notFound struct {
	// dir is the URL of the folder that it stands for, file its own, both with the
	// base path and unescaped.
	dir, file string
	entry     *output.Entry
}

// notFounds are the site's pages for what is not there, the deepest folder
// first. The site's own, where it has one, is the last.
func (j *job) notFounds() []notFound {
	var list []notFound
	for _, e := range j.files() {
		if e.Class == policy.NotFound {
			list = append(list, notFound{dir: j.plain(urls.Dir(e.URL)), file: j.plain(e.URL), entry: e})
		}
	}
	slices.SortStableFunc(list, func(a, b notFound) int { return len(b.dir) - len(a.dir) })
	return list
}

// redirect is a redirect with all spellings of where it leads from.
type redirect struct {
	output.Redirect
	// alias is From with the slash at its end added or taken away; empty where a
	// file of the site or another redirect has that.
	alias string
}

// redirects are the manifest's. A page's URL answers with and without the slash
// at its end, and so does an old one.
func (j *job) redirects() []redirect {
	taken := make(map[string]bool)
	for _, e := range j.Manifest.Files {
		if e.Class != policy.Redirect {
			taken[j.at(e.URL)] = true
			taken[strings.TrimSuffix(j.at(e.URL), "/")] = true
		}
	}
	for _, r := range j.Manifest.Redirects {
		taken[r.From] = true
	}
	var list []redirect
	for _, r := range j.Manifest.Redirects {
		alias, slash := strings.CutSuffix(r.From, "/")
		if !slash && path.Ext(alias) == "" {
			alias += "/"
		} else if !slash {
			alias = ""
		}
		if alias == "" || taken[alias] {
			alias = ""
		}
		list = append(list, redirect{r, alias})
	}
	return list
}

// froms are the URLs that a redirect leads from.
func (r redirect) froms() []string {
	if r.alias == "" {
		return []string{r.From}
	}
	return []string{r.From, r.alias}
}

// site is a URL of the host's without the base path.
func (j *job) site(u string) string { return "/" + strings.TrimPrefix(u, j.Base) }

// table sorts URLs by what a header field says there.
type table struct {
	name string
	// values are the different values; the first is that of pages.
	values []string
	urls   []labelled
}

// same reports whether all URLs have one value.
func (t *table) same() bool { return len(t.values) == 1 }

func (t *table) add(url, value string) {
	i := slices.Index(t.values, value)
	if i < 0 {
		i = len(t.values)
		t.values = append(t.values, value)
	}
	t.urls = append(t.urls, labelled{url, i})
}

// answer is a URL with the header fields that it answers with.
type answer struct {
	url string
	policy.Headers
}

// tables make a table of every field that any answer has, sorted by name.
func (j *job) tables(answers []answer) []*table {
	names := make(map[string]string)
	page := j.Policy.Class(policy.Page)
	if j.shared != "" {
		page = page.With(policy.NewHeaders(policy.Header{Name: "Link", Value: j.shared}))
	}
	for _, h := range append([]answer{{"", page}}, answers...) {
		for _, f := range h.Headers {
			if key := strings.ToLower(f.Name); names[key] == "" {
				names[key] = f.Name
			}
		}
	}
	var list []*table
	for _, key := range slices.Sorted(maps.Keys(names)) {
		t := &table{name: names[key], values: []string{page.Get(key)}}
		for _, a := range answers {
			t.add(a.url, a.Get(key))
		}
		list = append(list, t)
	}
	return list
}

// sortedKeys are the keys of m in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// jsonFile is v as a file of JSON that people can read.
func jsonFile(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		panic(err) // our types always have a form in JSON
	}
	return b.Bytes()
}

// sortConfig sorts files by name.
func sortConfig(list []Config) {
	slices.SortFunc(list, func(a, b Config) int { return strings.Compare(a.Name, b.Name) })
}
