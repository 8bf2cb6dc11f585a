package builder_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/etagere/etagere/"

// layers are our packages bottom up. A package imports only from lines above
// its own; those on one line don't know each other. A new package takes its
// place here before it can be imported.
var layers = []string{
	"themes",
	"builder/internal/digest builder/internal/par builder/internal/nearest builder/sitetest/golden",
	"builder/diag",
	"builder/internal/memo builder/internal/cache",
	"builder/policy",
	"builder/scan",
	"builder/coding",
	"builder/output",
	"builder/frontmatter",
	"builder/config",
	"builder/source",
	"builder/markdown",
	"builder/content",
	"builder/site/urls builder/site/cascade",
	"builder/site",
	"builder/site/links",
	"builder/site/menus",
	"builder/site/assemble",
	"builder/site/fixture",
	"builder/host",
	"builder/asset/bundle",
	"builder/asset",
	"builder/asset/image",
	"builder/layout/funcs",
	"builder/layout",
	"builder/generate",
	"builder/render",
	"builder/check",
	"builder",
	"builder/sitetest",
	"builder/hosttest",
	"devserver/negotiate",
	"devserver/watch devserver/stream devserver/livereload devserver/cert",
	"devserver",
	"devserver/preview",
	"cmd/etagere cmd/bench",
}

// fences say which of our packages know a package of others, so that replacing
// it is a change in one place: a package or, where it ends in ".go", one file.
// Tests may use whatever is fenced anywhere.
var fences = map[string]string{
	"github.com/yuin/goldmark":          "builder/markdown",
	"github.com/yuin/goldmark-emoji":    "builder/markdown",
	"github.com/alecthomas/chroma/v2":   "builder/markdown",
	"github.com/pelletier/go-toml/v2":   "builder/frontmatter",
	"go.yaml.in/yaml/v3":                "builder/frontmatter",
	"github.com/agnivade/levenshtein":   "builder/internal/nearest",
	"github.com/evanw/esbuild":          "builder/asset/bundle",
	"github.com/bep/imagemeta":          "builder/asset/image",
	"github.com/gen2brain/avif":         "builder/asset/image",
	"github.com/gen2brain/webp":         "builder/asset/image",
	"golang.org/x/image":                "builder/asset/image",
	"github.com/fsnotify/fsnotify":      "devserver/watch",
	"github.com/r3labs/sse/v2":          "devserver/stream",
	"github.com/spf13/cobra":            "cmd/etagere",
	"github.com/spf13/pflag":            "cmd/etagere",
	"github.com/schollz/progressbar/v3": "cmd/etagere",
	"golang.org/x/net":                  "builder/scan",
	"github.com/andybalholm/brotli":     "builder/coding",
	"github.com/klauspost/compress":     "builder/coding",
	"golang.org/x/term":                 "cmd/etagere",
	"golang.org/x/sys":                  "builder/output",
	"golang.org/x/net/http2":            "devserver/http2.go",
	"golang.org/x/tools/txtar":          "builder/sitetest",

	// What a pattern matches is one function, used wherever authors write patterns.
	"github.com/bmatcuk/doublestar/v4": "builder/config builder/source builder/site builder/asset/bundle builder/render builder/check",
	// Tables of Unicode, for widths, normal forms and the names of languages.
	"golang.org/x/text": "builder/diag builder/markdown builder/site builder/source",

	"github.com/chromedp/cdproto":     "",
	"github.com/chromedp/chromedp":    "",
	"github.com/google/go-cmp":        "",
	"github.com/rogpeppe/go-internal": "",
}

// concurrent are the packages that may start goroutines.
var concurrent = "builder/internal/par builder/internal/memo devserver/watch devserver/stream devserver cmd/etagere cmd/bench"

// Budgets of production code, for what a reader has to hold in mind at once.
const (
	maxFuncLines  = 80
	maxFileLines  = 500
	maxMethods    = 4
	maxOwnImports = 8
)

// gather are the packages in which the others come together, by their purpose.
var gather = "builder builder/render cmd/etagere cmd/bench"

// goFile is one parsed source file of the repository.
type goFile struct {
	name string // from the repository's root
	pkg  string // its folder
	test bool
	tree *ast.File
	set  *token.FileSet
}

