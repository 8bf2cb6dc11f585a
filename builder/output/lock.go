package output

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// errLocked says that another process holds a lock.
var errLocked = errors.New("locked by another process")

// lockFile locks the file name, which is made where it isn't there, and writes
// our process into it. The system gives the lock back when the process ends,
// however it ends; the file stays.
func lockFile(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return nil, err
	}
	if err := flock(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	// Whose lock it is serves the message of another process alone.
	if f.Truncate(0) == nil {
		_, _ = f.WriteAt([]byte(strconv.Itoa(os.Getpid())), 0)
	}
	return f, nil
}

// lockOwner is " (process N)" of whoever holds the lock, if known.
func lockOwner(name string) string {
	b, err := os.ReadFile(name)
	if err != nil {
		return ""
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return ""
	}
	return fmt.Sprintf(" (process %d)", pid)
}

// unlock gives a lock back; nil is none.
func unlock(f *os.File) {
	if f != nil {
		_ = f.Close() // closing is what gives it back
	}
}
