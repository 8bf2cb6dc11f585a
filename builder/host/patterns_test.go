package host

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestPattern(t *testing.T) {
	tests := []struct {
		pattern Pattern
		url     string
		want    bool
	}{
		{Pattern{Prefix: "/a", Exact: true}, "/a", true},
		{Pattern{Prefix: "/a", Exact: true}, "/a/", false},
		{Pattern{Prefix: "/_a/"}, "/_a/x.css", true},
		{Pattern{Prefix: "/_a/"}, "/_a/", true},
		{Pattern{Prefix: "/_a/"}, "/_a", false},
		{Pattern{Prefix: "/", Suffix: "/"}, "/", false},
		{Pattern{Prefix: "/", Suffix: "/"}, "/guide/", true},
		{Pattern{Prefix: "/", Suffix: ".css"}, "/a/b.css", true},
		{Pattern{Prefix: "/", Suffix: "index.xml"}, "/index.xml", true},
		{Pattern{Prefix: "/", Suffix: "index.xml"}, "/my-index.xml", true},
	}
	for _, tt := range tests {
		if got := tt.pattern.Match(tt.url); got != tt.want {
			t.Errorf("%v and %q: got %v, want %v", tt.pattern, tt.url, got, tt.want)
		}
	}
}

func TestRules(t *testing.T) {
	tests := []struct {
		name   string
		speech speech
		urls   string // label URL …
		want   string
	}{
		{"nothing to tell apart", speech{root: "/", suffixes: anySuffix}, "0 /  0 /a/  0 /b/", ""},
		{"one prefix", speech{root: "/"}, "0 /  1 /_a/x.css  1 /_a/y.js  0 /a/", "/_a/* 1"},
		{"an extension", speech{root: "/", suffixes: extSuffix}, "0 /  1 /i/x.png  1 /y.png  0 /i/", "/*.png 1"},
		{"a name", speech{root: "/", suffixes: fileName}, "0 /  1 /index.xml  1 /a/index.xml  2 /sitemap.xml  0 /a/", "/*index.xml 1  /sitemap.xml 2"},
		{"a wide rule behind a narrow one", speech{root: "/", suffixes: fileName},
			"0 /  1 /_a/x.1.png  1 /_a/y.2.css  2 /x.png  2 /y.png  2 /z/y.png", "/_a/* 1  /*.png 2"},
		{"joined values never meet", speech{root: "/", suffixes: fileName, together: true},
			"0 /  1 /_a/x.1.png  1 /_a/y.2.css  2 /x.png  2 /z/y.png", "/_a/* 1  /x.png 2  /z/y.png 2"},
		{"barred URLs are left alone", speech{root: "/", suffixes: anySuffix}, "1 /  1 /a/  1 /a/b/  -1 /x.css  -1 /y.js", "/*/ 1  / 1"},
		{"named one by one", speech{root: "/", exact: 1}, "0 /  1 /_a/x.css  1 /_a/y.js  2 /i/a.png", "/_a/x.css 1  /_a/y.js 1  /i/a.png 2"},
		{"below a path", speech{root: "/docs/", suffixes: extSuffix}, "0 /docs/  1 /docs/_a/x.css  1 /docs/_a/y.js  0 /docs/a/", "/docs/_a/* 1"},
		{"no suffixes", speech{root: "/"}, "0 /  1 /i/x.png  1 /i/y.png  0 /i/page/", "/i/x.png 1  /i/y.png 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var urls []labelled
			fields := strings.Fields(tt.urls)
			for i := 0; i < len(fields); i += 2 {
				var label int
				fmt.Sscan(fields[i], &label)
				urls = append(urls, labelled{fields[i+1], label})
			}
			var got []string
			for _, r := range tt.speech.rules(urls) {
				got = append(got, fmt.Sprintf("%v %d", r.Pattern, r.label))
			}
			if s := strings.Join(got, "  "); s != tt.want {
				t.Errorf("got %s\nwant %s", s, tt.want)
			}
		})
	}
}

// TestRulesAreRight labels random URLs at random and checks what rules make of
// them, whatever the host understands.
func TestRulesAreRight(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	pick := func(list ...string) string { return list[rnd.IntN(len(list))] }
	for range 3000 {
		s := speech{root: "/", suffixes: suffixes(rnd.IntN(4)), together: rnd.IntN(2) == 0, exact: rnd.IntN(3)}
		seen := map[string]bool{}
		var urls []labelled
		for range 1 + rnd.IntN(12) {
			u := "/" + pick("", "a/", "b/", "a/b/", "_a/") + pick("", "x.css", "xx.css", "y.png", "index.xml", "my-index.xml", "CNAME")
			if !seen[u] {
				seen[u] = true
				urls = append(urls, labelled{u, rnd.IntN(5) - 1})
			}
		}
		rules := s.rules(urls)
		for _, u := range urls {
			got, n := labelOf(rules, u.url), 0
			for _, r := range rules {
				if r.Match(u.url) {
					n++
				}
			}
			switch {
			case got != max(u.label, rest), u.label == barred && n > 0, s.together && n > 1:
				t.Fatalf("%+v of %v:\n%v\n%s gets %d from %d rules", s, urls, rules, u.url, got, n)
			}
		}
		for _, r := range rules {
			if r.label == s.exact && !r.Exact {
				t.Fatalf("%+v of %v: %v", s, urls, r)
			}
		}
		shuffled := slices.Clone(urls)
		rnd.Shuffle(len(urls), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if s.exact <= rest && fmt.Sprint(s.rules(shuffled)) != fmt.Sprint(rules) {
			t.Fatalf("the order of %v matters", urls)
		}
	}
}
