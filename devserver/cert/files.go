package cert

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// pair is a certificate with its key.
type pair struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// readPair reads a file that writePair has written.
func readPair(name string) (pair, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return pair{}, fmt.Errorf("read a key: %w", err)
	}
	var p pair
	for block, rest := pem.Decode(b); block != nil; block, rest = pem.Decode(rest) {
		switch block.Type {
		case "CERTIFICATE":
			p.cert, err = x509.ParseCertificate(block.Bytes)
		case "PRIVATE KEY":
			var key any
			if key, err = x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
				p.key, _ = key.(*ecdsa.PrivateKey)
			}
		}
		if err != nil {
			return pair{}, fmt.Errorf("%s is damaged: %w", name, err)
		}
	}
	if p.cert == nil || p.key == nil || !p.key.PublicKey.Equal(p.cert.PublicKey) {
		return pair{}, fmt.Errorf("%s is damaged: it holds no certificate with its key", name)
	}
	return p, nil
}

// writePair writes p into a file that its owner alone can read.
func writePair(name string, p pair) error {
	key, err := x509.MarshalPKCS8PrivateKey(p.key)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), encodeCert(p.cert)...)
	return writeFile(name, text, 0o600)
}

// readCert reads a certificate in PEM.
func readCert(name string) (*x509.Certificate, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read a certificate: %w", err)
	}
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, fmt.Errorf("%s holds no certificate", name)
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return c, nil
}

// writeFile puts a file in its place as a whole, so that nobody reads half of it.
func writeFile(name string, data []byte, mode os.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*~") // readable by its owner only
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", name, err), os.Remove(f.Name()))
	}
	return nil
}

// ownerOnly reports whether mode keeps others out. Windows has no such modes:
// there the user's configuration folder has an access list that does.
func ownerOnly(mode os.FileMode) bool {
	return runtime.GOOS == "windows" || mode.Perm()&0o077 == 0
}

// private closes a folder to others.
func private(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && !ownerOnly(info.Mode()) {
		err = os.Chmod(dir, 0o700)
	}
	if err != nil {
		return fmt.Errorf("keep the local authority secret: %w", err)
	}
	return nil
}

const (
	// lockWait is how long another process may take to make an authority.
	lockWait = 5 * time.Second

	// lockStale is the age of a lock whose owner has died.
	lockStale = 10 * time.Second
)

// lock makes the folder name, which no two processes can, and returns what
// removes it.
func lock(name string) (unlock func(), err error) {
	for limit := time.Now().Add(lockWait + lockStale); ; time.Sleep(10 * time.Millisecond) {
		err = os.Mkdir(name, 0o700)
		if err == nil {
			return func() { _ = os.Remove(name) }, nil
		}
		if !errors.Is(err, os.ErrExist) || time.Now().After(limit) {
			return nil, fmt.Errorf("lock the local authority: %w", err)
		}
		if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > lockStale {
			_ = os.Remove(name)
		}
	}
}
