package markdown

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// goldmarkCase is one case of goldmark's own test files.
type goldmarkCase struct{ name, options, markdown, want string }

// goldmarkCases reads a test file of the goldmark module that we build with.
func goldmarkCases(t *testing.T, name string) []goldmarkCase {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/yuin/goldmark").Output()
	if err != nil {
		t.Skip("the goldmark module has no folder here")
	}
	raw, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), name))
	if err != nil {
		t.Skip(err)
	}
	var cases []goldmarkCase
	for _, part := range strings.Split(string(raw), "//= = = = = = = = = = = = = = = = = = = = = = = =//\n") {
		head, rest, ok := strings.Cut(strings.TrimLeft(part, "\n"), "//- - - - - - - - -//\n")
		if !ok {
			continue
		}
		md, html, ok := strings.Cut(rest, "//- - - - - - - - -//\n")
		if !ok {
			continue
		}
		num, more, _ := strings.Cut(strings.TrimSpace(head), "\n")
		c := goldmarkCase{name: name + ":" + num, markdown: strings.TrimSuffix(md, "\n"), want: strings.TrimSpace(html)}
		if i := strings.Index(more, "OPTIONS:"); i >= 0 {
			c.options = more[i+8:]
		}
		if strings.Contains(c.options, `"enableEscape": true`) {
			c.markdown, c.want = unescapeCase(c.markdown), unescapeCase(c.want)
		}
		cases = append(cases, c)
	}
	if len(cases) < 4 {
		t.Fatalf("%s: only %d cases found", name, len(cases))
	}
	return cases
}

var caseEscape = regexp.MustCompile(`\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|[abfnrtv\\"'])`)

// unescapeCase resolves the escapes of Go strings, as goldmark's test files use them.
func unescapeCase(s string) string {
	return caseEscape.ReplaceAllStringFunc(s, func(e string) string {
		if r, err := strconv.Unquote(`"` + e + `"`); err == nil {
			return r
		}
		return e[1:]
	})
}

var alignAttr = regexp.MustCompile(`align="(\w+)"`)

// sameHTML is s in the one form of several that both we and goldmark's cases use.
func sameHTML(s string) string {
	s = strings.ToLower(strings.NewReplacer("\r", "", `\uFFFD`, "\ufffd").Replace(s))
	s = alignAttr.ReplaceAllString(html5(s), `class="align-$1"`)
	return strings.TrimSpace(s)
}

// TestGoldmarkExtensions runs goldmark's cases for the extensions that we take
// from it. Where we differ, it is on purpose.
func TestGoldmarkExtensions(t *testing.T) {
	tests := []struct {
		file    string
		opts    Options
		differs map[string]string
	}{
		{"extension/_test/table.txt", Options{GFM: true}, nil},
		{"extension/_test/tasklist.txt", Options{GFM: true}, nil},
		{"extension/_test/strikethrough.txt", Options{GFM: true}, map[string]string{"3": "one tilde is no strikethrough"}},
		{"extension/_test/linkify.txt", Options{GFM: true}, nil},
		{"extension/_test/footnote.txt", Options{Extras: true}, nil},
		{"extension/_test/definition_list.txt", Options{Extras: true}, map[string]string{"5": "<figure> around code", "6": "<figure> around code"}},
		{"extension/_test/typographer.txt", Options{Typographer: true}, map[string]string{"19": "a character instead of its entity"}},
		{"_test/extra.txt", Options{}, map[string]string{
			"47": "four backslashes are two, as CommonMark has it", "59": "URLs in raw HTML get quotes"}},
	}
	for _, tt := range tests {
		p := New(tt.opts)
		for _, c := range goldmarkCases(t, tt.file) {
			num := strings.Split(c.name, ":")[1]
			got := fill(p.Parse(NewText("a.md", []byte(c.markdown), 0)).Pieces)
			same := sameHTML(got) == sameHTML(c.want)
			if _, ok := tt.differs[num]; ok == same {
				t.Errorf("%s differs: %v, want %v\n%s\ngot\n%s\nwant\n%s", c.name, !same, ok, c.markdown, got, c.want)
			}
		}
	}
}
