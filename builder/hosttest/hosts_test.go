package hosttest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/hosttest"
)

// TestNginx asks nginx for all of our site.
func TestNginx(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "https://example.org/docs/"} {
		t.Run("base "+base, func(t *testing.T) {
			b := hosttest.Build(t, hosttest.Own(t), "nginx", base)
			hosttest.Check(t, b, hosttest.Nginx(t, b), nil).Log("nginx")
		})
	}
}

// TestCloudflare asks wrangler, which has the code of Cloudflare Pages.
func TestCloudflare(t *testing.T) {
	t.Parallel()
	b := hosttest.Build(t, hosttest.Own(t), "cloudflare", "https://example.org/docs/")
	hosttest.Check(t, b, hosttest.Wrangler(t, b), func(c hosttest.Cell) string {
		switch {
		case c.Property == "404: Cache-Control" && c.Got == "no-store":
			return "a 404 is never kept"
		case strings.HasSuffix(c.URL, ".html"):
			return "no URL ends in .html"
		}
		return ""
	}).Log("cloudflare")
}

// TestCaddy asks Caddy.
func TestCaddy(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "https://example.org/docs/"} {
		t.Run("base "+base, func(t *testing.T) {
			b := hosttest.Build(t, hosttest.Own(t), "caddy", base)
			hosttest.Check(t, b, hosttest.Caddy(t, b), nil).Log("caddy")
		})
	}
}

// TestApache asks Apache.
func TestApache(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "https://example.org/docs/"} {
		t.Run("base "+base, func(t *testing.T) {
			b := hosttest.Build(t, hosttest.Own(t), "apache", base)
			hosttest.Check(t, b, hosttest.Apache(t, b), nil).Log("apache")
		})
	}
}

// TestCorpus asks for all of a real documentation that is not ours, where the
// documentation packs are at hand.
func TestCorpus(t *testing.T) {
	packs := os.Getenv("ETAGERE_CORPORA")
	if packs == "" {
		t.Skip("ETAGERE_CORPORA names no folder with the documentation packs")
	}
	for _, h := range []struct {
		name  string
		start func(testing.TB, *hosttest.Built) string
	}{{"nginx", hosttest.Nginx}, {"caddy", hosttest.Caddy}, {"apache", hosttest.Apache}} {
		t.Run(h.name, func(t *testing.T) {
			dir := hosttest.Copy(t, filepath.Join(packs, "prometheus"))
			config, err := os.ReadFile("../../cmd/bench/corpora/prometheus.toml")
			if err != nil {
				t.Fatal(err)
			}
			hosttest.Write(t, filepath.Join(dir, "config.toml"), string(config))
			b := hosttest.Build(t, dir, h.name, "")
			hosttest.Check(t, b, h.start(t, b), nil).Log(h.name)
		})
	}
}

// TestServed asks the hosts whose servers nobody else can run: their own parsers
// and emulators where they publish some.
func TestServed(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"s3", "netlify", "vercel", "firebase", "azure"} {
		for _, base := range []string{"", "https://example.org/docs/"} {
			t.Run(name+" base "+base, func(t *testing.T) {
				b := hosttest.Build(t, hosttest.Own(t), name, base)
				hosttest.Check(t, b, hosttest.Serve(t, b), explain(name)).Log(name)
			})
		}
	}
}

// explain says where a host differs; each reason stands in the comment of the
// host's function too.
func explain(name string) hosttest.Explain {
	return func(c hosttest.Cell) string {
		gone := strings.HasPrefix(c.Property, "404: ")
		switch {
		case strings.HasSuffix(c.URL, "/404.html"):
			return "the page of a 404 has a URL of its own"
		case name == "netlify" && strings.HasSuffix(c.Property, "Cache-Control") && c.Want == "no-cache" && c.Got == "public,max-age=0,must-revalidate":
			return "the host's own value, which says the same"
		case name == "netlify" && c.Property == "Link" && c.Got == "":
			return "what pages announce stands in their <link> elements"
		case gone && strings.HasSuffix(c.URL, "nothing") && (name == "s3" || name == "vercel"):
			return "a slash is added to what is not there"
		case (c.Property == "404: page" || c.Property == "404: media type") && strings.HasPrefix(c.URL, "/docs/") && (name == "vercel" || name == "firebase"):
			return "the page is looked for at the top of the domain"
		case c.Property == "404: page" && strings.Contains(c.URL, "/zh/") && name != "netlify":
			return "one page for all languages"
		case c.Property == "404: Cache-Control" && c.Want == "no-store" && (c.Got == "no-cache" || c.Got == "public,max-age=0,must-revalidate"):
			return "what is not there is kept, and asked for each time"
		case c.Property == "Cache-Control of redirects" && name != "s3":
			return "redirects have the host's own headers"
		case name == "firebase" && c.Property == "status of redirects" && (c.Want == "308" && c.Got == "301" || c.Want == "307" && c.Got == "302"):
			return "the host knows two kinds of redirects"
		case name == "firebase" && c.Property == "304":
			return "its emulator compares bytes with text, and never answers 304"
		case name == "firebase" && c.Property == "media type" && c.Got == c.Want+";charset=utf-8":
			return "its emulator names a charset for JSON"
		case name == "firebase" && c.Property == "no time from a digest":
			return "its emulator sends the time of the file, the host that of the release"
		}
		return ""
	}
}
