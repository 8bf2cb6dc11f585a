package asset

import (
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/etagere/etagere/builder/asset/bundle"
)

// keyOf is the key, a name without its digest, of what is named after a file.
func keyOf(name string) string {
	stem, ext := nameParts(name)
	return stem + ext
}

// keys are the keys of everything that may be made of a file.
func keys(p string) []string {
	list := []string{keyOf(p)}
	out := bundle.OutName(p)
	if out == "" {
		return list
	}
	list = append(list, keyOf(out), keyOf(MapName(out)))
	if path.Ext(out) == ".js" {
		list = append(list, keyOf(StylesName(out)), keyOf(MapName(StylesName(out))))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// MapName is the name of the source map of a bundle, and StylesName that of the
// stylesheet which a script brings along.
func MapName(out string) string    { return out + ".map" }
func StylesName(out string) string { return strings.TrimSuffix(out, path.Ext(out)) + ".css" }

// Names remembers, from generation to generation, what the assets at fingerprinted
// URLs were made of, so that one is found though nothing but its URL is known. The
// zero value is ready for use, by several goroutines.
type Names struct {
	mu  sync.Mutex
	ids map[string]map[string]bool
}

// Add notes that the asset a, and what comes with it, has an ID.
func (n *Names) Add(a *Asset, id string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ids == nil {
		n.ids = make(map[string]map[string]bool)
	}
	for _, p := range a.Parts(true) {
		key, _ := undigested(p.URL)
		if n.ids[key] == nil {
			n.ids[key] = make(map[string]bool)
		}
		n.ids[key][id] = true
	}
}

// IDs are those of the assets that may be at a URL, sorted.
func (n *Names) IDs(url string) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	key, _ := undigested(url)
	return slices.Sorted(maps.Keys(n.ids[key]))
}
