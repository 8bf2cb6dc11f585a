package livereload

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
)

// sum digests a sequence of byte strings, each with its length.
type sum struct{ h hash.Hash }

func newSum() sum { return sum{sha256.New()} }

func (s sum) add(b []byte) {
	var n [8]byte
	binary.LittleEndian.PutUint64(n[:], uint64(len(b)))
	s.h.Write(n[:])
	s.h.Write(b)
}

// String is the first 80 bits of the digest, enough to tell builds apart.
func (s sum) String() string { return hex.EncodeToString(s.h.Sum(nil)[:10]) }
