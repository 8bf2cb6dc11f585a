package render

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/generate"
	"github.com/etagere/etagere/builder/internal/digest"
	"github.com/etagere/etagere/builder/internal/memo"
	"github.com/etagere/etagere/builder/internal/nearest"
	"github.com/etagere/etagere/builder/layout"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
	"github.com/etagere/etagere/builder/site"
	"github.com/etagere/etagere/builder/site/urls"
)

// The URLs of files that no page stands for.
const (
	sitemapURL = "/sitemap.xml"
	robotsURL  = "/robots.txt"
	llmsURL    = "/llms.txt"
)

// Generated are the URLs of the files that are made of the whole site. A file
// of the author's at the same URL takes its place.
func (e *Env) Generated() []string {
	var urls []string
	add := func(on bool, u string) {
		if on && e.Site.ByURL(u) == nil {
			urls = append(urls, u)
		}
	}
	add(e.Config.LLMs.Index, llmsURL)
	add(true, robotsURL)
	add(!e.Config.Sitemap.Disabled, sitemapURL)
	return urls
}

// File renders the file at a URL: a page in one of its formats, a redirect, or
// one of Generated. Mistakes in it are among the value's problems; an error
// says that there are no bytes.
func (e *Env) File(ctx context.Context, url string) (*output.File, error) {
	v, err := e.run.Get(ctx, memo.Key{Kind: nodeFile, ID: url}, nil)
	if err != nil {
		return nil, err
	}
	return v.Data.(*output.File), nil
}

// FileKey is the key of the node that makes the file at a URL.
func FileKey(url string) memo.Key { return memo.Key{Kind: nodeFile, ID: url} }

// CheckKey is the key of the node that checks the links of page id.
func CheckKey(id string) memo.Key { return memo.Key{Kind: nodeCheck, ID: id} }

// file is the node of one file of the site.
func (e *Env) file(ctx context.Context, t *memo.Trace, url string) (memo.Value, error) {
	r := e.reader(ctx, t)
	// What stands at the URL is decided by assembly.
	r.fact("url", url)
	var f *output.File
	var err error
	switch target := e.Site.ByURL(url); {
	case target == nil:
		f, err = e.generated(r, url)
	case target.Page != nil:
		f, err = e.pageFile(r, target)
	case target.Redirect != nil:
		f = r.redirect(target)
	default:
		err = fmt.Errorf("%s is a file of the author's", url)
	}
	if err == nil && f == nil {
		err = errNoSuchPage
	}
	switch {
	case t.Doomed():
		err = t.Err()
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	case err != nil && len(r.problems) == 0:
		// A file that is missing from the site is never missing without a word.
		r.problems = append(r.problems, diag.InFile(r.what, "render", "%s cannot be made: %v", url, err))
	}
	if err != nil {
		return memo.Value{Problems: r.problems}, err
	}
	h := digest.New().String(f.URL).String(f.Type).String(string(f.Class)).Bytes(f.Data).Time(f.Modified)
	return memo.Value{Data: f, Digest: h.Sum(), Problems: r.problems}, nil
}

func (e *Env) pageFile(r *reader, target *site.Target) (*output.File, error) {
	p := target.Page
	r.fact("face", p.ID)
	r.lang, r.format = p.Lang, target.Output.Name
	r.what = p.Head.Source
	if r.what == "" {
		r.what = p.Path
	}
	f := &output.File{URL: target.URL, Path: urls.OutPath(target.URL), Modified: p.Lastmod}
	f.Class, f.Type = e.Describe(target)
	view := &Page{p: p, r: r, pager: target.Pager}
	q := query(p, p.Lang, target.Output.Name)
	r.fact(factLayout, layoutID(q))
	c, ok := e.Layouts.Page(q)
	r.mistypedLayout(p, q, c)
	var err error
	switch {
	case ok:
		f.Data, err = r.layout(c, view)
	case isFeed(r.format):
		f.Data, err = r.feed(view, target.Output)
	case r.format == "markdown":
		f.Data, err = r.source(p)
	default:
		err = r.noLayout(p, q)
	}
	if err == nil && isHTML(f.Type) {
		if err = r.finish(f, p, view); err != nil {
			r.mistake(err, p)
		}
	}
	return f, err
}

func isFeed(format string) bool { return format == "rss" || format == "atom" || format == "json" }

