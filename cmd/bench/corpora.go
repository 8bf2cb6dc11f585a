package main

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/etagere/etagere/builder"
	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/themes"
)

// corpus is one documentation pack: a folder and the configuration that makes
// a site of it.
type corpus struct {
	name string
	// dir is the folder below the one that holds all packs.
	dir string
}

var corpora = [...]corpus{
	{"prometheus", "prometheus"},
	{"fastapi", "fastapi"},
	{"cpp-docs", "cpp-docs"},
	{"apisix", "zh/apisix"},
	{"vitepress", "zh/vitepress"},
}

//go:embed corpora
var configs embed.FS

// config is the text of the pack's config.toml.
func (c corpus) config() ([]byte, error) { return configs.ReadFile("corpora/" + c.name + ".toml") }

// options are those of a build of the pack below dir. Nothing is written there.
func (c corpus) options(dir string) (builder.Options, error) {
	text, err := c.config()
	if err != nil {
		return builder.Options{}, err
	}
	root := filepath.Join(dir, filepath.FromSlash(c.dir))
	if _, err := os.Stat(root); err != nil {
		return builder.Options{}, fmt.Errorf("open pack %s: %w", c.name, err)
	}
	base, ok := os.DirFS(root).(fs.ReadLinkFS)
	if !ok {
		return builder.Options{}, errors.New("this system has no symbolic links")
	}
	return builder.Options{
		FS:     overlay{base, "config.toml", text},
		Themes: themes.FS(),
		// The time of the build must not show in what is compared.
		AsOf: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
	}, nil
}

// report is what the build of one pack took.
type report struct {
	Pages, Files int
	Written      bool
	Seconds      float64
	Problems     map[string]int
}

// childCommand is the hidden command that builds one pack. A process of its own
// shows what one build takes; its working folder keeps what étagère remembers.
const childCommand = "corpus"

func runChild(ctx context.Context, args []string, stdout io.Writer) (err error) {
	flags := flag.NewFlagSet(childCommand, flag.ContinueOnError)
	dir := flags.String("dir", "", "")
	name := flags.String("name", "", "")
	dest := flags.String("dest", "", "")
	profile := flags.String("cpuprofile", "", "")
	memory := flags.String("memprofile", "", "")
	show := flags.String("show", "", "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	i := slices.IndexFunc(corpora[:], func(c corpus) bool { return c.name == *name })
	if i < 0 {
		return fmt.Errorf("there is no pack %q", *name)
	}
	o, err := corpora[i].options(*dir)
	if err != nil {
		return err
	}
	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			return err
		}
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer func() {
			pprof.StopCPUProfile()
			err = errors.Join(err, f.Close())
		}()
	}
	res, err := builder.Build(ctx, builder.BuildOptions{Options: o, Destination: *dest, Progress: heapProfile(*memory)})
	if err != nil {
		return err
	}
	showProblems(os.Stderr, res.Problems, *show)
	return json.NewEncoder(stdout).Encode(report{
		Pages: res.Pages, Files: res.Files, Written: res.Written,
		Seconds: res.Took.Seconds(), Problems: countCodes(res.Problems),
	})
}

// heapProfile returns a Progress that writes what is in memory to file when a
// build is nearly done, which is when it holds the most; nil without a file.
func heapProfile(file string) func(done, total int) {
	if file == "" {
		return nil
	}
	return func(done, total int) {
		if done != total*9/10 {
			return
		}
		runtime.GC()
		f, err := os.Create(file)
		if err == nil {
			err = errors.Join(pprof.WriteHeapProfile(f), f.Close())
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
		}
	}
}

// showProblems prints the problems of one code, or all of them.
func showProblems(w io.Writer, list diag.List, code string) {
	for _, p := range list {
		if code != "" && (code == "all" || code == p.Code) {
			fmt.Fprintf(w, "%v | %s\n", p, p.Hint)
		}
	}
}

func countCodes(list diag.List) map[string]int {
	n := make(map[string]int)
	for _, p := range list {
		n[p.Code]++
	}
	return n
}

func runCorpora(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("corpora", flag.ContinueOnError)
	flags.SetOutput(stderr)
	dir := flags.String("dir", os.Getenv("ETAGERE_CORPORA"), "the `folder` with the unpacked packs")
	only := flags.String("only", "", "build only the packs named, with commas between them")
	keep := flags.String("keep", "", "keep the sites in this `folder`")
	profile := flags.String("cpuprofile", "", "write CPU profiles, named after the packs, to this `folder`")
	memory := flags.String("memprofile", "", "write heap profiles, named after the packs, to this `folder`")
	show := flags.String("show", "", "print the problems of this `code`, or all")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *dir == "" {
		return errors.New("say with -dir where the unpacked packs are")
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "pack\tpages\tfiles\tseconds\tCPU s\tMiB\tproblems")
	for _, c := range corpora {
		if *only != "" && !slices.Contains(strings.Split(*only, ","), c.name) {
			continue
		}
		p := process{self: self, dir: *dir, keep: *keep, profile: *profile, memory: *memory, show: *show, stderr: stderr}
		r, cost, err := p.build(ctx, c)
		if err != nil {
			return fmt.Errorf("build %s: %w", c.name, err)
		}
		if !r.Written {
			fmt.Fprintf(stderr, "%s has mistakes and was not written\n", c.name)
		}
		fmt.Fprintf(t, "%s\t%d\t%d\t%.1f\t%.1f\t%s\t%s\n", c.name, r.Pages, r.Files, r.Seconds, cost.cpu.Seconds(), cost.memory, codeList(r.Problems))
	}
	return t.Flush()
}

// process builds packs in processes of their own.
type process struct {
	self                             string
	dir, keep, profile, memory, show string
	stderr                           io.Writer
}

// cost is what a process took.
type cost struct {
	cpu    time.Duration
	memory string
}

func (p process) build(ctx context.Context, c corpus) (r report, spent cost, err error) {
	work, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return r, spent, err
	}
	defer os.RemoveAll(work)
	dir, err := filepath.Abs(p.dir)
	if err != nil {
		return r, spent, err
	}
	args := []string{childCommand, "-dir", dir, "-name", c.name, "-dest", filepath.Join(work, "out"), "-show", p.show}
	if p.keep != "" {
		keep, err := filepath.Abs(filepath.Join(p.keep, c.name))
		if err != nil {
			return r, spent, err
		}
		args = append(args, "-dest", keep)
	}
	for _, profile := range []struct{ flag, dir, ext string }{{"-cpuprofile", p.profile, ".prof"}, {"-memprofile", p.memory, ".mem"}} {
		if profile.dir == "" {
			continue
		}
		file, err := filepath.Abs(filepath.Join(profile.dir, c.name+profile.ext))
		if err != nil {
			return r, spent, err
		}
		args = append(args, profile.flag, file)
	}
	cmd := exec.CommandContext(ctx, p.self, args...)
	cmd.Dir, cmd.Stderr = work, p.stderr
	out, err := cmd.Output()
	if err != nil {
		return r, spent, err
	}
	spent = cost{cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), peakMemory(cmd.ProcessState)}
	return r, spent, json.Unmarshal(out, &r)
}

// codeList is how often each code of a problem occurs.
func codeList(n map[string]int) string {
	var list []string
	for code, count := range n {
		list = append(list, fmt.Sprintf("%s %d", code, count))
	}
	slices.Sort(list)
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}
