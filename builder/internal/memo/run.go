package memo

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/digest"
)

// Options are what a Run knows of its nodes.
type Options struct {
	// Computers by kind. A kind may lack one; see Computer.
	Computers map[string]Computer
	// Transient are the kinds whose results are not kept for later generations,
	// because nobody will ask again.
	Transient map[string]bool
	// Explain makes the problem that tells the author of a cycle. Nil reports none.
	Explain func(chain []Key) diag.Problem
}

// Run is one generation of a Graph: facts do not change while it lasts. It may
// be used by several goroutines.
type Run struct {
	graph   *Graph
	facts   Facts
	options Options

	// mu guards cells, the stacks of all tasks and what they wait for.
	mu    sync.Mutex
	cells map[Key]*cell
}

// cell is a node in one generation.
type cell struct {
	key  Key
	task *task
	done chan struct{}

	// The fields below are written before done is closed and not later.
	value Value
	err   error
	reads []read
	// kept means that the value is that of an earlier generation.
	kept bool
	// gone means that nothing is known of the node, because it was only checked:
	// whoever waited asks again.
	gone bool
}

// task is one chain of nodes that wait for each other in one goroutine.
type task struct {
	stack []*cell
	waits *cell
}

// Begin starts a generation in which facts holds.
func (g *Graph) Begin(facts Facts, o Options) *Run {
	return &Run{graph: g, facts: facts, options: o, cells: make(map[Key]*cell)}
}

// Get is the value of node k, kept or computed. It is how the outside asks;
// nodes ask through their Trace. A nil compute uses the kind's Computer.
func (r *Run) Get(ctx context.Context, k Key, compute Compute) (Value, error) {
	return r.get(ctx, new(task), k, r.computer(k, compute))
}

func (r *Run) computer(k Key, compute Compute) Compute {
	if compute != nil {
		return compute
	}
	if c := r.options.Computers[k.Kind]; c != nil {
		return func(ctx context.Context, t *Trace) (Value, error) { return c(ctx, t, k.ID) }
	}
	return nil
}

var errUnknown = errors.New("memo: nothing is known of the node")

// get evaluates k for the node at the top of t's stack. Without compute it only
// looks whether the stored result holds, and returns errUnknown where not.
func (r *Run) get(ctx context.Context, t *task, k Key, compute Compute) (Value, error) {
	for {
		r.mu.Lock()
		c := r.cells[k]
		if c == nil {
			c = &cell{key: k, task: t, done: make(chan struct{})}
			r.cells[k] = c
			t.stack = append(t.stack, c)
			r.mu.Unlock()
			r.evaluate(ctx, c, compute)
			return c.value, c.err
		}
		if err := r.wait(ctx, t, c); err != nil {
			return Value{}, err
		}
		if !c.gone {
			return c.value, c.err
		}
	}
}

