package intents

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/store"
)

// shownLeads is how many leads a status lists.
const shownLeads = 5

var leadPattern = regexp.MustCompile(`20\d{6}\s*-\s*[0-9A-Za-z]{4,8}`)

// status tells the person's own leads. A number of somebody else's gets the same words as one that never was.
func (t *turn) status(text string) out {
	o := out{intent: understand.Status}
	if t.in.Message.Group {
		o.text = t.say(groupOnly)
		return o
	}
	leads, err := t.leads()
	if err != nil {
		o.text = t.say(lookupFailed)
		return o
	}
	leads = newestFirst(leads)
	if want := leadPattern.FindString(text); want != "" {
		want = strings.ToUpper(strings.Join(strings.Fields(want), ""))
		leads = slices.DeleteFunc(leads, func(l store.Lead) bool { return l.Number != want })
		if len(leads) == 0 {
			o.text = t.say(statusUnknown)
			return t.withMenu(o)
		}
	}
	if len(leads) == 0 {
		o.text = t.say(statusNone)
		if t.st.Draft != nil {
			o.text = t.say(statusHalf)
			o.choices = append(o.choices, t.choice(labelResume))
		} else if t.takesLeads() {
			o.choices = append(o.choices, t.choice(labelRegister))
		}
		o.choices = append(o.choices, t.choice(labelMenu))
		return o
	}
	lines := []string{t.say(statusHead)}
	for i, l := range leads {
		if i == shownLeads {
			lines = append(lines, t.say(statusMore, "count", strconv.Itoa(len(leads)-shownLeads)))
			break
		}
		lines = append(lines, t.say(statusLine, "number", l.Number, "when", t.when(l.Created), "type", t.typeLabel(l.Platform), "state", t.statusWords(l)))
	}
	if t.st.Draft != nil {
		lines = append(lines, t.say(statusDraft))
		o.choices = append(o.choices, t.choice(labelResume))
	}
	o.text = strings.Join(lines, "\n")
	if _, ok := t.openLead(); ok {
		o.choices = append(o.choices, t.choice(labelUrge))
	}
	o.choices = append(o.choices, t.choice(labelHuman), t.choice(labelMenu))
	return o
}

// when says how long ago a lead was made, in calendar days of the office's zone.
func (t *turn) when(at time.Time) string {
	day := func(at time.Time) time.Time {
		y, m, d := at.In(t.r.opt.Zone).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	days := int(day(t.in.Now).Sub(day(at)) / (24 * time.Hour))
	if days <= 0 {
		return t.say(stToday)
	}
	return t.say(stDays, "date", t.date(at), "days", strconv.Itoa(days))
}

func newestFirst(leads []store.Lead) []store.Lead {
	leads = slices.Clone(leads)
	slices.SortStableFunc(leads, func(a, b store.Lead) int { return cmp.Compare(b.Created.Unix(), a.Created.Unix()) })
	return leads
}

// LateDays is after how many working days a request that nobody took up is late: staff are told so as well.
const LateDays = 3

// PromisedDays is within how many working days people are told that they will be contacted, as defaultWithin says: a day
// before they are late, so that staff see what is due.
const PromisedDays = 2

// statusWords says in plain words where a lead stands and what comes next.
func (t *turn) statusWords(l store.Lead) string {
	k := stNew
	switch l.Status {
	case store.New:
		if !t.r.open.After(l.Created.In(t.r.opt.Zone), LateDays).After(t.in.Now) {
			k = stLate
		}
	case store.Contacted:
		k = stContacted
	case store.Referred:
		if k = stReferred; l.Organisation != "" {
			k = stReferredTo
		}
	case store.InService:
		k = stInService
	case store.Done:
		k = stDone
	case store.Closed:
		k = stClosed
		switch l.Reason {
		case store.Withdrawn:
			k = stWithdrawn
		case store.Unreachable:
			k = stUnreachable
		case store.NoHelpAvailable:
			k = stNoHelp
		case store.NotForUs:
			k = stNotForUs
		case store.Duplicate:
			k = stDuplicate
		}
	}
	return t.say(k, "organisation", l.Organisation, "within", t.optional(t.r.opt.Within, defaultWithin))
}

// date writes a day in the office's zone.
func (t *turn) date(at time.Time) string { return at.In(t.r.opt.Zone).Format("2006-01-02") }

func (t *turn) dateUnix(at int64) string { return t.date(time.Unix(at, 0)) }

// choice makes a choice of the catalogue; its value is the simplified caption, which means the same when typed.
func (t *turn) choice(k key) bot.Choice {
	return bot.Choice{Label: t.say(k), Value: say("zh", k)}
}
