package host

import (
	"regexp"

	"github.com/etagere/etagere/builder/site/urls"
)

// firebase is Firebase Hosting (https://firebase.google.com/docs/hosting/full-config):
// firebase.json among the host's files, whose "hosting" belongs into the
// project's own, or which firebase deploy --config reads.
//
// What the host does differently:
//   - All rules that match count, and the last of those with one field
//     (firebase/firebase-tools issue 9467, and its emulator). Nothing can be taken back.
//   - Rules count for what is not there too. Fingerprinted files are therefore
//     named, many in one expression; past 1,000 of them a rule for their folder
//     takes the place, with a warning.
//   - Redirects are matched, and their destinations written, unescaped; headers
//     are matched with URLs as they come. Redirects have the host's own headers.
//   - Redirects have the status 301 or 302: 308 becomes the one, 307 the other.
//   - The page for what is not there is 404.html at the top, for all languages;
//     its answers have the headers of pages, also below the fingerprints' folder.
//   - A page's URL that lacks its slash gets it with 301.
//   - Files are packed by the host; none are put beside them. Vary and the
//     validator are its own.
//   - It publishes whole folders; "ignore" keeps back what begins with "." in
//     its own template, and would keep back .well-known: ours ignores nothing.
func firebase() Host {
	return Host{
		Name: "firebase", Title: "Firebase Hosting", Docs: "https://firebase.google.com/docs/hosting/full-config",
		Root: true, compile: (*job).firebase,
	}
}

type firebaseJSON struct {
	Hosting firebaseHosting `json:"hosting"`
}

type firebaseHosting struct {
	Public    string             `json:"public"`
	Ignore    []string           `json:"ignore"`
	CleanURLs bool               `json:"cleanUrls"`
	Redirects []firebaseRedirect `json:"redirects,omitempty"`
	Headers   []firebaseHeaders  `json:"headers"`
}

type firebaseRedirect struct {
	Regex       string `json:"regex"`
	Destination string `json:"destination"`
	Type        int    `json:"type"`
}

type firebaseHeaders struct {
	Regex   string        `json:"regex"`
	Headers []vercelField `json:"headers"`
}

func (j *job) firebase() {
	h := firebaseHosting{Public: j.Folder, Ignore: []string{}}
	for _, r := range j.redirects() {
		status := 302
		if r.Status == 301 || r.Status == 308 {
			status = 301
		}
		for _, from := range r.froms() {
			h.Redirects = append(h.Redirects, firebaseRedirect{"^" + regexp.QuoteMeta(urls.Unescape(from)) + "$", urls.Unescape(r.To), status})
		}
	}
	s := speech{root: j.at("/"), suffixes: anySuffix, hits: j.nameHits(manyHits)}
	for _, g := range gather(j.withTypes(j.blocks(j.answers(), s, false), s), 8000) {
		f := firebaseHeaders{Regex: g.regex()}
		for _, field := range g.set {
			f.Headers = append(f.Headers, vercelField{field.Name, field.Value})
		}
		h.Headers = append(h.Headers, f)
	}
	j.oneNotFound()
	j.limits(0, 2<<30)
	j.configure("firebase.json", jsonFile(firebaseJSON{h}))
}

// regex is the pattern as a regular expression (RE2) over URLs.
func (g group) regex() string {
	s := regexp.QuoteMeta(g.Prefix)
	switch {
	case len(g.also) > 0:
		s = "(?:" + s
		for _, u := range g.also {
			s += "|" + regexp.QuoteMeta(u)
		}
		s += ")"
	case !g.Exact:
		s += ".*" + regexp.QuoteMeta(g.Suffix)
	}
	return "^" + s + "$"
}
