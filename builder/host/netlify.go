package host

import (
	"fmt"
	"strings"

	"github.com/etagere/etagere/builder/policy"
)

// netlify is Netlify (https://docs.netlify.com/manage/routing/headers/ and
// …/redirects/overview/): _headers and _redirects at the top of the destination.
//
// What the host does differently:
//   - Its documentation does not say what becomes of two rules that set one field
//     for one URL; values of one rule are joined. So no two of ours do that, and
//     pages have the host's own Cache-Control, "public,max-age=0,must-revalidate",
//     which caches take for no-cache.
//   - Rules count for what is not there too. Fingerprinted files are therefore
//     named one by one; past 1,000 of them a rule for their folder takes the
//     place, with a warning.
//   - Paths match without case, with or without a slash at their end. A field for
//     pages alone cannot be said where their URLs end in a slash; a Link to what
//     all pages use is left to their <link> elements.
//   - What is not there has the host's own Cache-Control, also below the
//     fingerprints' folder.
//   - Redirects have the host's own headers. A redirect matches with and without
//     the slash.
//   - The page for what is not there is that at the top; for other folders we
//     write rules with status 404 behind everything else.
//   - /guide answers with the page at /guide/ (200) unless "Pretty URLs" is on, which
//     redirects.
//   - Files are packed by the host; none are put beside them. Vary and the
//     validator are its own.
func netlify() Host {
	return Host{
		Name: "netlify", Title: "Netlify", Docs: "https://docs.netlify.com/manage/routing/headers/",
		Files: []string{"_headers", "_redirects", "netlify.toml"}, Root: true, compile: (*job).netlify,
	}
}

// mustAsk reports whether a Cache-Control says what hosts say by themselves:
// keep it, and ask each time.
func mustAsk(value string) bool {
	return value == policy.NoCache || value == "public, max-age=0, must-revalidate" || value == "max-age=0, must-revalidate"
}

// manyHits is how many fingerprinted files are named one by one.
const manyHits = 1000

func (j *job) netlify() {
	j.notTheirs("_headers")
	s := speech{root: j.at("/"), suffixes: fileName, together: true, hits: j.nameHits(manyHits)}
	list := j.withTypes(j.apart(j.withoutLink(j.answers()), s, mustAsk), s)
	var b strings.Builder
	b.WriteString("# Written by étagère.\n")
	for _, r := range list {
		fmt.Fprintf(&b, "%s\n", r.Pattern)
		for _, f := range r.set {
			fmt.Fprintf(&b, "  %s: %s\n", f.Name, f.Value)
		}
	}
	j.publish("_headers", []byte(b.String()))
	var tail []string
	pages := j.notFounds()
	for i, p := range pages {
		if i < len(pages)-1 || j.Base != "/" {
			tail = append(tail, fmt.Sprintf("%s* %s 404", j.at(j.site(p.dir)), j.at(p.entry.URL)))
		}
	}
	j.redirectsFile(0, 0, tail...)
}

// nameHits reports whether fingerprinted files are few enough to be named one by
// one, and warns where they are not.
func (j *job) nameHits(most int) bool {
	n := 0
	for _, e := range j.files() {
		if e.Class == policy.Fingerprinted {
			n++
		}
	}
	if n > most {
		j.warn("", "a fingerprinted file that is not there (yet) is answered as one to keep for a year: the site has %d of them, too many to name each", n)
	}
	return n <= most
}

// withoutLink are answers without what pages announce.
func (j *job) withoutLink(list []answer) []answer {
	for i := range list {
		list[i].Headers = list[i].With(policy.Headers{{Name: "Link"}})
	}
	return list
}
