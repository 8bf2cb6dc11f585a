package devserver_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/etagere/etagere/builder/sitetest"
)

const shelf = `
-- config.toml --
title = "Shelf"
base_url = "https://example.org/docs/"
-- content/_index.md --
---
title: Shelf
---

The home page.
-- content/one.md --
---
title: One
---

First text of one.
-- content/two.md --
---
title: Two
---

First text of two.
-- assets/css/main.css --
h1 { color: rgb(1, 2, 3) }
`

// one is the page /one/ with another text.
func one(text string) string { return "---\ntitle: One\n---\n\n" + text + "\n" }

// small serves the small site.
func small(t *testing.T) *served {
	t.Helper()
	return serve(t, sitetest.Dir(t, shelf), "/docs/", 0)
}

// TestChromium says what an author sees: pages of a server that watches real
// files, in a real browser that nobody touches.
func TestChromium(t *testing.T) {
	browser := launch(t)
	for _, tt := range []struct {
		name string
		test func(t *testing.T, browser context.Context)
	}{
		{"a page shows its content", showsContent},
		{"an edit shows in its page alone", editShows},
		{"a style sheet is swapped", styleSwaps},
		{"style sheets saved in quick succession", styleSwapsTwice},
		{"a page is patched in place", patchKeeps},
		{"a script reloads the page", scriptReloads},
		{"an image with a fixed name is shown anew", imageShows},
		{"a server that is gone", serverGone},
		{"through a proxy, below a path of its own", throughProxy},
		{"a mistake lies over the page", mistakeShows},
		{"eight tabs follow", eightTabs},
		{"back to a page that was edited meanwhile", backShows},
		{"an edit that was undone unseen is made again", editAgain},
		{"our own pages", ownPages},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.test(t, browser) })
	}
}

func showsContent(t *testing.T, browser context.Context) {
	s, b := small(t), window(t, browser)
	b.visit(s.url)
	b.shows("The home page.")
	b.visit(s.url + "one/")
	b.shows("First text of one.")
	if got := eval[string](b, `getComputedStyle(document.querySelector("h1")).color`); got != "rgb(1, 2, 3)" {
		t.Errorf("got colour %s", got)
	}
	b.calm()
	// And the tests would see it if it went wrong.
	b.visit(s.url + "nowhere/")
	b.mu.Lock()
	defer b.mu.Unlock()
	if !strings.Contains(strings.Join(b.troubles, "\n"), "nowhere/: status 404") {
		t.Errorf("a page that is not there caused %q", b.troubles)
	}
	b.troubles = nil
}

func editShows(t *testing.T, browser context.Context) {
	s, first := small(t), window(t, browser)
	second := first.another()
	first.visit(s.url + "one/")
	second.visit(s.url + "two/")
	first.shows("First text of one.")
	second.shows("First text of two.")
	for _, b := range []*tab{first, second} {
		b.mark()
	}
	for i := range 3 {
		text := fmt.Sprintf("Text %d of one.", i)
		s.save("content/one.md", one(text))
		first.shows(text)
		if !first.kept() {
			t.Error("an edit of text reloaded the page")
			first.mark()
		}
	}
	// The other tab has heard of all three builds, which did not concern it.
	second.until(`new Set(window.heard.map((s) => s.build)).size >= 3`)
	if !second.kept() {
		t.Error("an edit reloaded the page of another file")
	}
}

const colour = `getComputedStyle(document.querySelector("h1")).color === "rgb(%d, %d, %d)"`

