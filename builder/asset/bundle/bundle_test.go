package bundle

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/internal/nearest"
)

// memory is a Host of files in memory.
type memory struct {
	files map[string]string
	pages []string
	looks map[string]bool
	links map[string]string // folders
}

func (m *memory) Read(p string) (string, []byte, bool) {
	if m.looks == nil {
		m.looks = make(map[string]bool)
	}
	real := p
	for link, to := range m.links {
		if rest, ok := strings.CutPrefix(p, link+"/"); ok {
			real = to + "/" + rest
		}
	}
	text, ok := m.files[real]
	m.looks[p] = ok
	return real, []byte(text), ok
}

func (m *memory) Page(url string) bool { return slices.Contains(m.pages, url) }

func (m *memory) Leaf(p string) string {
	name := path.Base(p)
	if IsBundle := OutName(name); IsBundle != "" {
		name = IsBundle
	}
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + ".0123456789abcdef" + ext
}

func (m *memory) Nearest(p string) string {
	var names []string
	for f := range m.files {
		if a, ok := strings.CutPrefix(f, "assets/"); ok {
			names = append(names, a)
		}
	}
	slices.Sort(names)
	found, _ := nearest.Of(p, names)
	return found
}

var testTarget = []string{"chrome111", "edge111", "firefox114", "safari16.4"}

