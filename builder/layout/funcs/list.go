package funcs

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/etagere/etagere/builder/internal/digest"
)

// View is a list that is not a slice, such as one that records what is read
// from it. Functions that select, order or cut a list give back a View of the
// same kind.
type View interface {
	// Slice is the list as a slice.
	Slice() any
	// With is a list of the same kind that holds slice, which has the type that
	// Slice gives.
	With(slice any) any
}

// Identified values are the same where their identities are: for eq, in, where,
// uniq and their like. Views that are made anew for each look need it.
type Identified interface {
	// Identity is comparable with ==.
	Identity() any
}

// identity is what stands for an Identified value in a set.
type identity struct{ of any }

// list is a template's list: a slice or an array, and the View that it came
// from, if any.
type list struct {
	reflect.Value
	view View
}

// toList takes any list. Nothing is the empty list.
func toList(v any) (list, error) {
	var l list
	if view, ok := v.(View); ok && !isNilPointer(v) {
		l.view = view
		v = view.Slice()
	}
	rv := reflect.ValueOf(v)
	for rv.Kind() == reflect.Pointer && !rv.IsNil() {
		rv = rv.Elem()
	}
	switch rv.Kind() {
	case reflect.Slice:
		l.Value = rv
		return l, nil
	case reflect.Array:
		s := reflect.MakeSlice(reflect.SliceOf(rv.Type().Elem()), rv.Len(), rv.Len())
		reflect.Copy(s, rv)
		l.Value = s
		return l, nil
	case reflect.Invalid:
		l.Value = reflect.ValueOf([]any{})
		return l, nil
	case reflect.Pointer:
		if rv.IsNil() {
			l.Value = reflect.ValueOf([]any{})
			return l, nil
		}
	}
	return l, mistake("%s is not a list", show(v))
}

// like is s, a slice, as a list of l's kind.
func (l list) like(s reflect.Value) any {
	if l.view != nil {
		return l.view.With(s.Interface())
	}
	return s.Interface()
}

// empty is an empty slice of l's type with room for n.
func (l list) empty(n int) reflect.Value { return reflect.MakeSlice(l.Type(), 0, n) }

// at is element i as a value.
func (l list) at(i int) any { return l.Index(i).Interface() }

// key identifies a value among others: equal values have equal keys.
func key(v any) any {
	v = plain(v)
	if n, ok := number(v); ok && isNumber(v) {
		if n.whole {
			return n.float()
		}
		return n.f
	}
	switch v := v.(type) {
	case nil, string, bool:
		return v
	case Identified:
		if !isNilPointer(v) {
			return identity{v.Identity()}
		}
	case time.Time:
		return [2]int64{v.Unix(), int64(v.Nanosecond())}
	}
	if rv := reflect.ValueOf(v); rv.Comparable() {
		return v
	}
	return digest.New().Value(v).Sum()
}

// field reads "a.b.c" of a value: keys of maps (as written, else whatever their
// case), fields of structs, methods without arguments, elements of lists by number.
// It reports false where there is nothing, and an error where a struct has no
// such field.
func field(v any, path string) (any, bool, error) {
	if path == "" {
		return v, true, nil
	}
	for rest := strings.TrimPrefix(path, "."); ; {
		name, more, nested := strings.Cut(rest, ".")
		next, ok, err := step(reflect.ValueOf(v), name)
		if !ok || err != nil {
			return nil, false, err
		}
		if !nested {
			return next, true, nil
		}
		v, rest = next, more
	}
}

// step reads one name of a value.
func step(rv reflect.Value, name string) (any, bool, error) {
	if !rv.IsValid() {
		return nil, false, nil
	}
	if rv.Kind() == reflect.Pointer && rv.IsNil() {
		return nil, false, nil
	}
	if m := rv.MethodByName(name); m.IsValid() {
		return callMethod(m, name)
	}
	for rv.Kind() == reflect.Pointer || rv.Kind() == reflect.Interface {
		if rv.IsNil() {
			return nil, false, nil
		}
		rv = rv.Elem()
	}
	switch rv.Kind() {
	case reflect.Map:
		return mapEntry(rv, name)
	case reflect.Struct:
		if f, ok := rv.Type().FieldByName(name); ok && f.IsExported() {
			fv, err := rv.FieldByIndexErr(f.Index)
			if err != nil {
				return nil, false, nil
			}
			return fv.Interface(), true, nil
		}
		return nil, false, mistake("there is no field %q on %s", name, show(rv.Interface()))
	case reflect.Slice, reflect.Array:
		if i, err := strconv.Atoi(name); err == nil {
			if i < 0 || i >= rv.Len() {
				return nil, false, nil
			}
			return rv.Index(i).Interface(), true, nil
		}
	}
	return nil, false, mistake("%s has no field %q", show(rv.Interface()), name)
}

// callMethod calls a method as templates do. A panic is text/template's to
// catch.
func callMethod(m reflect.Value, name string) (any, bool, error) {
	t := m.Type()
	if t.NumIn() != 0 || t.NumOut() == 0 || t.NumOut() > 2 {
		return nil, false, mistake("%q needs arguments", name)
	}
	out := m.Call(nil)
	if len(out) == 2 {
		if err, ok := out[1].Interface().(error); ok && err != nil {
			return nil, false, err
		}
	}
	return out[0].Interface(), true, nil
}

// mapEntry finds a key of a map: exactly, else ignoring case, the first in
// order where several match.
func mapEntry(rv reflect.Value, name string) (any, bool, error) {
	kt := rv.Type().Key()
	switch {
	case kt.Kind() == reflect.String:
		if e := rv.MapIndex(reflect.ValueOf(name).Convert(kt)); e.IsValid() {
			return e.Interface(), true, nil
		}
		best, found := "", false
		for it := rv.MapRange(); it.Next(); {
			if k := it.Key().String(); strings.EqualFold(k, name) && (!found || k < best) {
				best, found = k, true
			}
		}
		if found {
			return rv.MapIndex(reflect.ValueOf(best).Convert(kt)).Interface(), true, nil
		}
		return nil, false, nil
	case kt.Kind() == reflect.Interface:
		if e := rv.MapIndex(reflect.ValueOf(name)); e.IsValid() {
			return e.Interface(), true, nil
		}
	default:
		for it := rv.MapRange(); it.Next(); {
			if fmt.Sprint(it.Key().Interface()) == name {
				return it.Value().Interface(), true, nil
			}
		}
	}
	return nil, false, nil
}
