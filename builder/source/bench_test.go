package source

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"
)

// BenchmarkScan looks at 10,000 files of 10 KB again, none of them changed.
func BenchmarkScan(b *testing.B) {
	dir := b.TempDir()
	data := make([]byte, 10<<10)
	for i := range 100 {
		sub := fmt.Sprintf("%s/content/%02d", dir, i)
		if err := os.MkdirAll(sub, 0o777); err != nil {
			b.Fatal(err)
		}
		for j := range 100 {
			if err := os.WriteFile(fmt.Sprintf("%s/%02d.md", sub, j), data, 0o666); err != nil {
				b.Fatal(err)
			}
		}
	}
	s := New(os.DirFS(dir), nil, Layout{})
	s.now = func() time.Time { return time.Now().Add(time.Hour) }
	for b.Loop() {
		if _, _, err := s.Scan(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
