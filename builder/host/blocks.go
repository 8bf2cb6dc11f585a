package host

import (
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/policy"
)

// block is a rule of hosts that apply all rules that match a URL, where a later
// one replaces what an earlier one has set.
type block struct {
	Pattern
	set []policy.Header
	// unset are the fields that the block takes back.
	unset []string
}

// blocks turns answers into rules for a host where the last counts: the first
// is for all URLs, and may be empty. A field that some URLs must not have gets
// rules for exactly those that have it; or, where the host can take it back
// (unset) and fewer rules do then, for those that have not.
func (j *job) blocks(answers []answer, s speech, unset bool) []block {
	return blocks(j.tables(answers), s, unset)
}

func blocks(tables []*table, s speech, unset bool) []block {
	lacks := func(t *table) bool { return slices.Contains(t.values, "") }
	only, apart := layers(tables, s, lacks)
	if !unset || !slices.ContainsFunc(tables, lacks) {
		return only
	}
	all, _ := layers(tables, s, func(*table) bool { return false })
	if !apart || len(all) < len(only) {
		return all
	}
	return only
}

// layers are blocks where partial says which fields get rules of their own. No
// two have one pattern, or it returns false.
func layers(tables []*table, s speech, partial func(*table) bool) (list []block, apart bool) {
	all := block{Pattern: Pattern{Prefix: s.root}}
	var total []*table
	for _, t := range tables {
		same := t.same() && t.values[0] != ""
		if (same || !partial(t)) && t.values[0] != "" {
			all.set = append(all.set, policy.Header{Name: t.name, Value: t.values[0]})
		}
		if !same && !partial(t) {
			total = append(total, t)
		}
	}
	list, apart = append([]block{all}, together(total, s)...), true
	for _, t := range tables {
		if !partial(t) {
			continue
		}
		own := t.only(s)
		woven, ok := weave(list, own)
		if !ok {
			woven, apart = append(list, own...), false
		}
		list = woven
	}
	return list, apart
}

// together are the rules for fields that every URL has in some form, the
// narrowest last. Each says all of them, so that it does not matter what an
// earlier one has said.
func together(tables []*table, s speech) []block {
	if len(tables) == 0 {
		return nil
	}
	var urls []labelled
	sets := []string{""}
	examples := []int{0}
	for i, u := range tables[0].urls {
		key := ""
		for _, t := range tables {
			if l := t.urls[i].label; l != rest {
				key += t.name + "=" + t.values[l] + "\n"
			}
		}
		label := slices.Index(sets, key)
		if label < 0 {
			label = len(sets)
			sets, examples = append(sets, key), append(examples, i)
		}
		urls = append(urls, labelled{u.url, label})
	}
	if s.hits {
		s.exact = slices.IndexFunc(sets, func(key string) bool { return strings.Contains(key, "immutable") })
	}
	var list []block
	for _, r := range s.rules(urls) {
		b := block{Pattern: r.Pattern}
		for _, t := range tables {
			value := t.values[t.urls[examples[r.label]].label]
			if value == "" {
				b.unset = append(b.unset, t.name)
			} else {
				b.set = append(b.set, policy.Header{Name: t.name, Value: value})
			}
		}
		list = append(list, b)
	}
	slices.Reverse(list)
	return list
}

// only are the rules for a field that some URLs must not have.
func (t *table) only(s speech) []block {
	var list []block
	for _, r := range s.rules(t.barring()) {
		list = append(list, block{Pattern: r.Pattern, set: []policy.Header{{Name: t.name, Value: t.values[r.label-1]}}})
	}
	slices.Reverse(list)
	return list
}

// barring are the URLs of t with labels one higher than theirs, but for those
// that no rule may match since they have no value.
func (t *table) barring() []labelled {
	var urls []labelled
	for _, u := range t.urls {
		label := u.label + 1
		if t.values[u.label] == "" {
			label = barred
		}
		urls = append(urls, labelled{u.url, label})
	}
	return urls
}

// apart are rules for a host that joins the values of all rules that match, or
// may do so: no two with one field match one URL. Pages get no Cache-Control
// where the host's own says the same as ours.
func (j *job) apart(answers []answer, s speech, own func(cacheControl string) bool) []block {
	s.together = true
	all := block{Pattern: Pattern{Prefix: s.root}}
	var list []block
	for _, t := range j.tables(answers) {
		switch {
		case t.same() && t.values[0] != "":
			all.set = append(all.set, policy.Header{Name: t.name, Value: t.values[0]})
		case strings.EqualFold(t.name, "Cache-Control") && own(t.values[0]):
			if s.hits {
				s.exact = t.lasting()
			}
			for _, r := range s.rules(t.urls) {
				list = append(list, block{Pattern: r.Pattern, set: []policy.Header{{Name: t.name, Value: t.values[r.label]}}})
			}
		default:
			list = append(list, t.only(s)...)
		}
	}
	return merge(append([]block{all}, list...))
}

// lasting is the label of what fingerprinted files say, -1 for none: a host that
// gives it to what is not there gets rules for those that are.
func (t *table) lasting() int {
	return slices.IndexFunc(t.values, func(v string) bool { return strings.Contains(v, "immutable") })
}

// merge joins blocks with one pattern, where the order does not matter.
func merge(list []block) []block {
	var merged []block
	for _, b := range list {
		if len(b.set) == 0 {
			continue
		}
		i := slices.IndexFunc(merged, func(m block) bool { return m.Pattern == b.Pattern })
		if i < 0 {
			merged = append(merged, b)
			continue
		}
		merged[i].set = append(slices.Clip(merged[i].set), b.set...)
	}
	return merged
}
