package funcs

import (
	"fmt"
	"reflect"
)

// Fmt is the namespace "fmt".
type Fmt struct{}

func fmtEntries() []entry {
	f := Fmt{}
	return []entry{
		{"print", []string{"fmt.Print"}, f.Print, "print VALUE …", "The values as one text, with spaces between those that are not texts.", `{{ print "a" 1 2 }}`, "a1 2"},
		{"printf", []string{"fmt.Printf"}, f.Printf, "printf FORMAT VALUE …", "The values in a format of Go's fmt: %s text, %d whole number, %.2f decimals, %q quoted, %v anything.", `{{ printf "%s-%03d" "a" 7 }}`, "a-007"},
		{"println", []string{"fmt.Println"}, f.Println, "println VALUE …", "The values with spaces between them and a line end.", `{{ println "a" "b" }}`, "a b\n"},
		{"errorf", []string{"fmt.Errorf"}, f.Errorf, "errorf FORMAT VALUE …", "Stops the page with a mistake at this place of the template.", `{{ if false }}{{ errorf "no image for %q" "x" }}{{ end }}`, ""},
	}
}

// printable keeps fmt from walking values that are too large.
func printable(args []any) error {
	for _, a := range args {
		switch a.(type) {
		case string, int, float64, bool, nil:
			continue
		}
		switch reflect.ValueOf(a).Kind() {
		case reflect.Slice, reflect.Map:
			if err := weigh(a); err != nil {
				return err
			}
		}
	}
	return nil
}

// Print is print.
func (Fmt) Print(args ...any) (string, error) {
	if err := printable(args); err != nil {
		return "", err
	}
	return limited(fmt.Sprint(args...))
}

// Printf is printf.
func (Fmt) Printf(format any, args ...any) (string, error) {
	f, err := toString(format)
	if err != nil {
		return "", err
	}
	return Format(f, args...)
}

// Println is println.
func (Fmt) Println(args ...any) (string, error) {
	if err := printable(args); err != nil {
		return "", err
	}
	return limited(fmt.Sprintln(args...))
}

// Format is what printf, errorf and warnf make of their arguments.
func Format(format string, args ...any) (string, error) {
	if err := printable(args); err != nil {
		return "", err
	}
	return limited(fmt.Sprintf(format, args...))
}

// Errorf is errorf.
func (Fmt) Errorf(format string, args ...any) (string, error) {
	s, err := Format(format, args...)
	if err != nil {
		return "", err
	}
	return "", Mistake{Code: "template-error", Message: s, Bare: true}
}
