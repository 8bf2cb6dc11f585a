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

// elsewhere are the URLs that other devices reach a server at that listens on all
// addresses of this machine, which are addrs; IPv4 first, as it is typed more
// easily. There are none where it listens on one address.
func elsewhere(scheme string, at net.Addr, addrs []net.Addr) []string {
	tcp, ok := at.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return nil
	}
	var four, six []string
	for _, a := range addrs {
		n, ok := a.(*net.IPNet)
		if !ok || !n.IP.IsGlobalUnicast() {
			continue
		}
		url := scheme + "://" + net.JoinHostPort(n.IP.String(), strconv.Itoa(tcp.Port)) + "/"
		if n.IP.To4() != nil {
			four = append(four, url)
		} else if tcp.IP.To4() == nil { // who listens on 0.0.0.0 doesn't hear IPv6
			six = append(six, url)
		}
	}
	return append(four, six...)
}
