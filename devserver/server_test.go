package devserver

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/devserver/livereload"
)

func readAll(t *testing.T, res *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return string(b)
}

func (r *running) get(path string) (int, string) {
	r.t.Helper()
	res, err := http.Get(r.url + path)
	if err != nil {
		r.t.Fatal(err)
	}
	return res.StatusCode, readAll(r.t, res)
}

// states opens the stream as a page at paths does.
func (r *running) states(paths ...string) <-chan livereload.State {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, "GET", r.url+livereload.EventsURL+"?page="+strings.Join(paths, "&page="), nil)
	if err != nil {
		r.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	out := make(chan livereload.State, 100)
	go func() {
		defer close(out)
		defer func() { _ = res.Body.Close() }()
		for in := bufio.NewScanner(res.Body); in.Scan(); {
			if data, ok := strings.CutPrefix(in.Text(), "data: "); ok {
				var s livereload.State
				if json.Unmarshal([]byte(data), &s) == nil {
					out <- s
				}
			}
		}
	}()
	return out
}

// until is the first state that ok accepts.
func until(t *testing.T, in <-chan livereload.State, ok func(livereload.State) bool) livereload.State {
	t.Helper()
	limit := time.After(20 * time.Second)
	for {
		select {
		case s, open := <-in:
			if !open {
				t.Fatal("the stream ended")
			}
			if ok(s) {
				return s
			}
		case <-limit:
			t.Fatal("no such state in time")
		}
	}
}

func build(id string) func(livereload.State) bool {
	return func(s livereload.State) bool { return s.Build == id }
}

func TestOpenPageIsRenderedBeforeItIsTold(t *testing.T) {
	r := run(t, small(), nil)
	r.next(Complete)
	in := r.states("/guide/")
	before := until(t, in, build("1"))
	if _, body := r.get("/guide/"); !strings.Contains(body, `data-doc="`+before.Pages["/guide/"].Doc+`"`) {
		t.Errorf("the page and the state disagree: %s, %v", body, before)
	}

	g := small()
	g.id, g.slow = "2", make(chan struct{})
	g.files["/"] = "changed"
	r.edit(g, nil)
	same := until(t, in, build("2"))
	if !reflect.DeepEqual(same.Pages["/guide/"], before.Pages["/guide/"]) {
		t.Error("a page changed with the edit of another")
	}
	if e := r.next(Built); e.First || e.Stats.Pages != len(g.files) {
		t.Errorf("got event %+v", e)
	}
	g.mu.Lock()
	if !slices.Equal(g.rendered, []string{"/guide/"}) {
		t.Errorf("rendered %v before the page was told", g.rendered)
	}
	g.mu.Unlock()

	// The background work is still going on; the next change stops it.
	next := small()
	next.id = "3"
	next.files["/guide/"] = "new text"
	r.edit(next, nil)
	after := until(t, in, build("3"))
	if after.Pages["/guide/"].Doc == before.Pages["/guide/"].Doc {
		t.Error("the page did not change with its text")
	}
	r.next(Complete)
}

