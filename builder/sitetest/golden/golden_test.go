package golden

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// recorder is a testing.TB that remembers what it was told.
type recorder struct {
	testing.TB
	said []string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.said = append(r.said, fmt.Sprintf(format, args...))
}

func TestEqual(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.MkdirAll("testdata", 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("testdata/a.txt", []byte("one\ntwo\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, got, want string }{
		{"a.txt", "one\ntwo\n", ""},
		{"a.txt", "one\nthree\n", "three"},
		{"none.txt", "x", "-update"},
	} {
		r := &recorder{TB: t}
		Equal(r, tt.name, []byte(tt.got))
		said := strings.Join(r.said, "\n")
		if (said == "") != (tt.want == "") || !strings.Contains(said, tt.want) {
			t.Errorf("%s: got message %q, want one with %q", tt.name, said, tt.want)
		}
	}
}

func TestUpdate(t *testing.T) {
	t.Chdir(t.TempDir())
	*update = true
	defer func() { *update = false }()
	Equal(t, "sub/new.txt", []byte("x"))
	*update = false
	Equal(t, "sub/new.txt", []byte("x"))
}
