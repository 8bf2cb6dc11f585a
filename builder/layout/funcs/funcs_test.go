package funcs_test

import (
	"fmt"
	"html/template"
	"reflect"
	"strings"
	"testing"
	"time"
)

type page struct {
	Title  string
	Weight int
	Params map[string]any
	Date   time.Time
}

func (p *page) Section() string { return strings.ToLower(p.Title[:1]) }

func (p *page) Next() (string, error) { return "", fmt.Errorf("no next page") }

func (p *page) Sub(string) string { return "" }

type pages []*page

// ByName shows that a list is still of its own type.
func (p pages) ByName() string {
	var out []string
	for _, x := range p {
		out = append(out, x.Title)
	}
	return strings.Join(out, " ")
}

// view is a list that is not a slice.
type view struct{ list []*page }

func (v view) Slice() any        { return v.list }
func (v view) With(list any) any { return view{list.([]*page)} }
func (v view) ByName() string    { return pages(v.list).ByName() }

func library() pages {
	day := func(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }
	return pages{
		{"Beta", 2, map[string]any{"rank": 10, "tags": []any{"go", "web"}, "deep": map[string]any{"x": "y"}}, day(2)},
		{"Alpha", 3, map[string]any{"rank": 9.5, "Draft": true, "tags": []string{"web"}}, day(3)},
		{"Gamma", 1, map[string]any{"name": template.HTML("g")}, day(1)},
	}
}

func TestCollections(t *testing.T) {
	data := map[string]any{"P": library(), "V": view{library()}, "nil": nil, "day": time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}
	tests := []struct{ text, want string }{
		{`{{ (where .P "Title" "Beta").ByName }}`, "Beta"},
		{`{{ (where .P "Section" "in" (slice "a" "g")).ByName }}`, "Alpha Gamma"},
		{`{{ (where .P "Section" "NOT IN" (slice "a" "g")).ByName }}`, "Beta"},
		{`{{ (where .P "Params.rank" ">" 9.7).ByName }}`, "Beta"},
		{`{{ (where .P ".Params.rank" "le" 10).ByName }}`, "Beta Alpha"},
		{`{{ (where .P "Params.rank" nil).ByName }}`, "Gamma"},
		{`{{ (where .P "Params.rank" "!=" nil).ByName }}`, "Beta Alpha"},
		{`{{ (where .P "Params.rank" "!=" 10).ByName }}`, "Alpha Gamma"},
		{`{{ (where .P "Params.deep.x" "y").ByName }}`, "Beta"},
		{`{{ (where .P "Params.draft" true).ByName }}`, "Alpha"},
		{`{{ (where .P "Params.name" "g").ByName }}`, "Gamma"},
		{`{{ (where .P "Params.tags" "intersect" (slice "go" "c")).ByName }}`, "Beta"},
		{`{{ (where .P "Date" "ge" .day).ByName }}`, "Beta Alpha"},
		{`{{ (where .P "Title" "like" "^(Al|Ga)").ByName }}`, "Alpha Gamma"},
		{`{{ (where .V "Weight" "<" 3).ByName }}`, "Beta Gamma"},
		{`{{ len (where .nil "x" 1) }}`, "0"},
		{`{{ (sort .P "Weight").ByName }}`, "Gamma Beta Alpha"},
		{`{{ (sort .P "Section" "desc").ByName }}`, "Gamma Beta Alpha"},
		{`{{ (sort .P "Params.rank").ByName }}`, "Gamma Alpha Beta"},
		{`{{ (sort .V "Date").ByName }}`, "Gamma Beta Alpha"},
		{`{{ sort (slice "b" "a" 2 10 true) }}`, "[true 2 10 a b]"},
		{`{{ sort (dict "b" 1 "a" 2) "key" }}`, "[2 1]"},
		{`{{ (first 1 .P).ByName }} {{ (last 1 .V).ByName }} {{ (after 2 .P).ByName }} {{ len (first 99 .V) }}`, "Beta Gamma Gamma 3"},
		{`{{ (collections.Reverse .V).ByName }}`, "Gamma Alpha Beta"},
		{`{{ (union (first 1 .P) .P).ByName }}`, "Beta Alpha Gamma"},
		{`{{ (intersect .P (last 2 .P)).ByName }}`, "Alpha Gamma"},
		{`{{ (complement (first 1 .P) .P).ByName }}`, "Alpha Gamma"},
		{`{{ (append (first 1 .P) (last 1 .P)).ByName }}`, "Gamma Beta"},
		{`{{ (uniq (append .P .P)).ByName }}`, "Beta Alpha Gamma"},
		{`{{ uniq (slice 1 1.0 "1" (dict "a" 1) (dict "a" 1)) }}`, "[1 1 map[a:1]]"},
		{`{{ append "x" (slice 1) }} {{ append (slice 3 4) (slice 1) }}`, "[1 x] [1 3 4]"},
		{`{{ append (slice 3) (slice (slice 1)) }}`, "[[1] [3]]"},
		{`{{ in .P (index .P 1) }} {{ in (slice 1 2) 2.0 }} {{ in .nil 1 }}`, "true true false"},
		{`{{ index .P 0 "Params" }}`, "!"},
		{`{{ index (dict "A" 1) "a" }} {{ index .nil "x" }} {{ index (dict "a" (slice 5 6)) (slice "a" 1) }}`, "1  6"},
		{`{{ isset (dict "A" 1) "a" }} {{ isset (slice 1) 1 }} {{ isset .nil "a" }}`, "true false false"},
		{`{{ jsonify (merge (dict "a" (dict "x" 1 "y" 1)) (dict "A" (dict "y" 2)) (dict "b" 3)) }}`, `{"a":{"x":1,"y":2},"b":3}`},
		{`{{ jsonify (dict (slice "a" "b") 1) }} {{ jsonify (dict "indent" " ") (slice "<") }}`, `{"a":{"b":1}} [` + "\n \"\\u003c\"\n]"},
		{`{{ delimit (dict "b" 2 "a" 1) "+" | safeHTML }} {{ delimit (slice) "," }} {{ delimit (slice 1 2) ", " " & " | safeHTML }}`, "1+2  1 & 2"},
		{`{{ seq 0 }} {{ seq -2 }} {{ seq 5 -2 1 }} {{ seq 3 3 }}`, "[] [1 0 -1 -2] [5 3 1] [3]"},
		{`{{ .nil | default 4 }} {{ false | default true }} {{ .V.ByName | default "x" }} {{ default "x" "" }}`, "4 false Beta Alpha Gamma x"},
		{`{{ eq .nil nil }} {{ eq "a" (safeHTML "a") }} {{ lt .day (time "2026-03-03") }}`, "true true true"},
	}
	for _, tt := range tests {
		got, err := run(t, tt.text, data)
		if tt.want == "!" {
			if err == nil {
				t.Errorf("%s: no error, but %s", tt.text, got)
			}
			continue
		}
		if err != nil || got != tt.want {
			t.Errorf("%s\ngot  %s %v\nwant %s", tt.text, got, err, tt.want)
		}
	}
	if !reflect.DeepEqual(data["P"], library()) {
		t.Error("a function has changed its arguments")
	}
}

