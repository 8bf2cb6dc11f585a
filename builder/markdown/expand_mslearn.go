package markdown

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// Microsoft Learn: [!INCLUDE[name](path.md)] as a block or in a line,
//
//	[!code-cpp[name](path.cpp#region)]
//	[!code-cpp[](path.cpp?highlight=1&range=2-5)]
//	:::code language="cpp" source="path.cpp" range="2-5" highlight="1":::
//
// each alone on its line, perhaps indented in a list. Regions lie between
// comments <name> and </name>, a number meaning <snippetNN>, or between #region
// and #endregion.

func mslearnDirectives() []directive {
	return []directive{
		{needles: []string{"[!INCLUDE", "[!include", "[!Include"}, expand: learnInclude},
		{needles: []string{"[!code", "[!Code", "[!CODE"}, expand: learnCode},
		{needles: []string{":::code", "::: code"}, expand: learnCodeBlock},
	}
}

var (
	reLearnInclude = regexp.MustCompile(`(?i)\[!include[ \t]*\[[^\]]*\][ \t]*\(([^()]*)\)[ \t]*\]`)
	reLearnCode    = regexp.MustCompile(`(?i)^\[!code(?:-([\w+#-]+))?[ \t]*\[[^\]]*\][ \t]*\(([^()]*)\)[ \t]*\][ \t]*$`)
	reLearnBlock   = regexp.MustCompile(`^:::[ \t]*code[ \t]+(.*?)[ \t]*:::[ \t]*$`)
	reLearnTag     = regexp.MustCompile(`(?i)^\s*(?://+|#|'|<!--|--|/\*|;|%|rem\b)[ \t]*<(/?)([\w.-]+)>[ \t]*(?:-->|\*/)?[ \t]*$`)
	reLearnSnippet = regexp.MustCompile(`(?i)^\s*(?://+|#|'|<!--|--|/\*|;|%|rem\b)[ \t]*</?snippet[\w.-]*>[ \t]*(?:-->|\*/)?[ \t]*$`)
)

// learnPath are the places that a path of Microsoft Learn's can mean: ~ is the
// root of the documentation set.
func (l *line) learnPath(name string) []string {
	name = strings.ReplaceAll(name, `\`, "/")
	if s, err := url.PathUnescape(name); err == nil {
		name = s
	}
	switch {
	case strings.HasPrefix(name, "~/"):
		return under(l.e.roots(), name[2:])
	case strings.HasPrefix(name, "/"):
		return under(l.e.roots(), name[1:])
	}
	return []string{l.beside(name)}
}

func learnInclude(l *line) (int, bool) {
	found := reLearnInclude.FindAllSubmatchIndex(l.t.Bytes[l.off:l.end], -1)
	if found == nil {
		return 0, false
	}
	done := l.off
	spans := codeSpans(l.t.Bytes[l.off:l.end])
	for _, m := range found {
		from, to := l.off+m[0], l.off+m[1]
		if spans.has(m[0]) {
			continue
		}
		l.copy(done, from)
		done = to
		prefix := ""
		if from == l.body {
			prefix = l.prefix()
		}
		name := firstField(string(l.t.Bytes[l.off+m[2] : l.off+m[3]]))
		f, ok := l.find(from, to, name, l.learnPath(name))
		if !ok {
			l.keep(from, to)
			continue
		}
		x := newExcerpt(f)
		x.skip(bodyOf(f.data))
		for len(x.pick) > 0 && len(strings.TrimSpace(string(x.line(x.pick[0])))) == 0 {
			x.pick = x.pick[1:]
		}
		l.include(from, to, f, x.text(0), prefix)
	}
	l.copy(done, l.end)
	return l.end, true
}

// firstField is s up to its first blank: a path without a title behind it.
func firstField(s string) string {
	if f := strings.Fields(s); len(f) > 0 {
		return f[0]
	}
	return ""
}

// learnPick says which part of a file of code is asked for.
type learnPick struct {
	path, region, ranges, marks, lang string
	dedent                            bool
}

func learnCode(l *line) (int, bool) {
	m := reLearnCode.FindSubmatch(l.text())
	if m == nil {
		return 0, false
	}
	p := learnPick{path: firstField(string(m[2])), lang: strings.ToLower(string(m[1])), dedent: true}
	p.path, p.region, _ = strings.Cut(p.path, "#")
	var query string
	if p.region != "" {
		p.region, query, _ = strings.Cut(p.region, "?")
	}
	if a, q, ok := strings.Cut(p.path, "?"); ok {
		p.path, query = a, q
	}
	if v, err := url.ParseQuery(query); err == nil {
		p.ranges, p.marks = v.Get("range"), v.Get("highlight")
		if n := v.Get("name"); n != "" {
			p.region = n
		}
		if s := v.Get("start"); s != "" {
			p.ranges = s + "-" + v.Get("end")
		}
	}
	l.learnFence(p)
	return l.end, true
}

func learnCodeBlock(l *line) (int, bool) {
	m := reLearnBlock.FindSubmatch(l.text())
	if m == nil {
		return 0, false
	}
	p := learnPick{dedent: true}
	for _, a := range tagAttrs(m[1], 0) {
		switch strings.ToLower(a.name) {
		case "language":
			p.lang = a.value
		case "source":
			p.path = strings.TrimSpace(a.value)
		case "range":
			p.ranges = a.value
		case "highlight":
			p.marks = a.value
		case "id":
			p.region = a.value
		}
	}
	l.learnFence(p)
	return l.end, true
}

// learnFence shows the picked part of a file as a fence.
func (l *line) learnFence(p learnPick) {
	f, ok := l.find(l.body, l.end, p.path, l.learnPath(p.path))
	if !ok {
		l.copy(l.off, l.body)
		l.keep(l.body, l.end)
		return
	}
	x := newExcerpt(f)
	switch rs := pickRanges(strings.ReplaceAll(p.region, "L", ""), "-"); {
	case p.ranges != "":
		x.ranges(pickRanges(p.ranges, "-"), true)
	case strings.HasPrefix(p.region, "L") && len(rs) > 0:
		x.ranges(rs, true)
	case p.region != "":
		name := p.region
		if _, err := strconv.Atoi(name); err == nil {
			name = "snippet" + name
		}
		if !x.region(name, true, learnMark) && !x.region(p.region, true, regionMark) {
			l.noRegion(p.path, p.region)
		}
	}
	x.drop(reLearnSnippet)
	lang := p.lang
	if lang == "" {
		lang = langOf(f.name)
	}
	l.fence(x, codeFence{lang: strings.ReplaceAll(lang, "`", ""), marks: pickRanges(p.marks, "-"), dedent: p.dedent})
}

func learnMark(line []byte) (name string, start, ok bool) {
	m := reLearnTag.FindSubmatch(line)
	if m == nil {
		return "", false, false
	}
	return string(m[2]), len(m[1]) == 0, true
}
