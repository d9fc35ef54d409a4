package wechat

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"smebot/bot"
)

// entity finds an ampersand that a client which decodes HTML entities could make something else of; such
// clients may take lt, gt and # without a semicolon.
var entity = regexp.MustCompile(`&(#|(?i:lt|gt)|[0-9A-Za-z]+;)`)

// Render draws a reply as the Content of a WeChat text message: the words, and below them each choice as a
// numbered link that answers for the person when tapped. The result is valid UTF-8 without control characters
// and at most bot.MaxReplyBytes long; where the links do not fit, the numbers stand alone, and where those do
// not either, the words are cut at the end of a sentence. It is "" for a reply that says nothing.
//
// The only links are those drawn here. In the words, the brackets < and > become their full-width forms ＜ ＞:
// the platform has no escape that every client undoes (&lt; is shown as it stands by some), while these are
// always shown and never read as a tag.
func Render(r bot.Reply) string {
	words := strings.TrimRight(clean(r.Text), " \t\n")
	choices := make([]string, len(r.Choices))
	for i, c := range r.Choices {
		choices[i] = strings.Join(strings.Fields(clean(c.Label)), " ") // one line each
	}
	linked, plain := words, words
	if len(choices) > 0 {
		if words != "" {
			linked += "\n"
		}
		linked += list(choices, r.Menu)
	}
	if len(linked) <= bot.MaxReplyBytes {
		return strings.TrimLeft(linked, "\n")
	}
	below := ""
	if len(choices) > 0 {
		below = "\n" + list(choices, 0)
	}
	if len(plain)+len(below) <= bot.MaxReplyBytes {
		return strings.TrimLeft(plain+below, "\n")
	}
	// The choices are worth more than the words above them, unless they leave those no room.
	if len(below) > bot.MaxReplyBytes/2 {
		return cut(strings.TrimLeft(plain+below, "\n"), bot.MaxReplyBytes)
	}
	return strings.TrimLeft(cut(plain, bot.MaxReplyBytes-len(below))+below, "\n")
}

// list writes one line per choice, each begun by a line feed. With a menu each that has an id is a link.
func list(choices []string, menu uint32) string {
	var b strings.Builder
	for i, label := range choices {
		line := strconv.Itoa(i+1) + ". " + label
		b.WriteByte('\n')
		if menu == 0 || i >= menuSlots || label == "" {
			b.WriteString(line)
			continue
		}
		b.WriteString(`<a href="weixin://bizmsgmenu?msgmenucontent=` + inLink(label) + `&msgmenuid=` + menuID(menu, i) + `">` + line + `</a>`)
	}
	return b.String()
}

// clean makes words safe to stand in a text message.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r == 0xFFFE, r == 0xFFFF: // control characters and what XML 1.0 has no place for
			return -1
		case r == '<':
			return '＜'
		case r == '>':
			return '＞'
		}
		return r
	}, s)
	return entity.ReplaceAllString(s, "＆$1")
}

// inLink writes a label as the msgmenucontent of a link, which comes back as the person's message. Clients are
// given it as it stands, without percent-encoding; characters with a meaning in an address or an attribute
// become their full-width forms, which the router's normalising turns back.
func inLink(label string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '\t':
			return '\u3000'
		case strings.ContainsRune(`"'&#%+=?/\`, r):
			return r - '!' + '！'
		}
		return r
	}, label)
}

// cut shortens words to at most limit bytes with "…" at their end: behind the last sentence that fits, if
// that keeps at least half, else between two characters as a person sees them.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	const mark = "…"
	end := limit - len(mark)
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	for end > 0 && joined(s[:end], s[end:]) {
		_, n := utf8.DecodeLastRuneInString(s[:end])
		end -= n
	}
	if at := sentenceEnd(s[:end]); at > end/2 {
		end = at
	}
	return strings.TrimRight(s[:end], " \t\n") + mark
}

// sentenceEnd returns where the last whole sentence of s ends, 0 if none does. A full stop counts behind a letter
// only: "3. " begins a line of a list.
func sentenceEnd(s string) int {
	end := 0
	if at := strings.LastIndexAny(s, "。！？；!?;\n"); at >= 0 {
		_, n := utf8.DecodeRuneInString(s[at:])
		end = at + n
	}
	for at := strings.LastIndex(s, ". "); at >= end && at > 0; at = strings.LastIndex(s[:at], ". ") {
		if before, _ := utf8.DecodeLastRuneInString(s[:at]); unicode.IsLetter(before) {
			return at + 1
		}
	}
	return end
}

const zeroWidthJoiner = '\u200d'

// joined reports whether a cut between left and right would divide what is seen as one character: a letter
// and its marks, or an emoji made of several.
func joined(left, right string) bool {
	before, _ := utf8.DecodeLastRuneInString(left)
	after, _ := utf8.DecodeRuneInString(right)
	skin := after >= 0x1F3FB && after <= 0x1F3FF
	flag := regional(before) && regional(after)
	return before == zeroWidthJoiner || after == zeroWidthJoiner || skin || flag || unicode.Is(unicode.M, after)
}

func regional(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }
