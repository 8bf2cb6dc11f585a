package funcs

import (
	"fmt"
	"strings"
	"time"
)

// Time is the namespace "time".
type Time struct{}

func timeEntries() []entry {
	t := Time{}
	return []entry{
		{"time", []string{"time.AsTime"}, t.AsTime, "time TEXT [ZONE]", "The text as a date: 2006-01-02, with a time 15:04:05 and an offset where wanted. ZONE is that of texts without one, UTC if not given.", `{{ (time "2026-03-01").Weekday }}`, "Sunday"},
		{"dateFormat", []string{"time.Format"}, t.Format, "dateFormat LAYOUT DATE [LANGUAGE]", `The date in a layout of Go's time ("2 January 2006"), or a style: :date_full :date_long :date_medium :date_short :time_full :time_long :time_medium :time_short. Styles follow the language for zh, ja and ko, and are English otherwise.`, `{{ dateFormat ":date_long" "2026-03-01" }}, {{ time.Format "02.01.2006" "2026-03-01" }}, {{ dateFormat ":date_long" "2026-03-01" "zh" }}`, "March 1, 2026, 01.03.2026, 2026年3月1日"},
		{"duration", []string{"time.Duration"}, t.Duration, "duration UNIT NUMBER", "A length of time. Units: nanosecond, microsecond, millisecond, second, minute, hour, day, week, and their short forms ns us ms s m h d w.", `{{ duration "minute" 90 }}`, "1h30m0s"},
		{"time.ParseDuration", nil, nil, "time.ParseDuration TEXT", "A length of time as written: 1h30m.", `{{ (time.ParseDuration "1h30m").Minutes }}`, "90"},
	}
}

// call lets "time" be both a namespace and a function.
func (t Time) call(args ...any) (any, error) {
	if len(args) == 0 {
		return t, nil
	}
	return t.AsTime(args[0], args[1:]...)
}

// AsTime is time.
func (Time) AsTime(v any, zone ...any) (time.Time, error) {
	loc := time.UTC
	if len(zone) > 0 {
		name, err := toString(zone[0])
		if err != nil {
			return time.Time{}, err
		}
		if loc, err = time.LoadLocation(name); err != nil || name == "Local" {
			return time.Time{}, mistake("there is no time zone %q", name)
		}
	}
	return toTime(v, loc)
}

// dateLayouts are the ways to write a date.
var dateLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 -0700 MST",
	"2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02", "2006-01", time.RFC1123Z, time.RFC1123,
	time.RFC850, time.ANSIC, "2 Jan 2006", "2 January 2006", "January 2, 2006", "Jan 2, 2006", "20060102",
}

func toTime(v any, loc *time.Location) (time.Time, error) {
	switch v := v.(type) {
	case time.Time:
		return v, nil
	case *time.Time:
		if v != nil {
			return *v, nil
		}
		return time.Time{}, nil
	case nil:
		return time.Time{}, nil
	}
	if isNumber(v) {
		n, _ := number(v)
		return time.Unix(int64(n.int()), 0).UTC(), nil
	}
	// Dates of TOML without a zone print as what they are.
	s, err := toString(v)
	if err != nil {
		return time.Time{}, err
	}
	for _, layout := range dateLayouts {
		if t, err := time.ParseInLocation(layout, strings.TrimSpace(s), loc); err == nil {
			return t, nil
		}
	}
	return time.Time{}, Mistake{Message: show(s) + " is not a date", Hint: "write dates as 2006-01-02 or 2006-01-02T15:04:05Z"}
}

// Format is dateFormat.
func (Time) Format(layout, v any, lang ...any) (string, error) {
	l, err := toString(layout)
	if err != nil {
		return "", err
	}
	t, err := toTime(v, time.UTC)
	if err != nil {
		return "", err
	}
	language := ""
	if len(lang) > 0 {
		if language, err = toString(lang[0]); err != nil {
			return "", err
		}
	}
	return FormatTime(l, t, language)
}

// FormatTime formats t by a layout of package time, or by a style such as
// ":date_long" in the manner of a language.
func FormatTime(layout string, t time.Time, lang string) (string, error) {
	if !strings.HasPrefix(layout, ":") {
		return t.Format(layout), nil
	}
	layouts, ok := styles[layout]
	if !ok {
		return "", Mistake{Message: "there is no date style " + show(layout),
			Hint: "there are :date_full :date_long :date_medium :date_short :time_full :time_long :time_medium :time_short"}
	}
	base, _, _ := strings.Cut(strings.ToLower(lang), "-")
	switch base {
	case "zh", "ja":
		return east(t, layouts[1], base), nil
	case "ko":
		return east(t, layouts[2], base), nil
	}
	return t.Format(layouts[0]), nil
}

// styles are the layouts of each style: English, Chinese and Japanese, Korean.
// A W stands for the day of the week, which package time knows in English only.
var styles = map[string][3]string{
	":date_full":   {"Monday, January 2, 2006", "2006年1月2日W", "2006년 1월 2일 W"},
	":date_long":   {"January 2, 2006", "2006年1月2日", "2006년 1월 2일"},
	":date_medium": {"Jan 2, 2006", "2006年1月2日", "2006. 1. 2."},
	":date_short":  {"1/2/06", "2006/1/2", "06. 1. 2."},
	":time_full":   {"3:04:05 pm MST", "15:04:05 MST", "15:04:05 MST"},
	":time_long":   {"3:04:05 pm MST", "15:04:05 MST", "15:04:05 MST"},
	":time_medium": {"3:04:05 pm", "15:04:05", "15:04:05"},
	":time_short":  {"3:04 pm", "15:04", "15:04"},
}

func east(t time.Time, layout, lang string) string {
	out := t.Format(strings.TrimSuffix(layout, "W"))
	if strings.HasSuffix(layout, "W") {
		day := int(t.Weekday())
		switch lang {
		case "zh":
			out += "星期" + string([]rune("日一二三四五六")[day])
		case "ja":
			out += string([]rune("日月火水木金土")[day]) + "曜日"
		case "ko":
			out += string([]rune("일월화수목금토")[day]) + "요일"
		}
	}
	return out
}

// Duration is duration.
func (Time) Duration(unit, v any) (time.Duration, error) {
	u, err := toString(unit)
	if err != nil {
		return 0, err
	}
	one, ok := map[string]time.Duration{
		"nanosecond": 1, "ns": 1, "microsecond": time.Microsecond, "us": time.Microsecond, "µs": time.Microsecond,
		"millisecond": time.Millisecond, "ms": time.Millisecond, "second": time.Second, "s": time.Second,
		"minute": time.Minute, "m": time.Minute, "hour": time.Hour, "h": time.Hour,
		"day": 24 * time.Hour, "d": 24 * time.Hour, "week": 168 * time.Hour, "w": 168 * time.Hour,
	}[u]
	if !ok {
		return 0, mistake("there is no unit %q", u)
	}
	n, ok := number(v)
	if !ok {
		return 0, mistake("%s is not a number", show(v))
	}
	if n.whole {
		return time.Duration(n.i) * one, nil
	}
	return time.Duration(n.f * float64(one)), nil
}

// ParseDuration is time.ParseDuration.
func (Time) ParseDuration(v any) (time.Duration, error) {
	s, err := toString(v)
	if err != nil {
		return 0, err
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0, Mistake{Message: fmt.Sprintf("%q is not a length of time", s), Hint: "write it as 1h30m"}
	}
	return d, nil
}
