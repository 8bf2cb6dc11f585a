package markdown

import "sort"

// spanList is where the code spans of a line lie, in order.
type spanList [][2]int

// codeSpans finds the code spans of one line, as far as it alone can tell, in
// one pass.
func codeSpans(line []byte) spanList {
	var runs [][2]int // offset, length
	for i := 0; i < len(line); {
		if line[i] != '`' {
			i++
			continue
		}
		end := i
		for end < len(line) && line[end] == '`' {
			end++
		}
		runs = append(runs, [2]int{i, end - i})
		i = end
	}
	next := make([]int, len(runs)) // the next run of the same length, or 0
	last := map[int]int{}
	for i := len(runs) - 1; i >= 0; i-- {
		next[i] = last[runs[i][1]]
		last[runs[i][1]] = i
	}
	var spans spanList
	for i := 0; i < len(runs); i++ {
		j := next[i]
		if j == 0 || runs[i][0] > 0 && line[runs[i][0]-1] == '\\' {
			continue
		}
		spans = append(spans, [2]int{runs[i][0], runs[j][0] + runs[j][1]})
		i = j
	}
	return spans
}

// has reports whether offset off lies in a code span.
func (s spanList) has(off int) bool {
	i := sort.Search(len(s), func(i int) bool { return s[i][1] > off })
	return i < len(s) && s[i][0] <= off
}
