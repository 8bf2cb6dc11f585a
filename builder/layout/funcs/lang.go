package funcs

import (
	"strconv"
	"strings"
)

// Lang is the namespace "lang". That of a render adds translations.
type Lang struct{}

func langEntries() []entry {
	return []entry{
		{"lang.FormatNumber", nil, nil, "lang.FormatNumber PRECISION NUMBER", "The number with so many decimals and commas between thousands.", `{{ lang.FormatNumber 2 12345.678 }}`, "12,345.68"},
		{"lang.NumFmt", nil, nil, "lang.NumFmt PRECISION NUMBER [OPTIONS]", `The number with so many decimals. OPTIONS are the minus sign, the decimal point and the mark between thousands, with spaces between them: "- . ,".`, `{{ lang.NumFmt 2 -12345.678 "- , ." }}`, "-12.345,68"},
		{"lang.FormatPercent", nil, nil, "lang.FormatPercent PRECISION NUMBER", "The number, a percentage, with so many decimals and a percent sign.", `{{ lang.FormatPercent 1 51.23 }}`, "51.2%"},
	}
}

// FormatNumber is lang.FormatNumber.
func (l Lang) FormatNumber(precision, v any) (string, error) { return l.NumFmt(precision, v) }

// FormatPercent is lang.FormatPercent.
func (l Lang) FormatPercent(precision, v any) (string, error) {
	s, err := l.NumFmt(precision, v)
	return s + "%", err
}

// NumFmt is lang.NumFmt.
func (Lang) NumFmt(precision, v any, options ...any) (string, error) {
	p, err := Cast{}.ToInt(precision)
	if err != nil {
		return "", err
	}
	if p < 0 || p > 20 {
		return "", mistake("the precision must be from 0 to 20, and is %d", p)
	}
	n, ok := number(v)
	if !ok {
		return "", mistake("%s is not a number", show(v))
	}
	minus, point, group := "-", ".", ","
	if len(options) > 0 {
		s, err := toString(options[0])
		if err != nil {
			return "", err
		}
		sep := " "
		if len(options) > 1 {
			if sep, err = toString(options[1]); err != nil {
				return "", err
			}
		}
		parts := strings.Split(s, sep)
		if len(parts) != 3 {
			return "", mistake("the options are three marks, not %d", len(parts))
		}
		minus, point, group = parts[0], parts[1], parts[2]
	}
	s := strconv.FormatFloat(n.float(), 'f', p, 64)
	if n.whole && p == 0 {
		s = strconv.FormatInt(n.i, 10)
	}
	digits, negative := strings.CutPrefix(s, "-")
	if strings.Trim(digits, "0.") == "" {
		negative = false
	}
	if !negative {
		minus = ""
	}
	whole, frac, _ := strings.Cut(digits, ".")
	if frac == "" {
		point = ""
	}
	return minus + grouped(whole, group) + point + frac, nil
}

// grouped puts a mark between thousands.
func grouped(digits, mark string) string {
	var b strings.Builder
	for i, r := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 && '0' <= r && r <= '9' {
			b.WriteString(mark)
		}
		b.WriteRune(r)
	}
	return b.String()
}
