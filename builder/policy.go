package builder

import (
	"cmp"
	"slices"

	"github.com/etagere/etagere/builder/config"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
)

// policyOptions are what a configuration says of the policy. A rule that could
// not be read is there and says nothing, so that places are counted alike.
func policyOptions(c *config.Config) policy.Options {
	o := policy.Options{
		All: fields(c.Policy.Headers["all"]), Classes: make(map[policy.Class]policy.Headers), CSP: policy.Mode(c.Policy.CSP),
	}
	for _, class := range policy.Classes() {
		o.Classes[class] = fields(c.Policy.Headers[string(class)])
	}
	for _, r := range c.Policy.Rules {
		match, err := policy.ParseGlob(r.Match)
		if err != nil {
			continue // the configuration was checked
		}
		o.Rules = append(o.Rules, policy.Rule{Match: match, Headers: fields(r.Headers)})
	}
	return o
}

func fields(m map[string]string) policy.Headers {
	var list []policy.Header
	for _, name := range sortedKeys(m) {
		list = append(list, policy.Header{Name: name, Value: m[name]})
	}
	return policy.NewHeaders(list...)
}

// setPolicy makes the table of g, and tells which of the author's changes hurt.
func (g *Generation) setPolicy() {
	o := policyOptions(g.config)
	table, warnings := policy.New(o)
	g.policy = table
	if len(table.Rules()) > 0 {
		warnings = append(warnings, g.checkRules(table)...)
	}
	for _, w := range warnings {
		p := g.config.Problem("policy."+w.Option, "policy-harm", "%s", w.Message)
		if !w.Refused {
			p = p.Warn()
		}
		if w.Hint != "" {
			p = p.WithHint("%s", w.Hint)
		}
		g.problems = append(g.problems, p)
	}
}

// checkRules says of each rule what it does to the first file that it harms.
func (g *Generation) checkRules(table *policy.Table) []policy.Warning {
	seen := make(map[string]bool)
	var list []policy.Warning
	check := func(c policy.Class, url string) {
		for _, w := range table.Check(c, url) {
			if !seen[w.Option] {
				seen[w.Option] = true
				list = append(list, w)
			}
		}
	}
	for _, url := range g.URLs() {
		if t, ok := g.Target(url); ok {
			check(t.Class, url)
		}
	}
	check(policy.Fingerprinted, policy.Prefix+"main.aaaaaaaaaaaaaaaa.css")
	return list
}

// Policy is the table of the site's header fields. In the mode report-only it
// lacks what all pages need, which shows when they are rendered: see
// Result.Policy.
func (g *Generation) Policy() *policy.Table { return g.policy }

// maxReport is how long a policy that only reports may be: hosts cut longer
// lines off (Cloudflare takes 2,000 characters with the name).
const maxReport = 1900

// finalPolicy is the table once all files are made: where browsers only report,
// it has the union of what the pages need.
func (g *Generation) finalPolicy(needs policy.CSP) (*policy.Table, diag.List) {
	if g.config.Policy.CSP != string(policy.Report) {
		return g.policy, nil
	}
	o := policyOptions(g.config)
	var problems diag.List
	site := policy.PageCSP(needs)
	o.ReportOnly = site.String()
	if len(o.ReportOnly) > maxReport {
		o.ReportOnly = site.Loose().String()
		problems = append(problems, g.config.Problem("policy.csp", "policy-long",
			"the pages have so many inline scripts and styles that a header cannot list them; it allows all inline ones").Warn().
			WithHint(`write csp = "strict", which lists in each page what is on it, or move them into files`))
	}
	table, _ := policy.New(o)
	return table, problems
}

// setHeaders gives every file of m its header fields.
func setHeaders(m *output.Manifest, table *policy.Table) {
	keys := make(map[string]policy.Headers)
	of := make([]string, len(m.Files))
	for i, f := range m.Files {
		h := table.File(f.Class, f.URL, f.Type)
		of[i] = h.Key()
		keys[of[i]] = h
	}
	order := sortedKeys(keys)
	m.HeaderSets = nil
	for _, k := range order {
		m.HeaderSets = append(m.HeaderSets, keys[k].Map())
	}
	for i := range m.Files {
		m.Files[i].Headers, _ = slices.BinarySearchFunc(order, of[i], func(a, b string) int { return cmp.Compare(a, b) })
	}
}
