package themes_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/etagere/etagere/builder"
	"github.com/etagere/etagere/builder/sitetest"
	"github.com/etagere/etagere/themes"
)

// site uses what the theme has to show: sections, dates, pagination, tags,
// menus, two languages, a page without a translation, names that need escaping.
const site = `
-- config.toml --
title = "Test & site"
base_url = "https://docs.example/base/"
[languages.en]
name = "English"
weight = 1
[languages.zh]
name = "中文"
tag = "zh-Hans"
weight = 2
[[menus.main]]
name = "Guide"
page = "/guide"
[[menus.main]]
name = "Elsewhere"
url = "https://elsewhere.example/?a=1&b=2"
[pagination]
size = 2
[params]
edit_url = "https://code.example/edit/"
repository = "https://code.example/"
nav_limit = 4
-- content/en/_index.md --
---
title: Start
tagline: "A <b>bold</b> claim"
actions:
  - { text: Go, page: /guide/c++ }
---
Hello.
-- content/en/guide/_index.md --
---
title: Guide
---
-- content/en/guide/c++.md --
---
title: 'C++ & "friends"'
date: 2026-02-03
lastmod: 2026-02-04
tags: [C++]
description: About C++.
---
## First
### Inner
> [!NOTE]
> Text.
-- content/en/guide/b.md --
---
title: B
weight: 2
prev: false
next: { text: Onwards, link: /guide/c++ }
---
-- content/en/many/_index.md --
---
title: Many
---
-- content/en/guide/deep/one.md --
---
title: One
---
-- content/zh/_index.md --
---
title: 首页
hero:
  name: Étagère
  text: 快
  tagline: 标语
  actions:
    - { theme: brand, text: 开始, link: /guide/c++ }
    - { text: 外, link: "https://elsewhere.example/" }
features:
  - { title: 第一, details: "*很*快", link: /guide/ }
  - { icon: ⚡, title: 第二 }
---
-- content/zh/guide/_index.md --
---
title: 指南
---
-- content/zh/guide/c++.md --
---
title: 中文 C++
date: 2026-02-03
---
`

// pages builds the site above and returns the HTML at each URL.
func pages(t *testing.T) map[string]string {
	t.Helper()
	text := site
	for i := range 6 {
		text += fmt.Sprintf("-- content/en/many/p%d.md --\n---\ntitle: Number `%d`\n---\n", i, i)
	}
	b, err := builder.Open(builder.Options{
		FS:     sitetest.Archive(t, text),
		Themes: themes.FS(),
		AsOf:   time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
	})
	if err != nil {
		t.Fatal(err)
	}
	g, err := b.Update(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]string)
	for _, url := range g.URLs() {
		f, err := g.File(t.Context(), url)
		if err != nil {
			t.Fatalf("%s: %v", url, err)
		}
		if strings.HasPrefix(f.Type, "text/html") {
			out[url] = string(f.Data)
		}
	}
	for _, p := range g.Problems() {
		t.Errorf("problem: %v", p)
	}
	return out
}

