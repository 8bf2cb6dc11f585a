package diag_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/etagere/etagere/builder/diag"
)

func TestWriteText(t *testing.T) {
	tests := []struct {
		name string
		src  string
		off  int
		wide int
		want string
	}{
		{"a word", "+++\ntitle = A\nwieght = 3\n", 14, 6,
			"a.md:3:1: error: wrong [c]\n  3 | wieght = 3\n    | ^~~~~~\nhint: so\n"},
		{"a tab before it", "\tx: 1", 1, 1,
			"a.md:1:2: error: wrong [c]\n  1 |     x: 1\n    |     ^\nhint: so\n"},
		{"a wide character before it", "标题: x", 8, 1,
			"a.md:1:5: error: wrong [c]\n  1 | 标题: x\n    |       ^\nhint: so\n"},
		{"a wide character is marked", "标题: x", 3, 3,
			"a.md:1:2: error: wrong [c]\n  1 | 标题: x\n    |   ^~\nhint: so\n"},
		{"behind the end", "ab", 2, 1,
			"a.md:1:3: error: wrong [c]\n  1 | ab\n    |   ^\nhint: so\n"},
		{"an escape sequence", "\x1b[31mx", 5, 1,
			"a.md:1:6: error: wrong [c]\n  1 | \ufffd[31mx\n    |      ^\nhint: so\n"},
		{"CRLF and a mark past the line", "ab\r\ncd", 0, 100,
			"a.md:1:1: error: wrong [c]\n  1 | ab\n    | ^~\nhint: so\n"},
		{"a combining mark before it", "e\u0301x", 3, 1,
			"a.md:1:3: error: wrong [c]\n  1 | e\u0301x\n    |  ^\nhint: so\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := diag.At("a.md", []byte(tt.src), tt.off, tt.wide, "c", "wrong").WithHint("so")
			var out bytes.Buffer
			if err := (diag.List{p}).WriteText(&out, false); err != nil {
				t.Fatal(err)
			}
			if out.String() != tt.want {
				t.Errorf("got\n%s\nwant\n%s", out.String(), tt.want)
			}
		})
	}
}

func TestWriteTextLongLine(t *testing.T) {
	for _, line := range []string{strings.Repeat("a", 5000), strings.Repeat("字", 5000)} {
		src := []byte(line)
		for _, off := range []int{0, 30, 2400, len(src) - 3} {
			var out bytes.Buffer
			p := diag.At("a.md", src, off-off%3, 3, "c", "wrong")
			if err := (diag.List{p}).WriteText(&out, false); err != nil {
				t.Fatal(err)
			}
			rows := strings.Split(out.String(), "\n")
			if n := utf8.RuneCountInString(rows[1]); n > 90 {
				t.Errorf("offset %d: the excerpt has %d characters", off, n)
			}
			if !strings.Contains(rows[2], "^") {
				t.Errorf("offset %d: no caret in %q", off, rows[2])
			}
		}
	}
}

func TestWriteTextWithoutPlace(t *testing.T) {
	list := diag.List{
		diag.InFile("config.toml", "config-missing", "there is no %s", "config.toml").Warn(),
		{Message: "environment\x07\u202e\nx"},
	}
	var out bytes.Buffer
	if err := list.WriteText(&out, false); err != nil {
		t.Fatal(err)
	}
	want := "config.toml: warning: there is no config.toml [config-missing]\nerror: environment\ufffd\ufffd x\n"
	if out.String() != want {
		t.Errorf("got %q want %q", out.String(), want)
	}
}

func TestWriteTextColor(t *testing.T) {
	var out bytes.Buffer
	list := diag.List{diag.At("a.md", []byte("x\x1by"), 0, 1, "c", "\x1b[2J")}
	if err := list.WriteText(&out, true); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "\x1b[31merror") {
		t.Errorf("no colour in %q", out.String())
	}
	if strings.Contains(out.String(), "\x1b[2J") || strings.Contains(out.String(), "\x1by") {
		t.Errorf("the author's escape sequences came through: %q", out.String())
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteTextFails(t *testing.T) {
	if err := (diag.List{{Message: "x"}}).WriteText(full{}, false); err == nil {
		t.Error("a writer's failure was lost")
	}
}

func TestProblemJSON(t *testing.T) {
	p := diag.At("a.md", []byte("a\nb <\n"), 4, 1, "c", "wrong %q", "<").WithHint("so").Warn()
	got, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"file":"a.md","line":2,"col":3,"severity":"warning","code":"c","message":"wrong \"\u003c\"","hint":"so","source":"b \u003c"}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
