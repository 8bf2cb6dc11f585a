package main

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/etagere/etagere/builder"
	"github.com/etagere/etagere/builder/diag"
)

// proof is what the site made of a pack must be like.
type proof struct {
	// roots are the folders with pages, and where their pages lie in the site.
	roots map[string]string
	// problems are the faults of the pack itself, by code.
	problems map[string]int
	// external are the paths of the site's host that lie outside of the site.
	external []string
	// marks finds what the dialect would leave behind if it were not understood.
	marks string
	// strays are the pages where authors wrote just that, as text or by mistake,
	// with the number of texts.
	strays map[string]int
	// h1 are the pages whose authors gave them further headings of level 1, twice
	// those with an id that is there twice, by number.
	h1, twice map[string]int
	// math is the number of pages with formulas: a dollar is mostly money, or
	// the start of a variable.
	math int
}

// anyDialect are signs of no particular dialect: attributes, alerts, includes,
// template code, and links that were not understood.
const anyDialect = `\{\s*[#:.][A-Za-z]|\[![A-Za-z]+\]|<<< |\[\[?toc\]|\{\{|\{%|\]\(`

var proofs = map[string]proof{
	"prometheus": {
		roots: map[string]string{"docs": "docs"},
		problems: map[string]int{
			// Eight links to fragments that no way of making ids gives, and one to
			// #developer-summit-details, which the open fence swallows.
			"anchor-broken": 9,
			// docs/guides/contributing.md opens a fence at line 226 for good.
			"fence-unclosed": 1,
			// Links below /docs/ to pages that were renamed or moved: 5 to
			// operating/configuration, 3 to specs/remote_write_spec, 1 each to
			// querying/basics and alerting/configuration, and the relative "github".
			"link-broken": 11,
		},
		external: []string{"/docs/prometheus", "/docs/alerting/latest", "/blog", "/community", "/download", "/governance"},
		marks:    anyDialect + `|:::|!!! `,
		// Prose with {{normalization}} and {{PrometheusPorts}}.
		strays: map[string]int{"docs/specs/om/open_metrics_spec/index.html": 2, "docs/specs/om/open_metrics_spec_2_0/index.html": 2},
		h1:     map[string]int{"docs/guides/multi-target-exporter/index.html": 2, "docs/specs/om/open_metrics_spec/index.html": 2},
	},
	"fastapi": {
		roots: map[string]string{
			"docs/en/docs": "", "docs/de/docs": "de", "docs/es/docs": "es", "docs/fr/docs": "fr", "docs/hi/docs": "hi",
			"docs/ja/docs": "ja", "docs/ko/docs": "ko", "docs/pt/docs": "pt", "docs/ru/docs": "ru", "docs/tr/docs": "tr",
			"docs/uk/docs": "uk", "docs/zh/docs": "zh", "docs/zh-hant/docs": "zh-hant",
		},
		problems: map[string]int{
			// The release notes link to 21 headings that have changed since, and the
			// translation banners of 13 languages to #translations.
			"anchor-broken": 34,
			// The theme speaks English and Chinese; ten of the languages are others.
			"i18n-missing": 10,
			// By their full URL: 18 images on the home page, the features and two
			// tutorials in each language that are not in the pack (221). In loops over
			// data that is not in the pack: 3 in each of 13 home pages, 9 on one page.
			"image-broken": 269,
			// One page in each language includes a file of the program itself.
			"include-missing": 13,
			// In each language: 3 made-up links in _llm-test.md, ENGLISH_VERSION_URL
			// in translation-banner.md, 3 sponsors in loops (91). In English: 11 in
			// loops on two pages, 16 in the release notes to pages that are gone.
			"link-broken": 118,
		},
		marks: anyDialect + `|///|\{\*|\*\}|\{!|!!! |\?\?\? |--8<--|=== "|hl_lines|^\s*::: `,
		// Jinja over data that is not in the pack, and on the page about templates
		// Jinja's own marks around what it must leave alone.
		strays: inLanguages("de es fr hi ja ko pt ru tr uk zh zh-hant", map[string]int{
			"index.html": 6, "advanced/templates/index.html": 4,
		}, map[string]int{"external-links/index.html": 4, "fastapi-people/index.html": 42}),
	},
	"cpp-docs": {
		roots: map[string]string{"docs": ""},
		problems: map[string]int{
			// <name> as a placeholder in two lists of options.
			"html-unknown-element": 2,
			// 461 pictures of :::image that are not in the pack, one more with a blank
			// behind "source=", and 7 of Markdown's that are missing upstream.
			"image-broken": 469,
			// codesnippet/cpp/ for codesnippet/CPP/.
			"include-case": 2606,
			// ..\clang-support-msbuild.md and the like.
			"link-backslash": 11,
			// Pages of C++ AMP, which were taken away.
			"link-broken": 12,
			// C26410.md for c26410.md.
			"link-case": 141,
		},
		external: []string{"/"},
		marks:    anyDialect + `|:::|xref:|#tab/|\[!INCLUDE|\[!code`,
		strays: map[string]int{
			// An unescaped "|" in a table ends the cell before the link does.
			"atl-mfc-shared/reference/crect-class/index.html":                    2,
			"build/reference/compiler-options-listed-alphabetically/index.html":  1,
			"build/reference/compiler-options-listed-by-category/index.html":     1,
			"cpp/cpp-built-in-operators-precedence-and-associativity/index.html": 2,
			"standard-library/atomic-structure/index.html":                       1,
			"standard-library/bitset-class/index.html":                           1,
			"standard-library/bitset/index.html":                                 1,
			"standard-library/valarray-class/index.html":                         1,
			"standard-library/valarray/index.html":                               1,
			// A backtick before a link opens a span that ends within it.
			"mfc/reference/cdcrendertarget-class/index.html": 1,
			// A second ::: at the end of the text behind a picture.
			"build/walkthrough-build-debug-wsl2/index.html": 1,
			// xref: without the pointed brackets.
			"dotnet/reflection-cpp-cli/index.html": 1,
			// The comments //{{ and //}} of ClassWizard.
			"mfc/tn006-message-maps/index.html": 2, "mfc/tn026-ddx-and-ddv-routines/index.html": 3,
		},
	},
	"apisix": {
		roots: map[string]string{"zh/latest": ""},
		problems: map[string]int{
			// Capitals, full-width signs, and headings that were translated.
			"anchor-broken":  25,
			"container-type": 1,  // "::: 注意" has no type
			"image-broken":   32, // not in the pack
			// 26 to the English pages and 4 to the repository's root, which are not in
			// the pack, and a plugin that has no page.
			"link-broken": 31,
		},
		external: []string{"/docs/dashboard", "/docs/general"},
		marks:    anyDialect + `|:::|</?Tab|import Tab|:[a-z]+_[a-z]+:`,
		strays: map[string]int{
			// A link in a description, which is plain text, and one with a blank in it.
			"plugins/index.html": 1, "plugins/prometheus/index.html": 1,
		},
		// {#consumer-request-methods} stands there twice.
		twice: map[string]int{"admin-api/index.html": 1},
	},
	"vitepress": {
		roots: map[string]string{"zh": ""},
		problems: map[string]int{
			"anchor-broken":   1,  // #i18n of a page whose heading has an id of its own
			"include-missing": 10, // the folder snippets is not in the pack
			"link-broken":     1,  // /pure.html
		},
		math:  1,
		marks: anyDialect + `|:::|\[!code|:line-numbers`,
		// {{ }} in v-pre, shown as it stands.
		strays: map[string]int{"guide/using-vue/index.html": 2},
	},
}

