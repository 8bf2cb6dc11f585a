//go:build !unix

package output

import (
	"io/fs"
	"strings"
)

// inode is unknown here: size and time have to do.
func inode(fs.FileInfo) uint64 { return 0 }

func sameDevice(_, _ fs.FileInfo) bool { return true }

func keepOwner(string, fs.FileInfo) {}

// otherDevice knows the system's words for a rename to another disk: its error
// numbers are not portable between the systems that come here.
func otherDevice(err error) bool { return strings.Contains(err.Error(), "different disk drive") }

// notFolder reports that a file stands where the path has a folder; here such
// a path is just not found.
func notFolder(error) bool { return false }