func TestBuild(t *testing.T) {
	react := map[string]string{
		"node_modules/react/package.json":     `{"name":"react","main":"index.js","exports":{".":"./index.js","./jsx-runtime":{"import":"./jsx.mjs","default":"./jsx.js"}}}`,
		"node_modules/react/index.js":         "module.exports = {}",
		"node_modules/react/jsx.mjs":          "export const jsx = (t) => 'mjs:' + t",
		"node_modules/react/jsx.js":           "exports.jsx = 1",
		"node_modules/react/private/index.js": "",
	}
	tests := []struct {
		name    string
		files   map[string]string
		options Options
		pages   []string
		// want are parts of the code, or not when they begin with "!"; styles the same
		// of the CSS that a script brings along.
		want, styles []string
		leaves       []string
		problems     []string
	}{
		{name: "imports, nesting and shortening", files: map[string]string{
			"assets/main.css":    "@import \"parts/a.css\";\n@import url(./parts/b.css) screen;\nmain { color: #ff0000; & p { margin: 0px } }",
			"assets/parts/a.css": "a{color:red}", "assets/parts/b.css": "b{top:0}"},
			options: Options{Minify: true}, want: []string{"a{color:red}@media screen{b{top:0}}main{color:red}main p{margin:0}"}},
		{name: "stylesheets that import each other", files: map[string]string{
			"assets/main.css": `@import "b.css"; a{top:0}`, "assets/b.css": `@import "main.css"; b{top:0}`}, want: []string{"a {", "b {"}},
		{name: "references", files: map[string]string{
			"assets/css/main.css":  `@font-face{src:url("../fonts/a.woff2?#iefix") format("woff2")} a{background:image-set(url(x.png) 1x, "y.png" 2x)} b{mask:url(#id)} c{background:url(https://e.org/z.png)} d{background:url(data:image/png;base64,AA==)} e{background:url(/img/z.png?v=1)} f{cursor:url(/x.cur)} g{background:url("a%20b.png")}`,
			"assets/fonts/a.woff2": "", "assets/css/x.png": "", "assets/css/y.png": "", "assets/x.cur": "", "assets/css/a b.png": ""}, pages: []string{"/img/z.png"}, options: Options{Base: "/docs/"},
			want:   []string{"url(a.0123456789abcdef.woff2?#iefix)", "url(x.0123456789abcdef.png) 1x", "url(#id)", "https://e.org/z.png", "data:image/png;base64,AA==", "/docs/img/z.png?v=1", "url(x.0123456789abcdef.cur)", `a\ b.0123456789abcdef.png`, `url(y.0123456789abcdef.png) 2x`},
			leaves: []string{"assets/css/a b.png", "assets/css/x.png", "assets/css/y.png", "assets/fonts/a.woff2", "assets/x.cur"}},
		{name: "what is not there", files: map[string]string{
			"assets/css/main.css": "@import \"mian.css\";\na { background: url(img/lgo.svg) }\n", "assets/css/img/logo.svg": "", "assets/css/x/main.css": ""},
			want:     []string{`@import "mian.css"`, "url(img/lgo.svg)"},
			problems: []string{`assets/css/main.css:1:9: there is no file "mian.css" | did you mean "main.css"?`, `assets/css/main.css:2:17: there is no file "img/lgo.svg" | did you mean "img/logo.svg"?`}},
		{name: "a slip in a stylesheet", files: map[string]string{"assets/main.css": "a {\n  colr: red;\n}\n"},
			problems: []string{`warning assets/main.css:2:3: "colr" is not a known CSS property | did you mean "color" instead?`}},
		{name: "TypeScript, unused code, definitions", files: map[string]string{
			"assets/js/main.ts": "import { used } from './lib';\nimport type { T } from './types';\ndeclare const API: string;\nconsole.log(used as T, API, process.env.NODE_ENV)", "assets/js/lib.ts": "export const used: number = 1; export const unused = 'never'"},
			options: Options{Minify: true, Define: map[string]string{"API": `"https://api"`}}, want: []string{"(()=>{", `"https://api"`, `"production"`, "!never", "!import"}},
		{name: "modules", files: map[string]string{"assets/main.js": "import x from './x.js'; export const y = await x; import('https://e.org/a.js')", "assets/x.js": "export default 1"},
			options: Options{Format: "esm"}, want: []string{"export {", "await ", `import("https://e.org/a.js")`}},
		{name: "a global name", files: map[string]string{"assets/main.js": "export const y = 1"}, options: Options{Name: "Lib"}, want: []string{"var Lib ="}},
		{name: "syntax that old browsers lack", files: map[string]string{"assets/main.js": "let a = b?.c ?? d; class E { static #f = 1; static { a ||= 2 } }"}, options: Options{Target: []string{"chrome79"}}, want: []string{"!?.", "!??", "!||="}},
		{name: "a syntax error", files: map[string]string{"assets/main.js": "import './b.js'", "assets/b.js": "let a = 1\nlet a = (2\n"},
			problems: []string{`assets/b.js:2:5: the symbol "a" has already been declared | the symbol "a" was originally declared here (assets/b.js:1:5)`, `assets/b.js:3:1: expected ")" but found end of file | write ")"`}},
		{name: "imports that are not there", files: map[string]string{
			"assets/js/main.js": "import './a.js'\nimport 'nothing'\nimport 'fs'\nimport 'node:path'\nimport 'react/private'\nimport 'b.js'\n", "assets/js/b.js": ""}, // and react
			problems: []string{
				`assets/js/main.js:1:8: there is no file "./a.js" | did you mean "./b.js"?`,
				`assets/js/main.js:2:8: there is no package "nothing" | run "npm install nothing" beside config.toml`,
				`assets/js/main.js:3:8: "fs" is a module of Node.js | browsers do not have it`,
				`assets/js/main.js:4:8: "node:path" is a module of Node.js | browsers do not have it`,
				`assets/js/main.js:5:8: package "react" has no "react/private" | its package.json does not export it`,
				`assets/js/main.js:6:8: there is no package "b.js" | a file beside this one is written "./b.js"`,
			}},
		{name: "files by their URL, text and JSON", files: map[string]string{
			"assets/main.js":  "import logo from './logo.svg'; import unused from './u.png'; import t from './t.txt'; import j from './j.json'; import raw from './logo.svg?raw'; import w from './w.ts?url'; import x from './x.css' with {type:'text'}; console.log(logo, t, j.a, raw, w, x)",
			"assets/logo.svg": "<svg/>", "assets/u.png": "", "assets/t.txt": "some text", "assets/j.json": `{"a":"json","b":"other"}`, "assets/w.ts": "let x: number", "assets/x.css": "a{}"}, options: Options{Base: "/docs/"},
			want:   []string{`"/docs/_a/logo.0123456789abcdef.svg"`, `"some text"`, `"json"`, `"<svg/>"`, `"/docs/_a/w.0123456789abcdef.js"`, `"a{}"`, "!u.0123"},
			leaves: []string{"assets/logo.svg", "assets/u.png", "assets/w.ts"}},
		{name: "a module knows where it is", files: map[string]string{"assets/main.mjs": "import logo from './logo.svg'; console.log(logo, require('./l.png'))", "assets/logo.svg": "", "assets/l.png": ""},
			options: Options{Format: "esm"}, want: []string{`new URL("logo.0123456789abcdef.svg", import.meta.url).href`, `module.exports = "_a/l.0123456789abcdef.png"`}, leaves: []string{"assets/l.png", "assets/logo.svg"}},
		{name: "a script's stylesheets", files: map[string]string{
			"assets/main.js": "import './a.css'; import s from './b.module.css'; console.log(s.box)", "assets/a.css": "a{background:url(x.png)}", "assets/b.module.css": ".box{top:0}", "assets/x.png": ""},
			want: []string{`"b_box"`}, styles: []string{"x.0123456789abcdef.png", ".b_box"}, leaves: []string{"assets/x.png"}},
		{name: "JSX as tsconfig.json says, which extends another", files: map[string]string{
			"assets/main.tsx": "export const a = <b>c</b>; console.log(a)", "tsconfig.json": "{ // comment\n \"extends\": \"./base\", \"compilerOptions\": {\"strict\": true,},\n}",
			"base.json": `{"compilerOptions":{"jsx":"react-jsx"}}`}, want: []string{"mjs:"}},
		{name: "paths of tsconfig.json", files: map[string]string{
			"assets/js/main.ts": "import a from '@/lib/a'; import b from 'exact'; console.log(a, b)", "assets/tsconfig.json": `{"compilerOptions":{"paths":{"@/*":["./js/*"],"exact":["js/lib/b.ts"]}}}`,
			"assets/js/lib/a.ts": "export default 'A'", "assets/js/lib/b.ts": "export default 'B'"}, want: []string{`"A"`, `"B"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := maps.Clone(react)
			maps.Copy(files, tt.files)
			entry := ""
			for _, name := range []string{"assets/main.css", "assets/css/main.css", "assets/main.js", "assets/main.mjs", "assets/js/main.js", "assets/js/main.ts", "assets/main.tsx"} {
				if _, ok := files[name]; ok {
					entry = name
				}
			}
			o := tt.options
			if o.Target == nil {
				o.Target = testTarget
			}
			r, err := Build(t.Context(), entry, o, &memory{files: files, pages: tt.pages})
			if err != nil {
				t.Fatal(err)
			}
			contains(t, "code", string(r.Code), tt.want)
			contains(t, "styles", string(r.Styles), tt.styles)
			if !slices.Equal(r.Leaves, tt.leaves) {
				t.Errorf("leaves %q, want %q", r.Leaves, tt.leaves)
			}
			var got []string
			for _, p := range r.Problems {
				line := p.String()
				if p.Severity != 0 {
					line = "warning " + line
				}
				if p.Hint != "" {
					line += " | " + p.Hint
				}
				got = append(got, line)
			}
			if !slices.Equal(got, tt.problems) {
				t.Errorf("problems:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.problems, "\n"))
			}
		})
	}
}

func contains(t *testing.T, what, text string, parts []string) {
	t.Helper()
	for _, p := range parts {
		not := strings.HasPrefix(p, "!")
		if strings.Contains(text, strings.TrimPrefix(p, "!")) == not {
			t.Errorf("%s: %q is wrong in\n%s", what, p, text)
		}
	}
	if parts == nil && what == "styles" && text != "" {
		t.Errorf("unexpected styles %s", text)
	}
}

// Source maps name the author's files by URLs of their own, and lead back to them.
func TestMaps(t *testing.T) {
	host := &memory{files: map[string]string{"assets/js/main.ts": "import './b'\nconsole.log(1)", "assets/js/b.ts": "console.log(2)"}}
	r, err := Build(t.Context(), "assets/js/main.ts", Options{Target: testTarget, Minify: true, Maps: true}, host)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"etagere:///assets/js/b.ts"`, `"etagere:///assets/js/main.ts"`, `"sourcesContent"`} {
		if !strings.Contains(string(r.Map), want) {
			t.Errorf("no %s in %s", want, r.Map)
		}
	}
	if strings.Contains(string(r.Code), "sourceMappingURL") {
		t.Errorf("the code names its map: %s", r.Code)
	}
}

// Whatever was looked for is noted, found or not.
func TestLooks(t *testing.T) {
	host := &memory{files: map[string]string{"assets/main.js": "import './a'; import 'p'", "assets/a.js": "", "node_modules/p/package.json": `{"main":"m"}`, "node_modules/p/m.js": ""}}
	if _, err := Build(t.Context(), "assets/main.js", Options{Target: testTarget}, host); err != nil {
		t.Fatal(err)
	}
	for name, found := range map[string]bool{
		"assets/main.js": true, "assets/a": false, "assets/a.ts": false, "assets/a.js": true, "tsconfig.json": false,
		"node_modules/p/package.json": true, "node_modules/p/m": false, "node_modules/p/m.js": true, "assets/node_modules/p/package.json": false,
	} {
		if got, ok := host.looks[name]; !ok || got != found {
			t.Errorf("%s: noted %v, found %v", name, ok, got)
		}
	}
}

// Packages behind symbolic links find what lies beside them, not beside the link.
func TestLinks(t *testing.T) {
	host := &memory{links: map[string]string{"node_modules/a": "node_modules/.pnpm/a@1/node_modules/a"}, files: map[string]string{
		"assets/main.js": "import a from 'a'; console.log(a)",
		"node_modules/.pnpm/a@1/node_modules/a/index.js": "export {default} from 'b'",
		"node_modules/.pnpm/a@1/node_modules/b/index.js": "export default 'beside'",
	}}
	r, err := Build(t.Context(), "assets/main.js", Options{Target: testTarget}, host)
	if err != nil || len(r.Problems) > 0 || !strings.Contains(string(r.Code), `"beside"`) {
		t.Errorf("%s, %v, %v", r.Code, r.Problems, err)
	}
}

func TestWithURLs(t *testing.T) {
	for in, want := range map[string]string{
		`a{b:image-set("x.png" 1x, 'y.png' 2x)}`:                     `a{b:image-set(url("x.png") 1x, url('y.png') 2x)}`,
		`a{b:-webkit-image-set( "x" type("image/avif") , url("y"))}`: `a{b:-webkit-image-set( url("x") type("image/avif") , url("y"))}`,
		`a{b:IMAGE-SET("a\"b" 1x)} c{content:"x"}`:                   `a{b:IMAGE-SET(url("a\"b") 1x)} c{content:"x"}`,
		`/* image-set("x") */ a{content:"image-set('x')"}`:           `/* image-set("x") */ a{content:"image-set('x')"}`,
		`a{b:image-set("x`: `a{b:image-set("x`,
		`a{b:image-set(linear-gradient(red, rgb(0 0 0)) 1x, "y")}`: `a{b:image-set(linear-gradient(red, rgb(0 0 0)) 1x, url("y"))}`,
	} {
		if got := withURLs(in); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", in, got, want)
		}
	}
}

func TestOutName(t *testing.T) {
	for name, want := range map[string]string{"css/a.css": "a.css", "a.ts": "a.js", "b/a.mjs": "a.js", "a.svg": "", "a": "", "a.d.ts": "a.d.js"} {
		if got := OutName(name); got != want || Is(name) != (want != "") {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestChecks(t *testing.T) {
	for name, ok := range map[string]bool{"chrome111": true, "es2020": true, "esnext": true, "safari16.4": true, "netscape4": false, "": false, "chrome": false, "chrome1,firefox2": false} {
		if err := CheckTarget(name); (err == nil) != ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	for entry, ok := range map[string]bool{`API="x"`: true, "a.b=1": true, "X=window.y": true, "API=two words": false, "1x=2": false, `X={"a":1}`: true} {
		name, value, _ := strings.Cut(entry, "=")
		if err := CheckDefine(name, value); (err == nil) != ok {
			t.Errorf("%s: %v", entry, err)
		}
	}
}

// The order in which esbuild comes upon files does not show.
func TestSame(t *testing.T) {
	files := map[string]string{"assets/main.js": ""}
	for i := range 40 {
		files["assets/main.js"] += fmt.Sprintf("import {x as x%d} from './m%d.js'; import i%d from './i%d.png'; console.log(x%d, i%d);\n", i, i, i, i, i, i)
		files[fmt.Sprintf("assets/m%d.js", i)] = "export let x = Math.random()"
		files[fmt.Sprintf("assets/i%d.png", i)] = ""
	}
	var first *Result
	for range 10 {
		r, err := Build(t.Context(), "assets/main.js", Options{Target: testTarget, Maps: true}, &memory{files: files})
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = r
		}
		if string(r.Code) != string(first.Code) || string(r.Map) != string(first.Map) || !slices.Equal(r.Leaves, first.Leaves) {
			t.Fatal("the same files give another bundle")
		}
	}
}
