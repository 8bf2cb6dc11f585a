package funcs

import (
	"reflect"
	"slices"
	"strings"
	"time"
)

func setEntries(c Collections) []entry {
	return []entry{
		{"complement", []string{"collections.Complement"}, c.Complement, "complement LIST [LIST …] ALL", "The elements of the last list that no other list has.", `{{ complement (slice 1) (slice 3) (slice 1 2 3 4) }}`, "[2 4]"},
		{"intersect", []string{"collections.Intersect"}, c.Intersect, "intersect A B", "The elements of A that B has too, each once.", `{{ intersect (slice 1 2 3) (slice 3 2) }}`, "[2 3]"},
		{"sort", []string{"collections.Sort"}, c.Sort, "sort LIST [KEY [ORDER]]", `The list in order, by a key such as "Params.rank" or "value" for the elements themselves; ORDER is "asc" or "desc". Equal elements keep their order, those without the key come first. Of a map, the values by its keys.`, `{{ sort (slice 3 1 2) "value" "desc" }}`, "[3 2 1]"},
		{"symdiff", []string{"collections.SymDiff"}, c.SymDiff, "symdiff A B", "The elements that are in one list only.", `{{ symdiff (slice 1 2) (slice 2 3) }}`, "[1 3]"},
		{"union", []string{"collections.Union"}, c.Union, "union A B", "The elements of both lists, each once.", `{{ union (slice 1 2) (slice 2 3) }}`, "[1 2 3]"},
		{"uniq", []string{"collections.Uniq"}, c.Uniq, "uniq LIST", "The list without repetitions.", `{{ uniq (slice 1 2 1) }}`, "[1 2]"},
		{"where", []string{"collections.Where"}, c.Where, "where LIST KEY [OPERATOR] VALUE", `The elements whose key has the value. Keys may be nested: "Params.a.b". Operators: = != > >= < <= in "not in" intersect like. A missing key equals nothing. like takes a regular expression.`, `{{ range where (slice (dict "n" 1) (dict "n" 2)) "n" ">" 1 }}{{ .n }}{{ end }}`, "2"},
	}
}

// Uniq is uniq.
func (Collections) Uniq(v any) (any, error) {
	l, err := toList(v)
	if err != nil {
		return nil, err
	}
	return l.like(collect(l, map[any]bool{}, nil)), nil
}

// collect are the elements of l, each once, that ok agrees to.
func collect(l list, seen map[any]bool, ok func(k any) bool) reflect.Value {
	out := l.empty(l.Len())
	for i := range l.Len() {
		k := key(l.at(i))
		if !seen[k] && (ok == nil || ok(k)) {
			seen[k] = true
			out = reflect.Append(out, l.Index(i))
		}
	}
	return out
}

func keysOf(l list) map[any]bool {
	m := make(map[any]bool, l.Len())
	for i := range l.Len() {
		m[key(l.at(i))] = true
	}
	return m
}

func twoLists(a, b any) (list, list, error) {
	la, err := toList(a)
	if err != nil {
		return list{}, list{}, err
	}
	lb, err := toList(b)
	return la, lb, err
}

// Union is union.
func (Collections) Union(a, b any) (any, error) {
	la, lb, err := twoLists(a, b)
	if err != nil {
		return nil, err
	}
	seen := map[any]bool{}
	return join(la, collect(la, seen, nil), lb, collect(lb, seen, nil))
}

// join is two slices as one: of the kind of the first list where it can hold
// both.
func join(la list, a reflect.Value, lb list, b reflect.Value) (any, error) {
	if la.Len() == 0 && la.view == nil {
		return lb.like(b), nil
	}
	if a.Type() == b.Type() || b.Len() == 0 {
		if b.Len() > 0 {
			a = reflect.AppendSlice(a, b)
		}
		return la.like(a), nil
	}
	elems := make([]any, b.Len())
	for i := range elems {
		elems[i] = b.Index(i).Interface()
	}
	return appendAny(a, elems)
}