// inLanguages is each with a copy below the folder of each language, and once.
func inLanguages(languages string, each, once map[string]int) map[string]int {
	all := maps.Clone(each)
	maps.Copy(all, once)
	for lang := range strings.FieldsSeq(languages) {
		for name, n := range each {
			all[lang+"/"+name] = n
		}
	}
	return all
}

// TestCorpora builds the documentation packs and looks at every page of what
// becomes of them. ETAGERE_CORPORA names the folder with the unpacked packs.
func TestCorpora(t *testing.T) {
	dir := os.Getenv("ETAGERE_CORPORA")
	if dir == "" {
		t.Skip("ETAGERE_CORPORA names no folder with the unpacked packs")
	}
	for _, c := range corpora {
		t.Run(c.name, func(t *testing.T) {
			text, err := c.config()
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(text), "\n"); n > 20 {
				t.Errorf("the configuration has %d lines, more than 20", n)
			}
			o, err := c.options(dir)
			if err != nil {
				t.Fatal(err)
			}
			// What étagère remembers of a site that has no folder lies in the working one.
			work := t.TempDir()
			t.Chdir(work)
			out := filepath.Join(work, "out")
			res, err := builder.Build(context.Background(), builder.BuildOptions{Options: o, Destination: out})
			if err != nil {
				t.Fatal(err)
			}
			if !res.Written {
				t.Fatalf("nothing was written: %v", res.Problems)
			}
			p := proofs[c.name]
			p.checkProblems(t, res.Problems)
			a, err := auditSite(out, res.Manifest.BaseURL)
			if err != nil {
				t.Fatal(err)
			}
			p.checkPages(t, a, filepath.Join(dir, filepath.FromSlash(c.dir)))
			p.checkTexts(t, a)
			p.checkLinks(t, a, res.Problems)
		})
	}
}

