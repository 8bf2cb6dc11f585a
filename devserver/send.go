package devserver

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"github.com/etagere/etagere/builder/policy"
)

// content is a body and what is said of it.
type content struct {
	status int
	media  string
	cache  string
	body   []byte
}

// send sends c, or word that the client has it.
func send(w http.ResponseWriter, r *http.Request, c content) {
	h := w.Header()
	h.Set("Content-Type", c.media)
	h.Set("Cache-Control", c.cache)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if c.status == http.StatusOK && c.cache != policy.NoStore {
		tag := entityTag(c.media, c.body)
		h.Set("ETag", tag)
		if holds(r.Header.Values("If-None-Match"), tag) {
			h.Del("Content-Type")
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(c.body)))
	w.WriteHeader(c.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(c.body)
	}
}

// refuse answers with a sentence.
func refuse(w http.ResponseWriter, r *http.Request, status int, message string) {
	cache := policy.NoStore
	if status == http.StatusNotFound && !strings.HasPrefix(r.URL.Path, "/_a/") {
		cache = policy.NoCache
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'")
	send(w, r, content{status, "text/plain; charset=utf-8", cache, []byte(message + "\n")})
}

// entityTag is a strong validator: equal tags mean equal bytes and type.
func entityTag(media string, body []byte) string {
	h := sha256.New()
	h.Write([]byte(media))
	h.Write([]byte{0})
	h.Write(body)
	return `"` + base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:18]) + `"`
}

// holds reports whether the values of If-None-Match name tag, compared weakly.
func holds(values []string, tag string) bool {
	for _, v := range values {
		for one := range strings.SplitSeq(v, ",") {
			one = strings.TrimSpace(one)
			if one == "*" || strings.TrimPrefix(one, "W/") == tag {
				return true
			}
		}
	}
	return false
}
