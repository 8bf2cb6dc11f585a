package funcs

import (
	"encoding/json"
	"fmt"
	"html/template"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Cast is the namespace "cast".
type Cast struct{}

func castEntries() []entry {
	c := Cast{}
	return []entry{
		{"int", []string{"cast.ToInt"}, c.ToInt, "int VALUE", "A number, or a string that holds one, as a whole number. Decimals are cut off. Strings may be hexadecimal, octal or binary: 0x, 0o, 0b.", `{{ int "42" }} {{ int 3.9 }} {{ int "0x1f" }}`, "42 3 31"},
		{"float", []string{"cast.ToFloat"}, c.ToFloat, "float VALUE", "A number, or a string that holds one, as a number with decimals.", `{{ float "1.5" }}`, "1.5"},
		{"string", []string{"cast.ToString"}, c.ToString, "string VALUE", "The value as text.", `{{ string 42 }}`, "42"},
		{"bool", []string{"cast.ToBool"}, c.ToBool, "bool VALUE", "True for true, numbers but 0, and the strings true, t, 1, yes and on.", `{{ bool "yes" }} {{ bool 0 }}`, "true false"},
	}
}

// ToInt is int.
func (Cast) ToInt(v any) (int, error) {
	v = plain(v)
	if s, ok := v.(string); ok {
		s = strings.TrimSpace(s)
		base := 10
		if len(s) > 2 && s[0] == '0' && strings.ContainsRune("xXoObB", rune(s[1])) {
			base = 0
		}
		if n, err := strconv.ParseInt(s, base, 64); err == nil {
			return int(n), nil
		}
	}
	f, ok := number(v)
	if !ok {
		return 0, mistake("%s is not a number", show(v))
	}
	return f.int(), nil
}

// ToFloat is float.
func (Cast) ToFloat(v any) (float64, error) {
	f, ok := number(v)
	if !ok {
		return 0, mistake("%s is not a number", show(v))
	}
	return f.float(), nil
}

// ToString is string.
func (Cast) ToString(v any) (string, error) { return toString(v) }

// ToBool is bool.
func (Cast) ToBool(v any) (bool, error) {
	switch v := plain(v).(type) {
	case nil:
		return false, nil
	case bool:
		return v, nil
	case string:
		switch strings.ToLower(v) {
		case "true", "t", "1", "yes", "on":
			return true, nil
		case "false", "f", "0", "no", "off", "":
			return false, nil
		}
	default:
		if n, ok := number(v); ok {
			return n.float() != 0, nil
		}
	}
	return false, mistake("%s is neither true nor false", show(v))
}

// num is a number that stays whole as long as it can.
type num struct {
	i     int64
	f     float64
	whole bool
}

func (n num) float() float64 {
	if n.whole {
		return float64(n.i)
	}
	return n.f
}

// int is the number without its decimals, moved into the range of int64.
func (n num) int() int {
	switch {
	case n.whole:
		return int(n.i)
	case math.IsNaN(n.f):
		return 0
	case n.f >= math.MaxInt64:
		return math.MaxInt64
	case n.f <= math.MinInt64:
		return math.MinInt64
	}
	return int(n.f)
}

// value is n as templates hold numbers.
func (n num) value() any {
	if n.whole {
		return int(n.i)
	}
	return n.f
}

// number reads any kind of number, and strings and durations as numbers too.
func number(v any) (num, bool) {
	rv := reflect.ValueOf(v)
	for rv.Kind() == reflect.Pointer && !rv.IsNil() {
		rv = rv.Elem()
	}
	switch {
	case rv.CanInt():
		return num{i: rv.Int(), whole: true}, true
	case rv.CanUint():
		if u := rv.Uint(); u > math.MaxInt64 {
			return num{f: float64(u)}, true
		}
		return num{i: int64(rv.Uint()), whole: true}, true
	case rv.CanFloat():
		return num{f: rv.Float()}, true
	case rv.Kind() == reflect.String:
		s := strings.TrimSpace(rv.String())
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return num{i: n, whole: true}, true
		}
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			return num{f: f}, true
		}
	}
	return num{}, false
}

// isNumber reports whether v is a number, strings not counted.
func isNumber(v any) bool {
	rv := reflect.ValueOf(v)
	return rv.CanInt() || rv.CanUint() || rv.CanFloat()
}

// plain takes named strings, template.HTML and the like, and pointers to their
// plain values. Other values stay what they are.
func plain(v any) any {
	switch v := v.(type) {
	case nil, string, int, bool, float64:
		return v
	case template.HTML:
		return string(v)
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64()
		return f
	case fmt.Stringer:
		return v
	}
	rv := reflect.ValueOf(v)
	for rv.Kind() == reflect.Pointer {
		if rv.IsNil() {
			return nil
		}
		rv = rv.Elem()
	}
	if rv.Kind() == reflect.String {
		return rv.String()
	}
	return v
}

// toString is the text of a scalar. Lists and maps have none.
func toString(v any) (string, error) {
	switch v := plain(v).(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case []byte:
		return string(v), nil
	case time.Time:
		return v.Format(time.RFC3339), nil
	case fmt.Stringer:
		return v.String(), nil
	case error:
		return v.Error(), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	default:
		switch reflect.ValueOf(v).Kind() {
		case reflect.Slice, reflect.Map, reflect.Array, reflect.Struct, reflect.Func, reflect.Pointer, reflect.Chan:
			return "", mistake("%s is not text", show(v))
		}
		return fmt.Sprint(v), nil
	}
}

// show is a value in an error message: quoted and short, or what kind it is.
func show(v any) string {
	switch v := plain(v).(type) {
	case nil:
		return "an empty value"
	case string:
		if r := []rune(v); len(r) > 40 {
			return strconv.Quote(string(r[:39]) + "…")
		}
		return strconv.Quote(v)
	default:
		switch reflect.ValueOf(v).Kind() {
		case reflect.Slice, reflect.Array:
			return "a list"
		case reflect.Map:
			return "a map"
		case reflect.Func:
			return "a function"
		case reflect.Struct, reflect.Pointer:
			if t, ok := v.(time.Time); ok {
				return t.Format(time.RFC3339)
			}
			name := strings.TrimLeft(fmt.Sprintf("%T", v), "*")
			return "a value of type " + strings.ToLower(name[strings.LastIndexByte(name, '.')+1:])
		}
		return fmt.Sprint(v)
	}
}
