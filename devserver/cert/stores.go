package cert

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// State says whether a store has an authority, and trusts it.
type State string

// The states of a store.
const (
	Installed    State = "installed"
	NotInstalled State = "not installed"
	CannotTell   State = "cannot tell"
)

// Store is one place where programs look for authorities that they shall trust.
type Store struct {
	// Name is what people call it: "system", "Chromium", "Firefox".
	Name string

	// Path is where it is.
	Path string

	// Browser is set where browsers look.
	Browser bool

	kind kind
}

// kind knows how to handle a kind of store. What it does is believed only when
// look says so afterwards.
type kind interface {
	// look says how it stands with a, and why where that is not plain.
	look(ctx context.Context, a *Authority) (State, string)
	// add puts a in, and takes out old.
	add(ctx context.Context, a *Authority, old []*Authority) error
	// remove takes out all of old.
	remove(ctx context.Context, old []*Authority) error
}

// Report is how it stands with one store.
type Report struct {
	Store
	State State

	// Detail says more, such as what to do about it. It may be empty.
	Detail string

	// Changed is set where the state is new.
	Changed bool
}

// Look says how it stands with a in the store.
func (s Store) Look(ctx context.Context, a *Authority) Report {
	state, detail := s.kind.look(ctx, a)
	return Report{Store: s, State: state, Detail: detail}
}

// Install puts a into the store and takes out the authorities before it. The
// report is what a look shows afterwards, whatever the commands had to say.
func (s Store) Install(ctx context.Context, a *Authority, old []*Authority) Report {
	before := s.Look(ctx, a)
	if before.State == Installed {
		return before
	}
	err := s.kind.add(ctx, a, old)
	return s.after(ctx, a, before, Installed, err)
}

// Uninstall takes a and the authorities before it out of the store.
func (s Store) Uninstall(ctx context.Context, a *Authority, old []*Authority) Report {
	before := s.Look(ctx, a)
	err := s.kind.remove(ctx, append([]*Authority{a}, old...))
	return s.after(ctx, a, before, NotInstalled, err)
}

// after looks at what has become of the store. Err is what went wrong on the way.
func (s Store) after(ctx context.Context, a *Authority, before Report, want State, err error) Report {
	now := s.Look(ctx, a)
	now.Changed = now.State != before.State
	switch {
	case now.State == want:
		now.Detail = "" // whatever it was, it has not mattered
	case err != nil && now.Detail != "" && now.Detail != err.Error():
		now.Detail = fmt.Sprintf("%v; %s", err, now.Detail)
	case err != nil:
		now.Detail = err.Error()
	case now.Detail == "":
		now.Detail = "the commands said that it worked, and it did not"
	}
	return now
}

// Stores are those of m that matter: the system's, and those of browsers that
// are there. Without the system's, where system is not set.
func (m Machine) Stores(system bool) []Store {
	var stores []Store
	switch m.OS {
	case "darwin":
		stores = append(stores, m.keychain())
	case "windows":
		stores = append(stores, m.windowsRoot())
	default:
		if system {
			stores = append(stores, m.bundle())
		}
		stores = append(stores, m.chromium()...)
		stores = append(stores, m.firefox()...)
	}
	return stores
}

// verify is Machine.Verify of this machine.
func verify(a *Authority) error {
	source := &Source{authority: a}
	leaf, err := source.make([]string{"localhost"}, time.Now())
	if err != nil {
		return err
	}
	if _, err := leaf.cert.Verify(x509.VerifyOptions{DNSName: "localhost"}); err != nil {
		return fmt.Errorf("a TLS client with the system's authorities would refuse the certificate: %w", err)
	}
	return nil
}

// mark notes for Source.Trusted that browsers trust a, or no longer.
func mark(a *Authority, trusted bool) error {
	name := filepath.Join(a.dir, markFile)
	if trusted {
		return writeFile(name, []byte(Fingerprint(a.Cert)+"\n"), 0o644)
	}
	if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("note that the authority is trusted no longer: %w", err)
	}
	return nil
}

// Note keeps for the next start of a server whether browsers trust a.
func (a *Authority) Note(reports []Report) error {
	for _, r := range reports {
		if r.Browser && r.State == Installed {
			return mark(a, true)
		}
	}
	return mark(a, false)
}

// same reports whether one of certs is a's.
func (a *Authority) same(certs ...*x509.Certificate) bool {
	for _, c := range certs {
		if c.Equal(a.Cert) {
			return true
		}
	}
	return false
}
