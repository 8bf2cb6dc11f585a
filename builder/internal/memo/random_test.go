package memo

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
)

// randomWorld has n nodes that read each other and facts at random; some of its
// reads depend on a fact.
func randomWorld(r *rand.Rand, n int) *world {
	w := &world{facts: map[string]string{}, nodes: map[string][]string{}, stubborn: r.IntN(2) == 0}
	for i := range n {
		w.nodes[fmt.Sprintf("N%d", i)] = nil
	}
	for i := range 4 {
		w.facts[fmt.Sprintf("f%d", i)] = "0"
	}
	for id := range n {
		w.rewire(r, id, n)
	}
	return w
}

func (w *world) rewire(r *rand.Rand, id, n int) {
	reads := []string{fmt.Sprintf("v%d", id)}
	for range r.IntN(4) {
		switch r.IntN(6) {
		case 0:
			reads = append(reads, fmt.Sprintf("?f%d", r.IntN(4)))
		case 1:
			reads = append(reads, "=")
		default:
			reads = append(reads, fmt.Sprintf("N%d", r.IntN(n)))
		}
	}
	w.nodes[fmt.Sprintf("N%d", id)] = reads
	// What a node is made of is a fact that it reads first: its own version.
	w.facts[reads[0]] = fmt.Sprint(r.Int())
}

// all is the result of every node and the problems, asked for in the order of perm.
func all(run *Run, perm []int, parallel bool) string {
	out := make([]string, len(perm))
	var wg sync.WaitGroup
	for _, i := range perm {
		get := func() { out[i] = fmt.Sprintf("N%d %s", i, result(run, fmt.Sprintf("N%d", i))) }
		if parallel {
			wg.Go(get)
		} else {
			get()
		}
	}
	wg.Wait()
	return strings.Join(out, "\n") + "\n" + run.Problems().Error()
}

// TestRandomGraphs: whoever asks first, side by side or one after the other,
// with or without a memory of another generation, gets the same values, the same
// failures and the same problems. It ends, so nothing waits for ever.
func TestRandomGraphs(t *testing.T) {
	rounds := 3000
	if testing.Short() {
		rounds = 300
	}
	cycles := 0
	for seed := range rounds {
		r := rand.New(rand.NewPCG(uint64(seed), 7))
		n := 2 + r.IntN(8)
		w := randomWorld(r, n)
		g := NewGraph()
		for generation := range 3 {
			want := all(w.begin(NewGraph()), r.Perm(n), false)
			if strings.Contains(want, "a cycle") {
				cycles++
			}
			for what, got := range map[string]string{
				"another order": all(w.begin(NewGraph()), r.Perm(n), false),
				"side by side":  all(w.begin(NewGraph()), r.Perm(n), true),
				"with a memory": all(w.begin(g), r.Perm(n), true),
			} {
				if got != want {
					t.Fatalf("seed %d, generation %d, %s:\n%s\nwant\n%s\nnodes %v", seed, generation, what, got, want, w.nodes)
				}
			}
			w = &world{facts: maps.Clone(w.facts), nodes: maps.Clone(w.nodes), stubborn: w.stubborn}
			for range 1 + r.IntN(2) {
				w.rewire(r, r.IntN(n), n)
			}
			if f := fmt.Sprintf("f%d", r.IntN(4)); w.facts[f] == "" {
				w.facts[f] = "0"
			} else {
				delete(w.facts, f)
			}
		}
	}
	if cycles < rounds/4 {
		t.Errorf("only %d of %d graphs had a cycle: the test is too tame", cycles, 3*rounds)
	}
}
