package intents

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/knowledge/places"
)

// single takes an answer to one question.
func (t *turn) single(step field, text string) out {
	d := t.st.Draft
	said := undouble(fold(text))
	done := func() out {
		if d.Edit != "" {
			d.Edit = ""
		} else {
			d.Order = append(d.Order, step)
		}
		d.answered(step)
		return t.prompt()
	}
	if (skip[said] || said == fold(t.say(labelSkip))) && skippable(step) {
		d.set(step, "")
		return t.skipField(step)
	}
	switch step {
	case fFirm:
		if said == fold(say("zh", labelNoFirm)) || said == fold(say("en", labelNoFirm)) || noFirm.MatchString(said) {
			d.Firm = say("zh", notYetFirm)
			return done()
		}
		if list := firmsTold(text); list != nil {
			return t.askWhichFirm(list)
		}
		if f := detailsIn(text); f.firm != "" {
			d.Firm = f.firm
			return done()
		}
		if v, ok := firmOf(text); ok {
			d.Firm = v
			return done()
		}
		return t.retry(step, badFirm)
	case fTown:
		if hint := t.townHinted(); hint != "" && affirms(said) {
			d.Town = hint
			return done()
		}
		if p, ok := thatOne(text, d.Which); ok {
			d.Town, d.Which = p.Full(), ""
			return done()
		}
		like, slip := places.Nearest(plain(text))
		slip = slip && len(places.Only(text)) == 0
		if v, sure, ok := townIn(text); ok && (sure && !slip || d.Tries[fTown] > 0) { // an unknown name is taken when it is said again
			if d.Town, d.Which = t.oneTown(v); d.Town == "" {
				return t.prompt()
			}
			return done()
		}
		o := t.retry(step, badTown)
		if slip && t.step() == fTown {
			o.choices = append([]bot.Choice{t.townChoice(like.Full())}, slices.DeleteFunc(o.choices, func(c bot.Choice) bool { return c.Value == like.Full() })...)
		}
		return o
	case fNeed:
		return t.takeNeed(text, done)
	case fPlatform:
		if notSure(said) || said == fold(t.say(labelUnsure)) {
			return t.skipField(step)
		}
		if s := t.typeMeant(text); s != "" {
			d.Platform, d.Guessed = s, false
			return done()
		}
		return t.retry(step, badPlatform)
	case fConsent, fAbroad:
		return t.retry(step, badConsent)
	case fContact:
		v, ok := contactOf(text)
		if f := detailsIn(text); f.contact != "" && (!f.bare || !ok) {
			v, ok = f.contact, true
		}
		if ok {
			d.Contact = v
			d.Third = d.Third || thirdPerson(text) || aboutOther(text)
			return done()
		}
		return t.retry(step, badContact)
	case fPhone:
		return t.takePhone(text, done)
	case fThird:
		return t.takeStanding(said)
	case fChoose:
		return t.chooseField(said)
	case fSame:
		return t.retry(step, badThird)
	}
	return t.confirm(said)
}

func skippable(f field) bool { return f == fTown || f == fNeed || f == fPlatform }

func (t *turn) skipField(f field) out {
	d := t.st.Draft
	if !slices.Contains(d.Skipped, f) {
		d.Skipped = append(d.Skipped, f)
	}
	d.Edit = ""
	d.Order = append(d.Order, f)
	o := t.prompt()
	o.text = t.say(formSkipped) + "\n" + o.text
	return o
}

// typeMeant returns the platform type that an answer means, "" for none.
func (t *turn) typeMeant(text string) string {
	if s, ok := typeOf(text); ok {
		return s
	}
	if s := typeIn(text); s != "" {
		return s
	}
	if res := t.understood(); len(res.Platforms) > 0 && res.Confidence >= fair && (res.Intent == understand.Platform || res.Intent == understand.Referral) {
		return res.Platforms[0]
	}
	if o, ok := guide[0].saidAlready(fold(text)); ok && slices.Contains(slugs, o.target) {
		return o.target
	}
	return ""
}

// takeNeed takes the need in the person's own words. What it says of the person's number waits apart.
func (t *turn) takeNeed(text string, done func() out) out {
	d := t.st.Draft
	masked := line(mask(text))
	told := fold(strings.ReplaceAll(masked, "*", ""))
	said := fold(text)
	f := detailsIn(text)
	set := t.fill(details{phone: f.phone, ext: f.ext, third: f.third}, true)
	least := 4
	if wants.MatchString(told) {
		least = 3 // 想招人
	}
	if f.phone != "" && onlyOfNumber(text) {
		return t.ask(t.say(t.keptWords()))
	}
	short := utf8.RuneCountInString(told) < least && !hasType(said) && typeIn(said) == ""
	if short || creditLabel.MatchString(said) || vague[said] || hello[said] || thanked(said) || saysAgree(said) || affirm[said] || requestOnly(text) {
		switch {
		case set:
			return t.ask(t.say(t.keptWords()))
		case f.phone != "" && d.Phone == f.phone:
			return t.ask(t.say(formNoted))
		}
		return t.retry(fNeed, badNeed)
	}
	if notSure(said) {
		return t.skipField(fNeed)
	}
	if toldBefore.MatchString(said) {
		if t.st.Need == "" {
			return t.retry(fNeed, badNeed)
		}
		masked = t.st.Need
	}
	d.Need, d.Carried = cutRunes(masked, maxNeed), false
	if was := d.Platform; d.Guessed && was != "" { // from the words that asked to register
		if d.Platform = ""; toldBefore.MatchString(said) {
			d.Platform = was
		} else if t.inferType(); d.Platform == "" {
			d.Platform, d.Guessed = was, true
		}
	}
	t.inferType()
	return done()
}