// Describe is the class and the media type of what File makes for a page or a
// redirect.
func (e *Env) Describe(target *site.Target) (policy.Class, string) {
	switch {
	case target.Redirect != nil:
		return policy.Redirect, "text/html; charset=utf-8"
	case target.Page.Kind == site.NotFound:
		return policy.NotFound, textType(target.Output.Media)
	case isFeed(target.Output.Name):
		return policy.Feed, textType(target.Output.Media)
	}
	return policy.OfMedia(target.Output.Media), textType(target.Output.Media)
}

// DescribeGenerated is Describe for the URLs of Generated.
func (e *Env) DescribeGenerated(url string) (policy.Class, string) {
	if url == llmsURL {
		return policy.Fixed, output.MediaType(url)
	}
	return policy.Sitemap, output.MediaType(url)
}

func textType(media string) string {
	if strings.HasPrefix(media, "text/") || strings.HasSuffix(media, "+xml") || media == "application/json" || media == "application/feed+json" {
		return media + "; charset=utf-8"
	}
	return media
}

// layout executes a page's layout.
func (r *reader) layout(c layout.Choice, view *Page) ([]byte, error) {
	var b bytes.Buffer
	defer r.begin()()
	if err := r.execute(&b, c, view); err != nil {
		r.mistake(err, view.p)
		return nil, err
	}
	return bytes.TrimLeft(b.Bytes(), " \t\r\n"), nil
}

// mistypedLayout warns of a layout in the front matter that does not exist but
// is a slip of the fingers for one that does. Others are left alone: texts
// written for other tools name layouts that mean nothing here.
func (r *reader) mistypedLayout(p *site.Page, q layout.Query, c layout.Choice) {
	base := path.Base(c.Path)
	if q.Layout == "" || q.Format != "html" || strings.HasPrefix(base, path.Base(q.Layout)+".") {
		return
	}
	r.fact(factNames, "layouts")
	near, ok := nearest.Typo(q.Layout, r.env.Layouts.Pages())
	if !ok {
		return
	}
	r.fact(factSource, p.Head.Source) // where the key stands
	pr := diag.InFile(p.Head.Source, "layout-unknown", "there is no layout %q", q.Layout).Warn().WithHint("did you mean %q?", near)
	if pos, ok := p.Head.Keys["layout"]; ok {
		pr.Line, pr.Col = pos.Line, pos.Col
	}
	r.problems = append(r.problems, pr)
}

func (r *reader) noLayout(page *site.Page, q layout.Query) error {
	order := layout.Order(q)
	first := order[:min(5, len(order))]
	p := diag.InFile(r.what, "layout-missing", "no layout for a %s", q.Kind).
		WithHint("add one of layouts/%s …", strings.Join(first, ", layouts/"))
	if !page.File {
		// Nobody wrote this page, so nobody may miss it: a site with one layout for
		// its pages is published without home, lists and 404.
		p = p.Warn()
	}
	r.problems = append(r.problems, p)
	return errUsage("no layout")
}

// feed is the page's newest pages as a feed.
func (r *reader) feed(view *Page, o *site.Output) ([]byte, error) {
	r.fact(factConfig, "feeds")
	s := view.Site()
	title := s.Title()
	if !view.IsHome() {
		title = view.Title() + " – " + title
	}
	author := s.r.env.Config.Author
	feed := generate.Feed{
		Title: title, Description: view.Description(), Language: s.LanguageCode(), Copyright: s.Copyright(),
		Home: view.Permalink(), Self: r.abs(o.URL),
		AuthorName: author.Name, AuthorEmail: author.Email, AuthorURL: author.URL,
	}
	if feed.Description == "" && view.IsHome() {
		feed.Description = s.Description()
	}
	for _, p := range view.feedPages().Limit(r.env.Config.Feeds.Limit) {
		entry, err := p.entry(r.env.Config.Feeds.Full)
		if err != nil {
			return nil, err
		}
		for _, at := range []time.Time{entry.Published, entry.Updated} {
			if at.After(feed.Updated) {
				feed.Updated = at
			}
		}
		feed.Entries = append(feed.Entries, entry)
	}
	switch o.Name {
	case "atom":
		return feed.Atom()
	case "json":
		return feed.JSON()
	}
	return feed.RSS()
}

// feedPages are the pages of a feed, newest first.
func (p *Page) feedPages() Pages {
	switch {
	case p.IsHome():
		return p.Site().RegularPages().ByDate().Reverse()
	case p.IsSection():
		return p.RegularPagesRecursive().ByDate().Reverse()
	}
	return p.RegularPages().ByDate().Reverse()
}

