package image

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"

	"github.com/gen2brain/avif"
	"github.com/gen2brain/webp"
	"golang.org/x/image/draw"
	xwebp "golang.org/x/image/webp"
)

// backend tells encoders of the system from those in this program: a program
// that is built without the tag "nodynamic" uses the system's libwebp and
// libavif where their development files are installed, and these may make other
// bytes.
func backend() string {
	s := ""
	if webp.Dynamic() == nil {
		s += " system webp"
	}
	if avif.Dynamic() == nil {
		s += " system avif"
	}
	return s
}

// Make makes a variant of a picture.
func Make(source []byte, r Recipe) ([]byte, error) {
	info, err := Measure(bytes.NewReader(source))
	if err != nil {
		return nil, err
	}
	part := image.Rect(r.X, r.Y, r.X+r.W, r.Y+r.H)
	if !info.Scalable() || !part.In(image.Rect(0, 0, info.Width, info.Height)) {
		return nil, errors.New("the recipe is that of another picture")
	}
	img, err := decode(source, info)
	if err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	b, err := encode(scaled(img, part, r.Width, r.Height, info.Orientation), r, info)
	if err != nil {
		return nil, fmt.Errorf("encode as %s: %w", r.Format, err)
	}
	return b, nil
}

// decode gives the pixels as they are stored; see scaled for the orientation.
func decode(b []byte, info Info) (image.Image, error) {
	r := bytes.NewReader(b)
	switch info.Format {
	case "png":
		return png.Decode(r)
	case "jpeg":
		return jpeg.Decode(r)
	case "gif":
		return gif.Decode(r)
	case "webp":
		return xwebp.Decode(r)
	case "avif":
		return avif.Decode(r, avif.Options{AutoRotate: true})
	}
	return nil, ErrUnknown
}

// scaled is a part of img, given in pixels of the upright picture, in a size.
func scaled(img image.Image, part image.Rectangle, width, height, orientation int) *image.RGBA {
	b := img.Bounds()
	part = stored(part, b.Dx(), b.Dy(), orientation).Add(b.Min)
	if orientation >= 5 {
		width, height = height, width
	}
	dst := image.NewRGBA(image.Rect(0, 0, width, height))
	if part.Size() == dst.Rect.Size() {
		draw.Draw(dst, dst.Rect, img, part.Min, draw.Src)
	} else {
		draw.CatmullRom.Scale(dst, dst.Rect, img, part, draw.Src, nil)
	}
	return upright(dst, orientation)
}

// stored is where a part of the upright picture lies in the picture as it is
// stored, which is w × h pixels.
func stored(part image.Rectangle, w, h, orientation int) image.Rectangle {
	at := func(p image.Point) image.Point { return toStored(p, w, h, orientation) }
	return image.Rectangle{Min: at(part.Min), Max: at(part.Max)}.Canon()
}

// toStored leads from a corner of a pixel of the upright picture to that of the
// stored one (EXIF 2.32 §4.6.4, tag 0x0112).
func toStored(p image.Point, w, h, orientation int) image.Point {
	switch orientation {
	case 2:
		return image.Pt(w-p.X, p.Y)
	case 3:
		return image.Pt(w-p.X, h-p.Y)
	case 4:
		return image.Pt(p.X, h-p.Y)
	case 5:
		return image.Pt(p.Y, p.X)
	case 6:
		return image.Pt(p.Y, h-p.X)
	case 7:
		return image.Pt(w-p.Y, h-p.X)
	case 8:
		return image.Pt(w-p.Y, p.X)
	}
	return p
}

// upright turns a picture as its orientation says.
func upright(img *image.RGBA, orientation int) *image.RGBA {
	if orientation <= 1 {
		return img
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			from := stored(image.Rect(x, y, x+1, y+1), w, h, orientation).Min
			copy(out.Pix[out.PixOffset(x, y):][:4], img.Pix[img.PixOffset(from.X, from.Y):][:4])
		}
	}
	return out
}

// avifSpeed is the encoder's choice between time and size, from 0 to 10: at 8
// a picture of 800 × 600 takes a fifth of a second on one core, at 6 a second
// for a few percent less.
const avifSpeed = 8

// encode writes a picture in the recipe's format. Drawings, which have few
// colours, are smaller without loss.
func encode(img *image.RGBA, r Recipe, source Info) ([]byte, error) {
	var b bytes.Buffer
	var err error
	switch r.Format {
	case "jpeg":
		err = jpeg.Encode(&b, onWhite(img), &jpeg.Options{Quality: r.Quality})
	case "png":
		err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, img)
	case "webp":
		if err = webp.Encode(&b, img, webp.Options{Quality: min(r.Quality, 99), Method: webp.DefaultMethod}); err != nil {
			break
		}
		if source.Format == "png" || source.Format == "gif" || r.Quality == 100 {
			var whole bytes.Buffer
			err = webp.Encode(&whole, img, webp.Options{Lossless: true, Quality: 75, Method: webp.DefaultMethod})
			if r.Quality == 100 || whole.Len() < b.Len() {
				b = whole
			}
		}
	case "avif":
		// The scale of this encoder is another: its 60 looks like the others' 75.
		q := max(1, r.Quality*4/5)
		if r.Quality == 100 {
			q = 100
		}
		err = avif.Encode(&b, img, avif.Options{Quality: q, QualityAlpha: q, Speed: avifSpeed, ChromaSubsampling: image.YCbCrSubsampleRatio420})
	default:
		err = fmt.Errorf("there is no encoder for it")
	}
	return b.Bytes(), err
}

// onWhite is img without transparency, which JPEG lacks.
func onWhite(img *image.RGBA) image.Image {
	if img.Opaque() {
		return img
	}
	out := image.NewRGBA(img.Rect)
	draw.Draw(out, out.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, img, img.Rect.Min, draw.Over)
	return out
}
