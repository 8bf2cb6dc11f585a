package host

import (
	"path"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
)

// vercel is Vercel (https://vercel.com/docs/project-configuration): vercel.json
// at the top of the destination, which is what is deployed.
//
// What the host does differently:
//   - All rules that match count, and the last of those with one field. Nothing
//     can be taken back.
//   - Rules count for what is not there too. Fingerprinted files are therefore
//     named, many in one pattern; past 1,000 of them a rule for their folder takes
//     the place, with a warning.
//   - The page for what is not there is 404.html at the top, for all languages.
//   - The slash that a page's URL lacks is added with 308, also to what is not
//     there.
//   - Redirects come before headers, and have the host's own. What is not there
//     has the headers of pages, also below the fingerprints' folder.
//   - Files are packed by the host; none are put beside them. Vary and the
//     validator are its own.
//
// Limits: 2,048 rules of each kind, 4,096 characters a pattern.
func vercel() Host {
	return Host{
		Name: "vercel", Title: "Vercel", Docs: "https://vercel.com/docs/project-configuration",
		Files: []string{"vercel.json"}, Root: true, compile: (*job).vercel,
	}
}

const (
	vercelRules  = 2048
	vercelSource = 4096
)

type vercelJSON struct {
	Schema    string           `json:"$schema"`
	CleanURLs bool             `json:"cleanUrls"`
	Redirects []vercelRedirect `json:"redirects,omitempty"`
	Headers   []vercelHeaders  `json:"headers"`
}

type vercelRedirect struct {
	Source      string `json:"source"`
	Destination string `json:"destination"`
	StatusCode  int    `json:"statusCode"`
}

type vercelHeaders struct {
	Source  string        `json:"source"`
	Headers []vercelField `json:"headers"`
}

type vercelField struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

func (j *job) vercel() {
	j.notTheirs("vercel.json")
	out := vercelJSON{Schema: "https://openapi.vercel.sh/vercel.json"}
	for _, r := range j.redirects() {
		for _, from := range r.froms() {
			out.Redirects = append(out.Redirects, vercelRedirect{vercelText(from), vercelText(r.To), r.Status})
		}
	}
	if j.slashed() {
		// The switch trailingSlash would send files without an extension on as well,
		// come before redirects, and leave .well-known without headers.
		but := ""
		for _, u := range j.bare() {
			but += "(?!" + vercelText(u)[1:] + "$)"
		}
		out.Redirects = append(out.Redirects, vercelRedirect{"/(" + but + "(?:[^/]+/)*[^/.]+)", "/$1/", 308})
	}
	s := speech{root: j.at("/"), suffixes: anySuffix, hits: j.nameHits(manyHits)}
	for _, b := range gather(j.withTypes(j.blocks(j.answers(), s, false), s), vercelSource/2) {
		v := vercelHeaders{Source: b.source()}
		for _, f := range b.set {
			v.Headers = append(v.Headers, vercelField{f.Name, f.Value})
		}
		out.Headers = append(out.Headers, v)
		if len(v.Source) > vercelSource {
			j.fail("a rule in vercel.json would have a pattern of %d characters, and the host reads %d", len(v.Source), vercelSource)
		}
	}
	if n := len(out.Headers); n > vercelRules {
		j.fail("vercel.json would have %d rules for headers, and the host reads %d", n, vercelRules)
	}
	if n := len(out.Redirects); n > vercelRules {
		j.fail("the site has %d redirects with and without a slash at their end, and the host reads %d", n, vercelRules)
	}
	j.oneNotFound()
	j.publish("vercel.json", jsonFile(out))
}

// slashed reports whether pages are folders, whose URLs end in a slash.
func (j *job) slashed() bool {
	return slices.ContainsFunc(j.files(), func(e *output.Entry) bool {
		return e.Class == policy.Page && e.URL != "/" && strings.HasSuffix(e.URL, "/")
	})
}

// bare are the URLs of files without an extension.
func (j *job) bare() []string {
	var list []string
	for _, e := range j.files() {
		if !strings.HasSuffix(e.URL, "/") && path.Ext(e.URL) == "" {
			list = append(list, j.at(e.URL))
		}
	}
	return list
}

// oneNotFound warns where a host has one page for all that is not there, and
// the site has more, or has it elsewhere.
func (j *job) oneNotFound() {
	pages := j.notFounds()
	switch {
	case len(pages) > 0 && j.Base != "/":
		j.warn("put a page of yours there", "the host looks for 404.html at the top of the domain only, and the site has its own at %s", pages[len(pages)-1].file)
	case len(pages) > 1:
		j.warn("", "the host has one page for what is not there: those of the other languages are not shown")
	}
}

// group is a block for one pattern, or for several single URLs.
type group struct {
	block
	also []string
}

// gather puts single URLs with the same headers into one rule, whose pattern
// stays below a length. Their order does not matter: no two match one URL.
func gather(list []block, length int) []group {
	var out []group
	size := 0
	for _, b := range list {
		if n := len(out); n > 0 && b.Exact && out[n-1].Exact && equalFields(b.set, out[n-1].set) && size+len(b.Prefix) < length {
			out[n-1].also = append(out[n-1].also, b.Prefix)
			size += len(b.Prefix) + 8
			continue
		}
		out = append(out, group{block: b})
		size = len(b.Prefix)
	}
	return out
}

func equalFields(a, b []policy.Header) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// source is the pattern as path-to-regexp reads it.
func (g group) source() string {
	switch {
	case len(g.also) > 0:
		all := []string{vercelText(g.Prefix)[1:]}
		for _, u := range g.also {
			all = append(all, vercelText(u)[1:])
		}
		return "/(" + strings.Join(all, "|") + ")"
	case g.Exact:
		return vercelText(g.Prefix)
	}
	return vercelText(g.Prefix) + "(.*)" + vercelText(g.Suffix)
}

// vercelText is a text in which path-to-regexp finds nothing to replace.
func vercelText(s string) string {
	var b strings.Builder
	scheme, rest, whole := strings.Cut(s, "://")
	if whole {
		b.WriteString(scheme + "://")
		s = rest
	}
	for i := range len(s) {
		if strings.IndexByte(`.+*?=^!:${}()[]|\`, s[i]) >= 0 && !(whole && s[i] == '.') {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
