package layout

import (
	"slices"
	"strings"
	"testing"
)

// The order is a contract: the documentation prints it.
func TestOrder(t *testing.T) {
	tests := []struct {
		name string
		q    Query
		want string
	}{
		{"a page", Query{Kind: "page", Type: "posts", Sections: []string{"guide", "deep"}, Lang: "zh"}, `
posts/page.zh.html posts/page.html posts/single.zh.html posts/single.html posts/all.zh.html posts/all.html
guide/deep/page.zh.html guide/deep/page.html guide/deep/single.zh.html guide/deep/single.html guide/deep/all.zh.html guide/deep/all.html
guide/page.zh.html guide/page.html guide/single.zh.html guide/single.html guide/all.zh.html guide/all.html
page.zh.html page.html single.zh.html single.html all.zh.html all.html
_default/page.zh.html _default/page.html _default/single.zh.html _default/single.html _default/all.zh.html _default/all.html`},
		{"a layout goes first everywhere", Query{Kind: "home", Type: "page", Layout: "wide"}, `
page/wide.html wide.html _default/wide.html
page/index.html page/home.html page/list.html page/all.html index.html home.html list.html all.html
_default/index.html _default/home.html _default/list.html _default/all.html`},
		{"a directory counts once", Query{Kind: "section", Type: "guide", Sections: []string{"guide"}}, `
guide/section.html guide/list.html guide/all.html section.html list.html all.html
_default/section.html _default/list.html _default/all.html`},
		{"a feed", Query{Kind: "home", Format: "rss", Lang: "en"}, `
index.en.rss.xml index.rss.xml home.en.rss.xml home.rss.xml list.en.rss.xml list.rss.xml all.en.rss.xml all.rss.xml
_default/index.en.rss.xml _default/index.rss.xml _default/home.en.rss.xml _default/home.rss.xml
_default/list.en.rss.xml _default/list.rss.xml _default/all.en.rss.xml _default/all.rss.xml`},
		{"JSON", Query{Kind: "404", Format: "json"}, `
404.json.json 404.json all.json.json all.json _default/404.json.json _default/404.json _default/all.json.json _default/all.json`},
		{"a format with a foreign extension", Query{Kind: "404", Format: "calendar", Ext: "ics"}, `
404.calendar.ics all.calendar.ics _default/404.calendar.ics _default/all.calendar.ics`},
		{"Markdown", Query{Kind: "404", Format: "markdown"}, `
404.markdown.md 404.md all.markdown.md all.md _default/404.markdown.md _default/404.md _default/all.markdown.md _default/all.md`},
		{"terms", Query{Kind: "term"}, `
term.html taxonomy.html list.html all.html _default/term.html _default/taxonomy.html _default/list.html _default/all.html`},
		{"taxonomies", Query{Kind: "taxonomy"}, `
taxonomy.html terms.html list.html all.html _default/taxonomy.html _default/terms.html _default/list.html _default/all.html`},
		{"names that lead elsewhere are no directories", Query{Kind: "404", Type: "../../etc", Layout: "../x"}, `
404.html all.html _default/404.html _default/all.html`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Order(tt.q); !slices.Equal(got, strings.Fields(tt.want)) {
				t.Errorf("got\n%s", strings.Join(got, "\n"))
			}
		})
	}
}

// names makes a set of empty files, those named *+ consisting of definitions.
func names(t *testing.T, paths string) *Set {
	t.Helper()
	var b strings.Builder
	for _, p := range strings.Fields(paths) {
		if name, ok := strings.CutSuffix(p, "+"); ok {
			b.WriteString("-- " + name + " --\n{{/* fills a base */}}\n{{ define \"main\" }}x{{ end }}\n")
			continue
		}
		b.WriteString("-- " + p + " --\ntext\n")
	}
	return newSet(t, b.String())
}

