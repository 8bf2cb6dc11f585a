package markdown

import (
	"bytes"
	"path"
	"regexp"
	"strings"
)

// MkDocs: a snippet, in text and in fenced code,
//
//	--8<-- "file.md:4:6"        --8<-- "file.md:section"
//
// or several between two lines --8<--; a file of code as FastAPI's
// documentation includes it,
//
//	{* ../../docs_src/main.py ln[9:20,30] hl[11] title["app/main.py"] *}
//
// and the form before that, {!> path !}, which stands inside of a fence.

func mkdocsDirectives() []directive {
	return []directive{
		{needles: []string{"8<-"}, fences: true, expand: mkdocsSnippet},
		{needles: []string{"{*"}, expand: fastapiInclude},
		{needles: []string{"{!"}, fences: true, expand: braceInclude},
	}
}

var (
	reScissors     = regexp.MustCompile(`^(;*)-+8<-+(?:[ \t]+(?:"([^"]+)"|'([^']+)'))?[ \t]*$`)
	reSnippetPath  = regexp.MustCompile(`^(.+?)(?::([A-Za-z][\w-]*)|:(\d*(?::\d*)?(?:,\d*(?::\d*)?)*))?$`)
	reSnippetMark  = regexp.MustCompile(`-+8<-+[ \t]+\[(start|end)[ \t]*:[ \t]*([\w.-]+)[ \t]*\]`)
	reCodeInclude  = regexp.MustCompile(`^\{\*[ \t]*([^\s*]\S*)([^*]*)\*\}[ \t]*$`)
	reCodeOption   = regexp.MustCompile(`\b(ln|hl|title)[ \t]*\[([^\]]*)\]`)
	reBraceInclude = regexp.MustCompile(`^\{!>?[ \t]*([^\s!{}]+)[ \t]*!\}[ \t]*$`)
)

// snippetPath are the places that a path of MkDocs' can mean: it starts at the
// folder of mkdocs.yml, which is the site's root or, with a folder for each
// language, that above the content root.
func (l *line) snippetPath(name string) []string {
	root := l.e.root
	return append(under([]string{".", root, path.Dir(root)}, name), l.beside(name))
}

// codePath is snippetPath for FastAPI's includes: relative to the folder above
// the content root first.
func (l *line) codePath(name string) []string {
	root := l.e.root
	return append(under([]string{path.Dir(root), root, "."}, name), l.beside(name))
}

func mkdocsSnippet(l *line) (int, bool) {
	m := reScissors.FindSubmatchIndex(l.text())
	if m == nil {
		return 0, false
	}
	if m[3] > m[2] { // escaped
		l.copy(l.off, l.body)
		l.copy(l.body+1, l.end)
		return l.end, true
	}
	for _, g := range []int{4, 6} {
		if m[g] >= 0 {
			l.copy(l.off, l.body)
			l.snippet(l.body, l.end, string(l.text()[m[g]:m[g+1]]))
			return l.end, true
		}
	}
	return l.snippets()
}

// snippets puts in the files listed between two lines --8<--.
func (l *line) snippets() (int, bool) {
	first, last := lineAfter(l.t.Bytes, l.end), -1
	end := 0
	for off := first; off < len(l.t.Bytes); off = lineAfter(l.t.Bytes, off) {
		s := bytes.TrimSpace(l.t.Bytes[off:lineAfter(l.t.Bytes, off)])
		if m := reScissors.FindSubmatch(s); m != nil && len(m[1])+len(m[2])+len(m[3]) == 0 {
			last, end = off, off+bytes.Index(l.t.Bytes[off:], s)+len(s)
			break
		}
	}
	if last < 0 {
		l.report(l.problem(l.body, l.end, "include-unclosed", "the list of snippets that starts here has no end").Warn().
			WithHint("end it with a line %q", "--8<--"))
		l.copy(l.off, l.body)
		l.keep(l.body, l.end)
		return l.end, true
	}
	wrote := false
	for off := first; off < last; {
		next := lineAfter(l.t.Bytes, off)
		s := bytes.TrimSpace(l.t.Bytes[off:next])
		if len(s) > 0 && s[0] != ';' {
			if wrote {
				l.made("\n" + l.prefix())
			} else {
				l.copy(l.off, l.body)
			}
			from := off + bytes.Index(l.t.Bytes[off:next], s)
			l.snippet(from, from+len(s), strings.Trim(string(s), `"'`))
			wrote = true
		}
		off = next
	}
	return end, true
}

// snippet puts in one file or part of one.
func (l *line) snippet(from, to int, spec string) {
	m := reSnippetPath.FindStringSubmatch(spec)
	if m == nil {
		m = []string{spec, spec, "", ""}
	}
	f, ok := l.find(from, to, m[1], l.snippetPath(m[1]))
	if !ok {
		l.keep(from, to)
		return
	}
	x := newExcerpt(f)
	switch {
	case m[2] != "":
		if !x.region(m[2], false, snippetMark) {
			l.noRegion(m[1], m[2])
		}
	case m[3] != "":
		rs := snippetRanges(m[3])
		x.ranges(rs, false)
	case isMarkdown(f.name):
		x.skip(bodyOf(f.data))
	}
	x.dropMarks(snippetMark)
	l.include(from, to, f, x.text(0), l.prefix())
}

// snippetRanges reads "4:6,8:9"; "4" alone is from line 4 to the end.
func snippetRanges(s string) []pickRange {
	if !strings.ContainsAny(s, ",:") {
		s += ":"
	}
	return pickRanges(s, ":")
}

func snippetMark(line []byte) (name string, start, ok bool) {
	m := reSnippetMark.FindSubmatch(line)
	if m == nil {
		return "", false, false
	}
	return string(m[2]), string(m[1]) == "start", true
}

func fastapiInclude(l *line) (int, bool) {
	m := reCodeInclude.FindSubmatch(l.text())
	if m == nil {
		return 0, false
	}
	name := string(m[1])
	f, ok := l.find(l.body, l.end, name, l.codePath(name))
	if !ok {
		l.copy(l.off, l.body)
		l.keep(l.body, l.end)
		return l.end, true
	}
	x := newExcerpt(f)
	c := codeFence{lang: langOf(f.name), source: true, dedent: true}
	for _, o := range reCodeOption.FindAllSubmatch(m[2], -1) {
		value := string(o[2])
		switch string(o[1]) {
		case "ln":
			x.ranges(pickRanges(value, ":"), true)
		case "hl":
			c.marks = pickRanges(value, ":")
		case "title":
			c.title = strings.Trim(strings.TrimSpace(value), `"'`)
		}
	}
	l.fence(x, c)
	return l.end, true
}

func braceInclude(l *line) (int, bool) {
	m := reBraceInclude.FindSubmatch(l.text())
	if m == nil {
		return 0, false
	}
	name := string(m[1])
	f, ok := l.find(l.body, l.end, name, l.codePath(name))
	switch {
	case !ok:
		l.copy(l.off, l.body)
		l.keep(l.body, l.end)
	case !l.fenced && !isMarkdown(f.name):
		l.fence(newExcerpt(f), codeFence{lang: langOf(f.name)})
	default:
		l.copy(l.off, l.body)
		l.include(l.body, l.end, f, newExcerpt(f).text(0), l.prefix())
	}
	return l.end, true
}
