// Package image knows how large pictures are, and makes smaller ones of them.
//
// The size of a picture is read from the start of its file, never from its
// pixels. A variant has a name before it has bytes: see Recipe.
package image

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image/gif"
	"io"
	"math"
	"path"
	"strconv"
	"strings"

	"github.com/bep/imagemeta"
)

// Info is what the start of a picture's file says of it.
type Info struct {
	// Format is "png", "jpeg", "gif", "webp", "avif" or "svg".
	Format string
	// Width and Height are in pixels as a browser shows the picture: turned as its
	// orientation says, and for SVG in those of CSS. They are zero where an SVG has
	// no size of its own.
	Width, Height int
	// Orientation is that of EXIF, from 1 (upright) to 8. It is 1 for what browsers
	// turn by other means, or do not turn.
	Orientation int
	// Animated is set on a picture that moves.
	Animated bool
}

// Scalable reports whether smaller pictures can be made of it: it has pixels,
// it does not move, and it is not so large that they would fill the memory.
func (i Info) Scalable() bool {
	return i.Format != "svg" && !i.Animated && i.Width > 0 && i.Height > 0 && i.Width*i.Height <= maxPixels
}

// maxPixels is how many pixels a picture may have to be scaled.
const maxPixels = 1 << 27

// ErrUnknown says that a file is no picture of a known format.
var ErrUnknown = errors.New("no picture of a known format")

// Shown reports whether a browser shows a picture under a name: it looks at the
// bytes of all pictures but SVG, which it knows by the media type alone.
func (i Info) Shown(name string) bool {
	return (i.Format == "svg") == strings.EqualFold(path.Ext(name), ".svg")
}

// Known reports whether files of a name are pictures whose size can be told.
func Known(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".webp", ".avif", ".svg":
		return true
	}
	return false
}

// maxHead is how much of a file is looked at: enough for what cameras write
// before the picture begins.
const maxHead = 1 << 20

// Measure reads the start of a picture. The format is that of the bytes, as
// browsers have it, whatever the name says.
func Measure(r io.Reader) (Info, error) {
	// A camera's preview may be large; a picture of a page seldom has more than
	// this before its size.
	for n := int64(16 << 10); ; n *= 8 {
		var head bytes.Buffer
		if _, err := io.Copy(&head, io.LimitReader(r, n)); err != nil {
			return Info{}, err
		}
		all := int64(head.Len()) < n
		info, err := measure(head.Bytes())
		if err == nil && info.Format == "gif" {
			return movingGIF(info, io.MultiReader(&head, r)), nil
		}
		if err == nil || all || n >= maxHead {
			return info, err
		}
		r = io.MultiReader(&head, r)
	}
}

// measure looks at the first bytes of a picture.
func measure(b []byte) (Info, error) {
	switch {
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")) && len(b) >= 24:
		data := bytes.Index(b, []byte("IDAT"))
		return withMeta(b, Info{Format: "png", Animated: data >= 0 && bytes.Contains(b[:data], []byte("acTL"))}, imagemeta.PNG)
	case bytes.HasPrefix(b, []byte{0xff, 0xd8, 0xff}):
		return withMeta(b, Info{Format: "jpeg"}, imagemeta.JPEG)
	case len(b) > 20 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP":
		// RFC 9649 §2.7: bit 1 of the flags says that it moves.
		return withMeta(b, Info{Format: "webp", Animated: string(b[12:16]) == "VP8X" && b[20]&2 != 0}, imagemeta.WebP)
	case len(b) > 12 && string(b[4:8]) == "ftyp" && (string(b[8:12]) == "avif" || string(b[8:12]) == "avis"):
		return withMeta(b, Info{Format: "avif", Animated: string(b[8:12]) == "avis"}, imagemeta.AVIF)
	case bytes.HasPrefix(b, []byte("GIF8")):
		c, err := gif.DecodeConfig(bytes.NewReader(b))
		return Info{Format: "gif", Width: c.Width, Height: c.Height, Orientation: 1}, err
	}
	if t := bytes.TrimLeft(bytes.TrimPrefix(b, []byte("\ufeff")), " \t\r\n"); bytes.HasPrefix(t, []byte("<")) {
		return measureSVG(t)
	}
	return Info{}, ErrUnknown
}

// withMeta fills in what the metadata says.
func withMeta(b []byte, info Info, format imagemeta.ImageFormat) (Info, error) {
	info.Orientation = 1
	meta, err := imagemeta.Decode(imagemeta.Options{
		R: bytes.NewReader(b), ImageFormat: format, Sources: imagemeta.CONFIG | imagemeta.EXIF,
		ShouldHandleTag: func(t imagemeta.TagInfo) bool { return t.Tag == "Orientation" && t.Namespace == "IFD0" },
		HandleTag: func(t imagemeta.TagInfo) error {
			if n, ok := t.Value.(uint16); ok && n >= 1 && n <= 8 {
				info.Orientation = int(n)
			}
			return nil
		},
	})
	info.Width, info.Height = meta.ImageConfig.Width, meta.ImageConfig.Height
	if info.Width <= 0 || info.Height <= 0 {
		if err == nil {
			err = io.ErrUnexpectedEOF
		}
		return Info{}, fmt.Errorf("damaged: %w", err)
	}
	switch format {
	case imagemeta.WebP, imagemeta.AVIF:
		info.Orientation = 1 // browsers go by the container, not by EXIF
	}
	if info.Orientation >= 5 {
		info.Width, info.Height = info.Height, info.Width
	}
	return info, nil
}