// toldBefore refers to what was said already.
var toldBefore = regexp.MustCompile(`^(?:我)?(?:上面|前面|刚才|头先|之前|刚刚)*(?:都|已经|不是|咪)*(?:说|讲|写|填)(?:过|了|咗|明)+(?:的|了|啦|喇|嘅|吗)*$|^(?:i )?(?:already |just )?(?:said|told you|wrote) (?:it|that|this|above|so)?(?: already| above| before)?$`)

// creditLabel names a firm's registration number, which is no need.
var creditLabel = regexp.MustCompile(`^(?:我们?|公司|企业)*(?:的)?(?:统一)?(?:社会)?信用代码|^(?:营业执照|注册)号`)

// inferType takes the platform type from the words of a need, if they leave little doubt.
func (t *turn) inferType() {
	d := t.st.Draft
	if d.Platform != "" {
		return
	}
	d.Platform = typeIn(d.Need)
	if slug, ok := typeOf(wishHead.ReplaceAllString(fold(d.Need), "")); ok && d.Platform == "" { // 想找设计
		d.Platform = slug
	}
	if res := t.understood(); d.Platform == "" && len(res.Platforms) > 0 && res.Confidence >= fair && res.Intent != understand.NoAnswer && res.Intent != understand.Clarify {
		d.Platform = res.Platforms[0]
	}
	if o, ok := guide[0].saidAlready(fold(d.Need)); ok && d.Platform == "" && slices.Contains(slugs, o.target) {
		d.Platform = o.target
	}
	d.Guessed = d.Platform != ""
}

// wishHead begins a wish for one kind of service.
var wishHead = regexp.MustCompile(`^(?:我|我们|我哋)*(?:想要?|需要|要|需)*(?:找|揾|搵|做|搞|办)(?:个|一下|人做?|下)*`)

func hasType(said string) bool { _, ok := typeOf(said); return ok }

// requestOnly reports whether a message only asks to be registered and tells no need.
func requestOnly(text string) bool {
	s := fold(text)
	return (strings.Contains(s, "登记") || strings.Contains(s, "联系我") || strings.Contains(s, "register")) && needOf(text) == ""
}

func (t *turn) takePhone(text string, done func() out) out {
	d := t.st.Draft
	n, ext, _, fault := t.lineIn(text)
	if d.Part != "" && fault != phoneOK {
		if whole, x, _, f := findLine(text + " " + d.Part); f == phoneOK { // the area code that was missing: 0760, 香港的
			n, ext, fault = whole, x, f
		} else if whole, x, _, f := findLine("+1 " + d.Part); f == phoneOK && inAmerica.MatchString(lower(text)) {
			n, ext, fault = whole, x, f
		}
	}
	switch fault {
	case phoneOK:
		d.Phone, d.Ext, d.Part = n, ext, ""
		d.Third, d.Standing = d.Edit == "" && d.Third || thirdPerson(text), ""
		d.vouch(text)
		return done()
	case phoneTooMany:
		if d.Consent != nil {
			return t.askWhichPhone(text)
		}
	case phoneCountry:
		if d.Consent != nil {
			d.Part = line(digits(text))
		}
		return t.retry(fPhone, badCountry)
	case phoneNoCode:
		if d.Consent != nil {
			d.Part = line(digits(text))
		}
		return t.retry(fPhone, badArea)
	case phoneNone:
		if said := lower(text); strings.Contains(said, "座机") || strings.Contains(said, "固话") {
			return t.retry(fPhone, badArea)
		}
		if chatID.MatchString(text) || email.MatchString(text) || otherWays.MatchString(lower(text)) {
			return t.retry(fPhone, badOther)
		}
		if !strings.ContainsFunc(text, unicode.IsDigit) {
			return t.retry(fPhone, badNoPhone)
		}
	}
	return t.retry(fPhone, badPhone)
}

// phonesKey names the question which of several numbers to keep.
const phonesKey = "phones"

// askWhichPhone asks which of several numbers to keep.
func (t *turn) askWhichPhone(text string) out {
	o := out{text: t.say(whichPhone), intent: understand.Referral, key: phonesKey}
	for _, n := range numbersIn(text) {
		if len(o.choices) < 3 {
			o.choices = append(o.choices, bot.Choice{Label: ReadablePhone(n), Value: n})
		}
	}
	o.choices = append(o.choices, t.choice(labelCancel))
	return o
}

// otherWays are other ways to be reached, which the form does not take.
var otherWays = regexp.MustCompile(`微信|邮箱|邮件|qq|wechat|whatsapp|e-?mail`)

func (t *turn) takeStanding(said string) out {
	d := t.st.Draft
	switch {
	case theirsOnly.MatchString(said) || affirm[said]:
		return t.askEasier(fThird)
	case mine[said]: // a mere yes would not say to which of the two
		d.Standing = "self"
	case vouches(said):
		d.Standing = "authorised"
	case said == fold(t.say(labelOther)) || said == "换一个号码" || said == "换号码" || refuse[said] || strings.Contains(said, "授权") || knows.MatchString(said): // 没有授权, 他不知道
		d.set(fPhone, "")
	default:
		return t.retry(fThird, badThird)
	}
	return t.prompt()
}
