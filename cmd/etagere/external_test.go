package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/etagere/etagere/builder/sitetest"
)

// TestCheckExternal asks a server on this machine.
func TestCheckExternal(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/here" {
			http.NotFound(w, r)
		}
	}))
	defer s.Close()
	site := func(text string) string {
		return sitetest.Dir(t, "-- config.toml --\ntitle = \"T\"\nbase_url = \"/\"\n[links]\nignore = [\"**/private\"]\n-- content/_index.md --\n---\ntitle: Home\n---\n"+
			"[here]("+s.URL+"/here) [mine]("+s.URL+"/private) "+text+"\n")
	}
	for _, tt := range []struct {
		name, text string
		args       []string
		status     int
		stderr     string
	}{
		{"all there", "", []string{"--external"}, 0, ""},
		{"not asked", "[gone](" + s.URL + "/gone)", nil, 0, ""},
		{"gone", "[gone](" + s.URL + "/gone)", []string{"--external"}, 1, "content/_index.md:4:"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			status := run(t.Context(), append([]string{"check", "-s", site(tt.text)}, tt.args...), &stdout, &stderr)
			if status != tt.status || !strings.Contains(stderr.String(), tt.stderr) {
				t.Errorf("status %d, want %d\n%s%s", status, tt.status, &stdout, &stderr)
			}
			if tt.status == 1 && !strings.Contains(stderr.String(), `/gone" answers 404 Not Found [link-external]`) {
				t.Errorf("stderr:\n%s", &stderr)
			}
		})
	}
}
