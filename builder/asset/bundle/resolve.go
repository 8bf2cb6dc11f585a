package bundle

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/bmatcuk/doublestar/v4"
)

// kind is what an import is for: it decides which files of a package it gets.
type kind int

const (
	importKind kind = iota
	requireKind
	styleKind
	// fileKind is a url(): the very file.
	fileKind
)

// conditions are those of package.json's "exports" that hold. A bundle is always
// made for readers.
func (k kind) conditions() map[string]bool {
	c := map[string]bool{"browser": true, "production": true}
	switch k {
	case importKind:
		c["import"], c["module"] = true, true
	case requireKind:
		c["require"], c["module"] = true, true
	case styleKind:
		c["style"] = true
	}
	return c
}

// resolved is what an import names.
type resolved struct {
	path string
	// nothing: a package puts an empty module in place of it. external: it is left
	// to the browser.
	nothing, external bool
}

// resolver finds files as Node.js and bundlers do (Node.js, "Modules: Packages"
// and "ECMAScript modules: Resolution algorithm"; the fields "browser", "module",
// "style" and "sideEffects" as bundlers agree on them).
type resolver struct {
	mu       sync.Mutex
	host     Host
	packages map[string]*pkg
	ts       *tsconfig
}

func newResolver(h Host) *resolver {
	return &resolver{host: h, packages: make(map[string]*pkg)}
}

func (r *resolver) has(p string) bool {
	_, _, ok := r.host.Read(p)
	return ok
}

// resolve is the file that spec names in the file importer. A package that is a
// symbolic link, as pnpm makes them, is where the link leads: there it finds what
// it needs itself.
func (r *resolver) resolve(spec, importer string, k kind) (resolved, *mistake) {
	to, bad := r.find(spec, importer, k)
	if bad == nil && !to.nothing && inPackage(to.path) {
		if real, _, ok := r.host.Read(to.path); ok {
			to.path = real
		}
	}
	return to, bad
}

// find is resolve with symbolic links as they are.
func (r *resolver) find(spec, importer string, k kind) (resolved, *mistake) {
	dir := path.Dir(importer)
	relative := strings.HasPrefix(spec, "./") || strings.HasPrefix(spec, "../") || spec == "." || spec == ".."
	switch {
	case strings.HasPrefix(spec, "/"):
		if to, ok := r.file("assets"+spec, importer, k); ok {
			return resolved{path: to}, nil
		}
	case relative:
		if to, ok := r.file(path.Join(dir, spec), importer, k); ok {
			return r.browser(to), nil
		}
	case k == styleKind || k == fileKind:
		// In a stylesheet every path is relative; packages come second.
		if to, ok := r.file(path.Join(dir, spec), importer, k); ok {
			return resolved{path: to}, nil
		}
		if to, ok := r.bare(spec, dir, k); ok {
			return to, nil
		}
	default:
		if to, ok := r.named(spec, importer, k); ok {
			return to, nil
		}
	}
	return resolved{}, r.missing(spec, importer)
}

// named resolves a specifier that is no path: an entry of "imports", of tsconfig's
// "paths", or a package.
func (r *resolver) named(spec, importer string, k kind) (resolved, bool) {
	dir := path.Dir(importer)
	own := r.enclosing(dir)
	if strings.HasPrefix(spec, "#") {
		if own == nil || own.imports == nil {
			return resolved{}, false
		}
		to, bare, ok := own.imports.match(spec, k.conditions())
		switch {
		case !ok:
			return resolved{}, false
		case bare:
			return r.bare(to, own.dir, k)
		}
		p, ok := r.file(path.Join(own.dir, to), importer, k)
		return resolved{path: p}, ok
	}
	if !inPackage(importer) {
		for _, p := range r.config().candidates(spec) {
			if to, ok := r.file(p, importer, k); ok {
				return resolved{path: to}, true
			}
		}
	}
	if own != nil {
		if to, ok := own.browser[spec]; ok {
			if to == "" {
				return resolved{path: spec, nothing: true}, true
			}
			if strings.HasPrefix(to, "./") {
				p, ok := r.file(path.Join(own.dir, to), importer, k)
				return resolved{path: p}, ok
			}
			spec = to
		}
	}
	return r.bare(spec, dir, k)
}

