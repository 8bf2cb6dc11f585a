package devserver

import (
	"container/list"
	"crypto/sha256"
	"sync"

	"github.com/etagere/etagere/builder/policy"
	"github.com/etagere/etagere/devserver/negotiate"
)

// Encoder puts bytes into content codings. It may be used by several goroutines.
type Encoder interface {
	// Codings are those it knows, the best first, by their registered names
	// (RFC 9110 §8.4.1).
	Codings() []string
	// Encode is data in one of them, nil where that gains nothing. Equal data makes
	// equal bytes.
	Encode(coding string, data []byte) ([]byte, error)
}

const (
	// minCoded is the size from which on a body is encoded: what fits in one packet
	// anyway is not sent any faster for it.
	minCoded = 1024

	// maxEncoded is how many bytes of encoded bodies are kept.
	maxEncoded = 32 << 20
)

// worthCoding reports whether a body gets smaller by a coding, as far as that
// can be said of its type and size.
func worthCoding(p *reply) bool {
	return len(p.body) >= minCoded && policy.Compressible(p.media)
}

// encoded keeps encoded bodies by the digest of what they were made of, the
// latest used of them. With a nil encoder it has none.
type encoded struct {
	encoder Encoder
	limit   int // bytes

	mu   sync.Mutex
	used *list.List // of *codedBody, the latest used first
	at   map[codedKey]*list.Element
	size int
}

type codedKey struct {
	sum    [sha256.Size]byte
	coding string
}

// codedBody is an encoded body; body is nil where the coding made it no smaller.
type codedBody struct {
	key  codedKey
	body []byte
}

func newEncoded(encoder Encoder, limit int) *encoded {
	return &encoded{encoder: encoder, limit: limit, used: list.New(), at: make(map[codedKey]*list.Element)}
}

// best is the body of p in the coding that a client likes best by its
// Accept-Encoding; nil where that is none, or where none makes it smaller.
func (e *encoded) best(accept []string, p *reply) (string, []byte) {
	if e.encoder == nil {
		return "", nil
	}
	codings := e.encoder.Codings()
	for len(codings) > 0 {
		coding := negotiate.Choose(accept, codings)
		if coding == "" {
			return "", nil
		}
		if body := e.get(coding, p); body != nil {
			return coding, body
		}
		codings = without(codings, coding)
	}
	return "", nil
}

func without(list []string, s string) []string {
	var kept []string
	for _, o := range list {
		if o != s {
			kept = append(kept, o)
		}
	}
	return kept
}

// get is the body of p in a coding; nil where that is no smaller, or fails.
func (e *encoded) get(coding string, p *reply) []byte {
	key := codedKey{p.sum, coding}
	e.mu.Lock()
	if at, ok := e.at[key]; ok {
		e.used.MoveToFront(at)
		body := at.Value.(*codedBody).body
		e.mu.Unlock()
		return body
	}
	e.mu.Unlock()
	body, err := e.encoder.Encode(coding, p.body)
	if err != nil || len(body) >= len(p.body) {
		body = nil
	}
	e.put(&codedBody{key, body})
	return body
}

// overhead is what an entry takes beside its body, roughly.
const overhead = 256

func (e *encoded) put(c *codedBody) {
	if len(c.body)+overhead > e.limit {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, ok := e.at[c.key]; ok { // another request was as fast
		return
	}
	e.at[c.key] = e.used.PushFront(c)
	for e.size += len(c.body) + overhead; e.size > e.limit; {
		last := e.used.Back()
		old := e.used.Remove(last).(*codedBody)
		delete(e.at, old.key)
		e.size -= len(old.body) + overhead
	}
}
