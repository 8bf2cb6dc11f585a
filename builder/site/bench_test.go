package site

import (
	"fmt"
	"testing"

	"github.com/etagere/etagere/builder/content"
	"github.com/etagere/etagere/builder/internal/digest"
)

// manyHeads is a site of n pages in folders of a hundred.
func manyHeads(n int) []*content.Head {
	out := make([]*content.Head, n)
	for i := range n {
		name := fmt.Sprintf("area%d/topic%d/page-%d.md", i/5000, i/100, i)
		out[i] = &content.Head{
			Path: name, Source: "content/" + name, Title: fmt.Sprintf("Page %d", i), Digest: digest.OfString(name),
			Terms: map[string][]string{"tags": {fmt.Sprintf("tag%d", i%50)}},
		}
	}
	return out
}

func BenchmarkAssemble(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		heads := manyHeads(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Assemble(Input{Config: testConfig(nil), Heads: heads, AsOf: asOf})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/page")
		})
	}
}

func BenchmarkResolve(b *testing.B) {
	s, _ := Assemble(Input{Config: testConfig(nil), Heads: manyHeads(10_000), AsOf: asOf})
	from := s.Page("en", "/area0/topic7/page-700")
	for _, dest := range []string{"page-701.md", "../topic8/page-801.md#x", "/area1/topic50/page-5000/", "page-701", "Page-701.md", "missing.md"} {
		b.Run(dest, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.Resolve(from, "", dest)
			}
		})
	}
}

func BenchmarkNearest(b *testing.B) {
	s, _ := Assemble(Input{Config: testConfig(nil), Heads: manyHeads(10_000), AsOf: asOf})
	from := s.Page("en", "/area0/topic7/page-700")
	for b.Loop() {
		s.Nearest(from, "", "paeg-7011.md")
	}
}

// BenchmarkFaces is the price of one fact about all regular pages.
func BenchmarkFaces(b *testing.B) {
	in := Input{Config: testConfig(nil), Heads: manyHeads(10_000), AsOf: asOf}
	for b.Loop() {
		b.StopTimer()
		s, _ := Assemble(in)
		b.StartTimer()
		s.Fact("faces:regulars", "en")
	}
}

func BenchmarkRelated(b *testing.B) {
	s, _ := Assemble(Input{Config: testConfig(nil), Heads: manyHeads(10_000), AsOf: asOf})
	for b.Loop() {
		for _, p := range s.Default.Regulars {
			s.RelatedTo(p, 5)
		}
	}
}
