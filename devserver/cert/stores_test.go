package cert

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/etagere/etagere/builder/sitetest"
)

// pretended is a machine in a folder. Commands are recorded, and done by run.
type pretended struct {
	t        *testing.T
	programs []string // those that are there, beside those that run does
	recorded []string
	run      func(name string, args []string) (string, error)
	trusts   *x509.CertPool // what the system's clients trust
	env      map[string]string
	Machine
}

// pretend makes a machine of a system without anything.
func pretend(t *testing.T, os string) *pretended {
	t.Helper()
	p := &pretended{t: t, trusts: x509.NewCertPool(), env: make(map[string]string)}
	p.run = func(string, []string) (string, error) { return "", nil }
	root := t.TempDir()
	p.Machine = Machine{
		OS: os, Home: filepath.Join(root, "home"), Root: filepath.Join(root, "root"), Admin: true,
		Getenv: func(key string) string { return p.env[key] },
		LookPath: func(name string) (string, error) {
			if slices.Contains(p.programs, name) {
				return "/usr/bin/" + name, nil
			}
			return "", exec.ErrNotFound
		},
		Run: func(_ context.Context, name string, args ...string) (string, error) {
			p.recorded = append(p.recorded, strings.Join(append([]string{name}, args...), " "))
			return p.run(name, args)
		},
		Verify: func(a *Authority) error {
			leaf, err := (&Source{authority: a}).make([]string{"localhost"}, noon)
			if err != nil {
				return err
			}
			_, err = leaf.cert.Verify(x509.VerifyOptions{DNSName: "localhost", Roots: p.trusts, CurrentTime: noon})
			return err
		},
	}
	return p
}

// folder makes a folder below the home folder, or the root where it begins with /.
func (p *pretended) folder(name string) string {
	p.t.Helper()
	dir := filepath.Join(p.Home, filepath.FromSlash(name))
	if strings.HasPrefix(name, "/") {
		dir = filepath.Join(p.Root, filepath.FromSlash(name))
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		p.t.Fatal(err)
	}
	return dir
}

// database makes a database of NSS.
func (p *pretended) database(name string, args ...string) string {
	p.t.Helper()
	dir := p.folder(name)
	if len(args) == 0 {
		args = []string{"--empty-password"}
	}
	if out, err := exec.Command("certutil", append([]string{"-N", "-d", "sql:" + dir}, args...)...).CombinedOutput(); err != nil {
		p.t.Fatalf("%v: %s", err, out)
	}
	return dir
}

// real has the machine's commands done by those of this one.
func (p *pretended) real(programs ...string) {
	p.programs = append(p.programs, programs...)
	p.run = func(name string, args []string) (string, error) {
		return runCommand(p.t.Context(), name, args...)
	}
}

// look is how it stands with the stores, by their paths from home.
func (p *pretended) look(a *Authority) map[string]string {
	p.t.Helper()
	states := make(map[string]string)
	for _, s := range p.Stores(false) {
		r := s.Look(p.t.Context(), a)
		path, err := filepath.Rel(p.Home, s.Path)
		if err != nil {
			p.t.Fatal(err)
		}
		states[s.Name+" "+filepath.ToSlash(path)] = strings.TrimRight(string(r.State)+" "+r.Detail, " ")
	}
	return states
}

