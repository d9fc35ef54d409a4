// Package intents leads the dialogue: it decides what a message is an answer to, asks the guide's and the
// form's questions, and holds every sentence the bot says. A Router keeps nothing between turns; what must last
// is in the conversation's state, and what must happen is in the outcome's effects. It reads knowledge, the
// person's own leads and to whom these were given, writes nothing, and never makes a lead without an explicit
// consent in that state.
package intents

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/knowledge"
	"smebot/knowledge/places"
	"smebot/store"
)

// Understander works out what a message means.
type Understander interface {
	Understand(text string) understand.Result
	// FollowUp understands a message that leans on the last turn; it reports false for one that stands alone.
	FollowUp(text string, last understand.Last) (understand.Result, bool)
}

// Knowledge answers policy questions.
type Knowledge interface {
	// Answer composes a cited answer of at most Ask.MaxBytes.
	Answer(knowledge.Ask) knowledge.Answer
	// FullText returns an article's words as pages of at most maxBytes; nil if there is no such article.
	FullText(ref knowledge.Ref, lang knowledge.Language, maxBytes int) []string
	// PlatformInfo describes a platform type; an unknown slug gives empty words.
	PlatformInfo(slug string, lang knowledge.Language) (name, summary string, services, prepare []string)
	// Find looks a question up in the imported documents, or in those named.
	Find(ctx context.Context, question string, within ...string) knowledge.Findings
	// Named lists the documents that a text in simplified script names.
	Named(text string) []knowledge.Mention
	// Headings lists the articles of a document in their order; nil if it is not held.
	Headings(document string) []knowledge.Ref
	// Period says that an article's time is over, "" if nothing says so.
	Period(ref knowledge.Ref, lang knowledge.Language, now time.Time) string
	// ArticleTitle is a short title of an article, "" if there is none.
	ArticleTitle(ref knowledge.Ref, lang knowledge.Language) string
}

// Options are what an operator sets. The zero value of each field has a usable default.
type Options struct {
	Centre    string         // the service centre's name
	Contact   string         // how to reach it, in words
	Hours     string         // when, in words; default: those of Open
	Open      string         // when staff are at work, as ParseHours reads it; default DefaultHours
	Holidays  []string       // days off besides, as Hours.With reads them
	Workdays  []string       // working days out of the order, likewise
	Within    string         // how soon staff call back, in words
	KeepLeads int            // days a lead is kept after it was closed, for the notice
	Notice    Notice         // the notice before contact details are taken
	Document  string         // id of the document that "第三条" alone means; default the embedded opinion
	Title     string         // its title
	Zone      *time.Location // for dates; default UTC+8
}

// AtWork reads when staff are at work.
func (o Options) AtWork() (Hours, error) {
	h, err := ParseHours(cmp.Or(o.Open, DefaultHours))
	if err != nil {
		return h, fmt.Errorf("hours: %w", err)
	}
	return h.With(o.Holidays, o.Workdays)
}

// Config is what a Router needs.
type Config struct {
	Understand Understander
	Knowledge  Knowledge
	Leads      func(context.Context, bot.Address) ([]store.Lead, error)  // the person's own leads; nil: none are known
	Given      func(context.Context, string) ([]store.Disclosure, error) // to whom a lead of that number was given; nil: nothing is said of it
	Waiting    func(context.Context, bot.Address) (int, error)           // how many of their questions they wait to have answered; nil: none
	Answers    Answers                                                   // what staff wrote; nil: nothing
	Directory  Directory                                                 // who offers what where; nil: nothing is said of it
	Options    Options
}

// Router decides what to say. It implements bot.Router and is safe for use by many goroutines.
type Router struct {
	understand Understander
	know       Knowledge
	leads      func(context.Context, bot.Address) ([]store.Lead, error)
	given      func(context.Context, string) ([]store.Disclosure, error)
	waiting    func(context.Context, bot.Address) (int, error)
	answers    Answers
	dir        Directory
	opt        Options
	open       Hours
	versions   map[knowledge.Language][2]string // of the notice: elsewhere, on Telegram
}

// New returns a router.
func New(c Config) *Router {
	o := c.Options
	if o.Document == "" {
		o.Document = "gd-2012-sme-platforms"
	}
	if o.Title == "" {
		o.Title = "广东省人民政府关于加快专业镇中小微企业服务平台建设的意见"
	}
	if o.Zone == nil {
		o.Zone = Zone // no time zone files are needed for a place without summer time
	}
	open, err := o.AtWork()
	if err != nil {
		open, _ = ParseHours(DefaultHours) // Options.Check tells it where it can be mended
	}
	return &Router{understand: c.Understand, know: c.Knowledge, leads: c.Leads, given: c.Given, waiting: c.Waiting, answers: c.Answers, dir: c.Directory, opt: o, open: open, versions: o.noticeVersions()}
}

