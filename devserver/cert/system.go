package cert

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// anchors are the folders in which distributions of Linux take authorities from
// administrators, with what each runs afterwards. The first that is there is it.
var anchors = []struct {
	dir, ext string
	update   []string
}{
	{"/etc/pki/ca-trust/source/anchors", ".pem", []string{"update-ca-trust", "extract"}},       // Fedora, RHEL and their kin
	{"/usr/local/share/ca-certificates", ".crt", []string{"update-ca-certificates"}},           // Debian, Ubuntu, Alpine, Gentoo
	{"/etc/ca-certificates/trust-source/anchors", ".crt", []string{"trust", "extract-compat"}}, // Arch
	{"/etc/pki/trust/anchors", ".pem", []string{"update-ca-certificates"}},                     // openSUSE
}

// bundles are the files that the commands above write, and that programs read.
var bundles = []string{
	"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/pki/tls/certs/ca-bundle.crt",
	"/etc/ssl/ca-bundle.pem", "/var/lib/ca-certificates/ca-bundle.pem", "/etc/ssl/cert.pem",
}

// bundle is the system's store on Linux.
func (m Machine) bundle() Store {
	for _, a := range anchors {
		if dir := filepath.Join(m.Root, a.dir); folder(dir) {
			return Store{Name: "system", Path: dir, kind: bundle{machine: m, dir: dir, ext: a.ext, update: a.update}}
		}
	}
	return Store{Name: "system", Path: m.Root + "/etc/ssl", kind: bundle{machine: m}}
}

// bundle is a folder for administrators, and what a command makes of it. Where
// there is no such folder, p11-kit's trust is asked.
type bundle struct {
	machine Machine
	dir     string // empty where there is none
	ext     string
	update  []string
}

