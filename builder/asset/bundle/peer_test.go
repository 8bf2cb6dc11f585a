package bundle

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

// TestAgainstEsbuild bundles files on the disk by esbuild with its own resolver,
// and the same files by ours: the bundles must be equal.
func TestAgainstEsbuild(t *testing.T) {
	pkgs := map[string]string{
		"exports/package.json": `{"exports":{".":{"types":"./a.d.ts","node":"./node.js","browser":{"require":"./cjs.js","import":"./esm.js"},"default":"./no.js"},"./sub":"./lib/sub.js","./f/*":"./lib/*.js","./f/x/*":{"default":"./x/*.js"},"./f/private/*":null,"./folder/":"./lib/","./list":["bad","./lib/list.js"],"./style":{"style":"./a.css","default":"./lib/sub.js"}}}`,
		"exports/esm.js":       "export default 'esm'", "exports/cjs.js": "module.exports = 'cjs'", "exports/node.js": "export default 'node'", "exports/no.js": "export default 'no'",
		"exports/lib/sub.js": "export default 'sub'", "exports/lib/star.js": "export default 'star'", "exports/x/deep.js": "export default 'deep'", "exports/lib/list.js": "export default 'list'", "exports/a.css": "a{top:1px}",
		"main/package.json": `{"main":"./lib"}`, "main/lib/index.js": "module.exports = 'main'", "main/other.js": "export default 'other'", "main/dir/index.json": `{"a":"json"}`,
		"module/package.json": `{"main":"main.js","module":"module.js"}`, "module/main.js": "module.exports = 'main'", "module/module.js": "export default 'module'",
		"browser/package.json": `{"main":"index.js","browser":{"./server.js":"./client.js","fs":false,"other":"./mapped.js","./gone":false}}`,
		"browser/index.js":     "exports.a = require('./server'); exports.b = require('fs'); exports.c = require('other'); exports.d = require('./gone')",
		"browser/server.js":    "module.exports = 'server'", "browser/client.js": "module.exports = 'client'", "browser/mapped.js": "module.exports = 'mapped'", "browser/gone.js": "module.exports = 'gone'",
		"browsermain/package.json": `{"main":"index.js","browser":"b.js"}`, "browsermain/b.js": "export default 'b'", "browsermain/index.js": "export default 'index'",
		"bare/index.js": "module.exports = 'bare'", "single.js": "module.exports = 'single'",
		"@scope/p/package.json": `{"name":"@scope/p","main":"m.js","imports":{"#in":"./in.js","#out":"bare","#deep/*":"./deep/*.js"}}`,
		"@scope/p/m.js":         "export {default as a} from '#in'; export {default as b} from '#out'; export {default as c} from '#deep/x'; export {default as d} from 'nested'",
		"@scope/p/in.js":        "export default 'in'", "@scope/p/deep/x.js": "export default 'deep x'",
		"@scope/p/node_modules/nested/index.js": "export default 'nested inside'", "nested/index.js": "export default 'nested outside'",
		"pure/package.json": `{"sideEffects":false,"module":"i.js"}`, "pure/i.js": "export {a} from './a'; export {b} from './b'", "pure/a.js": "export let a = 'pure a'; console.log('side a')", "pure/b.js": "export let b = 'pure b'; console.log('side b')",
		"some/package.json": `{"sideEffects":["./keep.js","*.css"],"main":"i.js"}`, "some/i.js": "import './keep'; import './drop'; import './x.css'; export let s = 's'", "some/keep.js": "console.log('kept')", "some/drop.js": "console.log('dropped')", "some/x.css": "x{top:0}",
		"css/package.json": `{"style":"s.css","main":"s.js"}`, "css/s.css": "@import './t.css'; s{top:0}", "css/t.css": "t{top:0}", "css/s.js": "",
		"ts/package.json": `{"main":"m.js"}`, "ts/m.ts": "export default 'wrong' as string", "ts/m.js": "export default 'js'",
	}
	for _, entry := range []struct{ name, text string }{
		{"main.js", "import a from 'exports'; import b from 'exports/sub'; import c from 'exports/f/star'; import d from 'exports/f/x/deep'; import e from 'exports/folder/sub.js'; import f from 'exports/list'; import g from 'exports/style'; console.log(a,b,c,d,e,f,g, require('exports'))"},
		{"main.js", "import a from 'main'; import b from 'main/other'; import c from 'main/dir'; console.log(a,b,c.a)"},
		{"main.js", "import a from 'module'; console.log(a)"},
		{"main.js", "console.log(require('module'))"},
		{"main.js", "import a from 'browser'; import b from 'browsermain'; console.log(a, b)"},
		{"main.js", "import a from 'bare'; import b from 'single'; import c from 'single.js'; import {a as d, b as e, c as f, d as g} from '@scope/p'; import n from 'nested'; console.log(a,b,c,d,e,f,g,n)"},
		{"main.js", "import {a} from 'pure'; import {s} from 'some'; console.log(a, s)"},
		{"main.js", "import a from 'ts'; import b from './own'; import c from './dir'; import d from './jsx.jsx'; import e from './with.js'; import f from '../assets/js/deep/../own.ts'; console.log(a,b,c,d,e,f)"},
		{"main.js", "import('./own').then(console.log); import x from './data.json'; import t from './t.txt'; console.log(x.a, t)"},
		{"main.css", "@import 'css'; @import 'exports/style'; @import 'some/x.css'; @import 'js/part.css' layer(a) screen; @import './js/part.css'; main{top:0}"},
	} {
		files := map[string]string{
			"assets/" + entry.name: entry.text, "assets/own.ts": "export default 'own' as string", "assets/js/own.ts": "export default 'js own'", "assets/dir/index.tsx": "export default 'dir'",
			"assets/jsx.tsx": "export default 'tsx'", "assets/with.ts": "export default 'with'", "assets/data.json": `{"a":[1,2],"b":3}`, "assets/t.txt": "text", "assets/js/part.css": "p{top:0}", "assets/js/deep/x.js": "",
		}
		for name, text := range pkgs {
			files["node_modules/"+name] = text
		}
		dir := t.TempDir()
		for name, text := range files {
			at := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(at, []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		conditions, fields := []string{"module", "production"}, []string(nil)
		if entry.name == "main.css" { // as bundlers for styles agree; esbuild leaves it to its users
			conditions, fields = []string{"style", "production"}, []string{"style", "main"}
		}
		want := api.Build(api.BuildOptions{
			EntryPoints: []string{filepath.Join(dir, "assets", entry.name)}, Bundle: true, AbsWorkingDir: dir, Outdir: filepath.Join(dir, "out"), Platform: api.PlatformBrowser,
			Format: api.FormatIIFE, Charset: api.CharsetUTF8, TreeShaking: api.TreeShakingTrue, Conditions: conditions, MainFields: fields, TsconfigRaw: "{}",
			Define: map[string]string{"process.env.NODE_ENV": `"production"`}, MinifyWhitespace: true, MinifySyntax: true, MinifyIdentifiers: true,
			Engines: []api.Engine{{Name: api.EngineChrome, Version: "111"}, {Name: api.EngineEdge, Version: "111"}, {Name: api.EngineFirefox, Version: "114"}, {Name: api.EngineSafari, Version: "16.4"}},
		})
		got, err := Build(t.Context(), "assets/"+entry.name, Options{Target: testTarget, Minify: true}, &memory{files: files})
		if err != nil {
			t.Fatal(err)
		}
		if len(want.Errors) > 0 {
			t.Fatalf("%s: esbuild says %v", entry.text, want.Errors)
		}
		for _, f := range want.OutputFiles {
			mine := got.Code
			if strings.HasSuffix(f.Path, ".css") && entry.name != "main.css" {
				mine = got.Styles
			}
			if string(mine) != string(f.Contents) {
				t.Errorf("%s (%s)\ngot  %s\nwant %s\n%v", entry.text, filepath.Base(f.Path), mine, f.Contents, got.Problems)
			}
		}
	}
}
