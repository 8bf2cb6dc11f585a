package config

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/nearest"
)

// validator looks at the values of a whole Config. What is wrong gets its
// default back, so that later stages need not look again.
type validator struct {
	*Config
	def      *Config
	problems diag.List
}

func (c *Config) validate() diag.List {
	v := &validator{Config: c, def: Default()}
	v.baseURL()
	v.names()
	v.languages()
	v.numbers()
	v.assets()
	v.encodings()
	v.outputs()
	v.permalinks()
	v.taxonomies()
	v.menus("menus", c.Menus)
	for _, key := range sorted(c.Languages) {
		v.menus("languages."+key+".menus", c.Languages[key].Menus)
	}
	v.redirects()
	v.mounts()
	v.images()
	v.links()
	v.policy()
	v.embeds()
	return v.problems
}

// bad notes a wrong value.
func (v *validator) bad(at, hint, format string, args ...any) {
	p := v.Problem(at, "config-value", format, args...)
	if hint != "" {
		p = p.WithHint("%s", hint)
	}
	v.problems = append(v.problems, p)
}

// word notes a value that is none of have, and reports whether it is one.
func (v *validator) word(at, what, value string, have []string) bool {
	if slices.Contains(have, value) {
		return true
	}
	hint := "known are " + strings.Join(have, ", ")
	if near, ok := nearest.Of(value, have); ok {
		hint = `did you mean "` + near + `"?`
	}
	v.bad(at, hint, "there is no %s %q", what, clip(value))
	return false
}

// words keeps those of list that are in have.
func (v *validator) words(at, what string, list, have []string) []string {
	var kept []string
	for i, s := range list {
		if v.word(at+"."+strconv.Itoa(i), what, s, have) && !slices.Contains(kept, s) {
			kept = append(kept, s)
		}
	}
	return kept
}

func (v *validator) baseURL() {
	u, err := url.Parse(v.BaseURL)
	hint := `write a whole URL such as "https://example.org/docs/", or a path such as "/docs/"`
	switch {
	case err != nil:
		v.bad("base_url", hint, "base_url %q is no URL", clip(v.BaseURL))
	case u.Scheme == "" && u.Host == "" && strings.HasPrefix(v.BaseURL, "/"), (u.Scheme == "http" || u.Scheme == "https") && u.Host != "":
		switch {
		case u.RawQuery != "" || u.Fragment != "" || u.User != nil || strings.ContainsAny(v.BaseURL, "?#"):
			v.bad("base_url", hint, "base_url %q must end with its path", clip(v.BaseURL))
		case strings.Contains(u.Path, "//") || path.Clean("/"+u.Path) != "/"+strings.Trim(u.Path, "/"):
			v.bad("base_url", hint, "base_url %q has a path that is not clean", clip(v.BaseURL))
		default:
			u.Host = strings.ToLower(u.Host)
			v.BaseURL = strings.TrimSuffix(u.String(), "/") + "/"
			return
		}
	default:
		v.bad("base_url", hint, "base_url %q has no host, and is no path from the root", clip(v.BaseURL))
	}
	v.BaseURL = v.def.BaseURL
}

func (v *validator) images() {
	v.Images.Formats = v.words("images.formats", "format of pictures", v.Images.Formats, []string{"avif", "webp", "jpeg", "png"})
	var widths []int
	for i, w := range v.Images.Widths {
		if w < 1 || w > 1<<14 {
			v.bad("images.widths."+strconv.Itoa(i), "write widths in pixels, from 1 to 16384", "%d is no width of a picture", w)
		} else if !slices.Contains(widths, w) {
			widths = append(widths, w)
		}
	}
	slices.Sort(widths)
	v.Images.Widths = widths
	if v.Images.Quality < 1 || v.Images.Quality > 100 {
		v.bad("images.quality", "write a number from 1 to 100", "%d is no quality", v.Images.Quality)
		v.Images.Quality = v.def.Images.Quality
	}
}

