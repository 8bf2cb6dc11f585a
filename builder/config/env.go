package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/internal/nearest"
)

const envPrefix = "ETAGERE_"

// variable is one of ours in the environment, without the prefix.
type variable struct{ path, value string }

// environment picks our variables, sorted by name; the last of a name counts.
func environment(env []string) []variable {
	byName := make(map[string]string)
	for _, e := range env {
		name, value, found := strings.Cut(e, "=")
		if path, ours := strings.CutPrefix(name, envPrefix); found && ours && path != "" {
			byName[path] = value
		}
	}
	list := make([]variable, 0, len(byName))
	for _, path := range sorted(byName) {
		list = append(list, variable{path, byName[path]})
	}
	return list
}

// readEnv puts the environment over what the files say. A variable is named as
// its key in capitals, tables and keys joined by "_". Variables that mean
// nothing are other programs' affair, unless they look like a slip.
func (c *Config) readEnv(env []variable) diag.List {
	var problems diag.List
	root := reflect.ValueOf(c).Elem()
	for _, v := range env {
		known, err := c.setPath(root, strings.ToLower(v.path), "", v.value)
		switch {
		case err != nil:
			problems = append(problems, diag.Problem{
				Code: "config-env", Message: fmt.Sprintf("environment variable %s%s: %s", envPrefix, v.path, err),
			})
		case !known:
			if near, ok := nearest.Typo(strings.ToLower(v.path), keysOf(root.Type()).names); ok {
				problems = append(problems, diag.Problem{
					Severity: diag.Warning, Code: "config-env",
					Message: fmt.Sprintf("environment variable %s%s sets nothing", envPrefix, v.path),
					Hint:    fmt.Sprintf("did you mean %s%s?", envPrefix, strings.ToUpper(near)),
				})
			}
		}
	}
	return problems
}

// setPath sets the value that rest names below into. It reports false for
// names that are no key.
func (c *Config) setPath(into reflect.Value, rest, path, text string) (known bool, err error) {
	switch into.Kind() {
	case reflect.Struct:
		fields := keysOf(into.Type())
		if i, ok := fields.index[rest]; ok {
			return c.setText(into.Field(i), join(path, rest), text)
		}
		for _, name := range fields.names {
			sub, ok := strings.CutPrefix(rest, name+"_")
			f := into.Field(fields.index[name])
			if ok && (f.Kind() == reflect.Struct || f.Kind() == reflect.Map) {
				return c.setPath(f, sub, join(path, name), text)
			}
		}
		return false, nil
	case reflect.Map:
		return c.setKey(into, rest, path, text)
	}
	return false, nil
}

// setKey sets one entry of a map. A key that is there in another case is that key.
func (c *Config) setKey(into reflect.Value, rest, path, text string) (bool, error) {
	keys := make([]string, 0, into.Len())
	for _, k := range into.MapKeys() {
		keys = append(keys, k.String())
	}
	slices.Sort(keys)
	elem := into.Type().Elem()
	key, sub := rest, ""
	for _, k := range keys {
		if strings.EqualFold(strings.ReplaceAll(k, "-", "_"), rest) {
			key = k
		} else if s, ok := strings.CutPrefix(rest, strings.ToLower(k)+"_"); ok && elem.Kind() == reflect.Struct {
			key, sub = k, s
		}
	}
	if elem.Kind() == reflect.Struct && sub == "" {
		return false, nil
	}
	v := reflect.New(elem).Elem()
	if into.IsNil() {
		into.Set(reflect.MakeMap(into.Type()))
	} else if old := into.MapIndex(reflect.ValueOf(key)); old.IsValid() {
		v.Set(old)
	}
	known, err := true, error(nil)
	if sub != "" {
		known, err = c.setPath(v, sub, join(path, key), text)
	} else {
		known, err = c.setText(v, join(path, key), text)
	}
	if known && err == nil {
		into.SetMapIndex(reflect.ValueOf(key), v)
	}
	return known, err
}

// setText sets one value from a text. Lists are separated by commas; a value
// of any type is JSON where it reads as such, else a text.
func (c *Config) setText(into reflect.Value, path, text string) (bool, error) {
	switch into.Kind() {
	case reflect.String:
		into.SetString(text)
	case reflect.Bool:
		b, err := strconv.ParseBool(strings.ToLower(text))
		if err != nil {
			return true, fmt.Errorf("%q is neither true nor false", clip(text))
		}
		into.SetBool(b)
	case reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return true, fmt.Errorf("%q is no whole number", clip(text))
		}
		into.SetInt(int64(n))
	case reflect.Interface:
		into.Set(reflect.ValueOf(anyText(text)))
	case reflect.Slice:
		if into.Type().Elem().Kind() != reflect.String {
			return true, fmt.Errorf("%s cannot be set by the environment", path)
		}
		into.Set(reflect.ValueOf(listText(text)))
	default:
		return true, fmt.Errorf("%s is a table: name one of its keys", path)
	}
	c.forget(path)
	return true, nil
}

func listText(text string) []string {
	list := []string{}
	if json.Unmarshal([]byte(text), &list) == nil {
		return list
	}
	list = list[:0]
	for _, s := range strings.Split(text, ",") {
		if s = strings.TrimSpace(s); s != "" {
			list = append(list, s)
		}
	}
	return list
}

// anyText reads a parameter: true, 3, 1.5, ["a"], else the text itself.
func anyText(text string) any {
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	var v any
	if json.Unmarshal([]byte(text), &v) == nil && v != nil {
		return v
	}
	return text
}
