package cert

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// noon is when the tests begin.
var noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// open opens the authority in dir, and wants nothing said.
func open(t *testing.T, dir string) *Authority {
	t.Helper()
	a, err := Open(dir, noon, func(m string) { t.Errorf("said %q", m) })
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestOpen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "config", "etagere")
	if _, err := Load(dir, noon); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	a := open(t, dir)
	if b := open(t, dir); !b.Cert.Equal(a.Cert) || !b.key.Equal(a.key) {
		t.Error("the second time it is another")
	}
	c := a.Cert
	if !c.IsCA || !c.MaxPathLenZero || c.KeyUsage != x509.KeyUsageCertSign || !constrained(c) || c.PublicKeyAlgorithm != x509.ECDSA {
		t.Errorf("got %+v", c)
	}
	if !strings.HasPrefix(c.Subject.CommonName, NamePrefix) || len(c.Subject.CommonName) != len(NamePrefix)+8 {
		t.Errorf("got name %q", c.Subject.CommonName)
	}
	if kept, err := readCert(a.Path); err != nil || !kept.Equal(c) {
		t.Errorf("%s: got %v, %v", a.Path, kept, err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	for name, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, keyFile): 0o600, a.Path: 0o644} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: got %v, %v, want %v", name, info.Mode(), err, want)
		}
	}
	// A key that others could read is closed again, and a copy that is gone comes back.
	for _, name := range []string{dir, filepath.Join(dir, keyFile)} {
		if err := os.Chmod(name, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(a.Path); err != nil {
		t.Fatal(err)
	}
	var said []string
	if b, err := Open(dir, noon, func(m string) { said = append(said, m) }); err != nil || !b.Cert.Equal(c) || len(said) != 1 {
		t.Errorf("got %v, said %q", err, said)
	}
	open(t, dir)
	if _, err := os.Stat(a.Path); err != nil {
		t.Error(err)
	}
}

// TestDamage: whatever is wrong with the files, there is an authority
// afterwards, one message, and the old one can still be uninstalled.
func TestDamage(t *testing.T) {
	edit := func(change func([]byte) []byte) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			name := filepath.Join(dir, keyFile)
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, change(b), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, tt := range []struct {
		name   string
		damage func(t *testing.T, dir string)
		says   string
	}{
		{"empty", edit(func([]byte) []byte { return nil }), "is damaged"},
		{"half", edit(func(b []byte) []byte { return b[:len(b)/2] }), "is damaged"},
		{"garbage", edit(func(b []byte) []byte { return bytes.Repeat([]byte{0, 0xff, '\n'}, 500) }), "is damaged"},
		{"a flipped byte", edit(func(b []byte) []byte { b[100] ^= 1; return b }), "is damaged"},
		{"another key", func(t *testing.T, dir string) {
			a, b := open(t, dir), open(t, t.TempDir())
			if err := writePair(filepath.Join(dir, keyFile), pair{a.Cert, b.key}); err != nil {
				t.Fatal(err)
			}
		}, "no certificate with its key"},
		{"an authority without constraints", func(t *testing.T, dir string) {
			a := open(t, dir)
			loose := *a.Cert
			loose.PermittedDNSDomains, loose.PermittedIPRanges, loose.PermittedDNSDomainsCritical = nil, nil, false
			loose.ExtraExtensions, loose.Extensions = nil, nil
			der, err := x509.CreateCertificate(zeros{}, &loose, &loose, &a.key.PublicKey, a.key)
			if err != nil {
				t.Fatal(err)
			}
			c, err := x509.ParseCertificate(der)
			if err != nil {
				t.Fatal(err)
			}
			if err := writePair(filepath.Join(dir, keyFile), pair{c, a.key}); err != nil {
				t.Fatal(err)
			}
		}, "no authority of ours"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			old := open(t, dir)
			tt.damage(t, dir)
			var said []string
			a, err := Open(dir, noon, func(m string) { said = append(said, m) })
			if err != nil {
				t.Fatal(err)
			}
			if a.Cert.Equal(old.Cert) || len(said) != 1 || !strings.Contains(said[0], tt.says) || !strings.Contains(said[0], "etagere cert install") {
				t.Errorf("said %q", said)
			}
			if b := open(t, dir); !b.Cert.Equal(a.Cert) {
				t.Error("the new one is not kept")
			}
			if f := Former(dir); len(f) != 1 || !f[0].Cert.Equal(old.Cert) {
				t.Errorf("got %d former ones", len(f))
			}
		})
	}
}

// zeros is what needs no randomness.
type zeros struct{}

// Read fills p with zeros.
func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestAuthorityEnds(t *testing.T) {
	dir := t.TempDir()
	old := open(t, dir)
	later := noon.Add(authorityLife - authorityRest + time.Hour)
	var said []string
	a, err := Open(dir, later, func(m string) { said = append(said, m) })
	if err != nil || a.Cert.Equal(old.Cert) || len(said) != 1 || !strings.Contains(said[0], "is valid from 2026-01-31 to 2031-01-30") {
		t.Errorf("got %v, said %q", err, said)
	}
}