func styleSwaps(t *testing.T, browser context.Context) {
	s, b := small(t), window(t, browser)
	b.visit(s.url + "one/")
	b.until(fmt.Sprintf(colour, 1, 2, 3))
	b.mark()
	for i := 10; i < 13; i++ {
		s.save("assets/css/main.css", fmt.Sprintf("h1 { color: rgb(%d, 0, 0) }", i))
		b.until(fmt.Sprintf(colour, i, 0, 0))
	}
	if !b.kept() {
		t.Error("a new style sheet reloaded the page")
	}
	b.until(`document.querySelectorAll('link[rel="stylesheet"]').length === 1`)
	// Text and style at once: one patch that has both.
	s.save("content/one.md", one("Second text of one."))
	b.shows("Second text of one.")
	b.until(fmt.Sprintf(colour, 12, 0, 0))
}

// styleSwapsTwice saves again while the first swap is under way.
func styleSwapsTwice(t *testing.T, browser context.Context) {
	s := serve(t, sitetest.Dir(t, shelf), "/docs/", 400*time.Millisecond)
	b := window(t, browser)
	b.visit(s.url + "one/")
	b.until(fmt.Sprintf(colour, 1, 2, 3))
	b.mark()
	eval[bool](b, `!new MutationObserver(() => { window.swaps = true; }).observe(document.head, { attributes: true, subtree: true })`)
	s.save("assets/css/main.css", "h1 { color: rgb(4, 5, 6) }")
	b.until("window.swaps") // the sheet is on its way
	s.save("assets/css/main.css", "h1 { color: rgb(7, 8, 9) }")
	b.until(fmt.Sprintf(colour, 7, 8, 9))
	if !b.kept() {
		t.Error("a new style sheet reloaded the page")
	}
}

// problems is true while there is an overlay.
const problems = `!!document.querySelector("etagere-problems")`

// place is where the overlay says that the first mistake is.
const place = `document.querySelector("etagere-problems")?.shadowRoot.querySelector(".place").textContent`

func mistakeShows(t *testing.T, browser context.Context) {
	s, b := small(t), window(t, browser)
	good := func(text string) string {
		return "---\ntitle: One\nslug: first\n---\n\n" + text + "\n"
	}
	sitetest.Write(t, s.dir, "-- layouts/page.html --\n{{ define \"main\" }}{{ .Content }}{{ end }}\n")
	s.save("content/one.md", good("First text of one."))
	b.visit(s.url + "two/")
	b.until(`document.querySelector('nav a[href="/docs/first/"]')`)
	b.visit(s.url + "first/")
	b.shows("First text of one.")
	other := b.another()
	other.visit(s.url + "two/")
	other.shows("First text of two.")
	other.mark()

	for _, tt := range []struct{ name, file, text, place, marked string }{
		{"syntax of the front matter", "content/one.md", "---\ntitle: [One\nslug: first\n---\n\nSecond text of one.\n", "content/one.md:2:1", "title: [One"},
		{"front matter that does not end", "content/one.md", "---\ntitle: One\nslug: first\n\nSecond text of one.\n", "content/one.md:1:1", "---"},
		{"a layout", "layouts/page.html", "{{ define \"main\" }}\n<p>{{ .Nothing }}</p>{{ end }}\n", "layouts/page.html:2:8", "Nothing"},
		{"the configuration", "config.toml", "title = \"Shelf\"\nbase_url = https\n", "config.toml:2:12", "h"},
	} {
		before := s.read(tt.file)
		s.save(tt.file, tt.text)
		b.until(problems)
		if got := eval[string](b, place); got != tt.place {
			t.Errorf("%s: got place %q want %q", tt.name, got, tt.place)
		}
		if got := eval[string](b, `document.querySelector("etagere-problems").shadowRoot.querySelector("mark").textContent`); got != tt.marked {
			t.Errorf("%s: got mark %q want %q", tt.name, got, tt.marked)
		}
		b.shows("First text of one.")
		other.until(problems)

		// So it is for one who comes now.
		b.visit(s.url + "first/")
		b.until(problems)
		b.shows("First text of one.")

		s.save(tt.file, before)
		b.until("!" + problems)
		b.shows("First text of one.")
		other.until("!" + problems)
		// A title that cannot be read is missing in the navigation of all pages.
		if !other.kept() && !strings.HasPrefix(tt.file, "content/") {
			t.Errorf("%s: the mistake reloaded a page that stays as it was", tt.name)
		}
		other.mark()
	}

	// A mistake that is mended and more: the page is the new one, without overlay.
	s.save("content/one.md", "---\ntitle: [One\n---\n\nSecond text of one.\n")
	b.until(problems)
	s.save("content/one.md", good("Third text of one."))
	b.shows("Third text of one.")
	b.until("!" + problems)
	other.until("!" + problems)
}

