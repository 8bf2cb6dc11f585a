package config

import (
	"reflect"
	"slices"

	"github.com/etagere/etagere/builder/internal/digest"
)

// Digest identifies the whole configuration.
func (c *Config) Digest() digest.Digest {
	h := digest.New()
	add(h, reflect.ValueOf(c).Elem())
	return h.Sum()
}

// ParamsDigest identifies Params.
func (c *Config) ParamsDigest() digest.Digest { return digest.New().Value(c.Params).Sum() }

// Part identifies the value of one top-level key, such as "markdown". An
// unknown key has the zero digest.
func (c *Config) Part(key string) digest.Digest {
	v := reflect.ValueOf(c).Elem()
	i, ok := keysOf(v.Type()).index[key]
	if !ok {
		return digest.Digest{}
	}
	h := digest.New()
	add(h, v.Field(i))
	return h.Sum()
}

// add digests a value of any type that a Config has, by its keys.
func add(h *digest.Hasher, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		keys := keysOf(v.Type())
		for _, name := range keys.names {
			h.String(name)
			add(h, v.Field(keys.index[name]))
		}
	case reflect.Map:
		if params, ok := v.Interface().(map[string]any); ok {
			h.Value(params)
			return
		}
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int {
			if a.String() < b.String() {
				return -1
			}
			return 1
		})
		h.Int(int64(len(keys)))
		for _, k := range keys {
			h.String(k.String())
			add(h, v.MapIndex(k))
		}
	case reflect.Slice:
		h.Int(int64(v.Len()))
		for i := range v.Len() {
			add(h, v.Index(i))
		}
	default:
		h.Value(v.Interface())
	}
}
