package coding

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// decode is what a reader gets.
func decode(t testing.TB, name string, packed []byte) []byte {
	t.Helper()
	r, err := Decoder(name, bytes.NewReader(packed))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return b
}

// random is a text of n bytes between noise and repetition.
func random(rng *rand.Rand, n int) []byte {
	words := make([]string, 1+rng.IntN(200))
	for i := range words {
		words[i] = fmt.Sprintf("%x", rng.Uint64N(1<<(1+rng.IntN(60))))
	}
	var b []byte
	for len(b) < n {
		if rng.IntN(8) == 0 {
			b = append(b, byte(rng.Uint32()))
		}
		b = append(append(b, words[rng.IntN(len(words))]...), ' ')
	}
	return b[:n]
}

// TestEncode: what was packed is what is unpacked, at every level, and the
// packed bytes do not depend on what the encoder did before.
func TestEncode(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var used Encoder
	for _, name := range All() {
		about, _ := Of(name)
		for level := about.Min; level <= about.Max; level++ {
			if name == Zstd && level > 4 && level%5 != 0 {
				continue // the encoder has four levels behind the 22
			}
			for _, n := range []int{0, 1, 63, 1000, 1000 + rng.IntN(20000)} {
				b := random(rng, n)
				packed, err := used.Encode(name, level, b)
				if err != nil {
					t.Fatal(err)
				}
				if got := decode(t, name, packed); !bytes.Equal(got, b) {
					t.Errorf("%s %d: %d bytes came back as %d others", name, level, len(b), len(got))
				}
				var fresh Encoder
				if again, err := fresh.Encode(name, level, b); err != nil || !bytes.Equal(again, packed) {
					t.Errorf("%s %d: a fresh encoder makes other bytes of %d (%v)", name, level, n, err)
				}
			}
		}
	}
}

func FuzzEncode(f *testing.F) {
	f.Add([]byte(""), 0)
	f.Add([]byte("<!doctype html><title>x</title>"), 7)
	f.Add(bytes.Repeat([]byte("abc"), 1000), 11)
	var e Encoder
	f.Fuzz(func(t *testing.T, b []byte, level int) {
		for _, name := range All() {
			about, _ := Of(name)
			l := about.Min + int(uint(level)%uint(about.Max-about.Min+1))
			packed, err := e.Encode(name, l, b)
			if err != nil {
				t.Fatal(err)
			}
			if got := decode(t, name, packed); !bytes.Equal(got, b) {
				t.Errorf("%s %d: %q came back as %q", name, l, b, got)
			}
		}
	})
}

// TestParallel: goroutines that share an encoder make what one alone makes.
func TestParallel(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	inputs := make([][]byte, 40)
	for i := range inputs {
		inputs[i] = random(rng, rng.IntN(20000))
	}
	for _, name := range All() {
		about, _ := Of(name)
		var shared Encoder
		got := make([][]byte, len(inputs))
		var wg sync.WaitGroup
		for i, b := range inputs {
			wg.Go(func() { got[i], _ = shared.Encode(name, about.Default, b) })
		}
		wg.Wait()
		for i, b := range inputs {
			var alone Encoder
			if want, err := alone.Encode(name, about.Default, b); err != nil || !bytes.Equal(got[i], want) {
				t.Errorf("%s: input %d differs (%v)", name, i, err)
			}
		}
	}
}

// TestHeaders: nothing of the machine or the hour is in the packed bytes, and
// no browser has to look back further than it will.
func TestHeaders(t *testing.T) {
	var e Encoder
	b, err := e.Encode(Gzip, 6, []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	// RFC 1952 §2.3: no flags, no time, an unknown system.
	if b[3] != 0 || !bytes.Equal(b[4:8], make([]byte, 4)) || b[9] != 255 {
		t.Errorf("the header of gzip is % x", b[:10])
	}
	rng := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{100, window, window + 1, 12 << 20} {
		big := bytes.Repeat(random(rng, 1<<16), n>>16+1)[:n]
		for _, level := range []int{1, 7} {
			packed, err := e.Encode(Zstd, level, big)
			if err != nil {
				t.Fatal(err)
			}
			var h zstd.Header
			if err := h.Decode(packed); err != nil {
				t.Fatal(err)
			}
			if look := max(h.WindowSize, map[bool]uint64{true: h.FrameContentSize}[h.SingleSegment]); look > window {
				t.Errorf("%d bytes at level %d have a window of %d", n, level, look)
			}
		}
	}
}

func TestRefused(t *testing.T) {
	var e Encoder
	for _, tt := range []struct {
		name  string
		level int
		want  string
	}{
		{"deflate", 6, `there is no content coding "deflate"`},
		{Brotli, 12, "br has levels from 0 to 11, not 12"},
		{Gzip, 0, "gzip has levels from 1 to 9, not 0"},
	} {
		if _, err := e.Encode(tt.name, tt.level, nil); err == nil || err.Error() != tt.want {
			t.Errorf("%s %d: got %v", tt.name, tt.level, err)
		}
	}
	if _, err := Decoder("deflate", nil); err == nil {
		t.Error("deflate has a decoder")
	}
}

func TestWorth(t *testing.T) {
	for _, tt := range []struct {
		plain, packed int
		want          bool
	}{
		{100, 36, true}, {100, 37, false}, {2000, 1900, true}, {2000, 1901, false}, {10, 40, false}, {0, 0, false},
	} {
		if got := Worth(tt.plain, tt.packed); got != tt.want {
			t.Errorf("%d for %d: got %v", tt.packed, tt.plain, got)
		}
	}
}

// TestVersions: a recipe names the encoder that is really used.
func TestVersions(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for module, version := range map[string]string{
		"github.com/andybalholm/brotli": brotliVersion, "github.com/klauspost/compress": compressVersion,
	} {
		if !strings.Contains(string(b), module+" v"+version+"\n") {
			t.Errorf("go.mod has another version of %s than %s", module, version)
		}
	}
}
