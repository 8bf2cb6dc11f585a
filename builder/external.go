package builder

import (
	"context"
	"net/http"
	"slices"

	"github.com/etagere/etagere/builder/check"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/render"
)

// CheckExternal asks other sites whether what the texts link to is there, each
// URL once, and returns a warning for each link to one that is not. Call it
// after Check, which renders the texts. progress may be nil; it is called by several goroutines.
func (g *Generation) CheckExternal(ctx context.Context, client *http.Client, progress func(done, total int)) (diag.List, error) {
	if g.failed {
		return nil, nil
	}
	uses := make(map[string][]render.Link)
	for _, l := range g.env.External() {
		uses[l.URL] = append(uses[l.URL], l)
	}
	urls := sortedKeys(uses)
	faults, err := check.External(ctx, client, urls, progress)
	if err != nil {
		return nil, err
	}
	var problems diag.List
	for i, u := range urls {
		if faults[i] == "" {
			continue
		}
		for _, l := range uses[u] {
			problems = append(problems, l.Text.Problem(l.Off, max(1, l.Len), "link-external", "link %q %s", u, faults[i]).Warn().
				WithHint("mend it, or name it under links.ignore in config.toml"))
		}
	}
	return slices.Clip(problems.Sorted()), nil
}
