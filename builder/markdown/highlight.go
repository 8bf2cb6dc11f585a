package markdown

import (
	"slices"
	"strings"
	"sync"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/lexers"
	"github.com/alecthomas/chroma/v2/styles"
)

// Beyond these a block is shown without colours: no reader looks for them
// there, and some lexers take more than linear time.
const (
	highlightMax     = 256 << 10
	highlightMaxLine = 16 << 10
)

// token is a stretch of code in one class; "" is none.
type token struct{ class, text string }

func (t token) write(sb *strings.Builder) {
	if t.class == "" {
		sb.WriteString(escape(t.text))
		return
	}
	sb.WriteString(`<span class="` + t.class + `">` + escape(t.text) + `</span>`)
}

// highlight splits code into tokens. Put together they are the code again.
func highlight(code, lang string, cache *tokenCache) []token {
	plain := []token{{"", code}}
	if lang == "" || len(code) > highlightMax || longestLine(code) > highlightMaxLine {
		return plain
	}
	lexer := lexerFor(lang)
	if lexer == nil {
		return plain
	}
	return cache.tokens(lang, code, func() []token {
		if tokens, ok := tokenise(lexer, strings.ToValidUTF8(code, "\ufffd")); ok {
			return tokens
		}
		return plain
	})
}

// tokenise runs the lexer. ok is false where it gives up or loses something:
// some lexers panic when their rules meet a text they were not made for.
func tokenise(lexer chroma.Lexer, code string) (tokens []token, ok bool) {
	defer func() {
		if recover() != nil {
			tokens, ok = nil, false
		}
	}()
	it, err := lexer.Tokenise(nil, code)
	if err != nil {
		return nil, false
	}
	// The tokens are cut from the code itself: that takes no memory of its own,
	// and shows what the author wrote whatever the lexer makes of it.
	end := 0
	for t := it(); t != chroma.EOF; t = it() {
		if t.Value == "" {
			continue
		}
		start := end
		end += len(t.Value)
		if end > len(code) {
			// A lexer that ensures a final line feed may add one.
			if end > len(code)+1 || !strings.HasSuffix(t.Value, "\n") {
				return nil, false
			}
			end = len(code)
		}
		if code[start:end] != t.Value[:end-start] {
			return nil, false
		}
		class := classOf(t.Type)
		if strings.TrimSpace(t.Value) == "" {
			class = ""
		}
		if n := len(tokens); n > 0 && tokens[n-1].class == class {
			tokens[n-1].text = code[start-len(tokens[n-1].text) : end]
		} else if start < end {
			tokens = append(tokens, token{class, code[start:end]})
		}
	}
	return slices.Clip(tokens), end == len(code)
}

// classOf is the CSS class of a type of token. Errors have none: what a lexer
// does not know is mostly a dialect or a placeholder, not a mistake.
func classOf(t chroma.TokenType) string {
	if t == chroma.Error || t == chroma.Text || t == chroma.Other || t == chroma.None {
		return ""
	}
	for t != 0 {
		if class, ok := chroma.StandardTypes[t]; ok {
			return class
		}
		t = t.Parent()
	}
	return ""
}

func longestLine(s string) int {
	longest := 0
	for line := range strings.Lines(s) {
		longest = max(longest, len(line))
	}
	return longest
}

// splitLines cuts tokens at line feeds, which are left out.
func splitLines(tokens []token) [][]token {
	lines := [][]token{nil}
	for _, t := range tokens {
		for i, part := range strings.Split(t.text, "\n") {
			if i > 0 {
				lines = append(lines, nil)
			}
			if part != "" {
				lines[len(lines)-1] = append(lines[len(lines)-1], token{t.class, part})
			}
		}
	}
	if n := len(lines); n > 1 && lines[n-1] == nil {
		lines = lines[:n-1]
	}
	return lines
}

// lexerNames leads from every name, alias and file extension, in lower case,
// to its lexer. chroma's own look-up tries hundreds of file patterns for each
// language that it does not know.
var lexerNames = sync.OnceValue(func() map[string]chroma.Lexer {
	byName := map[string]chroma.Lexer{}
	add := func(name string, l chroma.Lexer) {
		name = strings.ToLower(name)
		if _, ok := byName[name]; !ok {
			byName[name] = l
		}
	}
	all := lexers.GlobalLexerRegistry.Lexers
	for _, l := range all {
		add(l.Config().Name, l)
	}
	for _, l := range all {
		for _, alias := range l.Config().Aliases {
			add(alias, l)
		}
	}
	for line := range strings.Lines(lexerAliases) {
		name, aliases, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if l, ok := byName[name]; ok {
			for _, alias := range strings.Fields(aliases) {
				add(alias, l)
			}
		}
	}
	for _, l := range all {
		for _, glob := range l.Config().Filenames {
			if ext, ok := strings.CutPrefix(glob, "*."); ok && !strings.ContainsAny(ext, "*?[.") {
				add(ext, l)
			}
		}
	}
	return byName
})

// lexerAliases are names that documents use and chroma does not know, behind
// the name that it does know.
const lexerAliases = `cpp: c++
csharp: c#
fsharp: f#
objective-c: objc
go: golang
console: shell-session shellsession terminal sh-session
bash: shellscript zsh ksh
batchfile: cmd bat dosbatch
powershell: pwsh
json: jsonc json5 jsonl ndjson webmanifest
javascript: mjs cjs
typescript: mts cts
markdown: mdx
xml: svg xaml vcxproj plist rss
ini: env dotenv conf properties editorconfig
docker: dockerfile containerfile
nasm: asm masm
diff: patch
go-html-template: gohtml go-html
hcl: hcl2
terraform: tf
protobuf: proto3
python: py3 ipython
vb.net: vb visual-basic
c: midl idl rc`

// lexerFor is the lexer for a language as authors name it, nil if there is none.
func lexerFor(lang string) chroma.Lexer {
	lang = strings.ToLower(strings.TrimPrefix(lang, "language-"))
	switch lang {
	case "", "text", "txt", "plain", "plaintext", "output", "none", "log", "fallback":
		return nil
	}
	return lexerNames()[lang]
}

// HighlightCSS is the style sheet for highlighted code in one of chroma's
// styles, each rule below prefix (such as ".code"), in a fixed order. ok is
// false if there is no such style.
func HighlightCSS(style, prefix string) (css string, ok bool) {
	s, ok := styles.Registry[style]
	if !ok {
		return "", false
	}
	base := s.Get(chroma.Background)
	var sb strings.Builder
	for _, t := range chroma.TokenTypeValues() {
		class := chroma.StandardTypes[t]
		if t <= 0 || class == "" || classOf(t) != class {
			continue
		}
		e := s.Get(t).Sub(base)
		if rule := styleRule(e); rule != "" {
			sb.WriteString(prefix + " ." + class + " { " + rule + " }\n")
		}
	}
	return sb.String(), true
}

func styleRule(e chroma.StyleEntry) string {
	var parts []string
	if e.Colour.IsSet() {
		parts = append(parts, "color: "+e.Colour.String())
	}
	if e.Bold == chroma.Yes {
		parts = append(parts, "font-weight: bold")
	}
	if e.Italic == chroma.Yes {
		parts = append(parts, "font-style: italic")
	}
	if e.Underline == chroma.Yes {
		parts = append(parts, "text-decoration: underline")
	}
	return strings.Join(parts, "; ")
}
