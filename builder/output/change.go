package output

import (
	"maps"
	"slices"
)

// Change is the difference of two manifests, as lists of URLs, sorted.
type Change struct {
	Added, Changed, Removed []string
	// Same is how many URLs answer as before.
	Same int
}

// Empty reports whether nothing changed.
func (c Change) Empty() bool { return len(c.Added)+len(c.Changed)+len(c.Removed) == 0 }

// Diff says what is different for a reader after the files of the manifest old
// gave way to those of new. A URL has changed where its bytes, plain or packed,
// its media type, its class, its headers or its place have. Either may be nil, for no files.
func Diff(old, new *Manifest) Change {
	if old == nil {
		old = &Manifest{}
	}
	if new == nil {
		new = &Manifest{}
	}
	before := make(map[string]*Entry, len(old.Files))
	for i := range old.Files {
		before[old.Files[i].URL] = &old.Files[i]
	}
	var c Change
	for i := range new.Files {
		e := &new.Files[i]
		o, ok := before[e.URL]
		delete(before, e.URL)
		switch {
		case !ok:
			c.Added = append(c.Added, e.URL)
		case o.SHA256 != e.SHA256 || o.Type != e.Type || o.Class != e.Class || o.Path != e.Path ||
			!slices.Equal(o.Encodings, e.Encodings) || !maps.Equal(old.headers(o), new.headers(e)):
			c.Changed = append(c.Changed, e.URL)
		default:
			c.Same++
		}
	}
	slices.Sort(c.Added)
	slices.Sort(c.Changed)
	c.Removed = slices.Sorted(maps.Keys(before))
	return c
}

func (m *Manifest) headers(e *Entry) map[string]string {
	if e.Headers < 0 || e.Headers >= len(m.HeaderSets) {
		return nil
	}
	return m.HeaderSets[e.Headers]
}