func (v *validator) names() {
	if !v.word("bundles", "rule for bundles", v.Bundles, []string{"etagere", "hugo"}) {
		v.Bundles = v.def.Bundles
	}
	if !v.word("urls", "form of URLs", v.URLs, []string{"pretty", "file"}) {
		v.URLs = v.def.URLs
	}
	if !v.word("markdown.slug", "slug style", v.Markdown.Slug, slugs()) {
		v.Markdown.Slug = v.def.Markdown.Slug
	}
	v.Dialects = v.words("dialects", "dialect", v.Dialects, Dialects())
	v.Hosts = v.words("hosts", "host", v.Hosts, Hosts())
	if v.Theme != "" && !pathElement(v.Theme) {
		v.bad("theme", "a theme is a folder in themes/", "%q is no name of a theme", clip(v.Theme))
		v.Theme = v.def.Theme
	}
	if !inside(v.Content) {
		v.bad("content", "write it relative to the site's folder", "content folder %q lies outside the site", clip(v.Content))
		v.Content = v.def.Content
	}
	v.Content = path.Clean(v.Content)
	if _, err := time.LoadLocation(v.TimeZone); err != nil || v.TimeZone == "Local" {
		v.bad("time_zone", `write a name such as "Europe/Berlin"`, "there is no time zone %q", clip(v.TimeZone))
		v.TimeZone = v.def.TimeZone
	}
}

var languageKey = regexp.MustCompile(`^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$`)

func (v *validator) languages() {
	hint := `a key is a language tag such as "en" or "zh-hans"`
	if !languageKey.MatchString(v.Language) {
		v.bad("language", hint, "%q is no language", clip(v.Language))
		v.Language = v.def.Language
	}
	for _, key := range sorted(v.Languages) {
		at := "languages." + key
		l := v.Languages[key]
		if !languageKey.MatchString(key) {
			v.bad(at, hint, "%q is no language", clip(key))
		}
		if l.Dir != "" && !v.word(at+".dir", "direction", l.Dir, []string{"ltr", "rtl"}) {
			l.Dir = ""
			v.Languages[key] = l
		}
		if l.Content != "" && !inside(l.Content) {
			v.bad(at+".content", "write it relative to the site's folder", "content folder %q lies outside the site", clip(l.Content))
			l.Content = ""
			v.Languages[key] = l
		}
	}
	if len(v.Languages) == 0 {
		return
	}
	def, ok := v.Languages[v.Language]
	switch {
	case !ok:
		v.bad("language", "languages are "+strings.Join(sorted(v.Languages), ", "), "the default language %q is not one of [languages]", v.Language)
	case def.Disabled:
		v.bad("languages."+v.Language+".disabled", "", "the default language %q is disabled", v.Language)
	}
}

func (v *validator) numbers() {
	least := func(at string, n *int, low, def int) {
		if *n < low {
			v.bad(at, "", "%s is %d and must be %d or more", at, *n, low)
			*n = def
		}
	}
	least("markdown.summary_words", &v.Markdown.SummaryWords, 1, v.def.Markdown.SummaryWords)
	least("pagination.size", &v.Pagination.Size, 0, 0)
	least("feeds.limit", &v.Feeds.Limit, 0, v.def.Feeds.Limit)
	least("related.limit", &v.Related.Limit, 0, v.def.Related.Limit)
	m := &v.Markdown
	for _, l := range []struct {
		at  string
		n   *int
		def int
	}{{"markdown.toc_from", &m.TOCFrom, 2}, {"markdown.toc_to", &m.TOCTo, 3}} {
		if *l.n < 1 || *l.n > 6 {
			v.bad(l.at, "headings have levels 1 to 6", "there is no heading of level %d", *l.n)
			*l.n = l.def
		}
	}
	if m.TOCFrom > m.TOCTo {
		v.bad("markdown.toc_to", "", "the table of contents goes from level %d to level %d", m.TOCFrom, m.TOCTo)
		m.TOCTo = m.TOCFrom
	}
	if !pathElement(v.Pagination.Path) {
		v.bad("pagination.path", "", "%q is no single path element", clip(v.Pagination.Path))
		v.Pagination.Path = v.def.Pagination.Path
	}
}

func (v *validator) outputs() {
	for _, kind := range sorted(v.Outputs) {
		at := "outputs." + kind
		if !v.word(at, "kind of page", kind, Kinds()) {
			delete(v.Outputs, kind)
			continue
		}
		v.Outputs[kind] = v.words(at, "output format", v.Outputs[kind], Formats())
	}
}

var permalinkToken = regexp.MustCompile(`:[A-Za-z_]+`)

