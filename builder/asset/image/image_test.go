package image

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gen2brain/avif"
	"github.com/gen2brain/webp"

	"github.com/etagere/etagere/builder/internal/digest"
)

// quarters is a picture with a colour of its own in each quarter.
func quarters(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{A: 255}
			if x < w/2 {
				c.R = 255
			}
			if y < h/2 {
				c.G = 255
			}
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

func encoded(t *testing.T, write func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// exif is EXIF metadata that says no more than the orientation.
func exif(orientation byte) []byte {
	return []byte{'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0}
}

func asPNG(t *testing.T, img image.Image, orientation byte) []byte {
	b := encoded(t, func(w io.Writer) error { return png.Encode(w, img) })
	if orientation == 0 {
		return b
	}
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(exif(1))))
	chunk = append(append(chunk, "eXIf"...), exif(orientation)...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return append(append(append([]byte{}, b[:33]...), chunk...), b[33:]...)
}

func asJPEG(t *testing.T, img image.Image, orientation byte) []byte {
	b := encoded(t, func(w io.Writer) error { return jpeg.Encode(w, img, &jpeg.Options{Quality: 95}) })
	data := append([]byte("Exif\x00\x00"), exif(orientation)...)
	head := append([]byte{0xff, 0xd8, 0xff, 0xe1, 0, byte(len(data) + 2)}, data...)
	// So much before the picture that the first look does not reach it.
	filler := append([]byte{0xff, 0xe2, 0xff, 0xff}, make([]byte, 0xffff-2)...)
	return append(append(head, filler...), b[2:]...)
}

func asGIF(t *testing.T, frames int) []byte {
	g := &gif.GIF{}
	for range frames {
		p := image.NewPaletted(image.Rect(0, 0, 30, 20), color.Palette{color.Black, color.White})
		g.Image, g.Delay = append(g.Image, p), append(g.Delay, 10)
	}
	return encoded(t, func(w io.Writer) error { return gif.EncodeAll(w, g) })
}

func TestMeasure(t *testing.T) {
	img := quarters(40, 20)
	apng := asPNG(t, img, 0)
	at := bytes.Index(apng, []byte("IDAT")) - 4
	apng = append(append(append([]byte{}, apng[:at]...), "\x00\x00\x00\x08acTL\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00"...), apng[at:]...)
	moving := encoded(t, func(w io.Writer) error {
		return webp.EncodeAll(w, &webp.WEBP{Image: []image.Image{img, image.NewNRGBA(img.Rect)}, Delay: []int{10, 10}})
	})
	for _, tt := range []struct {
		name string
		data []byte
		want Info
	}{
		{"png", asPNG(t, img, 0), Info{"png", 40, 20, 1, false}},
		{"png on its side", asPNG(t, img, 6), Info{"png", 20, 40, 6, false}},
		{"png that moves", apng, Info{"png", 40, 20, 1, true}},
		{"jpeg", asJPEG(t, img, 1), Info{"jpeg", 40, 20, 1, false}},
		{"jpeg on its head", asJPEG(t, img, 3), Info{"jpeg", 40, 20, 3, false}},
		{"jpeg on its side", asJPEG(t, img, 8), Info{"jpeg", 20, 40, 8, false}},
		{"gif", asGIF(t, 1), Info{"gif", 30, 20, 1, false}},
		{"gif that moves", asGIF(t, 3), Info{"gif", 30, 20, 1, true}},
		{"webp", encoded(t, func(w io.Writer) error { return webp.Encode(w, img) }), Info{"webp", 40, 20, 1, false}},
		{"webp without loss", encoded(t, func(w io.Writer) error { return webp.Encode(w, img, webp.Options{Lossless: true}) }), Info{"webp", 40, 20, 1, false}},
		{"webp that moves", moving, Info{"webp", 40, 20, 1, true}},
		{"avif", encoded(t, func(w io.Writer) error { return avif.Encode(w, img) }), Info{"avif", 40, 20, 1, false}},
		{"svg", []byte(`<svg width="40" height="20px">`), Info{"svg", 40, 20, 1, false}},
		{"svg with a box", []byte("\ufeff<?xml version='1.0' encoding='latin1'?>\n<!-- x --><!DOCTYPE svg>\n<svg viewBox='0,0 10 20.4'>"), Info{"svg", 10, 20, 1, false}},
		{"svg with one side", []byte(`<svg width="1in" viewBox="0 0 10 20"/>`), Info{"svg", 96, 192, 1, false}},
		{"svg with the other side", []byte(`<svg height="40" width="100%" viewBox="0 0 10 20"/>`), Info{"svg", 20, 40, 1, false}},
		{"svg without a size", []byte(`<svg/>`), Info{"svg", 0, 0, 1, false}},
		{"svg with nonsense", []byte(`<svg width="-3" height="1e99" viewBox="0 0 x"/>`), Info{"svg", 0, 0, 1, false}},
	} {
		if got, err := Measure(bytes.NewReader(tt.data)); err != nil || got != tt.want {
			t.Errorf("%s: got %+v, %v; want %+v", tt.name, got, err, tt.want)
		}
	}
	for name, data := range map[string]string{
		"nothing": "", "text": "text", "html": "<html>", "half a tag": "<svg", "half a png": string(asPNG(t, img, 0)[:20]), "half a jpeg": string(asJPEG(t, img, 1)[:1000]),
		"half a webp": "RIFF\x00\x00\x00\x00WEBPVP8X\x00\x00\x00\x00\x00", "half an avif": "\x00\x00\x00\x18ftypavif\x00",
	} {
		if got, err := Measure(strings.NewReader(data)); err == nil {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

// FuzzMeasure: whatever the bytes, there is an answer, and sizes make sense.
func FuzzMeasure(f *testing.F) {
	f.Add([]byte("GIF89a\x02\x00\x02\x00\x80\x00\x00,"))
	f.Add([]byte("<svg width='1'"))
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01"))
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00MM\x00*"))
	f.Fuzz(func(t *testing.T, b []byte) {
		info, err := Measure(bytes.NewReader(b))
		if err == nil && (info.Format == "" || info.Width < 0 || info.Height < 0 || info.Orientation < 1 || info.Orientation > 8) {
			t.Errorf("got %+v", info)
		}
	})
}

func TestDimensions(t *testing.T) {
	i := Info{Width: 300, Height: 200}
	for _, tt := range []struct {
		width, height string
		w, h          int
	}{
		{"", "", 300, 200}, {"150", "", 0, 100}, {"", "50", 75, 0}, {"150px", "", 0, 100}, {"50%", "", 0, 0}, {"10", "10", 0, 0}, {"1", "", 0, 1}, {"auto", "", 0, 0},
	} {
		if w, h := i.Dimensions(tt.width, tt.height); w != tt.w || h != tt.h {
			t.Errorf("%q × %q: got %d, %d", tt.width, tt.height, w, h)
		}
	}
	if w, h := (Info{}).Dimensions("", ""); w != 0 || h != 0 {
		t.Error("a picture without a size got one")
	}
}

func TestPlan(t *testing.T) {
	info := Info{Format: "jpeg", Width: 1000, Height: 500, Orientation: 1}
	for _, tt := range []struct {
		op   Operation
		spec string
		want string // part, size, format, quality
	}{
		{Resize, "400x", "0,0,1000,500 400x200 jpeg 75"},
		{Resize, "x100 webp", "0,0,1000,500 200x100 webp 75"},
		{Resize, "4000x", "0,0,1000,500 1000x500 jpeg 75"},
		{Resize, "100x400 q50", "0,0,1000,500 100x400 jpeg 50"},
		{Fit, "300x300", "0,0,1000,500 300x150 jpeg 75"},
		{Fit, "3000x300 png", "0,0,1000,500 600x300 png 75"},
		{Fill, "300x300", "250,0,500,500 300x300 jpeg 75"},
		{Fill, "300x300 TopLeft AVIF", "0,0,500,500 300x300 avif 75"},
		{Fill, "800x800", "250,0,500,500 500x500 jpeg 75"},
		{Fill, "1000x100 bottom", "0,400,1000,100 1000x100 jpeg 75"},
		{Crop, "100x100 right jpg", "900,200,100,100 100x100 jpeg 75"},
		{Crop, "9000x100", "0,200,1000,100 1000x100 jpeg 75"},
	} {
		r, err := Plan(tt.op, tt.spec, digest.OfString("x"), "Pic ture.jpg", info, 75)
		want := digest.OfString("x").String() + " " + tt.want + " Pic ture.jpg"
		if err != nil || r.String() != want {
			t.Errorf("%s %s: got %q, %v; want %q", tt.op, tt.spec, r, err, want)
		}
		if again, ok := ParseRecipe(r.String()); !ok || again != r {
			t.Errorf("%s: read back as %+v, %v", r, again, ok)
		}
	}
	for _, spec := range []string{"", "x", "0x10", "-4x", "600", "webp", "600x big", "99999x", "q0 3x"} {
		if r, err := Plan(Resize, spec, digest.Digest{}, "a.jpg", info, 75); err == nil {
			t.Errorf("%q: got %s", spec, r)
		}
	}
	if _, err := Plan(Fit, "300x", digest.Digest{}, "a.jpg", info, 75); err == nil {
		t.Error("a box of one side")
	}
	for _, s := range []string{"", "x 1,1,1,1 1x1 png 1 a", digest.Digest{}.String() + " 0,0,1,1 2x1 png 75 a.png", digest.Digest{}.String() + " 0,0,1,1 1x1 png 101 a.png"} {
		if r, ok := ParseRecipe(s); ok {
			t.Errorf("%q is the recipe %+v", s, r)
		}
	}
}

func TestWidths(t *testing.T) {
	for _, tt := range []struct{ own, want string }{{"300", "300"}, {"500", "400 500"}, {"400", "400"}, {"5000", "400 800"}, {"800", "400 800"}} {
		w := pixels(tt.own)
		var got []string
		for _, n := range (Info{Width: w}).Widths([]int{400, 800}) {
			got = append(got, itoa(n))
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: got %v", tt.own, got)
		}
	}
}

func itoa(n int) string {
	s := ""
	for ; n > 0; n /= 10 {
		s = string(rune('0'+n%10)) + s
	}
	return s
}

// TestMake makes every format of every orientation: what was top left must be so.
func TestMake(t *testing.T) {
	for orientation := byte(1); orientation <= 8; orientation++ {
		for _, format := range []string{"png", "jpeg", "webp", "avif"} {
			if format == "avif" && orientation != 6 {
				continue // its encoder is slow, and knows nothing of orientations
			}
			src := asJPEG(t, turned(quarters(80, 40), int(orientation)), orientation)
			info, err := Measure(bytes.NewReader(src))
			if err != nil || info.Width != 80 || info.Height != 40 {
				t.Fatalf("orientation %d: %+v, %v", orientation, info, err)
			}
			for _, spec := range []string{"40x", "20x20 left"} {
				op, want := Resize, [2]int{40, 20}
				if spec != "40x" {
					op, want = Fill, [2]int{20, 20}
				}
				r, err := Plan(op, spec+" "+format, digest.Of(src), "p.jpg", info, 90)
				if err != nil {
					t.Fatal(err)
				}
				b, err := Make(src, r)
				if err != nil {
					t.Fatal(err)
				}
				made, err := Measure(bytes.NewReader(b))
				if err != nil || made != (Info{format, want[0], want[1], 1, false}) {
					t.Errorf("orientation %d as %s: %+v, %v", orientation, r, made, err)
				}
				img, err := decode(b, made)
				if err != nil {
					t.Fatal(err)
				}
				lowerX := want[0] - 3
				if op == Fill {
					lowerX = 3 // the left half is all of one column
				}
				for _, p := range []struct{ x, y, r, g int }{{3, 3, 1, 1}, {3, want[1] - 3, 1, 0}, {lowerX, 3, b2i(op == Fill), 1}} {
					r, g, _, _ := img.At(p.x, p.y).RGBA()
					if int(r>>15) != p.r || int(g>>15) != p.g {
						t.Errorf("orientation %d as %s %s: at %d, %d red %d green %d", orientation, format, spec, p.x, p.y, r, g)
					}
				}
			}
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// turned is how a camera with an orientation stores a picture.
func turned(img *image.NRGBA, orientation int) image.Image {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	if orientation >= 5 {
		w, h = h, w
	}
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			to := stored(image.Rect(x, y, x+1, y+1), w, h, orientation).Min
			out.Set(to.X, to.Y, img.At(x, y))
		}
	}
	return out
}

func TestStore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pictures")
	src := asPNG(t, quarters(64, 64), 0)
	opened := 0
	open := func() (io.ReadCloser, error) { opened++; return io.NopCloser(bytes.NewReader(src)), nil }
	source := func() ([]byte, error) { opened++; return src, nil }
	log := slog.New(slog.DiscardHandler)
	use := func(s *Store) ([]byte, Recipe) {
		t.Helper()
		info, err := s.Info(digest.Of(src), open)
		if err != nil || info.Width != 64 {
			t.Fatalf("%+v, %v", info, err)
		}
		_, err = s.Info(digest.OfString("bad"), func() (io.ReadCloser, error) { opened++; return io.NopCloser(strings.NewReader("bad \"x\"\n")), nil })
		if _, ok := errors.AsType[*Damaged](err); !ok {
			t.Fatalf("got %v for a damaged picture", err)
		}
		r := Whole(digest.Of(src), "a b.png", info, 32, "webp", 75)
		b, err := s.Bytes(r, source)
		if err != nil {
			t.Fatal(err)
		}
		return b, r
	}
	s := Open(dir, log)
	first, r := use(s)
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	if opened != 3 {
		t.Errorf("read %d times", opened)
	}
	// Another process knows it all.
	opened = 0
	s = Open(dir, log)
	if found, ok := s.Recipe(r.URL()); !ok || found != r {
		t.Errorf("%s leads to %+v, %v", r.URL(), found, ok)
	}
	if sum, size, ok := s.Sum(r); !ok || sum != digest.Of(first) || size != int64(len(first)) {
		t.Error("the digest is not known")
	}
	if again, _ := use(s); !bytes.Equal(again, first) || opened != 0 {
		t.Errorf("%d bytes instead of %d, read %d times", len(again), len(first), opened)
	}
	// What is damaged is made again.
	name := filepath.Join(dir, filepath.Base(r.URL()))
	if err := os.WriteFile(name, []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	if again, _ := use(s); !bytes.Equal(again, first) || opened != 1 {
		t.Errorf("a damaged variant: %d bytes, read %d times", len(again), opened)
	}
	for _, damage := range []string{"", "etagere pictures 1 x\n", header + digest.OfString("rubbish\n").String() + "\nrubbish\n"} {
		if err := os.WriteFile(filepath.Join(dir, "index"), []byte(damage), 0o666); err != nil {
			t.Fatal(err)
		}
		s = Open(dir, log)
		if again, _ := use(s); !bytes.Equal(again, first) {
			t.Errorf("with the index %q: %d bytes", damage, len(again))
		}
		if err := s.Save(); err != nil {
			t.Fatal(err)
		}
	}
	// What nobody asks for is forgotten.
	s = Open(dir, log)
	s.today += keepDays + 1
	s.dirty = true
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(name); err == nil {
		t.Error("an old variant stays")
	}
	if _, ok := Open(dir, log).Recipe(r.URL()); ok {
		t.Error("an old recipe stays")
	}
}

// A picture whose start is fine and whose pixels are not is passed on.
func TestStoreDamaged(t *testing.T) {
	src := asPNG(t, quarters(64, 64), 0)[:80]
	s := Open("", slog.New(slog.DiscardHandler))
	info, err := s.Info(digest.Of(src), func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(src)), nil })
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.Bytes(Whole(digest.Of(src), "a.png", info, 32, "webp", 75), func() ([]byte, error) { return src, nil })
	if _, ok := errors.AsType[*Damaged](err); !ok || !bytes.Equal(b, src) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}

// The names of variants hold the versions of the encoders.
func TestEngine(t *testing.T) {
	mod, err := os.ReadFile("../../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []string{"github.com/gen2brain/webp", "github.com/gen2brain/avif", "golang.org/x/image"} {
		_, rest, _ := strings.Cut(string(mod), m+" ")
		version := strings.Fields(rest)[0]
		if want := m[strings.LastIndexByte(m, '/')+1:] + " " + version; !strings.Contains(engine, want) {
			t.Errorf("%q does not contain %q", engine, want)
		}
	}
}