// TestOpenAtOnce: many that come at once, to nothing or to something damaged,
// get one authority.
func TestOpenAtOnce(t *testing.T) {
	for _, damaged := range []bool{false, true} {
		dir := t.TempDir()
		if damaged {
			if err := os.WriteFile(filepath.Join(dir, keyFile), []byte("?"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		var mu sync.Mutex
		prints, said := make(map[string]int), 0
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				a, err := Open(dir, noon, func(string) { mu.Lock(); said++; mu.Unlock() })
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
					return
				}
				prints[Fingerprint(a.Cert)]++
			})
		}
		wg.Wait()
		if want := map[bool]int{true: 1}[damaged]; len(prints) != 1 || said != want {
			t.Errorf("damaged %v: got %v, said %d times", damaged, prints, said)
		}
	}
}

// TestLockIsTakenOver: whoever died with the lock doesn't keep it.
func TestLockIsTakenOver(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "lock")
	if err := os.Mkdir(name, 0o700); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(name, old, old); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	if _, err := os.Stat(name); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// clocked is a source whose time the test sets.
func clocked(t *testing.T, o Options) (*Source, *time.Time) {
	t.Helper()
	now := noon
	o.Now = func() time.Time { return now }
	s, err := NewSource(o)
	if err != nil {
		t.Fatal(err)
	}
	return s, &now
}

// conn has a local address.
type conn struct {
	net.Conn
	ip string
}

// LocalAddr is where the connection has come in.
func (c conn) LocalAddr() net.Addr { return &net.TCPAddr{IP: net.ParseIP(c.ip), Port: 8443} }

func TestNames(t *testing.T) {
	var said []string
	s, _ := clocked(t, Options{
		Dir: t.TempDir(), Hosts: []string{"127.0.0.1:8443", "box.lan", "192.168.1.5:0", "Shop.Localhost.", "0.0.0.0:1", "", "bücher.lan", "box.lan:3"},
		Notice: func(m string) { said = append(said, m) },
	})
	if len(said) != 1 || !strings.Contains(said[0], "https for box.lan, 192.168.1.5 has") {
		t.Errorf("said %q", said)
	}
	trust := x509.NewCertPool()
	trust.AddCert(s.Authority().Cert)
	for _, tt := range []struct {
		sni, local string
		good       []string // names that a client which trusts the authority goes on with
		foreign    []string // names in a certificate that nobody has signed
	}{
		{"localhost", "127.0.0.1", []string{"localhost", "127.0.0.1", "::1", "docs.localhost", "shop.localhost"}, nil},
		{"LOCALHOST.", "127.0.0.1", []string{"localhost"}, nil},
		{"", "127.0.0.1", []string{"127.0.0.1", "::1"}, nil},
		{"", "::1", []string{"::1"}, nil},
		{"", "127.3.2.1", []string{"127.3.2.1", "127.0.0.1"}, nil},
		{"", "::ffff:127.0.0.1", []string{"127.0.0.1"}, nil},
		{"docs.localhost", "127.0.0.1", []string{"docs.localhost", "localhost"}, nil},
		{"a.b.localhost", "127.0.0.1", []string{"a.b.localhost", "localhost"}, nil},
		{"box.lan", "192.168.1.5", nil, []string{"box.lan", "192.168.1.5"}},
		{"", "192.168.1.5", nil, []string{"box.lan", "192.168.1.5"}},
		{"", "10.0.0.1", nil, []string{"10.0.0.1", "box.lan"}},
		{"", "fd00::1", nil, []string{"fd00::1"}},
		{"evil.example", "127.0.0.1", []string{"localhost"}, nil},
		{"evil..localhost", "127.0.0.1", []string{"localhost"}, nil},
	} {
		c, err := s.Certificate(&tls.ClientHelloInfo{ServerName: tt.sni, Conn: conn{ip: tt.local}})
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range tt.good {
			if _, err := c.Leaf.Verify(x509.VerifyOptions{DNSName: bracketed(name), Roots: trust, CurrentTime: noon}); err != nil {
				t.Errorf("%q at %s: %v", tt.sni, tt.local, err)
			}
		}
		for _, name := range tt.foreign {
			if err := c.Leaf.VerifyHostname(bracketed(name)); err != nil {
				t.Errorf("%q at %s: %v", tt.sni, tt.local, err)
			}
			if c.Leaf.IsCA || !bytes.Equal(c.Leaf.RawIssuer, c.Leaf.RawSubject) {
				t.Errorf("%q at %s: signed by %s", tt.sni, tt.local, c.Leaf.Issuer)
			}
		}
		if life := c.Leaf.NotAfter.Sub(c.Leaf.NotBefore); life > 15*24*time.Hour {
			t.Errorf("%q at %s: lives %v", tt.sni, tt.local, life)
		}
	}
}

