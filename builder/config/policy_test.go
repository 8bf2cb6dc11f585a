package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etagere/etagere/builder/config"
)

func TestPolicy(t *testing.T) {
	c, problems := load(t, config.Input{Src: []byte(`
[policy]
csp = "strict"
hints = 0
fonts = ["fonts/a.woff2"]
[policy.headers.all]
Permissions-Policy = "camera=()"
[policy.headers.page]
Cache-Control = ""
[[policy.rules]]
match = "/downloads/**"
headers = { X-A = "1" }
[[embed]]
name = "stats"
html = "<script></script>"
csp.script = ["https://plausible.io", "*.example:8080", "https://a.example/js/", "'wasm-unsafe-eval'", "https:"]
csp.connect = ["wss://a.example"]
[[embed]]
name = "talk"
slot = "after-content"
partial = "talk.html"
`)})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := config.Policy{
		CSP: "strict", Fonts: []string{"fonts/a.woff2"},
		Headers: map[string]map[string]string{"all": {"Permissions-Policy": "camera=()"}, "page": {"Cache-Control": ""}},
		Rules:   []config.PolicyRule{{Match: "/downloads/**", Headers: map[string]string{"X-A": "1"}}},
	}
	if diff := cmp.Diff(want, c.Policy); diff != "" {
		t.Errorf("policy (-want +got):\n%s", diff)
	}
	if len(c.Embed) != 2 || c.Embed[0].Slot != "head" || len(c.Embed[0].CSP["script"]) != 5 || c.Embed[1].Partial != "talk.html" {
		t.Errorf("embeds: %+v", c.Embed)
	}
}

func TestPolicyMistakes(t *testing.T) {
	for _, tt := range []struct{ src, want string }{
		{`policy.csp = "stict"`, `config.toml:1:14: there is no mode of csp "stict" [config-value]`},
		{`policy.hints = -1`, `config.toml:1:16: policy.hints is -1 and must be 0 or more [config-value]`},
		{`policy.fonts = ["../x"]`, `config.toml:1:17: "../x" is no path below assets/ [config-value]`},
		{`policy.headers.pages.A = "x"`, `config.toml:1:16: there is no class "pages" [config-value]`},
		{`policy.headers.page."A B" = "x"`, `"A B" is no name of a header field [config-value]`},
		{`policy.headers.page.A = "x\ny"`, `is no value of a header field [config-value]`},
		{"[[policy.rules]]\nmatch = \"x\"", `config.toml:2:9: pattern "x" cannot be read: it does not begin with a slash [config-value]`},
		{"[[policy.rules]]\nmatch = \"/{a\"", `a { is not closed [config-value]`},
		{"[[embed]]\nhtml = \"x\"", `config.toml:1:3: an [[embed]] has no name [config-value]`},
		{"[[embed]]\nname = \"a\"\n[[embed]]\nname = \"a\"", `there are two [[embed]] called "a" [config-value]`},
		{"[[embed]]\nname = \"a\"\nhtml = \"x\"\npartial = \"y\"", `has html and a partial`},
		{"[[embed]]\nname = \"a\"\ncsp.scripts = []", `config.toml:3:15: there is no kind of source "scripts" [config-value]`},
		{"[[embed]]\nname = \"a\"\ncsp.script = [\"https://a b\"]", `config.toml:3:15: "https://a b" is no source [config-value]`},
		{"[[embed]]\nname = \"a\"\ncsp.script = [\"*\"]", `"*" is no source [config-value]`},
		{"[[embed]]\nname = \"a\"\ncsp.script = [\"https://a; script-src *\"]", `is no source [config-value]`},
		{"[[embed]]\nname = \"a\"\ncsp.script = [\"'none'\"]", `is no source [config-value]`},
	} {
		_, problems := load(t, config.Input{Src: []byte(tt.src)})
		got := lines(problems)
		if len(got) != 1 || !strings.Contains(got[0], tt.want) {
			t.Errorf("%s\ngot  %q\nwant %q", tt.src, got, tt.want)
		}
	}
}
