// Package generate writes the files that no layout makes: feeds, the sitemap,
// robots.txt, redirect pages and llms.txt. It turns values into bytes and reads
// nothing.
package generate

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"strings"
	"time"
	"unicode/utf8"
)

// Feed is a list of entries in one of three formats.
type Feed struct {
	Title, Description, Language, Copyright string
	// Home is the page that the feed belongs to, Self the feed; both are whole URLs.
	Home, Self string
	// Author is the site's author; empty fields are left out.
	AuthorName, AuthorEmail, AuthorURL string
	// Updated is when the newest entry changed.
	Updated time.Time
	Entries []Entry
}

// Entry is one page in a feed.
type Entry struct {
	Title, URL string
	// Summary and Content are HTML with whole URLs. Content is empty where the
	// feed has summaries only.
	Summary, Content   string
	Published, Updated time.Time
	Tags               []string
}

// updated is when an entry changed, as far as is known.
func (e Entry) updated() time.Time {
	if e.Updated.IsZero() {
		return e.Published
	}
	return e.Updated
}

func (e Entry) html() string {
	if e.Content != "" {
		return e.Content
	}
	return e.Summary
}

// clean is s without the characters that XML 1.0 §2.2 forbids.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, r == 0xFFFE, r == 0xFFFF, r < 0x20 && r != '\t' && r != '\n' && r != '\r':
			return -1
		}
		return r
	}, s)
}

func marshalXML(v any) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	e := xml.NewEncoder(&b)
	e.Indent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

type rssGUID struct {
	IsPermaLink bool   `xml:"isPermaLink,attr"`
	Value       string `xml:",chardata"`
}

type rssItem struct {
	Title       string   `xml:"title"`
	Link        string   `xml:"link"`
	PubDate     string   `xml:"pubDate,omitempty"`
	GUID        rssGUID  `xml:"guid"`
	Category    []string `xml:"category,omitempty"`
	Description string   `xml:"description"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr,omitempty"`
	Href string `xml:"href,attr"`
	Type string `xml:"type,attr,omitempty"`
}

// RSS is the feed as RSS 2.0, with a link to itself by the Atom namespace.
func (f Feed) RSS() ([]byte, error) {
	type channel struct {
		Title       string    `xml:"title"`
		Link        string    `xml:"link"`
		Description string    `xml:"description"`
		Language    string    `xml:"language,omitempty"`
		Copyright   string    `xml:"copyright,omitempty"`
		LastBuild   string    `xml:"lastBuildDate,omitempty"`
		Self        atomLink  `xml:"atom:link"`
		Items       []rssItem `xml:"item"`
	}
	doc := struct {
		XMLName xml.Name `xml:"rss"`
		Version string   `xml:"version,attr"`
		Atom    string   `xml:"xmlns:atom,attr"`
		Channel channel  `xml:"channel"`
	}{Version: "2.0", Atom: "http://www.w3.org/2005/Atom"}
	description := f.Description
	if description == "" {
		description = f.Title
	}
	doc.Channel = channel{
		Title: clean(f.Title), Link: f.Home, Description: clean(description), Language: f.Language, Copyright: clean(f.Copyright),
		LastBuild: rfc1123(f.Updated),
		Self:      atomLink{Rel: "self", Href: f.Self, Type: "application/rss+xml"},
	}
	for _, e := range f.Entries {
		item := rssItem{
			Title: clean(e.Title), Link: e.URL, PubDate: rfc1123(e.Published), GUID: rssGUID{IsPermaLink: true, Value: e.URL},
			Description: clean(e.html()),
		}
		for _, t := range e.Tags {
			item.Category = append(item.Category, clean(t))
		}
		doc.Channel.Items = append(doc.Channel.Items, item)
	}
	return marshalXML(doc)
}

func rfc1123(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC1123Z)
}

type atomText struct {
	Type  string `xml:"type,attr,omitempty"`
	Value string `xml:",chardata"`
}

