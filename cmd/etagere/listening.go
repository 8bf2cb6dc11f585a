package main

import (
	"fmt"
	"net"

	"github.com/spf13/cobra"

	"github.com/etagere/etagere/devserver"
	"github.com/etagere/etagere/devserver/cert"
)

// listenFlags are the flags of commands that listen.
type listenFlags struct {
	addr, tlsAddr string
	noTLS         bool
	allowHosts    []string
}

// add puts the flags on cmd.
func (f *listenFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.addr, "addr", "127.0.0.1:8080", "`HOST:PORT` to listen on for HTTP")
	cmd.Flags().StringVar(&f.tlsAddr, "tls-addr", "127.0.0.1:8443", "`HOST:PORT` to listen on for HTTPS with HTTP/2")
	cmd.Flags().BoolVar(&f.noTLS, "no-tls", false, "listen for HTTP only")
	cmd.Flags().StringArrayVar(&f.allowHosts, "allow-host", nil, "answer to this host `NAME` too")
}

// listening is what the server listens on, and whether browsers are thought to
// trust it.
func (f *listenFlags) listening(cmd *cobra.Command, a *app) (l devserver.Listening, trusted bool, err error) {
	if _, _, err := net.SplitHostPort(f.addr); err != nil {
		return l, false, wrongUsage(cmd, fmt.Errorf("--addr %q is no address like 127.0.0.1:8080", f.addr))
	}
	l.Addr = f.addr
	if f.noTLS {
		if cmd.Flags().Changed("tls-addr") {
			return l, false, wrongUsage(cmd, fmt.Errorf("--tls-addr and --no-tls exclude each other"))
		}
		return l, false, nil
	}
	if _, _, err := net.SplitHostPort(f.tlsAddr); err != nil {
		return l, false, wrongUsage(cmd, fmt.Errorf("--tls-addr %q is no address like 127.0.0.1:8443", f.tlsAddr))
	}
	dir, err := cert.Dir()
	if err != nil {
		fmt.Fprintln(a.stderr, err)
	}
	source, err := cert.NewSource(cert.Options{
		Dir: dir, Hosts: append([]string{f.tlsAddr}, f.allowHosts...),
		Notice: func(message string) { fmt.Fprintln(a.stderr, message) },
	})
	if err != nil {
		return l, false, err
	}
	l.TLSAddr, l.Certificate = f.tlsAddr, source.Certificate
	return l, source.Trusted(), nil
}