// movingGIF looks for a second picture in a GIF.
func movingGIF(info Info, r io.Reader) Info {
	br := bufio.NewReader(r)
	head := make([]byte, 13)
	if _, err := io.ReadFull(br, head); err != nil {
		return info
	}
	skipTable := func(flags byte) {
		if flags&0x80 != 0 {
			_, _ = br.Discard(3 << (flags&7 + 1))
		}
	}
	skipBlocks := func() bool {
		for {
			n, err := br.ReadByte()
			if err != nil {
				return false
			}
			if n == 0 {
				return true
			}
			_, _ = br.Discard(int(n))
		}
	}
	skipTable(head[10])
	for pictures := 0; ; {
		switch kind, err := br.ReadByte(); {
		case err != nil || kind == 0x3b:
			return info
		case kind == 0x2c:
			if pictures++; pictures > 1 {
				info.Animated = true
				return info
			}
			if _, err := io.ReadFull(br, head[:9]); err != nil {
				return info
			}
			skipTable(head[8])
		case kind != 0x21:
			return info
		}
		if _, err := br.ReadByte(); err != nil || !skipBlocks() {
			return info
		}
	}
}

// measureSVG reads width, height and viewBox of the root element (SVG 2 §8.2).
func measureSVG(b []byte) (Info, error) {
	info := Info{Format: "svg", Orientation: 1}
	d := xml.NewDecoder(bytes.NewReader(b))
	d.Strict = false
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	for {
		t, err := d.RawToken()
		if err != nil {
			return Info{}, fmt.Errorf("%w: no <svg> in it", ErrUnknown)
		}
		root, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		if root.Name.Local != "svg" {
			return Info{}, fmt.Errorf("%w: it begins with <%s>", ErrUnknown, root.Name.Local)
		}
		var w, h float64
		var box []string
		for _, a := range root.Attr {
			switch a.Name.Local {
			case "width":
				w = length(a.Value)
			case "height":
				h = length(a.Value)
			case "viewBox":
				box = strings.FieldsFunc(a.Value, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' || r == '\r' })
			}
		}
		info.Width, info.Height = svgSize(w, h, box)
		return info, nil
	}
}

// svgSize is the size of an SVG of which one side or none may be given.
func svgSize(w, h float64, box []string) (width, height int) {
	if len(box) == 4 && (w == 0 || h == 0) {
		bw, err1 := strconv.ParseFloat(box[2], 64)
		bh, err2 := strconv.ParseFloat(box[3], 64)
		if err1 == nil && err2 == nil && bw > 0 && bh > 0 {
			switch {
			case w > 0:
				h = w * bh / bw
			case h > 0:
				w = h * bw / bh
			default:
				w, h = bw, bh
			}
		}
	}
	width, height = int(math.Round(w)), int(math.Round(h))
	if width <= 0 || height <= 0 || w > math.MaxInt32 || h > math.MaxInt32 {
		return 0, 0
	}
	return width, height
}

// length is a CSS length in pixels; zero where it depends on what is around it.
func length(s string) float64 {
	s = strings.TrimSpace(s)
	n := len(strings.TrimRight(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ%"))
	// CSS Values 4 §6.2.
	per := map[string]float64{"": 1, "px": 1, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4, "q": 96 / 101.6, "pt": 96.0 / 72, "pc": 16}
	v, err := strconv.ParseFloat(s[:n], 64)
	if err != nil || v < 0 {
		return 0
	}
	return v * per[strings.ToLower(s[n:])]
}

// Dimensions are the values of width and height of an element that shows a
// picture, where the author gave one of them or neither: the ratio is the
// picture's. They are zero where nothing is to be added.
func (i Info) Dimensions(width, height string) (w, h int) {
	if i.Width == 0 || i.Height == 0 {
		return 0, 0
	}
	switch {
	case width == "" && height == "":
		return i.Width, i.Height
	case height == "":
		if n := pixels(width); n > 0 {
			return 0, max(1, (n*i.Height+i.Width/2)/i.Width)
		}
	case width == "":
		if n := pixels(height); n > 0 {
			return max(1, (n*i.Width+i.Height/2)/i.Height), 0
		}
	}
	return 0, 0
}

// pixels is an attribute's value as a number of pixels; zero where it is
// something else.
func pixels(s string) int {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(s), "px"))
	if err != nil || n < 0 || n > math.MaxInt32 {
		return 0
	}
	return n
}
