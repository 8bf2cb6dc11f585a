package render

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/frontmatter"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/source"
)

// Data is the tree of data files. It is decoded when somebody first asks.
type Data struct {
	files []*source.File
	read  func(*source.File) ([]byte, error)

	once     sync.Once
	tree     map[string]any
	problems diag.List
	err      error
	digest   digest.Digest
}

// NewData makes the tree of files, which lie below data/: data/a/b.toml is a.b.
func NewData(files []*source.File, read func(*source.File) ([]byte, error)) *Data {
	h := digest.New()
	for _, f := range files {
		h.String(f.Path).String(f.Name).Digest(f.Digest)
	}
	return &Data{files: files, read: read, digest: h.Sum()}
}

// Fact identifies all data.
func (d *Data) Fact(string) digest.Digest { return d.digest }

// Tree is the data, and the mistakes in it. Files that cannot be decoded are left out.
func (d *Data) Tree() (map[string]any, diag.List, error) {
	d.once.Do(func() {
		d.tree = make(map[string]any)
		for _, f := range d.files {
			d.load(f)
		}
	})
	return d.tree, d.problems, d.err
}

func (d *Data) load(f *source.File) {
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(f.Path), "."))
	format := map[string]string{"toml": "toml", "yaml": "yaml", "yml": "yaml", "json": "json", "csv": "csv"}[ext]
	if format == "" {
		return
	}
	b, err := d.read(f)
	if err != nil {
		d.err = fmt.Errorf("read %s: %w", f.Name, err)
		return
	}
	v, problems := frontmatter.DecodeData(f.Name, b, format)
	d.problems = append(d.problems, problems...)
	if errs, _ := problems.Count(); errs > 0 {
		return
	}
	at := d.tree
	parts := strings.Split(strings.TrimSuffix(strings.TrimPrefix(f.Path, "data/"), path.Ext(f.Path)), "/")
	for _, p := range parts[:len(parts)-1] {
		sub, ok := at[p].(map[string]any)
		if !ok {
			sub = make(map[string]any)
			at[p] = sub
		}
		at = sub
	}
	last := parts[len(parts)-1]
	if sub, ok := at[last].(map[string]any); ok {
		if m, ok := v.(map[string]any); ok {
			for k, e := range m {
				sub[k] = e
			}
			return
		}
	}
	at[last] = v
}

func (r *reader) data(string) (map[string]any, error) {
	r.fact(factData, "")
	tree, problems, err := r.env.Data.Tree()
	r.problems = append(r.problems, problems...)
	return tree, err
}

// Strings are the texts of i18n files by language and key.
type Strings struct {
	byLang map[string]map[string]text
	// files are the site's own files by language.
	files    map[string]string
	fallback string
	problems diag.List
}

// text is one text in its plural forms.
type text struct{ one, other string }

