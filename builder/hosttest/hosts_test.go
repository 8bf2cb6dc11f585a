package hosttest_test

import (
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
