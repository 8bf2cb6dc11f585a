// Package check asks other sites whether what is linked to is still there.
package check

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/etagere/etagere/builder/internal/par"
)

const (
	// width is how many answers are waited for at once, of all sites together.
	width = 16
	// patience is how long one site may take to answer.
	patience = 20 * time.Second
)

// External asks for each of urls and returns what is wrong with it, "" for
// nothing. Each URL is asked for once, by HEAD, and by GET where HEAD is
// refused; fragments are not looked at. Sites that want a visitor to log in or
// to slow down are there. Names reserved for documentation (RFC 2606) are not
// asked for. The error is ctx's.
func External(ctx context.Context, client *http.Client, urls []string, progress func(done, total int)) ([]string, error) {
	out := make([]string, len(urls))
	var done atomic.Int64
	err := par.Waiting(ctx, width, len(urls), func(ctx context.Context, i int) {
		out[i] = fault(ctx, client, urls[i])
		if n := int(done.Add(1)); progress != nil {
			progress(n, len(urls))
		}
	})
	return out, err
}

// fault is what is wrong with one URL.
func fault(ctx context.Context, client *http.Client, u string) string {
	parsed, err := url.Parse(u)
	switch {
	case err != nil || parsed.Host == "":
		return "is no URL"
	case reserved(parsed.Hostname()):
		return ""
	}
	parsed.Fragment = ""
	status, err := ask(ctx, client, http.MethodHead, parsed.String())
	if err != nil || status >= 400 {
		status, err = ask(ctx, client, http.MethodGet, parsed.String())
	}
	switch {
	case ctx.Err() != nil:
		return ""
	case err != nil:
		return "cannot be reached: " + reason(err)
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusProxyAuthRequired,
		status == http.StatusTooManyRequests, status < 400:
		return ""
	}
	return fmt.Sprintf("answers %d %s", status, http.StatusText(status))
}

func ask(ctx context.Context, client *http.Client, method, u string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, u, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("User-Agent", "etagere-check")
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	// A little of the body, so that the connection can be used again.
	_, _ = io.CopyN(io.Discard, res.Body, 64<<10)
	return res.StatusCode, nil
}

// reason is err without what the message says already.
func reason(err error) string {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		return "there is no host " + e.Name
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Sprintf("no answer within %v", patience)
	}
	return err.Error()
}

// reserved reports whether a host's name can belong to nobody.
func reserved(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, name := range []string{"example", "test", "invalid", "localhost", "example.com", "example.net", "example.org"} {
		if host == name || strings.HasSuffix(host, "."+name) {
			return true
		}
	}
	return false
}
