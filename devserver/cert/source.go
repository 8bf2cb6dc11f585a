package cert

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
)

const (
	// leafLife is how long a leaf is valid.
	leafLife = 14 * 24 * time.Hour

	// leafRest is how long before its end a leaf is renewed: a server that
	// nobody talks to for days has a valid one all the same.
	leafRest = 7 * 24 * time.Hour

	// maxLeaves is how many leaves are kept for names that clients ask for.
	maxLeaves = 64
)

// Options are the choices of a Source.
type Options struct {
	// Dir is the folder of the authority. Where it is empty, or nothing can be
	// kept there, the certificates are those of one run, and no browser can be
	// made to trust them.
	Dir string

	// Hosts are names and addresses, beside those of the loopback, that the server
	// answers for: host names, IP addresses, with or without a port.
	Hosts []string

	// Notice is told what people should know. Nil discards it.
	Notice func(string)

	// Now is the clock. Nil means time.Now.
	Now func() time.Time
}

func (o Options) withDefaults() Options {
	if o.Notice == nil {
		o.Notice = func(string) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Source has a valid certificate for every connection. It is safe for
// concurrent use.
type Source struct {
	options Options
	hosts   []string // of Options, as they stand in certificates
	foreign []string // those of hosts that the authority may not sign for

	mu        sync.Mutex
	authority *Authority
	leaves    map[string]*tls.Certificate // by the name that they were made for
}

// NewSource opens the authority. Where that is not possible, it says so and makes
// one for this run: a server without HTTPS would be worse.
func NewSource(o Options) (*Source, error) {
	s := &Source{options: o.withDefaults(), leaves: make(map[string]*tls.Certificate)}
	for _, h := range o.Hosts {
		name := canonical(h)
		if ip, err := netip.ParseAddr(name); err == nil && ip.IsUnspecified() || slices.Contains(s.hosts, name) {
			continue // every address of this machine: which it is, the connection says
		}
		if name == "" || strings.ContainsFunc(name, func(c rune) bool { return c > unicode.MaxASCII || c <= ' ' }) {
			continue // no name that a client could ask for
		}
		s.hosts = append(s.hosts, name)
		if !signable(name) {
			s.foreign = append(s.foreign, name)
		}
	}
	if err := s.open(); err != nil {
		return nil, err
	}
	if len(s.foreign) > 0 {
		s.options.Notice(fmt.Sprintf("https for %s has a certificate that no browser trusts: the local authority signs for this machine's own names only", strings.Join(s.foreign, ", ")))
	}
	return s, nil
}

// open makes the authority that is on disk the source's.
func (s *Source) open() error {
	now := s.options.Now()
	if s.options.Dir != "" {
		a, err := Open(s.options.Dir, now, s.options.Notice)
		if err == nil {
			s.authority = a
			return nil
		}
		s.options.Notice(fmt.Sprintf("certificates are made for this run only: %v", err))
	}
	a, err := create(now)
	if err != nil {
		return err
	}
	s.authority, s.options.Dir = a, ""
	return nil
}

// Authority is what signs.
func (s *Source) Authority() *Authority {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.authority
}

// Certificate is the one for a connection, as tls.Config.GetCertificate wants
// it: by the name that the client asks for or, where it asks for an address and
// so says nothing (RFC 6066 §3), by the address that it has come to.
func (s *Source) Certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	name := canonical(hello.ServerName)
	if name == "" && hello.Conn != nil {
		name = canonical(hello.Conn.LocalAddr().String())
	}
	return s.leaf(name)
}

// leaf is the certificate for name, made or renewed where it has to be. A name
// that is not ours gets the one for localhost: a client that goes on with it is
// told in HTTP.
func (s *Source) leaf(name string) (*tls.Certificate, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kind, names := s.names(name)
	now := s.options.Now()
	if c := s.leaves[kind]; c != nil && fresh(c.Leaf, now) {
		return c, nil
	}
	if s.authority.Cert.NotAfter.Before(now.Add(authorityRest)) || s.leaves[kind] != nil {
		// Renewing is the time to see whether another process has replaced it.
		if err := s.open(); err != nil {
			return nil, err
		}
	}
	if len(s.leaves) >= maxLeaves {
		clear(s.leaves)
	}
	c, err := s.kept(kind, names, now)
	if err != nil {
		return nil, err
	}
	s.leaves[kind] = c
	return c, nil
}

// names are what the certificate for name is for, and the file that it is kept
// in; where kind is no file name, it is kept nowhere.
func (s *Source) names(name string) (kind string, names []string) {
	own := []string{"localhost", "*.localhost", "127.0.0.1", "::1"}
	for _, h := range s.hosts {
		if signable(h) && !slices.Contains(own, h) {
			own = append(own, h)
		}
	}
	ip, err := netip.ParseAddr(name)
	switch {
	case signable(name) && !slices.Contains(own, name):
		// Browsers take no wildcard directly below a top-level domain, and a
		// wildcard stands for one label only: the name has to be there as it is.
		return name, append(own, name)
	case slices.Contains(s.foreign, name):
		return publicFile, s.foreign
	case err == nil && !ip.Unmap().IsLoopback():
		return "lan-" + strings.ReplaceAll(name, ":", "-") + ".pem", append(slices.Clone(s.foreign), name)
	}
	return leafFile, own
}

// kept is the certificate for names from the file kind, or a new one. Those that
// are kept have a file so that a browser that was told to go on, trust or not,
// need not be told at every start.
func (s *Source) kept(kind string, names []string, now time.Time) (*tls.Certificate, error) {
	file := ""
	if s.options.Dir != "" && strings.HasSuffix(kind, ".pem") {
		file = filepath.Join(s.options.Dir, kind)
		if p, err := readPair(file); err == nil && fresh(p.cert, now) && s.signed(p.cert) && slices.Equal(alternatives(p.cert), sorted(names)) {
			return p.forTLS(), nil
		}
	}
	p, err := s.make(names, now)
	if err != nil {
		return nil, err
	}
	if file != "" {
		if err := writePair(file, p); err != nil {
			s.options.Notice(fmt.Sprintf("the certificate is for this run only: %v", err))
		}
	}
	return p.forTLS(), nil
}

// signed reports whether c is from our authority, or from nobody, as its names
// demand.
func (s *Source) signed(c *x509.Certificate) bool {
	if slices.ContainsFunc(alternatives(c), func(n string) bool { return !signable(n) }) {
		return bytes.Equal(c.RawIssuer, c.RawSubject)
	}
	return c.CheckSignatureFrom(s.authority.Cert) == nil
}

// make is a new certificate for names, signed by the authority where it may.
func (s *Source) make(names []string, now time.Time) (pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return pair{}, fmt.Errorf("make the key of a certificate: %w", err)
	}
	number, err := serial()
	if err != nil {
		return pair{}, err
	}
	template := &x509.Certificate{
		SerialNumber:          number,
		Subject:               pkix.Name{CommonName: "etagere dev server", Organization: []string{"etagere development certificate"}},
		NotBefore:             now.Add(-skew),
		NotAfter:              now.Add(leafLife),
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	parent, signer := s.authority.Cert, s.authority.key
	for _, n := range names {
		if !signable(n) {
			parent, signer = template, key
		}
		if ip := net.ParseIP(n); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, n)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		return pair{}, fmt.Errorf("sign a certificate: %w", err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return pair{}, fmt.Errorf("sign a certificate: %w", err)
	}
	return pair{c, key}, nil
}

// forTLS is p as crypto/tls shows it. The authority is not sent along: whoever
// trusts it has it.
func (p pair) forTLS() *tls.Certificate {
	return &tls.Certificate{Certificate: [][]byte{p.cert.Raw}, PrivateKey: p.key, Leaf: p.cert}
}

// fresh reports whether c is valid and not to be renewed yet.
func fresh(c *x509.Certificate, now time.Time) bool {
	return now.After(c.NotBefore) && now.Before(c.NotAfter.Add(-leafRest))
}

// alternatives are the names that c is for, sorted.
func alternatives(c *x509.Certificate) []string {
	names := slices.Clone(c.DNSNames)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	return sorted(names)
}

func sorted(names []string) []string { return slices.Sorted(slices.Values(names)) }

// canonical is a host with or without port, brackets, capitals and trailing dot
// as it stands in certificates.
func canonical(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().WithZone("").String()
	}
	return host
}

// signable reports whether the authority may sign for a canonical name.
func signable(name string) bool {
	if ip, err := netip.ParseAddr(name); err == nil {
		return ip.IsLoopback()
	}
	if name == "localhost" {
		return true
	}
	below, ok := strings.CutSuffix(name, ".localhost")
	return ok && below != "" && (below == "*" || !strings.ContainsFunc(below, func(c rune) bool {
		return c != '.' && c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && c != '_'
	})) && !strings.Contains("."+below+".", "..")
}

// Trusted reports whether the authority is the one that Install has last had
// confirmed. Nobody is asked: it is what a server can say at its start.
func (s *Source) Trusted() bool {
	if s.options.Dir == "" {
		return false
	}
	mark, err := os.ReadFile(filepath.Join(s.options.Dir, markFile))
	return err == nil && strings.TrimSpace(string(mark)) == Fingerprint(s.Authority().Cert)
}