// bracketed is a name as x509.Certificate.VerifyHostname wants it.
func bracketed(name string) string {
	if net.ParseIP(name) != nil {
		return "[" + name + "]"
	}
	return name
}

// TestConstraints: what the key signs for others is believed by nobody.
func TestConstraints(t *testing.T) {
	s, _ := clocked(t, Options{Dir: t.TempDir()})
	trust := x509.NewCertPool()
	trust.AddCert(s.Authority().Cert)
	for name, ok := range map[string]bool{
		"localhost": true, "x.localhost": true, "127.9.9.9": true, "::1": true,
		"example.org": false, "localhost.example.org": false, "notlocalhost": false, "128.0.0.1": false, "::2": false, "10.0.0.1": false,
	} {
		c := forge(t, s.authority, name)
		_, err := c.Leaf.Verify(x509.VerifyOptions{DNSName: bracketed(name), Roots: trust, CurrentTime: noon})
		if (err == nil) != ok {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// forge signs for a name without asking whether it may be.
func forge(t *testing.T, a *Authority, name string) *tls.Certificate {
	t.Helper()
	s := &Source{options: Options{Now: func() time.Time { return noon }}, authority: a}
	p, err := s.make([]string{"localhost"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	template := *p.cert
	template.DNSNames, template.IPAddresses, template.ExtraExtensions, template.Extensions = []string{name}, nil, nil, nil
	if ip := net.ParseIP(name); ip != nil {
		template.DNSNames, template.IPAddresses = nil, []net.IP{ip}
	}
	template.NotBefore, template.NotAfter = min2(noon, time.Now()), noon.Add(20*365*24*time.Hour)
	der, err := x509.CreateCertificate(zeros{}, &template, a.Cert, &p.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return pair{c, p.key}.forTLS()
}

func min2(a, b time.Time) time.Time {
	if a.Before(b) {
		return a.Add(-time.Hour)
	}
	return b.Add(-time.Hour)
}

// TestRenewal: leaves are kept over restarts, renewed in time, and made anew
// where they don't fit.
func TestRenewal(t *testing.T) {
	dir := t.TempDir()
	s, now := clocked(t, Options{Dir: dir})
	get := func(s *Source, name string) string {
		t.Helper()
		c, err := s.Certificate(&tls.ClientHelloInfo{ServerName: name})
		if err != nil {
			t.Fatal(err)
		}
		if !s.options.Now().Before(c.Leaf.NotAfter) {
			t.Errorf("ended on %v", c.Leaf.NotAfter)
		}
		return Fingerprint(c.Leaf)
	}
	first, other := get(s, "localhost"), get(s, "x.localhost")
	if get(s, "localhost") != first || get(s, "x.localhost") != other || other == first {
		t.Error("certificates are not kept")
	}
	again, _ := clocked(t, Options{Dir: dir})
	if get(again, "localhost") != first {
		t.Error("a restart changes the certificate")
	}
	*now = now.Add(leafLife - leafRest - time.Minute)
	if get(s, "localhost") != first {
		t.Error("renewed too early")
	}
	*now = now.Add(2 * time.Minute)
	second := get(s, "localhost")
	if second == first || get(s, "x.localhost") == other {
		t.Error("not renewed")
	}
	more, at := clocked(t, Options{Dir: dir, Hosts: []string{"shop.localhost"}})
	*at = *now
	if third := get(more, "shop.localhost"); third == second {
		t.Error("the certificate that is kept doesn't have the name that was asked for")
	}

	// Another process has replaced the authority: renewing finds it.
	if err := os.WriteFile(filepath.Join(dir, keyFile), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	replaced, err := Open(dir, *now, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	*now = now.Add(leafLife)
	get(s, "localhost")
	if !s.Authority().Cert.Equal(replaced.Cert) {
		t.Error("goes on with an authority that is no more")
	}
}

// TestManyNames: names that clients make up don't add up.
func TestManyNames(t *testing.T) {
	s, _ := clocked(t, Options{Dir: t.TempDir()})
	for i := range 3 * maxLeaves {
		if _, err := s.Certificate(&tls.ClientHelloInfo{ServerName: fmt.Sprintf("n%d.localhost", i)}); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.leaves) > maxLeaves {
		t.Errorf("%d leaves are kept", len(s.leaves))
	}
}

// TestNothingCanBeKept: there are certificates all the same, and word of it.
func TestNothingCanBeKept(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var said []string
	s, now := clocked(t, Options{Dir: filepath.Join(name, "etagere"), Notice: func(m string) { said = append(said, m) }})
	if len(said) != 1 || !strings.Contains(said[0], "for this run only") || s.Trusted() {
		t.Errorf("said %q", said)
	}
	for range 3 {
		if c, err := s.Certificate(&tls.ClientHelloInfo{}); err != nil || !now.Before(c.Leaf.NotAfter) {
			t.Errorf("got %v", err)
		}
		*now = now.Add(leafLife)
	}
}