func TestPage(t *testing.T) {
	guide := Query{Kind: "page", Type: "guide", Sections: []string{"guide"}, Lang: "en"}
	tests := []struct {
		name, files string
		q           Query
		want, base  string
	}{
		{"nothing", "partials/page.html", guide, "", ""},
		{"the root before _default", "_default/single.html page.html", guide, "page.html", ""},
		{"the directory before the name", "page.html guide/all.html", guide, "guide/all.html", ""},
		{"the language before none", "page.html page.en.html page.zh.html", guide, "page.en.html", ""},
		{"text needs no base", "page.html baseof.html", guide, "page.html", ""},
		{"definitions do", "page.html+ baseof.html", guide, "page.html", "baseof.html"},
		{"the nearest base", "page.html+ baseof.html guide/baseof.html", guide, "page.html", "guide/baseof.html"},
		{"the base of the name", "page.html+ baseof.html page-baseof.html", guide, "page.html", "page-baseof.html"},
		{"the base of the language", "page.html+ baseof.html baseof.en.html", guide, "page.html", "baseof.en.html"},
		{"no base is there", "page.html+", guide, "page.html", ""},
		{"Hugo's place of the base", "_default/single.html+ _default/baseof.html", guide, "_default/single.html", "_default/baseof.html"},
		{"no HTML for a feed", "list.html index.json", Query{Kind: "home", Format: "rss"}, "", ""},
		{"a feed", "list.html list.rss.xml", Query{Kind: "home", Format: "rss"}, "list.rss.xml", ""},
		{"a layout in a folder", "page.html _default/wide/two.html", Query{Kind: "page", Layout: "wide/two"}, "_default/wide/two.html", ""},
		{"a layout that is not there", "page.html", Query{Kind: "page", Layout: "wide"}, "page.html", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := names(t, tt.files)
			c, ok := s.Page(tt.q)
			if ok != (tt.want != "") || c.Path != tt.want || c.Base != tt.base || ok == c.Digest.IsZero() {
				t.Errorf("got %q on %q, want %q on %q", c.Path, c.Base, tt.want, tt.base)
			}
			if again, _ := s.Page(tt.q); again != c {
				t.Error("it differs from call to call")
			}
		})
	}
}

func TestOtherLookups(t *testing.T) {
	s := names(t, `partials/nav.html partials/menu/main.html _partials/new.html partials/data.json
		shortcodes/note.html shortcodes/note.zh.html shortcodes/note.md _shortcodes/ui/tab.html
		_markup/render-link.html guide/_markup/render-link.html _default/_markup/render-image.html _markup/render-link.rss.xml`)
	guide := Query{Kind: "page", Type: "guide", Lang: "en"}
	feed := guide
	feed.Format = "rss"
	look := func(c Choice, ok bool) string {
		if !ok {
			return ""
		}
		return c.Path
	}
	tests := []struct{ name, got, want string }{
		{"partial", look(s.Partial("nav.html")), "partials/nav.html"},
		{"partial, short", look(s.Partial("nav")), "partials/nav.html"},
		{"partial, folder", look(s.Partial("/menu/main")), "partials/menu/main.html"},
		{"partial, with its folder", look(s.Partial("partials/nav.html")), "partials/nav.html"},
		{"partial, new place", look(s.Partial("new")), "_partials/new.html"},
		{"partial, other extension", look(s.Partial("data.json")), "partials/data.json"},
		{"partial, outside", look(s.Partial("../shortcodes/note.html")), ""},
		{"partial, none", look(s.Partial("")), ""},
		{"shortcode", look(s.Shortcode("note", "en", "html")), "shortcodes/note.html"},
		{"shortcode, language", look(s.Shortcode("note", "zh", "html")), "shortcodes/note.zh.html"},
		{"shortcode, format", look(s.Shortcode("note", "en", "markdown")), "shortcodes/note.md"},
		{"shortcode, HTML for another format", look(s.Shortcode("note", "zh", "rss")), "shortcodes/note.zh.html"},
		{"shortcode, folder", look(s.Shortcode("ui/tab", "en", "")), "_shortcodes/ui/tab.html"},
		{"shortcode, none", look(s.Shortcode("nix", "en", "")), ""},
		{"shortcode, outside", look(s.Shortcode("../partials/nav", "en", "")), ""},
		{"hook of the type", look(s.Hook("render-link", guide)), "guide/_markup/render-link.html"},
		{"hook of the root", look(s.Hook("render-link", Query{Type: "blog"})), "_markup/render-link.html"},
		{"hook of _default", look(s.Hook("render-image", guide)), "_default/_markup/render-image.html"},
		{"hook of a format", look(s.Hook("render-link", Query{Format: "rss"})), "_markup/render-link.rss.xml"},
		{"hook, HTML for a feed", look(s.Hook("render-image", feed)), "_default/_markup/render-image.html"},
		{"hook, none", look(s.Hook("render-heading", guide)), ""},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, tt.got, tt.want)
		}
	}
	if got := strings.Join(s.Named("shortcodes"), " "); got != "note ui/tab" {
		t.Errorf("shortcodes: got %s", got)
	}
}
