package render

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/etagere/etagere/builder/asset/image"
	"github.com/etagere/etagere/builder/internal/memo"
	"github.com/etagere/etagere/builder/markdown"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/source"
)

// VariantOf is the recipe of the variant of a picture that a read of key k asked
// for.
func VariantOf(k memo.Key) (image.Recipe, bool) {
	if k.Kind != factVariant {
		return image.Recipe{}, false
	}
	return image.ParseRecipe(k.ID)
}

// variant is the URL of a variant of a picture, without the base path. It is
// published because this notes it.
func (r *reader) variant(recipe image.Recipe) string {
	r.fact(factVariant, recipe.String())
	r.env.Pictures.Note(recipe)
	return recipe.URL()
}

// measure is the size of a picture among the site's files.
func (r *reader) measure(f *source.File) (image.Info, error) {
	r.fact(factPicture, f.Name)
	info, err := r.env.Pictures.Info(f.Digest, func() (io.ReadCloser, error) { return r.env.Open(f) })
	if err == nil && !info.Shown(f.Path) {
		return image.Info{}, &image.Damaged{Reason: "its bytes are " + info.Format}
	}
	return info, err
}

// picture is what the element that shows a picture gets beside what its author
// wrote.
type picture struct {
	file *source.File
	info image.Info
	// url is where the picture itself is, as it stands in src.
	url string
	// attrs come behind the author's.
	attrs []markdown.Attr
	// before and after stand around the element.
	before, after string
}

// picture finds out about the picture at the end of to. given are the author's
// attributes; inside says that the element stands in a <picture> of theirs.
func (f *filler) picture(to lead, given []markdown.Attr, inside bool) picture {
	r := f.r
	r.images++
	has := make(map[string]string, len(given))
	for _, a := range given {
		has[a.Name] = a.Value
	}
	p := picture{url: to.url}
	switch {
	case to.res.Resource != nil:
		p.file = to.res.Resource.File
	case to.res.Static != nil:
		p.file = to.res.Static.File
	}
	if p.file != nil && image.Known(p.file.Path) {
		p.info = f.size(to, p.file)
	} else {
		p.file = nil
	}
	add := func(name, value string) {
		if _, ok := has[name]; !ok {
			p.attrs = append(p.attrs, markdown.Attr{Name: name, Value: value})
		}
	}
	w, h := p.info.Dimensions(has["width"], has["height"])
	if w > 0 {
		add("width", strconv.Itoa(w))
	}
	if h > 0 {
		add("height", strconv.Itoa(h))
	}
	_, isLazy := has["loading"]
	isLazy = isLazy && has["loading"] == "lazy"
	if r.images > 1 {
		isLazy = isLazy || has["loading"] == ""
		add("loading", "lazy")
		add("decoding", "async")
	}
	if _, own := has["srcset"]; !own && !inside {
		f.variants(&p, isLazy)
	}
	return p
}

// size is what is known of a picture; nothing where it is damaged, which is
// told to the author.
func (f *filler) size(to lead, file *source.File) image.Info {
	info, err := f.r.measure(file)
	if damaged, ok := errors.AsType[*image.Damaged](err); ok && !to.quiet {
		f.r.problems = append(f.r.problems, to.at.Text.Problem(to.at.Off, max(1, to.at.Len), "image-damaged",
			"the picture %q cannot be read: %s", file.Name, damaged.Reason).Warn().
			WithHint("it is published as it is, and browsers may not show it"))
	}
	return info
}

// variants gives a picture the smaller ones that the configuration asks for.
func (f *filler) variants(p *picture, lazy bool) {
	f.r.fact(factConfig, "images")
	c := f.r.env.Config.Images
	if len(c.Widths) == 0 || !p.info.Scalable() {
		return
	}
	sizes := c.Sizes
	if lazy {
		// A browser that loads late knows by then how wide the picture is shown.
		sizes = "auto, " + sizes
	}
	formats := c.Formats
	if len(formats) == 0 {
		p.attrs = append(p.attrs, markdown.Attr{Name: "srcset", Value: f.r.srcset(p, p.info.Own())}, markdown.Attr{Name: "sizes", Value: sizes})
		return
	}
	var b strings.Builder
	b.WriteString("<picture>")
	for _, format := range formats {
		b.WriteString("<source" + attribute("type", "image/"+format) + attribute("srcset", f.r.srcset(p, format)) + attribute("sizes", sizes) + ">")
	}
	p.before, p.after = b.String(), "</picture>"
}