func (v *validator) permalinks() {
	for _, section := range sorted(v.Permalinks) {
		at, pattern := "permalinks."+section, v.Permalinks[section]
		ok := true
		if !strings.HasPrefix(pattern, "/") || strings.ContainsAny(pattern, "?#") {
			v.bad(at, `it begins with a slash: "/:year/:slug/"`, "permalink %q is no path", clip(pattern))
			ok = false
		}
		for _, token := range permalinkToken.FindAllString(pattern, -1) {
			ok = v.word(at, "name in permalinks", token[1:], tokens()) && ok
		}
		if !ok {
			delete(v.Permalinks, section)
		}
	}
}

func (v *validator) taxonomies() {
	seen := make(map[string]string)
	for _, singular := range sorted(v.Taxonomies) {
		at, plural := "taxonomies."+singular, v.Taxonomies[singular]
		switch {
		case !pathElement(plural):
			v.bad(at, "", "%q is no name of a taxonomy", clip(plural))
		case seen[strings.ToLower(plural)] != "":
			v.bad(at, "", "taxonomy %q is called %q and %q", clip(plural), seen[strings.ToLower(plural)], clip(singular))
		default:
			seen[strings.ToLower(plural)] = singular
			continue
		}
		delete(v.Taxonomies, singular)
	}
}

func (v *validator) menus(at string, menus map[string][]MenuItem) {
	for _, name := range sorted(menus) {
		for i, item := range menus[name] {
			here := at + "." + name + "." + strconv.Itoa(i)
			switch {
			case item.URL != "" && item.Page != "":
				v.bad(here+".url", "", "a menu entry leads to a page or to a URL, not to both")
			case item.Name == "" && item.Page == "":
				v.bad(here, `give it a name, or a page whose title is its name`, "an entry of menu %q has no name", clip(name))
			}
		}
	}
}

func (v *validator) redirects() {
	var kept []Redirect
	for i, r := range v.Redirects {
		at := "redirects." + strconv.Itoa(i)
		if r.Status == 0 {
			r.Status = 301
		}
		switch {
		case !strings.HasPrefix(r.From, "/") || strings.ContainsAny(r.From, "?#"):
			v.bad(at+".from", `it is a path below base_url: "/old/"`, "redirect from %q is no path", clip(r.From))
		case r.To == "":
			v.bad(at, "", "redirect from %q leads nowhere", clip(r.From))
		case !slices.Contains([]int{301, 302, 307, 308}, r.Status):
			v.bad(at+".status", "use 301, 302, 307 or 308", "%d is no status of a redirect", r.Status)
		default:
			kept = append(kept, r)
		}
	}
	v.Redirects = kept
}

func (v *validator) mounts() {
	roots := []string{"content", "static", "assets", "data", "layouts", "i18n"}
	var kept []Mount
	for i, m := range v.Mounts {
		at := "mounts." + strconv.Itoa(i)
		root, _, _ := strings.Cut(m.Target, "/")
		switch {
		case !inside(m.Source):
			v.bad(at+".source", "write it relative to the site's folder", "mount of %q lies outside the site", clip(m.Source))
		case !inside(m.Target) || !slices.Contains(roots, root):
			v.bad(at+".target", "a target begins with "+strings.Join(roots, ", "), "there is no place %q to mount at", clip(m.Target))
		case m.Lang != "" && !slices.Contains(v.LanguageKeys(), m.Lang):
			v.word(at+".lang", "language", m.Lang, v.LanguageKeys())
		default:
			kept = append(kept, m)
		}
	}
	v.Mounts = kept
}

func (v *validator) links() {
	for _, prefix := range sorted(v.Links.External) {
		at, to := "links.external."+prefix, v.Links.External[prefix]
		u, err := url.Parse(to)
		switch {
		case !strings.HasPrefix(prefix, "/"):
			v.bad(at, "", "prefix %q does not begin with a slash", clip(prefix))
		case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
			v.bad(at, `write "https://…"`, "%q is no whole URL", clip(to))
		default:
			continue
		}
		delete(v.Links.External, prefix)
	}
}

// inside reports whether p is a clean path that stays in the site's folder.
func inside(p string) bool {
	c := path.Clean(p)
	return p != "" && !strings.HasPrefix(c, "/") && c != ".." && !strings.HasPrefix(c, "../") &&
		!strings.ContainsAny(p, "\\\x00")
}

// pathElement reports whether s can be one name in a path.
func pathElement(s string) bool {
	return s != "" && s != "." && s != ".." && !strings.ContainsAny(s, "/\\?#%\x00")
}
