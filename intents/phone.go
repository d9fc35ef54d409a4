package intents

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
)

var spoken = strings.NewReplacer("零", "0", "〇", "0", "洞", "0", "幺", "1", "么", "1", "一", "1", "二", "2", "两", "2", "兩", "2", "三", "3", "四", "4", "五", "5",
	"六", "6", "七", "7", "八", "8", "九", "9")

var spokenRun = regexp.MustCompile(`[零〇洞幺么一二两兩三四五六七八九\d](?:[\s,，、\-]?[零〇洞幺么一二两兩三四五六七八九\d]){6,}`)

// narrow makes a full-width letter, figure or sign of numbers and addresses plain; other punctuation stays.
func narrow(r rune) rune {
	switch {
	case r >= '０' && r <= '９', r >= 'Ａ' && r <= 'Ｚ', r >= 'ａ' && r <= 'ｚ', strings.ContainsRune("＋－＠．＿（）", r):
		return r - 0xFEE0
	case r == '\u3000':
		return ' '
	}
	return r
}

// digits writes full-width figures and longer runs of spoken figures (幺三八…) as plain ones. The rest of the
// text, and so the place of every figure in it, stays.
func digits(s string) string {
	s = strings.Map(narrow, s)
	s = spokenRun.ReplaceAllStringFunc(s, func(run string) string { return spoken.Replace(run) })
	return pausedRun.ReplaceAllStringFunc(s, func(run string) string {
		if !strings.ContainsFunc(run, func(r rune) bool { return unicode.Is(unicode.Han, r) }) && mobile.MatchString(run) {
			return run // two numbers in a row
		}
		return pause.ReplaceAllStringFunc(spoken.Replace(run), func(p string) string { return strings.Repeat(" ", utf8.RuneCountInString(p)) })
	})
}

// pausedRun is a number with the pauses that voice input writes as signs and sighs: 幺三七，幺二三四，五六七八.
var (
	pausedRun = regexp.MustCompile(`[零〇洞幺么一二两三四五六七八九\d]{2,5}(?:(?:[\s,，、.。]|嗯|呃|额|啊|诶|欸|那个|然后){1,3}[零〇洞幺么一二两三四五六七八九\d]{2,5}){1,4}`)
	pause     = regexp.MustCompile(`[,，、.。]|嗯|呃|额|啊|诶|欸|那个|然后`)
)

// phoneLike is anything that might be a telephone number, in text that went through digits.
var phoneLike = regexp.MustCompile(`(?:\+|00)?\(?\+?\d[\d\s()\-–—.·]{5,26}\d`)

var mobile = regexp.MustCompile(`\b1[3-9]\d{9}\b`)

// phoneFault says why a message holds no usable number.
type phoneFault int

const (
	phoneOK      phoneFault = iota
	phoneNone               // nothing like a number
	phoneWrong              // figures that are no number
	phoneNoCode             // a landline without its area code
	phoneTooMany            // more than one different number
	phoneCountry            // written as in North America, without its country code
)

// findPhone returns the telephone number in a message in E.164, and the text without it.
func findPhone(text string) (e164, rest string, fault phoneFault) {
	e164, _, rest, fault = findLine(text)
	return e164, rest, fault
}

// extension follows a landline's number: 转808, 分机808, ext. 808.
var extension = regexp.MustCompile(`^[\s,，(（]*(?:转|轉|分机|分機|内线|內線|内綫|(?i:ext\.?|extension|x|#))\s*(?:号|號|:|：)?\s*(\d{1,6})\s*[)）]?`)

// dashed is an extension behind a dash: 0760-22345678-808.
var dashed = regexp.MustCompile(`^(.*\d)\s*[\-–—]\s*(\d{2,5})$`)

// findLine returns the telephone number in a message in E.164, its extension if it has one, and the text without
// both.
func findLine(text string) (e164, ext, rest string, fault phoneFault) {
	s := digits(text)
	fault, rest = phoneNone, s
	for _, at := range phoneLike.FindAllStringIndex(s, -1) {
		whole, inner := s[at[0]:at[1]], ""
		raws := []string{whole}
		if _, f := parsePhone(whole, s); f != phoneOK {
			if m := dashed.FindStringSubmatch(whole); m != nil {
				if _, f := parsePhone(m[1], s); f == phoneOK {
					raws, inner = m[1:2], m[2]
				}
			} else if parts := apart(whole, s); parts != nil {
				raws = parts // two numbers with a space between them
			}
		}
		for _, raw := range raws {
			n, f := parsePhone(raw, s)
			switch {
			case f != phoneOK:
				if fault == phoneNone || f == phoneNoCode {
					fault = f
				}
			case e164 != "" && n != e164:
				return "", "", s, phoneTooMany
			default:
				e164 = n
				if inner != "" {
					ext, raw = inner, whole
				} else if m := extension.FindStringSubmatch(s[at[1]:]); m != nil {
					ext, raw = m[1], raw+m[0]
				}
				rest = strings.Replace(rest, raw, " ", 1)
			}
		}
	}
	if e164 != "" {
		return e164, ext, strings.TrimSpace(rest), phoneOK
	}
	return "", "", s, fault
}

