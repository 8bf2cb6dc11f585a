package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/etagere/etagere/devserver/cert"
)

// certFlags are the flags of `etagere cert` and its subcommands.
type certFlags struct {
	noSystem, json bool
}

// none is said where there is no authority.
const none = `there is no authority yet: "etagere cert install" makes it`

func newCert(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cert COMMAND",
		Short: "Have browsers trust the HTTPS of serve and preview",
		Long: `cert handles the authority that signs the certificates of "serve" and "preview" on
this machine. It is yours alone, its key never leaves your configuration folder, and
it can sign for localhost, names below localhost, 127.0.0.0/8 and ::1 only.`,
		Example: `  etagere cert install      once on each machine; then restart the browser
  etagere cert status
  etagere cert uninstall`,
		Args: unknownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return wrongUsage(cmd, errors.New("a command is missing: install, uninstall or status"))
		},
	}
	cmd.AddCommand(newCertInstall(a), newCertUninstall(a), newCertStatus(a))
	return cmd
}

func newCertInstall(a *app) *cobra.Command {
	var f certFlags
	cmd := &cobra.Command{
		Use:   "install",
		Short: "Put the authority into the stores of the system and of browsers",
		Long: `install puts the authority where the system and browsers look for those that they
trust, and looks afterwards whether it is there. For the system's store it uses sudo,
which may ask for your password; on macOS and Windows the system asks.

The status is 3 where a store does not have it in the end.`,
		Example: `  etagere cert install
  etagere cert install --no-system      browsers only; nothing needs root`,
		Args: exactly(0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error { return certInstall(cmd, a, f) },
	}
	f.add(cmd)
	return cmd
}

func newCertUninstall(a *app) *cobra.Command {
	var f certFlags
	cmd := &cobra.Command{
		Use:   "uninstall",
		Short: "Take the authority out of all stores",
		Long: `uninstall takes the authority, and those that it has replaced, out of the stores of
the system and of browsers. Its files stay, for the next install.`,
		Example: "  etagere cert uninstall",
		Args:    exactly(0, ""),
		RunE:    func(cmd *cobra.Command, _ []string) error { return certUninstall(cmd, a, f) },
	}
	f.add(cmd)
	return cmd
}

func newCertStatus(a *app) *cobra.Command {
	var f certFlags
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Say where the authority is trusted",
		Long: `status says what the authority is, and for each store whether it is installed there.
It changes nothing.`,
		Example: "  etagere cert status --json",
		Args:    exactly(0, ""),
		RunE:    func(cmd *cobra.Command, _ []string) error { return certStatus(cmd.Context(), a, f) },
	}
	f.add(cmd)
	return cmd
}

func (f *certFlags) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.noSystem, "no-system", false, "leave the system's store alone (Linux)")
	cmd.Flags().BoolVar(&f.json, "json", false, "results as JSON on stdout, one store a line")
}

func certInstall(cmd *cobra.Command, a *app, f certFlags) error {
	if err := notForRoot(cmd, a); err != nil {
		return err
	}
	dir, err := cert.Dir()
	if err != nil {
		return err
	}
	authority, err := cert.Open(dir, time.Now(), func(m string) { fmt.Fprintln(a.stderr, m) })
	if err != nil {
		return err
	}
	if err := f.authority(a, authority); err != nil {
		return err
	}
	old := cert.Former(dir)
	return f.each(a, authority, cert.Installed, func(s cert.Store) cert.Report {
		return s.Install(cmd.Context(), authority, old)
	})
}

func certUninstall(cmd *cobra.Command, a *app, f certFlags) error {
	if err := notForRoot(cmd, a); err != nil {
		return err
	}
	dir, err := cert.Dir()
	if err != nil {
		return err
	}
	// One that is damaged becomes a former one, which can be taken out.
	authority, err := cert.Load(dir, time.Now())
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		authority, err = cert.Open(dir, time.Now(), func(m string) { fmt.Fprintln(a.stderr, m) })
	}
	switch {
	case errors.Is(err, os.ErrNotExist):
		fmt.Fprintln(a.stderr, none)
		return nil
	case err != nil:
		return err
	}
	if err := f.authority(a, authority); err != nil {
		return err
	}
	old := cert.Former(dir)
	return f.each(a, authority, cert.NotInstalled, func(s cert.Store) cert.Report {
		return s.Uninstall(cmd.Context(), authority, old)
	})
}

