package livereload

import (
	"bytes"
	"html"
	"net/url"
	"regexp"
	"strings"

	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
)

// Signature identifies what a reader of a page sees, part by part: what has
// changed says what has to be done.
type Signature struct {
	// Doc changes with the page, but for what the other parts are of.
	Doc string `json:"doc"`
	// Script changes with the page's scripts. What they have done to the page
	// can't be undone.
	Script string `json:"script"`
	// Style changes with the page's style sheets and with what they show.
	Style string `json:"style"`
	// Media changes with images and other shown files that have fixed names, and
	// Files has the digest of each by its path, base path included.
	Media string            `json:"media"`
	Files map[string]string `json:"files,omitempty"`
}

// Assets finds the asset that a page uses at a URL of the site, without the
// base path. It reports false for pages and for what does not exist.
type Assets func(url string) (*output.File, bool)

var (
	attribute   = regexp.MustCompile(`(?i)\s(href|src|srcset|poster|data)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`)
	scripts     = regexp.MustCompile(`(?is)<script\b.*?</script>`)
	dataBlock   = regexp.MustCompile(`(?i)^<script\b[^>]*\btype\s*=\s*["']?[^"'>]*json`)
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
	doc, script, style, media := newSum(), newSum(), newSum(), newSum()
	for _, code := range scripts.FindAll(f.Data, -1) {
		if !dataBlock.Match(code) {
			script.add(code)
		}
	}
	doc.add([]byte(f.Type))
	doc.add(linkTag.ReplaceAllFunc(f.Data, withoutFingerprint))
	out := Signature{Files: make(map[string]string)}
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
		case strings.HasPrefix(asset.Type, "text/javascript"):
			s.add(script, asset, 0)
		case asset.Class == policy.Fingerprinted:
			// The page itself names its bytes.
		default:
			s.add(media, asset, 0)
			one := newSum()
			one.add(asset.Data)
			out.Files[plain(strings.TrimSuffix(base, "/")+asset.URL)] = one.String()
		}
	}
	out.Doc, out.Script, out.Style, out.Media = doc.String(), script.String(), style.String(), media.String()
	return out
}

// plain is a path without escapes, as the script in pages compares paths.
func plain(path string) string {
	if p, err := url.PathUnescape(path); err == nil {
		return p
	}
	return path
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
