package markdown

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// gap stands in an excerpt for lines that were left out.
const gap = -1

// excerpt is a choice of lines of a file, in order.
type excerpt struct {
	file  loaded
	lines []lineSpan // all lines of the file
	pick  []int      // indices into lines, or gap
}

// lineSpan is where a line lies, without its line end.
type lineSpan struct{ from, to int }

// newExcerpt is all of f.
func newExcerpt(f loaded) *excerpt {
	x := &excerpt{file: f}
	for off := 0; off < len(f.data); {
		next := lineAfter(f.data, off)
		end := next
		if f.data[end-1] == '\n' {
			end--
		}
		x.lines = append(x.lines, lineSpan{off, end})
		x.pick = append(x.pick, len(x.pick))
		off = next
	}
	return x
}

// pickRange is a range of lines, counted from 1. A to of 0 means up to the end.
type pickRange struct{ from, to int }

// ranges narrows x to ranges of its lines. A gap is marked where marks says so.
func (x *excerpt) ranges(rs []pickRange, marks bool) {
	all := x.pick
	x.pick = nil
	last := 0
	for _, r := range rs {
		to := r.to
		if to == 0 || to > len(all) {
			to = len(all)
		}
		if marks && last > 0 && r.from > last+1 && r.from <= to {
			x.pick = append(x.pick, gap)
		}
		for i := max(r.from, 1); i <= to && len(x.pick) <= 2*len(all); i++ {
			x.pick = append(x.pick, all[i-1])
		}
		last = to
	}
}

// drop leaves out the lines that match re.
func (x *excerpt) drop(re *regexp.Regexp) {
	x.pick = slices.DeleteFunc(x.pick, func(i int) bool { return i != gap && re.Match(x.line(i)) })
}

func (x *excerpt) line(i int) []byte { return x.file.data[x.lines[i].from:x.lines[i].to] }

// region narrows x to what lies between the line that is a start of the named
// region and its end; ok is false where there is no such region. mark says
// whether a line starts or ends a region, and which; the end may be nameless.
func (x *excerpt) region(name string, fold bool, mark func(line []byte) (name string, start, ok bool)) bool {
	same := func(a string) bool { return a == name || fold && strings.EqualFold(a, name) }
	first, depth := -1, 0
	for k, i := range x.pick {
		if i == gap {
			continue
		}
		n, start, ok := mark(x.line(i))
		switch {
		case !ok:
		case first < 0:
			if start && same(n) {
				first = k + 1
			}
		case start:
			depth++
		case same(n) || n == "" && depth == 0:
			x.pick = x.pick[first:k]
			return true
		default:
			depth = max(0, depth-1)
		}
	}
	if first >= 0 { // without an end: up to the end of the file
		x.pick = x.pick[first:]
		return true
	}
	return false
}

// dropMarks leaves out the lines that only mark regions.
func (x *excerpt) dropMarks(mark func(line []byte) (name string, start, ok bool)) {
	x.pick = slices.DeleteFunc(x.pick, func(i int) bool {
		if i == gap {
			return false
		}
		_, _, ok := mark(x.line(i))
		return ok
	})
}

// dedent is the number of bytes of white space that all lines start with.
func (x *excerpt) dedent() int {
	common, first := "", true
	for _, i := range x.pick {
		if i == gap {
			continue
		}
		b := string(x.line(i))
		rest := strings.TrimLeft(b, " \t")
		if rest == "" {
			continue
		}
		if first {
			common, first = b[:len(b)-len(rest)], false
			continue
		}
		n := 0
		for n < len(common) && n < len(b) && common[n] == b[n] {
			n++
		}
		common = common[:n]
	}
	return len(common)
}

// text is the excerpt as a text: what an include inside of a fence, or one of
// Markdown, puts in.
func (x *excerpt) text(dedent int) *Text {
	t := new(Text)
	name, data := x.file.name, x.file.data
	for k, i := range x.pick {
		if i == gap {
			t.AppendMade("…\n", name, data, x.gapAt(k))
			continue
		}
		s := x.lines[i]
		from := min(s.from+dedent, s.to)
		to := min(s.to+1, len(data))
		if k+1 < len(x.pick) && to == s.to {
			t.Append(name, data, from, to)
			t.AppendMade("\n", name, data, s.to)
			continue
		}
		t.Append(name, data, from, to)
	}
	return t.merged()
}

