package urls

import (
	"testing"
)

func TestEscape(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"install", "install"},
		{"[param]", "%5Bparam%5D"},
		{"%", "%25"},
		{"~", "~"},
		{"$", "$"},
		{"^", "%5E"},
		{"!", "!"},
		{",", ","},
		{"{", "%7B"},
		{"((", "%28%28"},
		{"@scope", "@scope"},
		{"a:b", "a:b"},
		{"安装", "%E5%AE%89%E8%A3%85"},
		{"a b#c?d", "a%20b%23c%3Fd"},
		{".well-known", ".well-known"},
		{"\xff", "%FF"},
	} {
		got := Escape(c.in)
		if got != c.want {
			t.Errorf("Escape(%q): got %q, want %q", c.in, got, c.want)
		}
		if back := Unescape(got); back != c.in {
			t.Errorf("Unescape(%q): got %q, want %q", got, back, c.in)
		}
	}
}

func TestOutPath(t *testing.T) {
	for in, want := range map[string]string{
		"/": "index.html", "/guide/": "guide/index.html", "/a.html": "a.html", "/%5B/": "[/index.html", "/%25.html": "%.html",
	} {
		if got := OutPath(in); got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}

func TestSlugAndHumanize(t *testing.T) {
	for in, want := range map[string]string{
		"Go": "go", "Go Lang": "go-lang", " C++ ": "c++", "C#": "c#", "CI/CD": "ci-cd", "持续 集成": "持续-集成", "ÄRGER": "ärger", "..": "dot-dot", "": "-",
	} {
		if got := Slug(in); got != want {
			t.Errorf("%s: got %q, want %q", "Slug "+in, got, want)
		}
	}
	for in, want := range map[string]string{"error-messages": "Error messages", "data_model": "Data model", "ünder": "Ünder", "--": "--", "安装": "安装"} {
		if got := Humanize(in); got != want {
			t.Errorf("%s: got %q, want %q", "Humanize "+in, got, want)
		}
	}
}