// bare finds a package in the folders node_modules from dir upwards.
func (r *resolver) bare(spec, dir string, k kind) (resolved, bool) {
	name, sub := packageName(spec)
	if name == "" {
		return resolved{}, false
	}
	for d := dir; ; d = path.Dir(d) {
		if path.Base(d) != "node_modules" {
			if to, ok := r.inFolder(path.Join(d, "node_modules"), name, sub, k); ok {
				return to, true
			}
		}
		if d == "." || d == "/" {
			return resolved{}, false
		}
	}
}

// packageName cuts a specifier into the package and the path in it, "." or "./…".
func packageName(spec string) (name, sub string) {
	parts := strings.SplitN(spec, "/", 3)
	n := 1
	if strings.HasPrefix(spec, "@") {
		n = 2
	}
	if len(parts) < n || parts[0] == "" || strings.HasPrefix(spec, ".") || strings.ContainsAny(spec, "\\\x00") {
		return "", ""
	}
	name = strings.Join(parts[:n], "/")
	if rest := strings.TrimPrefix(spec[len(name):], "/"); rest != "" {
		return name, "./" + rest
	}
	return name, "."
}

// inFolder finds a path of a package that lies in one folder.
func (r *resolver) inFolder(modules, name, sub string, k kind) (resolved, bool) {
	dir := path.Join(modules, name)
	p := r.pkg(dir)
	if p != nil && p.exports != nil && k != fileKind {
		to, _, ok := p.exports.match(sub, k.conditions())
		if !ok {
			return resolved{}, false
		}
		to = path.Join(dir, to)
		return r.browser(to), r.has(to)
	}
	if sub == "." {
		to, ok := r.folder(dir, dir, k)
		if !ok && p == nil { // a file in the folder of packages itself
			to, ok = r.file(dir, dir+"/", k)
		}
		return r.browser(to), ok
	}
	to, ok := r.file(path.Join(dir, sub), dir+"/", k)
	if !ok && p != nil && p.exports != nil { // a url() that only "exports" knows
		to, _, ok = p.exports.match(sub, styleKind.conditions())
		to = path.Join(dir, to)
		ok = ok && r.has(to)
	}
	return r.browser(to), ok
}

// file is the file that a path without certainty means: itself, with an
// extension, or the main file of a folder.
func (r *resolver) file(p, importer string, k kind) (string, bool) {
	if strings.HasPrefix(p, "../") || p == ".." {
		return "", false
	}
	if r.has(p) {
		return p, true
	}
	if k == fileKind {
		return "", false
	}
	if to, ok := r.withExtension(p, importer, k); ok {
		return to, true
	}
	if k == styleKind {
		return "", false
	}
	return r.folder(p, importer, k)
}

// typed are the extensions that TypeScript's files have in place of those that
// their imports are written with.
func typed(ext string) []string {
	switch ext {
	case ".js":
		return []string{".ts", ".tsx"}
	case ".jsx":
		return []string{".ts", ".tsx"}
	case ".mjs":
		return []string{".mts"}
	case ".cjs":
		return []string{".cts"}
	}
	return nil
}

func (r *resolver) withExtension(p, importer string, k kind) (string, bool) {
	extensions := []string{".tsx", ".ts", ".jsx", ".js", ".css", ".json"}
	switch {
	case k == styleKind:
		extensions = []string{".css"}
	case inPackage(importer):
		extensions = []string{".jsx", ".js", ".tsx", ".ts", ".css", ".json"}
	}
	for _, ext := range extensions {
		if r.has(p + ext) {
			return p + ext, true
		}
	}
	ext := path.Ext(p)
	for _, other := range typed(ext) {
		if to := strings.TrimSuffix(p, ext) + other; r.has(to) {
			return to, true
		}
	}
	return "", false
}

// folder is the main file of a folder.
func (r *resolver) folder(dir, importer string, k kind) (string, bool) {
	if p := r.pkg(dir); p != nil {
		for _, main := range p.mains(k) {
			at := path.Join(dir, main)
			if r.has(at) {
				return at, true
			}
			if to, ok := r.withExtension(at, importer, k); ok {
				return to, true
			}
			if to, ok := r.withExtension(path.Join(at, "index"), importer, k); ok {
				return to, true
			}
		}
	}
	return r.withExtension(path.Join(dir, "index"), importer, k)
}

