package builder_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/layout/funcs"
	"github.com/etagere/etagere/builder/policy"
	"github.com/etagere/etagere/builder/render"
)

// marker ends the part of a reference page that people write.
const marker = "<!-- What follows is made from the source: UPDATE_REFERENCE=1 go test ./builder -run TestReference -->\n"

// TestReference keeps pages of the manual equal to what the source says.
func TestReference(t *testing.T) {
	for _, tt := range []struct{ page, want string }{
		{"../content/en/manual/configuration.md", config.Reference()},
		{"../content/en/manual/functions.md", funcs.Markdown(render.Docs())},
		{"../content/en/manual/policy.md", policy.Markdown()},
	} {
		t.Run(tt.page, func(t *testing.T) {
			page, err := os.ReadFile(tt.page)
			if err != nil {
				t.Fatal(err)
			}
			written, old, found := bytes.Cut(page, []byte(marker))
			if !found {
				t.Fatalf("no line that says\n%s", marker)
			}
			want := "\n" + tt.want
			if string(old) == want {
				return
			}
			if os.Getenv("UPDATE_REFERENCE") == "" {
				t.Fatal("the page is not what the source says: run with UPDATE_REFERENCE=1")
			}
			if err := os.WriteFile(tt.page, append(written, marker+want...), 0o666); err != nil {
				t.Fatal(err)
			}
		})
	}
}
