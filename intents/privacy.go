package intents

import (
	"slices"
	"strings"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/store"
)

// privacy answers what a person asks about their data.
func (t *turn) privacy(ask understand.PrivacyAsk) out {
	if t.in.Message.Group {
		return out{text: t.say(groupOnly), intent: understand.Privacy}
	}
	switch ask {
	case understand.ShowData:
		return t.showData()
	case understand.Withdraw:
		return t.withdraw()
	case understand.StopNews:
		return t.stopNews()
	}
	return t.askErase()
}

// askErase asks before everything is erased.
func (t *turn) askErase() out {
	leads, err := t.leads()
	k := eraseAsk
	if err == nil && len(leads) == 0 && t.st.Draft == nil {
		k = eraseAskNone
	}
	t.st.Erase = true
	return out{text: t.say(k), intent: understand.Privacy, key: "erase", choices: []bot.Choice{t.choice(labelEraseYes), t.choice(labelEraseNo)}}
}

// erase removes all that is kept about the person, this conversation with it.
func (t *turn) erase() out {
	t.effects = append(t.effects, store.ErasePerson{Who: t.in.Message.From})
	*t.st = state{V: stateVersion, Lang: t.lang}
	return out{text: t.say(erased), intent: understand.Privacy}
}

// withdraw takes the consent back, in one step as it was given.
func (t *turn) withdraw() out {
	t.effects = append(t.effects, store.WithdrawConsent{Who: t.in.Message.From})
	t.st.Draft, t.st.Need, t.st.NeedAt = nil, "", 0
	leads, err := t.leads()
	k := withdrawnNone
	if err != nil || slices.ContainsFunc(leads, open) {
		k = withdrawn
	}
	return out{text: t.say(k), intent: understand.Privacy, choices: []bot.Choice{t.choice(labelErase), t.choice(labelShow)}}
}

func open(l store.Lead) bool { return l.Status != store.Closed && l.Status != store.Done }

func (t *turn) stopNews() out {
	return out{text: t.say(stopText), intent: understand.Privacy, choices: []bot.Choice{t.choice(labelWithdraw), t.choice(labelErase)}}
}

// showData lists what is held about the person, to the person. The number stays masked: a chat is read over
// shoulders.
func (t *turn) showData() out {
	leads, err := t.leads()
	o := out{intent: understand.Privacy, choices: []bot.Choice{t.choice(labelErase), t.choice(labelWithdraw)}}
	if err != nil {
		o.text = t.say(lookupFailed)
		return o
	}
	d := t.st.Draft
	if len(leads) == 0 && d == nil {
		o.text = t.say(showNone)
		return o
	}
	limit := room(o.choices) - 400
	parts := []string{t.say(showHead)}
	size := 0
	for _, l := range newestFirst(leads) {
		given := l.Organisation
		if given == "" {
			given = t.say(notPassed)
		}
		part := t.say(showLead, "number", l.Number, "date", t.date(l.Created), "state", t.statusWords(l), "firm", shorten(l.Firm, 40), "town", l.Town,
			"contact", l.Contact, "phone", l.Phone.Masked(), "type", t.typeLabel(l.Platform), "need", shorten(l.Need, 60)) +
			"\n" + t.say(showConsent, "date", t.date(l.Consent.At), "version", l.Consent.Version, "given", given)
		if size += len(part); size > limit {
			break
		}
		parts = append(parts, part)
	}
	if d != nil && size < limit-300 {
		parts = append(parts, t.say(showDraft, "firm", t.orNone(d.Firm), "town", t.orNone(d.Town), "contact", t.orNone(d.Contact), "phone", t.orNone(maskedOrEmpty(d.Phone)), "need", t.orNone(shorten(d.Need, 60))))
	}
	o.text = strings.Join(append(parts, t.say(showFoot)), "\n\n")
	return o
}

func maskedOrEmpty(p string) string {
	if p == "" {
		return ""
	}
	return store.Phone(p).Masked()
}

func (t *turn) orNone(s string) string {
	if s == "" {
		return t.say(notGiven)
	}
	return s
}

func (t *turn) typeLabel(slug string) string {
	if slices.Contains(slugs, slug) {
		return t.say(typeName(slug))
	}
	return t.say(unsureType)
}
