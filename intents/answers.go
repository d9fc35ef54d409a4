package intents

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/knowledge"
	"smebot/knowledge/script"
	"smebot/store"
)

// answerBytes is what a policy answer may take; the rest of a reply is kept for its choices.
const answerBytes = 1200

// secondBytes is what the answer to the other question of a message may take of them.
const secondBytes = 560

// maxQuestion is how many characters of an unanswered question staff see.
const maxQuestion = 300

// answer acts on what was understood. brief wants words alone, to stand above a question being asked.
func (t *turn) answer(res understand.Result, brief bool) out {
	if res.Second == nil || brief {
		return t.answerOne(res, brief, answerBytes)
	}
	o := t.answerOne(res, brief, answerBytes-secondBytes/2)
	t.addSecond(&o, *res.Second)
	return o
}

func (t *turn) answerOne(res understand.Result, brief bool, limit int) out {
	if o, ok := t.staffAnswer(res, brief); ok {
		return o
	}
	switch res.Intent {
	case understand.Policy, understand.Platform, understand.Clarify, understand.NoAnswer:
		if res.Taught { // staff said which article it is
			break
		}
		if o, ok := t.named(res, brief, limit); ok {
			return o
		}
	}
	switch res.Intent {
	case understand.Policy:
		return t.policy(res, brief, limit)
	case understand.Platform:
		if res.More {
			return out{text: t.say(platformList), choices: t.typeChoices(), intent: understand.Clarify}
		}
		if len(res.Platforms) > 0 {
			t.remember(res.Platforms[0])
			return t.platform(res.Platforms, brief)
		}
		return t.clarify(res, brief)
	case understand.Clarify:
		return t.clarify(res, brief)
	case understand.Referral:
		if brief {
			return out{text: t.say(helpShort), intent: understand.Referral}
		}
		slug := ""
		if len(res.Platforms) > 0 {
			slug = res.Platforms[0]
		}
		return t.startForm(slug, t.text)
	case understand.Human:
		if brief {
			return out{text: t.atWork() + t.office(humanNoLeads), intent: understand.Human}
		}
		return t.human()
	case understand.Greeting:
		if brief {
			return out{text: t.say(greetingAgain), intent: understand.Greeting}
		}
		return t.withMenu(out{text: t.greets(), intent: understand.Greeting})
	case understand.Help:
		if brief {
			return out{text: t.say(helpShort), intent: understand.Help}
		}
		return t.help()
	case understand.Status:
		return t.status(t.text)
	case understand.Privacy:
		return t.privacy(res.Ask)
	}
	if o, ok := t.imported(res, brief, limit); ok {
		return o
	}
	return t.noAnswer(res, brief)
}

// add puts a choice below a reply if the narrowest channel has room for it.
func (o *out) add(c bot.Choice) bool {
	if c.Label == "" || slices.ContainsFunc(o.choices, func(have bot.Choice) bool { return have.Value == c.Value || have.Label == c.Label }) {
		return false
	}
	if more := append(slices.Clone(o.choices), c); len(o.text) <= room(more) {
		o.choices = more
		return true
	}
	return false
}

// remember keeps what the person told as the need of a form that may follow.
func (t *turn) remember(slug string) {
	t.st.NeedAt = t.in.Now.Unix()
	if asksOnly(t.text) && t.st.Need != "" { // the trouble told before stays the need
		t.st.Slug = cmp.Or(slug, t.st.Slug)
		return
	}
	t.st.Need, t.st.Slug = "", slug
	if !asksOnly(t.text) {
		t.st.Need = cutRunes(line(mask(t.text)), maxNeed)
	}
}

// note tells staff of a question that was not answered.
func (t *turn) note(res understand.Result, outcome string) {
	q := store.Question{Text: cutRunes(line(mask(t.text)), maxQuestion), Intent: string(res.Intent), Outcome: outcome, Town: t.townHeard()}
	if len(res.Platforms) > 0 {
		q.Platform = res.Platforms[0]
	}
	t.noteQuestion(q)
}

// briefRoom is what an answer above the current question may take.
func (t *turn) briefRoom() int {
	var p out
	switch {
	case t.inForm():
		p = t.prompt()
	case t.st.Guide != nil:
		p = t.guidePrompt()
	}
	return room(p.choices) - len(p.text) - 2
}