// maxText is how many characters of a message are read.
const maxText = 1000

// Route implements bot.Router. It never fails: a fault inside becomes an apology that leaves the state as it was.
func (r *Router) Route(ctx context.Context, in bot.Input) (result bot.Outcome, err error) {
	defer func() {
		if recover() != nil {
			l := readState(in.State).Lang
			result, err = bot.Outcome{Reply: bot.Reply{Text: say(l, apology), Intent: string(understand.Help)}, State: in.State}, nil
		}
	}()
	t := &turn{r: r, ctx: ctx, in: in, st: readState(in.State)}
	t.lang = t.st.Lang
	if o, held := t.held(); held {
		return bot.Outcome{Reply: bot.Reply{Text: o.text, Intent: string(o.intent)}, State: in.State, Effects: t.effects}, nil
	}
	if o, stopped := t.stopped(); stopped {
		return bot.Outcome{Reply: bot.Reply{Text: o.text, Intent: string(o.intent)}, State: in.State}, nil
	}
	o := t.route()
	reply := t.finish(o)
	t.st.Lang, t.st.At = t.lang, in.Now.Unix()
	return bot.Outcome{Reply: reply, State: t.st.bytes(), Effects: t.effects}, nil
}

// turn is the work on one message.
type turn struct {
	r       *Router
	ctx     context.Context
	in      bot.Input
	st      *state
	lang    knowledge.Language
	text    string             // the message, or the value of the choice it means
	res     *understand.Result // of text, once asked for
	own     []store.Lead       // once read
	ownErr  error
	ownRead bool
	effects []bot.Effect
	fresh   bool           // this turn answered something that may be called useful
	maybe   []places.Place // towns of one name that the message may mean
	where   string         // slug of what the town was asked for by the last turn
	many    string         // the name of several towns that it asked back
}

// out is a reply in the making.
type out struct {
	text      string
	choices   []bot.Choice
	key       string // names the question that the choices belong to
	keep      bool   // the menu stays the one that was shown
	intent    understand.Intent
	articles  []bot.Article
	platforms []string
	lead      string
}

func (t *turn) say(k key, pairs ...string) string { return say(t.lang, k, pairs...) }

// optional returns an operator's words, or the default's.
func (t *turn) optional(s string, k key) string {
	if s != "" {
		return t.inScript(s)
	}
	return t.say(k)
}

// office fills a sentence that says where and when people are reached.
func (t *turn) office(k key) string {
	return t.say(k, "centre", t.optional(t.r.opt.Centre, defaultCentre), "contact", t.optional(t.r.opt.Contact, defaultContact), "hours", cmp.Or(t.r.opt.Hours, t.r.open.words(t.lang)))
}

// understood reads the message, once.
func (t *turn) understood() understand.Result {
	if t.res == nil {
		res, leans := understand.Result{}, false
		if !t.inForm() && t.st.Guide == nil {
			res, leans = t.r.understand.FollowUp(t.text, t.lastTurn())
		}
		if !leans {
			res = t.r.understand.Understand(t.text)
		}
		t.res = &res
	}
	return *t.res
}

// lastTurn says what was answered last, as long as a person would still have it in mind.
func (t *turn) lastTurn() understand.Last {
	var l understand.Last
	if t.in.Now.Sub(time.Unix(t.st.TopicAt, 0)) <= topicLife {
		if t.st.Topic != nil {
			l.Article = *t.st.Topic
		} else if t.st.Slug != "" {
			l.Platforms = []string{t.st.Slug}
		}
	}
	return l
}

// about notes what a turn was about: an article, or with nil the platform type in Slug.
func (t *turn) about(article *knowledge.Ref) { t.st.Topic, t.st.TopicAt = article, t.in.Now.Unix() }

// leads reads the person's own leads, once.
func (t *turn) leads() ([]store.Lead, error) {
	if !t.ownRead && t.r.leads != nil {
		t.own, t.ownErr = t.r.leads(t.ctx, t.in.Message.From)
	}
	t.ownRead = true
	return t.own, t.ownErr
}

// takesLeads reports whether a referral may be offered here.
func (t *turn) takesLeads() bool {
	return t.in.Message.Leads && !t.in.Message.Group && t.st.Minor == 0
}

// inForm reports whether words are answers to the form.
func (t *turn) inForm() bool { return t.st.Draft != nil && !t.st.Draft.Paused }