// item is made anew for each look.
type item struct{ id string }

func (i *item) Identity() any { return i.id }

func TestIdentified(t *testing.T) {
	data := map[string]any{"A": &item{"a"}, "L": []*item{{"a"}, {"b"}, {"a"}}, "None": (*item)(nil)}
	const text = `{{ eq .A (index .L 0) }} {{ eq .A (index .L 1) }} {{ in .L .A }} {{ len (uniq .L) }} {{ eq .None .A }} {{ len (complement (slice .A) .L) }}`
	if got, err := run(t, text, data); err != nil || got != "true false true 2 false 1" {
		t.Errorf("got %s %v", got, err)
	}
}

func TestTexts(t *testing.T) {
	tests := []struct{ text, want string }{
		{`{{ truncate 3 "abcdef" }} {{ truncate 10 "short" }} {{ truncate 3 "…" "日本語のテキスト" }}`, "abc … short 日本語…"},
		{`{{ truncate 4 "a<b c" }}`, "a&lt;b …"},
		{`{{ truncate 3 (safeHTML "<p>a &amp; <a href='>'>long</a> text</p>") }}`, "<p>a &amp; …</p>"},
		{`{{ truncate 9 (safeHTML "<ul><li>one<br>two</li><li>three four</li></ul>") }}`, "<ul><li>one<br>two …</li></ul>"},
		{`{{ plainify "a <!-- <b> --> c < d <e f='>'>g</e> <" }}`, "a  c < d g <"},
		{`{{ plainify "<script" }}{{ plainify "1 <2" }}`, "1 <2"},
		{`{{ humanize 1 }} {{ humanize 12 }} {{ humanize "22" }} {{ humanize "" }}`, "1st 12th 22nd "},
		{`{{ anchorize "C# & 日本 <b>x</b>_y" }} {{ urlize "A  b/ü?" }}`, "c--日本-x_y a-b/%C3%BC"},
		{`{{ substr "日本語" 1 1 }} {{ substr "abc" 9 }} {{ substr "abc" 0 -1 }} {{ slicestr "日本語" 1 }}`, "本  ab 本語"},
		{`{{ countwords "日本 and <b>two</b> – x" }} {{ countrunes "日 本" }}`, "6 2"},
		{`{{ title "new-york times" }} {{ chomp "x\n\n" }}`, "New-York Times x"},
		{`{{ replaceRE "^https?://([^/]+).*" "$1" "https://a.org/b" }} {{ findRE "z" "a" }}`, "a.org []"},
		{`{{ dateFormat "Jan 2, 2006" "2026-03-01T10:00:00+02:00" }} {{ dateFormat ":date_full" "2026-03-01" "zh-CN" }} {{ dateFormat ":time_short" "2026-03-01 15:04" "ja" }}`, "Mar 1, 2026 2026年3月1日星期日 15:04"},
		{`{{ (time "2026-03-01 10:00" "Europe/Berlin").UTC.Hour }} {{ (time 0).Year }} {{ (duration "h" 1.5).Minutes }}`, "9 1970 90"},
		{`{{ lang.FormatNumber 0 -1234567 }} {{ lang.NumFmt 1 0.05 }} {{ lang.NumFmt 0 -0.2 }} {{ lang.NumFmt 2 1234.5 "-|,|'" "|" | safeHTML }}`, "-1,234,567 0.1 0 1'234,50"},
		{`{{ add 1 "2" }} {{ sub 1 0.5 2 }} {{ add "a" "b" }} {{ max "3" 2 }} {{ mod -7 3 }}`, "3 -1.5 ab 3 -1"},
		{`{{ int " 7 " }} {{ int "08" }} {{ string 1.50 }} {{ float "1e3" }}`, "7 8 1.5 1000"},
		{`{{ printf "%d|%v|%s" 3 (slice 1) "x" }}`, "3|[1]|x"},
	}
	for _, tt := range tests {
		if got, err := run(t, tt.text, nil); err != nil || got != tt.want {
			t.Errorf("%s\ngot  %s %v\nwant %s", tt.text, got, err, tt.want)
		}
	}
}

