package image

import (
	"fmt"
	"math"
	"path"
	"strconv"
	"strings"

	"github.com/etagere/etagere/builder/asset"
	"github.com/etagere/etagere/builder/internal/digest"
)

// Recipe says how a variant is made: a part of a picture, scaled, in a format.
// It names the variant, so that a page never waits for pixels.
type Recipe struct {
	// Source identifies the bytes of the picture, Name is its file's name.
	Source digest.Digest
	Name   string
	// X, Y, W and H are the part that is taken, in pixels of the upright picture.
	X, Y, W, H int
	// Width and Height are the size of the variant; it is never larger than the part.
	Width, Height int
	// Format is "webp", "avif", "jpeg" or "png".
	Format string
	// Quality is from 1 to 100; formats without loss ignore it.
	Quality int
}

// Formats are the formats that variants can have.
func Formats() []string { return []string{"avif", "webp", "jpeg", "png"} }

// engine is part of each name: with another encoder, and so maybe other bytes,
// a variant has another name. The versions are those of go.mod.
const engine = "1 webp v0.6.4 avif v0.6.0 image v0.48.0"

// URL is where the variant is published: named by the recipe.
func (r Recipe) URL() string {
	ext := map[string]string{"jpeg": ".jpg"}[r.Format]
	if ext == "" {
		ext = "." + r.Format
	}
	d := digest.New().String(engine).String(backend()).String(r.String()).Sum()
	return asset.Prefix + asset.FileName(strings.TrimSuffix(path.Base(r.Name), path.Ext(r.Name))+ext, d)
}

// String is the recipe as ParseRecipe reads it.
func (r Recipe) String() string {
	return fmt.Sprintf("%s %d,%d,%d,%d %dx%d %s %d %s", r.Source, r.X, r.Y, r.W, r.H, r.Width, r.Height, r.Format, r.Quality, path.Base(r.Name))
}

// ParseRecipe reads what String wrote.
func ParseRecipe(s string) (Recipe, bool) {
	var r Recipe
	f := strings.SplitN(s, " ", 6)
	if len(f) != 6 {
		return r, false
	}
	var ok bool
	r.Source, ok = digest.Parse(f[0])
	n1, err1 := fmt.Sscanf(f[1]+" "+f[2], "%d,%d,%d,%d %dx%d", &r.X, &r.Y, &r.W, &r.H, &r.Width, &r.Height)
	q, err2 := strconv.Atoi(f[4])
	r.Format, r.Quality, r.Name = f[3], q, f[5]
	return r, ok && n1 == 6 && err1 == nil && err2 == nil && r.valid() && r.String() == s
}

// valid reports whether the numbers can be what this package made.
func (r Recipe) valid() bool {
	return r.X >= 0 && r.Y >= 0 && r.Width >= 1 && r.Height >= 1 && r.Width <= r.W && r.Height <= r.H &&
		r.W <= maxPixels && r.H <= maxPixels && r.Quality >= 1 && r.Quality <= 100
}

// Whole is the recipe of the whole picture in the width given, at most its own;
// the ratio is kept.
func Whole(source digest.Digest, name string, info Info, width int, format string, quality int) Recipe {
	width = min(width, info.Width)
	return Recipe{
		Source: source, Name: name, W: info.Width, H: info.Height, Width: width, Height: ratio(width, info.Height, info.Width),
		Format: format, Quality: quality,
	}
}

// ratio is n·a/b rounded, at least 1.
func ratio(n, a, b int) int { return max(1, int(math.Round(float64(n)*float64(a)/float64(b)))) }

// Own is the format that variants of a picture have where none is asked for.
func (i Info) Own() string {
	if i.Format == "gif" {
		return "png"
	}
	return i.Format
}

// Widths are those of the variants of a picture, sorted as given: the ones
// asked for that are smaller than the picture, and its own width where that is
// less than the largest.
func (i Info) Widths(asked []int) []int {
	var list []int
	most := 0
	for _, w := range asked {
		if most = max(most, w); w < i.Width {
			list = append(list, w)
		}
	}
	if i.Width <= most {
		list = append(list, i.Width)
	}
	return list
}

