package scan

import (
	"bytes"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// use notes a URL.
func (s *scanner) use(k Kind, url string) *Use {
	if url == "" || strings.HasPrefix(url, "#") || strings.EqualFold(url, "about:blank") {
		return new(Use)
	}
	s.p.Uses = append(s.p.Uses, Use{Kind: k, URL: url, CrossOrigin: "-", Head: s.head})
	return &s.p.Uses[len(s.p.Uses)-1]
}

// element notes what an element loads (HTML, the attributes of each element;
// for the kinds, CSP3 §6.1).
func (s *scanner) element(name string, a *attrs) {
	switch name {
	case "script":
		if a.src == "" {
			a.src = a.href // in SVG
		}
		u := s.use(Script, a.src)
		u.Module, u.Integrity, u.CrossOrigin = a.typ == "module", a.integrity, a.cross
	case "link":
		s.link(a)
	case "a", "area":
		s.use(Link, a.href)
	case "img":
		s.image(a)
	case "source":
		kind := Image
		if s.media > 0 {
			kind = Media
		}
		s.sources = s.sources || s.picture > 0
		s.use(kind, a.src).Lazy = true
		s.candidates(a.srcset)
	case "video", "audio", "track":
		s.use(Media, a.src).Lazy = true
		s.use(Image, a.poster)
	case "input":
		if a.typ == "image" {
			s.use(Image, a.src)
		}
		s.use(Form, a.action)
	case "image", "use", "feimage":
		s.use(Image, a.href)
	case "iframe", "frame":
		s.use(Frame, a.src).Lazy = true
		if a.srcdoc != "" {
			s.inner([]byte(a.srcdoc)) // it has the page's policy
		}
	case "object":
		s.use(Object, a.data).Lazy = true
	case "embed":
		s.use(Object, a.src).Lazy = true
	case "form", "button":
		s.use(Form, a.action)
	case "base":
		s.use(Base, a.href)
	}
}

// link notes what a <link> loads.
func (s *scanner) link(a *attrs) {
	rels := strings.Fields(a.rel)
	has := func(want ...string) bool {
		for _, r := range rels {
			for _, w := range want {
				if r == w {
					return true
				}
			}
		}
		return false
	}
	var u *Use
	switch {
	case has("stylesheet"):
		u = s.use(Style, a.href)
		u.Lazy = has("alternate")
	case has("icon", "apple-touch-icon", "mask-icon", "apple-touch-startup-image"):
		u = s.use(Image, a.href)
		u.Lazy = true
	case has("manifest"):
		u = s.use(Site, a.href)
		u.Lazy = true
	case has("modulepreload"):
		u = s.use(Script, a.href)
		u.Module, u.Ahead = true, true
	case has("preload", "prefetch"):
		u = s.use(preloaded(a.as), a.href)
		u.Ahead = true
		s.candidates(a.srcset)
	default:
		return
	}
	u.Integrity, u.CrossOrigin = a.integrity, a.cross
}

// preloaded is the kind of what a <link rel=preload> loads (Fetch §2.2.5).
func preloaded(as string) Kind {
	switch as {
	case "script", "worker":
		return Script
	case "style":
		return Style
	case "font":
		return Font
	case "audio", "video", "track":
		return Media
	case "image":
		return Image
	case "document", "iframe":
		return Frame
	}
	return Connect
}

// small is the width, in pixels, below which an image is a badge or an icon,
// which nobody waits for.
const small = 64

// image notes an image, and whether it is the one that readers wait for.
func (s *scanner) image(a *attrs) {
	lazy := a.loading == "lazy"
	u := s.use(Image, a.src)
	u.Lazy = lazy
	u.CrossOrigin = a.cross
	if s.main && s.p.Picture < 0 && !lazy && !a.hasPriority && a.src != "" && !strings.HasPrefix(a.src, "data:") {
		if w, err := strconv.Atoi(a.width); err != nil || w >= small {
			s.p.Picture = s.start + len("<img")
			if a.srcset == "" && !s.sources {
				s.p.PictureUse = len(s.p.Uses) - 1
			}
		}
	}
	s.candidates(a.srcset)
}

// candidates notes the URLs of a srcset (HTML, "parse a srcset attribute").
func (s *scanner) candidates(srcset string) {
	for srcset != "" {
		srcset = strings.TrimLeft(srcset, " \t\r\n\f,")
		end := strings.IndexAny(srcset, " \t\r\n\f")
		if end < 0 {
			end = len(srcset)
		}
		url := srcset[:end]
		srcset = srcset[end:]
		if trimmed := strings.TrimRight(url, ","); trimmed != url {
			url = trimmed
		} else if comma := strings.IndexByte(srcset, ','); comma >= 0 {
			srcset = srcset[comma:]
		} else {
			srcset = ""
		}
		s.use(Image, url).Lazy = true
	}
}

// text looks at what stands between the tags of a script, a style or a noscript.
func (s *scanner) text(z *html.Tokenizer, name string, a *attrs) {
	kind := z.Next()
	s.start, s.end = s.end, s.end+len(z.Raw())
	if kind != html.TextToken {
		// Empty, and this is the end tag.
		if name == "style" {
			s.p.Styles = append(s.p.Styles, Hash(nil)) // a policy looks at that, too
		}
		if kind == html.EndTagToken {
			end, _ := z.TagName()
			s.close(string(end))
		}
		return
	}
	text := s.data[s.start:s.end]
	switch {
	case name == "style":
		s.p.Styles = append(s.p.Styles, Hash(text))
		s.css(text)
	case name == "noscript":
		s.inner(text)
	case name == "script" && !a.hasSrc && len(text) > 0 && runs(a.typ):
		s.p.Scripts = append(s.p.Scripts, Hash(text))
	}
}

// runs reports whether a script of a type is one that a policy looks at; others
// are data.
func runs(typ string) bool {
	typ, _, _ = strings.Cut(typ, ";")
	switch typ = strings.TrimSpace(typ); typ {
	case "", "module", "importmap", "speculationrules":
		return true
	}
	return strings.HasSuffix(typ, "javascript") || strings.HasSuffix(typ, "ecmascript") || strings.HasSuffix(typ, "jscript") || strings.HasSuffix(typ, "livescript")
}

// inner looks at a part of the page that a browser may come to read as HTML.
func (s *scanner) inner(part []byte) {
	found := Scan(part, string(s.prefix))
	p := s.p
	for _, u := range found.Uses {
		u.Head, u.Lazy = s.head, true
		p.Uses = append(p.Uses, u)
	}
	p.Scripts = append(p.Scripts, found.Scripts...)
	p.Styles = append(p.Styles, found.Styles...)
	p.Handlers = append(p.Handlers, found.Handlers...)
	p.Attributes = append(p.Attributes, found.Attributes...)
}

// css notes what a style sheet, or the text of a style attribute, loads.
func (s *scanner) css(text []byte) {
	for _, u := range CSS(text) {
		u.Head, u.Lazy = s.head, true
		s.p.Uses = append(s.p.Uses, u)
	}
}

// CSS is what a style sheet loads, without the fragments of its own document.
// It takes what stands in comments and texts for more than it is.
func CSS(text []byte) []Use {
	var uses []Use
	add := func(k Kind, raw []byte) {
		url := string(bytes.Trim(bytes.TrimSpace(raw), `"'`))
		if url == "" || url[0] == '#' {
			return
		}
		uses = append(uses, Use{Kind: k, URL: url, CrossOrigin: "-"})
	}
	for rest := text; ; {
		i := bytes.IndexAny(rest, "(@")
		if i < 0 {
			return uses
		}
		switch before, after := rest[:i], rest[i+1:]; {
		case rest[i] == '@' && hasFold(after, "import"):
			arg, next := importOf(after[len("import"):])
			add(Style, arg)
			rest = next
		case rest[i] == '(' && len(before) >= 3 && hasFold(before[len(before)-3:], "url"):
			end := bytes.IndexByte(after, ')')
			if end < 0 {
				return uses
			}
			add(cssKind(after[:end]), after[:end])
			rest = after[end+1:]
		default:
			rest = after
		}
	}
}

// importOf is the URL of an @import, and what comes behind it.
func importOf(b []byte) (url, rest []byte) {
	end := bytes.IndexAny(b, ";\n}")
	if end < 0 {
		end = len(b)
	}
	arg, rest := bytes.TrimSpace(b[:end]), b[end:]
	if hasFold(arg, "url(") {
		arg = arg[len("url("):]
		if i := bytes.IndexByte(arg, ')'); i >= 0 {
			arg = arg[:i]
		}
		return arg, rest
	}
	if len(arg) > 1 && (arg[0] == '"' || arg[0] == '\'') {
		if i := bytes.IndexByte(arg[1:], arg[0]); i >= 0 {
			arg = arg[:i+2]
		}
		return arg, rest
	}
	return nil, rest
}

// cssKind is what a url() is for: a font, by its name, else an image.
func cssKind(url []byte) Kind {
	path, _, _ := bytes.Cut(bytes.Trim(bytes.TrimSpace(url), `"'`), []byte("?"))
	path, _, _ = bytes.Cut(path, []byte("#"))
	if hasFold(path, "data:font/") || hasFold(path, "data:application/font") {
		return Font
	}
	for _, ext := range []string{".woff2", ".woff", ".ttf", ".otf", ".eot"} {
		if len(path) > len(ext) && hasFold(path[len(path)-len(ext):], ext) {
			return Font
		}
	}
	return Image
}
