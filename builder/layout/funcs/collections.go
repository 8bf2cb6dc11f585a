package funcs

import (
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"
)

// Collections is the namespace "collections".
type Collections struct{ re *patterns }

func collectionEntries(c Collections) []entry {
	return []entry{
		{"after", []string{"collections.After"}, c.After, "after N LIST", "The list without its first N elements.", `{{ after 1 (slice "a" "b" "c") }}`, "[b c]"},
		{"append", []string{"collections.Append"}, c.Append, "append ELEMENT [ELEMENT …] LIST", "A new list with the elements after those of LIST. One list as ELEMENT adds its elements.", `{{ slice "a" | append "b" "c" }}`, "[a b c]"},
		{"delimit", []string{"collections.Delimit"}, c.Delimit, "delimit LIST SEPARATOR [LAST]", "The elements as one text, with LAST before the last one. Of a map, the values in the order of its keys.", `{{ delimit (slice "a" "b" "c") ", " " and " }}`, "a, b and c"},
		{"dict", []string{"collections.Dictionary"}, c.Dictionary, "dict KEY VALUE [KEY VALUE …]", "A map. A list of keys makes maps in maps.", `{{ $d := dict "a" 1 "b" 2 }}{{ $d.b }}`, "2"},
		{"first", []string{"collections.First"}, c.First, "first N LIST", "The first N elements.", `{{ first 2 (slice "a" "b" "c") }}`, "[a b]"},
		{"group", []string{"collections.Group"}, c.Group, "group KEY LIST", "The list under a key, with .Key and .Pages.", `{{ $g := group "new" (slice 1 2) }}{{ $g.Key }}: {{ len $g.Pages }}`, "new: 2"},
		{"in", []string{"collections.In"}, c.In, "in LIST ITEM", "Whether a list has an element, or a text a part.", `{{ in (slice 1 2) 2 }} {{ in "abc" "bc" }}`, "true true"},
		{"index", []string{"collections.Index"}, c.Index, "index COLLECTION KEY [KEY …]", "The element of a list by its number from 0, or of a map by its key; further keys lead into what was found. Nothing where a map has no such key.", `{{ index (slice "a" "b") 1 }} {{ index (dict "x" (dict "y" 3)) "x" "y" }}`, "b 3"},
		{"isset", []string{"collections.IsSet"}, c.IsSet, "isset COLLECTION KEY", "Whether a map has a key, or a list an element of that number.", `{{ isset (dict "a" 0) "a" }}`, "true"},
		{"last", []string{"collections.Last"}, c.Last, "last N LIST", "The last N elements.", `{{ last 2 (slice "a" "b" "c") }}`, "[b c]"},
		{"len", []string{"collections.Len"}, c.Len, "len VALUE", "The number of elements of a list or map, or of bytes of a text.", `{{ len (slice 1 2 3) }}`, "3"},
		{"merge", []string{"collections.Merge"}, c.Merge, "merge MAP MAP [MAP …]", "One map of all; a later map goes before an earlier one, also in maps within.", `{{ $m := merge (dict "a" 1 "b" 1) (dict "b" 2) }}{{ $m.a }}{{ $m.b }}`, "12"},
		{"querify", []string{"collections.Querify"}, c.Querify, "querify KEY VALUE [KEY VALUE …]", "The query of a URL, in the order of the keys. Also takes a map or a list.", `{{ querify "q" "a b" "page" 2 }}`, "page=2&amp;q=a&#43;b"},
		{"collections.Reverse", nil, nil, "collections.Reverse LIST", "The list from its end.", `{{ collections.Reverse (slice 1 2 3) }}`, "[3 2 1]"},
		{"seq", []string{"collections.Seq"}, c.Seq, "seq LAST, seq FIRST LAST, seq FIRST STEP LAST", "Whole numbers, at most a million.", `{{ seq 3 }} {{ seq 1 2 5 }} {{ seq 2 0 }}`, "[1 2 3] [1 3 5] [2 1 0]"},
		{"slice", []string{"collections.Slice"}, c.Slice, "slice [ELEMENT …]", "A list of the elements.", `{{ slice "a" 1 }}`, "[a 1]"},
		{"collections.Keys", nil, nil, "collections.Keys MAP", "The keys of a map in order.", `{{ collections.Keys (dict "b" 1 "a" 2) }}`, "[a b]"},
	}
}

// Slice is slice. Elements of one type make a list of that type.
func (Collections) Slice(elems ...any) (any, error) {
	if len(elems) == 0 {
		return []any{}, nil
	}
	t := reflect.TypeOf(elems[0])
	for _, e := range elems {
		if reflect.TypeOf(e) != t {
			t = nil
			break
		}
	}
	if t == nil || t.Kind() == reflect.Map || t.Kind() == reflect.Slice {
		return slices.Clone(elems), weigh(elems)
	}
	out := reflect.MakeSlice(reflect.SliceOf(t), len(elems), len(elems))
	for i, e := range elems {
		out.Index(i).Set(reflect.ValueOf(e))
	}
	return out.Interface(), nil
}

