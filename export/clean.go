package export

import (
	"fmt"
	"strings"
	"unicode"
)

// Clean makes what people typed harmless to look at: line ends are "\n", tabs blanks, and characters that are not
// seen or turn the text around are shown as their code, ⟨U+202E⟩. The joiner within emoji is left.
func Clean(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	if strings.IndexFunc(s, odd) < 0 {
		return s
	}
	var b strings.Builder
	before := rune(0)
	for _, r := range strings.ReplaceAll(s, "\r\n", "\n") {
		switch {
		case r == '\r':
			b.WriteByte('\n')
		case r == '\t':
			b.WriteByte(' ')
		case r == '\n' || !odd(r) || r == joiner && unicode.Is(unicode.So, before):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		}
		before = r
		if r == variation {
			before = '☺' // the joiner may follow the form of an emoji
		}
	}
	return b.String()
}

const (
	joiner    = '\u200d'
	variation = '\ufe0f'
)

func odd(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co) || r == 0x2028 || r == 0x2029 || r&0xfffe == 0xfffe
}

// formulaStarts begin what a spreadsheet runs (OWASP, CSV injection), full-width forms among them.
const formulaStarts = "=+-@\t\r\n＝＋－＠"

// Neutral puts a quote before a cell of a CSV file that a spreadsheet would take for a formula, or for a number that
// it is not: a phone number stays text.
func Neutral(s string) string {
	if s != "" && strings.ContainsRune(formulaStarts, []rune(s)[0]) {
		return "'" + s
	}
	return s
}

// Plain undoes Neutral.
func Plain(s string) string {
	if r := []rune(s); len(r) > 1 && r[0] == '\'' && strings.ContainsRune(formulaStarts, r[1]) {
		return s[1:]
	}
	return s
}
