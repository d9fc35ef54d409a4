package intents

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/knowledge/places"
)

// lastFigures corrects the end of a number: 最后一位是9, 尾号错了，应该是5679, the last digit is 9.
var lastFigures = regexp.MustCompile(`(?:最后|最尾|最末|尾|末|后面?)(?:那|嗰|𠮶)?(?:[一二两三四1-4几]|个)?(?:位|个|号码?|数字?|码)*(?:也|又)?(?:(?:写|打|填|讲|说)?(?:错了?|错咗|唔啱|不对)[\s,，。]*)?(?:应该|应|改成|改为|改|才)?(?:是|系|为|成)\s*([0-9零〇幺一二两三四五六七八九]{1,4})(?:才对|先啱|吧|啊|呀|来的)*$|last (?:one |two |three |four |\d )?(?:digits?|figures?|numbers?) (?:is|are|should be|must be) (\d{1,4})$`)

// lastDigits puts other figures at the end of the number that was told.
func (t *turn) lastDigits(text string) (out, bool) {
	d := t.st.Draft
	m := lastFigures.FindStringSubmatch(lower(plain(text)))
	if m == nil || d.Phone == "" {
		return out{}, false
	}
	v := spoken.Replace(m[1] + m[2])
	if len(d.Phone) < len(v)+4 {
		return out{}, false
	}
	third, standing, ext := d.Third, d.Standing, d.Ext
	o := t.change(fPhone, d.Phone[:len(d.Phone)-len(v)]+v)
	if d.Ext = ext; standing != "" { // it is the same person's
		d.Third, d.Standing = third, standing
	}
	if t.step() == fThird || d.Edit != "" {
		return o, true
	}
	return t.mended(fPhone), true
}

var (
	agedNow  = regexp.MustCompile(`(?:我|本人|今年|现在|是|系)[^\d一二三四五六七八九十]{0,4}(\d{2}|[一二三四五六七八九]?十[一二三四五六七八九]?)\s*周?岁|i(?:'m| am) (\d{2})\b`)
	slipSaid = regexp.MustCompile(`^(?:不好意思|对不起|哦|啊|sorry)?[\s,，]*(?:刚才|头先|上面)?(?:打|写|说|讲|按|发)错|我?(?:已经|早就)?(?:成年|满(?:了)?(?:18|十八))|\b(?:typo|adult|over 18|of age)\b`)
	ofAge    = regexp.MustCompile(`^(?:我|已经|早就|今年)*满(?:了)?(?:18|十八)?(?:周?岁)?(?:了|啦|喇)*$|^i am (?:over )?(?:18|an adult)`)
	isAdult  = words("满了 已满 满18了 满十八了 已经满了 满18 满18周岁 成年了 成年 是 是的 对 系 yes yes.i.am i.am")
)

// ageKey names the question whether somebody is of age, put after words that said otherwise were taken back.
const ageKey = "age"

// ageSlip asks for the age again where a person takes back to be a minor, and takes the answer.
func (t *turn) ageSlip(text, said string) (out, bool) {
	if t.st.Minor == 0 {
		return out{}, false
	}
	if t.st.Menu != nil && t.st.Menu.Key == ageKey {
		switch {
		case isAdult[said] || ofAge.MatchString(said):
			t.st.Minor = 0
			return t.withMenu(out{text: t.say(ageOK), intent: understand.Referral}), true
		case said == fold(say("zh", labelNotAdult)) || refuse[said]:
			return out{text: t.say(minorEarly), intent: understand.Referral, choices: []bot.Choice{t.choice(labelAsk), t.choice(labelHelp)}}, true
		}
	}
	s := lower(plain(text))
	if m := agedNow.FindStringSubmatch(s); !(m != nil && years(m[1]+m[2]) >= 18) && !slipSaid.MatchString(s) || underAge.MatchString(s) {
		return out{}, false
	}
	return out{text: t.say(askAge), intent: understand.Referral, key: ageKey, choices: []bot.Choice{t.choice(labelAdult), t.choice(labelNotAdult)}}, true
}

