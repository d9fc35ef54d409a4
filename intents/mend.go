package intents

import (
	"encoding/hex"
	"regexp"
	"slices"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/store"
)

// mendNumber is "更正 20261122-7K3QWM", the value of a choice.
var mendNumber = regexp.MustCompile(`^更正\s*(20\d{6}-[0-9A-Z]{6})$`)

// startMend begins the correction of an open lead of the person: the form, filled in as the lead is. A number that
// is not theirs is as none.
func (t *turn) startMend(number string) out {
	o := out{intent: understand.Privacy}
	if t.in.Message.Group {
		o.text = t.say(groupOnly)
		return o
	}
	if d := t.st.Draft; d != nil {
		d.Paused = false
		return t.ask(t.say(formRunning))
	}
	leads, err := t.leads()
	if err != nil {
		o.text = t.say(lookupFailed)
		return t.withMenu(o)
	}
	leads = slices.DeleteFunc(newestFirst(leads), func(l store.Lead) bool { return !open(l) || number != "" && l.Number != number })
	switch {
	case len(leads) == 0:
		o.text = t.say(mendNone)
		return t.withMenu(o)
	case len(leads) > 1:
		o.text, o.key = t.say(mendWhich), "mend"
		for _, l := range leads[:min(len(leads), shownLeads)] {
			o.choices = append(o.choices, bot.Choice{Label: l.Number + " " + t.typeLabel(l.Platform), Value: say("zh", labelCorrect) + " " + l.Number})
		}
		return o
	}
	l := leads[0]
	id := derive(t.in.Nonce, "draft")
	now := t.in.Now.Unix()
	consent := l.Consent
	d := &draft{
		ID: hex.EncodeToString(id[:10]), Mends: l.Number, Began: now, Touched: now, Firm: l.Firm, Town: l.Town, Need: l.Need, Platform: l.Platform,
		Contact: l.Contact, Phone: l.Phone.Reveal(), Ext: l.Extension, // to be shown to its owner and changed
		Consent: &consent, Abroad: consent.Abroad, Language: t.lang, Edit: fChoose,
	}
	d.Notice = t.r.version(d.Language, t.in.Message.From.Platform) // the lead's consent stands; nothing is asked anew
	d.Skipped = []field{fTown, fNeed, fPlatform}
	t.st.Draft, t.st.Guide, t.st.Page = d, nil, nil
	return t.prompt()
}

// mendsInWords reports whether a message corrects a field that it names: "电话写错了，应该是139…", "我换号码了".
func mendsInWords(text string) bool {
	original := plain(text)
	s := lower(original)
	if asksSomething(text) {
		return false
	}
	for _, re := range corrections {
		if f, _, _, ok := parts(re, s, original); ok && f != "" {
			return true
		}
	}
	for _, re := range []*regexp.Regexp{changed, amending} {
		if m := re.FindStringSubmatch(s); m != nil && fieldNamed(fold(namedGroup(re, m, "field"))) != "" {
			return true
		}
	}
	return false
}

// mendInWords begins the correction of the person's open lead with the message that corrects it.
func (t *turn) mendInWords(text string) out {
	o := t.startMend("")
	d := t.st.Draft
	if d == nil || d.Mends == "" {
		return o // there are several, or none
	}
	d.Edit = ""
	if o, ok := t.correction(text); ok {
		return o
	}
	d.Edit = fChoose
	return t.prompt()
}

// mend puts the corrected values into the lead.
func (t *turn) mend() out {
	d := t.st.Draft
	t.st.Draft = nil
	o := out{intent: understand.Referral, choices: []bot.Choice{t.choice(labelStatus), t.choice(labelAsk)}}
	leads, err := t.leads()
	if err != nil {
		t.st.Draft = d
		return t.ask(t.say(lookupFailed))
	}
	i := slices.IndexFunc(leads, func(l store.Lead) bool { return l.Number == d.Mends && open(l) })
	if i < 0 {
		o.text = t.say(mendNone)
		return o
	}
	l := leads[i]
	var changed []string
	set := func(f field, to *string, v string) {
		if *to != v {
			*to = v
			changed = append(changed, string(f))
		}
	}
	set(fFirm, &l.Firm, d.Firm)
	set(fTown, &l.Town, d.Town)
	set(fNeed, &l.Need, d.Need)
	set(fPlatform, &l.Platform, d.Platform)
	set(fContact, &l.Contact, d.Contact)
	if l.Phone != store.Phone(d.Phone) || l.Extension != d.Ext {
		l.Phone, l.Extension = store.Phone(d.Phone), d.Ext
		what := string(fPhone)
		if d.Third {
			what += " (number-standing: " + d.Standing + ")"
		}
		changed = append(changed, what)
	}
	if len(changed) == 0 {
		o.text = t.say(mendLeft)
		return o
	}
	t.effects = append(t.effects, store.CorrectLead{Lead: l, Fields: changed})
	o.text = t.say(mendDone, "number", l.Number)
	return o
}
