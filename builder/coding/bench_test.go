//go:build unix

package coding

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// BenchmarkLevels measures each level of each coding on real files: those of
// the folder that ETAGERE_PAGES names, a site that was built. MB/s is of plain
// bytes on one processor, "left" what is left of them in percent.
//
//	ETAGERE_PAGES=public go test ./builder/coding -run '^$' -bench Levels -cpu 1
func BenchmarkLevels(b *testing.B) {
	dir := os.Getenv("ETAGERE_PAGES")
	if dir == "" {
		b.Skip("ETAGERE_PAGES names no folder of a site")
	}
	files := make(map[string][][]byte)
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		kind := strings.TrimPrefix(filepath.Ext(name), ".")
		if !strings.Contains(" html css js ", " "+kind+" ") || len(files[kind]) == 200 {
			return nil
		}
		data, err := os.ReadFile(name)
		if len(data) >= 1024 {
			files[kind] = append(files[kind], data)
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	for _, kind := range []string{"html", "css", "js"} {
		for _, name := range All() {
			about, _ := Of(name)
			for level := about.Min; level <= about.Max; level++ {
				if name == Zstd && level != 1 && level != 3 && level != 7 && level != 11 {
					continue // the others make the same bytes as these
				}
				b.Run(fmt.Sprintf("%s/%s/%d", kind, name, level), func(b *testing.B) { benchLevel(b, name, level, files[kind]) })
			}
		}
	}
}

func benchLevel(b *testing.B, name string, level int, files [][]byte) {
	if len(files) == 0 {
		b.Skip("no such files")
	}
	var e Encoder
	var plain, packed int
	before := cpuTime(b)
	rounds := 0
	for b.Loop() {
		rounds++
		plain, packed = 0, 0
		for _, data := range files {
			out, err := e.Encode(name, level, data)
			if err != nil {
				b.Fatal(err)
			}
			plain, packed = plain+len(data), packed+len(out)
		}
	}
	spent := (cpuTime(b) - before) / time.Duration(rounds)
	b.ReportMetric(float64(spent.Microseconds())/1000/(float64(plain)/1e6), "cpu-ms/MB")
	b.ReportMetric(100*float64(packed)/float64(plain), "left%")
}

// cpuTime is what this process has used so far.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
