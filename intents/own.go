package intents

import (
	"encoding/base32"
	"slices"
	"strconv"
	"strings"
	"time"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/knowledge"
	"smebot/store"
)

// Answers are what staff wrote for questions that the documents do not answer.
type Answers interface {
	// Answer returns an answer by its id as it may be given at a time; false when its time is over, or when what it
	// rests on does not hold any more.
	Answer(id string, now time.Time) (OwnAnswer, bool)
}

// OwnAnswer is an answer in the service centre's own words. It is always shown as such, with what it rests on, and never
// beside a quotation.
type OwnAnswer struct {
	Words string
	Day   time.Time      // when it was written
	Ref   *knowledge.Ref // the article it rests on; nil if that is a source outside
	Title string         // of the document, or of the source outside
	// Of a source outside.
	Link, Number, Date string
}

// staffAnswer gives the answer that staff wrote for a message, if they did.
func (t *turn) staffAnswer(res understand.Result, brief bool) (out, bool) {
	if res.Answer == "" || t.r.answers == nil {
		return out{}, false
	}
	a, ok := t.r.answers.Answer(res.Answer, t.in.Now)
	if !ok {
		return out{}, false
	}
	o := out{intent: understand.Policy, text: t.ownWords(a)}
	if a.Ref != nil {
		o.articles = cited([]knowledge.Ref{*a.Ref})
	}
	if brief {
		o.text = fit(o.text, t.briefRoom())
		return o, true
	}
	if a.Ref != nil {
		o.add(t.fullChoice(*a.Ref))
		t.st.Document = a.Ref.Document
		t.about(a.Ref)
	}
	t.addPeople(&o)
	t.mayVote("answer/"+res.Answer, "")
	return o, true
}

// ownWords writes an answer with who says it and what it rests on.
func (t *turn) ownWords(a OwnAnswer) string {
	lines := []string{t.say(ownHead, "centre", t.optional(t.r.opt.Centre, defaultCentre), "date", t.date(a.Day)), t.inScript(a.Words)}
	if a.Ref != nil {
		lines = append(lines, t.say(ownArticle, "title", t.inScript(a.Title), "article", t.heading(*a.Ref)))
	} else {
		var about []string
		for _, s := range []string{a.Number, a.Date} {
			if s != "" {
				about = append(about, s)
			}
		}
		source := t.say(ownSource, "title", t.inScript(a.Title), "about", strings.Join(about, t.say(ownAnd)))
		if a.Link != "" {
			source += " " + a.Link
		}
		lines = append(lines, source)
	}
	return strings.Join(append(lines, t.say(ownFoot)), "\n")
}

// unanswered is a question whose asker may want to be told of its answer.
type unanswered struct {
	ID string `json:"i"` // store.Question.ID
	At int64  `json:"a"`
}

// newsLife is how long "tell me the answer" means the last question.
const newsLife = 24 * time.Hour

// noteQuestion keeps a question for staff.
func (t *turn) noteQuestion(q store.Question) {
	if t.in.Message.Later && !t.in.Message.Group {
		sum := derive(t.in.Nonce, "question"+strconv.Itoa(len(t.effects)))
		q.ID = base32.StdEncoding.EncodeToString(sum[:20])
		t.st.Asked = &unanswered{q.ID, t.in.Now.Unix()}
	}
	t.effects = append(t.effects, q)
}

// offerNews asks whether the person wants to be told when the question just noted can be answered.
func (t *turn) offerNews(o *out) {
	if t.st.Asked == nil || t.st.Asked.At != t.in.Now.Unix() || t.inForm() {
		return
	}
	offer := out{text: o.text + "\n" + t.say(tellOffer), choices: slices.Clone(o.choices)}
	if offer.add(t.choice(labelTell)) {
		o.text, o.choices = offer.text, offer.choices
	}
}

// wantNewsOf notes that the person wants to be told the answer to the last question.
func (t *turn) wantNewsOf() out {
	q := t.st.Asked
	t.st.Asked = nil
	if q == nil || t.in.Now.Sub(time.Unix(q.At, 0)) > newsLife || t.in.Message.Group {
		return t.withMenu(out{text: t.say(tellNothing), intent: understand.Help})
	}
	t.effects = append(t.effects, store.WantAnswer{Who: t.in.Message.From, Question: q.ID, Language: string(t.lang)})
	o := out{text: t.say(tellNoted), intent: understand.Help}
	switch t.in.Message.From.Platform {
	case bot.WeChat:
		o.text += t.say(tellWindow)
	case bot.Web:
		o.text += t.say(tellPage)
	}
	return t.withMenu(o)
}

// waitingWords says how many answers the person waits for, "" if none.
func (t *turn) waitingWords() (string, error) {
	if t.r.waiting == nil {
		return "", nil
	}
	n, err := t.r.waiting(t.ctx, t.in.Message.From)
	if err != nil || n == 0 {
		return "", err
	}
	return t.say(showWaiting, "n", strconv.Itoa(n)), nil
}

// AnswerNews is the message that tells somebody the answer to a question of theirs, asked before.
func (r *Router) AnswerNews(question string, answer string, lang knowledge.Language) bot.Reply {
	head := say(lang, tellHead, "question", caption(question, 60))
	return bot.Reply{Text: fit(head+"\n"+answer, bot.MaxReplyBytes), Intent: string(understand.Policy)}
}

// ScopeNews is the message that tells somebody that staff looked at a question of theirs, and that it is none of the
// centre's business.
func (r *Router) ScopeNews(question string, lang knowledge.Language) bot.Reply {
	return bot.Reply{Text: fit(say(lang, tellScope, "question", caption(question, 60)), bot.MaxReplyBytes), Intent: string(understand.NoAnswer)}
}

// stopped answers for a channel that staff have stopped: in one sentence, without touching the dialogue. It reports
// false for what goes on all the same: progress of a request, saying whether it helped, rights over one's own data,
// and leaving.
func (t *turn) stopped() (out, bool) {
	m := t.in.Message
	if !m.Stopped || m.Kind == bot.KindUnsubscribe || t.st.Erase {
		return out{}, false
	}
	aside := &turn{r: t.r, ctx: t.ctx, in: t.in, st: readState(t.in.State), lang: t.lang}
	if _, rated := aside.rated(m); rated {
		return out{}, false
	}
	said := strings.TrimSpace(m.Text)
	if m.Kind == bot.KindPress {
		c, _ := t.st.Menu.pressed(m.Press)
		said = c.Value
	} else if c, ok := t.st.Menu.find(fold(said)); ok {
		said = c.Value
	}
	if c, ok := commandOf(fold(said)); ok && (ownData[c] || c == cmdStatus) {
		return out{}, false
	}
	if t.text = said; said != "" && m.Kind == bot.KindText {
		heard := t.r.understand.Understand(said)
		if heard.Intent == understand.Status || heard.Intent == understand.Privacy {
			return out{}, false
		}
		t.lang = languageOf(said, t.lang, heard.Language)
	}
	if t.lang == "" {
		t.lang = clientLanguage(m.Lang)
	}
	return out{text: t.office(channelStopped), intent: understand.Help}, true
}

// HoldsPersonal reports whether a text holds a telephone number, another long number, a mail address or an account, or a
// number or date that is not kept at all: such words are not taught.
func HoldsPersonal(text string) bool {
	_, forbidden := holdsForbidden(text)
	return forbidden || mask(text) != digits(text)
}
