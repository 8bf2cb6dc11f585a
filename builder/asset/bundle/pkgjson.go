package bundle

import (
	"bytes"
	"encoding/json"
	"path"
	"slices"
	"strings"
)

// pkg is what a package.json says to bundlers.
type pkg struct {
	dir                 string
	main, module, style string
	// browserMain is "browser" as a text; browser is it as a table, with "" for false.
	browserMain      string
	browser          map[string]string
	exports, imports *targets
	// declared says that sideEffects is known; the list holds the files that have some.
	declared    bool
	sideEffects []string
}

// pkg is the package in a folder, or nil.
func (r *resolver) pkg(dir string) *pkg {
	if p, ok := r.packages[dir]; ok {
		return p
	}
	var p *pkg
	if _, data, ok := r.host.Read(path.Join(dir, "package.json")); ok {
		p = parsePackage(dir, data)
	}
	r.packages[dir] = p
	return p
}

// parsePackage reads a package.json; one that is broken says nothing.
func parsePackage(dir string, data []byte) *pkg {
	p := &pkg{dir: dir}
	var raw struct {
		Main, Module, Style, Browser, Exports, Imports, SideEffects json.RawMessage
	}
	if json.Unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), &raw) != nil {
		return p
	}
	text := func(m json.RawMessage) string {
		var s string
		_ = json.Unmarshal(m, &s) // other types name no file
		return s
	}
	p.main, p.module, p.style, p.browserMain = text(raw.Main), text(raw.Module), text(raw.Style), text(raw.Browser)
	var table map[string]any
	if json.Unmarshal(raw.Browser, &table) == nil {
		p.browser = make(map[string]string)
		for name, to := range table {
			switch to := to.(type) {
			case string:
				p.browser[name] = to
			case bool:
				if !to {
					p.browser[name] = ""
				}
			}
		}
	}
	p.exports, p.imports = parseTargets(raw.Exports), parseTargets(raw.Imports)
	var none bool
	switch {
	case json.Unmarshal(raw.SideEffects, &none) == nil && !none && len(raw.SideEffects) > 0 && string(raw.SideEffects) != "null":
		p.declared = true
	case json.Unmarshal(raw.SideEffects, &p.sideEffects) == nil && len(raw.SideEffects) > 0 && raw.SideEffects[0] == '[':
		p.declared = true
	}
	return p
}

// mains are the fields that name the main file, the best first.
func (p *pkg) mains(k kind) []string {
	var list []string
	switch k {
	case styleKind:
		list = []string{p.style, p.main}
	case requireKind:
		list = []string{p.browserMain, p.main, p.module}
	default:
		list = []string{p.browserMain, p.module, p.main}
	}
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

// targets is a value of "exports" or "imports". The order of its keys counts.
type targets struct {
	text string
	list []*targets
	keys []string
	vals []*targets
	kind byte // 's', 'l', 'm', or 'n' for null
}

// parseTargets reads a value; nil for none and for null.
func parseTargets(raw json.RawMessage) *targets {
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	t, err := readTargets(d)
	if err != nil {
		return nil
	}
	return t
}

func readTargets(d *json.Decoder) (*targets, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case string:
		return &targets{kind: 's', text: token}, nil
	case json.Delim:
		t := &targets{kind: 'l'}
		if token == '{' {
			t.kind = 'm'
		}
		for d.More() {
			if t.kind == 'm' {
				key, err := d.Token()
				if err != nil {
					return nil, err
				}
				t.keys = append(t.keys, key.(string))
			}
			v, err := readTargets(d)
			if err != nil {
				return nil, err
			}
			t.vals = append(t.vals, v)
		}
		_, err = d.Token()
		t.list = t.vals
		return t, err
	}
	return &targets{kind: 'n'}, nil
}

// match is what stands for a subpath (".", "./x") or an import ("#x"): a path in
// the package, or the specifier of another one, which is bare.
func (t *targets) match(sub string, conditions map[string]bool) (to string, bare, ok bool) {
	imports := strings.HasPrefix(sub, "#")
	if t.kind != 'm' || len(t.keys) == 0 || !strings.HasPrefix(t.keys[0], ".") && !strings.HasPrefix(t.keys[0], "#") {
		// "exports" that is the main file alone.
		if sub != "." {
			return "", false, false
		}
		return t.target("", conditions, imports)
	}
	for i, key := range t.keys {
		if key == sub && !strings.Contains(key, "*") {
			return t.vals[i].target("", conditions, imports)
		}
	}
	best := -1
	for i, key := range t.keys {
		before, after, ok := strings.Cut(key, "*")
		if !ok {
			if !strings.HasSuffix(key, "/") {
				continue
			}
			before, after = key, ""
		}
		fits := strings.HasPrefix(sub, before) && strings.HasSuffix(sub, after) && len(sub) >= len(before)+len(after) && sub != before
		if fits && (best < 0 || better(key, t.keys[best])) {
			best = i
		}
	}
	if best < 0 {
		return "", false, false
	}
	before, after, pattern := strings.Cut(t.keys[best], "*")
	rest := sub[len(before) : len(sub)-len(after)]
	if !pattern { // a folder, as older packages export it
		to, bare, ok = t.vals[best].target("", conditions, imports)
		return to + rest, bare, ok
	}
	return t.vals[best].target(rest, conditions, imports)
}

// better reports whether pattern a is more exact than b.
func better(a, b string) bool {
	i, j := strings.IndexByte(a+"*", '*'), strings.IndexByte(b+"*", '*')
	if i != j {
		return i > j
	}
	return len(a) > len(b)
}

// target is the text that the conditions lead to. Only "imports" may lead to other
// packages.
func (t *targets) target(rest string, conditions map[string]bool, imports bool) (to string, bare, ok bool) {
	switch t.kind {
	case 's':
		to = strings.ReplaceAll(t.text, "*", rest)
		inside := strings.HasPrefix(to, "./")
		if !inside && !imports {
			return "", false, false
		}
		if inside && strings.Contains("/"+to[2:]+"/", "/../") || strings.HasPrefix(to, "../") || strings.HasPrefix(to, "/") {
			return "", false, false
		}
		return to, !inside, true
	case 'm':
		for i, key := range t.keys {
			if key == "default" || conditions[key] {
				if to, bare, ok = t.vals[i].target(rest, conditions, imports); ok || t.vals[i].kind == 'n' {
					return to, bare, ok
				}
			}
		}
	case 'l':
		for _, v := range t.list {
			if to, bare, ok = v.target(rest, conditions, imports); ok {
				return to, bare, ok
			}
		}
	}
	return "", false, false
}