func certStatus(ctx context.Context, a *app, f certFlags) error {
	dir, err := cert.Dir()
	if err != nil {
		return err
	}
	authority, err := cert.Load(dir, time.Now())
	switch {
	case errors.Is(err, os.ErrNotExist):
		fmt.Fprintln(a.stderr, none)
		return nil
	case err != nil:
		return err
	}
	if err := f.authority(a, authority); err != nil {
		return err
	}
	return f.each(a, authority, "", func(s cert.Store) cert.Report { return s.Look(ctx, authority) })
}

// authorityEvent is the line of --json for the authority.
type authorityEvent struct {
	Event       string    `json:"event"`
	Name        string    `json:"name"`
	Path        string    `json:"path"`
	Fingerprint string    `json:"sha256"`
	Until       time.Time `json:"until"`
}

// storeEvent is the line of --json for a store.
type storeEvent struct {
	Event  string     `json:"event"`
	Name   string     `json:"name"`
	Path   string     `json:"path"`
	State  cert.State `json:"state"`
	Detail string     `json:"detail"`
}

// authority shows what is installed.
func (f certFlags) authority(a *app, c *cert.Authority) error {
	if f.json {
		return writeJSON(a.stdout, authorityEvent{"authority", c.Cert.Subject.CommonName, c.Path, cert.Fingerprint(c.Cert), c.Cert.NotAfter.UTC()})
	}
	_, err := fmt.Fprintf(a.stdout, "%s\n  %s\n  sha256 %s\n  valid until %s, for localhost, *.localhost, 127.0.0.0/8 and ::1\n",
		c.Cert.Subject.CommonName, c.Path, cert.Fingerprint(c.Cert), c.Cert.NotAfter.Format(time.DateOnly))
	return err
}

// each does something to all stores and shows what has come of it. Want is the
// state that all shall have; empty is any.
func (f certFlags) each(a *app, c *cert.Authority, want cert.State, do func(cert.Store) cert.Report) error {
	machine, err := cert.ThisMachine()
	if err != nil {
		return err
	}
	stores := machine.Stores(!f.noSystem)
	var reports []cert.Report
	failed, changed, browsers := 0, false, 0
	for _, s := range stores {
		if want != "" && s.Name == "system" && !machine.Admin && a.terminal() {
			fmt.Fprintln(a.stderr, "the system's store: you may be asked for your password")
		}
		r := do(s)
		reports = append(reports, r)
		if err := f.store(a, r); err != nil {
			return err
		}
		if want != "" && r.State != want {
			failed++
		}
		if r.Browser {
			browsers++
			changed = changed || r.Changed
		}
	}
	if browsers == 0 {
		fmt.Fprintln(a.stderr, "no browser is known here; in others, import the file above as an authority for web sites")
	}
	if changed {
		fmt.Fprintln(a.stderr, "restart the browsers that are running: they look for authorities when they start")
	}
	if err := c.Note(reports); err != nil {
		return err
	}
	if len(stores) == 0 && want == cert.Installed {
		return errors.New("there is no store that the authority could be installed in")
	}
	if failed > 0 {
		return fmt.Errorf("the authority is not %s in %d of %s", map[cert.State]string{cert.Installed: "installed", cert.NotInstalled: "taken out"}[want], failed, plural(len(stores), "store"))
	}
	return nil
}

// store shows how it stands with one store.
func (f certFlags) store(a *app, r cert.Report) error {
	if f.json {
		return writeJSON(a.stdout, storeEvent{"store", r.Name, r.Path, r.State, r.Detail})
	}
	line := fmt.Sprintf("%-13s  %s: %s", r.State, r.Name, r.Path)
	if r.Detail != "" {
		line += "\n               " + r.Detail
	}
	_, err := fmt.Fprintln(a.stdout, line)
	return err
}

// notForRoot refuses what was meant for the user who called sudo: root has an
// authority and browsers of its own.
func notForRoot(cmd *cobra.Command, a *app) error {
	if user := a.getenv("SUDO_USER"); os.Geteuid() == 0 && user != "" && user != "root" {
		return wrongUsage(cmd, fmt.Errorf("run this as %s, without sudo: it asks for sudo where that is needed", user))
	}
	return nil
}
