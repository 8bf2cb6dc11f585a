package builder

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/internal/memo"
	"github.com/etagere/etagere/builder/render"
)

// bundled are the assets that a generation has made, and not kept.
func (g *Generation) bundled() []string {
	kind := ""
	g.run.Visit(func(k memo.Key, _ memo.Value, _ error) {
		if _, ok := render.AssetOf(k); ok {
			kind = k.Kind
		}
	})
	ids := g.run.Computed(kind)
	slices.Sort(ids)
	return ids
}

// TestBundleWork counts: nothing is bundled again whose inputs are the same.
func TestBundleWork(t *testing.T) {
	l := newLab(t, labSite())
	l.edit(scripted)
	first := l.build(t)
	if got := first.made.bundled(); !slices.Equal(got, []string{"css/main.css", "js/main.ts"}) {
		t.Fatalf("the first build made %q", got)
	}
	for _, tt := range []struct {
		name string
		edit map[string]string
		want []string
	}{
		{"a text", map[string]string{"content/solo.md": "# Another"}, nil},
		{"a layout", map[string]string{"layouts/guide/page.html": `{{ define "main" }}{{ (asset "js/main.ts").URL }}{{ end }}`}, nil},
		{"an asset that nobody uses", map[string]string{"assets/other.css": "a{}"}, nil},
		{"a file of the site beside packages", map[string]string{"snippets/x.txt": "new"}, nil},
		{"an import", map[string]string{"assets/js/lib.ts": "export const x = 3"}, []string{"js/main.ts"}},
		{"an import that does not show", map[string]string{"assets/js/lib.ts": "export const x = 3 // three"}, []string{"js/main.ts"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l.edit(tt.edit)
			if got := l.build(t).made.bundled(); !slices.Equal(got, tt.want) {
				t.Errorf("made %q, want %q", got, tt.want)
			}
		})
	}
}

// TestBundleServed asks for what is at fingerprinted URLs, by one Builder after
// the other: an open page asks for its stylesheet though the server has just begun.
func TestBundleServed(t *testing.T) {
	files := labSite()
	files["assets/css/main.css"] = "@import 'p/style.css'; a{background:url(../pic.png)}"
	files["assets/pic.png"] = "png"
	files["node_modules/p/style.css"] = "@font-face{src:url(f.woff2)}"
	files["node_modules/p/f.woff2"] = "font"
	files["assets/js/app.tsx"] = "import './app.css'; console.log(1)"
	files["assets/js/app.css"] = "b{top:0}"
	files["layouts/404.html"] = `{{ define "main" }}{{ (asset "js/app.tsx").URL }}{{ (asset "js/app.tsx" (dict "format" "esm")).URL }}{{ end }}`
	l := newLab(t, files)
	made := l.build(t)
	var urls []string
	for u := range made.files {
		if strings.HasPrefix(u, "/_a/") {
			urls = append(urls, u)
		}
	}
	slices.SortFunc(urls, func(a, b string) int { return strings.Compare(b, a) }) // the stylesheet before its font
	if len(urls) < 10 {
		t.Fatalf("only %q", urls)
	}
	for _, when := range []string{"at once", "after a restart"} {
		if when == "after a restart" {
			l.b = openLab(t, l.fs)
		}
		g, err := l.b.Update(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var missing []string
		for _, u := range urls {
			if _, ok := g.Target(u); !ok {
				missing = append(missing, u)
				continue
			}
			served(t, g, u, made.files[u])
		}
		// What was made with options of its own is known once a page was rendered.
		if most := map[string]int{"at once": 0, "after a restart": 2}[when]; len(missing) != most {
			t.Errorf("%s there is no %q", when, missing)
		}
		if _, err := g.File(t.Context(), "/404.html"); err != nil {
			t.Fatal(err)
		}
		for _, u := range missing {
			served(t, g, u, made.files[u])
		}
	}
	if _, ok := made.made.Target("/_a/main.aaaaaaaaaaaaaaaa.css"); ok {
		t.Error("a digest that nothing has is answered")
	}
}

// served asks for the file at a URL, which must be what it was.
func served(t *testing.T, g *Generation, u, want string) {
	t.Helper()
	target, ok := g.Target(u)
	f, err := g.File(t.Context(), u)
	if err != nil || !ok {
		t.Errorf("%s: %v", u, err)
		return
	}
	head, text, _ := strings.Cut(want, "\n")
	if string(f.Data) != text || !strings.HasPrefix(head, string(f.Class)+" "+f.Type+" ") || target.Type != f.Type {
		t.Errorf("%s is %s %q, was %q", u, f.Type, f.Data, want)
	}
}

// A package that is a symbolic link finds its own packages where the link leads,
// and a link that leads elsewhere is another package.
func TestLinkedPackage(t *testing.T) {
	files := labSite()
	files["assets/js/main.js"] = "import a from 'a'; console.log(a)"
	files["layouts/404.html"] = `{{ define "main" }}{{ (asset "js/main.js").Content }}{{ end }}`
	for _, v := range []string{"1", "2"} {
		files["node_modules/.pnpm/a@"+v+"/node_modules/a/package.json"] = `{"version":"` + v + `"}`
		files["node_modules/.pnpm/a@"+v+"/node_modules/a/index.js"] = "export {default} from 'b'"
		files["node_modules/.pnpm/a@"+v+"/node_modules/b/index.js"] = "export default 'beside " + v + "'"
	}
	l := newLab(t, files)
	for _, v := range []string{"1", "2"} {
		l.write("node_modules/a", ".pnpm/a@"+v+"/node_modules/a")
		l.fs["node_modules/a"].Mode = fs.ModeSymlink | 0o777
		res := l.build(t)
		if d := res.diff(l.clean(t)); d != "" || !strings.Contains(res.files["/404.html"], "beside "+v) || res.problems != "" {
			t.Errorf("version %s: %s\n%s\n%s", v, res.files["/404.html"], res.problems, d)
		}
	}
}

// TestMapsArePublishedOnlyIfAsked looks at what a build writes.
func TestMapsArePublishedOnlyIfAsked(t *testing.T) {
	for choice, want := range map[string]bool{"serve": false, "off": false, "publish": true} {
		l := newLab(t, labSite())
		l.edit(map[string]string{"config.toml": labConfig + "[assets]\nsource_maps = \"" + choice + "\"\n"})
		g := l.build(t).made
		list, err := g.assets(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		found, named := false, false
		for _, a := range list {
			f, err := g.env.Assets.File(a)
			if err != nil {
				t.Fatal(err)
			}
			found = found || strings.HasSuffix(a.URL, ".map")
			named = named || strings.Contains(string(f.Data), "sourceMappingURL=main-css.")
			if strings.HasSuffix(a.URL, ".css") && (f.SourceMap != "") != (choice != "off") {
				t.Errorf("%s: the source map of %s is %q", choice, a.URL, f.SourceMap)
			}
		}
		if found != want || named != want {
			t.Errorf("%s: published %v, named %v", choice, found, named)
		}
	}
}
