package markdown

import (
	"strings"
	"sync"
	"testing"
)

func TestTokenCache(t *testing.T) {
	c := new(tokenCache)
	made := 0
	get := func(lang, code string) string {
		var sb strings.Builder
		for _, tok := range c.tokens(lang, code, func() []token { made++; return []token{{lang, code}} }) {
			tok.write(&sb)
		}
		return sb.String()
	}
	get("go", "a")
	if got := get("go", "a"); made != 1 || got != `<span class="go">a</span>` {
		t.Errorf("made %d times: %s", made, got)
	}
	if get("c", "a"); made != 2 {
		t.Error("another language took the tokens of the first")
	}
	// What is asked for again and again survives, what is not is forgotten.
	big := strings.Repeat("x", tokenCacheBytes/16)
	for i := range 64 {
		get("go", big[i:])
		get("go", "a")
	}
	if want := 2 + 64; made != want {
		t.Errorf("made %d times, want %d", made, want)
	}
	if get("c", "a"); made != 2+64+1 {
		t.Error("a cache without end")
	}
	if n := c.size; n > tokenCacheBytes {
		t.Errorf("holds %d bytes", n)
	}
	get("go", big+"x")
	if get("go", big+"x"); made != 2+64+1+2 {
		t.Error("a huge block was kept")
	}
}

// Documents are the same with a parser that has seen others, on any goroutine.
func TestParserCache(t *testing.T) {
	src := "```go\nfunc main() {}\n```\n\n```go {1}\nfunc main() {}\n```\n\n```c\nfunc main() {}\n```\n"
	show := func(p *Parser) string {
		var sb strings.Builder
		for _, piece := range p.Parse(NewText("a.md", []byte(src), 0)).Pieces {
			sb.WriteString(piece.HTML)
			if piece.Hole != nil {
				sb.WriteString(piece.Hole.HTML)
			}
		}
		return sb.String()
	}
	p := New(Options{Extras: true})
	want := show(New(Options{Extras: true}))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got := show(p); got != want {
				t.Errorf("got %s\nwant %s", got, want)
			}
		})
	}
	wg.Wait()
}