// Operation is what templates can do with a picture.
type Operation string

// The operations. None of them makes a picture larger.
const (
	// Resize scales to a width, a height, or both without regard to the ratio.
	Resize Operation = "resize"
	// Fit scales so that the picture fits into a box.
	Fit Operation = "fit"
	// Fill scales so that the picture covers a box, and cuts off what is over.
	Fill Operation = "fill"
	// Crop cuts a box out.
	Crop Operation = "crop"
)

// Plan is the recipe of an operation. spec is "600x", "x400" or "600x400", and
// where wanted behind it, in any order, a format ("webp"), a quality ("q80"),
// and for Fill and Crop the place that stays: "left", "topright", "center".
func Plan(op Operation, spec string, source digest.Digest, name string, info Info, quality int) (Recipe, error) {
	r := Recipe{Source: source, Name: name, W: info.Width, H: info.Height, Format: info.Own(), Quality: quality}
	var w, h int
	anchor := "center"
	for _, word := range strings.Fields(strings.ToLower(spec)) {
		n, err := strconv.Atoi(strings.TrimPrefix(word, "q"))
		switch a, b, box := strings.Cut(word, "x"); {
		case box && isSide(a) && isSide(b) && a+b != "":
			w, _ = strconv.Atoi(a)
			h, _ = strconv.Atoi(b)
		case word[0] == 'q' && err == nil && n >= 1 && n <= 100:
			r.Quality = n
		case word == "jpg":
			r.Format = "jpeg"
		case contains(Formats(), word):
			r.Format = word
		case contains(anchors(), word):
			anchor = word
		default:
			return r, fmt.Errorf("%q is neither a size such as 600x or 600x400, nor a format, a quality such as q80, or a place", word)
		}
	}
	switch {
	case w == 0 && h == 0:
		return r, fmt.Errorf("want a size such as 600x, x400 or 600x400")
	case op != Resize && (w == 0 || h == 0):
		return r, fmt.Errorf("%s wants a width and a height: 600x400", op)
	}
	r.size(op, w, h, anchor)
	return r, nil
}

// size fills in the part that is taken and the size that it gets.
func (r *Recipe) size(op Operation, w, h int, anchor string) {
	switch op {
	case Resize:
		switch {
		case h == 0:
			w = min(w, r.W)
			h = ratio(w, r.H, r.W)
		case w == 0:
			h = min(h, r.H)
			w = ratio(h, r.W, r.H)
		}
		r.Width, r.Height = min(w, r.W), min(h, r.H)
	case Fit:
		scale := min(1, float64(w)/float64(r.W), float64(h)/float64(r.H))
		r.Width, r.Height = max(1, int(math.Round(float64(r.W)*scale))), max(1, int(math.Round(float64(r.H)*scale)))
	case Fill:
		// The largest part with the ratio of the box.
		pw, ph := r.W, ratio(r.W, h, w)
		if ph > r.H {
			pw, ph = min(r.W, ratio(r.H, w, h)), r.H
		}
		r.cut(pw, ph, anchor)
		r.Width, r.Height = min(w, pw), min(h, ph)
	case Crop:
		r.cut(min(w, r.W), min(h, r.H), anchor)
		r.Width, r.Height = r.W, r.H
	}
}

// cut takes a part of w × h pixels.
func (r *Recipe) cut(w, h int, anchor string) {
	r.X, r.Y = (r.W-w)/2, (r.H-h)/2
	if strings.Contains(anchor, "left") {
		r.X = 0
	} else if strings.Contains(anchor, "right") {
		r.X = r.W - w
	}
	if strings.HasPrefix(anchor, "top") {
		r.Y = 0
	} else if strings.HasPrefix(anchor, "bottom") {
		r.Y = r.H - h
	}
	r.W, r.H = w, h
}

func anchors() []string {
	return []string{"center", "top", "bottom", "left", "right", "topleft", "topright", "bottomleft", "bottomright"}
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

// isSide reports whether s is a number of pixels, or nothing.
func isSide(s string) bool {
	n, err := strconv.Atoi(s)
	return s == "" || err == nil && n > 0 && n <= 1<<16
}
