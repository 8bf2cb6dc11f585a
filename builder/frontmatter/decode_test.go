package frontmatter_test

import (
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/frontmatter"
)

func decode(src string) (*frontmatter.Doc, diag.List) {
	b, problems := frontmatter.Split("a.md", []byte(src))
	doc, more := frontmatter.Decode("a.md", []byte(src), b, time.FixedZone("CET", 3600))
	return doc, append(problems, more...)
}

type object = map[string]any

func TestDecode(t *testing.T) {
	cet := time.FixedZone("CET", 3600)
	day := time.Date(2024, 5, 1, 0, 0, 0, 0, cet)
	noon := time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name, src string
		want      object
	}{
		{"empty YAML", "---\n---\n", object{}},
		{"comments only", "---\n# a\n---\n", object{}},
		{"YAML scalars", "---\na: x\nb: 1\nc: 1.5\nd: true\ne:\nf: \"1\"\ng: yes\nh: 2024-05-01\ni: 2024-05-01T12:00:00Z\n---\n",
			object{"a": "x", "b": 1, "c": 1.5, "d": true, "e": nil, "f": "1", "g": "yes", "h": day, "i": noon}},
		{"YAML nested", "---\na: [1, {b: c}]\nd:\n  - e: f\n    g: h\n---\n",
			object{"a": []any{1, object{"b": "c"}}, "d": []any{object{"e": "f", "g": "h"}}}},
		{"a colon in a key", "---\ntool:ignore: word\n---\n", object{"tool:ignore": "word"}},
		{"keys of other kinds", "---\n2022: a\ntrue: b\nnull: c\n---\n", object{"2022": "a", "true": "b", "null": "c"}},
		{"a tag of another tool's", "---\na: !ENV X\nb: !!str 1\n---\n", object{"a": "X", "b": "1"}},
		{"a number beyond int", "---\na: 18446744073709551615\n---\n", object{"a": float64(math.MaxUint64)}},
		{"CRLF", "---\r\na: |\r\n  x\r\n  y\r\nb: 1\r\n---\r\n", object{"a": "x\ny\n", "b": 1}},
		{"merge", "---\nbase: &b {x: 1, y: 2}\nover:\n  <<: *b\n  y: 3\nlist: [*b]\n---\n",
			object{"base": object{"x": 1, "y": 2}, "over": object{"y": 3, "x": 1}, "list": []any{object{"x": 1, "y": 2}}}},
		{"TOML", "+++\na = \"x\"\nb = 1_000\nc = 1.5\nd = true\ne = 2024-05-01\nf = 2024-05-01T12:00:00Z\ng = 2024-05-01 00:00:00\nh = 07:32:00\ni = 0xff\nj = [1, [2]]\nk.l = 'm'\nn = {o = 1, p.q = 2}\n+++\n",
			object{"a": "x", "b": 1000, "c": 1.5, "d": true, "e": day, "f": noon, "g": day, "h": "07:32:00", "i": 255,
				"j": []any{1, []any{2}}, "k": object{"l": "m"}, "n": object{"o": 1, "p": object{"q": 2}}}},
		{"TOML tables", "+++\n[a]\nb = 1\n[a.c]\nd = 2\n[[e]]\nf = 1\n[[e]]\nf = 2\n[e.g]\nh = 3\n[i.j]\n[i]\nk = 1\n+++\n",
			object{"a": object{"b": 1, "c": object{"d": 2}}, "e": []any{object{"f": 1}, object{"f": 2, "g": object{"h": 3}}},
				"i": object{"j": object{}, "k": 1}}},
		{"JSON", "{\"a\": \"x\", \"b\": 1, \"c\": 1.5, \"d\": [true, null], \"e\": {}}\n",
			object{"a": "x", "b": 1, "c": 1.5, "d": []any{true, nil}, "e": object{}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, problems := decode(tt.src)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			if d := cmp.Diff(tt.want, doc.Values()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestDecodeProblems(t *testing.T) {
	tests := []struct {
		name, src string
		want      []string // "line:col code message", a prefix each
	}{
		{"a colon in a value", "---\ntitle: a: b\n---\n", []string{"2:1 syntax mapping values are not allowed"}},
		{"a colon in a later value", "---\na: 1\nb: 2\ntitle: a: b\n---\n", []string{"4:1 syntax mapping values"}},
		{"a tab", "---\na:\n\tb: 1\n---\n", []string{"3:1 syntax found character that cannot start any token"}},
		{"a backtick", "---\nx: 1\na: `b`\n---\n", []string{"3:1 syntax found character"}},
		{"an open quote", "---\na: \"b\nc: d\n---\n", []string{"2:1 syntax found unexpected end of stream"}},
		{"text after a quote", "---\nx: 1\na: \"b\" c\n---\n", []string{"3:1 syntax did not find expected key"}},
		{"deep in a mapping", "---\nx: 1\nm:\n  a: 1\n  b: 2\n  c: \"d\" e\n  f: 1\n---\n", []string{"6:3 syntax did not find expected key"}},
		{"wrong indentation", "---\na:\n    b: 1\n  c: 2\nd: 1\n---\n", []string{"4:3 syntax did not find expected key"}},
		{"an open bracket", "---\nx: 1\na: [b\n---\n", []string{"3:1 syntax did not find expected ',' or ']'"}},
		{"a line without a colon", "---\na: 1\nword\nb: 2\n---\n", []string{"3:1 syntax could not find expected ':'"}},
		{"a list", "---\n- a\n---\n", []string{"2:1 syntax front matter is a list, not keys and values"}},
		{"duplicate keys", "---\na: 1\nb: {c: 1, c: 2}\na: 2\n---\n",
			[]string{`3:11 duplicate key "c" is given twice`, `4:1 duplicate key "a" is given twice`}},
		{"an alias of itself", "---\na: &a [*a]\n---\n", []string{`2:8 aliases alias "*a" contains itself`}},
		{"an unknown alias", "---\na: *b\n---\n", []string{"2:1 syntax unknown anchor 'b'"}},
		{"a wrong tag", "---\na: !!int x\n---\n", []string{"2:4 syntax cannot decode"}},
		{"a second document", "---\na: 1\n--- {b: 2}\n---\n", []string{"3:1 syntax a second document begins here"}},
		{"not UTF-8", "---\na: x\xffy\n---\n", []string{"2:5 encoding byte 0xff is not UTF-8"}},
		{"NUL", "---\na: \x00\n---\n", []string{"2:4 encoding there is a control character U+0000"}},
		{"NUL in JSON", "{\"a\": \"\x00\"}\n", []string{"1:8 encoding there is a control character"}},
		{"merging a text", "---\na:\n  <<: x\n---\n", []string{"3:7 syntax only a mapping can be merged, and this is a text"}},

		{"all mistakes of TOML", "+++\ntitle = A\na = 1\na = 2\nb : 3\n[t]\n[t]\nc = 1\n+++\n", []string{
			"2:9 syntax", `4:1 duplicate key "a" is given twice`, "5:3 syntax expected '=' after key", `7:2 duplicate key "t"`}},
		{"an open array of TOML", "+++\na = [1,\n2\nb = 3\n+++\n", []string{"4:1 syntax"}},
		{"a number too large", "+++\na = 99999999999999999999\n+++\n", []string{"2:5 syntax number 99999999999999999999"}},
		{"no such date", "+++\na = 2024-13-01\n+++\n", []string{"2:5 syntax there is no date 2024-13-01"}},
		{"a leading zero", "+++\na = 007\n+++\n", []string{"2:5 syntax"}},
		{"inline tables are closed", "+++\na = {b = 1}\n[a.c]\n+++\n", []string{`3:2 duplicate key "a"`}},
		{"a value is no table", "+++\na = 1\na.b = 2\n+++\n", []string{`3:1 duplicate key "a"`}},

		{"JSON without a comma", "{\n\"a\": 1\n\"b\": 2\n}\n", []string{"3:1 syntax invalid character '\"' after object key:value pair"}},
		{"JSON with a trailing comma", "{\n\"a\": 1,\n}\n", []string{"3:1 syntax invalid character '}'"}},
		{"JSON twice", "{\"a\": 1, \"a\": 2}\n", []string{`1:10 duplicate key "a"`}},
		{"JSON without quotes", "{\"a\": b}\n", []string{"1:7 syntax invalid character 'b' looking for beginning of value"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, problems := decode(tt.src)
			var got []string
			for _, p := range problems {
				got = append(got, fmt.Sprintf("%d:%d %s %s", p.Line, p.Col, strings.TrimPrefix(p.Code, "frontmatter-"), p.Message))
			}
			ok := len(got) == len(tt.want)
			for i := range min(len(got), len(tt.want)) {
				ok = ok && strings.HasPrefix(got[i], tt.want[i])
			}
			if !ok {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// TestDecodeLimits holds decoding to time and memory in proportion to the input.
func TestDecodeLimits(t *testing.T) {
	bomb := "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
	for i := 1; i < 12; i++ {
		bomb += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 9), ","))
	}
	tests := []struct{ name, src, code string }{
		{"aliases", "---\n" + bomb + "---\n", "frontmatter-aliases"},
		{"size", "---\na: " + strings.Repeat("x", 2<<20) + "\n---\n", "frontmatter-large"},
		{"YAML depth", "---\na: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "\n---\n", "frontmatter-depth"},
		{"TOML depth", "+++\na = " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "\n+++\n", "frontmatter-depth"},
		{"TOML keys", "+++\na" + strings.Repeat(".a", 50000) + " = 1\n+++\n", "frontmatter-depth"},
		{"JSON depth", "{\"a\": " + strings.Repeat("[", 500000) + strings.Repeat("]", 500000) + "}\n", "frontmatter-depth"},
		{"many duplicates", "---\n" + strings.Repeat("a: 1\n", 100000) + "---\n", "frontmatter-duplicate"},
		{"many keys on a line", "{" + strings.Repeat("\"a\":1,", 100000) + "\"b\":1}\n", "frontmatter-duplicate"},
		{"many keys in a flow", "---\n{" + strings.Repeat("a: 1,", 100000) + "}\n---\n", "frontmatter-duplicate"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			doc, problems := decode(tt.src)
			if len(problems) == 0 || problems[0].Code != tt.code {
				t.Errorf("got %d problems, want the first to be %q", len(problems), tt.code)
			}
			if len(problems) > 30 {
				t.Errorf("got %d problems", len(problems))
			}
			doc.Keys()
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestDecodeKeys(t *testing.T) {
	doc, _ := decode("\ufeff---\n标题: a\n\"b c\": 1\nd: {e: 1}\n---\n")
	want := map[string]diag.Pos{
		"标题":  {File: "a.md", Line: 2, Col: 1},
		"b c": {File: "a.md", Line: 3, Col: 1},
		"d":   {File: "a.md", Line: 4, Col: 1},
	}
	if d := cmp.Diff(want, doc.Keys()); d != "" {
		t.Error(d)
	}
	inner := doc.Root.Get("d").Fields[0]
	if pos := diag.PosAt("a.md", doc.Src, inner.At.Off); pos.Line != 4 || pos.Col != 5 {
		t.Errorf("e stands at %v", pos)
	}
	doc, _ = decode("{\"a\": 1,\n  \"b\": 2}\n")
	if pos := doc.Keys()["b"]; pos.Line != 2 || pos.Col != 3 {
		t.Errorf("b stands at %v", pos)
	}
}

func TestDecodeData(t *testing.T) {
	tests := []struct {
		format, src string
		want        any
		code        string
	}{
		{"json", "\ufeff[1, \"a\"]", []any{1, "a"}, ""},
		{"json", "[1", []any{1}, "data-syntax"},
		{"json", "", nil, ""},
		{"yml", "- a\n- b: 1\n", []any{"a", object{"b": 1}}, ""},
		{"yaml", "a: 1\n---\nb: 2\n", object{"a": 1}, "data-syntax"},
		{"toml", "a = 1\n[b]\nc = 2\n", object{"a": 1, "b": object{"c": 2}}, ""},
		{"csv", "a,\"b\nc\"\n\nd\n", []any{[]any{"a", "b\nc"}, []any{"d"}}, ""},
		{"csv", "a,\"b\n", []any{}, "data-syntax"},
		{"xml", "<a/>", nil, "data-format"},
	}
	for _, tt := range tests {
		got, problems := frontmatter.DecodeData("data/x."+tt.format, []byte(tt.src), tt.format)
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s %q: %s", tt.format, tt.src, d)
		}
		code := ""
		if len(problems) > 0 {
			code = problems[0].Code
		}
		if code != tt.code {
			t.Errorf("%s %q: got problem %q want %q", tt.format, tt.src, code, tt.code)
		}
	}
}

func TestParseTime(t *testing.T) {
	loc := time.FixedZone("CET", 3600)
	tests := []struct{ src, want string }{
		{"2024-05-01", "2024-05-01T00:00:00+01:00"},
		{"2024-5-1", "2024-05-01T00:00:00+01:00"},
		{"2024-05-01 12:30", "2024-05-01T12:30:00+01:00"},
		{"2024-05-01 12:30:15.5", "2024-05-01T12:30:15+01:00"},
		{"2024-05-01t12:30:15z", ""},
		{"2024-05-01t12:30:15Z", "2024-05-01T12:30:15Z"},
		{"2024-05-01T12:30:15+0200", "2024-05-01T12:30:15+02:00"},
		{"2024-05-01 12:30:15 -0700", "2024-05-01T12:30:15-07:00"},
		{"8/25/2021", "2021-08-25T00:00:00+01:00"},
		{"09/27/2022", "2022-09-27T00:00:00+01:00"},
		{"13/01/2022", ""},
		{"Aug 25, 2021", "2021-08-25T00:00:00+01:00"},
		{"2024-02-30", ""},
		{"tomorrow", ""},
		{"", ""},
	}
	for _, tt := range tests {
		got := ""
		if v, ok := frontmatter.ParseTime(tt.src, loc); ok {
			got = v.Format(time.RFC3339)
		}
		if got != tt.want {
			t.Errorf("%q: got %q want %q", tt.src, got, tt.want)
		}
	}
}

// FuzzDecode checks that decoding any bytes ends, that problems stand in the
// file, and that what was read is of the promised kinds.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		"---\na: &a [*a, {b: !!binary x}]\n<<: *a\n---\n", "+++\na.b = [{c=1}]\n[[d]]\n[d.e]\n+++\n",
		"{\"a\": [1, {}]}\n", "---\n? [a]\n: b\n---\n", "---\na: !!timestamp x\n---\n", "+++\n= 1\n[\n+++\n",
		"---\n\"a\\x00\": >\n b\n---\n", "+++\na=1e400\nb=-inf\nc=\"\"\"\n\"\"\"\n+++\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		doc, problems := decode(string(src))
		lines := 1 + strings.Count(string(src), "\n")
		for _, p := range problems {
			if p.Line > lines {
				t.Errorf("line %d of %d: %v", p.Line, lines, p)
			}
		}
		if doc.Root == nil || doc.Root.Kind != frontmatter.Map {
			t.Fatal("no root")
		}
		check(t, doc.Values())
	})
}

func check(t *testing.T, v any) {
	switch v := v.(type) {
	case nil, bool, int, float64, string, time.Time:
	case []any:
		for _, e := range v {
			check(t, e)
		}
	case map[string]any:
		for _, e := range v {
			check(t, e)
		}
	default:
		t.Fatalf("a value of type %T", v)
	}
}

// TestCorpora reads the front matter of real documentation. It is skipped
// where ETAGERE_CORPORA does not name a folder with it.
func TestCorpora(t *testing.T) {
	root := os.Getenv("ETAGERE_CORPORA")
	if root == "" {
		t.Skip("ETAGERE_CORPORA is not set")
	}
	pages := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".md" {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		b, problems := frontmatter.Split(path, src)
		doc, more := frontmatter.Decode(path, src, b, time.UTC)
		for _, p := range append(problems, more...) {
			t.Error(p)
		}
		if len(doc.Keys()) != len(doc.Root.Fields) {
			t.Errorf("%s: keys are lost", path)
		}
		pages++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d pages", pages)
}
