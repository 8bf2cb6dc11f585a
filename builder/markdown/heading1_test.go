package markdown

import (
	"strings"
	"testing"
)

func TestFirstH1(t *testing.T) {
	for _, c := range []struct {
		in, title string
		leading   bool
	}{
		{"# A\n", "A", true},
		{"\n\n# A #\nx\n", "A", true},
		{"# A { #a }\n", "A", true},
		{"# A ## {#a .b}\n", "A", true},
		{"# A {/*a*/}\n", "A", true},
		{"# C#\n", "C#", true},
		{"A *b*\n===\n", "A b", true},
		{"A\nb\n===\nx", "A b", true},
		{"x\n\n# A\n", "A", false},
		{"## B\n\n# A\n", "A", false},
		{"```\n# no\n```\n\n# A\n", "A", false},
		{"- ```\n  # no\n  ```\n\n# A\n", "A", false},
		{"    # code\n\n# A\n", "A", false},
		{"<!-- a\n# no\n-->\n\n<head>\n  <link>\n</head>\n\nimport A from 'a';\n\n# A\n", "A", true},
		{"<a name=\"x\"></a>\n# A\n", "A", false},
		{"<script setup>\nconst x = [\n# no\n]\n</script>\n\n<style>\n# no {}\n</style>\n\n# A\n", "A", true},
		{"<scripted>\n\n# A\n", "A", false},
		{"<script>\n\n# A\n", "A", false},
		{"# [A `b*c*`](x) ![i](j) <br/> **d** _e_ f_g_h \\* &amp; <https://a.b>\n", "A b*c* i d e f_g_h * & https://a.b", true},
		{"# " + string(SlotRune(0)) + "A\n", "A", true},
		{"# [T](#tab/t)\n\n# A\n", "A", false},
		{"#nospace\n", "", false},
		{"text\n", "", false},
		{"#\n", "", true},
		{"# 中文：**标题**\r\n", "中文：标题", true},
	} {
		x := NewText("x.md", []byte(c.in), 0)
		h, ok := FirstH1(x)
		want := c.title != "" || c.in == "#\n"
		if ok != want || ok && (h.Title != c.title || h.Leading != c.leading) {
			t.Errorf("%q: got %+v, %v", c.in, h, ok)
		}
		if ok && strings.TrimSpace(string(x.Bytes[h.Start:h.End])) == "" {
			t.Errorf("%q: an empty place", c.in)
		}
	}
}
