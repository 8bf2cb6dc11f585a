package links

import (
	"testing"
)

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		x, y        string
		limit, want int
	}{
		{"install", "instal", 3, 1}, {"install", "install", 3, 0}, {"abc", "xyz", 3, 3}, {"abcd", "wxyz", 3, 4}, {"kitten", "sitting", 3, 3},
		{"kitten", "sitting", 2, 3}, {"", "ab", 3, 2}, {"ab", "ba", 1, 1}, {"giude", "guide", 1, 1}, {"abcd", "badc", 1, 2}, {"abcd", "badc", 2, 2}, {"a", "bbbbbb", 3, 4},
	} {
		if got := distance(c.x, c.y, c.limit); got != c.want {
			t.Errorf("distance(%q, %q, %d): got %d, want %d", c.x, c.y, c.limit, got, c.want)
		}
	}
}