// TestDatabases: where Chromium and Firefox keep what they trust, with the
// certutil that there is.
func TestDatabases(t *testing.T) {
	sitetest.Program(t, "certutil")
	p := pretend(t, "linux")
	p.real("certutil")
	if s := p.look(open(t, p.folder("config"))); len(s) != 0 {
		t.Errorf("stores of nobody: %v", s)
	}
	for _, dir := range []string{
		".pki/nssdb", ".local/share/pki/nssdb", "snap/chromium/current/.pki/nssdb", ".var/app/org.chromium.Chromium/data/pki/nssdb",
		".mozilla/firefox/abc.default", ".config/mozilla/firefox/xyz.default", "snap/firefox/common/.mozilla/firefox/s.default",
		".var/app/org.mozilla.firefox/.mozilla/firefox/f.default", ".librewolf/l.default",
	} {
		p.database(dir)
	}
	p.folder(".mozilla/firefox/Crash Reports") // no profile
	a := open(t, p.folder("config"))
	states := p.look(a)
	if len(states) != 9 {
		t.Errorf("got %d stores: %v", len(states), states)
	}
	for path, state := range states {
		if state != "not installed" {
			t.Errorf("%s: %s", path, state)
		}
	}

	// An authority that was damaged was here before.
	former := filepath.Join(a.dir, formerDir)
	stale := open(t, p.folder("stale"))
	if err := os.MkdirAll(former, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(former, "1.pem"), encodeCert(stale.Cert), 0o600); err != nil {
		t.Fatal(err)
	}
	var reports []Report
	first := p.Stores(false)[0]
	if r := first.Install(t.Context(), stale, nil); r.State != Installed {
		t.Fatalf("%+v", r)
	}
	for _, s := range p.Stores(false) {
		r := s.Install(t.Context(), a, Former(a.dir))
		if r.State != Installed || !r.Changed {
			t.Errorf("%s: %+v", s.Path, r)
		}
		reports = append(reports, r)
	}
	if r := first.Look(t.Context(), stale); r.State != NotInstalled {
		t.Errorf("the former one is %s", r.State)
	}
	if r := first.Install(t.Context(), a, nil); r.State != Installed || r.Changed {
		t.Errorf("again: %+v", r)
	}
	if got := p.look(a)["Chromium .local/share/pki/nssdb"]; got != "installed the browser reads ~/.pki/nssdb instead" {
		t.Errorf("the one that is not read: %s", got)
	}
	if err := a.Note(reports); err != nil {
		t.Fatal(err)
	}
	if s, _ := clocked(t, Options{Dir: a.dir}); !s.Trusted() {
		t.Error("not thought to be trusted")
	}
	reports = nil
	for _, s := range p.Stores(false) {
		r := s.Uninstall(t.Context(), a, Former(a.dir))
		if r.State != NotInstalled || !r.Changed || r.Detail != "" {
			t.Errorf("%s: %+v", s.Path, r)
		}
		reports = append(reports, r)
	}
	if r := first.Uninstall(t.Context(), a, nil); r.State != NotInstalled || r.Changed {
		t.Errorf("again: %+v", r)
	}
	if err := a.Note(reports); err != nil {
		t.Fatal(err)
	}
	if s, _ := clocked(t, Options{Dir: a.dir}); s.Trusted() {
		t.Error("still thought to be trusted")
	}
}

// TestNewDatabase: a Chromium that has never run finds one when it does.
func TestNewDatabase(t *testing.T) {
	sitetest.Program(t, "certutil")
	p := pretend(t, "linux")
	p.real("certutil", "google-chrome")
	a := open(t, p.folder("config"))
	if got := p.look(a); got["Chromium .pki/nssdb"] != "not installed the browser has made no database yet" {
		t.Errorf("got %v", got)
	}
	if r := p.Stores(false)[0].Install(t.Context(), a, nil); r.State != Installed {
		t.Errorf("got %+v", r)
	}
	if got := p.look(a); len(got) != 1 || got["Chromium .pki/nssdb"] != "installed" {
		t.Errorf("got %v", got)
	}
}