// checkProblems compares the problems with the faults that are known.
func (p proof) checkProblems(t *testing.T, list diag.List) {
	got := countCodes(list)
	if !maps.Equal(got, p.problems) {
		t.Errorf("problems: %s\nwant %s", codeList(got), codeList(p.problems))
	}
	if errs, _ := list.Count(); errs > 0 {
		t.Errorf("%d of the problems are errors", errs)
	}
}

// checkPages looks for the page of each Markdown file.
func (p proof) checkPages(t *testing.T, a *audit, root string) {
	files := 0
	for dir, prefix := range p.roots {
		err := fs.WalkDir(os.DirFS(filepath.Join(root, filepath.FromSlash(dir))), ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || path.Ext(name) != ".md" {
				return err
			}
			files++
			want := placeOf(path.Join(prefix, name))
			if page := a.pages[want]; page == nil {
				t.Errorf("%s/%s has no page %s", dir, name, want)
			} else if page.words == 0 {
				t.Errorf("%s is empty", want)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d Markdown files, %d pages, %d files", files, len(a.pages), len(a.files))
}

// placeOf is where the page of a file lies in the site.
func placeOf(name string) string {
	stem := strings.TrimSuffix(name, ".md")
	if base := path.Base(stem); base == "index" || base == "README" {
		stem = path.Dir(stem)
	}
	return path.Join(stem, "index.html")
}

// checkTexts looks at what pages say: titles, ids, and signs of Markdown.
func (p proof) checkTexts(t *testing.T, a *audit) {
	marks := regexp.MustCompile(p.marks)
	math := 0
	for _, name := range a.sorted() {
		page := a.pages[name]
		if page.math {
			math++
		}
		if page.titles != 1 {
			t.Errorf("%s has %d titles", name, page.titles)
		}
		if want := max(1, p.h1[name]); page.headings != want {
			t.Errorf("%s has %d headings of level 1, want %d", name, page.headings, want)
		}
		if len(page.twice) != p.twice[name] {
			t.Errorf("%s has ids twice: %q, want %d", name, page.twice, p.twice[name])
		}
		if strays := page.strays(marks); len(strays) != p.strays[name] {
			t.Errorf("%s: %d strays, want %d: %q", name, len(strays), p.strays[name], strays)
		}
	}
	if math != p.math {
		t.Errorf("%d pages with formulas, want %d", math, p.math)
	}
}

// reReported finds the culprit in the message of a link, image or fragment.
var reReported = regexp.MustCompile(`^(?:link|image|file) (".*") leads nowhere|has the id (".*")`)

// checkLinks follows all links and finds those that lead nowhere and that
// nobody was told of.
func (p proof) checkLinks(t *testing.T, a *audit, problems diag.List) {
	reported := make(map[string]bool)
	for _, problem := range problems {
		if m := reReported.FindStringSubmatch(problem.Message); m != nil {
			reported[m[1]+m[2]] = true
		}
	}
	list := a.broken(p.external)
	for _, b := range list {
		culprit := fmt.Sprintf("%q", b.ref)
		if b.fragment {
			culprit = fmt.Sprintf("%q", b.ref[strings.Index(b.ref, "#")+1:])
		}
		if !reported[culprit] && !reported[fmt.Sprintf("%q", unescaped(b.ref))] && !reported[fmt.Sprintf("%q", unescaped(b.ref[strings.Index(b.ref, "#")+1:]))] {
			t.Errorf("%s: %q leads nowhere, and is no problem", b.page, b.ref)
		}
	}
	refs := 0
	for _, page := range a.pages {
		refs += len(page.refs)
	}
	t.Logf("%d references, %d broken", refs, len(list))
}
