// Command bench builds real and made-up sites and says what that took.
//
//	go run ./cmd/bench corpora -dir DIR
//
// builds the documentation packs that lie unpacked in DIR, each in a process of
// its own, and prints a table.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "bench:", err)
		}
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) == 0 {
		return errors.New("say what to run: corpora")
	}
	switch args[0] {
	case "corpora":
		return runCorpora(ctx, args[1:], stdout, stderr)
	case childCommand:
		return runChild(ctx, args[1:], stdout)
	}
	return fmt.Errorf("there is no %q; there is corpora", args[0])
}