// wait returns when c is done. It is called with r.mu held and releases it.
func (r *Run) wait(ctx context.Context, t *task, c *cell) error {
	select {
	case <-c.done:
		r.mu.Unlock()
		return nil
	default:
	}
	if chain := cycleOf(t, c); chain != nil {
		r.mu.Unlock()
		return newCycle(chain)
	}
	t.waits = c
	r.mu.Unlock()
	var err error
	select {
	case <-c.done:
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	r.mu.Lock()
	t.waits = nil
	r.mu.Unlock()
	return err
}

// cycleOf is the chain of nodes that would wait for each other if t waited for
// c, or nil. Each task is blocked at one node, so the chain is a plain walk.
func cycleOf(t *task, c *cell) []Key {
	var chain []Key
	for seen := 0; c != nil && seen < 1<<20; seen++ {
		owner := c.task
		i := slices.Index(owner.stack, c)
		if i < 0 {
			return nil // it is just being finished
		}
		for _, m := range owner.stack[i:] {
			chain = append(chain, m.key)
		}
		if owner == t {
			return chain
		}
		c = owner.waits
	}
	return nil
}

// evaluate finishes c, which is at the top of its task's stack.
func (r *Run) evaluate(ctx context.Context, c *cell, compute Compute) {
	finished := false
	defer func() {
		r.mu.Lock()
		c.task.stack = c.task.stack[:len(c.task.stack)-1]
		if !finished || c.gone {
			c.gone = true
			delete(r.cells, c.key)
		}
		r.mu.Unlock()
		close(c.done)
	}()

	old := r.graph.load(c.key)
	if old != nil && r.holds(ctx, c, old.reads) {
		c.value, c.reads, c.kept = old.value, old.reads, true
		finished = true
		return
	}
	if compute == nil {
		c.err, c.gone = errUnknown, true
		return
	}

	t := &Trace{run: r, cell: c, seen: make(map[Key]struct{})}
	value, err := compute(ctx, t)
	if t.cycle != nil {
		// Whatever the step made of it: a node of a cycle has no value.
		value, err = Value{Problems: r.explain(t.cycle)}, t.cycle
	}
	if ctx.Err() != nil {
		// Half a step must not be taken for a whole one: it is asked again.
		c.err, c.gone = context.Cause(ctx), true
		return
	}
	c.value, c.reads = value, t.reads
	if err != nil {
		c.err = &Failed{Key: c.key, Err: err}
		c.value.Data, c.value.Digest = nil, failureDigest(err)
		r.graph.fail(c.key, &entry{value: c.value, reads: t.reads})
	} else if !r.options.Transient[c.key.Kind] {
		r.graph.store(c.key, &entry{value: value, reads: t.reads})
	}
	finished = true
}

// failureDigest makes a failure something that a trace can record.
func failureDigest(err error) digest.Digest {
	return digest.New().String("failed").String(err.Error()).Sum()
}

func (r *Run) explain(c *Cycle) diag.List {
	if r.options.Explain == nil {
		return nil
	}
	return diag.List{r.options.Explain(c.Keys)}
}

// holds reports whether every read still gives the same digest. It stops at the
// first that does not.
func (r *Run) holds(ctx context.Context, c *cell, reads []read) bool {
	for _, rd := range reads {
		if !rd.node {
			if r.facts.Fact(rd.key) != rd.digest {
				return false
			}
			continue
		}
		value, err := r.get(ctx, c.task, rd.key, r.computer(rd.key, nil))
		if errors.Is(err, errUnknown) || ctx.Err() != nil || value.Digest != rd.digest {
			return false
		}
		// A failed node that the step once took note of is as good as any other,
		// unless it failed because it needs this very step.
		if cycle := asCycle(err); cycle != nil && cycle.has(c.key) {
			return false
		}
	}
	return true
}

// Release drops the data of a finished node of a transient kind that only the
// caller has asked for. Its digest and problems stay.
func (r *Run) Release(k Key) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c := r.cells[k]; c != nil && r.options.Transient[k.Kind] {
		c.value.Data = nil
	}
}

// Counts says how many nodes of a kind this generation computed and how many
// it kept.
func (r *Run) Counts(kind string) (computed, reused int) {
	for _, c := range r.finished() {
		switch {
		case c.key.Kind != kind:
		case c.kept:
			reused++
		default:
			computed++
		}
	}
	return computed, reused
}

// Computed are the IDs of the nodes of a kind that this generation computed, in
// no order.
func (r *Run) Computed(kind string) []string {
	var ids []string
	for _, c := range r.finished() {
		if c.key.Kind == kind && !c.kept {
			ids = append(ids, c.key.ID)
		}
	}
	return ids
}

// Visit calls fn for every finished node of this generation, in no order.
func (r *Run) Visit(fn func(k Key, v Value, err error)) {
	for _, c := range r.finished() {
		fn(c.key, c.value, c.err)
	}
}

// Reads calls fn for every read that a finished node of this generation made.
func (r *Run) Reads(fn func(reader, read Key, d digest.Digest)) {
	for _, c := range r.finished() {
		for _, rd := range c.reads {
			fn(c.key, rd.key, rd.digest)
		}
	}
}

func (r *Run) finished() []*cell {
	r.mu.Lock()
	defer r.mu.Unlock()
	cells := make([]*cell, 0, len(r.cells))
	for _, c := range r.cells {
		select {
		case <-c.done:
			cells = append(cells, c)
		default:
		}
	}
	return cells
}

// Problems are those of all nodes that this generation has needed so far.
func (r *Run) Problems() diag.List {
	var all diag.List
	r.Visit(func(_ Key, v Value, _ error) { all = append(all, v.Problems...) })
	return all.Sorted()
}

// Sweep drops the stored results that this generation has not needed. It is
// called once everything was asked for.
func (r *Run) Sweep() {
	live := make(map[Key]bool)
	for _, c := range r.finished() {
		live[c.key] = true
	}
	r.graph.mu.Lock()
	defer r.graph.mu.Unlock()
	for k := range r.graph.stored {
		if !live[k] {
			delete(r.graph.stored, k)
		}
	}
	for k := range r.graph.failed {
		if !live[k] {
			delete(r.graph.failed, k)
		}
	}
}