// Intersect is intersect.
func (Collections) Intersect(a, b any) (any, error) {
	la, lb, err := twoLists(a, b)
	if err != nil {
		return nil, err
	}
	other := keysOf(lb)
	return la.like(collect(la, map[any]bool{}, func(k any) bool { return other[k] })), nil
}

// SymDiff is symdiff.
func (Collections) SymDiff(a, b any) (any, error) {
	la, lb, err := twoLists(a, b)
	if err != nil {
		return nil, err
	}
	ka, kb := keysOf(la), keysOf(lb)
	onlyA := collect(la, map[any]bool{}, func(k any) bool { return !kb[k] })
	onlyB := collect(lb, map[any]bool{}, func(k any) bool { return !ka[k] })
	return join(la, onlyA, lb, onlyB)
}

// Complement is complement.
func (Collections) Complement(lists ...any) (any, error) {
	if len(lists) < 2 {
		return nil, mistake("takes two lists or more")
	}
	all, err := toList(lists[len(lists)-1])
	if err != nil {
		return nil, err
	}
	other := map[any]bool{}
	for _, v := range lists[:len(lists)-1] {
		l, err := toList(v)
		if err != nil {
			return nil, err
		}
		for i := range l.Len() {
			other[key(l.at(i))] = true
		}
	}
	out := all.empty(all.Len())
	for i := range all.Len() {
		if !other[key(all.at(i))] {
			out = reflect.Append(out, all.Index(i))
		}
	}
	return all.like(out), nil
}

// Sort is sort.
func (Collections) Sort(v any, args ...any) (any, error) {
	if len(args) > 2 {
		return nil, mistake("takes a list, a key and an order")
	}
	by, order := "value", "asc"
	for i, to := range []*string{&by, &order} {
		if i < len(args) {
			s, err := toString(args[i])
			if err != nil {
				return nil, err
			}
			*to = s
		}
	}
	if order != "asc" && order != "desc" {
		return nil, Mistake{Message: "the order is neither \"asc\" nor \"desc\", but " + show(order)}
	}
	if reflect.ValueOf(v).Kind() == reflect.Map {
		return sortMap(v, by, order)
	}
	l, err := toList(v)
	if err != nil {
		return nil, err
	}
	keys := make([]any, l.Len())
	for i := range keys {
		if keys[i] = l.at(i); by != "value" && by != "" {
			if keys[i], _, err = field(keys[i], by); err != nil {
				return nil, err
			}
		}
	}
	out := l.empty(l.Len())
	for _, i := range sortedOrder(keys, order == "desc") {
		out = reflect.Append(out, l.Index(i))
	}
	return l.like(out), nil
}

// sortMap sorts the values of a map, by its keys unless another key is named.
func sortMap(v any, by, order string) (any, error) {
	m, err := toMap(v)
	if err != nil {
		return nil, err
	}
	names, err := Collections{}.Keys(m)
	if err != nil {
		return nil, err
	}
	if order == "desc" && (by == "" || by == "key" || by == "value") {
		slices.Reverse(names)
	}
	vals := make([]any, len(names))
	for i, n := range names {
		vals[i] = m[n]
	}
	if by == "" || by == "key" {
		return vals, nil
	}
	return Collections{}.Sort(vals, by, order)
}

// sortedOrder is the stable order of keys, as indices. Keys of different kinds
// are ordered by kind, so that the order is one.
func sortedOrder(keys []any, desc bool) []int {
	order := make([]int, len(keys))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		c := compareKinds(keys[a], keys[b])
		if desc {
			return -c
		}
		return c
	})
	return order
}

func compareKinds(a, b any) int {
	if c, ok := compare(a, b); ok {
		return c
	}
	if ra, rb := kindRank(a), kindRank(b); ra != rb {
		return ra - rb
	}
	sa, errA := toString(a)
	sb, errB := toString(b)
	if errA != nil || errB != nil {
		return 0
	}
	return strings.Compare(sa, sb)
}