// NewStrings decodes the files below i18n/: i18n/zh.toml holds the texts of
// "zh". Where several layers have a file of that name, the higher one
// overrides the lower key by key.
func NewStrings(files []*source.File, fallback string, read func(*source.File) ([]byte, error)) (*Strings, error) {
	s := &Strings{byLang: make(map[string]map[string]text), files: make(map[string]string), fallback: fallback}
	for _, layer := range []source.Layer{source.Builtin, source.Theme, source.Site} {
		for _, f := range files {
			if f.Layer != layer {
				continue
			}
			if err := s.load(f, read); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

func (s *Strings) load(f *source.File, read func(*source.File) ([]byte, error)) error {
	ext := path.Ext(f.Path)
	format := map[string]string{".toml": "toml", ".yaml": "yaml", ".yml": "yaml", ".json": "json"}[strings.ToLower(ext)]
	if format == "" {
		return nil
	}
	b, err := read(f)
	if err != nil {
		return fmt.Errorf("read %s: %w", f.Name, err)
	}
	v, problems := frontmatter.DecodeData(f.Name, b, format)
	s.problems = append(s.problems, problems...)
	m, _ := v.(map[string]any)
	lang := strings.ToLower(strings.TrimSuffix(path.Base(f.Path), ext))
	if f.Layer == source.Site {
		s.files[lang] = f.Name
	}
	if s.byLang[lang] == nil {
		s.byLang[lang] = make(map[string]text)
	}
	for k, v := range m {
		switch v := v.(type) {
		case string:
			s.byLang[lang][k] = text{one: v, other: v}
		case map[string]any:
			other, hasOther := v["other"].(string)
			one, hasOne := v["one"].(string)
			if !hasOne {
				one = other
			} else if !hasOther {
				other = one
			}
			s.byLang[lang][k] = text{one: one, other: other}
		default:
			s.problems = append(s.problems, diag.InFile(f.Name, "i18n-type", "the text %q is neither a text nor a table with one and other", k))
		}
	}
	return nil
}

// Problems are the mistakes in the files.
func (s *Strings) Problems() diag.List { return s.problems }

// get is a text in a language; the base of a regional language stands in for it.
func (s *Strings) get(lang, key string) (text, bool) {
	lang = strings.ToLower(lang)
	for {
		if t, ok := s.byLang[lang][key]; ok {
			return t, true
		}
		i := strings.LastIndexByte(lang, '-')
		if i < 0 {
			return text{}, false
		}
		lang = lang[:i]
	}
}

// has reports whether there is any text in a language or in the base of a
// regional one.
func (s *Strings) has(lang string) bool {
	lang = strings.ToLower(lang)
	base, _, _ := strings.Cut(lang, "-")
	return len(s.byLang[lang]) > 0 || len(s.byLang[base]) > 0
}

// file is where the author puts the texts of a language.
func (s *Strings) file(lang string) string {
	if name, ok := s.files[strings.ToLower(lang)]; ok {
		return name
	}
	return "i18n/" + lang + ".toml"
}

// Fact identifies a text in a language, and in the fallback language.
func (s *Strings) Fact(lang, key string) digest.Digest {
	a, ok := s.get(lang, key)
	b, fallback := s.get(s.fallback, key)
	if !ok && !fallback {
		// The problem names the file that lacks it.
		if name, ok := s.files[strings.ToLower(lang)]; ok {
			return digest.New().String(name).Sum()
		}
		return digest.Digest{}
	}
	return digest.New().Bool(ok).Bool(s.has(lang)).String(s.file(lang)).String(a.one).String(a.other).String(b.one).String(b.other).Sum()
}

// stringIn is the text key in a language, without a problem where there is none.
func (r *reader) stringIn(lang *site.Language, key string) (string, bool) {
	if lang == nil {
		return "", false
	}
	r.fact(factString, lang.Key+"\x00"+key)
	t, ok := r.env.Strings.get(lang.Key, key)
	return t.other, ok
}

// missingText is the problem of a text that a language lacks. A language that
// has none at all is one problem, not one for each text.
func (r *reader) missingText(lang, key string) diag.Problem {
	file, fallback := r.env.Strings.file(lang), r.env.Strings.fallback
	if _, ok := r.env.Strings.get(fallback, key); ok && lang != "" && !r.env.Strings.has(lang) {
		return diag.InFile(file, "i18n-missing", "there are no texts in %q: those of %q are used", lang, fallback).
			Warn().WithHint("add %s", file)
	}
	return diag.InFile(file, "i18n-missing", "there is no text for %q in %q", key, lang).Warn().WithHint("add %s", textLine(file, key))
}

// textLine is how the text key is written in a file.
func textLine(file, key string) string {
	switch path.Ext(file) {
	case ".yaml", ".yml":
		return key + ": …"
	case ".json":
		return strconv.Quote(key) + `: "…"`
	}
	return key + ` = "…"`
}

// translate is the template function i18n: the text key in the render's
// language, for a count where one is given, with {{ .Field }} and {{ .Count }} filled in.
func (r *reader) translate(key string, args []any) string {
	lang := ""
	if r.lang != nil {
		lang = r.lang.Key
	}
	r.fact(factString, lang+"\x00"+key)
	t, ok := r.env.Strings.get(lang, key)
	if !ok {
		if t, ok = r.env.Strings.get(r.env.Strings.fallback, key); !ok {
			t = text{one: key, other: key}
		}
		r.problems = append(r.problems, r.missingText(lang, key))
	}
	arg := first(args)
	fields := map[string]any{"Count": arg}
	if m, ok := arg.(map[string]any); ok {
		fields = m
	}
	s := t.other
	if n, ok := number(fields["Count"]); ok && n == 1 {
		s = t.one
	}
	return fillFields(s, fields)
}

// fillFields replaces {{ .Name }} by fields["Name"].
func fillFields(s string, fields map[string]any) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "{{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, ok := strings.Cut(rest, "}}")
		if !ok {
			return b.String() + "{{" + rest
		}
		if v, ok := fields[strings.TrimPrefix(strings.TrimSpace(name), ".")]; ok && v != nil {
			fmt.Fprint(&b, v)
		}
		s = after
	}
}