// TestNeverSaysItWorked: whatever goes wrong, the report says so.
func TestNeverSaysItWorked(t *testing.T) {
	sitetest.Program(t, "certutil")
	password := func(p *pretended) string {
		name := filepath.Join(p.folder("."), "password")
		if err := os.WriteFile(name, []byte("secret123\n"), 0o600); err != nil {
			p.t.Fatal(err)
		}
		return name
	}
	for _, tt := range []struct {
		name   string
		make   func(p *pretended)
		state  State
		detail string
	}{
		{"no certutil", func(p *pretended) { p.database(".pki/nssdb"); p.programs = nil }, CannotTell, "install libnss3-tools"},
		{"a damaged database", func(p *pretended) {
			if err := os.WriteFile(filepath.Join(p.database(".pki/nssdb"), "cert9.db"), []byte("?"), 0o600); err != nil {
				p.t.Fatal(err)
			}
		}, CannotTell, "SEC_ERROR_BAD_DATABASE"},
		{"a primary password, and nobody to type it", func(p *pretended) {
			p.database(".mozilla/firefox/a.default", "-f", password(p))
			setsid, do := sitetest.Program(p.t, "setsid"), p.run
			p.run = func(name string, args []string) (string, error) { // without a terminal, wherever this runs
				return do(setsid, append([]string{"--wait", name}, args...))
			}
		}, NotInstalled, "primary password"},
		{"commands that do nothing", func(p *pretended) {
			p.database(".pki/nssdb")
			do := p.run
			p.run = func(name string, args []string) (string, error) {
				if args[0] == "-A" {
					return "", nil
				}
				return do(name, args)
			}
		}, NotInstalled, "said that it worked, and it did not"},
		{"a folder that cannot be made", func(p *pretended) {
			p.programs = append(p.programs, "chromium")
			if err := os.WriteFile(filepath.Join(p.folder("."), ".pki"), nil, 0o600); err != nil {
				p.t.Fatal(err)
			}
		}, NotInstalled, "make a database"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := pretend(t, "linux")
			p.real("certutil")
			tt.make(p)
			a := open(t, p.folder("config"))
			stores := p.Stores(false)
			if len(stores) != 1 {
				t.Fatalf("got %d stores", len(stores))
			}
			if r := stores[0].Install(t.Context(), a, nil); r.State != tt.state || !strings.Contains(r.Detail, tt.detail) {
				t.Errorf("got %s: %s", r.State, r.Detail)
			}
		})
	}
}