func kindRank(v any) int {
	v = plain(v)
	switch {
	case v == nil:
		return 0
	case isNumber(v):
		return 2
	}
	switch v.(type) {
	case bool:
		return 1
	case time.Time:
		return 3
	case string:
		return 4
	}
	return 5
}

// Where is where.
func (c Collections) Where(v any, key any, args ...any) (any, error) {
	l, err := toList(v)
	if err != nil {
		return nil, err
	}
	path, err := toString(key)
	if err != nil {
		return nil, err
	}
	var op, match any = "=", nil
	switch len(args) {
	case 1:
		match = args[0]
	case 2:
		op, match = args[0], args[1]
	default:
		return nil, mistake("takes a list, a key, an operator and a value")
	}
	name, err := toString(op)
	if err != nil {
		return nil, err
	}
	test, err := c.condition(name, match)
	if err != nil {
		return nil, err
	}
	out := l.empty(0)
	for i := range l.Len() {
		got, _, err := field(l.at(i), path)
		if err != nil {
			return nil, err
		}
		ok, err := test(got)
		if err != nil {
			return nil, err
		}
		if ok {
			out = reflect.Append(out, l.Index(i))
		}
	}
	return l.like(out), nil
}

// condition is the test that an operator and a value make.
func (c Collections) condition(op string, match any) (func(any) (bool, error), error) {
	order := func(ok func(int) bool) func(any) (bool, error) {
		return func(got any) (bool, error) {
			if isEmptyRef(got) || isEmptyRef(match) {
				return false, nil
			}
			c, can := compare(got, match)
			if !can {
				return false, mistake("%s and %s cannot be compared", show(got), show(match))
			}
			return ok(c), nil
		}
	}
	switch strings.ToLower(op) {
	case "", "=", "==", "eq":
		return func(got any) (bool, error) { return equal(got, match), nil }, nil
	case "!=", "<>", "ne":
		return func(got any) (bool, error) { return !equal(got, match), nil }, nil
	case "<", "lt":
		return order(func(c int) bool { return c < 0 }), nil
	case "<=", "le":
		return order(func(c int) bool { return c <= 0 }), nil
	case ">", "gt":
		return order(func(c int) bool { return c > 0 }), nil
	case ">=", "ge":
		return order(func(c int) bool { return c >= 0 }), nil
	case "in", "not in":
		return member(match, !strings.EqualFold(op, "in"))
	case "intersect":
		return intersects(match)
	case "like":
		pattern, err := toString(match)
		if err != nil {
			return nil, err
		}
		re, err := c.re.compiled(pattern)
		if err != nil {
			return nil, err
		}
		return func(got any) (bool, error) {
			s, err := toString(got)
			return err == nil && got != nil && re.MatchString(s), nil
		}, nil
	}
	return nil, Mistake{Message: "there is no operator " + show(op), Hint: `there are = != > >= < <= in "not in" intersect like`}
}

func member(match any, not bool) (func(any) (bool, error), error) {
	if s, ok := plain(match).(string); ok {
		return func(got any) (bool, error) {
			part, ok := plain(got).(string)
			return (ok && strings.Contains(s, part)) != not, nil
		}, nil
	}
	l, err := toList(match)
	if err != nil {
		return nil, err
	}
	set := keysOf(l)
	return func(got any) (bool, error) { return set[key(got)] != not, nil }, nil
}

func intersects(match any) (func(any) (bool, error), error) {
	l, err := toList(match)
	if err != nil {
		return nil, err
	}
	set := keysOf(l)
	return func(got any) (bool, error) {
		g, err := toList(got)
		if err != nil {
			return false, err
		}
		for i := range g.Len() {
			if set[key(g.at(i))] {
				return true, nil
			}
		}
		return false, nil
	}, nil
}
