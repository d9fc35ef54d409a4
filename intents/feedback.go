package intents

import (
	"slices"
	"strconv"
	"time"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/knowledge"
	"smebot/store"
)

// answered is the last answer that may be called useful or useless.
type answered struct {
	Subject string `json:"s"`           // "policy/24", "platform/financing"
	Text    string `json:"t,omitempty"` // the question, contact details masked
	Slug    string `json:"p,omitempty"` // platform type
	At      int64  `json:"a"`
}

// voteLife is how long "有用" means the last answer.
const voteLife = 30 * time.Minute

// mayVote notes what an answer is about.
func (t *turn) mayVote(subject, slug string) {
	t.st.Vote = &answered{Subject: subject, Text: cutRunes(line(mask(t.text)), maxQuestion), Slug: slug, At: t.in.Now.Unix()}
	t.fresh = true
}

// addVote puts the two voices below an answer, if it asks for nothing and leaves room for both.
func (t *turn) addVote(o *out) {
	if !t.fresh || o.key != "" || o.keep || t.in.Message.Group {
		return
	}
	if more := append(slices.Clone(o.choices), t.choice(labelUseful), t.choice(labelUseless)); len(o.text) <= room(more) {
		o.choices = more
	}
}

func (t *turn) policySubject(r knowledge.Ref) string {
	subject := "policy/"
	if r.Document != t.r.opt.Document {
		subject += r.Document + "/"
	}
	return subject + strconv.Itoa(r.Article)
}

// vote counts a voice on the last answer, once. Staff see the question of a useless one, without who asked.
func (t *turn) vote(useful bool) out {
	v := t.st.Vote
	t.st.Vote = nil
	if v != nil && t.in.Now.Sub(time.Unix(v.At, 0)) <= voteLife {
		t.effects = append(t.effects, store.Feedback{Day: t.date(t.in.Now), Subject: v.Subject, Useful: useful})
		if !useful && v.Text != "" {
			t.noteQuestion(store.Question{Text: v.Text, Intent: v.Subject, Outcome: store.OutcomeUseless, Platform: v.Slug, Town: t.townHeard()})
		}
	}
	if useful {
		return t.withMenu(out{text: t.say(feedbackYes), intent: understand.Help})
	}
	o := out{text: t.say(feedbackNo), intent: understand.Help, choices: []bot.Choice{t.choice(labelHuman)}}
	t.offerNews(&o)
	if t.takesLeads() {
		o.choices = append(o.choices, t.choice(labelRegister))
	}
	o.choices = append(o.choices, t.choice(labelAsk))
	return o
}
