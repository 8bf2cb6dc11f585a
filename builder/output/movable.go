package output

import "strings"

// IsMedia reports whether a file of a name is a picture, sound, film or font:
// what pages show, and few people know by its name. It means the same wherever
// it lies.
func IsMedia(name string) bool {
	kind, _, _ := strings.Cut(MediaType(name), "/")
	switch kind {
	case "image", "audio", "video", "font":
		return true
	}
	return strings.HasPrefix(MediaType(name), "application/vnd.ms-fontobject")
}

// IsMovable reports whether a file of a name means the same wherever it lies, so
// that a page that shows it can use any URL for it: IsMedia, subtitles, and a
// PDF. Stylesheets, scripts, documents and playlists are not: they find what
// lies beside them by its name.
func IsMovable(name string) bool {
	kind, _, _ := strings.Cut(MediaType(name), ";")
	return kind == "application/pdf" || kind == "text/vtt" || IsMedia(name)
}
