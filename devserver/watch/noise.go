package watch

import (
	"path/filepath"
	"strings"
)

// noise reports whether the file at path is one that editors and we ourselves
// make on the way, and that no site is made of. Saves that go through such a
// file end in an event for the file that was meant.
func noise(path string) bool {
	name := filepath.Base(path)
	switch {
	case name == "4913", name == ".etagere", name == ".DS_Store", name == "index.lock":
		return true
	case len(name) > 1 && name[0] == '#' && name[len(name)-1] == '#':
		return true
	}
	for _, prefix := range []string{".#", ".sb-", ".goutputstream", ".~lock."} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	for _, suffix := range []string{"~", ".swp", ".swx", ".swo", ".bck", ".tmp", "___jb_tmp___", "___jb_old___", "___jb_bak___"} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return false
}
