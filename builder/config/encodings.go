package config

import (
	"github.com/etagere/etagere/builder/coding"
)

// Encodings is which packed files lie beside those that a build writes, for
// web servers to send as they are.
type Encodings struct {
	// The codings that files are packed in: "br", "zstd", "gzip"; [] for none. Where
	// a host is built for, only those are written that it sends; hosts that pack
	// files themselves need none. Default: ["br", "zstd", "gzip"].
	Codings []string `toml:"codings"`
	// Files of fewer bytes are not packed: they fit into one packet anyway. Default: 1024.
	MinSize int `toml:"min_size"`
	// Levels by coding: br 0 to 11, zstd 1 to 22, gzip 1 to 9. Higher ones take more
	// time, once, for fewer bytes. Default: br = 6, zstd = 3, gzip = 7.
	Levels map[string]int `toml:"levels"`
}

// Level is the level that files are packed at in a coding.
func (e *Encodings) Level(name string) int {
	if level, ok := e.Levels[name]; ok {
		return level
	}
	about, _ := coding.Of(name)
	return about.Default
}

func (v *validator) encodings() {
	e := &v.Encodings
	e.Codings = v.words("encodings.codings", "content coding", e.Codings, coding.All())
	if e.MinSize < 1 {
		v.bad("encodings.min_size", "", "encodings.min_size is %d and must be 1 or more", e.MinSize)
		e.MinSize = v.def.Encodings.MinSize
	}
	for _, name := range sorted(e.Levels) {
		about, ok := coding.Of(name)
		level := e.Levels[name]
		switch {
		case !ok:
			v.word("encodings.levels."+name, "content coding", name, coding.All())
		case level < about.Min || level > about.Max:
			v.bad("encodings.levels."+name, "", "%s has levels from %d to %d, not %d", name, about.Min, about.Max, level)
		default:
			continue
		}
		delete(e.Levels, name)
	}
}