func (p *Page) entry(full bool) (generate.Entry, error) {
	entry := generate.Entry{Title: p.Title(), URL: p.Permalink(), Published: p.Date(), Updated: p.Lastmod()}
	summary, err := p.Summary()
	if err != nil {
		return entry, err
	}
	entry.Summary = string(summary)
	if d := p.Description(); d != "" && p.p.Head.Summary == "" {
		entry.Summary = "<p>" + escapeText(d) + "</p>"
	}
	for _, plural := range sortedKeys(p.p.Terms) {
		for _, t := range p.p.Terms[plural] {
			entry.Tags = append(entry.Tags, p.r.page(t).Title())
		}
	}
	if full {
		content, err := p.Content()
		if err != nil {
			return entry, err
		}
		entry.Content = p.r.absolute(string(content))
	}
	entry.Summary = p.r.absolute(entry.Summary)
	return entry, nil
}

// source is the page's Markdown as the author wrote it, under its title.
func (r *reader) source(p *site.Page) ([]byte, error) {
	if !p.File {
		return []byte("# " + p.Title + "\n"), nil
	}
	r.fact(factSource, p.Head.Source)
	src, err := r.env.Files.Source(p.Head.Source)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", p.Head.Source, err)
	}
	body := bytes.TrimLeft(src[min(len(src), p.Head.Body):], "\r\n")
	if p.Head.H1 != "" {
		return body, nil
	}
	return append([]byte("# "+p.Title+"\n\n"), body...), nil
}

// redirect is the page that leads from an old URL to the new one.
func (r *reader) redirect(target *site.Target) *output.File {
	to := target.Redirect.To
	f := &output.File{URL: target.URL, Path: urls.OutPath(target.URL), Data: generate.Redirect(r.rel(to), r.abs(to))}
	f.Class, f.Type = r.env.Describe(target)
	return f
}

// generated makes the files of the whole site.
func (e *Env) generated(r *reader, url string) (*output.File, error) {
	r.fact(factConfig, "sitemap")
	f := &output.File{URL: url, Path: urls.OutPath(url)}
	f.Class, f.Type = e.DescribeGenerated(url)
	switch url {
	case sitemapURL:
		f.Data = r.sitemap()
	case robotsURL:
		to := ""
		r.fact(factConfig, "base")
		if !e.Config.Sitemap.Disabled && isExternal(e.Config.BaseURL) {
			to = r.abs(sitemapURL)
		}
		f.Data = generate.Robots(to)
	case llmsURL:
		f.Data = r.llms()
	default:
		return nil, errNoSuchPage
	}
	return f, nil
}

// sitemap lists all listed pages of all languages.
func (r *reader) sitemap() []byte {
	var urls []generate.SitemapURL
	languages := len(r.env.Site.Languages)
	for _, l := range r.env.Site.Languages {
		for _, p := range r.site(l).Pages() {
			if !p.face().Rendered {
				continue
			}
			u := generate.SitemapURL{URL: p.Permalink(), Lastmod: p.Lastmod()}
			if languages > 1 {
				for _, t := range p.AllTranslations() {
					if !t.face().Rendered {
						continue
					}
					u.Alternates = append(u.Alternates, generate.Alternate{Lang: t.Language().LanguageCode(), URL: t.Permalink()})
				}
			}
			if len(u.Alternates) < 2 {
				u.Alternates = nil
			}
			urls = append(urls, u)
		}
	}
	return generate.Sitemap(urls)
}

// llms lists the pages of the default language by section.
func (r *reader) llms() []byte {
	s := r.site(r.env.Site.Default)
	var sections []generate.LLMSection
	top := generate.LLMSection{Title: s.Title()}
	top.Pages = s.Home().RegularPages().llmPages()
	sections = append(sections, top)
	for _, sec := range s.Sections() {
		sections = append(sections, generate.LLMSection{Title: sec.Title(), Pages: sec.RegularPagesRecursive().llmPages()})
	}
	return generate.LLMs(s.Title(), s.Description(), sections)
}

func (l Pages) llmPages() []generate.LLMPage {
	var out []generate.LLMPage
	for _, p := range l {
		if p.face().Rendered {
			out = append(out, p.llmPage())
		}
	}
	return out
}

func (p *Page) llmPage() generate.LLMPage {
	u := p.Permalink()
	if md := p.OutputFormats().Get("markdown"); md != nil {
		u = md.Permalink()
	}
	return generate.LLMPage{Title: p.Title(), URL: u, Description: p.Description()}
}
