package markdown

import (
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// CommonMark decides by the characters around a run of "*" whether it can open
// or close emphasis, and takes spaces between words for granted. Chinese and
// Japanese have none, so `**模式（Boilerplate）**方面` stays literal. Here a
// CJK character counts like a space on the outer side of punctuation, and
// full-width punctuation like a letter.

// isCJK reports whether r is a Chinese, Japanese or Korean character,
// punctuation included.
func isCJK(r rune) bool {
	if r < 0x1100 {
		return false
	}
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo, unicode.Yi) ||
		r >= 0x2E80 && r <= 0x33FF || r >= 0xFE30 && r <= 0xFE4F || r >= 0xFF01 && r <= 0xFFEF ||
		r >= 0xFE00 && r <= 0xFE0F && r != 0xFE0F || r >= 0xE0100 && r <= 0xE01EF
}

// isCJKLetter is isCJK without punctuation: what counts as a word.
func isCJKLetter(r rune) bool {
	return r >= 0x1100 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo, unicode.Yi)
}

// scanDelimiter is goldmark's ScanDelimiter with our rule; cjk turns it on.
func scanDelimiter(line []byte, before rune, cjk bool, p parser.DelimiterProcessor) *parser.Delimiter {
	n := 0
	for n < len(line) && line[n] == line[0] {
		n++
	}
	after := ' '
	if n < len(line) {
		after, _ = utf8.DecodeRune(line[n:])
	}
	if !cjk || line[0] == '_' || !isCJK(before) && !isCJK(after) {
		return parser.ScanDelimiter(line, before, 1, p)
	}
	beforePunct := util.IsPunctRune(before) && !isCJK(before)
	afterPunct := util.IsPunctRune(after) && !isCJK(after)
	beforeSpace, afterSpace := util.IsSpaceRune(before), util.IsSpaceRune(after)
	open := !afterSpace && (!afterPunct || beforeSpace || beforePunct || isCJK(before))
	closes := !beforeSpace && (!beforePunct || afterSpace || afterPunct || isCJK(after))
	return parser.NewDelimiter(open, closes, n, line[0], p)
}

// push makes d, which stands at the reader's position, part of the text.
func push(d *parser.Delimiter, segment text.Segment, block text.Reader, pc parser.Context) ast.Node {
	d.Segment = segment.WithStop(segment.Start + d.OriginalLength)
	block.Advance(d.OriginalLength)
	pc.PushDelimiter(d)
	return d
}

// emphasis takes the place of goldmark's emphasis parser.
type emphasis struct{ cjk bool }

func (emphasis) Trigger() []byte { return []byte{'*', '_'} }

func (e emphasis) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	if stateOf(pc).tooMany(parent) {
		return nil
	}
	before := block.PrecendingCharacter()
	line, segment := block.PeekLine()
	return push(scanDelimiter(line, before, e.cjk, emphasisProcessor{}), segment, block, pc)
}

// maxDelimiters is how many runs of * _ ~~ one block may have: the rest is
// text. Matching them takes goldmark quadratic time in the worst case, and no
// paragraph that is meant to be read comes near.
const maxDelimiters = 5000

// tooMany counts the delimiters of a block.
func (s *state) tooMany(block ast.Node) bool {
	if s.delimBlock != block {
		s.delimBlock, s.delims = block, 0
	}
	s.delims++
	return s.delims > maxDelimiters
}

type emphasisProcessor struct{}

func (emphasisProcessor) IsDelimiter(b byte) bool { return b == '*' || b == '_' }
func (emphasisProcessor) CanOpenCloser(opener, closer *parser.Delimiter) bool {
	return opener.Char == closer.Char
}
func (emphasisProcessor) OnMatch(consumes int) ast.Node { return ast.NewEmphasis(consumes) }

// strikethrough is GFM's, but with two tildes only: a single one stands for a
// range in Chinese and Japanese (3~4).
type strikethrough struct{ cjk bool }

func (e strikethrough) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(parser.WithInlineParsers(util.Prioritized(e, 500)))
}

func (strikethrough) Trigger() []byte { return []byte{'~'} }

func (e strikethrough) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	before := block.PrecendingCharacter()
	line, segment := block.PeekLine()
	if before == '~' || len(line) < 2 || line[1] != '~' || len(line) > 2 && line[2] == '~' || stateOf(pc).tooMany(parent) {
		return nil
	}
	return push(scanDelimiter(line, before, e.cjk, strikeProcessor{}), segment, block, pc)
}

type strikeProcessor struct{}

func (strikeProcessor) IsDelimiter(b byte) bool { return b == '~' }
func (strikeProcessor) CanOpenCloser(opener, closer *parser.Delimiter) bool {
	return opener.Char == closer.Char
}
func (strikeProcessor) OnMatch(int) ast.Node { return east.NewStrikethrough() }

// isHangul reports whether r is Korean, which does put spaces between words.
func isHangul(r rune) bool { return unicode.Is(unicode.Hangul, r) }

// isWidePunct reports whether r is full-width punctuation, which carries its
// own space with it.
func isWidePunct(r rune) bool { return isCJK(r) && unicode.IsPunct(r) }
