package asset

import (
	"bytes"
	"encoding/json"
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/diag"
)

// IsManifest reports whether a file is a web app manifest, by its name.
func IsManifest(name string) bool {
	return path.Ext(name) == ".webmanifest" || path.Base(name) == "manifest.json"
}

// ManifestImages are the members of a web app manifest that name images, and
// ManifestPages those that name pages (Web Application Manifest; "*" is any
// entry of a list).
func ManifestImages() []string {
	return []string{"icons.*.src", "screenshots.*.src", "shortcuts.*.icons.*.src", "file_handlers.*.icons.*.src"}
}
func ManifestPages() []string {
	return []string{"start_url", "scope", "id", "shortcuts.*.url", "share_target.action", "file_handlers.*.action", "protocol_handlers.*.url", "related_applications.*.url"}
}

// RewriteManifest is a web app manifest with other URLs in the members that name
// images or pages. link says what stands for a URL, and may add a problem, which
// it makes with the function that it is given. name is the author's for the file.
func RewriteManifest(name string, data []byte, link func(ref string, image bool, problem func(code, format string, args ...any) diag.Problem) string) ([]byte, diag.List) {
	m := &manifest{name: name, data: data, decoder: json.NewDecoder(bytes.NewReader(data)), link: link}
	var whole any
	err := json.Unmarshal(data, &whole)
	if err == nil {
		err = m.value(nil)
	}
	if err != nil {
		off := len(data)
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			off = int(syntax.Offset) - 1
		}
		return data, diag.List{diag.At(name, data, off, 1, "asset-manifest", "the manifest cannot be read: %v", err)}
	}
	m.out = append(m.out, data[m.done:]...)
	return m.out, nil
}

// manifest is one rewriting.
type manifest struct {
	name    string
	data    []byte
	decoder *json.Decoder
	link    func(string, bool, func(string, string, ...any) diag.Problem) string
	out     []byte
	done    int // bytes of data that are in out
}

// value reads the value at a path of members.
func (m *manifest) value(at []string) error {
	before := int(m.decoder.InputOffset())
	token, err := m.decoder.Token()
	if err != nil {
		return err
	}
	switch token := token.(type) {
	case string:
		m.text(at, token, before)
	case json.Delim:
		for m.decoder.More() {
			step := "*"
			if token == '{' {
				key, err := m.decoder.Token()
				if err != nil {
					return err
				}
				step, _ = key.(string)
			}
			if err := m.value(append(slices.Clip(at), step)); err != nil {
				return err
			}
		}
		_, err = m.decoder.Token()
	}
	return err
}

// text replaces a text that is a URL.
func (m *manifest) text(at []string, value string, before int) {
	member := strings.Join(at, ".")
	image := slices.Contains(ManifestImages(), member)
	if !image && !slices.Contains(ManifestPages(), member) {
		return
	}
	end := int(m.decoder.InputOffset())
	start := before + bytes.IndexByte(m.data[before:end], '"')
	to := m.link(value, image, func(code, format string, args ...any) diag.Problem {
		return diag.At(m.name, m.data, start+1, end-start-2, code, format, args...)
	})
	quoted, err := json.Marshal(to)
	if to == value || err != nil {
		return
	}
	m.out = append(append(m.out, m.data[m.done:start]...), quoted...)
	m.done = end
}
