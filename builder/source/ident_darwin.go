package source

import (
	"io/fs"
	"syscall"
)

func identify(info fs.FileInfo) identity {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return identity{}
	}
	return identity{dev: uint64(st.Dev), ino: st.Ino, changed: st.Ctimespec.Nano()}
}
