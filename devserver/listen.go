package devserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"
)

// tries is how many ports are tried after the one that was asked for.
const tries = 50

// listen listens on addr, or on the next free port, and says so.
func listen(ctx context.Context, addr string, notice func(string)) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %q: %w", addr, err)
	}
	number, err := net.LookupPort("tcp", port)
	if err != nil {
		return nil, fmt.Errorf("listen on %q: %w", addr, err)
	}
	var config net.ListenConfig
	for n := number; ; n++ {
		l, err := config.Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(n)))
		switch {
		case err == nil:
			if n != number {
				notice(fmt.Sprintf("port %d is taken, using %d", number, n))
			}
			return l, nil
		case !busy(err) || number == 0 || n == number+tries || n == 65535:
			return nil, fmt.Errorf("listen on %s: %w", addr, err)
		}
	}
}

// busy reports whether err says that somebody else has the port.
func busy(err error) bool {
	const windowsInUse = syscall.Errno(10048)
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, windowsInUse)
}

// address is the URL, of a scheme, of the server that listens on addr.
func address(scheme string, addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return scheme + "://" + addr.String() + "/"
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, port) + "/"
}
