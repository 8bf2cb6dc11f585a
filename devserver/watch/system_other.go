//go:build !linux

package watch

// tryable says that a folder which is given its own mode has an event here.
const tryable = false

// fileSystem knows one file system only: this system's own, whose events come.
func fileSystem(string) (id uint64, kind string) { return 0, "" }
