package bundle

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// scheme is the namespace of all files. Their paths begin with three slashes, so
// that both together are a URL: what source maps call them.
const scheme = "etagere"

// The namespaces of what is made up.
const (
	// leafURL is a module whose default export is the URL of a leaf, leafModule the
	// same for require.
	leafURL    = "leaf"
	leafModule = "leaf-module"
	// nothing is a module without content, which packages put in place of what
	// browsers don't have.
	nothing = "nothing"
)

var errTarget = errors.New("is no browser or edition of JavaScript that bundles are made for")

type defineError string

func (e defineError) Error() string { return string(e) }

func (b *builder) plugin(p api.PluginBuild) {
	p.OnResolve(api.OnResolveOptions{Filter: ".*"}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
		b.resolver.mu.Lock()
		defer b.resolver.mu.Unlock()
		return b.onResolve(a), nil
	})
	p.OnLoad(api.OnLoadOptions{Filter: ".*"}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
		b.resolver.mu.Lock()
		defer b.resolver.mu.Unlock()
		return b.onLoad(a)
	})
}

// mistake is what one of our messages to esbuild, and so back to us, carries.
type mistake struct {
	code, text, hint string
	warning          bool
}

func (m *mistake) message() []api.Message { return []api.Message{{Text: m.text, Detail: m}} }

// onResolve says what file an import names.
func (b *builder) onResolve(a api.OnResolveArgs) api.OnResolveResult {
	importer := strings.TrimPrefix(a.Importer, "///")
	switch {
	case a.Kind == api.ResolveEntryPoint:
		return file(b.entry, "")
	case strings.HasPrefix(a.Path, "data:") && a.Kind != api.ResolveCSSURLToken && a.Kind != api.ResolveCSSImportRule:
		return api.OnResolveResult{} // esbuild's own affair: it is all in the path
	case b.external(a.Path), a.Kind == api.ResolveJSRequireResolve:
		return external(a.Path)
	case a.Kind == api.ResolveCSSURLToken:
		return b.urlToken(a.Path, importer)
	}
	return b.importOf(a, importer)
}

func file(p, suffix string) api.OnResolveResult {
	return api.OnResolveResult{Path: "///" + p, Namespace: scheme, Suffix: suffix}
}

func external(p string) api.OnResolveResult {
	return api.OnResolveResult{Path: p, External: true}
}

// external reports whether an import is left to the browser.
func (b *builder) external(p string) bool {
	for _, name := range b.options.External {
		if p == name || strings.HasPrefix(p, name+"/") {
			return true
		}
	}
	return elsewhere(p)
}

// elsewhere reports whether a reference leaves the site, or names a place in its
// own document.
func elsewhere(p string) bool {
	if p == "" || strings.HasPrefix(p, "//") || strings.HasPrefix(p, "?") {
		return true
	}
	u, err := url.Parse(p)
	return err == nil && u.Scheme != "" && u.Scheme != "data" && len(u.Scheme) > 1 && !strings.HasPrefix(u.Scheme, "node")
}

// importOf resolves an import of a script or an @import of a stylesheet.
func (b *builder) importOf(a api.OnResolveArgs, importer string) api.OnResolveResult {
	spec, query := a.Path, ""
	if i := strings.IndexByte(spec, '?'); i > 0 {
		spec, query = spec[:i], spec[i:]
	}
	style := a.Kind == api.ResolveCSSImportRule || a.Kind == api.ResolveCSSComposesFrom
	if style && (strings.HasPrefix(spec, "#") || strings.HasPrefix(spec, "data:")) {
		return external(a.Path)
	}
	if style && strings.HasPrefix(spec, "/") && b.host.Page(spec) {
		return external(b.options.Base + strings.TrimPrefix(a.Path, "/"))
	}
	to, bad := b.resolver.resolve(spec, importer, conditionsOf(a.Kind))
	switch {
	case bad != nil && style:
		r := external(a.Path)
		bad.warning = inPackage(importer)
		r.Warnings = bad.message()
		return r
	case bad != nil:
		return api.OnResolveResult{Errors: bad.message()}
	case to.external:
		return external(a.Path)
	case to.nothing:
		return api.OnResolveResult{Path: to.path, Namespace: nothing}
	}
	r := file(to.path, query)
	if !style && (loaderOf(to.path) == api.LoaderNone && a.With["type"] == "" && query != "?raw" && query != "?inline" || query == "?url") {
		b.leaves[to.path] = true
		r = api.OnResolveResult{Path: to.path, Namespace: leafURL, SideEffects: api.SideEffectsFalse}
		if a.Kind == api.ResolveJSRequireCall {
			r.Namespace = leafModule
		}
		return r
	}
	if a.Kind == api.ResolveJSImportStatement && b.resolver.sideEffectFree(to.path) {
		r.SideEffects = api.SideEffectsFalse
	}
	return r
}

