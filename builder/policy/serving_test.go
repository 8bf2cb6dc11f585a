package policy

import "testing"

func TestServing(t *testing.T) {
	for _, tt := range []struct {
		class Class
		found bool
		want  string
	}{
		{Page, true, NoCache},
		{Asset, true, NoCache},
		{Feed, true, NoCache},
		{Redirect, true, NoCache},
		{NotFound, false, NoCache},
		{Fingerprinted, true, Immutable},
		{Fingerprinted, false, NoStore},
	} {
		if got := Serving(tt.class, tt.found); got != tt.want {
			t.Errorf("Serving(%s, %v): got %q, want %q", tt.class, tt.found, got, tt.want)
		}
	}
}