// TestDebian has the real update-ca-certificates work on folders of its own.
func TestDebian(t *testing.T) {
	tool := sitetest.Program(t, "update-ca-certificates")
	p := pretend(t, "linux")
	dir, out := p.folder("/usr/local/share/ca-certificates"), p.folder("/etc/ssl/certs")
	conf := filepath.Join(p.folder("/etc"), "ca-certificates.conf")
	if err := os.WriteFile(conf, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p.run = func(name string, args []string) (string, error) {
		if name == "update-ca-certificates" {
			name, args = tool, []string{"--localcertsdir", dir, "--etccertsdir", out, "--certsconf", conf, "--hooksdir", p.folder("/hooks")}
		}
		said, err := runCommand(t.Context(), name, args...)
		p.trusts = x509.NewCertPool()
		text, _ := os.ReadFile(filepath.Join(out, "ca-certificates.crt"))
		p.trusts.AppendCertsFromPEM(text)
		return said, err
	}
	a, other := open(t, p.folder("config")), open(t, p.folder("other"))
	s := p.Stores(true)[0]
	if r := s.Look(t.Context(), a); s.Path != dir || r.State != CannotTell {
		t.Errorf("%s: %+v", s.Path, r) // there is no bundle yet
	}
	for range 2 {
		if r := s.Install(t.Context(), other, nil); r.State != Installed {
			t.Fatalf("got %s: %s", r.State, r.Detail)
		}
		if r := s.Look(t.Context(), a); r.State != NotInstalled || r.Detail != "" {
			t.Errorf("got %s: %s", r.State, r.Detail)
		}
		if r := s.Install(t.Context(), a, nil); r.State != Installed {
			t.Fatalf("got %s: %s", r.State, r.Detail)
		}
		if r := s.Uninstall(t.Context(), a, nil); r.State != NotInstalled {
			t.Errorf("got %s: %s", r.State, r.Detail)
		}
	}
	if r := s.Look(t.Context(), other); r.State != Installed {
		t.Errorf("another user's authority is %s", r.State)
	}
	// In the bundle, but clients that verify say no: nobody says that it works.
	p.trusts = x509.NewCertPool()
	if r := s.Look(t.Context(), other); r.State != CannotTell || r.Detail == "" {
		t.Errorf("got %s: %s", r.State, r.Detail)
	}
}

// TestDistributions: what is run, and where, by the folders that are there.
func TestDistributions(t *testing.T) {
	for _, tt := range []struct {
		name, dir, bundle string
		programs          []string
		user              bool // who is not root
		want              []string
	}{
		{"Fedora", "/etc/pki/ca-trust/source/anchors", "/etc/pki/tls/certs/ca-bundle.crt", nil, false, []string{
			"install -m 0644 CA DIR/NAME.pem", "update-ca-trust extract",
		}},
		{"Debian, by sudo", "/usr/local/share/ca-certificates", "/etc/ssl/certs/ca-certificates.crt", []string{"sudo"}, true, []string{
			"/usr/bin/sudo -- install -m 0644 CA DIR/NAME.crt", "/usr/bin/sudo -- update-ca-certificates",
		}},
		{"Arch", "/etc/ca-certificates/trust-source/anchors", "/etc/ssl/certs/ca-certificates.crt", nil, false, []string{
			"install -m 0644 CA DIR/NAME.crt", "trust extract-compat",
		}},
		{"openSUSE", "/etc/pki/trust/anchors", "/var/lib/ca-certificates/ca-bundle.pem", nil, false, []string{
			"install -m 0644 CA DIR/NAME.pem", "update-ca-certificates",
		}},
		{"p11-kit alone", "", "/etc/ssl/cert.pem", []string{"trust"}, false, []string{"trust anchor --store CA"}},
		{"nothing that is known", "", "", nil, false, nil},
		{"no sudo", "/usr/local/share/ca-certificates", "/etc/ssl/certs/ca-certificates.crt", nil, true, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := pretend(t, "linux")
			p.Admin, p.programs = !tt.user, tt.programs
			a := open(t, p.folder("config"))
			bundle := filepath.Join(p.Root, tt.bundle)
			if tt.dir != "" {
				p.folder(tt.dir)
			}
			if tt.bundle != "" {
				p.folder(filepath.ToSlash(filepath.Dir(tt.bundle)))
				if err := os.WriteFile(bundle, nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			p.run = func(string, []string) (string, error) { // the last of the commands makes the bundle
				if len(p.recorded) < len(tt.want) {
					return "", nil
				}
				p.trusts.AddCert(a.Cert)
				return "", os.WriteFile(bundle, encodeCert(a.Cert), 0o600)
			}
			r := p.Stores(true)[0].Install(t.Context(), a, nil)
			want := strings.NewReplacer("CA", a.Path, "DIR", filepath.Join(p.Root, tt.dir), "NAME", strings.ReplaceAll(a.Cert.Subject.CommonName, " ", "-")).Replace(strings.Join(tt.want, "\n"))
			if got := strings.Join(p.recorded, "\n"); got != want {
				t.Errorf("ran\n%s\nwant\n%s", got, want)
			}
			if ok := tt.want != nil; (r.State == Installed) != ok || ok != (r.Detail == "") {
				t.Errorf("got %s: %s", r.State, r.Detail)
			}
		})
	}
}

// TestMacOS runs no command of macOS: it holds what would be run, and what is
// made of the answers, as security(1) documents them.
func TestMacOS(t *testing.T) {
	p := pretend(t, "darwin")
	a := open(t, p.folder("config"))
	keychain := filepath.Join(p.Home, "Library", "Keychains", "login.keychain-db")
	inside := false
	p.run = func(_ string, args []string) (string, error) {
		switch args[0] {
		case "find-certificate":
			if !inside {
				return "security: SecKeychainSearchCopyNext: The specified item could not be found in the keychain.\n", errors.New("exit status 44")
			}
			return fmt.Sprintf("SHA-256 hash: %s\nSHA-1 hash: %s\n", strings.ReplaceAll(Fingerprint(a.Cert), ":", ""), thumbprint(a)), nil
		case "add-trusted-cert":
			inside = true
			p.trusts.AddCert(a.Cert)
		case "delete-certificate":
			inside = false
		}
		return "", nil
	}
	stores := p.Stores(true)
	if len(stores) != 1 || !stores[0].Browser {
		t.Fatalf("got %+v", stores)
	}
	if r := stores[0].Install(t.Context(), a, nil); r.State != Installed {
		t.Errorf("got %s: %s", r.State, r.Detail)
	}
	if r := stores[0].Uninstall(t.Context(), a, nil); r.State != NotInstalled {
		t.Errorf("got %s: %s", r.State, r.Detail)
	}
	find := "/usr/bin/security find-certificate -a -Z -c " + a.Cert.Subject.CommonName + " " + keychain
	want := []string{
		find, "/usr/bin/security add-trusted-cert -r trustRoot -p ssl -k " + keychain + " " + a.Path, find,
		find, find, "/usr/bin/security remove-trusted-cert " + a.Path, "/usr/bin/security delete-certificate -Z " + thumbprint(a) + " " + keychain, find,
	}
	if !slices.Equal(p.recorded, want) {
		t.Errorf("ran\n%s\nwant\n%s", strings.Join(p.recorded, "\n"), strings.Join(want, "\n"))
	}
	// The user has pressed Cancel: the certificate is there, without trust.
	p.trusts, inside = x509.NewCertPool(), true
	if r := stores[0].Look(t.Context(), a); r.State != NotInstalled || !strings.Contains(r.Detail, "not trusted") {
		t.Errorf("got %s: %s", r.State, r.Detail)
	}
}

// TestWindows runs no command of Windows: it holds what would be run, and what
// is made of the answers, as certutil documents them.
func TestWindows(t *testing.T) {
	p := pretend(t, "windows")
	p.env["SystemRoot"] = `D:\Win`
	a := open(t, p.folder("config"))
	inside := false
	p.run = func(_ string, args []string) (string, error) {
		switch args[1] {
		case "-store":
			if !inside {
				return "CertUtil: -store command FAILED: 0x80092004 (-2146885628 CRYPT_E_NOT_FOUND)\n", errors.New("exit status 1")
			}
		case "-addstore":
			inside = true
			p.trusts.AddCert(a.Cert)
		case "-delstore":
			inside = false
		}
		return "", nil
	}
	s := p.Stores(true)[0]
	if r := s.Install(t.Context(), a, nil); r.State != Installed {
		t.Errorf("got %s: %s", r.State, r.Detail)
	}
	if r := s.Uninstall(t.Context(), a, nil); r.State != NotInstalled {
		t.Errorf("got %s: %s", r.State, r.Detail)
	}
	tool := `D:\Win\System32\certutil.exe -user `
	look := tool + "-store Root " + thumbprint(a)
	want := []string{look, tool + "-addstore Root " + a.Path, look, look, look, tool + "-delstore Root " + thumbprint(a), look}
	if !slices.Equal(p.recorded, want) {
		t.Errorf("ran\n%s\nwant\n%s", strings.Join(p.recorded, "\n"), strings.Join(want, "\n"))
	}
	p.run = func(string, []string) (string, error) { return "access denied", errors.New("exit status 5") }
	if r := s.Install(t.Context(), a, nil); r.State != CannotTell {
		t.Errorf("got %s: %s", r.State, r.Detail)
	}
}

// TestThisMachine only looks.
func TestThisMachine(t *testing.T) {
	m, err := ThisMachine()
	if err != nil {
		t.Fatal(err)
	}
	a, err := Open(t.TempDir(), time.Now(), func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Verify(a); err == nil {
		t.Error("the system trusts an authority that was just made")
	}
	if said, err := m.Run(t.Context(), "go", "nonsense"); err == nil || !strings.Contains(err.Error(), "go: exit status 2: ") || said == "" {
		t.Errorf("got %q, %v", said, err)
	}
	if m.has("no-such-program-anywhere") {
		t.Error("a program that isn't there is")
	}
}
