package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/etagere/etagere/builder"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/devserver"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"etagere": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			// 2026-01-31T12:00:00Z: builds and new files are the same on every day.
			env.Setenv("SOURCE_DATE_EPOCH", "1769860800")
			env.Setenv("GIT_CEILING_DIRECTORIES", env.WorkDir)
			// A home of their own, and nobody's authority.
			env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("AppData", filepath.Join(env.WorkDir, "home"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": wantStatus, "put": put,
			"jsonlines": jsonLines, "waitfor": waitFor, "interrupt": interrupt,
			"fetch": fetch, "busyport": busyPort, "samefile": sameFile, "manifest": sortedManifest,
		},
	})
}

// jsonLines checks that each line of a file is a JSON object with exactly the
// keys given, in that order: jsonlines FILE KEY...
func jsonLines(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: jsonlines FILE KEY...")
	}
	text := strings.TrimSuffix(ts.ReadFile(args[0]), "\n")
	for line := range strings.SplitSeq(text, "\n") {
		keys := keysOf(ts, line)
		if !json.Valid([]byte(line)) || strings.Join(keys, " ") != strings.Join(args[1:], " ") {
			ts.Fatalf("%s\ngot keys %v, want %v", line, keys, args[1:])
		}
	}
}

// waitFor waits until a file holds a text: waitfor FILE TEXT.
func waitFor(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: waitfor FILE TEXT")
	}
	for limit := time.Now().Add(30 * time.Second); time.Now().Before(limit); time.Sleep(10 * time.Millisecond) {
		if b, err := os.ReadFile(ts.MkAbs(args[0])); err == nil && bytes.Contains(b, []byte(args[1])) {
			return
		}
	}
	b, _ := os.ReadFile(ts.MkAbs(args[0]))
	ts.Fatalf("no %q in time in %q", args[1], b)
}

// interrupt interrupts the commands in the background.
func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	for _, c := range ts.BackgroundCmds() {
		ts.Check(c.Process.Signal(os.Interrupt))
	}
}

func TestVersion(t *testing.T) {
	settings := func(kv ...string) (out []debug.BuildSetting) {
		for i := 0; i < len(kv); i += 2 {
			out = append(out, debug.BuildSetting{Key: kv[i], Value: kv[i+1]})
		}
		return out
	}
	tests := []struct {
		name string
		info *debug.BuildInfo
		want string
	}{
		{"no information", nil, "etagere unknown, go"},
		{"a release", &debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}}, "etagere v1.2.3, go"},
		{"a checkout", &debug.BuildInfo{Settings: settings("vcs.revision", "0123456789abcdef", "vcs.modified", "true")},
			"etagere unknown (0123456789ab, modified), go"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := version(tt.info); !strings.HasPrefix(got, tt.want) {
				t.Errorf("got %q want %q…", got, tt.want)
			}
		})
	}
}

func TestContentPath(t *testing.T) {
	tests := []struct{ arg, want string }{
		{"a.md", "a.md"}, {"a", "a.md"}, {"guide/a.md", "guide/a.md"}, {"content/guide/a.md", "guide/a.md"},
		{"guide/a/", "guide/a/index.md"}, {"./guide//a.md", "guide/a.md"}, {"a.html", "a.html"}, {"guide/_index.md", "guide/_index.md"},
		{"", ""}, {".", ""}, {"content", ""}, {"content/", ""}, {"../a.md", ""}, {"content/../../a.md", ""}, {"/etc/a.md", ""},
		{"a\x00.md", ""}, {"a\n.md", ""}, {"a\xff.md", ""},
	}
	for _, tt := range tests {
		got, err := contentPath(tt.arg, "content")
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("contentPath(%q): got %q, %v, want %q", tt.arg, got, err, tt.want)
		}
	}
}

func TestTitleOf(t *testing.T) {
	for name, want := range map[string]string{
		"first-steps": "First steps", "a_b c": "A b c", "": "", "---": "", "中文": "中文", "été": "Été", "API": "API",
	} {
		if got := titleOf(name); got != want {
			t.Errorf("titleOf(%q): got %q want %q", name, got, want)
		}
	}
}

func TestInstant(t *testing.T) {
	for _, ok := range []string{"2026-01-31", "2026-01-31T12:00:00Z", "2026-01-31T12:00:00+02:00", "2026-01-31 12:00:00"} {
		if at, err := instant(ok); err != nil || at.Year() != 2026 {
			t.Errorf("instant(%q): got %v, %v", ok, at, err)
		}
	}
	for _, bad := range []string{"now", "2026", "2026-13-01", "12:00"} {
		if at, err := instant(bad); err == nil {
			t.Errorf("instant(%q): got %v", bad, at)
		}
	}
}

