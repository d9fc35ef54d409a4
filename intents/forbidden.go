package intents

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"smebot/knowledge/script"
)

var (
	longRun   = regexp.MustCompile(`\d(?:[\s\-.·]?\d){12,22}[\s\-]?[Xx]?`)
	birthDate = regexp.MustCompile(`(出生|生日|生于|诞生|born|birth)`)
	anyDate   = regexp.MustCompile(`(19|20)\d\d\s*[年\-/.]|\d{1,2}\s*月\s*\d{1,2}|\d{1,2}[/\-.]\d{1,2}|(january|february|march|april|may|june|july|august|september|october|november|december)\s+\d`)
	email     = regexp.MustCompile(`[\w.+\-]+@[\w\-]+(\.[\w\-]+)+`)
	creditNo  = regexp.MustCompile(`\b[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}\b`)
	digitRun  = regexp.MustCompile(`\+?\d(?:[\s\-()–.·]{0,2}\d){6,}[Xx]?`)
	chatID    = regexp.MustCompile(`(?i)((?:微信号?|微訊|wechat|weixin|wx|qq)\s*(?:号|號|id)?\s*(?:是|为|:|：)?\s*)([a-z\d][\w\-]{4,})`)
)

// holdsForbidden reports whether a message holds an identity or bank card number, or a date of birth: things
// a referral never needs and that are not kept. which is the sentence to answer with.
func holdsForbidden(text string) (which key, yes bool) {
	s := digits(text)
	for _, run := range longRun.FindAllString(s, -1) {
		only := strings.ToUpper(strings.NewReplacer(" ", "", "-", "", ".", "", "·", "", "\t", "").Replace(run))
		if looksLikeIdentity(only) || looksLikeCard(strings.TrimSuffix(only, "X")) {
			return formNumbers, true
		}
	}
	low := strings.ToLower(script.Simplified(s))
	if birthDate.MatchString(low) && anyDate.MatchString(low) {
		return formBirth, true
	}
	return "", false
}

// looksLikeIdentity tells a mainland identity number: 18 places with a right check digit or a date of birth in
// its place, or the old 15 places with one.
func looksLikeIdentity(s string) bool {
	switch len(s) {
	case 18:
		return identityChecks(s) || plausibleBirth(s[6:14], "20060102")
	case 15:
		return plausibleBirth(s[6:12], "060102") && s[0] != '0'
	}
	return false
}

func plausibleBirth(s, layout string) bool {
	d, err := time.Parse(layout, s)
	return err == nil && d.Year() >= 1900 && d.Year() <= 2100
}

// identityChecks computes the check digit of GB 11643 (ISO 7064, MOD 11-2).
func identityChecks(s string) bool {
	sum := 0
	for i := range 17 {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		sum += int(s[i]-'0') * (1 << (17 - i) % 11)
	}
	return s[17] == "10X98765432"[sum%11]
}

// looksLikeCard tells a payment card: 15 to 19 places with a right Luhn digit, or the 62 of UnionPay.
func looksLikeCard(s string) bool {
	if len(s) < 15 || len(s) > 19 {
		return false
	}
	if len(s) >= 16 && strings.HasPrefix(s, "62") {
		return true
	}
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// mask hides telephone and other long numbers, mail addresses, credit codes and chat accounts. It is for texts
// that staff see without a person's consent, and for what waits as a need.
func mask(text string) string {
	s := digits(text)
	s = email.ReplaceAllString(s, "***")
	s = creditNo.ReplaceAllString(s, "***")
	s = chatID.ReplaceAllString(s, "$1***")
	return digitRun.ReplaceAllString(s, "***")
}

var (
	agePattern = regexp.MustCompile(`(?:我|本人|俺|人家|i am|i'm|im|i m|我哋|我系|我今年|今年)(?:[^。！？!?,，\d一二三四五六七八九十]{0,6}?)(\d{1,2}|[一二三四五六七八九十两]{1,3})\s*(?:周?岁|years? old|year-old|yrs? old|嵗)(.?)`)
	agePlain   = regexp.MustCompile(`^[^\d一二三四五六七八九十]{0,4}(\d{1,2}|[一二三四五六七八九十]{1,3})\s*周?岁(.?)`)
	underAge   = regexp.MustCompile(`(?:我|本人|俺|人家).{0,6}(?:未满|不满|不到|没满|冇满|未够|唔够|没到|还没到|还没满|未到|差.{0,4}(?:才|就)?满?)\s*(\d{1,2}|[一二三四五六七八九十]{1,3})\s*周?岁?|^(?:未满|不满|不到|没满|还没满|未够|唔够)\s*(\d{1,2}|[一二三四五六七八九十]{1,3})\s*周?岁?|(?:under|below|younger than|not yet|not even|less than)\s+(\d{1,2})`)
	schoolAge  = regexp.MustCompile(`(?:我|本人|俺|人家)(?:还|仲)?(?:是|系|只是|才|在|在读|喺|仲系|还是|还在|仲喺)?(?:个|名|一个|一名)?.{0,3}(?:小学生|初中生|中学生|高中生|小朋友|未成年|读小学|上小学|读初中|上初中|念初中|念小学|读紧小学|读高中|上高中|(?:读|上|念|读紧)?(?:小学|初|高)?[一二三四五六1-6](?:年级)|(?:读|上|念|读紧)(?:初|高|小)[一二三四五六]|细路|儿童)|i(?:'m| am) (?:a |still a |still )?(?:minor|child|kid|underage|pupil|in (?:primary|middle|high) school)|^未成年`)
	otherAge   = regexp.MustCompile(`我(?:们|哋)?(?:的|家|这|间|这个|这家)*(?:儿子|女儿|孩子|小孩|仔|女|弟|妹|孙|公司|厂|企业|店|机器|设备|家)|没有?(?:未成年)|不是(?:未成年|学生)|adult`)
)

// thenAged speaks of an age that is past: 我17岁就出来打工.
var thenAged = regexp.MustCompile(`^[^今现]*岁(?:的时候|那年|那时|时|开始|起|就?(?:已经)?(?:出来|出去|出社会|开始|开厂|开店|打工|做工|做生意|当学徒|学徒|学做|学手艺|工作|入行|进厂|入厂|创业|跟着?|来广东|来深圳|离家|辍学|自己))|从[^今现]{0,4}岁|当年|小时候|那时候`)

// saysMinor reports whether a person says to be under 18, in one of the many ways it is said.
func saysMinor(text string) bool {
	s := strings.ToLower(script.Simplified(digits(text)))
	if otherAge.MatchString(s) {
		return false
	}
	if schoolAge.MatchString(s) {
		return true
	}
	if m := underAge.FindStringSubmatch(s); m != nil {
		for _, g := range m[1:] {
			if n := years(g); n > 0 && n <= 18 {
				return true
			}
		}
	}
	for _, re := range []*regexp.Regexp{agePattern, agePlain} {
		if m := re.FindStringSubmatch(s); m != nil {
			if n := years(m[1]); n > 0 && n < 18 && m[2] != "的" && !thenAged.MatchString(s) {
				return true
			}
		}
	}
	return false
}

func years(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	return chineseNumber(strings.ReplaceAll(s, "两", "二"))
}
