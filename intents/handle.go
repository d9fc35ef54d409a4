package intents

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/knowledge"
	"smebot/knowledge/script"
)

// handle takes words: a typed message, or the value of the choice it means.
func (t *turn) handle(text string, chosen bool) out {
	t.text = text
	said := undouble(fold(text))
	if t.in.Message.Group {
		t.hear(text, chosen)
		return t.groupText(text, said)
	}
	c, isCommand := commandOf(said)
	if !isCommand && t.st.Draft != nil && !chosen {
		c, isCommand = leaving(said)
	}
	if !t.inForm() || asksSomething(text) {
		t.hear(text, chosen)
	}
	t.where, t.st.Where = t.st.Where, ""
	t.many, t.st.Which = t.st.Which, ""
	if !chosen && !t.inForm() {
		t.hearTown(text)
	}
	if t.st.Erase {
		t.st.Erase = false
		switch {
		case c == cmdEraseYes, eraseYes[said]:
			return t.erase()
		case c == cmdEraseNo, c == cmdCancel, refuse[said]:
			return t.kept()
		}
	}
	if o, ok := t.sureAnswer(said); ok {
		return o
	}
	if isCommand && (!t.inForm() || leaves[c]) {
		if o, ok := t.run(c); ok {
			return o
		}
	}
	if ref, ok := t.articleAsked(text); ok {
		if t.inForm() {
			return t.aside(t.fullText(ref, 0, true), true)
		}
		return t.fullText(ref, 0, false)
	}
	if t.inForm() {
		return t.formText(text, chosen)
	}
	if o, ok := t.aboutDetails(text); ok {
		return o
	}
	if o, ok := t.nearText(text); ok {
		return o
	}
	if o, ok := t.lean(said); ok {
		return o
	}
	if t.st.Draft != nil && neverAgrees(text) { // a form that waits
		return t.refused()
	}
	if o, ok := t.direct(text, said); ok {
		return o
	}
	if t.st.Menu != nil && t.st.Menu.Key == guideTypesKey && notSure(said) {
		return t.stillUnsure()
	}
	if t.st.Guide != nil {
		if o, ok := t.guideText(text); ok {
			return o
		}
		t.st.Guide = nil
	}
	if !strings.ContainsFunc(text, unicode.IsLetter) {
		if _, ok := number(said); ok && t.st.Menu != nil {
			return t.current(t.say(noSuchNumber))
		}
		return t.withMenu(out{text: t.say(notUnderstood), intent: understand.Help})
	}
	return t.answer(t.understood(), false)
}

// hear takes the language of a message that the person wrote; a choice is in ours.
func (t *turn) hear(text string, chosen bool) {
	if chosen {
		if t.lang == "" {
			t.lang = knowledge.Simplified
		}
		return
	}
	t.lang = languageOf(text, t.lang, t.understood().Language)
}

// kept says that nothing was erased.
func (t *turn) kept() out {
	if t.inForm() || t.st.Guide != nil {
		return t.current(t.say(eraseKept))
	}
	return t.withMenu(out{text: t.say(eraseKept), intent: understand.Privacy})
}

// leaves are the commands that a form does not answer beside its question.
var leaves = map[command]bool{cmdCancel: true, cmdBack: true, cmdMenu: true, cmdRestart: true, cmdEraseYes: true, cmdFind: true, cmdTypes: true, cmdLater: true}

