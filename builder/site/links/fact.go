package links

import (
	"strings"

	"github.com/etagere/etagere/builder/internal/digest"
)

// Fact is the digest of what Resolve, or with the kind "named" Named, returns for
// "page|dest" or "page|origin|dest", where "|" stands for NUL; zero if there is no
// such page.
func (x *Resolver) Fact(kind, id string) digest.Digest {
	parts := strings.SplitN(id, "\x00", 3)
	if len(parts) < 2 {
		return digest.Digest{}
	}
	from := x.site.ByID(parts[0])
	if from == nil {
		return digest.Digest{}
	}
	origin, dest := "", parts[1]
	if len(parts) == 3 {
		origin, dest = parts[1], parts[2]
	}
	if kind == "named" {
		return x.Named(from, origin, dest).Digest()
	}
	return x.Resolve(from, origin, dest).Digest()
}

// Digest identifies the answer; that of a link that leads nowhere is not zero,
// since the answer may say why. What is in the file that a link leads to is no
// part of the answer.
func (r Resolution) Digest() digest.Digest {
	h := digest.New()
	h.String(string(r.Kind)).String(r.URL).String(r.Fragment).String(r.Name).String(r.Hidden)
	page := ""
	if r.Page != nil {
		page = r.Page.ID
	}
	h.String(page)
	for _, b := range []bool{r.Fallback, r.CaseDiffers, r.Backslash} {
		h.Bool(b)
	}
	if r.Redirect != nil {
		h.String(r.Redirect.To)
	}
	return h.Sum()
}
