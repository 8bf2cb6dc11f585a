package main

import (
	"bytes"
	"io/fs"
	"time"
)

// overlay is a file system with one more file at its root, which hides one of
// the same name. Everything else is the file system below.
type overlay struct {
	fs.ReadLinkFS
	name string
	data []byte
}

// Open implements fs.FS.
func (o overlay) Open(name string) (fs.File, error) {
	if name == o.name {
		return &overlayFile{Reader: bytes.NewReader(o.data), o: o}, nil
	}
	return o.ReadLinkFS.Open(name)
}

// Lstat implements fs.ReadLinkFS.
func (o overlay) Lstat(name string) (fs.FileInfo, error) {
	if name == o.name {
		return overlayInfo{o}, nil
	}
	return o.ReadLinkFS.Lstat(name)
}

type overlayFile struct {
	*bytes.Reader
	o overlay
}

// Stat implements fs.File.
func (f *overlayFile) Stat() (fs.FileInfo, error) { return overlayInfo{f.o}, nil }

// Close implements fs.File.
func (f *overlayFile) Close() error { return nil }

// overlayInfo describes the file of an overlay.
type overlayInfo struct{ o overlay }

// Name implements fs.FileInfo.
func (i overlayInfo) Name() string { return i.o.name }

// Size implements fs.FileInfo.
func (i overlayInfo) Size() int64 { return int64(len(i.o.data)) }

// Mode implements fs.FileInfo.
func (i overlayInfo) Mode() fs.FileMode { return 0o444 }

// ModTime implements fs.FileInfo.
func (i overlayInfo) ModTime() time.Time { return time.Time{} }

// IsDir implements fs.FileInfo.
func (i overlayInfo) IsDir() bool { return false }

// Sys implements fs.FileInfo.
func (i overlayInfo) Sys() any { return nil }
