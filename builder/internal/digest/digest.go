// Package digest gives every input, fact and result of a build its identity.
//
// A Digest is the SHA-256 of a content. Two contents with equal digests are
// the same content everywhere in étagère: on disk, in memory, in a manifest.
package digest

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"io"
	"math"
	"time"
)

// Digest identifies a content. The zero Digest means "there is none", so a
// look-up that finds nothing has an identity too.
type Digest [sha256.Size]byte

// IsZero reports whether d stands for "there is none".
func (d Digest) IsZero() bool { return d == Digest{} }

// String is the digest in lower-case hexadecimal, 64 characters.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// base32Lower is base32 (RFC 4648 §6) in lower case, without padding: safe in
// a file name on a file system that ignores case.
var base32Lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Short is the first 16 characters of the digest in lower-case base32: the
// 80 bits that fingerprinted file names carry.
func (d Digest) Short() string { return base32Lower.EncodeToString(d[:10]) }

// Parse reads what String wrote. It reports false for anything else.
func Parse(s string) (Digest, bool) {
	var d Digest
	if len(s) != 2*len(d) {
		return Digest{}, false
	}
	if _, err := hex.Decode(d[:], []byte(s)); err != nil {
		return Digest{}, false
	}
	return d, true
}

// Of is the digest of the bytes b.
func Of(b []byte) Digest { return sha256.Sum256(b) }

// OfString is the digest of the bytes of s.
func OfString(s string) Digest {
	h := New()
	_, _ = io.WriteString(h.h, s)
	return h.Sum()
}

// Hasher digests a sequence of values. Each value is written with its length,
// so that ("ab", "c") and ("a", "bc") differ. Make one with New.
type Hasher struct {
	h   hash.Hash
	buf [10]byte
}

// New returns an empty Hasher.
func New() *Hasher { return &Hasher{h: sha256.New()} }

// String adds s.
func (h *Hasher) String(s string) *Hasher {
	h.Int(int64(len(s)))
	_, _ = io.WriteString(h.h, s)
	return h
}

// Strings adds the number of strings and each of them.
func (h *Hasher) Strings(list []string) *Hasher {
	h.Int(int64(len(list)))
	for _, s := range list {
		h.String(s)
	}
	return h
}

// Bytes adds b.
func (h *Hasher) Bytes(b []byte) *Hasher {
	h.Int(int64(len(b)))
	_, _ = h.h.Write(b)
	return h
}

// Int adds n.
func (h *Hasher) Int(n int64) *Hasher {
	_, _ = h.h.Write(h.buf[:binary.PutVarint(h.buf[:], n)])
	return h
}

// Float adds f by its bits.
func (h *Hasher) Float(f float64) *Hasher { return h.Int(int64(math.Float64bits(f))) }

// Bool adds b.
func (h *Hasher) Bool(b bool) *Hasher {
	if b {
		return h.Int(1)
	}
	return h.Int(0)
}

// Time adds the instant t together with its offset from UTC, because both can
// be seen when t is formatted. The zero time is a value like any other.
func (h *Hasher) Time(t time.Time) *Hasher {
	if t.IsZero() {
		return h.Int(-1)
	}
	_, offset := t.Zone()
	return h.Int(t.Unix()).Int(int64(t.Nanosecond())).Int(int64(offset))
}

// Digest adds d.
func (h *Hasher) Digest(d Digest) *Hasher {
	_, _ = h.h.Write(d[:])
	return h
}

// Sum is the digest of all that was added so far.
func (h *Hasher) Sum() Digest {
	var d Digest
	h.h.Sum(d[:0])
	return d
}
