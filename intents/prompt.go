package intents

import (
	"strings"
	"unicode/utf8"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/knowledge/places"
)

// asks are the sentences of each field: the question, an easier one after a failure, and why it is asked.
var asks = map[field]struct{ ask, easy, why key }{
	fFirm:     {askFirm, easyFirm, whyFirm},
	fTown:     {askTown, easyTown, whyTown},
	fNeed:     {askNeed, easyNeed, whyNeed},
	fPlatform: {askPlatform, easyPlatform, whyNeed},
	fConsent:  {askConsent, easyConsent, whyConsent},
	fAbroad:   {askAbroad, easyAbroad, whyAbroad},
	fContact:  {askContact, easyContact, whyContact},
	fPhone:    {askPhone, easyPhone, whyPhone},
	fThird:    {askThird, easyThird, whyPhone},
	fChoose:   {askEdit, easyEdit, whyNeed},
	fConfirm:  {askConfirm, easyConfirm, whyConfirm},
	fSame:     {askSameAs, askSameAs, whyFirm},
}

// names are the captions of the fields in the summary.
var names = map[field]key{fFirm: fieldFirm, fTown: fieldTown, fNeed: fieldNeed, fPlatform: fieldPlatform, fContact: fieldContact, fPhone: fieldPhone}

// ask puts words before the current question.
func (t *turn) ask(first string) out {
	o := t.prompt()
	if first != "" {
		o.text = first + "\n" + o.text
	}
	return o
}

// prompt asks what the form needs next. The first question comes with the notice.
func (t *turn) prompt() out {
	d := t.st.Draft
	step := t.step()
	o := out{intent: understand.Referral, key: "form:" + d.ID + ":" + string(step)}
	o.text, o.choices = t.question(step)
	if d.Notice == "" && d.Mends == "" {
		o.text = t.say(formOpening) + "\n" + t.showNotice() + "\n\n" + t.say(formHint) + "\n" + o.text
	}
	return o
}

// sameWords is how often a question is put in the same words; after that it is put another way.
const sameWords = 2

// question returns the words and choices of a step.
func (t *turn) question(step field) (string, []bot.Choice) {
	d := t.st.Draft
	k, again := asks[step].ask, d.Asked[step] >= sameWords || step == fConfirm && d.Asked[step] > 0 // the summary is long
	if again {
		k = asks[step].easy
	}
	cancel := t.choice(labelCancel)
	var choices []bot.Choice
	switch step {
	case fFirm:
		choices = append(choices, t.choice(labelNoFirm))
	case fTown:
		if d.Which != "" {
			return t.say(nearWhich, "town", d.Which), append(t.townChoices(t.likely(places.Only(d.Which))), cancel)
		}
		for _, town := range t.townsOffered() {
			choices = append(choices, t.townChoice(town))
		}
		if hint := t.townHinted(); hint != "" && k == askTown {
			return t.say(askTownIs, "town", t.inScript(hint)), append(choices, cancel)
		}
	case fSame:
		return t.askSame()
	case fPlatform:
		choices = append(t.typeChoices(), t.choice(labelUnsure))
		return t.say(k), choices
	case fConsent:
		switch {
		case again:
		case d.Asked[step] > 0:
			k = consentNow
		case d.Contact != "" && d.Phone != "":
			k = askConsentKept
		}
		f := t.r.opt.filled(t.lang)
		return t.say(k, "purpose", f["purpose"], "receiver", f["receiver"], "retention", f["retention"]),
			[]bot.Choice{t.choice(labelAgree), t.choice(labelRefuse), t.choice(labelNotice)}
	case fAbroad:
		return t.say(k), []bot.Choice{t.choice(labelAgree), t.choice(labelRefuse)}
	case fThird:
		return t.say(k), []bot.Choice{t.choice(labelMine), t.choice(labelAuthorised), t.choice(labelOther), cancel}
	case fChoose:
		for _, f := range editable {
			choices = append(choices, bot.Choice{Label: t.say(names[f]), Value: "修改" + say("zh", names[f])})
		}
		return t.say(k), choices
	case fConfirm:
		words := t.say(k, "centre", t.optional(t.r.opt.Centre, defaultCentre), "contact", t.optional(t.r.opt.Contact, defaultContact), "firm", shorten(t.firm(d.Firm), 30), "phone", t.number(d.Phone, d.Ext))
		if d.Mends != "" {
			words = t.say(askMend)
		}
		if !again || d.Mends != "" {
			words = t.summary() + "\n\n" + words
		}
		return words, []bot.Choice{t.choice(labelConfirm), t.choice(labelEdit), t.choice(labelQuit)}
	}
	if d.Tries[step] >= 2 {
		if skippable(step) {
			choices = append(choices, t.choice(labelSkip))
		} else {
			choices = append(choices, t.choice(labelHuman))
		}
	}
	return t.say(k), append(choices, cancel)
}