// merged is t with adjacent spans of one source put together.
func (t *Text) merged() *Text {
	out := new(Text)
	c := copier{t: t}
	c.copy(out, 0, len(t.Bytes))
	return out
}

func (x *excerpt) gapAt(k int) int {
	if k > 0 && x.pick[k-1] != gap {
		return x.lines[x.pick[k-1]].to
	}
	return 0
}

// codeFence is what a fence around an excerpt says.
type codeFence struct {
	lang  string
	title string
	// marks are the marked lines, counted from 1: of the file where source is
	// set, else of the excerpt.
	marks  []pickRange
	source bool
	dedent bool
	// suffix goes right behind the language: ":line-numbers".
	suffix string
}

// fence writes an excerpt as a fenced code block in place of the present line
// from its prefix on.
func (l *line) fence(x *excerpt, f codeFence) {
	cut := 0
	if f.dedent {
		cut = x.dedent()
	}
	body := x.text(cut)
	ticks := strings.Repeat("`", max(3, longestRun(body.Bytes, '`')+1))
	prefix := l.prefix()
	l.copy(l.off, l.body)
	l.made(ticks + f.info(x) + "\n")
	if len(x.pick) > 0 {
		l.made(prefix)
		l.embedCode(body, prefix)
		l.made("\n")
	}
	l.made(prefix + ticks)
}

// embedCode is embed for code: blank lines at its end count.
func (l *line) embedCode(t *Text, prefix string) {
	end := len(t.Bytes)
	if end > 0 && t.Bytes[end-1] == '\n' {
		end--
	}
	c := copier{t: t}
	for off := 0; off < end; {
		next := min(lineAfter(t.Bytes, off), end)
		if off > 0 {
			l.made(prefix)
		}
		c.copy(l.out, off, next)
		off = next
	}
}

// info is the fence's info string.
func (f codeFence) info(x *excerpt) string {
	s := f.lang + f.suffix
	if m := marksOf(x, f.marks, f.source); m != "" {
		s += " {" + m + "}"
	}
	if f.title != "" {
		s += ` title="` + strings.NewReplacer(`"`, "'", "`", "'").Replace(f.title) + `"`
	}
	return strings.TrimLeft(s, " ")
}

// marksOf is the marked lines of an excerpt as "1,3-5".
func marksOf(x *excerpt, marks []pickRange, source bool) string {
	var hit []int
	for k, i := range x.pick {
		n := k + 1
		if source {
			n = i + 1
		}
		if i != gap && slices.ContainsFunc(marks, func(r pickRange) bool { return n >= r.from && (r.to == 0 || n <= r.to) }) {
			hit = append(hit, k+1)
		}
	}
	var out []string
	for a := 0; a < len(hit); {
		b := a
		for b+1 < len(hit) && hit[b+1] == hit[b]+1 {
			b++
		}
		s := strconv.Itoa(hit[a])
		if b > a {
			s += "-" + strconv.Itoa(hit[b])
		}
		out = append(out, s)
		a = b + 1
	}
	return strings.Join(out, ",")
}

// pickRanges reads "1:2, 12:16, 29" with the given mark between the ends of a
// range. What is no number is left out.
func pickRanges(s, mark string) []pickRange {
	var out []pickRange
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' }) {
		a, b, isRange := strings.Cut(part, mark)
		from, err := strconv.Atoi(a)
		if err != nil && a != "" || a == "" && !isRange {
			continue
		}
		to, err := strconv.Atoi(b)
		if err != nil && b != "" {
			continue
		}
		if !isRange {
			to = from
		}
		if from < 0 || to < 0 || len(out) >= 1000 {
			continue
		}
		out = append(out, pickRange{max(from, 1), to})
	}
	return out
}

// langOf is the language of a file, by its name.
func langOf(name string) string {
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	switch ext {
	case "":
		if strings.EqualFold(path.Base(name), "dockerfile") {
			return "dockerfile"
		}
		return ""
	case "py", "pyi":
		return "python"
	case "h", "hpp", "hh", "cc", "cxx", "inl":
		return "cpp"
	case "rs":
		return "rust"
	case "yml":
		return "yaml"
	case "txt":
		return "text"
	}
	for _, c := range []byte(ext) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '+' && c != '-' && c != '#' {
			return ""
		}
	}
	return ext
}
