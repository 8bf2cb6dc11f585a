package builder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/etagere/etagere/builder/host"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/internal/nearest"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
	"github.com/etagere/etagere/builder/site"
)

// HostError says that there is no host of a name.
type HostError struct{ Name string }

// Error names the host, and the one that is spelt most alike.
func (e *HostError) Error() string {
	var names []string
	for _, h := range host.All() {
		names = append(names, h.Name)
	}
	if near, ok := nearest.Of(e.Name, names); ok {
		return fmt.Sprintf("there is no host %q; did you mean %q?", e.Name, near)
	}
	return fmt.Sprintf("there is no host %q; known are %s", e.Name, strings.Join(names, ", "))
}

// placing is where the files of one build go: to a host, or to no one in
// particular.
type placing struct {
	host *host.Host
	// folder is what all paths begin with: the base path, where the destination
	// becomes the root of a domain.
	folder string
	// own are the author's files that the host looks for, by path.
	own map[string]host.Own
}

// placing decides for which host a build is: the named one, or the first of
// the configuration. Without any, redirects are pages of HTML.
func (g *Generation) placing(name string) (*placing, error) {
	p := &placing{own: make(map[string]host.Own)}
	if name == "" && len(g.config.Hosts) > 0 {
		name = g.config.Hosts[0]
	}
	if name == "" {
		return p, nil
	}
	h, ok := host.Named(name)
	if !ok {
		return nil, &HostError{name}
	}
	p.host = &h
	if h.Root {
		p.folder = strings.TrimPrefix(g.config.BasePath(), "/")
	}
	return p, nil
}

// file is f in its place, and nil where the host needs none: it redirects by
// itself.
func (p *placing) file(f *output.File) *output.File {
	switch {
	case p.host == nil:
		return f
	case f.Class == policy.Redirect && !p.host.Stubs:
		return nil
	}
	placed := *f
	placed.Path = p.folder + f.Path
	if p.host.Looks(f.Path) {
		// What the host looks for lies at the root, whatever the base path.
		placed.Path, placed.Class = f.Path, policy.Host
	}
	return &placed
}

// keep keeps an author's file that the host looks for, to be told of it.
func (p *placing) keep(t *site.Target, f *output.File, read func() ([]byte, error)) (bool, error) {
	if p.host == nil || f.Class != policy.Host {
		return false, nil
	}
	data, err := read()
	p.own[f.Path] = host.Own{Source: fileOf(t).Name, Data: data}
	return true, err
}

// compile makes what the host of a build needs. Its files for the destination
// are put by put.
func (g *Generation) compile(p *placing, m *output.Manifest, table *policy.Table, dest string, put func(*output.File) error) (host.Output, error) {
	if p.host == nil {
		return host.Output{}, nil
	}
	folder := ""
	if g.b.root != "" {
		if rel, err := filepath.Rel(g.b.hostDir(p.host.Name), dest); err == nil {
			folder = filepath.ToSlash(rel)
		}
	}
	out := p.host.Compile(host.Site{
		Manifest: m, Base: g.config.BasePath(), Policy: table, Own: p.own, Folder: folder,
	})
	for i, problem := range out.Problems {
		if problem.File == "" {
			at := g.config.Problem("hosts", problem.Code, "%s", problem.Message)
			at.Severity, at.Hint = problem.Severity, problem.Hint
			out.Problems[i] = at
		}
	}
	made := make(map[string]bool)
	for _, f := range out.Published {
		made[f.Path] = true
		if err := put(f); err != nil {
			return out, err
		}
	}
	for _, path := range sortedKeys(p.own) {
		if made[path] {
			continue
		}
		f := &output.File{URL: "/" + path, Path: path, Class: policy.Host, Type: output.MediaType(path), Data: p.own[path].Data}
		if err := put(f); err != nil {
			return out, err
		}
	}
	return out, nil
}

// hostDir is where a host's configuration goes.
func (b *Builder) hostDir(name string) string {
	return filepath.Join(b.root, stateDir, "hosts", name)
}

// writeHost writes the configuration of a host's server, and removes what an
// earlier build left there.
func (b *Builder) writeHost(p *placing, files []host.Config) error {
	if p.host == nil || b.root == "" {
		return nil
	}
	dir := b.hostDir(p.host.Name)
	old, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("write the files for %s: %w", p.host.Name, err)
	}
	for _, e := range old {
		if !slices.ContainsFunc(files, func(f host.Config) bool { return f.Name == e.Name() }) {
			if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
				return fmt.Errorf("write the files for %s: %w", p.host.Name, err)
			}
		}
	}
	if len(files) == 0 {
		return nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("write the files for %s: %w", p.host.Name, err)
	}
	for _, f := range files {
		if err := replaceFile(filepath.Join(dir, f.Name), f.Data); err != nil {
			return fmt.Errorf("write the files for %s: %w", p.host.Name, err)
		}
	}
	return nil
}

// replaceFile gives a file other bytes in one step; equal ones leave it alone.
func replaceFile(name string, data []byte) error {
	if old, err := os.ReadFile(name); err == nil && digest.Of(old) == digest.Of(data) {
		return nil
	}
	tmp := name + ".new"
	if err := os.WriteFile(tmp, data, 0o666); err != nil {
		return err
	}
	return os.Rename(tmp, name)
}
