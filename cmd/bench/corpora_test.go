package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/etagere/etagere/builder"
)

func TestCorporaProbe(t *testing.T) {
	dir := os.Getenv("ETAGERE_CORPORA")
	if dir == "" {
		t.Skip("ETAGERE_CORPORA names no folder with the unpacked packs")
	}
	_ = json.Marshal
	for _, c := range corpora {
		t.Run(c.name, func(t *testing.T) {
			o, err := c.options(dir)
			if err != nil {
				t.Fatal(err)
			}
			out := filepath.Join("/tmp/out", c.name)
			t.Chdir("/tmp/out")
			res, err := builder.Build(context.Background(), builder.BuildOptions{Options: o, Destination: out})
			if err != nil {
				t.Fatal(err)
			}
			t.Log(res.Written, res.Pages, countCodes(res.Problems))
			a, err := auditSite(out, res.Manifest.BaseURL)
			if err != nil {
				t.Fatal(err)
			}
			marks := regexp.MustCompile(`:::|///|\{\*|\*\}|\{!|\{\s*#|!!! |\?\?\? |--8<--|=== "|hl_lines|\{\.[a-z]|\[![A-Za-z]|xref:|#tab/|</?Tab|import Tab|<<< |\[\[toc|\{\{|\{%|\]\(|\[[^\]]+\]\[|<!--|-->`)
			nt, nh, twice := 0, 0, 0
			seen := map[string]int{}
			for _, name := range a.sorted() {
				p := a.pages[name]
				if p.titles != 1 {
					nt++
					t.Log("titles", name, p.titles)
				}
				if p.headings != 1 {
					nh++
					t.Log("h1", name, p.headings)
				}
				if len(p.twice) > 0 {
					twice++
					if twice < 60 {
						t.Log("twice", name, len(p.twice), p.twice[:min(4, len(p.twice))])
					}
				}
				for _, s := range p.strays(marks) {
					m := marks.FindString(s)
					if seen[m]++; seen[m] < 12 {
						t.Logf("stray %s: %q", name, s)
					}
				}
			}
			t.Log("titles", nt, "h1", nh, "twice", twice, "strays", seen)
			known := map[string]bool{}
			re := regexp.MustCompile(`(?:link|image|file) "(.*)" leads nowhere|has the id "(.*)"`)
			for _, p := range res.Problems {
				if m := re.FindStringSubmatch(p.Message); m != nil {
					known[m[1]+m[2]] = true
				}
			}
			list := a.broken()
			n := map[string]int{}
			for _, b := range list {
				_, frag, _ := strings.Cut(b.ref, "#")
				if known[b.ref] || b.fragment && known[frag] {
					continue
				}
				if n[b.ref]++; n[b.ref] == 1 && len(n) < 40 {
					t.Log("unreported", fmt.Sprintf("%+v", b))
				}
			}
			t.Log("broken", len(list), "unreported", len(n))
			_ = slices.Collect(maps.Keys(n))
		})
	}
}
