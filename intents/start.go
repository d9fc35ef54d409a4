package intents

import (
	"cmp"
	"encoding/hex"
	"strings"
	"time"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/knowledge/places"
	"smebot/store"
)

// openLimit is how many leads of one day a person may have open.
const openLimit = 3

// startForm begins a referral. slug is the platform type if the request names one, text the message that asked.
// What the person told before it, not long ago, is kept as the need.
func (t *turn) startForm(slug, text string) out {
	if t.in.Message.Group {
		return out{text: t.say(groupOnly), intent: understand.Referral}
	}
	if !t.in.Message.Leads {
		o := out{text: t.office(noLeadsHere), intent: understand.Referral}
		o.choices = []bot.Choice{t.choice(labelAsk), t.choice(labelPlatform)}
		return o
	}
	if t.st.Minor != 0 || saysMinor(text) {
		had := t.st.Draft != nil
		o := t.minor()
		if !had {
			o.text = t.say(minorEarly)
		}
		return o
	}
	if k, bad := holdsForbidden(text); bad {
		return t.withMenu(out{text: t.say(k), intent: understand.Referral})
	}
	if d := t.st.Draft; d != nil {
		d.Paused = false
		if slug != "" && d.Platform == "" {
			d.Platform = slug
		}
		o := t.prompt()
		o.text = t.say(formRunning) + "\n" + o.text
		return o
	}
	if t.openToday() >= openLimit {
		return out{text: t.say(formLimit), intent: understand.Referral, choices: []bot.Choice{t.choice(labelStatus), t.choice(labelHuman)}}
	}
	id := derive(t.in.Nonce, "draft")
	now := t.in.Now.Unix()
	t.st.Guide, t.st.Page = nil, nil
	d := &draft{ID: hex.EncodeToString(id[:10]), Began: now, Touched: now, Platform: slug}
	t.st.Draft = d
	told := detailsIn(text)
	if told.count() == 0 {
		if !asksOnly(text) {
			d.Need = needOf(text)
			d.Carried = d.Need != "" && !wantsSome(text)
		}
	} else if told.need == "" { // a need must not keep the name of a person who has not agreed yet
		d.Need = needOf(strings.Join(told.other, "，"))
	}
	if d.Need == "" && told.need == "" {
		d.Need, d.Carried = t.st.Need, t.st.Need != ""
	}
	if text != "" { // what was understood of it counts less than what it names, and than what was spoken of
		d.Platform = cmp.Or(typeIn(text), t.st.Slug, slug)
		d.Guessed = typeIn(text) == "" && t.st.Slug == "" && slug != ""
	}
	early := t.fill(told, true)
	t.offerSame()
	if p, ok := places.ByName(t.st.Town); ok && t.st.Ours && p.Level == places.Town && d.Town == "" && d.Which == "" {
		d.Town = p.Full()
	}
	if d.Need != "" && d.Platform == "" && !d.Carried {
		res := t.r.understand.Understand(d.Need)
		t.res = &res
		t.inferType()
	}
	o := t.prompt()
	if early && !(t.step() == fConsent && d.Contact != "" && d.Phone != "") {
		o.text = strings.Replace(o.text, "\n\n", "\n"+t.say(formKept)+"\n\n", 1)
	}
	return o
}

// fill puts what was found in a message into empty fields. early says that the consent is not given yet. It
// reports whether contact details were set aside.
func (t *turn) fill(f details, early bool) bool {
	d := t.st.Draft
	set := func(to *string, v string) {
		if v != "" && *to == "" {
			*to = v
		}
	}
	set(&d.Firm, f.firm)
	if f.town != "" && d.Town == "" {
		d.Town, d.Which = t.oneTown(f.town)
	}
	set(&d.Need, f.need)
	before := d.Contact + d.Phone
	set(&d.Contact, f.contact)
	if f.phone != "" && d.Phone == "" {
		d.Phone, d.Ext, d.Third = f.phone, f.ext, f.third || d.Third || f.contact != "" && aboutOther(t.text)
		d.vouch(t.text)
	}
	if told := d.Contact+d.Phone != before; told && early && d.Consent == nil {
		d.Told = t.in.Now.Unix()
		return true
	}
	return false
}

// openToday counts the person's leads made today that are still open.
func (t *turn) openToday() int {
	today := t.date(t.in.Now)
	leads, err := t.leads()
	if err != nil {
		n := 0
		for _, at := range t.st.Made {
			if t.date(time.Unix(at, 0)) == today {
				n++
			}
		}
		return n
	}
	n := 0
	for _, l := range leads {
		if t.date(l.Created) == today && l.Status != store.Done && l.Status != store.Closed {
			n++
		}
	}
	return n
}

// minor ends collecting and erases what was collected.
func (t *turn) minor() out {
	t.st.Draft, t.st.Need, t.st.NeedAt = nil, "", 0
	t.st.Minor = t.in.Now.Unix()
	return out{text: t.say(formMinor), intent: understand.Referral, choices: []bot.Choice{t.choice(labelAsk), t.choice(labelHelp)}}
}

// leaveForm erases the form.
func (t *turn) leaveForm() out {
	if t.st.Draft.Mends != "" {
		t.st.Draft = nil
		return t.withMenu(out{text: t.say(mendLeft), intent: understand.Referral})
	}
	t.st.Draft, t.st.Need, t.st.NeedAt = nil, "", 0
	return t.withMenu(out{text: t.say(formLeft), intent: understand.Referral})
}
