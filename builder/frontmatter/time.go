package frontmatter

import (
	"strings"
	"time"
)

// dateLayouts are tried in order. Go's parser takes fractions of a second
// after the seconds by itself.
var zoned = [...]string{
	"2006-1-2T15:4:5Z07:00",
	"2006-1-2T15:4:5Z0700",
	"2006-1-2T15:4Z07:00",
	"2006-1-2 15:4:5Z07:00",
	"2006-1-2 15:4:5 Z07:00",
	"2006-1-2 15:4:5 -0700",
	"2006-1-2 15:4:5 -07",
	"2006-1-2 15:4 -0700",
	"2006-1-2 15:4Z07:00",
	time.RFC1123Z,
	time.RFC1123,
	"Mon, 2 Jan 2006 15:04:05 -0700",
}

var zoneless = [...]string{
	"2006-1-2",
	"2006-1-2T15:4:5",
	"2006-1-2 15:4:5",
	"2006-1-2T15:4",
	"2006-1-2 15:4",
	"2006/1/2",
	"2006/1/2 15:4:5",
	"2 Jan 2006",
	"2 January 2006",
	"Jan 2, 2006",
	"January 2, 2006",
	"1/2/2006", // month first, as Microsoft Learn's ms.date
}

// ParseTime reads a date as authors write it: RFC 3339 and its looser cousins,
// names of months, and month/day/year. A date without a zone is in loc.
func ParseTime(s string, loc *time.Location) (time.Time, bool) {
	s = strings.TrimSpace(s)
	if len(s) < 8 || len(s) > 64 {
		return time.Time{}, false
	}
	if i := strings.IndexByte(s, 't'); i > 0 && s[0] >= '0' && s[0] <= '9' && i <= 10 {
		s = s[:i] + "T" + s[i+1:] // TOML and YAML allow it
	}
	for _, layout := range zoneless {
		if t, err := time.ParseInLocation(layout, s, loc); err == nil {
			return t, true
		}
	}
	for _, layout := range zoned {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
