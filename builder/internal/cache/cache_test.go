package cache

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/etagere/etagere/builder/internal/digest"
)

func keyOf(i int) digest.Digest { return digest.New().Int(int64(i)).Sum() }

// valueOf is what keyOf(i) stands for: some hundred bytes, or none.
func valueOf(i int) []byte {
	return bytes.Repeat([]byte(fmt.Sprint("value ", i, ";")), (i*7)%60)
}

// bench is a cache on disk, opened again and again.
type bench struct {
	*testing.T
	dir      string
	options  Options
	mu       sync.Mutex
	warnings []string
}

func newBench(t *testing.T) *bench {
	b := &bench{T: t, dir: filepath.Join(t.TempDir(), "cache")}
	b.options.Warn = func(m string) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.warnings = append(b.warnings, m)
	}
	return b
}

func (b *bench) open() *Disk { return Open(b.dir, "test", b.options) }

// run uses the values from … to-1, makes those that are not there, and says
// how many it made.
func (b *bench) run(from, to int) int {
	b.Helper()
	d := b.open()
	defer d.Close()
	return b.use(d, from, to)
}

func (b *bench) use(d *Disk, from, to int) (made int) {
	b.Helper()
	for i := from; i < to; i++ {
		got, ok := d.Get(keyOf(i))
		if !ok {
			made++
			d.Put(keyOf(i), valueOf(i))
			continue
		}
		if !bytes.Equal(got, valueOf(i)) {
			b.Fatalf("value %d is %q", i, got)
		}
		if info, ok := d.Stat(keyOf(i)); !ok || info.Size != int64(len(got)) || info.Sum != digest.Of(got) {
			b.Fatalf("value %d is described as %+v", i, info)
		}
	}
	return made
}

func (b *bench) files() map[string]int64 {
	b.Helper()
	entries, err := os.ReadDir(b.dir)
	if err != nil && !os.IsNotExist(err) {
		b.Fatal(err)
	}
	files := make(map[string]int64)
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			b.Fatal(err)
		}
		files[e.Name()] = info.Size()
	}
	return files
}

func (b *bench) size() (total int64) {
	for _, n := range b.files() {
		total += n
	}
	return total
}

func (b *bench) silent() {
	b.Helper()
	if len(b.warnings) > 0 {
		b.Errorf("there were warnings: %q", b.warnings)
	}
}

func TestKeep(t *testing.T) {
	b := newBench(t)
	if n := b.run(0, 100); n != 100 {
		t.Errorf("made %d of 100", n)
	}
	before := b.files()
	if n := b.run(0, 100); n != 0 || len(before) != 1 {
		t.Errorf("made %d again; %v", n, before)
	}
	if got := b.files(); fmt.Sprint(got) != fmt.Sprint(before) {
		t.Errorf("a run that added nothing wrote: %v, before %v", got, before)
	}
	if n := b.run(50, 120); n != 20 {
		t.Errorf("made %d, not the 20 new ones", n)
	}
	b.silent()
}

func TestNone(t *testing.T) {
	var d *Disk
	d.Put(keyOf(1), []byte("x"))
	if _, ok := d.Get(keyOf(1)); ok {
		t.Error("a nil cache has a value")
	}
	if _, ok := d.Stat(keyOf(1)); ok {
		t.Error("a nil cache knows a value")
	}
	d.Close()
	b := newBench(t)
	b.run(0, 0)
	if _, err := os.Stat(b.dir); err == nil {
		t.Error("a cache with nothing in it made its folder")
	}
}

// TestFewFiles: many small runs leave few files, and lose nothing.
func TestFewFiles(t *testing.T) {
	b := newBench(t)
	for i := range 100 {
		if n := b.run(0, 3*i); i > 0 && n != 3 {
			t.Fatalf("run %d made %d", i, n)
		}
		if n := len(b.files()); n > maxPacks {
			t.Fatalf("run %d leaves %d files", i, n)
		}
	}
	b.silent()
}

// TestBound: what was used longest ago goes first, and what this run uses stays.
func TestBound(t *testing.T) {
	b := newBench(t)
	b.options.Max = 100_000
	clock := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	b.options.Now = func() time.Time { return clock }
	for day := range 60 {
		clock = clock.Add(26 * time.Hour)
		// Every day uses the first 50 and 50 of its own.
		d := b.open()
		if n := b.use(d, 0, 50); day > 0 && n != 0 {
			t.Fatalf("on day %d %d values that every day uses were gone", day, n)
		}
		b.use(d, 100+50*day, 150+50*day)
		d.Close()
		if n := b.size(); n > b.options.Max {
			t.Fatalf("on day %d there are %d bytes", day, n)
		}
	}
	// Opening counts no use; the newest days are there, the oldest are not.
	d := b.open()
	defer d.Close()
	if _, ok := d.Stat(keyOf(100 + 50*58)); !ok {
		t.Error("yesterday's values are gone")
	}
	if _, ok := d.Stat(keyOf(110)); ok {
		t.Error("the first day's values are still there")
	}
	b.silent()
}

