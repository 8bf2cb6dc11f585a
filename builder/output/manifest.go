package output

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/etagere/etagere/builder/coding"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/policy"
)

// Version is the version of the manifests that this program writes and reads.
const Version = 1

// Manifest lists all files of one build. It is identical for identical input.
type Manifest struct {
	Version int    `json:"version"`
	BaseURL string `json:"base_url"`
	// HeaderSets are the different sets of response headers.
	HeaderSets []map[string]string `json:"header_sets"`
	// Files are sorted by URL.
	Files []Entry `json:"files"`
	// Redirects are sorted by From.
	Redirects []Redirect `json:"redirects"`
}

// Entry is one file of a manifest.
type Entry struct {
	URL   string       `json:"url"`
	Path  string       `json:"path"`
	Class policy.Class `json:"class"`
	Type  string       `json:"type"`
	Size  int64        `json:"size"`
	// SHA256 is the digest of the bytes in hexadecimal.
	SHA256 string `json:"sha256"`
	// ETag is the strong validator, with its quotes.
	ETag string `json:"etag"`
	// Integrity is what an integrity attribute says, for fingerprinted files.
	Integrity string `json:"integrity"`
	// Headers is an index of HeaderSets; it means nothing where there are none.
	Headers int `json:"headers"`
	// Encodings are the packed files that lie beside this one, in the order in
	// which they are offered; see PackedPath.
	Encodings []Encoding `json:"encodings"`
	Hints     []string   `json:"hints"`
	Refs      []string   `json:"refs"`
	Modified  time.Time  `json:"modified,omitzero"`
}

// Encoding is a file in a content coding.
type Encoding struct {
	// Coding is "br", "zstd" or "gzip".
	Coding string `json:"coding"`
	// Size, SHA256 and ETag are those of the packed bytes.
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	ETag   string `json:"etag"`
}

// PackedPath is where the bytes of the file at path lie in a content coding:
// beside it, under the name that web servers look for.
func PackedPath(path, name string) string { return path + coding.Suffix(name) }

// EncodingOf is what the manifest says of packed bytes, sum and size being
// theirs, that are sent with a media type.
func EncodingOf(name string, sum digest.Digest, size int64, media string) Encoding {
	return Encoding{Coding: name, Size: size, SHA256: sum.String(), ETag: ETag(sum, name, media)}
}

// Redirect is a URL that leads to another.
type Redirect struct {
	From   string `json:"from"`
	To     string `json:"to"`
	Status int    `json:"status"`
}

// NewManifest is the manifest of files and redirects, sorted.
func NewManifest(baseURL string, files []Entry, redirects []Redirect) *Manifest {
	m := &Manifest{Version: Version, BaseURL: baseURL, Files: slices.Clone(files), Redirects: slices.Clone(redirects)}
	slices.SortFunc(m.Files, func(a, b Entry) int { return strings.Compare(a.URL, b.URL) })
	slices.SortFunc(m.Redirects, func(a, b Redirect) int { return strings.Compare(a.From, b.From) })
	return m
}

// Entry is what the manifest says of f.
func (f *File) Entry() Entry { return f.EntryOf(digest.Of(f.Data), int64(len(f.Data))) }

// EntryOf is what the manifest says of f where its bytes are not at hand.
func (f *File) EntryOf(sum digest.Digest, size int64) Entry {
	e := Entry{
		URL: f.URL, Path: f.Path, Class: f.Class, Type: f.Type, Size: size,
		SHA256: sum.String(), ETag: ETag(sum, "", f.Type), Hints: f.Hints, Refs: f.Refs,
	}
	if f.Class == policy.Fingerprinted {
		e.Integrity = Integrity(sum)
	}
	if !f.Modified.IsZero() {
		e.Modified = f.Modified.UTC().Truncate(time.Second)
	}
	return e
}

// ETag is the strong validator of bytes in a content coding ("" for none) that
// are sent with a media type: different for whatever differs in one of the three.
func ETag(sum digest.Digest, coding, media string) string {
	return `"` + digest.New().Digest(sum).String(coding).String(media).Sum().Short() + `"`
}

