package memo

import (
	"context"

	"github.com/etagere/etagere/builder/internal/digest"
)

// collapse is how many facts of one collection a trace records one by one. A
// listing of ten thousand pages keeps one digest instead.
const collapse = 256

// Trace records what one node reads, in order. It is used by the goroutine that
// computes the node and by no other.
type Trace struct {
	run   *Run
	cell  *cell
	reads []read
	seen  map[Key]struct{}
	// members counts the facts read by collection.
	members map[Key]int
	cycle   *Cycle
}

// Key is the key of the node whose trace this is.
func (t *Trace) Key() Key { return t.cell.key }

// Fact notes that the node read fact k and returns its digest.
func (t *Trace) Fact(k Key) digest.Digest {
	d := t.run.facts.Fact(k)
	t.note(k, d, false)
	return d
}

// Nested is how many nodes of a kind wait for this one in its chain, itself
// included. Nodes whose keys are made at run time can need each other without
// end and without a cycle; who makes such nodes sets a limit.
func (t *Trace) Nested(kind string) int {
	n := 0
	for _, c := range t.cell.task.stack { // only this goroutine changes it
		if c.key.Kind == kind {
			n++
		}
	}
	return n
}

// Doomed reports whether the node is part of a cycle: whatever it returns is
// dropped, so it may as well stop.
func (t *Trace) Doomed() bool { return t.cycle != nil }

// Err is why a doomed node has no value, else nil.
func (t *Trace) Err() error {
	if t.cycle != nil {
		return t.cycle
	}
	return nil
}

// Member notes that the node read fact k of a member of a collection. Past 256
// members it notes the collection's fact instead, which must have a digest of
// all its members' facts in order.
func (t *Trace) Member(collection, k Key) {
	if _, ok := t.seen[k]; ok {
		return
	}
	if t.members == nil {
		t.members = make(map[Key]int)
	}
	t.members[collection]++
	if t.members[collection] > collapse {
		if _, ok := t.seen[collection]; !ok {
			t.Fact(collection)
		}
		return
	}
	t.Fact(k)
}

// Node is the value of node k, which this node reads. A nil compute uses the
// kind's Computer. On an error there is no value; the reader goes on with what
// it shows instead, unless it is itself part of a Cycle, in which case whatever
// it returns is dropped.
func (t *Trace) Node(ctx context.Context, k Key, compute Compute) (Value, error) {
	if t.cycle != nil {
		// What a doomed node would read next must not start: which node comes upon
		// a cycle first differs from build to build, what is computed may not.
		return Value{}, t.cycle
	}
	v, err := t.run.get(ctx, t.cell.task, k, t.run.computer(k, compute))
	if c := asCycle(err); c != nil && c.has(t.cell.key) {
		t.cycle = c
		return Value{}, c
	}
	t.note(k, v.Digest, true)
	return v, err
}

func (t *Trace) note(k Key, d digest.Digest, node bool) {
	if _, ok := t.seen[k]; ok {
		return
	}
	t.seen[k] = struct{}{}
	if t.run.graph.blind[k.Kind] {
		return
	}
	t.reads = append(t.reads, read{key: k, digest: d, node: node})
}
