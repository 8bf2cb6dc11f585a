package generate

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/etagere/etagere/builder/sitetest/golden"
)

var day = time.Date(2024, 2, 3, 4, 5, 6, 0, time.FixedZone("", 3600))

func feed() Feed {
	return Feed{
		Title: "A & B <site>\x00", Description: "what \x0b it is", Language: "zh-CN", Copyright: "© \ufffe me",
		Home: "https://example.org/?a=1&b", Self: "https://example.org/feed",
		AuthorName: "Ann", AuthorEmail: "a@example.org", AuthorURL: "https://example.org/ann", Updated: day,
		Entries: []Entry{
			{Title: "One \x01", URL: "https://example.org/1/", Summary: "<p>sum & \x02</p>", Content: "<p>]]> all</p>", Published: day.AddDate(0, 0, -2), Updated: day, Tags: []string{"a", "b\x03"}},
			{Title: "二", URL: "https://example.org/2/", Summary: "<p>sum</p>"},
		},
	}
}

// wellFormed reads all of an XML document and returns its text.
func wellFormed(t *testing.T, b []byte) string {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(b)))
	var text strings.Builder
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return text.String()
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, b)
		}
		if c, ok := tok.(xml.CharData); ok {
			text.Write(c)
		}
	}
}

func TestFeeds(t *testing.T) {
	for name, make := range map[string]func(Feed) ([]byte, error){"rss.xml": Feed.RSS, "atom.xml": Feed.Atom, "feed.json": Feed.JSON} {
		b, err := make(feed())
		if err != nil {
			t.Fatal(err)
		}
		golden.Equal(t, name, b)
		if strings.ContainsAny(string(b), "\x00\x01\x02\x03\x0b\ufffd") {
			t.Errorf("%s holds a control character", name)
		}
		if name == "feed.json" {
			var v struct {
				Items []struct{ Content_HTML string }
			}
			if err := json.Unmarshal(b, &v); err != nil || len(v.Items) != 2 || v.Items[1].Content_HTML != "<p>sum</p>" {
				t.Errorf("%v: %+v", err, v)
			}
			continue
		}
		// An empty namespace would take a link out of the feed.
		if strings.Contains(string(b), `xmlns=""`) {
			t.Errorf("%s has elements of no namespace", name)
		}
		if text := wellFormed(t, b); !strings.Contains(text, "A & B <site>") || !strings.Contains(text, "<p>]]> all</p>") {
			t.Errorf("%s says\n%s", name, text)
		}
	}
}

// Atom wants an instant for everything, and the clock is no input.
func TestAtomWithoutDates(t *testing.T) {
	b, err := Feed{Title: "T", Home: "/", Self: "/a", Entries: []Entry{{Title: "E", URL: "/e/"}}}.Atom()
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, b)
	if n := strings.Count(string(b), "<updated>1970-01-01T00:00:00Z</updated>"); n != 2 {
		t.Errorf("%d elements updated with the epoch, want 2:\n%s", n, b)
	}
	if !strings.Contains(string(b), "<author>\n    <name>T</name>") {
		t.Errorf("no author:\n%s", b)
	}
}

func TestEmptyFeeds(t *testing.T) {
	for name, make := range map[string]func(Feed) ([]byte, error){"RSS": Feed.RSS, "Atom": Feed.Atom, "JSON": Feed.JSON} {
		b, err := make(Feed{Title: "T"})
		if err != nil || len(b) == 0 || b[len(b)-1] != '\n' {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
}

func TestSitemap(t *testing.T) {
	b := Sitemap([]SitemapURL{
		{URL: "https://example.org/?a&b='x'", Lastmod: day},
		{URL: "https://example.org/a/", Alternates: []Alternate{{"en", "https://example.org/a/"}, {"zh-CN", "https://example.org/zh/a/"}}},
	})
	wellFormed(t, b)
	golden.Equal(t, "sitemap.xml", b)
}

func TestRobots(t *testing.T) {
	if got := string(Robots("")); got != "User-agent: *\nAllow: /\n" {
		t.Errorf("got %q", got)
	}
	if got := string(Robots("https://x/sitemap.xml")); !strings.HasSuffix(got, "\nSitemap: https://x/sitemap.xml\n") {
		t.Errorf("got %q", got)
	}
}

func TestRedirect(t *testing.T) {
	b := string(Redirect(`/a"><script>alert(1)</script>&b`, `https://example.org/'"<`))
	if strings.Contains(b, "<script>") || strings.Count(b, `"`)%2 != 0 {
		t.Errorf("not escaped:\n%s", b)
	}
	golden.Equal(t, "redirect.html", []byte(b))
}

func TestLLMs(t *testing.T) {
	golden.Equal(t, "llms.txt", LLMs("The\nsite", "About it", []LLMSection{
		{Title: "Empty"},
		{Title: "Guide", Pages: []LLMPage{{"A [b]", "https://example.org/a.md", "What\n it is"}, {"C", "/c/", ""}}},
	}))
}
