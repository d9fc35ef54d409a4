package telegram

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"smebot/bot"
)

const (
	maxUnits = 4096 // of one message's text, in UTF-16 units: the Bot API says 1-4096 characters for sendMessage
	maxParts = 5    // of one reply; a longer one ends with an ellipsis
)

type keyboard struct {
	Rows [][]button `json:"inline_keyboard"`
}

// button is our own since the library's type writes a copy_text into every button, which Telegram refuses in
// some clients' reports (BUTTON_COPY_TEXT_INVALID).
type button struct {
	Text string `json:"text"`
	Data string `json:"callback_data"`
}

// drawKeyboard puts the choices in rows: two that are short share one.
func drawKeyboard(r bot.Reply) *keyboard {
	if len(r.Choices) == 0 {
		return nil
	}
	k := &keyboard{}
	half := false // the last row has room for a second short one
	for i, ch := range r.Choices {
		b := button{Text: label(ch), Data: encodePress(bot.Press{Menu: r.Menu, Index: i})}
		short := columns(b.Text) <= 16
		if half && short {
			last := len(k.Rows) - 1
			k.Rows[last] = append(k.Rows[last], b)
			half = false
			continue
		}
		k.Rows = append(k.Rows, []button{b})
		half = short
	}
	return k
}

// label is what a button shows; Telegram refuses an empty one.
func label(c bot.Choice) string {
	for _, s := range []string{c.Label, c.Value, "…"} {
		if s = strings.Join(strings.Fields(tidy(s)), " "); s != "" {
			if utf8.RuneCountInString(s) > 64 {
				s = string([]rune(s)[:63]) + "…"
			}
			return s
		}
	}
	return "…"
}

// columns is the width of a text in Latin letters; a Chinese character takes two.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r >= 0x1100 {
			n++
		}
	}
	return n
}

// tidy takes out what Telegram refuses or shows as boxes: broken UTF-8 and control characters.
func tidy(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// split cuts a text into parts of at most limit UTF-16 units, at ends of sentences where there are any in the
// later half of a part, else at spaces, and never inside a character with its marks and joiners.
func split(text string, limit int) []string {
	var parts []string
	rest := strings.TrimSpace(tidy(text))
	for rest != "" {
		end := cut(rest, limit)
		if len(parts) == maxParts-1 && end < len(rest) {
			end = cut(rest, limit-1)
			return append(parts, strings.TrimSpace(rest[:end])+"…")
		}
		if p := strings.TrimSpace(rest[:end]); p != "" {
			parts = append(parts, p)
		}
		rest = strings.TrimSpace(rest[end:])
	}
	return parts
}

// cut returns how many bytes of s make the next part.
func cut(s string, limit int) int {
	var units, sentence, space, between int
	var prev rune
	for i, r := range s {
		if i > 0 && !joined(s[:i], prev, r) {
			between = i
			if strings.ContainsRune("。！？!?；;\n", prev) && units > limit/2 {
				sentence = i
			}
			if unicode.IsSpace(prev) && units > limit/2 {
				space = i
			}
		}
		if units += utf16.RuneLen(r); units > limit {
			switch {
			case sentence > 0:
				return sentence
			case space > 0:
				return space
			case between > 0:
				return between
			}
			return max(i, utf8.RuneLen(r)) // one cluster beyond the limit: nothing better than between its runes
		}
		prev = r
	}
	return len(s)
}

// joined reports whether r belongs to the character that ends with prev: marks, emoji modifiers, what a
// zero-width joiner ties, and the second half of a flag.
func joined(before string, prev, r rune) bool {
	const zwj = '\u200d'
	switch {
	case prev == zwj || r == zwj, unicode.Is(unicode.M, r), r >= 0x1F3FB && r <= 0x1F3FF, prev == '\r' && r == '\n':
		return true
	case !flag(prev) || !flag(r):
		return false
	}
	n := 0 // flags are pairs: an odd number before r means that r completes one
	for before != "" {
		last, size := utf8.DecodeLastRuneInString(before)
		if !flag(last) {
			break
		}
		n++
		before = before[:len(before)-size]
	}
	return n%2 == 1
}

func flag(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }
