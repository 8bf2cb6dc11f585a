package markdown

import (
	"bytes"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// VitePress: a snippet of code
//
//	<<< @/path/file.ts#region{1,3-5 ts:line-numbers} [title]
//
// alone on its line, and Markdown
//
//	<!--@include: ./part.md#heading{3,10}-->
//
// anywhere outside of code.

func vitepressDirectives() []directive {
	return []directive{
		{needles: []string{"<<<"}, expand: vitepressSnippet},
		{needles: []string{"@include:"}, expand: vitepressInclude},
	}
}

var (
	reSnippet     = regexp.MustCompile(`^<<<[ \t]*([^{}\[\]#]*?[^{}\[\]#\s])(?:#([\w.-]+))?[ \t]*(?:\{([^{}]*)\})?[ \t]*(?:\[(.*)\])?[ \t]*$`)
	reMDInclude   = regexp.MustCompile(`<!--[ \t]*@include:[ \t]*(.*?)[ \t]*-->`)
	reIncludePath = regexp.MustCompile(`^(.*?)(?:#([^{}]+?))?(?:\{(\d*)(?:(,)(\d*))?\})?$`)
	reRegion      = regexp.MustCompile(`(?i)^\W*(?:pragma[ \t]+|rem[ \t]+)?#?(end ?)?region\b[ \t]*([\w*.-]*)`)
)

// sourcePath are the places that a path of VitePress's can mean: @ and a slash
// stand for the source root, which may lie above a language's folder.
func (l *line) sourcePath(name string) []string {
	switch {
	case strings.HasPrefix(name, "@/"):
		return under(l.e.roots(), name[2:])
	case strings.HasPrefix(name, "@"):
		return under(l.e.roots(), name[1:])
	case strings.HasPrefix(name, "/"):
		return under(l.e.roots(), name[1:])
	}
	return []string{l.beside(name)}
}

func vitepressSnippet(l *line) (int, bool) {
	m := reSnippet.FindSubmatch(l.text())
	if m == nil {
		return 0, false
	}
	name, region, title := string(m[1]), string(m[2]), string(m[4])
	f, ok := l.find(l.body, l.end, name, l.sourcePath(name))
	if !ok {
		l.copy(l.off, l.body)
		if !l.group {
			l.keep(l.body, l.end)
			return l.end, true
		}
		// In a code group it takes a fence to be a tab.
		l.made("```text [" + strings.ReplaceAll(path.Base(name), "`", "") + "]\n" + l.prefix())
		l.copy(l.body, l.end)
		l.made("\n" + l.prefix() + "```")
		return l.end, true
	}
	x := newExcerpt(f)
	if region != "" && !x.region(region, false, regionMark) {
		l.noRegion(name, region)
	}
	x.dropMarks(regionMark)
	c := codeFence{lang: langOf(f.name), title: title, dedent: region != ""}
	for _, word := range strings.Fields(string(m[3])) {
		switch {
		case word[0] >= '0' && word[0] <= '9':
			c.marks = pickRanges(word, "-")
		case strings.HasPrefix(word, ":"):
			c.suffix = word
		default:
			c.lang, c.suffix, _ = strings.Cut(word, ":")
			if c.suffix != "" {
				c.suffix = ":" + c.suffix
			}
		}
	}
	if c.title == "" && l.group {
		c.title = path.Base(f.name)
	}
	l.fence(x, c)
	return l.end, true
}

func (l *line) noRegion(name, region string) {
	l.report(l.problem(l.body, l.end, "include-region", "%q has no region %q", name, region).Warn().
		WithHint("the whole file is shown instead"))
}

// regionMark reads the marks that editors fold by: #region name, #endregion.
func regionMark(line []byte) (name string, start, ok bool) {
	if !bytes.Contains(bytes.ToLower(line), []byte("region")) {
		return "", false, false
	}
	m := reRegion.FindSubmatch(line)
	if m == nil || !bytes.Contains(line, []byte("#")) {
		return "", false, false
	}
	return string(m[2]), len(m[1]) == 0, true
}

func vitepressInclude(l *line) (int, bool) {
	found := reMDInclude.FindAllSubmatchIndex(l.t.Bytes[l.off:l.end], -1)
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
		l.includePart(from, to, string(l.t.Bytes[l.off+m[2]:l.off+m[3]]), prefix)
	}
	l.copy(done, l.end)
	return l.end, true
}

// includePart includes a Markdown file, a range of its lines, or the region
// or the section under the heading that spec names.
func (l *line) includePart(from, to int, spec, prefix string) {
	m := reIncludePath.FindStringSubmatch(spec)
	name, part := m[1], m[2]
	f, ok := l.find(from, to, name, l.sourcePath(name))
	if !ok {
		l.keep(from, to)
		return
	}
	x := newExcerpt(f)
	if part != "" && !x.region(part, false, regionMark) && !x.section(part) {
		l.noRegion(name, part)
	}
	if m[3] != "" || m[4] != "" {
		first, _ := strconv.Atoi(m[3])
		last, _ := strconv.Atoi(m[5])
		if m[4] == "" {
			last = first
		}
		x.ranges([]pickRange{{max(first, 1), last}}, false)
	} else if part == "" {
		x.skip(bodyOf(f.data))
	}
	x.dropMarks(regionMark)
	l.include(from, to, f, x.text(0), prefix)
}

// skip leaves out the lines before offset off.
func (x *excerpt) skip(off int) {
	for len(x.pick) > 0 && x.lines[x.pick[0]].from < off {
		x.pick = x.pick[1:]
	}
}

// section narrows x to the heading with the id and what stands under it.
func (x *excerpt) section(id string) bool {
	var f fenceScan
	first, level := -1, 0
	for k, i := range x.pick {
		b := x.line(i)
		if f.step(b, prefixLen(b)) {
			continue
		}
		n, title, explicit := atxHeading(b)
		switch {
		case n == 0:
		case first < 0 && (explicit == id || explicit == "" && roughSlug(title) == strings.ToLower(id)):
			first, level = k, n
		case first >= 0 && n <= level:
			x.pick = x.pick[first:k]
			return true
		}
	}
	if first < 0 {
		return false
	}
	x.pick = x.pick[first:]
	return true
}
