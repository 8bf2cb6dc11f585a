package source

import (
	"crypto/sha256"
	"io"
	"io/fs"
	"sync"
	"time"

	"github.com/etagere/etagere/builder/internal/digest"
)

// racy is how old a file must have been when it was digested for its time to
// tell a later change: file systems count time in steps of up to two seconds,
// so a file written twice within one step looks the same both times.
const racy = 2 * time.Second

// stamp is what is compared instead of bytes.
type stamp struct {
	size int64
	time time.Time
	id   identity
}

// identity is what the system knows of a file beyond its time: device, inode
// and the time of the last change of the inode. Zero where it is unknown.
type identity struct {
	dev, ino uint64
	changed  int64
}

func stampOf(info fs.FileInfo) stamp {
	return stamp{size: info.Size(), time: info.ModTime(), id: identify(info)}
}

// settled reports whether the stamp, taken at now, will differ after a change.
// A file without a time (in a test, or in the binary) never settles.
func (s stamp) settled(now time.Time) bool {
	if s.time.IsZero() || !s.time.Before(now.Add(-racy)) {
		return false
	}
	return s.id.changed < now.Add(-racy).UnixNano()
}

// digested is the result of one file.
type digested struct {
	digest   digest.Digest
	size     int64
	tooLarge bool
	err      error
}

type cacheKey struct {
	layer int
	real  string
}

type cached struct {
	stamp  stamp
	digest digest.Digest
	size   int64
	// trusted says that the stamp was settled when the file was read.
	trusted bool
	round   int
}

// cache remembers digests from one scan to the next. It drops what two scans
// have not asked for.
type cache struct {
	mu    sync.Mutex
	round int
	known map[cacheKey]cached
}

func (c *cache) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.round++
}

// end forgets the files that are gone.
func (c *cache) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, entry := range c.known {
		if entry.round < c.round-1 {
			delete(c.known, key)
		}
	}
}

// of is the digest of the file at real, read only where its stamp does not
// vouch for the last one.
func (c *cache) of(t *tree, layer int, real string, info fs.FileInfo, now func() time.Time) digested {
	key, st := cacheKey{layer, real}, stampOf(info)
	if d, ok := c.get(key, st); ok {
		return d
	}
	before := now()
	d := digestFile(t.fs, real)
	if d.err == nil {
		c.put(key, cached{stamp: st, digest: d.digest, size: d.size, trusted: st.settled(before) && d.size == st.size})
	}
	return d
}

func (c *cache) get(key cacheKey, st stamp) (digested, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	entry, ok := c.known[key]
	if !ok || !entry.trusted || entry.stamp.size != st.size || !entry.stamp.time.Equal(st.time) || entry.stamp.id != st.id {
		return digested{}, false
	}
	entry.round = c.round
	c.known[key] = entry
	return digested{digest: entry.digest, size: entry.size}, true
}

func (c *cache) put(key cacheKey, entry cached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil {
		c.known = make(map[cacheKey]cached)
	}
	entry.round = c.round
	c.known[key] = entry
}

// digestFile reads a file in pieces: an input may be larger than memory.
func digestFile(fsys fs.FS, name string) digested {
	f, err := fsys.Open(name)
	if err != nil {
		return digested{err: err}
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return digested{err: err}
	}
	d := digested{size: n}
	h.Sum(d.digest[:0])
	return d
}