// policy answers from the articles that were understood to hold the answer.
func (t *turn) policy(res understand.Result, brief bool, limit int) out {
	if brief {
		limit = min(limit, t.briefRoom())
	}
	res.Articles = t.answerable(res.Articles)
	var refs []knowledge.Ref
	for _, m := range res.Articles {
		refs = append(refs, m.Ref)
	}
	if len(refs) == 0 {
		if o, ok := t.imported(res, brief, limit); ok {
			return o
		}
		return t.noAnswer(res, brief)
	}
	if res.More {
		t.about(&refs[0])
		return t.fullText(refs[0], 0, brief)
	}
	if res.Unsure && !brief {
		return t.which(res)
	}
	a := t.r.know.Answer(t.asks(res, refs, limit))
	if a.Absent { // switched off since
		return t.noAnswer(understand.Result{Intent: understand.NoAnswer}, brief)
	}
	if a.Withheld || a.Text == "" || len(a.Refs) == 0 {
		return t.withhold(res, brief)
	}
	main := a.Refs[0]
	t.st.Document = main.Document
	t.about(&main)
	o := out{text: a.Text, intent: understand.Policy, articles: cited(a.Refs), key: ""}
	if brief {
		return o
	}
	if a.HasMore {
		o.add(t.fullChoice(main))
	}
	for _, q := range a.Related {
		if len(o.choices) < 3 && fold(q) != fold(t.text) {
			o.add(bot.Choice{Label: caption(q, 48), Value: q})
		}
	}
	if t.takesLeads() && len(res.Platforms) > 0 {
		o.add(t.choice(labelRegister))
	}
	slug := ""
	if len(res.Platforms) > 0 {
		slug = res.Platforms[0]
	}
	t.mayVote(t.policySubject(main), slug)
	return o
}

// asks is what the documents are asked for a message that some articles answer.
func (t *turn) asks(res understand.Result, refs []knowledge.Ref, limit int) knowledge.Ask {
	ask := knowledge.Ask{Text: cmp.Or(res.Query, res.Normal, t.text), Refs: refs, Language: t.lang, Now: t.in.Now, MaxBytes: limit}
	if len(res.Points) > 0 {
		ask.Points = make(map[string]float64, len(res.Points))
		for _, p := range res.Points {
			ask.Points[p.About] = p.P
		}
	}
	return ask
}

// answerable leaves out articles that are not held, or whose document is switched off.
func (t *turn) answerable(list []understand.Match) []understand.Match {
	return slices.DeleteFunc(slices.Clone(list), func(m understand.Match) bool { return t.r.know.ArticleTitle(m.Ref, t.lang) == "" })
}

// which asks back when several articles may be meant and none is likely: a guess would be believed.
func (t *turn) which(res understand.Result) out {
	t.note(res, store.OutcomeAskedBack)
	o := out{text: t.say(whichArticle), intent: understand.Clarify}
	for _, m := range res.Articles {
		o.add(t.nearest(m.Ref))
	}
	t.addPeople(&o)
	return o
}

// inScript writes words of ours in the script of the reply.
func (t *turn) inScript(s string) string {
	if t.lang == knowledge.Traditional {
		return script.Traditional(s)
	}
	return s
}

func cited(refs []knowledge.Ref) []bot.Article {
	list := make([]bot.Article, len(refs))
	for i, r := range refs {
		list[i] = bot.Article{Document: r.Document, Article: r.Article, Heading: r.Heading}
	}
	return list
}

// heading names an article in the language of the reply.
func (t *turn) heading(r knowledge.Ref) string {
	if t.lang == knowledge.English && r.Article > 0 {
		return "Article " + strconv.Itoa(r.Article)
	}
	return t.inScript(caption(r.Heading, 40))
}

// withhold says that an answer failed its check, and offers the article itself.
func (t *turn) withhold(res understand.Result, brief bool) out {
	t.note(res, store.OutcomeWithheld)
	o := out{text: t.say(withheld), intent: understand.NoAnswer}
	if brief {
		return o
	}
	if len(res.Articles) > 0 {
		o.add(t.nearest(res.Articles[0].Ref))
	}
	t.offerNews(&o)
	t.addPeople(&o)
	return o
}

// nearScore is how likely an article must be to be offered as the nearest.
const nearScore = 0.1

