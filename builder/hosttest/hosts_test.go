package hosttest_test

import (
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/hosttest"
)

// TestNginx asks nginx for all of our site.
func TestNginx(t *testing.T) {
	for _, base := range []string{"", "https://example.org/docs/"} {
		t.Run("base "+base, func(t *testing.T) {
			b := hosttest.Build(t, hosttest.Own(t), "nginx", base)
			hosttest.Check(t, b, hosttest.Nginx(t, b), nil).Log("nginx")
		})
	}
}

// TestCloudflare asks wrangler, which has the code of Cloudflare Pages.
func TestCloudflare(t *testing.T) {
	for _, base := range []string{"", "https://example.org/docs/"} {
		t.Run("base "+base, func(t *testing.T) {
			b := hosttest.Build(t, hosttest.Own(t), "cloudflare", base)
			hosttest.Check(t, b, hosttest.Wrangler(t, b), func(c hosttest.Cell) string {
				switch {
				case c.Property == "404: Cache-Control" && c.Got == "no-store":
					return "a 404 is never kept"
				case strings.HasSuffix(c.URL, ".html"):
					return "no URL ends in .html"
				}
				return ""
			}).Log("cloudflare")
		})
	}
}

// TestCaddy asks Caddy.
func TestCaddy(t *testing.T) {
	for _, base := range []string{"", "https://example.org/docs/"} {
		t.Run("base "+base, func(t *testing.T) {
			b := hosttest.Build(t, hosttest.Own(t), "caddy", base)
			hosttest.Check(t, b, hosttest.Caddy(t, b), nil).Log("caddy")
		})
	}
}

// TestApache asks Apache.
func TestApache(t *testing.T) {
	for _, base := range []string{"", "https://example.org/docs/"} {
		t.Run("base "+base, func(t *testing.T) {
			b := hosttest.Build(t, hosttest.Own(t), "apache", base)
			hosttest.Check(t, b, hosttest.Apache(t, b), nil).Log("apache")
		})
	}
}
