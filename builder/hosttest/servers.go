package hosttest

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/etagere/etagere/builder/sitetest"
)

// port is a free port of loopback.
func port(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, p, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// start runs a server until the test ends, and waits until it answers at url.
func start(t testing.TB, cmd *exec.Cmd, url string) {
	t.Helper()
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		_ = cmd.Wait() // how it ends is of no interest, only that it does
		close(ended)
	})
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		timer := time.AfterFunc(5*time.Second, func() { _ = cmd.Process.Kill() })
		wg.Wait()
		timer.Stop()
		if t.Failed() {
			t.Logf("%s said:\n%s", filepath.Base(cmd.Path), tail(log.String()))
		}
	})
	for deadline := time.After(60 * time.Second); ; {
		res, err := http.Get(url)
		if err == nil {
			res.Body.Close()
			return
		}
		select {
		case <-ended:
			t.Fatalf("%s has ended: %v", filepath.Base(cmd.Path), err)
		case <-deadline:
			t.Fatalf("%s does not answer: %v", filepath.Base(cmd.Path), err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func tail(s string) string { return s[max(0, len(s)-4000):] }

// Nginx serves b with nginx, and returns the URL of its root.
func Nginx(t testing.TB, b *Built) string {
	t.Helper()
	program := sitetest.Program(t, "nginx", "/usr/sbin/nginx")
	dir, p := folder(t), port(t)
	modules := ""
	for _, m := range []string{"/usr/lib/nginx/modules", "/usr/share/nginx/modules"} {
		if so := filepath.Join(m, "ngx_http_brotli_static_module.so"); exists(so) {
			modules = "load_module " + so + ";\n"
			break
		}
	}
	if modules == "" {
		missing(t, "the brotli module of nginx")
	}
	Write(t, filepath.Join(dir, "nginx.conf"), fmt.Sprintf(`%s
daemon off;
master_process off;
pid %[2]s/pid;
error_log stderr notice;
events {}
http {
	access_log off;
	client_body_temp_path %[2]s/body;
	proxy_temp_path %[2]s/proxy;
	fastcgi_temp_path %[2]s/fastcgi;
	uwsgi_temp_path %[2]s/uwsgi;
	scgi_temp_path %[2]s/scgi;
	include /etc/nginx/mime.types;
	include %[3]s/http.conf;
	server {
		listen 127.0.0.1:%[4]s;
		root %[5]s;
		include %[3]s/server.conf;
	}
}
`, modules, dir, b.Config, p, b.Dest))
	url := "http://127.0.0.1:" + p
	start(t, exec.Command(program, "-p", dir, "-c", filepath.Join(dir, "nginx.conf"), "-e", "stderr"), url)
	return url
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// missing skips the test for want of something, or fails it where all must be there.
func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("ETAGERE_PEERS") == "required" {
		t.Fatalf("not installed: %s", what)
	}
	t.Skipf("not installed: %s", what)
}

// Caddy serves b with Caddy, and returns the URL of its root.
func Caddy(t testing.TB, b *Built) string {
	t.Helper()
	program := sitetest.Program(t, "caddy")
	dir, p := folder(t), port(t)
	Write(t, filepath.Join(dir, "Caddyfile"), fmt.Sprintf(`{
	admin off
	auto_https off
}
http://127.0.0.1:%s {
	root * %s
	import %s/site.caddy
}
`, p, b.Dest, b.Config))
	cmd := exec.Command(program, "run", "--config", filepath.Join(dir, "Caddyfile"), "--adapter", "caddyfile")
	cmd.Env = append(os.Environ(), "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir, "HOME="+dir)
	url := "http://127.0.0.1:" + p
	start(t, cmd, url)
	return url
}

// Apache serves b with Apache, and returns the URL of its root.
func Apache(t testing.TB, b *Built) string {
	t.Helper()
	program := sitetest.Program(t, "apache2", "/usr/sbin/apache2", "httpd")
	dir, p := folder(t), port(t)
	modules := "/usr/lib/apache2/modules"
	if !exists(modules) {
		missing(t, "Apache's modules in "+modules)
	}
	var load strings.Builder
	for _, m := range []string{"mpm_event", "authz_core", "mime", "dir", "rewrite", "headers", "setenvif", "env", "negotiation", "alias"} {
		fmt.Fprintf(&load, "LoadModule %s_module %s/mod_%s.so\n", m, modules, m)
	}
	Write(t, filepath.Join(dir, "httpd.conf"), fmt.Sprintf(`%sServerRoot %[2]s
ServerName 127.0.0.1
Listen 127.0.0.1:%[3]s
PidFile %[2]s/pid
ErrorLog /dev/stderr
Mutex file:%[2]s
<IfModule unixd_module>
User www-data
Group www-data
</IfModule>
TypesConfig /etc/mime.types
DocumentRoot %[4]s
<Directory %[4]s>
Options FollowSymLinks
AllowOverride All
Require all granted
</Directory>
`, load.String(), dir, p, b.Dest))
	url := "http://127.0.0.1:" + p
	start(t, exec.Command(program, "-d", dir, "-f", filepath.Join(dir, "httpd.conf"), "-DFOREGROUND"), url)
	return url
}

// peer is a file of a package that .ci/peers installs, and the program that
// runs it.
func peer(t testing.TB, name string) (node, file string) {
	t.Helper()
	file, err := filepath.Abs(filepath.Join("../../.ci/peers/node_modules", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	if !exists(file) {
		missing(t, name+" (npm ci --ignore-scripts in .ci/peers)")
	}
	return sitetest.Program(t, "node"), file
}

// Wrangler serves b with Cloudflare's own program, and returns the URL of its root.
func Wrangler(t testing.TB, b *Built) string {
	t.Helper()
	node, script := peer(t, "wrangler/bin/wrangler.js")
	dir, p := folder(t), port(t)
	cmd := exec.Command(node, script, "pages", "dev", b.Dest, "--ip", "127.0.0.1", "--port", p, "--compatibility-date=2026-04-01")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "CI=1", "WRANGLER_SEND_METRICS=false", "NO_COLOR=1")
	url := "http://127.0.0.1:" + p
	start(t, cmd, url)
	return url
}

// Serve serves b as its host would, with the host's own parts where there are
// any (.ci/peers/serve.mjs), and returns the URL of its root.
func Serve(t testing.TB, b *Built) string {
	t.Helper()
	node, _ := peer(t, "mime-types/package.json")
	p := port(t)
	cmd := exec.Command(node, "serve.mjs", b.Host.Name, b.Dest, b.Config, p)
	cmd.Dir = "../../.ci/peers"
	url := "http://127.0.0.1:" + p
	start(t, cmd, url)
	return url
}
