package site_test

import (
	"testing"

	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/assemble"
	"github.com/etagere/etagere/builder/site/fixture"
)

// BenchmarkFaces is the price of one fact about all regular pages.
func BenchmarkFaces(b *testing.B) {
	in := site.Input{Config: fixture.Config(nil), Heads: fixture.Heads(10_000), AsOf: fixture.AsOf()}
	for b.Loop() {
		b.StopTimer()
		s, _ := assemble.Site(in)
		b.StartTimer()
		s.Fact("faces:regulars", "en")
	}
}

func BenchmarkRelated(b *testing.B) {
	s, _ := assemble.Site(site.Input{Config: fixture.Config(nil), Heads: fixture.Heads(10_000), AsOf: fixture.AsOf()})
	for b.Loop() {
		for _, p := range s.Default.Regulars {
			s.RelatedTo(p, 5)
		}
	}
}