func TestMistakes(t *testing.T) {
	data := map[string]any{"P": library()}
	tests := []struct{ text, want string }{
		{`{{ where .P "Titel" 1 }}`, `there is no field "Titel" on a value of type page`},
		{`{{ where .P "Sub" 1 }}`, `"Sub" needs arguments`},
		{`{{ where .P "Next" 1 }}`, `no next page`},
		{`{{ where .P "Title" "~" 1 }}`, `there is no operator "~"`},
		{`{{ where .P "Title" ">" 1 }}`, `"Beta" and 1 cannot be compared`},
		{`{{ where 5 "Title" 1 }}`, `5 is not a list`},
		{`{{ where .P "Title" "like" "(" }}`, "missing closing ): `(`"},
		{`{{ dict "a" }}`, `the last key has no value`},
		{`{{ first -1 .P }}`, `the number must not be negative, and is -1`},
		{`{{ first "x" .P }}`, `"x" is not a number`},
		{`{{ index .P 3 }}`, `there is no element 3; there are 3, counted from 0`},
		{`{{ div 1 0 }}`, `division by 0`},
		{`{{ seq 1000001 }}`, `more than 1000000 numbers`},
		{`{{ seq -9223372036854775808 9223372036854775807 }}`, `more than 1000000 numbers`},
		{`{{ seq 1 -1 5 }}`, `a step of -1 never leads from 1 to 5`},
		{`{{ repeat 999999999 "abc" }}`, `the result is longer than 64 MiB`},
		{`{{ $a := repeat 100000 "a" }}{{ replace $a "a" $a }}`, `the result is longer than 64 MiB`},
		{`{{ $a := repeat 100000 "a" }}{{ replaceRE "a" $a $a }}`, `the result is longer than 64 MiB`},
		{`{{ $a := repeat 100000 "a" }}{{ delimit (seq 1000) $a }}`, `the result is longer than 64 MiB`},
		{`{{ printf "%67108864d%[1]*d" 1 2 }}`, ``},
		{`{{ dateFormat ":long" "2026-01-01" }}`, `there is no date style ":long"`},
		{`{{ time "soon" }}`, `"soon" is not a date`},
		{`{{ time "2026-01-01" "Local" }}`, `there is no time zone "Local"`},
		{`{{ upper (slice 1) }}`, `a list is not text`},
		{`{{ lt 1 "a" }}`, `1 and "a" cannot be compared`},
		{`{{ crypto.HMAC "md6" "k" "a" }}`, `there is no hash "md6"`},
		{`{{ errorf "no %s" "luck" }}`, `no luck`},
		{`{{ base64Decode "?" }}`, `"?" is not Base64`},
		{`{{ sort .P "Weight" "up" }}`, `the order is neither "asc" nor "desc", but "up"`},
		{`{{ math.Max }}`, `takes numbers`},
	}
	for _, tt := range tests {
		got, err := run(t, tt.text, data)
		if tt.want == "" {
			if len(got) > 1<<20 {
				t.Errorf("%s makes %d bytes", tt.text, len(got))
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s\ngot  %v\nwant %s", tt.text, err, tt.want)
		}
	}
}