// First is first.
func (Collections) First(n, v any) (any, error) {
	return cut(n, v, func(n, size int) (int, int) { return 0, min(n, size) })
}

// Last is last.
func (Collections) Last(n, v any) (any, error) {
	return cut(n, v, func(n, size int) (int, int) { return size - min(n, size), size })
}

// After is after.
func (Collections) After(n, v any) (any, error) {
	return cut(n, v, func(n, size int) (int, int) { return min(n, size), size })
}

func cut(n, v any, bounds func(n, size int) (int, int)) (any, error) {
	count, err := Cast{}.ToInt(n)
	if err != nil {
		return nil, err
	}
	if count < 0 {
		return nil, mistake("the number must not be negative, and is %d", count)
	}
	if s, ok := plain(v).(string); ok {
		r := []rune(s)
		from, to := bounds(count, len(r))
		return string(r[from:to]), nil
	}
	l, err := toList(v)
	if err != nil {
		return nil, err
	}
	from, to := bounds(count, l.Len())
	return l.like(l.Slice3(from, to, to)), nil
}

// Append is append: the list is the last argument.
func (Collections) Append(args ...any) (any, error) {
	if len(args) == 0 {
		return nil, mistake("takes elements and a list")
	}
	l, err := toList(args[len(args)-1])
	if err != nil {
		return nil, err
	}
	elems := args[:len(args)-1]
	if len(elems) == 1 {
		if more, err := toList(elems[0]); err == nil && elems[0] != nil && (l.Len() == 0 || !isList(l.at(0))) {
			if more.Type() == l.Type() && l.Len()+more.Len() <= maxItems {
				both := reflect.AppendSlice(reflect.AppendSlice(l.empty(l.Len()+more.Len()), l.Value), more.Value).Interface()
				if l.view == nil {
					return both, weigh(both)
				}
				return l.view.With(both), nil
			}
			elems = make([]any, more.Len())
			for i := range elems {
				elems[i] = more.at(i)
			}
		}
	}
	if l.Len()+len(elems) > maxItems {
		return nil, mistake("the result holds more than %d values", maxItems)
	}
	out := l.empty(l.Len() + len(elems))
	out = reflect.AppendSlice(out, l.Value)
	for i, e := range elems {
		ev := reflect.ValueOf(e)
		if !ev.IsValid() || !ev.Type().AssignableTo(out.Type().Elem()) {
			return appendAny(out, elems[i:])
		}
		out = reflect.Append(out, ev)
	}
	if l.view == nil {
		return out.Interface(), weigh(out.Interface())
	}
	return l.like(out), nil
}

func isList(v any) bool {
	_, err := toList(v)
	return err == nil && v != nil
}

// appendAny is for elements that the list's type does not hold.
func appendAny(l reflect.Value, elems []any) (any, error) {
	out := make([]any, 0, l.Len()+len(elems))
	for i := range l.Len() {
		out = append(out, l.Index(i).Interface())
	}
	out = append(out, elems...)
	return out, weigh(out)
}

// Index is index.
func (Collections) Index(v any, keys ...any) (any, error) {
	if len(keys) == 1 && isList(keys[0]) {
		l, _ := toList(keys[0])
		keys = make([]any, l.Len())
		for i := range keys {
			keys[i] = l.at(i)
		}
	}
	for _, k := range keys {
		next, err := indexOne(v, k)
		if err != nil {
			return nil, err
		}
		v = next
	}
	return v, nil
}

func indexOne(v, k any) (any, error) {
	if view, ok := v.(View); ok && !isNilPointer(v) {
		v = view.Slice()
	}
	rv := reflect.ValueOf(v)
	for rv.Kind() == reflect.Pointer && !rv.IsNil() {
		rv = rv.Elem()
	}
	switch rv.Kind() {
	case reflect.Invalid:
		return nil, nil
	case reflect.Map:
		name, err := toString(k)
		if err != nil {
			return nil, mistake("a key must be text, not %s", show(k))
		}
		e, _, err := mapEntry(rv, name)
		return e, err
	case reflect.Slice, reflect.Array, reflect.String:
		i, err := Cast{}.ToInt(k)
		if err != nil {
			return nil, err
		}
		if i < 0 || i >= rv.Len() {
			return nil, mistake("there is no element %d; there are %d, counted from 0", i, rv.Len())
		}
		return rv.Index(i).Interface(), nil
	}
	return nil, mistake("%s has no elements", show(v))
}

// IsSet is isset.
func (Collections) IsSet(v, k any) (bool, error) {
	if view, ok := v.(View); ok && !isNilPointer(v) {
		v = view.Slice()
	}
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Map:
		name, err := toString(k)
		if err != nil {
			return false, err
		}
		_, ok, err := mapEntry(rv, name)
		return ok, err
	case reflect.Slice, reflect.Array:
		i, err := Cast{}.ToInt(k)
		return err == nil && i >= 0 && i < rv.Len(), err
	}
	return false, nil
}

