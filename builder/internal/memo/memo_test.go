package memo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/digest"
)

// world is a graph of nodes that tests edit: what each node reads, in order,
// and what facts say. A read in lower case is a fact, any other a node. A node's
// value is the text of what it read.
type world struct {
	facts map[string]string
	nodes map[string][]string
	// stubborn steps read on when they need not.
	stubborn bool

	mu       sync.Mutex
	computed []string
}

func (w *world) Fact(k Key) digest.Digest {
	v, ok := w.facts[k.ID]
	if !ok {
		return digest.Digest{}
	}
	return digest.OfString(v)
}

func node(id string) Key { return Key{"node", id} }

func isFact(id string) bool { return id == strings.ToLower(id) }

func (w *world) compute(ctx context.Context, t *Trace, id string) (Value, error) {
	w.mu.Lock()
	w.computed = append(w.computed, id)
	w.mu.Unlock()
	var b strings.Builder
	for _, in := range w.nodes[id] {
		// "?x" reads what follows only where fact x is set.
		if name, ok := strings.CutPrefix(in, "?"); ok {
			if t.Fact(Key{"fact", name}).IsZero() {
				break
			}
			continue
		}
		// "=" hides what was read so far from the value.
		if in == "=" {
			b.Reset()
			continue
		}
		if in == "!" {
			return Value{Problems: diag.List{{Code: "fail", Message: id}}}, errors.New("it fails")
		}
		if isFact(in) {
			t.Fact(Key{"fact", in})
			b.WriteString(w.facts[in])
			continue
		}
		v, err := t.Node(ctx, node(in), nil)
		switch {
		case t.Doomed() && w.stubborn:
		case t.Doomed():
			return Value{}, t.Err()
		case err != nil:
			b.WriteString("(failed)")
		default:
			fmt.Fprintf(&b, "%s", v.Data)
		}
	}
	s := "[" + b.String() + "]"
	return Value{Data: s, Digest: digest.OfString(s), Problems: diag.List{{Code: "note", Message: "about " + id}}}, nil
}

func (w *world) begin(g *Graph) *Run {
	w.computed = nil
	return g.Begin(w, Options{
		Computers: map[string]Computer{"node": w.compute},
		Explain: func(chain []Key) diag.Problem {
			return diag.Problem{Code: "cycle", Message: (&Cycle{chain}).Error()}
		},
	})
}

// result is what a node came to, as text.
func result(r *Run, id string) string {
	v, err := r.Get(context.Background(), node(id), nil)
	if err != nil {
		return "error: " + err.Error()
	}
	return v.Data.(string)
}

func (w *world) did(t *testing.T, want string) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if got := strings.Join(w.computed, " "); got != want {
		t.Errorf("computed %q, want %q", got, want)
	}
	w.computed = nil
}

func TestKeptAndRecomputed(t *testing.T) {
	g := NewGraph()
	w := &world{facts: map[string]string{"a": "1", "b": "2"}, nodes: map[string][]string{"A": {"a", "B"}, "B": {"b"}}}
	if got := result(w.begin(g), "A"); got != "[1[2]]" {
		t.Fatalf("got %s", got)
	}
	w.did(t, "A B")

	r := w.begin(g)
	if got := result(r, "A"); got != "[1[2]]" {
		t.Errorf("kept: got %s", got)
	}
	w.did(t, "")
	if computed, reused := r.Counts("node"); computed != 0 || reused != 2 {
		t.Errorf("%d computed and %d kept, want 0 and 2", computed, reused)
	}

	w.facts["a"] = "3"
	if got := result(w.begin(g), "A"); got != "[3[2]]" {
		t.Errorf("got %s", got)
	}
	w.did(t, "A")

	w.facts["b"] = "4"
	if got := result(w.begin(g), "A"); got != "[3[4]]" {
		t.Errorf("got %s", got)
	}
	w.did(t, "B A")

	// A fact that is gone has changed too.
	delete(w.facts, "b")
	if got := result(w.begin(g), "A"); got != "[3[]]" {
		t.Errorf("got %s", got)
	}
}

// What stands in a trace behind the first read that differs may be something
// that the step would not read any more.
func TestVerifiedInOrder(t *testing.T) {
	g := NewGraph()
	w := &world{facts: map[string]string{"on": "1", "b": "1"}, nodes: map[string][]string{"A": {"?on", "B"}, "B": {"b"}}}
	result(w.begin(g), "A")
	w.computed = nil
	delete(w.facts, "on")
	w.facts["b"] = "2"
	r := w.begin(g)
	if got := result(r, "A"); got != "[]" {
		t.Errorf("got %s", got)
	}
	w.did(t, "A")
	for _, p := range r.Problems() {
		if p.Message == "about B" {
			t.Error("a problem of a node that nobody needs")
		}
	}
}

