package cache

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/etagere/etagere/builder/internal/digest"
)

// A pack is: the magic, values one behind the other, an index of records, and a
// trailer with the number of records, the digest of the index and the magic.
const (
	packVersion = 1
	packSuffix  = ".pack"
	newSuffix   = ".new"

	magic       = "etagere cache 1\n"
	recordSize  = 2*32 + 8 + 8 + 4
	trailerSize = 8 + len(digest.Digest{}) + len(magic)
)

// nowhere stands for the place of a value in a record that only notes its use.
const nowhere = -1

// record is what an index says of one value.
type record struct {
	key digest.Digest
	Info
	at   int64
	used uint32
}

// pack is one file of a cache.
type pack struct {
	name string
	file *os.File
	size int64
	// newest is the latest use that its own records note.
	newest uint32
	// damaged says that a value was not what its record says.
	damaged bool
}

// createPack begins a pack that will have the name with packSuffix.
func createPack(name string) (*pack, error) {
	f, err := os.OpenFile(name+newSuffix, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o666)
	if err != nil {
		return nil, err
	}
	p := &pack{name: name, file: f}
	if _, err := p.add([]byte(magic)); err != nil {
		p.drop()
		return nil, err
	}
	return p, nil
}

// add writes a value behind the others and says where.
func (p *pack) add(value []byte) (int64, error) {
	at := p.size
	if _, err := p.file.WriteAt(value, at); err != nil {
		return 0, err
	}
	p.size += int64(len(value))
	return at, nil
}

// finish writes the index, closes the file and gives it its name.
func (p *pack) finish(index []record) error {
	var b bytes.Buffer
	for _, r := range index {
		b.Write(r.key[:])
		b.Write(r.Sum[:])
		var n [20]byte
		binary.BigEndian.PutUint64(n[:], uint64(r.at))
		binary.BigEndian.PutUint64(n[8:], uint64(r.Size))
		binary.BigEndian.PutUint32(n[16:], r.used)
		b.Write(n[:])
		p.newest = max(p.newest, r.used)
	}
	sum := digest.Of(b.Bytes())
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(index)))
	b.Write(n[:])
	b.Write(sum[:])
	b.WriteString(magic)
	if _, err := p.add(b.Bytes()); err != nil {
		return err
	}
	// Not synced: after a crash of the system the digest tells.
	if err := p.file.Close(); err != nil {
		return err
	}
	if err := os.Rename(p.name+newSuffix, p.name+packSuffix); err != nil {
		return err
	}
	p.name += packSuffix
	return nil
}

// drop removes a pack that was not finished.
func (p *pack) drop() {
	p.close()
	_ = os.Remove(p.name + newSuffix) // a later run removes it otherwise
}

// close lets go of the file. Nothing that was written depends on it.
func (p *pack) close() { _ = p.file.Close() }

// openPack opens a finished pack and reads its index.
func openPack(name string) (*pack, []record, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	p := &pack{name: name, file: f}
	index, err := p.index()
	if err != nil {
		p.close()
		return nil, nil, err
	}
	return p, index, nil
}

var (
	errNoPack = errors.New("it is not whole")
	errIndex  = errors.New("its index is not what was written")
	errValue  = errors.New("the bytes are not those that were put")
)

func (p *pack) index() ([]record, error) {
	info, err := p.file.Stat()
	if err != nil {
		return nil, err
	}
	p.size = info.Size()
	if p.size < int64(len(magic)+trailerSize) {
		return nil, errNoPack
	}
	trailer := make([]byte, trailerSize)
	if _, err := p.file.ReadAt(trailer, p.size-int64(trailerSize)); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint64(trailer)
	room := uint64(p.size - int64(trailerSize) - int64(len(magic)))
	if string(trailer[8+len(digest.Digest{}):]) != magic || n > room/recordSize {
		return nil, errNoPack
	}
	end := p.size - int64(trailerSize) - int64(n)*recordSize
	b := make([]byte, int(n)*recordSize)
	if _, err := p.file.ReadAt(b, end); err != nil {
		return nil, err
	}
	if digest.Of(b) != digest.Digest(trailer[8:8+len(digest.Digest{})]) {
		return nil, errIndex
	}
	index := make([]record, n)
	for i := range index {
		r := &index[i]
		rest := b[i*recordSize:]
		rest = rest[copy(r.key[:], rest):]
		rest = rest[copy(r.Sum[:], rest):]
		r.at = int64(binary.BigEndian.Uint64(rest))
		r.Size = int64(binary.BigEndian.Uint64(rest[8:]))
		r.used = binary.BigEndian.Uint32(rest[16:])
		p.newest = max(p.newest, r.used)
		if r.at != nowhere && (r.at < 0 || r.Size < 0 || r.at > end || r.Size > end-r.at) {
			return nil, errIndex
		}
	}
	return index, nil
}

// read is the value at a place, if it is still what was put there. It is never
// nil without an error.
func (p *pack) read(at int64, info Info) ([]byte, error) {
	b := make([]byte, info.Size)
	if _, err := p.file.ReadAt(b, at); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read %s: %w", p.name, err)
	}
	if digest.Of(b) != info.Sum {
		return nil, fmt.Errorf("read %s: %w", p.name, errValue)
	}
	return b, nil
}
