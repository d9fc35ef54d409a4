package intents

import (
	"cmp"
	"slices"
	"strings"

	"smebot/bot"
	"smebot/intents/understand"
)

// step is what the form asks next.
func (t *turn) step() field {
	d := t.st.Draft
	missing := func(f field, value string) bool { return value == "" && !slices.Contains(d.Skipped, f) }
	switch {
	case d.Edit != "":
		return d.Edit
	case missing(fFirm, d.Firm):
		return fFirm
	case missing(fTown, d.Town):
		return fTown
	case missing(fNeed, d.Need):
		return fNeed
	case missing(fPlatform, d.Platform):
		return fPlatform
	case d.Consent == nil:
		return fConsent
	case t.in.Message.From.Platform == bot.Telegram && !d.Abroad:
		return fAbroad
	case d.Contact == "":
		return fContact
	case d.Phone == "":
		return fPhone
	case d.Third && d.Standing == "":
		return fThird
	}
	return fConfirm
}

// formText takes a message while the form asks something. chosen says that it is the value of a choice.
func (t *turn) formText(text string, chosen bool) out {
	d := t.st.Draft
	d.Touched = t.in.Now.Unix()
	said := fold(text)
	if saysMinor(text) {
		return t.minor()
	}
	if k, bad := holdsForbidden(text); bad {
		return t.ask(t.say(k))
	}
	if d.Notice != "" && !t.noticeFresh() {
		d.Notice, d.Consent, d.Abroad = "", nil, false
		return t.ask(t.say(noticeChanged))
	}
	step := t.step()
	switch {
	case agree[said] && d.Notice != "" && (d.Consent == nil || step == fAbroad):
		return t.agreed(step)
	case refuse[said] && (step == fConsent || step == fAbroad), neverAgrees(said):
		return t.refused()
	case strings.HasPrefix(said, "登记需求") || strings.HasPrefix(said, "我想登记") || strings.HasPrefix(said, "我要登记"):
		if f := detailsIn(text); f.count() == 0 {
			return t.ask(t.say(formRunning))
		}
	}
	if d.Edit != "" && d.Edit != fChoose && affirm[said] && skipsEdit[said] {
		d.Edit = ""
		return t.prompt()
	}
	if slug, ok := typeOf(text); ok && (step == fFirm || step == fTown) {
		d.Platform = cmp.Or(d.Platform, slug)
		return t.ask(t.say(formNoted))
	}
	if c, ok := commandOf(said); ok {
		if o, ok := t.asideCommand(c); ok {
			return o
		}
	}
	if !chosen {
		if o, ok := t.correction(text); ok {
			return o
		}
		if o, ok := t.digression(step, text); ok {
			return o
		}
	}
	if o, ok := t.several(step, text); ok {
		return o
	}
	return t.single(step, text)
}

// neverEN are the English words of a no that can be no answer to another question.
var neverEN = words("disagree i.disagree i.do.not.agree i.don.t.agree i.dont.agree")

// neverAgrees reports whether words are a no to the notice wherever they stand.
func neverAgrees(said string) bool {
	return strings.HasPrefix(said, "不同意") || strings.HasPrefix(said, "唔同意") || strings.HasPrefix(said, "我不同意") || neverEN[said]
}

// skipsEdit are the words that leave a field being changed as it was.
var skipsEdit = words("确认 确认提交 提交 没问题 confirm submit")

// several takes a message that fills more than one field.
func (t *turn) several(step field, text string) (out, bool) {
	if step == fConfirm || step == fThird || step == fChoose {
		return out{}, false
	}
	d := t.st.Draft
	f := detailsIn(text)
	if step == fNeed && f.firm+f.contact == "" {
		return out{}, false // a need is told in all sorts of words
	}
	if f.count() < 2 && !d.elsewhere(step, f) {
		return out{}, false
	}
	if step == fContact && f.contact == "" && f.phone != "" {
		// "陈生的店 138…": the words beside the number are the name if they can be one.
		if _, rest, _ := findPhone(text); rest != "" {
			f.contact, _ = contactOf(rest)
		}
	}
	if d.Edit != "" {
		return out{}, false
	}
	before := *d
	if f.need != "" && d.Need == t.st.Need {
		d.Need = "" // what was said before the form gives way to what is said in it
	}
	told := t.fill(f, true)
	d.Need = cmp.Or(d.Need, before.Need)
	d.Platform = cmp.Or(d.Platform, f.slug)
	if before.Firm == d.Firm && before.Town == d.Town && before.Need == d.Need && before.Contact == d.Contact && before.Phone == d.Phone {
		return out{}, false
	}
	if before.Need != d.Need {
		t.inferType()
	}
	if told {
		return t.ask(t.say(formKept)), true
	}
	if t.step() == step {
		return t.ask(t.say(formNoted)), true
	}
	return t.prompt(), true
}

// elsewhere reports whether one field was told while another is asked for.
func (d *draft) elsewhere(step field, f details) bool {
	switch {
	case f.phone != "":
		return d.Phone == "" && step != fPhone
	case f.firm != "":
		return d.Firm == "" && step != fFirm
	case f.town != "":
		return d.Town == "" && step != fTown
	case f.contact != "":
		return d.Contact == "" && step != fContact
	}
	return false
}