// sources parses all Go files whatever system they are for, so that the rules
// hold on the systems that this test doesn't run on as well.
func sources(t *testing.T) []goFile {
	t.Helper()
	root := os.DirFS("..")
	var files []goFile
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := d.Name()
		if d.IsDir() && name != "." && (base == "testdata" || base == "node_modules" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")) {
			return fs.SkipDir
		}
		if d.IsDir() || path.Ext(name) != ".go" {
			return nil
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, filepath.Join("..", filepath.FromSlash(name)), nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files = append(files, goFile{name, path.Dir(name), strings.HasSuffix(name, "_test.go"), tree, set})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 20 {
		t.Fatalf("found %d Go files: is this still the root of the repository?", len(files))
	}
	return files
}

// imports are the paths that f imports.
func (f goFile) imports() []string {
	var paths []string
	for _, spec := range f.tree.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err == nil {
			paths = append(paths, p)
		}
	}
	return paths
}

// line is where pos is in f.
func (f goFile) line(pos token.Pos) int { return f.set.Position(pos).Line }

// TestLayers keeps the imports of our own packages a DAG that can be read down.
func TestLayers(t *testing.T) {
	rank := make(map[string]int)
	for i, line := range layers {
		for pkg := range strings.FieldsSeq(line) {
			rank[pkg] = i + 1
		}
	}
	own := make(map[string]map[string]bool)
	for _, f := range sources(t) {
		if f.test {
			continue
		}
		if rank[f.pkg] == 0 {
			t.Errorf("%s: package %s has no place in layers", f.name, f.pkg)
			continue
		}
		for _, imported := range f.imports() {
			pkg, ours := strings.CutPrefix(imported, module)
			if !ours {
				continue
			}
			if rank[pkg] >= rank[f.pkg] {
				t.Errorf("%s must not import %s", f.name, pkg)
			}
			if own[f.pkg] == nil {
				own[f.pkg] = make(map[string]bool)
			}
			if !strings.Contains(pkg, "internal/") {
				own[f.pkg][pkg] = true
			}
		}
	}
	for pkg, imported := range own {
		if len(imported) > maxOwnImports && !slices.Contains(strings.Fields(gather), pkg) {
			t.Errorf("%s imports %d of our packages, more than %d", pkg, len(imported), maxOwnImports)
		}
	}
}

// TestFences keeps each package of others in one of ours.
func TestFences(t *testing.T) {
	for _, f := range sources(t) {
		for _, imported := range f.imports() {
			first, _, _ := strings.Cut(imported, "/")
			if strings.HasPrefix(imported, module) || !strings.Contains(first, ".") {
				continue
			}
			fence, known := fenceOf(imported)
			switch {
			case !known:
				t.Errorf("%s imports %s, which has no place in fences", f.name, imported)
			case f.test || slices.Contains(strings.Fields(fence), f.pkg) || slices.Contains(strings.Fields(fence), f.name):
			case fence == "":
				t.Errorf("%s imports %s, which is for tests only", f.name, imported)
			default:
				t.Errorf("%s imports %s, which is fenced into %s", f.name, imported, fence)
			}
		}
	}
}

// fenceOf finds the packages that may import an import path of others, by the
// longest module path that it begins with.
func fenceOf(imported string) (fence string, known bool) {
	for p := imported; p != "."; p = path.Dir(p) {
		if fence, known = fences[p]; known {
			return fence, true
		}
	}
	return "", false
}

// TestBudgets keeps functions, files and interfaces small, package state
// explicit, and goroutines in the packages made for them.
func TestBudgets(t *testing.T) {
	for _, f := range sources(t) {
		if f.test {
			continue
		}
		if n := f.line(f.tree.FileEnd); n > maxFileLines {
			t.Errorf("%s has %d lines, more than %d", f.name, n, maxFileLines)
		}
		for _, decl := range f.tree.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok {
				f.checkFunc(t, fn)
			}
		}
		ast.Inspect(f.tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.InterfaceType:
				if m := n.Methods.NumFields(); m > maxMethods {
					t.Errorf("%s:%d: an interface of %d methods, more than %d", f.name, f.line(n.Pos()), m, maxMethods)
				}
			case *ast.GoStmt:
				if !slices.Contains(strings.Fields(concurrent), f.pkg) {
					t.Errorf("%s:%d: %s must not start goroutines", f.name, f.line(n.Pos()), f.pkg)
				}
			}
			return true
		})
	}
}

func (f goFile) checkFunc(t *testing.T, fn *ast.FuncDecl) {
	t.Helper()
	if n := f.line(fn.End()) - f.line(fn.Pos()) + 1; n > maxFuncLines {
		t.Errorf("%s:%d: %s has %d lines, more than %d", f.name, f.line(fn.Pos()), fn.Name.Name, n, maxFuncLines)
	}
	if fn.Recv == nil && fn.Name.Name == "init" {
		t.Errorf("%s:%d: init hides when it runs; make the value where it is used", f.name, f.line(fn.Pos()))
	}
}
