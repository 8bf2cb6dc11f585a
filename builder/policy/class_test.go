package policy

import "testing"

func TestOfMedia(t *testing.T) {
	tests := []struct {
		media string
		want  Class
	}{
		{"text/html; charset=utf-8", Page}, {"text/html", Page},
		{"image/png", Asset}, {"image/svg+xml", Asset}, {"font/woff2", Asset}, {"audio/ogg", Asset}, {"video/mp4", Asset},
		{"application/pdf", Asset}, {"application/zip", Asset}, {"application/octet-stream", Asset},
		{"text/css; charset=utf-8", Fixed}, {"text/javascript; charset=utf-8", Fixed}, {"application/json", Fixed}, {"application/manifest+json", Fixed},
		{"application/xml; charset=utf-8", Fixed}, {"application/wasm", Fixed}, {"application/yaml", Fixed}, {"text/plain; charset=utf-8", Fixed},
		{" text/html ", Page}, {"application/xhtml+xml", Page}, {"application/rss+xml", Fixed}, {"application/geo+json", Fixed},
		{"", Fixed}, {"image", Asset}, {"nonsense", Fixed},
	}
	for _, tt := range tests {
		if got := OfMedia(tt.media); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.media, got, tt.want)
		}
	}
}
