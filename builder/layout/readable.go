package layout

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	texttemplate "text/template"
	"unicode"
)

var (
	noField  = regexp.MustCompile(`(?s)^can't evaluate field (\S+) in type (.+)$`)
	nilField = regexp.MustCompile(`(?s)^nil pointer evaluating (.+)\.([^.\s]+)$`)
	noData   = regexp.MustCompile(`^nil data; no entry for key "(.*)"$`)
	calling  = regexp.MustCompile(`(?s)^error calling (\S+): (.*)$`)
	argCount = regexp.MustCompile(`^wrong number of args for (\S+): want (at least )?(-?\d+) got (-?\d+)$`)
	badType  = regexp.MustCompile(`(?s)^wrong type for value; expected (.+?); got (.+)$`)
	noRange  = regexp.MustCompile(`(?s)^range can't iterate over (.*)$`)
)

// readable rewrites a message of text/template for people who do not write Go.
// culprit is the word of the source line that is wrong, where there is one;
// cause the error that a function returned.
func (in *Instance) readable(context, msg string, te texttemplate.ExecError) (text, hint, culprit string, cause error) {
	if m := noField.FindStringSubmatch(msg); m != nil {
		text, hint = in.unknownField(context, m[1], m[2])
		return text, hint, m[1], nil
	}
	if m := nilField.FindStringSubmatch(msg); m != nil {
		return fmt.Sprintf("no %s here to take %q of: the value is empty", typeWord(m[1]), m[2]),
			"test it first: {{ with … }}", m[2], nil
	}
	if m := noData.FindStringSubmatch(msg); m != nil {
		return fmt.Sprintf("nothing here to take %q of", m[1]), "test it first: {{ with … }}", m[1], nil
	}
	if m := calling.FindStringSubmatch(msg); m != nil {
		return in.failedCall(m[1], m[2], te)
	}
	if m := argCount.FindStringSubmatch(msg); m != nil {
		return fmt.Sprintf("%s takes %s%s, not %s", m[1], m[2], plural(m[3], "argument"), m[4]), "", m[1], nil
	}
	if m := badType.FindStringSubmatch(msg); m != nil {
		return fmt.Sprintf("%s is wanted here, not %s", article(typeWord(m[1])), article(typeWord(m[2]))), "", "", nil
	}
	if m := noRange.FindStringSubmatch(msg); m != nil {
		return fmt.Sprintf("range wants a list, a map or a number; %s is %s", context, shorten(m[1])), "", "", nil
	}
	return strings.ReplaceAll(msg, "interface {}", "value"), "", "", nil
}

// failedCall is the message of an error that a function or a method returned,
// or panicked with.
func (in *Instance) failedCall(name, msg string, te texttemplate.ExecError) (text, hint, culprit string, cause error) {
	cause = te.Err
	for u := errors.Unwrap(cause); u != nil; u = errors.Unwrap(u) {
		cause = u
	}
	var m Mistake
	if errors.As(te.Err, &m) {
		if m.Bare || strings.HasPrefix(m.Message, name) {
			return m.Message, m.Hint, name, m
		}
		return name + ": " + m.Message, m.Hint, name, m
	}
	msg = strings.TrimPrefix(msg, name+": ")
	if _, broke := errors.AsType[runtime.Error](te.Err); broke && strings.Contains(msg, "nil pointer") {
		// A method that was called on nothing: the parent of a page that has none.
		return fmt.Sprintf("nothing here to take %q of: the value is empty", name), "test it first: {{ with … }}", name, cause
	}
	return name + ": " + msg, "", name, cause
}

func plural(n, word string) string {
	if n == "1" {
		return n + " " + word
	}
	return n + " " + word + "s"
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}

// unknownField names the fields that there are, the nearest first.
func (in *Instance) unknownField(context, field, typ string) (text, hint string) {
	t := in.typeNamed(typ)
	if typ == "interface {}" {
		if t = in.typeAt(context, field); t != nil {
			typ = t.String()
		}
	}
	text = fmt.Sprintf("no field %q on %s", field, typeWord(typ))
	if t == nil {
		return text, ""
	}
	have := fieldsOf(t)
	if len(have) == 0 {
		return text, ""
	}
	if first, ok := nearestOf(field, have); ok {
		have = slices.DeleteFunc(have, func(h string) bool { return h == first })
		if len(have) == 0 {
			return text, fmt.Sprintf("did you mean %q?", first)
		}
		return text, fmt.Sprintf("did you mean %q? there are also: %s", first, strings.Join(have, ", "))
	}
	return text, "there are: " + strings.Join(have, ", ")
}

