package memo

import (
	"maps"
	"slices"

	"github.com/etagere/etagere/builder/diag"
)

// knownLimit is how many nodes Known looks at: it is asked while somebody waits.
const knownLimit = 1000

// Known are the problems of nodes that this generation has not needed yet, as
// far as they are certain without computing anything: those of results, and of
// failures, whose traces hold by what is known. A generation that has needed all
// that it will need must not ask: what is left then is needed by nobody.
func (r *Run) Known() diag.List {
	k := known{run: r, done: make(map[Key]*cell), seen: make(map[Key]*entry)}
	for _, c := range r.finished() {
		k.done[c.key] = c
	}
	r.graph.mu.Lock()
	k.stored, k.failed = maps.Clone(r.graph.stored), maps.Clone(r.graph.failed)
	r.graph.mu.Unlock()
	var told []Key
	for key, e := range k.stored {
		if len(e.value.Problems) > 0 && k.done[key] == nil {
			told = append(told, key)
		}
	}
	for key := range k.failed {
		if k.done[key] == nil {
			told = append(told, key)
		}
	}
	slices.SortFunc(told, compareKeys)
	told = slices.Compact(told)
	var all diag.List
	for _, key := range told[:min(len(told), knownLimit)] {
		if e := k.certain(key); e != nil {
			all = append(all, e.value.Problems...)
		}
	}
	return all
}

// known looks at one moment of a generation.
type known struct {
	run            *Run
	done           map[Key]*cell
	stored, failed map[Key]*entry
	// seen is what was found out so far: nil for what is not certain, or just
	// being looked at.
	seen map[Key]*entry
}

// certain is the result or failure of a node that holds, or nil.
func (k *known) certain(key Key) *entry {
	if e, ok := k.seen[key]; ok {
		return e
	}
	k.seen[key] = nil
	for _, e := range []*entry{k.failed[key], k.stored[key]} {
		if e != nil && k.holds(e) {
			k.seen[key] = e
			break
		}
	}
	return k.seen[key]
}

func (k *known) holds(e *entry) bool {
	for _, rd := range e.reads {
		switch c := k.done[rd.key]; {
		case !rd.node:
			if k.run.facts.Fact(rd.key) != rd.digest {
				return false
			}
		case c != nil:
			if c.value.Digest != rd.digest {
				return false
			}
		default:
			if e := k.certain(rd.key); e == nil || e.value.Digest != rd.digest {
				return false
			}
		}
	}
	return true
}
