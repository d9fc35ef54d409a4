package intents

import (
	"strings"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/store"
)

// confirm takes the answer to the summary.
func (t *turn) confirm(said string) out {
	d := t.st.Draft
	switch {
	case affirms(said):
		if o, ok := t.twice(); ok {
			return o
		}
		return t.saveLead()
	case amend[said] || refuse[said]:
		d.Edit = fChoose
		return t.prompt()
	}
	return t.retry(fConfirm, badConfirm)
}

// affirms reports whether folded words are a yes to the summary.
func affirms(said string) bool { return affirm[said] || affirmHow.MatchString(said) }

// saveLead makes the lead. It refuses to without what the law and the form want; nothing but a fault of this
// package could lead here then.
func (t *turn) saveLead() out {
	d := t.st.Draft
	if d.Mends != "" {
		return t.mend()
	}
	abroad := t.in.Message.From.Platform == bot.Telegram
	if d.Consent == nil || !t.noticeFresh() || abroad && !d.Abroad || d.Contact == "" || d.Phone == "" || d.Third && d.Standing == "" {
		return t.prompt()
	}
	number := leadNumber(t)
	consent := *d.Consent
	consent.Abroad = abroad
	lead := store.Lead{
		Number: number, Created: t.in.Now, Firm: d.Firm, Town: d.Town, Contact: d.Contact, Phone: store.Phone(d.Phone), Extension: d.Ext, Platform: d.Platform, Need: d.Need,
		From: t.in.Message.From, Consent: consent, Status: store.New, Draft: d.ID,
	}
	if d.Third {
		lead.History = []store.Event{{At: t.in.Now, Actor: "person", Action: "number-standing", Detail: d.Standing}}
	}
	if lead.Need == "" {
		lead.Need = say("zh", notGiven)
	}
	t.effects = append(t.effects, store.SaveLead{Lead: lead})
	today := t.date(t.in.Now)
	t.st.Made = append(keepToday(t, today), t.in.Now.Unix())
	t.st.Draft, t.st.Need, t.st.NeedAt, t.st.Slug = nil, "", 0, ""
	t.st.Last, t.st.LastAt = number, t.in.Now.Unix()
	return out{
		text: t.say(formDone, "number", number, "within", t.optional(t.r.opt.Within, defaultWithin)), intent: understand.Referral, lead: number,
		choices: []bot.Choice{t.choice(labelStatus), t.choice(labelAsk)},
	}
}

func keepToday(t *turn, today string) []int64 {
	var list []int64
	for _, at := range t.st.Made {
		if t.dateUnix(at) == today {
			list = append(list, at)
		}
	}
	return list
}

// leadAlphabet has no look-alikes: no 0 O, 1 I L.
const leadAlphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

// leadNumber is the date in the office's zone and six characters drawn from the turn's randomness.
func leadNumber(t *turn) string {
	sum := derive(t.in.Nonce, "lead")
	var b strings.Builder
	b.WriteString(t.in.Now.In(t.r.opt.Zone).Format("20060102"))
	b.WriteByte('-')
	for i := range 6 {
		// Two bytes for each place leave a bias of less than one in a thousand.
		b.WriteByte(leadAlphabet[(int(sum[2*i])<<8|int(sum[2*i+1]))%len(leadAlphabet)])
	}
	return b.String()
}