// run does what a command asks. ok is false where it means nothing at this place.
func (t *turn) run(c command) (out, bool) {
	switch c {
	case cmdCancel:
		switch {
		case t.st.Draft != nil:
			return t.leaveForm(), true
		case t.st.Guide != nil:
			t.st.Guide = nil
			return t.withMenu(out{text: t.say(menuText), intent: understand.Help}), true
		}
		if registering.MatchString(fold(t.text)) && t.hasOpen() {
			return t.alreadySent(), true
		}
		return t.withMenu(out{text: t.say(nothingToStop), intent: understand.Help}), true
	case cmdBack:
		switch {
		case t.inForm():
			return t.goBack(), true
		case t.st.Guide != nil && t.guideBack():
			return t.guidePrompt(), true
		}
		t.st.Guide = nil
		return t.menu(), true
	case cmdMenu:
		t.st.Guide = nil
		return t.menu(), true
	case cmdRestart:
		t.st.Draft, t.st.Guide, t.st.Page, t.st.Need, t.st.NeedAt, t.st.Slug = nil, nil, nil, "", 0, ""
		return t.withMenu(out{text: t.office(greeting), intent: understand.Help}), true
	case cmdLater:
		if t.st.Draft == nil {
			return out{}, false
		}
		o := t.menu()
		o.text = t.say(formLater)
		return o, true
	case cmdHelp:
		return t.help(), true
	case cmdHuman:
		return t.human(), true
	case cmdResume:
		if t.st.Draft == nil {
			return out{}, false
		}
		t.st.Draft.Paused = false
		return t.ask(t.say(formResume)), true
	case cmdRegister:
		return t.startForm("", t.text), true
	case cmdAsk:
		o := out{text: t.say(askPolicy), intent: understand.Help}
		for _, k := range []key{example1, example2, example3} {
			o.choices = append(o.choices, t.choice(k))
		}
		return o, true
	case cmdFind:
		if t.inForm() {
			return out{}, false
		}
		return t.startGuide(""), true
	case cmdTypes:
		if t.inForm() {
			return out{}, false
		}
		t.st.Guide = nil
		return t.platformTypes(), true
	case cmdStatus:
		return t.status(""), true
	case cmdErase, cmdEraseYes:
		return t.askErase(), true
	case cmdEraseNo:
		return t.kept(), true
	case cmdShow:
		return t.showData(0, false), true
	case cmdReveal:
		return t.showData(0, true), true
	case cmdCorrect:
		return t.startMend(""), true
	case cmdNews:
		return t.wantNews(), true
	case cmdUseful, cmdUseless:
		if t.in.Message.Group {
			return out{text: t.say(groupOnly), intent: understand.Help}, true
		}
		return t.vote(c == cmdUseful), true
	case cmdTell:
		return t.wantNewsOf(), true
	case cmdRefill:
		return t.startForm("", ""), true
	case cmdWithdraw:
		return t.withdraw(), true
	case cmdUrge:
		if l, ok := t.openLead(); ok && !t.in.Message.Group {
			return t.urge(l), true
		}
		return t.status(""), true
	case cmdWithdrawAsk:
		return t.askWithdraw(), true
	case cmdStop:
		return t.stopNews(), true
	case cmdNext:
		if t.st.Data > 0 {
			return t.showData(t.st.Data, t.st.Reveal), true
		}
		if t.st.Page == nil {
			if t.in.Message.Group || t.inForm() {
				return out{}, false
			}
			return t.withMenu(out{text: t.say(noNextPage), intent: understand.Help}), true
		}
		return t.fullText(t.st.Page.Ref, t.st.Page.At+1, false), true
	}
	return out{}, false
}

// menu shows the main choices; a form in progress waits.
func (t *turn) menu() out {
	o := t.withMenu(out{text: t.say(menuText), intent: understand.Help})
	if d := t.st.Draft; d != nil {
		d.Paused = true
		o.text = t.say(formPaused) + "\n" + o.text
		o.choices = append([]bot.Choice{t.choice(labelResume)}, o.choices...)
	}
	return o
}

func (t *turn) help() out {
	o := out{text: t.say(helpText), intent: understand.Help}
	o.choices = []bot.Choice{t.choice(example1), t.choice(labelPlatform)}
	if t.takesLeads() {
		o.choices = append(o.choices, t.choice(labelRegister))
	}
	o.choices = append(o.choices, t.choice(labelHuman))
	return o
}

// human says how people are reached and offers the form.
func (t *turn) human() out {
	if !t.takesLeads() {
		return out{text: t.atWork() + t.office(humanNoLeads), intent: understand.Human, choices: []bot.Choice{t.choice(labelAsk), t.choice(labelPlatform)}}
	}
	if l, ok := t.openLead(); ok && t.st.Draft == nil {
		return out{text: t.say(humanLead, "number", l.Number) + t.atWork() + t.office(humanNoLeads), intent: understand.Human, choices: []bot.Choice{t.choice(labelUrge), t.choice(labelStatus), t.choice(labelAsk)}}
	}
	words := humanText
	if open, _ := t.r.open.Open(t.in.Now.In(t.r.opt.Zone)); !open {
		words = humanClosed
	}
	o := out{text: t.atWork() + t.office(words), intent: understand.Human, choices: []bot.Choice{t.choice(labelRegister), t.choice(labelAsk)}}
	if t.st.Draft != nil {
		o.choices[0] = t.choice(labelResume)
	}
	return o
}

// registered is "登记需求 企业融资": the form with the type known.
var registered = regexp.MustCompile(`^(?:登记需求|register a request)\s*[:：]?\s*(.+)$`)

// doneLife is how long "确认" after the form ended is taken for a repeat of the confirmation.
const doneLife = time.Hour

