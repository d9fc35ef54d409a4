package intents

import (
	"regexp"
	"slices"
	"strings"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/knowledge"
	"smebot/store"
)

// privacy answers what a person asks about their data.
func (t *turn) privacy(ask understand.PrivacyAsk) out {
	if t.in.Message.Group {
		return out{text: t.say(groupOnly), intent: understand.Privacy}
	}
	switch ask {
	case understand.ShowData:
		return t.showData(0, false)
	case understand.Withdraw:
		switch {
		case aboutSharing(t.text):
			return t.shareAnswer(t.text)
		case wonders(t.text): // a question takes nothing back
			return t.rightsAnswer()
		case !takesConsentBack(t.text):
			return t.askWithdraw()
		}
		return t.withdraw()
	case understand.StopNews:
		return t.wantsOut()
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

// takingBack are words of which a withdrawal holds one. The consent is not ended by a guess: "得，同意" speaks of it too.
var takingBack = regexp.MustCompile(`不|别|唔|冇|没|撤|测回|收回|收返|取消|停|终止|反悔|作废|错|退出|算了|cancel|withdraw|revoke|\bnot?\b|n'?t\b|stop|undo|mistake|chehui|quxiao|buyao`)

// takesConsentBack reports whether a message that speaks of the consent may take it back.
func takesConsentBack(text string) bool {
	return takingBack.MatchString(lower(text)) && !saysAgree(fold(text))
}

// askWithdraw asks where a message may have meant it.
func (t *turn) askWithdraw() out {
	o := out{text: t.say(withdrawAsk), intent: understand.Privacy, key: sureKey, choices: []bot.Choice{t.choice(labelWithdraw), t.choice(labelMenu)}}
	switch {
	case t.inForm():
		o.choices[1] = t.choice(labelResume)
	case !t.hasOpen() && t.st.Draft == nil:
		o.text, o.choices = t.say(withdrawnNone), []bot.Choice{t.choice(labelErase), t.choice(labelShow)}
	}
	return o
}

// withdraw takes the consent back, in one step as it was given. A form that was not sent goes with it.
func (t *turn) withdraw() out {
	half := t.st.Draft != nil && t.st.Draft.Mends == ""
	t.effects = append(t.effects, store.WithdrawConsent{Who: t.in.Message.From})
	t.st.Draft, t.st.Need, t.st.NeedAt = nil, "", 0
	leads, err := t.leads()
	k := withdrawnNone
	if err != nil || slices.ContainsFunc(leads, open) {
		k = withdrawn
	} else if half {
		k = withdrawnHalf
	}
	return out{text: t.say(k), intent: understand.Privacy, choices: []bot.Choice{t.choice(labelErase), t.choice(labelShow)}}
}

func open(l store.Lead) bool { return l.Status != store.Closed && l.Status != store.Done }

// stopNews ends messages that are no replies. The request itself goes on.
func (t *turn) stopNews() out {
	t.effects = append(t.effects, store.News{Who: t.in.Message.From})
	if !t.hasOpen() && t.st.Draft == nil {
		return out{text: t.say(stopAlone), intent: understand.Privacy, choices: []bot.Choice{t.choice(labelNews), t.choice(labelErase)}}
	}
	return out{text: t.say(stopText), intent: understand.Privacy, choices: []bot.Choice{t.choice(labelNews), t.choice(labelWithdraw), t.choice(labelErase)}}
}

// wantNews takes messages about requests up again.
func (t *turn) wantNews() out {
	t.effects = append(t.effects, store.News{Who: t.in.Message.From, Wanted: true})
	return out{text: t.say(newsText), intent: understand.Privacy, choices: []bot.Choice{t.choice(labelStatus), t.choice(labelMenu)}}
}

// showData lists all that is held about the person, to the person: from the lead with that index on, newest first,
// as many as fit. Numbers are masked unless asked for in full, since a chat is read over shoulders.
func (t *turn) showData(from int, full bool) out {
	leads, err := t.leads()
	o := out{intent: understand.Privacy, choices: []bot.Choice{t.choice(labelErase), t.choice(labelWithdraw)}}
	t.st.Data, t.st.Reveal = 0, full
	if err != nil {
		o.text = t.say(lookupFailed)
		return o
	}
	d := t.st.Draft
	waits, err := t.waitingWords()
	if err != nil {
		o.text = t.say(lookupFailed)
		return o
	}
	if len(leads) == 0 && d == nil {
		o.text, o.choices = t.say(showNone), []bot.Choice{t.choice(labelErase), t.choice(labelMenu)}
		if waits != "" {
			o.text += "\n" + waits
		}
		return o
	}
	if slices.ContainsFunc(leads, open) {
		o.choices = append(o.choices, t.choice(labelCorrect))
	}
	if len(leads) > 0 && !full {
		o.choices = append(o.choices, t.choice(labelReveal))
	}
	next := t.choice(labelNext)
	foot := t.say(showFoot)
	if waits != "" {
		foot = waits + "\n" + foot
	}
	limit := room(append([]bot.Choice{next}, o.choices...)) - len(foot) - 100
	if t.inForm() {
		limit = t.briefRoom() - len(foot) - 100
	}
	var parts []string
	if d != nil && from == 0 {
		phone := store.Phone(d.Phone).Masked()
		if full {
			phone = t.number(d.Phone, d.Ext)
		}
		if d.Phone == "" {
			phone = ""
		}
		parts = append(parts, t.say(showDraft, "firm", t.orNone(t.firm(d.Firm)), "town", t.orNone(t.inScript(d.Town)), "contact", t.orNone(d.Contact), "phone", t.orNone(phone), "need", t.orNone(d.Need)))
		limit -= len(parts[0])
	}
	leads = newestFirst(leads)
	shown := min(from, len(leads))
	for _, l := range leads[shown:] {
		part := t.showLead(l, full)
		if limit -= len(part) + 2; limit < 0 && shown > from {
			break
		}
		parts = append(parts, part)
		shown++
	}
	if shown < len(leads) && !t.inForm() {
		t.st.Data = shown
		o.choices = append([]bot.Choice{next}, o.choices...)
	}
	o.text = t.say(showHead) + "\n\n" + strings.Join(append(parts, foot), "\n\n")
	return o
}

// showLead writes one lead with its consent and who it was passed to.
func (t *turn) showLead(l store.Lead, full bool) string {
	given, phone := l.Organisation, l.Phone.Masked()
	if given == "" {
		given = t.say(notPassed)
	}
	if full {
		phone = t.number(l.Phone.Reveal(), l.Extension) // asked for, by its owner
	}
	return t.say(showLead, "number", l.Number, "date", t.date(l.Created), "state", strings.TrimRight(t.statusWords(l), "。."), "firm", t.firm(l.Firm), "town", t.orNone(t.inScript(l.Town)),
		"contact", l.Contact, "phone", phone, "type", t.typeLabel(l.Platform), "need", l.Need) +
		"\n" + t.say(showConsent, "date", t.date(l.Consent.At), "version", l.Consent.Version, "given", given) + t.givings(l)
}

// shownGivings is how many givings of a lead are listed, the latest.
const shownGivings = 3

// givings tells to whom a lead was given and when, "" if to nobody.
func (t *turn) givings(l store.Lead) string {
	if t.r.given == nil {
		return ""
	}
	all, err := t.r.given(t.ctx, l.Number)
	if err != nil || len(all) == 0 {
		return ""
	}
	var list []string
	for _, g := range all[:min(len(all), shownGivings)] {
		list = append(list, t.say(showGiving, "receiver", t.orNone(shorten(g.Receiver, nearName)), "date", t.date(g.At)))
	}
	return "\n" + t.say(showGivings, "list", strings.Join(list, t.say(listSeparator)))
}

func (t *turn) orNone(s string) string {
	if s == "" {
		return t.say(notGiven)
	}
	return s
}

func (t *turn) typeLabel(slug string) string { return PlatformName(t.lang, slug) }

// PlatformName is a platform type's short name, or that it is not settled yet.
func PlatformName(l knowledge.Language, slug string) string {
	if slices.Contains(slugs, slug) {
		return say(l, typeName(slug))
	}
	return say(l, unsureType)
}