// In is in.
func (Collections) In(v, item any) (bool, error) {
	if s, ok := plain(v).(string); ok {
		part, err := toString(item)
		return err == nil && strings.Contains(s, part), err
	}
	l, err := toList(v)
	if err != nil {
		return false, err
	}
	for i := range l.Len() {
		if equal(l.at(i), item) {
			return true, nil
		}
	}
	return false, nil
}

// Len is len.
func (Collections) Len(v any) (int, error) {
	if view, ok := v.(View); ok && !isNilPointer(v) {
		v = view.Slice()
	}
	if l, ok := v.(interface{ Len() int }); ok && !isNilPointer(v) {
		return l.Len(), nil
	}
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Invalid:
		return 0, nil
	case reflect.Slice, reflect.Array, reflect.Map, reflect.String:
		return rv.Len(), nil
	}
	return 0, mistake("%s has no length", show(v))
}

// Delimit is delimit.
func (Collections) Delimit(v, sep any, last ...any) (string, error) {
	parts, err := texts(v)
	if err != nil {
		return "", err
	}
	s, err := toString(sep)
	if err != nil {
		return "", err
	}
	size := len(s) * len(parts)
	for _, p := range parts {
		size += len(p)
	}
	if size > maxBytes {
		return "", tooLong()
	}
	if n := len(parts); len(last) > 0 && n > 1 {
		l, err := toString(last[0])
		return strings.Join(parts[:n-1], s) + l + parts[n-1], err
	}
	return strings.Join(parts, s), nil
}

// texts are the elements of a list, or the values of a map in order of its keys.
func texts(v any) ([]string, error) {
	if reflect.ValueOf(v).Kind() == reflect.Map {
		m, err := toMap(v)
		if err != nil {
			return nil, err
		}
		vals := make([]any, 0, len(m))
		for _, k := range slices.Sorted(maps.Keys(m)) {
			vals = append(vals, m[k])
		}
		v = vals
	}
	l, err := toList(v)
	if err != nil {
		return nil, err
	}
	out := make([]string, l.Len())
	for i := range out {
		if out[i], err = toString(l.at(i)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Querify is querify.
func (c Collections) Querify(args ...any) (string, error) {
	var pairs []any
	switch {
	case len(args) == 1 && isList(args[0]):
		l, _ := toList(args[0])
		for i := range l.Len() {
			pairs = append(pairs, l.at(i))
		}
	case len(args) == 1:
		m, err := toMap(args[0])
		if err != nil {
			return "", err
		}
		for _, k := range slices.Sorted(maps.Keys(m)) {
			pairs = append(pairs, k, m[k])
		}
	default:
		pairs = args
	}
	if len(pairs)%2 != 0 {
		return "", mistake("takes pairs of a key and a value")
	}
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		k, err := toString(pairs[i])
		if err != nil {
			return "", err
		}
		v, err := toString(pairs[i+1])
		if err != nil {
			return "", err
		}
		q.Add(k, v)
	}
	return limited(q.Encode())
}

// Reverse is collections.Reverse.
func (Collections) Reverse(v any) (any, error) {
	l, err := toList(v)
	if err != nil {
		return nil, err
	}
	out := l.empty(l.Len())
	for i := l.Len() - 1; i >= 0; i-- {
		out = reflect.Append(out, l.Index(i))
	}
	return l.like(out), nil
}

// Seq is seq.
func (Collections) Seq(args ...any) ([]int, error) {
	n := make([]int, len(args))
	for i, a := range args {
		var err error
		if n[i], err = (Cast{}).ToInt(a); err != nil {
			return nil, err
		}
	}
	first, by, last := 1, 0, 0
	switch len(n) {
	case 1:
		last = n[0]
	case 2:
		first, last = n[0], n[1]
	case 3:
		first, by, last = n[0], n[1], n[2]
		if by == 0 {
			return nil, mistake("the step must not be 0")
		}
	default:
		return nil, mistake("takes one to three numbers, not %d", len(n))
	}
	if by == 0 {
		if by = 1; last < first {
			by = -1
		}
		if len(n) == 1 && last == 0 {
			return []int{}, nil
		}
	}
	if (last < first) != (by < 0) && last != first {
		return nil, mistake("a step of %d never leads from %d to %d", by, first, last)
	}
	count := float64(last)/float64(by) - float64(first)/float64(by)
	if count >= maxSeq {
		return nil, mistake("more than %d numbers", maxSeq)
	}
	out := make([]int, 0, int(count)+1)
	for i := 0; i <= int(count); i++ {
		out = append(out, first+i*by)
	}
	return out, nil
}

// Group is a list under a key.
type Group struct {
	Key   any
	Pages any
}

// Group is group.
func (Collections) Group(k, v any) (Group, error) {
	if _, err := toList(v); err != nil {
		return Group{}, err
	}
	return Group{Key: k, Pages: v}, nil
}
