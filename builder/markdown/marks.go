package markdown

import (
	"regexp"
	"strconv"
	"strings"
)

// markComment is a comment such as "// [!code ++]" with the blanks before it.
var markComment = regexp.MustCompile(`[ \t]*(?://|#|<!--|/\*|\{/\*|--|;|%|'|")?[ \t]*\[!code ([A-Za-z+-]+)(?::(\d+))?\][ \t]*(?:-->|\*/\}?)?`)

// markClasses says which class a word in such a comment stands for.
func markClass(word string) string {
	switch strings.ToLower(word) {
	case "++", "add":
		return "add"
	case "--", "del", "remove":
		return "del"
	case "focus", "error", "warning":
		return strings.ToLower(word)
	case "highlight", "hl":
		return "hl"
	}
	return ""
}

// takeMarks takes the comments that mark lines out of code. A line that is
// nothing but such a comment goes altogether and means the line after it.
func takeMarks(code string) (string, []lineMark) {
	if !strings.Contains(code, "[!code ") {
		return code, nil
	}
	var sb strings.Builder
	var marks []lineMark
	n := 1
	for line := range strings.Lines(code) {
		text := strings.TrimSuffix(line, "\n")
		var found []lineMark
		rest := markComment.ReplaceAllStringFunc(text, func(s string) string {
			m := markComment.FindStringSubmatch(s)
			class := markClass(m[1])
			if class == "" {
				return s
			}
			count := 1
			if k, err := strconv.Atoi(m[2]); err == nil && k > 0 {
				count = k
			}
			found = append(found, lineMark{lineRange{n, n + count - 1}, class})
			return ""
		})
		marks = append(marks, found...)
		if len(found) > 0 && strings.TrimSpace(rest) == "" {
			continue
		}
		sb.WriteString(rest)
		if len(text) < len(line) {
			sb.WriteByte('\n')
		}
		n++
	}
	return sb.String(), marks
}
