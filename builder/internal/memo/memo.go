// Package memo keeps the results of a build's steps for as long as everything
// that they read stays the same.
//
// A step (node) reads facts, which have a digest in each generation, and other
// nodes. It records each read in the order in which it made them: its trace. In a
// later generation the result holds if the trace holds, read by read, in that
// same order. Because a step is deterministic, the first read that differs
// is one that the step would really make; what stands behind it in the trace
// is never looked at. So nothing is computed that a clean build would
// not compute, and nothing is reported that it would not report.
//
// The rules of the store:
//
//  1. Values in it are never changed.
//  2. A value depends on its key and its trace, on nothing else.
//  3. Problems are stored with the value and come along when it is reused.
//  4. Failures are not stored, but for what they report (Run.Known).
//  5. Dropping the store may cost time and can never change the output.
//
// The package knows nothing of pages or templates: callers name what they read
// with Keys and say what a Key's content is now with Facts.
package memo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/digest"
)

// Key names a fact or a node: Kind "face", ID "en:/guide/install".
type Key struct{ Kind, ID string }

// String is "kind(id)".
func (k Key) String() string { return k.Kind + "(" + k.ID + ")" }

func compareKeys(a, b Key) int {
	if c := strings.Compare(a.Kind, b.Kind); c != 0 {
		return c
	}
	return strings.Compare(a.ID, b.ID)
}

// Facts tells the digest that a fact has in one generation. The zero Digest
// means that there is none, which is a fact too. It is called concurrently.
type Facts interface {
	Fact(k Key) digest.Digest
}

// Value is the result of a node.
type Value struct {
	// Data is the result itself. It is never changed.
	Data any
	// Digest identifies what readers can see of Data.
	Digest digest.Digest
	// Problems are the mistakes found on the way, those of other nodes that were
	// read not included.
	Problems diag.List
}

// Compute makes the value of a node. It reads facts and other nodes through t
// and through nothing else. An error means that there is no value: the node
// failed, and what it reports in Value.Problems says why.
type Compute func(ctx context.Context, t *Trace) (Value, error)

// Computer makes the value of any node of one kind from its ID. Kinds that have
// one are brought up to date when a trace that read them is checked, so that an
// equal result spares the reader. Kinds without one (whose nodes need more than
// an ID) count as changed where their own trace does not hold.
type Computer func(ctx context.Context, t *Trace, id string) (Value, error)

// read is one entry of a trace.
type read struct {
	key    Key
	digest digest.Digest
	node   bool
}

type entry struct {
	value Value
	reads []read
}

// Graph remembers the last good result of every node, from generation to
// generation. It may be used by several goroutines.
type Graph struct {
	mu     sync.Mutex
	stored map[Key]*entry
	// failed are the last failures, for what they report; nobody reads them.
	failed map[Key]*entry
	// blind are the kinds whose reads are not recorded; see Blind.
	blind map[string]bool
}

// NewGraph returns an empty Graph.
func NewGraph() *Graph { return &Graph{stored: make(map[Key]*entry), failed: make(map[Key]*entry)} }

// Blind makes traces forget their reads of some kinds. It exists for tests,
// which must then see stale results: a kind that can be left out without a
// difference is not tested, or not needed.
func (g *Graph) Blind(kinds ...string) {
	g.blind = make(map[string]bool)
	for _, k := range kinds {
		g.blind[k] = true
	}
}

func (g *Graph) load(k Key) *entry {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.stored[k]
}

func (g *Graph) store(k Key, e *entry) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stored[k] = e
	delete(g.failed, k)
}

// fail keeps what a failure reports, for Run.Known.
func (g *Graph) fail(k Key, e *entry) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.failed[k] = e
}

// Failed is the error of a node that failed, as its readers see it. The reason
// is among the problems of that node.
type Failed struct {
	Key Key
	Err error
}

// Error names the node and the reason.
func (f *Failed) Error() string { return fmt.Sprintf("%s: %v", f.Key, f.Err) }

// Unwrap is the reason.
func (f *Failed) Unwrap() error { return f.Err }

// Cycle is the error of nodes that need each other. The chain is in reading
// order and starts with its smallest key, wherever the build came upon it.
type Cycle struct{ Keys []Key }

// Error shows the chain.
func (c *Cycle) Error() string {
	names := make([]string, 0, len(c.Keys)+1)
	for _, k := range c.Keys {
		names = append(names, k.String())
	}
	return "a cycle: " + strings.Join(append(names, c.Keys[0].String()), " → ")
}

func (c *Cycle) has(k Key) bool { return slices.Contains(c.Keys, k) }

// newCycle turns the chain so that it starts with its smallest key.
func newCycle(chain []Key) *Cycle {
	least := 0
	for i, k := range chain {
		if compareKeys(k, chain[least]) < 0 {
			least = i
		}
	}
	return &Cycle{Keys: append(slices.Clone(chain[least:]), chain[:least]...)}
}

// asCycle is the cycle that err tells of, if any.
func asCycle(err error) *Cycle {
	if c, ok := errors.AsType[*Cycle](err); ok {
		return c
	}
	return nil
}