// srcset are the variants of a picture in one format.
func (r *reader) srcset(p *picture, format string) string {
	c := r.env.Config.Images
	var list []string
	for _, w := range p.info.Widths(c.Widths) {
		if w == p.info.Width && format == p.info.Format && p.info.Orientation == 1 {
			list = append(list, p.url+" "+strconv.Itoa(w)+"w")
			continue
		}
		recipe := image.Whole(p.file.Digest, p.file.Path, p.info, w, format, c.Quality)
		list = append(list, r.rel(r.variant(recipe))+" "+strconv.Itoa(w)+"w")
	}
	return strings.Join(list, ", ")
}

// rawImage writes an <img> of raw HTML.
func (f *filler) rawImage(b *strings.Builder, h *markdown.Hole) {
	inner := f.fill(h.Inner)
	tag := len("<img")
	if len(inner) < tag || h.Dest == "" {
		b.WriteString(inner)
		return
	}
	given := make([]markdown.Attr, len(h.Attrs))
	for i, a := range h.Attrs {
		given[i] = markdown.Attr{Name: a.Name, Value: f.unslot(a.Value)}
	}
	// What is wrong with the URL was told when the tag was filled.
	quiet := *f
	quiet.quiet = true
	to := quiet.lead(&markdown.Hole{Kind: markdown.Image, Off: h.Off, DestOff: h.DestOff, DestLen: h.DestLen}, f.unslot(h.Dest))
	if f.page != nil {
		to.at, to.quiet = f.place(h, f.unslot(h.Dest)), f.quiet || f.call != nil && f.call.again
	}
	p := f.picture(to, given, h.Open)
	b.WriteString(p.before + inner[:tag])
	for _, a := range p.attrs {
		b.WriteString(attribute(a.Name, a.Value))
	}
	b.WriteString(inner[tag:] + p.after)
}

// Image is a picture, or a variant of one, as templates see it.
type Image struct {
	r      *reader
	file   *source.File
	info   image.Info
	url    func() string
	recipe *image.Recipe
}

// imageOf is the picture that a hook sees.
func (r *reader) imageOf(p picture) *Image {
	if p.file == nil || p.info.Format == "" {
		return nil
	}
	return r.newImage(p.file, p.info)
}

// newImage is the view of a picture among the site's files.
func (r *reader) newImage(f *source.File, info image.Info) *Image {
	return &Image{r: r, file: f, info: info, url: func() string { return r.fileURL(f) }}
}

// fileURL is the URL of a picture among the site's files.
func (r *reader) fileURL(f *source.File) string {
	switch {
	case strings.HasPrefix(f.Path, "content/"):
		return r.embedFile(f)
	case strings.HasPrefix(f.Path, "assets/"):
		if a, _ := r.findAsset(strings.TrimPrefix(f.Path, "assets/")); a != nil {
			return a.URL
		}
	}
	if res := r.env.Site.Index.ByName[f.Name]; res != nil {
		return res.URL
	}
	return ""
}

// Width and Height are in pixels, as a browser shows the picture.
func (i *Image) Width() int {
	if i.recipe != nil {
		return i.recipe.Width
	}
	return i.info.Width
}

// Height is the number of pixels from top to bottom.
func (i *Image) Height() int {
	if i.recipe != nil {
		return i.recipe.Height
	}
	return i.info.Height
}

// RelPermalink is the URL path, with the base path.
func (i *Image) RelPermalink() string { return i.r.rel(i.url()) }

// Permalink is the whole URL.
func (i *Image) Permalink() string { return i.r.abs(i.url()) }

// String is RelPermalink, so that {{ … }} prints the URL.
func (i *Image) String() string { return i.RelPermalink() }

// MediaType is the media type: "image/webp".
func (i *Image) MediaType() MediaType {
	format := i.info.Format
	if i.recipe != nil {
		format = i.recipe.Format
	}
	return MediaType(output.MediaType("x." + format))
}

// ResourceType is "image".
func (i *Image) ResourceType() string { return "image" }

// Resize is the picture in a width ("600x"), a height ("x400") or both, at most
// as large as it is; behind that a format and a quality: "600x webp q80".
func (i *Image) Resize(spec string) (*Image, error) { return i.process(image.Resize, spec) }

// Fit is the picture made to fit into a box: "600x400".
func (i *Image) Fit(spec string) (*Image, error) { return i.process(image.Fit, spec) }

// Fill is the picture made to fill a box, what is over cut off; the place that
// stays can be named: "300x300 top".
func (i *Image) Fill(spec string) (*Image, error) { return i.process(image.Fill, spec) }

// Crop is a part of the picture: "300x300 topleft".
func (i *Image) Crop(spec string) (*Image, error) { return i.process(image.Crop, spec) }

// Process is Resize, Fit, Fill or Crop by name, "fit 600x400 webp", or another
// format alone: "webp".
func (i *Image) Process(spec string) (*Image, error) {
	op, rest, _ := strings.Cut(strings.TrimSpace(spec), " ")
	switch op {
	case "resize", "fit", "fill", "crop":
		return i.process(image.Operation(op), rest)
	}
	return i.process(image.Resize, strconv.Itoa(i.Width())+"x "+spec)
}

