package frontmatter_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/frontmatter"
)

func TestSplit(t *testing.T) {
	tests := []struct {
		name, src string
		format    frontmatter.Format
		raw, body string
		code      string
	}{
		{"nothing", "", "", "", "", ""},
		{"no front matter", "# A\n", "", "", "# A\n", ""},
		{"YAML", "---\na: 1\n---\nB", "yaml", "a: 1\n", "B", ""},
		{"TOML", "+++\na = 1\n+++\nB", "toml", "a = 1\n", "B", ""},
		{"JSON", "{\"a\": \"}\\\"\"}\nB", "json", "{\"a\": \"}\\\"\"}", "B", ""},
		{"empty JSON", "{}\nB", "json", "{}", "B", ""},
		{"JSON in a comment", "<!--{\n\"a\": 1\n}-->\nB", "json", "{\n\"a\": 1\n}", "B", ""},
		{"JSON in a comment, text behind it", "<!-- {\"a\": 1} --> B", "json", "{\"a\": 1}", " B", ""},
		{"byte order mark", "\ufeff---\na: 1\n---\nB", "yaml", "a: 1\n", "B", ""},
		{"byte order mark alone", "\ufeffB", "", "", "B", ""},
		{"CRLF", "---\r\na: 1\r\n---\r\nB", "yaml", "a: 1\r\n", "B", ""},
		{"mixed line ends", "---\r\na: 1\n---\nB\r\n", "yaml", "a: 1\n", "B\r\n", ""},
		{"lone CR", "---\ra: 1\r---\rB", "yaml", "a: 1\r", "B", ""},
		{"empty", "---\n---\nB", "yaml", "", "B", ""},
		{"blank", "---\n\n---\nB", "yaml", "\n", "B", ""},
		{"no body", "---\na: 1\n---", "yaml", "a: 1\n", "", ""},
		{"spaces behind the dashes", "--- \na: 1\n---\t\nB", "yaml", "a: 1\n", "B", ""},
		{"closed by dots", "---\na: 1\n...\nB", "yaml", "a: 1\n", "B", ""},
		{"a blank line first", "---\n\na: 1\n---\nB", "yaml", "\na: 1\n", "B", ""},
		{"a blank line and a comment first", "---\n\n# c\n\"a b\": 1\n---\nB", "yaml", "\n# c\n\"a b\": 1\n", "B", ""},
		{"dashes in a value", "---\na: |\n  ---\n---\nB", "yaml", "a: |\n  ---\n", "B", ""},

		{"not on the first line", "\n---\na: 1\n---\n", "", "", "\n---\na: 1\n---\n", ""},
		{"four dashes", "----\na: 1\n----\n", "", "", "----\na: 1\n----\n", ""},
		{"indented", " ---\na: 1\n---\n", "", "", " ---\na: 1\n---\n", ""},
		{"dashes alone", "---", "", "", "---", ""},
		{"a thematic break", "---\n\nText\n", "", "", "---\n\nText\n", ""},
		{"what may be a key after a blank line", "---\n\nText: a sentence\nwith two lines\n\n---\n", "yaml", "\nText: a sentence\nwith two lines\n\n", "", ""},
		{"prose between thematic breaks", "---\n\nSome text: yes\n\n---\nB", "", "", "---\n\nSome text: yes\n\n---\nB", ""},
		{"a heading between thematic breaks", "---\n\n# A\n\n---\nB", "", "", "---\n\n# A\n\n---\nB", ""},
		{"a shortcode", "{{< a >}}\n", "", "", "{{< a >}}\n", ""},
		{"a template", "{% raw %}\n", "", "", "{% raw %}\n", ""},
		{"an attribute list", "{#id}\n", "", "", "{#id}\n", ""},
		{"a comment", "<!-- a -->\n", "", "", "<!-- a -->\n", ""},
		{"a quoted word in braces", "{\"a\"} is JSON\n", "", "", "{\"a\"} is JSON\n", ""},

		{"unclosed YAML", "---\na: 1\n\nB\n", "", "", "---\na: 1\n\nB\n", "frontmatter-unclosed"},
		{"unclosed TOML", "+++\na = 1\n", "", "", "+++\na = 1\n", "frontmatter-unclosed"},
		{"unclosed JSON", "{\n\"a\": 1\n", "", "", "{\n\"a\": 1\n", "frontmatter-unclosed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, problems := frontmatter.Split("a.md", []byte(tt.src))
			if b.Format != tt.format || string(b.Raw) != tt.raw || tt.src[b.BodyOff:] != tt.body {
				t.Errorf("got %q %q %q want %q %q %q", b.Format, b.Raw, tt.src[b.BodyOff:], tt.format, tt.raw, tt.body)
			}
			if tt.raw != "" && tt.src[b.RawOff:b.RawOff+len(b.Raw)] != tt.raw {
				t.Errorf("raw does not start at %d", b.RawOff)
			}
			code := ""
			if len(problems) > 0 {
				code = problems[0].Code
			}
			if code != tt.code {
				t.Errorf("got problem %q want %q", code, tt.code)
			}
		})
	}
}

// FuzzSplit checks that no byte is lost: what is neither raw nor body is a
// byte order mark, delimiters and white space.
func FuzzSplit(f *testing.F) {
	for _, s := range []string{
		"", "---\na: 1\n---\nB", "\ufeff+++\r\na = 1\r\n+++\r\n", "{\"a\": [1]}\nB", "<!-- {\"a\":1} -->x",
		"---\r---\r", "---\n\n---", "---\n...\n", "{}", "{\"\\", "---\x00\n---\n", "\xff---\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		b, problems := frontmatter.Split("a.md", src)
		if b.BodyOff < 0 || b.BodyOff > len(src) {
			t.Fatalf("body at %d of %d", b.BodyOff, len(src))
		}
		if b.Format == frontmatter.None {
			if rest := src[:b.BodyOff]; len(rest) > 0 && string(rest) != "\ufeff" {
				t.Fatalf("lost %q", rest)
			}
			return
		}
		if len(problems) > 0 {
			t.Fatalf("a block and a problem: %v", problems)
		}
		end := b.RawOff + len(b.Raw)
		if end > b.BodyOff || !bytes.Equal(src[b.RawOff:end], b.Raw) {
			t.Fatalf("raw is not src[%d:%d]", b.RawOff, end)
		}
		between := string(bytes.TrimPrefix(src[:b.RawOff], []byte("\ufeff"))) + "|" + string(src[end:b.BodyOff])
		for _, c := range []string{" ", "\t", "\r", "\n"} {
			between = strings.ReplaceAll(between, c, "")
		}
		switch between {
		case "---|---", "---|...", "+++|+++", "|", "<!--|-->":
		default:
			t.Fatalf("delimiters %q", between)
		}
	})
}
