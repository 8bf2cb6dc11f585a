package cert

import (
	"bufio"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// errNoCertutil says what to install to write the databases of browsers.
var errNoCertutil = errors.New("certutil is missing: install libnss3-tools (Debian, Ubuntu), nss-tools (Fedora, Alpine), nss (Arch) or mozilla-nss-tools (openSUSE)")

// nss is a database of Mozilla's Network Security Services, in which Chromium
// on Linux and Firefox keep what they trust.
type nss struct {
	machine Machine
	dir     string
	// reads is another database that the browser reads instead, where there is one.
	reads string
}

// trusted are the flags of an authority for servers, as certutil -t has them.
const trusted = "C,,"

// look lists the database.
func (n nss) look(ctx context.Context, a *Authority) (State, string) {
	if !n.machine.has("certutil") {
		return CannotTell, errNoCertutil.Error()
	}
	if !n.exists() {
		return NotInstalled, "the browser has made no database yet"
	}
	list, err := n.certutil(ctx, "-L")
	if err != nil {
		return CannotTell, err.Error()
	}
	name := a.Cert.Subject.CommonName
	flags, listed := nicknames(list)[name]
	if !listed {
		return NotInstalled, ""
	}
	text, err := n.certutil(ctx, "-L", "-n", name, "-a")
	if err != nil {
		return CannotTell, err.Error()
	}
	if !a.same(decode([]byte(text))...) {
		return NotInstalled, "another certificate has its name"
	}
	if server, _, _ := strings.Cut(flags, ","); !strings.Contains(server, "C") {
		return NotInstalled, "the certificate is there, but not trusted: where the browser has a primary password, run this at a terminal and type it, or import the certificate in the browser"
	}
	if n.reads != "" {
		return Installed, "the browser reads " + n.machine.short(n.reads) + " instead"
	}
	return Installed, ""
}

// add makes the database where there is none.
func (n nss) add(ctx context.Context, a *Authority, old []*Authority) error {
	if !n.machine.has("certutil") {
		return errNoCertutil
	}
	if !n.exists() {
		if err := os.MkdirAll(n.dir, 0o700); err != nil {
			return fmt.Errorf("make a database: %w", err)
		}
		if _, err := n.certutil(ctx, "-N", "--empty-password"); err != nil {
			return err
		}
	}
	// What is there under its name, such as one without trust, would stay.
	if err := n.remove(ctx, append([]*Authority{a}, old...)); err != nil {
		return err
	}
	_, err := n.certutil(ctx, "-A", "-t", trusted, "-n", a.Cert.Subject.CommonName, "-i", a.Path)
	return err
}

// remove takes out what is in.
func (n nss) remove(ctx context.Context, old []*Authority) error {
	if !n.machine.has("certutil") {
		return errNoCertutil
	}
	if !n.exists() {
		return nil
	}
	list, err := n.certutil(ctx, "-L")
	if err != nil {
		return err
	}
	there := nicknames(list)
	for _, a := range old {
		name := a.Cert.Subject.CommonName
		if _, ok := there[name]; ok {
			if _, err := n.certutil(ctx, "-D", "-n", name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (n nss) exists() bool {
	_, err := os.Stat(filepath.Join(n.dir, "cert9.db"))
	return err == nil
}

// certutil runs certutil on the database.
func (n nss) certutil(ctx context.Context, command string, args ...string) (string, error) {
	return n.machine.Run(ctx, "certutil", append([]string{command, "-d", "sql:" + n.dir}, args...)...)
}

// nicknames are the certificates in a list of certutil, with their flags.
func nicknames(list string) map[string]string {
	names := make(map[string]string)
	for in := bufio.NewScanner(strings.NewReader(list)); in.Scan(); {
		line := strings.TrimRight(in.Text(), " ")
		if at := strings.LastIndexByte(line, ' '); at > 0 && strings.Count(line[at:], ",") == 2 {
			names[strings.TrimSpace(line[:at])] = line[at+1:]
		}
	}
	return names
}

// decode are the certificates in a text.
func decode(text []byte) []*x509.Certificate {
	var certs []*x509.Certificate
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if c, err := x509.ParseCertificate(block.Bytes); err == nil {
			certs = append(certs, c)
		}
	}
	return certs
}

// chromiums are commands of browsers that read the database in the home folder.
const chromiums = "chromium chromium-browser google-chrome google-chrome-stable google-chrome-beta brave-browser microsoft-edge vivaldi opera"

// chromium are the databases of Chromium and its kin. Where a user has both
// ~/.pki/nssdb and the one below ~/.local/share, the former is what is read,
// and older versions know no other; so where there is none, that one is made.
func (m Machine) chromium() []Store {
	old, young := filepath.Join(m.Home, ".pki", "nssdb"), filepath.Join(m.xdg("XDG_DATA_HOME", ".local/share"), "pki", "nssdb")
	var stores []Store
	add := func(dir, reads string) {
		stores = append(stores, Store{Name: "Chromium", Path: dir, Browser: true, kind: nss{machine: m, dir: dir, reads: reads}})
	}
	switch {
	case folder(old) && folder(young):
		add(old, "")
		add(young, old)
	case folder(old):
		add(old, "")
	case folder(young):
		add(young, "")
	default:
		for name := range strings.FieldsSeq(chromiums) {
			if m.has(name) {
				add(old, "")
				break
			}
		}
	}
	// Snaps and Flatpaks have homes of their own.
	for _, pattern := range []string{
		"snap/*/current/.pki/nssdb", "snap/*/current/.local/share/pki/nssdb",
		".var/app/*/.pki/nssdb", ".var/app/*/data/pki/nssdb", ".var/app/*/.local/share/pki/nssdb",
	} {
		for _, dir := range m.glob(pattern) {
			add(dir, "")
		}
	}
	return stores
}

// firefox are the profiles of Firefox and its kin, wherever they come from.
// Since version 147 new ones are below the XDG configuration folder.
func (m Machine) firefox() []Store {
	var stores []Store
	for _, pattern := range []string{
		".mozilla/firefox/*", ".librewolf/*", ".waterfox/*", ".zen/*",
		"snap/firefox/common/.mozilla/firefox/*", "snap/firefox/common/.config/mozilla/firefox/*",
		".var/app/*/.mozilla/firefox/*", ".var/app/*/config/mozilla/firefox/*", ".var/app/*/.librewolf/*",
	} {
		stores = append(stores, m.profiles(m.glob(pattern))...)
	}
	config := m.xdg("XDG_CONFIG_HOME", ".config")
	for _, vendor := range []string{"mozilla/firefox", "librewolf/librewolf", "librewolf"} {
		found, err := filepath.Glob(filepath.Join(config, filepath.FromSlash(vendor), "*"))
		if err == nil {
			stores = append(stores, m.profiles(found)...)
		}
	}
	return stores
}

// profiles are those folders that have a database.
func (m Machine) profiles(dirs []string) []Store {
	var stores []Store
	for _, dir := range dirs {
		if n := (nss{machine: m, dir: dir}); n.exists() {
			stores = append(stores, Store{Name: "Firefox", Path: dir, Browser: true, kind: n})
		}
	}
	return stores
}

// glob finds what is below the home folder.
func (m Machine) glob(pattern string) []string {
	found, err := filepath.Glob(filepath.Join(m.Home, filepath.FromSlash(pattern)))
	if err != nil {
		return nil // a home folder with a bracket in its name
	}
	return found
}
