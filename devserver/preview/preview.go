// Package preview shows a built site as its readers will get it: the bytes of
// the destination with the header fields of its manifest, and nothing of the
// author's tools: no script, no watcher, no reload.
//
// Requests are answered from the manifest. Files are opened by what its entries
// say, never by a path of a request, and their bytes are compared with its
// digests before any of them is sent.
package preview

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/devserver"
	"github.com/etagere/etagere/devserver/negotiate"
)

// Options are the choices of one preview.
type Options struct {
	// Dir is the folder that a site was built into.
	Dir string
	// Sources are folders in which, or above which, the site may lie, beside those
	// above Dir.
	Sources []string
	// AllowHosts are names beside the loopback's and the bound addresses that
	// requests may be addressed to; see devserver.Guard.
	AllowHosts []string
	// Latency is how long each answer is held back, to see a site as from afar.
	Latency time.Duration
	// Notice is told what people should know, from any goroutine. Nil discards it.
	Notice func(message string)
}

// NoBuildError says that a folder is not known to have been built into.
type NoBuildError struct {
	Dir string
	// Missing says that there is no such folder at all.
	Missing bool
}

// Error says which folder it is.
func (e *NoBuildError) Error() string {
	if e.Missing {
		return fmt.Sprintf("there is no folder %q", e.Dir)
	}
	return fmt.Sprintf("the folder %q is not known to hold a built site", e.Dir)
}

// Preview answers for one built site. It follows later builds into the same
// folder: each request looks whether the manifest is another. Make it with New.
type Preview struct {
	options  Options
	manifest string // the manifest's file
	files    *files

	mu      sync.Mutex
	site    *site
	read    fs.FileInfo // of the manifest that site is from
	told    map[string]bool
	trouble string // why the manifest cannot be read, as it was last said
}

// New finds the manifest of a folder. It is a *NoBuildError where there is none.
func New(o Options) (*Preview, error) {
	if o.Notice == nil {
		o.Notice = func(string) {}
	}
	if info, err := os.Stat(o.Dir); err != nil || !info.IsDir() {
		return nil, &NoBuildError{Dir: o.Dir, Missing: true}
	}
	p := &Preview{options: o, files: newFiles(maxMemory), told: make(map[string]bool)}
	for _, site := range candidates(o) {
		if p.manifest = manifestOf(site, o.Dir); p.manifest != "" {
			return p, p.load()
		}
	}
	return nil, &NoBuildError{Dir: o.Dir}
}

// manifestOf is the manifest of the site in a folder for what it was built into;
// empty where there is none.
func manifestOf(site, dir string) string {
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		real = dir
	}
	for _, d := range []string{dir, real} { // as it was called when it was built
		name, err := output.ManifestFile(site, d)
		if err != nil {
			continue
		}
		if _, err := os.Stat(name); err == nil {
			return name
		}
	}
	return ""
}

// candidates are the folders that may be the site's, the likeliest first.
func candidates(o Options) []string {
	var list []string
	seen := make(map[string]bool)
	for _, start := range append(append([]string{}, o.Sources...), filepath.Dir(o.Dir), o.Dir) {
		dir, err := filepath.Abs(start)
		for err == nil && !seen[dir] {
			seen[dir] = true
			list = append(list, dir)
			dir = filepath.Dir(dir)
		}
	}
	return list
}

// Handler answers requests, behind the checks of devserver.Guard. Listening are
// the addresses that are listened on.
func (p *Preview) Handler(listening ...string) http.Handler {
	names := append(append([]string{}, p.options.AllowHosts...), listening...)
	return devserver.Guard(http.HandlerFunc(p.serve), names)
}

// again is how long after a file was found to be another one the folder is looked
// at once more: a build may be bringing it in.
const again = 200 * time.Millisecond

func (p *Preview) serve(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	if !devserver.Pause(ctx, p.options.Latency) {
		return
	}
	err := p.answer(w, r, false)
	if changed(err) && devserver.Pause(ctx, again) {
		err = p.answer(w, r, true)
	}
	switch {
	case err == nil || ctx.Err() != nil:
	case errors.Is(err, errSending):
		panic(http.ErrAbortHandler) // the rest of the answer cannot be sent
	default:
		p.tell(err.Error())
		devserver.Refuse(w, r, http.StatusInternalServerError, err.Error())
	}
}

// errSending says that an answer has begun and could not be ended.
var errSending = errors.New("the answer is incomplete")

// answer answers r, or returns why the file that it leads to cannot be sent.
// Fresh looks at the folder anew.
func (p *Preview) answer(w http.ResponseWriter, r *http.Request, fresh bool) error {
	s := p.current(fresh)
	t := s.find(r.URL.EscapedPath(), r.URL.RawQuery)
	a := negotiate.Decide(r.Method, r.Header, &t.Resource)
	var body negotiate.Body
	if a.Chosen >= 0 && t.entry != nil {
		// A 304 and a HEAD speak of the bytes too.
		f, err := p.files.open(s.root, t.stored(a.Chosen), a.NeedsBody())
		if err != nil {
			return err
		}
		defer f.close()
		body = f
	} else if t.entry == nil {
		body = negotiate.Bytes(t.text)
	}
	if err := a.Send(w, body); err != nil {
		return errors.Join(errSending, err)
	}
	return nil
}

// current is the site of the manifest that is there now.
func (p *Preview) current(fresh bool) *site {
	info, err := os.Stat(p.manifest)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil && (fresh || !same(info, p.read)) {
		err = p.reload()
	}
	switch {
	case err == nil:
		p.trouble = ""
	case p.trouble != err.Error():
		p.trouble = err.Error()
		p.options.Notice(fmt.Sprintf("the manifest cannot be read, the site is shown as it was: %v", err))
	}
	return p.site
}

func (p *Preview) load() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reload()
}

// reload reads the manifest and opens the folder, which a build may have put
// another one in the place of. What was there before stays open until the last
// request for it has been answered: then it is collected, and closed.
func (p *Preview) reload() error {
	f, err := os.Open(p.manifest)
	if err != nil {
		return fmt.Errorf("read manifest: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("read manifest: %w", err)
	}
	m, err := output.DecodeManifest(f)
	if err != nil {
		return fmt.Errorf("%s: %w", p.manifest, err)
	}
	root, err := os.OpenRoot(p.options.Dir)
	if err != nil {
		return fmt.Errorf("open the built site: %w", err)
	}
	if !same(info, p.read) { // another build
		p.files.forget()
		clear(p.told)
	}
	p.site, p.read = newSite(m, root), info
	return nil
}

// tell says once for each build what is wrong.
func (p *Preview) tell(message string) {
	p.mu.Lock()
	news := !p.told[message]
	p.told[message] = true
	p.mu.Unlock()
	if news {
		p.options.Notice(message)
	}
}

// same reports whether two looks at a file saw the same one, unchanged.
func same(a, b fs.FileInfo) bool {
	return a != nil && b != nil && os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}