func (t *turn) noAnswer(res understand.Result, brief bool) out {
	t.note(res, store.OutcomeNoAnswer)
	o := out{text: t.say(noAnswerShort), intent: understand.NoAnswer}
	if brief {
		return o
	}
	t.remember("")
	res.Articles = t.answerable(res.Articles)
	o.text = t.noAnswerWhy(res)
	near := len(res.Articles) > 0 && res.Articles[0].Score >= nearScore
	switch {
	case t.takesLeads() && near:
		o.text += t.say(noAnswerNear)
	case t.takesLeads():
		o.text += t.say(noAnswerFar)
	}
	if near {
		o.add(t.nearest(res.Articles[0].Ref))
	}
	t.offerNews(&o)
	t.addPeople(&o)
	return o
}

// noAnswerWhy says that the documents do not say it, and where it is known, what they do speak of.
func (t *turn) noAnswerWhy(res understand.Result) string {
	switch {
	case res.Miss.Kind == understand.MissPlace:
		return t.say(noAnswerPlace, "place", t.inScript(res.Miss.Word))
	case res.Miss.Kind == understand.MissYear && len(res.Articles) > 0:
		return t.say(noAnswerYear, "article", t.heading(res.Articles[0].Ref), "year", res.Miss.Word)
	}
	return t.say(noAnswer)
}

// nearest offers an article by a question that names it.
func (t *turn) nearest(r knowledge.Ref) bot.Choice {
	c := bot.Choice{Label: t.say(labelArticle, "article", t.heading(r), "title", caption(t.r.know.ArticleTitle(r, t.lang), 36)), Value: r.Heading + "讲什么？"}
	if r.Document != t.r.opt.Document {
		c.Value = "看全文 " + r.Heading + " " + r.Document
	}
	return c
}

func (t *turn) addPeople(o *out) {
	if t.in.Message.Group {
		return
	}
	o.add(t.choice(labelHuman))
	if t.takesLeads() {
		o.add(t.choice(labelRegister))
	}
}

// fullText shows a page of an article.
func (t *turn) fullText(r knowledge.Ref, at int, brief bool) out {
	o := out{intent: understand.Policy}
	after := []bot.Choice{t.choice(labelNext), t.choice(labelMenu)}
	limit := room(after)
	if brief {
		limit = min(limit, t.briefRoom())
	}
	pages := t.r.know.FullText(r, t.lang, limit)
	if len(pages) == 0 && r.Document != t.r.opt.Document { // "第三条" after another document was cited
		r.Document = t.r.opt.Document
		pages = t.r.know.FullText(r, t.lang, limit)
	}
	if len(pages) == 0 {
		o.text, o.intent = t.say(articleMissing), understand.NoAnswer
		if !brief {
			o.choices = []bot.Choice{t.choice(labelAsk)}
		}
		return o
	}
	if at >= len(pages) {
		t.st.Page = nil
		o.text, o.choices = t.say(lastPage), after[1:]
		return o
	}
	o.text, o.articles = pages[at], cited([]knowledge.Ref{r})
	t.st.Document = r.Document
	if brief {
		return o
	}
	t.st.Page = nil
	if at+1 < len(pages) {
		t.st.Page = &page{Ref: r, At: at}
		o.choices = after[:1]
	}
	if t.in.Message.Group {
		return o
	}
	o.add(after[1])
	return o
}

// clarify asks back.
func (t *turn) clarify(res understand.Result, brief bool) out {
	if brief {
		return out{text: t.say(helpShort), intent: understand.Clarify}
	}
	t.remember("")
	o := t.startGuide(t.text)
	if t.st.Guide != nil {
		o.platforms = res.Platforms
	}
	return o
}

// listed is how many services of a type an answer names.
const listed = 8