// direct takes words that mean one thing without being understood.
func (t *turn) direct(text, said string) (out, bool) {
	if o, ok := t.ageSlip(text, said); ok {
		return o, true
	}
	if saysMinor(text) {
		o := t.minor()
		o.text = t.say(minorEarly)
		return o, true
	}
	if m := registered.FindStringSubmatch(strings.ToLower(script.Simplified(plain(text)))); m != nil {
		if slug, ok := typeOf(m[1]); ok {
			return t.startForm(slug, ""), true
		}
	}
	if slug, ok := typeOf(text); ok {
		t.st.Guide = nil
		return t.platform([]string{slug}, false), true
	}
	if m := mendNumber.FindStringSubmatch(plain(text)); m != nil {
		return t.startMend(m[1]), true
	}
	if o, ok := t.aboutLead(text, said); ok {
		return o, true
	}
	if o, ok := t.afterwards(text, said); ok {
		return o, true
	}
	if onBehalf.MatchString(said) {
		return t.startForm("", ""), true
	}
	if willYouCall.MatchString(said) && !t.hasOpen() {
		return t.withMenu(out{text: t.say(onlyIfAsked, "within", t.optional(t.r.opt.Within, defaultWithin)), intent: understand.Human}), true
	}
	if leadPattern.MatchString(text) {
		return t.status(text), true
	}
	if o, ok := t.numberTold(text, said); ok {
		return o, true
	}
	if asksFirst.MatchString(text) && !wonders(text) && t.takesLeads() { // 我要登记需求，想做检测
		return t.startForm(typeIn(text), text), true
	}
	recent := t.st.Last != "" && t.in.Now.Sub(time.Unix(t.st.LastAt, 0)) < doneLife
	if recent && (said == "确认" || said == "确认提交" || said == "提交" || said == "confirm" || saysAgree(said)) {
		return out{text: t.say(formAlready, "number", t.st.Last), intent: understand.Referral, choices: []bot.Choice{t.choice(labelStatus), t.choice(labelAsk)}}, true
	}
	if saysAgree(said) {
		if t.st.Draft != nil { // the form waits, perhaps for this: it is asked again
			t.st.Draft.Paused = false
			return t.ask(t.say(formResume)), true
		}
		return t.withMenu(out{text: t.say(nothingToAgree), intent: understand.Help}), true
	}
	return t.smallTalk(said)
}

// numberTold takes a telephone number outside the form: with a wish to register it begins one, alone it is not kept.
func (t *turn) numberTold(text, said string) (out, bool) {
	switch _, _, fault := findPhone(text); {
	case fault == phoneTooMany && t.takesLeads() && asksFirst.MatchString(text):
		o := t.startForm(typeIn(text), text)
		if t.inForm() {
			o.text = strings.Replace(o.text, "\n\n", "\n"+t.say(onePhone)+"\n\n", 1)
		}
		return o, true
	case fault != phoneOK:
		return out{}, false
	}
	if strings.Contains(said, "登记") || strings.Contains(said, "报名") || strings.Contains(said, "register") {
		return t.startForm(typeIn(text), text), true
	}
	rest := utf8.RuneCountInString(strings.Join(detailsIn(text).other, ""))
	if rest > 8 || asksSomething(text) || !t.takesLeads() || t.st.Draft != nil { // there is something to answer
		return out{}, false
	}
	if res := t.understood(); res.Intent != understand.NoAnswer && res.Intent != understand.Greeting {
		return out{}, false
	}
	if t.hasOpen() {
		return out{text: t.say(phoneGivenAgain), intent: understand.Help, choices: []bot.Choice{t.choice(labelCorrect), t.choice(labelRegister), t.choice(labelMenu)}}, true
	}
	return out{text: t.say(phoneGiven), intent: understand.Help, choices: []bot.Choice{t.choice(labelRegister), t.choice(labelAsk)}}, true
}

// smallTalk answers greetings, thanks and the question who is there.
func (t *turn) smallTalk(said string) (out, bool) {
	if aboutBot.MatchString(said) {
		return t.withMenu(out{text: t.say(iAmABot), intent: understand.Greeting}), true
	}
	if aboutUs.MatchString(said) {
		return t.withMenu(out{text: t.office(whoWeAre), intent: understand.Greeting}), true
	}
	if t.st.Guide != nil && (hello[said] || thanked(said)) {
		return t.current(t.say(map[bool]key{true: guideChat, false: thanks}[hello[said]])), true
	}
	if hello[said] {
		return t.withMenu(out{text: t.office(greeting), intent: understand.Greeting}), true
	}
	if thanked(said) {
		return t.withMenu(out{text: t.say(thanks), intent: understand.Greeting}), true
	}
	return out{}, false
}

// groupText answers in a group: the policy, and nothing about persons.
func (t *turn) groupText(text, said string) out {
	if _, _, f := findPhone(text); f == phoneOK || f == phoneTooMany {
		return out{text: t.say(groupContact), intent: understand.Help}
	}
	if _, bad := holdsForbidden(text); bad {
		return out{text: t.say(groupContact), intent: understand.Help}
	}
	if ref, ok := t.articleAsked(text); ok {
		return t.fullText(ref, 0, false)
	}
	if c, ok := commandOf(said); ok && c == cmdNext && t.st.Page != nil {
		return t.fullText(t.st.Page.Ref, t.st.Page.At+1, false)
	} else if !ok && strings.ContainsFunc(text, unicode.IsLetter) {
		if res := t.understood(); res.Intent == understand.Policy || res.Intent == understand.NoAnswer || res.Answer != "" {
			return t.answer(res, false)
		}
	}
	return out{text: t.say(groupOnly), intent: understand.Help}
}