// americanForm is how numbers are written in North America: (212) 555-0123. Nobody writes a landline of the mainland so.
var americanForm = regexp.MustCompile(`^(?:\([2-9]\d{2}\)\s?|[2-9]\d{2}[-. ])[2-9]\d{2}[-. ]\d{4}$`)

// lineIn is findLine in a form: after a number with +1, one without it is of that country too.
func (t *turn) lineIn(text string) (e164, ext, rest string, fault phoneFault) {
	e164, ext, rest, fault = findLine(text)
	if d := t.st.Draft; d != nil && strings.HasPrefix(d.Phone, "+1") && !strings.Contains(text, "+") {
		if m := tenFigures.FindString(digits(text)); m != "" {
			if n, x, r, f := findLine(strings.Replace(digits(text), m, "+1 "+m, 1)); f == phoneOK {
				return n, x, r, f
			}
		}
	}
	return e164, ext, rest, fault
}

var tenFigures = regexp.MustCompile(`\(?\b[2-9]\d{2}\)?[-. ]?[2-9]\d{2}[-. ]?\d{4}\b`)

// inAmerica names the countries of +1.
var inAmerica = regexp.MustCompile(`美国|加拿大|\b(?:usa?|america|united states|canada)\b`)

// apart returns the numbers that stand in a row with spaces between them; nil if it is no such row.
func apart(whole, around string) []string {
	if !strings.ContainsRune(whole, ' ') {
		return nil
	}
	parts := strings.Fields(whole)
	for _, p := range parts {
		if _, f := parsePhone(p, around); f != phoneOK {
			return mobile.FindAllString(whole, -1)
		}
	}
	return parts
}

// numbersIn returns the different numbers in a message.
func numbersIn(text string) []string {
	var list []string
	s := digits(text)
	for _, whole := range phoneLike.FindAllString(s, -1) {
		raws := []string{whole}
		if _, f := parsePhone(whole, s); f != phoneOK {
			raws = apart(whole, s)
		}
		for _, raw := range raws {
			if n, f := parsePhone(raw, s); f == phoneOK && !slices.Contains(list, n) {
				list = append(list, n)
			}
		}
	}
	return list
}

// parsePhone reads one number. around is the message it stands in, which may name its region.
func parsePhone(raw, around string) (string, phoneFault) {
	only := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) || r == '+' {
			return r
		}
		return -1
	}, raw)
	if strings.HasPrefix(only, "00") {
		only = "+" + only[2:]
	}
	if americanForm.MatchString(strings.TrimSpace(raw)) {
		return "", phoneCountry
	}
	region := "CN"
	if !strings.HasPrefix(only, "+") {
		switch {
		case strings.ContainsAny(around, "港") && len(only) == 8:
			region = "HK"
		case strings.ContainsAny(around, "澳") && len(only) == 8:
			region = "MO"
		case strings.ContainsAny(around, "台臺") && strings.HasPrefix(only, "09") && len(only) == 10:
			region = "TW"
		case len(only) == 11 && (strings.HasPrefix(only, "852") || strings.HasPrefix(only, "853")):
			only = "+" + only
		case len(only) == 13 && strings.HasPrefix(only, "861"), strings.HasPrefix(only, "886") && (len(only) == 12 || len(only) == 11):
			only = "+" + only
		}
	}
	n, err := phonenumbers.Parse(only, region)
	if err != nil {
		return "", phoneWrong
	}
	if !phonenumbers.IsValidNumber(n) {
		if region == "CN" && !strings.HasPrefix(only, "+") && (len(only) == 7 || len(only) == 8) && only[0] >= '2' {
			return "", phoneNoCode
		}
		return "", phoneWrong
	}
	if region == "CN" && len(only) < 10 { // valid only as a local or service number
		return "", phoneNoCode
	}
	return phonenumbers.Format(n, phonenumbers.E164), phoneOK
}

// ReadablePhone writes an E.164 number the way its owner reads it back.
func ReadablePhone(e164 string) string {
	if rest, ok := strings.CutPrefix(e164, "+86"); ok && len(rest) == 11 && rest[0] == '1' {
		return rest
	}
	n, err := phonenumbers.Parse(e164, "ZZ")
	if err != nil {
		return e164
	}
	if n.GetCountryCode() == 86 {
		return phonenumbers.Format(n, phonenumbers.NATIONAL)
	}
	return phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
}
