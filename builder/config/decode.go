package config

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/frontmatter"
	"github.com/etagere/etagere/builder/internal/nearest"
)

// decoder writes one file's values into a Config.
type decoder struct {
	c        *Config
	doc      *frontmatter.Doc
	problems diag.List
}

// themeKeys are what only theme.toml says about itself. They are for people.
var themeKeys = []string{"name", "description", "license", "homepage", "version", "author", "min_version", "tags"}

func (d *decoder) root(theme bool) {
	n := d.doc.Root
	if theme {
		// A theme's name, description and author are not the site's.
		kept := &frontmatter.Node{Kind: n.Kind, Span: n.Span}
		for _, f := range n.Fields {
			if !slices.Contains(themeKeys, f.Key) {
				kept.Fields = append(kept.Fields, f)
			}
		}
		n = kept
	}
	d.table(reflect.ValueOf(d.c).Elem(), n, "")
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// table reads a TOML table into a struct.
func (d *decoder) table(into reflect.Value, n *frontmatter.Node, path string) {
	fields := keysOf(into.Type())
	for _, f := range n.Fields {
		i, ok := fields.index[f.Key]
		if !ok {
			d.unknown(f, fields.names, path)
			continue
		}
		d.value(into.Field(i), f, join(path, f.Key))
	}
}

// structKeys are the keys of a struct: names in order, and their fields.
type structKeys struct {
	names []string
	index map[string]int
}

func keysOf(t reflect.Type) structKeys {
	k := structKeys{index: make(map[string]int)}
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("toml"); name != "" {
			k.names = append(k.names, name)
			k.index[name] = i
		}
	}
	return k
}

func (d *decoder) unknown(f frontmatter.Field, have []string, path string) {
	where := ""
	if path != "" {
		where = " in [" + path + "]"
	}
	p := d.doc.Problem(f.At, "config-key", "unknown key %q%s", clip(f.Key), where)
	if hint := foreign(f.Key, path); hint != "" {
		p = p.WithHint("%s", hint)
	} else if near, ok := nearest.Of(f.Key, have); ok {
		p = p.WithHint("did you mean %q?", near)
	} else if path == "" {
		p = p.WithHint("keys of your own belong below [params]; etagere config --reference lists all others")
	} else if len(have) <= 12 {
		p = p.WithHint("known are %s", strings.Join(have, ", "))
	}
	d.problems = append(d.problems, p)
}

// wrong notes a value of the wrong type.
func (d *decoder) wrong(f frontmatter.Field, n *frontmatter.Node, path, want string) {
	p := d.doc.Problem(n.Span, "config-type", "%q must be %s, not %s", path, want, n.Kind)
	if h := typeHint(f, n, want); h != "" {
		p = p.WithHint("%s", h)
	}
	d.problems = append(d.problems, p)
}

func typeHint(f frontmatter.Field, n *frontmatter.Node, want string) string {
	switch {
	case want == "a list of texts" && n.Kind == frontmatter.String && len(n.Text) < 60:
		return f.Key + " = [" + strconv.Quote(n.Text) + "]"
	case want == "a text" && (n.Kind == frontmatter.Int || n.Kind == frontmatter.Float || n.Kind == frontmatter.Bool):
		return f.Key + " = " + strconv.Quote(n.Text)
	case n.Kind == frontmatter.String && (want == "a whole number" || want == "true or false"):
		return "write it without quotes"
	}
	return ""
}

// value reads any value and remembers its place.
func (d *decoder) value(into reflect.Value, f frontmatter.Field, path string) {
	d.c.origins[path] = origin{doc: d.doc, key: f.At, value: f.Value.Span}
	n := f.Value
	switch into.Kind() {
	case reflect.Struct:
		if n.Kind != frontmatter.Map {
			d.wrong(f, n, path, "a table")
			return
		}
		d.table(into, n, path)
	case reflect.Map:
		if n.Kind != frontmatter.Map {
			d.wrong(f, n, path, "a table")
			return
		}
		d.mapping(into, n, path)
	case reflect.Slice:
		d.list(into, f, path)
	default:
		d.scalar(into, f, n, path)
	}
}

// scalar reads a text, number or truth.
func (d *decoder) scalar(into reflect.Value, f frontmatter.Field, n *frontmatter.Node, path string) {
	switch v := n.Value().(type) {
	case string:
		if into.Kind() == reflect.String {
			into.SetString(v)
			return
		}
	case int:
		if into.Kind() == reflect.Int {
			into.SetInt(int64(v))
			return
		}
	case bool:
		if into.Kind() == reflect.Bool {
			into.SetBool(v)
			return
		}
	}
	d.wrong(f, n, path, wanted(into.Kind()))
}

func wanted(k reflect.Kind) string {
	switch k {
	case reflect.Int:
		return "a whole number"
	case reflect.Bool:
		return "true or false"
	}
	return "a text"
}

// mapping reads a table with keys of the author's choice. What the map has
// under other keys stays.
func (d *decoder) mapping(into reflect.Value, n *frontmatter.Node, path string) {
	if params, ok := into.Addr().Interface().(*map[string]any); ok {
		given, _ := n.Value().(map[string]any)
		*params = mergeParams(mergeParams(map[string]any{}, *params), given)
		for _, f := range n.Fields {
			d.c.origins[join(path, f.Key)] = origin{doc: d.doc, key: f.At, value: f.Value.Span}
		}
		return
	}
	m := reflect.MakeMap(into.Type())
	for _, k := range into.MapKeys() {
		m.SetMapIndex(k, into.MapIndex(k))
	}
	for _, f := range n.Fields {
		key := reflect.ValueOf(f.Key)
		v := reflect.New(into.Type().Elem()).Elem()
		if old := m.MapIndex(key); old.IsValid() {
			v.Set(old)
		}
		d.value(v, f, join(path, f.Key))
		m.SetMapIndex(key, v)
	}
	into.Set(m)
}

// list reads an array of texts, whole numbers or tables. It replaces what was there.
func (d *decoder) list(into reflect.Value, f frontmatter.Field, path string) {
	elem := into.Type().Elem()
	want := "a list of texts"
	switch elem.Kind() {
	case reflect.Struct:
		want = "a list of tables"
	case reflect.Int:
		want = "a list of whole numbers"
	}
	if f.Value.Kind != frontmatter.List {
		d.wrong(f, f.Value, path, want)
		return
	}
	list := reflect.MakeSlice(into.Type(), 0, len(f.Value.Items))
	for _, item := range f.Value.Items {
		v := reflect.New(elem).Elem()
		// Wrong entries are left out, so that places are counted by what is kept.
		if at := join(path, strconv.Itoa(list.Len())); elem.Kind() == reflect.Struct {
			if item.Kind != frontmatter.Map {
				d.wrong(f, item, at, "a table")
				continue
			}
			d.c.origins[at] = origin{doc: d.doc, key: item.Span, value: item.Span}
			d.table(v, item, at)
		} else {
			problems := len(d.problems)
			d.scalar(v, f, item, at)
			if len(d.problems) > problems {
				continue
			}
			d.c.origins[at] = origin{doc: d.doc, key: item.Span, value: item.Span}
		}
		list = reflect.Append(list, v)
	}
	into.Set(list)
}

// clip keeps a message readable whatever stands in the file.
func clip(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