// route decides for a message.
func (t *turn) route() out {
	gone := t.st.told(t.st.prune(t.in.Now))
	inForm := t.inForm()
	m := t.in.Message
	o, rated := t.rated(m)
	switch {
	case rated:
	case m.Kind == bot.KindUnsubscribe:
		t.st = &state{V: stateVersion, Lang: t.lang, Refused: t.st.Refused}
		return out{}
	case m.Kind == bot.KindSubscribe:
		o = t.welcome()
		inForm = false
	case m.Kind == bot.KindPress && m.Press != nil:
		if c, ok := t.st.Menu.pressed(m.Press); ok {
			o = t.handle(c.Value, true)
		} else {
			o = t.stale()
		}
	case m.Kind == bot.KindUnreadable || strings.TrimSpace(m.Text) == "":
		o = t.current(t.say(unreadable))
	default:
		text := cutRunes(strings.TrimSpace(voiceMark.ReplaceAllString(m.Text, "")), maxText)
		c, ok := t.st.Menu.find(fold(text))
		if asks := "?？"; ok && (!strings.ContainsAny(text, asks) || strings.ContainsAny(c.Label+c.Value, asks)) { // "同意？" chooses nothing
			if sure, asks := t.byNumber(c, fold(text)); asks {
				o = sure
			} else {
				o = t.handle(c.Value, true)
			}
		} else {
			o = t.handle(text, false)
		}
	}
	switch {
	case gone.draft:
		o.text = t.say(formExpired) + "\n" + o.text
	case gone.contact && t.st.Draft != nil:
		o.text = t.say(formGone) + "\n" + o.text
	}
	if inForm && o.intent != understand.Privacy || t.inForm() {
		o.intent = understand.Referral
	}
	return o
}

// welcome greets somebody who followed or came back.
func (t *turn) welcome() out {
	if t.lang == "" {
		t.lang = clientLanguage(t.in.Message.Lang)
	}
	t.st.Guide, t.st.Erase = nil, false
	o := t.withMenu(out{text: t.office(greeting), intent: understand.Greeting})
	if d := t.st.Draft; d != nil {
		d.Paused = true
		o.text += "\n" + t.say(formPaused)
		o.choices = append([]bot.Choice{t.choice(labelResume)}, o.choices...)
	}
	return o
}

// current says something and shows again what is being asked.
func (t *turn) current(first string) out {
	switch {
	case t.inForm():
		return t.ask(first)
	case t.st.Guide != nil:
		o := t.guidePrompt()
		o.text = first + "\n" + o.text
		return o
	case t.st.Menu != nil:
		return out{text: first + "\n" + t.say(nowChoices), choices: t.st.Menu.Choices, keep: true, intent: understand.Help}
	}
	return t.withMenu(out{text: first, intent: understand.Help})
}

// stale answers a press of a menu that is not the current one. It changes nothing.
func (t *turn) stale() out { return t.current(t.say(staleMenu)) }

// finish bounds the reply and names its menu.
func (t *turn) finish(o out) bot.Reply {
	if o.text == "" && len(o.choices) == 0 {
		t.st.Menu = nil
		return bot.Reply{Intent: string(o.intent)}
	}
	if d := t.st.Draft; d != nil && d.Contact+d.Phone != "" {
		t.waits() // also where a consent was taken back, or its notice changed
	}
	t.addVote(&o)
	if d := t.st.Draft; d != nil && strings.HasPrefix(o.key, "form:") {
		if d.Asked == nil {
			d.Asked = map[field]int{}
		}
		d.Asked[t.step()]++
	}
	o.text = fit(o.text, room(o.choices))
	if !o.keep || t.st.Menu == nil {
		t.st.Menu = newMenu(t.st.Menu, o.key, o.choices, t.in.Nonce)
	}
	r := bot.Reply{Text: o.text, Choices: o.choices, Intent: string(o.intent), Articles: o.articles, Platforms: o.platforms, Lead: o.lead}
	if t.st.Menu != nil {
		r.Menu = t.st.Menu.ID
	}
	return r
}

// fit cuts a text to a number of bytes at the end of a sentence or line, if it must.
func fit(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	limit = max(limit-len("…"), 0)
	end, soft := 0, 0
	for i, r := range s {
		next := i + len(string(r))
		if next > limit {
			break
		}
		end = next
		if strings.ContainsRune("。！？；\n.!?;", r) {
			soft = next
		}
	}
	if soft > limit/2 {
		end = soft
	}
	return strings.TrimRight(s[:end], "\n ") + "…"
}
