package negotiate

import (
	"strings"
)

// choose is the representation that a client likes best by its Accept-Encoding
// (RFC 9110 §12.5.3): the highest weight, then the order of reps. It reports
// false where the client accepts none; the choice is then the one without a
// coding, or the first.
//
// Who says nothing is sent no coding, although it would accept any: what does
// not ask seldom decodes.
func choose(accept []string, reps []Representation) (int, bool) {
	weights := parseAccept(accept)
	best, weight := -1, 0
	for i := range reps {
		w := weights.of(reps[i].Coding)
		if w > weight {
			best, weight = i, w
		}
	}
	if best >= 0 {
		return best, true
	}
	for i := range reps {
		if reps[i].Coding == "" {
			return i, false
		}
	}
	return 0, false
}

// Choose is the content coding, of those that can be had, that a client likes
// best by its field Accept-Encoding; see Resource.Representations for the order.
// "" is none, which can always be had.
func Choose(accept []string, have []string) string {
	reps := make([]Representation, 0, len(have)+1)
	for _, c := range have {
		if c != "" {
			reps = append(reps, Representation{Coding: c})
		}
	}
	i, _ := choose(accept, append(reps, Representation{}))
	return append(reps, Representation{})[i].Coding
}

// weights are a parsed Accept-Encoding, in thousandths plus one; 0 stands for
// "not acceptable". What no member speaks of has the weight rest.
type weights struct {
	listed   []weighted
	rest     int
	identity int // of no coding, where it is not listed
}

type weighted struct {
	coding string
	weight int
}

// of is the weight of a coding, "" for none.
func (w *weights) of(coding string) int {
	if coding == "" {
		coding = "identity"
	}
	for _, l := range w.listed {
		if sameCoding(l.coding, coding) {
			return l.weight
		}
	}
	if coding == "identity" {
		return w.identity
	}
	return w.rest
}

// sameCoding compares names as RFC 9110 §8.4.1 says: without case, and "x-gzip"
// is another name of "gzip" (§8.4.1.3).
func sameCoding(a, b string) bool {
	const old = "x-gzip"
	if strings.EqualFold(a, old) {
		a = "gzip"
	}
	if strings.EqualFold(b, old) {
		b = "gzip"
	}
	return strings.EqualFold(a, b)
}

// maxCodings is how many members of Accept-Encoding are read: more than there
// are registered codings.
const maxCodings = 64

// parseAccept reads the lines of Accept-Encoding. Members that are not as the
// grammar has them are passed over; of several for one coding the lowest counts.
func parseAccept(lines []string) weights {
	w := weights{identity: 1} // acceptable unless excluded, and liked less than all that is listed
	seen := 0
	star := -1
	for _, line := range lines {
		for member := range strings.SplitSeq(line, ",") {
			if seen++; seen > maxCodings {
				return w
			}
			name, params, found := strings.Cut(member, ";")
			name = trim(name)
			q := 1000
			if found {
				var ok bool
				if q, ok = parseWeight(params); !ok {
					continue
				}
			}
			weight := 0
			if q > 0 {
				weight = q + 1
			}
			switch {
			case name == "*":
				if star < 0 || weight < star {
					star = weight
				}
				w.rest, w.identity = star, star
			case isToken(name):
				w.list(name, weight)
			}
		}
	}
	return w
}

func (w *weights) list(name string, weight int) {
	for i := range w.listed {
		if sameCoding(w.listed[i].coding, name) {
			w.listed[i].weight = min(w.listed[i].weight, weight)
			return
		}
	}
	w.listed = append(w.listed, weighted{name, weight})
}

// parseWeight reads ` q=0.5` in thousandths (RFC 9110 §12.4.2).
func parseWeight(s string) (int, bool) {
	name, value, found := strings.Cut(trim(s), "=")
	if !found || name != "q" && name != "Q" || value == "" || len(value) > 5 || value[0] != '0' && value[0] != '1' {
		return 0, false
	}
	if len(value) > 1 && value[1] != '.' {
		return 0, false
	}
	q, scale := int(value[0]-'0')*1000, 100
	for _, c := range value[min(2, len(value)):] {
		if c < '0' || c > '9' {
			return 0, false
		}
		q += int(c-'0') * scale
		scale /= 10
	}
	return q, q <= 1000
}

// trim is s without the optional white space of RFC 9110 §5.6.3.
func trim(s string) string { return strings.Trim(s, " \t") }

// isToken reports whether s is a token (RFC 9110 §5.6.2).
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return s != ""
}

// codings lists the codings of reps for people.
func codings(reps []Representation) string {
	var names []string
	for _, r := range reps {
		if r.Coding == "" {
			r.Coding = "identity"
		}
		names = append(names, r.Coding)
	}
	return strings.Join(names, ", ")
}