type atomEntry struct {
	Title     string         `xml:"title"`
	Link      atomLink       `xml:"link"`
	ID        string         `xml:"id"`
	Published string         `xml:"published,omitempty"`
	Updated   string         `xml:"updated"`
	Category  []atomCategory `xml:"category,omitempty"`
	Summary   *atomText      `xml:"summary,omitempty"`
	Content   *atomText      `xml:"content,omitempty"`
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

type atomAuthor struct {
	Name  string `xml:"name"`
	Email string `xml:"email,omitempty"`
	URI   string `xml:"uri,omitempty"`
}

// Atom is the feed as Atom (RFC 4287). Entries without any date carry the
// feed's, which Atom requires.
func (f Feed) Atom() ([]byte, error) {
	doc := struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Lang    string      `xml:"xml:lang,attr,omitempty"`
		Title   string      `xml:"title"`
		Sub     string      `xml:"subtitle,omitempty"`
		Links   []atomLink  `xml:"link"`
		ID      string      `xml:"id"`
		Updated string      `xml:"updated"`
		Author  *atomAuthor `xml:"author"`
		Rights  string      `xml:"rights,omitempty"`
		Entries []atomEntry `xml:"entry"`
	}{
		Lang: f.Language, Title: clean(f.Title), Sub: clean(f.Description), ID: f.Home, Updated: rfc3339(f.Updated), Rights: clean(f.Copyright),
		Links: []atomLink{{Rel: "alternate", Href: f.Home, Type: "text/html"}, {Rel: "self", Href: f.Self, Type: "application/atom+xml"}},
	}
	doc.Author = &atomAuthor{Name: clean(f.AuthorName), Email: f.AuthorEmail, URI: f.AuthorURL}
	if f.AuthorName == "" {
		// RFC 4287 §4.1.1: a feed has an author unless all its entries have one.
		doc.Author.Name = clean(f.Title)
	}
	for _, e := range f.Entries {
		updated := e.updated()
		if updated.IsZero() {
			updated = f.Updated
		}
		a := atomEntry{Title: clean(e.Title), Link: atomLink{Href: e.URL}, ID: e.URL, Updated: rfc3339(updated)}
		if !e.Published.IsZero() {
			a.Published = rfc3339(e.Published)
		}
		for _, t := range e.Tags {
			a.Category = append(a.Category, atomCategory{clean(t)})
		}
		if e.Summary != "" {
			a.Summary = &atomText{Type: "html", Value: clean(e.Summary)}
		}
		if e.Content != "" {
			a.Content = &atomText{Type: "html", Value: clean(e.Content)}
		}
		doc.Entries = append(doc.Entries, a)
	}
	return marshalXML(doc)
}

// rfc3339 is t for Atom; the epoch stands for an unknown instant, because the
// element is required and the clock is no input.
func rfc3339(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0).UTC()
	}
	return t.Format(time.RFC3339)
}

// JSON is the feed as JSON Feed 1.1 (jsonfeed.org/version/1.1).
func (f Feed) JSON() ([]byte, error) {
	type author struct {
		Name string `json:"name,omitempty"`
		URL  string `json:"url,omitempty"`
	}
	type item struct {
		ID            string   `json:"id"`
		URL           string   `json:"url"`
		Title         string   `json:"title"`
		ContentHTML   string   `json:"content_html"`
		Summary       string   `json:"summary,omitempty"`
		DatePublished string   `json:"date_published,omitempty"`
		DateModified  string   `json:"date_modified,omitempty"`
		Tags          []string `json:"tags,omitempty"`
	}
	doc := struct {
		Version     string   `json:"version"`
		Title       string   `json:"title"`
		HomePageURL string   `json:"home_page_url"`
		FeedURL     string   `json:"feed_url"`
		Description string   `json:"description,omitempty"`
		Language    string   `json:"language,omitempty"`
		Authors     []author `json:"authors,omitempty"`
		Items       []item   `json:"items"`
	}{
		Version: "https://jsonfeed.org/version/1.1", Title: f.Title, HomePageURL: f.Home, FeedURL: f.Self,
		Description: f.Description, Language: f.Language, Items: []item{},
	}
	if f.AuthorName != "" {
		doc.Authors = []author{{f.AuthorName, f.AuthorURL}}
	}
	for _, e := range f.Entries {
		i := item{ID: e.URL, URL: e.URL, Title: e.Title, ContentHTML: e.html(), Tags: e.Tags}
		if !e.Published.IsZero() {
			i.DatePublished = rfc3339(e.Published)
		}
		if !e.Updated.IsZero() {
			i.DateModified = rfc3339(e.Updated)
		}
		doc.Items = append(doc.Items, i)
	}
	b, err := json.MarshalIndent(doc, "", "  ")
	return append(b, '\n'), err
}