func TestEarlyCutOff(t *testing.T) {
	g := NewGraph()
	w := &world{facts: map[string]string{"a": "1"}, nodes: map[string][]string{"A": {"B"}, "B": {"a", "="}}}
	result(w.begin(g), "A")
	w.computed = nil
	w.facts["a"] = "2"
	result(w.begin(g), "A")
	w.did(t, "B")
}

func TestProblemsComeAlong(t *testing.T) {
	g := NewGraph()
	w := &world{facts: map[string]string{}, nodes: map[string][]string{"A": {"B"}, "B": nil, "C": nil}}
	first := w.begin(g)
	result(first, "A")
	result(first, "C")
	r := w.begin(g)
	result(r, "A")
	if got := r.Problems().Error(); got != "about A\nabout B" {
		t.Errorf("got %q", got)
	}
	// What was not needed is forgotten on request, what was needed stays.
	r.Sweep()
	if g.load(node("C")) != nil || g.load(node("A")) == nil || g.load(node("B")) == nil {
		t.Error("Sweep dropped or kept the wrong results")
	}
}

func TestFailuresAreNotStored(t *testing.T) {
	g := NewGraph()
	w := &world{facts: map[string]string{}, nodes: map[string][]string{"A": {"B"}, "B": {"!"}}}
	for range 2 {
		r := w.begin(g)
		if got := result(r, "A"); got != "[(failed)]" {
			t.Errorf("got %s", got)
		}
		if got := r.Problems().Error(); got != "B\nabout A" {
			t.Errorf("problems %q", got)
		}
		// B is tried each time, A keeps what it made of the failure.
		if _, err := r.Get(t.Context(), node("B"), nil); err == nil || !strings.Contains(err.Error(), "it fails") {
			t.Errorf("B: %v", err)
		}
	}
	w.did(t, "B")
	w.nodes["B"] = nil
	if got := result(w.begin(g), "A"); got != "[[]]" {
		t.Errorf("mended: got %s", got)
	}
}

