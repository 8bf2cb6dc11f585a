package config_test

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/config"
)

// TestReference checks that every key is described, with a comment of its own.
func TestReference(t *testing.T) {
	ref := config.Reference()
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		for typ.Kind() == reflect.Map || typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct {
			return
		}
		for i := range typ.NumField() {
			f := typ.Field(i)
			if !f.IsExported() {
				continue
			}
			key := f.Tag.Get("toml")
			switch {
			case key == "":
				t.Errorf("%s.%s has no key", typ.Name(), f.Name)
			case !strings.Contains(ref, "| `"+key+"` |"):
				t.Errorf("%s is not in the reference", key)
			}
			walk(f.Type)
		}
	}
	walk(reflect.TypeFor[config.Config]())
	for _, line := range strings.Split(ref, "\n") {
		cells := strings.Split(strings.ReplaceAll(line, `\|`, ""), "|")
		if strings.HasPrefix(line, "| `") && (len(cells) != 6 || strings.TrimSpace(cells[4]) == "") {
			t.Errorf("a key without a comment: %s", line)
		}
	}
	for _, want := range []string{
		"| `base_url` | text | \"/\" |",
		"## `[markdown]`", "## `[languages.NAME]`", "## `[[menus.NAME]]`", "## `[[redirects]]`",
		"| `emoji` | true or false | true |",
	} {
		if !strings.Contains(ref, want) {
			t.Errorf("the reference lacks %q", want)
		}
	}
}

// TestReferenceDefaults checks that comments say the defaults there are.
func TestReferenceDefaults(t *testing.T) {
	tables := strings.Split(config.Reference(), "\n## ")
	def := reflect.ValueOf(config.Default()).Elem()
	checked := 0
	var walk func(v reflect.Value, heading string)
	walk = func(v reflect.Value, heading string) {
		for i := range v.NumField() {
			key, f := v.Type().Field(i).Tag.Get("toml"), v.Field(i)
			switch {
			case key == "":
			case f.Kind() == reflect.Struct:
				walk(f, "`["+key+"]`")
			case f.Kind() == reflect.String || f.Kind() == reflect.Int || f.Kind() == reflect.Bool:
				want := fmt.Sprint(f.Interface())
				if f.IsZero() {
					want = ""
				}
				for _, table := range tables {
					_, row, ok := strings.Cut(table, "\n| `"+key+"` |")
					if !ok || !strings.HasPrefix(strings.TrimPrefix(table, "## "), heading) {
						continue
					}
					got := strings.Trim(strings.TrimSpace(strings.Split(row, "|")[1]), `"`)
					if got != want && !(want == "" && got == "0") && !strings.HasPrefix(got, want+" where") {
						t.Errorf("%s: the comment says %q and the default is %q", key, got, want)
					}
					checked++
				}
			}
		}
	}
	walk(def, "Keys at the top")
	if checked < 20 {
		t.Errorf("only %d defaults were compared", checked)
	}
}

// TestOwnSite reads the configuration of étagère's own site and of its theme.
func TestOwnSite(t *testing.T) {
	src, err := os.ReadFile("../../config.toml")
	if err != nil {
		t.Fatal(err)
	}
	theme, err := os.ReadFile("../../themes/shelf/theme.toml")
	if err != nil {
		t.Fatal(err)
	}
	_, problems := load(t, config.Input{Src: src, Theme: func(string) (string, []byte, error) { return "theme.toml", theme, nil }})
	for _, p := range problems {
		t.Error(p)
	}
}