// TestShelf looks at each page for what all have, and at some for what they show.
func TestShelf(t *testing.T) {
	all := pages(t)
	for url, html := range all {
		for _, part := range []string{"<main ", "<h1>", `<a class="skip"`, `rel="stylesheet"`, "<title>", `<html lang=`, `<nav class="side"`} {
			if n := strings.Count(html, part); n != 1 {
				t.Errorf("%s has %q %d times", url, part, n)
			}
		}
		for _, bad := range []string{"ZgotmplZ", "&lt;nav", "%!", "<no value>", `<li class="here">`, "<script"} {
			if strings.Contains(html, bad) {
				t.Errorf("%s has %q", url, bad)
			}
		}
	}
	for _, tt := range []struct{ url, what, want string }{
		{"/", "the tagline, escaped", "A &lt;b&gt;bold&lt;/b&gt; claim"},
		{"/", "an action's page, with the base path", `<a class="button" href="/base/guide/c&#43;&#43;/">Go</a>`},
		{"/", "the home page's feed", `type="application/rss&#43;xml"`},
		{"/guide/", "its mark in the tree", `<a href="/base/guide/" aria-current="page">Guide</a>`},
		{"/guide/", "the list of its pages", `<ul class="listing">`},
		{"/guide/c++/", "its mark in the tree", `<a href="/base/guide/c&#43;&#43;/" aria-current="page">C&#43;&#43; &amp; &#34;friends&#34;</a>`},
		{"/guide/c++/", "the menu's mark", `<a href="/base/guide/" aria-current="true">Guide</a>`},
		{"/guide/c++/", "the menu's other host", `href="https://elsewhere.example/?a=1&amp;b=2"`},
		{"/guide/c++/", "the canonical link", `<link rel="canonical" href="https://docs.example/base/guide/c&#43;&#43;/">`},
		{"/guide/c++/", "its translation", `<link rel="alternate" hreflang="zh-Hans" href="https://docs.example/base/zh/guide/c&#43;&#43;/">`},
		{"/guide/c++/", "the description", `<meta name="description" content="About C&#43;&#43;.">`},
		{"/guide/c++/", "the date", `<time datetime="2026-02-03">3 February 2026</time>`},
		{"/guide/c++/", "the last change", `<time datetime="2026-02-04">4 February 2026</time>`},
		{"/guide/c++/", "the edit link", `href="https://code.example/edit/content/en/guide/c&#43;&#43;.md"`},
		{"/guide/c++/", "the contents", `<a href="#first">First</a>`},
		{"/guide/c++/", "the anchor", `<a class="anchor" href="#first"`},
		{"/guide/c++/", "the call-out", `<div class="alert alert-note"`},
		{"/guide/c++/", "the tag", `<a rel="tag" href="/base/tags/c&#43;&#43;/">`},
		{"/guide/c++/", "the page before", `<a class="prev" rel="prev" href="/base/guide/b/"><span>Previous</span> B</a>`},
		{"/guide/b/", "the next page that it wants", `<a class="next" rel="next" href="/base/guide/c&#43;&#43;/"><span>Next</span> Onwards</a>`},
		{"/zh/", "the name of VitePress's hero", `<h1>Étagère</h1>`},
		{"/zh/", "its text", `<p class="claim">快</p>`},
		{"/zh/", "its tagline", `<p class="tagline">标语</p>`},
		{"/zh/", "its link to a page", `<a class="button" href="/base/zh/guide/c&#43;&#43;/">开始</a>`},
		{"/zh/", "its link elsewhere", `<a class="button" href="https://elsewhere.example/">外</a>`},
		{"/zh/", "a feature", `<h2><a href="/base/zh/guide/">第一</a></h2>`},
		{"/zh/", "a feature's details", `<p><em>很</em>快</p>`},
		{"/zh/", "a feature that leads nowhere", `<h2>第二</h2>`},
		{"/guide/b/", "the home page of a language without it", `<a href="/base/zh/" lang="zh-Hans" hreflang="zh-Hans">中文</a>`},
		{"/many/", "a title with backticks in the list", `<a href="/base/many/p0/">Number 0</a>`},
		{"/many/p0/", "a title with backticks as the next page", `<span>Next</span> Number 1</a>`},
		{"/many/", "the number of the pager", "Page 1 of 3"},
		{"/guide/", "the sections in it", "<li>\n    <a href=\"/base/guide/deep/\">Deep</a>"},
		{"/many/", "the next pager", `<a rel="next" href="/base/many/page/2/">`},
		{"/many/page/3/", "the pager before", `<a rel="prev" href="/base/many/page/2/">`},
		{"/many/p3/", "its own link in a tree that leaves the others out, without the backticks of its title", `<li><a href="/base/many/p3/" aria-current="page">Number 3</a></li>`},
		{"/many/p3/", "the way to the others", `>All 6 pages</a>`},
		{"/tags/c++/", "its pages", `<a href="/base/guide/c&#43;&#43;/">`},
		{"/tags/", "the count of a term", `<span class="count">1</span>`},
		{"/404.html", "the sections", `<a href="/base/guide/">Guide</a>`},
		{"/zh/guide/c++/", "the date as it is written there", "2026年2月3日"},
		{"/zh/guide/c++/", "the language", `<html lang="zh-Hans" dir="ltr">`},
		{"/zh/404.html", "the words of the language", "页面不存在"},
	} {
		html, ok := all[tt.url]
		if !ok {
			t.Errorf("there is no %s", tt.url)
			continue
		}
		if !strings.Contains(html, tt.want) {
			t.Errorf("%s: %s: no %s in\n%s", tt.url, tt.what, tt.want, html)
		}
	}
	if html := all["/guide/b/"]; strings.Contains(html, `rel="prev"`) {
		t.Errorf("a page that wants no link back has one:\n%s", html)
	}
	if html := all["/many/p3/"]; strings.Contains(html, ">Number 0<") {
		t.Errorf("a section over the limit is spelled out:\n%s", html)
	}
}
