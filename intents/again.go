package intents

import (
	"regexp"
	"slices"
	"time"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/store"
)

// fSame asks whether another request is for the same firm and person as the last one.
const fSame field = "same"

// sameLife is how long after a request its firm and person are offered for another.
const sameLife = 30 * 24 * time.Hour

// offerSame offers what the person's last request holds to a form that was just begun and names no firm.
func (t *turn) offerSame() {
	d := t.st.Draft
	if l, ok := t.lastLead(); ok && d.Firm+d.Contact+d.Phone == "" && t.in.Now.Sub(l.Created) < sameLife {
		d.Same = l.Number
	}
}

// lastLead returns the person's newest request that was not taken back.
func (t *turn) lastLead() (store.Lead, bool) {
	leads, err := t.leads()
	if err != nil {
		return store.Lead{}, false
	}
	leads = newestFirst(leads)
	i := slices.IndexFunc(leads, func(l store.Lead) bool { return l.Reason != store.Withdrawn && l.Firm != "" && l.Phone != "" })
	if i < 0 {
		return store.Lead{}, false
	}
	return leads[i], true
}

// askSame writes the question, or drops it where that request is gone.
func (t *turn) askSame() (string, []bot.Choice) {
	l, ok := t.lastLead()
	if !ok || l.Number != t.st.Draft.Same {
		t.st.Draft.Same = ""
		return t.question(t.step())
	}
	words := t.say(askSameAs, "firm", shorten(t.firm(l.Firm), 30), "town", t.orNone(t.inScript(l.Town)), "contact", l.Contact, "phone", l.Phone.Masked())
	return words, []bot.Choice{t.choice(labelSame), t.choice(labelNotSame), t.choice(labelCancel)}
}

var notTheSame = regexp.MustCompile(`^(?:不是|不一样|不同|唔系|唔同|要改|换|另一?家|别的|其他|改|no\b|other|another)`)

// sameAnswer takes the answer to askSame. Fields told instead of one are taken as such.
func (t *turn) sameAnswer(text, said string) (out, bool) {
	d := t.st.Draft
	switch {
	case neverAgrees(text): // no to the notice, which ends the form
	case affirms(said) || said == fold(t.say(labelSame)) || said == fold(say("zh", labelSame)):
		l, ok := t.lastLead()
		if ok && l.Number == d.Same {
			d.Firm, d.Contact, d.Phone, d.Ext = l.Firm, l.Contact, l.Phone.Reveal(), l.Extension // its owner says so
			if d.Town == "" {
				d.Town = l.Town
			}
			t.waits()
		}
		d.Same = ""
		return t.prompt(), true
	case refuse[said], notTheSame.MatchString(said), noFirm.MatchString(said), said == fold(say("zh", labelNoFirm)), detailsIn(text).count() > 0:
		d.Same = ""
		if notTheSame.MatchString(said) && detailsIn(text).count() == 0 || refuse[said] {
			return t.prompt(), true
		}
	default:
		if _, ok := firmOf(text); ok && !asksSomething(text) {
			if res := t.understood(); res.Intent == understand.NoAnswer || res.Intent == understand.Greeting {
				d.Same = ""
			}
		}
	}
	return out{}, false
}

// twice asks before the same request is made a second time on one day.
func (t *turn) twice() (out, bool) {
	d := t.st.Draft
	if d.Twice || d.Mends != "" {
		return out{}, false
	}
	leads, err := t.leads()
	if err != nil {
		return out{}, false
	}
	i := slices.IndexFunc(leads, func(l store.Lead) bool {
		return open(l) && t.date(l.Created) == t.date(t.in.Now) && l.Firm == d.Firm && l.Need == d.Need && l.Platform == d.Platform && l.Phone == store.Phone(d.Phone)
	})
	if i < 0 {
		return out{}, false
	}
	d.Twice = true
	return out{text: t.say(askTwice, "number", leads[i].Number), intent: understand.Referral, key: sureKey, choices: []bot.Choice{
		{Label: t.say(labelOnceMore), Value: say("zh", labelConfirm)}, {Label: t.say(labelNotTwice), Value: say("zh", labelCancel)},
	}}, true
}