// typeAt is the type of what ".a.b.field" takes its field of, where a and b are
// keys of the maps that the template was given: text/template only says that
// it is anything.
func (in *Instance) typeAt(context, field string) reflect.Type {
	cur := in.frames[len(in.frames)-1].data
	names := strings.Split(strings.TrimPrefix(context, "$"), ".")
	for _, name := range names[1:] {
		if name == field {
			if _, ok := cur.(map[string]any); ok {
				return nil
			}
			return reflect.TypeOf(cur)
		}
		m, ok := cur.(map[string]any)
		if !ok {
			return nil
		}
		cur = m[name]
	}
	return nil
}

// fieldsOf are the exported fields and the methods that a template can use.
func fieldsOf(t reflect.Type) []string {
	seen := map[string]bool{}
	for i := range t.NumMethod() {
		if m := t.Method(i); m.IsExported() && m.Type.NumOut() > 0 {
			seen[m.Name] = true
		}
	}
	s := t
	if s.Kind() == reflect.Pointer {
		s = s.Elem()
	}
	if s.Kind() == reflect.Struct {
		for _, f := range reflect.VisibleFields(s) {
			if f.IsExported() {
				seen[f.Name] = true
			}
		}
	}
	for _, hidden := range []string{"String", "GoString", "Error", "MarshalJSON", "MarshalText", "Identity"} {
		delete(seen, hidden)
	}
	return sortedKeys(seen)
}

// maxTypes bounds the search of typeNamed.
const maxTypes = 2000

// typeNamed finds the type that text/template only names: among those that the
// data of the running templates lead to by fields, methods and elements.
func (in *Instance) typeNamed(name string) reflect.Type {
	seen := map[reflect.Type]bool{}
	var queue []reflect.Type
	add := func(t reflect.Type) {
		if t != nil && !seen[t] && len(seen) < maxTypes {
			seen[t] = true
			queue = append(queue, t)
		}
	}
	for i := len(in.frames) - 1; i >= 0; i-- {
		addTypes(in.frames[i].data, 3, add)
	}
	var fallback reflect.Type
	for i := 0; i < len(queue); i++ {
		t := queue[i]
		if t.String() == name {
			return t
		}
		if t.Kind() == reflect.Pointer && t.Elem().String() == name && fallback == nil {
			fallback = t
		}
		neighbours(t, add)
	}
	return fallback
}

// addTypes adds the type of v, and of what v holds where that is a map or list
// of anything.
func addTypes(v any, depth int, add func(reflect.Type)) {
	if v == nil || depth == 0 {
		return
	}
	add(reflect.TypeOf(v))
	switch v := v.(type) {
	case map[string]any:
		for _, k := range sortedKeys(v) {
			addTypes(v[k], depth-1, add)
		}
	case []any:
		for _, e := range v[:min(len(v), 100)] {
			addTypes(e, depth-1, add)
		}
	}
}

// neighbours adds the types that a template can reach from t in one step.
func neighbours(t reflect.Type, add func(reflect.Type)) {
	for i := range t.NumMethod() {
		if m := t.Method(i); m.IsExported() && m.Type.NumOut() > 0 {
			add(m.Type.Out(0))
		}
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map, reflect.Chan:
		add(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() {
				add(f.Type)
			}
		}
	case reflect.Func:
		for i := range t.NumIn() { // of an iterator's yield
			add(t.In(i))
		}
	}
}

// typeWord is a Go type as a word: "render.Page" is a page, "render.MenuEntry" a
// menu entry.
func typeWord(typ string) string {
	typ = strings.TrimLeft(typ, "*")
	switch {
	case strings.HasPrefix(typ, "[]"):
		return "list of " + typeWord(typ[2:])
	case strings.HasPrefix(typ, "map["):
		return "map"
	case strings.HasPrefix(typ, "func("):
		return "function"
	}
	if i := strings.IndexByte(typ, '['); i > 0 { // type arguments
		typ = typ[:i]
	}
	typ = typ[strings.LastIndexByte(typ, '.')+1:]
	switch typ {
	case "interface {}", "any", "":
		return "value"
	case "int", "int64", "int32", "float64", "uint64", "uint":
		return "number"
	case "bool":
		return "true or false"
	case "HTML", "URL", "CSS", "JS":
		return typ
	}
	var b strings.Builder
	for i, r := range typ {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func article(word string) string {
	if word == "true or false" {
		return word
	}
	if strings.ContainsRune("aeiou", rune(word[0])) {
		return "an " + word
	}
	return "a " + word
}
