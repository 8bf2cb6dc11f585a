// Package cache keeps bytes that were made of others, and are dear to make,
// from one run of étagère to the next: packed files, variants of images.
//
// A value is kept under a Digest that covers all that it depends on: the
// inputs, the operation, the version of whatever makes it. The cache itself
// knows none of these, so it never has to be told that something is stale; a
// change is another key, and what nobody asks for any more goes in time.
//
//	kept := cache.Open(filepath.Join(site, ".etagere", "cache"), "images", cache.Options{Warn: warn})
//	defer kept.Close()
//	key := digest.New().String("webp 75 libwebp-1.4").Digest(source).Sum()
//	b, ok := kept.Get(key)
//	if !ok {
//		b = encode(...)
//		kept.Put(key, b)
//	}
//
// Nothing that happens to a cache is an error: what can't be read is made
// again, what can't be written is not kept, and a warning says so. Values come
// back as they were put, or not at all. A nil *Disk keeps nothing.
//
// On disk a cache is a few files, its packs, that are written under another
// name and never change once they have their own: values, then an index of
// them, then the index's digest. So processes need no locks. Each adds packs of
// its own and reads those that were there when it began; where two join the
// same packs at once, values are there twice until the next time.
package cache

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/etagere/etagere/builder/internal/digest"
)

// Options are the choices for one cache.
type Options struct {
	// Max is how many bytes the packs may take; zero means 512 MiB. Beyond it the
	// values that were used longest ago go, but never those of the run that ends:
	// where one run uses more than half of Max, twice what it uses is allowed.
	Max int64
	// Warn is told of damage and of what can't be written, in one sentence each.
	// It may be called by several goroutines. Nil is told nothing.
	Warn func(message string)
	// Now is the clock; nil means time.Now. It only decides what goes first.
	Now func() time.Time
}

const defaultMax = 512 << 20

// maxPacks is how many packs there may be before the small ones are joined.
const maxPacks = 16

// touchAfter is how old the note of a value's last use may be. A shorter time
// would write a pack in every run that uses a value.
const touchAfter = 24 // hours

// Info is what is known of a value without reading it.
type Info struct {
	// Sum is the digest of the value, Size its length in bytes.
	Sum  digest.Digest
	Size int64
}

// entry is where a value lies.
type entry struct {
	Info
	pack *pack
	at   int64
	// used is the hour of the last use, counted from 1970.
	used uint32
	// now says that this run has used the value.
	now bool
}

// Disk is a cache of one kind of values in a folder. It may be used by several
// goroutines.
type Disk struct {
	dir, kind string
	options   Options

	mu      sync.RWMutex
	packs   []*pack
	entries map[digest.Digest]*entry
	// adding is the pack that this run writes; nil before the first value.
	adding *pack
	// broken says that writing has failed once, and is given up.
	broken bool
}

