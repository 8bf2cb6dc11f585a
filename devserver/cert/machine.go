package cert

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Machine is the machine, and the user on it, whose stores are looked at. Tests
// make their own.
type Machine struct {
	// OS is the system, as runtime.GOOS has it.
	OS string

	// Home is the user's home folder, and Root what stands before the paths of the
	// system's own store: nothing, unless in a test.
	Home, Root string

	// Getenv is os.Getenv, LookPath exec.LookPath.
	Getenv   func(string) string
	LookPath func(string) (string, error)

	// Admin is set where commands run with all rights already.
	Admin bool

	// Run runs a command and returns what it says on stdout and stderr. Where it
	// fails, the error has it too.
	Run func(ctx context.Context, name string, args ...string) (string, error)

	// Verify checks a certificate by the authority as a TLS client does that trusts
	// what the system trusts.
	Verify func(*Authority) error
}

// ThisMachine is the one that the process runs on.
func ThisMachine() (Machine, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return Machine{}, fmt.Errorf("find the home folder: %w", err)
	}
	return Machine{
		OS: runtime.GOOS, Home: home, Getenv: os.Getenv, LookPath: exec.LookPath,
		Admin: os.Geteuid() == 0, Run: runCommand, Verify: verify,
	}, nil
}

const (
	// commandLimit is how long a command may take: a person may have to type a
	// password meanwhile.
	commandLimit = 3 * time.Minute

	// maxSaid is how much of a command's words goes into an error.
	maxSaid = 500
)

// runCommand is Machine.Run of this machine.
func runCommand(ctx context.Context, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, commandLimit)
	defer cancel()
	var said bytes.Buffer
	c := exec.CommandContext(ctx, name, args...)
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, &said, &said // passwords are asked for at the terminal itself
	c.Env = append(os.Environ(), "LC_ALL=C")             // its words are read by us
	c.WaitDelay = time.Second
	if err := c.Run(); err != nil {
		words := strings.TrimSpace(said.String())
		if len(words) > maxSaid {
			words = words[:maxSaid] + "…"
		}
		return said.String(), fmt.Errorf("%s: %w: %s", filepath.Base(name), err, words)
	}
	return said.String(), nil
}

// errNoRights says that a command needs rights that nobody here has.
var errNoRights = errors.New("this needs the rights of root, and there is no sudo")

// admin runs a command with all rights.
func (m Machine) admin(ctx context.Context, name string, args ...string) error {
	if m.Admin {
		_, err := m.Run(ctx, name, args...)
		return err
	}
	sudo, err := m.LookPath("sudo")
	if err != nil {
		return fmt.Errorf("%w: run as root: %s", errNoRights, strings.Join(append([]string{name}, args...), " "))
	}
	_, err = m.Run(ctx, sudo, append([]string{"--", name}, args...)...)
	return err
}

// has reports whether a command is there.
func (m Machine) has(name string) bool {
	_, err := m.LookPath(name)
	return err == nil
}

// folder reports whether name is a folder.
func folder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// xdg is a folder of the XDG Base Directory Specification: what the variable
// says or, where it says nothing, its default below the home folder.
func (m Machine) xdg(variable, otherwise string) string {
	if v := m.Getenv(variable); filepath.IsAbs(v) {
		return v
	}
	return filepath.Join(m.Home, otherwise)
}

// short is a path with ~ for the home folder.
func (m Machine) short(name string) string {
	if rest, ok := strings.CutPrefix(name, m.Home+string(filepath.Separator)); ok {
		return "~" + string(filepath.Separator) + rest
	}
	return name
}
