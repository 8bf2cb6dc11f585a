package policy

import (
	"cmp"
	"strconv"
	"strings"
)

// Warning is a change of the table that harms readers, or that means nothing.
// The table does as it is told all the same, unless the field is Refused.
type Warning struct {
	// Option is the place of the change: "headers.page.Cache-Control",
	// "rules.0.headers.Vary".
	Option string
	// Message says what is the matter, Hint what to write instead.
	Message, Hint string
	// Refused says that the field is not sent: it belongs to the server.
	Refused bool
}

// refused are the fields that only the server can know. The value is why.
func refused(name string) (why string, is bool) {
	switch strings.ToLower(name) {
	case "content-encoding":
		return "it says how the bytes on the wire are packed, which differs from reader to reader", true
	case "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "date", "age", "content-range", "accept-ranges":
		return "it belongs to one answer, which only the server knows", true
	case "etag", "last-modified":
		return "a validator stands for the bytes of one file, and étagère makes it from them", true
	case "content-type":
		return "the media type goes with the file's name", true
	case "status":
		return "a status is no header field", true
	}
	return "", false
}

// judge looks at the fields for one class ("" for any). It returns those that
// are kept, and what is wrong.
func judge(at string, c Class, h Headers) (Headers, []Warning) {
	var kept Headers
	var warnings []Warning
	for _, f := range h {
		option := at + "." + f.Name
		if why, is := refused(f.Name); is {
			warnings = append(warnings, Warning{Option: option, Refused: true, Message: f.Name + " cannot be set: " + why})
			continue
		}
		kept = append(kept, f)
		message, hint := harm(c, f)
		if message != "" {
			warnings = append(warnings, Warning{Option: option, Message: message, Hint: hint})
		}
	}
	return kept, warnings
}

// judgeAll is judge for the fields of all classes: a lifetime is as bad as it
// is for the class that it harms.
func judgeAll(h Headers) (Headers, []Warning) {
	kept, warnings := judge("headers.all", "", h)
	for _, f := range kept {
		if !strings.EqualFold(f.Name, "Cache-Control") {
			continue
		}
		for _, c := range Classes() {
			if message, hint := harm(c, f); message != "" {
				warnings = append(warnings, Warning{Option: "headers.all." + f.Name, Message: message, Hint: cmp.Or(hint, "give each class its own")})
				break
			}
		}
	}
	return kept, warnings
}

// Check says what the rules do to a file of a class at a URL that hurts: what
// a rule matches is only known when the site is.
func (t *Table) Check(c Class, url string) []Warning {
	var warnings []Warning
	for i, r := range t.rules {
		if !r.Match.Match(url) {
			continue
		}
		for _, f := range r.Headers {
			if !strings.EqualFold(f.Name, "Cache-Control") {
				continue // other fields harm any class alike, and New has said so
			}
			if message, hint := harm(c, f); message != "" {
				warnings = append(warnings, Warning{
					Option: "rules." + strconv.Itoa(i) + ".headers." + f.Name, Message: message + ", as at " + url, Hint: hint,
				})
			}
		}
	}
	return warnings
}

// harm says what a field does to answers of a class, "" where it does no harm.
func harm(c Class, f Header) (message, hint string) {
	switch strings.ToLower(f.Name) {
	case "cache-control":
		return harmfulCache(c, f.Value)
	case "set-cookie":
		return "Set-Cookie makes caches keep one reader's cookie for all, or keep nothing", ""
	case "vary":
		return harmfulVary(f.Value)
	case "x-content-type-options":
		if !strings.EqualFold(f.Value, "nosniff") {
			return "without nosniff a browser may run a file that is no script", ""
		}
	case "expires", "pragma":
		return f.Name + " is older than Cache-Control, and says nothing beside it", "write Cache-Control"
	case "clear-site-data":
		return "Clear-Site-Data throws away what a reader has, with every answer", ""
	}
	return "", ""
}

func harmfulVary(value string) (message, hint string) {
	if value == "" {
		return "Vary cannot go: caches would give the packed bytes to readers who can't unpack them", ""
	}
	for name := range strings.SplitSeq(value, ",") {
		switch name = strings.ToLower(strings.TrimSpace(name)); name {
		case "*", "user-agent", "cookie", "referer":
			return "Vary: " + name + " keeps caches from using an answer twice", ""
		}
	}
	return "", ""
}

// The lifetimes, in seconds, past which a warning is due.
const (
	hour = 3600
	day  = 24 * hour
	week = 7 * day
)

// harmfulCache says what a Cache-Control does to answers of a class.
func harmfulCache(c Class, value string) (message, hint string) {
	d := directives(value)
	life, lives := seconds(d, "max-age")
	_, immutable := d["immutable"]
	_, noStore := d["no-store"]
	_, noCache := d["no-cache"]
	switch {
	case value == "":
		return "without Cache-Control browsers and CDNs guess how long an answer is good", ""
	case (noStore || noCache) && lives && life > 0:
		return strconv.Quote(value) + " contradicts itself", "write one of the two"
	case c == Fingerprinted && (noStore || noCache):
		return "readers fetch or ask again for files whose name changes with their bytes", `the table has "` + Immutable + `"`
	case c == "" || c == Fingerprinted:
		return "", ""
	case immutable:
		return "readers will not see the next version of " + plural(c) + ": immutable is for names that hold a digest", `the table has "` + cacheControl(c) + `"`
	case lives && life > longest(c):
		return "readers keep old " + plural(c) + " for " + duration(life), `the table has "` + cacheControl(c) + `"`
	}
	return "", ""
}

// longest is the longest lifetime of a class that needs no warning.
func longest(c Class) int {
	switch c {
	case Asset:
		return week
	case Feed, Sitemap, Redirect:
		return day
	}
	return hour
}

// plural is a class as messages call its files.
func plural(c Class) string {
	switch c {
	case Asset:
		return "images and downloads with a fixed name"
	case Fixed:
		return "files with a fixed name"
	case NotFound:
		return "answers for what is not there"
	case Sitemap:
		return "sitemaps"
	}
	return string(c) + "s"
}

func duration(s int) string {
	switch {
	case s >= 2*day:
		return strconv.Itoa(s/day) + " days"
	case s >= 2*hour:
		return strconv.Itoa(s/hour) + " hours"
	}
	return strconv.Itoa(s/60) + " minutes"
}

// directives are the parts of a Cache-Control by name in lower case (RFC 9111 §5.2).
func directives(value string) map[string]string {
	d := make(map[string]string)
	for part := range strings.SplitSeq(value, ",") {
		name, arg, _ := strings.Cut(strings.TrimSpace(part), "=")
		if name != "" {
			d[strings.ToLower(name)] = strings.Trim(arg, `"`)
		}
	}
	return d
}

func seconds(d map[string]string, names ...string) (n int, found bool) {
	for _, name := range names {
		if arg, ok := d[name]; ok {
			n, err := strconv.Atoi(arg)
			return n, err == nil
		}
	}
	return 0, false
}
