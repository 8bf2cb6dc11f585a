package render

import (
	"bytes"
	"strings"

	"github.com/etagere/etagere/builder/asset"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/memo"
	"github.com/etagere/etagere/builder/policy"
	"github.com/etagere/etagere/builder/scan"
)

// CodeThirdParty is the code of a third party that the policy blocks: one
// problem for each origin, whatever the number of pages.
const CodeThirdParty = "csp-third-party"

// maxAttributes is how many different style attributes, or event handlers, a
// policy lists one by one. Past it all are allowed: a policy of many kilobytes
// in each page helps nobody.
const maxAttributes = 48

// policy computes what a Content-Security-Policy must allow for the page, and
// puts the policy into it where it is enforced. A page that brings its own is
// left alone.
func (fin *finisher) policy() {
	p := fin.found
	fin.inline("script-src", p.Scripts)
	fin.inline("style-src", p.Styles)
	fin.inline("script-src-attr", p.Handlers)
	fin.inline("style-src-attr", p.Attributes)
	for _, e := range fin.carried {
		for _, kind := range sortedKeys(e.CSP) {
			if list := e.CSP[kind]; len(list) > 0 {
				fin.needs.Add(policy.Directive(kind), list...)
			}
		}
	}
	for i := range fin.uses {
		fin.source(&fin.uses[i])
	}
	fin.file.Needs = fin.needs
	if fin.mode == policy.Strict && !p.Own {
		text := attributeValue.Replace(policy.PageCSP(fin.needs).String())
		// It comes before the links ahead, which it governs.
		fin.inserts = append([]insert{{p.Start, "\n<meta http-equiv=\"Content-Security-Policy\" content=\"" + text + "\">"}}, fin.inserts...)
	}
}

var attributeValue = strings.NewReplacer("&", "&amp;", `"`, "&quot;")

// inline allows what stands in the page itself.
func (fin *finisher) inline(directive string, hashes []string) {
	if len(hashes) == 0 {
		return
	}
	needs := make(policy.CSP)
	needs.Add(directive, hashes...)
	if strings.HasSuffix(directive, "-attr") && len(needs[directive]) > maxAttributes {
		needs = policy.CSP{directive: {"'unsafe-inline'"}}
	}
	fin.needs.Union(needs)
}

// source looks at one URL. What the site's own author did not declare is not
// allowed, and told.
func (fin *finisher) source(u *scan.Use) {
	kind := string(u.Kind)
	scheme, _, _ := strings.Cut(u.URL, ":")
	switch scheme = strings.ToLower(scheme); {
	case !isExternal(u.URL):
		if u.Kind == scan.Object {
			fin.needs.Add("object-src", "'self'")
		}
	case u.Kind == scan.Link:
		fin.blocked(u, "javascript:", "the policy blocks links to javascript:", "let a script of the site do it")
	case scheme == "data" || scheme == "blob":
		if u.Kind != scan.Image || scheme == "blob" {
			fin.needs.Add(policy.Directive(kind), scheme+":")
		}
	case !isHTTP(u.URL) && !strings.HasPrefix(u.URL, "//"):
	default:
		if _, own := fin.local(u.URL); own {
			// Where the site is looked at under another name, this is another host.
			fin.needs.Add(policy.Directive(kind), fin.r.env.Config.Origin())
			return
		}
		fin.thirdParty(u, kind)
	}
}

func (fin *finisher) thirdParty(u *scan.Use, kind string) {
	for _, e := range fin.carried {
		for _, s := range e.CSP[kind] {
			if policy.Covers(s, u.URL) {
				return
			}
		}
	}
	origin, host := originOf(u.URL)
	if u.Kind == scan.Base || u.Kind == scan.Object {
		fin.blocked(u, origin, "the policy blocks this "+kind+" of "+host, "")
		return
	}
	fin.blocked(u, origin, "the policy blocks "+nouns[u.Kind]+" of "+host,
		`declare it in config.toml: [[embed]] with name = "`+host+`" and csp.`+kind+` = ["`+origin+`"]`)
}