// eightTabs has more tabs than the browser has connections to one server.
func eightTabs(t *testing.T, browser context.Context) {
	dir := sitetest.Dir(t, shelf)
	for i := range 8 {
		sitetest.Write(t, dir, fmt.Sprintf("-- content/p%d.md --\n---\ntitle: P%d\n---\n\nText of page %d.\n", i, i, i))
	}
	s := serve(t, dir, "/docs/", 0)
	tabs := []*tab{window(t, browser)}
	for len(tabs) < 8 {
		tabs = append(tabs, tabs[0].another())
	}
	for i, b := range tabs {
		b.visit(fmt.Sprintf("%sp%d/", s.url, i))
	}
	for i, b := range tabs {
		b.shows(fmt.Sprintf("Text of page %d.", i))
	}
	const title = `document.title.includes(%q)`
	follow := func(name string) {
		t.Helper()
		s.save("config.toml", fmt.Sprintf("title = %q\nbase_url = \"https://example.org/docs/\"\n", name))
		for _, b := range tabs {
			b.until(fmt.Sprintf(title, name))
		}
	}
	follow("Second shelf")
	// Whichever tab holds the stream, the others go on without it.
	for range 2 {
		last := tabs[len(tabs)-1]
		tabs = tabs[:len(tabs)-1]
		last.calm()
		last.close()
		follow(fmt.Sprintf("Shelf for %d", len(tabs)))
	}
	tabs[0].visit("about:blank")
	tabs = tabs[1:]
	follow("Last shelf")
}

func backShows(t *testing.T, browser context.Context) {
	s, b := small(t), window(t, browser)
	b.visit(s.url + "one/")
	b.shows("First text of one.")
	b.visit(s.url + "two/")
	b.shows("First text of two.")
	s.save("content/one.md", one("Second text of one."))
	ctx, cancel := context.WithTimeout(b.ctx, hang)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.NavigateBack()); err != nil {
		t.Fatal(err)
	}
	b.shows("Second text of one.")
}

// editAgain undoes an edit while its page is not open, and makes it again.
func editAgain(t *testing.T, browser context.Context) {
	s, b := small(t), window(t, browser)
	b.visit(s.url + "one/")
	b.shows("First text of one.")
	s.save("content/one.md", one("Second text of one."))
	b.shows("Second text of one.")
	b.visit("about:blank")
	s.save("content/one.md", one("First text of one."))
	other := b.another()
	other.visit(s.url + "one/")
	other.shows("First text of one.")
	b.visit(s.url + "one/")
	b.shows("First text of one.")
	s.save("content/one.md", one("Second text of one."))
	other.shows("Second text of one.")
	b.shows("Second text of one.")
}

// ownPages are those of this repository.
func ownPages(t *testing.T, browser context.Context) {
	s, b := serve(t, "..", "/", 0), window(t, browser)
	for path, lang := range map[string]string{"": "en", "zh/": "zh-Hans"} {
		b.visit(s.url + path)
		b.until(`document.querySelector("main h1")?.innerText.length > 0`)
		if got := eval[string](b, "document.documentElement.lang"); got != lang {
			t.Errorf("/%s is in %q", path, got)
		}
		if n := eval[int](b, `document.querySelectorAll("etagere-problems").length`); n > 0 {
			t.Errorf("/%s has problems: %s", path, eval[string](b, place))
		}
		b.calm()
	}
}
