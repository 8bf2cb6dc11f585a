package check

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestExternal(t *testing.T) {
	var mu sync.Mutex
	asked := map[string]int{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked[r.Method+" "+r.URL.RequestURI()]++
		mu.Unlock()
		switch r.URL.Path {
		case "/gone":
			http.NotFound(w, r)
		case "/members":
			w.WriteHeader(http.StatusUnauthorized)
		case "/nohead":
			if r.Method == http.MethodHead {
				w.WriteHeader(http.StatusMethodNotAllowed)
			}
		case "/moved":
			http.Redirect(w, r, "/here", http.StatusMovedPermanently)
		case "/broken":
			w.WriteHeader(http.StatusBadGateway)
		}
	}))
	defer s.Close()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	tests := []struct{ url, want string }{
		{s.URL + "/here?x=1#part", ""},
		{s.URL + "/gone", "answers 404 Not Found"},
		{s.URL + "/members", ""},
		{s.URL + "/nohead", ""},
		{s.URL + "/moved", ""},
		{s.URL + "/broken", "answers 502 Bad Gateway"},
		{closed.URL, "cannot be reached: "},
		{"https://docs.example.org/x", ""},
		{"http://", "is no URL"},
	}
	var urls []string
	for _, tt := range tests {
		urls = append(urls, tt.url)
	}
	got, err := External(t.Context(), s.Client(), urls, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, tt := range tests {
		if tt.want == "" && got[i] != "" || !strings.HasPrefix(got[i], tt.want) {
			t.Errorf("%s: got %q, want %q", tt.url, got[i], tt.want)
		}
	}
	if asked["HEAD /here?x=1"] != 1 || asked["GET /here?x=1"] != 0 || asked["GET /nohead"] != 1 {
		t.Errorf("asked %v", asked)
	}
}

func TestExternalCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got, err := External(ctx, http.DefaultClient, []string{"http://127.0.0.1:1/"}, nil)
	if err == nil || slices.ContainsFunc(got, func(s string) bool { return s != "" }) {
		t.Errorf("got %q, %v", got, err)
	}
}
