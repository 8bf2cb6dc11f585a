package watch

import (
	"os"
	"syscall"
)

// tryable says that a folder which is given its own mode has an event here.
const tryable = true

// fileSystem identifies the file system that dir is on and names its kind, ""
// for all those whose changes the kernel sees. The numbers are those of statfs(2).
func fileSystem(dir string) (id uint64, kind string) {
	if info, err := os.Stat(dir); err == nil {
		if st, ok := info.Sys().(*syscall.Stat_t); ok {
			id = uint64(st.Dev)
		}
	}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return id, ""
	}
	return id, map[uint32]string{
		0x01021997: "9p",
		0x5346414f: "afs",
		0x00c36400: "ceph",
		0xff534d42: "cifs",
		0x65735546: "fuse",
		0x00006969: "nfs",
		0x7c7c6673: "prl_fs",
		0xfe534d42: "smb2",
		0x786f4256: "vboxsf",
	}[uint32(fs.Type)]
}
