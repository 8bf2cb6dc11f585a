package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/etagere/etagere/builder/sitetest"
)

// certHang is when a test with a browser gives up.
const certHang = 60 * time.Second

// newcomer is a user who has nothing yet.
type newcomer struct {
	t    *testing.T
	home string
}

// env is the environment of the user, and what stands in front of it.
func (n *newcomer) env() []string {
	env := []string{"HOME=" + n.home}
	for _, e := range os.Environ() {
		if key, _, _ := strings.Cut(e, "="); key != "HOME" && key != "SUDO_USER" && !strings.HasPrefix(key, "XDG_") {
			env = append(env, e)
		}
	}
	return env
}

// run runs etagere and returns what it says on stdout.
func (n *newcomer) run(args ...string) string {
	n.t.Helper()
	cmd := exec.Command("etagere", args...)
	var stderr bytes.Buffer
	cmd.Env, cmd.Stderr = n.env(), &stderr
	out, err := cmd.Output()
	if err != nil {
		n.t.Fatalf("etagere %v: %v\n%s", args, err, &stderr)
	}
	return string(out)
}

// serve runs etagere serve until the test ends, and returns the port of HTTPS.
func (n *newcomer) serve(site, host string) string {
	n.t.Helper()
	cmd := exec.Command("etagere", "serve", "-s", site, "--json", "--addr", net.JoinHostPort(host, "0"), "--tls-addr", net.JoinHostPort(host, "0"))
	cmd.Env = n.env()
	out, err := cmd.StdoutPipe()
	if err != nil {
		n.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_, _ = io.Copy(io.Discard, out)
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	var ready readyEvent
	if err != nil || json.Unmarshal(line, &ready) != nil || ready.HTTPS == "" {
		n.t.Fatalf("got %q, %v", line, err)
	}
	_, port, _ := net.SplitHostPort(strings.Trim(strings.TrimPrefix(ready.HTTPS, "https://"), "/"))
	return port
}

// browser is Chromium as the user starts it: nothing about certificates is said.
func (n *newcomer) browser() context.Context {
	n.t.Helper()
	path := sitetest.Program(n.t, "chromium", "chromium-browser", "google-chrome")
	started, kill := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(path), chromedp.UserDataDir(filepath.Join(n.home, "profile")), chromedp.Flag("headless", "new"),
		chromedp.NoSandbox, chromedp.NoFirstRun, chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("host-resolver-rules", "MAP evil.example 127.0.0.1, MAP good.localhost 127.0.0.1"),
		chromedp.Env("HOME="+n.home, "XDG_CONFIG_HOME=", "XDG_DATA_HOME="))
	ctx, _ := chromedp.NewContext(started)
	n.t.Cleanup(func() {
		closing, cancel := context.WithTimeout(ctx, certHang)
		defer cancel()
		_ = chromedp.Cancel(closing)
		kill()
		chromedp.FromContext(ctx).Allocator.Wait()
	})
	if err := chromedp.Do(ctx); err != nil {
		n.t.Fatal(err)
	}
	return ctx
}

// visit loads a page and returns what the browser thinks of it.
func visit(t *testing.T, browser context.Context, url string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(browser, certHang)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		return "", err
	}
	return chromedp.Run(ctx, chromedp.Evaluate[string](
		`[location.protocol, isSecureContext, performance.getEntriesByType("navigation")[0].nextHopProtocol, document.querySelector("h1")?.innerText].join(" ")`))
}

// forged has a server show a certificate for name by the user's authority,
// whether that may sign for it or not.
func (n *newcomer) forged(name string) string {
	n.t.Helper()
	text, err := os.ReadFile(filepath.Join(n.home, ".config", "etagere", "ca.key"))
	if err != nil {
		n.t.Fatal(err)
	}
	first, rest := pem.Decode(text)
	second, _ := pem.Decode(rest)
	key, err := x509.ParsePKCS8PrivateKey(first.Bytes)
	if err != nil {
		n.t.Fatal(err)
	}
	authority, err := x509.ParseCertificate(second.Bytes)
	if err != nil {
		n.t.Fatal(err)
	}
	signer := key.(*ecdsa.PrivateKey)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(nil, template, authority, &signer.PublicKey, signer)
	if err != nil {
		n.t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<h1>forged</h1>")
	}))
	server.EnableHTTP2 = true
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: signer}}}
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // the browser's refusal
	server.StartTLS()
	n.t.Cleanup(server.Close)
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	return "https://" + name + ":" + port + "/"
}

