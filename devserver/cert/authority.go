// Package cert makes the certificates that the dev server shows on this
// machine, and has browsers trust them.
//
// Each user has an authority of their own. Its certificate is what the stores
// of the system and of browsers are given (Stores), once; its key stays in the
// user's configuration folder. It is constrained, in a way that browsers
// enforce, to the names of this machine (RFC 5280 §4.2.1.10): whoever steals
// the key can pretend to be localhost, and nobody else.
//
// A Source signs leaf certificates with it while the server runs, and renews
// them. What the authority may not sign for, a server that the author has
// opened to the network, gets a certificate signed by nobody.
package cert

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// NamePrefix is what the common names of all our authorities begin with; the
// rest, eight hexadecimal digits of the key's digest, tells them apart.
const NamePrefix = "etagere local CA "

const (
	// authorityLife is how long an authority is valid. When it ends, people have
	// to install the next: not often, and not never.
	authorityLife = 5 * 365 * 24 * time.Hour

	// authorityRest is how long before its end an authority is replaced: longer
	// than the life of the leaves that it signs.
	authorityRest = 30 * 24 * time.Hour

	// skew is how far a certificate reaches back, for clocks that differ.
	skew = time.Hour
)

// The files in the folder of an authority.
const (
	keyFile    = "ca.key"    // key and certificate: the authority
	certFile   = "ca.pem"    // the certificate again, for everybody to read
	formerDir  = "former"    // certificates of authorities before this one
	leafFile   = "leaf.pem"  // key and certificate shown for the names of this machine
	publicFile = "lan.pem"   // key and certificate shown to other machines
	markFile   = "installed" // fingerprint of the certificate that was installed last
)

// Authority signs certificates for the names of this machine.
type Authority struct {
	// Cert is the authority's certificate.
	Cert *x509.Certificate

	// Path is the file with Cert in PEM. It is empty where nothing could be kept.
	Path string

	dir string
	key *ecdsa.PrivateKey
}

// Dir is the folder of this user's authority: etagere in os.UserConfigDir.
func Dir() (string, error) {
	base, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find the folder for the local authority: %w", err)
	}
	return filepath.Join(base, "etagere"), nil
}

// Open returns the authority in dir, and makes it where there is none, where it
// is damaged and where its end is near; the last two are told to notice. Several
// processes that open one folder at once get the same authority.
func Open(dir string, now time.Time, notice func(string)) (*Authority, error) {
	if a, err := Load(dir, now); err == nil {
		return a, a.tidy(notice)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the local authority: %w", err)
	}
	if err := private(dir); err != nil {
		return nil, err
	}
	unlock, err := lock(filepath.Join(dir, "lock"))
	if err != nil {
		return nil, err
	}
	defer unlock()
	a, err := Load(dir, now) // somebody else may have made it meanwhile
	switch {
	case err == nil:
		return a, a.tidy(notice)
	case errors.Is(err, os.ErrPermission):
		return nil, err
	case !errors.Is(err, os.ErrNotExist):
		notice(fmt.Sprintf("%v: a new authority takes its place; run \"etagere cert install\" again", err))
		if err := retire(dir); err != nil {
			return nil, err
		}
	}
	if a, err = create(now); err != nil {
		return nil, err
	}
	return a, a.save(dir)
}

// Load returns the authority in dir. Where there is none, the error is
// os.ErrNotExist; else it says what is wrong with the one that is there.
func Load(dir string, now time.Time) (*Authority, error) {
	name := filepath.Join(dir, keyFile)
	pair, err := readPair(name)
	if err != nil {
		return nil, err
	}
	c := pair.cert
	switch {
	case !c.IsCA || !strings.HasPrefix(c.Subject.CommonName, NamePrefix) || !constrained(c):
		return nil, fmt.Errorf("%s holds no authority of ours", name)
	case now.Before(c.NotBefore) || now.After(c.NotAfter.Add(-authorityRest)):
		return nil, fmt.Errorf("the authority in %s is valid from %s to %s", name, c.NotBefore.Format(time.DateOnly), c.NotAfter.Format(time.DateOnly))
	}
	return &Authority{Cert: c, Path: filepath.Join(dir, certFile), dir: dir, key: pair.key}, nil
}