// Integrity is the value of an integrity attribute for bytes.
func Integrity(sum digest.Digest) string {
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// Encode writes m as JSON, one file a line, sorted whatever the order of m.
func (m *Manifest) Encode(w io.Writer) error {
	sorted := NewManifest(m.BaseURL, m.Files, m.Redirects)
	buf := bufio.NewWriter(w)
	fmt.Fprintf(buf, `{"version":%d,"base_url":%s,"header_sets":%s,"files":[`, Version, jsonOf(m.BaseURL), jsonOf(full(m.HeaderSets)))
	for i, e := range sorted.Files {
		if i > 0 {
			buf.WriteByte(',')
		}
		e.Encodings, e.Hints, e.Refs = full(e.Encodings), full(e.Hints), full(e.Refs)
		fmt.Fprintf(buf, "\n%s", jsonOf(e))
	}
	fmt.Fprintf(buf, "\n],\"redirects\":%s}\n", jsonOf(full(sorted.Redirects)))
	return buf.Flush()
}

// Bytes is what Encode writes.
func (m *Manifest) Bytes() []byte {
	var b bytes.Buffer
	_ = m.Encode(&b) // memory does not fail
	return b.Bytes()
}

// full is an empty list instead of none, which JSON would call null.
func full[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// jsonOf is v in JSON on one line. The types of a manifest always have one.
func jsonOf(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// DecodeManifest reads what Encode wrote. Fields it does not know are left
// out; another version, or a list that can't be trusted to say what may be
// deleted, is an error.
func DecodeManifest(r io.Reader) (*Manifest, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read manifest: %w", err)
	}
	var v struct {
		Version *int `json:"version"`
	}
	if err := json.Unmarshal(b, &v); err != nil {
		return nil, fmt.Errorf("manifest is not JSON as étagère writes it: %w", err)
	}
	switch {
	case v.Version == nil:
		return nil, errors.New(`manifest has no "version"; is this a manifest of étagère?`)
	case *v.Version != Version:
		return nil, fmt.Errorf("manifest has version %d; this étagère reads version %d", *v.Version, Version)
	}
	m := new(Manifest)
	if err := json.Unmarshal(b, m); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	if err := m.validate(); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	return m, nil
}

// validate reports what no manifest of ours has.
func (m *Manifest) validate() error {
	urls, paths := make(map[string]bool, len(m.Files)), make(map[string]bool, len(m.Files))
	for i := range m.Files {
		e := &m.Files[i]
		_, sum := digest.Parse(e.SHA256)
		switch {
		case !strings.HasPrefix(e.URL, "/"):
			return fmt.Errorf("files[%d]: url %q does not begin with a slash", i, e.URL)
		case urls[e.URL]:
			return fmt.Errorf("files[%d]: url %q is there twice", i, e.URL)
		case !validPath(e.Path):
			return fmt.Errorf("files[%d]: %q is no path inside the destination", i, e.Path)
		case paths[e.Path]:
			return fmt.Errorf("files[%d]: path %q is there twice", i, e.Path)
		case !sum:
			return fmt.Errorf("files[%d]: sha256 %q is no digest", i, e.SHA256)
		case e.Size < 0:
			return fmt.Errorf("files[%d]: size %d", i, e.Size)
		case e.Headers < 0 || e.Headers >= max(1, len(m.HeaderSets)):
			return fmt.Errorf("files[%d]: there is no header set %d", i, e.Headers)
		}
		urls[e.URL], paths[e.Path] = true, true
	}
	for i := range m.Files {
		if err := m.Files[i].validateEncodings(paths); err != nil {
			return fmt.Errorf("files[%d]: %w", i, err)
		}
	}
	return nil
}

// validateEncodings reports packed files that can't be, or whose place another
// file has. It adds their paths.
func (e *Entry) validateEncodings(paths map[string]bool) error {
	for _, c := range e.Encodings {
		_, sum := digest.Parse(c.SHA256)
		at := PackedPath(e.Path, c.Coding)
		switch {
		case coding.Suffix(c.Coding) == "":
			return fmt.Errorf("there is no content coding %q", c.Coding)
		case paths[at]:
			return fmt.Errorf("path %q is there twice", at)
		case !sum:
			return fmt.Errorf("sha256 %q is no digest", c.SHA256)
		case c.Size < 0:
			return fmt.Errorf("size %d", c.Size)
		}
		paths[at] = true
	}
	return nil
}

// validPath reports whether p can be the path of a file in a destination.
func validPath(p string) bool {
	return p != "." && fs.ValidPath(p) && !strings.ContainsRune(p, 0)
}

// File is the entry of url.
func (m *Manifest) File(url string) (*Entry, bool) {
	i, ok := slices.BinarySearchFunc(m.Files, url, func(e Entry, url string) int { return strings.Compare(e.URL, url) })
	if !ok {
		return nil, false
	}
	return &m.Files[i], true
}
