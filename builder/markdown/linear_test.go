package markdown

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// everything is all options but the dialects.
func everything() Options {
	return Options{GFM: true, Extras: true, CJK: true, Typographer: true, Emoji: true, Math: true}
}

// hang is a time that no text may take: over 20 times what the slowest takes
// on a machine with nothing else to do.
const hang = 10 * time.Second

// TestLinear parses texts that are known to make parsers slow, at one size and
// at four times that size. What took more than about four times as long is
// logged, for people to look at; what hangs fails.
func TestLinear(t *testing.T) {
	if testing.Short() || raced {
		t.Skip("it measures time")
	}
	rep := func(s string) func(int) string { return func(n int) string { return strings.Repeat(s, n/len(s)) } }
	tests := []struct {
		name string
		text func(n int) string
	}{
		{"open brackets", rep("[")},
		{"image brackets", rep("![")},
		{"bracket pairs", rep("[]")},
		{"links", rep("[a](b) ")},
		{"brackets after links", rep("[a](b)[")},
		{"link destinations", rep("[a](")},
		{"image destinations", rep("![a](")},
		{"escaped destinations", rep("[a](b\\(")},
		{"angle destinations", rep("[a](<b")},
		{"destinations over lines", rep("[a](\n")},
		{"stars", rep("*")},
		{"star words", rep("*a ")},
		{"star underscore", rep("*a_ ")},
		{"double stars", rep("**a")},
		{"stars and brackets", rep("*[")},
		{"backticks", rep("`")},
		{"backtick runs", func(n int) string {
			var sb strings.Builder
			for i := 1; sb.Len() < n; i++ {
				sb.WriteString("a" + strings.Repeat("`", i%200+1))
			}
			return sb.String()
		}},
		{"backtick lines", rep("a `\n")},
		{"tildes", rep("~~a ")},
		{"dollars", rep("$a ")},
		{"math parens", rep(`\(a `)},
		{"double dollars", rep("$$a ")},
		{"double dollar lines", rep("$$a\n\n")},
		{"angle brackets", rep("<")},
		{"open tags", rep("<a ")},
		{"tags with attributes", rep("<a b='")},
		{"comments", rep("<!-- ")},
		{"html lines", rep("<a href=\n")},
		{"autolinks", rep("http://a.b ")},
		{"mail", rep("a@b ")},
		{"one word", rep("a")},
		{"colons", rep(":a")},
		{"braces", rep("`a`{")},
		{"quotes", rep(`"a" 'b' `)},
		{"entities", rep("&amp;&#x")},
		{"backslashes", rep(`\`)},
		{"headings", rep("# Remarks\n\n")},
		{"heading attributes", rep("# a {#\n")},
		{"reference definitions", rep("[a]: b\n")},
		{"definitions and uses", rep("[a]: b\n\n[a] [a][a]\n\n")},
		{"paragraph lines", rep("a\n")},
		{"setext", rep("a\n===\n")},
		{"list items", rep("- a\n")},
		{"loose items", rep("- a\n\n")},
		{"quotes in quotes", rep("> ")},
		{"lists in lists", rep("1. ")},
		{"quote lines", rep("> a\n")},
		{"alerts", rep("> [!NOTE]\n> a\n\n")},
		{"table rows", func(n int) string { return "|a|b|\n|-|-|\n" + strings.Repeat("|a|b|\n", n/6) }},
		{"escaped pipes", func(n int) string { return "|a|b|\n|-|-|\n" + strings.Repeat("|`a\\|`|b|\n", n/10) }},
		{"wide table", func(n int) string {
			return strings.Repeat("|a", n/4) + "|\n" + strings.Repeat("|-", n/4) + "|\n" + strings.Repeat("|a", n/4) + "|\n"
		}},
		{"fences", rep("```go\na := 1\n```\n")},
		{"go code", func(n int) string {
			return "```go\n" + strings.Repeat("func f(a int) { return a + 1 }\n", n/31) + "```\n"
		}},
		{"footnotes", func(n int) string {
			var sb strings.Builder
			for i := 0; sb.Len() < n/4; i++ {
				fmt.Fprintf(&sb, "a[^%d]\n\n[^%d]: b\n\n", i, i)
			}
			return sb.String()
		}},
		{"definition lists", rep("a\n: b\n\n")},
		{"attribute lines", rep("a\n{.b}\n\n")},
		{"unknown elements", rep("<x-a> <b-c>\n")},
		{"cjk", rep("**模式（B）**方面\n")},
		{"slots", rep(string(SlotRune(1)) + " ")},
	}
	p := New(everything())
	took := func(s string) time.Duration {
		best := time.Hour
		for range 2 {
			start := time.Now()
			p.Parse(NewText("a.md", []byte(s), 0))
			best = min(best, time.Since(start))
		}
		return best
	}
	for _, tt := range tests {
		small, large := took(tt.text(16<<10)), took(tt.text(64<<10))
		// Linear is 4 times, quadratic 16. Small times measure the machine.
		if large > 300*time.Millisecond && large > 12*small {
			t.Logf("%s: 16 KB took %v, 64 KB %v", tt.name, small, large)
		}
		if large > hang {
			t.Errorf("%s: 64 KB took %v", tt.name, large)
		}
	}
}
