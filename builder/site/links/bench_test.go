package links_test

import (
	"testing"

	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/assemble"
	"github.com/etagere/etagere/builder/site/fixture"
	"github.com/etagere/etagere/builder/site/links"
)

func BenchmarkResolve(b *testing.B) {
	s, _ := assemble.Site(site.Input{Config: fixture.Config(nil), Heads: fixture.Heads(10_000), AsOf: fixture.AsOf()})
	resolver := links.New(s)
	from := s.Page("en", "/area0/topic7/page-700")
	for _, dest := range []string{"page-701.md", "../topic8/page-801.md#x", "/area1/topic50/page-5000/", "page-701", "Page-701.md", "missing.md"} {
		b.Run(dest, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				resolver.Resolve(from, "", dest)
			}
		})
	}
}

func BenchmarkNearest(b *testing.B) {
	s, _ := assemble.Site(site.Input{Config: fixture.Config(nil), Heads: fixture.Heads(10_000), AsOf: fixture.AsOf()})
	resolver := links.New(s)
	from := s.Page("en", "/area0/topic7/page-700")
	for b.Loop() {
		resolver.Nearest(from, "", "paeg-7011.md")
	}
}
