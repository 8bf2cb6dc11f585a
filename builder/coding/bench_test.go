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
//
// Stylesheets and scripts, as what is left in percent and cpu-ms/MB (4 files of
// CSS with 182 kB, our theme's among them; 6 minified scripts of npm packages
// with 410 kB; three rounds on a busy machine, so the times are rough):
//
//	        br 5      br 6      br 7       br 9       br 10      br 11
//	css  16.6  55  16.4  56  16.2 111  16.0 372  15.2  860  14.8 1728
//	js   29.0  38  28.8  44  28.7  63  28.6 205  27.1  753  26.5 1782
//
//	       gzip 6    gzip 7    gzip 9    zstd 3    zstd 7    zstd 11
//	css  18.7   9  18.5  11  18.0  30  19.3  60  18.0 516  17.3 1412
//	js   31.0  18  30.3  28  30.0  48  32.0  12  31.1 216  29.4   99
//
// (zstd was run once, and its times have the making of the encoder in them.)
// Between br 6 and 9 there is next to nothing to gain; br 11 takes another 8 to
// 10 percent off for 30 to 40 times the time.
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