// fixing are words by which a message says that something is wrong or shall be otherwise.
var fixing = regexp.MustCompile(`错|不对|唔啱|唔对|不正确|有误|改|换|更正|加上|再加|补充|漏|写少|写多|少了|多了|不是|唔系|地方不|\bwrong\b|\bincorrect\b|\bmistake|\bnot right\b|\bchange\b|\badd\b|\bfix\b|\bremove\b|\btypo\b|\bnot\b`)

// unclearMend asks what to change where a message finds fault with the summary in words that tell no field. A yes
// that follows answers this question and submits nothing.
func (t *turn) unclearMend(step field, text string) (out, bool) {
	said := fold(text)
	if step != fConfirm || affirms(said) || amend[said] || wonders(text) || neverAgrees(text) || !fixing.MatchString(said) || notYet.MatchString(said) {
		return out{}, false
	}
	if _, isCommand := commandOf(said); isCommand {
		return out{}, false
	}
	t.st.Draft.Edit = fChoose
	return t.ask(t.say(mendUnclear)), true
}

var (
	aName    = regexp.MustCompile(`^(?:` + name + `)$`)
	tradeEnd = regexp.MustCompile(`(?:[^就创企行职毕专]业|灯饰|五金|家具|家私|照明|电器|服饰|制衣|科技|贸易|商行)$`)
)

// meantFirm reports whether the right value of a "name" is the firm's: 名字写错了，恒发锁业.
func (t *turn) meantFirm(value string) bool {
	d, low := t.st.Draft, lower(plain(value))
	if d.Firm == "" || aName.MatchString(low) && !tradeEnd.MatchString(low) || titled.MatchString(low) {
		return false
	}
	begins := cutRunes(d.Firm, 2)
	return firmTail.MatchString(low) || tradeEnd.MatchString(low) || isHan(begins) && utf8.RuneCountInString(value) > 3 && strings.HasPrefix(plain(value), begins)
}

// partOfFirm returns the firm's name with a part of it put right: 不是五金厂，是锁业. It is "" where old is no part.
func (t *turn) partOfFirm(old, value string) string {
	firm := t.st.Draft.Firm
	old = strings.TrimSpace(plain(old))
	if old == "" || old == firm || !isHan(old) || !strings.Contains(firm, old) || utf8.RuneCountInString(old) < 2 || strings.HasPrefix(value, cutRunes(firm, 2)) && !strings.HasPrefix(firm, old) {
		return ""
	}
	if utf8.RuneCountInString(value) > utf8.RuneCountInString(old)+2 || !isHan(value) || unmistakable(fContact, value) || unmistakable(fTown, value) {
		return ""
	}
	return strings.Replace(firm, old, value, 1)
}

// fieldAlone takes a field's name by itself: the one asked for is asked again, one that was answered is changed.
func (t *turn) fieldAlone(step field, said string) (out, bool) {
	d := t.st.Draft
	f := fieldNamed(said)
	if _, isType := typeOf(said); f == "" || isType || step == fChoose || step == fConsent || step == fAbroad {
		return out{}, false
	}
	switch {
	case f == step:
		return t.prompt(), true
	case d.value(f) != "":
		d.Edit = f
		return t.prompt(), true
	}
	return out{}, false
}

// nearerTown takes a place told in answer to another question that lies in the city named for the town.
func (t *turn) nearerTown(step field, text string) (out, bool) {
	d := t.st.Draft
	if step != fNeed && step != fPlatform || d.Town == "" || wonders(text) || wants.MatchString(lower(plain(text))) {
		return out{}, false
	}
	was, found := places.Only(d.Town), places.Find(text)
	if len(was) != 1 || was[0].Level >= places.Town || len(found) != 1 || found[0].Level <= was[0].Level || !strings.HasPrefix(found[0].Full(), was[0].Full()) {
		return out{}, false
	}
	if v, sure, ok := townIn(text); ok && sure {
		d.Town = v
		return t.mended(fTown), true
	}
	return out{}, false
}