// TestUseIsRemembered: a value that is only read lives as long as its use.
func TestUseIsRemembered(t *testing.T) {
	b := newBench(t)
	b.options.Max = 60_000
	clock := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	b.options.Now = func() time.Time { return clock }
	b.run(0, 20)
	for day := range 30 {
		clock = clock.Add(30 * time.Hour)
		b.run(0, 20)                          // only reads
		b.run(1000+100*day, 1000+100*(day+1)) // only writes, and drops others
	}
	if n := b.run(0, 20); n != 0 {
		t.Errorf("%d values that were used yesterday are gone", n)
	}
	b.silent()
}

// TestLarge: a run that needs more than the bound keeps what it needs.
func TestLarge(t *testing.T) {
	b := newBench(t)
	b.options.Max = 10_000
	b.run(0, 1000)
	if n := b.run(0, 1000); n != 0 {
		t.Errorf("made %d again", n)
	}
	b.silent()
}

// TestTwoAtOnce: processes that overlap in whatever way see right values, and
// the last one leaves a whole cache.
func TestTwoAtOnce(t *testing.T) {
	b := newBench(t)
	b.options.Max = 60_000
	rng := rand.New(rand.NewPCG(1, 2))
	var running []*Disk
	for range 400 {
		switch {
		case len(running) < 3 && rng.IntN(2) == 0:
			running = append(running, b.open())
		case len(running) > 0:
			i := rng.IntN(len(running))
			from := rng.IntN(500)
			b.use(running[i], from, from+rng.IntN(40))
			if rng.IntN(3) == 0 {
				running[i].Close()
				running = append(running[:i], running[i+1:]...)
			}
		}
	}
	for _, d := range running {
		d.Close()
	}
	b.run(0, 500)
	if n := b.run(0, 500); n != 0 {
		t.Errorf("made %d again", n)
	}
	b.silent()
}

func TestParallel(t *testing.T) {
	b := newBench(t)
	d := b.open()
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 300 {
				n := (i*13 + g) % 300
				if got, ok := d.Get(keyOf(n)); ok && !bytes.Equal(got, valueOf(n)) {
					t.Errorf("value %d is %q", n, got)
				} else if !ok {
					d.Put(keyOf(n), valueOf(n))
				}
			}
		})
	}
	wg.Wait()
	d.Close()
	if n := b.run(0, 300); n != 0 {
		t.Errorf("made %d again", n)
	}
	b.silent()
}

// FuzzDamage: whatever happens to the files, a value comes back as it was put
// or not at all, and one run later all is there again without a warning.
func FuzzDamage(f *testing.F) {
	for seed := range uint64(30) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		rng := rand.New(rand.NewPCG(seed, 1))
		b := newBench(t)
		b.run(0, 40)
		b.run(0, 60)
		for name := range b.files() {
			damage(t, rng, filepath.Join(b.dir, name))
		}
		made := b.run(0, 60)
		if made > 0 && len(b.warnings) == 0 {
			t.Errorf("%d values were lost without a word", made)
		}
		b.warnings = nil
		if n := b.run(0, 60); n != 0 {
			t.Errorf("made %d again", n)
		}
		b.silent()
	})
}

// damage changes some bytes of a file, cuts it, or adds to it.
func damage(t *testing.T, rng *rand.Rand, name string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	switch rng.IntN(4) {
	case 0:
		data = data[:rng.IntN(len(data))]
	case 1:
		data = append(data, random(rng, 1+rng.IntN(200))...)
	default:
		for range 1 + rng.IntN(5) {
			data[rng.IntN(len(data))] ^= byte(1 + rng.IntN(255))
		}
	}
	if err := os.WriteFile(name, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

func random(rng *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

// FuzzIndex: no bytes make a pack that panics.
func FuzzIndex(f *testing.F) {
	f.Add([]byte(magic + strings.Repeat("x", trailerSize)))
	f.Add([]byte(magic + strings.Repeat("\x00", trailerSize-len(magic)) + magic))
	f.Fuzz(func(t *testing.T, data []byte) {
		name := filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(name, data, 0o666); err != nil {
			t.Fatal(err)
		}
		p, index, err := openPack(name)
		if err != nil {
			return
		}
		defer p.close()
		for _, r := range index {
			if r.at != nowhere {
				_, _ = p.read(r.at, r.Info)
			}
		}
	})
}

// TestOthers: files of other versions, other kinds and dead processes.
func TestOthers(t *testing.T) {
	b := newBench(t)
	b.run(0, 3)
	old := time.Now().Add(-48 * time.Hour)
	for name, gone := range map[string]bool{
		"test.0-abc.pack": true, "test.2-abc.pack": false, "tests.0-abc.pack": false, "test.1-dead.new": true,
		"test.1-busy.new": false, "other.txt": false,
	} {
		full := filepath.Join(b.dir, name)
		if err := os.WriteFile(full, []byte("x"), 0o666); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(name, "dead") {
			if err := os.Chtimes(full, old, old); err != nil {
				t.Fatal(err)
			}
		}
		b.run(0, 3)
		if _, err := os.Stat(full); os.IsNotExist(err) != gone {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.silent()
}

// TestUnwritable: a cache that can't be written is said to be so, once.
func TestUnwritable(t *testing.T) {
	b := newBench(t)
	if err := os.WriteFile(b.dir, []byte("a file"), 0o666); err != nil {
		t.Fatal(err)
	}
	if n := b.run(0, 10); n != 10 || len(b.warnings) != 1 || !strings.Contains(b.warnings[0], "can't be written") {
		t.Errorf("made %d; %q", n, b.warnings)
	}
}