// Former are the authorities that were in dir before, as far as they can be
// read. They cannot sign any more.
func Former(dir string) []*Authority {
	names, err := filepath.Glob(filepath.Join(dir, formerDir, "*.pem"))
	if err != nil {
		return nil
	}
	var former []*Authority
	for _, name := range names {
		if c, err := readCert(name); err == nil {
			former = append(former, &Authority{Cert: c, Path: name, dir: dir})
		}
	}
	return former
}

// Fingerprint is the SHA-256 digest of a certificate as browsers show it.
func Fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	var b strings.Builder
	for i, v := range sum {
		if i > 0 {
			b.WriteByte(':')
		}
		fmt.Fprintf(&b, "%02X", v)
	}
	return b.String()
}

// thumbprint is the SHA-1 digest of an authority's certificate, by which the
// tools of Windows and macOS name certificates.
func thumbprint(a *Authority) string {
	sum := sha1.Sum(a.Cert.Raw)
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// loopback are the networks that a certificate of ours may be for.
func loopback() []*net.IPNet {
	return []*net.IPNet{
		{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)},
		{IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)},
	}
}

// constrained reports whether c may sign for this machine and nothing else.
func constrained(c *x509.Certificate) bool {
	return c.PermittedDNSDomainsCritical && len(c.PermittedDNSDomains) == 1 && c.PermittedDNSDomains[0] == "localhost" &&
		len(c.PermittedIPRanges) == len(loopback())
}

// create makes an authority that is kept nowhere.
func create(now time.Time) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the key of the local authority: %w", err)
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("make the key of the local authority: %w", err)
	}
	id := sha256.Sum256(public)
	serial, err := serial()
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		// The name differs from key to key: stores confuse authorities of one name.
		Subject:               pkix.Name{CommonName: NamePrefix + hex.EncodeToString(id[:4]), Organization: []string{"etagere development certificate"}},
		NotBefore:             now.Add(-skew),
		NotAfter:              now.Add(authorityLife),
		IsCA:                  true,
		MaxPathLenZero:        true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},

		// A constraint on a name includes all names below it (RFC 5280 §4.2.1.10).
		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         []string{"localhost"},
		PermittedIPRanges:           loopback(),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("make the local authority: %w", err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("make the local authority: %w", err)
	}
	return &Authority{Cert: c, key: key}, nil
}

// serial is a random serial number of 127 bits (RFC 5280 §4.1.2.2).
func serial() (*big.Int, error) {
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("make a serial number: %w", err)
	}
	return n, nil
}

// save keeps a in dir.
func (a *Authority) save(dir string) error {
	if err := writePair(filepath.Join(dir, keyFile), pair{a.Cert, a.key}); err != nil {
		return err
	}
	a.dir, a.Path = dir, filepath.Join(dir, certFile)
	return writeFile(a.Path, encodeCert(a.Cert), 0o644)
}

// tidy sets right what lies around the key: its permissions, of which it tells
// where others could have read it, and the copy of the certificate.
func (a *Authority) tidy(notice func(string)) error {
	if err := private(a.dir); err != nil {
		return err
	}
	name := filepath.Join(a.dir, keyFile)
	info, err := os.Stat(name)
	if err != nil {
		return fmt.Errorf("look at the local authority: %w", err)
	}
	if !ownerOnly(info.Mode()) {
		if err := os.Chmod(name, 0o600); err != nil {
			return fmt.Errorf("keep the key of the local authority secret: %w", err)
		}
		notice(fmt.Sprintf("%s was open to others and is no longer", name))
	}
	if now, err := os.ReadFile(a.Path); err == nil && bytes.Equal(now, encodeCert(a.Cert)) {
		return nil
	}
	return writeFile(a.Path, encodeCert(a.Cert), 0o644)
}

// retire moves the certificate of the authority in dir to those of former ones,
// so that it can still be taken out of stores.
func retire(dir string) error {
	name := filepath.Join(dir, certFile)
	c, err := readCert(name)
	if err != nil {
		return nil // nobody can have installed it from there
	}
	to := filepath.Join(dir, formerDir, hex.EncodeToString(c.SerialNumber.Bytes())+".pem")
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return fmt.Errorf("keep the certificate of the former authority: %w", err)
	}
	if err := os.Rename(name, to); err != nil {
		return fmt.Errorf("keep the certificate of the former authority: %w", err)
	}
	return nil
}

// encodeCert is c in PEM.
func encodeCert(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}
