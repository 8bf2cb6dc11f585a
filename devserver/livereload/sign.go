package livereload

import (
	"bytes"
	"html"
	"net/url"
	"regexp"
	"strings"

	"github.com/etagere/etagere/builder/output"
)

// Signature identifies what a reader of a page sees.
type Signature struct {
	// Doc changes with the page and with all that it shows but style sheets.
	Doc string `json:"doc"`
	// Style changes with the page's style sheets and with what they show.
	Style string `json:"style"`
}

// Assets finds the asset that a page uses at a URL of the site, without the
// base path. It reports false for pages and for what does not exist.
type Assets func(url string) (*output.File, bool)

var (
	attribute   = regexp.MustCompile(`(?i)\s(href|src|srcset|poster|data)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`)
	linkTag     = regexp.MustCompile(`(?i)<link\b[^>]*>`)
	fingerprint = regexp.MustCompile(`\.[a-z2-7]{16}(\.css)\b`)
	integrity   = regexp.MustCompile(`(?i)\sintegrity\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)`)
	cssURL      = regexp.MustCompile(`(?i)(?:url\(\s*|@import\s+)(?:"([^"]*)"|'([^']*)'|([^\s"')]+))`)
)

// maxImports is how deep style sheets that import others are followed.
const maxImports = 8

// Sign makes the signature of the HTML page f. Base is the base path of the
// site: "/" or "/docs/".
func Sign(f *output.File, base string, assets Assets) Signature {
	doc, style := newSum(), newSum()
	doc.add([]byte(f.Type))
	doc.add(linkTag.ReplaceAllFunc(f.Data, withoutFingerprint))
	s := signer{base: base, assets: assets, seen: make(map[string]bool)}
	for _, u := range uses(f, base) {
		if s.seen[u] {
			continue
		}
		asset, ok := assets(u)
		switch {
		case !ok || s.seen[asset.URL]:
		case strings.HasPrefix(asset.Type, "text/css"):
			s.add(style, asset, maxImports)
		default:
			s.add(doc, asset, 0)
		}
	}
	return Signature{Doc: doc.String(), Style: style.String()}
}

// withoutFingerprint is a link element as it is whatever the bytes of the style
// sheet that it names; others are returned as they are.
func withoutFingerprint(tag []byte) []byte {
	if !bytes.Contains(tag, []byte(".css")) {
		return tag
	}
	return integrity.ReplaceAll(fingerprint.ReplaceAll(tag, []byte("$1")), nil)
}

// uses is the URLs of the site that a page names, in the order in which it
// does. Pages are among them.
func uses(f *output.File, base string) []string {
	var out []string
	for _, m := range attribute.FindAllSubmatch(f.Data, -1) {
		value := html.UnescapeString(string(m[2]) + string(m[3]) + string(m[4]))
		if !strings.EqualFold(string(m[1]), "srcset") {
			out = append(out, value)
			continue
		}
		for candidate := range strings.SplitSeq(value, ",") {
			if fields := strings.Fields(candidate); len(fields) > 0 {
				out = append(out, fields[0])
			}
		}
	}
	kept := out[:0]
	for _, u := range out {
		if u, ok := local(u, base); ok {
			kept = append(kept, u)
		}
	}
	return append(kept, f.Refs...)
}

// local is the URL of the site that ref, as a page has it, leads to.
func local(ref, base string) (string, bool) {
	ref, _, _ = strings.Cut(ref, "#")
	ref, _, _ = strings.Cut(ref, "?")
	rest, ok := strings.CutPrefix(ref, base)
	if !ok || strings.HasPrefix(rest, "/") {
		return "", false
	}
	return "/" + rest, true
}

// signer digests assets, each once.
type signer struct {
	base   string
	assets Assets
	seen   map[string]bool
}

// add adds f to h, and what the style sheet f names, as deep as depth.
func (s *signer) add(h sum, f *output.File, depth int) {
	s.seen[f.URL] = true
	h.add([]byte(fingerprint.ReplaceAllString(f.URL, "$1")))
	h.add(f.Data)
	if depth == 0 {
		return
	}
	at, err := url.Parse(strings.TrimSuffix(s.base, "/") + f.URL)
	if err != nil {
		return
	}
	for _, m := range cssURL.FindAllSubmatch(f.Data, -1) {
		ref, err := url.Parse(string(m[1]) + string(m[2]) + string(m[3]))
		if err != nil || ref.IsAbs() || ref.Host != "" {
			continue
		}
		to, ok := local(at.ResolveReference(ref).EscapedPath(), s.base)
		if !ok {
			continue
		}
		if asset, ok := s.assets(to); ok && !s.seen[asset.URL] {
			s.add(h, asset, depth-1)
		}
	}
}