// single takes an answer to one question.
func (t *turn) single(step field, text string) out {
	d := t.st.Draft
	said := fold(text)
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
		if v, ok := firmOf(text); ok {
			d.Firm = v
			return done()
		}
		return t.retry(step, badFirm)
	case fTown:
		if v, ok := townOf(text); ok {
			town, o, asks := t.whichTown(v)
			if asks {
				return o
			}
			d.Town = town
			return done()
		}
		return t.retry(step, badTown)
	case fNeed:
		return t.takeNeed(text, done)
	case fPlatform:
		if s, ok := typeOf(text); ok {
			d.Platform = s
			return done()
		}
		if unsure[said] || said == fold(t.say(labelUnsure)) {
			return t.skipField(step)
		}
		if res := t.understood(); len(res.Platforms) > 0 && res.Confidence >= fair && (res.Intent == understand.Platform || res.Intent == understand.Referral) {
			d.Platform = res.Platforms[0]
			return done()
		}
		return t.retry(step, badPlatform)
	case fConsent, fAbroad:
		return t.retry(step, badConsent)
	case fContact:
		if v, ok := contactOf(text); ok {
			d.Contact = v
			d.Third = d.Third || thirdPerson(text)
			return done()
		}
		return t.retry(step, badContact)
	case fPhone:
		return t.takePhone(text, done)
	case fThird:
		return t.takeStanding(said)
	case fChoose:
		return t.chooseField(said)
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

// takeNeed takes the need in the person's own words. What it says of the person's number waits apart.
func (t *turn) takeNeed(text string, done func() out) out {
	d := t.st.Draft
	s := cutRunes(line(mask(text)), maxNeed)
	said := fold(text)
	if len([]rune(said)) < 4 && !hasType(said) && typeIn(said) == "" || vague[said] || hello[said] || thank[said] || agree[said] || affirm[said] || unsure[said] || requestOnly(text) {
		return t.retry(fNeed, badNeed)
	}
	d.Need = s
	f := detailsIn(text)
	t.fill(details{phone: f.phone, third: f.third}, true)
	t.inferType()
	return done()
}

// inferType takes the platform type from the words of a need, if they leave little doubt.
func (t *turn) inferType() {
	d := t.st.Draft
	if d.Platform = cmp.Or(d.Platform, typeIn(d.Need)); d.Platform != "" {
		return
	}
	if res := t.understood(); len(res.Platforms) > 0 && res.Confidence >= fair && res.Intent != understand.NoAnswer && res.Intent != understand.Clarify {
		d.Platform = res.Platforms[0]
	}
}

func hasType(said string) bool { _, ok := typeOf(said); return ok }

// requestOnly reports whether a message only asks to be registered and tells no need.
func requestOnly(text string) bool {
	s := fold(text)
	return (strings.Contains(s, "登记") || strings.Contains(s, "联系我") || strings.Contains(s, "register")) && needOf(text) == ""
}

func (t *turn) takePhone(text string, done func() out) out {
	d := t.st.Draft
	n, _, fault := findPhone(text)
	switch fault {
	case phoneOK:
		d.Phone, d.Third, d.Standing = n, d.Edit == "" && d.Third || thirdPerson(text), ""
		return done()
	case phoneNoCode:
		return t.retry(fPhone, badArea)
	}
	return t.retry(fPhone, badPhone)
}

func (t *turn) takeStanding(said string) out {
	d := t.st.Draft
	switch {
	case mine[said]: // a mere yes would not say to which of the two
		d.Standing = "self"
	case vouch[said] || strings.Contains(said, "授权") && !strings.Contains(said, "没") && !strings.Contains(said, "未"):
		d.Standing = "authorised"
	case said == fold(t.say(labelOther)) || said == "换一个号码" || said == "换号码" || refuse[said] || strings.Contains(said, "没授权") || strings.Contains(said, "未授权") || strings.Contains(said, "没有授权"):
		d.Phone, d.Third, d.Standing = "", false, ""
	default:
		return t.retry(fThird, badThird)
	}
	return t.prompt()
}

// retry asks again after an answer that could not be used: first with the reason, then in easier words, then
// the question is skipped or a person is offered.
func (t *turn) retry(f field, why key) out {
	d := t.st.Draft
	if d.Tries == nil {
		d.Tries = map[field]int{}
	}
	d.Tries[f]++
	if d.Tries[f] > 2 && skippable(f) {
		return t.skipField(f)
	}
	o := t.ask(t.say(why))
	if d.Tries[f] > 2 && asks[f].easy != "" && slices.Contains(editable, f) {
		o.text = t.say(formStuck) + "\n" + o.text
	}
	return o
}

// goBack returns to the answer before.
func (t *turn) goBack() out {
	d := t.st.Draft
	if d.Edit != "" {
		d.Edit = ""
		delete(d.Asked, fConfirm)
		return t.prompt()
	}
	if len(d.Order) == 0 {
		return t.ask(t.say(formFirst))
	}
	f := d.Order[len(d.Order)-1]
	d.Order = d.Order[:len(d.Order)-1]
	d.set(f, "")
	d.answered(f)
	return t.ask(t.say(formBack))
}

// set changes a field; consent fields are taken back.
func (d *draft) set(f field, v string) {
	switch f {
	case fFirm:
		d.Firm = v
	case fTown:
		d.Town = v
	case fNeed:
		d.Need = v
	case fPlatform:
		d.Platform = v
	case fContact:
		d.Contact = v
	case fPhone:
		d.Phone, d.Third, d.Standing = v, false, ""
	case fConsent:
		d.Consent, d.Abroad = nil, false
	case fAbroad:
		d.Abroad = false
		if d.Consent != nil {
			d.Consent.Abroad = false
		}
	}
}