// Open opens the cache of a kind, a word in lower case, in the folder dir.
// Neither has to be there. Call Close in the end, or what was put is lost.
func Open(dir, kind string, o Options) *Disk {
	if o.Max == 0 {
		o.Max = defaultMax
	}
	if o.Warn == nil {
		o.Warn = func(string) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	d := &Disk{dir: dir, kind: kind, options: o, entries: make(map[digest.Digest]*entry)}
	files, err := os.ReadDir(dir)
	if err != nil {
		return d // it is made with the first value
	}
	for _, f := range files {
		d.meet(f)
	}
	return d
}

// meet opens a pack of ours, and removes what older programs and dead processes
// have left.
func (d *Disk) meet(f fs.DirEntry) {
	version, ok := d.version(f.Name())
	if !ok || !f.Type().IsRegular() {
		return
	}
	name := filepath.Join(d.dir, f.Name())
	if strings.HasSuffix(f.Name(), newSuffix) {
		info, err := f.Info()
		if err == nil && d.options.Now().Sub(info.ModTime()) > 24*time.Hour {
			_ = os.Remove(name) // nobody writes that long; the next run tries again
		}
		return
	}
	switch {
	case version > packVersion:
		return // a newer program's
	case version < packVersion:
		_ = os.Remove(name)
		return
	}
	p, index, err := openPack(name)
	if err != nil {
		if os.IsNotExist(err) {
			return // another process has joined it with others
		}
		d.warn("%s is damaged and was dropped: %v", name, err)
		_ = os.Remove(name)
		return
	}
	d.packs = append(d.packs, p)
	for _, rec := range index {
		d.note(p, rec)
	}
}

// note adds what a pack says of a value.
func (d *Disk) note(p *pack, rec record) {
	e := d.entries[rec.key]
	if e == nil {
		e = new(entry)
		d.entries[rec.key] = e
	}
	e.used = max(e.used, rec.used)
	if rec.at != nowhere {
		e.Info, e.pack, e.at = rec.Info, p, rec.at
	}
}

// version is that of the pack's format, by its name; false for a file that is
// none of this cache.
func (d *Disk) version(name string) (int, bool) {
	rest, ours := strings.CutPrefix(name, d.kind+".")
	number, rest, cut := strings.Cut(rest, "-")
	version, err := strconv.Atoi(number)
	return version, ours && cut && err == nil && (strings.HasSuffix(rest, packSuffix) || strings.HasSuffix(rest, newSuffix))
}

func (d *Disk) warn(format string, args ...any) {
	d.options.Warn("cache: " + fmt.Sprintf(format, args...))
}

func (d *Disk) hour() uint32 { return uint32(d.options.Now().Unix() / 3600) }

// Stat is what is known of the value of key, without reading it. That counts
// as a use.
func (d *Disk) Stat(key digest.Digest) (Info, bool) {
	if d == nil {
		return Info{}, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	e := d.entries[key]
	if e == nil || e.pack == nil {
		return Info{}, false
	}
	e.now = true
	return e.Info, true
}

// Get is the value of key. One that is damaged is not there.
func (d *Disk) Get(key digest.Digest) ([]byte, bool) {
	if d == nil {
		return nil, false
	}
	b, err := d.read(key)
	if err != nil {
		d.warn("a value of %s is damaged and was dropped: %v", d.kind, err)
	}
	return b, b != nil && err == nil
}

func (d *Disk) read(key digest.Digest) ([]byte, error) {
	if _, ok := d.Stat(key); !ok {
		return nil, nil
	}
	d.mu.RLock()
	e := d.entries[key]
	if e == nil || e.pack == nil {
		d.mu.RUnlock()
		return nil, nil
	}
	b, err := e.pack.read(e.at, e.Info)
	d.mu.RUnlock()
	if err == nil {
		return b, nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	e.pack.damaged = true
	if d.entries[key] == e {
		delete(d.entries, key)
	}
	return nil, err
}

// Put keeps value under key. A value that is there already is not replaced.
func (d *Disk) Put(key digest.Digest, value []byte) {
	if d == nil || int64(len(value)) > d.options.Max/2 {
		return
	}
	info := Info{Sum: digest.Of(value), Size: int64(len(value))}
	d.mu.Lock()
	defer d.mu.Unlock()
	if e := d.entries[key]; d.broken || e != nil && e.pack != nil {
		return
	}
	at, err := d.append(value)
	if err != nil {
		d.giveUp(err)
		return
	}
	d.entries[key] = &entry{Info: info, pack: d.adding, at: at, used: d.hour(), now: true}
}

// append writes a value to the pack of this run, which it makes where need be.
func (d *Disk) append(value []byte) (int64, error) {
	if d.adding == nil {
		p, err := d.create()
		if err != nil {
			return 0, err
		}
		d.adding = p
	}
	return d.adding.add(value)
}

func (d *Disk) create() (*pack, error) {
	if err := os.MkdirAll(d.dir, 0o777); err != nil {
		return nil, err
	}
	return createPack(filepath.Join(d.dir, fmt.Sprintf("%s.%d-%s", d.kind, packVersion, rand.Text()[:12])))
}

// giveUp stops to write: the disk is full, or may not be written to.
func (d *Disk) giveUp(err error) {
	d.broken = true
	d.warn("%s can't be written, so that the next build makes again what this one made: %v", filepath.Join(d.dir, d.kind), err)
	if d.adding == nil {
		return
	}
	for key, e := range d.entries {
		if e.pack == d.adding {
			delete(d.entries, key)
		}
	}
	d.adding.drop()
	d.adding = nil
}

// Close makes what was put last, and drops what is too much. The cache can't
// be used afterwards.
func (d *Disk) Close() {
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.broken {
		if err := d.settle(); err != nil {
			d.giveUp(err)
		}
	}
	for _, p := range d.packs {
		p.close()
	}
	d.packs, d.entries, d.broken = nil, nil, true
}

// settle writes what this run adds: its values, and a note of what it used.
func (d *Disk) settle() error {
	touched := d.touched()
	joined := d.toJoin(len(touched))
	if len(joined) == 0 && d.adding == nil && len(touched) == 0 {
		return nil
	}
	if d.adding == nil {
		p, err := d.create()
		if err != nil {
			return err
		}
		d.adding = p
	}
	var index []record
	for key, e := range d.entries {
		if e.pack == d.adding {
			index = append(index, record{key: key, Info: e.Info, at: e.at, used: e.used})
		}
	}
	more, err := d.join(joined)
	if err != nil {
		return err
	}
	index = append(index, more...)
	for _, key := range touched {
		if e := d.entries[key]; !slices.Contains(joined, e.pack) {
			index = append(index, record{key: key, at: nowhere, used: e.used})
		}
	}
	if err := d.adding.finish(index); err != nil {
		return err
	}
	d.packs, d.adding = append(d.packs, d.adding), nil
	for _, p := range joined {
		p.close()
		_ = os.Remove(p.name) // where another process holds it open, a later run removes it
	}
	return nil
}

// touched are the values of other packs that this run used and whose note of
// the last use is old, or lies in a pack that goes.
func (d *Disk) touched() []digest.Digest {
	hour := d.hour()
	var list []digest.Digest
	for key, e := range d.entries {
		if e.now && e.pack != nil && e.pack != d.adding && hour > e.used && hour-e.used >= touchAfter {
			e.used = hour
			list = append(list, key)
		}
	}
	return list
}

// toJoin are the packs whose values move into the one that this run writes:
// all where there is too much, the small ones where there are too many, and
// those in which something was found damaged. notes is how many uses will be
// noted.
func (d *Disk) toJoin(notes int) []*pack {
	total := int64(notes*recordSize + trailerSize)
	if d.adding != nil {
		total += d.adding.size
		for _, e := range d.entries {
			if e.pack == d.adding {
				total += recordSize
			}
		}
	}
	for _, p := range d.packs {
		total += p.size
	}
	if d.adding != nil && total > d.limit() {
		return slices.Clone(d.packs)
	}
	var list []*pack
	bySize := slices.SortedFunc(slices.Values(d.packs), func(a, b *pack) int { return cmp.Compare(a.size, b.size) })
	if len(bySize) >= maxPacks {
		list = slices.Clone(bySize[:len(bySize)-maxPacks/4])
	}
	for _, p := range d.packs {
		if p.damaged && !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list
}

// limit is how many bytes the packs may take after a run that used what this
// one did.
func (d *Disk) limit() int64 {
	var used int64
	for _, e := range d.entries {
		if e.pack != nil && e.now {
			used += e.Size + recordSize
		}
	}
	return max(d.options.Max, 2*used)
}

// join copies the values of packs that are to stay into the one that this run
// writes, the last used first, as far as there is room. Damaged ones are left.
func (d *Disk) join(packs []*pack) ([]record, error) {
	if len(packs) == 0 {
		return nil, nil
	}
	type keyed struct {
		digest.Digest
		*entry
	}
	var list []keyed
	room := d.limit() - d.adding.size
	for key, e := range d.entries {
		switch {
		case e.pack == nil, e.pack == d.adding:
		case slices.Contains(packs, e.pack):
			list = append(list, keyed{key, e})
		default:
			room -= e.Size + recordSize
		}
	}
	slices.SortFunc(list, func(a, b keyed) int {
		if a.now != b.now {
			return map[bool]int{true: -1, false: 1}[a.now]
		}
		return cmp.Or(cmp.Compare(b.used, a.used), slices.Compare(a.Digest[:], b.Digest[:]))
	})
	if len(packs) == len(d.packs) {
		room -= d.limit() / 4 // so that not every run has to do this
	}
	var index []record
	for _, k := range list {
		room -= k.Size + recordSize
		if room < 0 && !k.now {
			continue
		}
		b, err := k.pack.read(k.at, k.Info)
		if err != nil {
			continue
		}
		at, err := d.adding.add(b)
		if err != nil {
			return nil, err
		}
		index = append(index, record{key: k.Digest, Info: k.Info, at: at, used: k.used})
	}
	return append(index, d.notesOf(packs)...), nil
}

// notesOf are the uses of values in the packs that stay. They may have been
// noted in one that goes.
func (d *Disk) notesOf(packs []*pack) []record {
	var list []record
	for key, e := range d.entries {
		if e.pack != nil && e.pack != d.adding && !slices.Contains(packs, e.pack) && e.used > e.pack.newest {
			list = append(list, record{key: key, at: nowhere, used: e.used})
		}
	}
	return list
}
