package understand

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"smebot/knowledge"
	"smebot/knowledge/script"
)

// maxRunes bounds what is looked at of one message: ten times the longest story people type. What stands
// behind it changes no decision and costs time.
const maxRunes = 2000

// normal is a message made ready for comparing.
type normal struct {
	text      string             // simplified script, Mandarin words, lower case, no emoji or invisible characters
	language  knowledge.Language // to answer in
	cantonese bool
	pinyin    []string // syllables, where the whole message is written in pinyin
	words     []string // Latin words
	question  bool     // has a question mark
}

// normalise cleans a message. It never fails: what is not understood is dropped.
func (u *Understander) normalise(s string) normal {
	if utf8.RuneCountInString(s) > maxRunes {
		r := []rune(s)
		s = string(r[:maxRunes])
	}
	s = norm.NFKC.String(strings.ToValidUTF8(s, " "))
	n := normal{question: strings.ContainsAny(s, "?？")}
	s = visible(s)
	simple := script.Simplified(s)
	han, changed, latin := 0, 0, 0
	a, b := []rune(s), []rune(simple)
	for i, r := range a {
		switch {
		case unicode.Is(unicode.Han, r):
			han++
			if len(a) == len(b) && b[i] != r {
				changed++
			}
		case r < 0x250 && unicode.IsLetter(r):
			latin++
		}
	}
	simple = strings.ToLower(simple)
	n.words = latinWords(simple)
	switch {
	case han == 0 && latin > 0:
		if syl, ok := u.pinyin.segment(n.words); ok {
			n.pinyin, n.language = syl, knowledge.Simplified
			simple = readLexicon().write(syl)
		} else {
			n.language = knowledge.English
		}
	case latin > 6*han && len(n.words) > 4:
		n.language = knowledge.English
	case changed > 0 && changed*12 >= han:
		n.language = knowledge.Traditional
	default:
		n.language = knowledge.Simplified
	}
	mandarin := u.cantonese.replace(simple)
	n.cantonese = mandarin != simple
	n.text = strings.Join(strings.Fields(mandarin), " ")
	return n
}

// visible drops emoji, control and formatting characters and turns runs of marks into single ones.
func visible(s string) string {
	var b strings.Builder
	var prev rune
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			r = ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), unicode.Is(unicode.Mn, r), unicode.Is(unicode.Me, r):
			continue
		case unicode.Is(unicode.So, r), unicode.Is(unicode.Sk, r), r == '~', r == '～':
			r = ' '
		}
		if r == prev && (unicode.IsPunct(r) || r == ' ') {
			continue
		}
		prev = r
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}

// latinWords lists the words of Latin letters in a lower-case text.
func latinWords(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool {
		return !(r < 0x250 && unicode.IsLetter(r) || r == '\'')
	})
}
