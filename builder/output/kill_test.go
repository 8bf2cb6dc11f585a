package output

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestMain lets the test binary be the process that is killed: with
// ETAGERE_KILL=step:n it builds and kills itself at the n-th such step.
func TestMain(m *testing.M) {
	if at := os.Getenv("ETAGERE_KILL"); at != "" {
		os.Exit(buildAndDie(at))
	}
	os.Exit(m.Run())
}

func buildAndDie(at string) int {
	var step string
	var n int
	step, count, _ := strings.Cut(at, ":")
	_, err := fmt.Sscan(count, &n)
	d, openErr := OpenDir(os.Getenv("ETAGERE_DEST"), os.Getenv("ETAGERE_STATE"))
	if err = errors.Join(err, openErr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	die := func(now string) {
		if now != step {
			return
		}
		if n--; n == 0 {
			self, err := os.FindProcess(os.Getpid())
			if err == nil {
				err = self.Kill()
			}
			fmt.Fprintln(os.Stderr, "still alive:", err)
			select {}
		}
	}
	d.hook, d.noExchange = die, os.Getenv("ETAGERE_PLACE") != ""
	s, err := d.Begin()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	list := files(newFiles...)
	for _, f := range list {
		if err := s.Put(f); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		die("put")
	}
	if _, err := s.Commit(manifestOf(list)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

var (
	oldFiles = packedSpecs("index.html=old+", "a/index.html=old a+", "gone/index.html=gone+", "same.css=same+", "deep/x=file", "less.css=old+", "more.css=old")
	newFiles = packedSpecs("index.html=new+", "a/index.html=new a+", "new/index.html=new", "same.css=same+", "new.css=style+", "deep/x/y.css=folder+",
		"less.css=new", "more.css=new+")
)

// TestKill: whenever the process dies, the destination is the old build or the
// new one, and the next build finds its way.
func TestKill(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		at    string
		place bool
		want  []string
	}{
		{"put:1", false, oldFiles},
		{"put:6", false, oldFiles},
		{"journal:1", false, oldFiles},
		{"swapped:1", false, newFiles},
		{"put:3", true, oldFiles},
		{"journal:1", true, oldFiles},
		{"moved:1", true, nil},
		{"moved:3", true, nil},
		{"moved:5", true, nil},
		{"moved:7", true, nil},
		{"moved:10", true, nil},
		{"moved:12", true, nil},
		{"stale:1", true, nil},
		{"stale:3", true, nil},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s,%v", tt.at, tt.place), func(t *testing.T) {
			if !canExchange && !tt.place {
				t.Skip("folders can't be exchanged here")
			}
			b := newBench(t)
			b.noExchange = tt.place
			b.build(oldFiles...)
			b.write("CNAME", "x")
			cmd := exec.Command(self)
			cmd.Env = append(os.Environ(), "ETAGERE_KILL="+tt.at, "ETAGERE_DEST="+b.dest, "ETAGERE_STATE="+b.state)
			if tt.place {
				cmd.Env = append(cmd.Env, "ETAGERE_PLACE=1")
			}
			out, err := cmd.CombinedOutput()
			if err == nil || len(out) > 0 {
				t.Fatalf("the process was not killed: %v\n%s", err, out)
			}
			got := tree(t, b.dest)
			if tt.want != nil {
				want := append(onDisk(tt.want), "CNAME=x")
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Errorf("after the kill:\ngot  %q\nwant %q", got, want)
				}
			} else if checkPacked(t, got); slices.Contains(got, "new/index.html=new") && !slices.Contains(got, "new.css=style+") {
				t.Errorf("a page is there without its assets: %q", got)
			}
			// The next run completes the journal even if it builds nothing itself.
			s, err := b.open().Begin()
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Abort(); err != nil {
				t.Fatal(err)
			}
			if tt.place && !strings.HasPrefix(tt.at, "put") {
				b.want(append(slices.Clone(newFiles), "CNAME=x")...)
			}
			third := packedSpecs("index.html=third", "same.css=same+")
			b.build(third...)
			b.want(append(third, "CNAME=x")...)
		})
	}
}

// TestFullDisk: the old output stays whole, the message names the file.
func TestFullDisk(t *testing.T) {
	base := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", base).CombinedOutput(); err != nil {
		t.Skipf("no small file system to be had: %v %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", base).CombinedOutput(); err != nil {
			t.Errorf("umount: %v %s", err, out)
		}
	})
	big := strings.Repeat("x", 512<<10)
	for _, tt := range []struct{ name, dest string }{{"beside", filepath.Join(base, "public")}, {"mount point", base}} {
		b := newBench(t)
		b.dest = tt.dest
		b.build("index.html=one")
		_, err := b.try("index.html=two", "big.bin="+big)
		if err == nil || !strings.Contains(err.Error(), "big.bin: no space left on device") {
			t.Errorf("%s: got %v", tt.name, err)
		}
		if got, _ := os.ReadFile(filepath.Join(tt.dest, "index.html")); string(got) != "one" {
			t.Errorf("%s: the old output is %q now", tt.name, got)
		}
		b.build("index.html=three", "a/b.css=x")
		b.want("index.html=three", "a/b.css=x")
		b.build()
		if err := os.RemoveAll(filepath.Join(base, "public")); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLateStranger: what somebody writes into the destination while a build is
// being published is not lost with the old folder.
func TestLateStranger(t *testing.T) {
	b := newBench(t)
	b.build("index.html=one")
	b.write("CNAME", "old")
	b.hook = func(step string) {
		if step == "journal" {
			b.write("late/note.txt", "late")
			if err := os.Remove(filepath.Join(b.dest, "CNAME")); err != nil {
				t.Fatal(err)
			}
			b.write("CNAME", "new")
		}
	}
	b.build("index.html=two")
	b.want("index.html=two", "late/note.txt=late", "CNAME=new")
}
