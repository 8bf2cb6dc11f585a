package bundle

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
)

// tsconfig is what tsconfig.json says to bundlers.
type tsconfig struct {
	// options are the settings that change what a script does.
	options map[string]any
	// paths are tsconfig's own, in which "*" stands for anything, relative to base.
	paths map[string][]string
	base  string
	// based says that other specifiers are looked for in base too.
	based bool
}

// passed are the settings that esbuild follows.
var passed = []string{
	"alwaysStrict", "emitDecoratorMetadata", "experimentalDecorators", "importsNotUsedAsValues", "jsx", "jsxFactory", "jsxFragmentFactory",
	"jsxImportSource", "preserveValueImports", "strict", "useDefineForClassFields", "verbatimModuleSyntax",
}

// config is the site's tsconfig.json: the one in assets/ or, without it, the one
// beside config.toml. Where there is none, jsconfig.json is looked for as well.
func (r *resolver) config() *tsconfig {
	if r.ts != nil {
		return r.ts
	}
	r.ts = &tsconfig{options: map[string]any{}}
	for _, p := range []string{"assets/tsconfig.json", "tsconfig.json", "assets/jsconfig.json", "jsconfig.json"} {
		if r.has(p) {
			r.extend(r.ts, p, 0)
			break
		}
	}
	return r.ts
}

// tsconfig is the site's tsconfig.json as esbuild wants it.
func (r *resolver) tsconfig() string {
	raw, err := json.Marshal(map[string]any{"compilerOptions": r.config().options})
	if err != nil { // it was JSON before
		return "{}"
	}
	return string(raw)
}

// maxExtends is how deep one tsconfig.json may extend another.
const maxExtends = 16

// extend puts what the file at a path says over t.
func (r *resolver) extend(t *tsconfig, p string, depth int) {
	_, data, ok := r.host.Read(p)
	if !ok || depth > maxExtends {
		return
	}
	var file struct {
		Extends         any
		CompilerOptions map[string]any
	}
	// A broken one is told by the author's editor and by tsc.
	if json.Unmarshal(withoutComments(data), &file) != nil {
		return
	}
	for _, e := range texts(file.Extends) {
		r.extend(t, r.extended(e, p), depth+1)
	}
	for name, v := range file.CompilerOptions {
		if slices.Contains(passed, name) {
			t.options[name] = v
		}
	}
	base, based := file.CompilerOptions["baseUrl"].(string)
	if based {
		t.base, t.based = path.Join(path.Dir(p), base), true
	}
	if table, ok := file.CompilerOptions["paths"].(map[string]any); ok {
		t.paths = make(map[string][]string, len(table))
		for pattern, list := range table {
			t.paths[pattern] = texts(list)
		}
		if !t.based {
			t.base = path.Dir(p)
		}
	}
}

// extended is the file that "extends" names.
func (r *resolver) extended(spec, from string) string {
	if strings.HasPrefix(spec, ".") {
		p := path.Join(path.Dir(from), spec)
		if !r.has(p) {
			p += ".json"
		}
		return p
	}
	if to, ok := r.bare(spec, path.Dir(from), requireKind); ok && path.Ext(to.path) == ".json" {
		return to.path
	}
	for _, sub := range []string{"", ".json", "/tsconfig.json"} {
		if p := "node_modules/" + spec + sub; r.has(p) {
			return p
		}
	}
	return ""
}

func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var list []string
		for _, e := range v {
			if s, ok := e.(string); ok {
				list = append(list, s)
			}
		}
		return list
	}
	return nil
}

// candidates are the paths that a specifier may mean by tsconfig.json.
func (t *tsconfig) candidates(spec string) []string {
	var list []string
	best, rest := "", ""
	for pattern := range t.paths {
		before, after, star := strings.Cut(pattern, "*")
		switch {
		case pattern == spec:
			best, rest = pattern, ""
		case star && strings.HasPrefix(spec, before) && strings.HasSuffix(spec, after) && len(spec) >= len(before)+len(after):
			if best != spec && (best == "" || better(pattern, best)) {
				best, rest = pattern, spec[len(before):len(spec)-len(after)]
			}
		}
	}
	for _, to := range t.paths[best] {
		list = append(list, path.Join(t.base, strings.ReplaceAll(to, "*", rest)))
	}
	if t.based {
		list = append(list, path.Join(t.base, spec))
	}
	return list
}

// withoutComments is JSON without the comments and trailing commas that
// tsconfig.json may have.
func withoutComments(src []byte) []byte {
	out := make([]byte, 0, len(src))
	for i := 0; i < len(src); i++ {
		switch c := src[i]; {
		case c == '"':
			j := i + 1
			for j < len(src) && src[j] != '"' {
				if src[j] == '\\' {
					j++
				}
				j++
			}
			j = min(j+1, len(src))
			out = append(out, src[i:j]...)
			i = j - 1
		case c == '/' && i+1 < len(src) && src[i+1] == '/':
			for i < len(src) && src[i] != '\n' {
				i++
			}
		case c == '/' && i+1 < len(src) && src[i+1] == '*':
			end := strings.Index(string(src[i+2:]), "*/")
			if end < 0 {
				return out
			}
			i += end + 3
		case c == '}' || c == ']':
			for len(out) > 0 && strings.ContainsRune(" \t\r\n", rune(out[len(out)-1])) {
				out = out[:len(out)-1]
			}
			if len(out) > 0 && out[len(out)-1] == ',' {
				out = out[:len(out)-1]
			}
			out = append(out, c)
		default:
			out = append(out, c)
		}
	}
	return out
}