// typeChoices are the nine types, named shortly.
func (t *turn) typeChoices() []bot.Choice {
	var list []bot.Choice
	for _, s := range slugs {
		list = append(list, bot.Choice{Label: t.say(typeName(s)), Value: say("zh", typeName(s))})
	}
	return list
}

// summary shows what the lead will hold. The number is shown whole: this is where a slip is found.
func (t *turn) summary() string {
	d := t.st.Draft
	lines := []string{t.say(summaryHead)}
	for _, f := range editable {
		v := d.value(f)
		switch {
		case f == fPlatform && v != "":
			v = t.say(typeName(v))
		case f == fPlatform:
			v = t.say(unsureType)
		case f == fTown:
			v = t.inScript(v)
		case f == fFirm:
			v = t.firm(v)
		case f == fPhone:
			v = t.number(v, d.Ext)
		case f == fNeed:
			v = shorten(v, 120)
		}
		if v == "" {
			v = t.say(notGiven)
		}
		lines = append(lines, t.say(summaryLine, "field", t.say(names[f]), "value", v))
	}
	return strings.Join(lines, "\n")
}

// firm writes a firm's name, or that there is none yet.
func (t *turn) firm(name string) string {
	if name == say("zh", notYetFirm) {
		return t.say(notYetFirm)
	}
	return name
}

// number writes a telephone number with its extension.
func (t *turn) number(e164, ext string) string {
	if ext == "" {
		return ReadablePhone(e164)
	}
	return t.say(withExtension, "phone", ReadablePhone(e164), "ext", ext)
}

func (d *draft) value(f field) string {
	switch f {
	case fFirm:
		return d.Firm
	case fTown:
		return d.Town
	case fNeed:
		return d.Need
	case fPlatform:
		return d.Platform
	case fContact:
		return d.Contact
	case fPhone:
		return d.Phone
	}
	return ""
}

// caption shortens words that are offered as a choice to a width, where a Chinese character is as wide as two
// Latin letters. Latin words are not cut in their middle.
func caption(s string, width int) string {
	wide := func(r rune) int {
		if r >= 0x2E80 {
			return 2
		}
		return 1
	}
	all, fits := 0, 0
	for i, r := range s {
		if all += wide(r); all < width {
			fits = i + len(string(r))
		}
	}
	if all <= width {
		return s
	}
	cut := s[:fits]
	if next, _ := utf8.DecodeRuneInString(s[fits:]); wide(next) == 1 {
		if at := strings.LastIndexByte(cut, ' '); at > 0 {
			cut = cut[:at]
		}
	}
	return strings.TrimRight(cut, " ,;:，；：、") + "…"
}

// shorten cuts a text to a number of characters and marks it.
func shorten(s string, n int) string {
	if c := cutRunes(s, n-1); c != s && len([]rune(s)) > n {
		return c + "…"
	}
	return s
}
