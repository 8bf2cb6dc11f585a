package host

import (
	"path"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
)

// agreed reports whether hosts that choose media types by themselves choose
// ours for a file. They go by its extension and take them from the same
// database (https://github.com/jshttp/mime-db), whose entry for these is ours.
func agreed(name, media string) bool {
	switch ext := strings.ToLower(strings.TrimPrefix(path.Ext(name), ".")); ext {
	case "html", "htm", "css", "txt", "csv", "md", "vtt",
		"png", "apng", "jpg", "jpeg", "gif", "webp", "avif", "svg", "bmp",
		"woff", "woff2", "ttf", "otf",
		"json", "map", "webmanifest", "wasm", "pdf", "zip", "gz",
		"mp4", "webm", "mpeg", "wav":
		return output.MediaType(name) == media
	}
	return false
}

// withTypes adds rules to list for the media types that the host would not
// choose. No two rules have one pattern: a host may read the last of them only.
func (j *job) withTypes(list []block, s speech) []block {
	t := &table{name: "Content-Type", values: []string{""}}
	for _, e := range j.files() {
		media := e.Type
		if agreed(e.Path, media) {
			media = ""
		}
		t.add(j.at(e.URL), media)
	}
	var types []block
	for _, b := range together([]*table{t}, s) {
		if b.unset = nil; len(b.set) > 0 {
			types = append(types, b)
		}
	}
	if woven, ok := weave(list, types); ok {
		return woven
	}
	// The two want the same patterns in different orders. Single URLs have none.
	types = nil
	for _, u := range t.urls {
		if u.label != rest {
			types = append(types, block{Pattern: Pattern{Prefix: u.url, Exact: true}, set: []policy.Header{{Name: t.name, Value: t.values[u.label]}}})
		}
	}
	for _, b := range types {
		if i := slices.IndexFunc(list, func(a block) bool { return a.Pattern == b.Pattern }); i >= 0 {
			list[i].set = append(slices.Clip(list[i].set), b.set...)
		} else {
			list = append(list, b)
		}
	}
	return list
}

// weave makes one list of two that speak of different fields, in which both
// keep their order and no pattern stands twice; false where that can't be. The
// first of a stays the first.
func weave(a, b []block) ([]block, bool) {
	out, done := slices.Clone(a[:1]), 1
	for i, x := range b {
		same := func(y block) bool { return y.Pattern == x.Pattern }
		if same(a[0]) && i == 0 {
			out[0] = join(a[0], x)
			continue
		}
		if slices.ContainsFunc(a[:done], same) {
			return nil, false
		}
		if k := slices.IndexFunc(a[done:], same); k >= 0 {
			out = append(out, a[done:done+k]...)
			x = join(a[done+k], x)
			done += k + 1
		}
		out = append(out, x)
	}
	return append(out, a[done:]...), true
}

// join is a block that does what two of one pattern do.
func join(a, b block) block {
	a.set = append(slices.Clip(a.set), b.set...)
	a.unset = append(slices.Clip(a.unset), b.unset...)
	return a
}

// typeField is a header with nothing but a media type.
func typeField(media string) policy.Headers {
	return policy.NewHeaders(policy.Header{Name: "Content-Type", Value: media})
}