func TestCollapse(t *testing.T) {
	g := NewGraph()
	facts := map[string]string{"all": "1"}
	for i := range 300 {
		facts[fmt.Sprint(i)] = "x"
	}
	w := &world{facts: facts}
	count := 0
	get := func() {
		r := g.Begin(w, Options{})
		_, err := r.Get(t.Context(), node("L"), func(_ context.Context, t *Trace) (Value, error) {
			count++
			for i := range 300 {
				t.Member(Key{"fact", "all"}, Key{"fact", fmt.Sprint(i)})
			}
			return Value{}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	get()
	if n := len(g.load(node("L")).reads); n != collapse+1 {
		t.Errorf("%d reads, want %d", n, collapse+1)
	}
	get()
	if count != 1 {
		t.Error("an unchanged list was made again")
	}
	facts["all"] = "2"
	get()
	if count != 2 {
		t.Error("the collection changed and the list was kept")
	}
	facts["3"] = "y"
	get()
	if count != 3 {
		t.Error("a member changed and the list was kept")
	}
}

func TestTransientAndRelease(t *testing.T) {
	g := NewGraph()
	w := &world{facts: map[string]string{}, nodes: map[string][]string{"A": nil}}
	r := g.Begin(w, Options{Computers: map[string]Computer{"node": w.compute}, Transient: map[string]bool{"node": true}})
	result(r, "A")
	if g.load(node("A")) != nil {
		t.Error("a transient result was stored")
	}
	r.Release(node("A"))
	v, err := r.Get(t.Context(), node("A"), nil)
	if v.Data != nil || v.Digest.IsZero() || len(v.Problems) != 1 || err != nil {
		t.Errorf("after Release: %+v, %v", v, err)
	}
	r = w.begin(NewGraph())
	result(r, "A")
	r.Release(node("A"))
	if result(r, "A") != "[]" {
		t.Error("Release dropped a result that is kept")
	}
}

func TestBlind(t *testing.T) {
	g := NewGraph()
	g.Blind("fact")
	w := &world{facts: map[string]string{"a": "1"}, nodes: map[string][]string{"A": {"a"}}}
	result(w.begin(g), "A")
	w.facts["a"] = "2"
	if got := result(w.begin(g), "A"); got != "[1]" {
		t.Errorf("a blind graph saw the change: %s", got)
	}
}

func TestCancelled(t *testing.T) {
	g := NewGraph()
	w := &world{facts: map[string]string{}}
	r := g.Begin(w, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	half := func(context.Context, *Trace) (Value, error) {
		cancel()
		return Value{Data: "half"}, nil
	}
	if _, err := r.Get(ctx, node("A"), half); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the cause", err)
	}
	if g.load(node("A")) != nil || len(r.finished()) != 0 {
		t.Error("half a step was kept")
	}
	v, err := r.Get(t.Context(), node("A"), func(context.Context, *Trace) (Value, error) { return Value{Data: "whole"}, nil })
	if v.Data != "whole" || err != nil {
		t.Errorf("asked again: %v, %v", v.Data, err)
	}
}

// A panic in a step must not leave others waiting for ever.
func TestPanic(t *testing.T) {
	r := NewGraph().Begin(&world{}, Options{})
	started, wait := make(chan bool), make(chan bool)
	var wg sync.WaitGroup
	wg.Go(func() {
		defer func() { _ = recover() }()
		_, _ = r.Get(t.Context(), node("A"), func(context.Context, *Trace) (Value, error) {
			close(started)
			<-wait
			panic("oh")
		})
	})
	<-started
	wg.Go(func() {
		v, err := r.Get(t.Context(), node("A"), func(context.Context, *Trace) (Value, error) { return Value{Data: 1}, nil })
		if v.Data != 1 || err != nil {
			t.Errorf("the other one got %v, %v", v.Data, err)
		}
	})
	close(wait)
	wg.Wait()
}

func TestWithoutComputer(t *testing.T) {
	g := NewGraph()
	w := &world{facts: map[string]string{"a": "1"}}
	inner := func(_ context.Context, t *Trace) (Value, error) {
		d := t.Fact(Key{"fact", "a"})
		return Value{Data: w.facts["a"], Digest: d}, nil
	}
	outer := func(ctx context.Context, t *Trace) (Value, error) {
		v, err := t.Node(ctx, Key{"partial", "P"}, inner)
		return Value{Data: v.Data, Digest: v.Digest}, err
	}
	for _, want := range []string{"1", "1", "2"} {
		w.facts["a"] = want
		v, err := g.Begin(w, Options{}).Get(t.Context(), node("A"), outer)
		if v.Data != want || err != nil {
			t.Errorf("got %v, %v, want %s", v.Data, err, want)
		}
	}
}

func TestCycleText(t *testing.T) {
	for _, tt := range []struct {
		nodes map[string][]string
		want  string
		fails []string
	}{
		{map[string][]string{"A": {"A"}}, "a cycle: node(A) → node(A)", []string{"A"}},
		{map[string][]string{"A": {"B"}, "B": {"A"}}, "a cycle: node(A) → node(B) → node(A)", []string{"A", "B"}},
		{map[string][]string{"C": {"A"}, "A": {"B"}, "B": {"C"}}, "a cycle: node(A) → node(B) → node(C) → node(A)", []string{"A", "B", "C"}},
		{map[string][]string{"A": {"B", "C"}, "B": {"A"}, "C": {"A"}}, "a cycle: node(A) → node(B) → node(A)", []string{"A", "B"}},
	} {
		ids := sortedIDs(tt.nodes)
		for _, first := range ids {
			w := &world{facts: map[string]string{}, nodes: tt.nodes}
			r := w.begin(NewGraph())
			result(r, first)
			var fails []string
			for _, id := range ids {
				if strings.HasPrefix(result(r, id), "error: ") {
					fails = append(fails, id)
				}
			}
			var cycles []string
			for _, p := range r.Problems() {
				if p.Code == "cycle" {
					cycles = append(cycles, p.Message)
				}
			}
			if !slices.Equal(fails, tt.fails) || !slices.Equal(cycles, []string{tt.want}) {
				t.Errorf("%v from %s: %q fail with %q, want %q with %q", tt.nodes, first, fails, cycles, tt.fails, tt.want)
			}
		}
	}
}

// Two nodes that change roles do not make a cycle.
func TestNoFalseCycle(t *testing.T) {
	g := NewGraph()
	w := &world{facts: map[string]string{"x": "1"}, nodes: map[string][]string{"A": {"x", "B"}, "B": {"x"}}}
	result(w.begin(g), "A")
	w.facts["x"] = "2"
	w.nodes = map[string][]string{"A": {"x"}, "B": {"x", "A"}}
	for _, first := range []string{"A", "B"} {
		r := w.begin(g)
		result(r, first)
		if a, b := result(r, "A"), result(r, "B"); a != "[2]" || b != "[2[2]]" {
			t.Errorf("from %s: %s and %s", first, a, b)
		}
	}
}

func sortedIDs(nodes map[string][]string) []string {
	var ids []string
	for id := range nodes {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}