// sheetParties are the third parties that a stylesheet loads from and no page
// may: only what every page allows counts, for any may link the stylesheet.
func (e *Env) sheetParties(t *memo.Trace, a *asset.Asset) diag.List {
	if !strings.HasPrefix(a.Type, "text/css") {
		return nil
	}
	data, err := e.Assets.Data(a)
	if err != nil {
		return nil // who needs the bytes says so
	}
	var list diag.List
	told := make(map[string]bool)
	for _, u := range scan.CSS(data) {
		if !isHTTP(u.URL) && !strings.HasPrefix(u.URL, "//") {
			continue
		}
		t.Fact(memo.Key{Kind: factConfig, ID: "policy"})
		origin, host := originOf(u.URL)
		kind := string(u.Kind)
		if e.Config.Policy.CSP != string(policy.Strict) || e.everyPage(kind, u.URL) || told[origin+" "+kind] {
			continue
		}
		told[origin+" "+kind] = true
		message := "the policy blocks " + nouns[u.Kind] + " of " + host
		pr := diag.InFile("assets/"+a.Path, CodeThirdParty, "%s", message)
		if f, ok := e.Assets.Get(a.Path); ok {
			pr.File = f.Name
			if src, err := e.Assets.Read(a.Path); err == nil {
				if off, width := findURL(src, u.URL); off >= 0 {
					pr = diag.At(f.Name, src, off, width, CodeThirdParty, "%s", message)
				}
			}
		}
		pr = pr.Warn().WithHint(`put the file below assets/, or declare it in config.toml: [[embed]] with name = "%s", everywhere = true and csp.%s = ["%s"]`, host, kind, origin)
		pr.Subject = origin + " " + kind
		list = append(list, pr)
	}
	return list
}

// everyPage reports whether every page may load a URL, as far as the
// configuration can say that.
func (e *Env) everyPage(kind, u string) bool {
	for _, embed := range e.Config.Embed {
		if !embed.Everywhere && (embed.HTML == "" || embed.Slot != slotHead && embed.Slot != slotBody) {
			continue
		}
		for _, s := range embed.CSP[kind] {
			if policy.Covers(s, u) {
				return true
			}
		}
	}
	return false
}

// nouns name what is loaded.
var nouns = map[scan.Kind]string{
	scan.Script: "scripts", scan.Style: "style sheets", scan.Image: "images", scan.Font: "fonts", scan.Media: "media", scan.Frame: "frames",
	scan.Connect: "what is preloaded", scan.Site: "the manifest", scan.Form: "forms that are sent to a page",
}

// originOf is the origin of a whole URL, and its host.
func originOf(u string) (origin, host string) {
	scheme, rest, found := strings.Cut(u, "//")
	if !found {
		return u, u
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	rest = strings.ToLower(rest)
	if scheme == "" {
		scheme = "https:"
	}
	return strings.ToLower(scheme) + "//" + rest, rest
}

// blocked tells of something that the policy keeps readers from. It points at
// the first place in the page's own text that says it.
func (fin *finisher) blocked(u *scan.Use, subject, message, hint string) {
	if fin.mode != policy.Strict || fin.found.Own {
		return
	}
	r := fin.r
	subject += " " + string(u.Kind)
	for _, p := range r.problems {
		if p.Code == CodeThirdParty && p.Subject == subject {
			return
		}
	}
	pr := diag.InFile(r.what, CodeThirdParty, "%s", message)
	if name := fin.page.Head.Source; name != "" {
		r.fact(factSource, name)
		if src, err := r.env.Files.Source(name); err == nil {
			if off, width := findURL(src, u.URL); off >= 0 {
				pr = diag.At(name, src, off, width, CodeThirdParty, "%s", message)
			}
		}
	}
	pr = pr.Warn()
	pr.Subject, pr.Hint = subject, hint
	r.problems = append(r.problems, pr)
}

// findURL is the place of a URL in a text: as it is, or as text escapes it.
func findURL(src []byte, u string) (off, width int) {
	for _, form := range []string{u, strings.ReplaceAll(u, "&", "&amp;")} {
		if i := bytes.Index(src, []byte(form)); i >= 0 {
			return i, len(form)
		}
	}
	return -1, 0
}
