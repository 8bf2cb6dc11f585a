package digest

import (
	"math"
	"testing"
	"time"
)

func TestDigest(t *testing.T) {
	d := OfString("abc")
	if d != Of([]byte("abc")) || d.String() != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Errorf("SHA-256 of abc is %s", d)
	}
	if got, ok := Parse(d.String()); !ok || got != d {
		t.Errorf("Parse gave %s, %v", got, ok)
	}
	for _, s := range []string{"", "x", d.String()[1:], d.String() + "0", "z" + d.String()[1:]} {
		if _, ok := Parse(s); ok {
			t.Errorf("Parse took %q", s)
		}
	}
	if s := d.Short(); len(s) != 16 || s != "xj4bnp4pahh6uqkb" {
		t.Errorf("Short is %q", s)
	}
	if !(Digest{}).IsZero() || d.IsZero() {
		t.Error("only the zero digest is zero")
	}
}

// What is written in two ways has two digests.
func TestHasher(t *testing.T) {
	east := time.FixedZone("", 3600)
	at := time.Date(2024, 1, 2, 3, 4, 5, 6, time.UTC)
	seen := make(map[Digest]string)
	for name, h := range map[string]*Hasher{
		"nothing": New(), "empty": New().String(""), "ab c": New().String("ab").String("c"), "a bc": New().String("a").String("bc"),
		"abc": New().String("abc"), "list": New().Strings([]string{"ab", "c"}), "one": New().Int(1), "two": New().Int(2),
		"float": New().Float(1), "nan": New().Float(math.NaN()), "false": New().Bool(false).Bool(false),
		"utc": New().Time(at), "east": New().Time(at.In(east)), "no time": New().Time(time.Time{}), "digest": New().Digest(OfString("a")),
	} {
		if other, ok := seen[h.Sum()]; ok {
			t.Errorf("%s and %s have one digest", name, other)
		}
		seen[h.Sum()] = name
	}
}

func TestValue(t *testing.T) {
	sum := func(v any) Digest { return New().Value(v).Sum() }
	type point struct{ X, Y int }
	values := []any{
		nil, true, false, "", "true", 1, 1.0, uint64(1), time.Unix(0, 0).UTC(), []string{"a"}, []any{"a", "b"}, []any{[]any{"a"}, "b"},
		map[string]any{}, map[string]any{"a": 1}, map[string]any{"a": "1"}, map[string]any{"b": 1}, map[string]int{"b": 2}, []int{1, 2}, [2]bool{true}, point{1, 2}, point{2, 1},
	}
	seen := make(map[Digest]any)
	for _, v := range values {
		if other, ok := seen[sum(v)]; ok {
			t.Errorf("%#v and %#v have one digest", v, other)
		}
		seen[sum(v)] = v
	}
	// The order in which a map is walked does not show.
	big := make(map[string]any)
	ints := make(map[int]string)
	for i := range 50 {
		big[string(rune('a'+i))] = i
		ints[i] = "x"
	}
	firstBig, firstInts := sum(big), sum(ints)
	for range 20 {
		if sum(big) != firstBig || sum(ints) != firstInts {
			t.Fatal("the digest of a map is not stable")
		}
	}
	if sum(int64(7)) != sum(7) {
		t.Error("the width of a number shows")
	}
}
