package layout

import "testing"

// What counting the turns of a loop costs.
func BenchmarkRange(b *testing.B) {
	s, problems := New(sources("-- page.html --\n{{ range 1000 }}<li>{{ upper \"a\" }}</li>{{ end }}\n"), bound)
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	c, _ := s.choose("page.html")
	b.ReportAllocs()
	for b.Loop() {
		in := s.Acquire(nil)
		if err := in.Execute(b.Context(), discard{}, c, nil); err != nil {
			b.Fatal(err)
		}
		s.Release(in)
	}
}

func BenchmarkEmptyRange(b *testing.B) {
	s, _ := New(sources("-- page.html --\n{{ range 1000 }}{{ end }}\n"), bound)
	c, _ := s.choose("page.html")
	b.ReportAllocs()
	for b.Loop() {
		in := s.Acquire(nil)
		if err := in.Execute(b.Context(), discard{}, c, nil); err != nil {
			b.Fatal(err)
		}
		s.Release(in)
	}
}

func BenchmarkPage(b *testing.B) {
	s, _ := New(sources("-- page.html --\na\n"), bound)
	q := Query{Kind: "page", Type: "guide", Sections: []string{"guide", "advanced"}, Lang: "en"}
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := s.Page(q); !ok {
			b.Fatal("not found")
		}
	}
}