// look reads the bundle that the commands have made, and then checks as a client does.
func (b bundle) look(_ context.Context, a *Authority) (State, string) {
	for _, name := range bundles {
		text, err := os.ReadFile(filepath.Join(b.machine.Root, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return CannotTell, err.Error()
		}
		if !a.same(decode(text)...) {
			return NotInstalled, ""
		}
		if err := b.machine.Verify(a); err != nil {
			return CannotTell, err.Error()
		}
		return Installed, ""
	}
	return CannotTell, "no bundle of authorities is known here: install the package ca-certificates"
}

// add copies the certificate and has the bundle made anew.
func (b bundle) add(ctx context.Context, a *Authority, old []*Authority) error {
	if b.dir == "" {
		if !b.machine.has("trust") {
			return errors.New("no way to change this system's authorities is known: install the package ca-certificates")
		}
		return b.machine.admin(ctx, "trust", "anchor", "--store", a.Path)
	}
	if err := b.clear(ctx, old); err != nil {
		return err
	}
	if err := b.machine.admin(ctx, "install", "-m", "0644", a.Path, b.file(a)); err != nil {
		return err
	}
	return b.machine.admin(ctx, b.update[0], b.update[1:]...)
}

// remove takes the copies away.
func (b bundle) remove(ctx context.Context, old []*Authority) error {
	if b.dir == "" {
		for _, a := range old {
			if state, _ := b.look(ctx, a); state == NotInstalled {
				continue
			}
			if err := b.machine.admin(ctx, "trust", "anchor", "--remove", a.Path); err != nil {
				return err
			}
		}
		return nil
	}
	before := b.there(old)
	if err := b.clear(ctx, old); err != nil || len(before) == 0 {
		return err
	}
	return b.machine.admin(ctx, b.update[0], b.update[1:]...)
}

// clear removes the copies of old, where there are any.
func (b bundle) clear(ctx context.Context, old []*Authority) error {
	files := b.there(old)
	if len(files) == 0 {
		return nil
	}
	return b.machine.admin(ctx, "rm", append([]string{"-f"}, files...)...)
}

// there are the copies that exist.
func (b bundle) there(old []*Authority) []string {
	var files []string
	for _, a := range old {
		if _, err := os.Lstat(b.file(a)); err == nil {
			files = append(files, b.file(a))
		}
	}
	return files
}

// file is where the copy of a is: the authorities of several users have names of
// their own.
func (b bundle) file(a *Authority) string {
	return filepath.Join(b.dir, strings.ReplaceAll(a.Cert.Subject.CommonName, " ", "-")+b.ext)
}

// keychain is the store of macOS, which Safari, Chrome and, since version 120,
// Firefox read: the user's own, for which nobody has to be an administrator.
func (m Machine) keychain() Store {
	file := filepath.Join(m.Home, "Library", "Keychains", "login.keychain-db")
	return Store{Name: "system", Path: file, Browser: true, kind: keychain{m, file}}
}

// keychain is driven by security(1).
type keychain struct {
	machine Machine
	file    string
}

const security = "/usr/bin/security"

// look finds the certificate by its digest, and then checks as a client does.
func (k keychain) look(ctx context.Context, a *Authority) (State, string) {
	list, err := k.machine.Run(ctx, security, "find-certificate", "-a", "-Z", "-c", a.Cert.Subject.CommonName, k.file)
	if err != nil && !strings.Contains(list, "could not be found") {
		return CannotTell, err.Error()
	}
	if !strings.Contains(list, strings.ReplaceAll(Fingerprint(a.Cert), ":", "")) {
		return NotInstalled, ""
	}
	if err := k.machine.Verify(a); err != nil {
		return NotInstalled, "the certificate is there, but not trusted: " + err.Error()
	}
	return Installed, ""
}

// add trusts the certificate for TLS; macOS asks for the user's password.
func (k keychain) add(ctx context.Context, a *Authority, old []*Authority) error {
	if err := k.remove(ctx, old); err != nil {
		return err
	}
	_, err := k.machine.Run(ctx, security, "add-trusted-cert", "-r", "trustRoot", "-p", "ssl", "-k", k.file, a.Path)
	return err
}

// remove takes out trust and certificate of what is there.
func (k keychain) remove(ctx context.Context, old []*Authority) error {
	var errs []error
	for _, a := range old {
		list, _ := k.machine.Run(ctx, security, "find-certificate", "-a", "-Z", "-c", a.Cert.Subject.CommonName, k.file)
		if !strings.Contains(list, strings.ReplaceAll(Fingerprint(a.Cert), ":", "")) {
			continue
		}
		_, untrust := k.machine.Run(ctx, security, "remove-trusted-cert", a.Path)
		_, err := k.machine.Run(ctx, security, "delete-certificate", "-Z", thumbprint(a), k.file)
		errs = append(errs, untrust, err)
	}
	return errors.Join(errs...)
}

// windowsRoot is the store of Windows that Edge, Chrome and, since version 120,
// Firefox read: the user's own, which needs no administrator.
func (m Machine) windowsRoot() Store {
	root := m.Getenv("SystemRoot")
	if root == "" {
		root = `C:\Windows`
	}
	// By its path: NSS has a program of the same name.
	return Store{Name: "system", Path: `CurrentUser\Root`, Browser: true, kind: windowsRoot{m, root + `\System32\certutil.exe`}}
}

// windowsRoot is driven by the system's certutil.
type windowsRoot struct {
	machine Machine
	tool    string
}

// notFound is CRYPT_E_NOT_FOUND, which certutil says of what is not in a store.
const notFound = "0x80092004"

// look finds the certificate by its digest, and then checks as a client does.
func (w windowsRoot) look(ctx context.Context, a *Authority) (State, string) {
	list, err := w.machine.Run(ctx, w.tool, "-user", "-store", "Root", thumbprint(a))
	switch {
	case err != nil && strings.Contains(strings.ToLower(list), notFound):
		return NotInstalled, ""
	case err != nil:
		return CannotTell, err.Error()
	}
	if err := w.machine.Verify(a); err != nil {
		return NotInstalled, "the certificate is there, but not trusted: " + err.Error()
	}
	return Installed, ""
}

// add puts the certificate in; Windows shows a window and asks.
func (w windowsRoot) add(ctx context.Context, a *Authority, old []*Authority) error {
	if err := w.remove(ctx, old); err != nil {
		return err
	}
	_, err := w.machine.Run(ctx, w.tool, "-user", "-addstore", "Root", a.Path)
	return err
}

// remove takes out what is there.
func (w windowsRoot) remove(ctx context.Context, old []*Authority) error {
	var errs []error
	for _, a := range old {
		if list, err := w.machine.Run(ctx, w.tool, "-user", "-store", "Root", thumbprint(a)); err != nil {
			if !strings.Contains(strings.ToLower(list), notFound) {
				errs = append(errs, fmt.Errorf("look for %s: %w", a.Cert.Subject.CommonName, err))
			}
			continue
		}
		_, err := w.machine.Run(ctx, w.tool, "-user", "-delstore", "Root", thumbprint(a))
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
