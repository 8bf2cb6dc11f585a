package assemble_test

import (
	"fmt"
	"testing"

	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/assemble"
	"github.com/etagere/etagere/builder/site/fixture"
)

func BenchmarkAssemble(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		heads := fixture.Heads(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				assemble.Site(site.Input{Config: fixture.Config(nil), Heads: heads, AsOf: fixture.AsOf()})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/page")
		})
	}
}
