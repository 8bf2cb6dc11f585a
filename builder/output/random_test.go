package output

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestRandomBuilds: whatever was there before, the destination has the files
// of the last build and those of others, and nothing else.
func TestRandomBuilds(t *testing.T) {
	both(t, func(t *testing.T, b *bench) {
		rng := rand.New(rand.NewPCG(1, 2))
		names := []string{"a", "a/b", "a/b/c", "a/d.css", "e/index.html", "e/f/index.html", "g.html", "h/i/j/k.png", "h/i", "l.txt"}
		strangers := map[string]string{"CNAME": "x", "theirs/deep/x.txt": "y", "e/note": "z"}
		b.build()
		for p, data := range strangers {
			b.write(p, data)
		}
		for round := range 80 {
			want := make(map[string]string)
			for _, n := range names {
				if rng.IntN(2) == 0 && !conflicts(want, n) {
					want[n] = fmt.Sprint(n, rng.IntN(3)) + []string{"", "+"}[rng.IntN(2)]
				}
			}
			var specs []string
			for _, p := range slices.Sorted(maps.Keys(want)) {
				specs = append(specs, p+"="+want[p])
			}
			if rng.IntN(5) == 0 {
				// A build that is given up leaves no trace.
				s, err := b.open().Begin()
				if err != nil {
					t.Fatal(err)
				}
				if err := errors.Join(s.Put(files("zzz=1")[0]), s.Abort()); err != nil {
					t.Fatal(err)
				}
			}
			specs = packedSpecs(specs...)
			b.build(specs...)
			for p, data := range strangers {
				specs = append(specs, p+"="+data)
			}
			checkPacked(t, tree(t, b.dest))
			if b.want(specs...); t.Failed() {
				t.Fatalf("in round %d", round)
			}
		}
	})
}

// conflicts reports whether a file n can't be beside those of have.
func conflicts(have map[string]string, n string) bool {
	for p := range have {
		if len(p) < len(n) && n[:len(p)+1] == p+"/" || len(n) < len(p) && p[:len(n)+1] == n+"/" {
			return true
		}
	}
	return false
}
