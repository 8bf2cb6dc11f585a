package host

import (
	"path"
	"strings"
)

// azure is Azure Static Web Apps (https://learn.microsoft.com/azure/static-web-apps/configuration):
// staticwebapp.config.json at the top of the destination.
//
// What the host does differently:
//   - The first route that matches counts, and its headers go over the global
//     ones; an empty one takes a global one away. A star stands at the end of a
//     route, alone or with extensions.
//   - Rules count for what is not there too. Fingerprinted files are therefore
//     named one by one while the file stays small enough; else a rule for their
//     folder takes the place, with a warning.
//   - Redirects are routes as well; their headers are the host's own. What is not
//     there has the global headers, also below the fingerprints' folder.
//   - The page for what is not there is one, for all languages.
//   - Media types go by extension alone, so the few that our URLs tell otherwise
//     are headers.
//   - Files are packed by the host; none are put beside them. Vary and the
//     validator are its own.
//
// Limits: the file has 20 KB at the most; an app has 250 MB on the free plan and
// 500 MB on the other, and 15,000 files.
func azure() Host {
	return Host{
		Name: "azure", Title: "Azure Static Web Apps", Docs: "https://learn.microsoft.com/azure/static-web-apps/configuration",
		Files: []string{"staticwebapp.config.json"}, Root: true, compile: (*job).azure,
	}
}

const azureFile = 20_000

type azureJSON struct {
	TrailingSlash     string                   `json:"trailingSlash,omitempty"`
	Routes            []azureRoute             `json:"routes,omitempty"`
	GlobalHeaders     map[string]string        `json:"globalHeaders"`
	MimeTypes         map[string]string        `json:"mimeTypes,omitempty"`
	ResponseOverrides map[string]azureOverride `json:"responseOverrides,omitempty"`
}

type azureRoute struct {
	Route      string            `json:"route"`
	Redirect   string            `json:"redirect,omitempty"`
	StatusCode int               `json:"statusCode,omitempty"`
	Headers    map[string]string `json:"headers,omitempty"`
}

type azureOverride struct {
	Rewrite string `json:"rewrite"`
}

func (j *job) azure() {
	j.notTheirs("staticwebapp.config.json")
	data := j.azureFile(true)
	if len(data) > azureFile {
		data = j.azureFile(false)
		j.warn("", "a fingerprinted file that is not there (yet) is answered as one to keep for a year: the site has too many to name each")
	}
	if len(data) > azureFile {
		j.fail("staticwebapp.config.json would have %d bytes, and the host reads %d; have fewer redirects", len(data), azureFile)
	}
	if len(j.notFounds()) > 1 {
		j.warn("", "the host has one page for what is not there: those of the other languages are not shown")
	}
	j.limits(15_000, 0)
	j.publish("staticwebapp.config.json", data)
}

func (j *job) azureFile(hits bool) []byte {
	out := azureJSON{GlobalHeaders: make(map[string]string), MimeTypes: make(map[string]string)}
	if j.slashed() {
		out.TrailingSlash = "always"
	}
	for _, r := range j.redirects() {
		for _, from := range r.froms() {
			out.Routes = append(out.Routes, azureRoute{Route: from, Redirect: r.To, StatusCode: r.Status})
		}
	}
	usual := usualTypes(j.files())
	for _, e := range j.files() {
		if ext := strings.ToLower(path.Ext(e.Path)); len(ext) > 1 && !agreed(e.Path, usual[ext[1:]]) {
			out.MimeTypes[ext] = usual[ext[1:]]
		}
	}
	s := speech{root: j.at("/"), suffixes: extSuffix, hits: hits}
	// One route counts alone: each says all that differs.
	list, _ := layers(j.tables(j.byExtension(j.answers(), usual)), s, func(*table) bool { return false })
	for i, b := range list {
		if i == 0 {
			for _, f := range b.set {
				out.GlobalHeaders[f.Name] = f.Value
			}
			continue
		}
		// The first counts here, so the narrowest come first.
		r := azureRoute{Route: azurePattern(b.Pattern), Headers: make(map[string]string)}
		for _, f := range b.set {
			if out.GlobalHeaders[f.Name] != f.Value {
				r.Headers[f.Name] = f.Value
			}
		}
		for _, name := range b.unset {
			if _, ok := out.GlobalHeaders[name]; ok {
				r.Headers[name] = ""
			}
		}
		out.Routes = append(out.Routes, r)
	}
	reverseTail(out.Routes, len(list)-1)
	if pages := j.notFounds(); len(pages) > 0 {
		last := pages[len(pages)-1]
		out.ResponseOverrides = map[string]azureOverride{"404": {j.at(last.entry.URL)}}
	}
	return jsonFile(out)
}

// reverseTail turns the order of the last n routes round.
func reverseTail(list []azureRoute, n int) {
	tail := list[len(list)-max(n, 0):]
	for i, k := 0, len(tail)-1; i < k; i, k = i+1, k-1 {
		tail[i], tail[k] = tail[k], tail[i]
	}
}

// byExtension adds the media type to answers whose extension does not tell it.
func (j *job) byExtension(list []answer, usual map[string]string) []answer {
	for i, e := range j.files() {
		ext := strings.ToLower(strings.TrimPrefix(path.Ext(e.Path), "."))
		if ext == "" || usual[ext] != e.Type {
			list[i].Headers = list[i].With(typeField(e.Type))
		}
	}
	return list
}

// azurePattern is a pattern as routes write it.
func azurePattern(p Pattern) string {
	if p.Exact || p.Suffix == "" {
		return p.String()
	}
	return p.Prefix + "*.{" + strings.TrimPrefix(p.Suffix, ".") + "}"
}
