package markdown

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
)

// mdBook: {{#include file}}, {{#include file:2:10}}, {{#include file:anchor}},
// {{#rustdoc_include …}}, {{#playground file.rs}} and {{#title …}}, anywhere in
// the text and in code; a backslash in front shows the directive instead.

func mdbookDirectives() []directive {
	return []directive{{needles: []string{"{{#", "{{ #"}, fences: true, expand: mdbookInclude}}
}

var (
	reMdBook = regexp.MustCompile(`\\?\{\{[ \t]*#(include|rustdoc_include|playground|playpen|title)[ \t]+([^{}]*?)[ \t]*\}\}`)
	reAnchor = regexp.MustCompile(`ANCHOR(_END)?:[ \t]*([\w-]+)`)
)

func mdbookInclude(l *line) (int, bool) {
	found := reMdBook.FindAllSubmatchIndex(l.t.Bytes[l.off:l.end], -1)
	if found == nil {
		return 0, false
	}
	done := l.off
	for _, m := range found {
		from, to := l.off+m[0], l.off+m[1]
		l.copy(done, from)
		done = to
		kind, arg := string(l.t.Bytes[l.off+m[2]:l.off+m[3]]), string(l.t.Bytes[l.off+m[4]:l.off+m[5]])
		switch {
		case l.t.Bytes[from] == '\\':
			l.copy(from+1, to)
		case kind == "title":
		default:
			l.mdbook(from, to, kind, arg)
		}
	}
	l.copy(done, l.end)
	return l.end, true
}

func (l *line) mdbook(from, to int, kind, arg string) {
	prefix := ""
	if from == l.body {
		prefix = l.prefix()
	}
	arg, attrs, _ := strings.Cut(arg, " ")
	name, part, _ := strings.Cut(arg, ":")
	f, ok := l.find(from, to, name, []string{l.beside(name)})
	if !ok {
		l.keep(from, to)
		return
	}
	x := newExcerpt(f)
	switch rs, isRange := mdbookRange(part); {
	case isRange:
		x.ranges(rs, false)
	case part != "":
		if !x.region(part, false, anchorMark) {
			l.noRegion(name, part)
		}
	}
	x.dropMarks(anchorMark)
	if (kind == "playground" || kind == "playpen") && !l.fenced && from == l.body {
		info := strings.TrimSuffix("rust,"+strings.Join(strings.FieldsFunc(attrs, func(r rune) bool { return r == ' ' || r == ',' }), ","), ",")
		body := x.text(0)
		ticks := strings.Repeat("`", max(3, longestRun(body.Bytes, '`')+1))
		l.made(ticks + strings.ReplaceAll(info, "`", "") + "\n" + prefix)
		l.embedCode(body, prefix)
		l.made("\n" + prefix + ticks)
		return
	}
	l.include(from, to, f, x.text(0), prefix)
}

// mdbookRange reads what stands behind the file's name: "2" is that line, "2:"
// from it on, ":10" up to it, "2:10" both. Anything else is an anchor.
func mdbookRange(s string) ([]pickRange, bool) {
	a, b, colon := strings.Cut(s, ":")
	if s == "" || strings.Trim(a+strings.TrimSuffix(b, ":"), "0123456789") != "" {
		return nil, false
	}
	from, err := strconv.Atoi(a)
	if err != nil {
		from = 1
	}
	to, err := strconv.Atoi(strings.TrimSuffix(b, ":"))
	switch {
	case !colon:
		to = from
	case err != nil:
		to = 0
	}
	return []pickRange{{from, to}}, true
}

func anchorMark(line []byte) (name string, start, ok bool) {
	if !bytes.Contains(line, []byte("ANCHOR")) {
		return "", false, false
	}
	m := reAnchor.FindSubmatch(line)
	if m == nil {
		return "", false, false
	}
	return string(m[2]), len(m[1]) == 0, true
}
