//go:build linux || darwin

package main

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
)

// peakMemory is the most memory that a finished process held, in MiB.
func peakMemory(s *os.ProcessState) string {
	u, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return "?"
	}
	unit := int64(1 << 10)
	if runtime.GOOS == "darwin" {
		unit = 1
	}
	return fmt.Sprint(int64(u.Maxrss) * unit >> 20)
}
