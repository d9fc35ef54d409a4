package console

import (
	"net/url"
	"strings"
	"time"

	"smebot/intents"
	"smebot/store"
)

// What the templates of the leads desk say of leads, threads and answers.

// Who names who did something, as history tells it; for templates.
func (v *visit) Who(name string) string { return v.actor(name) }

// Channel names a channel: the names of the web page and of the operator's own tries are fixed, others have those of the configuration;
// for templates.
func (v *visit) Channel(name string) string {
	return v.known("leads.channel.", name)
}

// Number writes a lead's number in clear, with its extension, as people here read one; for templates.
func (v *visit) Number(dial string) string {
	e164, extension, _ := strings.Cut(dial, " ")
	return strings.TrimSpace(intents.ReadablePhone(e164) + " " + extension)
}

// Stream is the address of a page's news: of its lead, or of all, since the page was made; for templates.
func (v *visit) Stream() string {
	q := url.Values{"since": {v.mark}}
	if number := v.R.PathValue("number"); number != "" {
		q.Set("lead", number)
	}
	return "/console/leads/events?" + q.Encode()
}

// Event tells an event of a lead's history in words; for templates. Words of older or later versions stand for
// themselves.
func (v *visit) Event(e store.Event) string {
	action := e.Action
	if to, ok := strings.CutPrefix(action, "moved to "); ok {
		text := v.T("leads.event.moved") + v.T("leads.status."+to)
		if e.Detail != "" {
			text += " · " + v.T("leads.reason."+e.Detail)
		}
		return text
	}
	key := "leads.event." + strings.ReplaceAll(action, " ", "_")
	if _, known := catalogue[key]; known {
		action = v.T(key)
	}
	detail := e.Detail
	if detail == "" {
		if e.Action == "assigned" {
			return v.T("leads.event.let_go")
		}
		return action
	}
	if _, known := catalogue["leads.reason."+detail]; known {
		detail = v.T("leads.reason." + detail)
	}
	return action + " · " + detail
}

// OrgSays is an organisation's answer that staff have yet to act on, in words; for templates.
func (v *visit) OrgSays(a store.OrgAnswer) string { return v.T("leads.answer." + v.AnswerKey(a)) }

// AnswerKey is the part of a catalogue key that stands for such an answer; for templates.
func (v *visit) AnswerKey(a store.OrgAnswer) string { return strings.ReplaceAll(string(a), " ", "_") }

// AnswerWord is an organisation's answer in words; for templates.
func (v *visit) AnswerWord(a store.OrganisationAnswer) string { return v.T("answer." + answerKey(a)) }

// Left says how long it is until a time, in hours and minutes; for templates.
func (v *visit) Left(until time.Time) string {
	m := max(0, int(until.Sub(v.now())/time.Minute))
	if m == 0 {
		return v.T("thread.soon")
	}
	return v.T("thread.left", m/60, m%60)
}

// Seconds is how long it is until a time, for scripts: a visitor's own clock may be wrong.
func (v *visit) Seconds(until time.Time) int { return max(0, int(until.Sub(v.now())/time.Second)) }
