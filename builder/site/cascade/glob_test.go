package cascade

import (
	"strings"
	"testing"
)

func TestPattern(t *testing.T) {
	for _, c := range []struct {
		glob, name string
		want       bool
	}{
		{"/a/**", "/a/b/c", true}, {"/a/**", "/a", true}, {"/a/*", "/a/b/c", false}, {"**/c", "/a/b/c", true}, {"{/a,/b}/*", "/b/x", true},
		{"/a/**/z", "/a/z", true}, {"/a/**/z", "/a/b/y", false}, {"{page,section}", "section", true}, {"*", "page", true}, {"/[", "/[", true},
	} {
		if got := newPattern(c.glob).match(c.name); got != c.want {
			t.Errorf("%q on %q: got %v", c.glob, c.name, got)
		}
	}
	newPattern(strings.Repeat("{a,b}", 40)).match("x") // must end
}