func TestCount(t *testing.T) {
	e, w := diag.Problem{}, diag.Problem{Severity: diag.Warning}
	for want, l := range map[string]diag.List{
		"": nil, "1 error": {e}, "2 errors": {e, e}, "1 warning": {w}, "1 error, 2 warnings": {w, e, w},
	} {
		if got := count(l); got != want {
			t.Errorf("got %q want %q", got, want)
		}
	}
}

// TestProgressWithoutTerminal: lines, seldom, and only of what takes long.
func TestProgressWithoutTerminal(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&app{stderr: &out})
	p.step(1, 100)
	if out.Len() > 0 {
		t.Errorf("said at once: %q", &out)
	}
	p.started = p.started.Add(-time.Minute)
	p.step(2, 100)
	p.step(3, 100)
	p.step(100, 100)
	p.end()
	if got := out.String(); got != "2 of 100 rendered\n" {
		t.Errorf("got %q", got)
	}
}

func TestServeReports(t *testing.T) {
	problems := diag.List{diag.InFile("a.md", "code", "no good")}
	events := []devserver.Event{
		{Kind: devserver.Notice, Message: "port 8080 is taken, using 8081"},
		{Kind: devserver.Ready, HTTP: "http://127.0.0.1:8081/", HTTPS: "https://127.0.0.1:8443/"},
		{Kind: devserver.Built, First: true, Problems: problems},
		{Kind: devserver.Complete, First: true, Problems: problems},
		{Kind: devserver.Failed, Err: context.DeadlineExceeded},
		{Kind: devserver.Built},
		{Kind: devserver.Complete, Problems: problems},
		{Kind: devserver.Built, Stats: builder.Stats{Pages: 7}},
		{Kind: devserver.Complete, Stats: builder.Stats{Pages: 7}},
		{Kind: devserver.Built, Problems: diag.List{diag.InFile("config.toml", "code", "unreadable")}},
	}
	var stdout, stderr bytes.Buffer
	r := &reporter{app: &app{stdout: &stdout, stderr: &stderr}}
	for _, e := range events {
		r.report(e)
	}
	if got, want := stdout.String(), `serving http://127.0.0.1:8081/ (Ctrl-C ends)
        https://127.0.0.1:8443/ (HTTP/2; for browsers to trust it, run "etagere cert install" once)
`; got != want {
		t.Errorf("stdout: got %q want %q", got, want)
	}
	stdout.Reset()
	r.trusted = true
	r.ready(devserver.Addresses{HTTP: "http://127.0.0.1:1/", HTTPS: "https://127.0.0.1:2/"})
	r.ready(devserver.Addresses{HTTP: "http://127.0.0.1:3/"})
	if got, want := stdout.String(), `serving http://127.0.0.1:1/ (Ctrl-C ends)
        https://127.0.0.1:2/ (HTTP/2)
serving http://127.0.0.1:3/ (Ctrl-C ends)
`; got != want {
		t.Errorf("stdout: got %q want %q", got, want)
	}
	said := stderr.String()
	for _, want := range []string{"using 8081", "no good", "1 error\n", "deadline", "7 pages, open pages right", "no problems any more", "cannot be made", "unreadable"} {
		if strings.Count(said, want) != 1 {
			t.Errorf("stderr: want %q once in\n%s", want, said)
		}
	}

	stdout.Reset()
	stderr.Reset()
	r.json = true
	for _, e := range events {
		r.report(e)
	}
	lines := strings.Split(strings.TrimSpace(stdout.String()), "\n")
	want := []string{
		`{"event":"ready","http":"http://127.0.0.1:8081/","https":"https://127.0.0.1:8443/"}`,
		`{"event":"built","pages":0,"rendered":0,"reused":0,"ms":0,"problems":[{"file":"a.md",`,
		`{"event":"complete","pages":0,"rendered":0,"reused":0,"ms":0,"problems":[{"file":"a.md",`,
		`{"event":"failed","message":"context deadline exceeded"}`,
		`{"event":"built","pages":0,"rendered":0,"reused":0,"ms":0,"problems":[]}`,
		`{"event":"complete","pages":0,`, `{"event":"built","pages":7,`, `{"event":"complete","pages":7,`,
		`{"event":"built","pages":0,"rendered":0,"reused":0,"ms":0,"problems":[{"file":"config.toml",`,
	}
	if len(lines) != len(want) {
		t.Fatalf("got %d lines:\n%s", len(lines), &stdout)
	}
	for i := range want {
		if !strings.HasPrefix(lines[i], want[i]) {
			t.Errorf("got  %s\nwant %s", lines[i], want[i])
		}
	}
}
