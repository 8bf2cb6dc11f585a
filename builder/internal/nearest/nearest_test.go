package nearest_test

import (
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/internal/nearest"
)

func TestOf(t *testing.T) {
	keys := []string{"title", "base_url", "weight", "draft", "date", "Größe", "安装"}
	tests := []struct {
		want string
		near string
	}{
		{"titel", "title"},
		{"baseurl", "base_url"},
		{"BASE_URL", "base_url"},
		{"wieght", "weight"},
		{"data", "date"},
		{"grösse", "Größe"},
		{"安裝", "安装"},
		{"xy", ""},
		{"", ""},
		{"nothing like it", ""},
		{strings.Repeat("w", 1<<20), ""},
	}
	for _, tt := range tests {
		got, ok := nearest.Of(tt.want, keys)
		if got != tt.near || ok != (tt.near != "") {
			t.Errorf("%.20q: got %q, %v want %q", tt.want, got, ok, tt.near)
		}
	}
	if got, _ := nearest.Of("aaab", []string{"aaac", "aaad"}); got != "aaac" {
		t.Errorf("of equally near words got %q", got)
	}
}

func TestTypo(t *testing.T) {
	keys := []string{"title", "weight", "draft", "date", "description", "translationKey"}
	tests := []struct{ want, near string }{
		{"wieght", "weight"},
		{"drfat", "draft"},
		{"titles", "title"},
		{"desription", "description"},
		{"descripton", "description"},
		{"translationkey", ""},
		{"data", ""},
		{"drift", "draft"},
		{"height", "weight"},
		{"theme", ""},
	}
	for _, tt := range tests {
		if got, ok := nearest.Typo(tt.want, keys); got != tt.near || ok != (tt.near != "") {
			t.Errorf("%q: got %q want %q", tt.want, got, tt.near)
		}
	}
}
