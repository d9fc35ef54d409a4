package intents

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

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
	case d.Same != "":
		return fSame
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
	said := undouble(fold(text))
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
	if d.Same != "" {
		if o, ok := t.sameAnswer(text, said); ok {
			return o
		}
	}
	step := t.step()
	switch {
	case saysAgree(said) && !asksSomething(text) && d.Notice != "" && (d.Consent == nil || step == fAbroad):
		return t.agreed(step)
	case refuse[said] && (step == fConsent || step == fAbroad), neverAgrees(text):
		return t.refused()
	case strings.HasPrefix(said, "登记需求") || strings.HasPrefix(said, "我想登记") || strings.HasPrefix(said, "我要登记"):
		if f := detailsIn(text); f.count() == 0 {
			return t.ask(t.say(formRunning))
		}
	}
	if d.Edit != "" && d.Edit != fChoose && (skipsEdit[said] || affirmHow.MatchString(said) && !affirm[said]) {
		d.Edit = ""
		delete(d.Asked, fConfirm)
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
	if chosen && t.st.Menu != nil && t.st.Menu.Key == phonesKey && step != fPhone {
		if _, _, fault := findPhone(text); fault == phoneOK {
			return t.change(fPhone, text)
		}
	}
	if !chosen {
		if o, ok := t.vouched(step, text); ok {
			return o
		}
		if o, ok := t.needTold(step, text); ok {
			return o
		}
		if o, ok := t.correction(text); ok {
			return o
		}
		if o, ok := t.both(step, text); ok {
			return o
		}
		if t.complains(step, text) && utf8.RuneCountInString(text) >= wholeStory {
			if o, ok := t.several(step, text); ok {
				return o
			}
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

// skipsEdit are the words that leave a field being changed as it was.
var skipsEdit = words("确认 确认提交 提交 没问题 confirm submit")

// several takes a message that fills more than one field, or another than the one asked for.
func (t *turn) several(step field, text string) (out, bool) {
	d := t.st.Draft
	if step == fConfirm || step == fThird || step == fChoose || d.Edit != "" {
		return out{}, false
	}
	if list := firmsTold(text); list != nil && d.Firm == "" {
		return t.askWhichFirm(list), true
	}
	f := detailsIn(text)
	if step == fNeed && f.firm == "" && (f.contact == "" || f.bare) {
		return out{}, false // a need is told in all sorts of words
	}
	if noFirm.MatchString(fold(text)) && step == fFirm {
		return out{}, false
	}
	if f.fault == phoneNoCode && f.count() == 0 && step != fPhone && (letters(strings.Join(f.other, "")) <= 4 || aboutPhone.MatchString(lower(text))) {
		d.Part = line(phoneLike.FindString(digits(text)))
		if d.Consent == nil {
			t.waits()
		}
		return t.ask(t.say(badArea)), true
	}
	if d.Part != "" && step != fPhone && f.phone == "" && letters(text) <= 8 { // 香港, the code that was missing
		if n, ext, _, fault := findLine(text + " " + d.Part); fault == phoneOK {
			f.phone, f.ext, d.Part, d.Phone = n, ext, "", ""
		}
	}
	if f.need == "" && t.complains(step, text) {
		f.need = cutRunes(line(mask(text)), maxNeed)
	}
	if f.count() < 2 && !t.elsewhere(step, f) {
		return out{}, false
	}
	if step == fContact && f.contact == "" && f.phone != "" {
		// "陈生的店 138…": the words beside the number are the name if they can be one.
		if _, rest, _ := findPhone(text); rest != "" {
			f.contact, _ = contactOf(rest)
		}
	}
	before := *d
	if f.need != "" && d.Carried {
		d.Need = "" // what was said before the form gives way to what is said in it
	}
	told := t.fill(f, true)
	d.Need = cmp.Or(d.Need, before.Need)
	d.Carried = d.Carried && d.Need == before.Need
	d.Platform = cmp.Or(d.Platform, f.slug)
	if before.Firm == d.Firm && before.Town == d.Town && before.Which == d.Which && before.Need == d.Need && before.Contact == d.Contact && before.Phone == d.Phone {
		return out{}, false
	}
	if before.Need != d.Need {
		if (before.Carried || before.Guessed) && before.Platform == d.Platform && f.slug == "" {
			d.Platform = typeIn(d.Need)
		}
		res := t.r.understand.Understand(d.Need) // the message holds more than the need
		t.res = &res
		if t.inferType(); d.Platform == "" {
			d.Platform = before.Platform
		}
	}
	if told && !(t.step() == fConsent && d.Asked[fConsent] == 0 && d.Contact != "" && d.Phone != "") { // that question says it too
		return t.ask(t.say(t.keptWords())), true
	}
	if t.step() == step && !told {
		return t.ask(t.say(formNoted)), true
	}
	return t.prompt(), true
}

// aboutPhone names a telephone number.
var aboutPhone = regexp.MustCompile(`电话|手机|号码|phone|number|mobile`)

// keptWords says what becomes of contact details told out of turn: they wait for the consent, or stand in the request.
func (t *turn) keptWords() key {
	if t.st.Draft.Consent != nil {
		return formNoted
	}
	return formKept
}

// elsewhere reports whether one field was told while another is asked for.
func (t *turn) elsewhere(step field, f details) bool {
	d := t.st.Draft
	switch {
	case f.phone != "":
		return d.Phone == "" && step != fPhone
	case f.firm != "":
		return d.Firm == "" && step != fFirm
	case f.town != "":
		return d.Town == "" && step != fTown
	case f.contact != "":
		return d.Contact == "" && step != fContact && (!f.bare || step == fPhone)
	case f.need != "":
		return (d.Need == "" || d.Carried) && step != fNeed && step != fPlatform
	}
	return false
}

// trouble are words of which a complaint holds one; the name of a firm does not.
var trouble = regexp.MustCompile(`被|老是|总是|不|没|冇|唔|缺|太|退|贵|难|差|乱|坏|招|降|怎么|想|要|need|want|cannot|can't|no |not |too |bad|short of`)

// wholeStory is how long in characters a message is that tells what troubles the firm, and not a question.
const wholeStory = 25

// complains reports whether a message says in a complaint what the firm needs, while something else is asked for.
func (t *turn) complains(step field, text string) bool {
	d := t.st.Draft
	if d.Need != "" && !d.Carried || step == fNeed || step == fPlatform || step == fConsent || step == fAbroad || !trouble.MatchString(lower(text)) {
		return false
	}
	res := t.understood()
	if utf8.RuneCountInString(text) >= wholeStory { // whoever tells so much tells the need, whatever it asks besides
		return res.Intent == understand.Platform || res.Intent == understand.Clarify
	}
	return !asksSomething(text) && res.Intent == understand.Platform && res.Confidence >= sure
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
	if d.Asked[f] >= sameWords && (f == fAbroad || f == fThird || f == fChoose) || d.Asked[f] > 0 && f == fConsent {
		return t.prompt() // the easier words say it already
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
	f := d.before(t.step())
	if f == "" {
		return t.ask(t.say(formFirst))
	}
	d.set(f, "")
	d.answered(f)
	return t.ask(t.say(formBack))
}

// before returns the answer to go back to, "" if there is none: the last one given to a question, else the nearest
// one before the current question that was told unasked.
func (d *draft) before(step field) field {
	if n := len(d.Order); n > 0 {
		f := d.Order[n-1]
		d.Order = d.Order[:n-1]
		return f
	}
	sequence := []field{fFirm, fTown, fNeed, fPlatform, fConsent, fContact, fPhone}
	at := slices.Index(sequence, step)
	if at < 0 {
		at = len(sequence)
	}
	for _, f := range slices.Backward(sequence[:at]) {
		if d.value(f) != "" && !(f == fPlatform && d.Guessed) || f == fConsent && d.Consent != nil || slices.Contains(d.Skipped, f) {
			return f
		}
	}
	return ""
}

// set changes a field; consent fields are taken back.
func (d *draft) set(f field, v string) {
	switch f {
	case fFirm:
		d.Firm = v
	case fTown:
		d.Town = v
	case fNeed:
		d.Need, d.Carried = v, false
	case fPlatform:
		d.Platform, d.Guessed = v, false
	case fContact:
		d.Contact = v
	case fPhone:
		d.Phone, d.Ext, d.Part, d.Third, d.Standing = v, "", "", false, ""
	case fConsent:
		d.Consent, d.Abroad = nil, false
	case fAbroad:
		d.Abroad = false
		if d.Consent != nil {
			d.Consent.Abroad = false
		}
	}
}