// A folder that only renders have read is watched as well.
func TestReadFoldersAreWatched(t *testing.T) {
	g := small()
	g.reads = t.TempDir()
	r := run(t, g, nil)
	r.next(Complete)
	next := small()
	next.id, next.reads = "2", g.reads
	r.b.set(next, nil) // and nobody says so
	if err := os.WriteFile(filepath.Join(g.reads, "x.js"), []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	r.next(Built)
}

func TestFailedBuildLeavesTheSite(t *testing.T) {
	r := run(t, small(), nil)
	r.next(Complete)
	in := r.states("/guide/")
	before := until(t, in, build("1"))
	bad := &fake{id: "2", failed: true, problems: diag.List{diag.At("config.toml", []byte("titel = 1"), 0, 5, "config-key", "unknown key %q", "titel")}}
	r.edit(bad, nil)
	after := until(t, in, build("2"))
	if !reflect.DeepEqual(after.Pages["/guide/"], before.Pages["/guide/"]) || after.Errors != 1 || after.Problems == before.Problems {
		t.Errorf("got %+v", after)
	}
	if status, body := r.get("/guide/"); status != 200 || !strings.Contains(body, "guide") {
		t.Errorf("got %d %s", status, body)
	}
	if _, body := r.get(livereload.ProblemsURL); !strings.Contains(body, `unknown key \"titel\"`) {
		t.Errorf("got %s", body)
	}
	mended := small()
	mended.id = "3"
	delete(mended.files, "/broken/")
	r.edit(mended, nil)
	if s := until(t, in, build("3")); s.Errors != 0 || s.Problems != "" {
		t.Errorf("got %+v", s)
	}
}

func TestBrokenPageShowsItsLastGoodState(t *testing.T) {
	r := run(t, small(), nil)
	r.next(Complete)
	in := r.states("/guide/")
	before := until(t, in, build("1"))
	g := small()
	g.id, g.files["/guide/"] = "2", "!figur"
	r.edit(g, nil)
	after := until(t, in, build("2"))
	if !reflect.DeepEqual(after.Pages["/guide/"], before.Pages["/guide/"]) || after.Errors == 0 {
		t.Errorf("got %+v, before %+v", after, before)
	}
	if status, body := r.get("/guide/"); status != 200 || !strings.Contains(body, "guide") {
		t.Errorf("got %d %s", status, body)
	}
}

// TestUnreadFrontMatterKeepsThePage: what a file says of its page is unknown,
// be it where the page belongs, so that the page stays where and as it was.
func TestUnreadFrontMatterKeepsThePage(t *testing.T) {
	source := map[string]string{"/guide/": "content/guide.md", "/elsewhere/": "content/guide.md"}
	first := small()
	first.sources = source
	r := run(t, first, nil)
	r.next(Complete)
	_, before := r.get("/guide/")
	for i, moved := range []bool{false, true} {
		g := small()
		g.id, g.sources, g.files["/guide/"] = string(rune('a'+i)), source, "half of it"
		g.problems = append(g.problems, diag.At("content/guide.md", []byte("---\ntitle: ["), 4, 8, "frontmatter-syntax", "no end"))
		if moved {
			delete(g.files, "/guide/")
			g.files["/elsewhere/"] = "half of it"
		}
		r.edit(g, nil)
		r.next(Built)
		if status, body := r.get("/guide/"); status != 200 || body != before {
			t.Errorf("moved %v: got %d %s", moved, status, body)
		}
	}
	// A page that was never good is shown as it can be, and not kept.
	if status, body := r.get("/elsewhere/"); status != 200 || !strings.Contains(body, "half of it") {
		t.Errorf("got %d %s", status, body)
	}
	mended := small()
	mended.id, mended.sources = "c", source
	mended.files["/guide/"], mended.files["/elsewhere/"] = "all of it", "all of it"
	r.edit(mended, nil)
	r.next(Built)
	for _, u := range []string{"/guide/", "/elsewhere/"} {
		if status, body := r.get(u); status != 200 || !strings.Contains(body, "all of it") {
			t.Errorf("%s: got %d %s", u, status, body)
		}
	}
}

func TestFirstBuildFails(t *testing.T) {
	bad := &fake{id: "1", failed: true, problems: diag.List{diag.InFile("config.toml", "config", "<bad>")}}
	r := run(t, bad, nil)
	in := r.states("/")
	before := until(t, in, build("1"))
	status, body := r.get("/")
	if status != 500 || !strings.Contains(body, "&lt;bad&gt;") || !strings.Contains(body, before.Pages["/"].Doc) {
		t.Errorf("got %d %s; state %+v", status, body, before)
	}
	good := small()
	good.id = "2"
	r.edit(good, nil)
	if s := until(t, in, build("2")); reflect.DeepEqual(s.Pages["/"], before.Pages["/"]) {
		t.Error("the page is not told to reload")
	}
}

func TestMachineFails(t *testing.T) {
	r := run(t, nil, errors.New("disk on fire"))
	if e := r.next(Failed); e.Err == nil || !e.First {
		t.Errorf("got %+v", e)
	}
	if status, body := r.get("/"); status != 500 || !strings.Contains(body, "disk on fire") {
		t.Errorf("got %d %s", status, body)
	}
	r.edit(small(), nil)
	r.next(Complete)
	if status, _ := r.get("/"); status != 200 {
		t.Errorf("got %d", status)
	}
	r.edit(nil, errors.New("disk on fire again"))
	r.next(Failed)
	if status, body := r.get("/guide/"); status != 200 || !strings.Contains(body, "guide") {
		t.Errorf("got %d %s", status, body)
	}
	r.edit(small(), nil) // the generation is the same as before the failure
	r.next(Built)
	if _, body := r.get(livereload.ProblemsURL); strings.Contains(body, "fire") {
		t.Errorf("the failure still shows: %s", body)
	}
}

func TestEarlierFingerprintsStayAnswerable(t *testing.T) {
	g := small()
	var v *view
	v = v.next(g)
	const first = "/_a/main.aaaaaaaaaaaaaaaa.css"
	s := New(Options{Builder: &fakeBuilder{}, Poll: true})
	for i := range keep + 1 {
		g := small()
		g.id = string(rune('a' + i))
		delete(g.files, first)
		v = v.next(g)
		want := 200
		if i == keep {
			want = 404
		}
		if got := s.answer(t.Context(), v, first).status; got != want {
			t.Errorf("after %d builds: got %d want %d", i+1, got, want)
		}
	}
}

func TestDateWakes(t *testing.T) {
	first, second := small(), small()
	first.change, second.id = time.Now().Add(300*time.Millisecond), "2"
	r := run(t, first, nil)
	r.next(Complete)
	r.b.set(second, nil)
	if e := r.next(Built); time.Now().Before(first.change) {
		t.Errorf("woken too early: %+v", e)
	}
	until(t, r.states("/"), build("2"))
}

func TestBusyPort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	var said string
	other, err := listen(t.Context(), l.Addr().String(), func(m string) { said = m })
	if err != nil {
		t.Fatal(err)
	}
	_ = other.Close()
	if other.Addr().String() == l.Addr().String() || !strings.Contains(said, "is taken, using") {
		t.Errorf("got %v, said %q", other.Addr(), said)
	}
	for _, bad := range []string{"nonsense", "127.0.0.1:99999", "192.0.2.1:0"} {
		if l, err := listen(t.Context(), bad, func(string) {}); err == nil {
			_ = l.Close()
			t.Errorf("listens on %q", bad)
		}
	}
}

func TestEndsSoonWithOpenStreams(t *testing.T) {
	r := run(t, small(), nil)
	r.next(Complete)
	for range 5 {
		until(t, r.states("/"), build("1"))
	}
	started := time.Now()
	r.stop()
	if took := time.Since(started); took > 5*time.Second {
		t.Errorf("ended after %v", took)
	} else {
		t.Logf("ended after %v", took)
	}
}
