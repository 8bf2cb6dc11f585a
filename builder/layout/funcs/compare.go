package funcs

import (
	"cmp"
	"reflect"
	"strings"
	"time"
)

// Compare is the namespace "compare".
type Compare struct{}

func compareEntries() []entry {
	c := Compare{}
	return []entry{
		{"eq", []string{"compare.Eq"}, c.Eq, "eq A B [B …]", "Whether A equals one of the others. Numbers of different types are compared by value.", `{{ eq 1 1.0 }} {{ eq "a" "b" "a" }}`, "true true"},
		{"ne", []string{"compare.Ne"}, c.Ne, "ne A B [B …]", "Whether A differs from all others.", `{{ ne 1 2 }}`, "true"},
		{"lt", []string{"compare.Lt"}, c.Lt, "lt A B [B …]", "Whether A is less than all others: numbers, dates, or text by its characters.", `{{ lt 1 2.5 }}`, "true"},
		{"le", []string{"compare.Le"}, c.Le, "le A B [B …]", "Whether A is less than or equal to all others.", `{{ le 2 2 }}`, "true"},
		{"gt", []string{"compare.Gt"}, c.Gt, "gt A B [B …]", "Whether A is greater than all others.", `{{ gt "b" "a" }}`, "true"},
		{"ge", []string{"compare.Ge"}, c.Ge, "ge A B [B …]", "Whether A is greater than or equal to all others.", `{{ ge 3 4 }}`, "false"},
		{"default", []string{"compare.Default"}, c.Default, "default FALLBACK VALUE", "The value, or the fallback where the value is not set: nothing, an empty text, list or map, or the zero date. False and 0 count as set.", `{{ "" | default "none" }} {{ 0 | default 5 }}`, "none 0"},
		{"cond", []string{"compare.Conditional"}, c.Conditional, "cond TEST A B", "A where the test is true, else B. Both are evaluated.", `{{ cond (gt 2 1) "yes" "no" }}`, "yes"},
	}
}

// Eq is eq.
func (Compare) Eq(a any, b ...any) (bool, error) {
	if len(b) == 0 {
		return false, mistake("two values are needed to compare")
	}
	for _, x := range b {
		if equal(a, x) {
			return true, nil
		}
	}
	return false, nil
}

// Ne is ne.
func (c Compare) Ne(a any, b ...any) (bool, error) {
	eq, err := c.Eq(a, b...)
	return !eq && err == nil, err
}

// Lt is lt.
func (Compare) Lt(a any, b ...any) (bool, error) {
	return all(a, b, func(c int) bool { return c < 0 })
}

// Le is le.
func (Compare) Le(a any, b ...any) (bool, error) {
	return all(a, b, func(c int) bool { return c <= 0 })
}

// Gt is gt.
func (Compare) Gt(a any, b ...any) (bool, error) {
	return all(a, b, func(c int) bool { return c > 0 })
}

// Ge is ge.
func (Compare) Ge(a any, b ...any) (bool, error) {
	return all(a, b, func(c int) bool { return c >= 0 })
}

func all(a any, b []any, ok func(int) bool) (bool, error) {
	if len(b) == 0 {
		return false, mistake("two values are needed to compare")
	}
	for _, x := range b {
		c, can := compare(a, x)
		if !can {
			return false, mistake("%s and %s cannot be compared", show(a), show(x))
		}
		if !ok(c) {
			return false, nil
		}
	}
	return true, nil
}

// Default is default. The value is variadic, because nothing may come through
// a pipe.
func (Compare) Default(fallback any, value ...any) (any, error) {
	switch len(value) {
	case 0:
		return fallback, nil
	case 1:
	default:
		return nil, mistake("takes a fallback and one value, not %d", len(value))
	}
	if isSet(value[0]) {
		return value[0], nil
	}
	return fallback, nil
}

// isSet is what default goes by.
func isSet(v any) bool {
	if t, ok := v.(interface{ IsZero() bool }); ok && !isNilPointer(v) {
		return !t.IsZero()
	}
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Invalid:
		return false
	case reflect.String, reflect.Slice, reflect.Map, reflect.Array:
		return rv.Len() > 0
	case reflect.Pointer, reflect.Interface, reflect.Func, reflect.Chan:
		return !rv.IsNil()
	}
	return true
}

func isNilPointer(v any) bool {
	rv := reflect.ValueOf(v)
	return rv.Kind() == reflect.Pointer && rv.IsNil()
}

// Conditional is cond.
func (Compare) Conditional(test, a, b any) any {
	if truth(test) {
		return a
	}
	return b
}

// truth is what {{if}} goes by.
func truth(v any) bool {
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Invalid:
		return false
	case reflect.Slice, reflect.Map, reflect.String, reflect.Array:
		return rv.Len() > 0
	case reflect.Struct:
		if t, ok := v.(time.Time); ok {
			return !t.IsZero()
		}
		return true
	}
	return !rv.IsZero()
}

// equal compares as templates do: numbers by value, text whatever its type,
// dates by instant, everything else by identity or content.
func equal(a, b any) bool {
	if c, ok := compare(a, b); ok {
		return c == 0
	}
	a, b = plain(a), plain(b)
	if isEmptyRef(a) || isEmptyRef(b) {
		return isEmptyRef(a) && isEmptyRef(b)
	}
	if x, ok := a.(Identified); ok {
		y, ok := b.(Identified)
		return ok && x.Identity() == y.Identity()
	}
	ta := reflect.TypeOf(a)
	if ta != reflect.TypeOf(b) {
		return false
	}
	if reflect.ValueOf(a).Comparable() && reflect.ValueOf(b).Comparable() {
		return a == b
	}
	return key(a) == key(b)
}

func isEmptyRef(v any) bool {
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer, reflect.Interface:
		return rv.IsNil()
	}
	return false
}

// compare orders two numbers, texts, dates or truth values. It reports false
// for any other pair.
func compare(a, b any) (int, bool) {
	a, b = plain(a), plain(b)
	if isNumber(a) && isNumber(b) {
		x, _ := number(a)
		y, _ := number(b)
		if x.whole && y.whole {
			return cmp.Compare(x.i, y.i), true
		}
		return cmp.Compare(x.float(), y.float()), true
	}
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return strings.Compare(x, y), true
		}
	case time.Time:
		if y, ok := b.(time.Time); ok {
			return x.Compare(y), true
		}
	case bool:
		if y, ok := b.(bool); ok {
			return boolInt(x) - boolInt(y), true
		}
	}
	return 0, false
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
