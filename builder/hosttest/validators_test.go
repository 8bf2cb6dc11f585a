package hosttest_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/etagere/etagere/builder/hosttest"
)

// TestValidators rolls a site back, and publishes the same bytes from another
// checkout: whoever has equal bytes is told so, and nobody else. The servers
// make their validators of a file's time and size.
func TestValidators(t *testing.T) {
	servers := map[string]func(testing.TB, *hosttest.Built) string{
		"nginx": hosttest.Nginx, "caddy": hosttest.Caddy, "apache": hosttest.Apache,
	}
	for name, serve := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source := t.TempDir()
			// Equal sizes: only the time can tell these two apart.
			older, newer := "+++\ntitle = \"Page\"\n+++\nThe old text.\n", "+++\ntitle = \"Page\"\n+++\nThe new text.\n"
			page := filepath.Join(source, "content", "page.md")
			hosttest.Write(t, filepath.Join(source, "config.toml"), "title = \"Validators\"\n")
			hosttest.Write(t, filepath.Join(source, "content", "other.md"), "+++\ntitle = \"Other\"\n+++\nStays.\n")
			hosttest.Write(t, page, older)
			b := hosttest.Build(t, source, name, "")
			root := serve(t, b)
			rebuild := func(text string) {
				hosttest.Write(t, page, text)
				hosttest.BuildTo(t, source, name, "", b.Dest)
			}

			first, other := get(t, root+"/page/"), get(t, root+"/other/")
			first.again(t, 304)
			rebuild(newer)
			second := get(t, root+"/page/")
			if first.body == second.body || first.tag == second.tag {
				t.Fatalf("the validator of other bytes is the same: %s", first.tag)
			}
			first.again(t, 200)
			second.again(t, 304)
			other.again(t, 304)
			rebuild(older) // a rollback
			first.again(t, 304)
			second.again(t, 200)
			other.again(t, 304)
			if err := os.RemoveAll(b.Dest); err != nil {
				t.Fatal(err)
			}
			if err := os.RemoveAll(filepath.Join(source, ".etagere")); err != nil {
				t.Fatal(err)
			}
			rebuild(older) // a fresh checkout
			first.again(t, 304)
			second.again(t, 200)
			other.again(t, 304)
		})
	}
}

// kept is a response that a client keeps.
type kept struct{ url, tag, modified, body string }

func get(t *testing.T, url string) kept {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 {
		t.Fatalf("%s: %s, %v", url, res.Status, err)
	}
	return kept{url, res.Header.Get("ETag"), res.Header.Get("Last-Modified"), string(body)}
}

// again asks whether what is kept is still right, by its validator and, as
// clients do that know no validators, by times alone.
func (k kept) again(t *testing.T, want int) {
	t.Helper()
	ask := func(name, value string) int {
		req, err := http.NewRequest("GET", k.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set(name, value)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	if got := ask("If-None-Match", k.tag); got != want {
		t.Errorf("%s, If-None-Match: %s: got %d, want %d", k.url, k.tag, got, want)
	}
	if k.modified != "" {
		t.Errorf("%s: Last-Modified: %s says nothing to people", k.url, k.modified)
	}
	// The time of a digest may lie before any other: it must not count.
	if got := ask("If-Modified-Since", "Wed, 01 Jan 2025 00:00:00 GMT"); got != 200 {
		t.Errorf("%s, If-Modified-Since: got %d, want 200", k.url, got)
	}
}
