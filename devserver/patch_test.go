package devserver_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/sitetest"
)

// long is a page with something that a reader can change, before and after the
// paragraph that is edited.
func long(title, text string) string {
	return "---\ntitle: " + title + "\n---\n\n" +
		"<details id=\"d\"><summary>More</summary>\n\nHidden.\n\n</details>\n\n" +
		"<label>Name <input id=\"i\"></label> <label><input type=\"checkbox\" id=\"c\"> Yes</label>\n\n" +
		"<p id=\"s\">Text that is selected.</p>\n\n" +
		strings.Repeat("A paragraph.\n\n", 100) + text + "\n\n" + strings.Repeat("A paragraph.\n\n", 100)
}

// patchKeeps: an edit changes what was edited and nothing that the reader did.
func patchKeeps(t *testing.T, browser context.Context) {
	s, b := small(t), window(t, browser)
	s.save("content/one.md", long("One", "First text."))
	b.visit(s.url + "one/")
	b.shows("First text.")
	b.mark()
	eval[bool](b, `(() => {
		const get = (id) => document.getElementById(id);
		get("d").open = true;
		get("i").value = "typed"; get("i").focus(); get("i").setSelectionRange(1, 3);
		get("c").checked = true;
		const range = document.createRange();
		range.selectNodeContents(get("s"));
		getSelection().removeAllRanges(); getSelection().addRange(range);
		get("i").focus();
		scrollTo(0, 1500);
		document.addEventListener("etagere:patched", () => { window.patches = (window.patches || 0) + 1; });
		return true;
	})()`)
	before := eval[int](b, `Math.round(scrollY)`)
	for i := range 3 {
		text := fmt.Sprintf("Text %d.", i)
		s.save("content/one.md", long(fmt.Sprintf("Title %d", i), text))
		b.shows(text)
		b.until(fmt.Sprintf(`document.title.includes("Title %d")`, i))
		b.until(fmt.Sprintf(`document.querySelector("main h1").innerText.includes("Title %d")`, i))
	}
	if !b.kept() {
		t.Fatal("the page was reloaded")
	}
	b.until(`window.patches === 3`)
	for what, condition := range map[string]string{
		"the open details":    `document.getElementById("d").open`,
		"what was typed":      `document.getElementById("i").value === "typed"`,
		"the focus":           `document.activeElement.id === "i"`,
		"the chosen checkbox": `document.getElementById("c").checked`,
		"the selection":       `getSelection().toString() === "Text that is selected." || document.getElementById("i").selectionEnd === 3`,
	} {
		if !eval[bool](b, "!!("+condition+")") {
			t.Errorf("%s was lost", what)
		}
	}
	if after := eval[int](b, `Math.round(scrollY)`); after < before-2 || after > before+2 {
		t.Errorf("scrolled from %d to %d", before, after)
	}
	// An element of the head that the text decides.
	s.save("content/one.md", strings.Replace(long("Last", "Last text."), "title: Last", "title: Last\ndescription: Told anew.", 1))
	b.shows("Last text.")
	b.until(`document.querySelector('meta[name="description"]')?.content === "Told anew."`)
	if !b.kept() {
		t.Error("a new description reloaded the page")
	}
}

// scriptReloads: what a script has done can't be undone.
func scriptReloads(t *testing.T, browser context.Context) {
	s, b := small(t), window(t, browser)
	sitetest.Write(t, s.dir, "-- static/x.js --\nwindow.ran = 1;\n")
	page := func(text string) string { return one("<script src=\"/x.js\"></script>\n\n" + text) }
	s.save("content/one.md", page("First text."))
	b.visit(s.url + "one/")
	b.until("window.ran === 1")
	b.mark()
	s.save("content/one.md", page("Second text."))
	b.shows("Second text.")
	if !b.kept() {
		t.Error("an edit of text reloaded the page")
	}
	s.save("static/x.js", "window.ran = 2;\n")
	b.until("window.ran === 2")
	if b.kept() {
		t.Error("a new script did not reload the page")
	}
}

// picture is an image of the given width.
func picture(width int) string {
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="10"/>`, width)
}

// imageShows: an image of static/ keeps its name, and is shown anew when it changes.
func imageShows(t *testing.T, browser context.Context) {
	s, b := small(t), window(t, browser)
	sitetest.Write(t, s.dir, "-- static/a.svg --\n"+picture(11)+"\n-- static/b.svg --\n"+picture(21)+"\n")
	s.save("content/one.md", one("<img id=\"a\" src=\"/a.svg\" alt=\"\"> <img id=\"b\" src=\"/b.svg\" alt=\"\">"))
	b.visit(s.url + "one/")
	b.until(`document.getElementById("a").naturalWidth === 11 && document.getElementById("b").naturalWidth === 21`)
	b.mark()
	was := eval[string](b, `document.getElementById("b").src`)
	for _, width := range []int{12, 13} {
		s.save("static/a.svg", picture(width))
		b.until(fmt.Sprintf(`document.getElementById("a").naturalWidth === %d`, width))
	}
	if !b.kept() {
		t.Error("a new image reloaded the page")
	}
	if got := eval[string](b, `document.getElementById("b").src`); got != was {
		t.Errorf("another image was asked for anew: %s", got)
	}
}

// serverGone: a page whose server does not answer says so, and follows again
// when there is one.
func serverGone(t *testing.T, browser context.Context) {
	s, b := small(t), window(t, browser)
	proxy := newProxy(t, s.url, "")
	b.visit(proxy.URL + "/docs/one/")
	b.shows("First text of one.")
	b.mark()
	s.save("content/one.md", one("Second text of one."))
	b.shows("Second text of one.")
	proxy.down(true)
	b.until(`document.querySelector("etagere-lost")`)
	s.save("content/one.md", one("Third text of one."))
	proxy.down(false)
	b.shows("Third text of one.")
	b.until(`!document.querySelector("etagere-lost")`)
	if !b.kept() {
		t.Error("the page was reloaded")
	}
	b.forget() // of the requests that had to fail
}

// throughProxy: a proxy shows the site at a path of its own, with or without
// telling the server.
func throughProxy(t *testing.T, browser context.Context) {
	s, b := small(t), window(t, browser)
	// The proxy takes away what stands before the site's own base path.
	proxy := newProxy(t, s.url, "/behind")
	b.visit(proxy.URL + "/behind/docs/one/")
	b.shows("First text of one.")
	b.mark()
	s.save("content/one.md", one("Second text of one."))
	b.shows("Second text of one.")
	if !b.kept() {
		t.Error("the page was reloaded")
	}
	b.forget() // of style sheets, whose root-relative URLs lead past such a proxy
}

// through is a proxy that can be made not to answer.
type through struct {
	*httptest.Server
	gone chan bool
}

// newProxy passes on what lies below prefix, without it.
func newProxy(t *testing.T, to, prefix string) *through {
	t.Helper()
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	target.Path = ""
	p := &through{gone: make(chan bool, 1)}
	p.gone <- false
	reverse := httputil.NewSingleHostReverseProxy(target)
	reverse.FlushInterval = -1
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		gone := <-p.gone
		p.gone <- gone
		if gone || !strings.HasPrefix(r.URL.Path, prefix) {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		http.StripPrefix(prefix, reverse).ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		p.down(true) // open event streams too
		p.Close()
	})
	return p
}

// down makes the proxy answer nothing, or all again.
func (p *through) down(gone bool) {
	<-p.gone
	p.gone <- gone
	if gone {
		p.CloseClientConnections()
	}
}