// browser is what the package of a file puts in its place for browsers.
func (r *resolver) browser(p string) resolved {
	own := r.enclosing(path.Dir(p))
	if p == "" || own == nil || len(own.browser) == 0 {
		return resolved{path: p}
	}
	rel := "./" + strings.TrimPrefix(strings.TrimPrefix(p, own.dir), "/")
	bare := strings.TrimSuffix(rel, path.Ext(rel))
	for _, name := range []string{rel, bare, strings.TrimSuffix(bare, "/index")} {
		to, ok := own.browser[name]
		switch {
		case !ok:
			continue
		case to == "":
			return resolved{path: p, nothing: true}
		case strings.HasPrefix(to, "./"):
			if f, ok := r.file(path.Join(own.dir, to), own.dir+"/", importKind); ok {
				return resolved{path: f}
			}
		default:
			if f, ok := r.bare(to, own.dir, importKind); ok {
				return f
			}
		}
	}
	return resolved{path: p}
}

// enclosing is the package that a folder belongs to, or nil.
func (r *resolver) enclosing(dir string) *pkg {
	for d := dir; ; d = path.Dir(d) {
		if path.Base(d) == "node_modules" {
			return nil
		}
		if p := r.pkg(d); p != nil {
			return p
		}
		if d == "." || d == "/" {
			return nil
		}
	}
}

// sideEffectFree reports whether the package of a file says that it may be left
// out where nothing of it is used.
func (r *resolver) sideEffectFree(p string) bool {
	own := r.enclosing(path.Dir(p))
	if own == nil || !own.declared {
		return false
	}
	rel := strings.TrimPrefix(strings.TrimPrefix(p, own.dir), "/")
	return !slices.ContainsFunc(own.sideEffects, func(pattern string) bool {
		pattern = strings.TrimPrefix(pattern, "./")
		if !strings.Contains(pattern, "/") {
			pattern = "**/" + pattern
		}
		ok, err := doublestar.Match(pattern, rel)
		return ok || err != nil
	})
}

// missing is the mistake of an import that names nothing.
func (r *resolver) missing(spec, importer string) *mistake {
	m := &mistake{code: "asset-missing", text: fmt.Sprintf("there is no file %q", spec)}
	relative := strings.HasPrefix(spec, ".") || strings.HasPrefix(spec, "/")
	style := path.Ext(importer) == ".css"
	name, _ := packageName(spec)
	switch {
	case !relative && !style && slices.Contains(nodeModules, strings.TrimPrefix(spec, "node:")):
		m.text, m.hint = fmt.Sprintf("%q is a module of Node.js", spec), "browsers do not have it"
		return m
	case !relative && !style && name != "":
		m.text, m.hint = fmt.Sprintf("there is no package %q", name), fmt.Sprintf(`run "npm install %s" beside config.toml`, name)
		if p := r.pkg("node_modules/" + name); p != nil {
			m.text, m.hint = fmt.Sprintf("package %q has no %q", name, spec), `its package.json does not export it`
			if p.exports == nil {
				m.hint = "there is no such file in it"
			}
			return m
		}
		if _, ok := r.file(path.Join(path.Dir(importer), spec), importer, importKind); ok {
			m.hint = fmt.Sprintf("a file beside this one is written %q", "./"+spec)
		}
		return m
	}
	want := path.Join(path.Dir(importer), spec)
	if strings.HasPrefix(spec, "/") {
		want = "assets" + spec
	}
	if near := r.host.Nearest(strings.TrimPrefix(want, "assets/")); near != "" {
		m.hint = fmt.Sprintf("did you mean %q?", relativeTo(importer, "assets/"+near))
	}
	return m
}

// relativeTo is the path p as the file importer writes it.
func relativeTo(importer, p string) string {
	from, to := strings.Split(path.Dir(importer), "/"), strings.Split(p, "/")
	for len(from) > 0 && len(to) > 1 && from[0] == to[0] {
		from, to = from[1:], to[1:]
	}
	up := strings.Repeat("../", len(from))
	if up == "" && path.Ext(importer) != ".css" {
		up = "./"
	}
	return up + strings.Join(to, "/")
}

// nodeModules are the modules that Node.js has and browsers have not.
var nodeModules = []string{
	"assert", "async_hooks", "buffer", "child_process", "cluster", "console", "crypto", "dgram", "dns", "events", "fs",
	"fs/promises", "http", "http2", "https", "module", "net", "os", "path", "perf_hooks", "process", "querystring", "readline",
	"stream", "string_decoder", "timers", "tls", "tty", "url", "util", "v8", "vm", "worker_threads", "zlib",
}
