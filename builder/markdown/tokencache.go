package markdown

import "sync"

// tokenCacheBytes is how much code the younger half of a tokenCache holds.
const tokenCacheBytes = 1 << 20

// tokenCache remembers how code was split into tokens: translations repeat the
// code of the original, and finding the tokens is the dearest part of a page.
// What it returns depends on the code and its language alone. It may be used by
// several goroutines; a nil cache remembers nothing.
type tokenCache struct {
	mu sync.Mutex
	// young takes what is new; when it is full it becomes old, and what was old
	// and not asked for since is forgotten.
	young, old map[codeKey][]token
	size       int
}

type codeKey struct{ lang, code string }

// tokens is the tokens of code, which must not be changed; split makes them
// where they are not known.
func (c *tokenCache) tokens(lang, code string, split func() []token) []token {
	if c == nil || len(code) > tokenCacheBytes/16 {
		return split()
	}
	key := codeKey{lang, code}
	if t, ok := c.get(key); ok {
		return t
	}
	t := split()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put(key, t)
	return t
}

func (c *tokenCache) get(key codeKey) ([]token, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t, ok := c.young[key]; ok {
		return t, true
	}
	t, ok := c.old[key]
	if ok {
		c.put(key, t)
	}
	return t, ok
}

func (c *tokenCache) put(key codeKey, t []token) {
	if _, ok := c.young[key]; ok {
		return
	}
	if c.young == nil || c.size+len(key.code) > tokenCacheBytes {
		c.old, c.young, c.size = c.young, make(map[codeKey][]token), 0
	}
	c.young[key] = t
	c.size += len(key.code)
}
