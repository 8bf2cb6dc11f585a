// Command etagere renders a folder of Markdown into a static site, and shows
// it to its author while it is being written.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/etagere/etagere/builder/diag"
)

// The exit statuses; scripts rely on them.
const (
	statusFine    = 0
	statusMistake = 1 // the author's mistakes
	statusUsage   = 2 // wrong usage
	statusMachine = 3 // the machine failed
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal ends what is going on; the second, with nobody listening
	// any more, the process.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// errMistakes says that problems were found, and shown.
var errMistakes = errors.New("the site has mistakes")

// run is the whole command: what main does, for tests too.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	a := &app{stdout: stdout, stderr: stderr, env: os.Environ()}
	root := newRoot(a)
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return a.status(ctx, root.ExecuteContext(ctx))
}

// status decides, by the type of err, what is said at last and the exit status.
func (a *app) status(ctx context.Context, err error) int {
	var usage *usageError
	var problems diag.List
	switch {
	case err == nil:
		return statusFine
	case errors.Is(err, errMistakes):
		return statusMistake
	case errors.As(err, &usage):
		fmt.Fprintf(a.stderr, "%s: %v\n%s\n", usage.command, usage.err, usage.line)
		return statusUsage
	case errors.As(err, &problems):
		a.printProblems(problems)
		return statusMistake
	case ctx.Err() != nil:
		fmt.Fprintln(a.stderr, "etagere: interrupted")
		return statusMachine
	}
	fmt.Fprintf(a.stderr, "etagere: %v\n", err)
	return statusMachine
}
