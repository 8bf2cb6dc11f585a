package markdown

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// loaded is a file that a directive found.
type loaded struct {
	name string
	data []byte
}

// find loads the first of the candidates that exists. name is the path as the
// author wrote it, from and to the place of the directive; what goes wrong
// becomes a problem there.
func (l *line) find(from, to int, name string, candidates []string) (loaded, bool) {
	var tried []string
	for _, c := range candidates {
		c = path.Clean(c)
		if c == "." || c == ".." || strings.HasPrefix(c, "../") || slices.Contains(tried, c) {
			continue
		}
		tried = append(tried, c)
		found, data, ok := l.e.load.Load(c)
		if !ok {
			continue
		}
		if found != c {
			l.report(l.problem(from, to, "include-case", "%q is written %q on disk", name, path.Base(found)).Warn().
				WithHint("write the path as the file is named (%s): other systems tell capitals apart", found))
		}
		if !l.enter(from, to, found, data) {
			return loaded{}, false
		}
		return loaded{found, tidy(data)}, true
	}
	p := l.problem(from, to, "include-missing", "the included file %q does not exist", name).Warn()
	switch {
	case strings.Contains(name, "://"):
		p = p.WithHint("only files of the site can be included")
	case len(tried) == 0:
		p = p.WithHint("the path leads out of the site")
	default:
		p = p.WithHint("looked for it at %s", strings.Join(tried, ", "))
	}
	l.report(p)
	return loaded{}, false
}

// enter counts what is about to be included and reports whether it may be.
func (l *line) enter(from, to int, name string, data []byte) bool {
	e := l.e
	e.count++
	e.size += len(data)
	if e.count > maxIncludes || e.size > maxIncludeBytes {
		if !e.full {
			e.full = true
			// Not by report: it must not drown among a thousand others.
			e.problems = append(e.problems, l.problem(from, to, "include-size",
				"the page includes too much: over %d files or %d MB", maxIncludes, maxIncludeBytes>>20).
				WithHint("does a file include another one several times, and that one others?"))
		}
		return false
	}
	return true
}

// nested is the file f with its own directives expanded, f being what the
// present line includes.
func (l *line) nested(from, to int, f loaded, t *Text) (*Text, bool) {
	if slices.Contains(l.chain, f.name) {
		l.report(l.problem(from, to, "include-loop", "the include ends in a loop: %s", chainOf(l.chain, f.name)).
			WithHint("take one of these includes out"))
		return nil, false
	}
	if len(l.chain) > maxIncludeDepth {
		l.report(l.problem(from, to, "include-depth", "files include each other more than %d deep: %s", maxIncludeDepth, chainOf(l.chain, f.name)))
		return nil, false
	}
	return l.e.expand(t, append(slices.Clip(l.chain), f.name), l.fenced), true
}

func chainOf(chain []string, last string) string {
	return strings.Join(append(slices.Clone(chain), last), " → ")
}

// include writes Markdown of f, expanded, in place of [from, to); else it
// shows the directive. prefix is for embed.
func (l *line) include(from, to int, f loaded, t *Text, prefix string) {
	sub, ok := l.nested(from, to, f, t)
	if !ok {
		l.keep(from, to)
		return
	}
	l.embed(sub, prefix)
}

// beside is a path relative to the folder of the file that the line stands in.
func (l *line) beside(name string) string { return path.Join(path.Dir(l.file()), name) }

// roots are the content root and the folders above it, up to the site's root.
func (e *expander) roots() []string {
	var out []string
	for d := e.root; ; d = path.Dir(d) {
		out = append(out, d)
		if d == "." || d == "/" {
			return out
		}
	}
}

// under is name below each of the folders.
func under(folders []string, name string) []string {
	out := make([]string, len(folders))
	for i, d := range folders {
		out[i] = path.Join(d, name)
	}
	return out
}

// tidy is data without a byte order mark and with plain line ends. Lines and
// columns stay the same.
func tidy(data []byte) []byte {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if bytes.Contains(data, []byte("\r\n")) {
		data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	}
	return data
}

// bodyOf is the offset behind the front matter of an included file.
func bodyOf(data []byte) int {
	first := lineAfter(data, 0)
	mark := string(bytes.TrimRight(data[:first], " \t\n"))
	if mark != "---" && mark != "+++" {
		return 0
	}
	for off := first; off < len(data); {
		next := lineAfter(data, off)
		s := string(bytes.TrimRight(data[off:next], " \t\n"))
		if s == mark || mark == "---" && s == "..." {
			return next
		}
		off = next
	}
	return 0
}

// isMarkdown reports whether a file's name is that of a Markdown file.
func isMarkdown(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".md", ".mdx", ".markdown", ".mdown":
		return true
	}
	return false
}

// prefixLen is the length of the blanks, quote marks and list markers that a
// line starts with.
func prefixLen(b []byte) int {
	i := 0
	for i < len(b) {
		switch c := b[i]; {
		case c == ' ' || c == '\t' || c == '>':
			i++
			continue
		case c == '-' || c == '*' || c == '+':
			if i+1 < len(b) && (b[i+1] == ' ' || b[i+1] == '\t') {
				i += 2
				continue
			}
		case c >= '0' && c <= '9':
			j := i
			for j < len(b) && j-i < 9 && b[j] >= '0' && b[j] <= '9' {
				j++
			}
			if j+1 < len(b) && (b[j] == '.' || b[j] == ')') && b[j+1] == ' ' {
				i = j + 2
				continue
			}
		}
		break
	}
	return i
}

// fenceScan follows fenced code, line by line, without parsing blocks.
type fenceScan struct {
	char  byte
	n     int
	quote bool
	group bool // inside of a ::: code-group
}

// step takes the next line, whose prefix is prefix bytes long, and reports
// whether it belongs to fenced code, the fences themselves included.
func (f *fenceScan) step(b []byte, prefix int) bool {
	if f.n > 0 && f.quote && !bytes.ContainsRune(b[:prefix], '>') {
		f.n = 0 // its quote has ended, and it with it
	}
	if f.n > 0 {
		s := bytes.TrimRight(bytes.TrimLeft(b, " \t>"), " \t")
		if len(s) >= f.n && longestRun(s, f.char) == len(s) {
			f.n = 0
		}
		return true
	}
	s := b[prefix:]
	if bytes.HasPrefix(s, []byte(":::")) {
		f.group = bytes.HasPrefix(bytes.TrimLeft(s, ": "), []byte("code-group"))
	}
	if len(s) < 3 || s[0] != '`' && s[0] != '~' {
		return false
	}
	n := 0
	for n < len(s) && s[n] == s[0] {
		n++
	}
	if n < 3 || s[0] == '`' && bytes.IndexByte(s[n:], '`') >= 0 {
		return false
	}
	f.char, f.n, f.quote = s[0], n, bytes.ContainsRune(b[:prefix], '>')
	return true
}