func conditionsOf(k api.ResolveKind) kind {
	switch k {
	case api.ResolveCSSImportRule, api.ResolveCSSComposesFrom:
		return styleKind
	case api.ResolveJSRequireCall:
		return requireKind
	}
	return importKind
}

// inPackage reports whether a file is one that the author did not write.
func inPackage(p string) bool { return strings.HasPrefix(p, "node_modules/") }

// urlToken resolves a url() of a stylesheet: to a leaf, or to what the site has
// under a name of its own.
func (b *builder) urlToken(ref, importer string) api.OnResolveResult {
	if strings.HasPrefix(ref, "#") || strings.HasPrefix(ref, "data:") {
		return external(ref)
	}
	spec, suffix := ref, ""
	if i := strings.IndexAny(spec, "?#"); i >= 0 {
		spec, suffix = spec[:i], spec[i:]
	}
	for _, s := range spellings(spec) {
		if strings.HasPrefix(s, "/") && b.host.Page(s) {
			return external(b.options.Base + strings.TrimPrefix(ref, "/"))
		}
		to, bad := b.resolver.resolve(s, importer, fileKind)
		if bad != nil {
			continue
		}
		b.leaves[to.path] = true
		return external(b.host.Leaf(to.path) + suffix)
	}
	r := external(ref)
	m := b.resolver.missing(spec, importer)
	m.warning = inPackage(importer)
	r.Warnings = m.message()
	return r
}

// spellings are the names that a reference in a stylesheet may mean: as it is
// written, and without its percent signs.
func spellings(spec string) []string {
	if plain, err := url.PathUnescape(spec); err == nil && plain != spec {
		return []string{spec, plain}
	}
	return []string{spec}
}

// onLoad is what a module holds.
func (b *builder) onLoad(a api.OnLoadArgs) (api.OnLoadResult, error) {
	text := ""
	switch a.Namespace {
	case nothing:
		return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, nil
	case leafURL, leafModule:
		text = b.leaf(a.Path, a.Namespace == leafModule)
		return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, nil
	case scheme:
	default:
		return api.OnLoadResult{}, nil
	}
	p := strings.TrimPrefix(a.Path, "///")
	name, data, ok := b.host.Read(p)
	if !ok {
		return api.OnLoadResult{}, fmt.Errorf("%s is gone", name)
	}
	text = string(data)
	loader := loaderFor(p, a)
	if loader == api.LoaderCSS || loader == api.LoaderLocalCSS {
		text = withURLs(text)
	}
	return api.OnLoadResult{Contents: &text, Loader: loader}, nil
}

// leaf is the text of a module that stands for a leaf's URL. A module knows its
// own URL, and all fingerprinted files lie in one folder; a classic script and a
// CommonJS module do not.
func (b *builder) leaf(p string, required bool) string {
	name := b.host.Leaf(p)
	fixed := fmt.Sprintf("%q", b.options.Base+"_a/"+name)
	switch {
	case required:
		return "module.exports = " + fixed
	case b.options.Format == "esm":
		return fmt.Sprintf("export default new URL(%q, import.meta.url).href", name)
	}
	return "export default " + fixed
}

// loaderOf is how a file is read, by its name; LoaderNone for what scripts import
// to get its URL.
func loaderOf(p string) api.Loader {
	switch path.Ext(p) {
	case ".css":
		if strings.HasSuffix(p, ".module.css") {
			return api.LoaderLocalCSS
		}
		return api.LoaderCSS
	case ".js", ".mjs", ".cjs":
		return api.LoaderJS
	case ".jsx":
		return api.LoaderJSX
	case ".ts", ".mts", ".cts":
		return api.LoaderTS
	case ".tsx":
		return api.LoaderTSX
	case ".json":
		return api.LoaderJSON
	case ".txt":
		return api.LoaderText
	}
	return api.LoaderNone
}

// loaderFor is loaderOf, unless the import says otherwise.
func loaderFor(p string, a api.OnLoadArgs) api.Loader {
	switch {
	case a.Suffix == "?raw", a.With["type"] == "text":
		return api.LoaderText
	case a.Suffix == "?inline":
		return api.LoaderDataURL
	case a.With["type"] == "bytes":
		return api.LoaderBinary
	case a.With["type"] == "json":
		return api.LoaderJSON
	}
	if l := loaderOf(p); l != api.LoaderNone {
		return l
	}
	return api.LoaderText
}
