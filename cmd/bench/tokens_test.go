package main

import (
	"html"
	"slices"
	"strings"
	"testing"
)

// token is a tag or a run of text of an HTML document, read as browsers do as
// far as documents go that we write: authors' raw HTML may be in them.
type token struct {
	// name is the element's in lower case, with a slash in front for an end tag;
	// empty for text.
	name  string
	attrs map[string]string
	// text is unescaped, but for that of scripts and styles.
	text string
}

// rawElements hold text and no elements.
var rawElements = []string{"script", "style", "textarea", "title", "iframe", "noscript"}

// tokens calls fn with each token of an HTML document. Comments are left out.
func tokens(doc string, fn func(token)) {
	raw := ""
	for len(doc) > 0 {
		i := 0
		if raw != "" {
			i = strings.Index(strings.ToLower(doc), "</"+raw)
			if i < 0 {
				i = len(doc)
			}
			raw = ""
		} else {
			i = nextTag(doc)
		}
		if i > 0 {
			fn(token{text: html.UnescapeString(doc[:i])})
			doc = doc[i:]
			continue
		}
		if strings.HasPrefix(doc, "<!--") {
			end := strings.Index(doc, "-->")
			if end < 0 {
				return
			}
			doc = doc[end+3:]
			continue
		}
		var t token
		t, doc = tag(doc)
		if t.name == "" {
			continue
		}
		if slices.Contains(rawElements, t.name) {
			raw = t.name
		}
		fn(t)
	}
}

// nextTag is where the next tag or comment of doc begins.
func nextTag(doc string) int {
	for i := 0; i+1 < len(doc); i++ {
		if doc[i] != '<' {
			continue
		}
		c := doc[i+1] | 0x20
		if 'a' <= c && c <= 'z' || doc[i+1] == '/' || doc[i+1] == '!' || doc[i+1] == '?' {
			return i
		}
	}
	return len(doc)
}

// tag reads the tag at the start of doc and returns what follows it.
func tag(doc string) (token, string) {
	i := strings.IndexAny(doc[1:], " \t\n\r\f>") + 1
	if i == 0 {
		return token{}, ""
	}
	t := token{name: strings.ToLower(strings.TrimSuffix(doc[1:i], "/")), attrs: make(map[string]string)}
	if strings.HasPrefix(t.name, "!") || strings.HasPrefix(t.name, "?") {
		t.name = ""
	}
	doc = doc[i:]
	for {
		doc = strings.TrimLeft(doc, " \t\n\r\f/")
		if doc == "" {
			return t, ""
		}
		if doc[0] == '>' {
			return t, doc[1:]
		}
		n := strings.IndexAny(doc, "= \t\n\r\f>")
		if n < 0 {
			return t, ""
		}
		if n == 0 { // a stray sign
			doc = doc[1:]
			continue
		}
		key, value := strings.ToLower(strings.TrimSuffix(doc[:n], "/")), ""
		doc = strings.TrimLeft(doc[n:], " \t\n\r\f")
		if strings.HasPrefix(doc, "=") {
			value, doc = attrValue(strings.TrimLeft(doc[1:], " \t\n\r\f"))
		}
		if _, ok := t.attrs[key]; !ok {
			t.attrs[key] = html.UnescapeString(value)
		}
	}
}

func attrValue(doc string) (value, rest string) {
	if doc == "" {
		return "", ""
	}
	if q := doc[0]; q == '"' || q == '\'' {
		end := strings.IndexByte(doc[1:], q)
		if end < 0 {
			return doc[1:], ""
		}
		return doc[1 : end+1], doc[end+2:]
	}
	end := strings.IndexAny(doc, " \t\n\r\f>")
	if end < 0 {
		end = len(doc)
	}
	return doc[:end], doc[end:]
}

func TestTokens(t *testing.T) {
	var got []string
	tokens(`<!doctype html><title>a <b></title><p id=x class="y z" hidden>1 &lt; 2<br/><!-- <i> --><script>a<b</script><a href='?a=1&amp;b'>c</A > < d`, func(t token) {
		s := t.name + "|" + t.text
		for _, k := range []string{"id", "class", "hidden", "href"} {
			if v, ok := t.attrs[k]; ok {
				s += "|" + k + "=" + v
			}
		}
		got = append(got, s)
	})
	want := []string{
		"title|", "|a <b>", "/title|", "p||id=x|class=y z|hidden=", "|1 < 2", "br|",
		"script|", "|a<b", "/script|", "a||href=?a=1&b", "|c", "/a|", "| < d",
	}
	if !slices.Equal(got, want) {
		t.Errorf("tokens:\n%q\nwant\n%q", got, want)
	}
}