// TestTrustInChromium is what a new user does: install, serve, open. And what a
// thief of the authority's key could do: nothing.
func TestTrustInChromium(t *testing.T) {
	sitetest.Program(t, "certutil")
	sitetest.Program(t, "chromium", "chromium-browser", "google-chrome")
	site := sitetest.Dir(t, `
-- config.toml --
title = "Shelf"
base_url = "https://example.org/"
-- content/_index.md --
# Trusted
`)
	for _, database := range []string{"", ".local/share/pki/nssdb", "both"} {
		t.Run("database "+database, func(t *testing.T) {
			home, err := os.MkdirTemp(t.TempDir(), "home")
			if err != nil {
				t.Fatal(err)
			}
			n := &newcomer{t, home}
			for _, dir := range map[string][]string{"": nil, "both": {".pki/nssdb", ".local/share/pki/nssdb"}}[database] {
				n.database(dir)
			}
			if strings.Contains(database, "/") {
				n.database(database)
			}
			port := n.serve(site, "127.0.0.1")
			if said := n.run("cert", "install", "--no-system"); !strings.Contains(said, "\ninstalled      Chromium: ") {
				t.Fatalf("said %s", said)
			}
			browser := n.browser()
			for _, host := range []string{"localhost", "127.0.0.1", "x.localhost", "a.b.localhost"} {
				if got, err := visit(t, browser, "https://"+host+":"+port+"/"); err != nil || got != "https: true h2 Trusted" {
					t.Errorf("%s: got %q, %v", host, got, err)
				}
			}
			if database != "" {
				return
			}
			if l, err := net.Listen("tcp", "[::1]:0"); err == nil {
				_ = l.Close()
				if got, err := visit(t, browser, "https://[::1]:"+n.serve(site, "::1")+"/"); err != nil || got != "https: true h2 Trusted" {
					t.Errorf("[::1]: got %q, %v", got, err)
				}
			}
			if got, err := visit(t, browser, n.forged("good.localhost")); err != nil || !strings.HasSuffix(got, "forged") {
				t.Errorf("a certificate by the authority: got %q, %v", got, err)
			}
			if got, err := visit(t, browser, n.forged("evil.example")); err == nil || !strings.Contains(err.Error(), "net::ERR_CERT_") {
				t.Errorf("a certificate that the authority may not sign: got %q, %v", got, err)
			} else {
				t.Logf("evil.example: %v", err)
			}
		})
	}
}

// database makes an empty one, as a browser does.
func (n *newcomer) database(dir string) {
	n.t.Helper()
	dir = filepath.Join(n.home, filepath.FromSlash(dir))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		n.t.Fatal(err)
	}
	if out, err := exec.Command("certutil", "-N", "-d", "sql:"+dir, "--empty-password").CombinedOutput(); err != nil {
		n.t.Fatal(fmt.Errorf("%w: %s", err, out))
	}
}

// TestDistrustInChromium: without the authority, the browser says no.
func TestDistrustInChromium(t *testing.T) {
	sitetest.Program(t, "chromium", "chromium-browser", "google-chrome")
	n := &newcomer{t, t.TempDir()}
	port := n.serve(sitetest.Dir(t, "-- config.toml --\ntitle = \"Shelf\"\nbase_url = \"https://example.org/\"\n-- content/_index.md --\n# Trusted\n"), "127.0.0.1")
	if got, err := visit(t, n.browser(), "https://localhost:"+port+"/"); err == nil || !strings.Contains(err.Error(), "net::ERR_CERT_AUTHORITY_INVALID") {
		t.Errorf("got %q, %v", got, err)
	}
}
