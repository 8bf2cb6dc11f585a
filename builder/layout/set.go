// Package layout holds a site's templates: the set of them, which one a page
// gets, and the functions that they may call.
//
// A Set is made from all files below layouts/ at once and is never changed;
// Update makes the next one and reuses what has not changed. Look-ups are pure.
// Templates run in Instances: html/template binds functions when it compiles,
// so each render borrows an Instance that has its own compiled templates and
// carries the render's state.
//
// Templates cannot run without end. Ranges and recursion are counted, output
// and nesting are limited, and the context of a render is looked at in every
// loop; see Limits.
package layout

import (
	"bytes"
	"html/template"
	"path"
	"slices"
	"strings"
	"sync"
	"text/template/parse"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/layout/funcs"
)

// Source is one file below layouts/.
type Source struct {
	// Path is its place below layouts/: "page.html", "partials/nav.html".
	Path string
	// Name is the file as the author knows it: "layouts/page.html".
	Name   string
	Data   []byte
	Digest digest.Digest
}

// Bound gives the functions that need the running render (partial, ref, asset,
// i18n and the like) for one Instance. It is called once for each Instance, and
// once with an Instance that never runs, to learn the names. The functions
// reach the render's state through in.Env.
type Bound func(in *Instance) template.FuncMap

// Mistake is an error of a template function that is the author's: what is
// wrong and how to mend it. Functions of a Bound may return it; its code,
// message and hint become those of the ExecError.
type Mistake = funcs.Mistake

// Set is all templates of a site. It is safe for concurrent use.
type Set struct {
	bound Bound
	// names are the functions that templates may call, as parse wants them.
	names map[string]any
	// files by Path, inline partials included; byKey by the name that parse
	// trees carry.
	files map[string]*file
	byKey map[string]*file
	// dirs and stems say what a look-up need not try.
	dirs, stems map[string]bool
	digests     map[string]digest.Digest

	// maxSteps is the constant but in tests.
	maxSteps int

	mu   sync.Mutex
	idle []*Instance
}

// file is one parsed template file, or a partial defined inside of one.
type file struct {
	Source
	key string
	// trees by name; the file's own text is trees[root].
	trees map[string]*parse.Tree
	root  string
	// defines is set on a file that consists of {{define}} blocks alone.
	defines bool
	// bom is the length of a byte order mark, which is not parsed.
	bom int
	// inline are the names of the partials that the file defines.
	inline []string
	// calls are the partials that the file calls by {{template}}.
	calls    []string
	problems diag.List
}

// New parses files into a Set. Files that cannot be parsed are in the list of
// problems, and in the Set too: who executes them gets the problem again.
func New(files []Source, bound Bound) (*Set, diag.List) {
	s := &Set{bound: bound, names: map[string]any{}, maxSteps: maxSteps}
	for name := range builtinNames {
		s.names[name] = true
	}
	for name := range funcs.Map() {
		s.names[name] = true
	}
	for name := range own(&Instance{}) {
		s.names[name] = true
	}
	if bound != nil {
		for name := range bound(&Instance{}) {
			s.names[name] = true
		}
	}
	return s.Update(files)
}

// Update makes the Set of files with the functions of s. Files with a digest,
// path and name that s has are not parsed again.
func (s *Set) Update(files []Source) (*Set, diag.List) {
	next := &Set{
		bound: s.bound, names: s.names, maxSteps: s.maxSteps,
		files: make(map[string]*file, len(files)), byKey: make(map[string]*file, len(files)),
		dirs: map[string]bool{}, stems: map[string]bool{}, digests: make(map[string]digest.Digest, len(files)),
	}
	var problems diag.List
	sorted := slices.Clone(files)
	slices.SortFunc(sorted, func(a, b Source) int { return strings.Compare(a.Path, b.Path) })
	for _, src := range sorted {
		f := s.files[src.Path]
		if f == nil || f.Digest != src.Digest || f.Name != src.Name || f.Source.Path != src.Path {
			f = s.parse(src)
		}
		next.add(src.Path, f)
		problems = append(problems, f.problems...)
	}
	for _, src := range sorted {
		f := next.files[src.Path]
		for _, name := range f.inline {
			if next.files[name] == nil {
				next.add(name, &file{Source: f.Source, key: f.key, trees: f.trees, root: name, calls: f.calls, bom: f.bom, problems: f.problems})
			}
		}
	}
	for p, f := range next.files {
		next.digests[p] = next.closureDigest(f)
	}
	return next, problems.Sorted()
}

func (s *Set) add(p string, f *file) {
	s.files[p] = f
	if p == f.Path {
		s.byKey[f.key] = f
	}
	dir, name := path.Split(p)
	s.dirs[dir] = true
	stem, _, _ := strings.Cut(name, ".")
	s.stems[stem] = true
}

// parse reads one file. Unknown functions are found by walking the trees, so
// that all of them are reported, with their columns.
func (s *Set) parse(src Source) *file {
	// The key stands for the file in parse trees and in text/template's error
	// strings: unlike a path, it holds no colon, percent sign or quote.
	f := &file{Source: src, key: digest.OfString(src.Path).Short()}
	f.root = f.key
	text := bytes.TrimPrefix(src.Data, []byte("\ufeff"))
	f.bom = len(src.Data) - len(text)

	if len(text) > maxFile {
		f.problems = diag.List{diag.InFile(src.Name, codeParse, "the template is larger than %d MiB", maxFile>>20)}
		return f
	}
	if _, deep := scan(text); deep >= 0 {
		f.problems = diag.List{f.at(deep, 2, codeParse, "blocks are nested more than %d deep", maxBlocks)}
		return f
	}
	tree := parse.New(f.key)
	tree.Mode = parse.SkipFuncCheck
	f.trees = map[string]*parse.Tree{}
	if _, err := tree.Parse(string(text), "", "", f.trees, s.names); err != nil {
		f.problems = diag.List{f.parseProblem(err)}
		f.trees = nil
		return f
	}
	if f.trees[f.root] == nil { // a file of nothing but definitions or space
		tree.Root = &parse.ListNode{NodeType: parse.NodeList}
		f.trees[f.root] = tree
	}
	f.defines = len(f.trees) > 1 && parse.IsEmptyTree(f.trees[f.root].Root)
	for _, name := range sortedKeys(f.trees) {
		if name != f.root && isPartial(name) {
			f.inline = append(f.inline, name)
		}
		for _, call := range templateCalls(f.trees[name].Root, nil) {
			if isPartial(call.Name) && !slices.Contains(f.calls, call.Name) {
				f.calls = append(f.calls, call.Name)
			}
		}
		f.prepare(s, f.trees[name])
	}
	return f
}

func isPartial(name string) bool {
	return strings.HasPrefix(name, "partials/") || strings.HasPrefix(name, "_partials/")
}

// builtinNames are the functions that text/template brings along.
var builtinNames = map[string]bool{
	"and": true, "call": true, "html": true, "index": true, "slice": true, "js": true, "len": true,
	"not": true, "or": true, "print": true, "printf": true, "println": true, "urlquery": true,
	"eq": true, "ge": true, "gt": true, "le": true, "lt": true, "ne": true,
}
