package output

import (
	"path"
	"strings"
)

// MediaType is the media type of a file by its extension, with the charset for
// text. It never asks the computer that it runs on, so that a site is the same
// wherever it is built. Unknown extensions are application/octet-stream.
func MediaType(name string) string {
	base := strings.ToLower(path.Base(name))
	media, ok := mediaTypes[strings.TrimPrefix(path.Ext(base), ".")]
	if !ok {
		media, ok = mediaNames[base]
	}
	if !ok {
		return "application/octet-stream"
	}
	if isText(media) {
		media += "; charset=utf-8"
	}
	return media
}

// isText reports whether a charset belongs to media. JSON has none: its
// encoding is fixed by its specification.
func isText(media string) bool {
	return strings.HasPrefix(media, "text/") || media == "application/xml" || strings.HasSuffix(media, "+xml") && media != "image/svg+xml"
}

// mediaNames are files that are known by name and have no extension.
var mediaNames = map[string]string{
	"license": "text/plain", "readme": "text/plain", "cname": "text/plain", "_headers": "text/plain", "_redirects": "text/plain",
	"makefile": "text/plain", "dockerfile": "text/plain", "authors": "text/plain", "changelog": "text/plain",
	"apple-app-site-association": "application/json",
}

// mediaTypes are by extension, in lower case. Source code is text, so that
// browsers show it.
var mediaTypes = map[string]string{
	// Documents
	"html": "text/html", "htm": "text/html", "xhtml": "application/xhtml+xml", "xht": "application/xhtml+xml",
	"css": "text/css", "js": "text/javascript", "mjs": "text/javascript", "cjs": "text/javascript", "jsonld": "application/ld+json",
	"json": "application/json", "json5": "application/json5", "map": "application/json", "geojson": "application/geo+json",
	"topojson": "application/json", "webmanifest": "application/manifest+json", "ipynb": "application/x-ipynb+json", "har": "application/json",
	"xml": "application/xml", "xsl": "application/xslt+xml", "xslt": "application/xslt+xml", "xsd": "application/xml", "dtd": "application/xml-dtd",
	"rss": "application/rss+xml", "atom": "application/atom+xml", "opml": "text/x-opml", "rdf": "application/rdf+xml",
	"kml": "application/vnd.google-earth.kml+xml", "gpx": "application/gpx+xml", "mathml": "application/mathml+xml",
	"txt": "text/plain", "text": "text/plain", "log": "text/plain", "conf": "text/plain", "cfg": "text/plain", "ini": "text/plain",
	"env": "text/plain", "diff": "text/x-diff", "patch": "text/x-diff", "asc": "text/plain", "srt": "text/plain",
	"md": "text/markdown", "markdown": "text/markdown", "mdx": "text/markdown", "rst": "text/x-rst", "adoc": "text/asciidoc", "tex": "text/x-tex",
	"csv": "text/csv", "tsv": "text/tab-separated-values", "vtt": "text/vtt", "ics": "text/calendar", "vcf": "text/vcard",
	"yaml": "application/yaml", "yml": "application/yaml", "toml": "application/toml",
	"appcache": "text/cache-manifest", "vcard": "text/vcard", "graphql": "text/plain", "proto": "text/plain", "properties": "text/plain",
	"pdf": "application/pdf", "ps": "application/postscript", "eps": "application/postscript", "ai": "application/postscript", "rtf": "application/rtf",
	"epub": "application/epub+zip", "mobi": "application/x-mobipocket-ebook",

	// Source code
	"c": "text/x-c", "h": "text/x-c", "cc": "text/x-c++", "cpp": "text/x-c++", "cxx": "text/x-c++", "hpp": "text/x-c++", "hh": "text/x-c++",
	"cs": "text/plain", "go": "text/x-go", "rs": "text/x-rust", "py": "text/x-python", "rb": "text/x-ruby", "pl": "text/x-perl",
	"java": "text/x-java", "kt": "text/plain", "swift": "text/plain", "php": "text/plain", "lua": "text/x-lua", "sql": "application/sql",
	"sh": "text/x-sh", "bash": "text/x-sh", "ps1": "text/plain", "bat": "text/plain", "r": "text/plain", "jl": "text/plain", "hs": "text/plain",
	"tsx": "text/plain", "jsx": "text/plain", "vue": "text/plain", "svelte": "text/plain", "scss": "text/x-scss", "sass": "text/x-sass",
	"less": "text/x-less", "coffee": "text/plain", "mmd": "text/plain", "dot": "text/vnd.graphviz", "tf": "text/plain", "nix": "text/plain",

	// Images
	"svg": "image/svg+xml", "svgz": "image/svg+xml", "png": "image/png", "apng": "image/apng", "jpg": "image/jpeg", "jpeg": "image/jpeg",
	"jpe": "image/jpeg", "jfif": "image/jpeg", "gif": "image/gif", "webp": "image/webp", "avif": "image/avif", "jxl": "image/jxl",
	"heic": "image/heic", "heif": "image/heif", "bmp": "image/bmp", "tif": "image/tiff", "tiff": "image/tiff", "psd": "image/vnd.adobe.photoshop",
	"ico": "image/x-icon", "cur": "image/x-icon",

	// Fonts
	"woff": "font/woff", "woff2": "font/woff2", "ttf": "font/ttf", "otf": "font/otf", "ttc": "font/collection",
	"eot": "application/vnd.ms-fontobject",

	// Sound and film. "ts" is TypeScript far more often than a transport stream
	// on the sites that we make.
	"mp4": "video/mp4", "m4v": "video/mp4", "mpg": "video/mpeg", "mpeg": "video/mpeg", "webm": "video/webm", "ogv": "video/ogg",
	"mov": "video/quicktime", "avi": "video/x-msvideo", "mkv": "video/matroska", "3gp": "video/3gpp", "ts": "text/plain", "mts": "text/plain",
	"m2ts": "video/mp2t", "mp3": "audio/mpeg", "m4a": "audio/mp4", "aac": "audio/aac", "ogg": "audio/ogg", "oga": "audio/ogg", "opus": "audio/ogg",
	"wav": "audio/wav", "flac": "audio/flac", "weba": "audio/webm", "mid": "audio/midi", "midi": "audio/midi", "aif": "audio/aiff", "aiff": "audio/aiff",
	"m3u8": "application/vnd.apple.mpegurl", "mpd": "application/dash+xml",

	// 3D
	"glb": "model/gltf-binary", "gltf": "model/gltf+json", "obj": "model/obj", "stl": "model/stl", "usdz": "model/vnd.usdz+zip",

	// Programs and archives
	"wasm": "application/wasm", "zip": "application/zip", "gz": "application/gzip", "tgz": "application/gzip", "bz2": "application/x-bzip2",
	"xz": "application/x-xz", "zst": "application/zstd", "br": "application/octet-stream", "tar": "application/x-tar",
	"7z": "application/x-7z-compressed", "rar": "application/vnd.rar", "jar": "application/java-archive", "apk": "application/vnd.android.package-archive",
	"dmg": "application/x-apple-diskimage", "pkg": "application/octet-stream", "exe": "application/vnd.microsoft.portable-executable",
	"msi": "application/x-msi", "deb": "application/vnd.debian.binary-package", "rpm": "application/x-rpm", "iso": "application/x-iso9660-image",
	"bin": "application/octet-stream", "dat": "application/octet-stream",
	"sqlite": "application/vnd.sqlite3", "parquet": "application/vnd.apache.parquet",
	"torrent": "application/x-bittorrent", "crt": "application/x-x509-ca-cert", "pem": "application/x-pem-file",

	// Office
	"doc": "application/msword", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"xls": "application/vnd.ms-excel", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"ppt": "application/vnd.ms-powerpoint", "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	"odt": "application/vnd.oasis.opendocument.text", "ods": "application/vnd.oasis.opendocument.spreadsheet",
	"odp": "application/vnd.oasis.opendocument.presentation",
}
