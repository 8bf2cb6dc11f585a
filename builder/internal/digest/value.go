package digest

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"
)

// Value adds v, a tree of the kinds that front matter, data files and
// configuration decode to: nil, booleans, numbers, strings, times, slices and
// maps with string keys. Maps are added in the order of their keys. Any other
// kind is added by its Go syntax, which is stable for plain structs.
func (h *Hasher) Value(v any) *Hasher {
	switch v := v.(type) {
	case nil:
		return h.String("nil")
	case bool:
		return h.String("bool").Bool(v)
	case string:
		return h.String("string").String(v)
	case int:
		return h.String("int").Int(int64(v))
	case int64:
		return h.String("int").Int(v)
	case uint64:
		return h.String("uint").Int(int64(v))
	case float64:
		return h.String("float").Float(v)
	case time.Time:
		return h.String("time").Time(v)
	case []string:
		return h.String("strings").Strings(v)
	case []any:
		h.String("list").Int(int64(len(v)))
		for _, e := range v {
			h.Value(e)
		}
		return h
	case map[string]any:
		h.String("map").Int(int64(len(v)))
		for _, k := range slices.Sorted(maps.Keys(v)) {
			h.String(k).Value(v[k])
		}
		return h
	}
	return h.reflected(v)
}

// reflected adds slices and maps of other element types.
func (h *Hasher) reflected(v any) *Hasher {
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Slice, reflect.Array:
		h.String("list").Int(int64(rv.Len()))
		for i := range rv.Len() {
			h.Value(rv.Index(i).Interface())
		}
		return h
	case reflect.Map:
		keys := rv.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int {
			return cmpStrings(fmt.Sprint(a.Interface()), fmt.Sprint(b.Interface()))
		})
		h.String("map").Int(int64(len(keys)))
		for _, k := range keys {
			h.String(fmt.Sprint(k.Interface())).Value(rv.MapIndex(k).Interface())
		}
		return h
	}
	return h.String(fmt.Sprintf("%#v", v))
}

func cmpStrings(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
