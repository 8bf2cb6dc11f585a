package funcs

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Dictionary is dict.
func (Collections) Dictionary(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, mistake("takes pairs of a key and a value; the last key has no value")
	}
	out := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		if keys, err := toList(pairs[i]); err == nil && pairs[i] != nil {
			if err := setNested(out, keys, pairs[i+1]); err != nil {
				return nil, err
			}
			continue
		}
		k, err := toString(pairs[i])
		if err != nil {
			return nil, mistake("a key must be text, not %s", show(pairs[i]))
		}
		out[k] = pairs[i+1]
	}
	return out, weigh(out)
}

// setNested sets a value below several keys.
func setNested(m map[string]any, keys list, v any) error {
	for i := range keys.Len() {
		k, err := toString(keys.at(i))
		if err != nil {
			return err
		}
		if i == keys.Len()-1 {
			m[k] = v
			return nil
		}
		inner, ok := m[k].(map[string]any)
		if inner = maps.Clone(inner); !ok {
			inner = map[string]any{}
		}
		m[k] = inner
		m = inner
	}
	return mistake("a list of keys is empty")
}

// Merge is merge.
func (Collections) Merge(all ...any) (any, error) {
	if len(all) < 2 {
		return nil, mistake("takes two maps or more")
	}
	out := map[string]any{}
	for _, m := range all {
		sm, err := toMap(m)
		if err != nil {
			return nil, err
		}
		mergeInto(out, sm, 0)
	}
	return out, weigh(out)
}

// mergeInto puts from over into. Maps that were there are copied, never changed.
func mergeInto(into, from map[string]any, depth int) {
	for k, v := range from {
		name := k
		if _, ok := into[k]; !ok {
			for _, have := range slices.Sorted(maps.Keys(into)) {
				if strings.EqualFold(have, k) {
					name = have
				}
			}
		}
		a, okA := into[name].(map[string]any)
		b, okB := v.(map[string]any)
		if okA && okB && depth < 100 {
			a = maps.Clone(a)
			mergeInto(a, b, depth+1)
			into[name] = a
			continue
		}
		into[name] = v
	}
}

// toMap takes any map with text as keys. Nothing is the empty map.
func toMap(v any) (map[string]any, error) {
	if m, ok := v.(map[string]any); ok || v == nil {
		return m, nil
	}
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Map {
		return nil, mistake("%s is not a map", show(v))
	}
	out := make(map[string]any, rv.Len())
	for it := rv.MapRange(); it.Next(); {
		k, err := toString(it.Key().Interface())
		if err != nil {
			return nil, err
		}
		out[k] = it.Value().Interface()
	}
	return out, nil
}

// Keys is collections.Keys.
func (Collections) Keys(v any) ([]string, error) {
	m, err := toMap(v)
	if err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(m)), nil
}
