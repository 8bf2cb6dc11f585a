//go:build !linux && !darwin

package source

import "io/fs"

// identify knows nothing here: size and time have to do.
func identify(fs.FileInfo) identity { return identity{} }