// process makes a variant. A drawing (SVG), a picture that moves and one that
// cannot be read stay what they are.
func (i *Image) process(op image.Operation, spec string) (*Image, error) {
	if i.recipe != nil {
		return nil, errUsage("a variant of a picture has no variants: begin with the picture itself")
	}
	i.r.fact(factConfig, "images")
	info := i.info
	if !info.Scalable() {
		info.Width, info.Height = max(1, info.Width), max(1, info.Height)
	}
	recipe, err := image.Plan(op, spec, i.file.Digest, i.file.Path, info, i.r.env.Config.Images.Quality)
	if err != nil || !i.info.Scalable() {
		return i, err
	}
	return &Image{r: i.r, file: i.file, info: i.info, recipe: &recipe, url: func() string { return i.r.variant(recipe) }}, nil
}

// image is the picture that a file is, for the methods of resources and assets
// that ask for one.
func (r *reader) image(f *source.File) (*Image, error) {
	if !image.Known(f.Path) {
		return nil, errUsage(f.Name + " is no picture")
	}
	info, err := r.measure(f)
	if _, ok := errors.AsType[*image.Damaged](err); ok {
		err = nil // as a page that shows it by name
	}
	return r.newImage(f, info), err
}

// The methods of pictures, on resources.

// Width is the width of the picture that the file is, in pixels.
func (s *Resource) Width() (int, error) {
	i, err := s.r.image(s.res.File)
	if err != nil {
		return 0, err
	}
	return i.Width(), nil
}

// Height is the height of the picture that the file is, in pixels.
func (s *Resource) Height() (int, error) {
	i, err := s.r.image(s.res.File)
	if err != nil {
		return 0, err
	}
	return i.Height(), nil
}

func (s *Resource) process(op image.Operation, spec string) (*Image, error) {
	i, err := s.r.image(s.res.File)
	if err != nil {
		return nil, err
	}
	return i.process(op, spec)
}

// Resize is Image.Resize of the picture that the file is.
func (s *Resource) Resize(spec string) (*Image, error) { return s.process(image.Resize, spec) }

// Fit is Image.Fit of the picture that the file is.
func (s *Resource) Fit(spec string) (*Image, error) { return s.process(image.Fit, spec) }

// Fill is Image.Fill of the picture that the file is.
func (s *Resource) Fill(spec string) (*Image, error) { return s.process(image.Fill, spec) }

// Crop is Image.Crop of the picture that the file is.
func (s *Resource) Crop(spec string) (*Image, error) { return s.process(image.Crop, spec) }

// Process is Image.Process of the picture that the file is.
func (s *Resource) Process(spec string) (*Image, error) {
	i, err := s.r.image(s.res.File)
	if err != nil {
		return nil, err
	}
	return i.Process(spec)
}

// The methods of pictures, on assets.

func (a *Asset) image() (*Image, error) {
	f, ok := a.r.env.Assets.Get(a.a.Path)
	if !ok {
		return nil, errUsage("there is no asset " + strconv.Quote(a.a.Path))
	}
	return a.r.image(f)
}

// Width is the width of the picture that the asset is, in pixels; 0 for what is
// none.
func (a *Asset) Width() (int, error) {
	if !image.Known(a.a.Path) {
		return 0, nil
	}
	i, err := a.image()
	if err != nil {
		return 0, err
	}
	return i.Width(), nil
}

// Height is the height of the picture that the asset is, in pixels; 0 for what
// is none.
func (a *Asset) Height() (int, error) {
	if !image.Known(a.a.Path) {
		return 0, nil
	}
	i, err := a.image()
	if err != nil {
		return 0, err
	}
	return i.Height(), nil
}

func (a *Asset) process(op image.Operation, spec string) (*Image, error) {
	i, err := a.image()
	if err != nil {
		return nil, err
	}
	return i.process(op, spec)
}

// Resize is Image.Resize of the picture that the asset is.
func (a *Asset) Resize(spec string) (*Image, error) { return a.process(image.Resize, spec) }

// Fit is Image.Fit of the picture that the asset is.
func (a *Asset) Fit(spec string) (*Image, error) { return a.process(image.Fit, spec) }

// Fill is Image.Fill of the picture that the asset is.
func (a *Asset) Fill(spec string) (*Image, error) { return a.process(image.Fill, spec) }

// Crop is Image.Crop of the picture that the asset is.
func (a *Asset) Crop(spec string) (*Image, error) { return a.process(image.Crop, spec) }

// Process is Image.Process of the picture that the asset is.
func (a *Asset) Process(spec string) (*Image, error) {
	i, err := a.image()
	if err != nil {
		return nil, err
	}
	return i.Process(spec)
}