// platform tells what a platform type does and what to bring, from Article 2.
func (t *turn) platform(list []string, brief bool) out {
	ref := knowledge.Ref{Document: t.r.opt.Document, Article: 2, Heading: "第二条"}
	name, summary, services, prepare := t.r.know.PlatformInfo(list[0], t.lang)
	o := out{intent: understand.Platform, platforms: list}
	held := t.r.know.ArticleTitle(ref, t.lang) != "" // otherwise the document is switched off
	if held {
		o.articles = cited([]knowledge.Ref{ref})
	}
	if name == "" {
		name = t.say(typeName(list[0]))
	}
	lines := []string{t.say(platformLead, "name", name)}
	if summary != "" {
		lines = append(lines, summary)
	}
	sep := t.say(listSeparator)
	if len(services) > 0 && !brief {
		lines = append(lines, t.say(platformCan, "services", strings.Join(services[:min(len(services), listed)], sep)))
	}
	if len(prepare) > 0 && !brief {
		lines = append(lines, t.say(platformBring, "items", strings.Join(prepare, sep)))
	}
	if held {
		lines = append(lines, t.say(platformBasis, "document", t.inScript(t.r.opt.Title)))
	}
	o.text = strings.Join(lines, "\n")
	if brief {
		o.text = fit(o.text, t.briefRoom())
		return o
	}
	t.st.Slug, t.st.Document = list[0], ref.Document
	t.about(nil)
	if t.st.NeedAt == 0 {
		t.st.NeedAt = t.in.Now.Unix()
	}
	if len(t.maybe) > 1 {
		o.text = fit(o.text, answerBytes)
	} else if near := t.near(list[0]); near != "" {
		o.text = fit(o.text, answerBytes-len(near)/2) + "\n" + near
	} else {
		o.text = fit(o.text, answerBytes)
	}
	if t.takesLeads() {
		o.add(bot.Choice{Label: t.say(labelRegister), Value: say("zh", labelRegister) + " " + say("zh", typeName(list[0]))})
	} else if !t.in.Message.Group {
		o.text += "\n" + t.office(noLeadsHere)
	}
	t.askMaybe(&o, list[0])
	if c, ok := t.nearChoice(list[0]); ok && len(t.maybe) == 0 {
		o.add(c)
	}
	if len(list) > 1 && slices.Contains(slugs, list[1]) {
		o.add(bot.Choice{Label: t.say(typeName(list[1])), Value: say("zh", typeName(list[1]))})
	}
	if held {
		o.add(t.fullChoice(ref))
	}
	o.add(t.choice(labelTypes))
	t.mayVote("platform/"+list[0], list[0])
	return o
}

// platformTypes lists all nine types.
func (t *turn) platformTypes() out {
	return out{text: t.say(platformList), choices: t.typeChoices(), intent: understand.Clarify}
}

// addSecond points at the other thing a message asked.
func (t *turn) addSecond(o *out, s understand.Result) {
	var c bot.Choice
	switch s.Intent {
	case understand.Policy:
		if len(s.Articles) == 0 || slices.ContainsFunc(o.articles, func(a bot.Article) bool {
			return a.Heading == s.Articles[0].Heading && a.Document == s.Articles[0].Document
		}) {
			return
		}
		c = t.nearest(s.Articles[0].Ref)
	case understand.Platform:
		if len(s.Platforms) == 0 || slices.Contains(o.platforms, s.Platforms[0]) {
			return
		}
		c = bot.Choice{Label: t.say(typeName(s.Platforms[0])), Value: say("zh", typeName(s.Platforms[0]))}
	case understand.Referral:
		if !t.takesLeads() || t.st.Draft != nil {
			return
		}
		c = t.choice(labelRegister)
	case understand.Human:
		c = t.choice(labelHuman)
	case understand.Status:
		c = t.choice(labelStatus)
	case understand.Privacy:
		c = map[understand.PrivacyAsk]bot.Choice{understand.ShowData: t.choice(labelShow), understand.Withdraw: t.choice(labelWithdraw)}[s.Ask]
		if c.Label == "" {
			c = t.choice(labelErase)
		}
	default:
		return
	}
	if t.in.Message.Group && s.Intent != understand.Policy || t.inForm() || t.st.Guide != nil {
		return
	}
	words := t.say(alsoAsked)
	if s.Intent == understand.Policy && o.intent == understand.Policy {
		words = cmp.Or(t.secondWords(s), words)
	}
	first := out{text: o.text + "\n" + words}
	first.choices = []bot.Choice{c}
	if len(first.text) > room(append(slices.Clone(o.choices), c)) && len(o.choices) > 1 {
		o.choices = o.choices[:len(o.choices)-1]
	}
	text := o.text
	o.text = first.text
	if !o.add(c) {
		o.text = text
	}
}

// secondWords answers the other question of a message in short, "" where that cannot be done.
func (t *turn) secondWords(s understand.Result) string {
	a := t.r.know.Answer(t.asks(s, []knowledge.Ref{s.Articles[0].Ref}, secondBytes))
	if a.Absent || a.Withheld || a.Text == "" {
		return ""
	}
	return "\n" + t.say(alsoAnswered) + a.Text
}
