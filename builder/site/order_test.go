package site

import (
	"testing"
)

func TestCollate(t *testing.T) {
	for _, c := range []struct {
		x, y string
		want int
	}{
		{"a", "B", -1}, {"B", "a", 1}, {"C2001", "C10000", -1}, {"a1", "a01", 1}, {"", "a", -1}, {"é", "É", 1}, {"安", "装", -1}, {"x", "x", 0},
		{"10a", "10b", -1}, {"9999999999999999999998", "9999999999999999999999", -1},
	} {
		if got := Collate(c.x, c.y); got != c.want {
			t.Errorf("Collate(%q, %q): got %d, want %d", c.x, c.y, got, c.want)
		}
		if got := Collate(c.y, c.x); got != -c.want {
			t.Errorf("Collate(%q, %q): got %d, want %d", c.y, c.x, got, -c.want)
		}
	}
}
