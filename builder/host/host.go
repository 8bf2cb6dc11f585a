// Package host writes what each host needs to answer as our policy says: its
// rules for headers, its redirects, its page for what is not there. It compiles
// one table (package policy) and one manifest (package output) into the formats
// of ten hosts, one file of this package each.
//
// Every host says such things in its own words, and none says all of them. The
// comment at each host's function cites the host's documentation and tells what
// the host does differently; what matters to authors is a problem as well. A
// host's limits are known here: a file that the host would cut off, or ignore
// from some line on, is never written.
//
// Headers vary by class only, and all fingerprinted files lie under one prefix,
// so that few rules are enough; see rules.
package host

import (
	"slices"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
)

// Host is a place that sites are published to.
type Host struct {
	// Name is the host's in the configuration, Title its own.
	Name, Title string
	// Docs is the documentation that its files are written after.
	Docs string
	// Stubs says that the host has no redirects: pages of HTML stand in for them.
	Stubs bool
	// Codings are the content codings that are put beside files for the host to
	// send. Hosts that pack files themselves have none.
	Codings []string
	// Files are what the host looks for at the top of the destination.
	Files []string
	// Root says that the destination becomes the root of a domain. A base path is
	// then a folder in it.
	Root bool

	compile func(*job)
}

// All are the hosts that we know, the best served first.
func All() []Host {
	return []Host{cloudflare(), nginx(), s3(), netlify(), vercel(), firebase(), caddy(), apache(), azure(), github()}
}

// Named is the host of a name in the configuration.
func Named(name string) (Host, bool) {
	all := All()
	i := slices.IndexFunc(all, func(h Host) bool { return h.Name == name })
	if i < 0 {
		return Host{}, false
	}
	return all[i], true
}

// Looks reports whether the host looks for its own at a path of the destination.
func (h Host) Looks(path string) bool { return slices.Contains(h.Files, path) }

// Site is what a host is told of one build.
type Site struct {
	// Manifest lists the files as they are published. URLs are without the base
	// path; paths are in the destination, with the base path where the host is at
	// the Root.
	Manifest *output.Manifest
	// Base is the path that the site is mounted at: "/" or "/docs/".
	Base string
	// Policy says what is answered with which headers.
	Policy *policy.Table
	// Own are files of the author's, by path, that lie where the host looks for its
	// configuration.
	Own map[string]Own
	// Folder is the destination as seen from the folder of the host's
	// configuration, with slashes: "../../../public".
	Folder string
}

// Own is a file of the author's.
type Own struct {
	// Source is where it lies in the site: "static/_redirects".
	Source string
	Data   []byte
}

// Output is what a host needs.
type Output struct {
	// Published are files for the destination. One that has the path of one of
	// Site.Own takes its place.
	Published []*output.File
	// Config are files for the server, which are not published.
	Config []Config
	// Problems are the host's limits that the site passes, and, as warnings, what
	// the host cannot do. Those about no file have no position.
	Problems diag.List
}

// Config is a file of a server's configuration.
type Config struct {
	// Name is the file's name; it has no folder.
	Name string
	Data []byte
}

// Compile makes what h needs to serve s. The same site makes the same bytes.
func (h Host) Compile(s Site) Output {
	j := &job{Host: h, Site: s, shared: SharedHints(s.Manifest)}
	h.compile(j)
	return j.out
}
